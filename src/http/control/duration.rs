//! Durations as the control API takes them: `"250ms"`, `"2s"`, `"1m 30s"`, or milliseconds.

use std::{fmt, time::Duration};

use jiff::SignedDuration;
use serde::{Deserializer, de};

use super::Problem;

/// The longest that anything may wait: ten minutes.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// Reads a duration, for `#[serde(deserialize_with)]`.
///
/// # Errors
///
/// What was found and what was expected.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_any(Reader)
}

/// The same of a text.
///
/// # Errors
///
/// What was found and what was expected.
fn parse(text: &str) -> Result<Duration, String> {
    if let Ok(millis) = text.parse() {
        return Ok(Duration::from_millis(millis));
    }
    let duration: Option<SignedDuration> = text.parse().ok();
    let duration = duration.and_then(|it| Duration::try_from(it).ok());
    duration.ok_or_else(|| {
        format!("expected a duration such as \"250ms\", \"2s\" or a number of milliseconds, found {text:?}")
    })
}

/// A wait that somebody asked for.
///
/// # Errors
///
/// 400 `invalid-duration` beyond [`LONGEST_WAIT`].
pub(super) fn patience(asked: Duration) -> Result<Duration, Problem> {
    if asked <= LONGEST_WAIT {
        return Ok(asked);
    }
    let detail = format!("waits are {LONGEST_WAIT:?} at most, found {asked:?}");
    Err(Problem::new(400, "invalid-duration", detail))
}

struct Reader;

impl de::Visitor<'_> for Reader {
    type Value = Duration;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a duration such as \"250ms\", or a number of milliseconds")
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Duration, E> {
        Ok(Duration::from_millis(millis))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).map_err(E::custom)
    }
}
