//! The parts of forms.

use maud::{Markup, html};

use super::super::{cookies::CookieKind, csrf, request::PageRequest};

/// A line of text to type.
#[derive(Default)]
pub(super) struct Field<'a> {
    pub(super) label: &'a str,
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// What is said below it.
    pub(super) hint: Option<&'a str>,
    /// What is wrong with what was typed; the focus goes there.
    pub(super) error: Option<&'a str>,
    /// Whether the focus goes there anyhow.
    pub(super) is_first: bool,
}

impl Field<'_> {
    pub(super) fn render(&self) -> Markup {
        let Self { label, name, value, hint, error, is_first } = *self;
        let is_wrong = error.is_some();
        let told = is_wrong || hint.is_some();
        let help = format!("{name}-help");
        html! {
            div.label {
                label for=(name) { (label) }
                input.field #(name) name=(name) value=(value) autocomplete="off" spellcheck="false"
                    autofocus[is_first || is_wrong] aria-invalid=[is_wrong.then_some("true")]
                    aria-describedby=[told.then_some(&help)];
                @if let Some(error) = error {
                    span.hint.error id=(help) { (super::super::frame::sentence(error)) }
                } @else if let Some(hint) = hint {
                    span.hint id=(help) { (hint) }
                }
            }
        }
    }
}

/// A form that posts to an address below the tenant, with the field that proves it is ours.
pub(super) fn form(
    page: &PageRequest,
    below: &str,
    class: Option<&str>,
    content: Markup,
) -> Markup {
    let token = CookieKind::Console.read(&page.site, &page.headers).unwrap_or_default();
    let proof = csrf::token(&token, &page.path_of(below));
    html! {
        form method="post" action=(page.link(below)) class=[class] {
            input type="hidden" name=(csrf::FIELD) value=(proof);
            (content)
        }
    }
}
