//! Assertions on the traffic. A failed assertion is an HTTP error, so that the caller's test fails.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use super::{
    ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, duration,
    expectation::{refused, wait_for_expectation},
    later,
    requests::listed,
};
use crate::journal::{Count, Expectation, LONGEST_ORDER, Seq, Timing, TrafficFilter};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[Route::post(
    "tenants/{tenant}/requests/verify",
    "Verifies the traffic",
    ControlHandler::Later(|call| later(verify(call))),
)
.takes("Verification")
.answers("Exchanges")];

/// The default of how long an expectation that may take some time must stay met, if further exchanges could
/// contradict it. A client that sends twice does so at once.
const USUAL_HOLD: Duration = Duration::from_millis(50);

/// An expectation, the exchanges that it is about, how long it may take to be met, and how long it must
/// stay met.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VerificationRequest {
    #[serde(default)]
    r#match: TrafficFilter,
    count: Option<Count>,
    #[serde(default)]
    order: ExpectedOrder,
    #[serde(default)]
    no_others: bool,
    #[serde(default)]
    since: Seq,
    #[serde(default, deserialize_with = "duration::read")]
    within: Duration,
    #[serde(default, deserialize_with = "duration::read_some")]
    r#for: Option<Duration>,
}

/// An order of filters. Filters beyond the limit plus one are not parsed.
#[derive(Default)]
struct ExpectedOrder(Vec<TrafficFilter>);

impl<'de> Deserialize<'de> for ExpectedOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ExpectedOrderVisitor)
    }
}

struct ExpectedOrderVisitor;

impl<'de> Visitor<'de> for ExpectedOrderVisitor {
    type Value = ExpectedOrder;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array of filters")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut places: A) -> Result<ExpectedOrder, A::Error> {
        let mut order = Vec::new();
        while order.len() <= LONGEST_ORDER {
            match places.next_element()? {
                Some(filter) => order.push(filter),
                None => return Ok(ExpectedOrder(order)),
            }
        }
        while places.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ExpectedOrder(order))
    }
}

/// `POST requests/verify`.
async fn verify(call: ControlCall) -> HandlerResult {
    let tenant = call.tenant_in_its_epoch()?;
    let VerificationRequest { r#match, count, order, no_others, since, within, r#for: hold } =
        call.body()?;
    let expected = Expectation { r#match, count, order: order.0, no_others };
    let is_settled = !within.is_zero() && expected.has_upper_bound();
    let usual = if is_settled { USUAL_HOLD } else { Duration::ZERO };
    let timing = Timing {
        within: duration::patience(within)?,
        hold: duration::patience(hold.unwrap_or(usual))?,
    };
    match wait_for_expectation(&call, &tenant, expected, since, timing).await? {
        Ok(met) => Ok(listed(&met.items, met.missed, met.next, &tenant)),
        Err(unmet) => Err(refused(unmet, &tenant, |mismatch| {
            ProblemDetails::new(422, "verification-failed", mismatch.to_string())
        })),
    }
}
