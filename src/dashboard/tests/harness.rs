//! The real loop with a terminal of cells and scripted input.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, KeyModifiers};

use super::super::DashboardOptions;
use super::super::dashboard_exit::DashboardExit;
use super::super::event_loop::{EventLoop, FramePacing, Input, StopFlag, TerminalHost};
use super::super::key_press::KeyPress;
use super::super::model::Model;
use super::super::sample::{Sample, SampleSource, traffic};

/// The effects of the loop.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// How many frames were committed, and when.
    pub(super) frames: Vec<Duration>,
    /// What was put on the clipboard.
    pub(super) copied: Vec<(String, String)>,
    /// How the mouse was switched.
    pub(super) mouse: Vec<bool>,
    /// How often the process was suspended.
    pub(super) suspended: usize,
}

/// One step of a script.
pub(super) enum Step {
    /// Something comes in.
    Input(Input),
    /// Time passes without any input.
    Wait(Duration),
    /// The world changes.
    Do(Box<dyn FnOnce()>),
}

/// A host whose time is advanced by the script only.
pub(super) struct Script {
    steps: VecDeque<Step>,
    start: Timestamp,
    elapsed: Duration,
    stop: StopFlag,
    seen: Rc<RefCell<Seen>>,
}

impl TerminalHost for Script {
    fn next(&mut self, wait: Duration) -> io::Result<Option<Input>> {
        match self.steps.pop_front() {
            Some(Step::Input(input)) => Ok(Some(input)),
            Some(Step::Do(act)) => {
                act();
                Ok(None)
            }
            Some(Step::Wait(rest)) => {
                self.elapsed += wait.min(rest).max(Duration::from_millis(1));
                if rest > wait {
                    self.steps.push_front(Step::Wait(rest.saturating_sub(wait)));
                }
                Ok(None)
            }
            None => {
                self.stop.now();
                Ok(None)
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.start + SignedDuration::try_from(self.elapsed).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.elapsed
    }

    fn commit(&mut self) -> io::Result<()> {
        self.seen.borrow_mut().frames.push(self.elapsed);
        Ok(())
    }

    fn copy(&mut self, what: &str, text: &str) -> String {
        self.seen.borrow_mut().copied.push((what.to_owned(), text.to_owned()));
        format!("{what}: sent to the terminal's clipboard")
    }

    fn enable_mouse(&mut self) {
        self.seen.borrow_mut().mouse.push(true);
    }

    fn disable_mouse(&mut self) {
        self.seen.borrow_mut().mouse.push(false);
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.seen.borrow_mut().suspended += 1;
        Ok(())
    }
}

/// A dashboard in a test.
pub(super) struct Stage {
    /// The tenant.
    pub(super) sample: Arc<Sample>,
    /// The size of the terminal.
    pub(super) size: (u16, u16),
    /// What the user chose.
    pub(super) options: DashboardOptions,
    /// The idle time before the script begins.
    pub(super) silence: SignedDuration,
}

/// How a script ended.
pub(super) struct Ended {
    /// How the loop ended; [`DashboardExit::Stopped`] if the script ran out.
    pub(super) exit: DashboardExit,
    /// The last frame.
    pub(super) buffer: Buffer,
    /// The last state.
    pub(super) model: Model,
    /// What happened outside.
    pub(super) seen: Seen,
}

impl Stage {
    /// A stage of this size over a tenant with 1,204 users and 412 exchanges.
    pub(super) fn new(width: u16, height: u16) -> Self {
        let sample = Arc::new(Sample::new(1_204, 412));
        Self {
            sample,
            size: (width, height),
            options: DashboardOptions::default(),
            silence: SignedDuration::ZERO,
        }
    }

    /// The same stage over another tenant.
    pub(super) fn over(mut self, sample: Sample) -> Self {
        self.sample = Arc::new(sample);
        self
    }

    /// Plays a script in the real loop.
    pub(super) fn play(&self, steps: impl IntoIterator<Item = Step>) -> Ended {
        let seen = Rc::new(RefCell::new(Seen::default()));
        let stop = StopFlag::default();
        // Time passes before the end, so that the effect of the last key is drawn.
        let end = Step::Wait(Duration::from_millis(40));
        let steps = steps.into_iter().chain([end]).collect();
        let host = Script {
            steps,
            start: traffic::at(self.sample.journal.totals().exchanges) + self.silence,
            elapsed: Duration::ZERO,
            stop: stop.clone(),
            seen: Rc::clone(&seen),
        };
        let mut source = SampleSource::new(&self.sample);
        let mut run = EventLoop {
            terminal: Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap(),
            host,
            source: &mut source,
            model: Model::new(&self.options),
            stop,
            has_motion: self.options.motion,
            pace: FramePacing::new(),
        };
        let exit = run.run();
        let buffer = run.terminal.backend().buffer().clone();
        let model = run.model.clone();
        drop(run);
        Ended { exit, buffer, model, seen: Rc::into_inner(seen).unwrap().into_inner() }
    }

    /// Presses keys, given by their names with blanks between them: `4 / o p Enter`.
    pub(super) fn press(&self, names: &str) -> Ended {
        self.play(keys(names))
    }
}

/// Key presses as steps.
pub(super) fn keys(names: &str) -> Vec<Step> {
    names.split_whitespace().map(|name| Step::Input(key(name))).collect()
}

/// Text typed letter by letter, as steps.
pub(super) fn typed(text: &str) -> Vec<Step> {
    text.chars()
        .map(|c| if c == ' ' { key("Space") } else { key(c.encode_utf8(&mut [0; 4])) })
        .map(Step::Input)
        .collect()
}

/// A key press by the key's name.
pub(super) fn key(name: &str) -> Input {
    let key = KeyPress::named(name).unwrap_or_else(|| panic!("no key is called {name}"));
    let modifiers = if key.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    Input::Key(KeyEvent::new(key.code, modifiers))
}

/// The glyphs of a buffer, one line a row.
pub(super) fn glyphs(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        let mut line = String::new();
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(super::super::text::width(symbol)).unwrap().max(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The styles of a buffer: a letter for each style in the order of its first use, `.` for none,
/// and what the letters mean.
pub(super) fn styles(buffer: &Buffer) -> String {
    let mut legend: Vec<ratatui::style::Style> = Vec::new();
    let mut text = String::new();
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let style = buffer[(x, y)].style();
            if style == ratatui::buffer::Cell::default().style() {
                text.push('.');
                continue;
            }
            let place = legend.iter().position(|it| *it == style).unwrap_or_else(|| {
                legend.push(style);
                legend.len() - 1
            });
            text.push(char::from(b'a' + u8::try_from(place).unwrap()));
        }
        text.push('\n');
    }
    for (letter, style) in ('a'..).zip(&legend) {
        let (fg, modifiers) = (style.fg.unwrap_or_default(), style.add_modifier);
        writeln!(text, "{letter}: {fg:?} {modifiers:?}").unwrap();
    }
    text
}
