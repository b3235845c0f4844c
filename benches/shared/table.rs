//! Tables for a terminal and for a README, and the numbers in them.

/// Rows under a head.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with this head.
    pub(crate) fn new(head: Vec<String>) -> Self {
        Self { rows: vec![head] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// In columns.
    pub(crate) fn plain(&self) -> String {
        let width = |column: usize| {
            self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths);
            let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        self.rows.iter().map(line).collect()
    }

    /// As a README has it.
    pub(crate) fn markdown(&self) -> String {
        let line = |row: &[String]| format!("| {} |\n", row.join(" | "));
        let (head, rows) = self.rows.split_first().expect("a table is made with a head");
        let rule = format!("|{}\n", "---|".repeat(head.len()));
        line(head) + &rule + &rows.iter().map(|it| line(it)).collect::<String>()
    }
}

/// The least of these times: nothing but the code itself can make it less.
pub(crate) fn least(times: impl IntoIterator<Item = f64>) -> f64 {
    times.into_iter().fold(f64::INFINITY, f64::min)
}

/// A rate to two or three digits: `84,000/s`.
pub(crate) fn rate(per_second: f64) -> String {
    let step = if per_second < 1_000.0 { 10.0 } else { 100.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are small")]
    let rounded = ((per_second / step).round() * step) as usize;
    format!("{}/s", count(rounded))
}

/// A number with a comma between thousands.
pub(crate) fn count(number: usize) -> String {
    if number < 1_000 {
        return number.to_string();
    }
    format!("{},{:03}", count(number / 1_000), number % 1_000)
}
