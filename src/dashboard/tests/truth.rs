//! What a screen says is so at that moment: after a reset, for a tenant that is gone, for one that
//! others provision, and for what is copied while requests come.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rstest::rstest;

use super::super::sample::Sample;
use super::harness::{Stage, Step, glyphs, keys};
use crate::journal::{Record, TrafficFilter};

/// The world changes, and a frame shows it.
fn then(act: impl FnOnce() + 'static) -> [Step; 2] {
    [Step::Do(Box::new(act)), Step::Wait(Duration::from_millis(300))]
}

#[test]
fn the_copy_menu_keeps_the_selection_from_its_opening() {
    let stage = Stage::new(80, 24);
    let sample = Arc::clone(&stage.sample);
    let newest = sample.journal.get(sample.journal.seqs().end - 1).unwrap();
    let traffic = then(move || sample.record(1_000));

    let shown = stage.play(keys("4 y").into_iter().chain(traffic));
    let sample = Arc::clone(&stage.sample);
    let begun = sample.journal.get(sample.journal.seqs().end - 1).unwrap();
    let traffic = then(move || sample.record(1_000));
    let ended = stage.play(keys("4 y").into_iter().chain(traffic).chain(keys("m")));

    let menu = format!("Copy of #{} {}", newest.seq, newest.summary);
    assert!(glyphs(&shown.buffer).contains(&menu), "{}", glyphs(&shown.buffer));
    assert_eq!(ended.seen.copied, [("summary".to_owned(), begun.summary.clone())]);
}

#[test]
fn errors_only_equals_the_filter_is_error() {
    let stage = Stage::new(80, 24);
    let meant: TrafficFilter = "is:error".parse().unwrap();
    let journal = &stage.sample.journal;
    let all = journal.pick(journal.seqs());
    let errors = all.iter().filter(|it| meant.matches(it, jiff::Timestamp::UNIX_EPOCH)).count();

    let shown = stage.press("4 !");

    assert_eq!(shown.model.traffic.shown.window.total, errors);
    assert_eq!(shown.model.overview.totals.errors, errors as u64);
}

#[rstest]
#[case(80, 24)]
#[case(20, 3)]
#[case(48, 14)]
fn a_deleted_tenant_is_shown_as_gone_and_not_as_live(#[case] width: u16, #[case] height: u16) {
    let stage = Stage::new(width, height);
    let sample = Arc::clone(&stage.sample);

    let ended = stage.play(then(move || sample.delete()));

    let screen = glyphs(&ended.buffer);
    assert!(screen.contains("✗ GONE") && !screen.contains("LIVE"), "{screen}");
}

#[rstest]
#[case(80, 24)]
#[case(120, 40)]
fn an_expired_secret_key_is_shown_as_expired(#[case] width: u16, #[case] height: u16) {
    let stage = Stage::new(width, height);
    let before = stage.press("1");
    let sample = Arc::clone(&stage.sample);

    let ended = stage.play(then(move || sample.is_key_expired.store(true, Ordering::Release)));

    assert!(!glyphs(&before.buffer).contains("expired"));
    let screen = glyphs(&ended.buffer);
    assert!(screen.contains("✗ expired"), "{screen}");
}

#[test]
fn a_deleted_tenant_is_announced_with_the_effect_of_the_keys() {
    let stage = Stage::new(120, 40);
    let delete = || {
        let sample = Arc::clone(&stage.sample);
        then(move || sample.delete())
    };
    let make_again = || {
        let sample = Arc::clone(&stage.sample);
        then(move || sample.is_made_again.store(true, Ordering::Release))
    };

    let ended = glyphs(&stage.play(delete()).buffer);
    let on = stage.play(keys("T"));
    let again = glyphs(&stage.play(make_again()).buffer);
    let anew = stage.play(keys("T"));

    assert!(ended.contains("the tenant NordlysQA was deleted at "), "{ended}");
    assert!(ended.contains("; T looks at Nordlys") && !ended.contains("begins again"), "{ended}");
    assert_eq!(on.model.overview.tenant, "Nordlys");
    assert!(again.contains("✗ deleted; a new tenant has its name; T looks at it"), "{again}");
    assert_eq!((&*anew.model.overview.tenant, anew.model.overview.is_gone), ("NordlysQA", false));
}

#[test]
fn the_empty_screens_of_a_deleted_tenant_offer_no_actions() {
    let sample = Sample::new(0, 0);
    sample.delete();
    let stage = Stage::new(110, 30).over(sample);

    for key in ["1", "2", "3", "4", "5"] {
        let screen = glyphs(&stage.press(key).buffer);
        assert!(screen.contains("T looks at Nordlys"), "{screen}");
        for promise in ["First set", "copies", "Point a", "POST", "curl", "c run", " makes a"] {
            assert!(!screen.contains(promise), "{promise}: {screen}");
        }
    }
}

#[test]
fn a_fresh_tenant_offers_provisioning_only_after_it_has_a_key() {
    let fresh = glyphs(&Stage::new(80, 24).over(Sample::new(0, 0)).press("5").buffer);

    assert!(fresh.contains("First set the tenant up"), "{fresh}");
    assert!(!fresh.contains("makes a company") && !fresh.contains("run cycle"), "{fresh}");
}

#[test]
fn a_user_that_was_never_selected_is_not_called_gone() {
    let stage = Stage::new(120, 40).over(Sample::new(0, 0));

    for key in ["2", "3"] {
        let screen = glyphs(&stage.press(key).buffer);
        assert!(screen.contains("Nothing to show.") && !screen.contains("is gone"), "{screen}");
    }
}

#[test]
fn after_a_reset_no_screen_shows_old_data() {
    let stage = Stage::new(120, 40);
    let sample = Arc::clone(&stage.sample);
    let reset = || {
        let sample = Arc::clone(&sample);
        then(move || sample.reset())
    };

    let overview = stage.play(keys("4 k k Space").into_iter().chain(reset()).chain(keys("1")));
    sample.record(3);
    let traffic = stage.play(keys("4"));

    let screen = glyphs(&overview.buffer);
    for said in ["the tenant was reset at ", "▶ LIVE", "0 errors", "Nothing was asked yet."] {
        assert!(screen.contains(said), "{said}: {screen}");
    }
    assert!(glyphs(&traffic.buffer).contains("Traffic 3 "), "{}", glyphs(&traffic.buffer));
    assert!(!glyphs(&traffic.buffer).contains("left the journal"));
}

#[test]
fn a_tenant_that_another_client_provisions_is_not_called_empty() {
    let used = Stage::new(80, 24).over(Sample::new(0, 12)).press("5");
    let fresh = Stage::new(80, 24).over(Sample::new(0, 0)).press("5");

    let [used, fresh] = [used, fresh].map(|it| glyphs(&it.buffer));
    assert!(used.contains("12 requests came so far"), "{used}");
    assert!(!used.contains("Nobody") && !used.contains("no request"), "{used}");
    assert!(fresh.contains("no request has come"), "{fresh}");
}

/// The overview of an empty tenant with exchanges that ended with these statuses.
fn overview_of(statuses: &[u16], width: u16) -> String {
    let sample = Sample::new(0, 0);
    for status in statuses {
        let mut record =
            Record::new(jiff::Timestamp::UNIX_EPOCH, "GET", "/NordlysQA/scim/v2/Users");
        record.status = *status;
        sample.journal.record(record);
    }
    glyphs(&Stage::new(width, 40).over(sample).press("").buffer)
}

#[rstest]
#[case(80)]
#[case(120)]
fn the_shares_of_the_overview_count_every_exchange(#[case] width: u16) {
    let mixed = overview_of(&[200, 201, 404, 0, 503], width);
    let rare = overview_of(&[&[200; 111][..], &[404]].concat(), width);

    for share in ["2xx 40%", "4xx 20%", "5xx 20%", "no answer 20%"] {
        assert!(mixed.contains(share), "{share}: {mixed}");
    }
    assert!(rare.contains("4xx <1%") && !rare.contains("no answer"), "{rare}");
}

#[test]
fn refusals_are_counted_if_nothing_needs_attention() {
    let refused = overview_of(&[200, 404, 409], 120);
    let quiet = overview_of(&[200], 120);

    assert!(refused.contains("✓ nothing; 2 requests were refused with 4xx"), "{refused}");
    assert!(quiet.contains("✓ nothing ") && !quiet.contains("refused"), "{quiet}");
}

#[test]
fn a_count_of_one_is_singular() {
    let one = glyphs(&Stage::new(120, 40).over(Sample::new(1, 0)).press("").buffer);

    assert!(one.contains("  1 user  "), "{one}");
}
