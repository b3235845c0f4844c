//! What the last frame showed, for keys and clicks that refer to it.

use ratatui::layout::Rect;

use super::screen::Screen;

/// What the last frame showed.
#[derive(Clone, Debug, Default)]
pub(super) struct DrawnFrame {
    /// The tabs of the screens, and where each is.
    pub(super) screens: Vec<(Screen, Rect)>,
    /// Where the lines of the activity feed are.
    pub(super) activity: Rect,
    /// The lines that can be scrolled, of a detail or of the help.
    pub(super) lines: Option<ScrollRange>,
}

/// Lines of which a part is visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScrollRange {
    /// The first visible one; never so far down that the last page has room left.
    pub(super) first: usize,
    /// How many are visible.
    pub(super) height: usize,
}

impl ScrollRange {
    /// The visible part of `total` lines, as far down as was asked for.
    pub(super) fn new(wanted: usize, height: usize, total: usize) -> Self {
        Self { first: wanted.min(total.saturating_sub(height)), height }
    }
}
