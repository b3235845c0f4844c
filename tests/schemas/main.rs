//! A tenant's own schemas and resource types, and `/Me`, through HTTP. The schemas are not part of
//! the code: they are in `fixtures/examples/`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bulk;
mod console;
mod cost_centers;
mod devices;
mod discovery;
mod kinds;
mod me;
mod required_parts;
mod returned;
mod support;
mod types;
