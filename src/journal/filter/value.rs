//! The values of the filter language: what follows the colon of a key.

use std::{fmt, ops::RangeInclusive};

use regex_lite::{Regex, RegexBuilder};
use smol_str::SmolStr;

use super::key::{PLAIN, Units};
use crate::scim::{fold, is_simple};

/// A text to find. Case is ignored.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// A part of a text for keys of running text; a whole text for keys of names.
    Plain(Folded),
    /// A whole text.
    Whole(Folded),
    /// A regular expression. It is tried on the text as it is and on the case-folded text. Its classes and
    /// its ignoring of case cover only ASCII.
    Regex(CompiledRegex),
}

/// A compiled regular expression. Matching takes time linear in the length of the text.
#[derive(Clone, Debug)]
pub(super) struct CompiledRegex {
    regex: Regex,
    /// The upper bound of its compiled size in bytes. Matching time is linear in it, too.
    pub(super) size: usize,
}

/// The compiled size that is assumed for the smallest expressions.
const SMALLEST: usize = 256;

impl Pattern {
    /// Compiles a regular expression whose compiled size is at most this.
    pub(super) fn regex(source: &str, most: usize) -> Result<Self, String> {
        let mut builder = RegexBuilder::new(source);
        builder.case_insensitive(true).dot_matches_new_line(true);
        // The library does not report the size of an expression, only whether it is larger than a limit.
        let mut size = SMALLEST.min(most);
        loop {
            match builder.size_limit(size).build() {
                Ok(regex) => return Ok(Self::Regex(CompiledRegex { regex, size })),
                Err(error) if size >= most => return Err(error.to_string()),
                Err(_) => size = size.saturating_mul(2).min(most),
            }
        }
    }

    /// The case-folded whole text that a key of names searches; `None` for a regular expression.
    pub(super) fn whole(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Whole(text) => Some(&text.key),
            Self::Regex(_) => None,
        }
    }

    /// The case-folded part that a key of running text searches; `None` with a sign.
    pub(super) fn part(&self) -> Option<&str> {
        if let Self::Plain(text) = self { Some(&text.key) } else { None }
    }

    /// The text as written; `None` with a sign.
    pub(super) fn plain(&self) -> Option<&str> {
        if let Self::Plain(text) = self { Some(&text.given) } else { None }
    }

    /// The compiled size in bytes; 0 if it is not a regular expression.
    pub(super) fn size(&self) -> usize {
        if let Self::Regex(it) = self { it.size } else { 0 }
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Plain(part) => part.is_in(text),
            Self::Whole(whole) => whole.is(text),
            Self::Regex(it) => {
                it.regex.is_match(text) || !text.is_ascii() && it.regex.is_match(&fold(text))
            }
        }
    }

    pub(super) fn is(&self, text: &str) -> bool {
        match self {
            Self::Plain(whole) => whole.is(text),
            _ => self.is_in(text),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plain(a), Self::Plain(b)) | (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::Regex(a), Self::Regex(b)) => a.regex.as_str() == b.regex.as_str(),
            _ => false,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => write_text(&text.given, out),
            Self::Whole(text) => {
                out.write_str("=")?;
                write_text(&text.given, out)
            }
            Self::Regex(it) => {
                out.write_str("~")?;
                write_text(it.regex.as_str(), out)
            }
        }
    }
}

/// A text that is compared by its case-folded form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Folded {
    given: String,
    key: SmolStr,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        Self { given: text.to_owned(), key: fold(text) }
    }

    pub(super) fn len(&self) -> usize {
        self.key.len()
    }

    fn is(&self, text: &str) -> bool {
        text.eq_ignore_ascii_case(&self.key) || !text.is_ascii() && fold(text) == self.key
    }

    fn is_in(&self, text: &str) -> bool {
        if !self.key.is_ascii() || !is_simple(text) {
            return fold(text).contains(&*self.key);
        }
        // This is the usual case, and it runs fifty thousand times for each key press of the dashboard, so
        // the text is not copied.
        let (text, part) = (text.as_bytes(), self.key.as_bytes());
        let Some(first) = part.first() else { return true };
        let other = first.to_ascii_uppercase();
        let starts = 0..(text.len() + 1).saturating_sub(part.len());
        starts.into_iter().any(|at| {
            (text[at] == *first || text[at] == other)
                && text[at..at + part.len()].eq_ignore_ascii_case(part)
        })
    }
}

/// Writes a text so that it can be parsed as a value again: in quotes unless it needs none.
pub(super) fn write_text(text: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let stands = |c: char| !c.is_whitespace() && !c.is_control() && !"()|,\"".contains(c);
    if text.chars().all(stands) && !text.is_empty() && !text.starts_with(['>', '<', '=', '~']) {
        return out.write_str(text);
    }
    write_quoted(text, out)
}

pub(super) fn write_quoted(text: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A number, a range of numbers, or all numbers on one side of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Amount {
    /// `409`. With a unit, every number that is shown like this: from 120 ms to below 121 ms.
    Exact(Quantity),
    /// `4xx`: the hundred numbers that begin with this digit.
    Hundred(u64),
    /// `10..20`, both included.
    Range(Quantity, Quantity),
    /// `>=400`.
    Side(Side, Quantity),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Below,
    UpTo,
    From,
    Above,
}

impl Side {
    pub(super) const ALL: [(&str, Self); 4] =
        [("<=", Self::UpTo), (">=", Self::From), ("<", Self::Below), (">", Self::Above)];
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantity {
    pub(super) number: u64,
    pub(super) unit: (&'static str, u64),
}

impl Quantity {
    /// Reads a number with one of the units; without a unit it has the first.
    pub(super) fn read(text: &str, units: Units) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, suffix) = text.split_at(digits);
        let is_unit = |it: &&(&str, u64)| it.0.eq_ignore_ascii_case(suffix);
        let unit = if suffix.is_empty() { units.first() } else { units.iter().find(is_unit) };
        let quantity = Self { number: number.parse().ok()?, unit: *unit? };
        // Both ends must fit into the type, so that matching cannot overflow.
        quantity.number.checked_add(1)?.checked_mul(quantity.unit.1)?;
        Some(quantity)
    }

    pub(super) fn first(self) -> u64 {
        self.number * self.unit.1
    }

    fn last(self) -> u64 {
        self.first() + (self.unit.1 - 1)
    }
}

impl Amount {
    /// Reads `409`, `4xx`, `10..20`, `>=400`, each number with its unit.
    pub(super) fn read(text: &str, units: Units) -> Option<Self> {
        for (sign, side) in Side::ALL {
            if let Some(number) = text.strip_prefix(sign) {
                return Some(Self::Side(side, Quantity::read(number, units)?));
            }
        }
        if let Some((first, last)) = text.split_once("..") {
            let range = (Quantity::read(first, units)?, Quantity::read(last, units)?);
            return (range.0.first() <= range.1.last()).then_some(Self::Range(range.0, range.1));
        }
        match text.as_bytes() {
            [digit @ b'1'..=b'9', b'x' | b'X', b'x' | b'X'] if units == PLAIN => {
                Some(Self::Hundred(u64::from(digit - b'0')))
            }
            _ => Some(Self::Exact(Quantity::read(text.strip_prefix('=').unwrap_or(text), units)?)),
        }
    }

    /// Whether it contains a number of this range.
    pub(super) fn meets(&self, range: &RangeInclusive<u64>) -> bool {
        let (low, high) = (*range.start(), *range.end());
        match self {
            Self::Exact(exact) => exact.first() <= high && low <= exact.last(),
            Self::Hundred(digit) => (low / 100..=high / 100).contains(digit),
            Self::Range(first, last) => first.first() <= high && low <= last.last(),
            Self::Side(Side::Below, bound) => low < bound.first(),
            Self::Side(Side::UpTo, bound) => low <= bound.first(),
            Self::Side(Side::From, bound) => high >= bound.first(),
            Self::Side(Side::Above, bound) => high > bound.first(),
        }
    }

    pub(super) fn contains(&self, number: u64) -> bool {
        match self {
            Self::Exact(exact) => (exact.first()..=exact.last()).contains(&number),
            Self::Hundred(digit) => number / 100 == *digit,
            Self::Range(first, last) => (first.first()..=last.last()).contains(&number),
            Self::Side(Side::Below, bound) => number < bound.first(),
            Self::Side(Side::UpTo, bound) => number <= bound.first(),
            Self::Side(Side::From, bound) => number >= bound.first(),
            Self::Side(Side::Above, bound) => number > bound.first(),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.number, self.unit.0)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(exact) => exact.fmt(out),
            Self::Hundred(digit) => write!(out, "{digit}xx"),
            Self::Range(first, last) => write!(out, "{first}..{last}"),
            Self::Side(side, bound) => {
                let sign = Side::ALL.iter().find(|(_, it)| it == side).map_or("", |(sign, _)| sign);
                write!(out, "{sign}{bound}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const MS: Units = &[("ms", 1_000), ("us", 1)];

    #[rstest]
    #[case("409", 409, 410)]
    #[case("4xx", 499, 500)]
    #[case("10..20", 20, 21)]
    #[case("10..20", 10, 9)]
    #[case(">=400", 400, 399)]
    #[case(">400", 401, 400)]
    #[case("<=400", 400, 401)]
    #[case("<400", 399, 400)]
    fn an_amount_contains_what_it_says(#[case] text: &str, #[case] within: u64, #[case] out: u64) {
        let amount = Amount::read(text, PLAIN).unwrap();

        assert!(amount.contains(within) && !amount.contains(out));
    }

    #[test]
    fn an_exact_amount_with_a_unit_is_all_that_shows_as_it() {
        let exact = Amount::read("120", MS).unwrap();
        let range = Amount::read("120ms..140ms", MS).unwrap();

        let within = |amount: &Amount| {
            [119_999, 120_000, 120_999, 121_000, 140_999].map(|it| amount.contains(it))
        };
        assert_eq!(within(&exact), [false, true, true, false, false]);
        assert_eq!(within(&range), [false, true, true, true, true]);
    }

    #[rstest]
    #[case("")]
    #[case(">")]
    #[case("4y4")]
    #[case("20..10")]
    #[case("10..")]
    #[case("1.5")]
    #[case("18446744073709551616")]
    #[case("18446744073709551615")]
    #[case("5h")]
    fn what_is_no_amount_is_refused(#[case] text: &str) {
        assert_eq!(Amount::read(text, MS), None);
    }

    proptest! {
        #[test]
        fn an_amount_meets_a_range_in_which_it_contains_a_number(
            amount in "(<|<=|>|>=|)[0-9]{1,3}|[1-9]xx|[0-4]{1,2}\\.\\.[5-9][0-9]{1,2}",
            low in 0..700u64,
            more in 0..300u64,
        ) {
            let amount = Amount::read(&amount, PLAIN).unwrap();
            let contained = (low..=low + more).any(|it| amount.contains(it));

            prop_assert_eq!(amount.meets(&(low..=low + more)), contained);
        }

        #[test]
        fn a_text_is_found_as_folding_both_finds_it(
            text in "[a-cA-CåÅ\u{30a}\u{ff21}-\u{ff23}]{0,8}",
            part in "[a-cA-CåÅ\u{30a}\u{ff21}-\u{ff23}]{0,3}",
        ) {
            let folded = Folded::new(&part);

            prop_assert_eq!(folded.is_in(&text), fold(&text).contains(&*fold(&part)));
            prop_assert_eq!(folded.is(&text), fold(&text) == fold(&part));
        }
    }
}
