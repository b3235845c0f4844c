//! Answers that are kept back: silent ones, late ones, and what wakes them.

use std::{io::Write as _, net::TcpStream, time::Duration};

use mediusflow_mock::{MockServer, schemas_from};
use serde_json::{Value, json};

use crate::{
    ada, add, control, faulty, rest, sent,
    support::{Client, server, small},
};

const LONG: &str = "1h";

/// Waits until so many requests have come that are not answered.
fn until_waiting(server: &MockServer, count: usize) {
    let path = format!("/requests/wait?state=received&count={count}&timeout=20s");
    let answer = control(server).get(&path);
    assert_eq!(answer.status, 200, "{}", answer.text);
}

fn reset(server: &MockServer) {
    let answer = control(server).call("POST", "/reset").send();
    assert!(matches!(answer.status, 200 | 204), "{}", answer.text);
}

#[test]
fn a_delayed_answer_is_listed_with_its_request() {
    let server = faulty(json!({"action": {"delay": LONG}}));
    let _late = sent(&server, "POST", "/Users", &ada().to_string());
    let control = control(&server);

    let come = control
        .get("/requests/wait?q=op:create%20user:ada@nordlys.example&state=received&timeout=20s")
        .json;
    let done = control.get("/requests/wait?q=op:create&timeout=1ms");
    let idle = control.get("/requests/wait-idle?timeout=1ms&quiet=0");

    assert_eq!(come["items"][0]["status"], 0, "{come}");
    assert_eq!(come["items"][0]["subject"]["name"], "Ada Berg");
    done.is_problem(408, "wait-timeout", &["none of 0"]);
    idle.is_problem(408, "wait-timeout", &[]);
    assert_eq!(idle.json["waiting"][0]["operation"], "create", "{idle:?}");
}

#[test]
fn a_delayed_login_is_waited_for_like_any_request() {
    let rule = json!({"match": {"operation": "admin.authenticate"}, "action": {"delay": LONG}});
    let server = faulty(rule);
    let body = json!({"tenantName": "NordlysQA"}).to_string();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let (host, length) = (server.address(), body.len());
    let head = "POST /admin/v1/authenticate HTTP/1.1\r\nContent-Type: application/json";
    let request = format!("{head}\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    until_waiting(&server, 1);

    let idle = control(&server).get("/requests/wait-idle?timeout=1ms&quiet=0");

    idle.is_problem(408, "wait-timeout", &[]);
    assert_eq!(idle.json["waiting"][0]["operation"], "admin", "{idle:?}");
}

#[test]
fn a_secret_of_own_schemas_is_masked_while_its_request_waits() {
    let own = ("cost-centers.json", include_str!("../../fixtures/examples/cost-centers.json"));
    let server = small().schemas(schemas_from(&[own]).unwrap()).start().unwrap();
    add(&server, json!({"action": {"delay": LONG}}));
    let pin = "urn:example:params:scim:schemas:extension:costcenter:2.0:User:pin";
    let _late = sent(&server, "GET", &format!("/Users?filter={pin}%20eq%20%228341%22"), "");

    let waiting = control(&server).get("/requests/wait?state=received&timeout=20s");

    assert!(waiting.at("/items/0/target").starts_with("/NordlysQA/scim/v2/Users?filter="));
    assert!(!waiting.text.contains("8341"), "{}", waiting.text);
}

#[test]
fn a_hang_ends_with_a_reset_of_the_tenant() {
    let server = faulty(json!({"action": {"connection": "hang"}}));
    let stream = sent(&server, "GET", "/Users", "");
    until_waiting(&server, 1);

    reset(&server);

    assert_eq!(rest(stream), (vec![], None));
}

#[test]
fn a_hang_ends_when_the_client_leaves() {
    let server = faulty(json!({"action": {"connection": "hang"}}));
    let stream = sent(&server, "GET", "/Users", "");
    until_waiting(&server, 1);

    drop(stream);

    let idle = control(&server).get("/requests/wait-idle?timeout=20s");
    assert_eq!(idle.status, 200, "{}", idle.text);
}

#[test]
fn a_delayed_answer_ends_when_its_client_has_left() {
    let server = faulty(json!({"action": {"delay": LONG}}));
    let stream = sent(&server, "POST", "/Users", &ada().to_string());
    until_waiting(&server, 1);

    drop(stream);

    let done = control(&server).get("/requests/wait?q=fault:any&timeout=20s");
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(crate::last(&server).effects.len(), 1, "what was asked for is done all the same");
}

#[test]
fn the_end_of_the_server_ends_all_delays() {
    let server = server();
    add(&server, json!({"match": {"method": "GET"}, "action": {"connection": "hang"}}));
    add(&server, json!({"match": {"method": "POST"}, "action": {"delay": LONG}}));
    let hanging = sent(&server, "GET", "/Users", "");
    let late = sent(&server, "POST", "/Users", &ada().to_string());
    until_waiting(&server, 2);

    server.stop(Duration::from_secs(20));

    assert_eq!(rest(hanging), (vec![], None));
    let (bytes, _) = rest(late);
    assert!(bytes.starts_with(b"HTTP/1.1 201 Created\r\n"), "{}", String::from_utf8_lossy(&bytes));
}

fn woken(phase: &str) -> (String, usize, Value) {
    let server = faulty(json!({"action": {"delay": LONG}, "phase": phase}));
    let mut late = sent(&server, "POST", "/Users", &ada().to_string());
    until_waiting(&server, 1);

    reset(&server);
    let mut answer = [0; 13];
    std::io::Read::read_exact(&mut late, &mut answer).unwrap();

    let exchanges = server.requests().len();
    let found = Client::scim(&server).get("/Users?filter=userName+eq+%22ada@nordlys.example%22");
    (String::from_utf8_lossy(&answer).into_owned(), exchanges, found.json["totalResults"].clone())
}

#[test]
fn a_reset_ends_a_delay_and_its_exchange_is_not_in_the_next_journal() {
    assert_eq!(woken("before"), ("HTTP/1.1 503 ".to_owned(), 0, json!(0)));
}

#[test]
fn a_reset_ends_a_delay_after_the_operation_too() {
    assert_eq!(woken("after"), ("HTTP/1.1 503 ".to_owned(), 0, json!(0)));
}

#[test]
fn a_short_delay_is_only_a_delay() {
    let server = faulty(json!({"id": "slow", "action": {"delay": {"fixed": 1}}}));

    let answer = Client::scim(&server).post("/Users", &ada());

    assert_eq!(answer.status, 201);
    let exchange = crate::last(&server);
    assert!(exchange.summary.ends_with("by fault \"slow\" (delay 1ms)"), "{}", exchange.summary);
    assert_eq!(exchange.fault.as_ref().unwrap().action, "delay 1ms");
}

#[test]
fn the_deletion_of_a_tenant_ends_its_delays() {
    let server = faulty(json!({"action": {"delay": LONG}}));
    let client = Client::scim(&server);

    let answer = std::thread::scope(|scope| {
        let late = scope.spawn(|| client.post("/Users", &ada()));
        until_waiting(&server, 1);
        assert_eq!(control(&server).call("DELETE", "").send().status, 204);
        late.join().unwrap()
    });

    answer.is_scim_error(503, "", &["reset or deleted"]);
}
