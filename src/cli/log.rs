//! Log lines on stderr that never hold anybody up.
//!
//! A pipe that nobody reads fills up, and then a write to it blocks for ever. So lines go through a
//! bounded queue to a thread that does the writing; when the queue is full they are dropped.

use std::{
    env,
    ffi::OsStr,
    io::{self, IsTerminal as _, Write},
    sync::{
        Arc, OnceLock,
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    fmt::layer,
    layer::SubscriberExt as _,
    registry, reload,
    util::SubscriberInitExt as _,
};

use super::values::{LineFormat, LogLevel};
use crate::http::LogSwitch;

/// How many lines wait for a slow reader.
const QUEUE: usize = 1_024;

/// How long the end of the program waits for the last lines to be written: more than a busy machine
/// needs, and only somebody who does not read makes it wait so long.
const LAST_LINES: Duration = Duration::from_millis(200);

enum LogMessage {
    Line(Vec<u8>),
    /// Everything before it has been written.
    Mark(SyncSender<()>),
}

/// Where log lines go; at its end the lines that are still waiting are written.
pub(super) struct Log(SyncSender<LogMessage>);

/// What sets how much the program logs, once it logs: there is one log in a program.
static SWITCH: OnceLock<LogSwitch> = OnceLock::new();

/// What sets how much the program logs, if it does.
pub(super) fn switch() -> Option<LogSwitch> {
    SWITCH.get().cloned()
}

impl Log {
    /// Writes what the program logs to stderr from now on.
    pub(super) fn start(format: LineFormat, level: LogLevel) -> Self {
        let (sender, receiver) = mpsc::sync_channel(QUEUE);
        thread::spawn(move || write_all(&receiver));
        let queue = sender.clone();
        let (levels, handle) = reload::Layer::new(levels(filter(level)));
        // An error of the log itself must not be printed: that would panic on a closed stderr.
        let lines = layer()
            .log_internal_errors(false)
            .with_ansi(
                io::stderr().is_terminal() && allows_colour(env::var_os("NO_COLOR").as_deref()),
            )
            .with_writer(move || LogQueue(queue.clone()));
        let lines = match format {
            LineFormat::Text => lines.with_target(false).boxed(),
            LineFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        // A program that embeds this one may have set its own subscriber; then that one stays.
        let is_ours = registry().with(lines).with(levels).try_init().is_ok();
        if is_ours {
            SWITCH.get_or_init(|| {
                LogSwitch(Arc::new(move |name: &str| {
                    let level = name.parse().unwrap_or(LevelFilter::INFO);
                    drop(handle.reload(self::levels(level)));
                }))
            });
        }
        Self(sender)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let (done, wait) = mpsc::sync_channel(1);
        if self.0.try_send(LogMessage::Mark(done)).is_ok() {
            // Whoever does not read for so long does not get them.
            let _written_or_late = wait.recv_timeout(LAST_LINES);
        }
    }
}

/// What is logged when the program itself says this much.
fn levels(own: LevelFilter) -> Targets {
    // What actix says of its own workings is of no use to whoever runs the mock, unless all is asked
    // for.
    let others = if own == LevelFilter::TRACE { own } else { own.min(LevelFilter::WARN) };
    Targets::new().with_target("mediusflow_mock", own).with_default(others)
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// Whether `NO_COLOR` allows coloured lines on a terminal: it is not set, or empty.
fn allows_colour(no_color: Option<&OsStr>) -> bool {
    no_color.is_none_or(OsStr::is_empty)
}

fn write_all(entries: &Receiver<LogMessage>) {
    for entry in entries {
        match entry {
            LogMessage::Line(line) => drop(io::stderr().write_all(&line)),
            LogMessage::Mark(done) => drop(done.send(())),
        }
    }
}

/// The end of the queue that lines enter; one write is one line.
struct LogQueue(SyncSender<LogMessage>);

impl Write for LogQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        drop(self.0.try_send(LogMessage::Line(line.to_vec())));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, true)]
    #[case(Some(""), true)]
    #[case(Some("1"), false)]
    fn no_color_forbids_colour_if_it_has_a_value(
        #[case] no_color: Option<&str>,
        #[case] expected: bool,
    ) {
        assert_eq!(allows_colour(no_color.map(OsStr::new)), expected);
    }
}
