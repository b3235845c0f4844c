//! The eleven steps beside the cards: which are done, and which is next.

use maud::{Markup, html};

use super::super::{portal, request::PageRequest};
use crate::medius::{SetupStep, StepEntry, StepState};

/// The steps as a page shows them. While a window is open its first step counts as done: it is the click that
/// opened it.
pub(super) fn entries(page: &PageRequest, opened: Option<SetupStep>) -> Vec<StepEntry> {
    let mut steps = page.tenant().snapshot().steps_at(page.now, &page.site.url);
    let Some(opened) = opened else { return steps };
    let at = steps.iter().position(|it| it.step == opened).unwrap_or_default();
    if steps[at].state == StepState::Current {
        steps[at].state = StepState::Done;
        if let Some(next) = steps[at..].iter_mut().find(|it| it.state == StepState::Open) {
            next.state = StepState::Current;
        }
    }
    steps
}

/// The words about what to do next.
pub(super) fn next(page: &PageRequest, steps: &[StepEntry]) -> Markup {
    let current = steps.iter().find(|it| it.state == StepState::Current);
    html! {
        p.next.end #next data-live {
            @if let Some(it) = current {
                "Next: " b { "step " (it.number) " of 11, " (it.label) }
            } @else if let Some(path) = portal::path(page.tenant()) {
                "All eleven steps are done. "
                a href=(page.site.link(&path)) { "Step 5: configure automatic provisioning in Microsoft Entra ID" }
            }
        }
    }
}

/// The list of the steps.
pub(super) fn list(page: &PageRequest, steps: &[StepEntry]) -> Markup {
    sections(steps, |it| linked(page, it))
}

/// The same behind a window, where nobody can follow a link and nothing is read aloud.
pub(super) fn behind_window(steps: &[StepEntry]) -> Markup {
    sections(steps, |it| html! { a { (content(it, html! { (it.label) })) } })
}

fn sections(steps: &[StepEntry], entry: impl Fn(&StepEntry) -> Markup) -> Markup {
    let (integration, provisioning) = steps.split_at(5);
    let item = |it: &StepEntry| html! { li class=(class(it.state)) { (entry(it)) } };
    html! {
        nav.steps #steps data-live aria-label="The eleven steps" {
            h2 { "Integration" }
            ol { @for it in integration { (item(it)) } }
            h2 { "User provisioning configuration" }
            ol start="6" { @for it in provisioning { (item(it)) } }
        }
    }
}

fn class(state: StepState) -> &'static str {
    match state {
        StepState::Done => "done",
        StepState::Current => "now",
        StepState::Open => "open",
    }
}

fn linked(page: &PageRequest, it: &StepEntry) -> Markup {
    let told = match it.state {
        StepState::Done => ", done",
        StepState::Current => ", next",
        StepState::Open => ", to do",
    };
    let is_next = it.state == StepState::Current;
    let name = html! { span.hidden { "Step " (it.number) " " } (it.label) span.hidden { (told) } };
    html! {
        a href=(link(page, it.step)) aria-current=[is_next.then_some("step")] { (content(it, name)) }
    }
}

/// What a step shows: its mark, its name, and what it set.
fn content(it: &StepEntry, name: Markup) -> Markup {
    html! {
        span.d { @if it.state != StepState::Done { (it.number) } }
        span.t { (name) }
        @if let Some(value) = it.value.as_ref().filter(|_| it.state == StepState::Done) {
            span.v { (value) }
        }
    }
}

/// Where a step is done.
fn link(page: &PageRequest, step: SetupStep) -> String {
    let below = match step {
        SetupStep::Authenticate => {
            let name = page.tenant().name();
            return page.site.link(&format!("/admin/?tenant={name}"));
        }
        SetupStep::VerifyConnection => "integration#verify",
        SetupStep::EntraTenantId => "integration#entra-tenant-id",
        SetupStep::SaveConfiguration => "integration#save",
        SetupStep::UseUserProvisioning => "integration#use",
        SetupStep::GenerateSecretKey | SetupStep::ConfirmSecretKey => {
            "user-provisioning-configuration#secret-key"
        }
        SetupStep::AddConfiguration
        | SetupStep::DefaultSettings
        | SetupStep::SaveUserConfiguration => "user-provisioning-configuration#configurations",
        SetupStep::CopyScimLink => "user-provisioning-configuration#scim-link",
    };
    page.link(&format!("admin/{below}"))
}
