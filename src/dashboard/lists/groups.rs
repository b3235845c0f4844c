//! The list of groups.

use std::cmp::Reverse;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{by_change, by_name};
use crate::{
    dashboard::{
        list_order::{ListOrder, RowSortKey},
        list_table::{Column, KEPT},
        text::{count, time},
        theme::TextRole,
    },
    scim::{Group, List, Resource, name_of},
};

/// A group in the list.
#[derive(Clone, Debug, Default)]
pub struct GroupRow {
    /// The SCIM id.
    pub id: SmolStr,
    /// Its `displayName`.
    pub name: SmolStr,
    /// How many members it has.
    pub members: usize,
    /// When it was last changed.
    pub changed: Timestamp,
}

impl GroupRow {
    pub(in super::super) fn of(group: &Resource) -> Self {
        Self {
            id: group.id.clone(),
            name: name_of(group),
            members: members(group),
            changed: group.last_modified,
        }
    }
}

fn members(group: &Resource) -> usize {
    Group(group).members().map_or(0, List::len)
}

pub(in super::super) const COLUMNS: &[Column<GroupRow>] = &[
    Column::growing("GROUP", [10, 1], KEPT, |it: &GroupRow, _| {
        (it.name.to_string(), TextRole::Text)
    })
    .sorted(ListOrder::by("name", by_name))
    .copied('n', "displayName"),
    Column::fixed("MEMBERS", 9, 2, |it: &GroupRow, _| (count(it.members as u64), TextRole::Text))
        .number()
        .sorted(ListOrder::by("members", |it| RowSortKey::Number(Reverse(members(it))))),
    Column::fixed("CHANGED", 8, 1, |it: &GroupRow, zone| (time(it.changed, zone), TextRole::Dim))
        .sorted(ListOrder::by("changed", by_change)),
];
