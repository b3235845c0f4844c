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

mod attributes;
mod clock;
mod configuration;
pub mod expression;
mod job;
mod mapping;
mod moment;
mod pattern;
mod record;
#[cfg(test)]
mod sample;
pub mod scoping;
mod service;
mod source;
mod target;
mod transport;
mod wire;
mod words;

pub use attributes::{
    AppRole, AttributeKind, Attributes, ObjectType, SourceAttribute, SourceValue, source_attribute,
    source_attributes,
};
pub use clock::{Clock, SimulatedClock, SystemClock};
pub use configuration::{
    ConfigurationError, Flag, JobConfiguration, ObjectMapping, QuarantineThresholds, SecretToken,
    TargetActions, TenantUrl, WithoutSoftDelete,
};
pub use job::{INTERVAL, Job, JobCode, Outside, Simulation, StateFileError, Subject};
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
pub use transport::{Request, Response, Transport, TransportError};

/// The README's example runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
