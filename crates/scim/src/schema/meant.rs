//! What a misspelt name was probably meant to be.

use super::ResourceType;
use crate::path::AttrPath;
use crate::text::{is_same, nearest};

impl ResourceType {
    /// The attribute that was probably meant by a path that names none.
    pub fn meant(&self, path: &AttrPath) -> Option<String> {
        let whole = AttrPath { sub: None, ..path.clone() };
        let Some(sub) = &path.sub else { return self.nearest_path(&path.name) };
        let Some(target) = self.resolve(&whole) else {
            return self.nearest_path(&path.name).map(|it| format!("{it}.{sub}"));
        };
        let subs = target.definition.sub_attributes().iter().map(|it| &**it.name());
        let beside = || self.core(sub).map(|it| it.path().to_string());
        nearest(sub, subs).map(|it| whole.join(it).to_string()).or_else(beside)
    }

    /// The path or URN that a name was probably meant to be.
    pub(crate) fn nearest_path(&self, name: &str) -> Option<String> {
        if name.contains(':') {
            return self.nearest_urn(name).map(str::to_owned);
        }
        let names = self.attributes.iter().map(|it| &**it.definition.name());
        let found = nearest(name, names)?;
        let target = self.attributes.iter().find(|it| &**it.definition.name() == found);
        Some(target.map_or_else(|| found.to_owned(), |it| it.path().to_string()))
    }

    /// The URN of an extension that was probably meant: compared is what differs of the two, since
    /// most of every URN is the same.
    pub fn nearest_urn(&self, urn: &str) -> Option<&str> {
        let mut known = self.extensions.iter().map(|it| &*it.schema.id);
        known.find(|it| {
            let (sent, meant) = differing(urn, it);
            nearest(&sent, [&*meant]).is_some()
        })
    }
}

/// The parts of two URNs without those at their beginnings and ends that are the same.
fn differing(one: &str, other: &str) -> (String, String) {
    let (mut one, mut other): (Vec<&str>, Vec<&str>) =
        (one.split(':').collect(), other.split(':').collect());
    let start = one.iter().zip(&other).take_while(|(one, other)| is_same(one, other)).count();
    one.drain(..start);
    other.drain(..start);
    while one.last().zip(other.last()).is_some_and(|(one, other)| is_same(one, other)) {
        one.pop();
        other.pop();
    }
    (one.join(":"), other.join(":"))
}
