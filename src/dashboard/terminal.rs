//! The real terminal: its modes, input and clock. It is restored however the dashboard ends.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyEventKind};
use crossterm::{style, terminal};
use jiff::Timestamp;

use super::DashboardOptions;
use super::clipboard;
use super::event_loop::{Input, TerminalHost};
use super::signal_flags::SignalFlags;

/// The alternate screen, bracketed paste, no cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[H\x1b[2J";
/// Restores all of that, the mouse and all styles.
const LEAVE: &str = "\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";
/// Buttons and the wheel, in the format without size limits. Motion is left out, because it would
/// flood a slow line.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";
/// A frame is shown at once (DEC 2026). Terminals that do not know the mode ignore it.
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// Whether the terminal is in the dashboard's modes.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this is the drawing thread, whose panic ends the dashboard.
    static DRAWS: Cell<bool> = const { Cell::new(false) };
}

/// The output of a frame, which is collected and written at once.
#[derive(Clone, Debug)]
pub(super) struct Frame(Rc<RefCell<Vec<u8>>>);

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Does nothing, because the backend flushes several times a frame.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal that the process was started in.
#[derive(Debug)]
pub(super) struct Tty {
    frame: Frame,
    signals: SignalFlags,
    start: Instant,
    has_mouse: bool,
    has_tmux: bool,
    /// The last check that the terminal still exists.
    checked: Instant,
}

impl Tty {
    /// Sets up the terminal. It is restored when this is dropped, or when the thread panics.
    pub(super) fn enter(options: &DashboardOptions) -> io::Result<Self> {
        restore_on_panic();
        DRAWS.set(true);
        // The theme decides about colours. With NO_COLOR crossterm would send bare resets, which
        // erase the selected row.
        style::force_color_output(true);
        let signals = SignalFlags::new()?;
        let frame = Frame(Rc::new(RefCell::new(Vec::with_capacity(256 * 1024))));
        let (start, checked) = (Instant::now(), Instant::now());
        let has_mouse = options.mouse && !options.presentation;
        let tty = Self { frame, signals, start, has_mouse, has_tmux: options.tmux, checked };
        tty.take()?;
        Ok(tty)
    }

    /// Where the backend writes to.
    pub(super) fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn take(&self) -> io::Result<()> {
        IS_ENTERED.store(true, Ordering::Release);
        terminal::enable_raw_mode()?;
        send(if self.has_mouse { [ENTER, MOUSE_ON] } else { [ENTER, ""] }.concat().as_bytes())
    }

    fn is_gone(&mut self) -> bool {
        // A terminal that ended without a signal reads as empty for ever, without blocking.
        let is_due = self.checked.elapsed() >= Duration::from_secs(1);
        if is_due {
            self.checked = Instant::now();
        }
        is_due && terminal::window_size().is_err()
    }
}

impl TerminalHost for Tty {
    fn next(&mut self, wait: Duration) -> io::Result<Option<Input>> {
        if let Some(input) = self.signals.take() {
            if matches!(input, Input::Continue) {
                // Another process stopped this one, and the shell has changed the terminal since.
                restore();
                self.take()?;
            }
            return Ok(Some(input));
        }
        if !event::poll(whole(wait))? {
            return Ok(self.is_gone().then_some(Input::Hangup));
        }
        Ok(match event::read()? {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) => Some(Input::Key(key)),
            Event::Mouse(mouse) => Some(Input::Mouse(mouse)),
            Event::Paste(text) => Some(Input::Paste(text)),
            Event::Resize(..) => Some(Input::Resize),
            Event::FocusGained | Event::FocusLost => None,
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the dashboard reads a clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn commit(&mut self) -> io::Result<()> {
        let mut frame = self.frame.0.borrow_mut();
        let whole = [BEGIN.as_bytes(), &frame, END.as_bytes()].concat();
        frame.clear();
        send(&whole)
    }

    fn copy(&mut self, what: &str, text: &str) -> String {
        let sequence = match clipboard::sequence(what, text) {
            Ok(sequence) => sequence,
            Err(sentence) => return sentence,
        };
        if self.has_tmux && clipboard::hand_to_tmux(text).unwrap_or(false) {
            return format!("{what}: handed to tmux, for its buffer and the terminal's clipboard");
        }
        match send(sequence.as_bytes()) {
            Ok(()) => format!("{what}: sent to the terminal's clipboard (OSC 52; it may refuse)"),
            Err(error) => format!("{what}: not copied, {error}"),
        }
    }

    fn enable_mouse(&mut self) {
        self.has_mouse = true;
        let _ = send(MOUSE_ON.as_bytes()); // the next frame notices an error
    }

    fn disable_mouse(&mut self) {
        self.has_mouse = false;
        let _ = send(MOUSE_OFF.as_bytes()); // the next frame notices an error
    }

    fn suspend(&mut self) -> io::Result<()> {
        restore();
        self.signals.stop_process()?;
        self.take()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        restore();
        DRAWS.set(false);
    }
}

/// Restores the terminal if it is set up. It can be called from any thread at any time.
pub(super) fn restore() {
    if IS_ENTERED.swap(false, Ordering::AcqRel) {
        // Errors of a terminal that takes no output are ignored.
        let _ = send(LEAVE.as_bytes());
        let _ = terminal::disable_raw_mode();
    }
}

/// Restores the modes that need no output, for a terminal that takes none.
pub(super) fn restore_modes() {
    if IS_ENTERED.load(Ordering::Acquire) {
        let _ = terminal::disable_raw_mode();
    }
}

/// The time to wait, rounded so that crossterm sleeps through it.
///
/// crossterm polls in whole milliseconds, rounded down, and then polls without sleeping until the
/// rest has passed: 2 % of a core at 20 waits a second. A little more than a whole number of
/// milliseconds leaves no rest. With a wait of zero it would not poll at all.
fn whole(wait: Duration) -> Duration {
    let millis = wait.as_micros().div_ceil(1_000).max(1);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)) + Duration::from_micros(60)
}

fn send(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Makes a panic of the drawing thread readable: restores the terminal, then prints the message.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if DRAWS.get() {
                restore();
            }
            others(panic);
        }));
    });
}
