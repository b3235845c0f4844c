//! What is no question is told what would be one.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{ANNA, World};

#[rstest]
#[case(json!({"user": ANNA}), "invalid-body", "", "add \"sequence\"")]
#[case(json!({"sequence": ["works"]}), "invalid-body", "", "add \"user\"")]
#[case(json!({"user": ANNA, "sequence": []}), "empty-assertion", "sequence", "")]
#[case(json!({"user": ANNA, "sequence": ["works", "disbled"]}), "invalid-body", "sequence[1]", "did you mean \"disabled\"?")]
#[case(json!({"user": ANNA, "sequence": ["wrongIdentityProvider"]}), "invalid-body", "sequence[0]", "")]
#[case(json!({"user": ANNA, "sequence": ["works", "works"]}), "invalid-body", "sequence[1]", "")]
#[case(json!({"user": ANNA, "sequence": [true]}), "invalid-body", "sequence[0]", "")]
#[case(json!({"user": 7, "sequence": ["works"]}), "invalid-body", "user", "")]
#[case(json!({"usr": ANNA, "sequence": ["works"]}), "invalid-body", "usr", "did you mean \"user\"?")]
#[case(json!({"user": ANNA, "sequence": ["works"], "within": "soon"}), "invalid-body", "within", "")]
#[case(json!({"user": ANNA, "sequence": ["works"], "within": "1h"}), "invalid-duration", "", "")]
fn a_verification_that_is_none(
    #[case] body: Value,
    #[case] code: &str,
    #[case] field: &str,
    #[case] hint: &str,
) {
    let refused = World::new().verify(&body);

    refused.is_problem(400, code, &[]);
    if !field.is_empty() {
        assert_eq!(refused.at("/field"), field, "{refused:?}");
    }
    if !hint.is_empty() {
        assert_eq!(refused.at("/hint"), hint, "{refused:?}");
    }
}

#[test]
fn a_user_who_is_nobody_is_told_and_guessed() {
    let world = World::new();
    world.provision(ANNA, json!({}));

    let failed = world.verify(&json!({"user": "ana@contoso.com", "sequence": ["works"]}));

    let words = ["expected works, found notProvisioned", "no user has or had this id or user name"];
    failed.is_problem(422, "verification-failed", &words);
    assert_eq!(failed.at("/hint"), "did you mean \"anna@contoso.com\"?");
}

#[rstest]
#[case(
    "/users/anna/sign-in?option=Microsft%20Entra%20ID",
    "unknown-login-option",
    "option",
    "did you mean \"Microsoft Entra ID\"?"
)]
#[case("/users/anna/sign-in?opton=x", "invalid-query", "opton", "did you mean \"option\"?")]
#[case("/users/anna/sign-in/history?since=x", "invalid-query", "since", "")]
#[case(
    "/sign-in/wait?user=anna&result=wroks",
    "invalid-query",
    "result",
    "did you mean \"works\"?"
)]
#[case("/sign-in/wait?user=anna&result=tokenExpired", "invalid-query", "result", "")]
#[case("/sign-in/wait?result=works", "invalid-query", "user", "add \"user\"")]
#[case("/sign-in/wait?user=anna&result=works&timeout=1h", "invalid-duration", "", "")]
fn a_query_that_does_not_fit(
    #[case] path: &str,
    #[case] code: &str,
    #[case] field: &str,
    #[case] hint: &str,
) {
    let refused = World::new().control.get(path);

    refused.is_problem(400, code, &[]);
    assert_eq!((refused.at("/field"), refused.at("/hint")), (field, hint), "{refused:?}");
}

#[test]
fn a_filter_that_names_no_result_is_refused() {
    let refused = World::new().control.get("/requests?q=signin:disabld");

    refused.is_problem(400, "invalid-query", &["`signin` takes no `disabld`", "`disabled`"]);
}
