//! Good calls of the control API.

use serde_json::{Value, json};

use crate::{
    Visitor,
    support::{group, operations, user},
};

const NONE: &Value = &Value::Null;

pub(crate) fn visit(visitor: &mut Visitor) {
    visitor.call("GET", "/_mock/v1/", &[], NONE);
    visitor.call("PATCH", "/_mock/v1/config", &[], &json!({"publicUrl": null}));
    visitor.call("GET", "/_mock/v1/tenants", &[], NONE);
    visitor.call("GET", "/_mock/v1/unrouted?q=is%3Aerror&since=0&limit=2", &[], NONE);
    visitor.call("DELETE", "/_mock/v1/unrouted", &[], NONE);
    visitor.control("GET", "", &[], NONE);
    edits(visitor);
    master_data(visitor);
    traffic(visitor);
    trouble(visitor);
    state(visitor);
    entra(visitor);

    let wanted = json!({"seed": 7, "users": 2, "groups": 1, "timeToLive": "1h"});
    let made = visitor.call("POST", "/_mock/v1/tenants", &[], &wanted);
    made["tenant"].as_str().unwrap().clone_into(&mut visitor.tenant);
    visitor.control("DELETE", "", &[], NONE);
    visitor.call("POST", "/_mock/v1/shutdown", &[], NONE);
}

/// Users and groups, and what happened to them.
fn edits(visitor: &mut Visitor) {
    let person = || user("alan@nordlys.example", json!({"displayName": "Alan"}));
    let renamed = operations(json!([{"op": "replace", "path": "displayName", "value": "Another"}]));
    for (kind, body) in [("users", person()), ("groups", group("Testers", &[]))] {
        let one = format!("/{kind}/{{id}}");
        visitor.control("GET", &format!("/{kind}?count=1"), &[], NONE);
        let made = visitor.control("POST", &format!("/{kind}"), &[], &body);
        let id = [made["id"].as_str().unwrap()];
        visitor.control("GET", &one, &id, NONE);
        visitor.control("PUT", &one, &id, &body);
        visitor.control("PATCH", &one, &id, &renamed);
        visitor.control("GET", &format!("{one}/history"), &id, NONE);
        visitor.control("GET", &format!("{one}/blame"), &id, NONE);
        if kind == "users" {
            sign_in(visitor, &id);
        }
        visitor.control("DELETE", &one, &id, NONE);
    }
}

/// Whether a user may sign in, and what became of that.
fn sign_in(visitor: &mut Visitor, id: &[&str]) {
    let option = "/users/{id}/sign-in?option=Medius.Security";
    visitor.control("GET", "/users/{id}/sign-in", id, NONE);
    visitor.control("GET", option, id, NONE);
    visitor.control("GET", option, &["nobody"], NONE);
    visitor.control("GET", "/users/{id}/sign-in/history?since=0", id, NONE);
    let life = json!({"user": id[0], "sequence": ["notProvisioned", "works"], "within": "1s"});
    visitor.control("POST", "/sign-in/verify", &[], &life);
    let wait = format!("/sign-in/wait?user={}&result=works&timeout=5s", id[0]);
    visitor.control("GET", &wait, &[], NONE);
    visitor.control("POST", "/sign-in", &[], &json!({"user": id[0]}));
    visitor.control("GET", "/sign-ins", &[], NONE);
    visitor.control("DELETE", "/sign-ins", &[], NONE);
    visitor.control(
        "PUT",
        "/sign-in",
        &[],
        &json!({"account": "alan@nordlys.example", "times": 1}),
    );
    visitor.control("DELETE", "/sign-in", &[], NONE);
    visitor.control("POST", "/sign-in/rotate-key", &[], &json!({"grace": "1d"}));
}

/// What configurations choose from, and configurations.
fn master_data(visitor: &mut Visitor) {
    let company = json!({"name": "Fjell AS", "companyId": "9001", "externalSystemId": "9001[MED]",
        "parentCompanyName": "Nordlys Group", "accountingCurrency": "NOK", "format": "nb-NO", "language": "nb-NO"});
    let named = json!({"name": "Tester", "description": "Tests"});
    let draft = json!({"name": "Norway", "filter": "NO", "companies": ["Fjell AS"]});
    let kinds = [
        ("companies", "{id}", company, "companyId"),
        ("roles", "{name}", named.clone(), "name"),
        ("authorization-groups", "{name}", named, "name"),
        ("configurations", "{id}", draft, "id"),
    ];
    visitor.control("GET", "/login-options", &[], NONE);
    let name = ["Medius.Security"];
    let option = visitor.control("GET", "/login-options/{name}", &name, NONE);
    visitor.control("PUT", "/login-options/{name}", &name, &option);
    let mut made = Vec::new();
    for (kind, hole, body, key) in &kinds {
        let one = format!("/{kind}/{hole}");
        visitor.control("GET", &format!("/{kind}"), &[], NONE);
        let added = visitor.control("POST", &format!("/{kind}"), &[], body);
        let key = added[*key].as_str().unwrap().to_owned();
        visitor.control("GET", &one, &[&key], NONE);
        visitor.control("PUT", &one, &[&key], body);
        made.push((one, key));
    }
    // A configuration holds on to its company, so it goes first.
    for (one, key) in made.iter().rev() {
        visitor.control("DELETE", one, &[key], NONE);
    }
}

/// What was asked, assertions and waits.
fn traffic(visitor: &mut Visitor) {
    let seen = visitor.control("GET", "/requests?q=op%3Acreate&since=0&limit=2", &[], NONE);
    let seq = seen["items"][0]["seq"].to_string();
    for query in ["", "?as=json", "?as=curl", "?as=har"] {
        visitor.control("GET", &format!("/requests/{{seq}}{query}"), &[&seq], NONE);
    }
    for format in ["har", "jsonl"] {
        visitor.control("GET", &format!("/requests/export?format={format}"), &[], NONE);
    }
    let expected = json!({"match": "op:create", "count": {"atLeast": 1}, "within": "1s"});
    visitor.control("GET", "/report?from=api-test&since=0", &[], NONE);
    visitor.control("POST", "/requests/verify", &[], &expected);
    visitor.control("GET", "/requests/wait?q=op%3Acreate&count=1&timeout=5s", &[], NONE);
    visitor.control("GET", "/requests/wait-idle?quiet=0ms&timeout=5s", &[], NONE);
    visitor.control("GET", "/state/wait?users=userName%20pr&timeout=5s", &[], NONE);
    visitor.open("/_mock/v1/tenants/{tenant}/events");
    visitor.control("DELETE", "/requests", &[], NONE);
}

/// Faults, limits and the clock.
fn trouble(visitor: &mut Visitor) {
    let rule = json!({
        "match": {"operation": "user.create", "subject": ["ada@nordlys.example"]},
        "when": {"times": 1, "probability": 0.5},
        "action": {"status": 503, "retryAfter": "1s", "delay": {"fixed": "1ms"}},
        "phase": "before",
    });
    let added = visitor.control("POST", "/faults", &[], &rule);
    let id = [added["id"].as_str().unwrap()];
    visitor.control("GET", "/faults", &[], NONE);
    visitor.control("GET", "/faults/{id}", &id, NONE);
    visitor.control("PUT", "/faults/{id}", &id, &rule);
    visitor.control("PUT", "/faults/{id}", &["lost"], &rule);
    visitor.control("DELETE", "/faults/{id}", &id, NONE);
    visitor.control("PATCH", "/faults", &[], &json!({"preferHeader": false}));
    visitor.control("GET", "/faults/presets", &[], NONE);
    visitor.control("POST", "/faults/presets/{name}", &["flaky"], NONE);
    visitor.control("DELETE", "/faults", &[], NONE);

    let rate = json!({"rate": 25, "burst": 50});
    visitor.control("PUT", "/limits", &[], &json!({"tenant": rate, "operations": {"bulk": rate}}));
    visitor.control("GET", "/limits", &[], NONE);
    visitor.control("PUT", "/limits", &[], &json!({}));

    for clock in [
        json!({"mode": "frozen", "at": "2030-01-01T00:00:00Z"}),
        json!({"mode": "offset", "by": "-2h"}),
        json!({"mode": "scaled", "factor": 60}),
        json!({"mode": "real"}),
    ] {
        visitor.control("PUT", "/clock", &[], &clock);
        visitor.control("GET", "/clock", &[], NONE);
    }
    visitor.control("POST", "/clock/advance", &[], &json!({"by": "40m"}));
}

/// The state as a whole.
fn state(visitor: &mut Visitor) {
    let whole = visitor.control("GET", "/state?secrets=true", &[], NONE);
    visitor.control("PUT", "/state", &[], &whole);
    visitor.control("GET", "/state/digest", &[], NONE);
    visitor.control("POST", "/snapshots", &[], &json!({"name": "now"}));
    visitor.control("GET", "/snapshots", &[], NONE);
    visitor.control("GET", "/snapshots/{name}", &["now"], NONE);
    visitor.control("POST", "/snapshots/{name}/restore", &["now"], NONE);
    visitor.control("POST", "/seed", &[], &json!({"seed": 3, "users": 4, "groups": 1}));
    visitor.control("POST", "/reset", &[], NONE);
    visitor.control("DELETE", "/snapshots/{name}", &["now"], NONE);
}

/// The provisioning job.
fn entra(visitor: &mut Visitor) {
    let job = json!({
        "directory": {"generate": {"users": 5, "groups": 1, "seed": 1}},
        "requestsPerSecond": 100_000, // Entra's own pace would take a test's time
    });
    visitor.control("PUT", "/entra", &[], &job);
    visitor.control("PATCH", "/entra", &[], &json!({"notificationEmail": "it@contoso.com"}));
    visitor.control("GET", "/entra", &[], NONE);
    visitor.control("POST", "/entra/test-connection", &[], NONE);
    visitor.control("POST", "/entra/cycle?wait=true", &[], NONE);
    visitor.control("POST", "/entra/cycle", &[], NONE);
    let directory = visitor.control("GET", "/entra/directory", &[], NONE);
    let objects = directory["objects"].as_array().unwrap();
    let user = objects.iter().find(|it| it["kind"]["type"] == "user").unwrap();
    let name = user["attributes"]["userPrincipalName"].clone();
    let change = json!({"change": "setAttribute", "object": name, "attribute": "displayName",
        "value": "Somebody Else"});
    visitor.control("POST", "/entra/directory/changes", &[], &json!({"changes": [change]}));
    visitor.control("POST", "/entra/on-demand", &[], &json!({"user": name}));
    visitor.control("POST", "/entra/week", &[], &json!({"days": 1}));
    visitor.control("POST", "/entra/restart", &[], &json!({"scope": "Full"}));
    visitor.control("POST", "/entra/allow-deletions", &[], NONE);
    visitor.control("POST", "/entra/start", &[], NONE);
    visitor.control("POST", "/entra/pause", &[], NONE);
    for format in ["json", "csv"] {
        visitor.control("GET", &format!("/entra/logs?format={format}&limit=5"), &[], NONE);
    }
    visitor.control("GET", "/entra/mails", &[], NONE);
    visitor.control("DELETE", "/entra", &[], NONE);
}

impl Visitor {
    /// Calls an operation below `/_mock/v1/tenants/{tenant}`.
    fn control(&mut self, method: &str, path: &str, holes: &[&str], body: &Value) -> Value {
        self.call(method, &format!("/_mock/v1/tenants/{{tenant}}{path}"), holes, body)
    }
}
