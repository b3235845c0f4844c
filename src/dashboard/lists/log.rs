//! The provisioning log.

use crate::{
    dashboard::{
        table::{Column, KEPT},
        text::time,
        theme::Role,
    },
    entra::{LogEntry, Status},
};

pub(in super::super) const COLUMNS: &[Column<LogEntry>] = &[
    Column::fixed("", 1, KEPT, |it: &LogEntry, _| {
        let (glyph, role) = match it.status {
            Status::Success => ("✓", Role::Good),
            Status::Failure => ("✗", Role::Bad),
            Status::Warning => ("!", Role::Warn),
            Status::Skipped => ("=", Role::Dim),
        };
        (glyph.into(), role)
    }),
    Column::fixed("AT", 8, 1, |it: &LogEntry, zone| (time(it.at, zone), Role::Dim)),
    Column::fixed("ACTION", 7, 2, |it: &LogEntry, _| (it.action.name().to_lowercase(), Role::Text)),
    Column::growing("OBJECT", [12, 2], KEPT, |it: &LogEntry, _| {
        (it.source_name.to_string(), Role::Text)
    })
    .copied('n', "name"),
    Column::growing("RESULT", [14, 3], 3, |it: &LogEntry, _| match it.status {
        Status::Failure => (it.result(), Role::Bad),
        _ => (it.result(), Role::Text),
    })
    .copied('m', "result"),
];
