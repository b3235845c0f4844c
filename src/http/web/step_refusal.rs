//! How a step of a sign-in refuses what its handler does not see: people get a page, and programs OAuth's JSON.
//! The journal says it in words.

use maud::{Markup, html};

use super::{
    entra, frame,
    sign_in_step::{StepCaller, StepKind},
    site::Site,
};
use crate::{
    http::{
        answer::Answer,
        api::{RefusedAt, SignInApi, TenantApi},
        problem::ProblemDetails,
    },
    journal::Operation,
};

/// A step as a service of its tenant.
pub(super) fn api(step: StepKind) -> TenantApi {
    let refuse = match step.caller {
        StepCaller::Program => refuse_program,
        StepCaller::Browser | StepCaller::AnyBrowser => refuse_person,
    };
    TenantApi::SignIn(SignInApi { name: step.name, operation: step.operation(), refuse })
}

/// A page that says why nothing was done, recorded as this with the same words.
pub(super) fn page(operation: Operation, problem: ProblemDetails, at: RefusedAt<'_>) -> Answer {
    let words = problem.detail().to_owned();
    let site = Site::new(at.server.to_owned());
    let more = html! { @if let Some(it) = at.tenant { (way_on(&site, it, operation)) } };
    let mut answer = frame::refusal(&site, problem.into_answer(), more);
    answer.record.operation = operation;
    answer.remark(words)
}

/// Where to go on at a tenant after this was refused.
fn way_on(site: &Site, tenant: &str, operation: Operation) -> Markup {
    let (below, label) = match operation {
        Operation::Admin => ("admin/", "Admin console"),
        // The site that asked mock Entra for a sign-in knows where it began.
        Operation::Entra => return html! {},
        _ => ("?choose", "Begin again"),
    };
    let address = site.link(&format!("/{tenant}/{below}"));
    html! { div.actions { a.button.primary href=(address) { (label) } } }
}

fn refuse_person(step: SignInApi, problem: ProblemDetails, at: RefusedAt<'_>) -> Answer {
    let words = format!("{} refused: {}", step.name, problem.detail());
    let answer = page(step.operation, problem, at);
    // A line about mock Entra has no words but these.
    if step.operation == Operation::Entra { answer.remark(words) } else { answer }
}

fn refuse_program(step: SignInApi, problem: ProblemDetails, at: RefusedAt<'_>) -> Answer {
    entra::refused(step.name, problem, at.now)
}
