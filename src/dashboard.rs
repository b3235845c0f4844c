//! The live terminal dashboard.
//!
//! It runs on a thread of its own. For each frame it asks its [`DashboardSource`] for the visible
//! rows, never for whole directories. It draws when something changed, not on a timer. The server
//! never waits for it.
//!
//! ```text
//! keys, mouse, signals ─▶ run ─▶ update(Model, Msg) ─▶ Cmd ─▶ run
//!                          │                                   (clipboard, pause, end)
//!                          ├───▶ pull: what is visible ◀── Source
//!                          └───▶ screens::draw(Model) ──▶ terminal, one write a frame
//! ```
//!
//! Everything visible is a function of the model. Time, input and terminal are parameters, so that
//! the tests run the same loop as users.

mod canvas;
mod clipboard;
mod cursor;
mod dashboard_exit;
mod dashboard_source;
mod deleted_tenant;
mod dialog;
mod drawn_frame;
mod event_loop;
mod job_summary;
mod json;
mod key_press;
mod layout;
mod list_order;
mod list_table;
mod list_window;
mod lists;
mod local_source;
mod model;
#[cfg(test)]
mod picture;
mod pull;
mod rows;
#[cfg(test)]
mod sample;
mod screen;
mod screens;
mod signal_flags;
#[cfg(test)]
mod svg;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod text_input;
mod theme;
mod update;
mod user_action;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

pub use dashboard_exit::DashboardExit;
pub use dashboard_source::{
    DashboardSource, JobCommand, ListQuery, ProvisioningWindow, TrafficQuery, TrafficWindow,
};
pub use event_loop::StopFlag;
#[cfg(feature = "internals")]
pub use list_order::ListOrder;
pub use list_window::{ListWindow, RowAnchor, WindowQuery};
pub use lists::{GroupRow, MemberRow, UserRow};
pub use local_source::LocalSource;
#[cfg(test)]
pub use picture::picture;
pub use rows::{AppliedRow, AttentionRow, GroupName, Overview, ScreenLink, UserCount, UserDetail};
pub use theme::{TerminalEnvironment, Theme};

/// How long [`DashboardHandle::stop`] waits for a terminal that takes no output.
const PATIENCE: Duration = Duration::from_millis(500);

/// The options of the user, from flags and environment.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each a flag of its own")]
pub struct DashboardOptions {
    /// The colours.
    pub theme: Theme,
    /// The time zone that times of day are shown in.
    pub zone: TimeZone,
    /// Whether to listen to the mouse.
    pub mouse: bool,
    /// Whether numbers are updated twenty times a second, or once.
    pub motion: bool,
    /// Whether to start in presentation mode.
    pub presentation: bool,
    /// Whether the server ends with this process, so that quitting asks first.
    pub owns_server: bool,
    /// Whether the terminal runs inside tmux (`TMUX` is set).
    pub tmux: bool,
}

impl Default for DashboardOptions {
    /// The terminal's own colours, UTC, mouse and motion, over a server of this process.
    fn default() -> Self {
        Self {
            theme: Theme::Ansi,
            zone: TimeZone::UTC,
            mouse: true,
            motion: true,
            presentation: false,
            owns_server: true,
            tmux: false,
        }
    }
}

/// Runs the dashboard in the terminal of this process until it ends.
///
/// Blocks the thread, even while the terminal takes no output. Call it on a thread of its own, as
/// [`start`] does, never on one that serves requests.
///
/// # Errors
///
/// If the terminal cannot be set up. A later error gives [`DashboardExit::TerminalLost`].
pub fn run(
    mut source: Box<dyn DashboardSource>,
    options: &DashboardOptions,
    stop: &StopFlag,
) -> io::Result<DashboardExit> {
    let host = terminal::Tty::enter(options)?;
    let mut run = event_loop::EventLoop {
        terminal: Terminal::new(CrosstermBackend::new(host.frame()))?,
        host,
        source: source.as_mut(),
        model: model::Model::new(options),
        stop: stop.clone(),
        has_motion: options.motion,
        pace: event_loop::FramePacing::new(),
    };
    Ok(run.run())
}

/// A dashboard that runs on its own thread.
#[derive(Debug)]
pub struct DashboardHandle {
    stop: StopFlag,
    ended: mpsc::Receiver<()>,
}

/// Runs the dashboard on a thread of its own. `told` is called on it when the dashboard has ended
/// and the terminal is restored. It gets an error if the terminal could not be set up or the
/// dashboard panicked.
///
/// # Errors
///
/// If no thread can be made.
pub fn start(
    source: Box<dyn DashboardSource>,
    options: DashboardOptions,
    told: impl FnOnce(io::Result<DashboardExit>) + Send + 'static,
) -> io::Result<DashboardHandle> {
    let stop = StopFlag::default();
    let (done, ended) = mpsc::channel();
    let flag = stop.clone();
    thread::Builder::new().name("dashboard".into()).spawn(move || {
        // The caller must learn of the end. The panic hook has printed the message.
        let exit = catch_unwind(AssertUnwindSafe(|| run(source, &options, &flag)));
        drop(done);
        told(exit.unwrap_or_else(|_| Err(io::Error::other("the dashboard panicked"))));
    })?;
    Ok(DashboardHandle { stop, ended })
}

impl DashboardHandle {
    /// Ends the dashboard and waits until the terminal is restored, at most half a second. A
    /// terminal that takes no output cannot delay the shutdown.
    pub fn stop(&self) {
        self.stop.now();
        if let Err(mpsc::RecvTimeoutError::Timeout) = self.ended.recv_timeout(PATIENCE) {
            terminal::restore_modes();
        }
    }
}
