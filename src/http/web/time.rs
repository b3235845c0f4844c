//! Times as pages show them: in full, and in UTC, as `meta` of the resources has them.

use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};

/// A time within a sentence: `2026-11-30 17:19:00 UTC`.
pub(super) fn text(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The same by itself, where no line breaks within it.
pub(super) fn shown(at: Timestamp) -> Markup {
    html! { time { (text(at)) } }
}
