//! Log lines on stderr, which never block the program.
//!
//! A write to a full pipe that nobody reads blocks for ever. So lines go through a bounded queue to
//! a thread that writes them. When the queue is full, lines are dropped.

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

/// The most lines in the queue.
const QUEUE: usize = 1_024;

/// The longest time that the end of the program waits for the last lines to be written. Only a
/// reader that does not read makes it wait so long.
const LAST_LINES: Duration = Duration::from_millis(200);

enum LogMessage {
    Line(Vec<u8>),
    /// Everything before it has been written.
    Mark(SyncSender<()>),
}

/// The log. When it is dropped, the lines in the queue are written.
pub(super) struct Log(SyncSender<LogMessage>);

/// Sets the log level of the running program. A program has one log.
static SWITCH: OnceLock<LogSwitch> = OnceLock::new();

/// The switch of the log level, if the program logs.
pub(super) fn switch() -> Option<LogSwitch> {
    SWITCH.get().cloned()
}

impl Log {
    /// Starts to write log lines to stderr.
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
        // A program that embeds this one may have its own subscriber. That one stays.
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
            // A reader that does not read for so long does not get them.
            let _written_or_late = wait.recv_timeout(LAST_LINES);
        }
    }
}

/// The levels of all targets for this level of the program.
fn levels(own: LevelFilter) -> Targets {
    // Messages of actix about itself do not help users of the mock, unless they ask for everything.
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

/// The sender of the queue; one write is one line.
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
