//! The list of exchanges.

use std::sync::Arc;

use crate::{
    dashboard::{
        list_table::{Column, KEPT},
        text::{size, time, took},
        theme::TextRole,
    },
    journal::{Exchange, Mark},
};

type Row = Arc<Exchange>;

/// The description is cut last. The mark and the status are always shown.
pub(in super::super) const COLUMNS: &[Column<Row>] = &[
    Column::fixed("", 1, KEPT, |it: &Row, _| (it.mark().glyph().to_string(), role(it.mark()))),
    Column::fixed("AT", 8, 7, |it: &Row, zone| (time(it.at, zone), TextRole::Dim)),
    Column::fixed("METHOD", 6, 3, |it: &Row, _| (it.method.to_string(), emphasis(it))),
    Column::fixed("CODE", 4, KEPT, |it: &Row, _| (it.code(), status_role(it.status))),
    Column::growing("WHAT HAPPENED", [34, 3], KEPT, |it: &Row, _| {
        (it.summary.clone(), emphasis(it))
    })
    .copied('m', "summary"),
    Column::growing("PATH", [26, 1], 2, |it: &Row, _| (it.target.to_string(), TextRole::Dim)),
    Column::fixed("FROM", 8, 5, |it: &Row, _| (it.from.to_string(), TextRole::Dim)),
    Column::fixed("TOOK", 6, 6, |it: &Row, _| (took(it.took), TextRole::Dim)).number(),
    Column::fixed("SIZE", 6, 4, |it: &Row, _| (size(it.response.size), TextRole::Dim)).number(),
    Column::fixed("#", 7, 1, |it: &Row, _| (it.seq.to_string(), TextRole::Dim)).number(),
];

/// What changed nothing is dim.
fn emphasis(exchange: &Exchange) -> TextRole {
    if exchange.mark() == Mark::Unchanged { TextRole::Dim } else { TextRole::Text }
}

/// The role of a mark.
pub(in super::super) fn role(mark: Mark) -> TextRole {
    match mark {
        Mark::Created => TextRole::Good,
        Mark::Changed => TextRole::Info,
        Mark::Unchanged => TextRole::Dim,
        Mark::Deleted => TextRole::Gone,
        Mark::Read => TextRole::Text,
        Mark::Refused => TextRole::Warn,
        Mark::Failed => TextRole::Bad,
    }
}

fn status_role(status: u16) -> TextRole {
    match status {
        0 | 500.. => TextRole::Bad,
        400.. => TextRole::Warn,
        _ => TextRole::Text,
    }
}
