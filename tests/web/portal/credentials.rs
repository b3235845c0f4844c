//! The Admin Credentials: good and bad ones, and the secret that no page shows.

use rstest::rstest;

use super::{PROVISIONING, at, calls, control, empty_server, press, scim_link, with_job};
use crate::{
    browser::{Browser, hidden},
    support::Client,
};

const FILLED_IN: &str = "Filled in: the secret key of the console";

#[test]
fn what_the_console_gave_is_filled_in_and_works_without_being_shown() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);
    let key = server.secret_key().unwrap();

    let filled = press(&mut browser, "fill", &[("notificationEmail", "typed@x.example")]);

    assert_eq!(filled.status, 200);
    assert!(filled.text.contains(FILLED_IN), "{}", filled.text);
    assert!(filled.text.contains(&format!("value=\"{}\"", scim_link(&server))), "{}", filled.text);
    assert!(filled.text.contains("value=\"typed@x.example\""), "what was typed stays");
    assert!(!filled.text.contains(&key), "{}", filled.text);
    assert!(calls(&server).is_empty(), "filling in is no call");

    let form = hidden(&filled.text, PROVISIONING);
    let link = scim_link(&server);
    let mut fields = vec![("do", "save"), ("mode", "automatic"), ("tenantUrl", &*link)];
    fields.extend([("users", "1"), ("groups", "0")]);
    fields.extend(form.iter().map(|(name, value)| (&**name, &**value)));
    let saved = browser.send(PROVISIONING, &fields);
    assert_eq!(saved.status, 303, "{}", saved.text);
    let tested = press(&mut browser, "test", &[("tenantUrl", &*link)]);
    assert_eq!(tested.status, 200, "the saved token is tried: {}", tested.text);
}

#[test]
fn a_key_that_was_changed_after_it_was_filled_in_is_not_used() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);
    let filled = press(&mut browser, "fill", &[]);
    let form = hidden(&filled.text, PROVISIONING);
    let console = Client::console(&server);
    let made = console.post("/secret-key", &serde_json::json!({"confirm": true}));
    assert_eq!(made.status, 201, "{made:?}");

    let link = scim_link(&server);
    let mut fields = vec![("do", "save"), ("mode", "automatic"), ("tenantUrl", &*link)];
    fields.extend(form.iter().map(|(name, value)| (&**name, &**value)));
    let refused = browser.send(PROVISIONING, &fields);

    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("The secret key of the console was changed meanwhile."));
    assert!(calls(&server).is_empty());
}

#[test]
fn a_wrong_token_is_told_in_the_portals_words_and_stays_typed() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);
    let link = scim_link(&server);

    let typed = [("tenantUrl", &*link), ("secretToken", "wrong-token-1234")];
    let refused = press(&mut browser, "test", &typed);

    assert_eq!(refused.status, 422);
    for words in [
        "You appear to have entered invalid credentials.",
        "Error code: SystemForCrossDomainIdentityManagementCredentialValidationFailure",
        "type=\"password\" value=\"wrong-token-1234\"",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    assert_eq!(control(&server).get("/entra").status, 404, "nothing was saved");
    for it in server.requests() {
        assert!(!format!("{it:?}").contains("wrong-token-1234"), "{it:?}");
    }
}

#[test]
fn a_saved_secret_is_on_no_page_and_stays_when_its_field_is_left_empty() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);
    let (link, key) = (scim_link(&server), server.secret_key().unwrap());
    let token = [("tenantUrl", &*link), ("secretToken", &*key)];
    let fields: Vec<_> = [("mode", "automatic"), ("users", "1"), ("groups", "0")].into();
    let fields: Vec<_> = fields.into_iter().chain(token).collect();
    assert_eq!(press(&mut browser, "save", &fields).status, 303);

    let kept = [("tenantUrl", &*link), ("notificationEmail", "it@contoso.com")];
    assert_eq!(press(&mut browser, "save", &kept).status, 303);

    for path in
        ["", "/users-and-groups", "/on-demand", "/monitor", "/logs", "/mappings/users", "/job.toml"]
    {
        assert!(!browser.page(&at(path)).contains(&key), "{path}");
    }
    assert_eq!(press(&mut browser, "test", &kept).status, 200);
    let status = control(&server).get("/entra").json;
    assert_eq!(status["settings"]["notificationEmail"], "it@contoso.com");
}

#[test]
fn a_saved_secret_is_not_sent_to_another_service() {
    let server = with_job(1);
    let mut browser = Browser::at_portal(&server);

    let other = [("tenantUrl", "http://127.0.0.1:1/scim/v2")];
    let (tested, saved) =
        (press(&mut browser, "test", &other), press(&mut browser, "save", &other));

    for answer in [tested, saved] {
        assert_eq!(answer.status, 400, "{}", answer.text);
        let words = "The saved Secret Token belongs to the saved Tenant URL";
        assert!(answer.text.contains(words), "{}", answer.text);
        assert!(answer.text.contains("value=\"http://127.0.0.1:1/scim/v2\""), "{}", answer.text);
    }
    let status = control(&server).get("/entra").json;
    assert_eq!(status["settings"]["tenantUrl"], scim_link(&server));
}

#[rstest]
#[case::no_url(&[("tenantUrl", "")], "tenantUrl", "The Tenant URL is empty")]
#[case::bad_url(&[("tenantUrl", "ftp://<x>")], "tenantUrl", "A Tenant URL begins with https:// or http://")]
#[case::no_token(&[("secretToken", "")], "secretToken", "The Secret Token is empty")]
#[case::bad_token(&[("secretToken", "two words")], "secretToken", "blank")]
#[case::bad_email(&[("notificationEmail", "nobody")], "notificationEmail", "Expected an email address")]
#[case::no_number(&[("users", "-3")], "users", "Expected a whole number, 0 or more")]
#[case::too_many(&[("users", "100001")], "users", "100001 users are too many")]
fn bad_input_is_told_at_its_field_and_stays_there(
    #[case] bad: &[(&str, &str)],
    #[case] field: &str,
    #[case] words: &str,
) {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);
    let link = scim_link(&server);
    let good = [
        ("mode", "automatic"),
        ("tenantUrl", &*link),
        ("secretToken", "any-token-1234"),
        ("users", "1"),
        ("groups", "0"),
    ];
    let good = good.into_iter().filter(|(name, _)| *name != bad[0].0);
    let fields: Vec<_> = bad.iter().copied().chain(good).collect();

    let answer = press(&mut browser, "save", &fields);

    assert_eq!(answer.status, 400, "{}", answer.text);
    let shown = answer.text.split(&format!("id=\"{field}\"")).nth(1).unwrap();
    let shown = shown.split("</div>").next().unwrap();
    assert!(shown.contains("aria-invalid=\"true\"") && shown.contains(words), "{shown}");
    let value = bad[0].1.replace('<', "&lt;").replace('>', "&gt;");
    assert!(shown.contains(&format!("value=\"{value}\"")), "{shown}");
    assert_eq!(control(&server).get("/entra").status, 404, "nothing was saved");
}

#[test]
fn a_manual_provisioning_mode_saves_nothing() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);

    let answer = press(&mut browser, "save", &[("mode", "manual"), ("users", "1")]);

    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("The Provisioning Mode is Manual."), "{}", answer.text);
    assert!(calls(&server).is_empty());
}

#[test]
fn without_a_secret_key_the_console_is_named() {
    let server = crate::support::fresh_server();
    let console = Client::console(&server);
    let id = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";
    console.get("/connection");
    let saved = console.put("/integration", &serde_json::json!({"entraTenantId": id}));
    assert_eq!(saved.status, 200, "{saved:?}");
    let mut browser = Browser::at_portal(&server);

    let answer = press(&mut browser, "fill", &[]);

    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("The console has no secret key yet."), "{}", answer.text);
}
