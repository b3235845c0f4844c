//! Guesses the attribute that was meant by a misspelt name.

use super::{ResourceType, Target};
use crate::filter::AttrPath;
use crate::text::{is_same, nearest, nearest_of_few};

impl ResourceType {
    /// The path that was probably meant by an unknown one. Each part of the path is guessed on its
    /// own; the result always names an attribute.
    pub fn meant(&self, path: &AttrPath) -> Option<String> {
        let attribute = match path.schema.as_deref() {
            None => self.like(&path.name)?,
            Some(urn) => {
                let known = if self.is_core(urn) || self.extension(urn).is_some() {
                    urn
                } else {
                    self.nearest_schema(urn)?
                };
                self.like_in(known, &path.name)?
            }
        };
        let Some(sub) = path.sub.as_deref() else { return Some(attribute.path().into()) };
        let subs = attribute.definition.sub_attributes().iter().map(|it| &**it.name());
        let meant = attribute.with_sub(Some(sub)).or_else(|| {
            let near = nearest_of_few(sub, subs)?;
            attribute.with_sub(Some(near))
        });
        match meant {
            Some(meant) => Some(meant.path().into()),
            // The attribute alone is a useful suggestion only if it was misspelt, too.
            None if attribute.definition.is_named(&path.name) => None,
            None => Some(attribute.path().into()),
        }
    }

    /// The attribute of this name, or the nearest one. Core and common attributes come first.
    fn like(&self, name: &str) -> Option<&Target> {
        let exact = self.core(name).or_else(|| self.extended(name));
        exact.or_else(|| near(&self.attributes, name))
    }

    /// The attribute of this name in one schema, or the nearest one.
    fn like_in(&self, urn: &str, name: &str) -> Option<&Target> {
        let all = if self.is_core(urn) { self.core_attributes() } else { self.attributes_of(urn) };
        let exact = all.iter().find(|it| it.definition.is_named(name));
        exact.or_else(|| near(all, name))
    }

    /// The URN of the core schema or of an extension that was probably meant.
    fn nearest_schema(&self, urn: &str) -> Option<&str> {
        let (sent, meant) = differing(urn, &self.schema.id);
        let is_core = nearest(&sent, [&*meant]).is_some();
        self.nearest_urn(urn).or_else(|| is_core.then_some(&*self.schema.id))
    }

    /// The attribute of an extension that was probably meant by a name in its object.
    pub(crate) fn nearest_in(&self, urn: &str, name: &str) -> Option<String> {
        let names = self.attributes_of(urn).iter().map(|it| &**it.definition.name());
        nearest_of_few(name, names).map(str::to_owned)
    }

    /// The path or URN that was probably meant by a name.
    pub(crate) fn nearest_path(&self, name: &str) -> Option<String> {
        if name.contains(':') {
            return self.nearest_urn(name).map(str::to_owned);
        }
        let names = self.attributes.iter().map(|it| &**it.definition.name());
        let found = nearest(name, names)?;
        let target = self.attributes.iter().find(|it| &**it.definition.name() == found);
        Some(target.map_or_else(|| found.to_owned(), |it| it.path().to_string()))
    }

    /// The URN of an extension that was probably meant. Only the parts that differ are compared,
    /// since most parts of all these URNs are the same.
    pub fn nearest_urn(&self, urn: &str) -> Option<&str> {
        let mut known = self.extensions.iter().map(|it| &*it.schema.id);
        known.find(|it| {
            let (sent, meant) = differing(urn, it);
            nearest(&sent, [&*meant]).is_some()
        })
    }
}

/// The target with the nearest name.
fn near<'a>(all: &'a [Target], name: &str) -> Option<&'a Target> {
    let found = nearest(name, all.iter().map(|it| &**it.definition.name()))?;
    all.iter().find(|it| &**it.definition.name() == found)
}

/// The parts of two URNs that differ, without equal parts at the beginning and the end.
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
