//! Which page of a list is returned: by index
//! ([RFC 7644 §3.4.2.4](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.4)) or by cursor
//! ([RFC 9865](https://www.rfc-editor.org/rfc/rfc9865)).

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, json};

use super::SearchRequest;
use crate::{
    cursor::{CursorContext, PageCursor},
    dialect::{Dialect, Paging},
    error::{ScimError, ScimType},
    quoted,
};

/// How many resources a page has if the client does not say. `/ServiceProviderConfig` shows it as
/// `pagination.defaultPageSize`.
pub const DEFAULT_COUNT: usize = 100;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it begins or ends.
    pub start: PageStart,
    /// How many resources it has at most.
    pub count: usize,
    /// The request without cursor and count. Cursors are valid for the same one only. It is empty for a
    /// page by index, which has no cursors.
    query: String,
}

/// Where a page begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageStart {
    /// It begins at a 1-based index.
    Index(usize),
    /// It is the first page of a list that is read by cursors.
    First,
    /// A cursor says where it begins or ends.
    Cursor(PageCursor),
}

impl Page {
    /// The 1-based index at which it begins, unless cursors are used.
    pub fn index(&self) -> Option<usize> {
        match self.start {
            PageStart::Index(index) => Some(index),
            PageStart::First | PageStart::Cursor(_) => None,
        }
    }

    /// The cursor of a page of the same query.
    pub fn encode(&self, cursor: &PageCursor, secret: &str, now: Timestamp) -> String {
        cursor.encode(self.context(secret), now)
    }

    fn context<'a>(&'a self, secret: &'a str) -> CursorContext<'a> {
        CursorContext { secret, query: &self.query, count: self.count }
    }
}

impl SearchRequest {
    /// Reads which page of the list at an endpoint the client asks for. `secret` signs the cursors
    /// of the tenant. Without `startIndex` and `cursor` the dialect decides how pages are
    /// addressed.
    ///
    /// # Errors
    ///
    /// As [`PageCursor::decode`], and `invalidValue` when both a cursor and a `startIndex` are
    /// given.
    pub fn page(
        &self,
        dialect: &Dialect,
        endpoint: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<Page, ScimError> {
        let at_least = |it: i64, least: usize| usize::try_from(it).unwrap_or(0).max(least);
        // "A value less than 1 SHALL be interpreted as 1", "a negative value … as 0".
        let index = PageStart::Index(self.start_index.map_or(1, |it| at_least(it, 1)));
        let count = self.count.map_or(DEFAULT_COUNT, |it| at_least(it, 0));
        let count = count.min(dialect.most_results.most());
        let is_by_cursor = self.cursor.is_some()
            || (self.start_index.is_none() && dialect.paging == Paging::Cursor);
        if !is_by_cursor {
            return Ok(Page { start: index, count, query: String::new() });
        }
        let query = Self { cursor: None, count: None, ..self.clone() };
        let query = format!("{endpoint} {}", json!(query));
        let mut page = Page { start: PageStart::First, count, query };
        if self.start_index.is_some() {
            let detail = "startIndex asks for pages by index and cursor for pages by cursor, \
                          give one of them";
            return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 9865 §2.4"));
        }
        if let Some(text) = self.cursor.as_deref().filter(|it| !it.is_empty()) {
            page.start = PageStart::Cursor(PageCursor::decode(text, page.context(secret), now)?);
        }
        Ok(page)
    }
}

/// Reads a whole number of a query. A number that does not fit becomes the largest or smallest one.
///
/// # Errors
///
/// `invalidValue` when it is not a whole number.
pub(super) fn number(name: &str, value: &str) -> Result<i64, ScimError> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    value.trim().parse().or_else(|error: std::num::ParseIntError| match error.kind() {
        PosOverflow => Ok(i64::MAX),
        NegOverflow => Ok(i64::MIN),
        _ => {
            let detail = format!("{name} must be a whole number, found {}", quoted(value));
            Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.4.2.4"))
        }
    })
}

/// Reads a whole number of a body, in the same way.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    let large = || number.as_f64().filter(|it| it.fract() == 0.0);
    #[expect(clippy::cast_possible_truncation, reason = "the cast ends at the largest number")]
    let whole = number.as_i64().or_else(|| large().map(|it| it as i64));
    let none = || serde::de::Error::custom(format!("expected a whole number, found {number}"));
    whole.map(Some).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::{Profile, urn};

    fn page(request: &SearchRequest) -> Result<Page, ScimError> {
        let dialect = Dialect::of(Profile::Rfc);
        request.page(&dialect, "/Users", "key", Timestamp::UNIX_EPOCH)
    }

    #[rstest]
    #[case("", 1, 100)]
    #[case("startIndex=11&count=+5+", 11, 5)]
    #[case("startIndex=0&count=-1", 1, 0)]
    #[case("startIndex=-99999999999999999999&count=99999999999999999999", 1, 1_000)]
    #[case("startIndex=99999999999999999999&count=1001", usize::MAX >> 1, 1_000)]
    fn an_index_and_a_count_are_clamped(
        #[case] query: &str,
        #[case] index: usize,
        #[case] count: usize,
    ) {
        let page = page(&SearchRequest::from_query(query).unwrap()).unwrap();

        assert_eq!((page.start, page.count), (PageStart::Index(index), count));
    }

    #[rstest]
    #[case(json!(1e30), 1_000)]
    #[case(json!(u64::MAX), 1_000)]
    #[case(json!(-5), 0)]
    #[case(json!(7), 7)]
    fn a_body_may_ask_for_any_whole_number(
        #[case] count: serde_json::Value,
        #[case] expected: usize,
    ) {
        let body = json!({"schemas": [urn::SEARCH_REQUEST], "count": count});

        assert_eq!(page(&SearchRequest::from_body(&body).unwrap()).unwrap().count, expected);
    }

    #[rstest]
    #[case("count=ten", "invalidValue")]
    #[case("startIndex=1.5", "invalidValue")]
    #[case("startIndex=", "invalidValue")]
    fn a_text_that_is_not_a_number_is_refused(#[case] query: &str, #[case] word: &str) {
        let error = SearchRequest::from_query(query).unwrap_err();

        assert_eq!(error.scim_type().map(ScimType::as_str), Some(word));
    }

    #[rstest]
    #[case("cursor", Some(PageStart::First))]
    #[case("cursor=&count=5", Some(PageStart::First))]
    #[case("cursor=&startIndex=1", None)]
    #[case("cursor=x", None)]
    fn an_empty_cursor_asks_for_the_first_page(
        #[case] query: &str,
        #[case] start: Option<PageStart>,
    ) {
        let page = page(&SearchRequest::from_query(query).unwrap());

        assert_eq!(page.ok().map(|it| it.start), start);
    }
}
