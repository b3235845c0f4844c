//! Reads JSON and reports the names that an object has twice. `serde_json` keeps the last one
//! silently ([RFC 8259 §4](https://www.rfc-editor.org/rfc/rfc8259#section-4)).

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

use super::location::Location;
use crate::quoted;

/// Reads JSON. Also returns the first few paths of names that an object has twice, such as
/// `emails[0].value`.
///
/// ```
/// let (json, twice) = scim_engine::read_json(br#"{"name": {"a": 1, "a": 2}}"#)?;
///
/// assert_eq!((json["name"]["a"].as_i64(), twice), (Some(2), vec!["name.a".to_owned()]));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// As [`serde_json::from_slice`].
pub fn read_json(bytes: &[u8]) -> Result<(Json, Vec<String>), serde_json::Error> {
    let twice = RefCell::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let json = Reading { at: None, twice: &twice }.deserialize(&mut reader)?;
    reader.end()?;
    Ok((json, twice.into_inner()))
}

/// A limit, so that a body with a thousand repeated names does not make a thousand findings.
const MOST_TOLD: usize = 10;

/// A value that is being read, and its location.
#[derive(Clone, Copy)]
struct Reading<'a> {
    at: Option<&'a Location<'a>>,
    twice: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<Json, E> {
        Ok(Json::Bool(it))
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<Json, E> {
        Ok(Json::Number(it.into()))
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<Json, E> {
        Ok(Json::Number(it.into()))
    }

    fn visit_f64<E: Error>(self, it: f64) -> Result<Json, E> {
        Ok(Number::from_f64(it).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Json, E> {
        Ok(Json::String(it.to_owned()))
    }

    fn visit_string<E: Error>(self, it: String) -> Result<Json, E> {
        Ok(Json::String(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        loop {
            let location = Location::element(self.at, all.len());
            let reading = Reading { at: Some(&location), twice: self.twice };
            match elements.next_element_seed(reading)? {
                Some(element) => all.push(element),
                None => return Ok(Json::Array(all)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let location = Location::member(self.at, &name);
            let reading = Reading { at: Some(&location), twice: self.twice };
            let value = members.next_value_seed(reading)?;
            let told = all.contains_key(&name).then(|| location.to_string());
            if let Some(told) = told {
                let mut twice = self.twice.borrow_mut();
                if twice.len() < MOST_TOLD && !twice.contains(&told) {
                    twice.push(told);
                }
            }
            all.insert(name, value);
        }
        Ok(Json::Object(all))
    }
}

/// What a JSON value is, for the detail of an error. A long text is not repeated.
pub(crate) fn describe(value: &Json) -> String {
    match value {
        Json::Null => "null".into(),
        Json::Bool(it) => it.to_string(),
        Json::Number(it) => format!("the number {it}"),
        Json::String(text) if text.chars().count() > 40 => "a long string".into(),
        Json::String(text) => format!("the string {}", quoted(text)),
        Json::Array(_) => "an array".into(),
        Json::Object(_) => "an object".into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"a": 1, "b": {"a": 2}}"#, &[])]
    #[case(r#"{"a": 1, "a": 1}"#, &["a"])]
    #[case(r#"{"a": 1, "a": 2, "a": 3}"#, &["a"])]
    #[case(r#"{"a": 1, "A": 2}"#, &[])]
    #[case(r#"[{"x": {"b": 1, "b": {"c": 1, "c": 2}}}]"#, &["[0].x.b.c", "[0].x.b"])]
    #[case(r#"{"a": 1, "\u0061": 2}"#, &["a"])]
    fn a_repeated_name_is_reported(#[case] text: &str, #[case] expected: &[&str]) {
        let (json, twice) = read_json(text.as_bytes()).unwrap();

        assert_eq!(twice, expected);
        assert_eq!(json, serde_json::from_str::<Json>(text).unwrap());
    }

    #[rstest]
    #[case("")]
    #[case("{")]
    #[case("{} {}")]
    #[case("{\"a\": 1,}")]
    #[case("nul")]
    fn invalid_json_is_refused_with_the_message_of_serde_json(#[case] text: &str) {
        let words = serde_json::from_str::<Json>(text).unwrap_err().to_string();

        assert_eq!(read_json(text.as_bytes()).unwrap_err().to_string(), words);
    }

    #[test]
    fn depth_is_limited() {
        assert!(read_json("[".repeat(200).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn values_are_read_as_serde_json_reads_them(
            text in any::<String>(), whole in any::<i64>(), large in any::<u64>(), part in any::<f64>(),
        ) {
            let text = serde_json::json!([text, whole, large, part, 1e300]).to_string();

            let (json, _) = read_json(text.as_bytes()).unwrap();
            prop_assert_eq!(json, serde_json::from_str::<Json>(&text).unwrap());
        }
    }
}
