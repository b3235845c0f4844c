//! "How do you want to log in?", and what a login option leads to.

use maud::{Markup, html};

use super::refused::{Refused, brand, refused_request};
use crate::{
    http::{
        answer::Answer,
        problem::ProblemDetails,
        web::{
            cookies::{CookieKind, CookieLife},
            frame,
            request::see_other,
            sign_in_step::{SignInRequest, issuer, random},
        },
    },
    journal::{Operation, SignInAttempt},
    medius::{LoginOption, MasterItem as _, SignInResult, StandsFor},
    oidc::Verifier,
    scim::{encode, quoted},
    tenant::{LoginFlow, SignInSecret},
};

/// The page with the login options that are visible.
pub(super) fn show(asked: &SignInRequest) -> Answer {
    let name = asked.page.tenant().name();
    let options = asked.state.master().data.login_options();
    let visible: Vec<&LoginOption> = options.iter().filter(|it| it.is_visible).collect();
    let main = html! {
        (brand(asked))
        header { h1 { "How do you want to log in?" } p { "Tenant " (name) } }
        form action=(asked.page.link("login")) {
            ul.choices { @for option in &visible { li { (choice(option)) } } }
            @if visible.is_empty() { p { "No login option is visible on the login screen." } }
            label.check {
                input type="checkbox" name="always" value="yes";
                " Always log in this way"
            }
        }
        p.muted { "Assumed: OpenID Connect stands in for what MediusFlow's login speaks." }
    };
    let title = format!("Log in · {name} · MediusFlow");
    frame::page(200, frame::narrow(&asked.page.site, &title, main))
}

fn choice(option: &LoginOption) -> Markup {
    let (about, is_local) = match option.stands_for() {
        StandsFor::LocalAccount => ("Local account".to_owned(), true),
        StandsFor::MockEntra => ("Work account".to_owned(), false),
        other => (other.to_string(), false),
    };
    html! {
        button.choice name="option" value=(option.display_name) {
            svg width="24" height="24" viewBox="0 0 20 20" aria-hidden="true" {
                @if is_local {
                    circle cx="10" cy="7" r="3.2" {}
                    path d="M3.8 17c.6-3.4 3-5 6.2-5s5.6 1.6 6.2 5" {}
                } @else {
                    path d="M10 2.8 16.8 12 10 17.2 3.2 12z" {}
                    path d="M10 2.8v14.4" {}
                }
            }
            span { b { (option.display_name) } span { (about) } }
            svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" {
                path d="m8 5 5 5-5 5" {}
            }
        }
    }
}

/// Who is about to log in: the parameter of the login, and of an authorize request (`OpenID` Connect Core
/// §3.1.2.1).
const LOGIN_HINT: &str = "login_hint";

/// `GET {t}/login?option=&login_hint=&always=`: leads to what stands behind the option. One that is not
/// visible is only not shown, it works.
pub(super) fn login(asked: &SignInRequest) -> Answer {
    let options = asked.state.master().data.login_options();
    let wanted = asked.page.form.text("option").unwrap_or_default();
    let Some(option) = options.iter().find(|it| it.is_called(wanted)) else {
        let known: Vec<&str> = options.iter().map(|it| it.display_name.as_str()).collect();
        let detail =
            format!("there is no login option {}; there are: {}", quoted(wanted), known.join(", "));
        let problem = ProblemDetails::new(404, "unknown-login-option", detail).field("option");
        return refused_request(asked, Operation::SignIn, problem);
    };
    let answer = match option.stands_for() {
        StandsFor::LocalAccount => match asked.page.form.text(LOGIN_HINT) {
            Some(user) => asked.page.see_other(&format!("LocalAccount/?user={}", encode(user))),
            None => asked.page.see_other("LocalAccount/"),
        },
        StandsFor::MockEntra => to_entra(asked, option),
        StandsFor::Issuer { metadata_url, .. } => {
            let detail = format!("this mock does not sign in at other issuers: {metadata_url}");
            return unsupported(asked, option, detail);
        }
        StandsFor::Nothing { protocol, issuer } => {
            let detail = format!("this mock does not speak {protocol} to {issuer}");
            return unsupported(asked, option, detail);
        }
    };
    let path = asked.page.path_of("");
    let (value, life) = match asked.page.form.one("always") {
        Some("yes") => (encode(&option.display_name), CookieLife::Year),
        _ => (String::new(), CookieLife::Not),
    };
    let cookie = CookieKind::Choice.set(&asked.page.site, &path, &value, life);
    answer.header("set-cookie", cookie)
}

/// The page of a login option that stands for nothing here.
fn unsupported(asked: &SignInRequest, option: &LoginOption, detail: String) -> Answer {
    let problem = ProblemDetails::new(501, "not-implemented", detail.as_str());
    let mut answer = refused_request(asked, Operation::SignIn, problem);
    let mut sign_in = SignInAttempt::new(SignInResult::UnsupportedOption);
    sign_in.option = Some(option.display_name.as_str().into());
    sign_in.reason = Some(detail);
    answer.record.sign_in = Some(Box::new(sign_in));
    // The reason says it already.
    answer.record.remark = None;
    answer
}

/// Begins a sign-in: MediusFlow keeps what it needs to recognize the answer, and sends the browser to Entra.
fn to_entra(asked: &SignInRequest, option: &LoginOption) -> Answer {
    let Some(tenant_id) = asked.tenant_id() else {
        return Refused::by_open_steps(&option.display_name).page(asked);
    };
    let site = &asked.page.site;
    let browser = CookieKind::Flow.read(site, &asked.page.headers);
    let browser = browser.unwrap_or_else(|| asked.secret(SignInSecret::Browser));
    let state = random_hex();
    let flow = flow(asked, option, &tenant_id, &browser);
    let address = format!(
        "{}?{}",
        authorize_address(asked, &tenant_id),
        authorize_query(asked, &state, &flow)
    );
    asked.book().begin_flow(&state, flow);
    let cookie = CookieKind::Flow.set(site, &asked.page.path_of(""), &browser, CookieLife::Session);
    see_other(address).header("set-cookie", cookie)
}

/// What MediusFlow keeps of a sign-in that it begins.
pub(super) fn flow(
    asked: &SignInRequest,
    option: &LoginOption,
    tenant_id: &str,
    browser: &str,
) -> LoginFlow {
    LoginFlow {
        option: option.display_name.as_str().into(),
        browser: browser.into(),
        nonce: random_hex(),
        verifier: Verifier::new(random()),
        issuer: issuer(&asked.authority(), tenant_id).url(),
        began: asked.page.now,
    }
}

fn authorize_address(asked: &SignInRequest, tenant_id: &str) -> String {
    format!("{}/{tenant_id}/oauth2/v2.0/authorize", asked.authority())
}

/// The query of MediusFlow's authorize request.
pub(super) fn authorize_query(asked: &SignInRequest, state: &str, flow: &LoginFlow) -> String {
    let client_id = asked.state.entra_client_id();
    let redirect_uri = asked.own_redirect_uri();
    let challenge = flow.verifier.challenge();
    let mut query = vec![
        ("client_id", client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid profile email"),
        ("state", state),
        ("nonce", &flow.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("response_mode", "query"),
    ];
    if asked.page.form.has("other") {
        query.push(("prompt", "select_account"));
    } else if let Some(hint) = asked.page.form.text(LOGIN_HINT) {
        query.push((LOGIN_HINT, hint));
    }
    let query = query.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    query.collect::<Vec<_>>().join("&")
}

/// A text of 32 random hexadecimal digits.
pub(super) fn random_hex() -> String {
    format!("{:032x}", u128::from_be_bytes(random()))
}
