//! Prints the steps of the demo, and pauses so that people can read them.

use std::{
    fmt::{Display, Write as _},
    io::Write,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use unicode_truncate::{Alignment, UnicodeTruncateStr as _};

use super::http_client::AnsweredRequest;

/// How fast the demo goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum DemoPace {
    /// Without any pause.
    AtOnce,
    /// This number of times as fast as usual.
    Times(f64),
}

/// Ends the demo when its sender is dropped.
pub(super) type AudienceLeft = Receiver<()>;

/// The output of the demo, line by line.
#[derive(Debug)]
pub(super) struct DemoOutput<W> {
    out: W,
    pace: DemoPace,
    stop: AudienceLeft,
    is_open: bool,
}

/// The usual time to read a heading, and the line of one step.
const HEADING: Duration = Duration::from_millis(1_200);
const STEP: Duration = Duration::from_millis(600);
/// The usual time between two requests of a cycle.
const REQUEST: Duration = Duration::from_millis(220);

/// The columns of a step's title.
const TITLE: usize = 56;

impl<W: Write> DemoOutput<W> {
    pub(super) fn new(out: W, pace: DemoPace, stop: AudienceLeft) -> Self {
        Self { out, pace, stop, is_open: true }
    }

    /// Begins a section.
    pub(super) fn heading(&mut self, heading: &str) {
        self.print(&format_args!("\n{heading}"));
        self.pause(HEADING);
    }

    /// Prints the result of one step.
    pub(super) fn print_step(&mut self, title: &str, sent: &[AnsweredRequest], remark: &str) {
        self.print(&line(title, sent, remark));
        self.pause(STEP);
    }

    /// Pauses after a request.
    pub(super) fn pause_for_request(&mut self) {
        drop(self.out.flush());
        self.pause(REQUEST);
    }

    /// Prints a line. The demo continues if the output cannot be written.
    pub(super) fn print(&mut self, text: &impl Display) {
        drop(writeln!(self.out, "{text}").and_then(|()| self.out.flush()));
    }

    /// Whether the demo was not stopped.
    pub(super) fn is_running(&self) -> bool {
        self.is_open
    }

    fn pause(&mut self, usual: Duration) {
        if let DemoPace::Times(factor) = self.pace {
            let waited = self.stop.recv_timeout(usual.div_f64(factor));
            self.is_open = waited == Err(RecvTimeoutError::Timeout);
        }
    }
}

fn line(title: &str, sent: &[AnsweredRequest], remark: &str) -> String {
    let mut line = format!("  {}", title.unicode_pad(TITLE, Alignment::Left, false));
    for exchange in sent {
        write!(line, " {exchange}").expect("a String takes whatever is written");
    }
    if !remark.is_empty() {
        write!(line, "  ({remark})").expect("a String takes whatever is written");
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_step_is_one_line_with_its_requests_and_a_remark() {
        let sent = [
            AnsweredRequest { method: "GET", status: 200 },
            AnsweredRequest { method: "POST", status: 201 },
        ];

        assert_eq!(
            line("Åsa Berg", &sent, "SE-AP"),
            format!("  Åsa Berg{} GET 200 POST 201  (SE-AP)", " ".repeat(48))
        );
    }

    #[test]
    fn the_demo_stops_when_it_is_told_to() {
        let (stopper, stop) = mpsc::channel();
        let mut output = DemoOutput::new(Vec::new(), DemoPace::Times(100.0), stop);
        output.heading("Monday");
        assert!(output.is_running());

        drop(stopper);
        output.heading("Tuesday");

        assert!(!output.is_running());
    }
}
