//! The scim room.

mod filter;
mod path;

pub use filter::{CompareOp, CompareValue, Filter, MAX_DEPTH, MAX_LENGTH, SyntaxError};
pub use path::{AttrPath, PatchPath, Urns, ValuePath};
