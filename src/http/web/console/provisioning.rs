//! Steps 6 to 11: the tab *User provisioning configuration*.

use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{
        api::as_call,
        icons,
        list::edit,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    fields::form,
    layout::{ConsolePage, ConsoleWindow, Tab, head},
    steps, unknown_button,
};
use crate::{
    http::answer::Answer,
    medius::{ConfigurationDraft, SetupStep, StepState},
};

/// *Copy SCIM link*.
pub(super) const CLICK: Click = Click { call, after };

/// What the tab shows besides what there is.
#[derive(Default)]
pub(super) struct TabContent<'a> {
    pub(super) trouble: Option<&'a Trouble>,
    /// The secret key, the one time that it is shown.
    pub(super) key: Option<&'a str>,
    pub(super) window: Option<ConsoleWindow>,
}

/// `GET {t}/admin/user-provisioning-configuration`.
pub(super) fn show(page: &PageRequest) -> Answer {
    tab(page, TabContent::default())
}

fn scim_link() -> ApiCall {
    ApiCall::new("GET", ["scim-link"])
}

/// The call that makes a secret key.
pub(super) fn generate() -> ApiCall {
    ApiCall::new("POST", ["secret-key"]).with(json!({"confirm": true}))
}

fn call(page: &PageRequest) -> ClickRequest {
    match page.form.one("do") {
        Some("copy-link") => ClickRequest::Call(scim_link()),
        _ => unknown_button(page),
    }
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if answer.is_success() {
        return page.see_other("admin/user-provisioning-configuration#scim-link");
    }
    tab(page, TabContent { trouble: Some(&Trouble::of(answer)), ..TabContent::default() })
}

/// The tab; where step 5 is still to be done, the way to it.
pub(super) fn tab(page: &PageRequest, shown: TabContent<'_>) -> Answer {
    let TabContent { trouble, key, window } = shown;
    let state = page.tenant().snapshot();
    if !state.console().setup().uses_user_provisioning() {
        return page.see_other("admin/integration");
    }
    let steps = steps::entries(page, window.as_ref().and_then(|it| it.step));
    let next = steps.iter().find(|it| it.state == StepState::Current).map(|it| it.step);
    let look = |steps: &[SetupStep]| CardLook::of(steps, next).behind(window.as_ref());
    let data = &state.master().data;
    let documents = state.console().configurations().iter().map(|it| it.document(data));
    let configurations: Vec<ConfigurationDraft> = documents.collect();
    let main = html! {
        (head(
            Tab::UserProvisioning.label(),
            "What Microsoft Entra ID needs to bring users to this tenant, and what those users get.",
            steps::next(page, &steps),
        ))
        // A window says itself why it stays open.
        @if let Some(trouble) = trouble.filter(|_| window.is_none()) { (trouble.notice()) }
        div.split {
            div.stack {
                @if key.is_some() { p.hidden role="status" { "A new secret key was generated." } }
                (secret_key(page, look(&[SetupStep::GenerateSecretKey, SetupStep::ConfirmSecretKey]), key))
                (configurations_card(page, look(&CONFIGURATION_STEPS), &configurations))
                (link_card(page, look(&[SetupStep::CopyScimLink])))
            }
            @if window.is_some() { (steps::behind_window(&steps)) } @else { (steps::list(page, &steps)) }
        }
    };
    let mut console = ConsolePage::new(Tab::UserProvisioning, main).after(trouble);
    // The page that shows the key does not renew itself: no other one shows it.
    console.is_live &= key.is_none();
    let console = match window {
        Some(window) => console.with_window(window),
        None => console,
    };
    console.answer(page)
}

const CONFIGURATION_STEPS: [SetupStep; 3] =
    [SetupStep::AddConfiguration, SetupStep::DefaultSettings, SetupStep::SaveUserConfiguration];

fn secret_key(page: &PageRequest, look: CardLook, shown: Option<&str>) -> Markup {
    let state = page.tenant().snapshot();
    let key = state.console().secret_key();
    let expired = key.and_then(|it| it.expired(page.now));
    let class = if key.is_none() || expired.is_some() { "button primary" } else { "button" };
    html! {
        section class=(look.card) aria-labelledby="secret-key" {
            div.in {
                div.line {
                    div {
                        h2 #secret-key { "Secret key" }
                        p.say #key-said data-live {
                            @match (shown, key) {
                                (Some(_), _) => {
                                    "Shown this once. Copy it into " b { "Secret Token" } " on the "
                                    b { "Provisioning" }
                                    " tab of the MediusFlow application in Microsoft Entra ID."
                                }
                                (None, Some(key)) => {
                                    "Generated, and shown only then; it ends in " b { (key.last_four()) } "."
                                    @if expired.is_some() { " Its time is over: generate a new one." }
                                }
                                (None, None) => {
                                    "Microsoft Entra ID sends it with every request. It goes into "
                                    b { "Secret Token" } " on the " b { "Provisioning" }
                                    " tab of the MediusFlow application."
                                }
                            }
                        }
                    }
                    a class=(class) href=(page.link("admin/user-provisioning-configuration/secret-key/new")) {
                        (SetupStep::GenerateSecretKey.label())
                    }
                }
                @if let Some(shown) = shown {
                    div.row {
                        label.hidden for="key" { "Secret key" }
                        input.field.mono #key readonly value=(shown);
                        button.button.primary type="button" data-copy="key" hidden { (icons::copy()) "Copy" }
                    }
                }
            }
            @if look.is_reachable { (as_call(page, &generate())) }
        }
    }
}

fn configurations_card(page: &PageRequest, look: CardLook, all: &[ConfigurationDraft]) -> Markup {
    let sample = json!({"name": "Standard", "companies": ["Nordlys Energi AB"]});
    let call = ApiCall::new("POST", ["configurations"]).with(sample);
    html! {
        section class=(look.card) aria-labelledby="configurations" {
            div.in {
                div.line {
                    div {
                        h2 #configurations { "User configurations" }
                        p.say {
                            "Companies, roles and locale settings for the users who come in."
                            @if all.is_empty() {
                                " None yet: without one, users have no companies and cannot log in."
                            }
                        }
                    }
                    a class=(look.button) href=(page.link("admin/user-provisioning-configuration/configurations/new")) {
                        (SetupStep::AddConfiguration.label())
                    }
                }
                div.table #configuration-list data-live {
                    @if !all.is_empty() { (table(page, all, look)) }
                }
            }
            @if look.is_reachable { (as_call(page, &call)) }
        }
    }
}

fn table(page: &PageRequest, all: &[ConfigurationDraft], look: CardLook) -> Markup {
    html! {
        table {
            caption.hidden { "User configurations, in the order in which they were added" }
            thead { tr { @for it in ["Name", "Filter", "Companies", "Roles"] { th scope="col" { (it) } }
                @if look.is_reachable { th scope="col" { span.hidden { "Edit" } } }
            } }
            tbody {
                @for it in all {
                    @let id = it.id.as_deref().unwrap_or_default();
                    @let name = it.name.as_deref().unwrap_or_default();
                    @let filter = it.filter.as_deref().unwrap_or_default();
                    @let window = page.link(&format!("admin/user-provisioning-configuration/configurations/{id}"));
                    tr {
                        th scope="row" { bdi { (name) } }
                        td data-label="Filter" {
                            span { @if filter.is_empty() { span.muted { "empty: the default one" } } @else { (filter) } }
                        }
                        td data-label="Companies" { (and_more(&it.companies)) }
                        td data-label="Roles" { (and_more(it.roles.as_deref().unwrap_or_default())) }
                        @if look.is_reachable { td.edit { (edit(&window, name)) } }
                    }
                }
            }
        }
    }
}

/// The first of some names, and how many more there are.
pub(super) fn and_more(names: &[String]) -> Markup {
    html! {
        span {
            @match names {
                [] => span.muted { "none" },
                [first] => (first),
                [first, more @ ..] => { (first) span.sub { "and " (more.len()) " more" } }
            }
        }
    }
}

fn link_card(page: &PageRequest, look: CardLook) -> Markup {
    let link = format!("{}/{}/scim/v2", page.site.url, page.tenant().name());
    let is_copied = steps::entries(page, None).last().is_some_and(|it| it.state == StepState::Done);
    let content = html! {
        div.line {
            div {
                h2 #scim-link { "SCIM link" }
                p.say {
                    "It goes into " b { "Tenant URL" } " on the " b { "Provisioning" } " tab."
                    @if is_copied { " Step 11 is done." }
                }
            }
            button class=(look.button) name="do" value="copy-link" data-copy="link" {
                (icons::copy()) (SetupStep::CopyScimLink.label())
            }
        }
        div.row {
            label.hidden for="link" { "SCIM link" }
            input.field.mono #link readonly value=(link);
        }
    };
    html! {
        section class=(look.card) aria-labelledby="scim-link" {
            (form(page, Tab::UserProvisioning.path(), Some("in"), content))
            @if look.is_reachable { (as_call(page, &scim_link())) }
        }
    }
}

/// How a card looks.
#[derive(Clone, Copy)]
struct CardLook {
    card: &'static str,
    button: &'static str,
    /// Whether something in it can be opened: not behind a window. "As a call" and *Edit* are left out there.
    is_reachable: bool,
}

impl CardLook {
    const NEXT: Self = Self { card: "card now", button: "button primary", is_reachable: true };
    const OTHER: Self = Self { card: "card", button: "button", is_reachable: true };

    /// The look of the card for these steps, where one is next.
    fn of(steps: &[SetupStep], next: Option<SetupStep>) -> Self {
        if next.is_some_and(|it| steps.contains(&it)) { Self::NEXT } else { Self::OTHER }
    }

    /// The same where a window is before it.
    fn behind<T>(self, window: Option<&T>) -> Self {
        Self { is_reachable: window.is_none(), ..self }
    }
}
