//! Compares names and other texts without case, and guesses the names that were meant.

use std::fmt::{self, Display, Write as _};
use std::hash::{DefaultHasher, Hasher};

use smol_str::{SmolStr, SmolStrBuilder};
use unicode_normalization::{UnicodeNormalization, char::decompose_compatible};

/// The key of a text for comparisons without case. Attributes with `caseExact` false and all names
/// are compared by it. A user name has the same key however it is typed.
///
/// RFC 7644 §5 requires the mappings of PRECIS (RFC 8265 §3.3). Full-width and half-width letters
/// become letters of the usual width. Capitals become lower case (by Unicode's lower case, not its
/// case folding, so `ß` is not `ss`). The result is NFC. PRECIS also refuses characters; this
/// function refuses none. The two lower-case sigmas have the same key, so that a part of a text is
/// found in the text.
///
/// ```
/// use scim_engine::fold;
///
/// assert_eq!(fold("RENE\u{301}E@x.y"), fold("ren\u{e9}e@x.y"));
/// assert_eq!(fold("\u{ff42}ob@x.y"), "bob@x.y");
/// ```
pub fn fold(text: &str) -> SmolStr {
    if is_folded(text) {
        return SmolStr::new(text);
    }
    let letters = text.chars().map(usual_width).flat_map(char::to_lowercase).map(one_sigma);
    let mut folded = SmolStrBuilder::new();
    if text.chars().all(is_latin_1) {
        letters.for_each(|it| folded.push(it));
    } else {
        letters.nfc().for_each(|it| folded.push(it));
    }
    folded.finish()
}

/// [`fold`] of a text that can be shared. Most texts are in lower case already and are not copied.
pub(crate) fn fold_shared(text: &SmolStr) -> SmolStr {
    if is_folded(text) { text.clone() } else { fold(text) }
}

/// Whether every letter is of Latin-1. Then [`fold`] changes nothing but the case, letter by
/// letter.
pub fn is_simple(text: &str) -> bool {
    text.is_ascii() || text.chars().all(is_latin_1)
}

/// The hash of a text for an index. Two texts may have the same one, so the values that are found
/// must be compared. It is the same in every run.
pub fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Whether two names are the same by [`fold`], without the blanks around them.
///
/// ```
/// use scim_engine::is_same;
///
/// assert!(is_same(" Ängelholm AB", "ÄNGELHOLM ab "));
/// ```
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one == other || fold(one) == fold(other)
}

/// A text in quotes, for an error. Quotes, backslashes and control characters are escaped as in
/// JSON, so that it stays on one line and its end can be seen.
///
/// ```
/// use scim_engine::quoted;
///
/// assert_eq!(quoted("A\u{30a}s \"AB\"\n").to_string(), "\"A\u{30a}s \\\"AB\\\"\\n\"");
/// ```
pub fn quoted<T: AsRef<str> + ?Sized>(text: &T) -> Quoted<'_> {
    Quoted(text.as_ref())
}

/// A [`quoted`] text.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' | '\\' => write!(f, "\\{letter}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                control if control.is_control() => write!(f, "\\u{:04x}", u32::from(control))?,
                letter => f.write_char(letter)?,
            }
        }
        f.write_char('"')
    }
}

/// The candidate that was probably meant by `value`, if one is near: at most one letter in four is
/// wrong, missing, additional or swapped.
///
/// ```
/// use scim_engine::nearest;
///
/// assert_eq!(nearest("Expence AP", ["Admin", "Expense AP"]), Some("Expense AP"));
/// assert_eq!(nearest("Payroll", ["Admin", "Expense AP"]), None);
/// ```
pub fn nearest<'a>(value: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let value: Vec<char> = lower(value.trim()).take(LONGEST_GUESSED + 1).collect();
    if value.len() > LONGEST_GUESSED {
        return None;
    }
    let limit = (value.len() / 4).max(1);
    candidates
        .into_iter()
        // Letters are compared only if the lengths allow a match.
        .filter(|candidate| candidate.chars().count().abs_diff(value.len()) <= limit)
        .map(|candidate| (distance(&value, &lower(candidate).collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Like [`nearest`], else a candidate that the value begins with, or that begins with the value.
/// Among few candidates such a name is a good guess.
pub(crate) fn nearest_of_few<'a>(
    value: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    const SHORTEST: usize = 4;
    let begins = |long: &str, short: &str| {
        let start = long.get(..short.len());
        short.len() >= SHORTEST && start.is_some_and(|it| it.eq_ignore_ascii_case(short))
    };
    let mut longer = candidates.clone().filter(|it| begins(value, it) || begins(it, value));
    nearest(value, candidates).or_else(|| longer.next())
}

/// A longer text is not compared with every candidate, since a comparison takes the square of its
/// length.
const LONGEST_GUESSED: usize = 200;

fn is_folded(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii() && !it.is_ascii_uppercase())
        || text.chars().all(|it| is_latin_1(it) && !it.is_uppercase())
}

fn is_latin_1(letter: char) -> bool {
    letter <= '\u{ff}'
}

/// The letter that a full-width or half-width letter decomposes to (RFC 8264 §5.2.1).
fn usual_width(letter: char) -> char {
    // A half-width Hangul letter is mapped to a whole letter, which has its own decomposition.
    let hangul = |from: char, to: u32| char::from_u32(letter as u32 - from as u32 + to);
    let usual = match letter {
        '\u{ffe3}' => Some('\u{af}'),
        '\u{ffa0}' => Some('\u{3164}'),
        '\u{ffa1}'..='\u{ffbe}' => hangul('\u{ffa1}', 0x3131),
        '\u{ffc2}'..='\u{ffc7}' => hangul('\u{ffc2}', 0x314f),
        '\u{ffca}'..='\u{ffcf}' => hangul('\u{ffca}', 0x3155),
        '\u{ffd2}'..='\u{ffd7}' => hangul('\u{ffd2}', 0x315b),
        '\u{ffda}'..='\u{ffdc}' => hangul('\u{ffda}', 0x3161),
        '\u{3000}' | '\u{ff01}'..='\u{ffee}' => {
            let mut usual = None;
            decompose_compatible(letter, |it| usual = Some(it));
            usual
        }
        _ => None,
    };
    usual.unwrap_or(letter)
}

/// Maps a final sigma to a sigma. Which one is written depends on the position in the word only.
fn one_sigma(letter: char) -> char {
    if letter == '\u{3c2}' { '\u{3c3}' } else { letter }
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// How many single letters must be inserted, removed, replaced or swapped with their neighbour
/// (optimal string alignment, three rows of the usual table).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn case_and_outer_blanks_do_not_distinguish_names() {
        assert!(is_same("Expense AP", "  expense ap "));
        assert!(is_same("ØRESUND", "øresund"));
        assert!(!is_same("Expense AP", "ExpenseAP"));
    }

    #[test]
    fn two_swapped_letters_count_as_one_mistake() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();

        assert_eq!(distance(&letters("admni"), &letters("admin")), 1);
        assert_eq!(distance(&letters(""), &letters("admin")), 5);
        assert_eq!(distance(&letters("audit"), &letters("audit")), 0);
    }

    #[test]
    fn the_nearest_of_several_candidates_is_suggested() {
        let roles = ["Orderbased AP", "Orderbased Analyzer"];

        assert_eq!(nearest("orderbased a", roles), Some("Orderbased AP"));
        assert_eq!(nearest("", roles), None);
    }

    #[rstest]
    #[case::capital("\u{c5}SA", "\u{e5}sa")]
    #[case::composed_of_two("RENE\u{301}E", "ren\u{e9}e")]
    #[case::full_width("\u{ff22}\u{ff4f}\u{ff42}\u{ff20}x\u{ff0e}y", "bob@x.y")]
    #[case::full_width_blank("a\u{3000}b", "a b")]
    #[case::half_width_katakana("\u{ff76}\u{ff9e}", "\u{30ac}")]
    #[case::half_width_hangul("\u{ffa1}\u{ffc2}\u{ffdc}", "\u{3131}\u{314f}\u{3163}")]
    #[case::full_width_macron("\u{ffe3}", "\u{af}")]
    #[case::kelvin("\u{212a}", "k")]
    #[case::marks_in_another_order("a\u{323}\u{307}", "\u{1ea1}\u{307}")]
    #[case::marks_in_their_order("a\u{307}\u{323}", "\u{1ea1}\u{307}")]
    #[case::sigma("\u{3a3}\u{3ac}\u{3c2}", "\u{3c3}\u{3ac}\u{3c3}")]
    #[case::title_case("\u{1c5}", "\u{1c6}")]
    fn one_name_has_one_key(#[case] text: &str, #[case] key: &str) {
        assert_eq!(fold(text), key);
        assert!(is_same(text, key));
    }

    /// RFC 8265 maps width and case, and composes. It maps nothing else.
    #[rstest]
    #[case::sharp_s("stra\u{df}e", "strasse")]
    #[case::ligature("\u{fb01}", "fi")]
    #[case::superscript("x\u{b2}", "x2")]
    #[case::circled("\u{24d0}", "a")]
    #[case::mark("rene", "ren\u{e9}")]
    #[case::dotless_i("\u{131}", "i")]
    #[case::micro("\u{b5}", "\u{3bc}")]
    #[case::look_alike("\u{430}", "a")]
    fn different_names_have_different_keys(#[case] one: &str, #[case] other: &str) {
        assert_ne!(fold(one), fold(other));
        assert!(!is_same(one, other));
    }

    /// Tests all letters of Unicode: the table of widths is complete, and each letter has one key.
    #[test]
    fn every_letter_has_one_key() {
        for letter in '\0'..='\u{3ffff}' {
            let text = letter.to_string();
            let key = fold(&text);
            assert_eq!(fold(&key), key, "{letter:?}");
            assert_eq!(fold(&text.nfd().collect::<String>()), key, "{letter:?}");
            assert_eq!(fold(&text.to_lowercase()), key, "{letter:?}");
            assert_eq!(is_folded(&text), text == key && is_simple(&text), "{letter:?}");

            let usual = usual_width(letter).to_string();
            assert!(text.nfkd().eq(usual.nfkd()), "{letter:?}");
            let has_width = matches!(letter, '\u{3000}' | '\u{ff00}'..='\u{ffef}');
            let is_mapped = has_width && !text.nfkd().eq(text.nfd());
            assert_eq!(usual != text, is_mapped, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in any::<String>()) {
            let folded = fold(&text);

            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(&fold_shared(&SmolStr::new(&text)), &folded);
        }

        /// Letters that combine with each other, in any order.
        #[test]
        fn the_key_of_a_name_does_not_depend_on_its_composition(
            text in "[a-cA-CeE\u{c5}\u{e5}\u{130}\u{131}\u{300}-\u{345}\u{391}\u{3a3}\u{3c2}\u{1fbc}\u{212a}\u{212b}\u{1100}-\u{1112}\u{1161}-\u{1175}\u{3099}\u{30ab}\u{ff21}-\u{ff23}\u{ff76}\u{ff9e}]{0,9}"
        ) {
            let key = fold(&text);

            prop_assert_eq!(&fold(&key), &key);
            prop_assert_eq!(&fold(&text.nfc().collect::<String>()), &key);
            prop_assert_eq!(&fold(&text.nfd().collect::<String>()), &key);
            prop_assert_eq!(key.nfc().collect::<String>(), key.as_str());
        }
    }
}
