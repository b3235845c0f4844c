//! The two APIs over HTTP, route by route, and the server as a value.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod addresses;
mod configurations;
mod console;
mod discovery;
mod keys;
mod scim_groups;
mod scim_users;
mod support;
mod wire;
