//! The service as its users see it: what a job can be asked for, what it answers, and how it looks
//! while it works. A command and a server show the same types, in the same JSON.

mod description;
mod error;
mod logs;
mod order;
mod view;

pub use self::description::{DirectorySource, GeneratedSize, JobDescription};
pub use self::error::OrderError;
pub use self::logs::{LogFile, LogFormat, LogQuery};
pub use self::order::{JobAnswer, JobOrder, OnDemandOrder, RestartOrder, WeekOrder};
pub use self::view::{FinishedCycle, JobView, RunningCycle};
