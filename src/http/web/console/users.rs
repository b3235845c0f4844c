//! MediusFlow's view of the users: what the SCIM attributes became, and why. All of it is assumed.

use maud::{Markup, html};

use super::{
    super::{
        history, icons,
        list::{ListPage, ROWS, no_rows, pager},
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    fields::form,
    layout::{ConsolePage, Tab, head},
    people::{self, UserPage, UserSegment},
    provisioning::and_more,
    sign_in::SignInShown,
    unknown_button,
};
use crate::{
    http::answer::Answer,
    medius::{LocaleSettings, MasterData, MasterItem as _, UserView},
    scim::encode,
    tenant::State,
};

/// *Apply configurations again*.
pub(super) const CLICK: Click = Click { call, after };

/// `GET {t}/admin/users?q=&show=&page=`.
pub(super) fn show(page: &PageRequest) -> Answer {
    render(page, None)
}

fn call(page: &PageRequest) -> ClickRequest {
    match page.form.one("do") {
        Some("reapply") => ClickRequest::Call(ApiCall::new("POST", ["users", "reapply"])),
        _ => unknown_button(page),
    }
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if answer.is_success() {
        let changed = &answer.body["changed"];
        return page.see_other(&format!("admin/users?applied={changed}"));
    }
    render(page, Some(&Trouble::of(answer)))
}

/// What is said after the configurations were applied again.
pub(super) fn applied(page: &PageRequest) -> Markup {
    let changed = page.form.one("applied").and_then(|it| it.parse::<usize>().ok());
    html! {
        @if let Some(changed) = changed {
            p.notice.done role="status" {
                "The configurations were applied again: "
                @match changed { 1 => "1 user changed.", changed => { (changed) " users changed." } }
            }
        }
    }
}

fn render(page: &PageRequest, trouble: Option<&Trouble>) -> Answer {
    let wanted = UserPage::of(page);
    let found = people::find(page, &wanted);
    let paging =
        ListPage { rows: ROWS, page: wanted.number, shown: found.users.len(), total: found.total };
    let link_to = |number: usize| wanted.link(page, number);
    let button = html! { button.button name="do" value="reapply" { "Apply configurations again" } };
    let main = html! {
        (head(
            "Users",
            "As MediusFlow sees them: what the SCIM attributes became, and why.",
            html! { div.end { (form(page, Tab::Users.path(), None, button)) } },
        ))
        @if let Some(trouble) = trouble { (trouble.notice()) }
        (applied(page))
        div.tools {
            (search(page, &wanted))
            (segments(page, &wanted))
            span.live.state #live hidden { "Live" }
        }
        div.sheet #sheet data-live {
            @if found.users.is_empty() {
                (no_rows(paging, &wanted.no_users(), link_to))
            } @else {
                (table(page, &found.users))
                (pager(paging, link_to))
            }
        }
        (history::last_of(page, "User"))
    };
    ConsolePage::new(Tab::Users, main).after(trouble).answer(page)
}

fn search(page: &PageRequest, wanted: &UserPage) -> Markup {
    html! {
        form.search role="search" action=(page.link(Tab::Users.path())) {
            (icons::lens())
            label.hidden for="q" { "Find users" }
            input.field #q name="q" type="search" value=(wanted.q)
                placeholder="Name, user name, company or role" autocomplete="off";
            @if wanted.segment != UserSegment::All { input type="hidden" name="show" value=(wanted.segment.word()); }
        }
    }
}

fn segments(page: &PageRequest, wanted: &UserPage) -> Markup {
    let counts = people::counts(page);
    html! {
        nav.seg #segments data-live aria-label="Which users" {
            @for (at, segment) in UserSegment::ALL.into_iter().enumerate() {
                @let other = UserPage { segment, number: 1, q: wanted.q.clone() };
                a href=(other.link(page, 1)) aria-current=[(segment == wanted.segment).then_some("true")] {
                    (segment.label())
                    @if let Some(counts) = counts { " " (counts[at]) }
                }
            }
        }
    }
}

fn table(page: &PageRequest, users: &[UserView]) -> Markup {
    const HEADS: [&str; 7] =
        ["User", "Configuration and why", "Companies", "Roles", "Locale", "Supervisor", "Sign-in"];
    let state = page.tenant().snapshot();
    html! {
        table.users {
            caption.hidden { "Users of " (page.tenant().name()) ", in the order in which they came" }
            thead { tr { @for it in HEADS { th scope="col" { (it) } } } }
            tbody { @for it in users { (row(page, it, &state)) } }
        }
    }
}

fn row(page: &PageRequest, user: &UserView, state: &State) -> Markup {
    let [language, _, currency] = locale(&user.locale, &state.master().data);
    html! {
        tr class=[(!user.active).then_some("off")] {
            th scope="row" {
                a href=(link(page, &user.id)) { bdi { (user.display_name) } }
                span.sub { (user.user_name) }
            }
            td data-label="Configuration" { (configuration(user)) }
            td data-label="Companies" { (and_more(&user.companies)) }
            td data-label="Roles" { (and_more(&user.roles)) }
            td data-label="Locale" { span { (language) span.sub { (currency) } } }
            td data-label="Supervisor" { span { (supervisor(user)) } }
            td data-label="Sign-in" { (SignInShown::of(state, user).render(page)) }
        }
    }
}

/// The configuration that applied, and why.
pub(super) fn configuration(user: &UserView) -> Markup {
    use crate::medius::Reason;

    let is_trouble = matches!(user.reason, Reason::NoMatch { .. } | Reason::None { .. });
    html! {
        span {
            @match &user.configuration { Some(it) => (it.name), None => "None" }
            span.sub.warn[is_trouble] { (user.reason) }
        }
    }
}

/// The supervisor's name, or what `manager` names.
pub(super) fn supervisor(user: &UserView) -> Markup {
    html! {
        @match &user.supervisor {
            Some(it) => bdi { (it.display_name.as_ref().unwrap_or(&it.id)) },
            None => span.muted { "–" },
        }
    }
}

/// The names of language and time zone, and the currency's code.
pub(super) fn locale(settings: &LocaleSettings, data: &MasterData) -> [String; 3] {
    let lists = data.locales();
    let language = lists.languages.iter().find(|it| it.is_called(&settings.language));
    let zone = lists.time_zones.iter().find(|it| it.is_called(&settings.time_zone));
    [
        language.map_or_else(|| settings.language.clone(), |it| it.name.clone()),
        zone.map_or_else(|| settings.time_zone.clone(), |it| it.name.clone()),
        settings.currency.clone(),
    ]
}

/// A link to a user's page.
pub(super) fn link(page: &PageRequest, id: &str) -> String {
    page.link(&format!("admin/users/{}", encode(id)))
}
