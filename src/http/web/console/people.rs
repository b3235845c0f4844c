//! Which users a page of the console shows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::{
    super::{
        list::{ROWS, none_matches, number},
        request::PageRequest,
    },
    layout::Tab,
};
use crate::{
    medius::{MasterKind, UserConfiguration, UserView},
    scim::{Resource, User, encode, quoted},
    tenant::{State, Tenant},
};

/// Above so many users they are not counted: that would look at each of them.
const MOST_COUNTED: usize = 10_000;

/// Which users are meant, beside a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UserSegment {
    All,
    CanSignIn,
    Disabled,
    NeedsAttention,
}

/// What a request for the users asks for.
pub(super) struct UserPage {
    pub(super) q: String,
    pub(super) segment: UserSegment,
    /// From 1 on.
    pub(super) number: usize,
}

/// The users that a page shows.
pub(super) struct UsersFound {
    pub(super) users: Vec<UserView>,
    /// How many are meant.
    pub(super) total: usize,
}

impl UserSegment {
    pub(super) const ALL: [Self; 4] =
        [Self::All, Self::CanSignIn, Self::Disabled, Self::NeedsAttention];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::CanSignIn => "Can sign in",
            Self::Disabled => "Disabled",
            Self::NeedsAttention => "Needs attention",
        }
    }

    /// What it is called in an address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::CanSignIn => "can-sign-in",
            Self::Disabled => "disabled",
            Self::NeedsAttention => "attention",
        }
    }

    /// What is said where no user is in it.
    fn none(self) -> &'static str {
        match self {
            Self::All => "No users yet",
            Self::CanSignIn => "No user can sign in",
            Self::Disabled => "No user is disabled",
            Self::NeedsAttention => "No user needs attention",
        }
    }

    fn has(self, state: &State, user: &Resource) -> bool {
        match self {
            Self::All => true,
            Self::CanSignIn => state.sign_in(user, None).result().works(),
            Self::Disabled => !User(user).is_active(),
            Self::NeedsAttention => !state.attention(user).is_empty(),
        }
    }
}

impl UserPage {
    pub(super) fn of(page: &PageRequest) -> Self {
        let form = &page.form;
        let wanted = form.one("show").unwrap_or_default();
        let segment = UserSegment::ALL.into_iter().find(|it| it.word() == wanted);
        Self {
            q: form.text("q").unwrap_or_default().to_owned(),
            segment: segment.unwrap_or(UserSegment::All),
            number: number(form.one("page")),
        }
    }

    /// Whether all users are meant.
    pub(super) fn is_all(&self) -> bool {
        self.q.is_empty() && self.segment == UserSegment::All
    }

    /// What is said where it has no users.
    pub(super) fn no_users(&self) -> String {
        match self.segment {
            segment if self.q.is_empty() => format!("{}.", segment.none()),
            UserSegment::All => none_matches("user", &self.q),
            segment => {
                let (named, q) = (quoted(segment.label()), quoted(&self.q));
                format!("No user under {named} matches {q}.")
            }
        }
    }

    /// A link to one of its pages.
    pub(super) fn link(&self, page: &PageRequest, number: usize) -> String {
        let mut parts = Vec::new();
        if !self.q.is_empty() {
            parts.push(format!("q={}", encode(&self.q)));
        }
        if self.segment != UserSegment::All {
            parts.push(format!("show={}", self.segment.word()));
        }
        if number > 1 {
            parts.push(format!("page={number}"));
        }
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        page.link(&format!("{}{query}", Tab::Users.path()))
    }
}

/// The users that are meant, those of one page of them.
pub(super) fn find(page: &PageRequest, wanted: &UserPage) -> UsersFound {
    let state = page.tenant().snapshot();
    let base = format!("{}/{}/scim/v2", page.site.url, page.tenant().name());
    let presentation = state.present(&base);
    let directory = state.resources();
    let first = (wanted.number - 1).saturating_mul(ROWS);
    let view = |it: &Arc<Resource>| presentation.medius_view(it, state.master());
    if wanted.is_all() {
        let users = directory.from("User", first).take(ROWS).filter_map(view).collect();
        return UsersFound { users, total: directory.len("User") };
    }
    let mut search = UserSearch::new(&state, &wanted.q);
    let mut total = 0;
    let mut users = Vec::new();
    for user in directory.all("User") {
        if wanted.segment.has(&state, user) && search.means(user) {
            if total >= first && users.len() < ROWS {
                users.extend(view(user));
            }
            total += 1;
        }
    }
    UsersFound { users, total }
}

/// Finds a text in names, companies and roles; upper and lower case are the same.
struct UserSearch<'a> {
    state: &'a State,
    q: String,
    /// Whether a configuration has a company or role that is meant, by its address.
    configurations: HashMap<usize, bool>,
}

impl<'a> UserSearch<'a> {
    fn new(state: &'a State, q: &str) -> Self {
        Self { state, q: q.to_lowercase(), configurations: HashMap::new() }
    }

    fn means(&mut self, user: &Resource) -> bool {
        let it = User(user);
        self.q.is_empty()
            || self.is_in(it.user_name())
            || self.is_in(&it.full_name())
            || self.has_configuration(user)
    }

    fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.q)
    }

    fn has_configuration(&mut self, user: &Resource) -> bool {
        let applied = self.state.applied(&user.id).and_then(|it| it.configuration.as_ref());
        let Some(applied) = applied else { return false };
        let address = Arc::as_ptr(applied).addr();
        if let Some(known) = self.configurations.get(&address) {
            return *known;
        }
        let is_meant = self.names(applied).iter().any(|it| self.is_in(it));
        self.configurations.insert(address, is_meant);
        is_meant
    }

    fn names(&self, it: &UserConfiguration) -> Vec<String> {
        let data = &self.state.master().data;
        let named = [MasterKind::Company, MasterKind::Role];
        named.into_iter().flat_map(|kind| data.names(kind, it.ids(kind))).collect()
    }
}

/// How many users each segment has, counted once a revision.
#[derive(Debug, Default)]
pub(in crate::http) struct SegmentCounts(Mutex<Vec<TenantCounts>>);

/// The counts of a tenant at a revision.
#[derive(Clone, Debug)]
struct TenantCounts {
    tenant: Weak<Tenant>,
    revision: u64,
    counts: [usize; 4],
}

/// How many tenants have their counts kept.
const MOST_KEPT: usize = 16;

/// How many users each segment has; `None` where they are too many to be counted.
pub(super) fn counts(page: &PageRequest) -> Option<[usize; 4]> {
    let tenant = page.tenant();
    // The revision first: a count that is newer than it says is counted again.
    let revision = tenant.revision();
    let state = tenant.snapshot();
    if state.resources().len("User") > MOST_COUNTED {
        return None;
    }
    let kept = &page.app.segment_counts.0;
    let is_it =
        |it: &TenantCounts| it.revision == revision && it.tenant.as_ptr() == Arc::as_ptr(tenant);
    let known = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.iter().find(|it| is_it(it)) {
        return Some(found.counts);
    }
    drop(known);
    let mut counts = [0; 4];
    for user in state.resources().all("User") {
        for (at, segment) in UserSegment::ALL.into_iter().enumerate() {
            counts[at] += usize::from(segment.has(&state, user));
        }
    }
    let mut known = kept.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|it| it.tenant.strong_count() > 0 && it.tenant.as_ptr() != Arc::as_ptr(tenant));
    known.truncate(MOST_KEPT);
    known.insert(0, TenantCounts { tenant: Arc::downgrade(tenant), revision, counts });
    Some(counts)
}
