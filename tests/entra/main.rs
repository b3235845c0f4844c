//! The Microsoft Entra side against a server of ours, over HTTP, on a clock that the test moves.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bytes;
mod connection;
mod cycles;
mod deletions;
mod deprovisioning;
mod directory;
mod failures;
mod faults;
mod on_demand;
mod quarantine;
mod reads;
mod record;
mod references;
mod roles;
mod scale;
mod shapes;
mod state_file;
mod stopping;
mod support;
mod told;
mod validator;
