//! The mock as its users meet it: over a socket, with a real HTTP client.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod recordings;
mod refused;
mod strict;
mod support;
