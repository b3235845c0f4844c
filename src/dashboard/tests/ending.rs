//! Every way out of the dashboard.

use std::time::Duration;

use rstest::rstest;

use super::super::DashboardOptions;
use super::super::dashboard_exit::DashboardExit;
use super::super::event_loop::Input;
use super::harness::{Stage, Step, glyphs, keys};

#[rstest]
#[case::yes("q y", DashboardExit::StopBoth)]
#[case::hide("q h", DashboardExit::Hidden)]
#[case::stay("q Esc", DashboardExit::Stopped)]
#[case::anything_else_is_no_answer("q x Enter", DashboardExit::Stopped)]
#[case::escape_never_quits("Esc Esc Esc", DashboardExit::Stopped)]
#[case::interrupt_asks("Ctrl-c h", DashboardExit::Hidden)]
#[case::interrupt_twice("Ctrl-c Ctrl-c", DashboardExit::StopBoth)]
#[case::in_a_prompt_letters_are_text("2 / q y", DashboardExit::Stopped)]
#[case::interrupt_in_a_prompt("2 / a Ctrl-c Ctrl-c", DashboardExit::StopBoth)]
fn quitting_asks_what_becomes_of_the_server(#[case] keys: &str, #[case] expected: DashboardExit) {
    assert_eq!(Stage::new(80, 24).press(keys).exit, expected);
}

#[test]
fn a_second_interrupt_after_two_seconds_asks_again() {
    let pause = Step::Wait(Duration::from_millis(2_100));
    let steps = keys("Ctrl-c Esc").into_iter().chain([pause]).chain(keys("Ctrl-c"));

    let ended = Stage::new(80, 24).play(steps);

    assert_eq!(ended.exit, DashboardExit::Stopped);
    assert!(glyphs(&ended.buffer).contains("Stop the mock server too?"));
}

#[test]
fn quitting_does_not_ask_without_an_own_server() {
    let mut stage = Stage::new(80, 24);
    stage.options = DashboardOptions { owns_server: false, ..DashboardOptions::default() };

    assert_eq!(stage.press("q").exit, DashboardExit::Hidden);
    assert_eq!(stage.press("Ctrl-c").exit, DashboardExit::Hidden);
}

#[rstest]
#[case(Input::Signal(15), DashboardExit::Signalled(15))]
#[case(Input::Hangup, DashboardExit::TerminalLost)]
fn signals_end_the_dashboard(#[case] input: Input, #[case] expected: DashboardExit) {
    assert_eq!(Stage::new(80, 24).play([Step::Input(input)]).exit, expected);
}

#[test]
fn suspending_restores_the_terminal_and_continuing_draws_again() {
    let steps = [Step::Input(Input::Suspend)].into_iter().chain(keys("Ctrl-z 4"));

    let ended = Stage::new(80, 24).play(steps);

    assert_eq!((ended.exit, ended.seen.suspended), (DashboardExit::Stopped, 2));
    assert!(glyphs(&ended.buffer).contains("Traffic 412"));
}
