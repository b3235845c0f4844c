//! The provisioning log.

use crate::{
    dashboard::{
        list_table::{Column, KEPT},
        text::time,
        theme::TextRole,
    },
    entra::{LogEntry, Status},
};

pub(in super::super) const COLUMNS: &[Column<LogEntry>] = &[
    Column::fixed("", 1, KEPT, |it: &LogEntry, _| {
        let (glyph, role) = match it.status {
            Status::Success => ("✓", TextRole::Good),
            Status::Failure => ("✗", TextRole::Bad),
            Status::Warning => ("!", TextRole::Warn),
            Status::Skipped => ("=", TextRole::Dim),
        };
        (glyph.into(), role)
    }),
    Column::fixed("AT", 8, 1, |it: &LogEntry, zone| (time(it.at, zone), TextRole::Dim)),
    Column::fixed("ACTION", 7, 2, |it: &LogEntry, _| {
        (it.action.name().to_lowercase(), TextRole::Text)
    }),
    Column::growing("OBJECT", [12, 2], KEPT, |it: &LogEntry, _| {
        (it.source_name.to_string(), TextRole::Text)
    })
    .copied('n', "name"),
    Column::growing("RESULT", [14, 3], 3, |it: &LogEntry, _| match it.status {
        Status::Failure => (it.result(), TextRole::Bad),
        _ => (it.result(), TextRole::Text),
    })
    .copied('m', "result"),
];
