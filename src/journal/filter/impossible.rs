//! Finds values that no exchange can match. Otherwise an assertion that something never happened would pass
//! because of a typing error.

use super::{FilterNode, TrafficFilter, Values, key::FilterKey, value::Amount};

/// The keys whose possible names are all known.
const KNOWN: [&str; 3] = ["type", "fault", "finding"];

impl FilterKey {
    /// The expected values, if no exchange can have this amount.
    pub(super) fn impossible(&self, amount: &Amount) -> Option<&'static str> {
        match self.name {
            "status" if !amount.contains(0) && !amount.meets(&(100..=599)) => {
                Some("a status from 100 to 599, or 0 for none")
            }
            "n" if !amount.meets(&(1..=u64::MAX)) => Some("a number from 1 on"),
            _ => None,
        }
    }
}

impl TrafficFilter {
    /// The names of types, fault rules and findings that the filter searches, with their keys. The caller
    /// knows all existing names, and can tell whether the filter could match. Names after `-`, `~` or `=`
    /// are not included.
    pub(crate) fn known_names(&self) -> Vec<(&'static FilterKey, &str)> {
        let mut names = Vec::new();
        if let Some(root) = &self.root {
            root.add_names(&mut names);
        }
        names
    }
}

impl FilterNode {
    fn add_names<'a>(&'a self, names: &mut Vec<(&'static FilterKey, &'a str)>) {
        match self {
            Self::Any(nodes) | Self::All(nodes) => nodes.iter().for_each(|it| it.add_names(names)),
            Self::Not(_) => {}
            Self::Test(key, Values::Patterns(patterns)) if KNOWN.contains(&key.name) => {
                names.extend(patterns.iter().filter_map(|it| Some((*key, it.plain()?))));
            }
            Self::Test(..) => {}
        }
    }
}
