//! What keeps pages of others out, and what bad input gets.

use super::*;

#[test]
fn cookies_carry_the_port_and_belong_to_the_tenant() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    let login = browser.get("/NordlysQA/login?option=Microsoft+Entra+ID");

    let port = server.address().port();
    let lines: Vec<&str> =
        login.headers.iter().filter(|it| it.0 == "set-cookie").map(|it| it.1.as_str()).collect();
    let flow =
        lines.iter().find(|it| it.starts_with(&format!("mf-flow-{port}=mfb_mock_"))).unwrap();
    assert!(flow.contains("; Path=/NordlysQA/; HttpOnly; SameSite=Lax"), "{flow}");
}

#[test]
fn pages_have_a_policy_and_are_kept_by_nobody() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    for address in ["/NordlysQA/", "/NordlysQA/LocalAccount/", &authorize(&server, "")] {
        let page = browser.open(address);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(page.header("cache-control"), Some("no-store"), "{address}");
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{address}");
    }
}

#[test]
fn other_sites_may_lead_a_browser_to_authorize_by_a_form() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let address = authorize(&server, "");
    let (path, query) = address.split_once('?').unwrap();
    let fields: Vec<(String, String)> = query
        .split('&')
        .filter_map(|it| it.split_once('='))
        .map(|(name, value)| (name.to_owned(), mediusflow_mock::scim::decode(value)))
        .collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let picker = browser.post_from("http://localhost:3000", path, &fields);

    assert_eq!(picker.heading(), "Pick an account");
}

#[test]
fn what_is_no_text_is_refused_by_name() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    for bad in ["%FF", "%00", "%"] {
        let page = browser.get(&authorize(&server, &format!("&login_hint={bad}")));
        assert_eq!(page.status, 400, "{bad}");
        assert!(page.text.contains("login_hint"), "{}", page.text);
    }
}

#[test]
fn a_query_that_is_too_long_is_refused() {
    let (server, _clock) = server();

    let page = Browser::of(&server).get(&authorize(&server, &format!("&x={}", "x".repeat(9_000))));

    assert_eq!(page.status, 414);
}

#[test]
fn an_unknown_tenant_is_named_with_those_that_are_there() {
    let (server, _clock) = server();

    let page = Browser::of(&server).get("/NordlisQA/");

    assert_eq!(page.status, 404);
    assert!(page.text.contains("NordlysQA"), "{}", page.text);
}

#[test]
fn two_servers_on_one_host_keep_two_sessions() {
    let (one, _clock) = server();
    let (other, _) = server();
    let browser = Browser::of(&one);
    let (_, name) = somebody(&one);
    let begin = "/NordlysQA/login?option=Microsoft+Entra+ID";

    browser.open(&browser.open(begin).link(&name));

    let elsewhere = format!("http://{}/NordlysQA/", other.address());
    assert_eq!(browser.get(&elsewhere).heading(), "How do you want to log in?");
    assert!(browser.open("/NordlysQA/").text.contains("Logged in with"));
}
