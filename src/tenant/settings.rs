//! The SCIM settings of a tenant, as an admin reads and changes them while it runs.
//!
//! MediusFlow documents nothing of the kind: this is the mock's own, so that a client can be tried
//! against servers that differ where real ones do.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{Tenant, state::ScimProfile};
use crate::scim::{Dialect, Profile, Quirk, Quirks, in_plain_words, nearest, quoted};

/// How a tenant speaks SCIM, in one flat object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScimSettings {
    /// The profile; setting it sets all that follows to the profile's own.
    pub profile: Profile,
    /// Whether no quirk is tolerated; setting it sets all quirks.
    pub strict: bool,
    /// Whether a user to whom no user configuration applies is refused.
    pub requires_configuration: bool,
    /// The switches.
    #[serde(flatten)]
    pub dialect: Dialect,
}

/// Why settings cannot be changed as asked; nothing is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// There is no setting of this name.
    #[error("there is no setting {name}{}", guess(meant.as_deref(), known), name = quoted(name))]
    Unknown {
        /// The name, with the setting that it should be part of.
        name: String,
        /// What was probably meant.
        meant: Option<String>,
        /// What there is.
        known: Vec<String>,
    },
    /// The setting cannot have this value.
    #[error("{name}: {reason}")]
    Invalid {
        /// The name.
        name: String,
        /// What was expected.
        reason: String,
    },
}

impl SettingsError {
    /// The setting that is wrong.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. } | Self::Invalid { name, .. } => name,
        }
    }
}

impl Tenant {
    /// How it speaks SCIM at this moment.
    pub fn scim_settings(&self) -> ScimSettings {
        ScimSettings::of(self.snapshot().profile())
    }

    /// Changes some settings; those that `changes` does not name stay as they are.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]; then nothing changed.
    pub fn change_scim_settings(
        &self,
        changes: &Map<String, Json>,
    ) -> Result<ScimSettings, SettingsError> {
        self.write(|state| {
            let next = state.profile().with_settings(changes)?;
            let settings = ScimSettings::of(&next);
            let is_another_me = next.dialect.me != state.profile().dialect.me;
            state.adopt(Arc::new(next));
            if is_another_me {
                self.renew(state);
            }
            Ok(settings)
        })
        .map(|(settings, _)| settings)
    }
}

impl ScimProfile {
    /// The same with other settings; those that `changes` does not name stay as they are.
    ///
    /// # Errors
    ///
    /// [`SettingsError`].
    pub(crate) fn with_settings(&self, changes: &Map<String, Json>) -> Result<Self, SettingsError> {
        let next = ScimSettings::of(self).with(changes)?;
        Ok(Self {
            requires_configuration: next.requires_configuration,
            ..Self::with(next.profile, next.dialect, &self.schemas)
        })
    }
}

impl ScimSettings {
    pub(super) fn of(profile: &ScimProfile) -> Self {
        let dialect = profile.dialect.clone();
        Self {
            profile: profile.profile,
            strict: dialect.quirks == Quirks::none(),
            requires_configuration: profile.requires_configuration,
            dialect,
        }
    }

    /// These with changes: the profile first, then `strict`, then the single switches, in whatever
    /// order they are named.
    fn with(&self, changes: &Map<String, Json>) -> Result<Self, SettingsError> {
        let known = to_object(self);
        for name in changes.keys() {
            known_or(name, name, known.keys().map(String::as_str))?;
        }
        let mut next = self.clone();
        if let Some(profile) = changes.get("profile") {
            let profile = read("profile", profile)?;
            next = Self {
                profile,
                strict: false,
                requires_configuration: false,
                dialect: Dialect::of(profile),
            };
        }
        if let Some(strict) = changes.get("strict") {
            let strict: bool = read("strict", strict)?;
            next.dialect.quirks = if strict { Quirks::none() } else { Quirks::all() };
        }
        for (name, value) in changes {
            match name.as_str() {
                "profile" | "strict" => {}
                "requiresConfiguration" => next.requires_configuration = read(name, value)?,
                "quirks" => next.dialect.quirks = with_quirks(next.dialect.quirks, value)?,
                _ => {
                    let mut all = to_object(&next.dialect);
                    all.insert(name.clone(), value.clone());
                    next.dialect = read(name, &Json::Object(all))?;
                }
            }
        }
        next.strict = next.dialect.quirks == Quirks::none();
        Ok(next)
    }
}

fn with_quirks(mut quirks: Quirks, states: &Json) -> Result<Quirks, SettingsError> {
    let invalid = |name: &str, reason: &str| {
        Err(SettingsError::Invalid { name: name.into(), reason: reason.into() })
    };
    let Json::Object(states) = states else {
        return invalid("quirks", "expected an object such as {\"opCase\": false}");
    };
    for (name, state) in states {
        let whole = format!("quirks.{name}");
        known_or(&whole, name, Quirk::ALL.iter().map(|it| it.name()))?;
        let quirk = Quirk::named(name).expect("it is one of the known names");
        quirks = match state {
            Json::Bool(true) => quirks.with(quirk),
            Json::Bool(false) => quirks.without(quirk),
            _ => return invalid(&whole, "expected true or false"),
        };
    }
    Ok(quirks)
}

/// Checks that a name is known.
///
/// # Errors
///
/// [`SettingsError::Unknown`], with the one that was probably meant.
fn known_or<'a>(
    whole: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), SettingsError> {
    if known.clone().any(|it| it == name) {
        return Ok(());
    }
    let meant = nearest(name, known.clone()).map(str::to_owned);
    let known = known.map(str::to_owned).collect();
    Err(SettingsError::Unknown { name: whole.into(), meant, known })
}

fn read<T: serde::de::DeserializeOwned>(name: &str, value: &Json) -> Result<T, SettingsError> {
    T::deserialize(value).map_err(|error| SettingsError::Invalid {
        name: name.into(),
        reason: in_plain_words(&error.to_string()),
    })
}

fn to_object(it: &impl Serialize) -> Map<String, Json> {
    match json!(it) {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

fn guess(meant: Option<&str>, known: &[String]) -> String {
    match meant {
        Some(meant) => format!(", did you mean {}?", quoted(meant)),
        None => format!(", there are: {}", known.join(", ")),
    }
}
