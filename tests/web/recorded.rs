//! A click is the call that an integrator makes; showing a page is none.

use serde_json::json;

use crate::{
    browser::{Browser, exchanges},
    support::{fresh_server, server},
};

const INTEGRATION: &str = "/NordlysQA/admin/integration";
const TAB: &str = "/NordlysQA/admin/user-provisioning-configuration";

#[test]
fn the_eleven_steps_by_clicks_are_the_calls_of_an_integrator() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    let new = format!("{TAB}/configurations/new");
    let id = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";

    browser.press(INTEGRATION, &[("do", "verify")]);
    browser.press(INTEGRATION, &[("do", "save"), ("entraTenantId", id)]);
    browser.press(INTEGRATION, &[("do", "choose"), ("mode", "userProvisioning")]);
    browser.press(&format!("{TAB}/secret-key/new"), &[]);
    browser.press(&new, &[("do", "save"), ("filter", ""), ("companies", "Nordlys Energi AB")]);
    browser.press(TAB, &[("do", "copy-link")]);

    let told: Vec<_> = exchanges(&server)
        .iter()
        .map(|it| json!([it["from"], it["method"], it["target"], it["status"]]))
        .collect();
    let base = "/NordlysQA/admin/v1";
    assert_eq!(
        told,
        [
            json!(["console", "POST", "/admin/v1/authenticate", 200]),
            json!(["console", "GET", format!("{base}/connection"), 200]),
            json!(["console", "PUT", format!("{base}/integration"), 200]),
            json!(["console", "PUT", format!("{base}/provisioning"), 200]),
            json!(["console", "POST", format!("{base}/secret-key"), 201]),
            json!(["console", "POST", format!("{base}/configurations"), 201]),
            json!(["console", "GET", format!("{base}/scim-link"), 200]),
        ]
    );
    let start = browser.get("/NordlysQA/admin/");
    assert_eq!(start.header("location"), "/NordlysQA/admin/users");
}

#[test]
fn showing_pages_is_not_recorded() {
    let server = server();
    let browser = Browser::logged_in(&server);
    let before = exchanges(&server).len();

    for path in ["/", INTEGRATION, TAB, "/NordlysQA/admin/users", "/NordlysQA/admin/groups"] {
        browser.page(path);
    }

    assert_eq!(exchanges(&server).len(), before);
}

#[test]
fn as_a_call_is_the_line_that_the_journal_has() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    let shown = browser.page(INTEGRATION);
    let shown = shown.split("<pre tabindex=\"0\">").nth(1).unwrap();
    let shown = shown.split("</pre>").next().unwrap().replace("&quot;", "\"");

    browser.press(INTEGRATION, &[("do", "verify")]);

    let seq = exchanges(&server).last().unwrap()["seq"].clone();
    let url = format!("http://{}/_mock/v1/tenants/NordlysQA", server.address());
    let curl = crate::support::Client::at(url).get(&format!("/requests/{seq}?as=curl")).text;
    assert_eq!(curl.trim_end(), shown);
}

#[test]
fn no_token_is_kept_in_the_journal() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    let token = browser.cookie().split_once('=').unwrap().1.to_owned();
    browser.press(INTEGRATION, &[("do", "verify")]);

    for it in server.requests() {
        assert!(!format!("{it:?}").contains(&token), "{it:?}");
    }
}
