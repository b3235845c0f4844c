//! A MediusFlow tenant on your own machine: its admin console and its SCIM 2.0 service, in memory.
//!
//! Most users want [`server::MockServer`]: a server with two seeded tenants that starts in
//! milliseconds, takes a free port, and stops when it is dropped.
//!
//! ```
//! use mediusflow_mock::server::MockServer;
//!
//! let server = MockServer::builder().seed(7).users(3).start()?;
//!
//! // Point your client at this URL, with this key as bearer token.
//! assert!(server.scim_url().starts_with("http://127.0.0.1:"));
//! assert!(server.secret_key().is_some());
//! // What it sent, and what that changed:
//! assert!(server.requests().is_empty());
//! # Ok::<(), mediusflow_mock::server::StartError>(())
//! ```
//!
//! The rooms, from the top: [`server`] binds, seeds and serves; [`http`] turns requests into calls
//! and records them; [`tenant`] holds one tenant's state and the operations on it; [`journal`] keeps
//! exchanges; [`seed`] makes people from a number; [`medius`] is MediusFlow's model; [`scim`] is the
//! standard as data and pure functions. Beside them stands `entra` (feature `entra`), the
//! provisioning service of Microsoft Entra ID as a client. `ARCHITECTURE.md` in the repository has the map.
//!
//! Not affiliated with Medius or Microsoft. What is known of MediusFlow and what is this project's
//! own design is listed in the README.

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "dashboard")]
pub mod dashboard;
pub mod fault;
pub mod http;
pub mod journal;
pub mod medius;
pub mod seed;
pub mod server;
pub mod tenant;

#[cfg(feature = "entra")]
#[doc(no_inline)]
pub use entra_provisioning as entra;
#[doc(no_inline)]
pub use scim_engine as scim;
