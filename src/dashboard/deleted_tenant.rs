//! The message about a deleted tenant, and what can still be done.

use jiff::Timestamp;
use smol_str::SmolStr;

use super::model::Model;
use super::text::time;

/// The tenant that the key `T` selects after a deletion: the new one of the same name if there is
/// one, otherwise the first.
pub(super) fn successor(model: &Model) -> Option<usize> {
    let namesake = model.tenants.iter().position(|it| is_namesake(model, it));
    namesake.or_else(|| (!model.tenants.is_empty()).then_some(0))
}

fn is_namesake(model: &Model, name: &SmolStr) -> bool {
    *name == model.overview.tenant
}

/// The effect of the key `T`: `T looks at Nordlys`.
pub(super) fn way_on(model: &Model) -> String {
    match successor(model).map(|at| &model.tenants[at]) {
        None => "there is no other tenant".to_owned(),
        Some(name) if is_namesake(model, name) => {
            "a new tenant has its name; T looks at it".to_owned()
        }
        Some(name) => format!("T looks at {name}"),
    }
}

/// Shows once that the tenant was deleted.
pub(super) fn announce(model: &mut Model, now: Timestamp) {
    let (name, at) = (&model.overview.tenant, time(now, &model.zone));
    model.say(format!("the tenant {name} was deleted at {at}; {}", way_on(model)));
}
