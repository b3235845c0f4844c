//! The services of a tenant.

use jiff::Timestamp;

use super::{answer::Answer, problem::ProblemDetails};
#[cfg(feature = "web")]
use crate::journal::Operation;

/// One of the services of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TenantApi {
    Scim,
    Admin,
    /// A step of MediusFlow's login, or of mock Entra behind it.
    #[cfg(feature = "web")]
    SignIn(SignInApi),
}

/// A step of a sign-in as a service.
#[cfg(feature = "web")]
#[derive(Clone, Copy, Debug)]
pub(super) struct SignInApi {
    /// What fault rules call it, behind `signin.`.
    pub(super) name: &'static str,
    pub(super) operation: Operation,
    /// How it refuses: people get a page, and programs OAuth's JSON.
    pub(super) refuse: fn(Self, ProblemDetails, RefusedAt<'_>) -> Answer,
}

/// The server at which a call is refused, and when.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "web"), expect(dead_code, reason = "pages and OAuth's errors say it"))]
pub(super) struct RefusedAt<'a> {
    /// The URL of the server, without a slash at its end.
    pub(super) server: &'a str,
    /// The time by the clock of the tenant, or by the server's if the call reached none.
    pub(super) now: Timestamp,
    /// The name of the tenant; `None` if the call reached none.
    pub(super) tenant: Option<&'a str>,
}

impl TenantApi {
    /// An error answer in the format of the service.
    #[cfg_attr(not(feature = "web"), expect(unused_variables, reason = "only pages say where"))]
    pub(super) fn refusal(self, problem: ProblemDetails, at: RefusedAt<'_>) -> Answer {
        match self {
            Self::Scim => Answer::scim_error(&problem.into_scim_error()),
            Self::Admin => problem.into_answer(),
            #[cfg(feature = "web")]
            Self::SignIn(step) => (step.refuse)(step, problem, at),
        }
    }
}

#[cfg(feature = "web")]
impl PartialEq for SignInApi {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.operation) == (other.name, other.operation)
    }
}

#[cfg(feature = "web")]
impl Eq for SignInApi {}
