//! A MediusFlow tenant on your own machine: its admin console and its SCIM 2.0 service, in memory.
//!
//! Most users want [`MockServer`]: a server with two seeded tenants that starts in
//! milliseconds, takes a free port, and stops when it is dropped.
//!
//! ```
//! use mediusflow_mock::MockServer;
//!
//! let server = MockServer::builder().seed(7).users(3).start()?;
//!
//! // Point your client at this URL, with this key as bearer token.
//! assert!(server.scim_url().starts_with("http://127.0.0.1:"));
//! assert!(server.secret_key().is_some());
//! // What it sent, and what that changed:
//! assert!(server.requests().is_empty());
//! # Ok::<(), mediusflow_mock::StartError>(())
//! ```
//!
//! [`TestTenant`] has what a test asks and expects of one tenant, [`traffic`] what was recorded.
//! [`scim`] is the SCIM 2.0 engine and [`entra`] Microsoft Entra ID's provisioning service as a client
//! (its job needs the feature `entra`). Both are crates of their own. `ARCHITECTURE.md` in the
//! repository has the map.
//!
//! Not affiliated with Medius or Microsoft. What is known of MediusFlow and what is this project's
//! own design is listed in the README.

#![cfg_attr(
    not(feature = "internals"),
    allow(
        unreachable_pub,
        unused_imports,
        clippy::struct_field_names,
        reason = "what is `pub` in a room is for the other rooms and their tests; this page has what users see"
    )
)]
#![cfg_attr(
    feature = "internals",
    allow(unnameable_types, reason = "our own tests name of the rooms what they need")
)]
#![cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "the program and its dashboard use it")
)]

#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "dashboard")]
mod dashboard;
mod fault;
mod http;
mod journal;
mod medius;
#[cfg(feature = "web")]
mod oidc;
mod seed;
mod server;
mod tenant;

#[cfg(feature = "cli")]
pub use cli::run;
pub use http::{LogSwitch, ManualClock, ServerClock};
pub use medius::TenantNameError;
pub use seed::{FixtureError, TenantSeed, schemas_from, tenant_from};
pub use server::{
    ExpectError, ExpectSignInsError, FaultError, MockServer, MockServerBuilder, NewTenantError,
    SEED_TIME, StartError, TestTenant, WaitError,
};
#[cfg(feature = "web")]
pub use server::{SignInError, SignedIn};
pub use tenant::{SettingsError, SnapshotError, TenantOptions, TenantOptionsError};

/// What is recorded of requests, and what tests expect of them.
pub mod traffic {
    pub use crate::journal::{
        AttributeChange, Auth, BrokenRule, Count, Effect, EffectKind, Exchange, ExchangeSubject,
        Expectation, Fault, FilterError, FilterTestResult, Finding, Hits, Mark, Message, Mismatch,
        MissingExchanges, NamedValue, NearMiss, Operation, Problem, Record, Report, SignInAttempt,
        SignInChange, SignInTurn, TrafficFilter, TurnedSignIns, UnmetExpectation, ValueChange,
        VerifiedTraffic,
    };
    pub use crate::medius::{
        SignInResult, SignInSequence, SignInSequenceError, UnknownSignInResult,
    };
}

#[doc(no_inline)]
pub use entra_provisioning as entra;
#[doc(no_inline)]
pub use scim_engine as scim;

#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
