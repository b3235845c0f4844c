//! The syntax of filters and paths, independent of the schemas.
//!
//! [`Filter::parse`] reads a filter and [`fmt::Display`] prints it. Whether an attribute exists,
//! how its values are compared, and whether a profile allows it in a filter is decided when the
//! filter is bound to a resource type. This module knows the grammar only. The paths of PATCH
//! operations have the same grammar.

mod absent;
mod error;
mod literal;
pub(super) mod parse;
mod path;
#[cfg(test)]
mod properties;
mod scan;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use smol_str::SmolStr;

pub(crate) use self::absent::Comparison;
pub(crate) use self::error::Byte;
pub use self::error::SyntaxError;
pub use self::path::{AttrPath, PatchPath, Urns, ValuePath};

/// The longest text that is read as a filter or path, in bytes.
///
/// It is twice what common servers and proxies accept as a request line.
pub const MAX_LENGTH: usize = 16 * 1024;

/// How deep groups and brackets may be nested.
///
/// Real filters have at most three levels. The limit keeps a hostile text from using up the stack.
pub const MAX_DEPTH: usize = 32;

/// A filter expression ([RFC 7644 §3.4.2.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2)).
///
/// Names are kept as written; compare them without case. Where a filter can begin, the words `and`,
/// `or` and `not` are operators, so an attribute of such a name needs its schema in front.
///
/// ```
/// use scim_engine::Filter;
///
/// let filter: Filter = "active EQ true and (emails co \"@a.se\" or title pr)".parse()?;
///
/// assert_eq!(filter.to_string(), "active eq true and (emails co \"@a.se\" or title pr)");
/// # Ok::<(), scim_engine::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `title pr`: the attribute has a value.
    Present(AttrPath),
    /// `userName eq "anna"`: the comparison holds for one of the attribute's values.
    Compare(AttrPath, CompareOp, CompareValue),
    /// All of these, in the order written; at least two.
    And(Vec<Self>),
    /// At least one of these, in the order written; at least two.
    Or(Vec<Self>),
    /// `not (…)`.
    Not(Box<Self>),
    /// `emails[type eq "work"]`: the filter in brackets is true for one value.
    ValuePath(ValuePath),
    /// `emails[type eq "work"].value eq "a@b.se"`: the filter in brackets and the test behind it
    /// are true for the same value. The test is a [`Filter::Present`] or [`Filter::Compare`] with
    /// the name of a sub-attribute.
    ///
    /// The RFC's grammar has this form only in PATCH paths. Microsoft Entra ID uses it in filters
    /// when such a value is its matching attribute. It means the same as
    /// `emails[type eq "work" and value eq "a@b.se"]`.
    Selected(ValuePath, Box<Self>),
}

impl Filter {
    /// Its tests from left to right, without `and`, `or` and `not`.
    pub(super) fn tests(&self) -> Vec<&Self> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(inner) => inner.tests(),
            test => vec![test],
        }
    }

    /// Every attribute that is tested, from left to right, once for each test.
    ///
    /// A sub-attribute in brackets comes with the attribute before the brackets: `emails[type eq
    /// "work"]` tests `emails.type`.
    pub fn attributes(&self) -> impl Iterator<Item = AttrPath> {
        let mut open: Vec<(Option<&AttrPath>, &Self)> = vec![(None, self)];
        std::iter::from_fn(move || {
            while let Some((parent, filter)) = open.pop() {
                match filter {
                    Self::Present(attr) | Self::Compare(attr, ..) => {
                        return Some(parent.map_or_else(|| attr.clone(), |it| it.join(&attr.name)));
                    }
                    Self::And(parts) | Self::Or(parts) => {
                        open.extend(parts.iter().rev().map(|it| (parent, it)));
                    }
                    Self::Not(inner) => open.push((parent, inner)),
                    Self::ValuePath(values) => open.push((Some(&values.attr), &values.filter)),
                    Self::Selected(values, test) => {
                        open.push((Some(&values.attr), test));
                        open.push((Some(&values.attr), &values.filter));
                    }
                }
            }
            None
        })
    }
}

/// Reads a filter when no schema is known; see [`AttrPath`] for how a URN is then recognised.
impl FromStr for Filter {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        Self::parse(text, Urns::default())
    }
}

/// The filter with single blanks, operators in lower case and only the necessary parentheses.
/// Reading it back gives the same filter, except for the last bit of a decimal.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(attr) => write!(f, "{attr} pr"),
            Self::Compare(attr, op, value) => write!(f, "{attr} {op} {value}"),
            Self::And(parts) => {
                join(f, parts, " and ", |it| matches!(it, Self::And(_) | Self::Or(_)))
            }
            Self::Or(parts) => join(f, parts, " or ", |it| matches!(it, Self::Or(_))),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::ValuePath(values) => write!(f, "{values}"),
            Self::Selected(values, test) => write!(f, "{values}.{test}"),
        }
    }
}

fn join(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    needs_group: fn(&Filter) -> bool,
) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        f.write_str(if place > 0 { word } else { "" })?;
        if needs_group(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

/// The operators that compare an attribute with a value (RFC 7644 §3.4.2.2, table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `eq`: is the value.
    Eq,
    /// `ne`: is not the value.
    Ne,
    /// `co`: contains it.
    Co,
    /// `sw`: starts with it.
    Sw,
    /// `ew`: ends with it.
    Ew,
    /// `gt`: is greater, or later.
    Gt,
    /// `ge`: is greater or the same.
    Ge,
    /// `lt`: is less, or earlier.
    Lt,
    /// `le`: is less or the same.
    Le,
}

impl CompareOp {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    /// The operator of that name, ignoring case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str().eq_ignore_ascii_case(name))
    }

    /// Its name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an attribute is compared with: a JSON literal. The type of the attribute is not known yet,
/// so a date is a text.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number without fraction and exponent that fits into an `i64`.
    Integer(i64),
    /// Any other number; never infinite, never NaN.
    Decimal(f64),
    /// Text, with JSON's escapes resolved.
    Text(SmolStr),
}

impl fmt::Display for CompareValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(it) => write!(f, "{it}"),
            Self::Integer(it) => write!(f, "{it}"),
            Self::Decimal(it) => write!(f, "{it:?}"), // 1.0 must not become the integer 1.
            Self::Text(it) => write!(f, "{}", Value::from(it.as_str())),
        }
    }
}
