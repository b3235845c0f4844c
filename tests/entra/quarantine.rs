use mediusflow_mock::entra::{CycleOutcome, INTERVAL, JobClock as _, QuarantineReason, Restart};
use rstest::rstest;

use super::support::{Fault, World, refusal};

const MAIL: &str = "notification-email = \"it@contoso.com\"\n";

fn refused(world: &mut World) -> CycleOutcome {
    world.wire.heal();
    world.wire.fail_at("GET", "/Users", refusal(401, "the secret key has expired"));
    world.run().ended
}

#[test]
fn it_is_tried_after_6_12_and_24_hours_then_daily_and_switched_off_after_four_weeks() {
    let mut world = World::with(MAIL, "");
    let mut hours = Vec::new();
    refused(&mut world);
    let began = world.job.quarantine().unwrap().series_began;
    for _ in 0..40 {
        let Some(next) = world.job.next_cycle() else { break };
        hours.push(next.duration_since(began).as_hours());
        let rest = next.duration_since(world.clock.now());
        world.clock.advance(rest - jiff::SignedDuration::from_mins(40));
        refused(&mut world);
    }

    assert_eq!(hours[..5], [6, 12, 24, 48, 72]);
    assert_eq!(hours.last(), Some(&(28 * 24)));
    assert!(world.job.disabled().unwrap().contains("four weeks"));
    assert_eq!(world.run().ended, CycleOutcome::Disabled);
    assert!(world.wire.sent().is_empty());
    assert_eq!(world.job.take_mails().len(), 1);
    assert_eq!(world.job.status()["schedule"]["state"], "Disabled");

    world.wire.heal();
    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.count("Users"), 2);
}

#[test]
fn a_mail_comes_when_it_begins_and_when_the_reason_changes() {
    let mut world = World::with(MAIL, "");

    refused(&mut world);
    refused(&mut world);
    assert_eq!(world.job.take_mails().len(), 1);
    world.job.quarantine_on_demand(world.clock.now());
    let mails = world.job.take_mails();

    assert_eq!(mails.len(), 1);
    let eml = mails[0].to_eml();
    assert!(eml.contains("\r\nTo: it@contoso.com\r\n"), "{eml}");
    assert!(eml.contains("Reason: QuarantinedOnDemand"), "{eml}");
    assert!(mails[0].file_name().starts_with("20260303T"));
    assert_eq!(world.job.quarantine().unwrap().series_count, 2);
}

#[test]
fn without_the_check_box_no_mail_comes() {
    let toml = format!("{MAIL}send-an-email-notification-when-a-failure-occurs = false\n");
    let mut world = World::with(&toml, "");

    refused(&mut world);

    assert!(world.job.take_mails().is_empty());
}

#[test]
fn a_cycle_that_succeeds_ends_it() {
    let mut world = World::new();
    refused(&mut world);
    assert_eq!(world.job.status()["status"]["code"], "Quarantine");

    world.wire.heal();
    world.cycle();

    assert!(world.job.quarantine().is_none());
    assert_eq!(world.job.status()["status"]["code"], "Active");
}

#[rstest]
#[case(refusal(503, "down for a moment"), "503")]
#[case(refusal(429, "slow down"), "429")]
#[case(Fault::Lost, "connection reset")]
#[case(Fault::Timeout, "too long")]
fn a_target_that_is_away_is_asked_again_at_the_next_cycle(
    #[case] away: Fault,
    #[case] words: &str,
) {
    let mut world = World::with(MAIL, "");
    let fail = |world: &mut World| {
        world.wire.fail_at("GET", "/Users", away.clone());
        let report = world.run();
        (report.ended, report.trouble.unwrap_or_default())
    };

    let (ended, trouble) = fail(&mut world);
    let next = world.job.next_cycle().unwrap().duration_since(world.clock.now());
    world.cycle();

    assert_eq!(ended, CycleOutcome::Unavailable);
    assert!(trouble.contains(words), "{trouble}");
    assert_eq!(next, INTERVAL);
    assert_eq!((world.count("Users"), world.job.take_mails().len()), (2, 0));

    let all: Vec<_> = (0..3).map(|_| fail(&mut world).0).collect();
    let quarantined = CycleOutcome::Quarantined(QuarantineReason::EncounteredQuarantineException);
    assert_eq!(all, [CycleOutcome::Unavailable, CycleOutcome::Unavailable, quarantined]);
    assert_eq!(world.job.take_mails().len(), 1);
}

#[rstest]
#[case(3, "failures = 1", QuarantineReason::EncounteredBaseEscrowThreshold)]
#[case(2, "failed-percent = 40", QuarantineReason::EncounteredEscrowProportionThreshold)]
#[case(3, "total-failures = 3", QuarantineReason::EncounteredTotalEscrowThreshold)]
fn too_many_failures_quarantine(
    #[case] failures: usize,
    #[case] setting: &str,
    #[case] reason: QuarantineReason,
) {
    let mut world = World::with(&format!("\n[quarantine]\nevaluated-from = 2\n{setting}\n"), "");
    world.assign("megan");
    for _ in 0..failures {
        world.wire.fail_at("POST", "/Users", refusal(500, "oh"));
    }

    assert_eq!(world.run().ended, CycleOutcome::Quarantined(reason));
}

#[rstest]
#[case::one_reference(1, false)]
#[case::two_references(2, true)]
fn references_that_fail_count_in_the_total_only(#[case] references: usize, #[case] too_many: bool) {
    let toml = "\n[quarantine]\nevaluated-from = 2\nfailures = 1\ntotal-failures = 3\n";
    let mut world = World::with(toml, "");
    world.cycle();
    world.hire("zoe");
    world.assign("zoe");
    world.wire.fail_at("POST", "/Users", refusal(500, "oh"));
    for (name, manager) in [("adele", "alex"), ("alex", "adele")].into_iter().take(references) {
        world.manager(name, Some(manager));
        world.wire.fail_at("PATCH", "/Users", refusal(500, "oh"));
    }

    let report = world.run();

    let counts = report.execution.unwrap().counts;
    assert_eq!((counts.failed, counts.failed_references), (1, u64::try_from(references).unwrap()));
    let total = CycleOutcome::Quarantined(QuarantineReason::EncounteredTotalEscrowThreshold);
    assert_eq!(report.ended, if too_many { total } else { CycleOutcome::Completed });
}
