//! The start page of who is logged in, and the way out.

use maud::{Markup, html};
use serde_json::{Map, Value as Json};

use super::{
    chooser,
    local::console_subject,
    refused::{Refused, brand, refused_request},
};
use crate::{
    http::{
        answer::Answer,
        web::{
            cookies::{CookieKind, CookieLife},
            csrf, frame,
            sign_in_step::SignInRequest,
        },
    },
    journal::{ExchangeSubject, Operation, SignInAttempt},
    medius::{ConsoleUser, SignInDecision, SignInResult, UserView},
    scim::{encode, name_of},
    tenant::{LoggedInUser, LoginSession, NamedLogin, name_identifier},
};

/// `GET {t}/`: the start page of who is logged in, else how to log in; `?choose` always asks how.
pub(super) fn start(asked: &SignInRequest) -> Answer {
    if asked.page.form.has("choose") {
        return chooser::show(asked);
    }
    let cookie = CookieKind::Session.read(&asked.page.site, &asked.page.headers);
    let session = cookie.and_then(|it| Some((asked.book().session(&it, asked.page.now)?, it)));
    match session {
        Some((session, cookie)) => of_session(asked, &session, &cookie),
        None => match CookieKind::Choice.read(&asked.page.site, &asked.page.headers) {
            // The value is the name as it stands in an address.
            Some(choice) if choice.bytes().all(|it| it.is_ascii_graphic()) => {
                asked.page.see_other(&format!("login?always=yes&option={choice}"))
            }
            _ => chooser::show(asked),
        },
    }
}

/// `POST {t}/logout`.
pub(super) fn log_out(asked: &SignInRequest) -> Answer {
    let cookie = CookieKind::Session.read(&asked.page.site, &asked.page.headers);
    let session = cookie.and_then(|it| Some((asked.book().session(&it, asked.page.now)?, it)));
    let Some((session, cookie)) = session else {
        let mut answer = with_cookie_gone(asked, asked.page.see_other("?choose"));
        answer.record.operation = Operation::SignOut;
        return answer.remark("there was no session to end");
    };
    let address = asked.page.path_of("logout");
    let mut answer = match csrf::check(&cookie, &address, asked.page.form.one(csrf::FIELD)) {
        Ok(()) => {
            asked.book().log_out(&cookie);
            with_cookie_gone(asked, asked.page.see_other("?choose"))
        }
        Err(problem) => refused_request(asked, Operation::SignOut, problem),
    };
    answer.record.operation = Operation::SignOut;
    answer.record.subject = Some(subject_of(asked, &session));
    answer
}

/// The page of a session, unless who it is of may not be logged in any more.
fn of_session(asked: &SignInRequest, session: &LoginSession, cookie: &str) -> Answer {
    match &session.who.user {
        LoggedInUser::Console(name) => {
            let users = &asked.state.master().console_users;
            match users.iter().find(|it| it.user_name == *name) {
                Some(user) => console_user(asked, user, session, cookie),
                None => ended(asked, session, cookie),
            }
        }
        LoggedInUser::Provisioned(id) => {
            let base = format!("{}/{}/scim/v2", asked.page.site.url, asked.page.tenant().name());
            let presentation = asked.state.present(&base);
            let user = asked.state.resources().get("User", id);
            let options = asked.state.master().data.login_options();
            let option = options.iter().find(|it| it.display_name == session.option);
            let may = user.filter(|it| {
                matches!(asked.state.sign_in_of_found(it, option), SignInDecision::Allowed(_))
            });
            let view = may.and_then(|it| presentation.medius_view(it, asked.state.master()));
            match view {
                Some(view) => provisioned(asked, &view, session, cookie),
                None => ended(asked, session, cookie),
            }
        }
    }
}

/// Ends the session of somebody who may not be logged in any more.
fn ended(asked: &SignInRequest, session: &LoginSession, cookie: &str) -> Answer {
    asked.book().log_out(cookie);
    let subject = subject_of(asked, session);
    let options = asked.state.master().data.login_options();
    let option = options.iter().find(|it| it.display_name == session.option);
    let id = subject.id.as_str();
    let user = asked.state.resources().get("User", id);
    let refusal = match (user, option) {
        (Some(user), Some(option)) => match asked.state.sign_in_of_found(user, Some(option)) {
            SignInDecision::Refused(it) => {
                let identifier = name_identifier(user);
                Some(Refused::by_tenant(asked, &it, option, identifier, Some(user)))
            }
            SignInDecision::Allowed(_) => None,
        },
        _ => None,
    };
    let refused = refusal.unwrap_or_else(|| Refused {
        status: 403,
        result: SignInResult::NotProvisioned,
        what: format!("{} is not there any more.", subject.name),
        why: "The user, or the login option, was deleted meanwhile.".into(),
        brief: "deleted".into(),
        option: Some(session.option.to_string()),
        looked_for: None,
        user: Some(subject.clone()),
        since: None,
        help: None,
        helps_in_option: false,
    });
    let result = refused.result;
    let mut answer = with_cookie_gone(asked, refused.page_as(asked, Operation::SignOut));
    let mut sign_in = SignInAttempt::new(result);
    sign_in.reason = Some(words(result).to_owned());
    answer.record.sign_in = Some(Box::new(sign_in));
    answer
}

/// Why a session ended, in a word or two.
fn words(result: SignInResult) -> &'static str {
    match result {
        SignInResult::Disabled => "disabled",
        SignInResult::WrongIdentityProvider => "other login option",
        SignInResult::UnsupportedOption => "the login option stands for nothing here",
        SignInResult::NoConfiguration => "no configuration",
        SignInResult::Ambiguous => "name identifier not unique",
        _ => "deleted",
    }
}

fn provisioned(
    asked: &SignInRequest,
    view: &UserView,
    session: &LoginSession,
    cookie: &str,
) -> Answer {
    let locale = &view.locale;
    let facts = html! {
        dt { "User name" } dd { (view.user_name) }
        dt { "Configuration" }
        dd {
            @if let Some(it) = &view.configuration { (it.name) br; }
            span.muted { (view.reason) }
        }
        dt { "Companies" } dd { (lines(&view.companies)) }
        dt { "Roles" } dd { (lines(&view.roles)) }
        dt { "Locale" } dd { (locale.language) ", " (locale.time_zone) ", " (locale.currency) }
        @if let Some(it) = &view.supervisor {
            dt { "Supervisor" } dd { bdi { (it.display_name.as_ref().unwrap_or(&it.id)) } }
        }
    };
    page(asked, &view.display_name, session, cookie, facts)
}

fn console_user(
    asked: &SignInRequest,
    user: &ConsoleUser,
    session: &LoginSession,
    cookie: &str,
) -> Answer {
    let data = &asked.state.master().data;
    let roles = data.names(crate::medius::MasterKind::Role, &user.roles);
    let facts = html! {
        dt { "User name" } dd { (user.user_name) }
        dt { "Roles" } dd { (lines(&roles)) }
    };
    page(asked, &user.display_name, session, cookie, facts)
}

fn page(
    asked: &SignInRequest,
    name: &str,
    session: &LoginSession,
    cookie: &str,
    facts: Markup,
) -> Answer {
    let tenant = asked.page.tenant().name();
    let shows_claims = asked.page.form.has("claims");
    let address = asked.page.path_of("logout");
    let main = html! {
        (brand(asked))
        header { h1 { bdi { (name) } } p { "Logged in with " (session.option) } }
        @if let (true, Some(claims)) = (shows_claims, &session.claims) { (claims_of(claims)) }
        @else { dl.facts { (facts) } }
        div.actions {
            form method="post" action=(asked.page.site.link(&address)) {
                input type="hidden" name=(csrf::FIELD) value=(csrf::token(cookie, &address));
                button.button { "Log out" }
            }
            @if session.claims.is_some() {
                @let other = format!("login?other&option={}", encode(&session.option));
                a.button.quiet href=(asked.page.link(&other)) { "Use another account" }
            }
            a.button.quiet href=(asked.page.link("?choose")) { "Log in another way" }
            @if session.claims.is_some() {
                @if shows_claims { a.button.quiet href=(asked.page.link("")) { "Back" } }
                @else { a.button.quiet href=(asked.page.link("?claims")) { "What Entra said" } }
            }
        }
    };
    let title = format!("{name} · {tenant} · MediusFlow");
    frame::page(200, frame::narrow(&asked.page.site, &title, main))
}

/// The claims of an ID token, in the order of their names.
fn claims_of(claims: &Map<String, Json>) -> Markup {
    let shown = |value: &Json| match value {
        Json::String(text) => text.clone(),
        value => value.to_string(),
    };
    html! {
        h2 { "What Entra said" }
        dl.facts { @for (name, value) in claims { dt { code { (name) } } dd { (shown(value)) } } }
    }
}

fn lines(texts: &[String]) -> Markup {
    html! {
        @for (at, text) in texts.iter().enumerate() { @if at > 0 { br; } (text) }
        @if texts.is_empty() { span.muted { "none" } }
    }
}

/// Who a session is of, for the journal: by the name of today, or of the login if the user is deleted.
fn subject_of(asked: &SignInRequest, session: &LoginSession) -> ExchangeSubject {
    let NamedLogin { user, name } = &session.who;
    match user {
        LoggedInUser::Console(user_name) => {
            let users = &asked.state.master().console_users;
            let user = users.iter().find(|it| it.user_name == *user_name);
            let deleted = || ExchangeSubject::new("ConsoleUser", user_name.clone(), name.clone());
            user.map_or_else(deleted, console_subject)
        }
        LoggedInUser::Provisioned(id) => {
            let user = asked.state.resources().get("User", id);
            let name = user.map_or_else(|| name.clone(), |it| name_of(it));
            ExchangeSubject::new("User", id.clone(), name)
        }
    }
}

/// The answer, and the browser forgets the session.
fn with_cookie_gone(asked: &SignInRequest, answer: Answer) -> Answer {
    let path = asked.page.path_of("");
    let cookie = CookieKind::Session.set(&asked.page.site, &path, "", CookieLife::Not);
    answer.header("set-cookie", cookie)
}
