//! Queries the source for the data of the present screen only.

use jiff::Timestamp;
use smol_str::SmolStr;

use super::cursor::Pinning;
use super::dashboard_source::DashboardSource;
use super::deleted_tenant;
use super::layout::{self, layout};
use super::model::Model;
use super::screen::Screen;
use super::screens;
use super::text::{count, time};
use crate::journal::Seq;

/// Updates the model from its source.
pub(super) fn pull(model: &mut Model, source: &mut dyn DashboardSource, now: Timestamp) {
    if !model.switches.paused {
        model.now = now;
    }
    model.waiting = source.waiting();
    let overview = source.overview(model.now, screens::activity_rows(model));
    // Queried later: if the tenant is gone, its name belongs to another tenant.
    model.tenants = source.tenants();
    let is_same = model.overview.tenant == overview.tenant;
    let was_deleted = is_same && overview.is_gone && !model.overview.is_gone;
    // A deletion also begins a new epoch.
    let was_reset = is_same && !overview.is_gone && model.overview.epoch != overview.epoch;
    model.overview = overview;
    if was_deleted {
        deleted_tenant::announce(model, now);
    }
    if was_reset {
        source.release();
        model.start_over();
        let at = time(now, &model.zone);
        model.say(format!("the tenant was reset at {at}: everything begins again"));
        model.now = now;
        model.overview = source.overview(now, screens::activity_rows(model));
    }
    let parts = layout(model);
    let pinning = if model.is_filtering() { Pinning::Pinned } else { Pinning::Free };
    model.users.cursor.pin(pinning);
    model.groups.cursor.pin(pinning);
    model.members.cursor.pin(pinning);
    model.traffic.cursor.pin(pinning);
    model.log.cursor.pin(pinning);
    let rows = |pane| layout::rows(pane).max(1);
    let has_detail = !parts.detail.is_empty();
    match model.screen {
        Screen::Overview | Screen::Help => {}
        Screen::Users => {
            let ask = model.users.ask(rows(parts.list));
            model.users.take(source.users(&ask), |it| it.id.clone());
            let selected = model.users.window.selected().filter(|_| has_detail);
            model.user = selected.and_then(|it| source.user(&it.id));
            let of = model.user.as_ref().map(|it| it.id.clone());
            look_at(model, of);
        }
        Screen::Groups => {
            let ask = model.groups.ask(rows(parts.list));
            model.groups.take(source.groups(&ask), |it| it.id.clone());
            if has_detail {
                pull_members(model, source, rows(parts.detail));
            }
        }
        Screen::Provisioning => {
            let ask = model.log.ask(rows(parts.list));
            let provisioned = source.provisioning(&ask);
            model.job = provisioned.view;
            model.log.take(provisioned.lines, |it| it.id.clone());
            let of = model.log.window.selected().map(|it| it.id.clone());
            look_at(model, of);
        }
        Screen::Traffic => {
            pull_traffic(model, source, rows(parts.list));
            let of = model.exchange().map(|it| it.seq.to_string().into());
            look_at(model, of);
        }
    }
}

fn pull_members(model: &mut Model, source: &mut dyn DashboardSource, rows: usize) {
    let group = model.groups.window.selected().map(|it| it.id.clone());
    if group != model.members_of {
        model.members.filter.clear();
        model.members.cursor.first();
        model.members_of = group;
    }
    let ask = model.members.ask(rows);
    let window = match &model.members_of {
        Some(group) => source.members(group, &ask),
        None => super::list_window::ListWindow::default(),
    };
    model.members.take(window, |it| it.id.clone());
}

fn pull_traffic(model: &mut Model, source: &mut dyn DashboardSource, rows: usize) {
    let looked_at: Option<Seq> = model.traffic.cursor.bound().copied();
    let ask = model.traffic.ask(rows);
    let shown = source.traffic(&ask);
    let is_lost = looked_at.is_some_and(|seq| seq < shown.oldest);
    model.traffic.cursor.update_position(&shown.window, |it| it.seq);
    model.traffic.shown = shown;
    if let Some(seq) = looked_at.filter(|_| is_lost) {
        let kept = count(model.traffic.shown.window.unfiltered as u64);
        model.say(format!("exchange #{seq} left the journal ({kept} kept)"));
    }
}

/// Scrolls to the top if the detail shows another object.
fn look_at(model: &mut Model, of: Option<SmolStr>) {
    let of = of.unwrap_or_default();
    if model.detail.of != of {
        model.detail.of = of;
        model.detail.scroll = 0;
    }
}
