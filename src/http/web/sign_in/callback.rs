//! What Entra answers to a sign-in of MediusFlow's: whose it is, what it proves, and whether that person may
//! log in.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    local::{session, with_session},
    refused::Refused,
    relying_party::{IssuerFailure, RelyingParty},
};
use crate::{
    http::{
        answer::Answer,
        arrival::RequestContext,
        problem::ProblemDetails,
        web::{
            cookies::CookieKind,
            login_decision::decision,
            sign_in_step::{SignInRequest, StepCalls, StepRest},
        },
    },
    journal::{ExchangeSubject, Operation, SignInAttempt},
    medius::{LoginOption, MasterKind, NameClaim, SignInDecision, SignInRefusal, SignInResult},
    oidc::{Claims, IdTokenError},
    scim::{Resource, name_of},
    tenant::{FlowError, LoggedInUser, LoginFlow, NamedLogin, name_identifier},
};

/// What came of the answer until the user is looked for.
enum SignInOutcome {
    /// Entra says who it is.
    Identified { flow: LoginFlow, claims: Claims },
    /// The login came to nothing.
    Refused(Box<Refused>),
    /// The tenant was reset meanwhile.
    Reset,
}

impl From<IssuerFailure> for SignInOutcome {
    fn from(failure: IssuerFailure) -> Self {
        match failure {
            IssuerFailure::Refused(refused) => Self::Refused(refused),
            IssuerFailure::Reset => Self::Reset,
        }
    }
}

/// `GET {t}/signin-oidc`.
pub(super) fn callback(context: &RequestContext, asked: SignInRequest) -> StepCalls<'_> {
    Box::pin(async move {
        let outcome = outcome(context, &asked).await;
        let api = context.api;
        let rest: StepRest = Box::new(move |call| match outcome {
            SignInOutcome::Identified { flow, claims } => finish(&asked, &flow, claims),
            SignInOutcome::Refused(refused) => refused.page(&asked),
            SignInOutcome::Reset => api.refusal(ProblemDetails::tenant_reset(), call.refused_at()),
        });
        rest
    })
}

/// Takes the answer of Entra: the flow it belongs to, the code it brings, the token that it gets.
async fn outcome(context: &RequestContext, asked: &SignInRequest) -> SignInOutcome {
    let flow = match flow_of(asked) {
        Ok(flow) => flow,
        Err(refused) => return SignInOutcome::Refused(refused),
    };
    let option = flow.option.as_str();
    if let Some(error) = asked.parameters.sole("error") {
        let described = asked.parameters.sole("error_description").unwrap_or_default();
        return SignInOutcome::Refused(Box::new(Refused::by_issuer(option, error, described)));
    }
    let Some(code) = asked.parameters.sole("code") else {
        return SignInOutcome::Refused(Box::new(unknown_flow(FlowError::Unknown)));
    };
    let relying_party = RelyingParty { context, asked, from: "medius" };
    let proven = async {
        let token = relying_party.redeem(&flow, code).await?;
        relying_party.check(&flow, &token).await
    };
    match proven.await {
        Ok(claims) => SignInOutcome::Identified { flow, claims },
        Err(failure) => failure.into(),
    }
}

/// The flow that an answer belongs to, which ends with that.
fn flow_of(asked: &SignInRequest) -> Result<LoginFlow, Box<Refused>> {
    let parameters = &asked.parameters;
    let browser = CookieKind::Flow.read(&asked.page.site, &asked.page.headers);
    let has_both = parameters.sole("code").is_some() && parameters.sole("error").is_some();
    let state = parameters.sole("state").filter(|_| !has_both);
    let flow = state
        .ok_or(FlowError::Unknown)
        .and_then(|it| asked.book().complete_flow(it, browser.as_deref(), asked.page.now));
    flow.map_err(|error| Box::new(unknown_flow(error)))
}

/// Looks for the user whom the claims name, and logs them in if they may be.
pub(super) fn finish(asked: &SignInRequest, flow: &LoginFlow, claims: Claims) -> Answer {
    let options = asked.state.master().data.login_options();
    let Some(option) = options.iter().find(|it| it.display_name == flow.option) else {
        return unknown_flow(FlowError::Unknown).page(asked);
    };
    let claim = option.name_claim().name();
    let Some(identifier) = claims.get(claim).and_then(Json::as_str).map(str::to_owned) else {
        let error = IdTokenError::NoClaim(claim);
        return Refused::by_token(&error, &option.display_name).page(asked);
    };
    match decision(&asked.state, &identifier, option) {
        (Some(user), SignInDecision::Allowed(_)) => {
            let subject = ExchangeSubject::new("User", user.id.clone(), name_of(user));
            logged_in(asked, option, subject, claims)
        }
        (user, SignInDecision::Refused(refusal)) => {
            let other = || by_other_claim(asked, &claims, option, &identifier);
            match if user.is_none() { other() } else { None } {
                Some((user, refusal)) => {
                    Refused::by_tenant(asked, &refusal, option, &identifier, Some(user)).page(asked)
                }
                None => Refused::by_tenant(asked, &refusal, option, &identifier, user).page(asked),
            }
        }
        (None, SignInDecision::Allowed(_)) => unknown_flow(FlowError::Unknown).page(asked),
    }
}

/// Logs a user in, and leads to where it began.
fn logged_in(
    asked: &SignInRequest,
    option: &LoginOption,
    user: ExchangeSubject,
    claims: Claims,
) -> Answer {
    let who =
        NamedLogin { user: LoggedInUser::Provisioned(user.id.clone()), name: user.name.clone() };
    let session = session(asked, who, option, Some(claims));
    let mut answer = with_session(asked, session, asked.page.see_other(""));
    let mut sign_in = SignInAttempt::new(SignInResult::Works);
    sign_in.option = Some(option.display_name.as_str().into());
    let words = applied(asked, &user.id);
    answer.record.operation = Operation::SignIn;
    answer.record.subject = Some(user);
    answer.record.sign_in = Some(Box::new(sign_in));
    match words {
        Some(words) => answer.remark(words),
        None => answer,
    }
}

/// What a user works with: `Accounts payable Sweden, 3 companies, 4 roles`.
fn applied(asked: &SignInRequest, user: &str) -> Option<String> {
    let configuration = asked.state.applied(user)?.configuration.as_deref()?;
    let counted = |kind, one: &str, several: &str| match configuration.ids(kind).len() {
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    };
    let companies = counted(MasterKind::Company, "company", "companies");
    let roles = counted(MasterKind::Role, "role", "roles");
    Some(format!("{}, {companies}, {roles}", configuration.name))
}

/// The user whose account it is, if another claim would have found them or their user name tells.
fn by_other_claim<'a>(
    asked: &'a SignInRequest,
    claims: &'a Claims,
    option: &'a LoginOption,
    found: &'a str,
) -> Option<(&'a Resource, SignInRefusal<'a>)> {
    let said = |claim: NameClaim| claims.get(claim.name()).and_then(Json::as_str);
    let mut others = NameClaim::ALL.into_iter().filter(|it| *it != option.name_claim());
    let identified = others.find_map(|claim| {
        let value = said(claim)?;
        let is_it = |it: &&Arc<Resource>| !claim.is_case_exact() || name_identifier(it) == value;
        asked.state.identified(value).find(is_it).map(|it| (it, Some(claim)))
    });
    let named = || {
        let name = said(NameClaim::PreferredUsername)?;
        let named = asked.state.resources().named("User", "userName", name);
        named.first().map(|it| (*it, None))
    };
    let (user, fitting) = identified.or_else(named)?;
    let (name_identifier, found) = (name_identifier(user), Some(found.into()));
    Some((user, SignInRefusal::OtherClaim { option, name_identifier, found, fitting }))
}

fn unknown_flow(error: FlowError) -> Refused {
    let (result, why) = match error {
        FlowError::Unknown => (
            SignInResult::FlowUnknown,
            "It was begun by another browser, was completed before, or its answer is incomplete.",
        ),
        FlowError::Expired => {
            (SignInResult::FlowExpired, "It was begun more than ten minutes ago.")
        }
    };
    Refused {
        status: 400,
        result,
        what: "This sign-in was not begun here, or long ago.".into(),
        why: why.into(),
        brief: "the sign-in was not begun here, or long ago".into(),
        option: None,
        looked_for: None,
        user: None,
        since: None,
        help: None,
        helps_in_option: false,
    }
}
