//! What a tenant can be told to do differently, each switch through HTTP, and what a refusal teaches.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod at_start;
mod hints;
mod pages;
mod scim;
mod settings;
mod support;
mod tolerated;
