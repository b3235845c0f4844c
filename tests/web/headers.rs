//! What every page is sent with.

use crate::{
    browser::Browser,
    support::{Client, server},
};

const PAGES: [&str; 12] = [
    "/",
    "/admin/",
    "/NordlysQA/admin/integration",
    "/NordlysQA/admin/user-provisioning-configuration",
    "/NordlysQA/admin/user-provisioning-configuration/secret-key/new",
    "/NordlysQA/admin/user-provisioning-configuration/configurations/new",
    "/NordlysQA/admin/users",
    "/NordlysQA/admin/users?q=a&show=disabled&page=2",
    "/NordlysQA/admin/groups",
    "/NordlysQA/admin/login-options",
    "/NordlysQA/admin/login-options/Medius.Security",
    "/Nobody/admin/",
];

#[test]
fn every_page_carries_the_policy_and_nothing_inline() {
    let server = server();
    let browser = Browser::logged_in(&server);

    for path in PAGES {
        let answer = browser.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; "), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'; form-action 'self'"), "{path}: {policy}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        for inline in ["<style", " style=", " onclick=", "javascript:", "<script>"] {
            assert!(!answer.text.contains(inline), "{inline} is in {path}");
        }
    }
}

#[test]
fn the_files_of_the_pages_are_kept_and_their_addresses_name_their_content() {
    let server = server();
    let page = Browser::at(&server).page("/");
    let anyone = Client::at(format!("http://{}", server.address()));

    for name in ["site.css", "site.js"] {
        let address = page.split('"').find(|it| it.contains(name)).unwrap();
        assert!(address.starts_with(&format!("/_mock/assets/{name}?v=")), "{address}");
        let file = anyone.get(address);
        assert_eq!(file.status, 200);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
}

#[test]
fn a_program_gets_the_index_and_a_browser_the_tenants() {
    let server = server();
    let anyone = Client::at(format!("http://{}", server.address()));

    let [index, page] = ["application/json, text/html", "text/html, application/json"]
        .map(|accept| anyone.call("GET", "/").header("accept", accept).send());

    assert_eq!(index.json["name"], "mediusflow-mock");
    assert_eq!(anyone.get("/").json["name"], "mediusflow-mock");
    assert_eq!(page.header("vary"), "accept");
    assert!(page.text.contains("href=\"/NordlysQA/admin/\""), "{}", page.text);
}

#[test]
fn a_page_of_an_unknown_tenant_names_those_there_are() {
    let server = server();

    let answer = Browser::at(&server).get("/NordlysQB/admin/users");

    assert_eq!(answer.status, 404);
    let meant = "Did you mean <a href=\"/NordlysQA/admin/users\">/NordlysQA/admin/users</a>?";
    assert!(answer.text.contains(meant), "{}", answer.text);
    assert!(!answer.text.contains("/admin/v1"), "{}", answer.text);
    let (near, far) = (
        answer.text.find("href=\"/NordlysQA/admin/\""),
        answer.text.find("href=\"/Nordlys/admin/\""),
    );
    assert!(near.is_some(), "{}", answer.text);
    assert!(far.is_none() || near < far, "{}", answer.text);
}

#[test]
fn a_method_that_a_page_has_not_is_refused_with_those_it_has() {
    let server = server();
    let anyone = Client::at(format!("http://{}", server.address()));

    let answer = anyone.call("DELETE", "/NordlysQA/admin/users").send();

    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"));
}

#[test]
fn a_page_that_is_not_there_leads_to_pages_and_not_to_calls() {
    let server = server();
    let browser = Browser::at(&server);

    let answer = browser.get("/NordlysQA/admin/user");

    assert_eq!(answer.status, 404);
    let page = answer.text;
    assert!(page.contains("There is no page at /NordlysQA/admin/user."), "{page}");
    for path in ["/NordlysQA/admin/users", "/NordlysQA/admin/", "/NordlysQA/"] {
        assert!(page.contains(&format!("href=\"{path}\"")), "{path}: {page}");
    }
    assert!(!page.contains("/admin/v1"), "{page}");
    let program = Client::at(format!("http://{}", server.address())).get("/NordlysQA/admin/user");
    assert!(program.at("/detail").contains("/admin/v1"), "{program:?}");
}
