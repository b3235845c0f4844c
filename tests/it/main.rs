//! The mock as its users meet it: over a socket, with a real HTTP client.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

/// Makes a test of a function that takes a recording: it is run for each one that there is.
macro_rules! for_each_recording {
    ($name:ident, $test:path) => {
        #[rstest::rstest]
        fn $name(
            #[files("fixtures/entra/*.json")]
            #[files("fixtures/okta/*.json")]
            #[files("fixtures/onelogin/*.json")]
            #[files("fixtures/jumpcloud/*.json")]
            #[files("fixtures/google/*.json")]
            #[files("fixtures/authentik/*.json")]
            #[files("fixtures/rfc/*.json")]
            #[files("fixtures/scim2-client/*.json")]
            #[files("fixtures/oxide/*.json")]
            #[files("fixtures/handwritten/*.json")]
            file: std::path::PathBuf,
        ) {
            $test(&file);
        }
    };
}

mod recordings;
mod refused;
mod strict;
mod support;
