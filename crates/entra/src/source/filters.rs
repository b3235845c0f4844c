//! The `configurationFilter` values of a generated company: those of the target's user
//! configurations, so that its users match the target's set-up.

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use crate::split_mix::SplitMix64;

/// The attributes, besides `extensionAttribute1` to 15, whose generated value may be replaced,
/// because no name is derived from them.
const FREE: [&str; 7] = [
    "city",
    "companyName",
    "country",
    "department",
    "jobTitle",
    "physicalDeliveryOfficeName",
    "state",
];

/// The user, counted from 0, who matches no configuration on purpose: the fifth, so that four of
/// five users match in the smallest company with such a user.
const EXCEPTION: usize = 4;

/// The filter values of the target's configurations, and the attribute of the source that holds
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationFilters {
    attribute: SmolStr,
    /// In order, without the empty value of the default configuration.
    values: Vec<SmolStr>,
    /// The value of the user who matches no configuration.
    unknown: SmolStr,
}

impl ConfigurationFilters {
    /// Those of a directory whose people carry the filters of the target's configurations, the empty
    /// one included, in this attribute. `None` if no person could match by them: there is no
    /// configuration, or the attribute is not free for it.
    pub fn in_attribute<'a>(
        attribute: &SmolStr,
        filters: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        if !attribute.starts_with("extensionAttribute") && !FREE.contains(&attribute.as_str()) {
            return None;
        }
        let mut values: Vec<SmolStr> = filters.into_iter().map(|it| it.trim().into()).collect();
        if values.is_empty() {
            return None;
        }
        values.sort_unstable();
        values.dedup();
        values.retain(|it| !it.is_empty());
        let mut unknown = "IT-OPS".to_smolstr();
        while values.iter().any(|it| it.eq_ignore_ascii_case(&unknown)) {
            unknown = format_smolstr!("{unknown}-X");
        }
        Some(Self { attribute: attribute.clone(), values, unknown })
    }

    /// The attribute of the source.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The values, in order; empty if there is only the default configuration, which applies to
    /// users without a value.
    pub fn values(&self) -> &[SmolStr] {
        &self.values
    }

    /// Whether this is the user who matches no configuration on purpose.
    pub(super) fn is_exception(index: usize) -> bool {
        index == EXCEPTION
    }

    /// The value of a user, if any.
    pub(super) fn of_person(&self, seed: u64, index: usize) -> Option<SmolStr> {
        if Self::is_exception(index) {
            return Some(self.unknown.clone());
        }
        let mut chance = SplitMix64::new(seed, "configurationFilter", &index.to_string());
        (!self.values.is_empty()).then(|| self.values[chance.below(self.values.len())].clone())
    }
}
