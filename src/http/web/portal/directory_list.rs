//! Which part of the directory a page lists.

use super::{
    super::{list::number, request::PageRequest},
    layout::PortalTab,
};
use crate::{
    entra::{Assignment, DirectoryEntry, DirectoryEntryState, ObjectType},
    scim::{encode, fold},
};

/// The segments of the list: what they are called in the address and on the page.
pub(super) const SEGMENTS: [(&str, &str); 5] = [
    ("", "All"),
    ("users", "Users"),
    ("groups", "Groups"),
    ("assigned", "Assigned"),
    ("disabled", "Disabled"),
];

/// A part of the list.
pub(super) struct DirectoryList {
    pub(super) q: String,
    pub(super) show: String,
    pub(super) page: usize,
}

impl DirectoryList {
    /// The part that an address asks for.
    pub(super) fn of(page: &PageRequest) -> Self {
        let text = |name: &str| page.form.text(name).unwrap_or_default().to_owned();
        Self { q: text("q"), show: text("show"), page: number(page.form.one("page")) }
    }

    /// Its address behind that of the provisioning.
    pub(super) fn path(&self) -> String {
        let query = self.query();
        format!("{}{}", PortalTab::Directory.path(), if query == "?" { "" } else { &query })
    }

    /// Its address from the page itself: short, since there are several on it.
    pub(super) fn query(&self) -> String {
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let parts = [("q", &self.q), ("show", &self.show), ("page", &page)];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let given: Vec<_> =
            given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        format!("?{}", given.join("&"))
    }

    /// The same part at another page.
    pub(super) fn at(&self, page: usize) -> Self {
        Self { q: self.q.clone(), show: self.show.clone(), page }
    }

    /// Whether an object is in it.
    pub(super) fn matches(&self, it: &DirectoryEntry) -> bool {
        let wanted = fold(&self.q);
        let names = [Some(&it.name), it.user_principal_name.as_ref()];
        let is_called = names.into_iter().flatten().any(|it| fold(it).contains(&*wanted));
        is_called && is_shown(&self.show, it)
    }
}

/// Whether an object is in a segment.
pub(super) fn is_shown(segment: &str, it: &DirectoryEntry) -> bool {
    match segment {
        "users" => it.object_type == ObjectType::User,
        "groups" => it.object_type == ObjectType::Group,
        "assigned" => it.assignment != Assignment::None,
        "disabled" => it.state == DirectoryEntryState::Disabled,
        _ => true,
    }
}
