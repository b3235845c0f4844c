//! The tab *Users and groups*: the source directory, and who of it is assigned.

use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{
        fields::Field,
        icons,
        list::{ListPage, no_rows, none_matches, pager},
        request::{ApiAnswer, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    calls::{call as job_call, change},
    directory_list::{DirectoryList, SEGMENTS, is_shown},
    layout::{Portal, PortalPage, PortalTab},
    provisioning::{refused, unknown_button},
    settings_form,
};
use crate::{
    entra::{Assignment, DirectoryEntry, DirectoryEntryState, ObjectType, Scope},
    http::{answer::Answer, problem::HandlerResult},
    scim::encode,
};

/// *Assign*, *Unassign*, *Disable*, *Enable*, and *Generate* for a directory that is empty.
pub(super) const CLICK: Click = Click { call, after };

/// How many rows a page has.
const ROWS: usize = 25;

/// The changes that the buttons of a row make.
const CHANGES: [&str; 4] = ["assign", "unassign", "disable", "enable"];

/// `GET {t}/entra/{tid}/provisioning/users-and-groups?q=&show=&page=`.
///
/// # Errors
///
/// As [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    Ok(render(&portal, None))
}

fn call(page: &PageRequest) -> ClickRequest {
    let form = &page.form;
    if form.one("do") == Some("generate") {
        return generated(page);
    }
    let named = CHANGES.into_iter().find_map(|it| Some((it, form.text(it)?)));
    match named {
        Some((what, object)) => ClickRequest::Call(change(what, &named_by(page, object))),
        None => ClickRequest::Refused(Box::new(refused(page, unknown_button()))),
    }
}

/// *Generate*.
fn generated(page: &PageRequest) -> ClickRequest {
    let number = |field: &str| {
        let name = field.rsplit('.').next().unwrap_or_default();
        settings_form::number(field, page.form.text(name).unwrap_or_default())
    };
    let made = number("directory.generate.users").and_then(|users| {
        let groups = number("directory.generate.groups")?;
        let generate = json!({"generate": {"users": users, "groups": groups}});
        Ok(job_call("PATCH", []).with(json!({"directory": generate})))
    });
    match (made, Portal::open(page)) {
        (Ok(call), _) => ClickRequest::Call(call),
        (Err(trouble), Ok(portal)) => {
            ClickRequest::Refused(Box::new(render(&portal, Some(&trouble))))
        }
        (Err(_), Err(problem)) => ClickRequest::Refused(Box::new(refused(page, problem))),
    }
}

/// What names a user for people who read the journal; a group stays its id, since two may have one name.
fn named_by(page: &PageRequest, id: &str) -> String {
    let jobs = page.app.provisioning.as_ref();
    let all = jobs.and_then(|it| it.directory(page.tenant())).unwrap_or_default();
    let found = all.iter().find(|it| it.object_id == id);
    let name = found.and_then(|it| it.user_principal_name.as_ref());
    name.map_or_else(|| id.to_owned(), ToString::to_string)
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    match Portal::open(page) {
        Ok(portal) if answer.is_success() => {
            let path = DirectoryList::of(page).path();
            let sign = if path.contains('?') { '&' } else { '?' };
            let change = CHANGES.into_iter().find_map(|it| Some((it, page.form.text(it)?)));
            let done = change.map(|(what, id)| format!("{sign}done={what}&object={}", encode(id)));
            portal.see_other(&(path + &done.unwrap_or_default()))
        }
        Ok(portal) => render(&portal, Some(&Trouble::of(answer))),
        Err(problem) => refused(page, problem),
    }
}

fn render(portal: &Portal<'_>, trouble: Option<&Trouble>) -> Answer {
    let all = portal.directory();
    let main = html! {
        (portal.head("Users and groups", about(portal)))
        @if let Some(trouble) = trouble { (trouble.notice()) } @else { (done(portal, &all)) }
        @if portal.job.is_none() {
            (portal.no_job())
        } @else if all.is_empty() { (generate(portal, trouble)) }
        @else { (list(portal, &all)) }
    };
    PortalPage::new(PortalTab::Directory, main).after(trouble).answer(portal)
}

/// What a click has done, and when MediusFlow learns of it.
fn done(portal: &Portal<'_>, all: &[DirectoryEntry]) -> Markup {
    let form = &portal.page.form;
    let words = match form.one("done") {
        Some("assign") => "is assigned",
        Some("unassign") => "is not assigned any more",
        Some("disable") => "is disabled",
        Some("enable") => "is enabled",
        _ => return html! {},
    };
    let name = form.one("object").and_then(|id| all.iter().find(|it| it.object_id == id));
    html! {
        @if let Some(it) = name {
            p.notice.done role="status" {
                span {
                    bdi { (it.name) } " " (words) ". MediusFlow learns of it in the next cycle: "
                    a href=(portal.link("/monitor")) { "Monitor" } " runs one now."
                }
            }
        }
    }
}

fn about(portal: &Portal<'_>) -> &'static str {
    match portal.job.as_ref().map(|it| it.settings.scope) {
        Some(Scope::All) => "The Scope is all users and groups: nobody needs an assignment.",
        _ => "Whom the application is assigned to. A group assigns its direct members.",
    }
}

fn list(portal: &Portal<'_>, all: &[DirectoryEntry]) -> Markup {
    let query = DirectoryList::of(portal.page);
    let found: Vec<&DirectoryEntry> = all.iter().filter(|it| query.matches(it)).collect();
    let first = (query.page - 1).saturating_mul(ROWS);
    let shown: Vec<_> = found.iter().skip(first).take(ROWS).copied().collect();
    let at = ListPage { rows: ROWS, page: query.page, shown: shown.len(), total: found.len() };
    let table = html! {
        @if query.page > 1 { input type="hidden" name="page" value=(query.page); }
        @if !query.q.is_empty() { input type="hidden" name="q" value=(query.q); }
        @if !query.show.is_empty() { input type="hidden" name="show" value=(query.show); }
        table {
            caption.hidden { "Users and groups in the order of their names" }
            thead { tr { @for it in ["Name", "Assigned", "Change"] { th scope="col" { (it) } } } }
            tbody { @for it in &shown { (row(it)) } }
        }
    };
    html! {
        div.tools { (search(portal, &query)) (segments(&query, all)) span.live.state #live hidden { "Live" } }
        div.sheet #sheet data-live {
            @if shown.is_empty() { (no_rows(at, &none_matches("user or group", &query.q), |page| query.at(page).query())) }
            @else {
                (portal.form(PortalTab::Directory, None, table))
                (pager(at, |page| query.at(page).query()))
            }
        }
    }
}

fn search(portal: &Portal<'_>, query: &DirectoryList) -> Markup {
    html! {
        form.search role="search" action=(portal.link(PortalTab::Directory.path())) {
            (icons::lens())
            label.hidden for="q" { "Find users and groups" }
            input.field #q name="q" type="search" value=(query.q) placeholder="Name or user principal name"
                autocomplete="off";
            @if !query.show.is_empty() { input type="hidden" name="show" value=(query.show); }
        }
    }
}

fn segments(query: &DirectoryList, all: &[DirectoryEntry]) -> Markup {
    html! {
        nav.seg #segments data-live aria-label="Which users and groups" {
            @for (word, label) in SEGMENTS {
                @let other = DirectoryList { q: query.q.clone(), show: word.into(), page: 1 };
                a href=(other.query()) aria-current=[(query.show == word).then_some("true")] {
                    (label) " " (all.iter().filter(|it| is_shown(word, it)).count())
                }
            }
        }
    }
}

/// A row. There are many on a page, so it has no byte too many: buttons need no class in a table, and their
/// row says whom they are about.
fn row(it: &DirectoryEntry) -> Markup {
    let id = &it.object_id;
    html! {
        tr {
            th scope="row" {
                a href={ "on-demand?object=" (id) } { bdi { (it.name) } }
                span.sub {
                    @match &it.user_principal_name {
                        Some(name) => (name),
                        None => { "Group, " (it.members) " members" }
                    }
                }
            }
            td data-label="Assigned" {
                span {
                    @match &it.assignment {
                        Assignment::Direct => "Directly",
                        Assignment::ThroughGroup(group) => { "By " bdi { (group) } }
                        Assignment::None => span.muted { "No" },
                    }
                    @match it.state {
                        DirectoryEntryState::Enabled => {},
                        DirectoryEntryState::Disabled => span.sub { span.state.warn { "Disabled" } },
                        DirectoryEntryState::Deleted => span.sub { span.state.warn { "Deleted" } },
                    }
                }
            }
            td {
                @for (name, label) in buttons(it) { button name=(name) value=(id) { (label) } " " }
            }
        }
    }
}

/// What can be done with an object.
fn buttons(it: &DirectoryEntry) -> Vec<(&'static str, &'static str)> {
    if it.state == DirectoryEntryState::Deleted {
        return Vec::new();
    }
    let assign = match it.assignment {
        Assignment::Direct => ("unassign", "Unassign"),
        _ => ("assign", "Assign"),
    };
    let enable = match (it.object_type, it.state) {
        (ObjectType::Group, _) => None,
        (_, DirectoryEntryState::Disabled) => Some(("enable", "Enable")),
        _ => Some(("disable", "Disable")),
    };
    [assign].into_iter().chain(enable).collect()
}

/// A way to people, for a directory without any.
fn generate(portal: &Portal<'_>, trouble: Option<&Trouble>) -> Markup {
    let at = |name: &str| trouble.and_then(|it| it.at(name));
    let typed = |name: &str, usual: &str| portal.page.form.text(name).unwrap_or(usual).to_owned();
    let (users, groups) = (typed("users", "25"), typed("groups", "4"));
    let content = html! {
        h2 #generate { "The directory is empty" }
        p.say {
            "Generate a made-up company, all of it assigned. People of your own come from a file: "
            code { "mediusflow-mock entra directory import" } ", or " code { "PUT entra" } " with "
            code { "directory.objects" } "."
        }
        div.option {
            div.pair {
                (Field { label: "Users", name: "users", value: &users, error: at("directory.generate.users"), ..Field::default() }.render())
                (Field { label: "Groups", name: "groups", value: &groups, error: at("directory.generate.groups"), ..Field::default() }.render())
            }
            div.actions.end { button.button.primary name="do" value="generate" { "Generate" } }
        }
    };
    html! { section.card aria-labelledby="generate" { (portal.form(PortalTab::Directory, Some("in"), content)) } }
}
