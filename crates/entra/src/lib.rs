//! The Microsoft Entra side: the provisioning service of the tutorial's Step 5, as a client.
//!
//! A [`Job`] brings any SCIM service to the state of a source [`Directory`], cycle by cycle. What it
//! does is told by its [`JobConfiguration`]: where the target is, who is in scope ([`scoping`]), and
//! which attributes flow ([`AttributeMappings`]). An object of the source directory is anything that
//! answers for its [`Attributes`]. Mappings, expressions and filters are pure functions; requests go
//! through a [`Transport`], and time, waiting included, comes from a [`Clock`].
//!
//! The names, limits and defaults are those of Microsoft's public documents; where these are
//! silent, the item's documentation says *assumed*.
//!
//! Without the feature `job` there are only the types that say what a job is asked for, what it
//! answers and how it looks: [`JobOrder`], [`JobAnswer`], [`JobView`] and what they are made of.

mod attributes;
#[cfg(feature = "job")]
mod clock;
#[cfg(feature = "job")]
mod configuration;
#[cfg(feature = "job")]
pub mod expression;
#[cfg(feature = "job")]
mod job;
#[cfg(feature = "job")]
mod mapping;
mod moment;
#[cfg(feature = "job")]
mod pattern;
mod record;
#[cfg(test)]
#[cfg(feature = "job")]
mod sample;
#[cfg(feature = "job")]
pub mod scoping;
mod service;
mod source;
#[cfg(feature = "job")]
mod target;
#[cfg(feature = "job")]
mod transport;
#[cfg(feature = "job")]
mod wire;
mod words;

pub use attributes::{
    AppRole, AttributeKind, Attributes, ObjectType, SourceAttribute, SourceValue, source_attribute,
    source_attributes,
};
#[cfg(feature = "job")]
pub use clock::{Clock, SimulatedClock, SystemClock};
#[cfg(feature = "job")]
pub use configuration::{
    ConfigurationError, Flag, JobConfiguration, ObjectMapping, QuarantineThresholds, SecretToken,
    TargetActions, TenantUrl, WithoutSoftDelete,
};
#[cfg(feature = "job")]
pub use job::{INTERVAL, Job, JobCode, Outside, Simulation, StateFileError, Subject};
#[cfg(feature = "job")]
pub use mapping::{
    Apply, AttributeMapping, AttributeMappings, Flow, FlowValue, MappingError, MappingSource,
    RoleWrite, TargetType,
};
pub use moment::Moment;
pub use record::{
    Action, CsvLogs, CycleKind, ErrorCode, LogEntry, LoggedType, Mail, ModifiedProperty, Progress,
    ScopeEvaluation, Status, csv_logs,
};
pub use service::{
    ConnectionError, Counts, CycleReport, DirectorySource, Ended, Execution, ExecutionState,
    FinishedCycle, GeneratedSize, JobAnswer, JobDescription, JobOrder, JobView, LogFile, LogFormat,
    LogQuery, NotReady, OnDemandMember, OnDemandOrder, OnDemandOutcome, OnDemandRefusal,
    OnDemandReport, OnDemandStep, OrderError, Quarantine, QuarantineReason, Restart, RestartOrder,
    RunningCycle, Scope, WeekOrder,
};
pub use source::{
    Change, ConfigurationFilters, DEFAULT_ACCESS, Directory, DirectoryError, DirectoryFileError,
    Kind, Object, ObjectState, RESTORABLE_FOR, Role, SourceObject, Value, week,
};
#[cfg(feature = "network")]
pub use transport::{CertificateError, HttpTransport};
#[cfg(feature = "job")]
pub use transport::{Request, Response, Transport, TransportError};

/// The README's example runs.
#[cfg(all(doctest, feature = "job"))]
#[doc = include_str!("../README.md")]
struct Readme;
