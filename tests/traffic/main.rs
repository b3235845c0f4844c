//! The journal through the control API: lists, assertions, waits, history, events.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod cursors;
mod disconnects;
mod events;
mod lists;
mod report;
mod secrets;
mod settled;
mod stop;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;
mod unrouted;
mod value;
mod verify;
mod waits;
mod work;

use mediusflow_mock::MockServer;
use support::Client;

/// One who calls the control API of the default tenant, below `tenants/NordlysQA`.
fn control(server: &MockServer) -> Client {
    Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()))
}
