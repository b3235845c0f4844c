//! A table of the rows that are visible, and no others.
//!
//! The widgets of ratatui want all rows and lay all of them out: a second a frame at a million.
//! Here the source was asked for the visible rows only.

use ratatui::layout::Rect;

use super::canvas::{Canvas, Line};
use super::text::{left, right};
use super::theme::Role;

/// One column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// What stands above it.
    pub(super) title: &'static str,
    /// The least columns it is useful with.
    pub(super) least: u16,
    /// Its share of what is left over; 0: it stays at its least.
    pub(super) share: u16,
    /// Whether it is set flush right, as numbers are.
    pub(super) is_number: bool,
    /// The lowest is left out first when there is no room; [`Column::KEPT`] never.
    pub(super) rank: u8,
}

impl Column {
    /// The rank of a column that is never left out.
    pub(super) const KEPT: u8 = u8::MAX;

    /// A column of a fixed width.
    pub(super) const fn fixed(title: &'static str, width: u16, rank: u8) -> Self {
        Self { title, least: width, share: 0, is_number: false, rank }
    }

    /// A column that grows with the room there is.
    pub(super) const fn growing(title: &'static str, least: u16, share: u16, rank: u8) -> Self {
        Self { title, least, share, is_number: false, rank }
    }

    /// The same, set flush right.
    pub(super) const fn number(mut self) -> Self {
        self.is_number = true;
        self
    }
}

/// The columns that fit into a width, each with its index and its own width; one blank between.
pub(super) fn fit(columns: &[Column], width: u16) -> Vec<(usize, u16)> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let need = |kept: &[usize]| -> u16 {
        kept.iter().map(|it| columns[*it].least + 1).sum::<u16>().saturating_sub(1)
    };
    while need(&kept) > width {
        let lowest = kept.iter().enumerate().min_by_key(|(_, it)| columns[**it].rank);
        match lowest {
            Some((place, it)) if columns[*it].rank < Column::KEPT => kept.remove(place),
            _ => break,
        };
    }
    let mut spare = width.saturating_sub(need(&kept));
    let mut shares: u16 = kept.iter().map(|it| columns[*it].share).sum();
    let grow = |it: &usize| {
        let share = columns[*it].share;
        let more = (spare * share).checked_div(shares).unwrap_or(0);
        shares -= share;
        spare -= more;
        (*it, columns[*it].least + more)
    };
    kept.iter().map(grow).collect()
}

/// What a table shows.
pub(super) struct Table<'a> {
    /// Its columns.
    pub(super) columns: &'a [Column],
    /// How many rows are there to draw.
    pub(super) rows: usize,
    /// The row under the cursor, counted from the first one drawn.
    pub(super) selected: Option<usize>,
    /// Whether the pane has the keys.
    pub(super) has_keys: bool,
}

/// Whether there is room for the titles of the columns above the rows.
pub(super) fn has_titles(height: u16) -> bool {
    height >= 4
}

/// How many rows a table of that height shows.
pub(super) fn rows(height: u16) -> u16 {
    height - u16::from(has_titles(height))
}

impl Table<'_> {
    /// Draws the table, asking `cell` for the text of each row and column.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        cell: impl Fn(usize, usize) -> (String, Role),
    ) {
        let fitted = fit(self.columns, area.width);
        let titles = u16::from(has_titles(area.height));
        if titles > 0 {
            let title = |at: usize| (self.columns[at].title.to_owned(), Role::Dim);
            canvas.line(area, 0, &self.row(&fitted, title));
        }
        for (place, row) in (titles..area.height).zip(0..self.rows) {
            canvas.line(area, place, &self.row(&fitted, |column| cell(row, column)));
            if self.selected == Some(row) {
                let role = if self.has_keys { Role::Selected } else { Role::Remembered };
                canvas.restyle(Rect { y: area.y + place, height: 1, ..area }, role);
            }
        }
    }

    fn row(&self, fitted: &[(usize, u16)], cell: impl Fn(usize) -> (String, Role)) -> Line {
        fitted.iter().fold(Line::default(), |line, (column, width)| {
            let (text, role) = cell(*column);
            let set = if self.columns[*column].is_number { right } else { left };
            line.and(set(&text, (*width).into()), role).and(" ", Role::Text)
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::fixed("", 1, Column::KEPT),
        Column::growing("NAME", 8, 2, Column::KEPT),
        Column::growing("USERNAME", 10, 1, 2),
        Column::fixed("SIZE", 6, 1).number(),
    ];

    #[rstest]
    #[case::everything(40, &[(0, 1), (1, 16), (2, 14), (3, 6)])]
    #[case::exactly(28, &[(0, 1), (1, 8), (2, 10), (3, 6)])]
    #[case::the_lowest_rank_goes_first(27, &[(0, 1), (1, 12), (2, 12)])]
    #[case::then_the_next(20, &[(0, 1), (1, 18)])]
    #[case::what_is_kept_stays(3, &[(0, 1), (1, 8)])]
    #[case::nothing(0, &[(0, 1), (1, 8)])]
    fn columns_are_left_out_by_rank(#[case] width: u16, #[case] expected: &[(usize, u16)]) {
        assert_eq!(fit(&COLUMNS, width), expected);
    }
}
