//! Evaluates the tree of an expression.

use jiff::Timestamp;
use regex::Regex;
use smol_str::{SmolStr, format_smolstr};

use super::compare::ComparisonOperator;
use super::function::{Function, Number};
use crate::pattern::pattern;
use crate::split_mix::SplitMix64;
use crate::{Attributes, SourceValue};

/// A part of an expression.
#[derive(Clone, Debug)]
pub(super) enum ExpressionNode {
    Attribute(SmolStr),
    Constant(SourceValue),
    Call(Box<FunctionCall>),
    Compare(Box<Self>, ComparisonOperator, Box<Self>),
}

/// The value of an expression, or the error.
pub(super) type EvaluationResult = Result<SourceValue, String>;

/// A function with its arguments, `None` for one that was left out.
#[derive(Clone, Debug)]
pub(super) struct FunctionCall {
    pub(super) function: &'static Function,
    arguments: Vec<Option<ExpressionNode>>,
    /// The regular expression of a `Replace`, if it is the same for every object.
    pattern: Option<Regex>,
}

/// Why a call is invalid, and the argument at fault, if it is one.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) argument: Option<usize>,
    pub(super) message: String,
}

impl CallError {
    pub(super) fn at(argument: usize, message: String) -> Self {
        Self { argument: Some(argument), message }
    }
}

impl From<String> for CallError {
    fn from(message: String) -> Self {
        Self { argument: None, message }
    }
}

/// An object without attributes, for constant expressions.
struct NoAttributes;

impl Attributes for NoAttributes {
    fn value(&self, _: &str) -> SourceValue {
        SourceValue::Absent
    }
}

/// The inputs of an evaluation, and the flags that it sets besides the value.
#[expect(clippy::struct_excessive_bools, reason = "independent notes, most never made")]
pub(super) struct EvaluationState<'o> {
    pub(super) object: &'o dyn Attributes,
    pub(super) now: Timestamp,
    pub(super) chance: SplitMix64,
    pub(super) redacted: bool,
    pub(super) ignored: bool,
    pub(super) assertive: bool,
    /// Whether a function has failed. Only the innermost function is named in the error.
    pub(super) failed: bool,
}

impl<'o> EvaluationState<'o> {
    pub(super) fn new(object: &'o dyn Attributes, now: Timestamp, chance: SplitMix64) -> Self {
        let (redacted, ignored, assertive, failed) = (false, false, false, false);
        Self { object, now, chance, redacted, ignored, assertive, failed }
    }
}

/// The longest text in bytes. Nested functions could double a text at every step.
pub(super) const MOST_BYTES: usize = 100_000;

impl ExpressionNode {
    pub(super) fn evaluate(&self, context: &mut EvaluationState<'_>) -> EvaluationResult {
        match self {
            Self::Attribute(name) => Ok(context.object.value(name)),
            Self::Constant(value) => Ok(value.clone()),
            Self::Compare(left, operator, right) => {
                let (left, right) = (left.evaluate(context)?, right.evaluate(context)?);
                operator.holds(&left, &right).map(SourceValue::Boolean)
            }
            Self::Call(call) => call.evaluate(context),
        }
    }

    fn is_fixed(&self) -> bool {
        match self {
            Self::Attribute(_) => false,
            Self::Constant(_) => true,
            Self::Compare(left, _, right) => left.is_fixed() && right.is_fixed(),
            Self::Call(call) => call.is_fixed(),
        }
    }

    /// Whether an attribute that this reads has no value.
    fn reads_nothing(&self, object: &dyn Attributes) -> bool {
        match self {
            Self::Attribute(name) => is_empty(&object.value(name)),
            Self::Constant(_) => false,
            Self::Compare(left, _, right) => {
                left.reads_nothing(object) || right.reads_nothing(object)
            }
            Self::Call(call) => call.arguments.iter().flatten().any(|it| it.reads_nothing(object)),
        }
    }
}

impl FunctionCall {
    /// A call with a valid number of arguments that fit together.
    pub(super) fn new(
        function: &'static Function,
        arguments: Vec<Option<ExpressionNode>>,
    ) -> Result<Self, CallError> {
        let Function { name, signature, least, most, .. } = function;
        if !(*least..=*most).contains(&arguments.len()) {
            let count = arguments.len();
            return Err(format!("{name} does not take {count} arguments: {signature}").into());
        }
        let required = &arguments[..*least];
        let left_out = required
            .iter()
            .zip(0..)
            .find(|(it, index)| it.is_none() && !function.optional.contains(index));
        if let Some((_, index)) = left_out {
            return Err(format!("{name} needs argument {}: {signature}", index + 1).into());
        }
        let mut call = Self { function, arguments, pattern: None };
        if (0..call.count()).any(|it| call.is_attribute(it, "appRoleAssignments"))
            != function.reads_roles
        {
            return Err("roles are read by role functions, and these read nothing else: \
                        SingleAppRoleAssignment([appRoleAssignments])"
                .to_owned()
                .into());
        }
        if let Some(index) = function.pattern
            && let Some(text) = call.constant(index)
        {
            call.pattern = Some(pattern(text).map_err(|it| CallError::at(index, it))?);
        }
        call.refuse()?;
        Ok(call)
    }

    /// Refuses constants for which the call would fail for every object.
    fn refuse(&self) -> Result<(), CallError> {
        for number in self.function.numbers {
            if let Some(value) = self.literal(number.argument) {
                number.read(value).map_err(|it| CallError::at(number.argument, it))?;
            }
        }
        (self.function.refuse)(self)?;
        if self.is_fixed() {
            let chance = SplitMix64::new(0, "", "");
            self.evaluate(&mut EvaluationState::new(&NoAttributes, Timestamp::UNIX_EPOCH, chance))?;
        }
        Ok(())
    }

    /// Whether the result depends on neither the object nor the time.
    fn is_fixed(&self) -> bool {
        self.function.name != "Now" && self.arguments.iter().flatten().all(ExpressionNode::is_fixed)
    }

    fn evaluate(&self, context: &mut EvaluationState<'_>) -> EvaluationResult {
        let value = (self.function.call)(&mut CallArguments { call: self, context });
        let value = value.and_then(|value| match &value {
            SourceValue::Text(text) if text.len() > MOST_BYTES => {
                Err(format!("the text is longer than {MOST_BYTES} bytes"))
            }
            _ => Ok(value),
        });
        value.map_err(|message| {
            let named = std::mem::replace(&mut context.failed, true);
            if named { message } else { format!("{}: {message}", self.function.name) }
        })
    }

    /// Whether the argument is present.
    pub(super) fn has(&self, index: usize) -> bool {
        self.arguments.get(index).is_some_and(Option::is_some)
    }

    pub(super) fn count(&self) -> usize {
        self.arguments.len()
    }

    /// The argument, if it is a constant text.
    pub(super) fn constant(&self, index: usize) -> Option<&SmolStr> {
        match self.literal(index)? {
            SourceValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The argument, if it is a constant.
    pub(super) fn literal(&self, index: usize) -> Option<&SourceValue> {
        match self.arguments.get(index)?.as_ref()? {
            ExpressionNode::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// The argument, if it is a constant whole number.
    pub(super) fn whole(&self, index: usize) -> Option<i64> {
        self.number(index).read(self.literal(index)?).ok()
    }

    fn number(&self, index: usize) -> &'static Number {
        let mut numbers = self.function.numbers.iter();
        numbers.find(|it| it.argument == index).expect("a function tells which numbers it reads")
    }

    /// Whether the argument is this attribute itself.
    fn is_attribute(&self, index: usize, name: &str) -> bool {
        matches!(&self.arguments[index], Some(ExpressionNode::Attribute(it)) if it == name)
    }

    pub(super) fn pattern(&self) -> Option<&Regex> {
        self.pattern.as_ref()
    }
}

/// The arguments of a call, evaluated on demand.
pub(super) struct CallArguments<'n, 'c, 'o> {
    pub(super) call: &'n FunctionCall,
    pub(super) context: &'c mut EvaluationState<'o>,
}

impl CallArguments<'_, '_, '_> {
    /// The argument's value; absent if it was left out.
    pub(super) fn value(&mut self, index: usize) -> EvaluationResult {
        match self.call.arguments.get(index) {
            Some(Some(node)) => node.evaluate(self.context),
            _ => Ok(SourceValue::Absent),
        }
    }

    /// The argument as text; `None` if it is absent.
    pub(super) fn text(&mut self, index: usize) -> Result<Option<SmolStr>, String> {
        match self.value(index)? {
            SourceValue::Absent => Ok(None),
            value => shown(&value).map(Some),
        }
    }

    /// The argument as text; empty if it is absent.
    pub(super) fn text_or_empty(&mut self, index: usize) -> Result<SmolStr, String> {
        Ok(self.text(index)?.unwrap_or_default())
    }

    /// The argument as a whole number in the function's range; `None` if it is absent.
    pub(super) fn optional_number(&mut self, index: usize) -> Result<Option<i64>, String> {
        match self.value(index)? {
            SourceValue::Absent => Ok(None),
            value => self.call.number(index).read(&value).map(Some),
        }
    }

    /// The argument as a whole number in the function's range.
    pub(super) fn number(&mut self, index: usize) -> Result<i64, String> {
        let found = self.optional_number(index)?;
        found.ok_or_else(|| format!("{} has no value", self.call.number(index).name))
    }

    /// The same for a number that is not negative.
    pub(super) fn size(&mut self, index: usize) -> Result<usize, String> {
        Ok(usize::try_from(self.number(index)?).unwrap_or(usize::MAX))
    }

    /// The texts of the argument: all of a list, one of a single value, none if it is absent.
    pub(super) fn texts(&mut self, index: usize) -> Result<Vec<SmolStr>, String> {
        match self.value(index)? {
            SourceValue::Absent => Ok(Vec::new()),
            SourceValue::List(texts) => Ok(texts),
            value => Ok(vec![shown(&value)?]),
        }
    }

    /// Whether an attribute that the argument reads has no value.
    pub(super) fn reads_nothing(&self, index: usize) -> bool {
        let node = self.call.arguments.get(index).and_then(Option::as_ref);
        node.is_some_and(|it| it.reads_nothing(self.context.object))
    }
}

impl Number {
    /// The value as this number.
    fn read(&self, value: &SourceValue) -> Result<i64, String> {
        let Self { name, least, .. } = self;
        let number = match value {
            SourceValue::Integer(number) => *number,
            other => {
                let text = shown(other)?;
                let number = text.trim().parse().ok();
                number.ok_or_else(|| format!("{name} is a whole number, not \"{text}\""))?
            }
        };
        if number < *least {
            return Err(format!("{name} is a whole number from {least}, not {number}"));
        }
        Ok(number)
    }
}

/// A single value as text.
pub(crate) fn shown(value: &SourceValue) -> Result<SmolStr, String> {
    match value {
        SourceValue::Absent => Ok(SmolStr::default()),
        SourceValue::Text(text) => Ok(text.clone()),
        // As .NET writes a Boolean.
        SourceValue::Boolean(it) => Ok(SmolStr::new_static(if *it { "True" } else { "False" })),
        SourceValue::Integer(number) => Ok(format_smolstr!("{number}")),
        SourceValue::List(texts) => match texts.as_slice() {
            [one] => Ok(one.clone()),
            several => Err(format!("expected one value, found {}", several.len())),
        },
        SourceValue::Reference(_) | SourceValue::References(_) => {
            Err("a reference to another object is no text; CStr makes one of it".into())
        }
        SourceValue::Roles(_) => Err("roles are no text; use SingleAppRoleAssignment".into()),
    }
}

/// Whether the value is absent or an empty text.
pub(super) fn is_empty(value: &SourceValue) -> bool {
    match value {
        SourceValue::Absent => true,
        SourceValue::Text(text) => text.is_empty(),
        SourceValue::List(texts) => texts.is_empty(),
        _ => false,
    }
}

/// The value as a condition: a Boolean, `True` or `False` in any case, a number that is not 0.
pub(super) fn truth(value: &SourceValue) -> Result<bool, String> {
    match value {
        SourceValue::Absent => Ok(false),
        SourceValue::Boolean(it) => Ok(*it),
        SourceValue::Integer(number) => Ok(*number != 0),
        other => {
            let text = shown(other)?;
            match text.to_ascii_lowercase().as_str() {
                "true" => Ok(true),
                "false" | "" => Ok(false),
                digits => {
                    digits.parse::<i64>().ok().map(|number| number != 0).ok_or_else(|| {
                        format!("expected True, False or a number, found \"{text}\"")
                    })
                }
            }
        }
    }
}
