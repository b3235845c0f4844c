//! Functions of texts.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use smol_str::SmolStr;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall, MOST_BYTES};
use crate::SourceValue;

/// Applies `change` to the first argument; an absent one stays absent.
fn changed(
    it: &mut CallArguments<'_, '_, '_>,
    change: impl FnOnce(&str) -> String,
) -> EvaluationResult {
    Ok(it.text(0)?.map_or(SourceValue::Absent, |text| text_value(change(&text))))
}

fn text_value(text: String) -> SourceValue {
    SourceValue::Text(text.into())
}

/// `Append(source, suffix)`: absent if the source is absent, so that no suffix is sent alone
/// (assumed).
pub(super) fn append(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let suffix = it.text_or_empty(1)?;
    changed(it, |source| format!("{source}{suffix}"))
}

/// `Join(separator, source1, ..)`: empty values are skipped; a list is joined value by value.
pub(super) fn join(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let separator = it.text_or_empty(0)?;
    let mut joined = String::new();
    for index in 1..it.call.count() {
        for text in it.texts(index)?.iter().filter(|it| !it.is_empty()) {
            if !joined.is_empty() {
                joined.push_str(&separator);
            }
            joined.push_str(text);
            if joined.len() > MOST_BYTES {
                return Err(format!("the text is longer than {MOST_BYTES} bytes"));
            }
        }
    }
    Ok(text_value(joined))
}

/// `Left(string, numChars)`: a negative number takes the whole text; an absent text gives an empty
/// one.
pub(super) fn left(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let text = it.text_or_empty(0)?;
    let count = usize::try_from(it.number(1)?).unwrap_or(usize::MAX);
    Ok(text_value(text.chars().take(count).collect()))
}

/// `Mid(source, start, length)`: the first character is 1. A part that reaches beyond the end is
/// cut there.
pub(super) fn mid(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let (skipped, length) = (it.size(1)? - 1, it.size(2)?);
    changed(it, |source| source.chars().skip(skipped).take(length).collect())
}

/// `Word(string, wordNumber, delimiters)`: an empty text if there is no such word. Adjacent
/// delimiters separate two words, not three (assumed).
pub(super) fn word(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let (text, delimiters) = (it.text_or_empty(0)?, it.text_or_empty(2)?);
    let number = it.number(1)?;
    let Some(skipped) = usize::try_from(number).ok().and_then(|it| it.checked_sub(1)) else {
        return Ok(text_value(String::new()));
    };
    let mut words = text.split(|it| delimiters.contains(it)).filter(|it| !it.is_empty());
    Ok(text_value(words.nth(skipped).unwrap_or_default().into()))
}

/// `StripSpaces(source)`: `U+0020` only.
pub(super) fn strip_spaces(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    changed(it, |source| source.replace(' ', ""))
}

/// `InStr(value1, value2, start, compareType)`: the position of the first occurrence, from 1, or 0.
pub(super) fn in_str(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let (text, part) = (it.text_or_empty(0)?, it.text_or_empty(1)?);
    let start = it.optional_number(2)?.unwrap_or(1);
    let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let folded = match it.text(3)?.as_deref() {
        None | Some(BINARY) => false,
        Some(TEXT) => true,
        Some(other) => return Err(no_compare_type(other)),
    };
    let letters = |text: &str| -> Vec<char> {
        text.chars().map(|it| if folded { lower(it) } else { it }).collect()
    };
    let (text, part) = (letters(&text), letters(&part));
    let found = (skipped..text.len()).find(|at| text[*at..].starts_with(&part));
    let place = found.map_or(0, |at| i64::try_from(at + 1).expect("a text fits into memory"));
    Ok(place.into())
}

const BINARY: &str = "vbBinaryCompare";
const TEXT: &str = "vbTextCompare";

pub(super) fn refuse_compare_type(call: &FunctionCall) -> Result<(), CallError> {
    match call.constant(3).map(SmolStr::as_str) {
        None | Some(BINARY | TEXT) => Ok(()),
        Some(other) => Err(CallError::at(3, no_compare_type(other))),
    }
}

fn no_compare_type(found: &str) -> String {
    format!("compareType is {BINARY} or {TEXT}, not \"{found}\"")
}

/// `ToLower(source, culture)`
pub(super) fn to_lower(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let dotless = has_dotless_i(&it.text_or_empty(1)?)?;
    changed(it, |source| {
        let letter = |it| match it {
            'I' if dotless => '\u{131}',
            '\u{130}' if dotless => 'i',
            other => lower(other),
        };
        source.chars().map(letter).collect()
    })
}

/// `ToUpper(source, culture)`
pub(super) fn to_upper(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let dotless = has_dotless_i(&it.text_or_empty(1)?)?;
    changed(it, |source| {
        let letter = |it| match it {
            'i' if dotless => '\u{130}',
            other => upper(other),
        };
        source.chars().map(letter).collect()
    })
}

pub(super) fn refuse_culture(call: &FunctionCall) -> Result<(), CallError> {
    let Some(culture) = call.constant(1) else { return Ok(()) };
    has_dotless_i(culture).map(drop).map_err(|it| CallError::at(1, it))
}

/// Whether the culture distinguishes `i` with and without a dot, as Turkish and Azerbaijani do. All
/// other cultures change case like the invariant one.
fn has_dotless_i(culture: &str) -> Result<bool, String> {
    let language = culture.split('-').next().unwrap_or_default();
    let is_word =
        |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphanumeric());
    let is_culture = (2..=3).contains(&language.len()) && culture.split('-').all(is_word);
    if !(culture.is_empty() || is_culture) {
        return Err(format!("\"{culture}\" is no culture such as sv-SE"));
    }
    Ok(["tr", "az"].iter().any(|it| language.eq_ignore_ascii_case(it)))
}

/// The letter in the other case, if that is one letter. Like .NET, it leaves `ß` as it is.
fn lower(letter: char) -> char {
    single(letter, letter.to_lowercase())
}

fn upper(letter: char) -> char {
    single(letter, letter.to_uppercase())
}

fn single(letter: char, mut changed: impl Iterator<Item = char>) -> char {
    match (changed.next(), changed.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// `PCase(source, wordSeparators)`. Without separators, words end at every character that is not a
/// letter, mark or digit. An apostrophe is part of the word, as in .NET's `ToTitleCase`.
pub(super) fn p_case(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let separators = it.text(1)?;
    changed(it, |source| {
        let mut begins = true;
        let letter = |it: char| {
            let separates = match &separators {
                Some(separators) => separators.contains(it),
                None => !(it.is_alphanumeric() || is_combining_mark(it) || it == '\''),
            };
            let cased = if begins { upper(it) } else { lower(it) };
            // A word's first letter may follow a digit: 3rd becomes 3Rd.
            begins = separates || (begins && !it.is_alphabetic());
            cased
        };
        source.chars().map(letter).collect()
    })
}

/// `NormalizeDiacritics(source)` removes marks from letters, and writes a few letters as two. The
/// reference lists Latin letters; other letters lose their marks too (assumed).
pub(super) fn normalize_diacritics(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    changed(it, |source| {
        let bare = source.nfd().filter(|it| !is_combining_mark(*it)).nfc();
        let mut text = String::with_capacity(source.len());
        for letter in bare {
            match letter {
                'æ' => text.push_str("ae"),
                'Æ' => text.push_str("AE"),
                'ø' | 'œ' => text.push_str("oe"),
                'Ø' | 'Œ' => text.push_str("OE"),
                'ß' => text.push_str("ss"),
                'ł' => text.push('l'),
                'Ł' => text.push('L'),
                'ı' => text.push('i'),
                other => text.push(other),
            }
        }
        text
    })
}

/// `ConvertToBase64(source)`: of the text's UTF-16, little-endian.
pub(super) fn convert_to_base64(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    changed(it, |source| {
        let bytes: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
        BASE64_STANDARD.encode(bytes)
    })
}

/// `ConvertToUTF8Hex(source)`
pub(super) fn convert_to_utf8_hex(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    changed(it, |source| {
        let digits = source.bytes().flat_map(|it| [it >> 4, it & 15]);
        digits.map(|it| char::from(DIGITS[usize::from(it)])).collect()
    })
}
