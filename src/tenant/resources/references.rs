//! Which references a change of a resource brings and takes.

use smol_str::SmolStr;

use super::pointed;
use crate::scim::{Resource, Target, Value};

/// References that came and went: the id pointed to, and which of the pointing attributes holds it.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) come: Vec<(SmolStr, u16)>,
    pub(super) gone: Vec<(SmolStr, u16)>,
}

/// Compares a resource before and after; a long list costs what differs, not what it holds.
pub(super) fn references(
    before: Option<&Resource>,
    after: Option<&Resource>,
    targets: &[Target],
) -> Changes {
    let mut changes = Changes::default();
    for (at, target) in (0..).zip(targets) {
        let (before, after) =
            (before.and_then(|it| it.at(target)), after.and_then(|it| it.at(target)));
        let (come, gone) = match (before, after) {
            (Some(Value::List(before)), Some(Value::List(after))) => {
                let (added, removed) = before.difference(after);
                let mut gone = ids(&removed);
                // Another value of the list may point to the same resource.
                gone.retain(|id| !after.keyed(id).any(|(_, it)| pointed(it) == [id.clone()]));
                (ids(&added), gone)
            }
            (before, after) if before == after => continue,
            (before, after) => {
                let of = |it: Option<&Value>| it.map(pointed).unwrap_or_default();
                (of(after), of(before))
            }
        };
        changes.come.extend(come.into_iter().map(|id| (id, at)));
        changes.gone.extend(gone.into_iter().map(|id| (id, at)));
    }
    changes
}

fn ids(values: &[Value]) -> Vec<SmolStr> {
    values.iter().flat_map(pointed).collect()
}
