//! Pictures of every screen: renewed with `UPDATE_EXPECT=1 cargo test dashboard::`.

use std::sync::Arc;

use expect_test::expect_file;
use ratatui::style::Color;
use rstest::rstest;

use super::super::sample::{Sample, SampleSource, traffic};
use super::super::theme::Theme;
use super::super::{DashboardOptions, picture};
use super::harness::{Stage, Step, glyphs, keys, styles, typed};

#[rstest]
#[case("overview", "")]
#[case("users", "2 j j")]
#[case("user", "2 j Enter")]
#[case("user-json", "2 j Enter Tab")]
#[case("groups", "3 Enter")]
#[case("traffic", "4")]
#[case("traffic-paused", "4 k k k k Space")]
#[case("exchange", "4 k k k Enter")]
#[case("provisioning", "5")]
#[case("provisioning-running", "5 c Esc j Enter")]
#[case("help", "?")]
fn each_screen_looks_as_it_did(
    #[case] name: &str,
    #[case] keys: &str,
    #[values((80, 24), (120, 40))] (width, height): (u16, u16),
) {
    let ended = Stage::new(width, height).press(keys);

    let picture = expect_file![format!("pictures/{name}-{width}x{height}.txt")];
    picture.assert_eq(&glyphs(&ended.buffer));
}

#[rstest]
#[case("overview", "", 200, 50)]
#[case("traffic", "4", 200, 50)]
#[case("overview", "", 20, 3)]
#[case("traffic", "4", 20, 3)]
#[case("traffic", "4 k", 48, 14)]
#[case("users", "2", 48, 14)]
#[case("provisioning", "5", 200, 50)]
#[case("provisioning", "5", 48, 14)]
#[case("presentation", "p", 120, 40)]
#[case("presentation", "p", 80, 24)]
#[case("quit", "2 q", 80, 24)]
#[case("copy", "4 k y", 80, 24)]
#[case("palette", ": t r a", 80, 24)]
fn so_does_each_size_and_dialog(
    #[case] name: &str,
    #[case] keys: &str,
    #[case] width: u16,
    #[case] height: u16,
) {
    let ended = Stage::new(width, height).press(keys);

    let picture = expect_file![format!("pictures/{name}-{width}x{height}.txt")];
    picture.assert_eq(&glyphs(&ended.buffer));
}

#[rstest]
#[case("fresh-overview", "")]
#[case("fresh-users", "2")]
#[case("fresh-groups", "3")]
#[case("fresh-traffic", "4")]
#[case("fresh-provisioning", "5")]
fn an_empty_tenant_shows_instructions(#[case] name: &str, #[case] keys: &str) {
    let ended = Stage::new(80, 24).over(Sample::new(0, 0)).press(keys);

    expect_file![format!("pictures/{name}-80x24.txt")].assert_eq(&glyphs(&ended.buffer));
}

#[test]
fn a_mistake_in_a_filter_is_marked_and_explained() {
    let steps: Vec<Step> = keys("4 /").into_iter().chain(typed("op:patch stauts:4xx")).collect();

    let ended = Stage::new(80, 24).play(steps);

    let last = glyphs(&ended.buffer).lines().last().unwrap().to_owned();
    expect_test::expect![" /op:patch stauts:4xx   no key `stauts`, did you mean status?"]
        .assert_eq(&last);
}

#[rstest]
#[case("overview", "", Theme::Ansi)]
#[case("traffic", "4 k k", Theme::Ansi)]
#[case("traffic", "4 k k", Theme::Mono)]
fn the_styles_of_the_glyphs_stay_the_same(
    #[case] name: &str,
    #[case] keys: &str,
    #[case] theme: Theme,
) {
    let mut stage = Stage::new(80, 24);
    stage.options = DashboardOptions { theme, ..DashboardOptions::default() };

    let ended = stage.press(keys);

    let both = [glyphs(&ended.buffer), styles(&ended.buffer)].join("\n");
    expect_file![format!("pictures/{name}-{theme:?}.styles.txt")].assert_eq(&both);
}

#[rstest]
fn without_colours_no_cell_has_one(
    #[values(
        "",
        "p",
        "2 Enter",
        "3 Enter",
        "4 !",
        "4 k Enter",
        "5",
        "5 c Enter",
        "?",
        "q",
        ": x",
        "4 / o p :"
    )]
    keys: &str,
) {
    let mut stage = Stage::new(110, 30);
    stage.options = DashboardOptions { theme: Theme::Mono, ..DashboardOptions::default() };

    let ended = stage.press(keys);

    for cell in ended.buffer.content() {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{cell:?}");
    }
}

/// The same tenant in every state that a colour tells: in mono the pictures differ by glyphs.
#[test]
fn without_colours_states_differ_by_glyphs() {
    let mut stage = Stage::new(80, 24);
    stage.options = DashboardOptions { theme: Theme::Mono, ..DashboardOptions::default() };

    let [live, paused] = ["4", "4 Space"].map(|keys| glyphs(&stage.press(keys).buffer));
    let users = glyphs(&stage.press("2").buffer);

    assert!(live.contains("▶ LIVE") && paused.contains("⏸ PAUSED"));
    for mark in ["+ ", "~ ", "= ", "- ", "! ", "✗ "] {
        assert!(live.lines().any(|it| it.starts_with(&format!("┃{mark}"))), "{mark}");
    }
    for sign in ["┃●", "┃○", "┃!"] {
        assert!(users.contains(sign), "{sign}");
    }
}

#[test]
fn an_svg_picture_is_the_same_every_time() {
    let sample = Arc::new(Sample::new(1_204, 412));
    let take = || picture(&mut SampleSource::new(&sample), (80, 24), traffic::at(412));

    assert_eq!(take(), take());
    expect_file!["pictures/overview-80x24.svg"].assert_eq(&take());
}
