//! What others typed is text on every page.

use mediusflow_mock::MockServer;
use serde_json::json;

use crate::{
    browser::Browser,
    support::{Client, fresh_server, group, operations, server, user},
};

const HOSTILE: &str = "</bdi><img src=x onerror=alert(1)>\"'&";

#[test]
fn names_are_shown_as_text_on_every_page() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post(
        "/Users",
        &user(
            "<b>ada</b>@x.example",
            json!({"displayName": HOSTILE, "name": {"formatted": HOSTILE}}),
        ),
    );
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.at("/id").to_owned();
    let team = scim.post("/Groups", &group(HOSTILE, &[&id]));
    let rename = operations(json!([{"op": "replace", "path": "nickName", "value": HOSTILE}]));
    scim.patch(&format!("/Users/{id}"), &rename);
    let browser = Browser::logged_in(&server);

    for path in [
        "users".to_owned(),
        "users?q=%3Cb%3Eada".to_owned(),
        format!("users/{id}"),
        "users/%3Cscript%3E".to_owned(),
        "groups".to_owned(),
        format!("groups/{}", team.at("/id")),
        "users?q=%22%3E%3Cscript%3E".to_owned(),
        "login-options/%3Cscript%3E".to_owned(),
    ] {
        let text = browser.get(&format!("/NordlysQA/admin/{path}")).text;
        for raw in ["<img", "<b>ada", "<script>"] {
            assert!(!text.contains(raw), "{raw} is in {path}: {text}");
        }
    }
    assert!(browser.page("/NordlysQA/admin/users").contains("&lt;b&gt;ada&lt;/b&gt;@x.example"));
}

#[test]
fn every_row_of_what_can_be_changed_has_a_link_that_says_so() {
    let server = server();
    let browser = Browser::logged_in(&server);

    for (path, named) in [
        ("user-provisioning-configuration", "Accounts payable Sweden"),
        ("login-options", "Medius.Security"),
    ] {
        let text = browser.page(&format!("/NordlysQA/admin/{path}"));
        let edit = format!(">Edit<span class=\"hidden\"> <bdi>{named}</bdi></span></a>");
        assert!(text.contains(&edit), "{edit} is not in {text}");
        let rows = text.matches("<th scope=\"row\">").count();
        assert_eq!(text.matches(">Edit<span").count(), rows, "{text}");
    }
}

#[test]
fn the_steps_show_the_whole_scim_link() {
    let server = server();
    let link = format!("http://{}/NordlysQA/scim/v2", server.address());

    let page = Browser::logged_in(&server).page("/NordlysQA/admin/integration");

    assert!(page.contains(&format!("<span class=\"v\">{link}</span>")), "{page}");
}

#[test]
fn the_users_page_says_why_and_searches() {
    let server = server();
    let scim = Client::scim(&server);
    let extension = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
    let unmatched =
        json!({"displayName": "Tove Svensson", extension: {"configurationFilter": "FI-AP"}});
    scim.post("/Users", &user("tove@x.example", unmatched));
    scim.post(
        "/Users",
        &user("owen@x.example", json!({"displayName": "Owen Davies", "active": false})),
    );
    let browser = Browser::logged_in(&server);
    let page = |query: &str| browser.page(&format!("/NordlysQA/admin/users{query}"));

    let all = page("");
    assert!(
        all.contains("no match for &quot;FI-AP&quot;: the default (empty filter) applied"),
        "{all}"
    );
    assert!(all.contains("All 7</a>"), "{all}");
    assert!(all.contains("Disabled 1</a>"), "{all}");
    let disabled = page("?show=disabled");
    assert!(disabled.contains("Owen Davies") && !disabled.contains("Tove Svensson"), "{disabled}");
    assert!(disabled.contains("disabled, active is false"), "{disabled}");
    let found = page("?q=TOVE");
    assert!(found.contains("Tove Svensson") && found.contains("1–1 of 1"), "{found}");
    assert!(
        page("?q=nobody-is-called-so").contains("No user matches &quot;nobody-is-called-so&quot;.")
    );
    assert!(page("?q=nordlys+energi").contains("Tove Svensson"));
}

#[test]
fn a_list_without_rows_says_why_and_leads_to_its_last_page() {
    let server = MockServer::builder().users(60).start().unwrap();
    let browser = Browser::logged_in(&server);
    let page = |below: &str| browser.page(&format!("/NordlysQA/admin/{below}"));

    let beyond = page("users?page=99");
    let last = "There is no page 99 of this list. The last one is \
                <a href=\"/NordlysQA/admin/users?page=2\">page 2</a>.";
    assert!(beyond.contains(last), "{beyond}");
    assert!(page("users?show=disabled&q=nobody").contains("No user under &quot;Disabled&quot;"));
    assert!(page("groups?page=9").contains("href=\"/NordlysQA/admin/groups?page=1\""));
    assert!(page("sign-ins?page=9").contains("Nobody has tried to log in yet."));
}

#[test]
fn the_page_of_a_user_has_all_groups_and_says_once_what_to_look_at() {
    let server = server();
    let scim = Client::scim(&server);
    let extension = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
    let unusual =
        json!({extension: {"configurationFilter": "FI-AP", "identityProvider": "Nobody's"}});
    let id = scim.post("/Users", &user("tove@x.example", unusual)).at("/id").to_owned();
    let granting = scim.post("/Groups", &group("Approvers Denmark", &[&id]));
    let inner = scim.post("/Groups", &group("Lunch club", &[&id])).at("/id").to_owned();
    scim.post("/Groups", &group("All clubs", &[&inner]));
    let browser = Browser::logged_in(&server);

    let page = browser.page(&format!("/NordlysQA/admin/users/{id}"));

    let groups = page.split("<dt>Groups</dt>").nth(1).unwrap().split("</dd>").next().unwrap();
    let link = format!("href=\"/NordlysQA/admin/groups/{}\"", granting.at("/id"));
    assert!(groups.contains(&link), "{groups}");
    for (name, grants) in [
        ("Approvers Denmark", "grants Approvers Denmark"),
        ("Lunch club", "grants nothing: no authorization group has this name"),
        ("All clubs", "only through another group, which grants nothing"),
    ] {
        let said = format!("<bdi>{name}</bdi></a> <span class=\"muted\">{grants}</span>");
        assert!(groups.contains(&said), "{said} is not in {groups}");
    }
    assert!(page.contains("<dt>Needs attention</dt>"), "{page}");
    for sentence in ["FI-AP", "Nobody&#39;s", "Nobody's"] {
        let facts = page.split("id=\"facts\"").nth(1).unwrap().split("</dl>").next().unwrap();
        assert!(facts.matches(sentence).count() <= 1, "{sentence}: {facts}");
    }
}

#[test]
fn every_time_has_its_date_and_its_zone() {
    let server = server();
    let made = Client::scim(&server).post("/Users", &user("ada@x.example", json!({})));
    let browser = Browser::logged_in(&server);
    browser.get("/NordlysQA/login?option=unknown");
    let time = "<time>2026-03-03 12:00:00 UTC</time>";

    for path in ["users".to_owned(), format!("users/{}", made.at("/id")), "sign-ins".to_owned()] {
        let page = browser.page(&format!("/NordlysQA/admin/{path}"));

        assert!(page.contains(time), "{path}: {page}");
        assert_eq!(page.matches("12:00:00").count(), page.matches(time).count(), "{path}: {page}");
    }
}

#[test]
fn the_connection_says_how_many_companies_users_can_have() {
    let server = server();
    let browser = Browser::logged_in(&server);

    let verified = browser.page("/NordlysQA/admin/integration");
    let window =
        browser.page("/NordlysQA/admin/user-provisioning-configuration/configurations/new");

    let offered = window.matches("name=\"companies\"").count();
    assert!(verified.contains(&format!("{offered} of them for users")), "{verified}");
}

#[test]
fn a_window_counts_the_step_that_opened_it() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    let integration = "/NordlysQA/admin/integration";
    browser.press(integration, &[("do", "verify")]);
    let id = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";
    browser.press(integration, &[("do", "save"), ("entraTenantId", id)]);
    browser.press(integration, &[("do", "choose"), ("mode", "userProvisioning")]);

    let tab = browser.page("/NordlysQA/admin/user-provisioning-configuration");
    let window = browser.page("/NordlysQA/admin/user-provisioning-configuration/secret-key/new");

    assert!(tab.contains(">0 of 6</span>"), "{tab}");
    assert!(window.contains(">1 of 6</span>"), "{window}");
}

#[test]
fn a_call_has_what_the_form_has_and_says_where_its_token_comes_from() {
    let server = server();
    let browser = Browser::logged_in(&server);

    let log_in = browser.page("/admin/?tenant=NordlysQA");
    let tab = browser.page("/NordlysQA/admin/user-provisioning-configuration");

    let call = "{&quot;tenantName&quot;:&quot;NordlysQA&quot;}";
    assert!(log_in.contains(call), "{log_in}");
    let token = "Token: the accessToken of step 1.";
    assert!(!log_in.contains(token) && tab.contains(token), "{tab}");
}

#[test]
fn every_page_leads_to_the_tenants() {
    let server = server();
    let browser = Browser::logged_in(&server);

    for path in [
        "/admin/",
        "/NordlysQA/",
        "/NordlysQA/admin/users",
        "/NordlysQA/admin/users/nobody",
        "/nope",
    ] {
        let page = browser.get(path).text;
        assert!(page.contains("<a href=\"/\">Tenants</a>"), "{path}: {page}");
    }
}
