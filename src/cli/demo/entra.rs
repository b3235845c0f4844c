//! Entra's side of the demo: a source directory, and the job that provisions it.

use std::{cell::RefCell, fmt::Display, io::Write};

use jiff::SignedDuration;

use super::{
    console::AdminCredentials,
    http_client::{AnsweredRequest, DemoError},
    output::DemoOutput,
};
use crate::entra::{
    Action, Change, CycleKind, CycleOutcome, HttpTransport, INTERVAL, Job, JobClock as _,
    JobConfiguration, JobEnvironment, LogEntry, LoggedType, Request, Response, SecretToken,
    SimulatedClock, SourceDirectory, Status, Transport, TransportError,
};

/// The service, with the directory that it reads.
#[derive(Debug)]
pub(super) struct Entra {
    pub(super) directory: SourceDirectory,
    job: Option<Job>,
    clock: SimulatedClock,
}

impl Entra {
    /// A service whose job is not set up yet.
    pub(super) fn new(directory: SourceDirectory) -> Self {
        let now = crate::entra::SystemClock.now();
        Self { directory, job: None, clock: SimulatedClock::at(now) }
    }

    /// Sets the job up and does "Test Connection".
    ///
    /// # Errors
    ///
    /// When the credentials are invalid or refused.
    pub(super) fn connect(
        &mut self,
        entra_tenant: &str,
        credentials: AdminCredentials<'_>,
        output: &mut DemoOutput<impl Write>,
    ) -> Result<(), DemoError> {
        let refused = |why: String| DemoError::Refused(format!("Test Connection: {why}"));
        let token = SecretToken::new(credentials.secret_token);
        let configuration = JobConfiguration {
            tenant_url: Some(credentials.tenant_url.parse().map_err(refused)?),
            secret_token: Some(token.map_err(|it| refused(it.into()))?),
            // The output sets the pace.
            requests_per_second: None,
            ..JobConfiguration::default()
        };
        let job = Job::new(configuration, entra_tenant, 1).map_err(|it| refused(it.to_string()))?;
        let job = self.job.insert(job);
        let relay = PacedTransport::new(output);
        let tested = job.test_connection(JobEnvironment::new(&relay, &self.clock));
        let sent = relay.into_sent();
        tested.map_err(|it| refused(it.to_string()))?;
        output.print_step("Test Connection", &sent, "it works");
        Ok(())
    }

    /// Changes the directory.
    ///
    /// # Errors
    ///
    /// [`DemoError::Missing`] when a change names what is not there.
    pub(super) fn change(&mut self, changes: &[Change]) -> Result<(), DemoError> {
        for change in changes {
            let done = self.directory.apply(change, self.clock.now());
            done.map_err(|it| DemoError::Missing(it.to_string()))?;
        }
        Ok(())
    }

    /// Lets the time pass.
    pub(super) fn later(&self, time: SignedDuration) {
        self.clock.advance(time);
    }

    /// Runs a cycle 40 minutes later and prints what was provisioned.
    ///
    /// # Errors
    ///
    /// [`DemoError::Refused`] when something is not provisioned.
    pub(super) fn cycle(&mut self, output: &mut DemoOutput<impl Write>) -> Result<(), DemoError> {
        let job = self.job.as_mut().ok_or_else(|| DemoError::Missing("the job".into()))?;
        self.clock.advance(INTERVAL);
        let relay = PacedTransport::new(output);
        let report = job.cycle(&mut self.directory, JobEnvironment::new(&relay, &self.clock));
        let sent = relay.into_sent();
        if !output.is_running() {
            return Ok(()); // it was stopped in the middle of the cycle
        }
        let cycle_id = report.execution.as_ref().map(|it| &it.activity_identifier);
        let logged = job.logs().iter().filter(|it| Some(&it.cycle_id) == cycle_id);
        for entry in logged.filter(|it| it.status != Status::Skipped) {
            if entry.status != Status::Success {
                return Err(DemoError::Refused(format!("{}: {}", entry.source_name, entry.reason)));
            }
            output.print(&format_args!("    {}", line(entry)));
        }
        if report.ended != CycleOutcome::Completed {
            let why = job.quarantine().map(|it| it.message.clone()).unwrap_or_default();
            return Err(DemoError::Refused(why));
        }
        let is_initial = report.execution.is_some_and(|it| it.kind == CycleKind::Initial);
        let title =
            if is_initial { "Initial cycle" } else { "Incremental cycle, 40 minutes later" };
        output.print_step(title, &[], &counted(sent.iter()));
        Ok(())
    }
}

/// HTTP at the pace of the output. It records the result of each request.
struct PacedTransport<'a, W> {
    http: HttpTransport,
    output: RefCell<&'a mut DemoOutput<W>>,
    sent: RefCell<Vec<AnsweredRequest>>,
}

impl<'a, W: Write> PacedTransport<'a, W> {
    fn new(output: &'a mut DemoOutput<W>) -> Self {
        Self { http: HttpTransport::new(), output: RefCell::new(output), sent: RefCell::default() }
    }

    fn into_sent(self) -> Vec<AnsweredRequest> {
        self.sent.into_inner()
    }
}

impl<W: Write> Transport for PacedTransport<'_, W> {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut output = self.output.borrow_mut();
        output.pause_for_request();
        if !output.is_running() {
            return Err(TransportError::Broken("the demo was left".into()));
        }
        let response = self.http.send(request)?;
        let exchange = AnsweredRequest { method: request.method, status: response.status };
        self.sent.borrow_mut().push(exchange);
        Ok(response)
    }
}

/// A line of the provisioning logs, short.
fn line(entry: &LogEntry) -> String {
    let of = match entry.of {
        LoggedType::User => "user",
        LoggedType::Group => "group",
    };
    let names = match entry.action {
        Action::Create | Action::Delete => String::new(),
        _ => format!("  ({})", counted(entry.modified.iter().map(|it| short(&it.name)))),
    };
    format!("{:8} {of:5} {}{names}", entry.action.name(), entry.source_name)
}

/// An attribute without the URN of its extension.
fn short(name: &str) -> &str {
    name.rsplit_once(":User:").map_or(name, |(_, short)| short)
}

/// Each distinct item once, with its count: `GET 200 ×3, PATCH 204`.
fn counted<T: PartialEq + Display>(all: impl Iterator<Item = T>) -> String {
    let mut kinds: Vec<(T, usize)> = Vec::new();
    for one in all {
        match kinds.iter_mut().find(|(it, _)| *it == one) {
            Some((_, count)) => *count += 1,
            None => kinds.push((one, 1)),
        }
    }
    let words = kinds.iter().map(|(it, count)| match count {
        1 => it.to_string(),
        _ => format!("{it} ×{count}"),
    });
    words.collect::<Vec<_>>().join(", ")
}
