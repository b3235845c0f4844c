//! What a filter can never match, so that nobody is told that it never came.

use super::{FilterNode, TrafficFilter, Values, key::FilterKey, value::Amount};

/// The keys whose names can be known: no exchange has another one there.
const KNOWN: [&str; 3] = ["type", "fault", "finding"];

impl FilterKey {
    /// What is expected instead of an amount that nothing has.
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
    /// The names of types, fault rules and findings that it looks for, with their key: whoever knows all that
    /// there are can tell whether it could match. Those behind a `-`, a `~` or a `=` are not among them.
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
