//! Text for one line of a terminal: without invisible characters, and not wider than its place.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

/// The text with all characters escaped that a terminal would not show or would interpret.
///
/// C0 controls become their symbols (`␛`). C1 controls, line separators, bidi controls, zero-width
/// characters and tags become `\u{202e}`. The zero-width joiner stays, since emoji need it. So a name can
/// neither move the cursor nor change the direction of the rest of the line.
///
/// ```
/// assert_eq!(mediusflow_mock::internals::journal::visible("a\u{1b}[31mb"), "a␛[31mb");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\0'..='\u{1f}' => shown.push(picture(0x2400 + c as u32)),
            '\u{7f}' => shown.push('␡'),
            _ if is_invisible(c) => {
                write!(shown, "\\u{{{:x}}}", c as u32).expect("a String takes everything");
            }
            _ => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// A duration for people: at most two units, rounded.
///
/// ```
/// use mediusflow_mock::internals::journal::human_duration;
/// use std::time::Duration;
///
/// assert_eq!(human_duration(Duration::from_nanos(1_234_567_891)), "1.2 s");
/// assert_eq!(human_duration(Duration::from_secs(72)), "1 m 12 s");
/// ```
pub fn human_duration(duration: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let rounded = |unit: u128| (duration.as_nanos() + unit / 2) / unit;
    let (millis, tenths) = (rounded(1_000_000), rounded(100_000_000));
    let seconds = u64::try_from(rounded(1_000_000_000)).unwrap_or(u64::MAX);
    if duration.is_zero() {
        return "0 s".to_owned();
    }
    if millis < 1_000 {
        return if millis == 0 { "< 1 ms".to_owned() } else { format!("{millis} ms") };
    }
    if tenths < 100 && !tenths.is_multiple_of(10) {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let two = |large: u64, first: &str, small: u64, second: &str| match small {
        0 => format!("{large} {first}"),
        small => format!("{large} {first} {small} {second}"),
    };
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => two(seconds / MINUTE, "m", seconds % MINUTE, "s"),
        HOUR..DAY => two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "m"),
        DAY.. => two(seconds / DAY, "d", seconds % DAY / HOUR, "h"),
    }
}

fn picture(code: u32) -> char {
    char::from_u32(code).expect("the block of control pictures has no holes")
}

fn is_invisible(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false; // nearly all characters
    }
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// An upper bound of the columns that a text takes.
///
/// Every character from U+1100 on counts as two columns, except the blocks of Latin, punctuation, currency,
/// arrows and operators. Combining characters count, too. So a text that fits by this count fits in every
/// terminal, whatever width tables it uses.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

fn column(c: char) -> usize {
    match c as u32 {
        0..0x1100 | 0x1e00..0x2300 => 1,
        _ => 2,
    }
}

/// The text, cut with `…` to at most `limit` columns.
pub(crate) fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit || columns(text) <= limit {
        return Cow::Borrowed(text);
    }
    let mut used = 1; // the column of `…`
    let end = text.char_indices().find(|&(_, c)| {
        used += column(c);
        used > limit
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

/// The short form of an id: the first block of a UUID, a short id complete, any other id cut.
pub(crate) fn short_id(id: &str) -> Cow<'_, str> {
    if is_guid(id) { Cow::Borrowed(&id[..8]) } else { shorten(id, 24) }
}

/// Whether the text is a GUID in its usual form, `8-4-4-4-12` hexadecimal digits.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The number with thousands separators: `1,204`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The largest index up to `limit` that does not split a character of the text.
pub(crate) fn boundary(text: &str, limit: usize) -> usize {
    (0..=limit.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_bidi_are_written_out_and_emoji_stay() {
        assert_eq!(visible("a\u{1b}[2Jb\n\u{9b}"), "a␛[2Jb␊\\u{9b}");
        assert_eq!(visible("evil\u{202e}gpj.exe"), "evil\\u{202e}gpj.exe");
        assert_eq!(visible("👩\u{200d}💻 Zoë 王小明"), "👩\u{200d}💻 Zoë 王小明");
    }

    #[test]
    fn a_cut_text_never_exceeds_its_columns() {
        assert_eq!(shorten("Anna Larsson", 12), "Anna Larsson");
        assert_eq!(shorten("Anna Larsson", 8), "Anna La…");
        assert_eq!(shorten("王小明王小明", 6), "王小…");
        for limit in 1..20 {
            assert!(columns(&shorten("a王b\u{301}👩\u{200d}💻 Łukasz Żółkiewski", limit)) <= limit);
        }
    }

    #[test]
    fn a_uuid_shows_its_first_block_and_a_short_id_itself() {
        assert_eq!(short_id("4f2c91aa-0a5b-5c1d-9e8f-000000000001"), "4f2c91aa");
        assert_eq!(short_id("4f2c"), "4f2c");
        assert_eq!(short_id("é".repeat(36).as_str()).chars().count(), 24);
    }

    #[test]
    fn a_duration_has_at_most_two_units() {
        let shown = [
            (0, "0 s"),
            (1, "< 1 ms"),
            (999_400, "1 ms"),
            (250_000_000, "250 ms"),
            (999_900_000, "1 s"),
            (1_234_567_891, "1.2 s"),
            (5_000_000_000, "5 s"),
            (9_960_000_000, "10 s"),
            (59_700_000_000, "1 m"),
            (72_000_000_001, "1 m 12 s"),
            (3_600_000_000_000, "1 h"),
            (3_725_000_000_000, "1 h 2 m"),
            (90_000_000_000_000, "1 d 1 h"),
        ];
        for (nanos, expected) in shown {
            assert_eq!(human_duration(Duration::from_nanos(nanos)), expected);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let shown: Vec<_> = [0, 999, 1_000, 1_204, 1_000_000].map(thousands).into();

        assert_eq!(shown, ["0", "999", "1,000", "1,204", "1,000,000"]);
    }
}
