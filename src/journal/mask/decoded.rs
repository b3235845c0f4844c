//! Texts with their escapes decoded. Each byte has its position in the original text.

use std::borrow::Cow;
use std::ops::Range;

/// How many layers of escapes are decoded. An escaped text may be escaped again; four layers do not occur
/// in practice.
pub(super) const LAYERS: usize = 3;

/// The length of the longest escape in bytes: `\ud83d\ude00`, or `&#x1f600;` with some leading zeros.
pub(super) const LONGEST: usize = 13;

/// A text with its escapes decoded: percent-encoding, and the escapes of JSON and markup.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// The position of each byte in the original text; the last entry is the length of the text.
    starts: Vec<usize>,
}

impl Decoded {
    /// Decodes one layer of escapes after the other, and calls `look` with each result.
    pub(super) fn layers(text: &str, mut look: impl FnMut(&Self)) {
        let mut before: Option<Self> = None;
        for _ in 0..LAYERS {
            let bytes = before.as_ref().map_or(text.as_bytes(), |it| &it.bytes);
            let Some(mut next) = Self::once(bytes) else { return };
            if let Some(before) = &before {
                next.starts.iter_mut().for_each(|it| *it = before.starts[*it]);
            }
            look(&next);
            before = Some(next);
        }
    }

    /// The range in the original text of a range of the decoded bytes.
    pub(super) fn place(&self, part: Range<usize>) -> Range<usize> {
        self.starts[part.start]..self.starts[part.end]
    }

    /// The bytes with one layer of escapes decoded; `None` if there are no escapes.
    fn once(from: &[u8]) -> Option<Self> {
        let first = from.iter().position(|it| matches!(it, b'%' | b'\\' | b'&'))?;
        let mut bytes = from[..first].to_vec();
        let mut starts: Vec<usize> = (0..first).collect();
        let mut at = first;
        let mut found = false;
        while at < from.len() {
            if let Some((c, length)) = escape(&from[at..]) {
                let mut utf8 = [0; 4];
                let piece: &[u8] = match c {
                    Piece::Byte(byte) => {
                        utf8[0] = byte;
                        &utf8[..1]
                    }
                    Piece::Char(c) => c.encode_utf8(&mut utf8).as_bytes(),
                };
                bytes.extend_from_slice(piece);
                starts.extend(std::iter::repeat_n(at, piece.len()));
                at += length;
                found = true;
            } else {
                bytes.push(from[at]);
                starts.push(at);
                at += 1;
            }
        }
        starts.push(from.len());
        found.then_some(Self { bytes, starts })
    }
}

/// The text with all layers of escapes decoded, to compare names.
pub(super) fn name(text: &str) -> Cow<'_, str> {
    let mut last = None;
    Decoded::layers(text, |it| last = Some(String::from_utf8_lossy(&it.bytes).into_owned()));
    last.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether a text has escapes.
pub(super) fn is_escaped(text: &str) -> bool {
    marks(text).any(|at| escape(&text.as_bytes()[at..]).is_some())
}

/// The same, but `\"` does not count, because every `ETag` in a body contains it.
pub(super) fn is_escaped_but_for_quotes(text: &str) -> bool {
    let bytes = text.as_bytes();
    marks(text).any(|at| !bytes[at..].starts_with(b"\\\"") && escape(&bytes[at..]).is_some())
}

/// The positions at which an escape may begin.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    memchr::memchr3_iter(b'%', b'\\', b'&', text.as_bytes())
}

/// The position of an incomplete escape at the end of the text.
pub(super) fn incomplete_escape(text: &str) -> Option<usize> {
    let at = text.rfind(['%', '\\', '&'])?;
    let is_whole = escape(&text.as_bytes()[at..]).is_some();
    (!is_whole && text.len() - at < LONGEST).then_some(at)
}

enum Piece {
    Byte(u8),
    Char(char),
}

/// The character or byte of the escape at the beginning of the bytes, and its length.
fn escape(bytes: &[u8]) -> Option<(Piece, usize)> {
    match bytes {
        [b'%', high, low, ..] => {
            let value = (hex(*high)? << 4) | hex(*low)?;
            Some((Piece::Byte(u8::try_from(value).ok()?), 3))
        }
        [b'\\', b'u', rest @ ..] => unicode(rest).map(|(c, length)| (Piece::Char(c), length + 2)),
        [b'\\', short, ..] => {
            let byte = match short {
                b'"' | b'\\' | b'/' => *short,
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                _ => return None,
            };
            Some((Piece::Byte(byte), 2))
        }
        [b'&', rest @ ..] => {
            let end = rest.iter().take(LONGEST).position(|it| *it == b';')?;
            let name = std::str::from_utf8(&rest[..end]).ok()?;
            entity(name).map(|c| (Piece::Char(c), end + 2))
        }
        _ => None,
    }
}

/// The character of JSON's `\uXXXX`, or of a surrogate pair of them; `bytes` begin after the first `\u`.
fn unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |value, digit| Some(value << 4 | hex(*digit)?))
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 4));
    }
    let second = bytes[4..].starts_with(b"\\u").then(|| unit(6)).flatten()?;
    let is_pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    let code = is_pair.then(|| 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
    Some((char::from_u32(code)?, 10))
}

/// The character of `&name;`.
fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let code = hexadecimal
                .map_or_else(|| number.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok());
            char::from_u32(code?)?
        }
    })
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("pass\\u0077ord", "password")]
    #[case("p%61ssword", "password")]
    #[case("p%2561ssword", "password")]
    #[case("&#112;ass&#x77;ord", "password")]
    #[case("Zo\\u00eb \\ud83d\\ude00 %C3%AB", "Zoë 😀 ë")]
    #[case("100% \\x &co; \\ud83d %zz %2", "100% \\x &co; \\ud83d %zz %2")]
    fn escapes_are_undone_and_what_is_none_stays(#[case] text: &str, #[case] plain: &str) {
        assert_eq!(name(text), plain);
    }

    #[test]
    fn a_byte_has_its_place_in_the_text_as_it_was_sent() {
        let mut place = None;

        Decoded::layers("a%2562c", |it| {
            let at = it.bytes.iter().position(|it| *it == b'b');
            place = at.map(|at| it.place(at..at + 1)).or_else(|| place.take());
        });

        assert_eq!(place, Some(1..6));
    }

    #[test]
    fn the_quotes_of_an_etag_are_no_escapes() {
        assert!(!is_escaped_but_for_quotes(r#"{"version":"W/\"41\"","a":"b&c=1"}"#));
        assert!(is_escaped(r#"{"version":"W/\"41\""}"#));
        assert!(is_escaped_but_for_quotes("%41"));
    }
}
