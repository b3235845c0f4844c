//! What a request deviates in that is refused before its body matters: its client hears of that all the
//! same.

use jiff::Timestamp;

use crate::scim::{Accepted, Noted, Quirk, Resource, ResourceType, Rules, ScimError};

/// A resource without attributes, in the place of one that is not there.
pub(super) struct Blank(Resource);

impl Blank {
    pub(super) fn of(resource_type: &ResourceType) -> Self {
        let (kind, nothing) = (resource_type.name.clone(), Accepted::default());
        Self(Resource::new(kind, "".into(), nothing, Timestamp::UNIX_EPOCH))
    }

    /// What is tolerated of a change that is read by these rules and not made, as far as its body alone
    /// tells.
    pub(super) fn noted(
        &self,
        rules: Rules<'_>,
        change: impl FnOnce(&Rules<'_>, &Resource) -> Result<Accepted, ScimError>,
    ) -> Vec<Noted> {
        // Whatever else is wrong with it, it is refused already.
        drop(change(&rules, &self.0));
        let mut noted = rules.into_noted();
        // Whether a value is there, only the resource tells.
        noted.retain(|it| it.quirk != Quirk::CreateOnAbsentFilter);
        noted
    }
}
