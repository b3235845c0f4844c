//! What must hold for a filter to match, told in a way that many filters can share.

use super::{
    Node, TrafficFilter, Values,
    key::{FilterKey, Reads, named},
    value::Pattern,
};
use crate::{journal::Exchange, scim::fold};

/// A condition without which a filter does not match.
#[derive(Debug)]
pub(in crate::journal) enum Gate {
    /// The exchange has one of these names, by their keys, where the key of this name looks.
    Names(&'static str, Vec<String>),
    /// This part of the filter matches.
    Test(TrafficFilter),
}

/// The keys whose names are many and different, so that looking them up pays.
const SOUGHT: [&str; 3] = ["user", "group", "id"];

impl TrafficFilter {
    /// The condition by which the filter is best found among many.
    pub(in crate::journal) fn gate(&self) -> Gate {
        let parts = self.parts();
        if let Some(names) = parts.iter().find_map(Node::names) {
            return names;
        }
        let of_words = |it: &&Node| matches!(it, Node::Test(_, Values::Words(_)));
        let first = parts.iter().find(of_words).or_else(|| parts.first());
        Gate::Test(Self { root: first.cloned() })
    }

    /// The names that an exchange has where the key of this name looks, as they are compared.
    pub(in crate::journal) fn names_in(key: &str, exchange: &Exchange) -> Vec<String> {
        let names = std::cell::RefCell::new(Vec::new());
        if let Some(FilterKey { reads: Reads::Names(read), .. }) = named(key) {
            // A test that never holds is shown every name.
            read(exchange, &|name| {
                names.borrow_mut().push(fold(name).to_string());
                false
            });
        }
        names.into_inner()
    }
}

impl Node {
    /// The names of which one is wanted, if it is a test of nothing else.
    fn names(&self) -> Option<Gate> {
        let Self::Test(key, Values::Patterns(patterns)) = self else { return None };
        let name = |it: &Pattern| it.whole().map(str::to_owned);
        let names = patterns.iter().map(name).collect::<Option<Vec<_>>>()?;
        SOUGHT.contains(&key.name).then_some(Gate::Names(key.name, names))
    }
}
