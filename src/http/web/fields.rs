//! The parts of forms.

use maud::{Markup, html};

use super::{csrf, request::PageRequest};

/// A line of text to type.
#[derive(Default)]
pub(in crate::http::web) struct Field<'a> {
    pub(in crate::http::web) label: &'a str,
    pub(in crate::http::web) name: &'a str,
    pub(in crate::http::web) value: &'a str,
    /// The type of the field, such as `password`; text if it is empty.
    pub(in crate::http::web) kind: &'a str,
    /// What stands in the empty field.
    pub(in crate::http::web) placeholder: Option<&'a str>,
    /// What is said below it.
    pub(in crate::http::web) hint: Option<&'a str>,
    /// What is wrong with what was typed; the focus goes there.
    pub(in crate::http::web) error: Option<&'a str>,
    /// Whether the focus goes there anyhow.
    pub(in crate::http::web) is_first: bool,
}

impl Field<'_> {
    pub(in crate::http::web) fn render(&self) -> Markup {
        let Self { label, name, value, kind, placeholder, hint, error, is_first } = *self;
        let kind = (!kind.is_empty()).then_some(kind);
        let is_wrong = error.is_some();
        let told = is_wrong || hint.is_some();
        let help = format!("{name}-help");
        html! {
            div.label {
                label for=(name) { (label) }
                input.field #(name) name=(name) type=[kind] placeholder=[placeholder] value=(value) autocomplete="off" spellcheck="false"
                    autofocus[is_first || is_wrong] aria-invalid=[is_wrong.then_some("true")]
                    aria-describedby=[told.then_some(&help)];
                @if let Some(error) = error {
                    span.hint.error id=(help) { (super::frame::sentence(error)) }
                } @else if let Some(hint) = hint {
                    span.hint id=(help) { (hint) }
                }
            }
        }
    }
}

/// A choice from a list.
#[derive(Default)]
pub(in crate::http::web) struct Select<'a> {
    pub(in crate::http::web) label: &'a str,
    pub(in crate::http::web) name: &'a str,
    pub(in crate::http::web) options: Markup,
    /// What is said below it.
    pub(in crate::http::web) hint: Option<&'a str>,
    /// What is wrong with what was chosen; the focus goes there.
    pub(in crate::http::web) error: Option<&'a str>,
}

impl Select<'_> {
    pub(in crate::http::web) fn render(self) -> Markup {
        let Self { label, name, options, hint, error } = self;
        let help = format!("{name}-help");
        let said = error.map(super::frame::sentence).or_else(|| hint.map(str::to_owned));
        html! {
            label.label {
                (label)
                select.field id=[error.map(|_| name)] name=(name) autofocus[error.is_some()]
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[said.as_ref().map(|_| &help)] {
                    (options)
                }
                @if let Some(said) = said { span.hint.error[error.is_some()] id=(help) { (said) } }
            }
        }
    }
}

/// A form of a page.
pub(in crate::http::web) struct FormShown<'a> {
    /// The address below the tenant to which it posts.
    pub(in crate::http::web) below: &'a str,
    pub(in crate::http::web) class: Option<&'a str>,
    pub(in crate::http::web) content: Markup,
}

/// A form, with the field that proves to the session that it is ours.
pub(in crate::http::web) fn form(
    page: &PageRequest,
    session: &str,
    shown: FormShown<'_>,
) -> Markup {
    let FormShown { below, class, content } = shown;
    let proof = csrf::token(session, &page.path_of(below));
    html! {
        form method="post" action=(page.link(below)) class=[class] {
            input type="hidden" name=(csrf::FIELD) value=(proof);
            (content)
        }
    }
}
