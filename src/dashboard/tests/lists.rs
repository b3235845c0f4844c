//! Users and groups: what is selected stays selected.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use rstest::rstest;

use super::super::event_loop::Input;
use super::super::screen::{Focus, Screen};
use super::harness::{Ended, Stage, Step, glyphs, keys, typed};

fn user(ended: &Ended) -> String {
    ended.model.users.window.selected().map(|it| it.user_name.to_string()).unwrap_or_default()
}

/// Users that are created while somebody looks at the list.
fn created(stage: &Stage, before: &str) -> Ended {
    let sample = Arc::clone(&stage.sample);
    let create = Step::Do(Box::new(move || {
        sample.users.fetch_add(3, Ordering::AcqRel);
    }));
    let calm = Step::Wait(Duration::from_millis(1_100));
    stage.play(keys(before).into_iter().chain([create, calm]))
}

#[rstest]
#[case::at_the_top_new_users_show("2", "wang.xiaoming86@acme.se")]
#[case::elsewhere_the_selected_one_stays("2 j", "build.bot85@acme.se")]
#[case::also_one_whose_detail_is_open("2 Enter", "ida.holm85@acme.se")]
#[case::back_at_the_top_new_users_show_again("2 j j k k", "wang.xiaoming86@acme.se")]
fn new_users_do_not_move_the_selected_row(#[case] keys: &str, #[case] expected: &str) {
    let ended = created(&Stage::new(80, 24), keys);

    assert_eq!(user(&ended), expected);
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_keeps_the_selection() {
    let steps = keys("2 j j /").into_iter().chain(typed("priya")).chain(keys("Enter"));

    let ended = Stage::new(80, 24).play(steps);

    assert_eq!(user(&ended), "priya.natarajan85@acme.se");
    assert!(glyphs(&ended.buffer).contains("Users 86/1,204 /priya"));
}

#[test]
fn escape_removes_the_typed_text_then_the_filter() {
    let steps = || keys("2 /").into_iter().chain(typed("priya")).chain(keys("Enter /"));

    let taken_back = Stage::new(80, 24).play(steps().chain(typed("xx")).chain(keys("Esc")));
    let cleared = Stage::new(80, 24).play(steps().chain(keys("Esc Esc")));

    assert_eq!(taken_back.model.users.filter, "priya");
    assert_eq!(cleared.model.users.filter, "");
}

#[test]
fn a_filter_without_a_match_says_so() {
    let steps = keys("2 /").into_iter().chain(typed("nobody here")).chain(keys("Enter"));

    let ended = Stage::new(80, 24).play(steps);

    assert!(glyphs(&ended.buffer).contains("No user holds \"nobody here\"."));
}

#[test]
fn keys_change_and_reverse_the_order() {
    let stage = Stage::new(80, 24);
    let title = |keys: &str| {
        let text = glyphs(&stage.press(keys).buffer);
        let (_, order) = text.lines().nth(2).unwrap().split_once("order: ").unwrap();
        order.split_inclusive(['↓', '↑']).next().unwrap().to_owned()
    };

    assert_eq!(title("2"), "newest ↓");
    assert_eq!(title("2 o"), "name ↓");
    assert_eq!(title("2 o v"), "name ↑");
    assert_eq!(title("2 o o o o"), "newest ↓");
}

#[test]
fn bracket_keys_show_the_next_and_previous_detail() {
    let ended = Stage::new(80, 24).press("2 Enter ] ] [");

    assert_eq!(user(&ended), "build.bot85@acme.se");
    assert!(glyphs(&ended.buffer).contains("Users › 👩‍💻 Build Bot"));
}

#[rstest]
#[case::of_a_user("2 j t", "user:\"000004b2\"")]
#[case::of_a_group("3 t", "group:\"00000005\"")]
#[case::of_a_member("3 Enter j t", "user:\"000004b2\"")]
fn the_key_t_shows_the_traffic_of_the_selection(#[case] keys: &str, #[case] filter: &str) {
    let ended = Stage::new(80, 24).press(keys);

    assert_eq!((ended.model.screen, ended.model.traffic.text()), (Screen::Traffic, filter));
}

#[test]
fn a_member_opens_as_a_user() {
    let ended = Stage::new(120, 40).press("3 Enter j j Enter");

    assert_eq!(ended.model.screen, Screen::Users);
    assert_eq!(user(&ended), "priya.natarajan85@acme.se");
}

#[test]
fn another_tenant_starts_with_fresh_lists() {
    let ended = Stage::new(120, 40).press("2 j j T");

    assert_eq!(ended.model.overview.tenant, "Nordlys");
    assert_eq!(user(&ended), "ida.holm85@acme.se");
    assert!(glyphs(&ended.buffer).contains("now looking at Nordlys"));
}

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Step {
    let modifiers = KeyModifiers::NONE;
    Step::Input(Input::Mouse(MouseEvent { kind, column, row, modifiers }))
}

#[test]
fn a_click_selects_a_tab_and_a_row() {
    let click = MouseEventKind::Down(MouseButton::Left);

    // `  1 Overview   2 Users`: the second tab starts behind the first; rows start below titles.
    let ended = Stage::new(80, 24).play([mouse(click, 16, 1), mouse(click, 10, 6)]);

    assert_eq!(ended.model.screen, Screen::Users);
    assert_eq!(user(&ended), "priya.natarajan85@acme.se");
}

#[test]
fn the_wheel_scrolls_the_pane_under_the_pointer() {
    let steps = keys("2").into_iter().chain([mouse(MouseEventKind::ScrollDown, 10, 10)]);

    let ended = Stage::new(120, 40).play(steps);

    assert_eq!(user(&ended), "nils.ek85@acme.se");
    assert_eq!(ended.model.focus, Focus::List);
}

#[test]
fn keys_on_the_provisioning_screen_give_orders_and_announce_them() {
    let stage = Stage::new(100, 30);

    let ended = stage.press("5 c d");

    assert_eq!(stage.sample.orders.load(Ordering::Acquire), 2);
    let picture = glyphs(&ended.buffer);
    assert!(picture.contains("62% incremental"), "{picture}");
    assert!(picture.lines().last().unwrap().contains("ordered: NextDay"), "{picture}");
}

#[test]
fn a_restart_of_provisioning_asks_for_confirmation() {
    let stage = Stage::new(100, 30);

    let asked = stage.press("5 R");
    stage.press("5 R n Esc");
    assert_eq!(stage.sample.orders.load(Ordering::Acquire), 0);
    let said = stage.press("5 R y");

    let picture = glyphs(&asked.buffer);
    assert!(picture.contains("Restart provisioning?"), "{picture}");
    assert_eq!(stage.sample.orders.load(Ordering::Acquire), 1);
    let picture = glyphs(&said.buffer);
    assert!(picture.lines().last().unwrap().contains("ordered: Restart"), "{picture}");
}

#[test]
fn a_line_of_the_provisioning_log_opens_its_traffic() {
    let stage = Stage::new(100, 30);

    let found = stage.press("5 t");
    let skipped = stage.press("5 j j t");

    assert_eq!(found.model.screen, Screen::Traffic);
    assert!(found.model.traffic.text().starts_with("user:\""), "{}", found.model.traffic.text());
    assert_eq!(skipped.model.screen, Screen::Provisioning);
    let picture = glyphs(&skipped.buffer);
    assert!(picture.contains("this line is about nobody in the tenant"), "{picture}");
}

#[test]
fn the_keys_of_the_provisioning_screen_do_nothing_on_other_screens() {
    let stage = Stage::new(100, 30);

    stage.press("c d a Q R + - 2 c 3 d + 4 Q R y ? a");

    assert_eq!(stage.sample.orders.load(Ordering::Acquire), 0);
}

#[test]
fn the_provisioning_log_is_filtered_and_opened() {
    let steps: Vec<Step> = keys("5 /").into_iter().chain(typed("duplicate")).collect();
    let steps = steps.into_iter().chain(keys("Enter j Enter"));

    let ended = Stage::new(100, 60).play(steps);

    assert_eq!(ended.model.log.window.total, 12);
    let picture = glyphs(&ended.buffer);
    assert!(picture.contains("Provisioning log 12/60"), "{picture}");
    assert!(picture.contains("\"status\": \"failure\""), "{picture}");
}
