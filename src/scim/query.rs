//! What a list or search asks for, and its answer.

use serde::{
    Deserialize,
    ser::{Serialize, SerializeMap, Serializer},
};
use serde_json::Value as Json;

use super::{
    dialect::Rules,
    error::{ScimError, ScimType},
    filter::Filter,
    path::Urns,
    predicate::Predicate,
    project::Projection,
    urn,
};

#[cfg(test)]
mod tests;

/// The parameters of a list or search
/// ([RFC 7644 §3.4.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2)), as sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchRequest {
    /// Which resources.
    pub filter: Option<String>,
    /// The 1-based index of the first one to answer; less than 1 means 1.
    pub start_index: Option<i64>,
    /// How many to answer at most; less than 0 means 0.
    pub count: Option<i64>,
    /// Which of their attributes.
    pub attributes: Vec<String>,
    /// Which of their attributes not.
    pub excluded_attributes: Vec<String>,
}

/// A search that has been read and fits its resource type.
#[derive(Clone, Debug)]
pub struct Search {
    /// Which resources; all if there is no filter.
    pub predicate: Option<Predicate>,
    /// How each is shown.
    pub projection: Projection,
    /// The 1-based index of the first one to answer.
    pub start_index: usize,
    /// How many to answer at most.
    pub count: usize,
}

/// The answer to a list or search ([RFC 7644 §3.4.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2)).
#[derive(Clone, Debug)]
pub struct ListResponse<T> {
    /// How many resources match.
    pub total_results: usize,
    /// The 1-based index of the first one in `resources`.
    pub start_index: usize,
    /// Those of this page.
    pub resources: Vec<T>,
}

/// How many resources a page has if the client does not say.
const DEFAULT_COUNT: usize = 100;

impl SearchRequest {
    /// Reads the query string of a GET; parameters of other names are left alone.
    ///
    /// # Errors
    ///
    /// `invalidValue` when `startIndex` or `count` is no whole number.
    pub fn from_query(query: &str) -> Result<Self, ScimError> {
        let mut request = Self::default();
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value);
            match &*decode(name) {
                "filter" => request.filter = Some(value),
                "startIndex" => request.start_index = Some(number("startIndex", &value)?),
                "count" => request.count = Some(number("count", &value)?),
                "attributes" => request.attributes.extend(names(&value)),
                "excludedAttributes" => request.excluded_attributes.extend(names(&value)),
                _ => {}
            }
        }
        Ok(request)
    }

    /// Reads the body of a `POST /.search` (RFC 7644 §3.4.3).
    ///
    /// # Errors
    ///
    /// `invalidSyntax` when the body is no `SearchRequest`.
    pub fn from_body(body: &Json) -> Result<Self, ScimError> {
        let listed = body.get("schemas").and_then(Json::as_array);
        if !listed.is_some_and(|all| all.iter().any(|it| it == urn::SEARCH_REQUEST)) {
            let detail = format!("schemas must be [\"{}\"] (RFC 7644 §3.4.3)", urn::SEARCH_REQUEST);
            return Err(ScimError::new(ScimType::InvalidSyntax, detail));
        }
        Self::deserialize(body)
            .map_err(|error| ScimError::new(ScimType::InvalidSyntax, error.to_string()))
    }

    /// Reads the filter and the names against a resource type.
    ///
    /// # Errors
    ///
    /// `invalidFilter` (with the byte where the grammar was left, or the attribute that cannot be
    /// filtered) and `invalidValue` for names that are none.
    pub fn resolve(&self, rules: &Rules<'_>) -> Result<Search, ScimError> {
        let predicate = match &self.filter {
            Some(text) => Some(Predicate::bind(rules, &parse_filter(rules, text)?)?),
            None => None,
        };
        let at_least = |it: i64, least: usize| usize::try_from(it).unwrap_or(0).max(least);
        Ok(Search {
            predicate,
            projection: self.projection(rules)?,
            // "A value less than 1 SHALL be interpreted as 1", "a negative value … as 0".
            start_index: self.start_index.map_or(1, |it| at_least(it, 1)),
            count: self
                .count
                .map_or(DEFAULT_COUNT, |it| at_least(it, 0))
                .min(rules.dialect.most_results.most()),
        })
    }

    /// How the resources of the answer are shown.
    ///
    /// # Errors
    ///
    /// `invalidValue`, as [`Projection::parse`].
    pub fn projection(&self, rules: &Rules<'_>) -> Result<Projection, ScimError> {
        Projection::parse(rules, &self.attributes, &self.excluded_attributes)
    }
}

fn parse_filter(rules: &Rules<'_>, text: &str) -> Result<Filter, ScimError> {
    Filter::parse(text, Urns(rules.schemas.urns())).map_err(|error| {
        let detail = format!("{error} (RFC 7644 §3.4.2.2)");
        ScimError::new(ScimType::InvalidFilter, detail)
    })
}

fn names(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

fn number(name: &str, value: &str) -> Result<i64, ScimError> {
    value.trim().parse().map_err(|_error| {
        let detail = format!("{name} must be a whole number, found {value:?}");
        ScimError::new(ScimType::InvalidValue, detail)
    })
}

/// Decodes `%41` and `+`; what is no escape stays as it is, since Entra sends raw quotes.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|digits| {
            let [high, low] = digits else { return None };
            let digit = |it: &u8| char::from(*it).to_digit(16);
            u8::try_from(digit(high)? << 4 | digit(low)?).ok()
        });
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl<T: Serialize> Serialize for ListResponse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("schemas", &[urn::LIST_RESPONSE])?;
        map.serialize_entry("totalResults", &self.total_results)?;
        map.serialize_entry("startIndex", &self.start_index)?;
        map.serialize_entry("itemsPerPage", &self.resources.len())?;
        map.serialize_entry("Resources", &self.resources)?;
        map.end()
    }
}
