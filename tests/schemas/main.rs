//! Schemas and resource types of a tenant's own, and `/Me`, through HTTP. None of what is tested
//! here is known to the code: it is in `fixtures/examples/`.
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
