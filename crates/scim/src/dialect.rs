//! How a tenant speaks SCIM: what it tolerates beyond the RFC, and what it chooses where servers differ.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::quirk::Quirks;

mod switches;

pub use switches::{
    AbsentTargets, CanonicalValues, DeletedUsers, Discovery, Duplicates, Filterable, GroupNames,
    MOST_RESULTS, PageCap, Paging, UnknownAttributes, UnknownMembers,
};

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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dialect {
    /// The tolerated deviations.
    pub quirks: Quirks,
    /// Which attributes a filter may name.
    pub filterable: Filterable,
    /// Whether a PATCH of a user answers 200 with the user, or 204 with nothing.
    pub answers_modified_users: bool,
    /// Whether a PATCH of any other resource answers 200 with it, or 204 with nothing.
    pub answers_modified_others: bool,
    /// What happens to an attribute that no schema defines.
    pub unknown_attributes: UnknownAttributes,
    /// Where the values that a schema suggests are the only ones.
    pub canonical_values: CanonicalValues,
    /// What a Replace does at a value filter that matches nothing.
    pub absent_targets: AbsentTargets,
    /// What happens to a member that is no resource of the tenant.
    pub unknown_members: UnknownMembers,
    /// Whether two groups may have the same name.
    pub group_names: GroupNames,
    /// Who may read the discovery endpoints.
    pub discovery: Discovery,
    /// What a POST does whose unique value is in use.
    pub duplicates: Duplicates,
    /// What a DELETE of a user does.
    pub deleted_users: DeletedUsers,
    /// The `userName` of the user for whom `/Me` stands
    /// ([RFC 7644 §3.11](https://www.rfc-editor.org/rfc/rfc7644#section-3.11)); nobody if empty.
    pub me: SmolStr,
    /// How pages follow each other where a client does not choose.
    pub paging: Paging,
    /// How many resources a page has at most.
    pub most_results: PageCap,
}

/// The SCIM profile of a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Profile {
    /// What the tutorial documents of MediusFlow.
    #[default]
    Mediusflow,
    /// The whole standard.
    Rfc,
}

impl Dialect {
    /// The switches of a profile; both tolerate every quirk.
    ///
    /// In the profile `mediusflow` a group's name is unique, as Entra expects of a target (assumed of
    /// MediusFlow).
    pub fn of(profile: Profile) -> Self {
        let documented = profile == Profile::Mediusflow;
        Self {
            quirks: Quirks::all(),
            filterable: if documented { Filterable::Documented } else { Filterable::Everything },
            answers_modified_users: true,
            answers_modified_others: !documented,
            unknown_attributes: UnknownAttributes::Refuse,
            canonical_values: CanonicalValues::Own,
            absent_targets: if documented { AbsentTargets::Create } else { AbsentTargets::Refuse },
            unknown_members: UnknownMembers::Keep,
            group_names: if documented { GroupNames::Unique } else { GroupNames::Free },
            discovery: Discovery::Open,
            duplicates: Duplicates::Refuse,
            deleted_users: DeletedUsers::Remove,
            me: SmolStr::default(),
            paging: Paging::Index,
            most_results: PageCap::default(),
        }
    }

    /// Whether a PATCH of a resource of this type answers 200 with it, or 204 with nothing.
    pub fn answers_modified(&self, kind: &str) -> bool {
        match kind {
            "User" => self.answers_modified_users,
            _ => self.answers_modified_others,
        }
    }

    /// The same, tolerating no quirk.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { quirks: Quirks::none(), ..self }
    }
}

impl Filterable {
    /// Whether a filter on a resource type may name these attributes together.
    ///
    /// Documented is `userName` alone (tutorial, Step 5, column "Supported for filtering"); Entra's
    /// reference check sends `id` with `manager` or `members`, and groups are matched by
    /// `displayName` or `externalId`.
    pub(super) fn allows(self, resource_type: &str, names: &[SmolStr]) -> bool {
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        let only = |allowed: &[&str]| names.iter().all(|it| allowed.iter().any(|ok| is(it, ok)));
        match (self, resource_type) {
            (Self::Everything, _) => true,
            (Self::Documented, "User") => {
                only(&["userName"])
                    || (only(&["id", "manager"]) && names.iter().any(|it| is(it, "id")))
            }
            (Self::Documented, "Group") => {
                only(&["displayName"])
                    || only(&["externalId"])
                    || (only(&["id", "members"]) && names.iter().any(|it| is(it, "id")))
            }
            (Self::Documented, _) => true,
        }
    }

    /// What may be filtered, for an error's detail.
    pub(super) fn words(resource_type: &str) -> &'static str {
        match resource_type {
            "User" => "userName (the tutorial, Step 5), or id with manager",
            _ => "displayName, externalId, or id with members",
        }
    }
}
