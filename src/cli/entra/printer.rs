//! Prints the results of commands: text for people, one JSON object per line for programs.

use std::{
    cell::Cell,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::CommandError;
use crate::cli::arguments::entra::OutputFormat;
use crate::entra::{
    ConnectionError, CycleOutcome, CycleReport, ErrorCode, Execution, ExecutionState, Job,
    LogEntry, OnDemandReport, Progress, Restart, Simulation, Status,
};
use crate::journal::human_duration;

/// Prints results to stdout, and progress to a terminal.
pub(super) struct Printer {
    pub(super) format: OutputFormat,
    /// Whether the terminal shows a progress bar that must be erased.
    has_bar: Cell<bool>,
    /// The progress that was shown last, and when.
    shown: Cell<Option<(Progress, Instant)>>,
    /// The error of the first line that stdout did not take.
    failed: Cell<Option<io::Error>>,
}

/// The width of the bar in columns.
const BAR: usize = 30;

/// The shortest time between two updates of the bar.
const FRAME: Duration = Duration::from_millis(50);

/// The longest time without a line of progress in JSON.
const LINE: Duration = Duration::from_secs(1);

impl Printer {
    pub(super) fn new(format: Option<OutputFormat>) -> Self {
        let usual =
            if io::stdout().is_terminal() { OutputFormat::Text } else { OutputFormat::Json };
        Self {
            format: format.unwrap_or(usual),
            has_bar: Cell::default(),
            shown: Cell::default(),
            failed: Cell::default(),
        }
    }

    /// Whether the output is text for people.
    pub(super) fn is_text(&self) -> bool {
        self.format != OutputFormat::Json
    }

    /// Prints a line. In text, control characters are shown as codes: names, details and reasons
    /// come from the target.
    pub(super) fn print(&self, line: impl Display) {
        self.wipe();
        self.keep_error(match self.format {
            OutputFormat::Text => writeln!(io::stdout(), "{}", harmless(&line.to_string())),
            OutputFormat::Json | OutputFormat::Csv => writeln!(io::stdout(), "{line}"),
        });
    }

    /// Prints a text of the program's own, of several lines.
    pub(super) fn print_text(&self, text: &str) {
        self.keep_error(writeln!(io::stdout(), "{}", text.trim_end()));
    }

    /// Ends the printing.
    ///
    /// # Errors
    ///
    /// When stdout could not be written, as on a full disk. A reader that closed the pipe is no
    /// error.
    pub(super) fn end(&self) -> Result<(), CommandError> {
        self.keep_error(io::stdout().flush());
        let failed = self.failed.take().map_or(Ok(()), Err);
        failed.map_err(|it| CommandError::failed(format!("can't write to stdout: {it}")))
    }

    fn keep_error(&self, written: io::Result<()>) {
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            let first = self.failed.take().unwrap_or(error);
            self.failed.set(Some(first));
        }
    }

    /// Prints the text or the JSON.
    fn either(&self, event: &Json, text: impl Display) {
        if self.is_text() { self.print(text) } else { self.print(event) }
    }

    pub(super) fn connection(&self, tested: &Result<(), ConnectionError>) {
        match tested {
            Ok(()) => self.either(
                &json!({ "event": "testConnection", "result": "success" }),
                "Test Connection: the supplied credentials are authorized to enable provisioning",
            ),
            Err(error) => self.either(
                &json!({ "event": "testConnection", "result": "failure",
                         "errorCode": error.code, "reason": error.reason }),
                format_args!("Test Connection failed: {error}"),
            ),
        }
    }

    pub(super) fn restarted(&self, scope: Restart) {
        let names: Vec<&str> = scope.names().collect();
        let names = if names.is_empty() { "None".to_owned() } else { names.join(", ") };
        self.either(
            &json!({ "event": "restart", "resetScope": names }),
            format_args!("restarted: {names}"),
        );
    }

    /// Prints a bar on the terminal, or a line of JSON. It does not print for each object, but when
    /// there is something new to see.
    pub(super) fn progress(&self, progress: &Progress) {
        if !self.is_news(progress) {
            return;
        }
        self.shown.set(Some((*progress, Instant::now())));
        let percent = progress.percent();
        let left = progress.time_left();
        if !self.is_text() {
            return self.print(json!({
                "event": "progress", "cycle": progress.kind, "percent": percent,
                "done": progress.done, "steps": progress.steps,
                "users": progress.users, "groups": progress.groups,
                "secondsLeft": left.map(|it| it.as_secs()),
            }));
        }
        if io::stderr().is_terminal() {
            let full = "█".repeat(percent * BAR / 100);
            let left = left.map(|it| human_duration(it.unsigned_abs()));
            let rest = match (progress.steps, left) {
                (None, _) => ", asking whether the target is there".to_owned(),
                (Some(_), Some(left)) => format!(", about {left} left"),
                (Some(_), None) => String::new(),
            };
            let (users, groups) = (progress.users, progress.groups);
            let line = format!(
                "\r{full:░<BAR$} {percent:3} %  {users} users, {groups} groups linked{rest}\x1b[K"
            );
            drop(io::stderr().write_all(line.as_bytes()));
            self.has_bar.set(true);
        }
    }

    fn is_news(&self, progress: &Progress) -> bool {
        let Some((last, at)) = self.shown.get().filter(|_| progress.steps.is_some()) else {
            return true; // a cycle begins
        };
        let is_last = progress.steps == Some(progress.done) && progress.done > 0;
        if self.is_text() {
            return is_last || at.elapsed() >= FRAME;
        }
        // A cycle without objects has no progress; its end is printed next.
        let moved = progress.percent() != last.percent() && progress.steps != Some(0);
        moved || at.elapsed() >= LINE
    }

    pub(super) fn waiting(&self, until: Timestamp) {
        self.either(
            &json!({ "event": "waiting", "until": until.to_string() }),
            format_args!("the next cycle is due at {until:.0}"),
        );
    }

    pub(super) fn cycle(&self, job: &Job, report: &CycleReport) {
        if !self.is_text() {
            for it in troubles(job, report) {
                let is_left_out =
                    it.status == Status::Warning && !job.is_to_be_retried(&it.source_id);
                self.print(json!({
                    "event": if is_left_out { "warning" } else { "failure" }, "object": it.source_name, "objectId": it.source_id,
                    "action": it.action.name(), "status": it.status,
                    "errorCode": it.error,
                    "httpStatus": it.http_status, "reason": it.reason,
                }));
            }
            return self.print(json!({
                "event": "cycle", "ended": report.ended, "execution": report.execution,
                "quarantine": job.quarantine().map(crate::entra::Quarantine::to_graph),
                "disabled": job.disabled(), "trouble": report.trouble,
            }));
        }
        if let Some(execution) = &report.execution {
            self.print(execution_line(execution, report.ended));
        }
        for it in troubles(job, report) {
            let code = it.error.map_or("", ErrorCode::name);
            self.print(format_args!("  {}: {code}: {}", it.source_name, it.reason));
        }
        if let Some(trouble) = &report.trouble {
            self.print(format_args!("unavailable: {trouble}"));
        }
        if report.ended == CycleOutcome::Stopped {
            self.print("stopped; the next cycle goes on");
        }
        self.trouble(job);
    }

    /// The quarantine, or the end of the job.
    fn trouble(&self, job: &Job) {
        if let Some(it) = job.quarantine() {
            let code = it.code.map_or_else(String::new, |code| format!("{}: ", code.name()));
            self.print(format_args!("in quarantine, {}: {code}{}", it.reason.name(), it.message));
            self.print(format_args!("  tried again from {:.0}", it.next_attempt));
        }
        if let Some(why) = job.disabled() {
            self.print(format_args!("switched off: {why}; `entra restart` switches it on"));
        }
    }

    pub(super) fn status(&self, simulation: &Simulation) {
        let Simulation { directory, job } = simulation;
        if !self.is_text() {
            return self.print(job.status());
        }
        let last = job.last_cycle();
        let how = match last.map(|it| it.state) {
            Some(ExecutionState::Failed) => ", the last cycle failed",
            Some(ExecutionState::EntryLevelErrors) => ", the last cycle left failures",
            Some(ExecutionState::Succeeded) | None => "",
        };
        let (users, groups) = job.linked();
        self.print(format_args!("Job ID      {}", job.id()));
        self.print(format_args!("Status      {}{how}", job.code().name()));
        self.print(format_args!("Directory   {} users and groups", directory.len()));
        self.print(format_args!("Linked      User {users}, Group {groups}"));
        self.print(format_args!("To retry    {}", job.escrows()));
        if let Some(Execution { state, ended, counts, .. }) = last {
            let (state, writes) = (state.name(), counts.exported());
            self.print(format_args!("Last cycle  {state} at {ended:.0}, {writes} writes"));
        }
        self.trouble(job);
    }

    pub(super) fn on_demand(&self, report: &OnDemandReport) {
        if !self.is_text() {
            let mut event = json!(report);
            event["event"] = "onDemand".into();
            return self.print(event);
        }
        for step in &report.steps {
            self.print(format_args!("{:38} {}", step.name, step.status.name()));
            for (name, value) in step.details.as_object().into_iter().flatten() {
                self.print(format_args!("  {name}: {}", plain(value)));
            }
        }
        for it in &report.members {
            let code = it.error.map_or_else(String::new, |code| format!("  {}", code.name()));
            let status = it.http_status.map_or_else(String::new, |it| format!("  HTTP {it}"));
            let member = format!("Member {}", it.name);
            let reason = if it.reason.is_empty() { "" } else { ": " };
            let told = it.status.name();
            self.print(format_args!("{member:38} {told}{code}{status}{reason}{}", it.reason));
        }
        self.print(format_args!("Result: {}", report.result.name()));
    }

    fn wipe(&self) {
        if self.has_bar.replace(false) {
            drop(io::stderr().write_all(b"\r\x1b[K"));
        }
    }
}

/// The failures of a cycle, including unresolved references, oldest first.
fn troubles<'a>(job: &'a Job, report: &CycleReport) -> Vec<&'a LogEntry> {
    let Some(execution) = &report.execution else { return Vec::new() };
    let lines = job.logs().iter().rev();
    let lines = lines.take_while(|it| it.cycle_id == execution.activity_identifier);
    let mut found: Vec<&LogEntry> =
        lines.filter(|it| matches!(it.status, Status::Failure | Status::Warning)).collect();
    found.reverse();
    found
}

fn execution_line(execution: &Execution, how: CycleOutcome) -> String {
    let Execution { kind, began, ended, state, counts, .. } = execution;
    let kind = kind.name();
    let state = match (how, state) {
        (CycleOutcome::Completed, ExecutionState::EntryLevelErrors) => "completed with failures",
        (how, _) => how.name(),
    };
    let took = human_duration(ended.duration_since(*began).unsigned_abs());
    let not_assigned = match counts.not_assigned {
        0 => String::new(),
        n => format!(", {n} not assigned"),
    };
    format!(
        "{ended:.0} {kind} cycle {state} in {took}: {} looked at, {} created, {} updated, \
         {} disabled, {} deleted, {} staged, {} skipped, {} failed{not_assigned}",
        counts.imported,
        counts.created,
        counts.updated,
        counts.disabled,
        counts.deleted,
        counts.staged,
        counts.skipped,
        counts.failed + counts.failed_references,
    )
}

/// Replaces control characters, and characters that change the direction of writing, by their
/// codes.
fn harmless(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(character.escape_unicode());
            }
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

/// A value without the quotes of a text.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
