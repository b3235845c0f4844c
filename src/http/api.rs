//! The two services of a tenant.

use super::{answer::Answer, problem::ProblemDetails};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TenantApi {
    Scim,
    Admin,
}

impl TenantApi {
    /// A refusal in the form of the service.
    pub(super) fn refusal(self, problem: ProblemDetails) -> Answer {
        match self {
            Self::Scim => Answer::scim_error(&problem.into_scim_error()),
            Self::Admin => problem.into_answer(),
        }
    }
}
