//! A call whose body is still on its way when the tenant is reset, or deleted and made again, changes
//! nothing of what is there then: it is the next test's.

use std::collections::BTreeSet;

use mediusflow_mock::MockServer;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Answer, Client, Wire, operations, server, user},
};

/// A change of a tenant: a method, an address below it, its holes filled, and a body.
type Change = (&'static str, &'static str, String, Value);

/// Every change that the control API of this build can make to a tenant.
fn changes(control: &Control) -> Vec<Change> {
    let is_there = |it: &Change| cfg!(feature = "web") || !it.1.starts_with("/sign-in");
    every_change(control).into_iter().filter(is_there).collect()
}

/// The same with the calls of all features.
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_change(control: &Control) -> Vec<Change> {
    let first = |path: &str, pointer: &str| {
        let list = control.get(&format!("{DEFAULT}/{path}")).json;
        let found = list.pointer(pointer).unwrap_or_else(|| panic!("{path}: {list}"));
        found.as_str().unwrap().to_owned()
    };
    let (user_id, group_id) =
        (first("users", "/Resources/0/id"), first("groups", "/Resources/0/id"));
    let configuration = first("configurations", "/items/0/id");
    let company = first("companies", "/items/0/companyId");
    let role = first("roles", "/items/0/name");
    let authorization = first("authorization-groups", "/items/0/name");
    let state = control.get(&format!("{DEFAULT}/state")).json;
    let rename = operations(json!([{"op": "replace", "path": "displayName", "value": "Late"}]));
    let rule = json!({"action": {"status": 503}});
    let late = |name: &str| json!({"name": name, "description": "Late"});
    let new_company = json!({"name": "Late AS", "companyId": "9001", "externalSystemId": "9001[MED]",
        "parentCompanyName": "Nordlys Group", "accountingCurrency": "NOK", "format": "nb-NO",
        "language": "nb-NO"});
    let draft = json!({"name": "Late", "filter": "LATE", "companies": []});
    let job = json!({"directory": {"generate": {"users": 2, "groups": 1, "seed": 1}}});
    let plain = |method, path: &'static str, body: Value| (method, path, path.to_owned(), body);
    let at = |method, path: &'static str, hole: &str, body: Value| {
        let begin = path.find('{').unwrap();
        let end = path.find('}').unwrap();
        let hole = hole.replace(' ', "%20");
        (method, path, format!("{}{hole}{}", &path[..begin], &path[end + 1..]), body)
    };
    vec![
        plain("DELETE", "", empty()),
        plain("PUT", "/state", state),
        plain("POST", "/reset", json!({"to": "one"})),
        plain("POST", "/seed", json!({"seed": 9, "users": 3})),
        plain("POST", "/snapshots", json!({"name": "late"})),
        at("DELETE", "/snapshots/{name}", "one", empty()),
        at("POST", "/snapshots/{name}/restore", "one", empty()),
        plain("POST", "/users", user("late@contoso.com", empty())),
        at("PUT", "/users/{id}", &user_id, user("late@contoso.com", empty())),
        at("PATCH", "/users/{id}", &user_id, rename.clone()),
        at("DELETE", "/users/{id}", &user_id, empty()),
        plain("POST", "/groups", json!({"displayName": "Late"})),
        at("PUT", "/groups/{id}", &group_id, json!({"displayName": "Late"})),
        at("PATCH", "/groups/{id}", &group_id, rename),
        at("DELETE", "/groups/{id}", &group_id, empty()),
        plain("POST", "/configurations", draft.clone()),
        at("PUT", "/configurations/{id}", &configuration, draft),
        at("DELETE", "/configurations/{id}", &configuration, empty()),
        plain("POST", "/companies", new_company.clone()),
        at("PUT", "/companies/{id}", &company, new_company),
        at("DELETE", "/companies/{id}", &company, empty()),
        plain("POST", "/roles", late("Late")),
        at("PUT", "/roles/{name}", &role, late(&role)),
        at("DELETE", "/roles/{name}", &role, empty()),
        plain("POST", "/authorization-groups", late("Late")),
        at("PUT", "/authorization-groups/{name}", &authorization, late(&authorization)),
        at("DELETE", "/authorization-groups/{name}", &authorization, empty()),
        at(
            "PUT",
            "/login-options/{name}",
            "Medius.Security",
            json!({
                "displayName": "Late", "isVisible": true, "issuer": "../LocalAccount/",
            }),
        ),
        plain("DELETE", "/requests", empty()),
        plain("POST", "/faults", rule.clone()),
        plain("PATCH", "/faults", json!({"preferHeader": false})),
        plain("DELETE", "/faults", empty()),
        at("PUT", "/faults/{id}", "late", rule),
        at("DELETE", "/faults/{id}", "kept", empty()),
        at("POST", "/faults/presets/{name}", "flaky", empty()),
        plain("PUT", "/limits", json!({"tenant": {"rate": 1}})),
        plain("PUT", "/clock", json!({"mode": "offset", "by": "1h"})),
        plain("POST", "/clock/advance", json!({"by": "90d"})),
        plain("PUT", "/entra", job),
        plain("PATCH", "/entra", json!({"scope": "assigned"})),
        plain("DELETE", "/entra", empty()),
        plain("POST", "/entra/cycle", empty()),
        plain("POST", "/entra/start", empty()),
        plain("POST", "/entra/pause", empty()),
        plain("POST", "/entra/test-connection", empty()),
        plain("POST", "/entra/on-demand", json!({"user": "ada@contoso.com"})),
        plain("POST", "/entra/restart", empty()),
        plain("POST", "/entra/allow-deletions", empty()),
        plain("POST", "/entra/directory/changes", json!({"changes": []})),
        plain("POST", "/entra/week", json!({"days": 1})),
        plain("POST", "/sign-in", json!({"user": user_id})),
        plain("PUT", "/sign-in", json!({"account": "ada@contoso.com"})),
        plain("DELETE", "/sign-in", empty()),
        plain("DELETE", "/sign-ins", empty()),
        plain("POST", "/sign-in/rotate-key", empty()),
    ]
}

/// What a test can see of the tenant.
fn world(control: &Control) -> Value {
    let seen = |path: &str| {
        let mut seen = control.get(&format!("{DEFAULT}{path}")).json;
        if let Some(members) = seen.as_object_mut() {
            members.remove("rev"); // moves with what is refused, too
        }
        seen
    };
    let paths = [
        "/state?secrets=true",
        "/faults",
        "/limits",
        "/clock",
        "/snapshots",
        "/requests",
        "/entra",
        "/sign-ins",
    ];
    paths.map(seen).into_iter().collect()
}

/// Sends a change up to its body, lets `overtake` happen, and sends the body.
fn overtaken(
    server: &MockServer,
    change: &Change,
    overtake: &dyn Fn(&Control),
) -> (Answer, [Value; 2]) {
    let (method, _, path, body) = change;
    let body = body.to_string();
    let mut wire = Wire::to(server);
    wire.send(format!(
        "{method} /_mock/v1{DEFAULT}{path} HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len(),
    ));
    // From here on the call has begun.
    assert_eq!(wire.head().status, 100);
    let control = Control::of(server);
    overtake(&control);
    let before = world(&control);
    let answer = wire.send(body).answer();
    (answer, [before, world(&control)])
}

/// A server whose tenant has a snapshot, a fault rule and a job.
fn prepared() -> MockServer {
    let server = server();
    prepare(&Control::of(&server));
    server
}

fn prepare(control: &Control) {
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "one"}));
    let rule = json!({"action": {"status": 503}, "match": {"path": "/none"}});
    control.send("PUT", &format!("{DEFAULT}/faults/kept"), &rule);
    let job = json!({"directory": {"generate": {"users": 2, "groups": 1, "seed": 1}}});
    control.send("PUT", &format!("{DEFAULT}/entra"), &job);
}

/// The next test begins: its own user, rule and job.
fn next_test(control: &Control) {
    control.post(&format!("{DEFAULT}/users"), &user("next@contoso.com", empty()));
    prepare(control);
}

fn reset(control: &Control) {
    assert_eq!(control.post(&format!("{DEFAULT}/reset"), &empty()).status, 200);
    next_test(control);
}

fn make_again(control: &Control) {
    assert_eq!(control.delete(DEFAULT).status, 204);
    control.tenant(&json!({"name": "NordlysQA", "users": 5, "groups": 2}));
    next_test(control);
}

#[test]
fn no_change_that_is_overtaken_reaches_the_next_test() {
    for overtake in [reset, make_again] {
        let server = prepared();
        // A build without the provisioning service refuses its orders before anything else.
        let is_there = |path: &str| cfg!(feature = "entra") || !path.contains("/entra");
        let changes = changes(&Control::of(&server)).into_iter();
        for change in changes.filter(|it| is_there(it.1)) {
            let (answer, [before, after]) = overtaken(&server, &change, &overtake);

            let what = format!("{} {}", change.0, change.1);
            assert_eq!(answer.status, 503, "{what}: {}", answer.text);
            assert_eq!(answer.at("/code"), "tenant-reset", "{what}: {}", answer.text);
            assert!(before == after, "{what}");
        }
    }
}

#[test]
fn a_request_that_a_reset_overtakes_gets_no_data_of_the_next_test() {
    let calls = [
        ("POST", "/requests/verify", json!({"count": 0})),
        ("GET", "/requests/wait?exactly=0", empty()),
        ("GET", "/requests/wait?exactly=0&state=received", empty()),
        ("GET", "/state/wait?users=&atLeast=1", empty()),
        ("GET", "/events", empty()),
        ("POST", "/sign-in/verify", json!({"user": "x", "sequence": ["notProvisioned"]})),
        ("GET", "/sign-in/wait?user=x&result=notProvisioned", empty()),
    ];
    let overtakes: [(fn(&Control), _, _); 2] =
        [(reset, 503, "tenant-reset"), (make_again, 404, "unknown-tenant")];
    for (overtake, status, code) in overtakes {
        let server = prepared();
        for (method, path, body) in &calls {
            let call = (*method, *path, (*path).to_owned(), body.clone());

            let (answer, _) = overtaken(&server, &call, &overtake);

            answer.is_problem(status, code, &[]);
        }
    }
}

#[test]
fn a_seed_that_a_reset_overtakes_is_not_used_by_later_resets() {
    let server = server();
    let control = Control::of(&server);
    let start = control.get(&format!("{DEFAULT}/state/digest")).at("/sha256").to_owned();
    let seed = ("POST", "/seed", "/seed".to_owned(), json!({"seed": 9}));

    overtaken(&server, &seed, &reset);
    control.post(&format!("{DEFAULT}/reset"), &empty());

    assert_eq!(control.get(&format!("{DEFAULT}/state/digest")).at("/sha256"), start);
}

#[test]
fn a_reset_that_another_one_overtakes_is_done_and_leaves_the_next_test_alone() {
    let server = prepared();
    let change = ("POST", "/reset", "/reset".to_owned(), empty());

    let (answer, [before, after]) = overtaken(&server, &change, &reset);

    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(before == after);
}

#[test]
fn the_table_has_every_change_that_the_document_tells() {
    let server = server();
    let document = Client::at(format!("http://{}", server.address())).get("/openapi.json").json;
    let mut told = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(path) = path.strip_prefix("/_mock/v1/tenants/{tenant}") else { continue };
        let methods = methods.as_object().unwrap().keys().filter(|it| *it != "get");
        told.extend(methods.map(|it| (it.to_uppercase(), path.to_owned())));
    }
    for only_looks in ["/requests/verify", "/sign-in/verify"] {
        told.remove(&("POST".to_owned(), only_looks.to_owned()));
    }

    let table = changes(&Control::of(&server));

    let table = table.into_iter().map(|it| (it.0.to_owned(), it.1.to_owned()));
    assert_eq!(table.collect::<BTreeSet<_>>(), told);
}
