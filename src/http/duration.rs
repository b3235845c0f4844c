//! Durations as people write them.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use crate::fault;

/// Reads a duration as [`fault::parse_duration`] does; `None` for a negative one, too.
pub fn parse_duration(text: &str) -> Option<Duration> {
    fault::parse_duration(text)?.try_into().ok()
}

/// A duration in a body: `"250ms"`, or a whole number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JsonDuration(pub(super) Duration);

impl<'de> Deserialize<'de> for JsonDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor)
    }
}

struct DurationVisitor;

impl Visitor<'_> for DurationVisitor {
    type Value = JsonDuration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"250ms\", or whole milliseconds")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<JsonDuration, E> {
        let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
        parse_duration(text).map(JsonDuration).ok_or_else(wrong)
    }

    fn visit_u64<E: de::Error>(self, milliseconds: u64) -> Result<JsonDuration, E> {
        Ok(JsonDuration(Duration::from_millis(milliseconds)))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#""250ms""#, 250)]
    #[case(r#""2s""#, 2_000)]
    #[case(r#""1h 30m""#, 5_400_000)]
    #[case(r#"" 1.5s ""#, 1_500)]
    #[case(r#""1d""#, 86_400_000)]
    #[case(r#""40""#, 40)]
    #[case("40", 40)]
    #[case("0", 0)]
    fn a_duration_has_a_unit_or_is_in_milliseconds(#[case] json: &str, #[case] milliseconds: u64) {
        let read: JsonDuration = serde_json::from_str(json).unwrap();

        assert_eq!(read.0, Duration::from_millis(milliseconds));
    }

    #[rstest]
    #[case(r#""""#)]
    #[case(r#""ms""#)]
    #[case(r#""-1s""#)]
    #[case(r#""soon""#)]
    #[case("-1")]
    #[case("1.5")]
    #[case("null")]
    fn other_values_are_no_duration(#[case] json: &str) {
        assert!(serde_json::from_str::<JsonDuration>(json).is_err());
    }
}
