//! The choices that the RFCs leave open, or that real servers make differently.
//!
//! The defaults are assumed of MediusFlow, except where a comment names its documentation.

use std::num::NonZeroU16;

use serde::{Deserialize, Deserializer, Serialize};
use smol_str::SmolStr;

use crate::quirk::Quirks;

/// One row for each switch: what a dialect has, and the name under which it is shown and changed.
macro_rules! switches {
    ($( $(#[$doc:meta])* $field:ident $name:literal: $kind:ty, )*) => {
        /// How one tenant speaks SCIM: switches, each read at one place of the engine.
        ///
        /// ```
        /// use scim_engine::{Dialect, Profile, UnknownAttributes};
        ///
        /// let dialect = Dialect {
        ///     unknown_attributes: UnknownAttributes::Drop,
        ///     ..Dialect::of(Profile::Mediusflow).strict()
        /// };
        ///
        /// assert_eq!(serde_json::to_value(&dialect)?["unknownAttributes"], "drop");
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Dialect {
            /// The tolerated deviations.
            pub quirks: Quirks,
            $( $(#[$doc])* #[serde(rename = $name)] pub $field: $kind, )*
        }

        /// New values of some switches. A switch without one stays as it is.
        ///
        /// ```
        /// use scim_engine::{Dialect, DialectChange, Duplicates, Profile};
        /// use serde_json::json;
        ///
        /// let mut change = DialectChange::default();
        /// assert!(change.set("duplicates", &json!("replace"))?);
        /// assert!(!change.set("colour", &json!("red"))?); // no such switch
        ///
        /// let mut dialect = Dialect::of(Profile::Rfc);
        /// change.apply(&mut dialect);
        /// assert_eq!(dialect.duplicates, Duplicates::Replace);
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct DialectChange {
            $( $(#[$doc])* pub $field: Option<$kind>, )*
        }

        impl DialectChange {
            /// The names of the switches.
            pub const NAMES: &[&str] = &[$($name),*];

            /// Reads the new value of the switch of this name; `false` if there is no such switch.
            ///
            /// # Errors
            ///
            /// If the switch cannot have this value.
            pub fn set<'de, D: Deserializer<'de>>(
                &mut self,
                name: &str,
                value: D,
            ) -> Result<bool, D::Error> {
                match name {
                    $( $name => self.$field = Some(<$kind>::deserialize(value)?), )*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            /// Gives a dialect the new values.
            pub fn apply(&self, dialect: &mut Dialect) {
                $( if let Some(value) = &self.$field { dialect.$field.clone_from(value); } )*
            }
        }
    };
}

switches! {
    /// Which attributes a filter may name.
    filterable "filterable": Filterable,
    /// Whether a PATCH of a user answers 200 with the user, or 204 with nothing.
    answers_modified_users "answersModifiedUsers": bool,
    /// Whether a PATCH of any other resource answers 200 with it, or 204 with nothing.
    answers_modified_others "answersModifiedOthers": bool,
    /// What happens to an attribute that no schema defines.
    unknown_attributes "unknownAttributes": UnknownAttributes,
    /// Where the values that a schema suggests are the only ones.
    canonical_values "canonicalValues": CanonicalValues,
    /// What a Replace does at a value filter that matches nothing.
    absent_targets "absentTargets": AbsentTargets,
    /// What happens to a member that is not a resource of the tenant.
    unknown_members "unknownMembers": UnknownMembers,
    /// Whether two groups may have the same name.
    group_names "groupNames": GroupNames,
    /// Who may read the discovery endpoints.
    discovery "discovery": Discovery,
    /// What a POST does if a value that must be unique is in use.
    duplicates "duplicates": Duplicates,
    /// What a DELETE of a user does.
    deleted_users "deletedUsers": DeletedUsers,
    /// The `userName` of the user that `/Me` is
    /// ([RFC 7644 §3.11](https://www.rfc-editor.org/rfc/rfc7644#section-3.11)); no user if empty.
    me "me": SmolStr,
    /// How pages are addressed if the client does not choose.
    paging "paging": Paging,
    /// How many resources a page has at most.
    most_results "mostResults": PageCap,
}

/// Which attributes a filter may name, per resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Filterable {
    /// All attributes that a client may read.
    Everything,
    /// The attributes that the tutorial marks, and those of Entra's reference check.
    Documented,
}

/// What happens to an attribute that no schema defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnknownAttributes {
    /// The request is refused.
    Refuse,
    /// The attribute is left out.
    Drop,
}

/// Where a text must be one of the `canonicalValues` of its schema. RFC 7643 §2.3.1 lets a server
/// restrict a text to them; §7 calls them suggestions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CanonicalValues {
    /// In the tenant's own schemas; in the built-in ones they are suggestions.
    Own,
    /// Everywhere: another value is 400 `invalidValue`.
    Enforce,
    /// Nowhere.
    Suggest,
}

/// What a Replace does at a value filter that matches nothing, such as
/// `emails[type eq "work"].value`.
///
/// RFC 7644 §3.5.2.3 requires `noTarget`; Entra relies on the value being created. An Add at such a
/// filter follows the quirk `createOnAbsentFilter` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbsentTargets {
    /// The value is created, if the quirk `createOnAbsentFilter` is tolerated.
    Create,
    /// 400 `noTarget`.
    Refuse,
}

/// What happens to a member of a group that is not a resource of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnknownMembers {
    /// It is kept, since the resource may be created later.
    Keep,
    /// 400 `invalidValue`.
    Refuse,
}

/// Whether two groups may have the same `displayName`; RFC 7643 §8.7.1 allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupNames {
    /// The second one is refused: 409 `uniqueness`. Existing groups with the same name are kept.
    Unique,
    /// Names need not be unique.
    Free,
}

/// Who may read the discovery endpoints (RFC 7644 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Discovery {
    /// Everyone, since a client learns there how to authenticate.
    Open,
    /// Clients that send the secret key.
    Keyed,
}

/// What a POST does if a value that must be unique is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Duplicates {
    /// 409 `uniqueness` (RFC 7644 §3.3).
    Refuse,
    /// The resource that has the value is replaced as by a PUT and keeps its id. The answer is 200
    /// instead of 201, as some services do.
    Replace,
}

/// What a DELETE of a user does. Groups are always removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeletedUsers {
    /// The user is deleted; requests for it get 404 from then on (RFC 7644 §3.6).
    Remove,
    /// The user gets `active` false. It is still listed, is still a member of its groups, and its
    /// `userName` is still in use. The answer is 204 as well.
    Deactivate,
}

/// How pages are addressed if the client does not choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Paging {
    /// By index (RFC 7644 §3.4.2.4).
    Index,
    /// By cursor (RFC 9865); a request with `startIndex` still gets pages by index.
    Cursor,
}

/// The default of the largest page.
pub const MOST_RESULTS: u16 = 1_000;

/// How many resources a page has at most. `/ServiceProviderConfig` shows it as `filter.maxResults`
/// and `pagination.maxPageSize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageCap(NonZeroU16);

impl PageCap {
    /// A cap; `None` for 0, which would make every page empty.
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
