//! The live terminal dashboard.
//!
//! It runs on a thread of its own and pulls: for each frame it asks its [`Source`] for the rows
//! that are visible, never for whole directories, and it draws when something changed, not on a
//! clock. The server never waits for it.

mod rows;
mod source;

pub use rows::{
    Applied, Attention, Classes, GroupName, GroupRow, MemberRow, Overview, Percentiles, See,
    SetupStep, StepState, TrafficCount, UserCount, UserDetail, UserRow,
};
pub use source::{
    Anchor, FilterError, ListAsk, Order, Placed, Source, TrafficAsk, TrafficWindow, View, Window,
};
