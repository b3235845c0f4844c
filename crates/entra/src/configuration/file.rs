//! The TOML file of a configuration, before it is checked. The types of the file end in `Toml`.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

/// A whole file. Every key is optional.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ConfigurationToml {
    pub(super) admin_credentials: AdminCredentialsToml,
    pub(super) settings: SettingsToml,
    pub(super) quarantine: QuarantineToml,
    pub(super) users: ObjectsToml,
    pub(super) groups: ObjectsToml,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AdminCredentialsToml {
    pub(super) tenant_url: Option<Spanned<String>>,
    #[serde(deserialize_with = "secret")]
    pub(super) secret_token: Option<Spanned<String>>,
}

/// serde's error about a wrong type would show the value.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Spanned<String>>, D::Error> {
    let text = Option::deserialize(from);
    text.ok().ok_or_else(|| D::Error::custom("expected a text in quotes"))
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SettingsToml {
    pub(super) notification_email: Option<Spanned<String>>,
    pub(super) send_an_email_notification_when_a_failure_occurs: Option<bool>,
    pub(super) scope: Option<ScopeToml>,
    pub(super) prevent_accidental_deletions: Option<bool>,
    pub(super) accidental_deletion_threshold: Option<Spanned<u32>>,
    pub(super) skip_out_of_scope_deletions: Option<bool>,
    pub(super) without_soft_delete: Option<WithoutSoftDeleteToml>,
    pub(super) requests_per_second: Option<u32>,
}

#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WithoutSoftDeleteToml {
    Leave,
    Delete,
}

#[derive(Clone, Copy, serde::Deserialize)]
pub(super) enum ScopeToml {
    #[serde(rename = "Sync only assigned users and groups")]
    Assigned,
    #[serde(rename = "Sync all users and groups")]
    All,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct QuarantineToml {
    pub(super) evaluated_from: Option<u32>,
    pub(super) failed_percent: Option<Spanned<u32>>,
    pub(super) failures: Option<u32>,
    pub(super) total_failures: Option<u32>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ObjectsToml {
    pub(super) enabled: Option<bool>,
    pub(super) target_object_actions: Option<Vec<ActionToml>>,
    pub(super) target_attributes: Vec<Spanned<TargetAttributeToml>>,
    pub(super) attribute_mappings: Option<Spanned<Vec<Spanned<MappingToml>>>>,
    pub(super) scoping_filters: Option<Vec<FilterToml>>,
}

#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub(super) enum ActionToml {
    Create,
    Update,
    Delete,
}

/// A line of "Edit attribute list": a name, or a table with its properties.
#[derive(Clone)]
pub(super) struct TargetAttributeToml {
    pub(super) name: String,
    pub(super) properties: PropertiesToml,
}

#[derive(Clone, Default, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PropertiesToml {
    name: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<TargetTypeToml>,
    pub(super) exact_case: bool,
    pub(super) multi_valued: bool,
    pub(super) required: bool,
}

impl<'de> Deserialize<'de> for TargetAttributeToml {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TargetAttributeVisitor;
        impl<'de> Visitor<'de> for TargetAttributeVisitor {
            type Value = TargetAttributeToml;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a name, or a table with a name and its properties")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(TargetAttributeToml { name: name.into(), properties: PropertiesToml::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let from = MapAccessDeserializer::new(map);
                let mut properties = PropertiesToml::deserialize(from)?;
                let name = std::mem::take(&mut properties.name);
                if name.is_empty() {
                    return Err(A::Error::missing_field("name"));
                }
                Ok(TargetAttributeToml { name, properties })
            }
        }
        from.deserialize_any(TargetAttributeVisitor)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MappingToml {
    pub(super) target: Spanned<String>,
    pub(super) direct: Option<Spanned<String>>,
    pub(super) constant: Option<String>,
    pub(super) expression: Option<Spanned<String>>,
    pub(super) none: Option<Spanned<bool>>,
    pub(super) target_type: Option<TargetTypeToml>,
    pub(super) default_value: Option<Spanned<String>>,
    pub(super) matching_precedence: Option<Spanned<u32>>,
    pub(super) apply: Option<ApplyToml>,
}

#[derive(Clone, Copy, PartialEq, serde::Deserialize)]
pub(super) enum TargetTypeToml {
    String,
    Boolean,
    Integer,
    Reference,
}

#[derive(Clone, Copy, serde::Deserialize)]
pub(super) enum ApplyToml {
    Always,
    #[serde(rename = "Only during object creation")]
    OnlyDuringCreation,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FilterToml {
    pub(super) title: Spanned<String>,
    pub(super) clauses: Vec<ClauseToml>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ClauseToml {
    pub(super) attribute: Spanned<String>,
    pub(super) operator: Spanned<String>,
    pub(super) value: Option<Spanned<String>>,
}
