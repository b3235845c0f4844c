//! Scoping filters select objects by their attributes ("Scoping users or groups to be provisioned
//! with scoping filters", SCOPE).

mod operator;

use std::fmt;

use regex::Regex;
use serde::{Serialize, Serializer};
use smol_str::{SmolStr, format_smolstr};

use super::attributes::{AttributeKind, Attributes, ObjectType, SourceValue, source_attribute};
use super::pattern::pattern;
pub use operator::Operator;

/// The scoping filters of one object type. An object is in scope if one of them holds, or if there
/// is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScopingFilters(Vec<ScopingFilter>);

impl ScopingFilters {
    /// A set of filters; one of them must hold.
    pub fn new(filters: Vec<ScopingFilter>) -> Self {
        Self(filters)
    }

    /// All of them, in the order of the configuration.
    pub fn all(&self) -> &[ScopingFilter] {
        &self.0
    }

    /// Whether the object is in scope.
    pub fn hold(&self, object: &dyn Attributes) -> bool {
        self.0.is_empty() || self.0.iter().any(|it| it.holds(object))
    }
}

/// A filter: all its clauses must hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScopingFilter {
    /// "Scoping Filter Title".
    pub title: SmolStr,
    /// The conditions; at least one.
    pub clauses: Vec<Clause>,
}

impl ScopingFilter {
    /// Whether every clause holds.
    pub fn holds(&self, object: &dyn Attributes) -> bool {
        self.clauses.iter().all(|it| it.holds(object))
    }
}

/// A condition for one attribute, printed as `department EQUALS Sales`.
#[derive(Clone, Debug)]
pub struct Clause {
    attribute: SmolStr,
    operator: Operator,
    value: SmolStr,
    test: Test,
}

/// The parsed value of a clause.
#[derive(Clone, Debug)]
enum Test {
    Text,
    Number(u64),
    Pattern(Regex),
}

impl Clause {
    /// A condition. `value` is empty for an operator without a value.
    ///
    /// # Errors
    ///
    /// If the attribute is unknown or does not support filters, or the value does not fit the
    /// operator. Multi-valued attributes, dates, `manager`, `userType`, `members` and
    /// `appRoleAssignments` do not support filters (SCOPE; "Known issues").
    pub fn new(
        of: ObjectType,
        attribute: &str,
        operator: Operator,
        value: &str,
    ) -> Result<Self, ClauseError> {
        refuse_unsupported(of, attribute).map_err(ClauseError::Attribute)?;
        let name = operator.name();
        if operator.takes_a_value() == value.is_empty() {
            let wants = if operator.takes_a_value() { "a value" } else { "no value" };
            return Err(ClauseError::Value(format!("{name} takes {wants}")));
        }
        let test = match operator {
            Operator::GreaterThan | Operator::GreaterThanOrEquals => {
                Test::Number(value.parse().ok().ok_or_else(|| {
                    ClauseError::Value(format!("{name} compares with a whole number from 0"))
                })?)
            }
            Operator::RegexMatch | Operator::NotRegexMatch => {
                Test::Pattern(pattern(value).map_err(ClauseError::Value)?)
            }
            _ => Test::Text,
        };
        Ok(Self { attribute: attribute.into(), operator, value: value.into(), test })
    }

    /// The attribute's name.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// Its operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Its value; empty for an operator without a value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether the object satisfies it. Without a value, only `IS NULL` holds.
    pub fn holds(&self, object: &dyn Attributes) -> bool {
        let found = object.value(&self.attribute);
        let Some(text) = as_text(&found) else { return self.operator == Operator::IsNull };
        let value = self.value.as_str();
        match (self.operator, &self.test) {
            (Operator::OccursIn, _) => value.contains(&*text),
            (Operator::OccursNotIn, _) => !value.contains(&*text),
            (Operator::EndsWith, _) => text.ends_with(value),
            (Operator::Equals, _) => text == value,
            (Operator::NotEquals, _) => text != value,
            (Operator::Includes, _) => text.contains(value),
            (Operator::IsFalse, _) => found == SourceValue::Boolean(false),
            (Operator::IsTrue, _) => found == SourceValue::Boolean(true),
            (Operator::IsNull, _) => false,
            (Operator::IsNotNull, _) => true,
            (Operator::GreaterThan, Test::Number(limit)) => number(&text) > Some(*limit),
            (Operator::GreaterThanOrEquals, Test::Number(limit)) => number(&text) >= Some(*limit),
            (Operator::RegexMatch, Test::Pattern(pattern)) => pattern.is_match(&text),
            (Operator::NotRegexMatch, Test::Pattern(pattern)) => !pattern.is_match(&text),
            _ => unreachable!("a clause is made with the test that its operator wants"),
        }
    }
}

/// Which part of a clause is wrong, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClauseError {
    /// The attribute.
    #[error("{0}")]
    Attribute(String),
    /// The value.
    #[error("{0}")]
    Value(String),
}

impl PartialEq for Clause {
    fn eq(&self, other: &Self) -> bool {
        (&self.attribute, self.operator, &self.value)
            == (&other.attribute, other.operator, &other.value)
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.attribute, self.operator.name())?;
        if self.value.is_empty() { Ok(()) } else { write!(out, " {}", self.value) }
    }
}

/// As it is printed.
impl Serialize for Clause {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

fn refuse_unsupported(of: ObjectType, name: &str) -> Result<(), String> {
    let attribute = source_attribute(of, name)?;
    let why = match attribute.kind {
        _ if attribute.multi_valued => "filtering by a multi-valued attribute is not supported",
        AttributeKind::DateTime => "filtering by a date is not supported",
        AttributeKind::Reference => "filtering by a reference to another object is not supported",
        _ if name == "userType" => "filtering by userType is not supported",
        _ => return Ok(()),
    };
    Err(format!("`{name}`: {why}"))
}

/// The text that is compared; `None` if the object has no value.
fn as_text(value: &SourceValue) -> Option<SmolStr> {
    match value {
        SourceValue::Text(text) if !text.is_empty() => Some(text.clone()),
        SourceValue::Boolean(true) => Some("True".into()),
        SourceValue::Boolean(false) => Some("False".into()),
        SourceValue::Integer(number) => Some(format_smolstr!("{number}")),
        _ => None,
    }
}

/// "an integer [0,1,2,...]": no other value is greater than anything, as `None` sorts first.
fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests;
