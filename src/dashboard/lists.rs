//! The lists: the data of their rows and their columns. A column is one row of a table with its
//! title, width, cell, order and copied text.

mod exchanges;
mod groups;
mod log;
mod members;
mod users;

pub(super) use exchanges::{COLUMNS as EXCHANGES, role};
pub(super) use groups::COLUMNS as GROUPS;
pub use groups::GroupRow;
pub(super) use log::COLUMNS as LOG;
pub(super) use members::COLUMNS as MEMBERS;
pub use members::MemberRow;
pub(super) use users::COLUMNS as USERS;
pub use users::UserRow;

use super::list_order::RowSortKey;
use super::theme::TextRole;
use crate::scim::{Resource, User, fold, name_of};

/// The sign of a user who may log in.
fn active() -> (String, TextRole) {
    ("●".into(), TextRole::Good)
}

/// The sign of a user who may not log in.
fn inactive() -> (String, TextRole) {
    ("○".into(), TextRole::Dim)
}

/// A resource by its display name, A to Z.
fn by_name(resource: &Resource) -> RowSortKey {
    RowSortKey::Text(fold(&name_of(resource)))
}

/// A user by its `userName`, another resource by its name, A to Z.
fn by_user_name(resource: &Resource) -> RowSortKey {
    if resource.kind == "User" {
        RowSortKey::Text(fold(User(resource).user_name()))
    } else {
        by_name(resource)
    }
}

/// The last changed first.
fn by_change(resource: &Resource) -> RowSortKey {
    RowSortKey::Time(std::cmp::Reverse(resource.last_modified))
}
