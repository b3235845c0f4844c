//! The cursors of a list ([RFC 9865](https://www.rfc-editor.org/rfc/rfc9865)): where a page begins
//! or ends, as a text.
//!
//! The server stores no cursors. A cursor contains the position of the resource next to the page, a
//! digest of its query, and a signature that only the tenant can make. So a forged cursor, or one
//! of another query, is refused. The position is that of the resource in the order of the list, not
//! a count of the resources before it, so resources that are added or deleted do not shift the
//! pages.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    error::{ScimError, ScimType},
    sort::SortKey,
};

/// How many seconds a cursor can be used. `/ServiceProviderConfig` shows it as
/// `pagination.cursorTimeout`.
pub const CURSOR_TIMEOUT: i64 = 3_600;

/// The position of a resource in a sorted list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorPosition {
    /// What it is sorted by, if the list is sorted and the resource has a value.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SortKey>,
    /// The index of its resource type among those that are searched.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub type_index: u16,
    /// Its number among the resources of its type, in the order in which they were created. No
    /// number is used twice.
    #[serde(rename = "o")]
    pub ordinal: u64,
}

/// The position that a page follows or precedes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PageCursor {
    /// The resources after this position.
    #[serde(rename = "a")]
    After(CursorPosition),
    /// The resources right before this position.
    #[serde(rename = "b")]
    Before(CursorPosition),
}

/// What a cursor belongs to. It is refused in any other context.
#[derive(Clone, Copy, Debug)]
pub struct CursorContext<'a> {
    /// A secret of the tenant.
    pub secret: &'a str,
    /// The query without its cursor and its count.
    pub query: &'a str,
    /// How many resources each page has at most.
    pub count: usize,
}

#[derive(Serialize, Deserialize)]
struct CursorContent {
    #[serde(rename = "e")]
    cursor: PageCursor,
    #[serde(rename = "n")]
    count: usize,
    #[serde(rename = "q")]
    query: u64,
    /// Seconds since 1970.
    #[serde(rename = "t")]
    made: i64,
}

/// The size of the signature in bytes.
const SIGNATURE: usize = 16;

impl PageCursor {
    /// The cursor as a text.
    ///
    /// # Panics
    ///
    /// Never: a position can be written as JSON.
    pub fn encode(&self, context: CursorContext<'_>, now: Timestamp) -> String {
        let content = CursorContent {
            cursor: self.clone(),
            count: context.count,
            query: context.digest(),
            made: now.as_second(),
        };
        let content = serde_json::to_vec(&content).expect("a place has text keys only");
        let signature = digest(&[context.secret.as_bytes(), &content]);
        BASE64_URL_SAFE_NO_PAD.encode([signature.as_bytes().as_slice(), &content].concat())
    }

    /// Reads a cursor that this tenant made for the same query.
    ///
    /// # Errors
    ///
    /// `invalidCursor` when it is forged, was changed, or belongs to another query, `invalidCount`
    /// when the count differs, `expiredCursor` after [`CURSOR_TIMEOUT`] (RFC 9865 §2.1).
    pub fn decode(
        text: &str,
        context: CursorContext<'_>,
        now: Timestamp,
    ) -> Result<Self, ScimError> {
        let invalid = |why: &str| {
            let detail = format!(
                "{why}; send an empty cursor for the first page, and then nextCursor or \
                 previousCursor as they came"
            );
            ScimError::new(ScimType::InvalidCursor, detail)
        };
        let foreign = || invalid("this cursor was not made here");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_error| foreign())?;
        let (signature, content) = bytes.split_at_checked(SIGNATURE).ok_or_else(foreign)?;
        if digest(&[context.secret.as_bytes(), content]).as_bytes() != signature {
            return Err(foreign());
        }
        let content: CursorContent = serde_json::from_slice(content).map_err(|_error| foreign())?;
        if content.query != context.digest() {
            return Err(invalid(
                "this cursor belongs to another query: all parameters but the cursor stay the same",
            ));
        }
        if content.count != context.count {
            let detail = format!(
                "count must stay {} while a cursor is followed, found {}",
                content.count, context.count
            );
            return Err(ScimError::new(ScimType::InvalidCount, detail));
        }
        if now.as_second().saturating_sub(content.made) > CURSOR_TIMEOUT {
            let detail = format!(
                "the cursor is older than cursorTimeout ({CURSOR_TIMEOUT} seconds); \
                 begin again with an empty cursor"
            );
            return Err(ScimError::new(ScimType::ExpiredCursor, detail));
        }
        Ok(content.cursor)
    }
}

impl CursorContext<'_> {
    fn digest(&self) -> u64 {
        digest(&[self.query.as_bytes()]).as_u64_pair().0
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_zero(it: &u16) -> bool {
    *it == 0
}

/// A digest of several texts. Moving a letter from one text to the next changes it.
fn digest(parts: &[&[u8]]) -> Uuid {
    let whole = parts.iter().fold(Uuid::NAMESPACE_OID, |so_far, part| Uuid::new_v5(&so_far, part));
    Uuid::new_v5(&whole, b"cursor")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONTEXT: CursorContext<'static> =
        CursorContext { secret: "key", query: "/Users?filter=active", count: 10 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn cursor_after() -> PageCursor {
        let key = Some(SortKey::Text("Ängström / ~".into()));
        PageCursor::After(CursorPosition { key, type_index: 1, ordinal: 41 })
    }

    fn refused(text: &str, context: CursorContext<'_>, now: i64) -> Option<ScimType> {
        PageCursor::decode(text, context, at(now)).unwrap_err().scim_type()
    }

    #[test]
    fn a_cursor_can_be_read_back_and_needs_no_escapes_in_a_url() {
        let cursor = cursor_after().encode(CONTEXT, at(0));

        assert_eq!(PageCursor::decode(&cursor, CONTEXT, at(CURSOR_TIMEOUT)), Ok(cursor_after()));
        let is_unreserved = |it: char| it.is_ascii_alphanumeric() || "-._~".contains(it);
        assert!(cursor.chars().all(is_unreserved), "{cursor}");
    }

    #[test]
    fn a_cursor_belongs_to_one_tenant_and_one_query() {
        let cursor = cursor_after().encode(CONTEXT, at(0));

        let of_others = [
            CursorContext { secret: "other", ..CONTEXT },
            CursorContext { query: "/Groups", ..CONTEXT },
        ];
        for context in of_others {
            assert_eq!(refused(&cursor, context, 0), Some(ScimType::InvalidCursor));
        }
        let other_count = CursorContext { count: 11, ..CONTEXT };
        assert_eq!(refused(&cursor, other_count, 0), Some(ScimType::InvalidCount));
    }

    #[test]
    fn a_cursor_expires() {
        let cursor = cursor_after().encode(CONTEXT, at(0));

        assert_eq!(refused(&cursor, CONTEXT, CURSOR_TIMEOUT + 1), Some(ScimType::ExpiredCursor));
    }

    proptest! {
        #[test]
        fn a_cursor_with_another_letter_is_refused(at_letter: prop::sample::Index, letter in 0..64_usize) {
            let cursor = cursor_after().encode(CONTEXT, at(0));
            let mut letters: Vec<u8> = cursor.clone().into_bytes();
            let index = at_letter.index(letters.len());
            letters[index] = base64::alphabet::URL_SAFE.as_str().as_bytes()[letter];
            let forged = String::from_utf8(letters).unwrap();
            prop_assume!(forged != cursor);

            prop_assert_eq!(refused(&forged, CONTEXT, 0), Some(ScimType::InvalidCursor));
        }

        #[test]
        fn any_other_text_is_refused(text in any::<String>()) {
            prop_assert_eq!(refused(&text, CONTEXT, 0), Some(ScimType::InvalidCursor));
        }
    }
}
