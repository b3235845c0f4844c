//! Tests of the dashboard: pictures of its screens, and the real loop with scripted input.

mod ending;
mod harness;
mod hostile;
mod lists;
mod pace;
mod pictures;
mod prompts;
mod sizes;
mod traffic;
mod truth;
