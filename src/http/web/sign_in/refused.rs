//! "You are not logged in": what, why, and what helps.

use std::borrow::Cow;

use maud::{Markup, html};

use crate::{
    http::{
        answer::Answer,
        problem::ProblemDetails,
        web::{
            exchange_link::{linked, naming_itself, own_exchange},
            frame,
            sign_in_step::SignInRequest,
        },
    },
    journal::{ExchangeSubject, Operation, Problem, Seq, SignInAttempt},
    medius::{LoginOption, SignInRefusal, SignInResult},
    oidc::IdTokenError,
    scim::{Resource, encode, name_of},
};

/// A login that came to nothing.
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) result: SignInResult,
    /// What is the matter, a sentence.
    pub(super) what: String,
    /// Why, a sentence or two.
    pub(super) why: String,
    /// The same in a few words, for the journal.
    pub(super) brief: String,
    /// The display name of the login option.
    pub(super) option: Option<String>,
    /// The name identifier by which a user was looked for.
    pub(super) looked_for: Option<String>,
    pub(super) user: Option<ExchangeSubject>,
    /// The exchange that caused it, which the reason names.
    pub(super) since: Option<Seq>,
    /// What helps; `None` if the result says it.
    pub(super) help: Option<Cow<'static, str>>,
    /// Whether the login option has to be changed for that.
    pub(super) helps_in_option: bool,
}

impl Refused {
    /// Of somebody who may not log in; `name` is what people call them.
    pub(super) fn by_tenant(
        asked: &SignInRequest,
        refusal: &SignInRefusal<'_>,
        option: &LoginOption,
        identifier: &str,
        user: Option<&Resource>,
    ) -> Self {
        let name = user.map_or_else(|| identifier.into(), name_of);
        let subject = match user {
            Some(it) => ExchangeSubject::new("User", it.id.clone(), name.clone()),
            None => ExchangeSubject::new("User", identifier, identifier),
        };
        let disabled = user.filter(|_| refusal.result() == SignInResult::Disabled);
        let since =
            disabled.and_then(|it| asked.page.tenant().sign_in_history(&it.id).disabled_by());
        Self {
            status: 403,
            result: refusal.result(),
            what: refusal.what(&name),
            why: refusal.why(since),
            brief: refusal.brief(since),
            option: Some(option.display_name.clone()),
            looked_for: Some(identifier.to_owned()),
            user: Some(subject),
            since,
            help: refusal.remedy().map(Cow::Owned),
            helps_in_option: matches!(refusal, SignInRefusal::OtherClaim { fitting: Some(_), .. }),
        }
    }

    /// Of an ID token that proves nothing.
    pub(super) fn by_token(error: &IdTokenError, option: &str) -> Self {
        let what = error.what();
        Self {
            status: 401,
            result: error.code().parse().unwrap_or(SignInResult::MalformedToken),
            brief: error.brief(),
            what,
            why: error.why(),
            option: Some(option.to_owned()),
            looked_for: None,
            user: None,
            since: None,
            help: None,
            helps_in_option: false,
        }
    }

    /// Of what the issuer itself refused.
    pub(super) fn by_issuer(option: &str, error: &str, described: &str) -> Self {
        // Only the words: the ids behind them stand in the journal.
        let words = described.lines().next().unwrap_or_default();
        Self {
            status: 403,
            result: SignInResult::RefusedByIssuer,
            what: format!("{option} refused: {error}."),
            why: words.to_owned(),
            brief: format!("{option} says {error}{}", number_of(words)),
            option: Some(option.to_owned()),
            looked_for: None,
            user: None,
            since: None,
            help: Some(helps_against(error).into()),
            helps_in_option: false,
        }
    }

    /// Of an issuer that does not answer something.
    pub(super) fn by_unreachable_issuer(option: &str, what: &str) -> Self {
        Self {
            status: 502,
            result: SignInResult::IssuerUnreachable,
            what: format!("{option} does not answer."),
            why: format!("There was no good answer to {what}."),
            brief: format!("{option} does not answer {what}"),
            option: Some(option.to_owned()),
            looked_for: None,
            user: None,
            since: None,
            help: None,
            helps_in_option: false,
        }
    }

    /// Of a tenant whose Microsoft Entra tenant ID is not saved.
    pub(super) fn by_open_steps(option: &str) -> Self {
        Self {
            status: 409,
            result: SignInResult::NoEntraTenant,
            what: "The Microsoft Entra tenant ID is not saved.".into(),
            why: "Steps 3 and 4 of the set-up are open.".into(),
            brief: "the Microsoft Entra tenant ID is not saved".into(),
            option: Some(option.to_owned()),
            looked_for: None,
            user: None,
            since: None,
            help: None,
            helps_in_option: false,
        }
    }

    /// The page that says so, recorded as a refused sign-in.
    pub(super) fn page(self, asked: &SignInRequest) -> Answer {
        self.page_as(asked, Operation::SignIn)
    }

    /// The same, recorded as this.
    pub(super) fn page_as(self, asked: &SignInRequest, operation: Operation) -> Answer {
        let tenant = asked.page.tenant().name();
        let help = self.help.clone().unwrap_or_else(|| helps(self.result).into());
        let main = html! {
            (brand(asked))
            header { h1 { "You are not logged in" } }
            div.notice role="alert" { b { (self.what) } " " span { (linked(&asked.page, &self.why, self.since)) } }
            dl.facts {
                dt { "Reason" } dd { code { (self.result.code()) } }
                @if let Some(it) = &self.looked_for { dt { "Looked for" } dd { "name identifier " bdi { (it) } } }
                @if let Some(it) = &self.option { dt { "Login option" } dd { (it) } }
                dt { "What helps" } dd {
                    (help)
                    @if let (true, Some(it)) = (self.helps_in_option, &self.option) {
                        " " a href=(asked.page.link(&format!("admin/login-options/{}", encode(it)))) {
                            "Login option " (it)
                        }
                    }
                }
                dt { "Recorded" } dd { (own_exchange(&asked.page)) }
            }
            div.actions {
                @if self.result == SignInResult::NoEntraTenant {
                    a.button.primary href=(asked.page.link("admin/integration#entra-tenant-id")) { "To step 3" }
                } @else if let Some(option) = &self.option {
                    a.button.primary href=(asked.page.link(&format!("login?other&option={}", encode(option)))) {
                        "Use another account"
                    }
                }
                a.button href=(asked.page.link("?choose")) {
                    @if self.option.is_some() { "Log in another way" } @else { "Begin again" }
                }
            }
        };
        let title = format!("Not logged in · {tenant} · MediusFlow");
        let page = frame::page(self.status, frame::narrow(&asked.page.site, &title, main));
        self.recorded(page, operation)
    }

    fn recorded(self, mut answer: Answer, operation: Operation) -> Answer {
        let record = &mut answer.record;
        record.operation = operation;
        let mut detail = format!("{} {}", self.what, self.why);
        if let Some(Cow::Owned(remedy)) = &self.help {
            detail.push(' ');
            detail.push_str(remedy);
        }
        record.problem = Some(Problem { code: Some(self.result.code().into()), detail });
        record.subject = self.user;
        let mut sign_in = SignInAttempt::new(self.result);
        sign_in.option = self.option.map(Into::into);
        sign_in.reason = Some(self.brief);
        record.sign_in = Some(Box::new(sign_in));
        naming_itself(answer)
    }
}

/// The page of a form or a link of the login that asks for nothing that can be done, recorded as this.
pub(super) fn refused_request(
    asked: &SignInRequest,
    operation: Operation,
    problem: ProblemDetails,
) -> Answer {
    let words = problem.detail().to_owned();
    let more = html! {
        dl.facts { dt { "Recorded" } dd { (own_exchange(&asked.page)) } }
        div.actions { a.button.primary href=(asked.page.link("?choose")) { "To the login" } }
    };
    let mut answer = frame::refusal(&asked.page.site, problem.into_answer(), more);
    answer.record.operation = operation;
    naming_itself(answer.remark(words))
}

/// The mark of MediusFlow, with what kind of tenant this is.
pub(super) fn brand(asked: &SignInRequest) -> Markup {
    let environment = asked.page.tenant().name().environment();
    html! { div.brand { (frame::mark()) " MediusFlow " span.tag { (environment) } } }
}

/// What helps against a refusal.
fn helps(result: SignInResult) -> &'static str {
    match result {
        SignInResult::NotProvisioned => {
            "Assign the user to the application in Entra and let a cycle run, or create the user by SCIM."
        }
        SignInResult::UnsupportedOption => "Log in another way.",
        SignInResult::Disabled => {
            "Enable the account in Entra and let a cycle run, or set active to true by SCIM."
        }
        SignInResult::WrongIdentityProvider => {
            "Log in the other way, or change the user's identityProvider."
        }
        SignInResult::NoConfiguration => {
            "Add a user configuration with the user's filter, or one with an empty filter (step 8)."
        }
        SignInResult::Ambiguous => "Give each of the users a name identifier of their own.",
        SignInResult::NoEntraTenant => "Save it in the admin console: steps 3 and 4.",
        SignInResult::UnknownKey => {
            "Begin again: the keys of the issuer are fetched again five minutes after the last time."
        }
        SignInResult::FlowUnknown | SignInResult::FlowExpired => "Begin again.",
        _ => "Begin again. If a fault is set for this tenant, remove it.",
    }
}

/// What helps against an error of OAuth that the issuer answered.
fn helps_against(error: &str) -> &'static str {
    match error {
        "access_denied" => {
            "Use an account that is enabled in the directory and assigned to the application."
        }
        "invalid_grant" => {
            "Begin again, for a new code: each is good once and for ten minutes, for the login that asked for it."
        }
        "login_required" => "Begin again, and sign in to Microsoft Entra ID.",
        "temporarily_unavailable" => {
            "Begin again later. If a limit is set for this tenant, remove it."
        }
        _ => {
            "Begin again. If that does not help, the exchanges before this one say what was asked."
        }
    }
}

/// The number of an error of Entra that its words begin with, in brackets; nothing for other words.
fn number_of(words: &str) -> String {
    let number = words.split(':').next().filter(|it| it.starts_with("AADSTS"));
    number.map_or_else(String::new, |it| format!(" ({it})"))
}
