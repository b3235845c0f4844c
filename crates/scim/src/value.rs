//! Attribute values: a small tree with shared nodes.
//!
//! It is not `serde_json::Value`, for three reasons. A copy shares the parts that it does not
//! change. A list of a hundred thousand members can get one more without a copy of the others.
//! There is no `null`: RFC 7643 §2.5 makes an unassigned attribute and `null` the same, so an
//! unassigned attribute is always absent.

use serde::ser::{Serialize, Serializer};
use smol_str::SmolStr;

mod list;
mod name;
mod object;

pub use list::{List, Position};
pub use name::Name;
pub use object::Object;

/// The value of an attribute ([RFC 7643 §2.3](https://www.rfc-editor.org/rfc/rfc7643#section-2.3)).
///
/// Strings, references, dateTimes and binaries are texts, kept as the client sent them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// Text of any of the four textual types.
    Text(SmolStr),
    /// A complex value, or the attributes of an extension.
    Object(Object),
    /// The values of a multi-valued attribute.
    List(List),
}

impl Value {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&SmolStr> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The complex value, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The values, if it is a list.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(it) => Some(*it),
            _ => None,
        }
    }

    /// Whether it is the primary value of a multi-valued attribute.
    pub(super) fn is_primary(&self) -> bool {
        let primary = self.as_object().and_then(|it| it.get("primary"));
        primary.and_then(Self::as_boolean) == Some(true)
    }

    /// Whether it is unassigned: an empty list or an object without members (RFC 7643 §2.5).
    pub(super) fn is_unassigned(&self) -> bool {
        match self {
            Self::Object(object) => object.is_empty(),
            Self::List(list) => list.is_empty(),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Self {
        Self::Boolean(it)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<SmolStr> for Value {
    fn from(text: SmolStr) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(it) => serializer.serialize_bool(*it),
            Self::Integer(it) => serializer.serialize_i64(*it),
            Self::Decimal(it) => serializer.serialize_f64(*it),
            Self::Text(it) => serializer.serialize_str(it),
            Self::Object(it) => it.serialize(serializer),
            Self::List(it) => it.serialize(serializer),
        }
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
