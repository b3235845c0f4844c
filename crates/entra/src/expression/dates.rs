//! Functions of points in time. Between functions these are texts in UTC in the format `M/d/yyyy
//! h:mm:ss tt`.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use smol_str::SmolStr;

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall, shown as single};
use super::format::{DateFormat, ParsedDate, Styles};
use crate::SourceValue;

/// The format of the points in time that functions return.
const US: &str = "M/d/yyyy h:mm:ss tt";

/// Further formats that `CDate` reads: year first, or American order.
const READ: [&str; 15] = [
    US,
    "M/d/yyyy h:mm tt",
    "M/d/yyyy H:mm:ss",
    "M/d/yyyy H:mm",
    "M/d/yyyy",
    "yyyy-M-dK",
    "yyyy-M-dTH:mmK",
    "yyyy-M-dTH:mm:ssK",
    "yyyy-M-dTH:mm:ss.FFFFFFFK",
    "yyyy-M-d H:mmK",
    "yyyy-M-d H:mm:ssK",
    "yyyy-M-d H:mm:ss.FFFFFFFK",
    "yyyyMMdd",
    "yyyyMMddHHmmssK",
    "yyyyMMddHHmmss.FFFFFFFK",
];

fn date_time(text: &str, now: DateTime) -> Result<DateTime, String> {
    let read = |format: &str| {
        let format = DateFormat::new(format).expect("the formats of this list are well-formed");
        format.read(text, Styles::default(), now)
    };
    let found = READ.iter().find_map(|format| read(format));
    found.map(|it| it.utc).ok_or_else(|| format!("\"{text}\" is no date"))
}

/// Reads a point in time as functions return it.
pub(super) fn us_date(text: &str) -> Option<DateTime> {
    let format = DateFormat::new(US).expect("the format is well-formed");
    format.read(text, Styles::default(), DateTime::MIN).map(|it| it.utc)
}

fn shown(at: DateTime) -> SourceValue {
    let format = DateFormat::new(US).expect("the format is well-formed");
    SourceValue::Text(format.write(ParsedDate { utc: at, has_offset: true }).into())
}

fn utc(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

/// The argument as a point in time; `None` if it is absent.
fn point(it: &mut CallArguments<'_, '_, '_>, index: usize) -> Result<Option<DateTime>, String> {
    let now = utc(it.context.now);
    it.text(index)?.map(|text| date_time(text.trim(), now)).transpose()
}

/// `Now()`
#[expect(clippy::unnecessary_wraps, reason = "every function has this shape")]
pub(super) fn now(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok(shown(utc(it.context.now)))
}

/// `CDate(expression)`: a text without an offset is in UTC.
pub(super) fn c_date(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok(point(it, 0)?.map_or(SourceValue::Absent, shown))
}

/// The intervals that `DateAdd` and `DateDiff` count in.
#[derive(Clone, Copy)]
enum Interval {
    Year,
    Month,
    Day,
    Week,
    Hour,
    Minute,
    Second,
}

fn interval(text: &str) -> Result<Interval, String> {
    Ok(match text {
        "yyyy" => Interval::Year,
        "m" => Interval::Month,
        "d" => Interval::Day,
        "ww" => Interval::Week,
        "h" => Interval::Hour,
        "n" => Interval::Minute,
        "s" => Interval::Second,
        other => return Err(format!("interval is yyyy, m, d, ww, h, n or s, not \"{other}\"")),
    })
}

/// Refuses an unknown interval, and an invalid date behind it.
pub(super) fn refuse_interval_and_dates(call: &FunctionCall) -> Result<(), CallError> {
    if let Some(text) = call.constant(0) {
        interval(text).map_err(|it| CallError::at(0, it))?;
    }
    let numbers = call.function.numbers;
    for index in (1..call.count()).filter(|it| numbers.iter().all(|number| number.argument != *it))
    {
        let Some(value) = call.literal(index) else { continue };
        let text = single(value)?;
        date_time(text.trim(), DateTime::MIN).map_err(|it| CallError::at(index, it))?;
    }
    Ok(())
}

/// `DateAdd(interval, value, dateTime)`: adding months to the last days of a month stays in the
/// target month.
pub(super) fn date_add(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let interval = interval(&it.text_or_empty(0)?)?;
    let value = it.number(1)?;
    let Some(at) = point(it, 2)? else { return Ok(SourceValue::Absent) };
    let span = match interval {
        Interval::Year => Span::new().try_years(value),
        Interval::Month => Span::new().try_months(value),
        Interval::Day => Span::new().try_days(value),
        Interval::Week => Span::new().try_weeks(value),
        Interval::Hour => Span::new().try_hours(value),
        Interval::Minute => Span::new().try_minutes(value),
        Interval::Second => Span::new().try_seconds(value),
    };
    let sum = span.and_then(|span| at.checked_add(span)).ok().filter(|it| it.year() >= 1);
    sum.map(shown).ok_or_else(|| format!("value {value} leads out of the calendar"))
}

/// `DateDiff(interval, date1, date2)`, counted as in Visual Basic: years, months and weeks by the
/// calendar, weeks from Sunday on, other intervals as whole ones.
pub(super) fn date_diff(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let interval = interval(&it.text_or_empty(0)?)?;
    let (Some(from), Some(to)) = (point(it, 1)?, point(it, 2)?) else {
        return Ok(SourceValue::Absent);
    };
    let years = i64::from(to.year()) - i64::from(from.year());
    let sunday = |at: DateTime| days(at) - i64::from(at.date().weekday().to_sunday_zero_offset());
    let seconds = seconds(to) - seconds(from);
    let difference = match interval {
        Interval::Year => years,
        Interval::Month => years * 12 + i64::from(to.month()) - i64::from(from.month()),
        Interval::Week => (sunday(to) - sunday(from)) / 7,
        Interval::Day => seconds / 86_400,
        Interval::Hour => seconds / 3_600,
        Interval::Minute => seconds / 60,
        Interval::Second => seconds,
    };
    Ok(difference.into())
}

/// Whole days since 1970.
fn days(at: DateTime) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from((at.date() - epoch).get_days())
}

/// Whole seconds since 1970.
fn seconds(at: DateTime) -> i64 {
    let time = at.time();
    days(at) * 86_400
        + i64::from(time.hour()) * 3_600
        + i64::from(time.minute()) * 60
        + i64::from(time.second())
}

/// Active Directory counts in units of 100 nanoseconds from the year 1601.
const UNITS: i64 = 10_000_000;
const SECONDS_BEFORE_1970: i64 = 11_644_473_600;

/// `DateFromNum(value)`
pub(super) fn date_from_num(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let Some(value) = it.optional_number(0)? else { return Ok(SourceValue::Absent) };
    let at = Timestamp::from_second(value.div_euclid(UNITS) - SECONDS_BEFORE_1970);
    let at = at.ok().filter(|_| value >= 0);
    at.map(|at| shown(utc(at))).ok_or_else(|| format!("{value} is no date of Active Directory"))
}

/// `NumFromDate(value)`
pub(super) fn num_from_date(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let Some(at) = point(it, 0)? else { return Ok(SourceValue::Absent) };
    let units = (seconds(at) + SECONDS_BEFORE_1970) * UNITS;
    let value = units + i64::from(at.time().subsec_nanosecond() / 100);
    if value < 0 {
        return Err("a date before 1601 has no number in Active Directory".into());
    }
    Ok(value.into())
}

/// `FormatDateTime(source, dateTimeStyles, inputFormat, outputFormat)`: a text with an offset is
/// written in UTC.
pub(super) fn format_date_time(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let Some(source) = it.text(0)? else { return Ok(SourceValue::Absent) };
    let styles = Styles::read(it.text(1)?.as_deref())?;
    let (input, output) = (it.text_or_empty(2)?, it.text_or_empty(3)?);
    let read = DateFormat::new(&input)?.read(&source, styles, utc(it.context.now));
    let read = read.ok_or_else(|| format!("\"{source}\" is not of the format {input}"))?;
    Ok(SourceValue::Text(DateFormat::new(&output)?.write(read).into()))
}

pub(super) fn refuse_formats(call: &FunctionCall) -> Result<(), CallError> {
    let styles = call.constant(1).map(SmolStr::as_str);
    Styles::read(styles).map_err(|it| CallError::at(1, it))?;
    for index in [2, 3] {
        if let Some(format) = call.constant(index) {
            DateFormat::new(format).map_err(|it| CallError::at(index, it))?;
        }
    }
    Ok(())
}
