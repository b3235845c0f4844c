//! Attribute values: a small tree with shared nodes.
//!
//! Not `serde_json::Value`, for three reasons: a copy shares what it does not change, a list of a
//! hundred thousand members takes one more without copying the others, and `null` cannot be said
//! (RFC 7643 §2.5: an unassigned attribute and `null` are the same, so there is one way to be
//! unassigned: absence).

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use smol_str::SmolStr;

mod list;

pub use list::{List, Position};

/// The name of an attribute in its schema's spelling, or the URN of an extension.
pub type Name = Arc<str>;

/// The value of an attribute ([RFC 7643 §2.3](https://www.rfc-editor.org/rfc/rfc7643#section-2.3)).
///
/// Strings, references, dateTimes and binaries are all text, kept as the client sent them.
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

/// Named values: a complex attribute, an extension, or a whole resource's attributes.
///
/// Never holds an unassigned value: setting an empty list or object removes it.
#[derive(Clone, Debug, Default)]
pub struct Object(Arc<Vec<(Name, Value)>>);

/// Among so many names one is found faster by going through them: most differ in length already.
const FEW: usize = 16;

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

    /// Whether it says nothing: an empty list or an object without members (RFC 7643 §2.5).
    pub(super) fn is_unassigned(&self) -> bool {
        match self {
            Self::Object(object) => object.is_empty(),
            Self::List(list) => list.is_empty(),
            _ => false,
        }
    }
}

impl Object {
    /// The value with this name, spelled as in the schema.
    pub fn get(&self, name: &str) -> Option<&Value> {
        if self.0.len() <= FEW {
            return self.0.iter().find(|(it, _)| **it == *name).map(|(_, value)| value);
        }
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// The text with this name, if it is one.
    pub fn text(&self, name: &str) -> Option<&SmolStr> {
        self.get(name).and_then(Value::as_text)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Puts a value under a name, in place of the one before; one that says nothing removes it.
    pub(crate) fn set(&mut self, name: &Name, value: Value) {
        match (self.find(name), value.is_unassigned()) {
            (Ok(at), true) => drop(Arc::make_mut(&mut self.0).remove(at)),
            (Err(_), true) => {}
            (Ok(at), false) => Arc::make_mut(&mut self.0)[at].1 = value,
            (Err(at), false) => Arc::make_mut(&mut self.0).insert(at, (name.clone(), value)),
        }
    }

    /// Takes a value out.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Ok(at) = self.find(name) {
            Arc::make_mut(&mut self.0).remove(at);
        }
    }

    /// Gives back what growing left unused; called once when a resource has been read.
    pub(super) fn shrink(&mut self) {
        if let Some(entries) = Arc::get_mut(&mut self.0) {
            entries.shrink_to_fit();
        }
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(it, _)| (**it).cmp(name))
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        // The same node is equal without looking: most of a changed resource is its old nodes.
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<N: Into<Name>> FromIterator<(N, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut object = Self(Arc::new(Vec::with_capacity(entries.size_hint().0)));
        for (name, value) in entries {
            object.set(&name.into(), value);
        }
        object
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

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(&**name, value)?;
        }
        map.end()
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for value in self.iter() {
            list.serialize_element(value)?;
        }
        list.end()
    }
}
