//! Whether a user may sign in, as the console says it.

use maud::{Markup, html};

use crate::{
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
}

impl SignInShown {
    pub(super) fn of(state: &State, user: &UserView) -> Self {
        let resource = state.resources().get("User", &user.id);
        match resource.map(|it| state.sign_in(it, None)) {
            Some(SignInDecision::Refused(refusal)) => {
                Self { class: "bad", word: "Refused", why: refusal.brief(None) }
            }
            _ => Self::works(user),
        }
    }

    /// It works; an `identityProvider` that names nothing is said.
    fn works(user: &UserView) -> Self {
        let is_unknown = |it: &&Attention| matches!(it, Attention::UnknownIdentityProvider { .. });
        let option = || user.login_option.clone().unwrap_or_default();
        let unknown = user.attention.iter().find(is_unknown);
        let class = if unknown.is_some() { "warn" } else { "" };
        Self { class, word: "Works", why: unknown.map_or_else(option, ToString::to_string) }
    }

    pub(super) fn render(&self) -> Markup {
        html! {
            span {
                span class=(format!("state {}", self.class).trim_end()) { (self.word) }
                span.sub.warn[self.class == "warn"] { (self.why) }
            }
        }
    }
}
