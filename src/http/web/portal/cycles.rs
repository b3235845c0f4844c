//! The last cycles in numbers.

use maud::{Markup, html};

use super::job_status::{capital, ended, short, time};
use crate::entra::{FinishedCycle, JobView};

/// How many are shown.
const CYCLES: usize = 10;

/// The card of the last cycles.
pub(super) fn card(job: &JobView) -> Markup {
    html! {
        section.card aria-labelledby="cycles" {
            div.in {
                h2 #cycles { "Last cycles" }
                div #cycle-list.table[!job.cycles.is_empty()] data-live {
                    @if job.cycles.is_empty() { p.say { "No cycle has run." } } @else { (table(job)) }
                }
            }
        }
    }
}

fn table(job: &JobView) -> Markup {
    const HEADS: [&str; 7] =
        ["Began", "Result", "Created", "Updated", "Disabled", "Deleted", "Failed"];
    html! {
        table {
            caption.hidden { "The last cycles, latest first" }
            thead { tr { @for it in HEADS { th scope="col" { (it) } } } }
            tbody { @for it in job.cycles.iter().take(CYCLES) { (row(it)) } }
        }
    }
}

fn row(it: &FinishedCycle) -> Markup {
    let counts = &it.execution.counts;
    let failed = counts.failed + counts.failed_references;
    html! {
        tr {
            th scope="row" { (time(it.execution.began)) }
            td data-label="Result" {
                span {
                    span.warn[!it.is_good()] { (capital(&ended(it))) }
                    @if let Some(reason) = &it.reason { span.sub.break { (short(&capital(reason))) } }
                }
            }
            @for (label, count) in [
                ("Created", counts.created), ("Updated", counts.updated), ("Disabled", counts.disabled),
                ("Deleted", counts.deleted), ("Failed", failed),
            ] { td data-label=(label) { (count) } }
        }
    }
}
