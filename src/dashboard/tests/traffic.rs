//! Following, looking, paused, lost: what becomes of the list when exchanges arrive.

use std::sync::Arc;

use rstest::rstest;

use super::super::sample::Sample;
use super::harness::{Ended, Stage, Step, glyphs, keys};
use crate::journal::Limits;

/// Presses keys, lets exchanges arrive, presses more keys.
fn arriving(stage: &Stage, before: &str, count: usize, after: &str) -> Ended {
    let sample = Arc::clone(&stage.sample);
    let arrive = Step::Do(Box::new(move || sample.record(count)));
    let calm = || Step::Wait(std::time::Duration::from_millis(1_100));
    let steps = keys(before).into_iter().chain([arrive, calm()]).chain(keys(after)).chain([calm()]);
    stage.play(steps)
}

fn note(ended: &Ended) -> String {
    let text = glyphs(&ended.buffer);
    let line = text.lines().rfind(|it| it.starts_with(['┗', '└'])).unwrap();
    line.trim_matches(['┗', '┛', '└', '┘', '━', '─', ' ']).to_owned()
}

fn selected(ended: &Ended) -> u64 {
    ended.model.exchange().unwrap().seq
}

#[rstest]
#[case::from_the_start("4", "", 422, "following")]
#[case::a_move_up_looks("4 k k", "", 410, "▼ 10 newer · G jump")]
#[case::opening_a_detail_looks("4 Enter Esc", "", 412, "▼ 10 newer · G jump")]
#[case::f_looks_too("4 f", "", 412, "▼ 10 newer · G jump")]
#[case::last_follows_again("4 k k", "G", 422, "following")]
#[case::end_does_too("4 k k", "End", 422, "following")]
#[case::so_does_f("4 k k", "f", 422, "following")]
#[case::so_does_moving_onto_the_newest("4 k", "PgDn", 422, "following")]
#[case::the_first_row_looks("4 g", "", 1, "▼ 404 newer · G jump")]
#[case::paused_it_stands_still("4 Space", "", 412, "⏸ 10 newer · Space resume")]
#[case::paused_one_can_look_around("4 Space k k", "", 410, "⏸ 10 newer · Space resume")]
#[case::resumed_it_follows("4 Space", "Space", 422, "following")]
#[case::resumed_it_keeps_looking("4 k Space", "Space", 411, "▼ 10 newer · G jump")]
#[case::paused_last_is_the_last_of_then("4 k Space", "G", 412, "⏸ 10 newer · Space resume")]
fn the_list_follows_until_somebody_looks(
    #[case] before: &str,
    #[case] after: &str,
    #[case] seq: u64,
    #[case] says: &str,
) {
    let ended = arriving(&Stage::new(80, 24), before, 10, after);

    assert_eq!((selected(&ended), note(&ended)), (seq, says.to_owned()));
}

#[test]
fn no_screen_changes_while_paused() {
    let stage = Stage::new(80, 24);
    let stage_text = |it: &Ended| {
        let text = glyphs(&it.buffer);
        text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = stage_text(&stage.press("Space 2"));

    let ended = arriving(&stage, "Space 2", 30, "");

    assert_eq!(stage_text(&ended), before);
}

#[test]
fn an_exchange_that_leaves_the_journal_is_announced_once_and_the_oldest_is_selected() {
    let limits = Limits { exchanges: 100, ..Limits::default() };
    let stage = Stage::new(80, 24).over(Sample::with_limits(20, 100, limits));

    let ended = arriving(&stage, "4 g", 10, "");

    assert_eq!(selected(&ended), 11);
    let last = glyphs(&ended.buffer).lines().last().unwrap().trim().to_owned();
    assert_eq!(last, "exchange #1 left the journal (100 kept)");
}

#[rstest]
#[case::the_selected_one_still_matches("4 k k k k k k k k k k k", "status:401", 401)]
#[case::else_the_nearest_newer_one("4 k k k k k k k k k k k", "status:503", 403)]
fn a_filter_keeps_what_is_selected(#[case] before: &str, #[case] filter: &str, #[case] seq: u64) {
    let typed = super::harness::typed(filter);
    let steps = keys(before).into_iter().chain(keys("/")).chain(typed).chain(keys("Enter"));

    let ended = Stage::new(80, 24).play(steps);

    assert_eq!(selected(&ended), seq);
}

#[test]
fn errors_only_applies_together_with_a_filter() {
    let filter = super::harness::typed("op:create | op:delete");
    let steps = keys("4 /").into_iter().chain(filter).chain(keys("Enter !"));

    let ended = Stage::new(80, 24).play(steps);

    let window = &ended.model.traffic.shown.window;
    assert!(window.total > 0 && window.rows.iter().all(|it| it.status == 409));
}

#[test]
fn the_newest_activity_opens_in_traffic() {
    let ended = Stage::new(120, 40).press("j j Enter");

    assert_eq!(selected(&ended), 410);
    assert!(glyphs(&ended.buffer).contains("┏ Traffic › #410 "));
}
