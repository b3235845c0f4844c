//! What the tests of this folder share.

pub(crate) mod client;
pub(crate) mod matching;
pub(crate) mod recording;
pub(crate) mod replay;
pub(crate) mod server;
pub(crate) mod variables;
