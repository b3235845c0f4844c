//! The interface of the service: what a job can be asked for, its answers, and its state while it
//! works. Command and server use the same types and the same JSON.

mod description;
mod error;
mod execution;
mod logs;
mod on_demand;
mod order;
mod quarantine;
mod restart;
mod settings;
mod view;

pub use self::description::{
    DirectorySource, GeneratedSize, JobDescription, Scope, TestedCredentials,
};
pub use self::error::{ConnectionError, MissingCredentials, OrderError};
pub use self::execution::{Counts, CycleOutcome, CycleReport, Execution, ExecutionState};
pub use self::logs::{LogFile, LogFormat, LogQuery};
pub use self::on_demand::{
    OnDemandMember, OnDemandOrder, OnDemandOutcome, OnDemandRefusal, OnDemandReport, OnDemandStep,
};
pub use self::order::{JobAnswer, JobOrder, WeekOrder};
pub use self::quarantine::{Quarantine, QuarantineReason};
pub use self::restart::{Restart, RestartOrder};
pub use self::settings::{JobSettings, MappingRow, MappingTable};
pub use self::view::{FinishedCycle, JobView, RunningCycle};
