//! The order of a list
//! ([RFC 7644 §3.4.2.3](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.3)).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{
    derive::Derive,
    error::{ScimError, ScimType},
    filter::{AttrPath, Urns},
    lookup::value_of,
    moment::Moment,
    resource::Resource,
    rules::Rules,
    schema::{AttributeDefinition, AttributeType, Target},
    text::nearest,
    value::{List, Value},
    work::WorkBudget,
};
use crate::quoted;

/// The attribute that a list is sorted by, and the direction.
#[derive(Clone, Debug)]
pub struct Sort {
    /// The attribute; `None` if the resource type does not have it, so that none of its resources
    /// has a value.
    target: Option<Target>,
    /// The direction.
    pub order: SortOrder,
}

/// The direction in which a list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The smallest first, resources without a value last.
    #[default]
    Ascending,
    /// The largest first, resources without a value before it.
    Descending,
}

/// The value that a resource is sorted by, in the type of its attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SortKey {
    /// `false` before `true`.
    Boolean(bool),
    /// A number. First its bits as a decimal, in the order of the numbers; then its whole part,
    /// since several large whole numbers have the same decimal.
    Number(i64, i64),
    /// A point in time, independent of the offset that it was written with.
    Moment(Moment),
    /// Text; without case unless the attribute is case-exact.
    Text(SmolStr),
}

impl SortOrder {
    /// Reads `sortOrder`.
    ///
    /// # Errors
    ///
    /// `invalidValue` for any other word.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        let words = ["ascending", "descending"];
        match text {
            "ascending" => Ok(Self::Ascending),
            "descending" => Ok(Self::Descending),
            other => {
                let meant = nearest(other, words).or_else(|| {
                    words
                        .into_iter()
                        .find(|it| !other.is_empty() && it.starts_with(&other.to_lowercase()))
                });
                let detail =
                    format!("sortOrder is ascending or descending, found {}", quoted(other));
                Err(ScimError::new(ScimType::InvalidValue, detail)
                    .meant(meant)
                    .by("RFC 7644 §3.4.2.3"))
            }
        }
    }

    /// Compares the keys of two resources. `None` is a resource without a value: "ordered last if
    /// ascending and first if descending".
    pub fn compare(self, one: Option<&SortKey>, other: Option<&SortKey>) -> Ordering {
        let ascending = match (one, other) {
            (Some(one), Some(other)) => one.cmp(other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        match self {
            Self::Ascending => ascending,
            Self::Descending => ascending.reverse(),
        }
    }
}

impl Sort {
    /// Reads `sortBy` and looks its attribute up in the schemas.
    ///
    /// # Errors
    ///
    /// `invalidValue` when it is not a path, or when its attribute is unknown (the detail names the
    /// nearest one), complex, or never returned.
    pub fn parse(rules: &Rules<'_>, sort_by: &str, order: SortOrder) -> Result<Self, ScimError> {
        let path = Self::path(rules, sort_by)?;
        let target = rules.resolve(&path, ScimType::InvalidValue);
        let target = target.map_err(|error| error.within("sortBy"))?;
        Ok(Self { target: Some(comparable(target)?), order })
    }

    /// The order of resources whose type does not have the attribute that other types are sorted
    /// by.
    pub(super) fn lacking(order: SortOrder) -> Self {
        Self { target: None, order }
    }

    /// Reads `sortBy` as a path.
    ///
    /// # Errors
    ///
    /// `invalidValue` when it is not a path.
    pub(super) fn path(rules: &Rules<'_>, sort_by: &str) -> Result<AttrPath, ScimError> {
        AttrPath::parse(sort_by, Urns(rules.schemas.urns())).map_err(|error| {
            let detail = format!("sortBy is not the path of an attribute: {error}");
            ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.4.2.3")
        })
    }

    /// The key of a resource, from the values that a client would be shown. Of several values it is
    /// that of the primary one, else of the first.
    pub fn key(
        &self,
        resource: &Resource,
        derive: &dyn Derive,
        work: &WorkBudget,
    ) -> Option<SortKey> {
        let target = self.target.as_ref()?;
        work.spend(1);
        let definition = &target.definition;
        if target.is_core("id") {
            return SortKey::of(definition, &Value::Text(resource.id.clone()));
        }
        let value = value_of(resource, target, derive, work)?;
        let one = match &*value {
            Value::List(list) => {
                work.spend(list.len());
                significant(list)?
            }
            one => one,
        };
        match (&target.sub, one) {
            (None, simple) => SortKey::of(definition, simple),
            (Some(sub), Value::Object(object)) if definition.fills_in(sub) => {
                SortKey::of(sub, derive.complete(target, object).get(sub.name())?)
            }
            (Some(sub), Value::Object(object)) => SortKey::of(sub, object.get(sub.name())?),
            _ => None,
        }
    }
}

impl SortKey {
    fn of(definition: &AttributeDefinition, value: &Value) -> Option<Self> {
        Some(match (definition.kind(), value) {
            (AttributeType::DateTime, Value::Text(text)) => Self::Moment(Moment::parse(text)?),
            (_, Value::Boolean(it)) => Self::Boolean(*it),
            #[expect(clippy::cast_precision_loss, reason = "the whole part tells")]
            (_, Value::Integer(it)) => Self::Number(in_order(*it as f64), *it),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "only whole numbers are told apart"
            )]
            (_, Value::Decimal(it)) => Self::Number(in_order(*it), *it as i64),
            (_, Value::Text(text)) => Self::Text(definition.fold(text)),
            _ => return None,
        })
    }
}

/// The bits of a number as an integer with the same order as `f64::total_cmp`. Both zeros are the
/// same.
fn in_order(number: f64) -> i64 {
    let bits = (number + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The primary value, else the first.
fn significant(list: &List) -> Option<&Value> {
    list.iter().find(|it| it.is_primary()).or_else(|| list.iter().next())
}

/// The target whose values are compared: for a complex attribute its `value`.
///
/// # Errors
///
/// `invalidValue` for an attribute that has no order, or whose values must stay secret.
fn comparable(mut target: Target) -> Result<Target, ScimError> {
    let path = target.path();
    if !target.definition.may_filter() || !target.leaf().may_filter() {
        let detail = format!("sortBy: {path} is never returned, so nothing is sorted by it");
        return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7643 §7"));
    }
    if target.sub.is_none() && target.definition.is_complex() {
        let subs = target.definition.sub_attributes();
        target.sub = target.definition.default_sub_attribute().cloned();
        if target.sub.is_none() {
            let subs: Vec<&str> = subs.iter().map(|it| &**it.name()).collect();
            let detail = format!(
                "sortBy: {path} is complex, name one of its sub-attributes: {path}.{}",
                subs.join(", .")
            );
            return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.4.2.3"));
        }
    }
    Ok(target)
}

#[cfg(test)]
mod tests;
