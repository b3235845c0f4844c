//! The local login.

use super::*;

const LOCAL: &str = "/NordlysQA/LocalAccount/";

/// Logs in locally.
fn log_in(browser: &Browser, user: &str) -> Page {
    let csrf = browser.open(LOCAL).field("csrf");
    browser.post(LOCAL, &[("csrf", &csrf), ("user", user)])
}

#[test]
fn a_console_user_logs_in_without_a_password() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let page = browser.open("/NordlysQA/login?option=Medius.Security");
    assert_eq!(page.heading(), "Log in");
    assert!(!page.text.contains("type=\"password\""), "{}", page.text);

    let done = log_in(&browser, "admin@nordlys.example");
    let start = browser.open("/NordlysQA/");

    assert_eq!(done.status, 303, "{done:?}");
    assert!(start.text.contains("Logged in with Medius.Security"), "{}", start.text);
    assert!(last(&server).starts_with("SIGN-IN "), "{}", last(&server));
}

#[test]
fn a_user_of_entra_does_not_log_in_locally() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let browser = Browser::of(&server);

    let refused = log_in(&browser, &name);
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("<code>wrongIdentityProvider</code>"), "{}", refused.text);

    let provider = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:identityProvider";
    change(&server, &user, provider, json!("Medius.Security"));
    assert_eq!(log_in(&browser, &name).status, 303);
    assert_eq!(log_in(&browser, "nobody").status, 403);
}

#[test]
fn an_empty_user_name_is_refused_as_such() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    let refused = log_in(&browser, " ");

    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(refused.text.contains("expected the user name of a local account"), "{}", refused.text);
}

#[test]
fn a_form_is_taken_from_its_own_page_alone() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let csrf = browser.open(LOCAL).field("csrf");
    let form = [("csrf", csrf.as_str()), ("user", "admin@nordlys.example")];

    let without = browser.post(LOCAL, &form[1..]);
    let foreign = browser.post_from("http://127.0.0.1:9", LOCAL, &form);
    let null = browser.post_from("null", LOCAL, &form);
    browser.forget("flow");
    let other = browser.post(LOCAL, &form);

    for refused in [without, foreign, null, other] {
        assert_eq!(refused.status, 403, "{refused:?}");
    }
    assert!(!browser.has("session"));
    let recorded = server.requests();
    let codes: Vec<_> =
        recorded.iter().map(|it| it.problem.clone().unwrap().code.unwrap().to_string()).collect();
    assert_eq!(codes, ["wrong-form", "foreign-origin", "foreign-origin", "wrong-form"]);
    assert_eq!(last(&server), "SIGN-IN refused: the form was not shown in this session");
    assert!(recorded[1].summary.starts_with("SIGN-IN refused: pages of "), "{:?}", recorded[1]);
    assert!(server.unrouted().is_empty());
}
