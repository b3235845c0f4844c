//! The same in Rust.

use mediusflow_mock::{ExpectSignInsError, traffic::SignInResult};
use serde_json::json;

use crate::{ANNA, World};

#[test]
fn a_life_is_three_lines() -> Result<(), Box<dyn std::error::Error>> {
    let world = World::new();
    let server = &world.server;

    let id = world.provision(ANNA, json!({}));
    assert!(server.can_sign_in(ANNA));
    world.set(&id, "active", false);
    assert!(!server.can_sign_in(ANNA));
    server.expect_sign_ins(ANNA, &["notProvisioned", "works", "disabled"])?;
    Ok(())
}

#[test]
fn who_is_nobody_cannot_sign_in() {
    let world = World::new();

    assert!(!world.server.can_sign_in("nobody"));
}

#[test]
fn a_sequence_that_differs_is_told() {
    let world = World::new();
    world.provision(ANNA, json!({"displayName": "Anna Ek"}));

    let error = world.server.expect_sign_ins(ANNA, &["works", "disabled"]).unwrap_err();

    let told = error.to_string();
    let ExpectSignInsError::Differs { expected, found, .. } = error else { panic!("{told}") };
    assert_eq!(*expected, [SignInResult::Works, SignInResult::Disabled]);
    assert_eq!(found, [SignInResult::NotProvisioned, SignInResult::Works]);
    expect_test::expect![[r#"
        sign-in of "anna@contoso.com": expected works, disabled, found notProvisioned, works
          notProvisioned → works: #1 CREATE user Anna Ek → 08670270 · Standard (1 role, 1 company)"#]]
    .assert_eq(&told);
}

#[test]
fn what_is_no_sequence_is_refused() {
    let world = World::new();
    let error = |sequence: &[&str]| world.server.expect_sign_ins(ANNA, sequence).unwrap_err();

    assert!(error(&["wroks"]).to_string().contains("\"wroks\""));
    assert!(error(&[]).to_string().contains("says nothing"));
    assert!(error(&["works", "works"]).to_string().contains("works again"));
}
