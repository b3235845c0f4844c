//! Prompts, the palette, pasting, copying, secrets.

use std::time::Duration;

use rstest::rstest;

use super::super::event_loop::Input;
use super::super::screen::Screen;
use super::harness::{Stage, Step, glyphs, keys, typed};

fn paste(text: &str) -> Step {
    Step::Input(Input::Paste(text.to_owned()))
}

#[rstest]
#[case::on_a_screen("2", "")]
#[case::over_a_question("2 q", "")]
#[case::into_a_prompt("2 /", "qy4")]
fn pasted_text_is_text_and_never_commands(#[case] before: &str, #[case] filter: &str) {
    let steps = keys(before).into_iter().chain([paste("qy4")]);

    let ended = Stage::new(80, 24).play(steps);

    assert_eq!(ended.model.screen, Screen::Users);
    assert_eq!(ended.model.users.filter, filter);
}

#[test]
fn a_mistake_keeps_the_active_filter_and_the_open_prompt() {
    let steps = keys("4 /")
        .into_iter()
        .chain(typed("op:patch"))
        .chain(keys("Enter /"))
        .chain(typed(" stauts:4xx"))
        .chain(keys("Enter"));

    let ended = Stage::new(80, 24).play(steps);

    assert_eq!(ended.model.traffic.text(), "op:patch");
    assert!(ended.model.dialog.is_some());
    assert!(glyphs(&ended.buffer).contains("did you mean status?"));
}

#[test]
fn tab_completes_a_word_of_the_traffic_filter() {
    let steps = keys("4 /").into_iter().chain(typed("sta")).chain(keys("Tab"));

    let ended = Stage::new(80, 24).play(steps.chain(typed("401")));

    assert_eq!(ended.model.traffic.text(), "status:401");
}

#[test]
fn the_palette_runs_an_action_by_its_name() {
    let steps = keys(":").into_iter().chain(typed("groups")).chain(keys("Enter"));

    assert_eq!(Stage::new(80, 24).play(steps).model.screen, Screen::Groups);
}

#[test]
fn help_can_be_filtered_and_closed() {
    let steps = || keys("3 ? /").into_iter().chain(typed("palette")).chain(keys("Enter"));

    let filtered = Stage::new(80, 24).play(steps());
    let left = Stage::new(80, 24).play(steps().chain(keys("Esc")));

    let text = glyphs(&filtered.buffer);
    assert!(text.contains("commands by name") && !text.contains("turn the order round"));
    assert_eq!(left.model.screen, Screen::Groups);
}

#[rstest]
#[case("y u", "SCIM link (Tenant URL)", "http://127.0.0.1:8420/NordlysQA/scim/v2")]
#[case("y k", "secret key (Secret Token)", "mfk_test_nordlysqa_9f3c")]
#[case("2 j y n", "userName", "build.bot85@acme.se")]
#[case("3 y n", "displayName", "Everyone")]
#[case("4 y m", "summary", "401 bearer token missing")]
fn a_copy_is_announced(#[case] keys: &str, #[case] what: &str, #[case] text: &str) {
    let ended = Stage::new(80, 24).press(keys);

    assert_eq!(ended.seen.copied, [(what.to_owned(), text.to_owned())]);
    let last = glyphs(&ended.buffer).lines().last().unwrap().trim().to_owned();
    assert_eq!(last, format!("{what}: sent to the terminal's clipboard"));
}

#[test]
fn a_secret_is_shown_for_ten_seconds_only() {
    let stage = Stage::new(80, 24);
    let shows = |steps: Vec<Step>| glyphs(&stage.play(steps).buffer).contains("mfk_test");
    let waited = keys("s").into_iter().chain([Step::Wait(Duration::from_millis(10_100))]);

    assert!(!shows(keys("")));
    assert!(shows(keys("s")));
    assert!(!shows(keys("s s")));
    assert!(!shows(waited.collect()));
    assert!(!shows(keys("y")));
}

#[test]
fn presentation_mode_shows_no_secret_and_releases_the_mouse() {
    let ended = Stage::new(80, 24).press("s p s");

    assert!(!glyphs(&ended.buffer).contains("mfk_test"));
    assert!(glyphs(&ended.buffer).contains("secrets stay masked in presentation mode"));
    assert_eq!(ended.seen.mouse, [false]);
}

#[test]
fn secrets_of_requests_are_masked_in_every_tab() {
    let stage = Stage::new(120, 40);

    for keys in ["4 k Enter", "4 k Enter Tab", "4 k Enter Tab Tab"] {
        assert!(!glyphs(&stage.press(keys).buffer).contains("mfk_test"), "{keys}");
    }
}

#[test]
fn all_keys_of_a_screen_are_shown_with_more_keys() {
    let text = glyphs(&Stage::new(200, 50).press("4 .").buffer);

    let last = text.lines().last().unwrap();
    assert!(last.contains("! errors") && last.contains("w wrap"), "{last}");
}

#[test]
fn the_wrap_key_wraps_long_lines() {
    let stage = Stage::new(60, 24);
    let long = "filter=userName+eq+%22bjorn.akesson%40acme.se%22";

    let [cut, wrapped] =
        ["4 k k k k Enter Tab", "4 k k k k Enter Tab w"].map(|it| glyphs(&stage.press(it).buffer));

    assert!(!cut.contains(long) && cut.contains('…'));
    assert!(wrapped.replace(['┃', '\n', ' '], "").contains(long), "{wrapped}");
}
