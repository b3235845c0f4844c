//! .NET's custom format strings for points in time, read and written in the invariant culture.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

/// A custom format such as `yyyyMMddHHmmss.fZ`.
pub(super) struct DateFormat(Vec<FormatPart>);

enum FormatPart {
    /// A letter with a meaning, and how often it is repeated.
    Field(char, usize),
    /// What stands for itself.
    Literal(char),
}

/// A point in time that was read.
#[derive(Clone, Copy)]
pub(super) struct ParsedDate {
    /// In UTC; without an offset, as it was written.
    pub(super) utc: DateTime,
    /// Whether it was written with an offset.
    pub(super) has_offset: bool,
}

/// Where blanks are allowed, and the date of a time without one: the parts of .NET's
/// `DateTimeStyles` that matter on a machine in UTC.
#[derive(Clone, Copy)]
pub(super) struct Styles {
    leading: bool,
    trailing: bool,
    inner: bool,
    no_date: NoDate,
}

/// The date of a time without a date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NoDate {
    Today,
    FirstDayOfYear1,
}

impl Default for Styles {
    fn default() -> Self {
        Self { leading: true, trailing: true, inner: false, no_date: NoDate::Today }
    }
}

impl Styles {
    /// Reads names such as `AllowWhiteSpaces, AssumeUniversal`; an absent text gives the default.
    pub(super) fn read(text: Option<&str>) -> Result<Self, String> {
        let Some(text) = text.filter(|it| !it.trim().is_empty()) else {
            return Ok(Self::default());
        };
        let mut styles =
            Self { leading: false, trailing: false, inner: false, no_date: NoDate::Today };
        for name in text.split(',').map(str::trim) {
            match name.strip_prefix("DateTimeStyles.").unwrap_or(name) {
                "AllowLeadingWhite" => styles.leading = true,
                "AllowTrailingWhite" => styles.trailing = true,
                "AllowInnerWhite" => styles.inner = true,
                "AllowWhiteSpaces" => {
                    (styles.leading, styles.trailing, styles.inner) = (true, true, true);
                }
                "NoCurrentDateDefault" => styles.no_date = NoDate::FirstDayOfYear1,
                "None" | "AdjustToUniversal" | "AssumeLocal" | "AssumeUniversal"
                | "RoundtripKind" => {}
                other => return Err(format!("\"{other}\" is no DateTimeStyles value")),
            }
        }
        Ok(styles)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl DateFormat {
    /// Parses a custom format. Letters without a meaning, and quoted ones, are literals.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the date format is empty".into());
        }
        if text.chars().count() == 1 {
            // One letter alone would be one of .NET's standard formats.
            return Err(format!("the date format \"{text}\" is too short: write it out"));
        }
        let mut parts = Vec::new();
        let mut rest = text.chars().peekable();
        while let Some(it) = rest.next() {
            match it {
                '%' => {}
                '\\' => parts.push(FormatPart::Literal(
                    rest.next().ok_or_else(|| format!("the date format {text} ends in \\"))?,
                )),
                quote @ ('\'' | '"') => loop {
                    match rest.next() {
                        Some(it) if it == quote => break,
                        Some(it) => parts.push(FormatPart::Literal(it)),
                        None => return Err(format!("the date format {text} lacks a {quote}")),
                    }
                },
                'y' | 'M' | 'd' | 'H' | 'h' | 'm' | 's' | 'f' | 'F' | 't' | 'z' | 'K' => {
                    let mut count = 1;
                    while it != 'K' && rest.next_if_eq(&it).is_some() {
                        count += 1;
                    }
                    if "fF".contains(it) && count > 7 {
                        return Err(format!("the date format {text} wants more than 7 decimals"));
                    }
                    parts.push(FormatPart::Field(it, count));
                }
                other => parts.push(FormatPart::Literal(other)),
            }
        }
        Ok(Self(parts))
    }

    /// Reads a text; a missing date is the date of `now`.
    pub(super) fn read(&self, text: &str, styles: Styles, now: DateTime) -> Option<ParsedDate> {
        let text = if styles.leading { text.trim_start() } else { text };
        let text = if styles.trailing { text.trim_end() } else { text };
        let mut reader = DateReader { rest: text, found: FoundFields::default() };
        for part in &self.0 {
            if styles.inner {
                reader.rest = reader.rest.trim_start();
            }
            match part {
                FormatPart::Literal(' ') if styles.inner => {}
                FormatPart::Literal(it) => reader.rest = reader.rest.strip_prefix(*it)?,
                FormatPart::Field(letter, count) => reader.field(*letter, *count)?,
            }
        }
        if !reader.rest.is_empty() {
            return None;
        }
        reader.found.assemble((styles.no_date == NoDate::Today).then(|| now.date()))
    }

    /// Writes a date; `K` writes that it is in UTC if the date has an offset.
    pub(super) fn write(&self, date: ParsedDate) -> String {
        self.0
            .iter()
            .map(|part| match part {
                FormatPart::Literal(it) => it.to_string(),
                FormatPart::Field(letter, count) => field(date, *letter, *count),
            })
            .collect()
    }
}

fn field(date: ParsedDate, letter: char, count: usize) -> String {
    let ParsedDate { utc: at, has_offset } = date;
    let padded = |number: i64, most: usize| format!("{number:0width$}", width = count.min(most));
    let half = (i64::from(at.hour()) + 11) % 12 + 1;
    match (letter, count) {
        ('y', 1 | 2) => padded(i64::from(at.year()) % 100, 2),
        ('y', _) => padded(i64::from(at.year()), 9),
        ('M', 3) => month(at)[..3].into(),
        ('M', 4..) => month(at).into(),
        ('M', _) => padded(at.month().into(), 2),
        ('d', 3) => weekday(at)[..3].into(),
        ('d', 4..) => weekday(at).into(),
        ('d', _) => padded(at.day().into(), 2),
        ('H', _) => padded(at.hour().into(), 2),
        ('h', _) => padded(half, 2),
        ('m', _) => padded(at.minute().into(), 2),
        ('s', _) => padded(at.second().into(), 2),
        ('f' | 'F', _) => {
            let decimals = format!("{:09}", at.subsec_nanosecond());
            let decimals = &decimals[..count];
            if letter == 'F' { decimals.trim_end_matches('0') } else { decimals }.into()
        }
        ('t', _) => {
            let half = if at.hour() < 12 { "AM" } else { "PM" };
            half[..count.min(2)].into()
        }
        ('z', 1) => "+0".into(),
        ('z', 2) => "+00".into(),
        ('z', _) => "+00:00".into(),
        ('K', _) if has_offset => "Z".into(),
        _ => String::new(),
    }
}

fn month(at: DateTime) -> &'static str {
    MONTHS[usize::from(at.month().unsigned_abs()) - 1]
}

fn weekday(at: DateTime) -> &'static str {
    WEEKDAYS[usize::from(at.weekday().to_sunday_zero_offset().unsigned_abs())]
}

/// What was read so far.
#[derive(Default)]
struct FoundFields {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    hour: Option<i8>,
    /// An hour of the 12-hour clock, from 1 to 12.
    half_hour: Option<i8>,
    afternoon: Option<bool>,
    minute: Option<i8>,
    second: Option<i8>,
    nanosecond: i32,
    /// In minutes east of UTC.
    offset: Option<i64>,
}

struct DateReader<'t> {
    rest: &'t str,
    found: FoundFields,
}

impl DateReader<'_> {
    fn field(&mut self, letter: char, count: usize) -> Option<()> {
        // One letter reads one digit or two, more letters as many as there are letters.
        let digits = if count == 1 { 1..=2 } else { count..=count };
        match letter {
            'y' if count <= 2 => {
                let year: i16 = self.number(digits)?;
                // .NET's window of the Gregorian calendar: 50 is 1950, 49 is 2049.
                self.found.year = Some(if year < 50 { 2000 + year } else { 1900 + year });
            }
            'y' => self.found.year = Some(self.number(count..=count.max(4))?),
            'M' if count >= 3 => self.found.month = Some(self.name(&MONTHS, count)?),
            'M' => self.found.month = Some(self.number(digits)?),
            'd' if count >= 3 => self.name(&WEEKDAYS, count).map(drop)?,
            'd' => self.found.day = Some(self.number(digits)?),
            'H' => self.found.hour = Some(self.number(digits)?),
            'h' => self.found.half_hour = Some(self.number(digits)?),
            'm' => self.found.minute = Some(self.number(digits)?),
            's' => self.found.second = Some(self.number(digits)?),
            'f' => self.decimals(count..=count)?,
            'F' => self.decimals(0..=count)?,
            't' => self.half(count)?,
            'K' if self.rest.is_empty() => {}
            'K' if self.rest.starts_with('Z') => self.zulu(),
            'K' => self.offset(3)?,
            _ => self.offset(count)?,
        }
        Some(())
    }

    fn digits(&mut self, count: std::ops::RangeInclusive<usize>) -> Option<&str> {
        let found = self.rest.bytes().take(*count.end()).take_while(u8::is_ascii_digit).count();
        if found < *count.start() {
            return None;
        }
        let (digits, rest) = self.rest.split_at(found);
        self.rest = rest;
        Some(digits)
    }

    fn number<N: std::str::FromStr>(
        &mut self,
        count: std::ops::RangeInclusive<usize>,
    ) -> Option<N> {
        self.digits(count)?.parse().ok()
    }

    fn decimals(&mut self, count: std::ops::RangeInclusive<usize>) -> Option<()> {
        let digits = self.digits(count)?;
        self.found.nanosecond = format!("{digits:0<9}").parse().ok()?;
        Some(())
    }

    /// A month's or weekday's name, as a whole or its first three letters, in any case; its place
    /// from 1.
    fn name(&mut self, names: &[&str], count: usize) -> Option<i8> {
        for (place, name) in (1..).zip(names) {
            let name: &str = if count == 3 { &name[..3] } else { name };
            let start = self.rest.get(..name.len());
            if start.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[name.len()..];
                return Some(place);
            }
        }
        None
    }

    fn half(&mut self, count: usize) -> Option<()> {
        let length = count.min(2);
        let text = self.rest.get(..length)?.to_ascii_uppercase();
        self.found.afternoon = Some(match text.as_str() {
            "A" | "AM" => false,
            "P" | "PM" => true,
            _ => return None,
        });
        self.rest = &self.rest[length..];
        Some(())
    }

    fn zulu(&mut self) {
        self.rest = &self.rest[1..];
        self.found.offset = Some(0);
    }

    /// `+2`, `+02` or `+02:00`.
    fn offset(&mut self, count: usize) -> Option<()> {
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let hours: i64 = self.number(if count == 1 { 1..=2 } else { 2..=2 })?;
        let mut minutes: i64 = 0;
        if count >= 3 {
            self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
            minutes = self.number(2..=2)?;
        }
        if hours > 14 || minutes > 59 {
            return None;
        }
        self.found.offset = Some(sign * (hours * 60 + minutes));
        Some(())
    }
}

impl FoundFields {
    fn assemble(self, today: Option<Date>) -> Option<ParsedDate> {
        let has_date = self.year.is_some() || self.month.is_some() || self.day.is_some();
        let date = match today {
            Some(today) if !has_date => today,
            today => Date::new(
                self.year.or_else(|| today.map(Date::year)).unwrap_or(1),
                self.month.unwrap_or(1),
                self.day.unwrap_or(1),
            )
            .ok()?,
        };
        if date.year() < 1 {
            return None;
        }
        let hour = match (self.hour, self.half_hour) {
            (Some(hour), _) => hour,
            (None, Some(hour @ 1..=12)) => {
                hour % 12 + if self.afternoon == Some(true) { 12 } else { 0 }
            }
            (None, Some(_)) => return None,
            (None, None) => 0,
        };
        let minute = self.minute.unwrap_or(0);
        let second = self.second.unwrap_or(0);
        let time = Time::new(hour, minute, second, self.nanosecond).ok()?;
        let local = date.to_datetime(time);
        let shift = Span::new().minutes(self.offset.unwrap_or(0));
        let utc = local.checked_sub(shift).ok()?;
        Some(ParsedDate { utc, has_offset: self.offset.is_some() })
    }
}
