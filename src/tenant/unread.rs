//! What a request that is refused deviates in: its client hears of all of that, whatever refused it.

use jiff::Timestamp;

use super::{OperationTarget, State};
use crate::scim::{
    AcceptedAttributes, NotedQuirk, Quirk, Resource, ResourceType, Rules, ScimError, WorkBudget,
};

/// A resource without attributes, in the place of one that is not there.
fn blank(resource_type: &ResourceType) -> Resource {
    let (kind, nothing) = (resource_type.name.clone(), AcceptedAttributes::default());
    Resource::new(kind, "".into(), nothing, Timestamp::UNIX_EPOCH)
}

impl State {
    /// What is tolerated of a change that was refused, in all parts of it that are not refused
    /// themselves; the change is read once more and not made.
    pub(super) fn noted_of_refused(
        &self,
        place: OperationTarget<'_>,
        work: &WorkBudget,
        change: impl Fn(&Rules<'_>, &Resource) -> Result<AcceptedAttributes, ScimError>,
    ) -> Vec<NotedQuirk> {
        let found = self.resources.get(&place.resource_type.name, place.id).cloned();
        let (profile, others) = (self.profile(), self.present(place.terms.base));
        let rules = Rules::new(place.resource_type, &profile.schemas, &profile.dialect);
        let rules = rules.with_budget(work).with_others(&others).skipping_refusals();
        let blank = blank(place.resource_type);
        let current = found.as_deref().unwrap_or(&blank);
        let next = change(&rules, current);
        let mut noted = rules.into_noted();
        if found.is_none() {
            // Whether a value is there, only the resource tells.
            noted.retain(|it| it.quirk != Quirk::CreateOnAbsentFilter);
        }
        let next = next.ok().and_then(|it| current.with(it, current.last_modified));
        let strangers = next.and_then(|it| self.admits_members(Some(current), &it).ok());
        noted.extend(strangers.unwrap_or_default());
        noted
    }
}
