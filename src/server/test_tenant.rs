//! A tenant as a test sees it: what it holds, what came, what is awaited and expected.

use std::{
    fmt::Write as _,
    future::{Future, poll_fn},
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    thread,
    time::Duration,
};

use serde_json::Value as Json;

use super::waiting::{settle, wait};
use jiff::Timestamp;

#[cfg(feature = "web")]
use crate::http::{entra_authority, login_url};
use crate::{
    http::ServerClock,
    journal::{
        Count, Exchange, Expectation, ExpectationWait, FilterError, Report, Timing, TrafficFilter,
        UnmetExpectation, VerifiedTraffic, human_duration,
    },
    scim::{Projection, Resource},
    tenant::{Forgotten, Provisioning, SnapshotError, Tenant, Tenants},
};

/// How many exchanges the message of a failed test shows.
const SHOWN: usize = 10;

/// A tenant of a [`MockServer`](super::MockServer), which is itself one: its default tenant. Others
/// come from [`MockServer::new_tenant`](super::MockServer::new_tenant), and go when they are dropped.
///
/// When it is dropped, what was [expected](Self::expect) must have come, or it panics with what came
/// instead; unless the test panics already.
#[derive(Debug)]
pub struct TestTenant {
    tenant: Arc<Tenant>,
    /// The URL of the server, without a slash at its end.
    url: String,
    clock: ServerClock,
    expected: Mutex<Vec<Expectation>>,
    /// The server's tenants, if this one leaves them when it is dropped.
    leaves: Option<Arc<Tenants>>,
    /// Who runs its provisioning job, if this build can.
    jobs: Option<Arc<dyn Provisioning>>,
}

/// Why a wait ended without what was waited for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WaitError {
    /// The filter is none.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// It has not come in time.
    #[error("not within {}: {unmet}", human_duration(*patience))]
    TimedOut {
        /// How long was waited.
        patience: Duration,
        /// What came instead.
        unmet: UnmetExpectation,
    },
}

/// Why something cannot be expected.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExpectError {
    /// The filter is none.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Any traffic would do: what is missing.
    #[error("the expectation says nothing: {0}")]
    Vacuous(&'static str),
}

impl TestTenant {
    pub(super) fn new(tenant: Arc<Tenant>, url: String, clock: ServerClock) -> Self {
        Self { tenant, url, clock, expected: Mutex::default(), leaves: None, jobs: None }
    }

    /// The same, whose provisioning job ends with a reset, or when the tenant leaves.
    pub(super) fn provisioned(mut self, jobs: Option<Arc<dyn Provisioning>>) -> Self {
        self.jobs = jobs;
        self
    }

    /// The same, which leaves the tenants of its server when it is dropped.
    pub(super) fn leaving(mut self, tenants: Arc<Tenants>) -> Self {
        self.leaves = Some(tenants);
        self
    }

    /// What time it is by the tenant's clock.
    pub fn now(&self) -> Timestamp {
        self.tenant.now(self.clock.now())
    }

    /// The tenant itself.
    pub(crate) fn tenant(&self) -> Arc<Tenant> {
        self.tenant.clone()
    }

    /// The base URL of its SCIM service: what "Copy SCIM link" yields.
    pub fn scim_url(&self) -> String {
        format!("{}/{}/scim/v2", self.url, self.tenant.name())
    }

    /// The base URL of its admin console.
    pub fn admin_url(&self) -> String {
        format!("{}/{}/admin/v1", self.url, self.tenant.name())
    }

    /// Where its users log in: the start page, or "How do you want to log in?".
    #[cfg(feature = "web")]
    pub fn login_url(&self) -> String {
        login_url(&self.url, self.tenant.name())
    }

    /// The URL of its mock Entra, which an `OpenID` Connect client has in the place of
    /// `https://login.microsoftonline.com`.
    #[cfg(feature = "web")]
    pub fn entra_authority(&self) -> String {
        entra_authority(&self.url, self.tenant.name())
    }

    /// Where the control API has what is about this tenant.
    pub fn control_url(&self) -> String {
        format!("{}/_mock/v1/tenants/{}", self.url, self.tenant.name())
    }

    /// Its secret key; `None` before one is generated.
    pub fn secret_key(&self) -> Option<String> {
        self.tenant.snapshot().console().secret_key().map(|it| it.reveal().to_owned())
    }

    /// The user of this name as its SCIM service shows it, found without case.
    pub fn user(&self, user_name: &str) -> Option<Json> {
        self.named("User", "userName", user_name)
    }

    /// The group of this name likewise; the first one that was made, if there are several.
    pub fn group(&self, display_name: &str) -> Option<Json> {
        self.named("Group", "displayName", display_name)
    }

    /// Every user, in the order in which they were made.
    pub fn users(&self) -> Vec<Json> {
        self.all("User")
    }

    /// Every group likewise.
    pub fn groups(&self) -> Vec<Json> {
        self.all("Group")
    }

    /// The exchanges, oldest first, as far as the journal keeps them.
    pub fn requests(&self) -> Vec<Arc<Exchange>> {
        self.tenant.journal().since(0, usize::MAX).items
    }

    /// What a strict server would refuse of those who have called the tenant, as far as the journal keeps
    /// their exchanges.
    pub fn findings(&self) -> Report {
        Report::of(&self.tenant.journal().since(0, usize::MAX), |_| true)
    }

    /// Expects that a strict server would have refused nothing until now.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// // … drive your client …
    /// server.expect_no_findings();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// There are [findings](Self::findings), which the message shows with what to send instead; or exchanges have
    /// left the journal, of which nobody knows.
    #[track_caller]
    pub fn expect_no_findings(&self) {
        let report = self.findings();
        let is_clean = report.rules().is_empty() && report.missed().total() == 0;
        assert!(is_clean, "{}", report.to_text(&self.url));
    }

    /// Waits until an exchange has come that this [`TrafficFilter`] means, and answers the first one;
    /// at once if it is there already.
    ///
    /// This blocks the thread: where the client runs on the same thread, await
    /// [`arrival`](Self::arrival).
    ///
    /// # Errors
    ///
    /// [`WaitError`], with the exchanges that came nearest.
    pub fn wait_for(&self, filter: &str, patience: Duration) -> Result<Arc<Exchange>, WaitError> {
        let expected = Expectation::of(filter.parse()?, Count::at_least(1));
        match self.settle(&expected, patience, Duration::ZERO) {
            Ok(met) => Ok(met.items[0].clone()),
            Err(unmet) => Err(WaitError::TimedOut { patience, unmet }),
        }
    }

    /// The first exchange that a filter means, as soon as it has come; wants no certain runtime.
    ///
    /// # Errors
    ///
    /// When the filter is none, before anything is awaited.
    pub fn arrival(
        &self,
        filter: &str,
    ) -> Result<impl Future<Output = Arc<Exchange>>, FilterError> {
        let filter: TrafficFilter = filter.parse()?;
        let watch = self.tenant.journal().watch_next(filter.clone());
        Ok(poll_fn(move |context| {
            watch.arm(watch.count() + 1, context.waker());
            self.first(&filter).map_or(Poll::Pending, Poll::Ready)
        }))
    }

    /// Waits until `look` finds something in the tenant; looks again after each change of its state.
    /// `None` when the time is over.
    pub fn wait_until<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut(&Self) -> Option<T>,
    ) -> Option<T> {
        wait(self.tenant.notifier(), patience, || look(self))
    }

    /// Checks at once whether the traffic is as expected; answers the exchanges that are meant.
    ///
    /// # Errors
    ///
    /// What came instead; [`UnmetExpectation::Incomplete`] where exchanges that would count have left the journal.
    pub fn verify(&self, expected: &Expectation) -> Result<Vec<Arc<Exchange>>, UnmetExpectation> {
        let page = self.tenant.journal().since(0, usize::MAX);
        expected.check(&page.items, page.why, self.now())
    }

    /// Waits until the traffic is as expected, `within` a time, and then stays so for `hold`: as
    /// `POST requests/verify` of the control API does with `within` and `for` (`docs/control-api.md`).
    /// "Never" is no exchange, within no time, for a while.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mediusflow_mock::{traffic::Expectation, MockServer};
    ///
    /// let server = MockServer::start()?;
    /// let never = Expectation::of("op:delete".parse()?, 0);
    /// // … have your client do what must not delete anybody …
    /// server.settle(&never, Duration::ZERO, Duration::from_millis(5))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// This blocks the thread.
    ///
    /// # Errors
    ///
    /// What came instead, as soon as nothing can mend it.
    pub fn settle(
        &self,
        expected: &Expectation,
        within: Duration,
        hold: Duration,
    ) -> Result<VerifiedTraffic, UnmetExpectation> {
        let journal = self.tenant.journal();
        let wait = ExpectationWait::begin(expected.clone(), journal, 0, Timing { within, hold })?;
        settle(wait, journal, || self.now())
    }

    /// Expects so many exchanges that a filter means until the tenant is dropped.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// server.expect("op:delete", 0)?;
    /// // … drive your client …
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the filter is none, or any traffic would do.
    pub fn expect(&self, filter: &str, count: impl Into<Count>) -> Result<(), ExpectError> {
        let expected = Expectation::of(filter.parse()?, count);
        if let Some(flaw) = expected.flaw() {
            return Err(ExpectError::Vacuous(flaw));
        }
        self.expected.lock().unwrap_or_else(PoisonError::into_inner).push(expected);
        Ok(())
    }

    /// Sets the tenant back to what it started with: people, ids, secrets, faults, limits, clock and
    /// journal. Sleeping answers are woken, and what was asked before leaves no trace after it.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    /// use serde_json::json;
    ///
    /// let server = MockServer::start()?;
    /// server.fault(&json!({"action": {"status": 503}}))?;
    /// // … a first case …
    /// server.reset();
    /// // … a second one, which meets neither the fault nor the first one's requests …
    /// assert!(server.requests().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// What was [expected](Self::expect) until now has not come.
    pub fn reset(&self) {
        let failed = self.failure();
        let forgotten = self.tenant.reset(None);
        self.end_job();
        forgotten.expect("what a tenant started with is always there").drop_aside();
        assert!(failed.is_none(), "{}", failed.unwrap_or_default());
    }

    fn end_job(&self) {
        if let Some(jobs) = &self.jobs {
            jobs.forget(&self.tenant);
        }
    }

    /// Gives the present state a name, to [restore](Self::restore) it; an older one of that name gives
    /// way.
    ///
    /// # Errors
    ///
    /// The name is empty or too long, or there are too many.
    pub fn take_snapshot(&self, name: &str) -> Result<(), SnapshotError> {
        self.tenant.take_snapshot(name, self.now()).map(drop)
    }

    /// Sets the state back to a snapshot; journal, faults and clock go on.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// server.take_snapshot("before")?;
    /// // … drive your client …
    /// server.restore("before")?;
    /// assert_eq!(server.users().len(), 25);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn restore(&self, name: &str) -> Result<(), SnapshotError> {
        Forgotten::state(self.tenant.restore(name)?).drop_aside();
        Ok(())
    }

    fn first(&self, filter: &TrafficFilter) -> Option<Arc<Exchange>> {
        let now = self.now();
        self.requests().into_iter().find(|it| filter.matches(it, now))
    }

    /// What is to be said of what was expected and has not come; expects nothing any more.
    fn failure(&self) -> Option<String> {
        let expected =
            std::mem::take(&mut *self.expected.lock().unwrap_or_else(PoisonError::into_inner));
        if expected.is_empty() {
            return None;
        }
        let (page, now) = (self.tenant.journal().since(0, usize::MAX), self.now());
        let check = |it: &Expectation| it.check(&page.items, page.why, now).err();
        let failed: Vec<_> = expected.iter().filter_map(check).collect();
        (!failed.is_empty()).then(|| message(&failed, &page.items))
    }

    fn named(&self, kind: &str, attribute: &str, name: &str) -> Option<Json> {
        let state = self.tenant.snapshot();
        let found = state.resources().named(kind, attribute, name);
        found.first().map(|it| self.shown(it))
    }

    fn all(&self, kind: &str) -> Vec<Json> {
        self.tenant.snapshot().resources().all(kind).map(|it| self.shown(it)).collect()
    }

    fn shown(&self, resource: &Resource) -> Json {
        let state = self.tenant.snapshot();
        let base = self.scim_url();
        let presentation = state.present(&base);
        let kind = state.profile().schemas.resource_type(&resource.kind);
        let kind = kind.expect("a resource type with resources stays");
        let view = presentation.view(resource, kind, &Projection::Default);
        serde_json::to_value(view).expect("a view has text keys only")
    }
}

impl Drop for TestTenant {
    fn drop(&mut self) {
        if let Some(tenants) = self.leaves.take() {
            tenants.part_with(&self.tenant);
            self.end_job();
        }
        if thread::panicking() {
            return;
        }
        let failed = self.failure();
        assert!(failed.is_none(), "{}", failed.unwrap_or_default());
    }
}

/// What the one reads whose test failed.
fn message(failed: &[UnmetExpectation], seen: &[Arc<Exchange>]) -> String {
    let failed: Vec<_> = failed.iter().map(ToString::to_string).collect();
    let mut text = failed.join("\n");
    let latest = &seen[seen.len().saturating_sub(SHOWN)..];
    if latest.is_empty() {
        text += "\nnothing was sent to the tenant";
    } else {
        text += "\nthe latest exchanges:";
    }
    for it in latest {
        write!(text, "\n  #{} {} {}", it.seq, it.status, it.summary)
            .expect("writing into a text does not fail");
    }
    text
}
