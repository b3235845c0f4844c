//! MediusFlow's login with Microsoft Entra ID, from the chooser to the start page and out again.

use super::*;

const BEGIN: &str = "/NordlysQA/login?option=Microsoft+Entra+ID";

#[test]
fn somebody_logs_in_with_entra_and_out_again() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);

    let chooser = browser.open("/NordlysQA/");
    assert_eq!(chooser.heading(), "How do you want to log in?");
    let picker = browser.open(BEGIN);
    assert_eq!(picker.heading(), "Pick an account");
    let start = browser.open(&picker.link(&name));

    assert_eq!(start.status, 200);
    assert!(start.text.contains("Logged in with Microsoft Entra ID"), "{}", start.text);
    assert!(start.text.contains(&name), "{}", start.text);
    let claims = browser.open("/NordlysQA/?claims");
    assert!(claims.text.contains("preferred_username"), "{}", claims.text);
    let csrf = browser.open("/NordlysQA/").field("csrf");
    let out = browser.post("/NordlysQA/logout", &[("csrf", &csrf)]);
    assert_eq!(out.status, 303);
    assert!(!browser.has("session"));
    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
}

#[test]
fn each_step_is_in_the_journal() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let browser = Browser::of(&server);

    browser.open(&browser.open(BEGIN).link(&name));

    let shown = user["displayName"].as_str().unwrap();
    let summaries = summaries(&server);
    let expected = [
        format!("ENTRA authorize {name} → code for MediusFlow (NordlysQA)"),
        format!("ENTRA token {name} → ID token, key a1"),
        "ENTRA keys (1)".to_owned(),
    ];
    for line in &expected {
        assert!(summaries.contains(line), "{line} is not in {summaries:#?}");
    }
    let last = summaries.last().unwrap();
    let begins = format!("SIGN-IN {shown} with Microsoft Entra ID");
    assert!(last.starts_with(&begins), "{last}");
    let from: Vec<_> = server.requests().iter().map(|it| it.from.to_string()).collect();
    assert!(from.contains(&"medius".to_owned()), "{from:?}");
}

#[test]
fn the_journal_holds_no_code_cookie_or_token() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);

    browser.open(&browser.open(BEGIN).link(&name));

    let journal = Program::control(&server).get("/requests").text;
    for secret in ["mfc_mock_nordlysqa_", "mfs_mock_", "mft_mock_", "mfb_mock_", "mfh_mock_", "eyJ"]
    {
        assert!(!journal.contains(secret), "{secret} is in {journal}");
    }
}

#[test]
fn who_is_signed_in_to_entra_is_not_asked_again() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    browser.open(&browser.open(BEGIN).link(&name));
    browser.forget("session");

    let again = browser.open(BEGIN);

    assert_eq!(browser.open(&again.link("Use another account")).heading(), "Pick an account");
    assert!(again.text.contains("Logged in with Microsoft Entra ID"), "{}", again.text);
    browser.forget("session");
    let asked = browser.open(&format!("{BEGIN}&other"));
    assert_eq!(asked.heading(), "Pick an account");
}

#[test]
fn a_way_to_log_in_can_be_kept_and_given_up() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    browser.open(&format!("{BEGIN}&always=yes"));
    assert_eq!(browser.open("/NordlysQA/").heading(), "Pick an account");
    let chooser = browser.open("/NordlysQA/?choose");
    assert_eq!(chooser.heading(), "How do you want to log in?");
    browser.open(BEGIN);

    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
}

#[test]
fn a_session_ends_with_its_user() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let browser = Browser::of(&server);
    browser.open(&browser.open(BEGIN).link(&name));

    change(&server, &user, "active", json!(false));
    let out = browser.open("/NordlysQA/");

    assert_eq!((out.status, out.heading().as_str()), (403, "You are not logged in"));
    assert!(out.text.contains("<code>disabled</code>"), "{}", out.text);
    assert!(out.link("Use another account").starts_with("/NordlysQA/login?"), "{}", out.text);
    let shown = user["displayName"].as_str().unwrap();
    assert_eq!(last(&server), format!("SIGN-OUT {shown}: disabled"));
    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
    change(&server, &user, "active", json!(true));
    assert!(browser.open(BEGIN).text.contains("Logged in with"));
}

#[test]
fn a_deleted_user_is_named_when_the_session_ends() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let browser = Browser::of(&server);
    browser.open(&browser.open(BEGIN).link(&name));
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    assert_eq!(Program::control(&server).send("DELETE", &path, &json!({})).status, 204);

    let out = browser.open("/NordlysQA/");

    let shown = user["displayName"].as_str().unwrap();
    assert!(out.text.contains(&format!("{shown} is not there any more.")), "{}", out.text);
    assert_eq!(last(&server), format!("SIGN-OUT {shown}: deleted"));
}

#[test]
fn a_logout_is_recorded_as_what_it_was() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let browser = Browser::of(&server);
    let shown = user["displayName"].as_str().unwrap();
    let last = || {
        let exchange = server.requests().pop().unwrap();
        (serde_json::to_value(exchange.operation).unwrap(), exchange.summary.clone())
    };
    let sign_out = |words: &str| (json!("signOut"), words.to_owned());

    assert_eq!(browser.post("/NordlysQA/logout", &[]).status, 303);
    assert_eq!(last(), sign_out("SIGN-OUT nobody · there was no session to end"));
    browser.open(&browser.open(BEGIN).link(&name));
    assert_eq!(browser.post("/NordlysQA/logout", &[]).status, 403);
    let refused = format!("SIGN-OUT refused {shown}: the form was not shown in this session");
    assert_eq!(last(), sign_out(&refused));
    assert_eq!(browser.post_from("http://localhost:9", "/NordlysQA/logout", &[]).status, 403);
    let foreign = "SIGN-OUT refused: pages of \"http://localhost:9\" may not call the server";
    assert_eq!(last(), sign_out(foreign));
    let csrf = browser.open("/NordlysQA/").field("csrf");
    assert_eq!(browser.post("/NordlysQA/logout", &[("csrf", &csrf)]).status, 303);

    assert_eq!(last(), sign_out(&format!("SIGN-OUT {shown}")));
}

#[test]
fn a_session_lasts_eight_hours_by_the_tenants_clock() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    browser.open(&browser.open(BEGIN).link(&name));
    let control = Program::control(&server);

    control.send("POST", "/clock/advance", &json!({"by": "7h 59m"}));
    assert!(browser.open("/NordlysQA/").text.contains("Logged in with"));
    control.send("POST", "/clock/advance", &json!({"by": "1m"}));

    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
}

#[test]
fn a_reset_logs_everybody_out() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    let picker = browser.open(BEGIN);
    browser.open(&picker.link(&name));

    Program::control(&server).send("POST", "/reset", &json!({}));

    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
    assert_eq!(browser.open(BEGIN).heading(), "Pick an account");
}

#[test]
fn a_sign_in_changes_no_state() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let digest = || Program::control(&server).get("/state/digest").json["sha256"].clone();
    let before = digest();
    let browser = Browser::of(&server);

    browser.open(&browser.open(BEGIN).link(&name));

    assert_eq!(digest(), before);
}

#[test]
fn an_option_that_stands_for_nothing_here_says_so() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    let unknown = browser.open("/NordlysQA/login?option=Okta");

    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("Medius.Security"), "{}", unknown.text);
}
