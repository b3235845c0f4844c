//! The picture of the README: the dashboard after the demo, drawn by the program itself.
//!
//! `UPDATE_EXPECT=1 cargo test --lib picture` draws it anew.

use std::{
    io::{self, Write},
    sync::mpsc,
};

use jiff::SignedDuration;

use super::{DemoOutput, DemoPace, Script, perform};
use crate::{
    dashboard::{self, LocalSource},
    http::{ManualClock, ServerClock},
    server::{MockServer, SEED_TIME},
};

/// An output that advances a simulated clock for every line and request.
struct SimulatedTime(ManualClock);

impl Write for SimulatedTime {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.advance(SignedDuration::from_millis(330));
        Ok(())
    }
}

#[test]
fn the_picture_in_the_readme_is_what_the_program_draws() {
    let clock = ManualClock::at(SEED_TIME).ticking(SignedDuration::from_micros(180));
    let builder = MockServer::builder().fresh().users(0).groups(0);
    let server = builder.clock(ServerClock::Manual(clock.clone())).start().unwrap();
    let script = Script::read().unwrap();
    let (_stopper, stop) = mpsc::channel();
    let mut output = DemoOutput::new(SimulatedTime(clock.clone()), DemoPace::AtOnce, stop);

    perform(&script, server.url(), &mut output).unwrap();
    let now = clock.now();
    // The server has a free port; the picture shows the usual one.
    let url = "http://127.0.0.1:8420";
    let mut source = LocalSource::new(server.tenants(), server.tenant(), url, move || now);
    let picture = dashboard::picture(&mut source, (112, 30), now);

    expect_test::expect_file!["../../../docs/dashboard.svg"].assert_eq(&picture);
}
