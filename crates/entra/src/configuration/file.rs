//! The configuration as a TOML file: what it may say, field by field.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

/// A whole file; everything may be left out.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) admin_credentials: AdminCredentials,
    pub(super) settings: Settings,
    pub(super) quarantine: Quarantine,
    pub(super) users: Objects,
    pub(super) groups: Objects,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AdminCredentials {
    pub(super) tenant_url: Option<Spanned<String>>,
    #[serde(deserialize_with = "secret")]
    pub(super) secret_token: Option<Spanned<String>>,
}

/// The usual complaint about a wrong type would show the value.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Spanned<String>>, D::Error> {
    let text = Option::deserialize(from);
    text.ok().ok_or_else(|| D::Error::custom("expected a text in quotes"))
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Settings {
    pub(super) notification_email: Option<Spanned<String>>,
    pub(super) send_an_email_notification_when_a_failure_occurs: Option<bool>,
    pub(super) scope: Option<Scope>,
    pub(super) prevent_accidental_deletions: Option<bool>,
    pub(super) accidental_deletion_threshold: Option<Spanned<u32>>,
    pub(super) skip_out_of_scope_deletions: Option<bool>,
    pub(super) without_soft_delete: Option<WithoutSoftDelete>,
    pub(super) requests_per_second: Option<u32>,
}

#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WithoutSoftDelete {
    Leave,
    Delete,
}

#[derive(Clone, Copy, serde::Deserialize)]
pub(super) enum Scope {
    #[serde(rename = "Sync only assigned users and groups")]
    Assigned,
    #[serde(rename = "Sync all users and groups")]
    All,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Quarantine {
    pub(super) evaluated_from: Option<u32>,
    pub(super) failed_percent: Option<Spanned<u32>>,
    pub(super) failures: Option<u32>,
    pub(super) total_failures: Option<u32>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Objects {
    pub(super) enabled: Option<bool>,
    pub(super) target_object_actions: Option<Vec<Action>>,
    pub(super) target_attributes: Vec<Spanned<TargetAttribute>>,
    pub(super) attribute_mappings: Option<Spanned<Vec<Spanned<Mapping>>>>,
    pub(super) scoping_filters: Option<Vec<Filter>>,
}

#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub(super) enum Action {
    Create,
    Update,
    Delete,
}

/// A line of "Edit attribute list": a name, or a table with its properties.
#[derive(Clone)]
pub(super) struct TargetAttribute {
    pub(super) name: String,
    pub(super) properties: Properties,
}

#[derive(Clone, Default, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Properties {
    name: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<TargetType>,
    pub(super) exact_case: bool,
    pub(super) multi_valued: bool,
    pub(super) required: bool,
}

impl<'de> Deserialize<'de> for TargetAttribute {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Listed;
        impl<'de> Visitor<'de> for Listed {
            type Value = TargetAttribute;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a name, or a table with a name and its properties")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(TargetAttribute { name: name.into(), properties: Properties::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let from = MapAccessDeserializer::new(map);
                let mut properties = Properties::deserialize(from)?;
                let name = std::mem::take(&mut properties.name);
                if name.is_empty() {
                    return Err(A::Error::missing_field("name"));
                }
                Ok(TargetAttribute { name, properties })
            }
        }
        from.deserialize_any(Listed)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mapping {
    pub(super) target: Spanned<String>,
    pub(super) direct: Option<Spanned<String>>,
    pub(super) constant: Option<String>,
    pub(super) expression: Option<Spanned<String>>,
    pub(super) none: Option<Spanned<bool>>,
    pub(super) target_type: Option<TargetType>,
    pub(super) default_value: Option<Spanned<String>>,
    pub(super) matching_precedence: Option<Spanned<u32>>,
    pub(super) apply: Option<Apply>,
}

#[derive(Clone, Copy, PartialEq, serde::Deserialize)]
pub(super) enum TargetType {
    String,
    Boolean,
    Integer,
    Reference,
}

#[derive(Clone, Copy, serde::Deserialize)]
pub(super) enum Apply {
    Always,
    #[serde(rename = "Only during object creation")]
    OnlyDuringCreation,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Filter {
    pub(super) title: Spanned<String>,
    pub(super) clauses: Vec<Clause>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Clause {
    pub(super) attribute: Spanned<String>,
    pub(super) operator: Spanned<String>,
    pub(super) value: Option<Spanned<String>>,
}
