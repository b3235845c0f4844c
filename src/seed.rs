//! The seed room.
