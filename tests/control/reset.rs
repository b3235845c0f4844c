//! Going back: resets, snapshots, other seeds.

use mediusflow_mock::internals::TenantInternals as _;
use std::{collections::BTreeMap, sync::Arc};

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Client, Wire, server, user},
};

#[test]
fn a_reset_brings_back_state_journal_ids_and_keys() {
    let server = server();
    let (control, scim) = (Control::of(&server), Client::scim(&server));
    let digest = || control.get(&format!("{DEFAULT}/state/digest")).at("/sha256").to_owned();
    let (start, key) = (digest(), server.secret_key());
    let anna = scim.post("/Users", &user("anna@contoso.com", empty())).at("/id").to_owned();
    scim.delete(&format!("/Users/{anna}"));
    let second = scim.post("/Users", &user("anna@contoso.com", empty()));
    assert_ne!(second.at("/id"), anna);
    Client::console(&server).post("/NordlysQA/admin/v1/secret-key", &json!({"confirm": true}));

    let answer = control.post(&format!("{DEFAULT}/reset"), &empty());

    assert_eq!((answer.status, &answer.json["seq"]), (200, &json!(5)));
    assert_eq!(answer.json["rev"], server.tenant().revision());
    assert_eq!((digest(), server.secret_key()), (start, key));
    assert!(server.requests().is_empty());
    let again = scim.post("/Users", &user("anna@contoso.com", empty()));
    assert_eq!(again.at("/id"), anna);
    assert_eq!(server.requests()[0].seq, 6);
}

#[test]
fn a_reset_may_go_back_to_a_snapshot() {
    let server = server();
    let (control, scim) = (Control::of(&server), Client::scim(&server));
    scim.post("/Users", &user("anna@contoso.com", empty()));
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "with-anna"}));
    scim.post("/Users", &user("berit@contoso.com", empty()));

    let answer = control.post(&format!("{DEFAULT}/reset"), &json!({"to": "with-anna"}));

    assert_eq!(answer.status, 200);
    assert_eq!((server.users().len(), server.requests().len()), (6, 0));
}

#[test]
fn a_request_that_a_reset_overtakes_does_nothing_and_leaves_no_trace() {
    let server = server();
    let control = Control::of(&server);
    let body = user("late@contoso.com", empty()).to_string();
    let mut wire = Wire::to(&server);
    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{{",
        server.secret_key().unwrap(),
        body.len(),
    ));
    // It has begun when the server counts it.
    while server.tenant().journal().running() == 0 {
        std::thread::yield_now();
    }

    control.post(&format!("{DEFAULT}/reset"), &empty());
    wire.send(&body[1..]);

    let answer = wire.answer();
    assert_eq!((answer.status, answer.at("/status")), (503, "503"));
    assert!(answer.detail().contains("reset"));
    assert!(server.user("late@contoso.com").is_none());
    assert!(server.requests().is_empty());
}

#[test]
fn a_snapshot_is_taken_listed_restored_and_deleted() {
    let server = server();
    let (control, scim) = (Control::of(&server), Client::scim(&server));

    let taken = control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "one"}));
    scim.post("/Users", &user("anna@contoso.com", empty()));
    let before = control.get(&format!("{DEFAULT}/snapshots"));
    let restored = control.post(&format!("{DEFAULT}/snapshots/one/restore"), &empty());
    let deleted = control.delete(&format!("{DEFAULT}/snapshots/one"));

    assert_eq!((taken.status, taken.at("/name"), &taken.json["users"]), (201, "one", &json!(5)));
    assert_eq!((&before.json["total"], before.at("/items/0/name")), (&json!(1), "one"));
    assert_eq!(before.at("/items/0/takenAt"), "2026-03-03T12:00:00Z");
    assert_eq!((restored.status, server.users().len()), (200, 5));
    assert_eq!(server.requests().len(), 1, "a restore leaves the journal as it is");
    assert_eq!(deleted.status, 204);
    assert_eq!(control.get(&format!("{DEFAULT}/snapshots")).json["total"], 0);
}

#[test]
fn a_restored_state_shares_everything_with_its_snapshot() {
    let server = server();
    let control = Control::of(&server);
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "one"}));
    let kept = server.tenant().snapshot();

    control.post(&format!("{DEFAULT}/users"), &json!({"userName": "anna@contoso.com"}));
    control.post(&format!("{DEFAULT}/snapshots/one/restore"), &empty());

    assert!(Arc::ptr_eq(&kept, &server.tenant().snapshot()));
}

#[rstest]
#[case("POST reset", json!({"to": "none"}), 404, "unknown-snapshot", "\"none\"")]
#[case("POST reset", json!({"too": "none"}), 400, "invalid-body", "`too`")]
#[case("POST snapshots", json!({}), 400, "invalid-body", "name")]
#[case("POST snapshots", json!({"name": ""}), 400, "invalid-body", "1 to 100")]
#[case("POST snapshots", json!({"name": "."}), 400, "invalid-body", "\".\"")]
#[case("POST snapshots", json!({"name": ".."}), 400, "invalid-body", "\"..\"")]
#[case("POST snapshots/none/restore", json!({}), 404, "unknown-snapshot", "\"none\"")]
#[case("DELETE snapshots/none", json!({}), 404, "unknown-snapshot", "\"none\"")]
#[case("POST seed", json!({"users": "many"}), 400, "invalid-body", "many")]
#[case("POST seed", json!({"locale": "xx"}), 400, "invalid-body", "locale")]
#[case("PUT reset", json!({}), 405, "method-not-allowed", "POST")]
#[case("POST reset?to=one", json!({}), 400, "invalid-query", "unknown parameter `to`, expected none")]
#[case("DELETE requests?q=op:create", json!({}), 400, "invalid-query", "expected none")]
#[case("POST rest", json!({}), 404, "unknown-address", "reset")]
fn a_reset_to_an_unknown_state_is_refused_and_changes_nothing(
    #[case] call: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[case] words: &str,
) {
    let server = server();
    let before = server.tenant().revision();

    let (method, path) = call.split_once(' ').unwrap();
    let answer = Control::of(&server).send(method, &format!("{DEFAULT}/{path}"), &body);

    answer.is_problem(status, code, &[words]);
    assert_eq!(server.tenant().revision(), before);
}

#[test]
fn another_seed_brings_other_people_and_later_resets_go_back_to_them() {
    let server = server();
    let control = Control::of(&server);
    let before = server.users();

    let answer =
        control.post(&format!("{DEFAULT}/seed"), &json!({"seed": 99, "users": 7, "groups": 1}));

    assert_eq!((answer.status, &answer.json["users"]), (200, &json!(7)));
    assert_eq!(answer.json["secretKey"], json!(server.secret_key()));
    let after = server.users();
    assert_ne!(before[0]["userName"], after[0]["userName"]);
    control.delete(&format!("{DEFAULT}/users/{}", after[6]["id"].as_str().unwrap()));
    control.post(&format!("{DEFAULT}/reset"), &empty());
    assert_eq!(server.users(), after);
}

/// Every version that was seen of each user, with what it named.
#[derive(Default)]
struct Versions(BTreeMap<(String, String), Value>);

impl Versions {
    /// Looks at every user; a version must name what it named before.
    #[track_caller]
    fn look(&mut self, control: &Control) {
        let list = control.get(&format!("{DEFAULT}/users?count=100")).json;
        for user in list["Resources"].as_array().unwrap() {
            let [id, version] = ["/id", "/meta/version"].map(|it| user.pointer(it).unwrap());
            let key = (id.as_str().unwrap().to_owned(), version.as_str().unwrap().to_owned());
            let before = self.0.entry(key).or_insert_with(|| user.clone());
            assert_eq!(before, user, "one version names two contents");
        }
    }
}

#[rstest]
#[case::a_reset("POST", "reset", json!({}))]
#[case::a_reset_to_a_snapshot("POST", "reset", json!({"to": "one"}))]
#[case::a_restore("POST", "snapshots/one/restore", json!({}))]
#[case::another_state("PUT", "state", Value::Null)]
#[case::the_same_seed_with_more_people("POST", "seed", json!({"seed": 1, "users": 40}))]
fn a_version_never_occurs_with_different_content(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Value,
) {
    let server = server();
    let control = Control::of(&server);
    let anna = |title: &str| json!({"userName": "anna@contoso.com", "title": title});
    let id = control.post(&format!("{DEFAULT}/users"), &anna("First")).at("/id").to_owned();
    let one = format!("{DEFAULT}/users/{id}");
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "one"}));
    let mut versions = Versions::default();
    versions.look(&control);
    let old = control.send("PUT", &one, &anna("Second")).header("etag").to_owned();
    versions.look(&control);
    let state = control.get(&format!("{DEFAULT}/state")).text.replace("Second", "Edited");
    let body = if body.is_null() { serde_json::from_str(&state).unwrap() } else { body };

    for round in 0..3 {
        let answer = control.send(method, &format!("{DEFAULT}/{path}"), &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        versions.look(&control);

        let title = format!("Round {round}");
        control.post(&format!("{DEFAULT}/users"), &anna("Made again"));
        control.send("PUT", &one, &anna(&title));
        versions.look(&control);

        let seen = control.call("GET", &one).header("if-none-match", &old).send();
        assert_eq!((seen.status, seen.at("/title")), (200, title.as_str()));
        let late = control.call("PUT", &one).header("if-match", &old).json(&anna("Late")).send();
        assert_eq!(late.status, 412, "{late:?}");
    }
}

#[test]
fn unchanged_resources_have_the_same_version_after_a_reset() {
    let server = server();
    let control = Control::of(&server);
    let users = || control.get(&format!("{DEFAULT}/users?count=100")).json;
    let start = users();

    control.post(&format!("{DEFAULT}/users"), &json!({"userName": "anna@contoso.com"}));
    control.post(&format!("{DEFAULT}/reset"), &empty());

    assert_eq!(users(), start);
}

#[test]
fn a_digest_is_the_same_in_every_life_of_a_tenant() {
    let server = server();
    let control = Control::of(&server);
    let digests = [(); 3].map(|()| {
        control.post(&format!("{DEFAULT}/reset"), &empty());
        control.post(&format!("{DEFAULT}/users"), &json!({"userName": "anna@contoso.com"}));
        control.get(&format!("{DEFAULT}/state/digest")).at("/sha256").to_owned()
    });

    assert!(digests.iter().all(|it| *it == digests[0]), "{digests:?}");
}

#[test]
fn the_error_of_a_reset_to_an_unknown_snapshot_names_the_member() {
    let refused = Control::of(&server()).post(&format!("{DEFAULT}/reset"), &json!({"to": "none"}));

    assert_eq!((refused.status, refused.at("/field")), (404, "to"));
}
