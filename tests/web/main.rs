//! The pages over HTTP: their headers, who is let in, what forms do and what is recorded of them. How they
//! look and work is tested in a real browser, `tests/browser`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod browser;
mod forms;
mod guard;
mod headers;
mod history;
mod markup;
#[cfg(feature = "entra")]
mod portal;
mod recorded;
mod sizes;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;
