//! Why an order is not carried out.

use crate::job::{ConnectionError, NotReady, OnDemandRefusal};
use crate::source::DirectoryError;

/// Why an order is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// A member of the order cannot be used.
    #[error("{detail}")]
    Invalid {
        /// The member.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The configuration makes no job.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// "Test Connection" failed.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A change of the directory is refused, and so all of its order are.
    #[error("{error}")]
    Change {
        /// Which one, from 0.
        nth: usize,
        /// Why.
        error: DirectoryError,
    },
    /// Nobody is provisioned on demand.
    #[error("{error}")]
    OnDemand {
        /// The member that names whom.
        field: &'static str,
        /// Why.
        error: OnDemandRefusal,
    },
}

impl OrderError {
    pub(super) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }
}
