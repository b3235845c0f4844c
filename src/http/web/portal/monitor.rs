//! The tab *Monitor*: Step 6 of the tutorial. The cycle that runs, the quarantine, the last cycles and the mails.

use maud::{Markup, html};

use super::{
    super::{
        frame::sentence,
        history,
        request::{ApiAnswer, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    calls::{as_call, call as job_call},
    cycles,
    job_status::{self, capital, is_on, time},
    layout::{Portal, PortalPage, PortalTab},
    provisioning::{refused, unknown_button},
};
use crate::{
    entra::{Assignment, JobView, QuarantineReason, RunningCycle, Scope},
    http::{answer::Answer, problem::HandlerResult},
};

/// *Start provisioning*, *Pause provisioning*, *Run a cycle now*, *Restart provisioning*, *Allow deletes*.
pub(super) const CLICK: Click = Click { call, after };

/// How many mails are shown.
const MAILS: usize = 5;

/// `GET {t}/entra/{tid}/provisioning/monitor`.
///
/// # Errors
///
/// As [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    Ok(render(&portal, None))
}

fn call(page: &PageRequest) -> ClickRequest {
    let segment = match page.form.one("do") {
        Some("start") => "start",
        Some("pause") => "pause",
        Some("cycle") => "cycle",
        Some("restart") => "restart",
        Some("allow-deletes") => "allow-deletions",
        _ => return ClickRequest::Refused(Box::new(refused(page, unknown_button()))),
    };
    ClickRequest::Call(job_call("POST", [segment]))
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    match Portal::open(page) {
        Ok(portal) if answer.is_success() => {
            let done = page.form.one("do").unwrap_or_default();
            portal.see_other(&format!("{}?done={done}", PortalTab::Monitor.path()))
        }
        Ok(portal) => render(&portal, Some(&Trouble::of(answer))),
        Err(problem) => refused(page, problem),
    }
}

fn render(portal: &Portal<'_>, trouble: Option<&Trouble>) -> Answer {
    let main = html! {
        (portal.head("Monitor", "The provisioning cycles: how far they are, and how they ended."))
        @if let Some(trouble) = trouble { (trouble.notice()) }
        @if let Some(words) = done(portal.page).filter(|_| trouble.is_none()) {
            p.notice.done role="status" { (words) }
        }
        @match &portal.job {
            None => (portal.no_job()),
            Some(job) => div.stack {
                (cycle_card(portal, job))
                div.table #quarantine data-live { (quarantine(portal, job)) }
                (cycles::card(job))
                (mails(job))
            },
        }
    };
    PortalPage::new(PortalTab::Monitor, main).after(trouble).answer(portal)
}

/// What a click has done.
fn done(page: &PageRequest) -> Option<&'static str> {
    Some(match page.form.one("done")? {
        "start" => "Provisioning was started: cycles run when they are due.",
        "pause" => "Provisioning was paused.",
        "cycle" => "A cycle was ordered.",
        "restart" => "Provisioning was restarted: the next cycle is an initial one.",
        "allow-deletes" => "The deletions of the next cycle are allowed.",
        _ => return None,
    })
}

/// What the job does now, and what it can be told.
fn cycle_card(portal: &Portal<'_>, job: &JobView) -> Markup {
    let button = |action: &str, label: &str| html! { button.button name="do" value=(action) { (label) } " " };
    let buttons = html! {
        div.actions {
            @if is_on(job) { (button("pause", "Pause provisioning")) }
            @else { (button("start", "Start provisioning")) }
            (button("cycle", "Run a cycle now"))
            (button("restart", "Restart provisioning"))
        }
    };
    html! {
        section.card aria-labelledby="current" {
            div.in {
                h2 #current { "Current cycle status" }
                div #cycle data-live { (current(portal, job)) }
            }
            div.in #orders data-live { (portal.form(PortalTab::Monitor, None, buttons)) }
            (as_call(portal.page, &job_call("POST", ["cycle"])))
        }
    }
}

fn current(portal: &Portal<'_>, job: &JobView) -> Markup {
    let percent = match &job.running {
        Some(RunningCycle::Running(progress)) => progress.percent(),
        _ => 0,
    };
    html! {
        @if let Some(running) = &job.running {
            p.say { (capital(&job_status::running(running))) (reload()) }
            progress max="100" value=(percent) aria-label="Progress of the cycle" {}
            @if let RunningCycle::Running(progress) = running {
                p.say {
                    (capital(&job_status::progress(progress))) "."
                    @if let Some(left) = progress.time_left() { " About " (left.as_secs()) " s left." }
                }
            }
            p.said { (last_write(portal, running)) }
        } @else {
            p.say { (idle(job)) }
            @if let Some(why) = nobody(portal, job) { p.say.warn { (why) } }
            @if job.escrows > 0 {
                p.say.warn { (job.escrows) " objects failed and will be tried again." }
            }
        }
    }
}

/// What is true of a job that runs no cycle.
fn idle(job: &JobView) -> Markup {
    html! {
        @if let Some(why) = &job.broken { "The job does nothing any more: " (why) }
        @else if let Some(why) = &job.disabled { "The service switched the job off: " (why) ". A restart switches it on." }
        @else if let Some(last) = job.cycles.first() {
            (capital(&job_status::ended(last))) " at " (time(last.execution.ended)) "."
        } @else { "No cycle has run." }
        " "
        @match job.next {
            _ if job.broken.is_some() || job.disabled.is_some() => {}
            _ if !is_on(job) => "Provisioning Status is Off: cycles run only when you run one.",
            Some(next) if !job.cycles.is_empty() || job.quarantine.is_some() => {
                "The next one is due at " (time(next)) "."
            }
            _ => { "The next cycle begins at once." (reload()) }
        }
    }
}

/// What a browser without script is told of a page that moves.
fn reload() -> Markup {
    html! { noscript { " Reload the page to follow it." } }
}

/// Why a cycle has nobody to provision, if that is so.
fn nobody(portal: &Portal<'_>, job: &JobView) -> Option<&'static str> {
    let all = portal.directory();
    if all.is_empty() {
        return Some("The directory is empty: a cycle provisions nobody.");
    }
    let is_assigned = all.iter().any(|it| it.assignment != Assignment::None);
    let needs_assignment = job.settings.scope == Scope::Assigned;
    (needs_assignment && !is_assigned)
        .then_some("Nobody is assigned to the application: a cycle provisions nobody.")
}

/// The last request of this cycle that changed something, so that one sees it object by object.
fn last_write(portal: &Portal<'_>, running: &RunningCycle) -> Markup {
    let RunningCycle::Running(progress) = running else { return html! {} };
    let is_it = |it: &crate::journal::Exchange| {
        it.from == "entra" && !it.effects.is_empty() && it.at >= progress.began
    };
    history::last(portal.page, is_it)
}

fn quarantine(portal: &Portal<'_>, job: &JobView) -> Markup {
    let Some(it) = &job.quarantine else { return html! {} };
    let is_deletes = it.reason == QuarantineReason::TooManyDeletes;
    let allow =
        html! { div.actions { button.button name="do" value="allow-deletes" { "Allow deletes" } } };
    let off = if is_on(job) { "" } else { ", once the Provisioning Status is On" };
    html! {
        section.card aria-labelledby="quarantined" {
            div.in {
                h2 #quarantined { "Quarantine" }
                div.notice { b { "The job is in quarantine." } span.break { (sentence(&it.message)) } }
                p.say {
                    "A cycle that succeeds ends it. Correct the cause, then run a cycle or restart provisioning."
                }
                dl.facts {
                    dt { "Reason" } dd { (it.reason.name()) }
                    @if let Some(code) = it.code {
                        dt { "Error code" } dd { (code.name()) }
                        dt { "Recommendation" } dd { (code.recommendation()) }
                    }
                    dt { "Since" } dd { (time(it.series_began)) }
                    dt { "Attempts since" } dd { (it.series_count) }
                    dt { "Next attempt" } dd { (time(it.next_attempt)) (off) }
                }
                @if is_deletes { (portal.form(PortalTab::Monitor, None, allow)) }
            }
        }
    }
}

fn mails(job: &JobView) -> Markup {
    html! {
        section.card aria-labelledby="mails" {
            div.in {
                h2 #mails { "Notification mails" }
                div #mail-list data-live {
                    @if job.mails.is_empty() { p.say { (no_mails(job)) } }
                    @for mail in job.mails.iter().rev().take(MAILS) {
                        details.more {
                            summary { (mail.subject) span.n { (time(mail.at)) " to " (mail.to) } }
                            div.break { (mail.text) }
                        }
                    }
                    @if job.mails.len() > MAILS { p.small.muted { "and " (job.mails.len() - MAILS) " earlier ones" } }
                }
            }
        }
    }
}

/// Why there are no mails.
fn no_mails(job: &JobView) -> &'static str {
    match &job.settings.notification_email {
        None => "None was sent: there is no Notification Email.",
        Some(_) if !job.settings.send_email_when_a_failure_occurs => {
            "None was sent: Send an email notification when a failure occurs is not selected."
        }
        Some(_) => "None was sent.",
    }
}
