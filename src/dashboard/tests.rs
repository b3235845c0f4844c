//! The dashboard as its users meet it: pictures of its screens, and the real loop under a script.

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
