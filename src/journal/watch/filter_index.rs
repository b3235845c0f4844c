//! Finds the filters that may match an exchange among the filters of all waits.

use std::collections::{BTreeMap, HashMap};

use super::StepBudget;
use crate::journal::{
    Exchange, TrafficFilter,
    filter::{IndexKey, TextSuffix},
};

/// Groups of waits by the suffixes that they search, and the suffixes by their length.
type Ends = BTreeMap<usize, HashMap<Box<[u8]>, Vec<u64>>>;

/// The groups of waits, by a necessary condition of their filters.
#[derive(Debug, Default)]
pub(super) struct FilterIndex {
    /// The groups that search one of certain names, by filter key.
    names: BTreeMap<&'static str, HashMap<String, Vec<u64>>>,
    /// The groups that search one of certain parts of a text, by filter key.
    ends: BTreeMap<&'static str, Ends>,
    /// The other groups, by a test that must hold.
    tests: Vec<(TrafficFilter, Vec<u64>)>,
}

/// In longer texts, suffixes are not looked up; all groups of the key are candidates.
const LONGEST: usize = 2_048;

impl FilterIndex {
    pub(super) fn add(&mut self, filter: &TrafficFilter, group: u64) {
        match filter.index_key() {
            IndexKey::Names(key, names) => {
                let known = self.names.entry(key).or_default();
                for name in names {
                    known.entry(name).or_default().push(group);
                }
            }
            IndexKey::Parts(key, parts) => {
                let known = self.ends.entry(key).or_default();
                for TextSuffix(end) in parts {
                    let known = known.entry(end.len()).or_default();
                    known.entry(end).or_default().push(group);
                }
            }
            IndexKey::Test(test) => match self.tests.iter_mut().find(|(it, _)| *it == test) {
                Some((_, groups)) => groups.push(group),
                None => self.tests.push((test, vec![group])),
            },
        }
    }

    pub(super) fn remove(&mut self, filter: &TrafficFilter, group: u64) {
        let without = |groups: &mut Vec<u64>| {
            groups.retain(|it| *it != group);
            !groups.is_empty()
        };
        match filter.index_key() {
            IndexKey::Names(key, _) => {
                let Some(known) = self.names.get_mut(key) else { return };
                known.retain(|_, groups| without(groups));
                self.names.retain(|_, known| !known.is_empty());
            }
            IndexKey::Parts(key, parts) => {
                let Some(known) = self.ends.get_mut(key) else { return };
                for TextSuffix(end) in parts {
                    let Some(known) = known.get_mut(&end.len()) else { continue };
                    if known.get_mut(&end).is_some_and(|groups| !without(groups)) {
                        known.remove(&end);
                    }
                }
                known.retain(|_, known| !known.is_empty());
                self.ends.retain(|_, known| !known.is_empty());
            }
            IndexKey::Test(test) => {
                if let Some((_, groups)) = self.tests.iter_mut().find(|(it, _)| *it == test) {
                    without(groups);
                }
                self.tests.retain(|(_, groups)| !groups.is_empty());
            }
        }
    }

    /// The groups whose filters may match an exchange, each once.
    pub(super) fn candidates(&self, exchange: &Exchange, steps: &mut StepBudget) -> Vec<u64> {
        let mut groups: Vec<u64> = Vec::new();
        for (key, known) in &self.names {
            for name in TrafficFilter::texts_in(key, exchange) {
                groups.extend(known.get(&*name).into_iter().flatten());
            }
        }
        for (key, by_length) in &self.ends {
            for text in TrafficFilter::texts_in(key, exchange) {
                for (length, known) in by_length {
                    if text.len() > LONGEST {
                        groups.extend(known.values().flatten());
                    } else {
                        let parts = text.as_bytes().windows(*length);
                        groups.extend(parts.filter_map(|it| known.get(it)).flatten());
                    }
                }
            }
        }
        for (test, behind) in &self.tests {
            if steps.test(test, exchange).unwrap_or(true) {
                groups.extend(behind);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.ends.is_empty() && self.tests.is_empty()
    }
}
