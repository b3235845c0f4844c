//! What must hold for a filter to match, told in a way that many filters can share.

use super::{
    FilterNode, TrafficFilter, Values,
    key::{FilterKey, Reads, named},
    value::Pattern,
};
use smol_str::SmolStr;

use crate::{journal::Exchange, scim::fold};

/// A condition without which a filter does not match.
#[derive(Debug)]
pub(in crate::journal) enum IndexKey {
    /// The exchange has one of these names, by their keys, where the key of this name looks.
    Names(&'static str, Vec<String>),
    /// A text where the key of this name looks has one of these parts.
    Parts(&'static str, Vec<TextSuffix>),
    /// This part of the filter matches.
    Test(TrafficFilter),
}

/// The end of a part of a text, as texts are compared: it is found before the whole part is looked for.
#[derive(Debug)]
pub(in crate::journal) struct TextSuffix(pub(in crate::journal) Box<[u8]>);

/// How many bytes of a part are looked up: paths differ at their ends.
const LONGEST_END: usize = 12;

/// The keys whose names are many and different, so that looking them up pays.
const SOUGHT: [&str; 3] = ["user", "group", "id"];

/// The key of which many different parts are wanted.
const PATH: &str = "path";

impl TrafficFilter {
    /// The condition by which the filter is best found among many.
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

    /// The texts that an exchange has where the key of this name looks, as they are compared.
    pub(in crate::journal) fn texts_in(key: &str, exchange: &Exchange) -> Vec<SmolStr> {
        let texts = std::cell::RefCell::new(Vec::new());
        if let Some(FilterKey { reads: Reads::Names(read) | Reads::Texts(read), .. }) = named(key) {
            // A test that never holds is shown every text.
            read(exchange, &|text| {
                texts.borrow_mut().push(fold(text));
                false
            });
        }
        texts.into_inner()
    }
}

impl FilterNode {
    /// The names of which one is wanted, if it is a test of nothing else.
    fn names(&self) -> Option<IndexKey> {
        let Self::Test(key, Values::Patterns(patterns)) = self else { return None };
        let name = |it: &Pattern| it.whole().map(str::to_owned);
        let names = patterns.iter().map(name).collect::<Option<Vec<_>>>()?;
        SOUGHT.contains(&key.name).then_some(IndexKey::Names(key.name, names))
    }

    /// The parts of a path of which one is wanted, if it is a test of nothing else.
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
