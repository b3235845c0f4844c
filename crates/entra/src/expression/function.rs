//! The functions that expressions may call (FUNC, "List of Functions").

use std::ops::RangeInclusive;

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall};
use super::{dates, lists, logic, random, replace, text};
use scim_engine::nearest;

/// A function of expressions.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name; the case counts.
    pub name: &'static str,
    /// Its signature as in the reference: `Append(source, suffix)`.
    pub signature: &'static str,
    /// How few arguments it takes.
    pub(super) least: usize,
    /// How many it takes.
    pub(super) most: usize,
    /// The indexes, among the first `least` arguments, of those that may be empty.
    pub(super) optional: &'static [usize],
    /// The arguments that are whole numbers.
    pub(super) numbers: &'static [Number],
    /// The argument that is a regular expression.
    pub(super) pattern: Option<usize>,
    /// Whether it reads `[appRoleAssignments]`, which no other function may.
    pub(super) reads_roles: bool,
    /// Whether it can only be the outermost function.
    pub(super) top_level: bool,
    /// Refuses invalid arguments before any object is evaluated.
    pub(super) refuse: Refuse,
    pub(super) call: Evaluate,
}

/// An argument that is a whole number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    /// Which, from 0.
    pub(super) argument: usize,
    /// Its name in the signature.
    pub(super) name: &'static str,
    /// The least that it may be.
    pub(super) least: i64,
}

const fn number(argument: usize, name: &'static str, least: i64) -> Number {
    Number { argument, name, least }
}

const ANY: i64 = i64::MIN;

type Refuse = fn(&FunctionCall) -> Result<(), CallError>;
type Evaluate = fn(&mut CallArguments<'_, '_, '_>) -> EvaluationResult;

/// Every function, in the order of the reference.
pub fn functions() -> &'static [Function] {
    &FUNCTIONS
}

/// The function of that name.
pub(super) fn function(name: &str) -> Result<&'static Function, String> {
    FUNCTIONS.iter().find(|it| it.name == name).ok_or_else(|| {
        match nearest(name, FUNCTIONS.iter().map(|it| it.name)) {
            Some(near) => format!("no function `{name}`; did you mean `{near}`?"),
            None => format!("no function `{name}`"),
        }
    })
}

const MANY: usize = usize::MAX;

const fn of(
    name: &'static str,
    signature: &'static str,
    arity: RangeInclusive<usize>,
    call: Evaluate,
) -> Function {
    Function {
        name,
        signature,
        least: *arity.start(),
        most: *arity.end(),
        optional: &[],
        numbers: &[],
        pattern: None,
        reads_roles: false,
        top_level: false,
        refuse: |_| Ok(()),
        call,
    }
}

impl Function {
    const fn optional(self, optional: &'static [usize]) -> Self {
        Self { optional, ..self }
    }

    const fn numbers(self, numbers: &'static [Number]) -> Self {
        Self { numbers, ..self }
    }

    const fn refuses(self, refuse: Refuse) -> Self {
        Self { refuse, ..self }
    }

    const fn roles(self) -> Self {
        Self { reads_roles: true, ..self }
    }
}

static FUNCTIONS: [Function; 44] = [
    of("Append", "Append(source, suffix)", 2..=2, text::append),
    of(
        "AppRoleAssignmentsComplex",
        "AppRoleAssignmentsComplex([appRoleAssignments])",
        1..=1,
        lists::roles,
    )
    .roles(),
    of(
        "AssertiveAppRoleAssignmentsComplex",
        "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
        1..=1,
        lists::assertive_roles,
    )
    .roles(),
    of("BitAnd", "BitAnd(value1, value2)", 2..=2, logic::bit_and)
        .numbers(&[number(0, "value1", ANY), number(1, "value2", ANY)]),
    of("CBool", "CBool(expression)", 1..=1, logic::c_bool).refuses(logic::refuse_condition),
    of("CDate", "CDate(expression)", 1..=1, dates::c_date),
    of("Coalesce", "Coalesce(source1, .., defaultValue)", 1..=MANY, logic::coalesce),
    of("ConvertToBase64", "ConvertToBase64(source)", 1..=1, text::convert_to_base64),
    of("ConvertToUTF8Hex", "ConvertToUTF8Hex(source)", 1..=1, text::convert_to_utf8_hex),
    of("Count", "Count(attribute)", 1..=1, lists::count),
    of("CStr", "CStr(value)", 1..=1, lists::c_str),
    of("DateAdd", "DateAdd(interval, value, dateTime)", 3..=3, dates::date_add)
        .numbers(&[number(1, "value", ANY)])
        .refuses(dates::refuse_interval_and_dates),
    of("DateDiff", "DateDiff(interval, date1, date2)", 3..=3, dates::date_diff)
        .refuses(dates::refuse_interval_and_dates),
    of("DateFromNum", "DateFromNum(value)", 1..=1, dates::date_from_num)
        .numbers(&[number(0, "value", ANY)]),
    of(
        "FormatDateTime",
        "FormatDateTime(source, dateTimeStyles, inputFormat, outputFormat)",
        4..=4,
        dates::format_date_time,
    )
    .optional(&[1])
    .refuses(dates::refuse_formats),
    of("Guid", "Guid()", 0..=0, random::guid),
    of(
        "IgnoreFlowIfNullOrEmpty",
        "IgnoreFlowIfNullOrEmpty(expression)",
        1..=1,
        logic::ignore_flow_if_null_or_empty,
    ),
    of("IIF", "IIF(condition, valueIfTrue, valueIfFalse)", 3..=3, logic::iif)
        .optional(&[1, 2])
        .refuses(logic::refuse_condition),
    of("InStr", "InStr(value1, value2, start, compareType)", 2..=4, text::in_str)
        .numbers(&[number(2, "start", 1)])
        .refuses(text::refuse_compare_type),
    of("IsNull", "IsNull(expression)", 1..=1, logic::is_null),
    of("IsNullOrEmpty", "IsNullOrEmpty(expression)", 1..=1, logic::is_null_or_empty),
    of("IsPresent", "IsPresent(expression)", 1..=1, logic::is_present),
    of("IsString", "IsString(expression)", 1..=1, logic::is_string),
    of("Item", "Item(attribute, index)", 2..=2, lists::item).numbers(&[number(1, "index", 1)]),
    of("Join", "Join(separator, source1, ..)", 2..=MANY, text::join),
    of("Left", "Left(string, numChars)", 2..=2, text::left).numbers(&[number(1, "numChars", ANY)]),
    of("Mid", "Mid(source, start, length)", 3..=3, text::mid)
        .numbers(&[number(1, "start", 1), number(2, "length", 0)]),
    of("NormalizeDiacritics", "NormalizeDiacritics(source)", 1..=1, text::normalize_diacritics),
    of("Not", "Not(source)", 1..=1, logic::not),
    of("Now", "Now()", 0..=0, dates::now),
    of("NumFromDate", "NumFromDate(value)", 1..=1, dates::num_from_date),
    of("PCase", "PCase(source, wordSeparators)", 1..=2, text::p_case),
    of(
        "RandomString",
        "RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, \
         minimumLowerCase, charactersToAvoid)",
        5..=6,
        random::random_string,
    )
    .numbers(&[
        number(0, "length", 0),
        number(1, "minimumNumbers", 0),
        number(2, "minimumSpecialCharacters", 0),
        number(3, "minimumCapital", 0),
        number(4, "minimumLowerCase", 0),
    ])
    .refuses(random::refuse_length),
    of("Redact", "Redact(value)", 1..=1, logic::redact),
    of("RemoveDuplicates", "RemoveDuplicates(attribute)", 1..=1, lists::remove_duplicates),
    Function { pattern: Some(2), ..REPLACE },
    Function { top_level: true, ..SELECT_UNIQUE_VALUE },
    of(
        "SingleAppRoleAssignment",
        "SingleAppRoleAssignment([appRoleAssignments])",
        1..=1,
        lists::single_role,
    )
    .roles(),
    of("Split", "Split(source, delimiter)", 2..=2, lists::split).refuses(lists::refuse_delimiter),
    of("StripSpaces", "StripSpaces(source)", 1..=1, text::strip_spaces),
    of("Switch", "Switch(source, defaultValue, key1, value1, ..)", 4..=MANY, logic::switch)
        .optional(&[1, 3])
        .refuses(logic::refuse_odd_pairs),
    of("ToLower", "ToLower(source, culture)", 1..=2, text::to_lower).refuses(text::refuse_culture),
    of("ToUpper", "ToUpper(source, culture)", 1..=2, text::to_upper).refuses(text::refuse_culture),
    of("Word", "Word(string, wordNumber, delimiters)", 3..=3, text::word).numbers(&[number(
        1,
        "wordNumber",
        ANY,
    )]),
];

const REPLACE: Function = of(
    "Replace",
    "Replace(source, oldValue, regexPattern, regexGroupName, replacementValue, \
     replacementAttributeName, template)",
    5..=7,
    replace::replace,
)
.optional(&[1, 2, 3, 4])
.refuses(replace::refuse_form);

const SELECT_UNIQUE_VALUE: Function = of(
    "SelectUniqueValue",
    "SelectUniqueValue(uniqueValueRule1, uniqueValueRule2, ..)",
    2..=MANY,
    lists::select_unique_value,
);
