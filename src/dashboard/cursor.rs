//! The cursor of a list. It keeps its object while rows come and go.

use super::list_window::{ListWindow, RowAnchor, WindowQuery};

/// The selected row of a list, and its position on the screen.
///
/// At its *home*, the end of the list where new rows appear, the cursor follows new rows. Anywhere
/// else it keeps its object, and the list does not move.
#[derive(Clone, Debug)]
pub(super) struct Cursor<Id> {
    home: Home,
    anchor: RowAnchor<Id>,
    step: isize,
    above: usize,
    /// The number of visible rows in the last query.
    height: usize,
    /// The selected row of the last query, from which steps are counted.
    seen: Option<(Id, usize)>,
    pinning: Pinning,
}

/// Whether a cursor follows the rows that it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pinning {
    /// It follows them.
    Free,
    /// It does not, because a filter is only being typed.
    Pinned,
}

/// The end of a list where new rows appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// The first row.
    Top,
    /// The last row.
    Bottom,
}

impl<Id: Clone> Cursor<Id> {
    /// A cursor at its home.
    pub(super) fn new(home: Home) -> Self {
        let mut cursor = Self {
            home,
            anchor: RowAnchor::First,
            step: 0,
            above: 0,
            height: 1,
            seen: None,
            pinning: Pinning::Free,
        };
        cursor.go_home();
        cursor
    }

    /// Whether it stays at the end where new rows appear.
    pub(super) fn is_home(&self) -> bool {
        matches!(
            (self.home, &self.anchor),
            (Home::Top, RowAnchor::First) | (Home::Bottom, RowAnchor::Last)
        ) && self.step == 0
    }

    /// The query for at most this number of rows.
    pub(super) fn view(&mut self, limit: usize) -> WindowQuery<Id> {
        // If a detail hides the list, one row is queried, and the height is kept.
        if limit > 1 {
            self.height = limit;
        }
        WindowQuery { anchor: self.anchor.clone(), step: self.step, above: self.above, limit }
    }

    /// Pins the cursor, or frees it.
    pub(super) fn pin(&mut self, pinning: Pinning) {
        self.pinning = pinning;
    }

    /// Remembers the position of the selected row; `id` returns its id.
    pub(super) fn update_position<Row>(
        &mut self,
        window: &ListWindow<Row>,
        id: impl FnOnce(&Row) -> Id,
    ) {
        let (Some(at), Some(selected), Pinning::Free) =
            (window.at, window.selected(), self.pinning)
        else {
            return;
        };
        let came_home = match self.home {
            Home::Top => self.step < 0 && at == 0,
            Home::Bottom => self.step > 0 && at + 1 == window.total,
        };
        let id = id(selected);
        self.seen = Some((id.clone(), at));
        if came_home {
            self.go_home();
        } else if !self.is_home() {
            self.bind(id, at);
        }
        if window.rows.len() > 1 {
            self.above = at - window.offset;
        }
    }

    /// Moves by this number of rows: down, or up if negative.
    pub(super) fn step(&mut self, by: isize) {
        if let Some((id, row)) = self.seen.take_if(|_| !matches!(self.anchor, RowAnchor::At { .. }))
        {
            self.bind(id, row);
        }
        self.step = self.step.saturating_add(by);
        self.above = self.above.saturating_add_signed(by).min(self.height - 1);
    }

    /// Moves by pages of the visible height, minus one row of context.
    pub(super) fn page(&mut self, pages: isize) {
        let rows = isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(isize::MAX);
        self.step(rows.saturating_mul(pages));
    }

    /// Goes to the first row.
    pub(super) fn first(&mut self) {
        (self.anchor, self.step, self.above) = (RowAnchor::First, 0, 0);
    }

    /// Goes to the last row.
    pub(super) fn last(&mut self) {
        (self.anchor, self.step, self.above) = (RowAnchor::Last, 0, self.height - 1);
    }

    /// Goes to the end where new rows appear, and stays there.
    pub(super) fn go_home(&mut self) {
        match self.home {
            Home::Top => self.first(),
            Home::Bottom => self.last(),
        }
    }

    /// Selects the object of a visible row. The newest row is the home.
    pub(super) fn point<Row>(
        &mut self,
        window: &ListWindow<Row>,
        row: usize,
        id: impl FnOnce(&Row) -> Id,
    ) {
        let at = window.offset + row;
        let is_home = match self.home {
            Home::Top => at == 0,
            Home::Bottom => at + 1 == window.total,
        };
        let Some(pointed) = window.rows.get(row) else { return };
        // A cursor that follows continues to follow.
        if is_home && self.is_home() {
            return;
        }
        self.bind(id(pointed), at);
        self.above = row;
    }

    /// Binds the cursor to an object, so that it does not follow new rows.
    pub(super) fn bind(&mut self, id: Id, row: usize) {
        (self.anchor, self.step) = (RowAnchor::At { id, row }, 0);
    }

    /// The object that it is bound to, if it has not been moved since.
    pub(super) fn bound(&self) -> Option<&Id> {
        match &self.anchor {
            RowAnchor::At { id, .. } if self.step == 0 => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Queries a list of numbers like a source.
    fn pull(cursor: &mut Cursor<u32>, list: &[u32]) -> (Option<u32>, Vec<u32>) {
        let view = cursor.view(3);
        let placed = view.place(list.len(), |id| list.iter().position(|it| it == id));
        let rows = list[placed.offset..placed.offset + placed.length].to_vec();
        let window = ListWindow {
            rows,
            offset: placed.offset,
            total: list.len(),
            unfiltered: list.len(),
            at: placed.at,
        };
        cursor.update_position(&window, |it| *it);
        (window.selected().copied(), window.rows)
    }

    #[test]
    fn a_following_cursor_selects_the_newest_row() {
        let mut cursor = Cursor::new(Home::Bottom);

        assert_eq!(pull(&mut cursor, &[1, 2, 3, 4]), (Some(4), vec![2, 3, 4]));
        assert_eq!(pull(&mut cursor, &[1, 2, 3, 4, 5]), (Some(5), vec![3, 4, 5]));
    }

    #[test]
    fn a_bound_cursor_keeps_its_row_in_place() {
        let mut cursor = Cursor::new(Home::Bottom);
        pull(&mut cursor, &[1, 2, 3, 4]);

        cursor.step(-1);

        assert_eq!(pull(&mut cursor, &[1, 2, 3, 4, 5]), (Some(3), vec![2, 3, 4]));
        assert_eq!(pull(&mut cursor, &[3, 4, 5, 6, 7]), (Some(3), vec![3, 4, 5]));
    }

    #[test]
    fn pointing_at_a_row_selects_the_object_drawn_there() {
        let list = |rows: &[u32]| ListWindow {
            rows: rows.to_vec(),
            offset: 0,
            total: rows.len(),
            unfiltered: rows.len(),
            at: Some(0),
        };
        let mut cursor = Cursor::new(Home::Top);
        pull(&mut cursor, &[10, 30, 50]);

        cursor.point(&list(&[10, 30, 50]), 1, |it| *it);

        assert_eq!(pull(&mut cursor, &[10, 20, 30, 50]).0, Some(30));
    }

    #[test]
    fn moving_onto_the_newest_row_starts_to_follow() {
        let mut cursor = Cursor::new(Home::Bottom);
        pull(&mut cursor, &[1, 2, 3]);
        cursor.step(-1);
        pull(&mut cursor, &[1, 2, 3]);
        assert!(!cursor.is_home());

        cursor.step(1);
        pull(&mut cursor, &[1, 2, 3]);

        assert!(cursor.is_home());
    }

    #[test]
    fn new_first_rows_are_shown_only_by_a_following_cursor() {
        let mut cursor = Cursor::new(Home::Top);
        pull(&mut cursor, &[3, 2, 1]);
        assert_eq!(pull(&mut cursor, &[4, 3, 2, 1]), (Some(4), vec![4, 3, 2]));

        cursor.step(1);
        pull(&mut cursor, &[4, 3, 2, 1]);

        assert_eq!(pull(&mut cursor, &[5, 4, 3, 2, 1]), (Some(3), vec![4, 3, 2]));
    }

    #[rstest]
    #[case::a_page_keeps_one_row_of_context(1, Some(6))]
    #[case::many_pages_end_at_the_end(9, Some(9))]
    fn pages_are_as_long_as_what_is_visible(#[case] pages: isize, #[case] expected: Option<u32>) {
        let list: Vec<u32> = (1..=9).collect();
        let mut cursor = Cursor::new(Home::Top);
        pull(&mut cursor, &list);
        cursor.step(3);
        pull(&mut cursor, &list);

        cursor.page(pages);

        assert_eq!(pull(&mut cursor, &list).0, expected);
    }

    #[test]
    fn the_first_row_of_an_empty_list_is_selected_when_it_comes() {
        let mut cursor = Cursor::new(Home::Top);
        assert_eq!(pull(&mut cursor, &[]), (None, vec![]));

        assert_eq!(pull(&mut cursor, &[1]), (Some(1), vec![1]));
    }
}
