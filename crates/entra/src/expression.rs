//! Expressions of attribute mappings ("Reference for writing expressions for attribute mappings",
//! FUNC). They are parsed once and evaluated for every object.

mod call;
mod compare;
mod dates;
mod format;
mod function;
mod lists;
mod logic;
mod parse;
mod random;
mod replace;
mod text;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use self::call::{EvaluationState, ExpressionNode};
use super::attributes::{Attributes, ObjectType, SourceValue, source_attribute};
use super::evaluation_context::EvaluationContext;
use super::split_mix::SplitMix64;

pub(super) use call::shown;
pub use function::{Function, functions};
pub use parse::{ExpressionError, MAX_DEPTH, MAX_LENGTH};

/// An expression such as `Append(Mid([givenName], 1, 3), Mid([surname], 1, 5))`.
///
/// Arguments are attributes in brackets, texts in quotes (with `\"` and `\\`), whole numbers, other
/// functions, or comparisons of two of these. An argument may be empty. Names are case-sensitive.
///
/// ```
/// use entra_provisioning::expression::Expression;
///
/// let expression: Expression = r#"Join(", ", "", [surname], [givenName])"#.parse()?;
/// assert_eq!(expression.to_string(), r#"Join(", ", "", [surname], [givenName])"#);
///
/// let error = r#"Jion(", ", [surname])"#.parse::<Expression>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"no function `Jion`; did you mean `Join`? At byte 0: Jion(", ", [surname])"#
/// );
/// # Ok::<(), entra_provisioning::expression::ExpressionError>(())
/// ```
///
/// # Incomplete
///
/// Characters are Unicode code points; .NET counts an emoji twice. Regular expressions have no
/// look-around and no backreferences.
#[derive(Clone)]
pub struct Expression {
    text: SmolStr,
    root: ExpressionNode,
    /// Every attribute that it reads, with its position.
    attributes: Vec<(SmolStr, usize)>,
}

/// Shows the text: the addresses of functions differ from run to run.
impl fmt::Debug for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Expression").field(&self.text).finish()
    }
}

/// The result of evaluating an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// The value; for `SelectUniqueValue`, the list of candidates.
    pub value: SourceValue,
    /// Whether `Redact` was applied: logs show `[Redact]`.
    pub redacted: bool,
    /// Whether `IgnoreFlowIfNullOrEmpty` drops the attribute, including its default value.
    pub ignored: bool,
    /// Whether roles come from `AssertiveAppRoleAssignmentsComplex`.
    pub assertive: bool,
}

impl Expression {
    /// Evaluates the expression for one object; `target` is part of the random seed.
    ///
    /// # Errors
    ///
    /// If an argument of a function is invalid: `Mid: start is a whole number from 1, not 0`.
    pub fn evaluate(
        &self,
        object: &dyn Attributes,
        moment: &EvaluationContext,
        target: &str,
    ) -> Result<Evaluated, String> {
        let id = match object.value("objectId") {
            SourceValue::Text(id) => id,
            _ => SmolStr::default(),
        };
        let chance = SplitMix64::new(moment.seed, &id, target);
        let mut context = EvaluationState::new(object, moment.now, chance);
        let value = self.root.evaluate(&mut context)?;
        let EvaluationState { redacted, ignored, assertive, .. } = context;
        Ok(Evaluated { value, redacted, ignored, assertive })
    }

    /// The outermost function's name.
    pub fn function(&self) -> &'static str {
        match &self.root {
            ExpressionNode::Call(call) => call.function.name,
            _ => unreachable!("an expression is a call"),
        }
    }

    /// Whether the attribute is read.
    pub fn reads(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|(name, _)| name == attribute)
    }

    /// Refuses an attribute that objects of this type do not have.
    ///
    /// # Errors
    ///
    /// At the first such attribute.
    pub fn bind(self, of: ObjectType) -> Result<Self, ExpressionError> {
        for (name, offset) in &self.attributes {
            source_attribute(of, name)
                .map_err(|message| ExpressionError::new(&self.text, *offset, message))?;
        }
        Ok(self)
    }
}

/// Parses an expression. [`Expression::bind`] checks its attributes.
impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let (root, attributes) = parse::parse(text)?;
        Ok(Self { text: text.into(), root, attributes })
    }
}

/// The expression as it was written.
impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// As it is printed.
impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests;
