//! Comparisons in conditions: `[country] = "USA"`.

use std::cmp::Ordering;

use jiff::civil::DateTime;

use super::call::{shown, truth};
use super::dates::us_date;
use crate::SourceValue;

/// The operators of conditions (FUNC, "IIF").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComparisonOperator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl ComparisonOperator {
    /// Whether the comparison holds. Numbers compare as numbers, results of `CDate` and similar
    /// functions as points in time, all other values as case-sensitive text (assumed). Absent
    /// values are equal, and neither greater nor less than any value.
    pub(super) fn holds(self, left: &SourceValue, right: &SourceValue) -> Result<bool, String> {
        let order = match (left, right) {
            (SourceValue::Absent, SourceValue::Absent) => Some(Ordering::Equal),
            (SourceValue::Absent, _) | (_, SourceValue::Absent) => None,
            (SourceValue::Boolean(one), other) | (other, SourceValue::Boolean(one)) => {
                let same = truth(other).is_ok_and(|it| it == *one);
                same.then_some(Ordering::Equal)
            }
            _ => Some(order(&shown(left)?, &shown(right)?)),
        };
        Ok(match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
        })
    }
}

fn order(left: &str, right: &str) -> Ordering {
    if let (Ok(left), Ok(right)) = (left.parse::<i64>(), right.parse::<i64>()) {
        return left.cmp(&right);
    }
    let dates: Option<(DateTime, DateTime)> = us_date(left).zip(us_date(right));
    dates.map_or_else(|| left.cmp(right), |(left, right)| left.cmp(&right))
}
