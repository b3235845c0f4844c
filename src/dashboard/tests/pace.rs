//! When frames are drawn: on change and not on a clock.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::DashboardOptions;
use super::super::event_loop::Input;
use super::super::sample::Sample;
use super::harness::{Stage, Step, keys};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A stage whose exchanges are all older than a minute, so that no number falls any more.
fn still() -> Stage {
    let sample = Sample::new(20, 1);
    // The clock of the stage starts where the next exchange would be: an hour of silence.
    Stage { silence: jiff::SignedDuration::from_hours(1), ..Stage::new(80, 24) }.over(sample)
}

#[test]
fn an_idle_tenant_is_drawn_once() {
    let ended = still().play([Step::Wait(ms(60_000))]);

    assert_eq!(ended.seen.frames.len(), 1);
}

#[test]
fn a_falling_rate_is_drawn_once_a_second_until_it_is_zero() {
    let ended = Stage::new(80, 24).play([Step::Wait(ms(120_000))]);

    let frames = ended.seen.frames.len();
    assert!((60..=63).contains(&frames), "{frames} frames");
}

#[test]
fn a_busy_tenant_is_drawn_twenty_times_a_second() {
    let stage = still();
    let mut steps = Vec::new();
    for _ in 0..1_000 {
        let sample = Arc::clone(&stage.sample);
        steps.push(Step::Do(Box::new(move || sample.record(5))));
        steps.push(Step::Wait(ms(1)));
    }

    let ended = stage.play(steps);

    let frames = ended.seen.frames.len();
    assert!((19..=22).contains(&frames), "{frames} frames");
}

#[test]
fn without_motion_it_is_drawn_once_a_second() {
    let mut stage = still();
    stage.options = DashboardOptions { motion: false, ..DashboardOptions::default() };
    let mut steps = Vec::new();
    for _ in 0..300 {
        let sample = Arc::clone(&stage.sample);
        steps.push(Step::Do(Box::new(move || sample.record(1))));
        steps.push(Step::Wait(ms(10)));
    }

    let ended = stage.play(steps);

    let frames = ended.seen.frames.len();
    assert!((3..=5).contains(&frames), "{frames} frames");
}

#[test]
fn a_key_is_drawn_at_once() {
    let steps = [Step::Wait(ms(500))].into_iter().chain(keys("2")).chain([Step::Wait(ms(500))]);

    let ended = still().play(steps);

    assert_eq!(ended.seen.frames.len(), 2);
    assert_eq!(ended.seen.frames[1], ms(500));
}

#[test]
fn keys_typed_faster_than_frames_apply_to_the_new_selection() {
    let stage = Stage::new(80, 24);

    let ended = stage.press("2 j j j j j t");

    let sixth = format!("{:08x}", 1_204 - 6);
    assert_eq!(ended.model.traffic.text(), format!("user:\"{sixth}\""));
    assert!(ended.seen.frames.len() <= 3, "{:?}", ended.seen.frames);
}

#[test]
fn a_series_of_resizes_is_drawn_once_at_its_end() {
    let resizes = (0..60).flat_map(|_| [Step::Input(Input::Resize), Step::Wait(ms(1))]);

    let ended = still().play(resizes.chain([Step::Wait(ms(100))]));

    assert!(ended.seen.frames.len() <= 4, "{:?}", ended.seen.frames);
}

#[test]
fn screens_without_a_list_query_the_numbers_only() {
    let stage = still();

    stage.play([Step::Wait(ms(10_000))]);

    assert_eq!(stage.sample.pulls.load(Ordering::Acquire), 1);
}

#[test]
fn a_toast_disappears_after_its_time() {
    let steps = keys("/").into_iter().chain([Step::Wait(ms(5_000))]);

    let ended = still().play(steps);

    assert!(ended.model.toast.is_none());
    assert_eq!(ended.seen.frames.len(), 3);
}
