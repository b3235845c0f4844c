//! Every size of a terminal, also those in which nothing can be seen.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use rstest::rstest;

use super::super::model::Model;
use super::super::pull::pull;
use super::super::sample::{SampleSource, start};
use super::super::screens;
use super::harness::{Stage, glyphs};

fn picture(source: &mut SampleSource, model: &Model, width: u16, height: u16) -> Buffer {
    let mut model = model.clone();
    model.size = Size { width, height };
    pull(&mut model, source, start());
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    screens::draw(&mut buffer, &model);
    buffer
}

#[rstest]
fn no_size_is_too_small(
    #[values(
        "",
        "p",
        "2",
        "2 j Enter",
        "3 Enter",
        "4 k",
        "4 k Enter z",
        "4 ! /",
        "5",
        "5 c Enter",
        "?",
        "q",
        "2 y",
        ":"
    )]
    keys: &str,
) {
    let stage = Stage::new(80, 24);
    let model = stage.press(keys).model;

    let mut source = SampleSource::new(&stage.sample);
    for width in 0..=60 {
        for height in 0..=30 {
            let buffer = picture(&mut source, &model, width, height);
            let area = usize::from(width) * usize::from(height);
            assert_eq!(buffer.content().len(), area);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_size_is_too_large(
        width in 60_u16..400, height in 0_u16..150,
        keys in prop::sample::select(vec!["", "p", "2 Enter", "3 Enter", "4 k Enter", "5", "5 Enter", "?", "q"]),
    ) {
        let stage = Stage::new(80, 24);
        let model = stage.press(keys).model;

        picture(&mut SampleSource::new(&stage.sample), &model, width, height);
    }
}

/// Every row that a size shows is asked for, and none that it does not.
#[rstest]
#[case("2", 80, 24)]
#[case("2 Enter", 80, 24)]
#[case("3 Enter", 120, 40)]
#[case("4 k", 200, 50)]
#[case("5", 120, 40)]
#[case("5 k", 48, 14)]
#[case("4 PgUp PgUp", 48, 14)]
#[case("", 120, 40)]
fn no_more_rows_are_asked_for_than_are_visible(
    #[case] keys: &str,
    #[case] width: u16,
    #[case] height: u16,
) {
    let stage = Stage::new(width, height);

    stage.press(keys);

    let asked = stage.sample.asked.load(std::sync::atomic::Ordering::Acquire);
    assert!(asked > 0 && asked <= usize::from(height), "{asked} rows for a height of {height}");
}

#[test]
fn the_smallest_terminal_shows_rate_and_errors() {
    let stage = Stage::new(14, 1);

    assert_eq!(glyphs(&stage.press("").buffer), "●3/s  113 err\n");
}

#[test]
fn a_million_users_need_as_many_queried_rows_as_a_thousand() {
    let stage = Stage::new(80, 24).over(super::super::sample::Sample::new(1_000_000, 10));

    let ended = stage.press("2 G k k g j PgDn");

    assert!(glyphs(&ended.buffer).contains("Users 1,000,000"));
    assert_eq!(ended.model.users.window.rows.len(), 18);
    assert_eq!(stage.sample.asked.load(std::sync::atomic::Ordering::Acquire), 18);
}
