//! Why an order is not carried out.

use super::on_demand::OnDemandRefusal;
use crate::record::ErrorCode;
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
    /// The configuration lacks credentials.
    #[error(transparent)]
    MissingCredentials(#[from] MissingCredentials),
    /// "Test Connection" failed.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A change of the directory is refused, and with it the whole order.
    #[error("{error}")]
    Change {
        /// Which one, from 0.
        nth: usize,
        /// Why.
        error: DirectoryError,
    },
    /// Provisioning on demand is refused.
    #[error("{error}")]
    OnDemand {
        /// The member that names whom.
        field: &'static str,
        /// Why.
        error: OnDemandRefusal,
    },
}

/// The credentials that a configuration lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingCredentials {
    /// There is no Tenant URL.
    #[error("the Tenant URL is missing: copy the SCIM link in the admin console")]
    TenantUrl,
    /// There is no Secret Token.
    #[error("the Secret Token is missing: generate a secret key in the admin console")]
    SecretToken,
}

/// Why "Test Connection" failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", code.name())]
pub struct ConnectionError {
    /// The code.
    pub code: ErrorCode,
    /// The error or the response.
    pub reason: String,
}

impl OrderError {
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }
}
