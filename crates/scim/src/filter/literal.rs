//! Reads the value of a comparison, a JSON literal, and recognises what people write instead.

use serde_json::Number;
use smol_str::SmolStr;

use super::scan::{Scanner, shortened};
use super::{CompareValue, SyntaxError};

/// The quotation marks that JSON does not know; editors turn `"` into some of them.
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
        // On a later line the column says nothing about the distance from the quote.
        let inside = if error.line() == 1 { error.column().saturating_sub(1) } else { 0 };
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        let message = format!("expected a text as JSON writes it, found: {reason}");
        scan.refusal_at(scan.offset() + inside, message)
    })?;
    scan.advance(len);
    Ok(text)
}

/// The bytes from an opening double quote to its closing one, both included.
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

fn refuse(scan: &Scanner<'_>, op: &str, chunk: &str) -> SyntaxError {
    let wanted = "a value (text in double quotes, a number, true, false or null)";
    let error = scan.expected(&format!("{wanted} after {op}"));
    let bare = chunk.trim_matches(FOREIGN_QUOTES);
    if bare.is_empty() || bare.contains('\\') {
        return error;
    }
    let lower = bare.to_ascii_lowercase();
    let quoted = format!("\"{}\"", shortened(bare));
    if bare.len() < chunk.len() {
        error.hint(&format!("put the text in double quotes, not in others: {quoted}"))
    } else if matches!(&*lower, "null" | "true" | "false") {
        error.hint(&format!("JSON writes it in lower case: {lower}"))
    } else {
        error.hint(&format!("put the text in double quotes: {quoted}"))
    }
}
