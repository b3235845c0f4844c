//! The fourteen operators of scoping filters.

use scim_engine::nearest;

/// How a clause compares, by the portal's name (SCOPE, "Create a scoping filter").
///
/// An object without a value for the attribute passes [`Self::IsNull`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `&`: the attribute's value occurs in the clause's value.
    OccursIn,
    /// `!&`: it does not.
    OccursNotIn,
    /// `ENDS_WITH`: the attribute ends with the clause's value; the case counts (assumed).
    EndsWith,
    /// `EQUALS`; the case counts.
    Equals,
    /// `Greater_Than`: both are whole numbers, from 0.
    GreaterThan,
    /// `Greater_Than_OR_EQUALS`: both are whole numbers, from 0.
    GreaterThanOrEquals,
    /// `Includes`: the attribute contains the clause's value; the case counts.
    Includes,
    /// `IS FALSE`: the attribute is the Boolean `false`.
    IsFalse,
    /// `IS NOT NULL`: the attribute is neither absent nor empty.
    IsNotNull,
    /// `IS NULL`: the attribute is absent or empty.
    IsNull,
    /// `IS TRUE`: the attribute is the Boolean `true`.
    IsTrue,
    /// `NOT EQUALS`; the case counts.
    NotEquals,
    /// `NOT REGEX MATCH`: the pattern is found nowhere in the attribute.
    NotRegexMatch,
    /// `REGEX MATCH`: the pattern is found in the attribute; the case counts, and only `^` and `$`
    /// bind it to the ends (assumed, as .NET's `Regex.IsMatch`).
    RegexMatch,
}

/// All of them, with their names, in the order of the enum, which is the portal's.
const OPERATORS: [(&str, Operator); 14] = [
    ("&", Operator::OccursIn),
    ("!&", Operator::OccursNotIn),
    ("ENDS_WITH", Operator::EndsWith),
    ("EQUALS", Operator::Equals),
    ("Greater_Than", Operator::GreaterThan),
    ("Greater_Than_OR_EQUALS", Operator::GreaterThanOrEquals),
    ("Includes", Operator::Includes),
    ("IS FALSE", Operator::IsFalse),
    ("IS NOT NULL", Operator::IsNotNull),
    ("IS NULL", Operator::IsNull),
    ("IS TRUE", Operator::IsTrue),
    ("NOT EQUALS", Operator::NotEquals),
    ("NOT REGEX MATCH", Operator::NotRegexMatch),
    ("REGEX MATCH", Operator::RegexMatch),
];

impl Operator {
    /// All of them, in the order of the portal.
    pub fn all() -> [Self; 14] {
        OPERATORS.map(|(_, operator)| operator)
    }

    /// The portal's name for it.
    pub fn name(self) -> &'static str {
        OPERATORS[self as usize].0
    }

    /// Whether it compares with a value.
    pub fn takes_a_value(self) -> bool {
        !matches!(self, Self::IsFalse | Self::IsNotNull | Self::IsNull | Self::IsTrue)
    }
}

/// Reads an operator's name, in any case.
impl std::str::FromStr for Operator {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = OPERATORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map(|(_, operator)| *operator).ok_or_else(|| {
            let names = OPERATORS.map(|(name, _)| name);
            match nearest(text, names) {
                Some(near) => format!("no operator `{text}`; did you mean `{near}`?"),
                None => format!("no operator `{text}`; there are {}", names.join(", ")),
            }
        })
    }
}
