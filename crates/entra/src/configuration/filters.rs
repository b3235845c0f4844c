//! Where a job's mappings take `configurationFilter` from.

use super::JobConfiguration;
use crate::mapping::MappingSource;
use crate::source::ConfigurationFilters;

/// The attribute of MediusFlow that chooses the user configuration.
const TARGET: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:configurationFilter";

impl ConfigurationFilters {
    /// The filters of the target's configurations, including the empty one, for a job with this
    /// configuration. `None` if no user could match by them: there is no configuration, or the job
    /// does not map `configurationFilter` directly from a free attribute.
    pub fn of<'a>(
        job: &JobConfiguration,
        filters: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let mappings = job.users.mappings.all().iter();
        let mut mapped = mappings.filter(|it| it.target.eq_ignore_ascii_case(TARGET));
        let MappingSource::Direct(attribute) = &mapped.next()?.source else { return None };
        Self::in_attribute(attribute, filters)
    }
}
