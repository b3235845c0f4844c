//! SCIM settings as a body has them: for the console, a new tenant and a state that is read.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::tenant::{SettingsChange, SettingsError};

/// New values of settings by their names, not looked at yet: what is wrong with one is told where the
/// settings are read, with its name.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct SettingsBody(Map<String, Json>);

impl SettingsBody {
    pub(super) fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

impl TryFrom<SettingsBody> for SettingsChange {
    type Error = SettingsError;

    fn try_from(SettingsBody(values): SettingsBody) -> Result<Self, SettingsError> {
        let mut change = Self::default();
        for (name, value) in values {
            change.set(&name, value)?;
        }
        Ok(change)
    }
}
