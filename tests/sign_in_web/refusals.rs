//! Who is not logged in, and what the page says.

use super::*;

const BEGIN: &str = "/NordlysQA/login?option=Microsoft+Entra+ID";

/// Logs in as an account that is picked, and expects a refusal with this reason.
#[track_caller]
fn refused(server: &MockServer, account: &str, reason: &str) -> Page {
    let browser = Browser::of(server);
    let picker = browser.open(BEGIN);
    let page = browser.open(&picker.link(account));
    assert_eq!(page.heading(), "You are not logged in");
    assert!(page.text.contains(&format!("<code>{reason}</code>")), "{}", page.text);
    assert!(!browser.has("session"));
    page
}

#[test]
fn a_stranger_is_not_provisioned() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let picker = browser.open(BEGIN);
    let asked = browser.open(&picker.link("Use another account"));
    assert_eq!(asked.heading(), "Sign in");
    let handle = picker.link("Use another account").replace("?other", "");

    let typed = browser.open(&format!("{handle}?account=zoe.obrien%40nordlys.example"));
    let page = browser.open(&typed.link("zoe.obrien@nordlys.example"));

    assert_eq!((page.status, page.heading().as_str()), (403, "You are not logged in"));
    assert!(page.text.contains("zoe.obrien@nordlys.example is not provisioned."), "{}", page.text);
    let expected =
        "SIGN-IN refused zoe.obrien@nordlys.example: not provisioned · Microsoft Entra ID";
    assert_eq!(last(&server), expected);
}

#[test]
fn a_disabled_user_is_refused() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    change(&server, &user, "active", json!(false));
    let seq = server.requests().pop().unwrap().seq;

    let picker = Browser::of(&server).open(BEGIN);
    assert!(picker.text.contains("Disabled"), "{}", picker.text);
    let page = refused(&server, &name, "disabled");

    assert_eq!(page.status, 403);
    let shown = user["displayName"].as_str().unwrap();
    let why = format!("requests/{seq}\">exchange {seq}</a>.");
    assert!(page.text.contains(&why), "{}", page.text);
    let exchange = page.link("Exchange ");
    let number = server.requests().pop().unwrap().seq;
    assert!(exchange.ends_with(&format!("/_mock/v1/tenants/NordlysQA/requests/{number}")));
    let told = Browser::of(&server).get(&exchange).json;
    let body = told["response"]["body"].as_str().unwrap();
    assert!(body.contains(&exchange) && body.len() == page.text.len(), "as it was sent: {body}");
    assert_eq!(told["response"]["size"], page.text.len());
    let summary = format!("SIGN-IN refused {shown}: disabled, active is false since {seq}");
    assert_eq!(last(&server), summary);
}

#[test]
fn a_user_of_another_login_option_is_refused() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let provider = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:identityProvider";
    change(&server, &user, provider, json!("Medius.Security"));

    let page = refused(&server, &name, "wrongIdentityProvider");

    assert!(page.text.contains("logs in with Medius.Security."), "{}", page.text);
}

#[test]
fn without_a_saved_entra_tenant_nobody_is_sent_away() {
    let fresh = MockServer::builder().fresh().start().unwrap();
    let browser = Browser::of(&fresh);

    let page = browser.open("/NordlysQA/login?option=Microsoft+Entra+ID");

    assert_eq!(page.status, 409);
    assert!(page.text.contains("<code>noEntraTenant</code>"), "{}", page.text);
    assert!(page.link("To step 3").ends_with("/admin/integration#entra-tenant-id"));
    assert!(!page.text.contains("Use another account"), "{}", page.text);
    let requests = fresh.requests();
    assert_eq!(requests.len(), 1);
}

/// The address to which mock Entra sends a browser back that has picked an account.
fn callback(server: &MockServer, browser: &Browser) -> String {
    let (_, name) = somebody(server);
    let picker = browser.open(BEGIN);
    let back = browser.get(&picker.link(&name));
    back.header("location").unwrap().to_owned()
}

#[test]
fn an_answer_that_was_not_asked_for_is_refused() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let callback = callback(&server, &browser);

    let stranger = Browser::of(&server);
    for address in [
        callback.clone(),
        "/NordlysQA/signin-oidc".into(),
        "/NordlysQA/signin-oidc?code=c&state=s".into(),
    ] {
        let page = stranger.open(&address);
        assert_eq!(page.status, 400, "{address}");
        assert!(page.text.contains("<code>flowUnknown</code>"), "{}", page.text);
    }
    let both = browser.open(&format!("{callback}&error=access_denied"));
    assert_eq!(both.status, 400);
    assert!(browser.open(&callback).text.contains("Logged in with"));
    assert_eq!(browser.open(&callback).status, 400, "an answer is good once");
}

#[test]
fn an_answer_that_comes_late_is_refused() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let callback = callback(&server, &browser);

    Program::control(&server).send("POST", "/clock/advance", &json!({"by": "11m"}));
    let page = browser.open(&callback);

    assert!(page.text.contains("<code>flowExpired</code>"), "{}", page.text);
}

#[test]
fn what_entra_refuses_is_told_to_medius_flow() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let login = browser.get(BEGIN);
    let state = login.parameter("state").unwrap();

    let page = browser.open(&format!(
        "/NordlysQA/signin-oidc?error=access_denied&error_description=AADSTS50105%3A+not+assigned&state={state}"
    ));

    assert_eq!(page.status, 403);
    assert!(page.text.contains("<code>refusedByIssuer</code>"), "{}", page.text);
    assert!(page.text.contains("AADSTS50105: not assigned"), "{}", page.text);
}

#[test]
fn what_helps_fits_what_entra_refused() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let refused = |error: &str| {
        let state = browser.get(BEGIN).parameter("state").unwrap();
        browser.open(&format!("/NordlysQA/signin-oidc?error={error}&state={state}")).text
    };

    assert!(refused("access_denied").contains("Use an account that is enabled"));
    let used = refused("invalid_grant");
    assert!(used.contains("Begin again, for a new code"), "{used}");
    assert!(!used.contains("Use an account"), "{used}");
}

#[test]
fn a_link_that_cannot_be_followed_is_recorded_as_a_refused_login() {
    let (server, _clock) = server();

    let page = Browser::of(&server).open("/NordlysQA/login?option=Okta");

    let expected = "SIGN-IN refused: there is no login option \"Okta\"; there are: ";
    assert!(last(&server).starts_with(expected), "{}", last(&server));
    let number = server.requests().pop().unwrap().seq;
    assert!(page.link("Exchange ").ends_with(&format!("/{number}")));
}

#[test]
fn two_users_of_one_name_identifier_are_refused() {
    let (server, _clock) = server();
    let all = users(&server);
    let name = all[0]["userName"].as_str().unwrap();
    let identifier = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier";
    change(&server, &all[1], identifier, json!(name));

    let page = refused(&server, name, "ambiguous");

    assert!(page.text.contains("Two users have this name identifier."), "{}", page.text);
}

#[test]
fn a_name_with_markup_is_shown_as_text() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    change(&server, &user, "displayName", json!("<script>alert(1)</script>"));
    let browser = Browser::of(&server);

    let picker = browser.open(BEGIN);
    let start = browser.open(&picker.link(&name));

    for page in [picker, start] {
        assert!(page.text.contains("&lt;script&gt;alert(1)"), "{}", page.text);
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
    }
}
