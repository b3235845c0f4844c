//! Which user configuration applies to a user, and why. All of it is assumed: the tutorial names
//! the attributes `configurationFilter` and `identityProvider`, but does not say what they do.

use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use smol_str::SmolStr;

use super::{LoginOption, MasterData, UserConfiguration, is_same};
use crate::scim::quoted;

/// The configuration that was applied to a user. A tenant keeps it unchanged until the user's
/// `configurationFilter` changes or an administrator applies the configurations again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationChoice {
    /// The configuration. Without one the user has no companies and no roles.
    pub configuration: Option<Arc<UserConfiguration>>,
    /// Why this one was chosen, or none.
    pub reason: Reason,
}

impl ConfigurationChoice {
    /// Whether the reason fits the configuration.
    pub fn is_consistent(&self) -> bool {
        match (&self.reason, &self.configuration) {
            (Reason::FilterEquals { filter }, Some(it)) => is_same(filter, &it.filter),
            (Reason::NoMatch { .. } | Reason::Default, Some(it)) => it.filter.is_empty(),
            (Reason::None { .. }, configuration) => configuration.is_none(),
            (_, None) => false,
        }
    }
}

/// Why a configuration was chosen. It prints as a text, and serialises as `code` and `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its filter equals the user's.
    FilterEquals {
        /// The filter, as the configuration writes it.
        filter: SmolStr,
    },
    /// No configuration has the user's filter, so the default one applies.
    NoMatch {
        /// The user's filter.
        filter: SmolStr,
    },
    /// The user has no filter, so the default one applies.
    Default,
    /// No configuration has the user's filter (if it has one), and there is no default one.
    None {
        /// The user's filter.
        filter: Option<SmolStr>,
    },
}

/// Chooses the configuration whose filter equals the user's `configurationFilter` (case and outer
/// blanks ignored), else the one with the empty filter, else none. An empty filter counts as none.
pub fn select(
    configurations: &[Arc<UserConfiguration>],
    configuration_filter: Option<&str>,
) -> ConfigurationChoice {
    let with = |filter| configurations.iter().find(|it| is_same(&it.filter, filter)).cloned();
    let wanted = configuration_filter.map(str::trim).filter(|it| !it.is_empty());
    if let Some(wanted) = wanted
        && let Some(found) = with(wanted)
    {
        let reason = Reason::FilterEquals { filter: found.filter.as_str().into() };
        return ConfigurationChoice { configuration: Some(found), reason };
    }
    let configuration = with("");
    let reason = match (&configuration, wanted) {
        (Some(_), Some(filter)) => Reason::NoMatch { filter: filter.into() },
        (Some(_), None) => Reason::Default,
        (None, filter) => Reason::None { filter: filter.map(SmolStr::new) },
    };
    ConfigurationChoice { configuration, reason }
}

/// The login option of a user: the one that `identity_provider` names by display name or issuer,
/// else that of the configuration, else the tenant's default one.
pub fn login_option_of<'a>(
    choice: &ConfigurationChoice,
    identity_provider: Option<&str>,
    data: &'a MasterData,
) -> Option<&'a LoginOption> {
    let own = identity_provider.and_then(|it| data.login_option(it));
    let configured = || match &choice.configuration {
        Some(it) => it.login_option,
        None => data.defaults().login_option,
    };
    own.or_else(|| data.entry(configured()?))
}

impl Reason {
    /// The name of the case, stable for programs: `filterEquals`, `noMatch`, `default`, `none`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FilterEquals { .. } => "filterEquals",
            Self::NoMatch { .. } => "noMatch",
            Self::Default => "default",
            Self::None { .. } => "none",
        }
    }
}

impl Reason {
    /// The filter of the reason, if it has one.
    pub fn filter(&self) -> Option<&str> {
        match self {
            Self::FilterEquals { filter } | Self::NoMatch { filter } => Some(filter),
            Self::None { filter } => filter.as_deref(),
            Self::Default => None,
        }
    }

    /// The reason with this [code](Self::code) and filter; `None` if no reason has both.
    pub fn coded(code: &str, filter: Option<SmolStr>) -> Option<Self> {
        match (code, filter) {
            ("filterEquals", Some(filter)) => Some(Self::FilterEquals { filter }),
            ("noMatch", Some(filter)) => Some(Self::NoMatch { filter }),
            ("default", None) => Some(Self::Default),
            ("none", filter) => Some(Self::None { filter }),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FilterEquals { filter } => write!(f, "filter equals {}", quoted(filter)),
            Self::NoMatch { filter } => {
                write!(f, "no match for {}: the default (empty filter) applied", quoted(filter))
            }
            Self::Default => f.write_str("default: the user has no filter"),
            Self::None { filter: Some(filter) } => {
                write!(
                    f,
                    "none: no match for {}, and no configuration has an empty filter",
                    quoted(filter)
                )
            }
            Self::None { filter: None } => {
                f.write_str("none: the user has no filter, and no configuration has an empty one")
            }
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        coded(serializer, self.code(), self)
    }
}

/// `{"code": …, "text": …}`
pub(super) fn coded<S: Serializer>(
    serializer: S,
    code: &str,
    text: &impl fmt::Display,
) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_struct("Coded", 2)?;
    object.serialize_field("code", code)?;
    object.serialize_field("text", &text.to_string())?;
    object.end()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::sample;
    use super::*;

    fn with_default() -> Vec<Arc<UserConfiguration>> {
        vec![sample::configuration("Default", ""), sample::configuration("Sweden", "SE-AP")]
    }

    fn without_default() -> Vec<Arc<UserConfiguration>> {
        vec![sample::configuration("Sweden", "SE-AP")]
    }

    #[rstest]
    #[case(with_default(), Some(" se-ap "), Some("Sweden"), r#"filter equals "SE-AP""#)]
    #[case(
        with_default(),
        Some("XX"),
        Some("Default"),
        r#"no match for "XX": the default (empty filter) applied"#
    )]
    #[case(with_default(), None, Some("Default"), "default: the user has no filter")]
    #[case(with_default(), Some("  "), Some("Default"), "default: the user has no filter")]
    #[case(
        without_default(),
        Some("XX"),
        None,
        r#"none: no match for "XX", and no configuration has an empty filter"#
    )]
    #[case(
        without_default(),
        None,
        None,
        "none: the user has no filter, and no configuration has an empty one"
    )]
    fn the_filter_selects_the_configuration_and_the_reason_says_why(
        #[case] configurations: Vec<Arc<UserConfiguration>>,
        #[case] filter: Option<&str>,
        #[case] applied: Option<&str>,
        #[case] reason: &str,
    ) {
        let choice = select(&configurations, filter);

        assert_eq!(choice.configuration.as_ref().map(|it| it.name.as_str()), applied);
        assert_eq!(choice.reason.to_string(), reason);
    }

    #[rstest]
    #[case(None, "Microsoft Entra ID")]
    #[case(Some("medius.security"), "Medius.Security")]
    #[case(Some("../LocalAccount/"), "Medius.Security")]
    #[case(Some("ADFS"), "Microsoft Entra ID")]
    fn the_identity_provider_selects_the_login_option(
        #[case] provider: Option<&str>,
        #[case] picked: &str,
    ) {
        let (choice, data) = (select(&with_default(), None), sample::data());

        assert_eq!(login_option_of(&choice, provider, &data).unwrap().display_name, picked);
    }

    #[test]
    fn a_reason_is_written_as_code_and_text() {
        let reason = Reason::FilterEquals { filter: "SE".into() };

        let text = serde_json::to_string(&reason).unwrap();

        assert_eq!(text, r#"{"code":"filterEquals","text":"filter equals \"SE\""}"#);
    }
}
