//! Tests the two APIs over HTTP, route by route, and the server as a value.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod addresses;
mod bad_input;
mod bodies;
mod conditions;
mod configurations;
mod console;
mod discovery;
mod encoding;
mod framing;
mod guard;
mod journal;
mod keys;
mod listing;
mod negotiation;
mod scim_groups;
mod scim_protocol;
mod scim_users;
mod server;
mod snapshots_at_users;
mod support;
mod wire;
