//! One user: the same as in the list, in full.

use maud::{Markup, html};

use super::{
    super::{
        api::as_call,
        history,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    fields::form,
    groups::granted_by,
    layout::{ConsolePage, Tab, head},
    sign_in::SignInShown,
    unknown_button,
    users::{applied, configuration, link, locale, supervisor},
};
use crate::{
    http::{
        answer::Answer,
        problem::{HandlerResult, ProblemDetails},
        web::login_decision::entra_account,
    },
    medius::{Attention, LoginOption, StandsFor, UserView},
    scim::{Group, encode, quoted},
    tenant::State,
};

/// *Apply the configurations again* to this user.
pub(super) const CLICK: Click = Click { call, after };

/// `GET {t}/admin/users/{id}`.
///
/// # Errors
///
/// 404 `unknown-user`.
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    render(page, None)
}

fn id(page: &PageRequest) -> &str {
    page.path_parameters.get(1).map(String::as_str).unwrap_or_default()
}

fn reapply(page: &PageRequest) -> ApiCall {
    ApiCall::new("POST", ["users", id(page), "reapply"])
}

fn call(page: &PageRequest) -> ClickRequest {
    match page.form.one("do") {
        Some("reapply") => ClickRequest::Call(reapply(page)),
        _ => unknown_button(page),
    }
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if answer.is_success() {
        let changed = &answer.body["changed"];
        return page.see_other(&format!("admin/users/{}?applied={changed}", encode(id(page))));
    }
    let trouble = Trouble::of(answer);
    let refused = |it: ProblemDetails| super::refused(page, it);
    render(page, Some(&trouble)).unwrap_or_else(refused)
}

fn render(page: &PageRequest, trouble: Option<&Trouble>) -> HandlerResult {
    let state = page.tenant().snapshot();
    let base = format!("{}/{}/scim/v2", page.site.url, page.tenant().name());
    let presentation = state.present(&base);
    let user = state.resources().get("User", id(page));
    let Some(user) = user.and_then(|it| presentation.medius_view(it, state.master())) else {
        let detail = format!("there is no user {}", quoted(id(page)));
        return Err(ProblemDetails::new(404, "unknown-user", detail));
    };
    let button = html! { button.button name="do" value="reapply" { "Apply configurations again" } };
    let path = format!("{}/{}", Tab::Users.path(), encode(id(page)));
    let main = html! {
        (head(&user.display_name, &user.user_name, html! {
            div.end { (sign_in_as(page, &state, &user)) (form(page, &path, None, button)) }
        }))
        @if let Some(trouble) = trouble { (trouble.notice()) }
        (applied(page))
        div.stack {
            section.card aria-labelledby="became" {
                div.in {
                    h2 #became { "What MediusFlow made of the user" }
                    dl.facts #facts data-live { (facts(page, &state, &user)) }
                }
                (as_call(page, &ApiCall::new("GET", ["users", id(page)])))
            }
            section.card aria-labelledby="history" {
                div.in {
                    h2 #history { "History" }
                    div #history-lines data-live { (history::of_user(page, id(page))) }
                }
            }
        }
    };
    let name = user.display_name;
    let shown = ConsolePage { title: Some(&name), ..ConsolePage::new(Tab::Users, main) };
    Ok(shown.after(trouble).answer(page))
}

/// *Sign in as NAME*: a link that begins the login of this user, with the account by which the user comes.
/// There is none without a login option that this mock can show.
fn sign_in_as(page: &PageRequest, state: &State, user: &UserView) -> Markup {
    let own = user.login_option.as_deref().and_then(|it| state.master().data.login_option(it));
    let hint = match own.map(LoginOption::stands_for) {
        Some(StandsFor::LocalAccount) => user.user_name.clone(),
        Some(StandsFor::MockEntra) => {
            let account = entra_account(&page.app, page.tenant(), state, &user.id);
            account
                .map_or_else(|| user.user_name.clone(), |it| it.account.user_principal_name.into())
        }
        Some(StandsFor::Issuer { .. } | StandsFor::Nothing { .. }) | None => return html! {},
    };
    let option = user.login_option.as_deref().unwrap_or_default();
    let below = format!("login?option={}&login_hint={}", encode(option), encode(&hint));
    html! { a.button href=(page.link(&below)) { span { "Sign in as " bdi { (user.display_name) } } } }
}

fn facts(page: &PageRequest, state: &State, user: &UserView) -> Markup {
    let [language, zone, currency] = locale(&user.locale, &state.master().data);
    let lines = |all: &[String]| {
        html! {
            @if all.is_empty() { span.muted { "none" } }
            @for it in all { div { (it) } }
        }
    };
    html! {
        dt { "Sign-in" }
        dd { (SignInShown::in_full(page, user).beside(&user.attention).render(page)) }
        @if !user.attention.is_empty() {
            dt { "Needs attention" } dd { @for it in &user.attention { div.warn { (it) } } }
        }
        dt { "Configuration" }
        dd {
            @if user.attention.iter().any(Attention::is_about_choice) {
                @match &user.configuration { Some(it) => (it.name), None => "None" }
            } @else { (configuration(user)) }
        }
        dt { "Companies" } dd { (lines(&user.companies)) }
        dt { "Roles" } dd { (lines(&user.roles)) }
        dt { "Authorization groups" }
        dd {
            @if user.authorization_groups.is_empty() { span.muted { "none" } }
            @for it in &user.authorization_groups {
                div {
                    (it.name) " "
                    span.muted {
                        @match (it.from_configuration, it.from_membership) {
                            (true, true) => "from the configuration and from the group of that name",
                            (true, false) => "from the configuration",
                            _ => "from the group of that name",
                        }
                    }
                }
            }
        }
        dt { "Groups" } dd { (groups(page, state, &user.id)) }
        dt { "Locale" } dd { (language) ", " (zone) ", " (currency) }
        dt { "Supervisor" }
        dd {
            @match &user.supervisor {
                Some(it) if it.display_name.is_some() => a href=(link(page, &it.id)) { (supervisor(user)) },
                _ => (supervisor(user)),
            }
        }
        dt { "Login option" } dd { (user.login_option.as_deref().unwrap_or("none")) }
        dt { "Name identifier" } dd { (user.name_identifier) }
        @if let Some(email) = &user.email { dt { "E-mail" } dd { (email) } }
        @for (at, text) in user.custom_field_texts.iter().enumerate() {
            @if let Some(text) = text { dt { "Custom field " (at + 1) } dd { (text) } }
        }
        dt { "SCIM id" } dd { code { (user.id) } }
    }
}

/// The groups of a user as SCIM brought them, and what each grants.
fn groups(page: &PageRequest, state: &State, id: &str) -> Markup {
    let presentation = state.present("");
    let user = state.resources().get("User", id);
    let found = user.map(|it| presentation.memberships(it));
    let all = found.as_ref().map(|it| &*it.groups).unwrap_or_default();
    let direct = found.as_ref().map_or(0, |it| it.direct);
    html! {
        @if all.is_empty() { span.muted { "none" } }
        @for (at, group) in all.iter().enumerate() {
            div {
                a href=(page.link(&format!("admin/groups/{}", encode(&group.id)))) {
                    bdi { (Group(group).display_name()) }
                }
                " "
                span.muted {
                    @if at >= direct { "only through another group, which grants nothing" }
                    @else if let Some(name) = granted_by(state, group) { "grants " (name) }
                    @else { "grants nothing: no authorization group has this name" }
                }
            }
        }
    }
}
