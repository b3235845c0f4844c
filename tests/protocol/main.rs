//! Tests of the protocol beyond single resources: sorting, cursors, searches at the root, Bulk,
//! versions.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bulk;
mod cursors;
mod names;
mod references;
mod searching;
mod shown_versions;
mod sorting;
mod support;
mod versions;
