//! The addresses of a tenant's admin console, below `/{tenant}/admin/v1`.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        ("GET", "setup"),
        "The eleven steps with their state, and which are still open",
        ("", ""),
        (200, "Setup"),
    ),
    page(("GET", "connection"), "Step 2: verifies the connection", ("", ""), (200, "Object")),
    page(("GET", "integration"), "The Microsoft Entra tenant ID", ("", ""), (200, "Object")),
    page(
        ("PUT", "integration"),
        "Steps 3 and 4: saves the Microsoft Entra tenant ID",
        ("", "Integration"),
        (200, "Object"),
    ),
    page(
        ("PUT", "provisioning"),
        "Step 5: chooses user provisioning",
        ("", "Provisioning"),
        (200, "Object"),
    ),
    page(("GET", "secret-key"), "Whether there is a secret key", ("", ""), (200, "Object")),
    page(
        ("POST", "secret-key"),
        "Steps 6 and 7: generates a secret key, shown once; 409 unless it is confirmed",
        ("", "SecretKeyRequest"),
        (201, "Object"),
    ),
    page(("GET", "scim-link"), "Step 11: copies the SCIM link", ("", ""), (200, "ScimLink")),
    page(("GET", "scim-settings"), "How the tenant speaks SCIM", ("", ""), (200, "Object")),
    page(
        ("PATCH", "scim-settings"),
        "Changes the settings that the body names",
        ("", "Object"),
        (200, "Object"),
    ),
    page(("GET", "scim-schemas"), "The tenant's own schemas", ("", ""), (200, "Object")),
    page(
        ("PUT", "scim-schemas"),
        "Gives the tenant schemas, extensions and resource types of its own",
        ("", "Object"),
        (200, "Object"),
    ),
    page(("DELETE", "scim-schemas"), "Takes the tenant's own schemas away", ("", ""), (204, "")),
    page(("GET", "configurations"), "The user configurations", ("", ""), (200, "Items")),
    page(
        ("POST", "configurations"),
        "Steps 8 to 10: adds a user configuration",
        ("", "Configuration"),
        (201, "Object"),
    ),
    page(("GET", "configurations/{id}"), "A user configuration", ("", ""), (200, "Object")),
    page(
        ("PUT", "configurations/{id}"),
        "Replaces a user configuration",
        ("", "Configuration"),
        (200, "Object"),
    ),
    page(("DELETE", "configurations/{id}"), "Deletes a user configuration", ("", ""), (204, "")),
    page(("GET", "companies"), "The companies", ("", ""), (200, "Companies")),
    page(("GET", "companies/{id}"), "A company, by id or name", ("", ""), (200, "Company")),
    page(("GET", "roles"), "The roles", ("", ""), (200, "Roles")),
    page(
        ("GET", "authorization-groups"),
        "The authorization groups",
        ("", ""),
        (200, "AuthorizationGroups"),
    ),
    page(("GET", "locales"), "The locales", ("", ""), (200, "Object")),
    page(("GET", "login-options"), "The login options", ("", ""), (200, "Items")),
    page(
        ("GET", "users"),
        "MediusFlow's own view of the users, a page of them",
        ("offset:integer limit:integer", ""),
        (200, "Items"),
    ),
    page(("GET", "users/{id}"), "MediusFlow's own view of a user", ("", ""), (200, "Object")),
    page(
        ("POST", "users/reapply"),
        "Applies the configurations to all users again",
        ("", ""),
        (200, "Object"),
    ),
    page(
        ("POST", "users/{id}/reapply"),
        "Applies the configurations to a user again",
        ("", ""),
        (200, "Object"),
    ),
];
