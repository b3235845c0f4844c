//! Runs a cycle: the initial one has seven steps, an incremental one ten (HOW).

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::cycle_run::{Attempt, Case, CycleRun, Pass, Verdict};
use super::export::is_same;
use super::{Job, JobEnvironment};
use crate::attributes::ObjectType;
use crate::evaluation_context::EvaluationContext;
use crate::record::{Action, CycleKind, ErrorCode, Progress, Status};
use crate::service::{Counts, CycleOutcome, CycleReport, Execution, ExecutionState};
use crate::source::{DirectoryObject, ObjectState, SourceDirectory};
use crate::target_client::Failure;

/// How long provisioning logs are kept (LOGS: 30 days with a premium licence).
const LOGS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Job {
    /// Runs a cycle: an initial one if there is no watermark, otherwise an incremental one. First
    /// the directory hard-deletes objects that were soft-deleted thirty days ago.
    ///
    /// It ignores [`Self::next_cycle`]: the caller decides when a cycle runs.
    pub fn cycle(
        &mut self,
        directory: &mut SourceDirectory,
        outside: JobEnvironment<'_>,
    ) -> CycleReport {
        let began = outside.clock.now();
        self.switch_off_when_given_up(directory, began);
        if self.state.disabled.is_some() {
            return CycleReport { ended: CycleOutcome::Disabled, execution: None, trouble: None };
        }
        self.notice_new_mappings();
        directory.purge(began);
        let kind = match self.state.watermark {
            Some(_) => CycleKind::Incremental,
            None => CycleKind::Initial,
        };
        let (cycle_id, guid) = (self.new_id("cycle"), self.new_id("probe"));
        let mut state = std::mem::take(&mut self.state);
        let mut run = CycleRun {
            configuration: &self.configuration,
            state: &mut state,
            directory,
            target: self.target(outside, &cycle_id),
            moment: EvaluationContext { now: began, seed: self.seed },
            kind,
            cycle_id: cycle_id.clone(),
            counts: Counts::default(),
            shown: HashSet::new(),
            pending: HashMap::new(),
            attempt: Attempt::default(),
            is_on_demand: false,
        };
        run.report_progress(outside, 0, None);
        let probed = self.probe(&run.target, &guid);
        let done = probed.and_then(|()| run.everything(outside));
        let trouble = done.as_ref().err().map(|it| it.reason.clone());
        let counts = run.counts;
        self.state = state;
        let ended = outside.clock.now();
        let staged = counts.staged > 0;
        let outcome = match done {
            Ok(Through::Stopped) => CycleOutcome::Stopped,
            // A stop may have interrupted a request. The target is not to blame for that.
            Err(_) if (outside.is_stopped)() => CycleOutcome::Stopped,
            Ok(Through::All) => self.conclude(Ok(()), counts, ended),
            Err(failure) => self.conclude(Err(failure), counts, ended),
        };
        if outcome == CycleOutcome::Completed {
            self.state.watermark = Some(directory.version());
            if !staged {
                self.state.allow_deletes = false;
            }
        }
        let state = match outcome {
            CycleOutcome::Completed if counts.failed + counts.failed_references == 0 => {
                ExecutionState::Succeeded
            }
            CycleOutcome::Completed => ExecutionState::EntryLevelErrors,
            CycleOutcome::Quarantined(_)
            | CycleOutcome::Unavailable
            | CycleOutcome::Disabled
            | CycleOutcome::Stopped => ExecutionState::Failed,
        };
        let execution =
            Execution { activity_identifier: cycle_id, kind, began, ended, state, counts };
        self.remember(&execution);
        let trouble = trouble.filter(|_| outcome == CycleOutcome::Unavailable);
        CycleReport { ended: outcome, execution: Some(execution), trouble }
    }

    fn remember(&mut self, execution: &Execution) {
        let state = &mut self.state;
        let oldest = execution.ended - LOGS_KEPT;
        let outdated = state.logs.partition_point(|it| it.at < oldest);
        state.logs.drain(..outdated);
        let tried = execution.counts.failed > 0;
        let complete = execution.state == ExecutionState::Failed
            || (tried && execution.counts.exported() == 0);
        state.complete_failures = if complete { state.complete_failures + 1 } else { 0 };
        if execution.state == ExecutionState::Succeeded {
            state.last_successful = Some(execution.clone());
            if execution.counts.exported() > 0 {
                state.last_with_exports = Some(execution.clone());
            }
            state.first_steady.get_or_insert(execution.ended);
            state.last_steady = Some(execution.ended);
        }
        state.last = Some(execution.clone());
    }

    /// If the mappings or filters differ from those of the watermark, every object must be
    /// processed again.
    pub(super) fn notice_new_mappings(&mut self) {
        let now = self.configuration.fingerprint();
        if self.state.fingerprint.as_ref().is_some_and(|it| *it != now) {
            self.state.watermark = None;
        }
        self.state.fingerprint = Some(now);
    }
}

impl<'a> CycleRun<'a> {
    /// Processes users, their references, groups, and their members. An error ends the cycle.
    fn everything(&mut self, outside: JobEnvironment<'_>) -> Result<Through, Failure> {
        let cases = self.cases();
        let removals = cases.iter().filter(|it| self.is_removal(it)).count();
        let threshold = self.configuration.accidental_deletion_threshold;
        let stages = !self.state.allow_deletes
            && threshold.is_some_and(|it| removals > 0 && removals >= it as usize);
        // Users come before groups; objects of one type come in the order of their changes.
        let of = |wanted| cases.iter().filter(move |it| it.object.object_type() == wanted);
        let total = cases.len() * 2;
        let mut done = 0;
        self.report_progress(outside, done, Some(total));
        for kind in [ObjectType::User, ObjectType::Group] {
            for pass in [Pass::Objects, Pass::References] {
                for case in of(kind) {
                    if (outside.is_stopped)() {
                        return Ok(Through::Stopped);
                    }
                    match pass {
                        Pass::Objects if stages && self.is_removal(case) => self.stage(case),
                        Pass::Objects => self.export(case)?,
                        Pass::References => self.export_references(case)?,
                    }
                    done += 1;
                    self.report_progress(outside, done, Some(total));
                }
            }
        }
        if stages {
            let reason = format!(
                "{removals} objects are to be deleted or disabled in this cycle; the accidental \
                 deletion threshold is {}",
                threshold.unwrap_or_default()
            );
            return Err(Failure::new(ErrorCode::EntrySynchronizationSkipped, reason));
        }
        Ok(Through::All)
    }

    /// The objects of this cycle: all, or those that changed, failed before or are staged.
    fn cases(&mut self) -> Vec<Case<'a>> {
        let directory = self.directory;
        let since = self.state.watermark.unwrap_or(0);
        let mut objects: Vec<&DirectoryObject> = directory.delta(since).collect();
        let now = self.moment.now;
        let due = self.state.escrows.iter().filter(|(_, it)| it.is_due(now)).map(|(id, _)| id);
        let again = due.chain(&self.state.staged).filter_map(|id| directory.object(id));
        objects.extend(again.filter(|it| it.changed() <= since));
        objects.sort_unstable_by_key(|it| it.changed());
        objects.dedup_by_key(|it| it.changed());
        // An object that was created and deleted between two cycles never existed for the target.
        let linked = &self.state.connectors;
        objects.retain(|it| {
            it.state != ObjectState::HardDeleted || linked.contains_key(&it.object_id)
        });
        self.counts.imported = objects.len() as u64;
        let cases: Vec<Case<'_>> = objects.into_iter().map(|it| self.case(it)).collect();
        self.counts.entitled = cases.iter().filter(|it| it.scope.is_in_scope()).count() as u64;
        cases
    }

    pub(super) fn case(&self, object: &'a DirectoryObject) -> Case<'a> {
        let scope = self.configuration.evaluate_scope(self.directory, object);
        let verdict = self.configuration.verdict(self.state, object, scope);
        Case { object, scope, verdict }
    }

    /// Whether this cycle would delete or disable the object, and it is not disabled already.
    fn is_removal(&self, case: &Case<'_>) -> bool {
        case.verdict.removes() && !self.is_disabled_already(case)
    }

    fn is_disabled_already(&self, case: &Case<'_>) -> bool {
        matches!(case.verdict, Verdict::Disable(_)) && self.is_disabled(&case.object.object_id)
    }

    /// Whether the object is known to be disabled in the target.
    pub(super) fn is_disabled(&self, id: &str) -> bool {
        let connector = self.state.connectors.get(id);
        let mapping = self.configuration.users.mappings.soft_delete();
        let Some((connector, mapping)) = connector.zip(mapping) else { return false };
        let disabled = serde_json::Value::Bool(false);
        let active = connector.known.get(&mapping.target);
        active.is_some_and(|it| is_same(it, &disabled, mapping))
    }

    fn stage(&mut self, case: &Case<'_>) {
        self.state.staged.insert(case.object.object_id.clone());
        self.counts.staged += 1;
        let action = match case.verdict {
            Verdict::Delete => Action::StagedDelete,
            _ => Action::StagedAction,
        };
        let mut line = self.line(case, action, Status::Skipped);
        line.error = Some(ErrorCode::EntrySynchronizationSkipped);
        line.reason = "waits until deletions are allowed: too many in one cycle".into();
        self.state.logs.push(line);
    }

    fn report_progress(&self, outside: JobEnvironment<'_>, done: usize, steps: Option<usize>) {
        (outside.progress)(&Progress {
            kind: self.kind,
            done,
            steps,
            users: self.state.linked.0,
            groups: self.state.linked.1,
            began: self.moment.now,
            now: self.now(),
        });
    }

    pub(super) fn now(&self) -> Timestamp {
        self.target.clock.now()
    }

    pub(super) fn is_initial(&self) -> bool {
        self.kind == CycleKind::Initial
    }
}

/// How far a cycle came without an error.
enum Through {
    All,
    Stopped,
}
