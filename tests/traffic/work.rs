//! How much work a look at the traffic may ask for.

use mediusflow_mock::internals::TenantInternals as _;
use mediusflow_mock::{MockServer, internals::journal::Record};
use serde_json::json;

use crate::{
    control,
    support::{Client, NOW, server},
};

/// A regular expression that compiles to as much as there may be, and matches no body of these tests: it
/// is counted by its size, and costs nothing, since it begins with an anchor.
const COSTLY: &str = "^zzz(((a{1,10}){1,10}){1,5})";

/// Exchanges with long bodies, in which `COSTLY` takes more steps than a request has.
fn filled() -> MockServer {
    let server = server();
    let body = "x".repeat(64 * 1024);
    for _ in 0..13 {
        let mut record = Record::new(NOW, "POST", "/NordlysQA/scim/v2/Users");
        record.request.size = body.len();
        record.request.body.clone_from(&body);
        server.tenant().journal().record(record);
    }
    server
}

pub(crate) fn encoded(filter: &str) -> String {
    let bytes: Vec<String> = filter.bytes().map(|it| format!("%{it:02X}")).collect();
    bytes.concat()
}

#[test]
fn a_query_that_takes_too_much_work_is_refused_and_names_the_limit() {
    let server = filled();
    let control = control(&server);
    let filter = format!("body:~\"{COSTLY}\"");
    let q = encoded(&filter);

    let asked = [
        control.get(&format!("/requests?q={q}")),
        control.get(&format!("/requests/export?q={q}")),
        control.get(&format!("/requests/wait?q={q}&timeout=20s")),
        control.get(&format!("/requests/wait?q={q}&timeout=20s&state=received")),
        control.get(&format!("/requests/wait?q={q}&exactly=0&timeout=20s")),
        control.get(&format!("/events?since=0&q={q}")),
        control.post("/requests/verify", &json!({"match": filter})),
        control.post("/requests/verify", &json!({"match": filter, "count": 0, "for": "10s"})),
        control.post("/requests/verify", &json!({"order": [filter], "within": "20s"})),
        control
            .post("/requests/verify", &json!({"match": "op:get", "count": 0, "order": [filter]})),
    ];

    for refused in &asked {
        refused.is_problem(400, "too-much-work", &["50000000 steps", "maxWork"]);
    }
    assert_eq!(server.requests().len(), 13);
    assert_eq!(control.get("").json["waiters"], 0);
}

#[test]
fn many_terms_count_like_long_ones() {
    let server = filled();
    let term = "body:~\"^zz(a{1,10}){1,8}\"";
    let many = [term; 8].join(" | ");
    let without_regex = (0..500).map(|n| format!("zz{n}")).collect::<Vec<_>>().join(" | ");

    assert_eq!(control(&server).get(&format!("/requests?q={}", encoded(term))).status, 200);
    let refused = control(&server).get(&format!("/requests?q={}", encoded(&many)));
    let plain = control(&server).get(&format!("/requests?q={}", encoded(&without_regex)));

    refused.is_problem(400, "too-much-work", &["maxWork"]);
    assert_eq!(plain.status, 200, "{plain:?}");
}

#[test]
fn a_smaller_query_is_answered() {
    let server = filled();
    let q = encoded(&format!("-body:~\"{COSTLY}\""));
    let guarded = encoded(&format!("op:patch body:~\"{COSTLY}\""));

    let first = control(&server).get(&format!("/requests?limit=2&q={q}"));
    let next = control(&server).get(&format!("/requests?limit=2&since=2&q={q}"));

    assert_eq!((first.status, &first.json["seq"]), (200, &json!(2)), "{first:?}");
    assert_eq!((next.status, &next.json["seq"]), (200, &json!(4)), "{next:?}");
    assert_eq!(control(&server).get(&format!("/requests?since=10&q={q}")).status, 200);
    assert_eq!(control(&server).get(&format!("/requests?q={guarded}")).status, 200);
}

#[test]
fn regular_expressions_that_are_too_large_together_are_refused_with_their_position() {
    let server = server();
    let half = "body:~\"(((a{1,10}){1,10}){1,5})\"";

    let one = control(&server).get(&format!("/requests?q={}", encoded(half)));
    let two = control(&server).get(&format!("/requests?q={}", encoded(&[half, half].join(" "))));

    assert_eq!(one.status, 200, "{one:?}");
    two.is_problem(400, "invalid-query", &["65536 bytes", "at byte 38"]);
}

#[test]
fn a_wait_with_a_slow_filter_ends_at_its_match() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let filter = encoded("req:~\"x+end\" -req:~nobody");

    let came = std::thread::scope(|scope| {
        let wait = format!("/requests/wait?q={filter}&count=2&timeout=20s");
        let waits = scope.spawn(move || control.get(&wait));
        for name in ["other", "end", "other", "end"] {
            let body = json!({"userName": "x".repeat(50_000) + name}).to_string();
            scim.call("POST", "/Nobodies").body(body).send();
        }
        waits.join().unwrap()
    });

    assert_eq!(came.status, 200, "{came:?}");
    let seqs: Vec<_> = came.json["items"].as_array().unwrap().iter().map(|it| &it["seq"]).collect();
    assert_eq!(seqs, [2, 4]);
}
