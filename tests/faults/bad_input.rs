//! What cannot be read is refused, with the field and what may stand there; nothing changes.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    add, control,
    support::{Answer, Client, server},
};

fn sent(client: &Client, method: &str, path: &str, body: &Value) -> Answer {
    client.call(method, path).header("content-type", "application/json").json(body).send()
}

#[rstest]
#[case("POST", "/faults", json!({"acton": {"status": 500}}), "acton", "unknown field `acton`, expected id, match, when, action, phase; did you mean `action`?")]
#[case("POST", "/faults", json!({"match": {"operation": "user.crate"}, "action": {"status": 500}}), "match.operation", "did you mean `user.create`?")]
#[case("POST", "/faults", json!({"when": {"probability": 2}, "action": {"status": 500}}), "when.probability", "from 0 to 1")]
#[case("POST", "/faults", json!({"action": {"connection": "resett"}}), "action.connection", "did you mean `reset`?")]
#[case("POST", "/faults", json!({"action": {"delay": "soon"}}), "action.delay", "a duration such as \"250ms\"")]
#[case("PUT", "/faults/a", json!({"id": "b", "action": {"status": 500}}), "id", "\"b\", and in the path \"a\"")]
#[case("PUT", "/faults/a%2Fb", json!({"action": {"status": 500}}), "id", "letters, digits")]
#[case("PATCH", "/faults", json!({"prefer": true}), "prefer", "unknown field")]
#[case("POST", "/faults", json!({"id": "any", "action": {"status": 500}}), "id", "none of \"presets\", \"any\"")]
#[case("POST", "/faults", json!({"when": {"between": {}}, "action": {"status": 500}}), "when.between", "from, to or both")]
#[case("PUT", "/limits", json!({"operations": {"user.creat": {"rate": 1}}}), "operations.user.creat", "unknown operation `user.creat`")]
#[case("PUT", "/limits", json!({"keys": {"rate": 1}}), "keys", "did you mean `key`?")]
#[case("PUT", "/limits", json!({"key": {"rate": -1}}), "key.rate", "from 0.001")]
#[case("PUT", "/clock", json!({}), "mode", "real, frozen, offset or scaled")]
#[case("PUT", "/clock", json!({"mode": "frozn"}), "mode", "did you mean `frozen`?")]
#[case("PUT", "/clock", json!({"mode": "real", "at": "2030-01-01T00:00:00Z"}), "at", "unknown field `at`")]
#[case("PUT", "/clock", json!({"mode": "offset"}), "by", "needs `by`")]
#[case("PUT", "/clock", json!({"mode": "scaled", "factor": -1}), "factor", "from 0 to")]
#[case("POST", "/clock/advance", json!({"by": "soon"}), "by", "a duration")]
#[case("POST", "/clock/advance", json!({}), "by", "needs `by`")]
fn an_error_names_its_field(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] field: &str,
    #[case] words: &str,
) {
    let server = server();
    let control = control(&server);
    let all = || ["/faults", "/limits", "/clock"].map(|it| control.get(it).json);
    let before = all();

    let refused = sent(&control, method, path, &body);

    assert_eq!((refused.status, refused.at("/code")), (400, "invalid-body"), "{}", refused.text);
    assert_eq!(refused.at("/field"), field);
    assert!(refused.detail().contains(words), "{}", refused.detail());
    assert_eq!(all(), before);
}

#[test]
fn rules_are_listed_replaced_and_removed_by_id() {
    let server = server();
    let control = control(&server);
    let shown = add(&server, json!({"id": "one", "when": {"times": 1}, "action": {"status": 500}}));
    Client::scim(&server).get("/Users");

    let counted = control.get("/faults/one").json;
    let again = sent(&control, "PUT", "/faults/one", &counted);
    let taken = sent(&control, "POST", "/faults", &json!({"id": "one", "action": {"status": 500}}));
    let made = sent(&control, "PUT", "/faults/two", &json!({"action": {"expiredKey": true}}));

    assert_eq!((&counted["matched"], &counted["fired"]), (&json!(1), &json!(1)));
    assert_eq!((again.status, again.json), (200, shown));
    taken.is_problem(409, "fault-exists", &["\"one\""]);
    assert_eq!((made.status, made.at("/id")), (201, "two"));
    assert_eq!(control.delete("/faults/one").status, 204);
    control.delete("/faults/one").is_problem(404, "unknown-fault", &["\"one\"", "two"]);
    assert_eq!(control.delete("/faults").json, json!({"removed": 1}));
    assert_eq!(control.get("/faults").json["items"], json!([]));
}

#[test]
fn every_preset_can_be_used_and_used_again() {
    let server = server();
    let control = control(&server);
    let presets = control.get("/faults/presets").json;
    let names: Vec<_> =
        presets["items"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();

    let everywhere: &[&str] = &[
        "flaky",
        "throttle",
        "slow",
        "expired-key",
        "lost-acknowledgements",
        "gateway-flap",
        "bad-day",
    ];
    // Only the pages give tokens.
    let with_pages: &[&str] = if cfg!(feature = "web") {
        &["token-expired", "token-for-another", "clock-skew", "key-rotated"]
    } else {
        &[]
    };
    assert_eq!(json!(names), json!([everywhere, with_pages].concat()));
    for name in names {
        let path = format!("/faults/presets/{}", name.as_str().unwrap());
        let [first, second] = [(), ()].map(|()| control.call("POST", &path).send());
        assert_eq!((first.status, &first.json), (200, &second.json), "{path}");
        control.delete("/faults");
    }
    control.call("POST", "/faults/presets/nice").send().is_problem(
        404,
        "unknown-preset",
        &["flaky"],
    );
}
