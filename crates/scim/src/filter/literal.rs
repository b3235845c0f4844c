//! Reads the value of a comparison, a JSON literal, and recognises what people write instead.

use serde_json::Number;
use smol_str::SmolStr;

use super::scan::{Scanner, shortened};
use super::{CompareValue, SyntaxError};

/// Quotation marks that JSON does not allow. Some editors replace `"` by them.
const FOREIGN_QUOTES: [char; 6] = ['\'', '`', '‘', '’', '“', '”'];

/// Reads the value after the operator `op`.
pub(super) fn literal(scan: &mut Scanner<'_>, op: &str) -> Result<CompareValue, SyntaxError> {
    scan.skip_blanks();
    if scan.peek() == Some('"') {
        return text(scan).map(CompareValue::Text);
    }
    // A JSON reader refuses `true)`, so the literal is cut out first.
    let chunk = scan.chunk();
    let value = match chunk {
        "null" => CompareValue::Null,
        "true" => CompareValue::Boolean(true),
        "false" => CompareValue::Boolean(false),
        _ => number(chunk).ok_or_else(|| refuse(scan, op, chunk))?,
    };
    scan.advance(chunk.len());
    Ok(value)
}

fn text(scan: &mut Scanner<'_>) -> Result<SmolStr, SyntaxError> {
    let Some(len) = quoted_len(scan.rest()) else {
        return Err(scan.refusal("expected a closing double quote for the text that begins here"));
    };
    let text = serde_json::from_str(&scan.rest()[..len]).map_err(|error| {
        // On a later line the column is not the distance from the quote.
        let inside = if error.line() == 1 { error.column().saturating_sub(1) } else { 0 };
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        let message = format!("expected a text as JSON writes it, found: {reason}");
        scan.refusal_at(scan.offset() + inside, message)
    })?;
    scan.advance(len);
    Ok(text)
}

/// The number of bytes from an opening double quote to its closing one, including both.
fn quoted_len(rest: &str) -> Option<usize> {
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some(end + 2)
}

fn number(chunk: &str) -> Option<CompareValue> {
    let number: Number = serde_json::from_str(chunk).ok()?;
    match number.as_i64() {
        Some(it) => Some(CompareValue::Integer(it)),
        None => number.as_f64().map(CompareValue::Decimal),
    }
}

/// The text between quotation marks that JSON does not allow, including blanks; `None` if the
/// second mark is missing or may be escaped.
fn in_foreign_quotes(rest: &str) -> Option<&str> {
    let mut letters = rest.chars();
    let closing = match letters.next()? {
        '‘' => ['’', '\''],
        '“' => ['”', '"'],
        it => [it, it],
    };
    let text = letters.as_str();
    let text = &text[..text.find(closing)?];
    (!text.is_empty() && !text.contains('\\')).then_some(text)
}

/// A text as JSON writes it, cut if it is long.
fn json(text: &str) -> String {
    serde_json::Value::from(shortened(text)).to_string()
}

/// A number in a form of other languages: `05`, `+5`, `.5`, `5.`.
fn meant_number(bare: &str) -> Option<String> {
    let digits = bare.trim_start_matches(['+', '-']);
    let is_decimal = digits.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    let number: f64 = bare.parse().ok().filter(|_| is_decimal)?;
    let whole = digits.trim_start_matches('0');
    let sign = if bare.starts_with('-') { "-" } else { "" };
    let is_whole = !digits.contains('.');
    Some(match whole {
        "" if is_whole => "0".into(),
        whole if is_whole => format!("{sign}{whole}"),
        _ => format!("{number}"),
    })
}

/// The boolean that a word means in other languages.
fn meant_boolean(lower: &str) -> Option<bool> {
    match lower {
        "yes" | "y" | "on" | "t" => Some(true),
        "no" | "n" | "off" | "f" => Some(false),
        _ => None,
    }
}

fn refuse(scan: &Scanner<'_>, op: &str, chunk: &str) -> SyntaxError {
    let wanted = "a value (text in double quotes, a number, true, false or null)";
    let error = scan.expected(&format!("{wanted} after {op}"));
    if chunk.starts_with(FOREIGN_QUOTES) {
        return match in_foreign_quotes(scan.rest()) {
            Some(text) => {
                error.hint(&format!("put the text in double quotes, not in others: {}", json(text)))
            }
            None => error.hint("put the text in double quotes, not in others"),
        };
    }
    let bare = chunk.trim_end_matches(FOREIGN_QUOTES);
    if bare.is_empty() || bare.contains('\\') {
        return error;
    }
    let lower = bare.to_ascii_lowercase();
    let quoted = json(bare);
    if let Some(number) = meant_number(bare) {
        error.hint(&format!("JSON writes the number as {number}; a text is {quoted}"))
    } else if let Some(boolean) = meant_boolean(&lower) {
        error.hint(&format!("a boolean is true or false, here {boolean}; a text is {quoted}"))
    } else if matches!(&*lower, "null" | "true" | "false") {
        error.hint(&format!("JSON writes it in lower case: {lower}"))
    } else {
        error.hint(&format!("put the text in double quotes: {quoted}"))
    }
}
