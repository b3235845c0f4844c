//! The SCIM settings of a tenant, as an admin reads and changes them while it runs.
//!
//! MediusFlow documents nothing of the kind: this is the mock's own, so that a client can be tried
//! against servers that differ where real ones do.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};

use super::{Tenant, state::ScimProfile};
use crate::scim::{
    Dialect, DialectChange, Profile, Quirk, Quirks, in_plain_words, nearest, quoted,
};

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

/// New values of some settings. A setting without one stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SettingsChange {
    profile: Option<Profile>,
    strict: Option<bool>,
    requires_configuration: Option<bool>,
    /// Quirks, each with whether it is tolerated.
    quirks: Vec<(Quirk, bool)>,
    dialect: DialectChange,
}

/// Why settings cannot be changed as asked; nothing is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
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

    /// Changes some settings, and answers all.
    pub fn change_scim_settings(&self, change: &SettingsChange) -> ScimSettings {
        let done = self.write(|state| {
            let next = state.profile().with_settings(change);
            let settings = ScimSettings::of(&next);
            let is_another_me = next.dialect.me != state.profile().dialect.me;
            state.adopt(Arc::new(next));
            if is_another_me {
                self.renew(state);
            }
            Ok::<_, Infallible>(settings)
        });
        let Ok((settings, _)) = done;
        settings
    }
}

impl ScimProfile {
    /// The same with other settings.
    pub(crate) fn with_settings(&self, change: &SettingsChange) -> Self {
        let next = ScimSettings::of(self).with(change);
        Self {
            requires_configuration: next.requires_configuration,
            ..Self::with(next.profile, next.dialect, &self.schemas)
        }
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

    /// These with changes: the profile first, then `strict`, then the single settings.
    fn with(&self, change: &SettingsChange) -> Self {
        let mut next = match change.profile {
            Some(profile) => Self {
                profile,
                strict: false,
                requires_configuration: false,
                dialect: Dialect::of(profile),
            },
            None => self.clone(),
        };
        let quirks = match change.strict {
            Some(true) => Quirks::none(),
            Some(false) => Quirks::all(),
            None => next.dialect.quirks,
        };
        next.dialect.quirks = change.quirks.iter().fold(quirks, |quirks, (quirk, is_tolerated)| {
            if *is_tolerated { quirks.with(*quirk) } else { quirks.without(*quirk) }
        });
        next.requires_configuration =
            change.requires_configuration.unwrap_or(next.requires_configuration);
        change.dialect.apply(&mut next.dialect);
        next.strict = next.dialect.quirks == Quirks::none();
        next
    }
}

impl SettingsChange {
    /// The names of the settings that are no switches of the dialect.
    const NAMES: [&str; 4] = ["profile", "quirks", "requiresConfiguration", "strict"];

    /// Reads the new value of a setting.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]: there is no such setting, or it cannot have this value.
    pub(crate) fn set<'de, D: Deserializer<'de>>(
        &mut self,
        name: &str,
        value: D,
    ) -> Result<(), SettingsError> {
        let wrong = |error: D::Error| invalid(name, in_plain_words(&error.to_string()));
        match name {
            "profile" => self.profile = Some(Profile::deserialize(value).map_err(wrong)?),
            "quirks" => self.set_quirks(value)?,
            "requiresConfiguration" => {
                self.requires_configuration = Some(bool::deserialize(value).map_err(wrong)?);
            }
            "strict" => self.strict = Some(bool::deserialize(value).map_err(wrong)?),
            _ => {
                if !self.dialect.set(name, value).map_err(wrong)? {
                    let mut known = [&Self::NAMES, DialectChange::NAMES].concat();
                    known.sort_unstable();
                    return Err(unknown(name, name, &known));
                }
            }
        }
        Ok(())
    }

    fn set_quirks<'de, D: Deserializer<'de>>(&mut self, states: D) -> Result<(), SettingsError> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum QuirkState {
            Is(bool),
            Other(IgnoredAny),
        }
        let Ok(states) = BTreeMap::<String, QuirkState>::deserialize(states) else {
            return Err(invalid("quirks", "expected an object such as {\"opCase\": false}"));
        };
        for (name, state) in states {
            let whole = format!("quirks.{name}");
            let Some(quirk) = Quirk::named(&name) else {
                let known: Vec<&str> = Quirk::ALL.iter().map(|it| it.name()).collect();
                return Err(unknown(&whole, &name, &known));
            };
            match state {
                QuirkState::Is(is_tolerated) => self.quirks.push((quirk, is_tolerated)),
                QuirkState::Other(_) => return Err(invalid(&whole, "expected true or false")),
            }
        }
        Ok(())
    }

    /// The same, with this profile if it has none.
    #[must_use]
    pub(crate) fn or_profile(self, profile: Option<Profile>) -> Self {
        Self { profile: self.profile.or(profile), ..self }
    }
}

fn invalid(name: &str, reason: impl Into<String>) -> SettingsError {
    SettingsError::Invalid { name: name.into(), reason: reason.into() }
}

/// There is no setting of this name; `whole` says of what it should be a part.
fn unknown(whole: &str, name: &str, known: &[&str]) -> SettingsError {
    SettingsError::Unknown {
        name: whole.into(),
        meant: nearest(name, known.iter().copied()).map(str::to_owned),
        known: known.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn guess(meant: Option<&str>, known: &[String]) -> String {
    match meant {
        Some(meant) => format!(", did you mean {}?", quoted(meant)),
        None => format!(", there are: {}", known.join(", ")),
    }
}
