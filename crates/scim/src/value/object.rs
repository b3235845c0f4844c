//! Named values in one allocation.

use std::{iter::once, sync::Arc};

use serde::ser::{Serialize, Serializer};
use smol_str::SmolStr;

use super::{Name, Value};

/// Named values: a complex attribute, an extension, or a whole resource's attributes.
///
/// It never holds an unassigned value: setting a name to an empty list or object removes it.
#[derive(Clone, Debug, Default)]
pub struct Object(Arc<[(Name, Value)]>);

/// Up to this number of names a linear search is faster: most names differ in length.
const FEW: usize = 16;

impl Object {
    /// The value with this name, spelled as in the schema.
    pub fn get(&self, name: &str) -> Option<&Value> {
        if self.0.len() <= FEW {
            return self.0.iter().find(|(it, _)| **it == *name).map(|(_, value)| value);
        }
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// The text with this name, if it is one.
    pub fn text(&self, name: &str) -> Option<&SmolStr> {
        self.get(name).and_then(Value::as_text)
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Sets the value of a name. An unassigned value removes the name.
    ///
    /// Many values are better [collected](FromIterator) at once.
    pub fn set(&mut self, name: &Name, value: Value) {
        match self.find(name) {
            _ if value.is_unassigned() => self.remove(name),
            Ok(at) => Arc::make_mut(&mut self.0)[at].1 = value,
            Err(at) => {
                let (before, after) = self.0.split_at(at);
                let new = once((name.clone(), value));
                self.0 = before.iter().cloned().chain(new).chain(after.iter().cloned()).collect();
            }
        }
    }

    /// Removes the value of a name.
    pub fn remove(&mut self, name: &str) {
        if let Ok(at) = self.find(name) {
            self.0 = self.0[..at].iter().chain(&self.0[at + 1..]).cloned().collect();
        }
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(it, _)| (**it).cmp(name))
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        // The same node is equal without a comparison: a changed resource shares most nodes with
        // the old one.
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<N: Into<Name>> FromIterator<(N, Value)> for Object {
    /// Of several values with one name the last one is kept.
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        let mut entries: Vec<(Name, Value)> =
            entries.into_iter().map(|(name, value)| (name.into(), value)).collect();
        entries.reverse();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries.dedup_by(|(a, _), (b, _)| a == b);
        entries.retain(|(_, value)| !value.is_unassigned());
        Self(entries.into())
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
