//! The order of a list.

use std::cmp::Reverse;

use jiff::Timestamp;
use smol_str::SmolStr;

use crate::scim::Resource;

/// The order of a list: its name, and the sort key of each resource.
#[derive(Clone, Copy, Debug)]
pub struct ListOrder {
    /// Its name.
    pub name: &'static str,
    key: Option<fn(&Resource) -> RowSortKey>,
}

/// The sort key of a resource; all keys of a list are of one kind.
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
    /// The newest first: by creation; members by when they were added.
    pub const NEWEST: Self = Self { name: "newest", key: None };

    /// By the key that `key` returns for each resource.
    pub(super) const fn by(name: &'static str, key: fn(&Resource) -> RowSortKey) -> Self {
        Self { name, key: Some(key) }
    }

    /// The sort key of a resource.
    pub(super) fn key(self, resource: &Resource) -> RowSortKey {
        self.key.map_or(RowSortKey::Made, |key| key(resource))
    }
}

/// Compares names: the orders of a list have different names.
impl PartialEq for ListOrder {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for ListOrder {}
