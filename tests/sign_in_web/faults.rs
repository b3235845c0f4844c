//! Faults of tokens and endpoints.

use rstest::rstest;

use super::*;

/// Signs somebody in while this rule is armed; the reason of the refusal, if it is refused.
fn outcome_under(rule: &Value) -> Option<String> {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let control = Program::control(&server);
    let added = control.send("POST", "/faults", rule);
    assert_eq!(added.status, 201, "{}", added.text);
    let answer = control.send("POST", "/sign-in", &json!({"user": name}));
    (answer.status != 200).then(|| answer.json["reason"]["code"].as_str().unwrap().to_owned())
}

#[rstest]
#[case(json!("expired"), Some("tokenExpired"))]
#[case(json!("notYetValid"), Some("tokenNotYetValid"))]
#[case(json!("wrongAudience"), Some("wrongAudience"))]
#[case(json!("wrongIssuer"), Some("wrongIssuer"))]
#[case(json!("wrongTenant"), Some("wrongTenant"))]
#[case(json!("wrongNonce"), Some("wrongNonce"))]
#[case(json!("noNonce"), Some("wrongNonce"))]
#[case(json!("badSignature"), Some("badSignature"))]
#[case(json!("algNone"), Some("wrongAlgorithm"))]
#[case(json!("unknownKey"), Some("unknownKey"))]
#[case(json!({"skew": "4m"}), None)]
#[case(json!({"skew": "-4m"}), None)]
#[case(json!({"skew": "10m"}), Some("tokenNotYetValid"))]
#[case(json!({"skew": "-70m"}), Some("tokenExpired"))]
#[case(json!({"without": ["preferred_username"]}), Some("malformedToken"))]
#[case(json!({"with": {"preferred_username": "nobody"}}), Some("notProvisioned"))]
#[case(json!({"with": {"email": null}}), None)]
fn a_token_that_is_made_wrong_is_refused(#[case] fault: Value, #[case] reason: Option<&str>) {
    let rule = json!({"match": {"operation": "signin.token"}, "action": {"idToken": fault}});

    assert_eq!(outcome_under(&rule).as_deref(), reason);
}

#[rstest]
#[case("signin.token", json!({"status": 503}), "issuerUnreachable")]
#[case("signin.token", json!({"connection": "reset"}), "issuerUnreachable")]
#[case("signin.keys", json!({"status": 503}), "issuerUnreachable")]
#[case("signin.keys", json!({"html": "<p>gateway</p>"}), "issuerUnreachable")]
fn an_endpoint_that_does_not_answer_is_told(
    #[case] operation: &str,
    #[case] action: Value,
    #[case] reason: &str,
) {
    let rule = json!({"match": {"operation": operation}, "action": action});

    assert_eq!(outcome_under(&rule).as_deref(), Some(reason));
}

#[rstest]
#[case("token-expired", "tokenExpired")]
#[case("token-for-another", "wrongAudience")]
#[case("clock-skew", "tokenNotYetValid")]
#[case("key-rotated", "unknownKey")]
fn presets_make_tokens_wrong(#[case] preset: &str, #[case] reason: &str) {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let control = Program::control(&server);
    let set = control.send("POST", &format!("/faults/presets/{preset}"), &json!({}));
    assert!(set.status < 300, "{}", set.text);

    let answer = control.send("POST", "/sign-in", &json!({"user": name}));

    assert_eq!(answer.json["reason"]["code"], reason, "{}", answer.text);
}

#[test]
fn authorize_meets_faults_too() {
    let (server, _clock) = server();
    let rule = json!({"match": {"operation": "signin.authorize"}, "action": {"status": 503}});
    Program::control(&server).send("POST", "/faults", &rule);

    assert_eq!(Browser::of(&server).get(&authorize(&server, "")).status, 503);
}

#[test]
fn a_fault_before_the_callback_leaves_code_and_login_as_they_were() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    let picker = browser.open("/NordlysQA/login?option=Microsoft+Entra+ID");
    let callback = browser.get(&picker.link(&name)).header("location").unwrap().to_owned();
    let control = Program::control(&server);
    let rule = json!({
        "match": {"operation": "signin.callback"}, "when": {"times": 1}, "action": {"status": 503}
    });
    assert_eq!(control.send("POST", "/faults", &rule).status, 201);

    let broken = browser.open(&callback);

    assert_eq!(broken.status, 503, "{broken:?}");
    assert!(!summaries(&server).iter().any(|it| it.starts_with("ENTRA token")));
    let again = browser.open(&callback);
    assert!(again.text.contains("Logged in with"), "{}", again.text);
}

#[test]
fn an_idtoken_fault_is_about_tokens_alone() {
    let (server, _clock) = server();
    let rule = json!({"match": {"operation": "user.create"}, "action": {"idToken": "expired"}});

    let refused = Program::control(&server).send("POST", "/faults", &rule);

    assert_eq!(refused.status, 400, "{}", refused.text);
}

#[rstest]
#[case("signin.callback", "/NordlysQA/signin-oidc?code=x&state=y")]
#[case("signin.signout", "/NordlysQA/entra/common/oauth2/v2.0/logout")]
#[case("signin.metadata", "/NordlysQA/entra/common/v2.0/.well-known/openid-configuration")]
#[case("signin.keys", "/NordlysQA/entra/common/discovery/v2.0/keys")]
#[case("signin.userinfo", "/NordlysQA/entra/oidc/userinfo")]
fn each_step_that_is_recorded_meets_faults(#[case] operation: &str, #[case] address: &str) {
    let (server, _clock) = server();
    let rule = json!({"match": {"operation": operation}, "action": {"status": 599}});

    let added = Program::control(&server).send("POST", "/faults", &rule);

    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(Browser::of(&server).get(address).status, 599);
}
