//! What must hold for every text: one function for each fuzz target.
//!
//! The targets in `fuzz_targets/` call these with what libFuzzer invents, and `tests/corpora/`
//! calls them with the texts that were kept, on a stable compiler and with every change.

mod bulk;
mod filter;
mod patch;
mod path;
mod plain;
mod sample;

pub use bulk::bulk;
pub use filter::filter;
pub use patch::patch;
pub use path::path;
