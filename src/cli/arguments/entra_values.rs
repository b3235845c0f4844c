//! Reads the values of `entra`'s arguments.

use jiff::SignedDuration;

use crate::entra::{Action, Status};

/// Reads `90s`, `40m`, `12h` or `30d`.
pub(super) fn span(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "expected a span such as 90s, 40m, 12h or 30d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_error| wrong())?;
    // A century is more than any rule of the service looks back or ahead.
    let span = SignedDuration::from_secs(i64::from(number) * seconds);
    if span <= SignedDuration::from_hours(24 * 36_525) { Ok(span) } else { Err(wrong()) }
}

pub(super) fn speed(text: &str) -> Result<f64, String> {
    let speed: Option<f64> = text.parse().ok();
    let speed = speed.filter(|it| (0.01..=1_000_000.0).contains(it));
    speed.ok_or_else(|| "expected a number from 0.01 to 1000000".into())
}

/// Reads `department=Sales`.
pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = parts.ok_or("expected an attribute and its value: department=Sales")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn status(text: &str) -> Result<Status, String> {
    by_name(text, Status::ALL, Status::name)
}

pub(super) fn action(text: &str) -> Result<Action, String> {
    use Action as A;
    let all =
        [A::Create, A::Update, A::Delete, A::Disable, A::StagedDelete, A::StagedAction, A::Other];
    by_name(text, &all, Action::name)
}

fn by_name<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().find(|it| name(**it).eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|it| name(*it)).collect();
        format!("expected one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("90s", 90)]
    #[case("40m", 2_400)]
    #[case("12h", 43_200)]
    #[case("30d", 2_592_000)]
    fn a_span_has_a_unit(#[case] text: &str, #[case] seconds: i64) {
        assert_eq!(span(text), Ok(SignedDuration::from_secs(seconds)));
    }

    #[rstest]
    #[case("")]
    #[case("30")]
    #[case("d")]
    #[case("-1d")]
    #[case("1.5h")]
    #[case("3ö")]
    #[case("4000000000d")]
    fn other_texts_are_no_span(#[case] text: &str) {
        assert!(span(text).is_err());
    }

    #[test]
    fn an_attribute_may_lose_its_value_but_needs_a_name() {
        assert_eq!(assignment("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(assignment("a="), Ok(("a".into(), String::new())));
        assert!(assignment("=b").is_err() && assignment("a").is_err());
    }

    #[test]
    fn statuses_and_actions_are_the_portals_words_without_regard_to_case() {
        assert_eq!(status("Failure"), Ok(Status::Failure));
        assert_eq!(action("stageddelete"), Ok(Action::StagedDelete));
        assert_eq!(
            status("bad").unwrap_err(),
            "expected one of success, failure, skipped, warning"
        );
    }
}
