//! The medius room.
