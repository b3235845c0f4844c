//! Which requests a rule is about, and which of them it meets.

use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    ada, add, counts, faulty,
    support::{Client, group, operations, server, timed_server, user},
};

/// What each request of a little play is answered, by its name.
fn play(rule: Value) -> String {
    let server = server();
    let scim = Client::scim(&server);
    let ada_id = scim.post("/Users", &ada()).json["id"].as_str().unwrap().to_owned();
    let group_id =
        scim.post("/Groups", &group("Finance", &[])).json["id"].as_str().unwrap().to_owned();
    let rule = rule.to_string().replace("ADA", &ada_id);
    add(
        &server,
        json!({
            "match": serde_json::from_str::<Value>(&rule).unwrap(), "action": {"status": 418},
        }),
    );
    let one = format!("/Users/{ada_id}");
    let members = format!("/Groups/{group_id}");
    let member = json!([{"value": ada_id}]);
    let patch = |op: &str, value: &Value| {
        operations(json!([{"op": op, "path": "members", "value": value}]))
    };
    let active = operations(json!([{"op": "replace", "path": "active", "value": false}]));
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": "/Users/none"}],
    });
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let answers = [
        ("create", scim.post("/Users", &user("bo@nordlys.example", json!({})))),
        ("get", scim.get(&one)),
        ("list", scim.get("/Users")),
        ("patch", scim.patch(&one, &active)),
        ("replace", scim.put(&one, &ada())),
        ("add", scim.patch(&members, &patch("Add", &member))),
        ("remove", scim.patch(&members, &patch("remove", &member))),
        ("bulk", scim.post("/Bulk", &bulk)),
        ("search", scim.post("/Users/.search", &search)),
        ("discovery", scim.get("/Schemas")),
        ("admin", Client::at(scim_root(&server)).post("/admin/v1/authenticate", &login())),
        ("entra", scim.call("GET", "/Users").header("User-Agent", "Entra/1.0").send()),
        ("delete", scim.delete(&one)),
    ];
    let met = answers.iter().filter(|(_, it)| it.status == 418).map(|(name, _)| *name);
    met.collect::<Vec<_>>().join(" ")
}

fn scim_root(server: &mediusflow_mock::MockServer) -> String {
    format!("http://{}", server.address())
}

fn login() -> Value {
    json!({"tenantName": "NordlysQA"})
}

#[rstest]
#[case(json!({}), "create get list patch replace add remove bulk search discovery admin entra delete")]
#[case(json!({"operation": "user.create"}), "create")]
#[case(json!({"operation": "user.get"}), "get")]
#[case(json!({"operation": "user.list"}), "list entra")]
#[case(json!({"operation": "user.patch"}), "patch")]
#[case(json!({"operation": "user.replace"}), "replace")]
#[case(json!({"operation": "user.delete"}), "delete")]
#[case(json!({"operation": "group.*"}), "add remove")]
#[case(json!({"operation": "group.members.add"}), "add")]
#[case(json!({"operation": "group.members.remove"}), "remove")]
#[case(json!({"operation": ["bulk", "search", "discovery"]}), "bulk search discovery")]
#[case(json!({"operation": "admin.*"}), "admin")]
#[case(json!({"subject": "ADA"}), "get patch replace delete")]
#[case(json!({"subject": "Ada@NORDLYS.example"}), "get patch replace delete")]
#[case(json!({"subject": "A-1", "method": "put"}), "replace")]
#[case(json!({"subject": "bo@*"}), "create")]
#[case(json!({"method": ["PATCH", "DELETE"]}), "patch add remove delete")]
#[case(json!({"path": "/Groups/*"}), "add remove")]
#[case(json!({"path": "/NordlysQA/scim/v2/Sch*"}), "discovery")]
#[case(json!({"header": {"name": "user-agent", "contains": "Entra"}}), "entra")]
#[case(json!({"header": {"name": "User-Agent", "equals": "Entra"}}), "")]
#[case(json!({"body": {"pointer": "/Operations/0/value", "equals": false}}), "patch")]
#[case(json!({"body": {"pointer": "/displayName", "contains": "Berg"}}), "replace")]
#[case(json!({"body": {"pointer": "/tenantName"}}), "admin")]
#[case(json!({"body": {"contains": "BulkRequest"}}), "bulk")]
fn a_rule_matches_by_its_conditions(#[case] matching: Value, #[case] expected: &str) {
    assert_eq!(play(matching), expected);
}

/// Which of so many reads of the list are met.
fn met(when: Value, reads: usize) -> String {
    let server = faulty(json!({"when": when, "action": {"status": 503}}));
    let scim = Client::scim(&server);
    (0..reads).map(|_| if scim.get("/Users").status == 503 { 'x' } else { '.' }).collect()
}

#[rstest]
#[case(json!({"nth": 2}), ".x....")]
#[case(json!({"everyN": 3}), "..x..x")]
#[case(json!({"times": 2}), "xx....")]
#[case(json!({"after": 4}), "....xx")]
#[case(json!({"firstPerSubject": true}), "x.....")]
#[case(json!({"sequence": ["fail", "fail", "pass", "fail"]}), "xx.x..")]
#[case(json!({"probability": 0}), "......")]
#[case(json!({"probability": 1}), "xxxxxx")]
fn the_conditions_of_when_select_matches(#[case] when: Value, #[case] expected: &str) {
    assert_eq!(met(when, 6), expected);
}

#[test]
fn a_rule_can_be_limited_to_a_range_of_the_clock() {
    let (server, clock) = timed_server();
    add(
        &server,
        json!({
            "when": {"between": {"from": "2026-03-03T13:00:00Z", "to": "2026-03-03T14:00:00Z"}},
            "action": {"status": 503},
        }),
    );
    let scim = Client::scim(&server);

    let seen = [0, 1, 1].map(|hours| {
        clock.advance(SignedDuration::from_hours(hours));
        scim.get("/Users").status
    });

    assert_eq!(seen, [200, 503, 200]);
    assert_eq!(counts(&server), (1, 1), "outside its span a request is no match");
}

#[test]
fn the_first_rule_that_gives_a_fault_decides() {
    let server = server();
    for (id, times) in [("one", 1), ("two", 1)] {
        add(&server, json!({"id": id, "when": {"times": times}, "action": {"status": 500}}));
    }
    let scim = Client::scim(&server);

    let rules: Vec<_> = (0..3)
        .map(|_| {
            scim.get("/Users");
            crate::last(&server).fault.as_ref().map(|it| it.rule.to_string())
        })
        .collect();

    assert_eq!(rules, [Some("one".into()), Some("two".into()), None]);
}
