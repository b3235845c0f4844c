//! Step 5 of the tutorial beside the cards: what is done, and what comes next.

use maud::{Markup, html};

use super::{job_status::is_on, layout::Portal};
use crate::entra::{CycleOutcome, ErrorCode, FinishedCycle, JobView};

/// A part of Step 5 or 6.
struct Part {
    label: &'static str,
    state: PartState,
    /// What was given there.
    value: Option<String>,
    path: &'static str,
}

/// How far a part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PartState {
    Done,
    Next,
    Open,
    /// To do for whoever wants it.
    Optional,
}

/// The list of the parts.
pub(super) fn list(portal: &Portal<'_>) -> Markup {
    let mut parts = parts(portal);
    if let Some(next) = parts.iter_mut().find(|it| it.state == PartState::Open) {
        next.state = PartState::Next;
    }
    html! {
        nav.steps #steps data-live aria-label="Steps 5 and 6" {
            h2 { "Steps 5 and 6" }
            ol { @for it in &parts { (entry(portal, it)) } }
            p.small.muted {
                a href=(portal.page.link(&format!("entra/{}/applications", portal.tenant_id))) {
                    "Enterprise applications"
                }
                " has MediusFlow already, so Step 3 has no page here."
            }
        }
    }
}

fn parts(portal: &Portal<'_>) -> [Part; 6] {
    let job = portal.job.as_deref();
    let is = |test: fn(&JobView) -> bool| match job {
        Some(job) if test(job) => PartState::Done,
        _ => PartState::Open,
    };
    let part = |label, path, state| Part { label, state, value: None, path };
    let email = job.and_then(|it| it.settings.notification_email.as_ref());
    let scope = job.map(|it| it.settings.scope.label().to_owned());
    let objects = job.map(|it| format!("{} in the directory", it.objects));
    let email_state = if email.is_some() { PartState::Done } else { PartState::Optional };
    [
        part("5.4 Set the Provisioning Mode to Automatic", "#mode", is(|_| true)),
        part("5.5 Admin Credentials", "#admin-credentials", is(are_accepted)),
        Part {
            value: email.map(ToString::to_string),
            ..part("5.6 Notification Email", "#notification-email", email_state)
        },
        Part {
            value: objects,
            ..part("4 Users and groups", "/users-and-groups", is(|it| it.objects > 0))
        },
        Part { value: scope, ..part("5.13 Provisioning Status On", "#settings", is(is_on)) },
        part("6 Initial cycle completed", "/monitor", is(|it| it.cycles.iter().any(is_complete))),
    ]
}

/// Whether nothing is known against the credentials.
fn are_accepted(job: &JobView) -> bool {
    let code = job.quarantine.as_ref().and_then(|it| it.code);
    code != Some(ErrorCode::CredentialValidationFailure)
}

fn is_complete(it: &FinishedCycle) -> bool {
    it.outcome == CycleOutcome::Completed
}

fn entry(portal: &Portal<'_>, part: &Part) -> Markup {
    let (class, told) = match part.state {
        PartState::Done => ("done", ", done"),
        PartState::Next => ("now", ", next"),
        PartState::Open => ("open", ", to do"),
        PartState::Optional => ("open", ", optional"),
    };
    let is_done = part.state == PartState::Done;
    html! {
        li class=(class) {
            a href=(portal.link(part.path))
                aria-current=[(part.state == PartState::Next).then_some("step")] {
                span.d {}
                span.t { (part.label) span.hidden { (told) } }
                @if let Some(value) = part.value.as_ref().filter(|_| is_done) { span.v { (value) } }
            }
        }
    }
}
