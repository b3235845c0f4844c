//! The parameters of a list or search, and its answer.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{
    Deserialize,
    ser::{Serialize, SerializeMap, Serializer},
};
use serde_json::Value as Json;

use super::{
    error::{ScimError, ScimType},
    filter::{self, AttrPath, Filter, Urns},
    patch::refuse_second_spelling,
    plain::in_plain_words,
    predicate::Predicate,
    project::Projection,
    quirk::Quirk,
    rules::Rules,
    sort::{Sort, SortOrder},
    text::{is_same, nearest},
    urn,
};
use crate::quoted;

mod everywhere;
mod page;
/// The characters that are not escaped in a segment of a path (RFC 3986 §2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path, percent-encoded.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Whether a text is a dot segment. A client removes it from a path before it sends the address, so
/// no resource can have it as its id
/// ([RFC 3986 §5.2.4](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4)).
pub fn is_dot_segment(text: &str) -> bool {
    matches!(text, "." | "..")
}

#[cfg(test)]
mod tests;

pub use page::{DEFAULT_COUNT, Page, PageStart};

/// The parameters of a list or search
/// ([RFC 7644 §3.4.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2)), as sent.
#[derive(Clone, Debug, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchRequest {
    /// The filter: which resources.
    pub filter: Option<String>,
    /// The path of the attribute that they are sorted by.
    pub sort_by: Option<String>,
    /// `ascending` or `descending`.
    pub sort_order: Option<String>,
    /// The 1-based index of the first one to answer; less than 1 means 1.
    #[serde(deserialize_with = "page::whole")]
    pub start_index: Option<i64>,
    /// How many to answer at most; less than 0 means 0.
    #[serde(deserialize_with = "page::whole")]
    pub count: Option<i64>,
    /// Where to continue ([RFC 9865](https://www.rfc-editor.org/rfc/rfc9865)); empty for the first
    /// page.
    pub cursor: Option<String>,
    /// The attributes to return.
    pub attributes: Vec<String>,
    /// The attributes not to return.
    pub excluded_attributes: Vec<String>,
}

/// A search that has been read and fits its resource type.
#[derive(Clone, Debug)]
pub struct Search {
    /// The filter; `None` for all resources.
    pub predicate: Option<Predicate>,
    /// How each resource is shown.
    pub projection: Projection,
    /// The order; `None` for the order in which they were created.
    pub sort: Option<Sort>,
}

/// The answer to a list or search ([RFC 7644 §3.4.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2)).
#[derive(Clone, Debug)]
pub struct ListResponse<T> {
    /// How many resources match.
    pub total_results: usize,
    /// The 1-based index of the first one in `resources`; `None` with a cursor.
    pub start_index: Option<usize>,
    /// The cursor of the next page, if cursors are used and there is one.
    pub next_cursor: Option<String>,
    /// The cursor of the previous page, if cursors are used and there is one.
    pub previous_cursor: Option<String>,
    /// The resources of this page.
    pub resources: Vec<T>,
}

impl<T> ListResponse<T> {
    /// Whether it has a cursor. Cursors differ from answer to answer.
    pub fn has_cursors(&self) -> bool {
        self.next_cursor.is_some() || self.previous_cursor.is_some()
    }
}

impl SearchRequest {
    /// Reads the query string of a GET. Other parameters are ignored.
    ///
    /// # Errors
    ///
    /// `invalidValue` when `startIndex` or `count` is not a whole number, or a value is not UTF-8;
    /// `invalidFilter` when the filter is not UTF-8.
    pub fn from_query(query: &str) -> Result<Self, ScimError> {
        let mut request = Self::default();
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name, "a parameter's name")?;
            let value = decoded(value, &name)?;
            match &*name {
                "filter" => request.filter = Some(value),
                "sortBy" => request.sort_by = Some(value),
                "sortOrder" => request.sort_order = Some(value),
                "startIndex" => request.start_index = Some(page::number("startIndex", &value)?),
                "count" => request.count = Some(page::number("count", &value)?),
                "cursor" => request.cursor = Some(value),
                "attributes" => request.attributes.extend(names(&value)),
                "excludedAttributes" => request.excluded_attributes.extend(names(&value)),
                _ => {}
            }
        }
        Ok(request)
    }

    /// The parameters of a query that SCIM does not define, except the flag that Entra's Tenant URL
    /// may have.
    ///
    /// # Errors
    ///
    /// As [`SearchRequest::from_query`] for a name that is not UTF-8.
    pub fn unknown_parameters(query: &str) -> Result<Vec<String>, ScimError> {
        let pairs = query.split('&').filter(|it| !it.is_empty());
        let names =
            pairs.map(|it| decoded(it.split('=').next().unwrap_or(it), "a parameter's name"));
        let is_known = |it: &String| PARAMETERS.contains(&it.as_str()) || it == ENTRA_FLAG;
        let unknown = names.filter(|it| it.as_ref().map_or(true, |it| !is_known(it)));
        unknown.collect()
    }

    /// The parameters that a query has more than once. The last one counts.
    ///
    /// # Errors
    ///
    /// As [`SearchRequest::from_query`] for a name that is not UTF-8.
    pub fn repeated_parameters(query: &str) -> Result<Vec<String>, ScimError> {
        let (mut once, mut repeated) = (Vec::new(), Vec::new());
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            let name = decoded(pair.split('=').next().unwrap_or(pair), "a parameter's name")?;
            let names = if once.contains(&name) { &mut repeated } else { &mut once };
            // Other parameters are reported as unknown.
            if PARAMETERS.contains(&name.as_str()) && !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(repeated)
    }

    /// Refuses a query that is not UTF-8 when it is decoded, also in parameters that are not read.
    ///
    /// # Errors
    ///
    /// `invalidValue`, or `invalidFilter` for the filter. The detail names the parameter.
    pub fn refuse_unreadable(query: &str) -> Result<(), ScimError> {
        if !query.contains('%') {
            return Ok(());
        }
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            decoded(value, &decoded(name, "a parameter's name")?)?;
        }
        Ok(())
    }

    /// The refusal of a parameter that SCIM does not define.
    pub fn unknown_parameter(name: &str) -> ScimError {
        let meant = nearest(name, PARAMETERS);
        ScimError::new(ScimType::InvalidValue, format!("{} is no parameter of SCIM", quoted(name)))
            .meant(meant)
            .hinting(Quirk::UnknownParameter)
    }

    /// Reads the body of a `POST /.search` (RFC 7644 §3.4.3).
    ///
    /// # Errors
    ///
    /// `invalidSyntax` when the body is not a `SearchRequest`.
    pub fn from_body(body: &Json) -> Result<Self, ScimError> {
        refuse_second_spelling(body, &["schemas"])?;
        refuse_second_spelling(body, &PARAMETERS)?;
        let listed = body.get("schemas").and_then(Json::as_array);
        if !listed.is_some_and(|all| all.iter().any(|it| it == urn::SEARCH_REQUEST)) {
            return Err(syntax(format!("schemas must be [\"{}\"]", urn::SEARCH_REQUEST)));
        }
        // Names are compared without case (RFC 7643 §2.1).
        let spelled = |name: &String| PARAMETERS.into_iter().find(|it| is_same(it, name));
        let members = body.as_object().into_iter().flatten();
        let members: Json = members
            .map(|(name, it)| (spelled(name).unwrap_or(name).to_owned(), it.clone()))
            .collect();
        serde_path_to_error::deserialize(&members).map_err(|error| {
            let words = in_plain_words(&error.inner().to_string());
            syntax(format!("{}: {words}", error.path()))
        })
    }

    /// Binds the filter, the order and the names of attributes to a resource type.
    ///
    /// # Errors
    ///
    /// `invalidFilter` (with the byte of the syntax error, or the attribute that cannot be
    /// filtered), and `invalidValue` for wrong names.
    pub fn resolve(&self, rules: &Rules<'_>) -> Result<Search, ScimError> {
        // The projection is read first, so that its quirks are noted even if the filter is wrong.
        let projection = self.projection(rules);
        let predicate = match &self.filter {
            Some(text) => {
                let filter = parse_filter(rules, text)?;
                let bound = Predicate::bind(rules, &filter);
                let is_refused = |it: &Filter| Predicate::bind(rules, it).is_err();
                Some(bound.map_err(|error| located(rules, text, &filter, is_refused, error))?)
            }
            None => None,
        };
        let sort = match (&self.sort_by, self.order()?) {
            (Some(sort_by), order) => Some(Sort::parse(rules, sort_by, order)?),
            // sortOrder has no effect without sortBy.
            (None, _) => None,
        };
        Ok(Search { predicate, projection: projection?, sort })
    }

    fn order(&self) -> Result<SortOrder, ScimError> {
        self.sort_order.as_deref().map_or_else(|| Ok(SortOrder::default()), SortOrder::parse)
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

/// The parameters of RFC 7644 §3.4.2 and §3.9, and that of RFC 9865.
const PARAMETERS: [&str; 8] = [
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "cursor",
    "attributes",
    "excludedAttributes",
];

/// The flag that an administrator adds to Entra's Tenant URL. Entra then sends it with every
/// request.
const ENTRA_FLAG: &str = "aadOptscim062020";

fn syntax(detail: String) -> ScimError {
    ScimError::new(ScimType::InvalidSyntax, detail).by("RFC 7644 §3.4.3")
}

fn parse_filter(rules: &Rules<'_>, text: &str) -> Result<Filter, ScimError> {
    Filter::parse(text, Urns(rules.schemas.urns()))
        .map_err(|error| ScimError::new(ScimType::InvalidFilter, error.to_string()))
}

/// Adds to the refusal of a filter the position of the first test that is refused on its own.
fn located(
    rules: &Rules<'_>,
    text: &str,
    filter: &Filter,
    is_refused: impl Fn(&Filter) -> bool,
    error: ScimError,
) -> ScimError {
    let is_secret = |it: &AttrPath| {
        let target = rules.resource_type.resolve(it);
        target.is_some_and(|it| !it.definition.may_filter() || !it.leaf().may_filter())
    };
    if filter.attributes().any(|it| is_secret(&it)) {
        return error; // A value that is compared with a password is not repeated.
    }
    let refused = filter.tests().into_iter().position(is_refused);
    let starts = filter::parse::tests(text, Urns(rules.schemas.urns())).unwrap_or_default();
    match starts.get(refused.unwrap_or_default()) {
        Some(start) => error.at_byte(text, *start),
        None => error,
    }
}

fn names(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// Decodes a part of a query, which must be UTF-8.
fn decoded(text: &str, name: &str) -> Result<String, ScimError> {
    String::from_utf8(bytes(text)).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let detail = format!("{name} is no UTF-8 text, found %{byte:02X} after {at} bytes");
        let refusal = |error| {
            ScimError::new(error, detail).hint("percent-encode the bytes of the text in UTF-8")
        };
        match name {
            "filter" => refusal(ScimType::InvalidFilter).by("RFC 3986 §2.5"),
            // A text that is not UTF-8 cannot be a cursor of this server.
            "cursor" => refusal(ScimType::InvalidCursor),
            _ => refusal(ScimType::InvalidValue).by("RFC 3986 §2.5"),
        }
    })
}

/// Decodes `%41` and `+`. Other characters stay as they are, since Entra sends raw quotes.
pub fn decode(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

/// Decodes a segment of a path, in which `+` is not an escape.
pub fn decode_segment(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Decodes a part of a query to bytes.
fn bytes(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

impl<T: Serialize> Serialize for ListResponse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &[urn::LIST_RESPONSE])?;
        map.serialize_entry("totalResults", &self.total_results)?;
        if let Some(start_index) = self.start_index {
            map.serialize_entry("startIndex", &start_index)?;
        }
        map.serialize_entry("itemsPerPage", &self.resources.len())?;
        let cursors =
            [("previousCursor", &self.previous_cursor), ("nextCursor", &self.next_cursor)];
        for (name, cursor) in cursors {
            if let Some(cursor) = cursor {
                map.serialize_entry(name, cursor)?;
            }
        }
        map.serialize_entry("Resources", &self.resources)?;
        map.end()
    }
}
