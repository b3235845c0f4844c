//! A MediusFlow tenant on your own machine: its admin console and its SCIM 2.0 service, in memory.

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "dashboard")]
pub mod dashboard;
pub mod http;
pub mod journal;
pub mod medius;
pub mod scim;
pub mod seed;
pub mod server;
pub mod tenant;
