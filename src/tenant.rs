//! The tenant room.
