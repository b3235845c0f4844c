//! Bytes on the wire: odd request lines, connections that carry many requests, bodies in pieces.

use rstest::rstest;
use serde_json::json;

use crate::support::{Client, Wire, everything, server, user};

/// The head of a request to the SCIM service, with its key, up to the headers of a body.
fn head(server: &mediusflow_mock::MockServer, method: &str, path: &str) -> String {
    let key = server.secret_key().unwrap();
    format!(
        "{method} /NordlysQA/scim/v2{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n",
        server.address()
    )
}

fn post(server: &mediusflow_mock::MockServer, name: &str) -> String {
    let body = user(name, json!({"displayName": "GET /\"ä\" HTTP/1.1"})).to_string();
    let head = head(server, "POST", "/Users");
    format!(
        "{head}Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[rstest]
#[case::quotes("userName+eq+\"WHO\"")]
#[case::quotes_and_escapes("userName%20eq%20\"WHO\"")]
fn a_filter_may_have_raw_quotes(#[case] filter: &str) {
    let server = server();
    let it = Client::scim(&server).first_user();
    let filter = filter.replace("WHO", it["userName"].as_str().unwrap());
    let mut wire = Wire::to(&server);

    wire.send(head(&server, "GET", &format!("/Users?filter={filter}")) + "\r\n");
    let found = wire.answer();

    assert_eq!((found.status, &found.json["Resources"]), (200, &json!([it])));
}

#[test]
fn a_filter_may_have_unescaped_utf_8_and_a_hash() {
    let server = server();
    let scim = Client::scim(&server);
    let names = ["åsa@nordlys.example", "ada_contoso.com#EXT#@nordlys.example"];
    let mut wire = Wire::to(&server);

    for name in names {
        let made = scim.post("/Users", &user(name, json!({})));
        let path = format!("/Users?filter=userName+eq+\"{name}\"");
        let found = wire.send(head(&server, "GET", &path) + "\r\n").answer();
        assert_eq!(found.json["Resources"], json!([made.json]));
    }
}

#[test]
fn a_path_may_be_unescaped() {
    let server = server();
    let mut wire = Wire::to(&server);

    let refused = wire.send(head(&server, "GET", "/Users/å\"<>") + "\r\n").answer();

    refused.is_scim_error(404, "", &["User å\"<> not found"]);
}

#[test]
fn a_request_line_may_arrive_byte_by_byte() {
    let server = server();
    let mut wire = Wire::to(&server);

    for byte in (head(&server, "GET", "/Users?filter=userName+eq+\"x\"") + "\r\n").into_bytes() {
        wire.send([byte]);
    }

    assert_eq!(wire.answer().json["totalResults"], 0);
}

#[test]
fn one_connection_carries_many_requests() {
    let server = server();
    let mut wire = Wire::to(&server);

    for n in 0..20 {
        let made = wire.send(post(&server, &format!("u{n}@nordlys.example"))).answer();
        assert_eq!(made.status, 201);
        let read = wire.send(head(&server, "GET", &format!("/Users/{}", made.at("/id"))) + "\r\n");
        assert_eq!(read.answer().json, made.json);
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let server = server();
    let mut wire = Wire::to(&server);
    let one = post(&server, "one@nordlys.example");
    let get = head(&server, "GET", "/Users?filter=userName+eq+\"one@nordlys.example\"") + "\r\n";
    let two = post(&server, "two@nordlys.example");

    wire.send(format!("{one}{get}{two}"));
    let answers = [wire.answer(), wire.answer(), wire.answer()];

    assert_eq!(answers.each_ref().map(|it| it.status), [201, 200, 201]);
    assert_eq!(answers[0].at("/displayName"), "GET /\"ä\" HTTP/1.1");
    assert_eq!(answers[1].json["Resources"], json!([answers[0].json]));
    assert_eq!(answers[2].at("/userName"), "two@nordlys.example");
    assert_eq!(answers[2].at("/displayName"), "GET /\"ä\" HTTP/1.1");
}

#[test]
fn a_pipelined_request_may_be_split_at_any_byte() {
    let server = server();
    let mut wire = Wire::to(&server);
    let two = post(&server, "TWO\"GET /\"@nordlys.example");

    // The second request may be split at any byte.
    for cut in (0..two.len()).step_by(3).filter(|it| two.is_char_boundary(*it)) {
        let get = head(&server, "GET", "/Users?count=0") + "\r\n";
        wire.send(format!("{get}{}", &two[..cut]));
        assert_eq!(wire.answer().status, 200);
        let made = wire.send(&two[cut..]).answer();
        assert_eq!(made.status, 201, "cut at {cut}: {}", made.text);
        let path = format!("/Users/{}", made.at("/id"));
        assert_eq!(made.at("/displayName"), "GET /\"ä\" HTTP/1.1");
        assert_eq!(wire.send(head(&server, "DELETE", &path) + "\r\n").answer().status, 204);
    }
}

#[test]
fn a_body_may_arrive_in_pieces() {
    let server = server();
    let mut wire = Wire::to(&server);
    let whole = post(&server, "ada@nordlys.example");

    for piece in whole.as_bytes().chunks(7) {
        wire.send(piece);
    }

    assert_eq!(wire.answer().at("/displayName"), "GET /\"ä\" HTTP/1.1");
}

#[test]
fn a_chunked_body_is_read_whole() {
    let server = server();
    let mut wire = Wire::to(&server);
    let body = user("ada@nordlys.example", json!({"displayName": "POST /\"ä\""})).to_string();

    wire.send(head(&server, "POST", "/Users"));
    wire.send("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for piece in body.as_bytes().chunks(10) {
        wire.send(format!("{:X}\r\n", piece.len())).send(piece).send("\r\n");
    }
    wire.send("0\r\n\r\n");
    let made = wire.answer();
    let next = wire.send(head(&server, "GET", "/Users?filter=userName+eq+\"x\"") + "\r\n").answer();

    assert_eq!((made.status, made.at("/displayName")), (201, "POST /\"ä\""));
    assert_eq!(next.status, 200, "the connection lives on");
}

#[test]
fn expect_100_continue_is_answered() {
    let server = server();
    let mut wire = Wire::to(&server);
    let whole = post(&server, "ada@nordlys.example");
    let (request, body) = whole.split_once("\r\n\r\n").unwrap();

    wire.send(format!("{request}\r\nExpect: 100-continue\r\n\r\n"));
    let go_on = wire.head();
    let made = wire.send(body).answer();

    assert_eq!(go_on.status, 100);
    assert_eq!((made.status, made.at("/displayName")), (201, "GET /\"ä\" HTTP/1.1"));
}

#[test]
fn connection_close_closes_the_connection() {
    let server = server();
    let mut wire = Wire::to(&server);

    wire.send(head(&server, "GET", "/Users?count=0") + "Connection: close\r\n\r\n");
    let all = wire.rest();

    assert!(all.starts_with("HTTP/1.1 200 OK\r\n"), "{all}");
    assert!(all.ends_with("\"Resources\":[]}"), "{all}");
}

#[test]
fn the_answer_to_head_has_no_body() {
    let server = server();
    let mut wire = Wire::to(&server);

    wire.send(head(&server, "HEAD", "/Users") + "\r\n");
    let head_only = wire.head();
    let next = wire.send(head(&server, "GET", "/Users?count=0") + "\r\n").answer();

    assert!(head_only.header("content-length").parse::<usize>().unwrap() > 100);
    assert_eq!((next.status, &next.json["totalResults"]), (200, &json!(5)));
}

#[rstest]
#[case::no_http("hello\r\n\r\n")]
#[case::no_length("POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nContent-Length: many\r\n\r\n{}")]
#[case::two_lengths(
    "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
)]
#[case::no_chunk(
    "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
)]
#[case::blank_in_the_path("GET /NordlysQA/scim/v2/Users ?x HTTP/1.1\r\n\r\n")]
fn bytes_that_are_not_http_are_refused_and_the_server_keeps_running(#[case] sent: &str) {
    let server = server();
    let before = everything(&server);
    let mut wire = Wire::to(&server);

    wire.send(sent);
    let answer = wire.rest();

    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(everything(&server), before);
}

#[test]
fn a_body_that_never_ends_does_not_block_other_requests() {
    let server = server();
    let mut wire = Wire::to(&server);
    let whole = post(&server, "ada@nordlys.example");
    wire.send(&whole[..whole.len() - 1]);

    let other = Client::scim(&server).get("/Users");
    let made = wire.send(&whole[whole.len() - 1..]).answer();

    assert_eq!((other.status, made.status), (200, 201));
}

#[rstest]
#[case("GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n", 400, "malformed-request")]
#[case("nonsense\r\n\r\n", 400, "malformed-request")]
#[case(
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -4\r\n\r\n",
    400,
    "malformed-request"
)]
fn an_invalid_request_is_answered_with_a_problem(
    #[case] sent: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = server();
    let mut wire = Wire::to(&server);

    let answer = wire.send(sent).answer();

    answer.is_problem(status, code, &["cannot be read"]);
    assert!(!answer.header("date").is_empty());
    assert_eq!(wire.rest(), "");
}

#[test]
fn an_invalid_request_is_answered_after_the_requests_before_it() {
    let server = server();
    let mut wire = Wire::to(&server);
    let good = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

    wire.send(good.to_owned() + "GET / HTTP/1.1\r\nno header\r\n\r\n");

    assert_eq!((wire.answer().status, wire.answer().at("/code")), (200, "malformed-request"));
}

#[test]
fn too_many_header_lines_are_answered_with_a_problem() {
    let server = server();
    let mut wire = Wire::to(&server);

    wire.send(format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}", "a".repeat(140_000)));

    wire.answer().is_problem(431, "headers-too-large", &["header"]);
}

#[test]
fn conditions_are_read_from_all_their_lines_and_a_value_that_is_not_text_matches_no_version() {
    let server = server();
    let scim = Client::scim(&server);
    let user = scim.first_user();
    let (id, version) = (user["id"].as_str().unwrap(), user["meta"]["version"].as_str().unwrap());
    let deleted = |conditions: &[&[u8]]| {
        let mut wire = Wire::to(&server);
        wire.send(head(&server, "DELETE", &format!("/Users/{id}")));
        for condition in conditions {
            wire.send("If-Match: ").send(condition).send("\r\n");
        }
        wire.send("\r\n").answer().status
    };

    assert_eq!(deleted(&[b"\"\xff\""]), 412);
    assert_eq!(deleted(&[b"\"a\"", b"\"b\""]), 412);
    assert_eq!(scim.get(&format!("/Users/{id}")).status, 200);
    assert_eq!(deleted(&[b"\"a\"", version.as_bytes()]), 204);
}
