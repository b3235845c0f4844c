//! Counts over all exchanges since the start or the last reset.

use super::Exchange;

/// Counts over all exchanges since the start or the last reset, including those that were removed from the
/// journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The number of exchanges.
    pub exchanges: u64,
    /// The number of exchanges with status 401: requests without a valid key.
    pub unauthorized: u64,
    /// The number of exchanges that were refused, failed or got no answer: those that the traffic filter
    /// `is:error` matches.
    pub errors: u64,
    /// The number of exchanges that failed with status 500 or above without a fault.
    pub failed: u64,
    /// The number of exchanges that were refused, failed or got no answer because of a fault.
    pub by_fault: u64,
    /// The size of all request bodies, in bytes.
    pub received: u64,
    /// The size of all response bodies, in bytes.
    pub sent: u64,
    classes: [u64; 6],
}

impl Totals {
    /// The number of exchanges with a status of this class: 2 for 200 to 299, 0 for no answer.
    pub fn class(&self, hundreds: u16) -> u64 {
        self.classes.get(usize::from(hundreds)).copied().unwrap_or(0)
    }

    pub(super) fn count(&mut self, exchange: &Exchange) {
        self.exchanges += 1;
        self.unauthorized += u64::from(exchange.status == 401);
        self.errors += u64::from(exchange.is_error());
        self.failed += u64::from(exchange.status >= 500 && exchange.fault.is_none());
        self.by_fault += u64::from(exchange.is_error() && exchange.fault.is_some());
        self.received += exchange.request.size as u64;
        self.sent += exchange.response.size as u64;
        if let Some(class) = self.classes.get_mut(usize::from(exchange.status / 100)) {
            *class += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, Operation, sample};
    use super::*;

    #[test]
    fn everything_is_counted_by_class() {
        let all = sample::all();
        let mut totals = Totals::default();

        for it in &all {
            totals.count(it);
        }

        assert_eq!(totals.exchanges, all.len() as u64);
        assert_eq!(totals.class(2) + totals.errors, totals.exchanges);
        assert_eq!((totals.class(4), totals.class(5), totals.unauthorized), (5, 1, 2));
        assert_eq!((totals.received, totals.sent), (46, 48));
        assert_eq!((totals.class(9), totals.class(0)), (0, 0));
    }

    #[test]
    fn what_fails_by_fault_is_counted_apart_from_what_fails_unasked() {
        let fault = Fault {
            rule: "flaky".into(),
            n: 1,
            roll: 0.0,
            phase: "before".into(),
            action: "status 503".into(),
        };
        let count = |totals: &mut Totals, status: u16, fault: Option<Fault>| {
            let mut exchange = sample::exchange(sample::record(Operation::Get, "/Users/4f2c"));
            (exchange.record.status, exchange.record.fault) = (status, fault);
            totals.count(&exchange);
        };
        let mut totals = Totals::default();

        for status in [0, 200, 404, 503] {
            count(&mut totals, status, Some(fault.clone()));
        }
        for status in [0, 200, 404, 503] {
            count(&mut totals, status, None);
        }

        assert_eq!((totals.by_fault, totals.failed, totals.class(0)), (3, 1, 2));
    }
}
