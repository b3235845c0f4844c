//! Whether a user may sign in, as the console says it.

use maud::{Markup, html};

use super::super::{exchange_link::linked, request::PageRequest};
use crate::{
    journal::Seq,
    medius::{Attention, SignInDecision, UserView},
    tenant::State,
};

/// Whether a user may sign in.
pub(super) struct SignInShown {
    /// The colour of the word: `""`, `warn` or `bad`.
    class: &'static str,
    word: &'static str,
    /// With what, or why not.
    why: String,
    /// The exchange that the reason names.
    since: Option<Seq>,
}

impl SignInShown {
    pub(super) fn of(state: &State, user: &UserView) -> Self {
        let resource = state.resources().get("User", &user.id);
        match resource.map(|it| state.sign_in(it, None)) {
            Some(SignInDecision::Refused(refusal)) => {
                Self { class: "bad", word: "Refused", why: refusal.brief(None), since: None }
            }
            _ => Self::works(user),
        }
    }

    /// The same in full: why, with the exchange that caused it, and what helps.
    pub(super) fn in_full(page: &PageRequest, user: &UserView) -> Self {
        let state = page.tenant().snapshot();
        let short = Self::of(&state, user);
        let resource = state.resources().get("User", &user.id);
        let Some(SignInDecision::Refused(refusal)) = resource.map(|it| state.sign_in(it, None))
        else {
            return short;
        };
        let since = page.tenant().sign_in_history(&user.id).disabled_by();
        Self { why: refusal.told(&user.display_name, since), since, ..short }
    }

    /// It works; an `identityProvider` that names nothing is said.
    fn works(user: &UserView) -> Self {
        let is_unknown = |it: &&Attention| matches!(it, Attention::UnknownIdentityProvider { .. });
        let option = || user.login_option.clone().unwrap_or_default();
        let unknown = user.attention.iter().find(is_unknown);
        let class = if unknown.is_some() { "warn" } else { "" };
        Self {
            class,
            word: "Works",
            why: unknown.map_or_else(option, ToString::to_string),
            since: None,
        }
    }

    /// The same without a reason that stands among these.
    pub(super) fn beside(self, told: &[Attention]) -> Self {
        let is_told = told.iter().any(|it| it.to_string() == self.why);
        if is_told { Self { why: String::new(), ..self } } else { self }
    }

    pub(super) fn render(&self, page: &PageRequest) -> Markup {
        html! {
            span {
                span class=(format!("state {}", self.class).trim_end()) { (self.word) }
                span.sub.warn[self.class == "warn"] { (linked(page, &self.why, self.since)) }
            }
        }
    }
}
