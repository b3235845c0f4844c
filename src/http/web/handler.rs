//! What handles a request for a page.

use super::{
    request::{Click, PageRequest},
    sign_in_step::{SignInStep, StepCaller},
};
use crate::http::{answer::Answer, problem::HandlerResult};

/// What handles a request for a page.
#[derive(Clone, Copy)]
pub(in crate::http) enum PageHandler {
    /// A file that pages are made of.
    File(fn() -> Answer),
    /// Shows a page to anybody.
    Page(fn(&PageRequest) -> HandlerResult),
    /// Shows a page of a tenant's console to who has logged in there.
    Console(fn(&PageRequest) -> HandlerResult),
    /// Makes the call of the console's API that a button stands for.
    Click(Click),
    /// Logs in to a console.
    LogIn,
    /// Makes the call of the control API that a button of mock Entra's provisioning pages stands for.
    PortalClick(Click),
    /// Tells a page when something has changed, if the browser may know.
    Changes(fn(&PageRequest) -> bool),
    /// A step of a sign-in.
    Step(SignInStep),
}

impl PageHandler {
    /// Whether a program calls it, and no browser.
    pub(in crate::http) fn is_for_programs(self) -> bool {
        matches!(self, Self::Step(step) if step.kind.caller == StepCaller::Program)
    }
}
