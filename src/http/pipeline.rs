//! The pipeline of a call to a service of a tenant: faults before the work, the work, faults after it, the
//! record.

use actix_web::{HttpResponse, rt};

use super::{
    answer::Answer,
    arrival::{Arrival, RequestContext},
    blocking::{is_short, run_blocking},
    call::Call,
    faults::{self, BeforeWork, Delivery},
    record,
};
use crate::tenant::Busy;

/// Answers a call with its service and the tenant's faults, and records the exchange. `work` is the work of
/// the service.
pub(super) async fn run(
    context: RequestContext,
    call: Call<'_>,
    work: impl FnOnce(&Call<'_>) -> Answer + Send + 'static,
) -> HttpResponse {
    if faults::ask(&context) {
        // Not a task of its own: only the connection's task is woken when the client leaves.
        let work = async move |_: &RequestContext| work;
        let (response, delivery) = run_with_faults(&context, call.into_owned(), work).await;
        return delivery.deliver(&context, response).await;
    }
    run_without_faults(context, call, work).await
}

/// As [`run`] for a service that makes calls of its own first. `prepare` makes them, after the faults before the
/// work, and gives the work.
#[cfg(feature = "web")]
pub(super) async fn run_prepared<W>(
    context: RequestContext,
    call: Call<'static>,
    prepare: impl AsyncFnOnce(&RequestContext) -> W,
) -> HttpResponse
where
    W: FnOnce(&Call<'_>) -> Answer + Send + 'static,
{
    if faults::ask(&context) {
        let (response, delivery) = run_with_faults(&context, call, prepare).await;
        return delivery.deliver(&context, response).await;
    }
    let work = prepare(&context).await;
    run_without_faults(context, call, work).await
}

/// As [`run`] for a call that a click on a page makes; `None` where a fault breaks its answer off. The page's
/// own connection stays whole.
#[cfg(feature = "web")]
pub(super) async fn run_click(
    context: RequestContext,
    call: Call<'static>,
    work: impl FnOnce(&Call<'_>) -> Answer + Send + 'static,
) -> Option<HttpResponse> {
    if faults::ask(&context) {
        let work = async move |_: &RequestContext| work;
        let (response, delivery) = run_with_faults(&context, call, work).await;
        return matches!(delivery, Delivery::Whole).then_some(response);
    }
    Some(run_without_faults(context, call, work).await)
}

/// Like [`run`], without faults and limits.
pub(super) async fn run_without_faults(
    context: RequestContext,
    call: Call<'_>,
    work: impl FnOnce(&Call<'_>) -> Answer + Send + 'static,
) -> HttpResponse {
    if is_short(context.api, &call)
        && let Some(hold) = call.tenant.hold_now()
    {
        let answer = hold.during(context.arrival.epoch, || work(&call));
        let answer = answer.unwrap_or_else(|| context.overtaken());
        return record::finish(&context, &call.body, answer).await;
    }
    let call = call.into_owned();
    // A task of its own, so that the exchange is recorded even if the client leaves before the answer.
    let task = rt::spawn(async move {
        let (call, answer) = perform(&context, call, work).await;
        record::finish(&context, &call.body, answer).await
    });
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn run_with_faults<W>(
    context: &RequestContext,
    call: Call<'static>,
    prepare: impl AsyncFnOnce(&RequestContext) -> W,
) -> (HttpResponse, Delivery)
where
    W: FnOnce(&Call<'_>) -> Answer + Send + 'static,
{
    let overtaken = || (context.overtaken().into_response(), Delivery::Whole);
    // Faults of this epoch are not for what was begun in an earlier one.
    if context.arrival.is_over() {
        return overtaken();
    }
    let (mut call, mut faults) = faults::decide(context, call).await;
    let answer = match faults.before(context, &mut call).await {
        BeforeWork::Perform => {
            let work = prepare(context).await;
            let answer;
            (call, answer) = perform(context, call, work).await;
            answer
        }
        BeforeWork::Answer(answer) => *answer,
        BeforeWork::Reset => return overtaken(),
    };
    let Some((answer, delivery)) = faults.after(context, &call, answer).await else {
        return overtaken();
    };
    (record::finish(context, &call.body, answer).await, delivery)
}

/// Performs the work in the epoch in which the request arrived: on this thread if it is short, else on a
/// blocking thread.
pub(super) async fn perform(
    context: &RequestContext,
    call: Call<'static>,
    work: impl FnOnce(&Call<'_>) -> Answer + Send + 'static,
) -> (Call<'static>, Answer) {
    let Arrival { tenant, epoch, .. } = &context.arrival;
    let epoch = *epoch;
    if is_short(context.api, &call)
        && let Some(hold) = tenant.hold_now()
    {
        let answer = hold.during(epoch, || work(&call));
        return (call, answer.unwrap_or_else(|| context.overtaken()));
    }
    let busy = Busy::of(tenant);
    let work = move || {
        let _busy = busy;
        let answer = call.tenant.hold().during(epoch, || work(&call));
        (call, answer)
    };
    let (call, answer) = run_blocking(work).await;
    (call, answer.unwrap_or_else(|| context.overtaken()))
}
