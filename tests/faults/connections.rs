//! Faults of a connection, seen by a client without a library.

use mediusflow_mock::internals::TenantInternals as _;
use std::io::ErrorKind;

use rstest::rstest;
use serde_json::json;

use crate::{
    ada, add, control, faulty, last, rest, sent,
    support::{Client, server},
};

#[test]
fn a_reset_is_a_tcp_reset_for_the_client() {
    let server = faulty(json!({"id": "cut", "action": {"connection": "reset"}}));

    let (bytes, error) = rest(sent(&server, "GET", "/Users", ""));

    assert_eq!((bytes, error), (vec![], Some(ErrorKind::ConnectionReset)));
    assert_eq!(last(&server).status, 0);
}

#[test]
fn a_close_ends_the_connection_normally_without_an_answer() {
    let server = faulty(json!({"action": {"connection": "close"}}));

    assert_eq!(rest(sent(&server, "GET", "/Users", "")), (vec![], None));
}

#[test]
fn garbage_is_not_http_and_is_the_same_in_every_run() {
    let runs = [(), ()].map(|()| {
        let server = faulty(json!({"action": {"connection": "garbage"}}));
        rest(sent(&server, "GET", "/Users", ""))
    });

    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].0.len() > 60 && !runs[0].0.starts_with(b"HTTP"), "{:?}", runs[0]);
}

#[rstest]
#[case(0)]
#[case(7)]
#[case(40)]
fn a_truncated_answer_is_shorter_than_its_content_length(#[case] after: usize) {
    let server = server();
    let whole = Client::scim(&server).get("/Users").text;
    add(&server, json!({"action": {"truncateAfter": after}}));

    let (bytes, error) = rest(sent(&server, "GET", "/Users", ""));

    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains(&format!("content-length: {}", whole.len())), "{head}");
    assert_eq!((body, error), (&whole[..after], None));
    assert_eq!(last(&server).response.body.len(), after);
}

#[test]
fn a_lost_acknowledgement_leaves_the_user_created_and_the_client_without_an_answer() {
    let server = server();
    let preset = control(&server).call("POST", "/faults/presets/lost-acknowledgements").send();
    assert_eq!(preset.status, 200, "{}", preset.text);

    let lost = rest(sent(&server, "POST", "/Users", &ada().to_string()));
    let exchange = last(&server);
    let again = Client::scim(&server).post("/Users", &ada());

    assert_eq!(lost, (vec![], None));
    assert_eq!((exchange.status, exchange.effects.len()), (0, 1));
    let summary = &exchange.summary;
    assert!(summary.starts_with("CREATE user Ada Berg → "), "{summary}");
    assert!(summary.contains("no answer by fault"), "{summary}");
    let fault = exchange.fault.as_ref().unwrap();
    assert_eq!(
        (fault.rule.as_str(), fault.phase.as_str()),
        ("lost-acknowledgements-writes", "after")
    );
    again.is_scim_error(409, "uniqueness", &["userName"]);
}

#[test]
fn before_the_operation_nothing_is_applied() {
    let server = faulty(json!({"action": {"connection": "reset"}, "phase": "before"}));
    let revision = server.tenant().revision();

    let (_, error) = rest(sent(&server, "POST", "/Users", &ada().to_string()));

    assert_eq!(error, Some(ErrorKind::ConnectionReset));
    assert_eq!(server.tenant().revision(), revision);
    assert_eq!(
        last(&server).summary,
        "CREATE user Ada Berg no answer by fault \"fault-1\" (reset)"
    );
}

#[test]
fn the_answers_to_earlier_requests_on_the_connection_arrive() {
    let server = faulty(json!({
        "match": {"operation": "user.list"}, "action": {"connection": "close"},
    }));
    let id = server.tenant().snapshot().resources().all("User").next().unwrap().id.clone();
    let head = |path: &str| {
        let key = server.secret_key().unwrap();
        format!(
            "GET /NordlysQA/scim/v2{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n"
        )
    };
    let mut wire = crate::support::Wire::to(&server);

    wire.send(head(&format!("/Users/{id}")) + &head("/Users"));
    let first = wire.answer();

    assert_eq!((first.status, first.at("/id")), (200, id.as_str()));
    assert_eq!(wire.rest(), "");
}
