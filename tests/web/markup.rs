//! What others typed is text on every page.

use serde_json::json;

use crate::{
    browser::Browser,
    support::{Client, group, operations, server, user},
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
    assert!(page("?q=nobody-is-called-so").contains("No user is meant by this."));
    assert!(page("?q=nordlys+energi").contains("Tove Svensson"));
    assert!(
        page("?page=9").contains("No user is meant by this.") || page("?page=9").contains("of 7")
    );
}
