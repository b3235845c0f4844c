//! Decides whether a cycle ends in quarantine (QUAR).

use jiff::Timestamp;
use smol_str::SmolStr;

use super::Job;
use super::cycle_run::Case;
use super::log::LogStamp;
use super::retry::{GIVEN_UP_AFTER, attempt_at};
use super::state::Escrow;
use crate::configuration::QuarantineThresholds;
use crate::record::{APPLICATION, ErrorCode, Mail, Status};
use crate::service::{Counts, CycleOutcome, Quarantine, QuarantineReason};
use crate::source::{ObjectState, SourceDirectory};
use crate::target_client::Failure;

/// The number of consecutive cycles that may find the target unavailable before the job is
/// quarantined.
const UNAVAILABLE_CYCLES: u64 = 2;

/// The most objects that are named when they end a job.
const GIVEN_UP_NAMED: usize = 5;

impl QuarantineThresholds {
    /// Whether a cycle with these numbers puts the job into quarantine.
    pub(super) fn judge(self, counts: &Counts) -> Option<QuarantineReason> {
        let (failed, references) = (counts.failed, counts.failed_references);
        let events = failed + counts.exported() + counts.skipped;
        let share = failed * 100 > events * u64::from(self.failed_percent);
        if failed + references >= u64::from(self.total_failures) {
            Some(QuarantineReason::EncounteredTotalEscrowThreshold)
        } else if failed < u64::from(self.evaluated_from) {
            None
        } else if failed > u64::from(self.failures) {
            Some(QuarantineReason::EncounteredBaseEscrowThreshold)
        } else {
            share.then_some(QuarantineReason::EncounteredEscrowProportionThreshold)
        }
    }
}

impl Job {
    /// Puts the job into quarantine, or takes it out.
    pub(super) fn conclude(
        &mut self,
        done: Result<(), Failure>,
        counts: Counts,
        now: Timestamp,
    ) -> CycleOutcome {
        let (reason, code, message) = match done {
            Ok(()) => match self.configuration.quarantine.judge(&counts) {
                None => {
                    self.state.quarantine = None;
                    return CycleOutcome::Completed;
                }
                Some(reason) => {
                    let failed = counts.failed + counts.failed_references;
                    (reason, None, format!("{failed} operations failed"))
                }
            },
            Err(failure) if counts.staged > 0 && !failure.refused => {
                (QuarantineReason::TooManyDeletes, None, failure.reason)
            }
            Err(failure) if self.is_patient_with(failure.code) => return CycleOutcome::Unavailable,
            Err(failure) => {
                let reason = QuarantineReason::EncounteredQuarantineException;
                (reason, Some(failure.code), failure.reason)
            }
        };
        self.enter_quarantine(reason, code, message, now);
        CycleOutcome::Quarantined(reason)
    }

    /// Whether an unavailable target gets another cycle. Microsoft names the code, but not how
    /// often it may occur before a job is quarantined (assumed).
    fn is_patient_with(&self, code: ErrorCode) -> bool {
        code == ErrorCode::CredentialValidationUnavailable
            && self.state.quarantine.is_none()
            && self.state.complete_failures < UNAVAILABLE_CYCLES
    }

    /// "Quarantine" by an administrator (`QuarantinedOnDemand`).
    pub fn quarantine_on_demand(&mut self, now: Timestamp) {
        let message = "an administrator put the job into quarantine".into();
        self.enter_quarantine(QuarantineReason::QuarantinedOnDemand, None, message, now);
    }

    /// Sends a mail when a quarantine begins and when its reason changes.
    fn enter_quarantine(
        &mut self,
        reason: QuarantineReason,
        code: Option<ErrorCode>,
        message: String,
        now: Timestamp,
    ) {
        let before = self.state.quarantine.take();
        let is_news = before.as_ref().is_none_or(|it| it.reason != reason);
        let (series_began, series_count) =
            before.as_ref().map_or((now, 0), |it| (it.series_began, it.series_count + 1));
        let same = before.filter(|_| !is_news);
        let current_began = same.map_or(now, |it| it.current_began);
        let mut nth = series_count + 1;
        while attempt_at(series_began, nth) <= now {
            nth += 1;
        }
        if is_news {
            self.mail(reason, &message, now);
        }
        self.state.quarantine = Some(Quarantine {
            reason,
            code,
            message,
            current_began,
            series_began,
            series_count,
            next_attempt: attempt_at(series_began, nth),
        });
    }

    /// Switches the job off after four weeks in quarantine, or after four weeks of failures of one
    /// object (QUAR: "the escrow is removed and the job is disabled").
    pub(super) fn switch_off_when_given_up(&mut self, directory: &SourceDirectory, now: Timestamp) {
        if self.state.disabled.is_some() {
            return;
        }
        let began = self.state.quarantine.as_ref().map(|it| it.series_began);
        if began.is_some_and(|it| now.duration_since(it) >= GIVEN_UP_AFTER) {
            self.state.disabled =
                Some("the job was in quarantine for more than four weeks".to_owned());
            return;
        }
        // An object that was created and deleted without a counterpart has nothing to try again.
        let connectors = &self.state.connectors;
        self.state.escrows.retain(|id, _| {
            connectors.contains_key(id)
                || directory.object(id).is_some_and(|it| it.state != ObjectState::HardDeleted)
        });
        let escrows = &mut self.state.escrows;
        let given_up = escrows.extract_if(.., |_, it| it.is_given_up(now)).collect::<Vec<_>>();
        if !given_up.is_empty() {
            self.switch_off_for(&given_up, directory, now);
        }
    }

    /// Names in log, mail and status the objects that ended the job.
    fn switch_off_for(
        &mut self,
        given_up: &[(SmolStr, Escrow)],
        directory: &SourceDirectory,
        now: Timestamp,
    ) {
        let cycle_id = self.new_id("cycle");
        let mut told = Vec::new();
        for (id, escrow) in given_up {
            let code = escrow.code.name();
            let Some(object) = directory.object(id) else { continue };
            told.push(format!("{} ({code})", object.name()));
            let scope = self.configuration.evaluate_scope(directory, object);
            let verdict = self.configuration.verdict(&self.state, object, scope);
            let case = Case { object, scope, verdict };
            let action = self.state.attempted(&case);
            let stamp = LogStamp { cycle_id: &cycle_id, at: now };
            let mut line = self.state.line(stamp, &case, action, Status::Failure);
            line.error = Some(escrow.code);
            line.reason = format!(
                "It has failed since {:.0} and is given up after 28 days: the job is switched off.",
                escrow.first_failure
            );
            self.state.logs.push(line);
        }
        let more = told.len().saturating_sub(GIVEN_UP_NAMED);
        told.truncate(GIVEN_UP_NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let why = format!("28 days of failures ended it: {}{more}", told.join(", "));
        let subject = format!("Provisioning of users to {APPLICATION} has been disabled");
        let text = format!(
            "The provisioning job {} is switched off since {now:.0}.\n\n{why}\n\nCorrect the cause \
             and restart provisioning.",
            self.id
        );
        self.state.disabled = Some(why);
        self.post(subject, text, now);
    }

    fn mail(&mut self, reason: QuarantineReason, message: &str, now: Timestamp) {
        let subject = format!("Provisioning of users to {APPLICATION} has been quarantined");
        let text = format!(
            "The provisioning job {} is in quarantine since {now:.0}.\n\nReason: {}\n\
             {message}\n\nCorrect the cause; the job leaves quarantine with the next cycle that \
             succeeds. It is switched off after four weeks.",
            self.id,
            reason.name()
        );
        self.post(subject, text, now);
    }

    /// Puts a mail into the outbox, if notifications are wanted.
    fn post(&mut self, subject: String, text: String, at: Timestamp) {
        let wanted = self.configuration.send_email_when_a_failure_occurs;
        let to = self.configuration.notification_email.clone().filter(|_| wanted);
        self.state.outbox.extend(to.map(|to| Mail { at, to, subject, text }));
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(4_000, 0, 0, None)]
    #[case(45_000, 0, 1_000_000, Some(QuarantineReason::EncounteredBaseEscrowThreshold))]
    #[case(30_000, 0, 5_000, Some(QuarantineReason::EncounteredEscrowProportionThreshold))]
    #[case(20_000, 0, 100_000, None)]
    #[case(40_000, 21_000, 1_000_000, Some(QuarantineReason::EncounteredTotalEscrowThreshold))]
    #[case(0, 59_999, 0, None)]
    fn the_documented_examples_are_judged_as_documented(
        #[case] failed: u64,
        #[case] failed_references: u64,
        #[case] updated: u64,
        #[case] expected: Option<QuarantineReason>,
    ) {
        let counts = Counts { updated, failed, failed_references, ..Counts::default() };

        assert_eq!(QuarantineThresholds::default().judge(&counts), expected);
    }
}
