//! The local login: `consoleUsers`, and the provisioned users whose login option is the local one. The
//! address is documented; that no password is asked is this mock's.

use maud::html;

use super::refused::{Refused, brand, refused_request};
use crate::{
    http::{
        answer::Answer,
        problem::ProblemDetails,
        web::{
            cookies::{CookieKind, CookieLife},
            csrf, frame,
            login_decision::decision,
            sign_in_step::SignInRequest,
        },
    },
    journal::{ExchangeSubject, Operation, SignInAttempt},
    medius::{ConsoleUser, LoginOption, SignInDecision, SignInResult, StandsFor},
    oidc::Claims,
    scim::{User, encode, name_of},
    tenant::{LoggedInUser, LoginSession, NamedLogin, SignInSecret, name_identifier},
};

/// How many accounts are offered as links.
const OFFERED: usize = 25;

/// `GET {t}/LocalAccount/`.
pub(super) fn show(asked: &SignInRequest) -> Answer {
    let site = &asked.page.site;
    let browser = CookieKind::Flow.read(site, &asked.page.headers);
    let browser = browser.unwrap_or_else(|| asked.secret(SignInSecret::Browser));
    let address = asked.page.path_of("LocalAccount/");
    let typed = asked.page.form.text("user");
    let tenant = asked.page.tenant().name();
    let main = html! {
        (brand(asked))
        header { h1 { "Log in" } p { "Local account of " (tenant) } }
        form.login method="post" action=(site.link(&address)) {
            input type="hidden" name=(csrf::FIELD) value=(csrf::token(&browser, &address));
            label.label for="user" { "User name" }
            input.field #user name="user" value=[typed] autocomplete="off" required autofocus;
            div.actions {
                button.button.primary { "Log in" }
                a.button href=(asked.page.link("?choose")) { "Log in another way" }
            }
        }
        @let accounts = accounts(asked);
        @if !accounts.is_empty() {
            h2 { "Local accounts" }
            ul.tenants {
                @for (name, user_name) in &accounts {
                    li {
                        a href=(asked.page.link(&format!("LocalAccount/?user={}", encode(user_name)))) {
                            bdi { (name) }
                        }
                        span.muted { " " (user_name) }
                    }
                }
            }
        }
    };
    let title = format!("Log in · {tenant} · MediusFlow");
    let cookie = CookieKind::Flow.set(site, &asked.page.path_of(""), &browser, CookieLife::Session);
    frame::page(200, frame::narrow(site, &title, main)).header("set-cookie", cookie)
}

/// `POST {t}/LocalAccount/`.
pub(super) fn log_in(asked: &SignInRequest) -> Answer {
    let address = asked.page.path_of("LocalAccount/");
    let browser = CookieKind::Flow.read(&asked.page.site, &asked.page.headers);
    let sent = asked.page.form.one(csrf::FIELD);
    if let Err(problem) = csrf::check(&browser.unwrap_or_default(), &address, sent) {
        return refused_request(asked, Operation::SignIn, problem);
    }
    if let Some(user_name) = asked.page.form.text("user") {
        return log_in_as(asked, user_name);
    }
    let detail = "user is empty, expected the user name of a local account";
    let problem = ProblemDetails::new(400, "invalid-parameter", detail).field("user");
    refused_request(asked, Operation::SignIn, problem)
}

/// Logs in the local account of this user name, if there is one that may.
pub(super) fn log_in_as(asked: &SignInRequest, user_name: &str) -> Answer {
    let master = asked.state.master();
    let options = master.data.login_options();
    let Some(option) = options.iter().find(|it| it.stands_for() == StandsFor::LocalAccount) else {
        return no_local_login(asked, user_name);
    };
    let is_it =
        |it: &&ConsoleUser| crate::scim::fold(&it.user_name) == crate::scim::fold(user_name);
    if let Some(user) = master.console_users.iter().find(is_it) {
        let subject = console_subject(user);
        let user = LoggedInUser::Console(user.user_name.as_str().into());
        return logged_in(asked, user, option, subject);
    }
    // Whoever logs in locally types a user name, whatever the name identifier is.
    let identifier = match asked.state.user_called(user_name) {
        Some(user) => name_identifier(user).to_owned(),
        None => user_name.to_owned(),
    };
    match decision(&asked.state, &identifier, option) {
        (Some(user), SignInDecision::Allowed(_)) => {
            let subject = ExchangeSubject::new("User", user.id.clone(), name_of(user));
            logged_in(asked, LoggedInUser::Provisioned(user.id.clone()), option, subject)
        }
        (user, SignInDecision::Refused(refusal)) => {
            Refused::by_tenant(asked, &refusal, option, user_name, user).page(asked)
        }
        (None, SignInDecision::Allowed(_)) => no_local_login(asked, user_name),
    }
}

/// Logs somebody in, and leads to the start page.
fn logged_in(
    asked: &SignInRequest,
    user: LoggedInUser,
    option: &LoginOption,
    subject: ExchangeSubject,
) -> Answer {
    let who = NamedLogin { user, name: subject.name.clone() };
    let session = session(asked, who, option, None);
    let mut answer = with_session(asked, session, asked.page.see_other(""));
    answer.record.operation = Operation::SignIn;
    answer.record.subject = Some(subject);
    let mut sign_in = SignInAttempt::new(SignInResult::Works);
    sign_in.option = Some(option.display_name.as_str().into());
    answer.record.sign_in = Some(Box::new(sign_in));
    answer
}

/// A session that begins now, for as long as the tenant's settings say.
pub(super) fn session(
    asked: &SignInRequest,
    who: NamedLogin,
    option: &LoginOption,
    claims: Option<Claims>,
) -> LoginSession {
    let life = asked.state.master().sign_in.session_life;
    LoginSession::new(who, &option.display_name, claims, asked.page.now, life)
}

/// A console user, for the journal.
pub(super) fn console_subject(user: &ConsoleUser) -> ExchangeSubject {
    ExchangeSubject::new("ConsoleUser", &user.user_name, &user.display_name)
}

/// Keeps a session, and gives its cookie to the browser.
pub(super) fn with_session(asked: &SignInRequest, session: LoginSession, answer: Answer) -> Answer {
    let secret = asked.secret(SignInSecret::Session);
    asked.book().log_in(&secret, session);
    let path = asked.page.path_of("");
    let cookie = CookieKind::Session.set(&asked.page.site, &path, &secret, CookieLife::Session);
    answer.header("set-cookie", cookie)
}

fn no_local_login(asked: &SignInRequest, user_name: &str) -> Answer {
    Refused {
        status: 403,
        result: SignInResult::NotProvisioned,
        what: "There is no local login.".into(),
        why: "No login option of this tenant stands for the local accounts.".into(),
        brief: "there is no local login".into(),
        option: None,
        looked_for: Some(user_name.to_owned()),
        user: None,
        since: None,
        help: None,
        helps_in_option: false,
    }
    .page(asked)
}

/// The local accounts, the name that people read and the user name of each: console users first.
fn accounts(asked: &SignInRequest) -> Vec<(String, String)> {
    let master = asked.state.master();
    let console = master.console_users.iter();
    let console = console.map(|it| (it.display_name.clone(), it.user_name.clone()));
    let options = master.data.login_options();
    let local = options.iter().find(|it| it.stands_for() == StandsFor::LocalAccount);
    let users = asked.state.resources().all("User").take(LOOKED_AT);
    let users = users.filter(|user| {
        let decision = local.map(|it| asked.state.sign_in(user, Some(it)));
        matches!(decision, Some(SignInDecision::Allowed(_)))
    });
    let users = users.map(|it| (name_of(it).to_string(), User(it).user_name().to_owned()));
    console.chain(users).take(OFFERED).collect()
}

/// How many users are looked at for those who log in locally: a large tenant shows the page as quickly.
const LOOKED_AT: usize = 1_000;
