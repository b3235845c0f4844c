//! *Sign in as NAME* on the console's page of a user.

use super::*;

/// The console's page of a user, in a browser that is logged in there.
fn page_of(server: &MockServer, user: &Value) -> (Browser, Page) {
    let browser = Browser::of(server);
    let login = browser.post("/admin/", &[("tenantName", "NordlysQA")]);
    assert_eq!(login.status, 303, "{login:?}");
    let id = user["id"].as_str().unwrap();
    let page = browser.open(&format!("/NordlysQA/admin/users/{id}"));
    (browser, page)
}

fn button(user: &Value) -> String {
    format!("Sign in as <bdi>{}</bdi>", user["displayName"].as_str().unwrap())
}

#[test]
fn it_leads_to_the_account_and_from_there_to_the_start_page() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let (browser, page) = page_of(&server, &user);

    let picker = browser.open(&page.link(&button(&user)));

    assert_eq!(picker.heading(), "Pick an account");
    let others: Vec<Value> = users(&server).split_off(1);
    let shown = |it: &Value| picker.text.contains(it["userName"].as_str().unwrap());
    assert!(!others.iter().any(shown), "{}", picker.text);
    let start = browser.open(&picker.link(&name));
    assert!(start.text.contains("Logged in with Microsoft Entra ID"), "{}", start.text);
    assert_eq!(start.heading(), user["displayName"].as_str().unwrap());
}

#[test]
fn who_may_not_sign_in_is_refused_as_by_any_way() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    change(&server, &user, "active", json!(false));
    let (browser, page) = page_of(&server, &user);

    let picker = browser.open(&page.link(&button(&user)));
    let refused = browser.open(&picker.link(&name));

    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("<code>disabled</code>"), "{}", refused.text);
}

#[test]
fn a_local_account_is_filled_in() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let provider = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:identityProvider";
    change(&server, &user, provider, json!("Medius.Security"));
    let (browser, page) = page_of(&server, &user);

    let login = browser.open(&page.link(&button(&user)));

    assert_eq!((login.heading().as_str(), login.field("user")), ("Log in", name));
}

#[test]
fn a_login_option_that_stands_for_nothing_is_not_offered() {
    let (server, _clock) = server();
    let (user, _) = somebody(&server);
    let option = json!({"displayName": "Microsoft Entra ID", "issuer": "http://adfs.example/trust",
        "protocolType": "WsTrust"});
    let path = "/login-options/Microsoft%20Entra%20ID";
    let saved = Program::control(&server).send("PUT", path, &option);
    assert_eq!(saved.status, 200, "{}", saved.text);

    let (_, page) = page_of(&server, &user);

    assert!(!page.text.contains("Sign in as"), "{}", page.text);
}
