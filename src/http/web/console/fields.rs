//! The forms of the console.

use maud::Markup;

use super::super::{cookies::CookieKind, fields, request::PageRequest};

/// A form that posts to an address below the tenant, with the field that proves it is ours.
pub(super) fn form(
    page: &PageRequest,
    below: &str,
    class: Option<&str>,
    content: Markup,
) -> Markup {
    let session = CookieKind::Console.read(&page.site, &page.headers).unwrap_or_default();
    fields::form(page, &session, fields::FormShown { below, class, content })
}
