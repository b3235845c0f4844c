//! How long an answer is delayed.

use std::time::Duration;

use super::{
    read::{FieldError, FieldValue},
    roll,
};

/// A distribution of durations.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Delay {
    /// Always the same duration.
    Fixed(Duration),
    /// A uniform distribution between two durations.
    Uniform(Duration, Duration),
    /// Mostly near the median, with a long tail, as in real networks.
    LogNormal {
        /// Half of the delays are shorter.
        median: Duration,
        /// The standard deviation of the logarithm, which determines the length of the tail.
        sigma: f64,
    },
    /// Measured percentiles: pairs of a share from 0 to 1 and a duration, ascending.
    Percentiles(Vec<(f64, Duration)>),
}

/// The longest delay, also for the tail of a lognormal distribution.
const LONGEST: Duration = Duration::from_hours(1);

impl Delay {
    /// Reads `"250ms"`, `{"uniform": [..]}`, `{"lognormal": ..}` or `{"percentiles": ..}`.
    ///
    /// # Errors
    ///
    /// It is not a valid delay.
    pub(super) fn read(place: &FieldValue<'_>) -> Result<Self, FieldError> {
        if !place.json().is_object() {
            return duration(place).map(Self::Fixed);
        }
        let mut fields = place.fields()?;
        let [fixed, uniform] = [fields.take("fixed"), fields.take("uniform")];
        let [lognormal, percentiles] = [fields.take("lognormal"), fields.take("percentiles")];
        fields.finish()?;
        match (fixed, uniform, lognormal, percentiles) {
            (Some(it), None, None, None) => duration(&it).map(Self::Fixed),
            (None, Some(it), None, None) => uniform_of(&it),
            (None, None, Some(it), None) => lognormal_of(&it),
            (None, None, None, Some(it)) => percentiles_of(&it),
            _ => Err(place.wrong("one of fixed, uniform, lognormal, percentiles")),
        }
    }

    /// The duration for a random number from [`roll::number`].
    pub(super) fn draw(&self, number: u64) -> Duration {
        let part = roll::part(number);
        match self {
            Self::Fixed(duration) => *duration,
            Self::Uniform(from, to) => *from + to.saturating_sub(*from).mul_f64(part),
            Self::LogNormal { median, sigma } => {
                // The Box–Muller transform makes a normally distributed number of two uniformly distributed
                // ones.
                let other = roll::part(roll::next(number));
                let normal =
                    (-2.0 * (1.0 - part).ln()).sqrt() * (std::f64::consts::TAU * other).cos();
                let seconds = median.as_secs_f64() * (sigma * normal).exp();
                Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64()))
            }
            Self::Percentiles(points) => between(points, part),
        }
    }
}

/// Linear interpolation between the points, from 0 at share 0; constant after the last point.
fn between(points: &[(f64, Duration)], part: f64) -> Duration {
    let mut before = (0.0, Duration::ZERO);
    for (share, duration) in points {
        if part < *share {
            let way = (part - before.0) / (share - before.0);
            return before.1 + duration.saturating_sub(before.1).mul_f64(way);
        }
        before = (*share, *duration);
    }
    before.1
}

fn uniform_of(place: &FieldValue<'_>) -> Result<Delay, FieldError> {
    let mut fields = place.fields()?;
    let [from, to] = [fields.take("from"), fields.take("to")];
    fields.finish()?;
    let from = from.map_or(Ok(Duration::ZERO), |it| duration(&it))?;
    let to = to.ok_or_else(|| place.wrong("{\"from\": \"100ms\", \"to\": \"2s\"}"))?;
    let most = duration(&to)?;
    if most < from {
        return Err(to.wrong("not shorter than from"));
    }
    Ok(Delay::Uniform(from, most))
}

fn lognormal_of(place: &FieldValue<'_>) -> Result<Delay, FieldError> {
    let mut fields = place.fields()?;
    let [median, sigma] = [fields.take("median"), fields.take("sigma")];
    fields.finish()?;
    let (Some(median), Some(sigma)) = (median, sigma) else {
        return Err(place.wrong("{\"median\": \"100ms\", \"sigma\": 0.5}"));
    };
    Ok(Delay::LogNormal { median: duration(&median)?, sigma: sigma.number(0.0, 5.0)? })
}

fn percentiles_of(place: &FieldValue<'_>) -> Result<Delay, FieldError> {
    let mut points = Vec::new();
    for (name, at) in place.fields()?.all() {
        let share = name.strip_prefix('p').and_then(|it| it.parse::<f64>().ok());
        let share = share.filter(|it| *it > 0.0 && *it <= 100.0);
        let share =
            share.ok_or_else(|| at.because(format!("`{name}` is no percentile such as p95")))?;
        points.push((share / 100.0, duration(&at)?));
    }
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    if points.is_empty() || points.windows(2).any(|it| it[1].1 < it[0].1) {
        return Err(place.wrong("rising percentiles such as {\"p50\": \"80ms\", \"p99\": \"2s\"}"));
    }
    Ok(Delay::Percentiles(points))
}

fn duration(place: &FieldValue<'_>) -> Result<Duration, FieldError> {
    let duration = place.duration()?;
    if duration > LONGEST { Err(place.wrong("an hour at most")) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::fault::Fields;

    fn read(delay: Json) -> Result<Delay, String> {
        let body = json!({"delay": delay});
        let place = Fields::of(&body).unwrap().take("delay").unwrap();
        Delay::read(&place).map_err(|it| format!("{}: {}", it.field, it.detail))
    }

    /// The tenths of the distribution: how long 10, 20, .. of a hundred are at most, in ms.
    fn tenths(delay: Json) -> Vec<u128> {
        let delay = read(delay).unwrap();
        let mut drawn: Vec<_> =
            (0..10_000).map(|n| delay.draw(roll::number(1, &[], n)).as_millis()).collect();
        drawn.sort_unstable();
        [1_000, 5_000, 9_000, 9_999].map(|at| drawn[at]).into()
    }

    #[test]
    fn durations_are_drawn_from_the_distribution() {
        assert_eq!(tenths(json!("250ms")), [250; 4]);
        assert_eq!(tenths(json!({"fixed": 40})), [40; 4]);
        let even = tenths(json!({"uniform": {"from": "1s", "to": "2s"}}));
        assert!(
            even[0] < 1_150 && (1_450..1_550).contains(&even[1]) && even[3] < 2_000,
            "{even:?}"
        );
        let tail = tenths(json!({"lognormal": {"median": "100ms", "sigma": 1}}));
        assert!((90..110).contains(&tail[1]) && tail[3] > 1_000, "{tail:?}");
        let measured = tenths(json!({"percentiles": {"p50": "100ms", "p90": "1s"}}));
        assert!((95..105).contains(&measured[1]) && measured[3] == 1_000, "{measured:?}");
    }

    #[rstest]
    #[case(json!("2h"), "delay: delay must be an hour at most, found \"2h\"")]
    #[case(json!(-1), "delay: delay must be a duration that is not negative, found -1")]
    #[case(json!({"uniform": {"from": 2, "to": 1}}), "delay.uniform.to: delay.uniform.to must be not shorter than from, found 1")]
    #[case(json!({"percentiles": {"p50": 2, "p90": 1}}), "delay.percentiles: delay.percentiles must be rising percentiles such as {\"p50\": \"80ms\", \"p99\": \"2s\"}, found an object")]
    #[case(json!({"percentiles": {"95": 2}}), "delay.percentiles.95: `95` is no percentile such as p95")]
    #[case(json!({}), "delay: delay must be one of fixed, uniform, lognormal, percentiles, found an object")]
    fn a_value_that_is_not_a_delay_is_refused(#[case] delay: Json, #[case] expected: &str) {
        assert_eq!(read(delay), Err(expected.to_owned()));
    }
}
