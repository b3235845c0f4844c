//! The addresses of the server itself.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(("GET", ""), "What is here", ("", ""), (200, "Index")),
    page(("GET", "livez"), "Whether the process runs", ("", ""), (200, "Text")),
    page(("GET", "readyz"), "Whether requests are answered", ("", ""), (200, "Text")),
    page(("GET", "openapi.json"), "This document", ("", ""), (200, "Object")),
    page(("GET", "docs"), "This document as a page", ("", ""), (200, "Html")),
    page(("GET", "docs/docs.js"), "What that page does", ("", ""), (200, "Script")),
    page(("GET", "docs/docs.css"), "What that page looks like", ("", ""), (200, "Style")),
    page(
        ("POST", "admin/v1/authenticate"),
        "Step 1: logs in to a tenant's admin console by its name",
        ("", "Credentials"),
        (200, "AccessToken"),
    ),
];
