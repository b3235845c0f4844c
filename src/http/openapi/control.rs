//! The addresses of the control API, below `/_mock/v1`.

use super::{Page, page};

const NONE: (&str, &str) = ("", "");
const OBJECT: (u16, &str) = (200, "Object");
/// The query of the provisioning logs.
const LOGS: &str = "format:string file:string status:string action:string object:string \
                    cycle:string limit:integer";
const GONE: (u16, &str) = (204, "");

pub(super) const PAGES: &[Page] = &[
    page(("GET", ""), "What the server is", NONE, (200, "Index")),
    page(("PATCH", "config"), "Changes the public URL or the log level", ("", "Config"), OBJECT),
    page(("POST", "shutdown"), "Stops the server", NONE, (202, "Object")),
    page(
        ("GET", "unrouted"),
        "The requests that reached no tenant, each with a guess at what was meant",
        ("q:string since:integer limit:integer", ""),
        (200, "Unrouted"),
    ),
    page(("DELETE", "unrouted"), "Forgets the requests that reached no tenant", NONE, GONE),
    page(("GET", "tenants"), "The tenants", NONE, (200, "Items")),
    page(("POST", "tenants"), "Makes a tenant", ("", "NewTenant?"), (201, "Tenant")),
    page(("GET", "tenants/{tenant}"), "A tenant", NONE, (200, "Tenant")),
    page(("DELETE", "tenants/{tenant}"), "Takes a tenant away", NONE, GONE),
    page(
        ("POST", "tenants/{tenant}/reset"),
        "State, journal, faults, limits and clock as at the start, or as in a snapshot",
        ("", "Reset?"),
        OBJECT,
    ),
    page(
        ("POST", "tenants/{tenant}/seed"),
        "Other people, made from a number",
        ("", "Seed?"),
        OBJECT,
    ),
    page(("GET", "tenants/{tenant}/state"), "The whole state", ("secrets:boolean", ""), OBJECT),
    page(("PUT", "tenants/{tenant}/state"), "Puts a whole state in place", ("", "Object"), OBJECT),
    page(("GET", "tenants/{tenant}/state/digest"), "The state's SHA-256", NONE, OBJECT),
    page(
        ("GET", "tenants/{tenant}/state/wait"),
        "Waits until users or groups match a SCIM filter",
        (
            "users:string groups:string count:integer atLeast:integer atMost:integer \
             exactly:integer timeout:string",
            "",
        ),
        OBJECT,
    ),
    page(("GET", "tenants/{tenant}/snapshots"), "The snapshots", NONE, (200, "Items")),
    page(
        ("POST", "tenants/{tenant}/snapshots"),
        "Takes a snapshot",
        ("", "Named"),
        (201, "Object"),
    ),
    page(("DELETE", "tenants/{tenant}/snapshots/{name}"), "Deletes a snapshot", NONE, GONE),
    page(
        ("POST", "tenants/{tenant}/snapshots/{name}/restore"),
        "Goes back to a snapshot; the journal goes on",
        NONE,
        OBJECT,
    ),
    page(
        ("GET", "tenants/{tenant}/users"),
        "The users as SCIM lists them",
        LIST,
        (200, "ListResponse"),
    ),
    page(("POST", "tenants/{tenant}/users"), "Makes a user", ("", "NewUser"), (201, "User")),
    page(("GET", "tenants/{tenant}/users/{id}"), "A user", SHOWN, (200, "User")),
    page(("PUT", "tenants/{tenant}/users/{id}"), "Replaces a user", ("", "NewUser"), (200, "User")),
    page(
        ("PATCH", "tenants/{tenant}/users/{id}"),
        "Changes a user",
        ("", "PatchOp"),
        (200, "User"),
    ),
    page(("DELETE", "tenants/{tenant}/users/{id}"), "Deletes a user", NONE, GONE),
    page(
        ("GET", "tenants/{tenant}/users/{id}/history"),
        "The exchanges that changed a user",
        NONE,
        OBJECT,
    ),
    page(
        ("GET", "tenants/{tenant}/users/{id}/blame"),
        "Which exchange last set each attribute of a user",
        NONE,
        OBJECT,
    ),
    page(
        ("GET", "tenants/{tenant}/groups"),
        "The groups as SCIM lists them",
        LIST,
        (200, "ListResponse"),
    ),
    page(("POST", "tenants/{tenant}/groups"), "Makes a group", ("", "NewGroup"), (201, "Group")),
    page(("GET", "tenants/{tenant}/groups/{id}"), "A group", SHOWN, (200, "Group")),
    page(
        ("PUT", "tenants/{tenant}/groups/{id}"),
        "Replaces a group",
        ("", "NewGroup"),
        (200, "Group"),
    ),
    page(
        ("PATCH", "tenants/{tenant}/groups/{id}"),
        "Changes a group",
        ("", "PatchOp"),
        (200, "Group"),
    ),
    page(("DELETE", "tenants/{tenant}/groups/{id}"), "Deletes a group", NONE, GONE),
    page(
        ("GET", "tenants/{tenant}/groups/{id}/history"),
        "The exchanges that changed a group",
        NONE,
        OBJECT,
    ),
    page(
        ("GET", "tenants/{tenant}/groups/{id}/blame"),
        "Which exchange last set each attribute of a group",
        NONE,
        OBJECT,
    ),
    page(
        ("GET", "tenants/{tenant}/configurations"),
        "The user configurations",
        NONE,
        (200, "Items"),
    ),
    page(
        ("POST", "tenants/{tenant}/configurations"),
        "Adds a user configuration",
        ("", "Configuration"),
        (201, "Object"),
    ),
    page(("GET", "tenants/{tenant}/configurations/{id}"), "A user configuration", NONE, OBJECT),
    page(
        ("PUT", "tenants/{tenant}/configurations/{id}"),
        "Replaces a user configuration",
        ("", "Configuration"),
        OBJECT,
    ),
    page(
        ("DELETE", "tenants/{tenant}/configurations/{id}"),
        "Deletes a user configuration",
        NONE,
        GONE,
    ),
    page(("GET", "tenants/{tenant}/companies"), "The companies", NONE, (200, "Companies")),
    page(
        ("POST", "tenants/{tenant}/companies"),
        "Adds a company",
        ("", "Company"),
        (201, "Company"),
    ),
    page(("GET", "tenants/{tenant}/companies/{id}"), "A company", NONE, (200, "Company")),
    page(
        ("PUT", "tenants/{tenant}/companies/{id}"),
        "Replaces a company",
        ("", "Company"),
        (200, "Company"),
    ),
    page(("DELETE", "tenants/{tenant}/companies/{id}"), "Deletes a company", NONE, GONE),
    page(("GET", "tenants/{tenant}/roles"), "The roles", NONE, (200, "Roles")),
    page(("POST", "tenants/{tenant}/roles"), "Adds a role", ("", "Role"), (201, "Role")),
    page(("GET", "tenants/{tenant}/roles/{name}"), "A role", NONE, (200, "Role")),
    page(("PUT", "tenants/{tenant}/roles/{name}"), "Replaces a role", ("", "Role"), (200, "Role")),
    page(("DELETE", "tenants/{tenant}/roles/{name}"), "Deletes a role", NONE, GONE),
    page(
        ("GET", "tenants/{tenant}/authorization-groups"),
        "The authorization groups",
        NONE,
        (200, "AuthorizationGroups"),
    ),
    page(
        ("POST", "tenants/{tenant}/authorization-groups"),
        "Adds an authorization group",
        ("", "AuthorizationGroup"),
        (201, "AuthorizationGroup"),
    ),
    page(
        ("GET", "tenants/{tenant}/authorization-groups/{name}"),
        "An authorization group",
        NONE,
        (200, "AuthorizationGroup"),
    ),
    page(
        ("PUT", "tenants/{tenant}/authorization-groups/{name}"),
        "Replaces an authorization group",
        ("", "AuthorizationGroup"),
        (200, "AuthorizationGroup"),
    ),
    page(
        ("DELETE", "tenants/{tenant}/authorization-groups/{name}"),
        "Deletes an authorization group",
        NONE,
        GONE,
    ),
    page(
        ("GET", "tenants/{tenant}/requests"),
        "The exchanges that a traffic filter means",
        ("q:string since:integer limit:integer", ""),
        (200, "Exchanges"),
    ),
    page(("DELETE", "tenants/{tenant}/requests"), "Forgets the exchanges", NONE, GONE),
    page(
        ("GET", "tenants/{tenant}/requests/export"),
        "The exchanges as HAR or by lines",
        ("q:string since:integer format:string", ""),
        (200, "Export"),
    ),
    page(
        ("POST", "tenants/{tenant}/requests/verify"),
        "Verifies the traffic",
        ("", "Verification"),
        (200, "Exchanges"),
    ),
    page(
        ("GET", "tenants/{tenant}/requests/wait"),
        "Waits for exchanges",
        (
            "q:string count:integer atLeast:integer atMost:integer exactly:integer since:integer \
             timeout:string state:string",
            "",
        ),
        (200, "Exchanges"),
    ),
    page(
        ("GET", "tenants/{tenant}/requests/wait-idle"),
        "Waits until no request runs",
        ("quiet:string timeout:string", ""),
        OBJECT,
    ),
    page(
        ("GET", "tenants/{tenant}/requests/{seq}"),
        "An exchange as JSON, as a curl command or as HAR",
        ("as:string", ""),
        (200, "Exchange"),
    ),
    page(
        ("GET", "tenants/{tenant}/events"),
        "The exchanges as they come, as server-sent events",
        ("since:integer q:string", ""),
        (200, "Events"),
    ),
    page(
        ("GET", "tenants/{tenant}/entra"),
        "How the provisioning job is getting on",
        NONE,
        (200, "JobStatus"),
    ),
    page(
        ("PUT", "tenants/{tenant}/entra"),
        "Makes the provisioning job, or gives it another configuration or directory",
        ("", "Job?"),
        (200, "JobStatus"),
    ),
    page(
        ("DELETE", "tenants/{tenant}/entra"),
        "Stops and forgets the provisioning job",
        NONE,
        GONE,
    ),
    page(
        ("POST", "tenants/{tenant}/entra/cycle"),
        "Runs a provisioning cycle now; with `wait` the answer comes when it has ended",
        ("wait:boolean", ""),
        (200, "JobStatus"),
    ),
    page(
        ("POST", "tenants/{tenant}/entra/start"),
        "Runs cycles from now on when they are due",
        NONE,
        (200, "JobStatus"),
    ),
    page(
        ("POST", "tenants/{tenant}/entra/pause"),
        "Runs no cycle by itself",
        NONE,
        (200, "JobStatus"),
    ),
    page(("POST", "tenants/{tenant}/entra/test-connection"), "Test Connection", NONE, OBJECT),
    page(
        ("POST", "tenants/{tenant}/entra/on-demand"),
        "Provisions one user or group at once",
        ("", "OnDemand"),
        OBJECT,
    ),
    page(
        ("POST", "tenants/{tenant}/entra/restart"),
        "Forgets some of what the job knows: Graph's scopes of a restart",
        ("", "Restart?"),
        (200, "JobStatus"),
    ),
    page(
        ("POST", "tenants/{tenant}/entra/allow-deletions"),
        "Lets the next cycle delete whatever the threshold says",
        NONE,
        (200, "JobStatus"),
    ),
    page(
        ("GET", "tenants/{tenant}/entra/logs"),
        "The provisioning logs, as JSON or as one of the portal's CSV files",
        (LOGS, ""),
        (200, "Logs"),
    ),
    page(
        ("GET", "tenants/{tenant}/entra/mails"),
        "The latest notification mails, oldest first",
        NONE,
        (200, "Mails"),
    ),
    page(("GET", "tenants/{tenant}/entra/directory"), "The source directory", NONE, OBJECT),
    page(
        ("POST", "tenants/{tenant}/entra/directory/changes"),
        "Changes the source directory, all or nothing",
        ("", "DirectoryChanges"),
        OBJECT,
    ),
    page(
        ("POST", "tenants/{tenant}/entra/week"),
        "Does the changes of the next days of a scripted week",
        ("", "Week?"),
        OBJECT,
    ),
    page(("GET", "tenants/{tenant}/faults"), "The fault rules", NONE, (200, "FaultRules")),
    page(
        ("POST", "tenants/{tenant}/faults"),
        "Adds a fault rule",
        ("", "FaultRule"),
        (201, "FaultRule"),
    ),
    page(
        ("PATCH", "tenants/{tenant}/faults"),
        "Whether requests may ask for faults",
        ("", "FaultSettings"),
        OBJECT,
    ),
    page(("DELETE", "tenants/{tenant}/faults"), "Deletes all fault rules", NONE, OBJECT),
    page(("GET", "tenants/{tenant}/faults/presets"), "The presets", NONE, OBJECT),
    page(
        ("POST", "tenants/{tenant}/faults/presets/{name}"),
        "Adds the rules of a preset",
        NONE,
        OBJECT,
    ),
    page(("GET", "tenants/{tenant}/faults/{id}"), "A fault rule", NONE, (200, "FaultRule")),
    page(
        ("PUT", "tenants/{tenant}/faults/{id}"),
        "Replaces a fault rule",
        ("", "FaultRule"),
        (200, "FaultRule"),
    ),
    page(("DELETE", "tenants/{tenant}/faults/{id}"), "Deletes a fault rule", NONE, GONE),
    page(("GET", "tenants/{tenant}/limits"), "The rate limits", NONE, (200, "Limits")),
    page(
        ("PUT", "tenants/{tenant}/limits"),
        "Sets the rate limits",
        ("", "Limits"),
        (200, "Limits"),
    ),
    page(("GET", "tenants/{tenant}/clock"), "The tenant's clock", NONE, (200, "Clock")),
    page(
        ("PUT", "tenants/{tenant}/clock"),
        "Sets the tenant's clock",
        ("", "Clock"),
        (200, "Clock"),
    ),
    page(
        ("POST", "tenants/{tenant}/clock/advance"),
        "Moves the tenant's clock on",
        ("", "Advance"),
        (200, "Clock"),
    ),
];

/// The query of a SCIM list.
const LIST: (&str, &str) = (super::scim::LIST, "");

/// The query of a single SCIM resource.
const SHOWN: (&str, &str) = (super::scim::SHOWN, "");
