//! The times of resources: no two changes of a tenant have the same `meta.lastModified`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mediusflow_mock::MockServer;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Answer, Client, group, operations, rfc_server, server, user},
};

/// When a resource was changed last, as it was answered; never finer than a microsecond.
#[track_caller]
fn changed(resource: &Value) -> Timestamp {
    let text = resource["meta"]["lastModified"].as_str().unwrap();
    let at: Timestamp = text.parse().unwrap();
    assert_eq!(at.subsec_nanosecond() % 1_000, 0, "{text}");
    at
}

fn titled(scim: &Client, id: &str, title: &str) -> Answer {
    let replace = json!([{"op": "replace", "path": "title", "value": title}]);
    scim.patch(&format!("/Users/{id}"), &operations(replace))
}

/// The names of those that changed after a time.
fn after(scim: &Client, at: Timestamp) -> Vec<Value> {
    let query = format!("filter=meta.lastModified+gt+%22{at}%22&sortBy=meta.lastModified");
    let found = scim.get(&format!("/Users?{query}&attributes=userName"));
    let all = found.json["Resources"].as_array().unwrap_or_else(|| panic!("{found:?}"));
    all.iter().map(|it| it["userName"].clone()).collect()
}

#[test]
fn each_change_is_later_than_the_last_even_if_the_clock_is_stopped() {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let mut times = Vec::new();
    for number in 0..300 {
        let made = scim.post("/Users", &user(&format!("user-{number}"), empty())).json;
        assert_eq!(made["meta"]["created"], made["meta"]["lastModified"]);
        times.push(changed(&made));
        times.push(changed(&titled(&scim, made["id"].as_str().unwrap(), "Chief").json));
    }

    assert!(times.is_sorted_by(|one, other| one < other), "{times:?}");
    let last: Vec<_> = (290..300).map(|it| json!(format!("user-{it}"))).collect();
    assert_eq!(after(&scim, times[2 * 290 - 1]), last);
    assert_eq!(after(&scim, times[2 * 299]), [json!("user-299")], "the POST of it is not later");
    assert_eq!(after(&scim, times[2 * 299 + 1]), [Value::Null; 0]);
}

#[test]
fn a_write_without_a_change_keeps_the_time() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Users", &user("anna", json!({"title": "Chief"}))).json;

    let again = titled(&scim, made["id"].as_str().unwrap(), "Chief").json;

    assert_eq!(again["meta"], made["meta"]);
}

#[test]
fn groups_that_lose_a_member_change_one_after_the_other() {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let anna = scim.post("/Users", &user("anna", empty())).at("/id").to_owned();
    for name in ["one", "two", "three"] {
        scim.post("/Groups", &group(name, &[&anna]));
    }
    let latest = scim.all("/Groups").iter().map(changed).max().unwrap();

    scim.delete(&format!("/Users/{anna}"));

    let query = format!("filter=meta.lastModified+gt+%22{latest}%22");
    let left = scim.get(&format!("/Groups?{query}")).json["Resources"].clone();
    let times: BTreeSet<_> = left.as_array().unwrap().iter().map(changed).collect();
    assert_eq!(times.len(), 3, "{left}");
}

#[test]
fn operations_of_a_bulk_have_different_times() {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let post = |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": name, "data": user(name, empty())});

    scim.post(
        "/Bulk",
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [post("one"), post("two"), post("three")],
        }),
    );

    let all = scim.all("/Users");
    let times: Vec<_> = all[all.len() - 3..].iter().map(changed).collect();
    assert!(times.is_sorted_by(|one, other| one < other), "{times:?}");
}

#[test]
fn changes_stay_in_order_when_the_clock_is_set_back() {
    let server = server();
    let (scim, control) = (Client::scim(&server), Control::of(&server));
    let clock = |at: &str| {
        control.send("PUT", &format!("{DEFAULT}/clock"), &json!({"mode": "frozen", "at": at}))
    };
    clock("2031-01-01T00:00:00.0000019Z");
    let first = changed(&scim.post("/Users", &user("anna", empty())).json);

    clock("2029-01-01T00:00:00Z");
    let second = changed(&scim.post("/Users", &user("berit", empty())).json);
    clock("2031-01-01T00:00:00.0000025Z");
    let third = changed(&scim.post("/Users", &user("cilla", empty())).json);

    let micro = |it: i64| Timestamp::from_microsecond(it).unwrap();
    assert_eq!(first.to_string(), "2031-01-01T00:00:00.000001Z");
    assert_eq!(second, micro(first.as_microsecond() + 1));
    assert_eq!(third, micro(second.as_microsecond() + 1));
}

/// The times of three changes: two users are made, and the first is deleted.
fn changes(server: &MockServer) -> Vec<Timestamp> {
    let scim = Client::scim(server);
    let made = ["anna", "berit"].map(|it| scim.post("/Users", &user(it, empty())).json);
    let other = titled(&scim, made[1]["id"].as_str().unwrap(), "Chief").json;
    let times = [&made[0], &made[1], &other].map(changed).to_vec();
    for it in made {
        scim.delete(&format!("/Users/{}", it["id"].as_str().unwrap()));
    }
    times
}

#[test]
fn the_same_calls_give_the_same_times_after_a_reset_and_from_a_snapshot() {
    let (server, other) = (server(), server());
    let control = Control::of(&server);
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "here"}));
    let first = changes(&server);
    let second = changes(&server);
    control.post(&format!("{DEFAULT}/reset"), &empty());
    let after_reset = changes(&server);
    control.send("POST", &format!("{DEFAULT}/snapshots/here/restore"), &empty());
    let after_restore = changes(&server);

    assert!(first.last() < second.first(), "the deleted count");
    assert_eq!(first, changes(&other));
    assert_eq!(first, after_reset);
    assert_eq!(first, after_restore);
}

#[test]
fn changes_of_an_imported_state_are_later_than_all_before() {
    let (one, other) = (server(), server());
    let path = format!("{DEFAULT}/state");
    changes(&one);
    let mut document = Control::of(&one).get(&path).json;
    let answer = Control::of(&other).send("PUT", &path, &document);
    assert_eq!(answer.status, 200, "{answer:?}");

    assert_eq!(changes(&other), changes(&one), "also behind those that were deleted since");

    // Who writes a document by hand says of each resource when it changed, and that is enough.
    let future = "2040-01-01T00:00:00.123456789Z";
    document.as_object_mut().unwrap().remove("latestChange");
    document["resources"]["User"][0]["meta"]["lastModified"] = json!(future);
    Control::of(&other).send("PUT", &path, &document);
    let times = changes(&other);
    assert_eq!(times[0].to_string(), "2040-01-01T00:00:00.123457Z");
}
