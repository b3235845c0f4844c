//! The two services of a tenant.

use super::{answer::Answer, problem::Problem};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Scim,
    Admin,
}

impl Api {
    /// A refusal in the form of the service.
    pub(super) fn refusal(self, problem: Problem) -> Answer {
        match self {
            Self::Scim => Answer::scim_error(&problem.into_scim_error()),
            Self::Admin => problem.into_answer(),
        }
    }
}
