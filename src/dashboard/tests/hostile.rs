//! Texts that want to do something to the terminal.

use rstest::rstest;

use super::super::sample::Sample;
use super::harness::{Stage, glyphs};

#[rstest]
#[case::escape("a\u{1b}[31mb", "a␛[31mb")]
#[case::right_to_left("a\u{202e}b", "a\\u{202e}b")]
#[case::line_break("a\r\nb", "a␍␊b")]
#[case::isolate("\u{2066}ab", "\\u{2066}ab")]
fn control_characters_in_a_name_are_shown_as_codes(
    #[case] name: &'static str,
    #[case] shown: &str,
    #[values("2 G", "2 G Enter", "2 G Enter Tab", "3 G Enter")] keys: &str,
) {
    let mut sample = Sample::new(20, 5);
    sample.first_name = name;

    let text = glyphs(&Stage::new(80, 30).over(sample).press(keys).buffer);

    assert!(text.contains(shown) || text.contains(&shown[..shown.len() - 2]), "{text}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    assert!(!text.contains(['\u{202e}', '\u{2066}']));
}
