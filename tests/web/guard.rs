//! Who is let in: sessions, forms of our own, and nothing that another site makes a browser send.

use mediusflow_mock::internals::TenantInternals as _;
use rstest::rstest;
use serde_json::json;

use crate::{
    browser::{Browser, exchanges, hidden},
    support::{fresh_server, server, timed_server},
};

const INTEGRATION: &str = "/NordlysQA/admin/integration";

#[test]
fn who_has_not_logged_in_is_led_to_step_1_and_back() {
    let server = server();
    let mut browser = Browser::at(&server);

    let answer = browser.get("/NordlysQA/admin/users");
    assert_eq!(answer.status, 303);
    let step_1 = answer.header("location").to_owned();
    assert_eq!(step_1, "/admin/?tenant=NordlysQA&next=%2FNordlysQA%2Fadmin%2Fusers");

    let page = browser.page(&step_1);
    let next = hidden(&page, "/admin/");
    assert_eq!(next, [("next".to_owned(), "/NordlysQA/admin/users".to_owned())]);
    let fields = [("tenantName", "NordlysQA"), ("next", &*next[0].1)];
    assert_eq!(browser.send("/admin/", &fields).header("location"), "/NordlysQA/admin/users");
}

#[rstest]
#[case("https://evil.example/NordlysQA/")]
#[case("//evil.example/NordlysQA/")]
#[case("/NordlysQA//evil.example")]
#[case("/NordlysQA/\\evil.example")]
#[case("/Nordlys/admin/users")]
fn a_browser_is_sent_nowhere_else_after_step_1(#[case] next: &str) {
    let server = server();
    let mut browser = Browser::at(&server);

    let answer = browser.send("/admin/", &[("tenantName", "NordlysQA"), ("next", next)]);

    assert_eq!((answer.status, answer.header("location")), (303, "/NordlysQA/admin/"));
}

#[test]
fn a_cookie_is_the_tenants_own_and_no_script_reads_it() {
    let server = server();

    let answer = Browser::at(&server).send("/admin/", &[("tenantName", "nordlysqa")]);

    let cookie = answer.header("set-cookie");
    let port = server.address().port();
    assert!(cookie.starts_with(&format!("mf-console-{port}=mfa_mock_")), "{cookie}");
    assert!(cookie.ends_with("; Path=/NordlysQA/; HttpOnly; SameSite=Strict"), "{cookie}");
}

#[test]
fn a_session_ends_with_its_token_and_says_so() {
    let (server, clock) = timed_server();
    let mut browser = Browser::logged_in(&server);
    let form = hidden(&browser.page("/NordlysQA/admin/users"), "/NordlysQA/admin/users");
    clock.advance(jiff::SignedDuration::from_mins(61));

    let shown = browser.get("/NordlysQA/admin/users");
    let clicked =
        browser.send("/NordlysQA/admin/users", &[("csrf", &*form[0].1), ("do", "reapply")]);

    for answer in [&shown, &clicked] {
        assert_eq!(answer.status, 303);
        assert!(answer.header("location").ends_with("&ended=yes"), "{answer:?}");
    }
    assert!(browser.page(shown.header("location")).contains("Your session has ended"));
    let last = exchanges(&server).pop().unwrap();
    assert_eq!((&last["status"], &last["auth"]), (&401.into(), &"expired".into()));
}

#[test]
fn who_logs_out_is_out() {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let form = hidden(&browser.page(INTEGRATION), "/NordlysQA/admin/log-out");

    let answer = browser.send("/NordlysQA/admin/log-out", &[("csrf", &*form[0].1)]);

    assert_eq!((answer.status, answer.header("location")), (303, "/admin/"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{answer:?}");
}

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
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    let before = server.tenant().revision();
    let own = hidden(&browser.page(INTEGRATION), INTEGRATION);
    let own = (own[0].0.as_str(), own[0].1.as_str());
    let proof = if headers.is_empty() { fields.to_vec() } else { vec![own] };
    let all: Vec<_> = proof.into_iter().chain([("do", "verify")]).collect();

    let answer = browser.send_with(INTEGRATION, &all, headers);

    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(server.tenant().revision(), before);
    let refused = exchanges(&server).pop().unwrap();
    assert_eq!((&refused["operation"], &refused["status"]), (&json!("admin"), &json!(403)));
    assert_eq!(
        (&refused["target"], &refused["problem"]["code"]),
        (&json!(INTEGRATION), &json!(code))
    );
    let summary = refused["summary"].as_str().unwrap();
    assert!(summary.starts_with("ADMIN 403 ") && !summary.contains(code), "{summary}");
    assert!(server.unrouted().is_empty());
}

#[rstest]
#[case::no_button(INTEGRATION, "do", 400, "ADMIN 400 the form says nothing that can be done")]
#[case::wrong_log_out(
    "/NordlysQA/admin/log-out",
    "csrf",
    403,
    "ADMIN 403 the form was not shown in this session"
)]
#[case::method(
    "/NordlysQA/admin/users",
    "_method",
    405,
    "ADMIN 405 DELETE is not allowed here, expected GET, HEAD, POST"
)]
fn every_form_that_the_console_refuses_is_recorded_as_its_own(
    #[case] path: &str,
    #[case] wrong: &str,
    #[case] status: u16,
    #[case] summary: &str,
) {
    let server = server();
    let mut browser = Browser::logged_in(&server);

    let answer = match wrong {
        "_method" => {
            let client = crate::support::Client::at(format!("http://{}", server.address()));
            client.call("DELETE", path).header("accept", "text/html").send()
        }
        "csrf" => browser.send(path, &[]),
        _ => browser.press(path, &[]),
    };

    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(exchanges(&server).pop().unwrap()["summary"], json!(summary));
    assert!(server.unrouted().is_empty());
}

#[test]
fn the_field_of_one_form_does_not_open_another() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    let users = hidden(&browser.page("/NordlysQA/admin/users"), "/NordlysQA/admin/users");

    let answer = browser.send(INTEGRATION, &[("csrf", &*users[0].1), ("do", "verify")]);

    assert_eq!(answer.status, 403);
}

#[test]
fn a_page_that_another_site_opens_is_not_shown() {
    let server = server();
    let browser = Browser::logged_in(&server);
    let client = crate::support::Client::at(format!("http://{}", server.address()));

    let call = client.call("GET", INTEGRATION).header("cookie", browser.cookie());
    let answer = call.header("accept", "text/html").header("sec-fetch-site", "cross-site").send();

    assert_eq!(answer.status, 403);
    assert!(
        answer.text.contains("Pages of other sites may not show or open this page."),
        "{answer:?}"
    );
}

#[test]
fn a_server_that_is_called_by_a_strange_name_says_so_on_a_page() {
    let server = server();
    let client = crate::support::Client::at(format!("http://{}", server.address()));

    let call = client.call("GET", "/").header("accept", "text/html");
    let answer = call.header("host", "evil.example").send();

    assert_eq!(answer.status, 403);
    assert!(
        answer.text.contains("The server is not known as &quot;evil.example&quot;."),
        "{answer:?}"
    );
}

#[test]
fn a_cookie_of_another_server_or_tenant_opens_nothing() {
    let (one, other) = (server(), server());
    let cookie = Browser::logged_in(&one).cookie().to_owned();

    let browser = Browser::at(&other).with_cookie(&cookie);

    assert_eq!(browser.get(INTEGRATION).status, 303);
    assert_eq!(browser.get("/Nordlys/admin/integration").status, 303);
}

#[test]
fn the_events_are_for_who_has_logged_in() {
    let server = server();

    assert_eq!(Browser::at(&server).get("/NordlysQA/admin/changes").status, 204);
}
