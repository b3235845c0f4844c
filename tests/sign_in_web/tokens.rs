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
    let large = entra.form(&path, &[("code", &"c".repeat(70_000))]);
    let no_text = entra.agent.post(format!("{}{path}", entra.url));
    let no_text = no_text.content_type("application/x-www-form-urlencoded").send("code=%FF");

    assert_eq!(json.status, 415);
    assert_eq!(get.status, 405);
    assert_eq!(large.status, 413);
    assert_eq!(Page::of(no_text.unwrap()).status, 400);
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
        assert_eq!(refused.status, 403, "{origin}");
        assert_eq!(refused.header("access-control-allow-origin"), None);
    }
}
