//! The parts of the last frame that keys and clicks refer to.

use ratatui::layout::Rect;

use super::screen::Screen;

/// The parts of the last frame.
#[derive(Clone, Debug, Default)]
pub(super) struct DrawnFrame {
    /// The areas of the screens' tabs.
    pub(super) screens: Vec<(Screen, Rect)>,
    /// The area of the activity feed.
    pub(super) activity: Rect,
    /// The scrollable lines of a detail or of the help.
    pub(super) lines: Option<ScrollRange>,
}

/// Lines of which a part is visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScrollRange {
    /// The first visible line; the last page is always full.
    pub(super) first: usize,
    /// How many are visible.
    pub(super) height: usize,
}

impl ScrollRange {
    /// The visible part of `total` lines, scrolled to `wanted` if possible.
    pub(super) fn new(wanted: usize, height: usize, total: usize) -> Self {
        Self { first: wanted.min(total.saturating_sub(height)), height }
    }
}
