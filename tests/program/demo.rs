//! The demo.

use crate::running::{outcome, text};

#[test]
fn the_demo_reaches_its_end_state_and_says_what_it_checked() {
    let demo = outcome(&["demo", "--check"]);

    assert_eq!(text(&demo.stderr), "");
    assert_eq!(demo.status.code(), Some(0));
    let told = text(&demo.stdout);
    for expected in ["1 Authenticate", "11 Copy SCIM link", "Test Connection", "Friday"] {
        assert!(told.contains(expected), "{expected:?} is missing:\n{told}");
    }
    let (_, checked) = told.split_once("The end state").unwrap_or_default();
    assert!(checked.contains("as expected") && !checked.contains("differ"), "{told}");
}

#[test]
fn the_demo_never_shows_the_secret_key_or_the_access_token() {
    let demo = outcome(&["demo", "--check", "--seed", "3"]);

    let told = text(&demo.stdout);
    assert!(!told.contains("mfk_") && !told.contains("mfa_"), "{told}");
}
