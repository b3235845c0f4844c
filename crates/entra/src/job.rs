//! The provisioning job: it brings a target to the state of the source directory, cycle by cycle.
//!
//! All that it touches besides its own memory is an [`JobEnvironment`]: a transport, a clock, and somebody
//! who is told how far it is.

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

/// How long the service rests between two cycles (KNOWN: fixed, about 40 minutes).
pub const INTERVAL: SignedDuration = SignedDuration::from_mins(40);

/// What a job works with.
#[derive(Clone, Copy)]
pub struct JobEnvironment<'a> {
    /// Carries its requests.
    pub transport: &'a dyn Transport,
    /// Tells it the time, and lets it wait.
    pub clock: &'a dyn JobClock,
    /// Is told when a cycle begins, and after each of its steps: it should be quick.
    pub progress: &'a dyn Fn(&Progress),
    /// Is asked before each object whether the cycle is to end there.
    pub is_stopped: &'a dyn Fn() -> bool,
}

impl fmt::Debug for JobEnvironment<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Outside").finish_non_exhaustive()
    }
}

impl<'a> JobEnvironment<'a> {
    /// One whose progress nobody watches, and that nobody stops.
    pub fn new(transport: &'a dyn Transport, clock: &'a dyn JobClock) -> Self {
        Self { transport, clock, progress: &|_| {}, is_stopped: &|| false }
    }
}

/// A provisioning job with its memory.
///
/// The same configuration, seed, directory and answers make the same requests, ids and logs.
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
    /// A job that has not run. Its ids follow from the Entra tenant's id and the seed.
    ///
    /// # Errors
    ///
    /// If the configuration has no Tenant URL or no Secret Token. Nothing is sent here.
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
    /// cycle; links and logs are kept. So does another Tenant URL, without links.
    ///
    /// # Errors
    ///
    /// As [`Self::new`]; then it keeps the old one.
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

    /// What it was told.
    pub fn configuration(&self) -> &JobConfiguration {
        &self.configuration
    }

    /// The provisioning logs of the last thirty days, oldest first.
    pub fn logs(&self) -> &[LogEntry] {
        &self.state.logs
    }

    /// A log line as Graph shows it.
    pub fn log_to_graph(&self, entry: &LogEntry) -> serde_json::Value {
        entry.to_graph(&self.id, &self.tenant_id, APPLICATION)
    }

    /// The mails since the last call, oldest first: whoever runs the job puts them into the outbox.
    pub fn take_mails(&mut self) -> Vec<Mail> {
        std::mem::take(&mut self.state.outbox)
    }

    /// The quarantine, if the job is in one.
    pub fn quarantine(&self) -> Option<&Quarantine> {
        self.state.quarantine.as_ref()
    }

    /// Why the service switched the job off, if it did: a restart switches it on again.
    pub fn disabled(&self) -> Option<&str> {
        self.state.disabled.as_deref()
    }

    /// The target's id of an object of the source, if they are linked.
    pub fn target_id(&self, object_id: &str) -> Option<&str> {
        self.state.connectors.get(object_id).map(|it| it.target_id.as_str())
    }

    /// The last cycle; none before the first.
    pub fn last_cycle(&self) -> Option<&Execution> {
        self.state.last.as_ref()
    }

    /// Whether an object failed and is to be tried again.
    pub fn is_to_be_retried(&self, object_id: &str) -> bool {
        self.state.escrows.contains_key(object_id)
    }

    /// How many objects failed and are to be tried again.
    pub fn escrows(&self) -> usize {
        self.state.escrows.len()
    }

    /// When the next cycle is due: 40 minutes after the last, later in quarantine.
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

    /// "Test Connection": asks for a user with a random GUID as its matching attribute, and for a
    /// group if groups are provisioned, and expects empty lists.
    ///
    /// # Errors
    ///
    /// If the credentials are refused, nothing answers, or what answers is no SCIM service.
    pub fn test_connection(&mut self, outside: JobEnvironment<'_>) -> Result<(), ConnectionError> {
        let guid = self.new_id("probe");
        let activity = self.new_id("activity");
        let target = self.target(outside, &activity);
        self.probe(&target, &guid).map_err(Into::into)
    }

    fn probe(&self, target: &TargetClient<'_>, guid: &str) -> Result<(), Failure> {
        let kinds = [
            (ObjectType::User, &self.configuration.users),
            (ObjectType::Group, &self.configuration.groups),
        ];
        for (of, mapping) in kinds {
            // Users are asked for in any case: the credentials have to be tried on something.
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
        // Rounded up, so that the rate stays at or below the number.
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

    /// A GUID that no other thing of this job has, and the same in every run.
    fn new_id(&mut self, kind: &str) -> SmolStr {
        self.state.ids += 1;
        let name = format!("{}/{kind}/{}", self.id, self.state.ids);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_smolstr()
    }
}
