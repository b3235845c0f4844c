//! The state file: a directory and the state of a job between two runs of a program.

use serde::{Deserialize, Serialize};

use super::Job;
use super::state::JobState;
use crate::configuration::JobConfiguration;
use crate::service::MissingCredentials;
use crate::source::SourceDirectory;
use scim_engine::in_plain_words;

/// The format name in a state file.
const FORMAT: &str = "mediusflow-mock/entra/1";

/// A source directory and the job that provisions it.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The source.
    pub directory: SourceDirectory,
    /// The job.
    pub job: Job,
}

/// Why a state file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateFileError {
    /// It is broken: printed as `job.json:3:17: what is wrong`.
    #[error("{file}:{line}:{column}: {message}")]
    Broken {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The configuration lacks credentials.
    #[error(transparent)]
    MissingCredentials(#[from] MissingCredentials),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StateFile {
    format: String,
    tenant_id: String,
    seed: u64,
    directory: SourceDirectory,
    job: JobState,
}

impl Simulation {
    /// The state as JSON. It holds no configuration, and therefore no secret.
    ///
    /// # Panics
    ///
    /// Never: the state has text keys and finite numbers only.
    pub fn to_json(&self) -> String {
        let file = StateFile {
            format: FORMAT.into(),
            tenant_id: self.job.tenant_id.to_string(),
            seed: self.job.seed,
            directory: self.directory.clone(),
            job: self.job.state.clone(),
        };
        serde_json::to_string(&file).expect("the state has text keys and finite numbers only")
    }

    /// Reads what [`Self::to_json`] wrote. If the mappings or filters differ from those of the
    /// state, the next cycle is an initial one.
    ///
    /// # Errors
    ///
    /// If the file is broken, or the configuration lacks credentials. `file` is its name in errors.
    pub fn from_json(
        configuration: JobConfiguration,
        file: &str,
        text: &str,
    ) -> Result<Self, StateFileError> {
        let broken = |line, column, message: String| StateFileError::Broken {
            file: file.into(),
            line,
            column,
            message,
        };
        let read: StateFile = serde_json::from_str(text).map_err(|error| {
            let whole = error.to_string();
            let message = whole.rsplit_once(" at line ").map_or(&*whole, |(message, _)| message);
            broken(error.line().max(1), error.column().max(1), in_plain_words(message))
        })?;
        if read.format != FORMAT {
            let message = format!("format: expected {FORMAT}, found {}", read.format);
            return Err(broken(1, 1, message));
        }
        let mut job = Job::new(configuration, &read.tenant_id, read.seed)?;
        job.state = read.job;
        job.state.index().map_err(|message| broken(1, 1, message))?;
        if job.state.watermark.is_some_and(|it| it > read.directory.version()) {
            let message = "job.watermark: is ahead of the directory's version".to_owned();
            return Err(broken(1, 1, message));
        }
        job.notice_new_mappings();
        Ok(Self { directory: read.directory, job })
    }
}
