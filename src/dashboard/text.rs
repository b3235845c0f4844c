//! Cuts texts to a width in columns, and formats numbers and times.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_truncate::UnicodeTruncateStr as _;

use crate::journal::visible;

/// The width of a text in columns.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.unicode_truncate(usize::MAX).1 }
}

/// The text in at most `columns` columns, cut between graphemes and ended by `…` if it was longer.
///
/// Control characters are written as codes, so that a client's text cannot control the terminal.
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    let text = visible(text);
    if columns > 0 && text.len() <= columns || width(&text) <= columns {
        return text;
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut short = text.unicode_truncate(columns - 1).0.to_owned();
    short.push('…');
    Cow::Owned(short)
}

/// The text cut to a width and padded on the right.
pub(super) fn left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let blanks = columns.saturating_sub(width(&text));
    format!("{text}{:blanks$}", "")
}

/// The text cut to a width and padded on the left.
pub(super) fn right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let blanks = columns.saturating_sub(width(&text));
    format!("{:blanks$}{text}", "")
}

/// The text broken into lines of at most `columns` columns: at a blank in the second half of the
/// line, otherwise between graphemes.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let text = visible(text);
    let mut rest: &str = &text;
    let mut lines = Vec::new();
    while columns > 0 && width(rest) > columns {
        let (head, _) = rest.unicode_truncate(columns);
        if head.is_empty() {
            break; // a wide character in a single column
        }
        let blank = head.rfind(' ').map(|at| at + 1).filter(|at| *at > head.len() / 2);
        let (head, tail) = rest.split_at(blank.unwrap_or(head.len()));
        lines.push(head.trim_end().to_owned());
        rest = tail;
    }
    lines.push(rest.to_owned());
    lines
}

/// `1204` as `1,204`.
pub(super) fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of something, in the singular for one: `1 error`, `17 errors`.
pub(super) fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A duration in at most six columns: `0.9 ms`, `31 ms`, `2.4 s`.
pub(super) fn took(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1e3;
    match ms {
        ..9.95 => format!("{ms:.1} ms"),
        ..999.5 => format!("{ms:.0} ms"),
        ..99_950.0 => format!("{:.1} s", ms / 1e3),
        _ => format!("{:.0} s", ms / 1e3),
    }
}

/// A size in bytes: `412 B`, `1.3 kB`, `31 MB`.
pub(super) fn size(bytes: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let bytes = bytes as f64;
    match bytes {
        ..1e3 => format!("{bytes} B"),
        ..9.95e3 => format!("{:.1} kB", bytes / 1e3),
        ..999.5e3 => format!("{:.0} kB", bytes / 1e3),
        _ => format!("{:.0} MB", bytes / 1e6),
    }
}

/// The time of day: `14:13:56`.
pub(super) fn time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// A secret with everything hidden but its last four characters.
pub(super) fn masked(secret: &str) -> String {
    let count = secret.chars().count();
    let shown: String = secret.chars().skip(count.saturating_sub(4).max(1)).collect();
    if count < 12 {
        "••••••••".to_owned()
    } else {
        format!("•••••••• {shown}")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Finance", 7, "Finance")]
    #[case("Finance", 6, "Finan…")]
    #[case("王小明", 6, "王小明")]
    #[case("王小明", 5, "王小…")]
    #[case("王小明", 4, "王…")]
    #[case("👩‍💻 Build Bot", 4, "👩‍💻 …")]
    #[case("👩‍💻 Build Bot", 2, "…")]
    #[case("Zoë\u{1b}[31m", 20, "Zoë␛[31m")]
    #[case("a\u{202e}b", 20, "a\\u{202e}b")]
    #[case("Finance", 1, "…")]
    #[case("Finance", 0, "")]
    fn a_text_is_cut_between_graphemes(
        #[case] text: &str,
        #[case] columns: usize,
        #[case] expected: &str,
    ) {
        assert_eq!(cut(text, columns), expected);
    }

    #[test]
    fn a_filled_up_text_has_its_width_on_either_side() {
        assert_eq!((left("王小明", 8), right("王小明", 8)), ("王小明  ".into(), "  王小明".into()));
    }

    #[test]
    fn a_long_text_is_broken_between_graphemes() {
        assert_eq!(wrap("佐藤 花子", 5), ["佐藤", "花子"]);
        assert_eq!(wrap("matches no configuration", 14), ["matches no", "configuration"]);
        assert_eq!(wrap("urn:ietf:params", 8), ["urn:ietf", ":params"]);
        assert_eq!(wrap("王", 1), ["王"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_204, "1,204")]
    #[case(1_000_000, "1,000,000")]
    fn a_count_is_grouped(#[case] number: u64, #[case] expected: &str) {
        assert_eq!(count(number), expected);
    }

    #[rstest]
    #[case(900, "0.9 ms")]
    #[case(9_960, "10 ms")]
    #[case(251_000, "251 ms")]
    #[case(2_400_000, "2.4 s")]
    #[case(400_000_000, "400 s")]
    fn a_duration_is_short(#[case] micros: u64, #[case] expected: &str) {
        assert_eq!(took(Duration::from_micros(micros)), expected);
    }

    #[test]
    fn a_short_secret_shows_nothing_and_a_long_one_its_end() {
        assert_eq!(masked("hunter2"), "••••••••");
        assert_eq!(masked("mfk_0123456789abcdef"), "•••••••• cdef");
    }
}
