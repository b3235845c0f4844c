//! The frame of the console: who is logged in to which tenant, the tabs, and a window where one is open.

use maud::{Markup, html};

use super::{
    super::{
        frame::{self, document, footer, mark},
        request::PageRequest,
        trouble::Trouble,
    },
    fields::form,
    session, steps,
};
use crate::{
    http::answer::Answer,
    medius::{SetupStep, StepEntry, StepState},
};

/// The tabs of the console.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Integration,
    UserProvisioning,
    Users,
    Groups,
    LoginOptions,
    SignIns,
}

/// A page of the console.
pub(super) struct ConsolePage<'a> {
    pub(super) tab: Tab,
    /// What the page is called, if that is not the tab.
    pub(super) title: Option<&'a str>,
    pub(super) main: Markup,
    /// A window before the page.
    pub(super) window: Option<ConsoleWindow>,
    /// Whether it follows what happens.
    pub(super) is_live: bool,
    pub(super) status: u16,
}

/// A window before a page.
pub(super) struct ConsoleWindow {
    pub(super) title: &'static str,
    pub(super) content: Markup,
    /// The step that opens it.
    pub(super) step: Option<SetupStep>,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::Integration,
        Self::UserProvisioning,
        Self::Users,
        Self::Groups,
        Self::LoginOptions,
        Self::SignIns,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Integration => "Integration",
            Self::UserProvisioning => "User provisioning configuration",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::LoginOptions => "Login options",
            Self::SignIns => "Sign-ins",
        }
    }

    /// Its address below the tenant.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Integration => "admin/integration",
            Self::UserProvisioning => "admin/user-provisioning-configuration",
            Self::Users => "admin/users",
            Self::Groups => "admin/groups",
            Self::LoginOptions => "admin/login-options",
            Self::SignIns => "admin/sign-ins",
        }
    }
}

impl ConsolePage<'_> {
    /// A live page of a tab.
    pub(super) fn new(tab: Tab, main: Markup) -> Self {
        Self { tab, title: None, main, window: None, is_live: true, status: 200 }
    }

    /// The same page after trouble, if there was some: it does not follow what happens.
    pub(super) fn after(self, trouble: Option<&Trouble>) -> Self {
        match trouble {
            Some(trouble) => Self { status: trouble.status, is_live: false, ..self },
            None => self,
        }
    }

    /// The same page with a window before it.
    pub(super) fn with_window(self, window: ConsoleWindow) -> Self {
        Self { title: Some(window.title), window: Some(window), is_live: false, ..self }
    }

    pub(super) fn answer(self, page: &PageRequest) -> Answer {
        let status = self.status;
        frame::page(status, self.render(page))
    }

    fn render(self, page: &PageRequest) -> Markup {
        let Self { tab, title, main, window, is_live, .. } = self;
        let what = title.unwrap_or_else(|| tab.label());
        let opened = window.as_ref().and_then(|it| it.step);
        let title = format!("{what} · {} · MediusFlow admin console", page.tenant().name());
        document(
            &page.site,
            &title,
            html! {
                body data-changes=[is_live.then(|| page.link("admin/changes"))] data-seen=(page.seen()) {
                    div inert[window.is_some()] {
                        a.skip href="#main" { "To the content" }
                        (top(page, tab, opened))
                        main.page #main { (main) p.hidden #said role="status" {} }
                        (footer(&page.site))
                    }
                    @if let Some(window) = window { div.veil { (window.content) } }
                }
            },
        )
    }
}

fn top(page: &PageRequest, current: Tab, opened: Option<SetupStep>) -> Markup {
    let name = page.tenant().name();
    let counts = counts(page, opened);
    html! {
        header.top {
            div.bar {
                a.home href=(page.site.link("/")) aria-label="Tenants" { (mark()) } " "
                b.product { "MediusFlow admin console" } " "
                span.slash aria-hidden="true" { "/" } " "
                b { (name) } " " span.tag { (name.environment()) }
                div.end {
                    @if let Ok(session) = session::of(page) {
                        span.who { (session.user_name) }
                        (form(page, "admin/log-out", None, html! { button.link { "Log out" } }))
                    }
                }
            }
            nav.tabs aria-label="Console" {
                @for (tab, count) in Tab::ALL.into_iter().zip(counts) {
                    a href=(page.link(tab.path())) aria-current=[(tab == current).then_some("page")] {
                        (tab.label())
                        @if let Some(count) = count {
                            " " span.n id=(format!("n-{}", tab.path().rsplit('/').next().unwrap_or_default()))
                                data-live { (count) }
                        }
                    }
                }
            }
        }
    }
}

/// What stands beside each tab, while the window that this step opens is before the page.
fn counts(page: &PageRequest, opened: Option<SetupStep>) -> [Option<String>; 6] {
    let state = page.tenant().snapshot();
    let steps = steps::entries(page, opened);
    let done = |steps: &[StepEntry]| {
        let done = steps.iter().filter(|it| it.state == StepState::Done).count();
        Some(format!("{done} of {}", steps.len()))
    };
    let (integration, provisioning) = steps.split_at(5);
    let resources = |kind| Some(state.resources().len(kind).to_string());
    [
        done(integration),
        done(provisioning),
        resources("User"),
        resources("Group"),
        Some(state.master().data.login_options().len().to_string()),
        None,
    ]
}

/// The head of a page: what it is called and what it is for, and what stands at its end.
pub(super) fn head(heading: &str, about: &str, end: Markup) -> Markup {
    html! {
        div.head {
            div { h1 { (heading) } p { (about) } }
            (end)
        }
    }
}
