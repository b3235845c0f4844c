//! The locale settings of a user configuration, and the options that a tenant offers.
//!
//! Documented: the window *Add new configuration* has "locale settings" (tutorial step 9).
//! Assumed: that these are language, format, time zone and currency.

use serde::{Deserialize, Serialize};

use super::configuration_error::UserConfigurationError;
use super::lookup::require;

/// The options that a tenant offers for each locale setting. Each list has at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Locales {
    /// Languages of the user interface, such as `sv-SE`.
    pub languages: Vec<LocaleOption>,
    /// How numbers and dates are written, such as `sv-SE`.
    pub formats: Vec<LocaleOption>,
    /// Time zones, such as `Europe/Stockholm`.
    pub time_zones: Vec<LocaleOption>,
    /// Currencies, such as `SEK`.
    pub currencies: Vec<LocaleOption>,
}

impl Locales {
    /// The same settings, with each code in the spelling of the lists. A setting may be given by
    /// code or name. `pointer` is that of the settings, for errors.
    pub(super) fn resolve(
        &self,
        pointer: &str,
        settings: &LocaleSettings,
    ) -> Result<LocaleSettings, UserConfigurationError> {
        let code = |kind, options: &[LocaleOption], field: &str, value: &str| {
            require(kind, options, &format!("{pointer}/{field}"), value).map(|it| it.code.clone())
        };
        Ok(LocaleSettings {
            language: code("language", &self.languages, "language", &settings.language)?,
            format: code("format", &self.formats, "format", &settings.format)?,
            time_zone: code("time zone", &self.time_zones, "timeZone", &settings.time_zone)?,
            currency: code("currency", &self.currencies, "currency", &settings.currency)?,
        })
    }
}

/// One entry of a list of languages, formats, time zones or currencies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocaleOption {
    /// The stored code, such as `sv-SE`.
    pub code: String,
    /// The name for readers, such as `Swedish (Sweden)`.
    pub name: String,
}

/// The locale settings of a user configuration, each the code of a [`LocaleOption`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocaleSettings {
    /// The language of the user interface.
    pub language: String,
    /// How numbers and dates are written.
    pub format: String,
    /// The time zone that times are shown in.
    pub time_zone: String,
    /// The currency that amounts are shown in.
    pub currency: String,
}
