//! Pictures of every screen.

use expect_test::expect_file;
use rstest::rstest;

use super::harness::{Stage, glyphs};

#[rstest]
#[case("overview", "")]
#[case("users", "2 j j")]
#[case("user", "2 j Enter")]
#[case("user-json", "2 j Enter Tab")]
#[case("groups", "3 Enter")]
#[case("traffic", "4")]
#[case("traffic-paused", "4 k k k k Space")]
#[case("exchange", "4 k k k k Enter")]
#[case("help", "?")]
fn each_screen_looks_as_it_did(
    #[case] name: &str,
    #[case] keys: &str,
    #[values((80, 24), (120, 40))] (width, height): (u16, u16),
) {
    let ended = Stage::new(width, height).press(keys);

    expect_file![format!("pictures/{name}-{width}x{height}.txt")].assert_eq(&glyphs(&ended.buffer));
}
