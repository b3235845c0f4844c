//! A set of quirks, written as `{"opCase": true, ...}`: every name with its state.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
};

use super::Quirk;
use crate::quoted;
use crate::text::nearest;

/// A set of tolerated deviations.
///
/// When it is read, a quirk that is left out is not tolerated, and an unknown name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quirks(u64);

impl Quirks {
    /// All quirks.
    pub fn all() -> Self {
        Quirk::ALL.iter().fold(Self::none(), |all, quirk| all.with(*quirk))
    }

    /// No quirk: a strict server.
    pub fn none() -> Self {
        Self(0)
    }

    /// The same set with one more quirk.
    #[must_use]
    pub fn with(self, quirk: Quirk) -> Self {
        Self(self.0 | 1 << quirk as u8)
    }

    /// The same set without a quirk.
    #[must_use]
    pub fn without(self, quirk: Quirk) -> Self {
        Self(self.0 & !(1 << quirk as u8))
    }

    /// Whether a quirk is tolerated.
    pub fn contains(self, quirk: Quirk) -> bool {
        self.0 & (1 << quirk as u8) != 0
    }
}

impl Serialize for Quirks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let states: BTreeMap<&str, bool> =
            Quirk::ALL.iter().map(|it| (it.name(), self.contains(*it))).collect();
        states.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quirks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(States)
    }
}

struct States;

impl<'de> Visitor<'de> for States {
    type Value = Quirks;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the names of quirks, each true or false")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut states: A) -> Result<Quirks, A::Error> {
        let mut quirks = Quirks::none();
        while let Some((name, is_on)) = states.next_entry::<String, bool>()? {
            let quirk = Quirk::named(&name).ok_or_else(|| A::Error::custom(unknown(&name)))?;
            quirks = if is_on { quirks.with(quirk) } else { quirks.without(quirk) };
        }
        Ok(quirks)
    }
}

fn unknown(name: &str) -> String {
    let names = Quirk::ALL.iter().map(|it| it.name());
    let known: Vec<&str> = names.clone().collect();
    match nearest(name, names) {
        Some(meant) => {
            format!("there is no quirk {}, did you mean {}?", quoted(name), quoted(meant))
        }
        None => format!(
            "there is no quirk {name}, there are: {}",
            known.join(", "),
            name = quoted(name)
        ),
    }
}
