//! A click is the call of the control API that a test makes; showing a page is none.

use serde_json::json;

use super::{at, calls, control, empty_server, press, scim_link, with_job};
use crate::browser::{Browser, exchanges};

#[test]
fn step_5_by_clicks_is_the_calls_of_the_control_api() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);
    let (link, key) = (scim_link(&server), server.secret_key().unwrap());
    let typed = [("tenantUrl", &*link), ("secretToken", &*key)];
    let saved: Vec<_> = [
        ("mode", "automatic"),
        ("notificationEmail", "it@contoso.com"),
        ("sendEmailWhenAFailureOccurs", "yes"),
        ("users", "3"),
        ("groups", "1"),
    ]
    .into_iter()
    .chain(typed)
    .collect();

    let tested = press(&mut browser, "test", &typed);
    assert_eq!(tested.status, 200, "{}", tested.text);
    let words = "the supplied credentials are authorized to enable provisioning";
    assert!(tested.text.contains(words), "{}", tested.text);
    assert_eq!(press(&mut browser, "save", &saved).status, 303);
    assert_eq!(press(&mut browser, "settings", &[("status", "off"), ("scope", "all")]).status, 303);

    let masked = &calls(&server)[0][3]["secretToken"];
    assert_eq!(masked.as_str().map(|it| it.ends_with(&key[key.len() - 4..])), Some(true));
    let generate = json!({"users": 3, "groups": 1});
    assert_eq!(
        calls(&server),
        [
            json!(["POST", "/test-connection", 200, {"secretToken": masked, "tenantUrl": link}]),
            json!(["PUT", "", 200, {
                "directory": {"generate": generate}, "notificationEmail": "it@contoso.com",
                "scope": "assigned", "secretToken": masked, "sendEmailWhenAFailureOccurs": true,
                "tenantUrl": link,
            }]),
            json!(["PATCH", "", 200, {"scope": "all", "start": false}]),
        ]
    );
}

#[test]
fn step_6_by_clicks_is_the_calls_of_the_control_api() {
    let server = with_job(2);
    let mut browser = Browser::at_portal(&server);
    let monitor = at("/monitor");

    for button in ["cycle", "start", "pause", "restart", "allow-deletes"] {
        let answer = browser.press(&monitor, &[("do", button)]);
        let there = format!("{monitor}?done={button}");
        assert_eq!((answer.status, answer.header("location")), (303, &*there), "{button}");
    }

    let made: Vec<_> = calls(&server).iter().map(|it| json!([it[0], it[1], it[2]])).collect();
    assert_eq!(
        made,
        [
            json!(["POST", "/cycle", 202]),
            json!(["POST", "/start", 200]),
            json!(["POST", "/pause", 200]),
            json!(["POST", "/restart", 200]),
            json!(["POST", "/allow-deletions", 200]),
        ]
    );
}

#[test]
fn the_journal_finds_what_was_clicked_by_who_did_it_and_says_what_it_was() {
    let server = with_job(1);
    let mut browser = Browser::at_portal(&server);
    browser.press(&at("/monitor"), &[("do", "pause")]);
    browser.press(&at("/on-demand"), &[("object", "nobody@contoso.com")]);

    let found = control(&server).get("/requests?q=from:entra-portal").json;
    let words: Vec<_> =
        found["items"].as_array().unwrap().iter().map(|it| &it["summary"]).collect();

    assert_eq!(words[0], "ENTRA provisioning: pause");
    let refused = "ENTRA provisioning: on demand nobody@contoso.com refused: no user or group";
    assert!(words[1].as_str().unwrap().starts_with(refused), "{words:?}");
    let service = control(&server).get("/requests?q=from:%3Dentra").json;
    assert_eq!(service["items"], serde_json::json!([]), "the service itself has sent nothing");
}

#[test]
fn showing_pages_is_not_recorded() {
    let server = with_job(1);
    let browser = Browser::at_portal(&server);
    let before = exchanges(&server).len();

    for path in
        ["", "/users-and-groups", "/on-demand", "/monitor", "/logs", "/mappings/users", "/job.toml"]
    {
        browser.page(&at(path));
    }

    assert_eq!(exchanges(&server).len(), before);
}

#[test]
fn as_a_call_is_the_line_that_the_journal_has() {
    let server = with_job(1);
    let mut browser = Browser::at_portal(&server);
    let shown = browser.page(&at("/monitor"));
    let shown = shown.split("<pre tabindex=\"0\">").nth(1).unwrap();
    let shown = shown.split("</pre>").next().unwrap().replace("&quot;", "\"");

    browser.press(&at("/monitor"), &[("do", "cycle")]);

    let all = exchanges(&server);
    let clicked = all.iter().find(|it| it["from"] == "entra-portal").unwrap();
    let curl = control(&server).get(&format!("/requests/{}?as=curl", clicked["seq"])).text;
    assert_eq!(curl.trim_end(), shown);
}
