//! Rate limits: token buckets. Their time is the one that callers wait by: the server's time, plus what was
//! skipped of the tenant's time.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::{
    glob::is_like,
    read::{FieldError, FieldValue, Fields},
    roll,
};

/// The rate limits of a tenant: for all requests, for each key, and for each operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateLimits {
    tenant: Option<Rate>,
    key: Option<Rate>,
    /// By the pattern of an operation.
    operations: Vec<(String, Rate)>,
    written: Map<String, Json>,
}

/// The decision of the limits about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitDecision {
    /// The exceeded limit, if the request is refused.
    pub refused: Option<LimitExceeded>,
    /// If the caller came back before the end of its `Retry-After`, how many seconds before.
    pub early: Option<u64>,
}

/// A limit that a request exceeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitExceeded {
    /// The limit: `tenant`, `key`, or the pattern of an operation.
    pub limit: String,
    /// After how many seconds the request would be accepted.
    pub retry_after: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    per_second: f64,
    burst: f64,
}

/// The limits, with the state of their buckets.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    limits: RateLimits,
    buckets: HashMap<String, Bucket>,
    /// The ends of the `Retry-After` of callers, by bucket and caller.
    asked: HashMap<(String, u64), Timestamp>,
    refused: u64,
    early: u64,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

/// The largest number of buckets and of waiting callers that are kept: more than the keys of any test.
const MOST_KEPT: usize = 10_000;

/// Members that are shown with limits but are not part of them.
const COUNTS: &[&str] = &["refused", "retriedEarly"];

impl RateLimits {
    /// Reads the body of `PUT limits`. `operations` are the known operations of the tenant.
    ///
    /// # Errors
    ///
    /// The first invalid member.
    pub fn read(body: &Json, operations: &[String]) -> Result<Self, FieldError> {
        let mut fields = Fields::of(body)?;
        let tenant = fields.take("tenant").map(|it| Rate::read(&it)).transpose()?;
        let key = fields.take("key").map(|it| Rate::read(&it)).transpose()?;
        let mut rates = Vec::new();
        if let Some(all) = fields.take("operations") {
            for (pattern, place) in all.fields()?.all() {
                if !operations.iter().any(|it| is_like(pattern, it)) {
                    return Err(place.unknown_of("operation", pattern, operations));
                }
                rates.push((pattern.to_owned(), Rate::read(&place)?));
            }
        }
        fields.pass(COUNTS);
        fields.finish()?;
        let mut written = body.as_object().cloned().unwrap_or_default();
        written.retain(|name, _| !COUNTS.contains(&name.as_str()));
        Ok(Self { tenant, key, operations: rates, written })
    }

    /// The limits as written.
    pub fn written(&self) -> &Map<String, Json> {
        &self.written
    }

    /// Whether there are no limits.
    pub(super) fn is_empty(&self) -> bool {
        self.tenant.is_none() && self.key.is_none() && self.operations.is_empty()
    }
}

impl Rate {
    fn read(place: &FieldValue<'_>) -> Result<Self, FieldError> {
        let mut fields = place.fields()?;
        let [rate, per, burst] = ["rate", "per", "burst"].map(|it| fields.take(it));
        fields.finish()?;
        let rate =
            rate.ok_or_else(|| place.wrong("{\"rate\": 10, \"per\": \"1s\", \"burst\": 20}"))?;
        let rate = rate.number(0.001, 1e9)?;
        let seconds = match per {
            Some(it) => it.duration().map(|it| it.as_secs_f64()).and_then(|seconds| {
                if seconds > 0.0 { Ok(seconds) } else { Err(it.wrong("longer than nothing")) }
            })?,
            None => 1.0,
        };
        let burst = burst.map(|it| it.number(1.0, 1e9)).transpose()?;
        let burst = burst.unwrap_or_else(|| rate.ceil().max(1.0));
        Ok(Self { per_second: rate / seconds, burst })
    }
}

impl Limiter {
    pub(super) fn new(limits: RateLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    pub(super) fn limits(&self) -> &RateLimits {
        &self.limits
    }

    /// The number of refused requests, and the number of requests that came too early.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.refused, self.early)
    }

    /// Accepts or refuses a request of this caller. A refused request takes no token of any limit.
    pub(super) fn admit(
        &mut self,
        operations: &[String],
        caller: &str,
        now: Timestamp,
    ) -> LimitDecision {
        let caller = roll::number(0, &[caller], 0); // so that no secret is kept
        let applying = self.applying(operations, caller);
        let mut verdict =
            LimitDecision { refused: None, early: self.early(&applying, caller, now) };
        for (name, shown, rate) in &applying {
            let bucket = self.filled(name, *rate, now);
            if bucket.tokens < 1.0 {
                let retry_after = whole_seconds((1.0 - bucket.tokens) / rate.per_second);
                if verdict.refused.as_ref().is_none_or(|it| it.retry_after < retry_after) {
                    verdict.refused = Some(LimitExceeded { limit: shown.clone(), retry_after });
                }
                let until = now.saturating_add(jiff::SignedDuration::from_secs(
                    i64::try_from(retry_after).unwrap_or(i64::MAX),
                ));
                let until = until.unwrap_or(Timestamp::MAX);
                self.asked.insert((name.clone(), caller), until);
            }
        }
        if verdict.refused.is_none() {
            for (name, ..) in &applying {
                if let Some(bucket) = self.buckets.get_mut(name) {
                    bucket.tokens -= 1.0;
                }
            }
        }
        self.refused += u64::from(verdict.refused.is_some());
        self.early += u64::from(verdict.early.is_some());
        self.forget_old(now);
        verdict
    }

    /// The limits that apply to a request: the name of the bucket, the name that is shown, and the rate.
    fn applying(&self, operations: &[String], caller: u64) -> Vec<(String, String, Rate)> {
        let one = |name: &str, rate| (name.to_owned(), name.to_owned(), rate);
        let tenant = self.limits.tenant.map(|it| one("tenant", it));
        let key = self.limits.key.map(|it| (format!("key {caller:016x}"), "key".to_owned(), it));
        let asks = |pattern: &str| operations.iter().any(|it| is_like(pattern, it));
        let rates = self.limits.operations.iter().filter(|(pattern, _)| asks(pattern));
        let rates =
            rates.map(|(pattern, rate)| (format!("operation {pattern}"), pattern.clone(), *rate));
        tenant.into_iter().chain(key).chain(rates).collect()
    }

    /// How many seconds the caller is too early for one of these limits.
    fn early(
        &self,
        applying: &[(String, String, Rate)],
        caller: u64,
        now: Timestamp,
    ) -> Option<u64> {
        let asked =
            applying.iter().filter_map(|(name, ..)| self.asked.get(&(name.clone(), caller)));
        let until = asked.max().filter(|it| now < **it)?;
        Some(whole_seconds(until.duration_since(now).as_secs_f64()))
    }

    /// A bucket, refilled up to now.
    fn filled(&mut self, name: &str, rate: Rate, now: Timestamp) -> Bucket {
        let bucket =
            self.buckets.entry(name.to_owned()).or_insert(Bucket { tokens: rate.burst, at: now });
        // A clock that was set back adds no tokens and removes none.
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        bucket.tokens = (bucket.tokens + passed * rate.per_second).min(rate.burst);
        bucket.at = now;
        *bucket
    }

    fn forget_old(&mut self, now: Timestamp) {
        if self.asked.len() > MOST_KEPT {
            self.asked.retain(|_, until| now < *until);
        }
        if self.buckets.len() > MOST_KEPT {
            self.buckets.clear(); // as if all buckets were full; otherwise the map would grow without end
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds to wait are few"
)]
fn whole_seconds(seconds: f64) -> u64 {
    // The small difference avoids that rounding errors add a second.
    (seconds - 1e-6).ceil().max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const KNOWN: [&str; 2] = ["user.create", "user.list"];

    fn limiter(limits: Json) -> Limiter {
        Limiter::new(RateLimits::read(&limits, &KNOWN.map(str::to_owned)).unwrap())
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_millis(millis)
    }

    /// What requests at these milliseconds are told: `-` for let through, else `Retry-After`, with an
    /// exclamation mark if they came too early.
    fn told(limiter: &mut Limiter, operation: &str, caller: &str, millis: &[i64]) -> String {
        let one = |it: &i64| {
            let verdict = limiter.admit(&[operation.to_owned()], caller, at(*it));
            let told = verdict.refused.map_or_else(|| "-".into(), |it| it.retry_after.to_string());
            told + verdict.early.map_or("", |_| "!")
        };
        millis.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_bucket_allows_its_burst_and_then_its_rate() {
        let mut limiter = limiter(json!({"tenant": {"rate": 2, "burst": 3}}));

        assert_eq!(told(&mut limiter, "user.list", "a", &[0, 0, 0, 0]), "- - - 1");
        assert_eq!(told(&mut limiter, "user.list", "b", &[500, 500, 2_000]), "- 1 -");
        assert_eq!(told(&mut limiter, "user.list", "a", &[1_900]), "-");
    }

    #[test]
    fn each_key_and_each_operation_has_its_own_bucket() {
        let slow = json!({"rate": 1, "per": "1m", "burst": 1});
        let mut keys = limiter(json!({"key": slow}));
        let mut operations = limiter(json!({"operations": {"user.create": slow}}));

        assert_eq!(told(&mut keys, "user.list", "a", &[0, 0]), "- 60");
        assert_eq!(told(&mut keys, "user.list", "b", &[0]), "-");
        assert_eq!(told(&mut operations, "user.create", "a", &[0, 0]), "- 60");
        assert_eq!(told(&mut operations, "user.list", "a", &[0, 0]), "- -");
    }

    #[test]
    fn a_caller_that_does_not_wait_is_noted_until_its_time_is_over() {
        let mut limiter = limiter(json!({"key": {"rate": 1, "per": "10s", "burst": 1}}));

        let told = told(&mut limiter, "user.list", "a", &[0, 0, 4_000, 10_000, 20_000]);

        assert_eq!(told, "- 10 6! - -");
    }

    #[rstest]
    #[case(json!({"tenat": {}}), "tenat", "unknown field `tenat`, expected tenant, key, operations")]
    #[case(json!({"tenant": {"burst": 1}}), "tenant", "tenant must be {\"rate\": 10, \"per\": \"1s\", \"burst\": 20}, found an object")]
    #[case(json!({"key": {"rate": 0}}), "key.rate", "key.rate must be a number from 0.001 to 1000000000, found 0")]
    #[case(json!({"key": {"rate": 1, "per": 0}}), "key.per", "key.per must be longer than nothing, found 0")]
    #[case(json!({"operations": {"user.lst": {"rate": 1}}}), "operations.user.lst", "unknown operation `user.lst`, expected user.create, user.list")]
    fn errors_name_their_field(#[case] body: Json, #[case] field: &str, #[case] detail: &str) {
        let error = RateLimits::read(&body, &KNOWN.map(str::to_owned)).unwrap_err();

        assert_eq!((error.field.as_str(), error.detail.as_str()), (field, detail));
    }
}
