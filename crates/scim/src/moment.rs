//! Points in time as `xsd:dateTime` writes them
//! ([XSD 1.1 Part 2 §3.3.7](https://www.w3.org/TR/xmlschema11-2/#dateTime), by
//! [RFC 7643 §2.3.5](https://www.rfc-editor.org/rfc/rfc7643#section-2.3.5)).
//!
//! It differs from RFC 3339. `24:00:00` is the end of a day, a year may have more than four digits
//! or a minus, a fraction has any number of digits, and the zone may be missing. Lower-case `t` and
//! `z`, a blank instead of the `T`, and leap seconds are not allowed.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A point in time. A text without a zone is read as UTC.
///
/// ```
/// use scim_engine::Moment;
///
/// let moment = |text| Moment::parse(text);
///
/// assert_eq!(moment("2026-01-31T24:00:00Z"), moment("2026-02-01T01:00:00+01:00"));
/// assert_eq!(moment("2026-01-31T08:00:00z"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since the beginning of 1970, in UTC.
    second: i64,
    /// The digits after the decimal point, without zeros at the end. In this form the order of the
    /// texts is that of the numbers.
    fraction: SmolStr,
}

/// A year has at most this many digits, so that its seconds fit into an `i64`.
const MOST_YEAR_DIGITS: usize = 11;

impl Moment {
    /// Reads a dateTime; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (time, zone) = rest.split_at(zone_at);
        let day = day(date)?;
        let (second_of_day, fraction) = time_of_day(time)?;
        let second = day.checked_mul(86_400)?.checked_add(second_of_day - offset(zone)?)?;
        Some(Self { second, fraction: SmolStr::new(fraction.trim_end_matches('0')) })
    }
}

impl Moment {
    /// The moment in whole nanoseconds; `None` before the year -9999 and after the year 9999.
    pub fn timestamp(&self) -> Option<Timestamp> {
        let digits = self.fraction.get(..9).unwrap_or(&self.fraction);
        let nanoseconds = format!("{digits:0<9}").parse().ok()?;
        Timestamp::new(self.second, nanoseconds).ok()
    }
}

impl fmt::Display for Moment {
    /// The same moment always has the same text, for an index.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.second, self.fraction)
    }
}

/// The days from the beginning of 1970 to a date `-?YYYY-MM-DD`.
fn day(date: &str) -> Option<i64> {
    let (is_negative, date) = date.strip_prefix('-').map_or((false, date), |it| (true, it));
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // "yearFrag ::= '-'? (([1-9] digit digit digit+)) | ('0' digit digit digit))"
    let is_padded = year.len() > 4 && year.starts_with('0');
    if year.len() < 4 || year.len() > MOST_YEAR_DIGITS || is_padded || parts.next().is_some() {
        return None;
    }
    let year = number(year, year.len())? * if is_negative { -1 } else { 1 };
    let (month, day) = (number(month, 2)?, number(day, 2)?);
    let is_there = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    is_there.then(|| days_before(year, month) + day - 1)
}

/// The second of the day of `hh:mm:ss(.s+)?`, and the digits of its fraction.
fn time_of_day(time: &str) -> Option<(i64, &str)> {
    let (whole, fraction) = match time.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (time, ""),
    };
    let mut parts = whole.split(':');
    let mut next = || number(parts.next()?, 2);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let is_over = parts.next().is_some() || !fraction.bytes().all(|it| it.is_ascii_digit());
    if is_over || hour > 24 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = hour * 3_600 + minute * 60 + second;
    // "endOfDayFrag ::= '24:00:00' ('.' '0'+)?"
    let is_beyond = hour == 24 && (of_day > 86_400 || fraction.contains(|it| it != '0'));
    (!is_beyond).then_some((of_day, fraction))
}

/// By how many seconds a zone is ahead of UTC: `Z`, `±hh:mm` up to 14 hours, or nothing.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z") {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let is_there = minutes <= 59 && hours * 60 + minutes <= 14 * 60;
    is_there.then_some(sign * (hours * 3_600 + minutes * 60))
}

/// A number of exactly this many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let is_number = text.len() == digits && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from the beginning of 1970 to the beginning of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    years + (1..month).map(|it| days_of(year, it)).sum::<i64>()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::utc("2026-01-31T08:00:00Z")]
    #[case::no_zone("2026-01-31T08:00:00")]
    #[case::fraction("2026-01-31T08:00:00.1234567890123Z")]
    #[case::end_of_day("2026-01-31T24:00:00Z")]
    #[case::end_of_day_fraction("2026-01-31T24:00:00.000-05:00")]
    #[case::end_of_day_no_zone("2026-12-31T24:00:00")]
    #[case::largest_zone("2026-01-31T08:00:00+14:00")]
    #[case::smallest_zone("2026-01-31T08:00:00-14:00")]
    #[case::negative_zero("2026-01-31T08:00:00-00:00")]
    #[case::leap_day("2024-02-29T00:00:00Z")]
    #[case::leap_century("2000-02-29T00:00:00Z")]
    #[case::long_year("12026-01-31T08:00:00Z")]
    #[case::negative_year("-0044-03-15T12:00:00Z")]
    #[case::year_zero("0000-01-01T00:00:00Z")]
    fn these_are_date_times(#[case] text: &str) {
        assert!(Moment::parse(text).is_some(), "{text}");
    }

    #[rstest]
    #[case::lower_t("2026-01-31t08:00:00Z")]
    #[case::lower_z("2026-01-31T08:00:00z")]
    #[case::blank("2026-01-31 08:00:00Z")]
    #[case::date("2026-01-31")]
    #[case::time("08:00:00Z")]
    #[case::leap_second("2026-06-30T23:59:60Z")]
    #[case::second_61("2026-06-30T23:59:61Z")]
    #[case::no_seconds("2026-01-31T08:00Z")]
    #[case::beyond_the_day("2026-01-31T24:00:01Z")]
    #[case::beyond_by_a_fraction("2026-01-31T24:00:00.1Z")]
    #[case::minute_24("2026-01-31T24:01:00Z")]
    #[case::hour_25("2026-01-31T25:00:00Z")]
    #[case::minute_60("2026-01-31T08:60:00Z")]
    #[case::zone_beyond("2026-01-31T08:00:00+14:01")]
    #[case::zone_15("2026-01-31T08:00:00-15:00")]
    #[case::zone_minute("2026-01-31T08:00:00+01:60")]
    #[case::zone_short("2026-01-31T08:00:00+01")]
    #[case::zone_without_colon("2026-01-31T08:00:00+0100")]
    #[case::zone_name("2026-01-31T08:00:00+01:00[Europe/Oslo]")]
    #[case::two_zones("2026-01-31T08:00:00Z+01:00")]
    #[case::no_fraction("2026-01-31T08:00:00.Z")]
    #[case::comma("2026-01-31T08:00:00,5Z")]
    #[case::sign_in_fraction("2026-01-31T08:00:00.+5Z")]
    #[case::day_29("2026-02-29T08:00:00Z")]
    #[case::century("1900-02-29T08:00:00Z")]
    #[case::day_31("2026-04-31T08:00:00Z")]
    #[case::day_0("2026-04-00T08:00:00Z")]
    #[case::month_13("2026-13-01T08:00:00Z")]
    #[case::month_0("2026-00-01T08:00:00Z")]
    #[case::short_year("26-01-31T08:00:00Z")]
    #[case::padded_year("02026-01-31T08:00:00Z")]
    #[case::plus_year("+2026-01-31T08:00:00Z")]
    #[case::short_hour("2026-01-31T8:00:00Z")]
    #[case::compact("20260131T080000Z")]
    #[case::outer_blank(" 2026-01-31T08:00:00Z")]
    #[case::other_digits("2026-01-31T08:00:0٣Z")]
    #[case::endless_year("999999999999-01-31T08:00:00Z")]
    #[case::empty("")]
    fn these_are_not_date_times(#[case] text: &str) {
        assert_eq!(Moment::parse(text), None, "{text}");
    }

    #[rstest]
    #[case("2026-01-31T24:00:00Z", "2026-02-01T00:00:00Z")]
    #[case("2026-12-31T24:00:00", "2027-01-01T00:00:00Z")]
    #[case("2026-01-31T08:00:00+14:00", "2026-01-30T18:00:00Z")]
    #[case("2026-01-31T08:00:00.500Z", "2026-01-31T08:00:00.5Z")]
    fn different_texts_can_name_the_same_moment(#[case] one: &str, #[case] other: &str) {
        assert!(Moment::parse(one).is_some());
        assert_eq!(Moment::parse(one), Moment::parse(other));
    }

    #[test]
    fn moments_are_ordered_by_time() {
        let texts = [
            "-0044-03-15T12:00:00Z",
            "-0044-03-15T12:00:00.000001Z",
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.9Z",
            "1970-01-01T00:00:00Z",
            "2026-01-31T08:00:00.09Z",
            "2026-01-31T08:00:00.1Z",
            "2026-01-31T08:00:00.10000000000000000001Z",
            "12026-01-31T08:00:00Z",
        ];

        let moments: Vec<_> = texts.iter().map(|it| Moment::parse(it).unwrap()).collect();

        assert!(moments.is_sorted_by(|one, other| one < other), "{moments:?}");
    }

    proptest! {
        #[test]
        fn a_timestamp_is_read_as_the_same_moment(
            second in -60_000_000_000_i64..250_000_000_000,
            micros in 0_i32..1_000_000,
        ) {
            let at = Timestamp::new(second, micros * 1_000).unwrap();
            let fraction = format!("{micros:06}");
            let moment = Moment { second, fraction: fraction.trim_end_matches('0').into() };
            // jiff writes years before Christ with six digits, which XSD does not know.
            prop_assume!(!at.to_string().starts_with('-'));

            prop_assert_eq!(Moment::parse(&format!("{at:.6}")), Some(moment));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9TtZz:.]{0,40}") {
            let _ = Moment::parse(&text);
        }
    }
}
