//! Durations in the format of the control API: `"250ms"`, `"2s"`, `"1m 30s"`, or milliseconds.

use std::time::Duration;

use serde::{Deserialize as _, Deserializer};

use super::ProblemDetails;
use crate::{http::duration::JsonDuration, journal::human_duration};

/// The longest wait: ten minutes.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// Reads a duration, for `#[serde(deserialize_with)]`.
///
/// # Errors
///
/// The actual and the expected value.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    JsonDuration::deserialize(deserializer).map(|JsonDuration(it)| it)
}

/// Like [`read`], for an optional duration.
///
/// # Errors
///
/// As [`read`].
pub(super) fn read_some<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    read(deserializer).map(Some)
}

/// Checks the length of a wait.
///
/// # Errors
///
/// 400 `invalid-duration` beyond [`LONGEST_WAIT`].
pub(super) fn patience(asked: Duration) -> Result<Duration, ProblemDetails> {
    if asked <= LONGEST_WAIT {
        return Ok(asked);
    }
    let [most, asked] = [LONGEST_WAIT, asked].map(human_duration);
    let detail = format!("waits are {most} at most, found {asked}");
    Err(ProblemDetails::new(400, "invalid-duration", detail))
}
