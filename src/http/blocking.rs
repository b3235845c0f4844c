//! Runs long work on blocking threads, so that the worker can answer other requests.
//!
//! A worker is one thread with many connections. A computation of one second on it delays every other
//! request, including `/livez`. A change of threads takes longer than most requests, so short calls run on
//! the worker: calls about one small resource, and short lists. All other calls run on a blocking thread.
//! So do all calls to a tenant for which a blocking thread is running, since they might wait for a lock.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use actix_web::{http::Method, rt::task::spawn_blocking};
use tokio::{runtime::Handle, sync::Notify};

use super::{api::TenantApi, call::Call};

/// The longest body of a short call, in bytes.
pub(super) const SHORT_BODY: usize = 16 * 1024;

/// The longest query of a short call, in bytes.
const SHORT_QUERY: usize = 1024;

/// The number of resources that a short call may list, whatever the filter is.
const FEW: usize = 500;

/// Runs work on a blocking thread. It is completed even if the caller is dropped.
pub(super) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Polls a future on blocking threads. It uses a thread only during a poll, not while it waits.
pub(super) async fn poll_blocking<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    let woken = Arc::new(Wakes::default());
    let mut steps = BlockingFuture(Some(Box::pin(work)));
    loop {
        let waker = Waker::from(woken.clone());
        let step = move || {
            let polled = steps.next(&waker);
            (steps, polled)
        };
        let (rest, polled) = run_blocking(step).await;
        if let Poll::Ready(done) = polled {
            return done;
        }
        steps = rest;
        woken.0.notified().await;
    }
}

/// A waker that stores a wake-up until it is awaited, so that none is missed.
#[derive(Default)]
struct Wakes(Notify);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// A boxed future. Dropping it may wait for a lock, so it is also dropped on a blocking thread.
struct BlockingFuture<F: Future + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future + Send + 'static> BlockingFuture<F> {
    fn next(&mut self, waker: &Waker) -> Poll<F::Output> {
        let work = self.0.as_mut().expect("it is there until it is dropped");
        work.as_mut().poll(&mut Context::from_waker(waker))
    }
}

impl<F: Future + Send + 'static> Drop for BlockingFuture<F> {
    fn drop(&mut self) {
        let work = self.0.take();
        // Without a runtime the server has stopped, and no worker can be blocked.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn_blocking(move || drop(work)));
        }
    }
}

/// Whether a call is known to take less time than a change of threads.
pub(super) fn is_short(api: TenantApi, call: &Call<'_>) -> bool {
    let is_small = call.body.len() <= SHORT_BODY && call.query.len() <= SHORT_QUERY;
    if api != TenantApi::Scim || !is_small || call.tenant.is_busy() {
        return false;
    }
    let state = call.state();
    let schemas = &state.profile().schemas;
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let Some(kind) = segments.first().and_then(|it| schemas.endpoint(it)).map(|it| &it.name) else {
        return false;
    };
    let resources = state.resources();
    match (&segments[1..], &call.method) {
        ([], &Method::POST) => true,
        ([], &Method::GET) => {
            resources.is_light(kind) && (resources.len(kind) <= FEW || finds_one(&call.query))
        }
        ([id], _) => is_id(id) && resources.is_light_one(kind, id),
        _ => false,
    }
}

/// Whether the segment after an endpoint is an id, and not a search (RFC 7644 §3.4.3).
fn is_id(segment: &str) -> bool {
    segment != ".search"
}

/// Whether the query is only a search for one user: `userName eq "ada"`.
fn finds_one(query: &str) -> bool {
    let Some(test) = query.strip_prefix("filter=userName") else { return false };
    let value = ["%20eq%20", "+eq+"].into_iter().find_map(|eq| test.strip_prefix(eq));
    let quoted = value.and_then(|it| {
        let raw = it.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        raw.or_else(|| it.strip_prefix("%22")?.strip_suffix("%22"))
    });
    quoted.is_some_and(|it| !it.contains(['"', '&']) && !it.contains("%22"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_search_is_not_about_one_resource() {
        assert!(is_id("2819c223-7f76-453a-919d-413861904646"));
        assert!(!is_id(".search"));
    }

    #[rstest]
    #[case("filter=userName%20eq%20%22ada%40x%22", true)]
    #[case("filter=userName+eq+\"ada\"", true)]
    #[case("filter=userName%20eq%20%22a%22%20or%20title%20co%20%22b%22", false)]
    #[case("filter=userName%20eq%20%22a%22%20%6Fr%20title%20co%20%22b%22", false)]
    #[case("filter=userName%20eq%20%22a%22&sortBy=title", false)]
    #[case("filter=userName%20sw%20%22a%22", false)]
    #[case("", false)]
    fn a_list_is_short_if_it_looks_for_one_user(#[case] query: &str, #[case] expected: bool) {
        assert_eq!(finds_one(query), expected);
    }
}
