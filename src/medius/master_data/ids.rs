//! The ids of master data. References to an entry hold its id. Ids are not shown: they become names
//! when data is shown or written, and names are looked up when data is read.

use std::ops::Deref;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The id of a company, role, authorization group or login option.
///
/// No two entries of a tenant have the same id, also not one after the other. It is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MasterDataId(u64);

/// References to entries of one list, each once. They are shown in the order in which they were
/// named. The order has no meaning: two values are equal if they have the same entries.
#[derive(Clone, Debug, Default, Eq)]
pub struct MasterDataIds(Vec<MasterDataId>);

impl Deref for MasterDataIds {
    type Target = [MasterDataId];

    fn deref(&self) -> &[MasterDataId] {
        &self.0
    }
}

impl FromIterator<MasterDataId> for MasterDataIds {
    fn from_iter<I: IntoIterator<Item = MasterDataId>>(ids: I) -> Self {
        let mut each = Vec::new();
        for id in ids {
            if !each.contains(&id) {
                each.push(id);
            }
        }
        Self(each)
    }
}

impl PartialEq for MasterDataIds {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |it: &Self| {
            let mut ids = it.0.clone();
            ids.sort_unstable();
            ids
        };
        self.len() == other.len() && (self.0 == other.0 || sorted(self) == sorted(other))
    }
}

/// A list of the master data whose entries are referred to. It serialises as the name of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MasterKind {
    /// The companies.
    #[serde(rename = "companies")]
    Company,
    /// The roles.
    #[serde(rename = "roles")]
    Role,
    /// The authorization groups.
    #[serde(rename = "authorizationGroups")]
    AuthorizationGroup,
    /// The login options.
    #[serde(rename = "loginOptions")]
    LoginOption,
}

impl MasterKind {
    /// All lists.
    pub const ALL: [Self; 4] =
        [Self::Company, Self::Role, Self::AuthorizationGroup, Self::LoginOption];

    /// The word for one of its entries.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Role => "role",
            Self::AuthorizationGroup => "authorization group",
            Self::LoginOption => "login option",
        }
    }

    /// The name of the list.
    pub fn list(self) -> &'static str {
        match self {
            Self::Company => "companies",
            Self::Role => "roles",
            Self::AuthorizationGroup => "authorizationGroups",
            Self::LoginOption => "loginOptions",
        }
    }
}

/// The ids of the entries of each list, in the order of the entries, and the names of deleted ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    /// Each list is in ascending order, since entries are added at the end.
    lists: [Vec<MasterDataId>; MasterKind::ALL.len()],
    /// The last names of entries that were deleted.
    deleted: OrdMap<MasterDataId, SmolStr>,
    /// How many ids were assigned.
    given: u64,
}

impl Ids {
    /// Ids for lists of these lengths.
    pub(super) fn of_lists(length: impl Fn(MasterKind) -> usize) -> Self {
        let mut ids = Self::default();
        for kind in MasterKind::ALL {
            for _ in 0..length(kind) {
                ids.add(kind);
            }
        }
        ids
    }

    pub(super) fn list(&self, kind: MasterKind) -> &[MasterDataId] {
        &self.lists[kind as usize]
    }

    /// The index of an entry in its list; `None` if it was deleted.
    pub(super) fn place(&self, kind: MasterKind, id: MasterDataId) -> Option<usize> {
        self.list(kind).binary_search(&id).ok()
    }

    /// The id of an entry that is added to a list.
    pub(super) fn add(&mut self, kind: MasterKind) -> MasterDataId {
        let id = self.next();
        self.lists[kind as usize].push(id);
        id
    }

    /// Notes that the entry at an index of a list is deleted.
    pub(super) fn delete(&mut self, kind: MasterKind, place: usize, name: &str) {
        let id = self.lists[kind as usize].remove(place);
        self.deleted.insert(id, name.into());
    }

    /// An id for an entry of which only the name is known, and that it was deleted.
    pub(super) fn add_deleted(&mut self, name: &str) -> MasterDataId {
        let id = self.next();
        self.deleted.insert(id, name.into());
        id
    }

    /// The last name of an entry that was deleted.
    pub(super) fn deleted_name(&self, id: MasterDataId) -> Option<&str> {
        self.deleted.get(&id).map(SmolStr::as_str)
    }

    fn next(&mut self) -> MasterDataId {
        self.given += 1;
        MasterDataId(self.given)
    }
}
