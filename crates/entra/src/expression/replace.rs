//! `Replace` has five forms, which differ in the arguments that are given.

use regex::{Captures, Regex};
use smol_str::SmolStr;

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall, MOST_BYTES};
use crate::SourceValue;
use crate::pattern::pattern;

const OLD_VALUE: usize = 1;
const PATTERN: usize = 2;
const GROUP: usize = 3;
const REPLACEMENT: usize = 4;
const ATTRIBUTE: usize = 5;
const TEMPLATE: usize = 6;

/// The form of a `Replace` (FUNC, "Replace").
enum ReplaceForm {
    /// `oldValue` and `replacementValue`
    Text,
    /// `oldValue` and `template`
    Template,
    /// `regexPattern` and `replacementValue`
    Pattern,
    /// `regexPattern`, `regexGroupName` and `replacementValue`
    Group,
    /// `regexPattern`, `regexGroupName` and `replacementAttributeName`
    Attribute,
}

fn form(call: &FunctionCall) -> Result<ReplaceForm, String> {
    let given = |index| call.has(index);
    if given(OLD_VALUE) && given(TEMPLATE) {
        Ok(ReplaceForm::Template)
    } else if given(OLD_VALUE) && given(REPLACEMENT) {
        Ok(ReplaceForm::Text)
    } else if given(PATTERN) && given(GROUP) && given(ATTRIBUTE) {
        Ok(ReplaceForm::Attribute)
    } else if given(PATTERN) && given(GROUP) && given(REPLACEMENT) {
        Ok(ReplaceForm::Group)
    } else if given(PATTERN) && given(REPLACEMENT) {
        Ok(ReplaceForm::Pattern)
    } else {
        Err("Replace needs oldValue with replacementValue or template, or regexPattern with \
             replacementValue, or regexPattern and regexGroupName with replacementAttributeName"
            .into())
    }
}

pub(super) fn refuse_form(call: &FunctionCall) -> Result<(), CallError> {
    form(call)?;
    if call.constant(OLD_VALUE).is_some_and(SmolStr::is_empty) {
        return Err(CallError::at(OLD_VALUE, "oldValue is empty".into()));
    }
    match (call.pattern(), call.constant(GROUP)) {
        (Some(pattern), Some(name)) => {
            has_group(pattern, name).map_err(|it| CallError::at(GROUP, it))
        }
        _ => Ok(()),
    }
}

/// `Replace(source, oldValue, regexPattern, regexGroupName, replacementValue,
/// replacementAttributeName, template)`. Without a source the result is absent, unless another
/// attribute takes its place.
pub(super) fn replace(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let form = form(it.call)?;
    let source = it.text(0)?;
    if let ReplaceForm::Attribute = form {
        return stand_in(it, source);
    }
    let Some(source) = source else { return Ok(SourceValue::Absent) };
    let text = match form {
        ReplaceForm::Text => {
            let (old, new) = (it.text_or_empty(OLD_VALUE)?, it.text_or_empty(REPLACEMENT)?);
            replaced(&source, &old, &new)?
        }
        ReplaceForm::Template => {
            let (old, template) = (it.text_or_empty(OLD_VALUE)?, it.text_or_empty(TEMPLATE)?);
            replaced(&template, &old, &source)?
        }
        ReplaceForm::Pattern => {
            let replacement = it.text_or_empty(REPLACEMENT)?;
            by_pattern(it, |pattern| {
                bounded(pattern, &source, |found| expand(&replacement, pattern, found))
            })?
        }
        ReplaceForm::Group | ReplaceForm::Attribute => {
            let (name, new) = (it.text_or_empty(GROUP)?, it.text_or_empty(REPLACEMENT)?);
            by_pattern(it, |pattern| {
                has_group(pattern, &name)?;
                bounded(pattern, &source, |found| in_group(found, &name, &new))
            })?
        }
    };
    Ok(SourceValue::Text(text.into()))
}

/// The source, or what the group finds in the other attribute.
fn stand_in(it: &mut CallArguments<'_, '_, '_>, source: Option<SmolStr>) -> EvaluationResult {
    if let Some(source) = source.filter(|it| !it.is_empty()) {
        return Ok(SourceValue::Text(source));
    }
    let Some(other) = it.text(ATTRIBUTE)? else { return Ok(SourceValue::Absent) };
    let name = it.text_or_empty(GROUP)?;
    by_pattern(it, |pattern| {
        has_group(pattern, &name)?;
        let found = pattern.captures(&other).and_then(|it| it.name(&name));
        Ok(found.map_or(SourceValue::Absent, |it| it.as_str().into()))
    })
}

/// Replaces every occurrence of `old`; an error if the text becomes too long.
fn replaced(text: &str, old: &str, new: &str) -> Result<String, String> {
    if old.is_empty() {
        return Err("oldValue is empty".into());
    }
    let growth = new.len().saturating_sub(old.len());
    let length = growth.saturating_mul(text.matches(old).count()).saturating_add(text.len());
    if length > MOST_BYTES {
        return Err(format!("the text is longer than {MOST_BYTES} bytes"));
    }
    Ok(text.replace(old, new))
}

/// The same with a pattern.
fn bounded(
    pattern: &Regex,
    source: &str,
    replacement: impl Fn(&Captures<'_>) -> String,
) -> Result<String, String> {
    let mut text = String::new();
    let mut copied = 0;
    for found in pattern.captures_iter(source) {
        let whole = found.get(0).expect("group 0 is the match");
        text.push_str(&source[copied..whole.start()]);
        text.push_str(&replacement(&found));
        copied = whole.end();
        if text.len() > MOST_BYTES {
            return Err(format!("the text is longer than {MOST_BYTES} bytes"));
        }
    }
    text.push_str(&source[copied..]);
    Ok(text)
}

/// Uses the compiled pattern, or compiles one that depends on the object.
fn by_pattern<T>(
    it: &mut CallArguments<'_, '_, '_>,
    with: impl FnOnce(&Regex) -> Result<T, String>,
) -> Result<T, String> {
    match it.call.pattern() {
        Some(pattern) => with(pattern),
        None => with(&pattern(&it.text_or_empty(PATTERN)?)?),
    }
}

fn has_group(pattern: &Regex, name: &str) -> Result<(), String> {
    if pattern.capture_names().flatten().any(|it| it == name) {
        return Ok(());
    }
    Err(format!("the regular expression has no group `{name}`"))
}

/// The match with its group replaced.
fn in_group(found: &Captures<'_>, name: &str, new: &str) -> String {
    let whole = found.get(0).expect("group 0 is the match");
    match found.name(name) {
        Some(group) => {
            let text = whole.as_str();
            let before = &text[..group.start() - whole.start()];
            format!("{before}{new}{}", &text[group.end() - whole.start()..])
        }
        None => whole.as_str().into(),
    }
}

/// A replacement in .NET's syntax: `${name}`, `$1`, `$&` for the match, `$$` for a dollar. Names of
/// unknown groups stay as they are.
fn expand(replacement: &str, pattern: &Regex, found: &Captures<'_>) -> String {
    let mut text = String::new();
    let mut rest = replacement;
    while let Some(at) = rest.find('$').filter(|_| text.len() <= MOST_BYTES) {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        let braced = rest.strip_prefix('{').and_then(|it| it.split_once('}'));
        let (name, behind) = match braced {
            _ if rest.starts_with('$') => ("$", &rest[1..]),
            _ if rest.starts_with('&') => ("0", &rest[1..]),
            Some((name, behind)) => (name, behind),
            None => rest.split_at(digits),
        };
        let group = match name.parse::<usize>() {
            Ok(number) => (number < found.len()).then(|| found.get(number)),
            Err(_) => has_group(pattern, name).ok().map(|()| found.name(name)),
        };
        match group {
            _ if name == "$" => text.push('$'),
            Some(group) => text.push_str(group.map_or("", |it| it.as_str())),
            None => {
                text.push('$');
                continue; // the name follows as text
            }
        }
        rest = behind;
    }
    text + rest
}
