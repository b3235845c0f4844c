//! Windows onto lists: queries for rows, and their results.

/// A query for a window onto a list. It is anchored to an object, not to a row number, so that the
/// row under the cursor stays in place while others come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowQuery<Id> {
    /// The row to start from.
    pub anchor: RowAnchor<Id>,
    /// The distance from the anchor to the selected row; negative: upwards.
    pub step: isize,
    /// The row of the window in which the selected row should be, from 0 at the top.
    pub above: usize,
    /// The most rows of the window.
    pub limit: usize,
}

/// The anchor of a [`WindowQuery`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowAnchor<Id> {
    /// The first row, whichever it is.
    First,
    /// The last row, whichever it is.
    Last,
    /// The row of this object.
    At {
        /// The object. An exchange that does not match any more is replaced by the next newer one.
        id: Id,
        /// The last known row of the object, which is used if the object is gone.
        row: usize,
    },
}

/// The position of a [`WindowQuery`] in a list of a known length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlacedWindow {
    /// The number of the first visible row.
    pub offset: usize,
    /// How many rows are visible.
    pub length: usize,
    /// The number of the selected row; `None` in an empty list.
    pub at: Option<usize>,
}

impl<Id> WindowQuery<Id> {
    /// Places the window in a list of `total` rows. `find` returns the row of an object.
    ///
    /// The window is full if there are enough rows, and contains the selected row.
    pub fn place(&self, total: usize, find: impl FnOnce(&Id) -> Option<usize>) -> PlacedWindow {
        let Some(last) = total.checked_sub(1) else {
            return PlacedWindow::default();
        };
        let start = match &self.anchor {
            RowAnchor::First => 0,
            RowAnchor::Last => last,
            RowAnchor::At { id, row } => find(id).unwrap_or(*row).min(last),
        };
        let at = start.saturating_add_signed(self.step).min(last);
        let length = self.limit.min(total);
        let above = self.above.min(length.saturating_sub(1));
        let offset = at.saturating_sub(above).min(total - length);
        PlacedWindow { offset, length, at: Some(at) }
    }
}

/// A window of rows of a list.
#[derive(Clone, Debug)]
pub struct ListWindow<Row> {
    /// The visible rows.
    pub rows: Vec<Row>,
    /// The number of rows of the filtered list before them.
    pub offset: usize,
    /// The number of rows of the filtered list.
    pub total: usize,
    /// The number of rows without the filter.
    pub unfiltered: usize,
    /// The number of the selected row in the filtered list; `None` if it is empty.
    pub at: Option<usize>,
}

impl<Row> ListWindow<Row> {
    /// The selected row.
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.at?.checked_sub(self.offset)?)
    }
}

impl<Row> Default for ListWindow<Row> {
    fn default() -> Self {
        Self { rows: Vec::new(), offset: 0, total: 0, unfiltered: 0, at: None }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_top(RowAnchor::First, 0, 0, (0, 5, Some(0)))]
    #[case::the_bottom(RowAnchor::Last, 0, 4, (5, 5, Some(9)))]
    #[case::an_object_stays_in_its_row(RowAnchor::At { id: 6, row: 1 }, 0, 2, (4, 5, Some(6)))]
    #[case::one_further_up(RowAnchor::At { id: 6, row: 1 }, -1, 0, (5, 5, Some(5)))]
    #[case::a_gone_object_leaves_its_row(RowAnchor::At { id: 77, row: 3 }, 0, 0, (3, 5, Some(3)))]
    #[case::a_step_beyond_the_end(RowAnchor::First, 400, 0, (5, 5, Some(9)))]
    #[case::a_step_beyond_the_start(RowAnchor::Last, -400, 4, (0, 5, Some(0)))]
    fn a_view_is_placed_by_what_its_row_is(
        #[case] anchor: RowAnchor<usize>,
        #[case] step: isize,
        #[case] above: usize,
        #[case] (offset, length, at): (usize, usize, Option<usize>),
    ) {
        let view = WindowQuery { anchor, step, above, limit: 5 };

        let placed = view.place(10, |id| (*id < 10).then_some(*id));

        assert_eq!(placed, PlacedWindow { offset, length, at });
    }

    #[test]
    fn an_empty_list_has_no_selected_row() {
        let view = WindowQuery::<usize> { anchor: RowAnchor::Last, step: -3, above: 2, limit: 5 };

        assert_eq!(view.place(0, |_| None), PlacedWindow::default());
    }

    proptest::proptest! {
        #[test]
        fn a_window_is_full_and_contains_the_selected_row(
            total in 1_usize..60, row in 0_usize..80, step in -90_isize..90,
            above in 0_usize..40, limit in 1_usize..30,
        ) {
            let view = WindowQuery { anchor: RowAnchor::At { id: row, row }, step, above, limit };

            let PlacedWindow { offset, length, at } = view.place(total, |_| None);

            let at = at.unwrap();
            assert_eq!(length, limit.min(total));
            assert!(offset + length <= total && (offset..offset + length).contains(&at));
        }
    }
}
