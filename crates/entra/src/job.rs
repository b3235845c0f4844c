//! The provisioning job. It brings a target to the state of the source directory, cycle by cycle.
//!
//! Everything outside of its own memory is a [`JobEnvironment`]: a transport, a clock, and a
//! callback for its progress.

mod cycle;
mod cycle_run;
mod export;
mod link;
mod log;
mod members;
mod on_demand;
mod orders;
mod pending;
mod quarantine;
mod references;
mod restart;
mod retry;
mod scope;
mod state;
mod state_file;
mod status;
mod view;

use std::cell::Cell;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use uuid::Uuid;

use super::attributes::ObjectType;
use super::clock::JobClock;
use super::configuration::{JobConfiguration, SecretToken, TenantUrl};
use super::record::{APPLICATION, LogEntry, Mail, Progress};
use super::service::{ConnectionError, Execution, MissingCredentials, Quarantine};
use super::target_client::{Failure, TargetClient};
use super::transport::Transport;
use super::wire::{PatchDialect, match_query};
pub use on_demand::Subject;
use state::JobState;
pub use state_file::{Simulation, StateFileError};
pub use status::JobCode;

/// The time between two cycles (KNOWN: fixed, about 40 minutes).
pub const INTERVAL: SignedDuration = SignedDuration::from_mins(40);

/// The environment of a job.
#[derive(Clone, Copy)]
pub struct JobEnvironment<'a> {
    /// Sends its requests.
    pub transport: &'a dyn Transport,
    /// Its clock.
    pub clock: &'a dyn JobClock,
    /// Called when a cycle begins and after each of its steps. It must return quickly.
    pub progress: &'a dyn Fn(&Progress),
    /// Called before each object; the cycle ends there if it returns true.
    pub is_stopped: &'a dyn Fn() -> bool,
}

impl fmt::Debug for JobEnvironment<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Outside").finish_non_exhaustive()
    }
}

impl<'a> JobEnvironment<'a> {
    /// An environment without a progress callback, in which nothing stops a cycle.
    pub fn new(transport: &'a dyn Transport, clock: &'a dyn JobClock) -> Self {
        Self { transport, clock, progress: &|_| {}, is_stopped: &|| false }
    }
}

/// A provisioning job with its memory.
///
/// The same configuration, seed, directory and responses give the same requests, ids and logs.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub(super) id: SmolStr,
    pub(super) tenant_id: SmolStr,
    seed: u64,
    configuration: JobConfiguration,
    url: TenantUrl,
    token: SecretToken,
    state: JobState,
}

impl From<Failure> for ConnectionError {
    fn from(Failure { code, reason, .. }: Failure) -> Self {
        Self { code, reason }
    }
}

impl Job {
    /// A job that has not run yet. Its ids are derived from the Entra tenant's id and the seed.
    ///
    /// # Errors
    ///
    /// If the configuration has no Tenant URL or no Secret Token. Nothing is sent.
    pub fn new(
        configuration: JobConfiguration,
        tenant_id: &str,
        seed: u64,
    ) -> Result<Self, MissingCredentials> {
        let url = configuration.tenant_url.clone().ok_or(MissingCredentials::TenantUrl)?;
        let token = configuration.secret_token.clone().ok_or(MissingCredentials::SecretToken)?;
        let guid = Uuid::new_v5(&Uuid::NAMESPACE_DNS, format!("{tenant_id}/{seed}").as_bytes());
        let id = format_smolstr!("{APPLICATION}.{tenant_id}.{guid}");
        let state = JobState::default();
        Ok(Self { id, tenant_id: tenant_id.into(), seed, configuration, url, token, state })
    }

    /// Gives the job another configuration. Other mappings or scoping filters start an initial
    /// cycle and keep links and logs. Another Tenant URL starts an initial cycle and removes the
    /// links.
    ///
    /// # Errors
    ///
    /// As [`Self::new`]. The job then keeps its old configuration.
    pub fn configure(&mut self, configuration: JobConfiguration) -> Result<(), MissingCredentials> {
        let url = configuration.tenant_url.clone().ok_or(MissingCredentials::TenantUrl)?;
        let token = configuration.secret_token.clone().ok_or(MissingCredentials::SecretToken)?;
        if url.base() != self.url.base() {
            self.state.unlink_all();
            self.state.watermark = None;
        }
        (self.configuration, self.url, self.token) = (configuration, url, token);
        self.notice_new_mappings();
        Ok(())
    }

    /// Its id: application, tenant and a GUID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its configuration.
    pub fn configuration(&self) -> &JobConfiguration {
        &self.configuration
    }

    /// The provisioning logs of the last thirty days, oldest first.
    pub fn logs(&self) -> &[LogEntry] {
        &self.state.logs
    }

    /// A log line as Microsoft Graph shows it.
    pub fn log_to_graph(&self, entry: &LogEntry) -> serde_json::Value {
        entry.to_graph(&self.id, &self.tenant_id, APPLICATION)
    }

    /// The mails since the last call, oldest first. The caller puts them into the outbox.
    pub fn take_mails(&mut self) -> Vec<Mail> {
        std::mem::take(&mut self.state.outbox)
    }

    /// The quarantine, if the job is in one.
    pub fn quarantine(&self) -> Option<&Quarantine> {
        self.state.quarantine.as_ref()
    }

    /// The reason why the service switched the job off, if it did. A restart switches it on again.
    pub fn disabled(&self) -> Option<&str> {
        self.state.disabled.as_deref()
    }

    /// The id in the target of a linked object of the source.
    pub fn target_id(&self, object_id: &str) -> Option<&str> {
        self.state.connectors.get(object_id).map(|it| it.target_id.as_str())
    }

    /// The last cycle; `None` before the first.
    pub fn last_cycle(&self) -> Option<&Execution> {
        self.state.last.as_ref()
    }

    /// Whether an object failed and will be tried again.
    pub fn is_to_be_retried(&self, object_id: &str) -> bool {
        self.state.escrows.contains_key(object_id)
    }

    /// The number of objects that failed and will be tried again.
    pub fn escrows(&self) -> usize {
        self.state.escrows.len()
    }

    /// The time of the next cycle: 40 minutes after the last one, later in quarantine.
    pub fn next_cycle(&self) -> Option<Timestamp> {
        if self.state.disabled.is_some() {
            return None;
        }
        let regular = self.state.last.as_ref().map(|it| it.ended + INTERVAL);
        match &self.state.quarantine {
            Some(quarantine) => Some(quarantine.next_attempt),
            None => Some(regular.unwrap_or(Timestamp::MIN)),
        }
    }

    /// "Test Connection": queries a user whose matching attribute is a random GUID, and a group if
    /// groups are provisioned. It expects empty lists.
    ///
    /// # Errors
    ///
    /// If the credentials are refused, nothing responds, or the response is not SCIM.
    pub fn test_connection(&mut self, outside: JobEnvironment<'_>) -> Result<(), ConnectionError> {
        let guid = self.new_id("probe");
        let activity = self.new_id("activity");
        let target = self.target(outside, &activity);
        self.probe(&target, &guid).map_err(Into::into)
    }

    /// "Test Connection" with other credentials than the saved ones.
    ///
    /// # Errors
    ///
    /// As [`Self::test_connection`].
    pub fn test_credentials(
        &mut self,
        url: TenantUrl,
        token: SecretToken,
        outside: JobEnvironment<'_>,
    ) -> Result<(), ConnectionError> {
        let saved = (self.url.clone(), self.token.clone());
        (self.url, self.token) = (url, token);
        let tested = self.test_connection(outside);
        (self.url, self.token) = saved;
        tested
    }

    fn probe(&self, target: &TargetClient<'_>, guid: &str) -> Result<(), Failure> {
        let kinds = [
            (ObjectType::User, &self.configuration.users),
            (ObjectType::Group, &self.configuration.groups),
        ];
        for (of, mapping) in kinds {
            // Users are queried in any case, because the credentials must be tried.
            if !mapping.enabled && of == ObjectType::Group {
                continue;
            }
            let matching = mapping.mappings.matching();
            let name = matching.first().map_or("id", |it| it.target.as_str());
            target.probe(of, &match_query(of, name, &guid.into()))?;
        }
        Ok(())
    }

    fn target<'a>(&'a self, outside: JobEnvironment<'a>, activity: &str) -> TargetClient<'a> {
        let pace = self.configuration.requests_per_second;
        // Rounded up, so that the rate does not exceed the limit.
        let pace = pace.map_or(0, |it| 1_000_000_i64.div_euclid(i64::from(it.get())) + 1);
        TargetClient {
            url: &self.url,
            token: &self.token,
            dialect: PatchDialect::of(self.url.flag()),
            transport: outside.transport,
            clock: outside.clock,
            pace: SignedDuration::from_micros(pace),
            next: Cell::new(Timestamp::MIN),
            activity: activity.to_owned(),
        }
    }

    /// A GUID that is unique in this job and the same in every run.
    fn new_id(&mut self, kind: &str) -> SmolStr {
        self.state.ids += 1;
        let name = format!("{}/{kind}/{}", self.id, self.state.ids);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_smolstr()
    }
}
