//! What a tenant can be told to do differently, each switch through HTTP.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod at_start;
mod scim;
mod settings;
mod support;
