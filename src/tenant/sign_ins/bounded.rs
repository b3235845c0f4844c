//! A list with a limit: the oldest entries make room.

use std::collections::{BTreeMap, HashMap};

use smol_str::SmolStr;

/// How many entries a list holds.
pub(super) const MOST: usize = 10_000;

/// Entries by their keys, 10,000 at most.
#[derive(Debug)]
pub(super) struct Bounded<T> {
    entries: HashMap<SmolStr, BoundedEntry<T>>,
    /// The keys in the order in which they came.
    order: BTreeMap<u64, SmolStr>,
    next: u64,
}

#[derive(Debug)]
struct BoundedEntry<T> {
    place: u64,
    value: T,
}

impl<T> Bounded<T> {
    /// Adds an entry behind the others; one of the same key goes.
    pub(super) fn insert(&mut self, key: &str, value: T) {
        self.remove(key);
        let place = self.next;
        self.next += 1;
        self.order.insert(place, key.into());
        self.entries.insert(key.into(), BoundedEntry { place, value });
        if self.entries.len() > MOST
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.entries.remove(&oldest);
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.entries.get(key).map(|it| &it.value)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.entries.get_mut(key).map(|it| &mut it.value)
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<T> {
        let entry = self.entries.remove(key)?;
        self.order.remove(&entry.place);
        Some(entry.value)
    }

    /// The keys of all entries, oldest first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.order.values().map(SmolStr::as_str)
    }

    /// All entries, oldest first.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.order.values().filter_map(|key| self.get(key))
    }
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), next: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_makes_room() {
        let mut list = Bounded::default();
        for at in 0..=MOST {
            list.insert(&at.to_string(), at);
        }

        assert_eq!(list.values().count(), MOST);
        assert_eq!(list.get("0"), None);
        assert_eq!(list.get("1"), Some(&1));
    }

    #[test]
    fn an_entry_that_comes_again_is_the_newest() {
        let mut list = Bounded::default();
        for key in ["a", "b", "a"] {
            list.insert(key, key);
        }

        assert_eq!(list.values().collect::<Vec<_>>(), [&"b", &"a"]);
        assert_eq!(list.remove("b"), Some("b"));
        assert_eq!(list.values().count(), 1);
    }
}
