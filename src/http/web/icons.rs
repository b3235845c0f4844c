//! Pictures that stand beside words.

use maud::{Markup, html};

/// Two sheets: a copy.
pub(in crate::http::web) fn copy() -> Markup {
    html! {
        svg width="16" height="16" viewBox="0 0 20 20" aria-hidden="true" {
            rect x="7" y="7" width="9" height="9" rx="2" {}
            path d="M13 7V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v5a2 2 0 0 0 2 2h1" {}
        }
    }
}

/// A lens: a search.
pub(in crate::http::web) fn lens() -> Markup {
    html! {
        svg width="16" height="16" viewBox="0 0 20 20" aria-hidden="true" {
            circle cx="9" cy="9" r="5" {}
            path d="m13 13 3.5 3.5" {}
        }
    }
}
