//! The services of a tenant.

use super::{answer::Answer, problem::ProblemDetails};
#[cfg(feature = "web")]
use crate::journal::Operation;

/// One of the services of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TenantApi {
    Scim,
    Admin,
    /// MediusFlow's login, and mock Entra behind it.
    #[cfg(feature = "web")]
    SignIn,
}

impl TenantApi {
    /// An error answer in the format of the service.
    pub(super) fn refusal(self, problem: ProblemDetails) -> Answer {
        match self {
            Self::Scim => Answer::scim_error(&problem.into_scim_error()),
            Self::Admin => problem.into_answer(),
            #[cfg(feature = "web")]
            Self::SignIn => problem.into_answer(),
        }
    }
}

/// The operation of a step of a sign-in, as far as its name tells.
#[cfg(feature = "web")]
pub(super) fn sign_in_operation(name: &str) -> Operation {
    match name {
        "login" | "local" | "callback" => Operation::SignIn,
        "logout" => Operation::SignOut,
        _ => Operation::Entra,
    }
}
