//! Mock Entra as OpenID provider: what a client of another's gets.

use super::*;

#[test]
fn metadata_and_keys_have_entras_shape() {
    let (server, _clock) = server();
    let (entra, id) = (Program::entra(&server), tenant_id(&server));

    let metadata = entra.get(&format!("/{id}/v2.0/.well-known/openid-configuration")).json;
    let base = format!("http://{}/NordlysQA/entra", server.address());
    assert_eq!(metadata["issuer"], format!("{base}/{id}/v2.0"));
    assert_eq!(metadata["jwks_uri"], format!("{base}/{id}/discovery/v2.0/keys"));
    assert_eq!(metadata["userinfo_endpoint"], format!("{base}/oidc/userinfo"));
    let keys = entra.get(&format!("/{id}/discovery/v2.0/keys")).json;
    assert_eq!(keys["keys"][0]["kid"], "a1");
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    let summaries = summaries(&server);
    assert!(summaries.contains(&"ENTRA metadata".to_owned()), "{summaries:?}");
}

#[test]
fn another_tenant_is_unknown() {
    let (server, _clock) = server();
    let unknown = "/00000000-0000-0000-0000-000000000000";

    let metadata =
        Program::entra(&server).get(&format!("{unknown}/v2.0/.well-known/openid-configuration"));
    let authorize = authorize(&server, "").replace(&tenant_id(&server), &unknown[1..]);
    let page = Browser::of(&server).open(&authorize);

    assert_eq!((metadata.status, &metadata.json["error_codes"][0]), (400, &json!(90002)));
    assert_eq!(page.status, 400);
    assert!(page.text.contains("AADSTS90002"), "{}", page.text);
}

#[test]
fn a_client_gets_a_code_and_tokens() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);

    let picker = browser.open(&authorize(&server, ""));
    let back = browser.get(&picker.link(&name));
    assert!(back.header("location").unwrap().starts_with(REDIRECT_URI), "{back:?}");
    assert_eq!(back.parameter("state").as_deref(), Some("s"));
    assert!(back.parameter("session_state").is_some());
    let code = back.parameter("code").unwrap();
    let entra = Program::entra(&server);
    let tokens = entra.form(&token_path(&server), &redemption(&code));

    assert_eq!(tokens.status, 200, "{tokens:?}");
    assert_eq!(tokens.json["token_type"], "Bearer");
    assert_eq!(tokens.json["expires_in"], 3599);
    assert_eq!(tokens.json["scope"], "openid profile email");
    assert!(tokens.json.get("refresh_token").is_none());
    assert_eq!(tokens.header("cache-control"), Some("no-store"));
    let access = tokens.json["access_token"].as_str().unwrap();
    let info = entra.agent.get(format!("{}/oidc/userinfo", entra.url));
    let info = Page::of(info.header("authorization", format!("Bearer {access}")).call().unwrap());
    assert_eq!(info.status, 200);
    assert!(info.json["name"].is_string(), "{}", info.text);
    assert!(info.json["email"].is_string(), "{}", info.text);
}

#[test]
fn userinfo_wants_an_access_token() {
    let (server, _clock) = server();
    let entra = Program::entra(&server);

    let without = entra.get("/oidc/userinfo");
    let wrong = entra.agent.get(format!("{}/oidc/userinfo", entra.url));
    let wrong = Page::of(wrong.header("authorization", "Bearer nonsense").call().unwrap());

    assert_eq!((without.status, without.header("www-authenticate")), (401, Some("Bearer")));
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("www-authenticate").unwrap().contains("invalid_token"));
}

#[test]
fn a_form_or_a_fragment_can_carry_the_answer() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);

    let picker = browser.open(&authorize(&server, "&response_mode=fragment"));
    let fragment = browser.get(&picker.link(&name));
    let form = browser.open(&authorize(&server, "&response_mode=form_post"));

    assert!(fragment.header("location").unwrap().starts_with("http://localhost:3000/back#code="));
    assert_eq!(form.field("state"), "s");
    assert!(form.field("code").starts_with("mfc_mock_"));
    assert!(form.text.contains("action=\"http://localhost:3000/back\""), "{}", form.text);
    let policy = form.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' http://localhost:3000"), "{policy}");
}

#[test]
fn prompts_and_hints_are_heeded() {
    let (server, _clock) = server();
    let all = users(&server);
    let [one, other] = [&all[0], &all[1]].map(|it| it["userName"].as_str().unwrap());
    let browser = Browser::of(&server);
    let error = |more: &str| browser.get(&authorize(&server, more)).parameter("error");

    assert_eq!(error("&prompt=none").as_deref(), Some("login_required"));
    let hinted = browser.open(&authorize(&server, &format!("&login_hint={one}")));
    assert!(hinted.text.contains(one) && !hinted.text.contains(other), "{}", hinted.text);
    browser.get(&hinted.link(one));

    assert!(browser.get(&authorize(&server, "&prompt=none")).parameter("code").is_some());
    assert_eq!(
        error(&format!("&prompt=none&login_hint={other}")).as_deref(),
        Some("login_required")
    );
    let selected = browser.open(&authorize(&server, "&prompt=select_account"));
    assert!(selected.text.contains(other), "{}", selected.text);
    assert_eq!(browser.open(&authorize(&server, "&prompt=login")).heading(), "Pick an account");
}

#[test]
fn a_session_that_is_too_old_is_asked_again() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    browser.get(&browser.open(&authorize(&server, "")).link(&name));

    assert!(browser.get(&authorize(&server, "&max_age=60")).parameter("code").is_some());
    Program::control(&server).send("POST", "/clock/advance", &json!({"by": "2m"}));

    assert_eq!(browser.open(&authorize(&server, "&max_age=60")).heading(), "Pick an account");
    let none = browser.get(&authorize(&server, "&max_age=60&prompt=none"));
    assert_eq!(none.parameter("error").as_deref(), Some("login_required"));
}

#[test]
fn a_wrong_client_or_address_is_told_to_the_person_alone() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);
    let good = authorize(&server, "");

    for (wrong, number) in [
        (good.replace(CLIENT, "nobody"), "AADSTS700016"),
        (good.replace("localhost%3A3000", "app.example"), "AADSTS50011"),
        (good.replace("http%3A%2F%2Flocalhost%3A3000", ""), "AADSTS50011"),
        (format!("{good}&client_id={CLIENT}"), "AADSTS90100"),
        (good.replace("&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fback", ""), "AADSTS900144"),
        (good.replace("state=s", &format!("state={}", "s".repeat(2049))), "AADSTS90100"),
    ] {
        let page = browser.get(&wrong);
        assert_eq!((page.status, page.header("location")), (400, None), "{wrong}");
        assert!(page.text.contains(number), "{number}: {}", page.text);
    }
}

#[test]
fn other_mistakes_go_back_to_the_client() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    for (more, error) in [
        ("&prompt=none+login", "invalid_request"),
        ("&nonce=m", "invalid_request"),
        ("&request=e30", "request_not_supported"),
        ("&response_mode=web_message", "invalid_request"),
    ] {
        let back = browser.get(&authorize(&server, more));
        assert_eq!(back.parameter("error").as_deref(), Some(error), "{more}");
        assert_eq!(back.parameter("state").as_deref(), Some("s"), "{more}");
        assert!(back.parameter("error_description").unwrap().starts_with("AADSTS"), "{more}");
    }
}

#[test]
fn signing_out_ends_the_session_and_leads_back() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    browser.get(&browser.open(&authorize(&server, "")).link(&name));
    let path = format!("/NordlysQA/entra/{}/oauth2/v2.0/logout", tenant_id(&server));

    let there =
        browser.get(&format!("{path}?post_logout_redirect_uri=http://localhost:3000/&state=x"));
    assert_eq!(there.header("location"), Some("http://localhost:3000/?state=x"));
    assert_eq!(last(&server), format!("ENTRA sign-out {name}"));
    let elsewhere = browser.get(&format!("{path}?post_logout_redirect_uri=https://evil.example/"));
    assert_eq!((elsewhere.status, elsewhere.header("location")), (200, None));

    let none = browser.get(&authorize(&server, "&prompt=none"));
    assert_eq!(none.parameter("error").as_deref(), Some("login_required"));
}

#[test]
fn the_picker_is_searched_and_turned_page_by_page() {
    let server = MockServer::builder().users(60).start().unwrap();
    let browser = Browser::of(&server);
    let all = users(&server);
    let last = all.last().unwrap()["userName"].as_str().unwrap();

    let picker = browser.open(&authorize(&server, ""));
    assert!(picker.text.contains("1–25 of 60"), "{}", picker.text);
    let second = browser.open(&picker.link("Next"));
    assert!(second.text.contains("26–50 of 60"), "{}", second.text);
    let address = picker.link("Use another account").replace("?other", "");
    let found = browser.open(&format!("{address}?q={last}"));

    assert!(found.text.contains(last), "{}", found.text);
    assert!(browser.get(&found.link(last)).parameter("code").is_some());
    let again = browser.get(&found.link(last));
    assert_eq!(again.status, 400, "a picker is answered once");
}

#[test]
fn a_parameter_that_stands_twice_is_refused_even_if_nobody_reads_it() {
    let (server, _clock) = server();
    let browser = Browser::of(&server);

    for more in ["&display=page&display=page", "&state=t", "&domain_hint=a&domain_hint=b"] {
        let back = browser.get(&authorize(&server, more));
        assert_eq!(back.parameter("error").as_deref(), Some("invalid_request"), "{more}");
    }
    let twice = [("grant_type", "authorization_code"), ("resource", "a"), ("resource", "b")];
    let refused = Program::entra(&server).form(&token_path(&server), &twice);
    assert_eq!((refused.status, &refused.json["error"]), (400, &json!("invalid_request")));
    let words = refused.json["error_description"].as_str().unwrap();
    assert!(words.contains("the parameter \"resource\" stands more than once"), "{words}");
}
