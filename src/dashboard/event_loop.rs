//! The event loop: takes input, pulls the visible data, and draws if something changed.
//!
//! It is the same with a real terminal and in the tests: backend, input and clock are parameters.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use super::dashboard_exit::DashboardExit;
use super::dashboard_source::DashboardSource;
use super::model::Model;
use super::pull::pull;
use super::screens;
use super::update::{Cmd, Msg, update};

/// The interval at which the source's revision is read, and the shortest time between two frames of
/// data.
const TICK: Duration = Duration::from_millis(50);
/// The same after nothing has changed for a while.
const IDLE: Duration = Duration::from_millis(100);
/// The shortest time between two frames of data without motion, and while paused.
const CALM: Duration = Duration::from_secs(1);
/// The shortest time between two frames for keys. A held key needs at most 125 a second.
const KEYS: Duration = Duration::from_millis(8);
/// The time after which a resize counts as finished.
const RESIZE: Duration = Duration::from_millis(30);

/// Ends a dashboard from outside. Copies belong to the same dashboard.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Ends the dashboard within a few frames, as soon as its terminal takes what is being written.
    pub fn now(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The environment of the loop, except the cells: input, time, clipboard, modes.
pub(super) trait TerminalHost {
    /// The next input, waiting for at most this time; `None` if there is none.
    fn next(&mut self, wait: Duration) -> io::Result<Option<Input>>;
    /// The time of day.
    fn now(&self) -> Timestamp;
    /// The monotonic time since the start.
    fn elapsed(&self) -> Duration;
    /// Writes everything drawn since the last call to the terminal at once.
    fn commit(&mut self) -> io::Result<()>;
    /// Copies text to the clipboard. Returns a sentence about it.
    fn copy(&mut self, what: &str, text: &str) -> String;
    /// Starts to listen to the mouse.
    fn enable_mouse(&mut self);
    /// Stops listening to the mouse.
    fn disable_mouse(&mut self);
    /// Restores the terminal, stops the process until it is continued, and sets the terminal up
    /// again.
    fn suspend(&mut self) -> io::Result<()>;
}

/// An input of the loop.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A key.
    Key(KeyEvent),
    /// The mouse.
    Mouse(MouseEvent),
    /// Pasted text.
    Paste(String),
    /// The terminal has another size.
    Resize,
    /// The process was continued. The screen may show anything.
    Continue,
    /// The process should stop, as by Ctrl-Z.
    Suspend,
    /// The process should end.
    Signal(i32),
    /// The terminal is gone.
    Hangup,
}

/// The loop over one terminal, one host and one source.
pub(super) struct EventLoop<'a, B: Backend, H: TerminalHost> {
    pub(super) terminal: Terminal<B>,
    pub(super) host: H,
    pub(super) source: &'a mut dyn DashboardSource,
    pub(super) model: Model,
    pub(super) stop: StopFlag,
    /// Whether numbers are updated continuously.
    pub(super) has_motion: bool,
    pub(super) pace: FramePacing,
}

/// The schedule of frames.
#[derive(Clone, Debug)]
pub(super) struct FramePacing {
    /// When the next frame is due.
    due: Option<Duration>,
    /// The end of the last frame, and its duration.
    drawn: Duration,
    took: Duration,
    /// The source's revision that was pulled last.
    revision: Option<u64>,
}

impl FramePacing {
    /// A schedule whose first frame is due at once.
    pub(super) fn new() -> Self {
        Self {
            due: Some(Duration::ZERO),
            drawn: Duration::ZERO,
            took: Duration::ZERO,
            revision: None,
        }
    }

    /// Requests a frame at this time; an earlier request stays.
    fn want(&mut self, at: Duration) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}

impl<B: Backend, H: TerminalHost> EventLoop<'_, B, H>
where
    B::Error: Send + Sync + 'static,
{
    /// Runs until the dashboard ends.
    pub(super) fn run(&mut self) -> DashboardExit {
        loop {
            match self.turn() {
                Ok(None) => {}
                Ok(Some(exit)) => return exit,
                Err(_) => return DashboardExit::TerminalLost,
            }
        }
    }

    /// Draws a frame if it is due, then takes one input if there is one.
    fn turn(&mut self) -> io::Result<Option<DashboardExit>> {
        if self.stop.is_wanted() {
            return Ok(Some(DashboardExit::Stopped));
        }
        let now = self.host.elapsed();
        self.notice(now);
        if self.pace.due.is_some_and(|due| due <= now) {
            self.frame()?;
        }
        let next = self.pace.due.into_iter().chain(self.model.wake_at()).min();
        let tick = if now < self.pace.drawn + CALM { TICK } else { IDLE };
        let wait = next.map_or(tick, |it| it.saturating_sub(now).min(tick));
        match self.host.next(wait)? {
            Some(input) => self.take(input),
            None => Ok(None),
        }
    }

    /// Requests a frame if the source changed or something visible expired.
    fn notice(&mut self, now: Duration) {
        if self.model.wake_at().is_some_and(|at| at <= now) {
            self.pace.want(now);
        }
        self.model.pass(now);
        let revision = self.source.revision();
        if self.pace.revision.is_some_and(|seen| seen != revision) {
            let gap = if self.has_motion && !self.model.switches.paused { TICK } else { CALM };
            // A slow terminal gets fewer frames, and no backlog.
            self.pace.want(self.pace.drawn + gap.max(self.pace.took * 4));
        }
    }

    fn take(&mut self, input: Input) -> io::Result<Option<DashboardExit>> {
        let now = self.host.elapsed();
        self.model.pass(now);
        let msg = match input {
            Input::Key(event) => Msg::Key(event),
            Input::Mouse(event) => Msg::Mouse(event),
            Input::Paste(text) => Msg::Paste(text),
            Input::Resize => {
                self.pace.want(now + RESIZE);
                return Ok(None);
            }
            Input::Continue => return self.repaint().map(|()| None),
            Input::Suspend => return self.perform(Cmd::Suspend),
            Input::Signal(signal) => return Ok(Some(DashboardExit::Signalled(signal))),
            Input::Hangup => return Ok(Some(DashboardExit::TerminalLost)),
        };
        for cmd in update(&mut self.model, msg) {
            if let Some(exit) = self.perform(cmd)? {
                return Ok(Some(exit));
            }
        }
        // The next key may be typed already and refer to the new selection.
        self.pull();
        self.pace.want(now.max(self.pace.drawn + KEYS));
        Ok(None)
    }

    fn perform(&mut self, cmd: Cmd) -> io::Result<Option<DashboardExit>> {
        match cmd {
            Cmd::End(exit) => return Ok(Some(exit)),
            Cmd::Hold => self.source.hold(),
            Cmd::Release => self.source.release(),
            Cmd::Select(tenant) => self.source.select(&tenant),
            Cmd::Copy(what, text) => {
                let said = self.host.copy(what, &text);
                update(&mut self.model, Msg::Copied(said));
            }
            Cmd::Order(order) => {
                let said = self.source.order(order);
                update(&mut self.model, Msg::Ordered(said));
            }
            Cmd::Mouse(true) => self.host.enable_mouse(),
            Cmd::Mouse(false) => self.host.disable_mouse(),
            Cmd::Repaint => self.repaint()?,
            Cmd::Suspend => {
                self.host.suspend()?;
                self.repaint()?;
            }
        }
        Ok(None)
    }

    fn pull(&mut self) {
        self.pace.revision = Some(self.source.revision());
        pull(&mut self.model, self.source, self.host.now());
    }

    fn frame(&mut self) -> io::Result<()> {
        let start = self.host.elapsed();
        self.model.size = self.terminal.size().map_err(io::Error::other)?;
        self.pull();
        let Self { terminal, model, .. } = self;
        let size = model.size;
        let mut seen = None;
        let drawn = terminal.draw(|frame| {
            // The terminal may have shrunk between the two calls. Then this frame stays empty, and
            // a resize follows.
            if frame.area().as_size() == size {
                seen = Some(screens::draw(frame.buffer_mut(), model));
            }
        });
        drawn.map_err(io::Error::other)?;
        self.host.commit()?;
        self.pace.drawn = self.host.elapsed();
        self.pace.took = self.pace.drawn.saturating_sub(start);
        let seen = seen.unwrap_or_else(|| self.model.drawn.clone());
        update(&mut self.model, Msg::Drawn(seen, self.pace.took));
        // Numbers of the last minute decrease without input. At zero, no more frames are needed.
        self.pace.due = self.is_falling().then(|| self.pace.drawn + CALM);
        Ok(())
    }

    fn is_falling(&self) -> bool {
        let rates = self.model.overview.rates.as_ref();
        let is_busy = rates.is_some_and(|it| it.seconds.iter().any(|it| it.exchanges > 0));
        is_busy && !self.model.switches.paused
    }

    /// Draws every cell again, because the terminal may show anything.
    fn repaint(&mut self) -> io::Result<()> {
        let size = self.terminal.size().map_err(io::Error::other)?;
        // `Terminal::clear` would query the cursor position and wait for the answer.
        let area = Rect::from((ratatui::layout::Position::ORIGIN, size));
        self.terminal.resize(area).map_err(io::Error::other)?;
        self.pace.want(Duration::ZERO);
        Ok(())
    }
}
