//! A provisioning job with a log, in quarantine or running.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use smol_str::format_smolstr;

use super::{PEOPLE, start};
use crate::tenant::{PastCycle, ProvisioningLine, ProvisioningView, RunningCycle};

/// A job that is in the middle of a cycle, or that rests in quarantine.
pub(in super::super) fn view(is_running: bool) -> ProvisioningView {
    let lines: Vec<ProvisioningLine> = (0..60).map(line).collect();
    let past = |nth: i64, kind, created| PastCycle {
        kind,
        ended: start() + SignedDuration::from_mins(40 * nth),
        took: SignedDuration::from_secs(14),
        is_good: nth != 1,
        outcome: "completed",
        reason: None,
        counts: vec![("imported", 1_218), ("created", created), ("updated", 3), ("failed", 0)],
    };
    let quarantine =
        ("TooManyDeletes".to_owned(), "500 deletions wait for being allowed".to_owned());
    ProvisioningView {
        revision: u64::from(is_running),
        is_started: true,
        running: is_running.then_some(RunningCycle {
            kind: Some("incremental"),
            percent: 62,
            done: 1_515,
            steps: Some(2_444),
            users: 744,
            groups: 12,
            time_left: Some(SignedDuration::from_secs(9)),
            graph: json!({}),
        }),
        cycles: Arc::new([
            past(2, "incremental", 0),
            past(1, "incremental", 12),
            past(0, "initial", 1_218),
        ]),
        next: Some(start() + SignedDuration::from_hours(3)),
        quarantine: (!is_running).then_some(quarantine),
        disabled: None,
        broken: None,
        escrows: 2,
        objects: 1_222,
        day: 3,
        filters: None,
        lines: lines.into(),
        graph: Arc::new(json!({})),
        mails: Arc::new([]),
    }
}

fn line(nth: usize) -> ProvisioningLine {
    let (name, login) = PEOPLE[nth % PEOPLE.len()];
    let (action, status, result) = match nth % 5 {
        0 => ("Create", "success", "userName, displayName, active"),
        1 => ("Create", "failure", "DuplicateTargetEntries: userName is in use"),
        2 => ("Other", "skipped", "the object is not in scope"),
        3 => ("Update", "warning", "UnresolvedReference: manager"),
        _ => ("Disable", "success", "active"),
    };
    ProvisioningLine {
        id: format_smolstr!("{nth:08x}"),
        at: start() + SignedDuration::from_secs(i64::try_from(nth).unwrap()),
        action,
        status,
        name: name.into(),
        result: result.into(),
        graph: Arc::new(json!({
            "action": action,
            "sourceIdentity": {"displayName": name, "id": login, "identityType": "User"},
            "targetIdentity": {"id": if status == "skipped" { "" } else { login }},
            "statusInfo": {"status": status, "reason": result},
        })),
    }
}
