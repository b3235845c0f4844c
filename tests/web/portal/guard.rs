//! Who is let in: anybody who reaches the server by its own name, with forms of its own pages.

use mediusflow_mock::MockServer;
use rstest::rstest;

use super::{PROVISIONING, at, calls, control, press, with_job};
use crate::{
    browser::{Browser, hidden},
    support::{Client, fresh_server},
};

#[rstest]
#[case::no_field(&[], &[], "wrong-form")]
#[case::made_up(&[("csrf", "0")], &[], "wrong-form")]
#[case::foreign_origin(&[], &[("origin", "http://evil.example")], "foreign-origin")]
#[case::null_origin(&[], &[("origin", "null")], "foreign-origin")]
#[case::other_port(&[], &[("origin", "http://127.0.0.1:1")], "foreign-origin")]
#[case::same_site(&[], &[("sec-fetch-site", "same-site")], "foreign-form")]
#[case::cross_site(&[], &[("sec-fetch-site", "cross-site")], "cross-site")]
fn a_form_that_is_not_ours_does_nothing_and_is_recorded(
    #[case] fields: &[(&str, &str)],
    #[case] headers: &[(&str, &str)],
    #[case] code: &str,
) {
    let server = with_job(1);
    let mut browser = Browser::at_portal(&server);
    let monitor = at("/monitor");
    let own = hidden(&browser.page(&monitor), &monitor);
    let own = (own[0].0.as_str(), own[0].1.as_str());
    let proof = if headers.is_empty() { fields.to_vec() } else { vec![own] };
    let all: Vec<_> = proof.into_iter().chain([("do", "start")]).collect();

    let answer = browser.send_with(&monitor, &all, headers);

    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(control(&server).get("/entra").json["started"], false);
    let refused = server.requests().pop().unwrap();
    assert_eq!((refused.target.as_str(), refused.status), (&*monitor, 403));
    assert_eq!(refused.problem.as_ref().unwrap().code.as_deref(), Some(code));
    assert!(refused.summary.starts_with("ADMIN 403 "), "{}", refused.summary);
    assert!(server.unrouted().is_empty());
}

#[test]
fn the_field_of_one_browser_or_form_opens_no_other() {
    let server = with_job(1);
    let mut browser = Browser::at_portal(&server);
    let other = Browser::at_portal(&server);
    let monitor = at("/monitor");
    let foreign = hidden(&other.page(&monitor), &monitor);
    let directory = at("/users-and-groups");
    let others = hidden(&browser.page(&directory), &directory);

    for field in [&foreign[0].1, &others[0].1] {
        let answer = browser.send(&monitor, &[("csrf", field), ("do", "start")]);
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    assert!(calls(&server).is_empty());
}

#[test]
fn the_cookie_is_the_tenants_own_and_no_script_and_no_other_site_has_it() {
    let server = with_job(1);

    let cookie = Browser::at(&server).get(PROVISIONING).header("set-cookie").to_owned();

    let port = server.address().port();
    assert!(cookie.starts_with(&format!("mf-portal-{port}=")), "{cookie}");
    assert!(cookie.ends_with("; Path=/NordlysQA/entra/; HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(Browser::at_portal(&server).get(PROVISIONING).header("set-cookie"), "");
}

#[rstest]
#[case(
    "/NordlysQA/entra/11111111-2222-3333-4444-555555555555/provisioning",
    "There is no such page"
)]
#[case("/NordlysQA/entra/common/provisioning", "There is no such page")]
#[case(
    "/NordlisQA/entra/c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71/provisioning",
    "There is no such tenant"
)]
fn an_unknown_tenant_is_told_on_a_page(#[case] path: &str, #[case] heading: &str) {
    let server = with_job(1);
    let browser = Browser::at(&server);

    let answer = browser.get(path);

    assert_eq!(answer.status, 404, "{answer:?}");
    assert!(answer.text.contains(heading), "{}", answer.text);
}

#[test]
fn before_steps_3_and_4_there_is_no_provisioning_and_no_way_to_it() {
    let server = fresh_server();
    let browser = Browser::at(&server);

    let answer = browser.get(PROVISIONING);

    assert_eq!(answer.status, 404);
    assert!(answer.text.contains("has no Microsoft Entra tenant ID yet"), "{}", answer.text);
    assert!(!browser.page("/").contains("/provisioning"));
}

#[test]
fn the_tenants_and_the_last_step_of_the_console_lead_there() {
    let server = with_job(1);

    assert!(Browser::at(&server).page("/").contains(&format!("href=\"{PROVISIONING}\"")));
    let tab = "/NordlysQA/admin/user-provisioning-configuration";
    let console = Browser::logged_in(&server).page(tab);
    assert!(console.contains(&format!("href=\"{PROVISIONING}\"")), "{console}");
    assert!(console.contains("Step 5: configure automatic provisioning in Microsoft Entra ID"));
}

#[test]
fn a_strange_host_and_a_page_of_another_site_see_nothing() {
    let server = with_job(1);
    let client = Client::at(format!("http://{}", server.address()));
    let call = || client.call("GET", PROVISIONING).header("accept", "text/html");

    let strange = call().header("host", "evil.example").send();
    let foreign = call().header("sec-fetch-site", "cross-site").send();

    assert_eq!((strange.status, foreign.status), (403, 403));
    assert_eq!(Browser::at(&server).get(&at("/changes")).status, 204, "no events without a page");
}

/// Who has no control token must not have the server call other machines.
#[test]
fn where_the_control_api_wants_a_token_the_page_provisions_to_its_own_tenant_only() {
    let builder = MockServer::builder().users(0).groups(0).control_token("a-control-token");
    let server = builder.start().unwrap();
    let mut browser = Browser::at_portal(&server);
    let link = super::scim_link(&server);
    let fields =
        |url| [("mode", "automatic"), ("tenantUrl", url), ("secretToken", "any-token-1234")];

    for button in ["test", "save"] {
        let refused = press(&mut browser, button, &fields("http://127.0.0.1:1/scim/v2"));
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
    let own = press(&mut browser, "test", &fields(&*link));
    assert_eq!(own.status, 422, "a wrong token, but it was tried: {}", own.text);
}
