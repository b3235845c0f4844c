//! The journal: every exchange of a tenant, bounded, readable by cursor.

mod exchange;

pub use exchange::*;
