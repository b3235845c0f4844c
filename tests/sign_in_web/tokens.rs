//! The token endpoint: what it refuses, and what an ID token says.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rstest::rstest;

use super::*;

/// The claims of the ID token in an answer of the token endpoint.
pub(crate) fn claims(tokens: &Page) -> Value {
    let token = tokens.json["id_token"].as_str().unwrap();
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn an_id_token_says_who_it_is_for_and_who_signed_in() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let code = code_for(&server, &name);

    let tokens = Program::entra(&server).form(&token_path(&server), &redemption(&code));

    let claims = claims(&tokens);
    assert_eq!(claims["aud"], CLIENT);
    assert_eq!(claims["tid"], tenant_id(&server));
    assert_eq!(claims["preferred_username"], name);
    assert_eq!(claims["name"], user["displayName"]);
    assert_eq!(claims["nonce"], "n");
    assert_eq!(claims["ver"], "2.0");
    assert_eq!(claims["iat"], NOW.as_second());
    assert_eq!(claims["exp"], NOW.as_second() + 3600);
}

#[rstest]
#[case("code", "mfc_mock_nordlysqa_00", 400, "invalid_grant")]
#[case("redirect_uri", "http://localhost:3000/elsewhere", 400, "invalid_grant")]
#[case("client_id", "99999999-2222-4333-8444-555555555555", 400, "invalid_grant")]
#[case("code_verifier", "x", 400, "invalid_grant")]
#[case("code_verifier", "", 400, "invalid_grant")]
#[case("code", "", 400, "invalid_request")]
#[case("grant_type", "refresh_token", 400, "unsupported_grant_type")]
fn a_wrong_redemption_is_refused(
    #[case] field: &str,
    #[case] value: &str,
    #[case] status: u16,
    #[case] error: &str,
) {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let code = code_for(&server, &name);
    let mut form = redemption(&code);
    form.iter_mut().filter(|(it, _)| *it == field).for_each(|it| it.1 = value);

    let refused = Program::entra(&server).form(&token_path(&server), &form);

    assert_eq!((refused.status, refused.json["error"].as_str()), (status, Some(error)));
    let members = ["error_description", "error_codes", "timestamp", "trace_id", "correlation_id"];
    for member in members {
        assert!(refused.json.get(member).is_some(), "{member}: {}", refused.text);
    }
    assert!(last(&server).starts_with("ENTRA token refused: AADSTS"), "{}", last(&server));
}

#[test]
fn a_code_is_good_once_and_for_ten_minutes() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let entra = Program::entra(&server);
    let redeem = |code: &str| entra.form(&token_path(&server), &redemption(code)).json;

    let code = code_for(&server, &name);
    assert!(redeem(&code)["id_token"].is_string());
    assert_eq!(redeem(&code)["error_codes"][0], 54005);
    let late = code_for(&server, &name);
    Program::control(&server).send("POST", "/clock/advance", &json!({"by": "11m"}));

    assert_eq!(redeem(&late)["error_codes"][0], 70008);
}

#[test]
fn a_request_that_is_no_form_is_refused() {
    let (server, _clock) = server();
    let entra = Program::entra(&server);
    let path = token_path(&server);

    let json = entra.send("POST", &path, &json!({"grant_type": "authorization_code"}));
    let get = entra.get(&path);
    let put = entra.send("PUT", &path, &json!({}));
    let long = entra.form(&format!("{path}?x={}", "x".repeat(9_000)), &[("code", "c")]);
    let large = entra.form(&path, &[("code", &"c".repeat(70_000))]);
    let no_text = entra.agent.post(format!("{}{path}", entra.url));
    let no_text = no_text.content_type("application/x-www-form-urlencoded").send("code=%FF");

    let no_text = Page::of(no_text.unwrap());
    for (refused, status) in
        [(&json, 415), (&get, 405), (&put, 405), (&long, 414), (&large, 413), (&no_text, 400)]
    {
        assert_is_oauth(refused, status, "invalid_request");
    }
    assert_eq!((get.header("allow"), put.header("allow")), (Some("POST"), Some("POST")));
    let code = json.json["error_description"].as_str().unwrap();
    assert!(code.starts_with("AADSTS90023: The content type must be "), "{code}");
    let told = summaries(&server).split_off(1);
    assert!(told.iter().all(|it| it.starts_with("ENTRA token refused: AADSTS90023: ")), "{told:?}");
    assert_eq!(told.len(), 6);
    assert!(server.unrouted().is_empty());
}

/// Expects the JSON of OAuth with this error, which nobody keeps (RFC 6749 §5.1, §5.2).
#[track_caller]
fn assert_is_oauth(refused: &Page, status: u16, error: &str) {
    assert_eq!((refused.status, &refused.json["error"]), (status, &json!(error)), "{refused:?}");
    assert_eq!(refused.header("content-type"), Some("application/json"));
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    assert!(refused.json["error_description"].is_string(), "{refused:?}");
}

#[test]
fn every_address_of_a_program_refuses_as_oauth_does() {
    let (server, _clock) = server();
    let entra = Program::entra(&server);
    let no_json = json!({});

    for (method, path, status) in [
        ("POST", "/oidc/userinfo", 415),
        ("DELETE", "/oidc/userinfo", 405),
        ("POST", "/common/v2.0/.well-known/openid-configuration", 405),
        ("POST", "/common/discovery/v2.0/keys", 405),
        ("GET", "/elsewhere/discovery/v2.0/keys", 400),
    ] {
        assert_is_oauth(&entra.send(method, path, &no_json), status, "invalid_request");
    }
}

#[test]
fn a_token_request_of_an_unknown_tenant_is_refused_as_oauth_does() {
    let (server, _clock) = server();
    let path = token_path(&server);
    let elsewhere = Program::at(format!("http://{}/NordlysQB/entra", server.address()));

    let refused = elsewhere.form(&path, &[("code", "c")]);

    assert_is_oauth(&refused, 404, "invalid_request");
    let words = refused.json["error_description"].as_str().unwrap();
    assert!(words.starts_with("AADSTS90002: ") && words.contains("there are: Nordlys, NordlysQA"));
    assert_eq!(server.unrouted().len(), 1);
}

#[test]
fn a_limit_is_told_to_programs_as_oauth_does_and_to_people_on_a_page() {
    let (server, _clock) = server();
    let control = Program::control(&server);
    let limit = json!({"tenant": {"rate": 1, "per": "1h", "burst": 1}});
    let set = control.send("PUT", "/limits", &limit);
    assert!(set.status < 300, "{}", set.text);
    // Asking for the address of the endpoint uses the limit up.
    let id = tenant_id(&server);

    let token = format!("/{id}/oauth2/v2.0/token");
    let program = Program::entra(&server).form(&token, &[("code", "c")]);
    let page = Browser::of(&server).get(&format!("/NordlysQA/entra/{id}/oauth2/v2.0/authorize"));

    assert_is_oauth(&program, 429, "temporarily_unavailable");
    assert!(program.header("retry-after").is_some());
    assert_eq!((page.status, page.header("content-type")), (429, Some("text/html; charset=utf-8")));
}

#[test]
fn a_client_authenticates_in_one_way() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let code = code_for(&server, &name);
    let entra = Program::entra(&server);
    let mut form = redemption(&code);
    form.push(("client_secret", "a secret of its own"));
    let request = entra.agent.post(format!("{}{}", entra.url, token_path(&server)));

    let both = request.header("authorization", "Basic YTpi").send_form(form.iter().copied());

    assert_eq!(Page::of(both.unwrap()).json["error"], "invalid_request");
    let one = entra.form(&token_path(&server), &form);
    assert_eq!(one.status, 200, "{}", one.text);
}

#[test]
fn pages_may_not_call_programs_addresses() {
    let (server, _clock) = server();
    let entra = Program::entra(&server);
    let own = format!("http://{}", server.address());

    for origin in [own.as_str(), "http://localhost:3000", "null"] {
        let request = entra.agent.post(format!("{}{}", entra.url, token_path(&server)));
        let refused = request.header("origin", origin).send_form([("code", "c")]).unwrap();
        let refused = Page::of(refused);
        assert_is_oauth(&refused, 403, "invalid_request");
        assert_eq!(refused.header("access-control-allow-origin"), None);
    }
}
