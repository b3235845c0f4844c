//! How a tenant speaks SCIM: what it tolerates beyond the RFC, and what it chooses where servers differ.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::quirk::Quirks;

mod switches;

pub use switches::{
    AbsentTargets, CanonicalValues, DeletedUsers, Dialect, DialectChange, Discovery, Duplicates,
    Filterable, GroupNames, MOST_RESULTS, PageCap, Paging, UnknownAttributes, UnknownMembers,
};

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
    /// The tutorial documents `userName` alone (Step 5, column "Supported for filtering"). Entra's
    /// reference check sends `id` with `manager` or `members`, and Entra matches groups by
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

    /// The attributes that may be filtered, for the detail of an error.
    pub(super) fn words(resource_type: &str) -> &'static str {
        match resource_type {
            "User" => "userName (the tutorial, Step 5), or id with manager",
            _ => "displayName, externalId, or id with members",
        }
    }
}
