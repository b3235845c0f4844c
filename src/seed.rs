//! Where a tenant's content comes from: fixtures with exact error positions, and companies' worth
//! of people who do not exist, from a `u64`.
//!
//! Pure functions: the same seed gives the same bytes, on every machine.

mod dice;
mod fixture;
mod group;
mod names;
mod person;
mod schemas;
mod tenant;
mod work;

pub use fixture::{FixtureError, parse};
pub use group::{GroupSeed, groups};
pub use person::{Person, people};
pub use schemas::schemas_from;
pub use tenant::{TenantSeed, nordlys, nordlys_qa, tenant_from};
