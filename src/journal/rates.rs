//! The recent request rate and latency of a tenant.

use std::time::Duration;

use jiff::Timestamp;

use super::Exchange;

/// The number of seconds that the rates cover.
const SECONDS: usize = 60;
const SPAN: i64 = 60;
/// The number of latest exchanges from which the latency is computed.
const SAMPLES: usize = 1_024;

/// The request rate of the last minute, and the latency of the latest answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// The last 60 seconds. The last entry is the current, unfinished second.
    pub seconds: [Second; SECONDS],
    /// The latency of the latest 1,024 exchanges; `None` while there are none.
    pub latency: Option<Latency>,
}

/// The exchanges of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// The number of exchanges.
    pub exchanges: u32,
    /// The number of exchanges that were refused, failed or got no answer.
    pub errors: u32,
}

/// Percentiles of the time from the end of the request's head to the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// 50 % of the exchanges took at most this long.
    pub p50: Duration,
    /// 95 % of the exchanges took at most this long.
    pub p95: Duration,
    /// 99 % of the exchanges took at most this long.
    pub p99: Duration,
}

/// The data from which [`Rates`] are computed at any time. Its size is constant.
#[derive(Clone, Debug)]
pub(super) struct RecentTraffic {
    /// One slot for each second. The index is the second modulo the number of slots.
    slots: [(i64, Second); SECONDS],
    /// The latest latencies in microseconds, as a ring buffer.
    took: Vec<u32>,
    next: usize,
}

impl Default for RecentTraffic {
    fn default() -> Self {
        Self { slots: [(i64::MIN, Second::default()); SECONDS], took: Vec::new(), next: 0 }
    }
}

impl RecentTraffic {
    /// Counts an exchange in the second of its answer.
    pub(super) fn count(&mut self, exchange: &Exchange) {
        let answered = exchange.at.checked_add(exchange.took).unwrap_or(exchange.at).as_second();
        let slot = &mut self.slots[slot(answered)];
        if slot.0 != answered {
            *slot = (answered, Second::default());
        }
        slot.1.exchanges += 1;
        slot.1.errors += u32::from(exchange.is_error());
        let took = u32::try_from(exchange.took.as_micros()).unwrap_or(u32::MAX);
        if self.took.len() < SAMPLES {
            self.took.push(took);
        } else {
            self.took[self.next] = took;
        }
        self.next = (self.next + 1) % SAMPLES;
    }

    pub(super) fn rates(mut self, now: Timestamp) -> Rates {
        let first = now.as_second() - (SPAN - 1);
        let mut seconds = [Second::default(); SECONDS];
        for (shown, second) in seconds.iter_mut().zip(first..) {
            let (counted, of) = self.slots[slot(second)];
            if counted == second {
                *shown = of;
            }
        }
        self.took.sort_unstable();
        Rates { seconds, latency: latency(&self.took) }
    }
}

fn slot(second: i64) -> usize {
    usize::try_from(second.rem_euclid(SPAN)).expect("a remainder of 60 is below 60")
}

/// The percentiles of latencies in ascending order, by nearest rank.
fn latency(took: &[u32]) -> Option<Latency> {
    let rank = |percent: usize| {
        let at = (took.len() * percent).div_ceil(100).max(1) - 1;
        took.get(at).map(|micros| Duration::from_micros(u64::from(*micros)))
    };
    Some(Latency { p50: rank(50)?, p95: rank(95)?, p99: rank(99)? })
}

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::super::sample::{at, exchange, record};
    use super::*;

    fn taken(second: i64, status: u16, took: Duration) -> Exchange {
        let mut exchange = exchange(record(Operation::Get, "/Users/4f2c"));
        (exchange.record.at, exchange.record.status, exchange.record.took) =
            (at(second), status, took);
        exchange
    }

    fn rates<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>, now: Timestamp) -> Rates {
        let mut recent = RecentTraffic::default();
        exchanges.into_iter().for_each(|it| recent.count(it));
        recent.rates(now)
    }

    #[test]
    fn each_second_counts_what_was_answered_in_it() {
        let short = Duration::from_millis(1);
        let all = [
            taken(0, 200, short),
            taken(0, 404, short),
            taken(1, 200, Duration::from_millis(1_500)),
            taken(58, 200, short),
            taken(59, 500, short),
        ];

        let rates = rates(&all, at(59));

        let second = |exchanges, errors| Second { exchanges, errors };
        assert_eq!(rates.seconds[0], second(2, 1));
        assert_eq!((rates.seconds[1], rates.seconds[2]), (second(0, 0), second(1, 0)));
        assert_eq!((rates.seconds[58], rates.seconds[59]), (second(1, 0), second(1, 1)));
    }

    #[test]
    fn what_is_older_than_a_minute_is_forgotten() {
        let all = [taken(0, 200, Duration::ZERO), taken(60, 200, Duration::ZERO)];

        assert_eq!(rates(&all, at(60)).seconds.iter().map(|it| it.exchanges).sum::<u32>(), 1);
        assert_eq!(rates(&all, at(600)).seconds, [Second::default(); SECONDS]);
    }

    #[test]
    fn percentiles_are_ranks_of_the_latest_exchanges() {
        let millis = |it: u64| Duration::from_millis(it);
        let hundred: Vec<_> = (1..=100).rev().map(|it| taken(0, 200, millis(it))).collect();
        let old_and_new =
            (0..3_000).map(|it| taken(0, 200, millis(if it < 1_000 { 90 } else { 2 })));
        let old_and_new: Vec<_> = old_and_new.collect();

        let expected = Latency { p50: millis(50), p95: millis(95), p99: millis(99) };
        assert_eq!(rates(&hundred, at(0)).latency, Some(expected));
        assert_eq!(rates(&hundred[..1], at(0)).latency.map(|it| it.p50), Some(millis(100)));
        assert_eq!(rates(&old_and_new, at(0)).latency.map(|it| it.p99), Some(millis(2)));
        assert_eq!(rates([], at(0)).latency, None);
    }
}
