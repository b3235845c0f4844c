//! The provisioning service of Microsoft Entra ID as a client: Step 5 of the tutorial.
//!
//! A [`Job`] brings any SCIM service to the state of a source [`SourceDirectory`], in cycles. Its
//! [`JobConfiguration`] says where the target is, who is in scope ([`scoping`]), and which
//! attributes flow ([`AttributeMappings`]). Mappings and filters read an object of the source
//! directory through [`Attributes`]. Mappings, expressions and filters are pure functions. Requests
//! go through a [`Transport`]. Time comes from a [`JobClock`], which also does the waiting.
//!
//! Names, limits and defaults are those of Microsoft's public documents. Where these say nothing,
//! the documentation of the item says *assumed*.
//!
//! Without the feature `job` there are only the types that say what a job is asked for, what it
//! answers and how it looks: [`JobOrder`], [`JobAnswer`], [`JobView`] and what they are made of.

mod attributes;
#[cfg(feature = "job")]
mod clock;
#[cfg(feature = "job")]
mod configuration;
#[cfg(feature = "job")]
mod evaluation_context;
#[cfg(feature = "job")]
pub mod expression;
#[cfg(feature = "job")]
mod job;
#[cfg(feature = "job")]
mod mapping;
mod named_enum;
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
mod split_mix;
#[cfg(feature = "job")]
mod target_client;
#[cfg(feature = "job")]
mod transport;
#[cfg(feature = "job")]
mod wire;

pub use attributes::{
    AppRole, AttributeKind, Attributes, ObjectType, SourceAttribute, SourceValue, source_attribute,
    source_attributes,
};
#[cfg(feature = "job")]
pub use clock::{JobClock, SimulatedClock, SystemClock};
#[cfg(feature = "job")]
pub use configuration::{
    ConfigurationError, Flag, JobConfiguration, ObjectMapping, QuarantineThresholds, SecretToken,
    TargetActions, TenantUrl, WithoutSoftDelete,
};
#[cfg(feature = "job")]
pub use evaluation_context::EvaluationContext;
#[cfg(feature = "job")]
pub use job::{INTERVAL, Job, JobCode, JobEnvironment, Simulation, StateFileError, Subject};
#[cfg(feature = "job")]
pub use mapping::{
    Apply, AttributeMapping, AttributeMappings, Flow, FlowValue, MappingError, MappingSource,
    RoleWrite, TargetType,
};
pub use record::{
    Action, CsvLogs, CycleKind, ErrorCode, LogEntry, LoggedType, Mail, ModifiedProperty, Progress,
    ScopeEvaluation, Status, csv_logs,
};
pub use service::{
    ConnectionError, Counts, CycleOutcome, CycleReport, DirectorySource, Execution, ExecutionState,
    FinishedCycle, GeneratedSize, JobAnswer, JobDescription, JobOrder, JobSettings, JobView,
    LogFile, LogFormat, LogQuery, MappingRow, MappingTable, MissingCredentials, OnDemandMember,
    OnDemandOrder, OnDemandOutcome, OnDemandRefusal, OnDemandReport, OnDemandStep, OrderError,
    Quarantine, QuarantineReason, Restart, RestartOrder, RunningCycle, Scope, TestedCredentials,
    WeekOrder,
};
pub use source::{
    Assignment, Change, ConfigurationFilters, DEFAULT_ACCESS, DirectoryEntry, DirectoryEntryState,
    DirectoryError, DirectoryFileError, DirectoryObject, DirectoryValue, ObjectKind, ObjectState,
    RESTORABLE_FOR, SourceDirectory, SourceObject, week,
};
#[cfg(feature = "network")]
pub use transport::{CertificateError, HttpTransport};
#[cfg(feature = "job")]
pub use transport::{Request, Response, Transport, TransportError};

/// The README's example runs.
#[cfg(all(doctest, feature = "job"))]
#[doc = include_str!("../README.md")]
struct ReadmeExample;
