//! The condition by which a filter is found in an index of many filters.

use super::{
    FilterNode, TrafficFilter, Values,
    key::{FilterKey, Reads, named},
    value::Pattern,
};
use smol_str::SmolStr;

use crate::{journal::Exchange, scim::fold};

/// A necessary condition for a filter to match.
#[derive(Debug)]
pub(in crate::journal) enum IndexKey {
    /// The exchange has one of these case-folded names among the values of the filter key with this name.
    Names(&'static str, Vec<String>),
    /// One of the texts of the filter key with this name contains one of these parts.
    Parts(&'static str, Vec<TextSuffix>),
    /// The exchange matches this part of the filter.
    Test(TrafficFilter),
}

/// The last bytes of a searched part, case-folded. The suffix is looked up before the whole part is
/// searched.
#[derive(Debug)]
pub(in crate::journal) struct TextSuffix(pub(in crate::journal) Box<[u8]>);

/// The length of the suffix that is looked up. Suffixes are used because paths differ at their ends.
const LONGEST_END: usize = 12;

/// The keys with many different names, for which a lookup pays off.
const SOUGHT: [&str; 3] = ["user", "group", "id"];

/// The key for which many different parts are searched.
const PATH: &str = "path";

impl TrafficFilter {
    /// The condition that selects the filter best among many.
    pub(in crate::journal) fn index_key(&self) -> IndexKey {
        let parts = self.parts();
        if let Some(names) = parts.iter().find_map(FilterNode::names) {
            return names;
        }
        if let Some(parts) = parts.iter().find_map(FilterNode::path_parts) {
            return parts;
        }
        let of_words = |it: &&FilterNode| matches!(it, FilterNode::Test(_, Values::Words(_)));
        let first = parts.iter().find(of_words).or_else(|| parts.first());
        IndexKey::Test(Self { root: first.cloned() })
    }

    /// The case-folded texts that the filter key with this name reads from an exchange.
    pub(in crate::journal) fn texts_in(key: &str, exchange: &Exchange) -> Vec<SmolStr> {
        let texts = std::cell::RefCell::new(Vec::new());
        if let Some(FilterKey { reads: Reads::Names(read) | Reads::Texts(read), .. }) = named(key) {
            // A test that always fails is called with every text.
            read(exchange, &|text| {
                texts.borrow_mut().push(fold(text));
                false
            });
        }
        texts.into_inner()
    }
}

impl FilterNode {
    /// The names that this test searches, if it is a test of one of the keys in [`SOUGHT`] and has no
    /// regular expression.
    fn names(&self) -> Option<IndexKey> {
        let Self::Test(key, Values::Patterns(patterns)) = self else { return None };
        let name = |it: &Pattern| it.whole().map(str::to_owned);
        let names = patterns.iter().map(name).collect::<Option<Vec<_>>>()?;
        SOUGHT.contains(&key.name).then_some(IndexKey::Names(key.name, names))
    }

    /// The parts of a path that this test searches, if it is a test of the path and has no regular
    /// expression.
    fn path_parts(&self) -> Option<IndexKey> {
        let Self::Test(key, Values::Patterns(patterns)) = self else { return None };
        let end = |it: &Pattern| {
            let part = it.part().filter(|it| !it.is_empty())?.as_bytes();
            Some(TextSuffix(part[part.len().saturating_sub(LONGEST_END)..].into()))
        };
        let parts = patterns.iter().map(end).collect::<Option<Vec<_>>>()?;
        (key.name == PATH).then_some(IndexKey::Parts(PATH, parts))
    }
}
