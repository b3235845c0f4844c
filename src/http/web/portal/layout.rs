//! The frame of the pages: whose provisioning it is, the tabs, and how the job is.

use std::sync::Arc;

use maud::{Markup, html};

use super::{
    super::{
        cookies::{CookieKind, CookieLife},
        fields::{self, FormShown},
        frame::{self, document, footer},
        request::PageRequest,
        sign_in_step::random_hex,
        trouble::Trouble,
    },
    job_status,
};
use crate::{
    entra::{DirectoryEntry, JobView},
    http::{answer::Answer, problem::ProblemDetails},
};

/// The pages of a tenant's provisioning, for one request.
pub(super) struct Portal<'a> {
    pub(super) page: &'a PageRequest,
    pub(super) tenant_id: String,
    /// The job; `None` if there is none.
    pub(super) job: Option<Arc<JobView>>,
    /// What tells this browser from others.
    session: String,
    is_new: bool,
}

/// The tabs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PortalTab {
    Provisioning,
    Directory,
    OnDemand,
    Monitor,
    Logs,
}

/// A page.
pub(super) struct PortalPage<'a> {
    tab: PortalTab,
    title: &'a str,
    main: Markup,
    status: u16,
    /// Whether it follows what happens.
    is_live: bool,
}

impl PortalTab {
    const ALL: [Self; 5] =
        [Self::Provisioning, Self::Directory, Self::OnDemand, Self::Monitor, Self::Logs];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Provisioning => "Provisioning",
            Self::Directory => "Users and groups",
            Self::OnDemand => "Provision on demand",
            Self::Monitor => "Monitor",
            Self::Logs => "Provisioning logs",
        }
    }

    /// Its address behind that of the provisioning.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Provisioning => "",
            Self::Directory => "/users-and-groups",
            Self::OnDemand => "/on-demand",
            Self::Monitor => "/monitor",
            Self::Logs => "/logs",
        }
    }
}

/// What tells the browser of a request, if its cookie does.
pub(super) fn session(page: &PageRequest) -> Option<String> {
    CookieKind::Portal.read(&page.site, &page.headers)
}

impl<'a> Portal<'a> {
    /// The pages that a request asks for.
    ///
    /// # Errors
    ///
    /// 404 `unknown-entra-tenant`; 501 `no-entra`.
    pub(super) fn open(page: &'a PageRequest) -> Result<Self, ProblemDetails> {
        let named = page.path_parameters.get(1).map(String::as_str).unwrap_or_default();
        let unknown = |detail: String| ProblemDetails::new(404, "unknown-entra-tenant", detail);
        let state = page.tenant().snapshot();
        let Some(saved) = state.console().setup().entra_tenant().map(|it| it.to_string()) else {
            let detail = "the tenant has no Microsoft Entra tenant ID yet";
            return Err(unknown(detail.into())
                .hint("save it in the admin console: steps 3 and 4 of the tutorial"));
        };
        if !named.eq_ignore_ascii_case(&saved) {
            let detail = format!("the Microsoft Entra tenant of this tenant is {saved}");
            return Err(unknown(detail).hint("the list of tenants leads to its provisioning"));
        }
        let Some(jobs) = &page.app.provisioning else {
            let detail = "this build has no provisioning service";
            return Err(ProblemDetails::new(501, "no-entra", detail)
                .hint("build it with the feature `entra`"));
        };
        let known = session(page);
        let is_new = known.is_none();
        let session = known.unwrap_or_else(random_hex);
        Ok(Self { page, tenant_id: saved, job: jobs.view(page.tenant()), session, is_new })
    }

    /// The users and groups of the directory; none without a job.
    pub(super) fn directory(&self) -> Arc<[DirectoryEntry]> {
        let jobs = self.page.app.provisioning.as_ref();
        jobs.and_then(|it| it.directory(self.page.tenant())).unwrap_or_default()
    }

    /// The address of a page below the tenant.
    pub(super) fn below(&self, path: &str) -> String {
        format!("entra/{}/provisioning{path}", self.tenant_id)
    }

    /// A link to a page.
    pub(super) fn link(&self, path: &str) -> String {
        self.page.link(&self.below(path))
    }

    /// What is said where a job is wanted and there is none.
    pub(super) fn no_job(&self) -> Markup {
        html! {
            p.empty {
                "There is no provisioning job yet. "
                a href=(self.link("")) { "Set the Provisioning Mode to Automatic" } " first."
            }
        }
    }

    /// Sends the browser to a page.
    pub(super) fn see_other(&self, path: &str) -> Answer {
        self.page.see_other(&self.below(path))
    }

    /// A form that posts to a page.
    pub(super) fn form(&self, tab: PortalTab, class: Option<&str>, content: Markup) -> Markup {
        let below = self.below(tab.path());
        fields::form(self.page, &self.session, FormShown { below: &below, class, content })
    }

    fn answer(&self, shown: PortalPage<'_>) -> Answer {
        let answer = frame::page(shown.status, self.render(shown));
        if !self.is_new {
            return answer;
        }
        let path = self.page.path_of("entra/");
        let site = &self.page.site;
        let cookie = CookieKind::Portal.set(site, &path, &self.session, CookieLife::Session);
        answer.header("set-cookie", cookie)
    }

    fn render(&self, shown: PortalPage<'_>) -> Markup {
        let PortalPage { tab, title, main, is_live, .. } = shown;
        let title = format!("{title} · {} · mock Microsoft Entra ID", self.page.tenant().name());
        document(
            &self.page.site,
            &title,
            html! {
                body data-changes=[is_live.then(|| self.link("/changes"))] data-seen=(self.page.seen()) {
                    div {
                        a.skip href="#main" { "To the content" }
                        (self.top(tab))
                        main.page #main { (main) }
                        (footer(&self.page.site))
                    }
                }
            },
        )
    }

    fn top(&self, current: PortalTab) -> Markup {
        let name = self.page.tenant().name();
        html! {
            header.top {
                div.bar {
                    (frame::entra_mark()) " " b.product { "Mock Microsoft Entra ID" } " "
                    span.slash aria-hidden="true" { "/" } " "
                    b { "MediusFlow" } " " span.tag { (name) }
                    div.end {
                        a href=(self.page.site.link("/")) { "Tenants" }
                        a href=(self.page.link("admin/")) { "Admin console" }
                    }
                }
                nav.tabs aria-label="Provisioning of MediusFlow" {
                    @for tab in PortalTab::ALL {
                        a href=(self.link(tab.path()))
                            aria-current=[(tab == current).then_some("page")] { (tab.label()) }
                    }
                }
            }
        }
    }

    /// The head of a page: what it is called and what it is for, and how the job is.
    pub(super) fn head(&self, heading: &str, about: &str) -> Markup {
        html! {
            div.head {
                div { h1 { (heading) } p { (about) } }
                div.next.end #status data-live {
                    (job_status::line(self.job.as_deref(), self.page.now))
                }
            }
            div.table #busy data-live {
                @if self.job.as_ref().is_some_and(|it| it.running.is_some()) {
                    p.notice.busy { "A cycle is running. What you click now is done when it has ended." }
                }
            }
        }
    }
}

impl<'a> PortalPage<'a> {
    /// A live page of a tab.
    pub(super) fn new(tab: PortalTab, main: Markup) -> Self {
        Self { tab, title: tab.label(), main, status: 200, is_live: true }
    }

    /// The same page with this title.
    pub(super) fn titled(self, title: &'a str) -> Self {
        Self { title, ..self }
    }

    /// The same page, which stays as it is.
    pub(super) fn still(self) -> Self {
        Self { is_live: false, ..self }
    }

    /// The same page after trouble, if there was some.
    pub(super) fn after(self, trouble: Option<&Trouble>) -> Self {
        match trouble {
            Some(trouble) => Self { status: trouble.status, is_live: false, ..self },
            None => self,
        }
    }

    pub(super) fn answer(self, portal: &Portal<'_>) -> Answer {
        portal.answer(self)
    }
}
