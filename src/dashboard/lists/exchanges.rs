//! The list of exchanges.

use std::sync::Arc;

use crate::{
    dashboard::{
        table::{Column, KEPT},
        text::{size, time, took},
        theme::Role,
    },
    journal::{Exchange, Mark},
};

type Row = Arc<Exchange>;

/// What happened is the last to be cut; the mark and the status are never left out.
pub(in super::super) const COLUMNS: &[Column<Row>] = &[
    Column::fixed("", 1, KEPT, |it: &Row, _| (it.mark().glyph().to_string(), role(it.mark()))),
    Column::fixed("AT", 8, 7, |it: &Row, zone| (time(it.at, zone), Role::Dim)),
    Column::fixed("METHOD", 6, 3, |it: &Row, _| (it.method.to_string(), emphasis(it))),
    Column::fixed("CODE", 4, KEPT, |it: &Row, _| (it.code(), status_role(it.status))),
    Column::growing("WHAT HAPPENED", [34, 3], KEPT, |it: &Row, _| {
        (it.summary.clone(), emphasis(it))
    })
    .copied('m', "summary"),
    Column::growing("PATH", [26, 1], 2, |it: &Row, _| (it.target.to_string(), Role::Dim)),
    Column::fixed("FROM", 8, 5, |it: &Row, _| (it.from.to_string(), Role::Dim)),
    Column::fixed("TOOK", 6, 6, |it: &Row, _| (took(it.took), Role::Dim)).number(),
    Column::fixed("SIZE", 6, 4, |it: &Row, _| (size(it.response.size), Role::Dim)).number(),
    Column::fixed("#", 7, 1, |it: &Row, _| (it.seq.to_string(), Role::Dim)).number(),
];

/// What changed nothing is dim.
fn emphasis(exchange: &Exchange) -> Role {
    if exchange.mark() == Mark::Unchanged { Role::Dim } else { Role::Text }
}

/// The role of a mark.
pub(in super::super) fn role(mark: Mark) -> Role {
    match mark {
        Mark::Created => Role::Good,
        Mark::Changed => Role::Info,
        Mark::Unchanged => Role::Dim,
        Mark::Deleted => Role::Gone,
        Mark::Read => Role::Text,
        Mark::Refused => Role::Warn,
        Mark::Failed => Role::Bad,
    }
}

fn status_role(status: u16) -> Role {
    match status {
        0 | 500.. => Role::Bad,
        400.. => Role::Warn,
        _ => Role::Text,
    }
}
