//! The cursors of a list
//! ([RFC 9865](https://www.rfc-editor.org/rfc/rfc9865)): where a page began or ended, as a text.
//!
//! The server keeps nothing of them. A cursor holds the place of the resource next to the page, a
//! digest of the query it belongs to, and a seal that only the tenant can make: so one that was
//! made up or belongs to another query is told apart from a good one. The place is that of the
//! resource in the order of the list, not a count of what lies before it: what comes and goes
//! meanwhile moves nothing.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    error::{ScimError, ScimType},
    sort::SortKey,
};

/// How many seconds a cursor can be used; announced as `pagination.cursorTimeout`.
pub const CURSOR_LIFE: i64 = 3_600;

/// Where a resource stands in a sorted list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    /// What it is sorted by, if the list is sorted and it has data.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SortKey>,
    /// Its resource type's place among those that are searched.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub shelf: u16,
    /// Its place among the resources of its type, in the order in which they were made; never used
    /// twice.
    #[serde(rename = "o")]
    pub ordinal: u64,
}

/// From where on a page of a list goes, and which way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edge {
    /// The resources that follow this place.
    #[serde(rename = "a")]
    After(Rank),
    /// The resources right before this place.
    #[serde(rename = "b")]
    Before(Rank),
}

/// What a cursor must agree with to be used.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    /// What only the tenant knows.
    pub secret: &'a str,
    /// Everything of the query but its cursor and its count.
    pub query: &'a str,
    /// How many resources each page has at most.
    pub count: usize,
}

#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(rename = "e")]
    edge: Edge,
    #[serde(rename = "n")]
    count: usize,
    #[serde(rename = "q")]
    query: u64,
    /// Seconds since 1970.
    #[serde(rename = "t")]
    made: i64,
}

/// The seal's size in bytes.
const SEAL: usize = 16;

impl Edge {
    /// The cursor of a page that goes on here.
    ///
    /// # Panics
    ///
    /// Never: a place can be written as JSON.
    pub fn to_cursor(&self, seal: Seal<'_>, now: Timestamp) -> String {
        let content = Content {
            edge: self.clone(),
            count: seal.count,
            query: seal.digest(),
            made: now.as_second(),
        };
        let content = serde_json::to_vec(&content).expect("a place has text keys only");
        let mark = digest(&[seal.secret.as_bytes(), &content]);
        BASE64_URL_SAFE_NO_PAD.encode([mark.as_bytes().as_slice(), &content].concat())
    }

    /// Reads a cursor that this tenant made for the same query.
    ///
    /// # Errors
    ///
    /// `invalidCursor` when it was made up, changed, or belongs to another query, `invalidCount`
    /// when the count is another one, `expiredCursor` after [`CURSOR_LIFE`] (RFC 9865 §2.1).
    pub fn from_cursor(text: &str, seal: Seal<'_>, now: Timestamp) -> Result<Self, ScimError> {
        let invalid = |why: &str| {
            let detail = format!(
                "{why}; send an empty cursor for the first page, and then nextCursor or \
                 previousCursor as they came"
            );
            ScimError::new(ScimType::InvalidCursor, detail)
        };
        let foreign = || invalid("this cursor was not made here");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_error| foreign())?;
        let (mark, content) = bytes.split_at_checked(SEAL).ok_or_else(foreign)?;
        if digest(&[seal.secret.as_bytes(), content]).as_bytes() != mark {
            return Err(foreign());
        }
        let content: Content = serde_json::from_slice(content).map_err(|_error| foreign())?;
        if content.query != seal.digest() {
            return Err(invalid(
                "this cursor belongs to another query: all parameters but the cursor stay the same",
            ));
        }
        if content.count != seal.count {
            let detail = format!(
                "count must stay {} while a cursor is followed, found {}",
                content.count, seal.count
            );
            return Err(ScimError::new(ScimType::InvalidCount, detail));
        }
        if now.as_second().saturating_sub(content.made) > CURSOR_LIFE {
            let detail = format!(
                "the cursor is older than cursorTimeout ({CURSOR_LIFE} seconds); \
                 begin again with an empty cursor"
            );
            return Err(ScimError::new(ScimType::ExpiredCursor, detail));
        }
        Ok(content.edge)
    }
}

impl Seal<'_> {
    fn digest(&self) -> u64 {
        digest(&[self.query.as_bytes()]).as_u64_pair().0
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_zero(it: &u16) -> bool {
    *it == 0
}

/// A digest of several texts, of which none runs into the next.
fn digest(parts: &[&[u8]]) -> Uuid {
    let whole = parts.iter().fold(Uuid::NAMESPACE_OID, |so_far, part| Uuid::new_v5(&so_far, part));
    Uuid::new_v5(&whole, b"cursor")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEAL: Seal<'static> = Seal { secret: "key", query: "/Users?filter=active", count: 10 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn edge() -> Edge {
        let key = Some(SortKey::Text("Ängström / ~".into()));
        Edge::After(Rank { key, shelf: 1, ordinal: 41 })
    }

    fn refused(text: &str, seal: Seal<'_>, now: i64) -> Option<ScimType> {
        Edge::from_cursor(text, seal, at(now)).unwrap_err().scim_type()
    }

    #[test]
    fn a_cursor_is_read_back_and_safe_in_a_url() {
        let cursor = edge().to_cursor(SEAL, at(0));

        assert_eq!(Edge::from_cursor(&cursor, SEAL, at(CURSOR_LIFE)), Ok(edge()));
        let is_unreserved = |it: char| it.is_ascii_alphanumeric() || "-._~".contains(it);
        assert!(cursor.chars().all(is_unreserved), "{cursor}");
    }

    #[test]
    fn a_cursor_belongs_to_one_tenant_and_one_query() {
        let cursor = edge().to_cursor(SEAL, at(0));

        let of_others = [Seal { secret: "other", ..SEAL }, Seal { query: "/Groups", ..SEAL }];
        for seal in of_others {
            assert_eq!(refused(&cursor, seal, 0), Some(ScimType::InvalidCursor));
        }
        let other_count = Seal { count: 11, ..SEAL };
        assert_eq!(refused(&cursor, other_count, 0), Some(ScimType::InvalidCount));
    }

    #[test]
    fn a_cursor_expires() {
        let cursor = edge().to_cursor(SEAL, at(0));

        assert_eq!(refused(&cursor, SEAL, CURSOR_LIFE + 1), Some(ScimType::ExpiredCursor));
    }

    proptest! {
        #[test]
        fn a_cursor_with_another_letter_is_refused(at_letter: prop::sample::Index, letter in 0..64_usize) {
            let cursor = edge().to_cursor(SEAL, at(0));
            let mut letters: Vec<u8> = cursor.clone().into_bytes();
            let index = at_letter.index(letters.len());
            letters[index] = base64::alphabet::URL_SAFE.as_str().as_bytes()[letter];
            let forged = String::from_utf8(letters).unwrap();
            prop_assume!(forged != cursor);

            prop_assert_eq!(refused(&forged, SEAL, 0), Some(ScimType::InvalidCursor));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert_eq!(refused(&text, SEAL, 0), Some(ScimType::InvalidCursor));
        }
    }
}
