//! The values of a multi-valued attribute. The cost of a change does not grow with their number.
//!
//! A short list is one shared vector. From [`LONG`] values on it is a persistent map from position
//! to value, with an index by key. So adding a member to a group of a hundred thousand, or removing
//! one, does not look at the others, also while a snapshot of the old list is held.

use std::{
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    iter::once,
    sync::Arc,
};

use imbl::{OrdMap, OrdSet};
use smol_str::SmolStr;

use super::Value;
use crate::{
    text::{fold, fold_shared, hash},
    work::WorkBudget,
};

#[cfg(test)]
mod tests;

/// From this many values on, a list keeps an index by key.
const LONG: usize = 32;

/// The values of a multi-valued attribute in the order in which they were added.
///
/// A value's *key* is its `value` sub-attribute, or the text itself of a simple value, without
/// case; several values may share one.
#[derive(Clone)]
pub struct List(Storage);

/// The position of a value in one list. It is valid until the list changes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

#[derive(Clone)]
enum Storage {
    Short(Arc<[Value]>),
    Long(Box<Long>),
}

#[derive(Clone)]
struct Long {
    values: OrdMap<u64, Value>,
    /// For each value: the hash of its key, the hash of the whole value, and its position. Numbers
    /// are copied faster than texts.
    keys: OrdSet<(u64, u64, u64)>,
    next: u64,
}

impl List {
    /// The number of values.
    pub fn len(&self) -> usize {
        match &self.0 {
            Storage::Short(values) => values.len(),
            Storage::Long(long) => long.values.len(),
        }
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.entries().map(|(_, value)| value)
    }

    /// Positions and values in order.
    pub fn entries(&self) -> Box<dyn Iterator<Item = (Position, &Value)> + '_> {
        match &self.0 {
            Storage::Short(values) => {
                Box::new((0..).zip(values.iter()).map(|(at, value)| (Position(at), value)))
            }
            Storage::Long(long) => {
                Box::new(long.values.iter().map(|(at, value)| (Position(*at), value)))
            }
        }
    }

    /// The values with this key. In a long list the other values are not looked at.
    pub fn keyed(&self, key: &str) -> Box<dyn Iterator<Item = (Position, &Value)> + '_> {
        let key = fold(key);
        match &self.0 {
            Storage::Short(_) => Box::new(
                self.entries().filter(move |(_, value)| key_of(value).as_ref() == Some(&key)),
            ),
            Storage::Long(long) => {
                Box::new(long.keyed(key).map(|(at, value)| (Position(at), value)))
            }
        }
    }

    /// Whether an equal value is in it.
    pub fn contains(&self, value: &Value) -> bool {
        match &self.0 {
            Storage::Short(values) => values.contains(value),
            Storage::Long(long) => long.contains(value),
        }
    }

    /// The value at a position.
    pub fn get(&self, at: Position) -> Option<&Value> {
        match &self.0 {
            Storage::Short(values) => values.get(index(at)),
            Storage::Long(long) => long.values.get(&at.0),
        }
    }

    /// The position of the first value that agrees with this one. A complex value agrees if it has
    /// equal values in all sub-attributes that this one has.
    pub fn position_like(&self, value: &Value, work: &WorkBudget) -> Option<Position> {
        let agrees = |it: &Value| match (it, value) {
            (Value::Object(it), Value::Object(asked)) => asked.iter().all(|(name, value)| {
                it.get(name).is_some_and(|it| it == value || same_text(it, value))
            }),
            _ => it == value || same_text(it, value),
        };
        let found: Box<dyn Iterator<Item = (Position, &Value)>> = match key_of(value) {
            Some(key) => self.keyed(&key),
            None => self.entries(),
        };
        found.inspect(|_| work.spend(1)).find(|(_, it)| agrees(it)).map(|(at, _)| at)
    }

    /// Adds a value at the end and returns its position.
    pub fn push(&mut self, value: Value) -> Position {
        match &mut self.0 {
            Storage::Short(values) if values.len() + 1 < LONG => {
                let at = Position(values.len() as u64);
                *values = values.iter().cloned().chain(once(value)).collect();
                at
            }
            Storage::Short(values) => {
                let long: Long = values.iter().cloned().chain([value]).collect();
                let at = long.next - 1;
                self.0 = Storage::Long(Box::new(long));
                Position(at)
            }
            Storage::Long(long) => long.push(value),
        }
    }

    /// Replaces a value. A position that the list does not have changes nothing.
    pub fn set(&mut self, at: Position, value: Value) {
        match &mut self.0 {
            Storage::Short(values) => {
                if let Some(it) = Arc::make_mut(values).get_mut(index(at)) {
                    *it = value;
                }
            }
            Storage::Long(long) => {
                if long.remove(at.0) {
                    long.insert(at.0, value);
                }
            }
        }
    }

    /// Removes a value. Later positions are no longer valid, so remove several values from the last
    /// to the first.
    pub fn remove(&mut self, at: Position) {
        match &mut self.0 {
            Storage::Short(values) => {
                let kept = values.iter().enumerate().filter(|(it, _)| *it != index(at));
                *values = kept.map(|(_, value)| value.clone()).collect();
            }
            Storage::Long(long) => {
                long.remove(at.0);
            }
        }
    }

    /// The values that only `next` has, and the values that only this list has.
    ///
    /// If one list was made by changing the other, the cost is that of the difference.
    pub fn difference(&self, next: &Self) -> (Vec<Value>, Vec<Value>) {
        match (&self.0, &next.0) {
            (Storage::Long(before), Storage::Long(after)) => before.difference(after),
            (Storage::Short(before), Storage::Short(after)) => {
                let only = |here: &[Value], there: &[Value]| {
                    here.iter().filter(|it| !there.contains(it)).cloned().collect()
                };
                (only(after, before), only(before, after))
            }
            (Storage::Short(before), Storage::Long(after)) => {
                before.iter().cloned().collect::<Long>().difference(after)
            }
            (Storage::Long(before), Storage::Short(after)) => {
                before.difference(&after.iter().cloned().collect())
            }
        }
    }

    /// A list without an index, for reading only.
    pub fn derived(values: impl IntoIterator<Item = Value>) -> Self {
        Self(Storage::Short(values.into_iter().collect()))
    }
}

impl Long {
    fn push(&mut self, value: Value) -> Position {
        let at = self.next;
        self.next += 1;
        self.insert(at, value);
        Position(at)
    }

    fn insert(&mut self, at: u64, value: Value) {
        self.keys.insert(indexed(&value, at));
        self.values.insert(at, value);
    }

    fn remove(&mut self, at: u64) -> bool {
        let Some(value) = self.values.remove(&at) else { return false };
        self.keys.remove(&indexed(&value, at));
        true
    }

    fn difference(&self, next: &Self) -> (Vec<Value>, Vec<Value>) {
        use imbl::ordmap::DiffItem;
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for item in self.values.diff(&next.values) {
            match item {
                DiffItem::Add(_, value) => added.push(value.clone()),
                DiffItem::Remove(_, value) => removed.push(value.clone()),
                DiffItem::Update { old, new } => {
                    removed.push(old.1.clone());
                    added.push(new.1.clone());
                }
            }
        }
        // A value that only has another position, as in a list that was replaced, did not change.
        added.retain(|it| !self.contains(it));
        removed.retain(|it| !next.contains(it));
        (added, removed)
    }

    fn contains(&self, value: &Value) -> bool {
        // Many values may have the same key, such as all values without a key.
        let (key, whole, _) = indexed(value, 0);
        let places = self.keys.range((key, whole, 0)..=(key, whole, u64::MAX));
        places.into_iter().any(|(.., at)| self.values[at] == *value)
    }

    fn keyed(&self, key: SmolStr) -> impl Iterator<Item = (u64, &Value)> {
        let hash = hash(&key);
        let places = self.keys.range((hash, 0, 0)..=(hash, u64::MAX, u64::MAX));
        let mut places: Vec<u64> = places.map(|(.., at)| *at).collect();
        places.sort_unstable();
        let found = places.into_iter().map(|at| (at, &self.values[&at]));
        found.filter(move |(_, value)| key_of(value).as_ref() == Some(&key))
    }

    /// Whether both have equal values in the same order. Nodes that both share are skipped.
    fn agrees(&self, other: &Self) -> bool {
        if self.values.diff(&other.values).next().is_none() {
            return true;
        }
        let (added, removed) = self.difference(other);
        added.is_empty() && removed.is_empty() && self.values.values().eq(other.values.values())
    }
}

impl FromIterator<Value> for Long {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        let mut long = Self { values: OrdMap::new(), keys: OrdSet::new(), next: 0 };
        for value in values {
            long.push(value);
        }
        long
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        let values: Vec<Value> = values.into_iter().collect();
        if values.len() < LONG {
            Self(Storage::Short(values.into()))
        } else {
            Self(Storage::Long(Box::new(values.into_iter().collect())))
        }
    }
}

impl Default for List {
    fn default() -> Self {
        Self(Storage::Short(Arc::default()))
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Storage::Short(a), Storage::Short(b)) => Arc::ptr_eq(a, b) || a == b,
            (Storage::Long(a), Storage::Long(b)) => a.values.len() == b.values.len() && a.agrees(b),
            _ => self.len() == other.len() && self.iter().eq(other.iter()),
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Whether both are texts that are equal without case.
fn same_text(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::Text(a), Value::Text(b)) if fold(a) == fold(b))
}

fn index(at: Position) -> usize {
    usize::try_from(at.0).unwrap_or(usize::MAX)
}

/// The entry of a value in the index of a long list. Values without a key have the same one.
fn indexed(value: &Value, at: u64) -> (u64, u64, u64) {
    let mut whole = DefaultHasher::new();
    write(value, &mut whole);
    (key_of(value).map_or(0, |key| hash(&key)), whole.finish(), at)
}

/// Writes a value to a hasher, so that equal values have equal hashes.
fn write(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Text(text) => text.hash(hasher),
        Value::Boolean(it) => it.hash(hasher),
        Value::Integer(it) => it.hash(hasher),
        // Both zeros are equal.
        Value::Decimal(it) => (it + 0.0).to_bits().hash(hasher),
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            name.hash(hasher);
            write(value, hasher);
        }),
        Value::List(list) => list.iter().for_each(|it| write(it, hasher)),
    }
}

fn key_of(value: &Value) -> Option<SmolStr> {
    match value {
        Value::Text(text) => Some(fold_shared(text)),
        Value::Object(object) => object.text("value").map(fold_shared),
        _ => None,
    }
}
