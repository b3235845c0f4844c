//! The definition of an attribute, and its characteristics.
//!
//! Only this file matches on the characteristics of RFC 7643 §7 (and `admit.rs` on the type, for
//! values). Other modules call the methods.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::{alphabet::Base64Alphabet, named, words::words};
use crate::{
    filter::CompareOp,
    moment::Moment,
    text::fold,
    value::{Name, Value},
};

/// The definition of an attribute or sub-attribute
/// ([RFC 7643 §7](https://www.rfc-editor.org/rfc/rfc7643#section-7)).
///
/// In data, a characteristic that is left out has the default of RFC 7643 §2.2: a single string
/// that any client may write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttributeDefinition {
    name: Name,
    #[serde(default, rename = "type")]
    kind: AttributeType,
    #[serde(default)]
    multi_valued: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    canonical_values: Vec<SmolStr>,
    #[serde(default)]
    case_exact: bool,
    #[serde(default)]
    mutability: Mutability,
    #[serde(default)]
    returned: Returned,
    #[serde(default)]
    uniqueness: Uniqueness,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference_types: Vec<SmolStr>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sub_attributes: Vec<Arc<Self>>,
    #[serde(skip)]
    origin: Origin,
}

/// Where the schema of a definition comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Origin {
    /// A built-in schema.
    #[default]
    BuiltIn,
    /// A schema of the tenant.
    Own,
}

/// The data types of RFC 7643 §2.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// Text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// A point in time, `xsd:dateTime`.
    DateTime,
    /// Bytes in base64.
    Binary,
    /// A URI.
    Reference,
    /// Sub-attributes.
    Complex,
}

/// Who may write an attribute (RFC 7643 §7, `mutability`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Only the server.
    ReadOnly,
    /// The client, at any time.
    #[default]
    ReadWrite,
    /// The client, once.
    Immutable,
    /// The client. It is never returned.
    WriteOnly,
}

/// When an attribute is part of an answer (RFC 7643 §7, `returned`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every answer.
    Always,
    /// In no answer.
    Never,
    /// Unless the client asks for other attributes or excludes it.
    #[default]
    Default,
    /// Only if the client asks for it.
    Request,
}

/// Where a value may occur only once (RFC 7643 §7, `uniqueness`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// Nowhere: values need not be unique.
    #[default]
    None,
    /// Among the resources of its type in this tenant.
    Server,
    /// In the world. A server can ensure this only for its own resources.
    Global,
}

words! { AttributeType, "a type (RFC 7643 §2.3)" {
    "string" = String, "boolean" = Boolean, "decimal" = Decimal, "integer" = Integer,
    "dateTime" = DateTime, "binary" = Binary, "reference" = Reference, "complex" = Complex,
} }
words! { Mutability, "a mutability (RFC 7643 §7)" {
    "readOnly" = ReadOnly, "readWrite" = ReadWrite, "immutable" = Immutable,
    "writeOnly" = WriteOnly,
} }
words! { Returned, "a value of returned (RFC 7643 §7)" {
    "always" = Always, "never" = Never, "default" = Default, "request" = Request,
} }
words! { Uniqueness, "a uniqueness (RFC 7643 §7)" {
    "none" = None, "server" = Server, "global" = Global,
} }

impl AttributeDefinition {
    /// Its name, in the spelling of answers.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The type of its values.
    pub fn kind(&self) -> AttributeType {
        self.kind
    }

    /// Whether this is its name, ignoring case (RFC 7643 §2.1).
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The values that the schema suggests.
    pub(crate) fn canonical_values(&self) -> &[SmolStr] {
        &self.canonical_values
    }

    /// The types of resources that its values may refer to, if it is a reference.
    pub(super) fn reference_types(&self) -> &[SmolStr] {
        &self.reference_types
    }

    /// Who may write it.
    pub(super) fn mutability(&self) -> Mutability {
        self.mutability
    }

    /// Whether it may have several values.
    pub fn is_multi_valued(&self) -> bool {
        self.multi_valued
    }

    /// Whether it has sub-attributes.
    pub fn is_complex(&self) -> bool {
        self.kind == AttributeType::Complex
    }

    /// Its sub-attributes in the order in which they are shown.
    pub fn sub_attributes(&self) -> &[Arc<Self>] {
        &self.sub_attributes
    }

    /// The sub-attribute with this name, ignoring case.
    pub fn sub_attribute(&self, name: &str) -> Option<&Arc<Self>> {
        named(&self.sub_attributes, name)
    }

    /// The sub-attribute that is compared when none is named: `value` (RFC 7643 §2.4, "the
    /// significant value").
    pub fn default_sub_attribute(&self) -> Option<&Arc<Self>> {
        self.sub_attribute("value")
    }

    /// Whether a resource must have it.
    pub fn is_required(&self) -> bool {
        self.required && !self.is_read_only()
    }

    /// Whether only the server writes it. A value that a client sends is ignored (RFC 7644 §3.3,
    /// §3.5.1).
    pub fn is_read_only(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }

    /// Whether a PATCH may change it if this is its value, or if it has none (RFC 7644 §3.5.2: "A
    /// client MUST NOT modify an attribute that has mutability `readOnly` or `immutable`", but may
    /// add an immutable one that has no value yet).
    pub(crate) fn may_change(&self, current: Option<&Value>) -> bool {
        match self.mutability {
            Mutability::ReadWrite | Mutability::WriteOnly => true,
            Mutability::Immutable => current.is_none(),
            Mutability::ReadOnly => false,
        }
    }

    /// Whether a PUT must send the current value (RFC 7644 §3.5.1: the input "MUST match" an
    /// immutable attribute).
    pub(crate) fn is_immutable(&self) -> bool {
        self.mutability == Mutability::Immutable
    }

    /// Whether a PUT without it keeps its value, since a client cannot read the value to send it
    /// again.
    pub(crate) fn is_write_only(&self) -> bool {
        self.mutability == Mutability::WriteOnly
    }

    /// Whether a filter may use it. A filter must not reveal the value of an attribute that is
    /// never returned (RFC 7643 §7, `returned` = `never`).
    pub fn may_filter(&self) -> bool {
        self.returned != Returned::Never
    }

    /// Whether values of its type have this operator (RFC 7644 §3.4.2.2, table 3).
    pub(crate) fn knows(&self, op: CompareOp) -> bool {
        let ordering = matches!(op, CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le);
        let within = matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew);
        match self.kind {
            // "Boolean and Binary attributes SHALL cause a failed response" when ordered.
            AttributeType::Boolean => !ordering && !within,
            AttributeType::Binary => !ordering,
            AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime => !within,
            _ => true,
        }
    }

    /// Whether two resources must not have the same value.
    pub fn is_unique(&self) -> bool {
        self.uniqueness != Uniqueness::None
    }

    /// The base64 alphabet of its values. "In cases where a URL-safe encoding is required, the
    /// attribute definition MAY specify that base64 URL encoding be used" (RFC 7643 §2.3.6). A
    /// schema has no characteristic for this, so the description says it.
    pub(crate) fn alphabet(&self) -> Base64Alphabet {
        let description = self.description.to_ascii_lowercase();
        let names = ["base64url", "base64 url", "base64-url"];
        let is_url = names.iter().any(|it| description.contains(it));
        if is_url { Base64Alphabet::Url } else { Base64Alphabet::Standard }
    }

    /// Whether values are compared with case.
    pub fn is_case_exact(&self) -> bool {
        // References and binaries are always exact (RFC 7643 §2.3.6, §2.3.7).
        self.case_exact || matches!(self.kind, AttributeType::Reference | AttributeType::Binary)
    }

    /// The text that a value is compared and indexed by.
    pub fn fold(&self, text: &str) -> SmolStr {
        if self.is_case_exact() { SmolStr::new(text) } else { fold(text) }
    }

    /// When it is returned.
    pub fn returned(&self) -> Returned {
        self.returned
    }

    /// The text that a value is indexed by; `None` for a complex value.
    pub fn key(&self, value: &Value) -> Option<SmolStr> {
        Some(match value {
            // The same moment can be written with different offsets.
            Value::Text(text) if self.kind == AttributeType::DateTime => {
                Moment::parse(text).map_or_else(|| text.clone(), |at| format_smolstr!("{at}"))
            }
            Value::Text(text) => self.fold(text),
            Value::Integer(it) => format_smolstr!("{it}"),
            Value::Decimal(it) => format_smolstr!("{it}"),
            Value::Boolean(it) => format_smolstr!("{it}"),
            Value::List(_) | Value::Object(_) => return None,
        })
    }

    /// Whether its values refer to resources of this tenant: it is complex, and its `$ref` has
    /// resource types as `referenceTypes` (RFC 7643 §2.3.7).
    pub fn is_resource_reference(&self) -> bool {
        self.referenced().next().is_some() && self.default_sub_attribute().is_some()
    }

    /// The names of the resource types that its values refer to.
    pub fn referenced(&self) -> impl Iterator<Item = &SmolStr> {
        let reference = self.sub_attribute("$ref").into_iter();
        let names = reference.flat_map(|it| &it.reference_types);
        names.filter(|it| !is_no_resource(it))
    }

    /// Whether the server fills in this sub-attribute of a reference: a read-only one, or a `$ref`
    /// that the client left out.
    pub(crate) fn fills_in(&self, sub: &Self) -> bool {
        !self.is_read_only()
            && (sub.is_read_only() || sub.is_named("$ref"))
            && self.is_resource_reference()
    }

    /// Whether its values may be addresses outside the tenant.
    pub(crate) fn may_be_external(&self) -> bool {
        self.reference_types.iter().any(|it| is_no_resource(it))
    }

    /// Whether it is part of a tenant's own schema, not of a built-in one.
    pub(crate) fn is_own(&self) -> bool {
        self.origin == Origin::Own
    }

    /// The same definition with another uniqueness.
    pub(super) fn with_uniqueness(mut self, uniqueness: Uniqueness) -> Self {
        self.uniqueness = uniqueness;
        self
    }

    /// The same definition as part of a tenant's own schema.
    pub(super) fn owned(&self) -> Self {
        let sub_attributes = self.sub_attributes.iter().map(|it| Arc::new(it.owned())).collect();
        Self { origin: Origin::Own, sub_attributes, ..self.clone() }
    }
}

/// Whether a reference type is not a resource type (RFC 7643 §7, `referenceTypes`).
pub(super) fn is_no_resource(reference_type: &str) -> bool {
    matches!(reference_type, "uri" | "external")
}
