//! The list of users.

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{active, by_change, by_name, by_user_name, inactive};
use crate::{
    dashboard::{
        list_order::ListOrder,
        list_table::{Column, KEPT},
        text::time,
        theme::TextRole,
    },
    medius::MasterKind,
    scim::{Resource, User, name_of},
    tenant::State,
};

/// A user in the list.
#[derive(Clone, Debug, Default)]
pub struct UserRow {
    /// The SCIM id.
    pub id: SmolStr,
    /// The display name, otherwise the formatted name, otherwise the `userName`.
    pub name: SmolStr,
    /// The `userName`.
    pub user_name: SmolStr,
    /// Whether the user may log in.
    pub is_active: bool,
    /// The name of the applied user configuration; `None` if none applied and the user is flagged.
    pub configuration: Option<SmolStr>,
    /// The names of the companies the user belongs to.
    pub companies: Vec<SmolStr>,
    /// When the user was last changed.
    pub changed: Timestamp,
}

impl UserRow {
    pub(in super::super) fn of(state: &State, user: &Resource) -> Self {
        let applied = state.applied(&user.id).and_then(|it| it.configuration.as_ref());
        let data = &state.master().data;
        let companies = applied.map(|it| data.names(MasterKind::Company, &it.companies));
        Self {
            id: user.id.clone(),
            name: name_of(user),
            user_name: User(user).user_name().into(),
            is_active: User(user).is_active(),
            configuration: applied.map(|it| SmolStr::new(&it.name)),
            companies: companies.unwrap_or_default().into_iter().map(SmolStr::from).collect(),
            changed: user.last_modified,
        }
    }
}

pub(in super::super) const COLUMNS: &[Column<UserRow>] = &[
    Column::fixed("", 1, KEPT, |it: &UserRow, _| match &it.configuration {
        Some(_) => {
            if it.is_active {
                active()
            } else {
                inactive()
            }
        }
        None => ("!".into(), TextRole::Warn),
    }),
    Column::growing("NAME", [12, 3], KEPT, |it: &UserRow, _| (it.name.to_string(), TextRole::Text))
        .sorted(ListOrder::by("name", by_name)),
    Column::growing("USERNAME", [14, 4], 4, |it: &UserRow, _| {
        (it.user_name.to_string(), TextRole::Text)
    })
    .sorted(ListOrder::by("userName", by_user_name))
    .copied('n', "userName"),
    Column::growing("CONFIGURATION", [13, 1], 3, |it: &UserRow, _| match &it.configuration {
        Some(name) => (name.to_string(), TextRole::Text),
        None => ("none applies".into(), TextRole::Warn),
    }),
    Column::growing("COMPANIES", [12, 2], 1, |it: &UserRow, _| {
        (it.companies.join(", "), TextRole::Dim)
    }),
    Column::fixed("CHANGED", 8, 2, |it: &UserRow, zone| (time(it.changed, zone), TextRole::Dim))
        .sorted(ListOrder::by("changed", by_change)),
];
