//! The list of a group's members.

use smol_str::SmolStr;

use super::{active, by_name, by_user_name, inactive};
use crate::{
    dashboard::{
        list_order::ListOrder,
        list_table::{Column, KEPT},
        theme::TextRole,
    },
    scim::{User, name_of},
    tenant::Resources,
};

/// A member of a group.
#[derive(Clone, Debug, Default)]
pub struct MemberRow {
    /// The SCIM id of the member.
    pub id: SmolStr,
    /// Its name, as in [`UserRow`](super::UserRow); for a group its `displayName`.
    pub name: SmolStr,
    /// Its `userName`; empty for a group.
    pub user_name: SmolStr,
    /// Whether it may log in; true for a group.
    pub is_active: bool,
}

impl MemberRow {
    /// The row of a member: a user, a group, or an id that no resource has.
    pub(in super::super) fn of(resources: &Resources, id: &SmolStr) -> Self {
        let found = resources.find(id);
        let user = found.filter(|it| it.kind == "User").map(|it| User(it));
        Self {
            id: id.clone(),
            name: found.map_or_else(|| id.clone(), |it| name_of(it)),
            user_name: user.map(|it| it.user_name().into()).unwrap_or_default(),
            is_active: user.is_none_or(User::is_active),
        }
    }
}

pub(in super::super) const COLUMNS: &[Column<MemberRow>] = &[
    Column::fixed(
        "",
        1,
        KEPT,
        |it: &MemberRow, _| if it.is_active { active() } else { inactive() },
    ),
    Column::growing("MEMBER", [10, 2], KEPT, |it: &MemberRow, _| {
        (it.name.to_string(), TextRole::Text)
    })
    .sorted(ListOrder::by("name", by_name)),
    Column::growing("USERNAME", [14, 3], 1, |it: &MemberRow, _| {
        (it.user_name.to_string(), TextRole::Dim)
    })
    .sorted(ListOrder::by("userName", by_user_name))
    .copied('n', "userName"),
];
