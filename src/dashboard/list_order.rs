//! What a list is sorted by.

use std::cmp::Reverse;

use jiff::Timestamp;
use smol_str::SmolStr;

use crate::scim::Resource;

/// What a list is sorted by: what its title says, and what it reads of each resource.
#[derive(Clone, Copy, Debug)]
pub struct ListOrder {
    /// Its name.
    pub name: &'static str,
    key: Option<fn(&Resource) -> RowSortKey>,
}

/// What a resource is sorted by; of one kind within a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowSortKey {
    /// In the order of the directory.
    Made,
    /// A to Z, without case.
    Text(SmolStr),
    /// The latest first.
    Time(Reverse<Timestamp>),
    /// The largest first.
    Number(Reverse<usize>),
}

impl ListOrder {
    /// The newest first: by creation, for members by when they were added.
    pub const NEWEST: Self = Self { name: "newest", key: None };

    /// By what `key` reads of each resource.
    pub(super) const fn by(name: &'static str, key: fn(&Resource) -> RowSortKey) -> Self {
        Self { name, key: Some(key) }
    }

    /// What a resource is sorted by.
    pub(super) fn key(self, resource: &Resource) -> RowSortKey {
        self.key.map_or(RowSortKey::Made, |key| key(resource))
    }
}

/// By name: a list has no two orders of one name.
impl PartialEq for ListOrder {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for ListOrder {}
