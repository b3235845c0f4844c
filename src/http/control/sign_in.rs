//! Questions about sign-ins: the decision for a user, and the results over time. No user signs in here.

use std::{borrow::Cow, sync::Arc, task::Context, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value as Json, json};

use super::{
    ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route,
    duration::{self, patience},
    expectation::while_there,
    later,
    requests::page_since,
    tenant_answer,
};
use crate::{
    http::App,
    journal::{Notifier, Seq, human_duration},
    medius::{
        LoginOption, SignInDecision, SignInRefusal, SignInResult, SignInSequence,
        SignInSequenceError,
    },
    scim::{Resource, User, nearest, quoted},
    tenant::{PastTurn, SignInHistory, State, Tenant, TurnCause, name_identifier},
};
#[cfg(feature = "web")]
use crate::{http::web::entra_account, tenant::EntraAccount};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get(
        "tenants/{tenant}/users/{id}/sign-in",
        "Whether a user may sign in, and why",
        ControlHandler::Now(decision),
    )
    .query("option:string")
    .answers("SignInDecision"),
    Route::get(
        "tenants/{tenant}/users/{id}/sign-in/history",
        "The results of a sign-in of a user over time, each with its exchange",
        ControlHandler::Now(history),
    )
    .query("since:integer")
    .answers("SignInHistory"),
    Route::post(
        "tenants/{tenant}/sign-in/verify",
        "Verifies the results of a sign-in of a user over time",
        ControlHandler::Later(|call| later(verify(call))),
    )
    .takes("SignInVerification")
    .answers("SignInHistory"),
    Route::get(
        "tenants/{tenant}/sign-in/wait",
        "Waits until a sign-in of a user has a result",
        ControlHandler::Later(|call| later(wait(call))),
    )
    .query("user:string result:string timeout:string")
    .answers("SignInDecision"),
];

/// The time of a wait without `timeout`.
const USUAL_PATIENCE: Duration = Duration::from_secs(5);

/// The number of user names among which the nearest one is sought.
const GUESSED_AMONG: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DecisionQuery {
    /// The login option, by display name or issuer.
    option: Option<String>,
}

/// `GET users/{id}/sign-in`, by id or user name; also for a user who does not exist.
fn decision(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let DecisionQuery { option } = call.query()?;
    let state = tenant.snapshot();
    let option = option.as_deref().map(|it| login_option(&state, it)).transpose()?;
    Ok(tenant_answer(200, &tenant, &decided(&call.app, &tenant, &state, call.second(), option)))
}

/// # Errors
///
/// 400 `unknown-login-option`.
fn login_option<'a>(state: &'a State, key: &str) -> Result<&'a LoginOption, ProblemDetails> {
    let data = &state.master().data;
    data.login_option(key).ok_or_else(|| {
        let names = data.login_options().iter().map(|it| it.display_name.as_str());
        let known: Vec<&str> = names.collect();
        let detail =
            format!("there is no login option {}; there are: {}", quoted(key), known.join(", "));
        let problem = ProblemDetails::new(400, "unknown-login-option", detail).field("option");
        match nearest(key, known) {
            Some(meant) => problem.meant(meant),
            None => problem,
        }
    })
}

/// The decision as it is answered, with the account of mock Entra where there is one (feature `web`).
fn decided(
    app: &App,
    tenant: &Arc<Tenant>,
    state: &State,
    key: &str,
    option: Option<&LoginOption>,
) -> Json {
    #[cfg_attr(not(feature = "web"), expect(unused_mut, reason = "there is no mock Entra"))]
    let mut told = decision_of(tenant, state, key, option);
    #[cfg(feature = "web")]
    {
        told["account"] = account(app, tenant, state, key);
    }
    #[cfg(not(feature = "web"))]
    let _ = app;
    told
}

/// An account of mock Entra, as it is answered; null if there is none.
#[cfg(feature = "web")]
fn account(app: &App, tenant: &Arc<Tenant>, state: &State, key: &str) -> Json {
    let found = entra_account(app, tenant, state, key);
    found.map_or(Json::Null, |it| {
        let EntraAccount { account, is_enabled, is_assigned } = it;
        let state = match (is_enabled, is_assigned) {
            (false, _) => "disabled",
            (true, false) => "notAssigned",
            (true, true) => "enabled",
        };
        json!({"oid": account.oid, "upn": account.user_principal_name, "state": state})
    })
}

fn decision_of(tenant: &Tenant, state: &State, key: &str, option: Option<&LoginOption>) -> Json {
    let Some(user) = state.user_called(key) else {
        let refusal = SignInRefusal::not_provisioned(option);
        return json!({
            "user": null,
            "allowed": false,
            "result": refusal.result(),
            "reason": reason(&refusal, key, None),
            "option": option.map(|it| &it.display_name),
            "nameIdentifier": key,
            "attention": [],
        });
    };
    let decision = state.sign_in(user, option);
    let name = User(user).full_name();
    let (reason, own) = match &decision {
        SignInDecision::Allowed(option) => (None, *option),
        SignInDecision::Refused(refusal) => {
            let since = (refusal.result() == SignInResult::Disabled)
                .then(|| tenant.sign_in_history(&user.id).disabled_by())
                .flatten();
            (Some(reason(refusal, &name, since)), state.login_option_of(user))
        }
    };
    json!({
        "user": described(user),
        "allowed": reason.is_none(),
        "result": decision.result(),
        "reason": reason,
        "option": option.or(own).map(|it| &it.display_name),
        "nameIdentifier": name_identifier(user),
        "attention": state.attention(user),
    })
}

fn reason(refusal: &SignInRefusal<'_>, name: &str, since: Option<Seq>) -> Json {
    json!({"code": refusal.result(), "text": refusal.told(name, since)})
}

fn described(user: &Resource) -> Json {
    let it = User(user);
    json!({"id": user.id, "userName": it.user_name(), "displayName": it.full_name()})
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HistoryQuery {
    #[serde(default)]
    since: Seq,
}

/// `GET users/{id}/sign-in/history`.
fn history(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let HistoryQuery { since } = call.query()?;
    page_since(tenant.journal(), since, 0)?;
    let history = tenant.sign_in_history(call.second());
    Ok(tenant_answer(200, &tenant, &told(&history, since)))
}

/// A history after a cursor, as it is answered.
fn told(history: &SignInHistory, since: Seq) -> Json {
    let (_, turns) = history.since(since);
    let items: Vec<Json> = turns.iter().map(item).collect();
    json!({
        "sequence": history.sequence_since(since),
        "items": items,
        "complete": history.is_complete_since(since),
    })
}

fn item(turn: &PastTurn) -> Json {
    let exchange = turn.exchange();
    json!({
        "seq": exchange.map(|it| it.seq),
        "at": exchange.map(|it| it.at),
        "from": turn.from,
        "to": turn.to,
        "by": turn.cause.to_string(),
    })
}

/// A result that a test can expect.
#[derive(Clone, Copy, PartialEq)]
struct ExpectedResult(SignInResult);

/// The codes of these results, as an error lists them.
const CODES: [&str; SignInResult::OF_USERS.len()] = {
    let mut codes = [""; SignInResult::OF_USERS.len()];
    let mut at = 0;
    while at < codes.len() {
        codes[at] = SignInResult::OF_USERS[at].code();
        at += 1;
    }
    codes
};

impl<'de> Deserialize<'de> for ExpectedResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(deserializer)?;
        let found = word.parse().ok().filter(|it| SignInResult::OF_USERS.contains(it));
        found.map(Self).ok_or_else(|| D::Error::unknown_variant(&word, &CODES))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignInVerification {
    /// An id or a user name.
    user: String,
    /// The result at the cursor, then each other result.
    sequence: Vec<ExpectedResult>,
    #[serde(default)]
    since: Seq,
    #[serde(default, deserialize_with = "duration::read")]
    within: Duration,
}

impl SignInVerification {
    /// The expected sequence.
    ///
    /// # Errors
    ///
    /// 400 `empty-assertion` and `invalid-body`.
    fn expected(&self) -> Result<SignInSequence, ProblemDetails> {
        let results = self.sequence.iter().map(|it| it.0).collect();
        SignInSequence::new(results).map_err(|error| {
            let (code, field) = match error {
                SignInSequenceError::Empty => ("empty-assertion", "sequence".to_owned()),
                SignInSequenceError::Repeated { at, .. } => {
                    ("invalid-body", format!("sequence[{at}]"))
                }
                _ => ("invalid-body", "sequence".to_owned()),
            };
            ProblemDetails::new(400, code, error.to_string()).field(field)
        })
    }
}

/// `POST sign-in/verify`.
async fn verify(call: ControlCall) -> HandlerResult {
    let tenant = call.tenant_in_its_epoch()?;
    let asked: SignInVerification = call.body()?;
    let (expected, within) = (asked.expected()?, patience(asked.within)?);
    page_since(tenant.journal(), asked.since, 0)?;
    let _waiter = tenant.waiters().begin();
    let look = |_: &mut Context<'_>| {
        let seen = VerifiedHistory::now(&tenant, &asked);
        seen.is_final(&tenant, &asked, &expected).then_some(seen)
    };
    let ended = while_there(&call, &tenant, &bells(&tenant), within, look).await?;
    // A history from before a reset is no answer.
    call.tenant_in_its_epoch()?;
    let seen = ended.unwrap_or_else(|| VerifiedHistory::now(&tenant, &asked));
    if !seen.history.is_complete_since(asked.since) {
        return Err(incomplete(&tenant, asked.since));
    }
    if *seen.found == *expected {
        return Ok(tenant_answer(200, &tenant, &told(&seen.history, asked.since)));
    }
    Err(seen.differs(&tenant, &asked, &expected))
}

/// The problem of an incomplete history.
fn incomplete(tenant: &Tenant, since: Seq) -> ProblemDetails {
    let missed = tenant.journal().since(since, 0).why;
    let why = if missed.total() > 0 {
        format!("exchanges after {since} have left the journal: {missed}")
    } else {
        format!("the states that were put in place after exchange {since} are not kept")
    };
    ProblemDetails::new(409, "journal-incomplete", why)
        .hint("give `since`, a `seq` of a later answer")
        .with("missed", &missed.total())
        .with("missedReasons", &missed)
}

/// The notifiers for a turn: for each new state, and for the record of the write.
fn bells(tenant: &Tenant) -> [&Notifier; 2] {
    [tenant.notifier(), tenant.journal().idle_notifier()]
}

/// A history and its sequence of results.
struct VerifiedHistory {
    history: SignInHistory,
    found: Vec<SignInResult>,
}

impl VerifiedHistory {
    fn now(tenant: &Tenant, asked: &SignInVerification) -> Self {
        let history = tenant.sign_in_history(&asked.user);
        let found = history.sequence_since(asked.since);
        Self { history, found }
    }

    /// Whether the answer is known: the results are as expected, or further ones cannot make them so.
    fn is_final(
        &self,
        tenant: &Tenant,
        asked: &SignInVerification,
        expected: &SignInSequence,
    ) -> bool {
        let is_told = |it: &PastTurn| !matches!(it.cause, TurnCause::Unrecorded);
        // A write that is not recorded yet may come in between.
        let is_settled = self.history.turns.iter().all(is_told) || tenant.journal().running() == 0;
        !self.history.is_complete_since(asked.since)
            || is_settled && !expected.goes_on_behind(&self.found)
    }

    /// The problem of results that differ.
    fn differs(
        &self,
        tenant: &Tenant,
        asked: &SignInVerification,
        expected: &SignInSequence,
    ) -> ProblemDetails {
        let user = &asked.user;
        let mut detail = format!("sign-in of {}: {}", quoted(user), expected.told(&self.found));
        let state = tenant.snapshot();
        let is_nobody = self.history.turns.is_empty() && state.user_called(user).is_none();
        if is_nobody {
            detail.push_str("; no user has or had this id or user name");
        }
        let problem = ProblemDetails::new(422, "verification-failed", detail)
            .with("expected", &expected.to_vec())
            .with("actual", &told(&self.history, asked.since))
            .with("seq", &super::seq(tenant));
        match is_nobody.then(|| nearest_user(&state, user)).flatten() {
            Some(meant) => problem.meant(&meant),
            None => problem,
        }
    }
}

/// The nearest user name.
fn nearest_user(state: &State, name: &str) -> Option<String> {
    let users = state.resources().all("User").take(GUESSED_AMONG);
    nearest(name, users.map(|it| User(it).user_name())).map(str::to_owned)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignInWait {
    user: String,
    #[serde(default = "works")]
    result: ExpectedResult,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
}

fn works() -> ExpectedResult {
    ExpectedResult(SignInResult::Works)
}

fn usual_patience() -> Duration {
    USUAL_PATIENCE
}

/// `GET sign-in/wait`: until the result is this one, if only for a moment.
async fn wait(call: ControlCall) -> HandlerResult {
    let tenant = call.tenant_in_its_epoch()?;
    let SignInWait { user, result: ExpectedResult(wanted), timeout } = call.query()?;
    let within = patience(timeout)?;
    let _waiter = tenant.waiters().begin();
    let begun = super::seq(&tenant);
    let is_met = || {
        tenant.snapshot().sign_in_result(&user) == wanted || tenant.has_turned(&user, wanted, begun)
    };
    let look = |_: &mut Context<'_>| is_met().then_some(());
    let ended = while_there(&call, &tenant, &bells(&tenant), within, look).await?;
    call.tenant_in_its_epoch()?;
    let state = tenant.snapshot();
    let shown = decided(&call.app, &tenant, &state, &user, None);
    if ended.is_some() || is_met() {
        return Ok(tenant_answer(200, &tenant, &shown));
    }
    let now = state.sign_in_result(&user);
    let detail = format!(
        "it has not happened within {}: sign-in of {}: expected {wanted}, found {now}",
        human_duration(timeout),
        quoted(&user)
    );
    let problem = ProblemDetails::new(408, "wait-timeout", detail)
        .with("expected", &wanted)
        .with("actual", &shown)
        .with("seq", &super::seq(&tenant))
        .with("rev", &tenant.revision());
    let is_nobody = state.user_called(&user).is_none();
    Err(match is_nobody.then(|| nearest_user(&state, &user)).flatten() {
        Some(meant) => problem.meant(&meant),
        None => problem,
    })
}
