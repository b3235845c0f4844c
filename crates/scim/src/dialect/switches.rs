//! The choices that the RFCs leave open, or that real servers make differently.
//!
//! What MediusFlow chooses is not documented unless it says so: the defaults are assumed.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

/// Which attributes a filter may name, per resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Filterable {
    /// All that may be read.
    Everything,
    /// Those that the tutorial marks, and those of Entra's own reference check.
    Documented,
}

/// What happens to an attribute that no schema defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnknownAttributes {
    /// The request is refused.
    Refuse,
    /// The attribute is left out.
    Drop,
}

/// Where the `canonicalValues` of a schema are binding (RFC 7643 §2.3.1: a server MAY restrict a text
/// to them; §7 calls them suggestions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CanonicalValues {
    /// In the tenant's own schemas; those of the built-in ones are suggestions.
    Own,
    /// Everywhere: another value is 400 `invalidValue`.
    Enforce,
    /// Nowhere.
    Suggest,
}

/// What a Replace does at a value filter that matches nothing, such as
/// `emails[type eq "work"].value`.
///
/// RFC 7644 §3.5.2.3 has `noTarget`; Entra counts on the value being made. An Add there follows the
/// quirk `createOnAbsentFilter` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbsentTargets {
    /// The value is made, as far as the quirk `createOnAbsentFilter` is tolerated.
    Create,
    /// 400 `noTarget`.
    Refuse,
}

/// What happens to a member of a group that is no resource of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnknownMembers {
    /// It is kept: it may still come.
    Keep,
    /// 400 `invalidValue`.
    Refuse,
}

/// Whether two groups may have the same `displayName`; RFC 7643 §8.7.1 allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupNames {
    /// The second is refused: 409 `uniqueness`. Groups that share a name already stay.
    Unique,
    /// They may.
    Free,
}

/// Who may read the discovery endpoints (RFC 7644 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Discovery {
    /// Everyone: a client learns there how to get in.
    Open,
    /// Who has the secret key.
    Keyed,
}

/// What a POST does whose unique value is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Duplicates {
    /// 409 `uniqueness` (RFC 7644 §3.3).
    Refuse,
    /// The resource that has the value is replaced as by a PUT, keeps its id, and is answered with
    /// 200 instead of 201, as some services do.
    Replace,
}

/// What a DELETE of a user does. Groups are always removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeletedUsers {
    /// The user is gone: 404 from then on (RFC 7644 §3.6).
    Remove,
    /// The user gets `active` false and stays where it is: listed, in its groups, its `userName`
    /// taken. The answer is the same 204.
    Deactivate,
}

/// How pages follow each other where a client does not choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Paging {
    /// By index (RFC 7644 §3.4.2.4).
    Index,
    /// By cursor (RFC 9865); `startIndex` still asks for an index.
    Cursor,
}

/// How many resources a page has at most, if nobody says otherwise.
pub const MOST_RESULTS: u16 = 1_000;

/// How many resources a page has at most, announced as `filter.maxResults` and
/// `pagination.maxPageSize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageCap(NonZeroU16);

impl PageCap {
    /// A cap; `None` for 0, with which no page could be read.
    pub fn new(most: u16) -> Option<Self> {
        NonZeroU16::new(most).map(Self)
    }

    /// The number.
    pub fn most(self) -> usize {
        usize::from(self.0.get())
    }
}

impl Default for PageCap {
    fn default() -> Self {
        Self::new(MOST_RESULTS).expect("it is not 0")
    }
}
