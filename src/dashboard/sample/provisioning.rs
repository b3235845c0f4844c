//! A provisioning job with a log, in quarantine or running.

use jiff::SignedDuration;
use smol_str::{SmolStr, format_smolstr};

use super::{PEOPLE, start};
use crate::entra::{
    Action, Counts, CycleKind, CycleOutcome, ErrorCode, Execution, ExecutionState, FinishedCycle,
    JobView, LogEntry, LoggedType, ModifiedProperty, Progress, Quarantine, QuarantineReason,
    RunningCycle, ScopeEvaluation, Status,
};

/// A job that is in the middle of a cycle, or that rests in quarantine.
pub(in super::super) fn view(is_running: bool) -> JobView {
    let began = start() - SignedDuration::from_secs(14);
    let progress = Progress {
        kind: CycleKind::Incremental,
        done: 1_520,
        steps: Some(2_444),
        users: 744,
        groups: 12,
        began,
        now: start(),
    };
    let quarantine = Quarantine {
        reason: QuarantineReason::TooManyDeletes,
        code: None,
        message: "500 deletions wait for being allowed".to_owned(),
        current_began: start(),
        series_began: start(),
        series_count: 1,
        next_attempt: start(),
    };
    JobView {
        revision: u64::from(is_running),
        is_started: true,
        running: is_running.then_some(RunningCycle::Running(progress)),
        cycles: [
            past(2, CycleKind::Incremental, 0),
            past(1, CycleKind::Incremental, 12),
            past(0, CycleKind::Initial, 1_218),
        ]
        .into(),
        next: Some(start() + SignedDuration::from_hours(3)),
        quarantine: (!is_running).then_some(quarantine),
        escrows: 2,
        objects: 1_222,
        day: 3,
        lines: (0..60).map(line).collect(),
        job_id: "MediusFlow.NordlysQA".into(),
        tenant_id: "NordlysQA".into(),
        ..JobView::default()
    }
}

fn past(nth: i64, kind: CycleKind, created: u64) -> FinishedCycle {
    let ended = start() + SignedDuration::from_mins(40 * nth);
    let counts = Counts { imported: 1_218, created, updated: 3, ..Counts::default() };
    let state = if nth == 1 { ExecutionState::EntryLevelErrors } else { ExecutionState::Succeeded };
    let began = ended - SignedDuration::from_secs(14);
    let activity_identifier = SmolStr::default();
    let execution = Execution { activity_identifier, kind, began, ended, state, counts };
    FinishedCycle { execution, outcome: CycleOutcome::Completed, reason: None }
}

fn line(nth: usize) -> LogEntry {
    let (name, login) = PEOPLE[nth % PEOPLE.len()];
    let (action, status, error, reason, modified): (_, _, _, _, &[&str]) = match nth % 5 {
        0 => (Action::Create, Status::Success, None, "", &["userName", "displayName", "active"]),
        1 => {
            let code = Some(ErrorCode::DuplicateTargetEntries);
            (Action::Create, Status::Failure, code, "userName is in use", &[])
        }
        2 => (Action::Other, Status::Skipped, None, "the object is not in scope", &[]),
        3 => {
            let code = Some(ErrorCode::UnableToResolveReference);
            (Action::Update, Status::Warning, code, "manager", &[])
        }
        _ => (Action::Disable, Status::Success, None, "", &["active"]),
    };
    let property = |it: &&str| ModifiedProperty { name: (*it).into(), old: None, new: None };
    LogEntry {
        id: format_smolstr!("{nth:08x}"),
        change_id: format_smolstr!("{nth:08x}"),
        cycle_id: "0".into(),
        at: start() + SignedDuration::from_secs(i64::try_from(nth).unwrap()),
        took_ms: 3,
        action,
        status,
        error,
        reason: reason.to_owned(),
        http_status: None,
        of: LoggedType::User,
        source_id: login.into(),
        source_name: name.into(),
        target_id: (status != Status::Skipped).then(|| login.into()),
        scope: ScopeEvaluation {
            is_active: true,
            assigned: true,
            is_entitled: true,
            in_filter: true,
        },
        matched: None,
        modified: modified.iter().map(property).collect(),
    }
}
