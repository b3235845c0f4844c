//! The live terminal dashboard.
//!
//! It runs on a thread of its own and pulls: for each frame it asks its [`Source`] for the rows
//! that are visible, never for whole directories, and it draws when something changed, not on a
//! clock. The server never waits for it.

mod local;
mod rows;
mod source;

pub use local::Local;
pub use rows::{
    Applied, Attention, GroupName, GroupRow, MemberRow, Overview, See, SetupStep, StepState,
    UserCount, UserDetail, UserRow,
};
pub use source::{Anchor, ListAsk, Order, Placed, Source, TrafficAsk, TrafficWindow, View, Window};
