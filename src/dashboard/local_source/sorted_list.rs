//! A sorted list, which is kept until its content changes.

use std::time::{Duration, Instant};

use smol_str::SmolStr;

use super::super::list_order::{ListOrder, RowSortKey};
use super::super::{ListQuery, ListWindow, RowAnchor, WindowQuery};
use crate::{
    scim::{Resource, User, fold, name_of},
    tenant::Resources,
};

/// The ids of a list, filtered and sorted.
#[derive(Default)]
pub(super) struct SortedList {
    made: Option<SortedFor>,
    ids: Vec<SmolStr>,
    unfiltered: usize,
}

/// The query that a list was made for.
#[derive(PartialEq)]
struct SortedFor {
    filter: String,
    order: ListOrder,
    reverse: bool,
    /// The group, of a list of members.
    of: SmolStr,
    revision: u64,
    at: Instant,
    took: Duration,
}

/// A resource with its sort key.
pub(super) struct SortedEntry {
    id: SmolStr,
    /// The case-folded names that the filter searches.
    names: [SmolStr; 2],
    key: RowSortKey,
}

impl SortedEntry {
    pub(super) fn of(resource: &Resource, order: ListOrder) -> Self {
        let user_name = (resource.kind == "User").then(|| fold(User(resource).user_name()));
        let names = [fold(&name_of(resource)), user_name.unwrap_or_default()];
        Self { id: resource.id.clone(), names, key: order.key(resource) }
    }

    /// A member: a user, a group, or an id that no resource has.
    pub(super) fn member(id: SmolStr, resources: &Resources, order: ListOrder) -> Self {
        match resources.find(&id) {
            Some(it) => Self::of(it, order),
            None => Self { names: [fold(&id), SmolStr::default()], id, key: RowSortKey::Made },
        }
    }
}

impl SortedList {
    /// Rebuilds the list if the query or the content changed.
    ///
    /// A list that is slow to build is built less often: not before twenty times its duration has
    /// passed, and at most once a second if it is not instant.
    pub(super) fn renew(
        &mut self,
        revision: u64,
        ask: &ListQuery,
        of: &str,
        entries: impl FnOnce() -> Vec<SortedEntry>,
    ) {
        if let Some(made) = &self.made {
            let is_same = made.filter == ask.filter
                && made.order == ask.order
                && made.reverse == ask.reverse
                && made.of == of;
            let is_fresh = made.revision == revision || made.at.elapsed() < made.took * 20;
            if is_same && is_fresh {
                return;
            }
        }
        let at = Instant::now();
        let mut entries = entries();
        self.unfiltered = entries.len();
        let wanted = fold(ask.filter.trim());
        if !wanted.is_empty() {
            entries.retain(|it| it.names.iter().any(|name| name.contains(&*wanted)));
        }
        if ask.order == ListOrder::NEWEST {
            entries.reverse();
        } else {
            entries.sort_by(|a, b| a.key.cmp(&b.key));
        }
        if ask.reverse {
            entries.reverse();
        }
        self.ids = entries.into_iter().map(|it| it.id).collect();
        let (filter, order, reverse) = (ask.filter.clone(), ask.order, ask.reverse);
        let took = at.elapsed();
        self.made = Some(SortedFor { filter, order, reverse, of: of.into(), revision, at, took });
    }

    /// The rows of a window, without resources that are gone.
    pub(super) fn window<Row>(
        &self,
        view: &WindowQuery<SmolStr>,
        row: impl Fn(&SmolStr) -> Option<Row>,
    ) -> ListWindow<Row> {
        let hint = match &view.anchor {
            RowAnchor::At { row, .. } => *row,
            _ => 0,
        };
        let placed = view.place(self.ids.len(), |id| self.find(id, hint));
        let shown = &self.ids[placed.offset..placed.offset + placed.length];
        ListWindow {
            rows: shown.iter().filter_map(row).collect(),
            offset: placed.offset,
            total: self.ids.len(),
            unfiltered: self.unfiltered,
            at: placed.at,
        }
    }

    /// The row of an id, searched from its last known row outwards.
    fn find(&self, id: &SmolStr, hint: usize) -> Option<usize> {
        let hint = hint.min(self.ids.len());
        let up = (0..hint).rev();
        let down = hint..self.ids.len();
        let mut pairs = (down.map(Some).chain(std::iter::repeat(None)))
            .zip(up.map(Some).chain(std::iter::repeat(None)))
            .take_while(|pair| *pair != (None, None));
        pairs
            .find_map(|(down, up)| [down, up].into_iter().flatten().find(|at| self.ids[*at] == *id))
    }
}
