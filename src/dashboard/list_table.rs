//! A table of the visible rows only.
//!
//! The widgets of ratatui take all rows and lay out all of them: a second per frame for a million
//! rows. Here the source returns the visible rows only.

use jiff::tz::TimeZone;
use ratatui::layout::Rect;

use super::canvas::{Canvas, Line, inside};
use super::list_order::ListOrder;
use super::list_window::ListWindow;
use super::text::{left, right};
use super::theme::TextRole;

/// The rank of a column that is never left out.
pub(super) const KEPT: u8 = u8::MAX;

/// One column of a list.
#[derive(Clone, Copy)]
pub(super) struct Column<Row> {
    /// Its title.
    title: &'static str,
    /// Its minimum width.
    least: u16,
    /// Its share of the remaining width; 0: it keeps its minimum.
    share: u16,
    /// Whether it is right-aligned, as numbers are.
    is_number: bool,
    /// Without room, the column with the lowest rank is left out first; [`KEPT`] never.
    rank: u8,
    /// The text and the role of the cell of a row.
    cell: Cell<Row>,
    /// The order by this column, if the list can be sorted by it.
    pub(super) order: Option<ListOrder>,
    /// The key in the copy menu, and the name of the text there.
    copied: Option<(char, &'static str)>,
}

/// The text and role of a cell, for a row and a time zone.
type Cell<Row> = fn(&Row, &TimeZone) -> (String, TextRole);

impl<Row> Column<Row> {
    /// A column of a fixed width.
    pub(super) const fn fixed(title: &'static str, width: u16, rank: u8, cell: Cell<Row>) -> Self {
        Self::growing(title, [width, 0], rank, cell)
    }

    /// A column that grows with the available width: its minimum width and its share of the rest.
    pub(super) const fn growing(
        title: &'static str,
        [least, share]: [u16; 2],
        rank: u8,
        cell: Cell<Row>,
    ) -> Self {
        Self { title, least, share, is_number: false, rank, cell, order: None, copied: None }
    }

    /// The same, right-aligned.
    pub(super) const fn number(self) -> Self {
        Self { is_number: true, ..self }
    }

    /// The same, by which the list can be sorted.
    pub(super) const fn sorted(self, order: ListOrder) -> Self {
        Self { order: Some(order), ..self }
    }

    /// The same, whose text can be copied.
    pub(super) const fn copied(self, key: char, what: &'static str) -> Self {
        Self { copied: Some((key, what)), ..self }
    }

    /// The text of a row to copy: the key, its name, and the text.
    pub(super) fn copy(&self, row: &Row, zone: &TimeZone) -> Option<(char, &'static str, String)> {
        self.copied.map(|(key, what)| (key, what, (self.cell)(row, zone).0))
    }
}

/// The columns that fit into a width, each with its width; one blank between.
fn fit<Row>(columns: &[Column<Row>], width: u16) -> Vec<(&Column<Row>, u16)> {
    let mut kept: Vec<&Column<Row>> = columns.iter().collect();
    let need = |kept: &[&Column<Row>]| -> u16 {
        kept.iter().map(|it| it.least + 1).sum::<u16>().saturating_sub(1)
    };
    while need(&kept) > width {
        let lowest = kept.iter().enumerate().min_by_key(|(_, it)| it.rank);
        match lowest {
            Some((place, it)) if it.rank < KEPT => kept.remove(place),
            _ => break,
        };
    }
    let mut spare = width.saturating_sub(need(&kept));
    let mut shares: u16 = kept.iter().map(|it| it.share).sum();
    let grow = |it: &Column<Row>| {
        let more = (spare * it.share).checked_div(shares).unwrap_or(0);
        shares -= it.share;
        spare -= more;
        it.least + more
    };
    let widths: Vec<u16> = kept.iter().copied().map(grow).collect();
    kept.into_iter().zip(widths).collect()
}

/// A table.
pub(super) struct ListTable<'a, Row> {
    /// Its columns.
    pub(super) columns: &'a [Column<Row>],
    /// The rows that are visible.
    pub(super) window: &'a ListWindow<Row>,
    /// The role of the row under the cursor, if it is marked.
    pub(super) cursor: Option<TextRole>,
}

/// Whether there is room for the titles of the columns above the rows.
pub(super) fn has_titles(height: u16) -> bool {
    height >= 4
}

/// The number of rows in a table of this height.
pub(super) fn rows(height: u16) -> u16 {
    height - u16::from(has_titles(height))
}

impl<Row> ListTable<'_, Row> {
    /// Draws the table inside a pane, and the pane's scrollbar.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, pane: Rect, zone: &TimeZone) {
        let (area, window) = (inside(pane), self.window);
        let fitted = fit(self.columns, area.width);
        let titles = u16::from(has_titles(area.height));
        if titles > 0 {
            canvas.line(area, 0, &line(&fitted, |it| (it.title.to_owned(), TextRole::Dim)));
        }
        let selected = window.at.map(|at| at - window.offset);
        for (place, (nth, row)) in (titles..area.height).zip(window.rows.iter().enumerate()) {
            canvas.line(area, place, &line(&fitted, |it| (it.cell)(row, zone)));
            if let Some(role) = self.cursor.filter(|_| selected == Some(nth)) {
                canvas.restyle(Rect { y: area.y + place, height: 1, ..area }, role);
            }
        }
        canvas.scrollbar(pane, window.offset, window.rows.len(), window.total);
    }
}

/// One line of columns.
fn line<Row>(
    fitted: &[(&Column<Row>, u16)],
    cell: impl Fn(&Column<Row>) -> (String, TextRole),
) -> Line {
    fitted.iter().fold(Line::default(), |line, (column, width)| {
        let (text, role) = cell(column);
        let set = if column.is_number { right } else { left };
        line.and(set(&text, (*width).into()), role).and(" ", TextRole::Text)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CELL: Cell<()> = |(), _| (String::new(), TextRole::Text);

    const COLUMNS: [Column<()>; 4] = [
        Column::fixed("", 1, KEPT, CELL),
        Column::growing("NAME", [8, 2], KEPT, CELL),
        Column::growing("USERNAME", [10, 1], 2, CELL),
        Column::fixed("SIZE", 6, 1, CELL).number(),
    ];

    #[rstest]
    #[case::everything(40, &[("", 1), ("NAME", 16), ("USERNAME", 14), ("SIZE", 6)])]
    #[case::exactly(28, &[("", 1), ("NAME", 8), ("USERNAME", 10), ("SIZE", 6)])]
    #[case::the_lowest_rank_goes_first(27, &[("", 1), ("NAME", 12), ("USERNAME", 12)])]
    #[case::then_the_next(20, &[("", 1), ("NAME", 18)])]
    #[case::what_is_kept_stays(3, &[("", 1), ("NAME", 8)])]
    #[case::nothing(0, &[("", 1), ("NAME", 8)])]
    fn columns_are_left_out_by_rank(#[case] width: u16, #[case] expected: &[(&str, u16)]) {
        let fitted: Vec<_> =
            fit(&COLUMNS, width).into_iter().map(|(it, width)| (it.title, width)).collect();

        assert_eq!(fitted, expected);
    }
}
