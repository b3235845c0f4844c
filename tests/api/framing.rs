//! Where a body ends, in all valid and many invalid forms
//! ([RFC 9112 §6](https://www.rfc-editor.org/rfc/rfc9112#section-6)).

use mediusflow_mock::MockServer;
use mediusflow_mock::internals::TenantInternals as _;
use rstest::rstest;
use serde_json::json;

use crate::support::{Wire, everything, server, user};

/// The head of a request to the SCIM service up to the header that frames its body.
fn head(server: &MockServer, method: &str, path: &str) -> String {
    format!(
        "{method} /NordlysQA/scim/v2{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/scim+json\r\n",
        server.address(),
        server.secret_key().unwrap()
    )
}

/// A user as JSON. A part of it looks like a request line that must be repaired.
fn body(name: &str) -> String {
    let user = user(name, json!({"displayName": "GET /\"å\" HTTP/1.1"}));
    format!("\r\n\n {user}\r\n\r\n")
}

/// The next request on the connection, to see that the server reads it from its first byte. Its
/// query must be repaired and has the name of the user.
fn next(server: &MockServer) -> String {
    head(server, "GET", "/Users?filter=userName+eq+\"ada@nordlys.example\"") + "\r\n"
}

/// All that the server sends until it closes.
fn everything_answered(server: &MockServer, sent: &str) -> String {
    let mut wire = Wire::to(server);
    wire.send(sent);
    wire.rest()
}

fn chunked(body: &str, size: impl Fn(usize) -> String, trailer: &str) -> String {
    let pieces = body.split_inclusive('å');
    let chunks = pieces.map(|piece| format!("{}\r\n{piece}\r\n", size(piece.len())));
    let chunks: String = chunks.collect();
    format!("Transfer-Encoding: chunked\r\n\r\n{chunks}0000\r\n{trailer}\r\n")
}

/// All framings that the parser knows.
fn framed(form: &str, body: &str) -> String {
    let length = body.len();
    let sized = |header: &str| format!("{header}\r\n\r\n{body}");
    match form {
        "length" => sized(&format!("Content-Length: {length}")),
        "padded" => sized(&format!("Content-Length: {length:080}")),
        "padded far" => sized(&format!("content-length:{}{length:0900}\t ", " ".repeat(300))),
        "after a long header" => {
            sized(&format!("X: {}\r\nCONTENT-LENGTH: {length}", "y".repeat(20_000)))
        }
        "chunks" => chunked(body, |size| format!("{size:x}"), ""),
        "padded chunks" => chunked(body, |size| format!("{size:0200X}"), ""),
        "extensions" => {
            chunked(body, |size| format!("{size:x} ;a=\"{}\";b", "GET /\"".repeat(40)), "")
        }
        "trailers" => {
            chunked(body, |size| format!("{size:x}"), "T: \"GET /\"\r\n\tGET /\"\r\nU:\r\n")
        }
        "continued" => sized(&format!("Expect: 100-continue\r\nContent-Length: {length}")),
        "continued twice" => sized(&format!(
            "EXPECT: a, 100-Continue\r\nExpect: 100-continue\r\nContent-Length: {length}"
        )),
        "upgrade alone" => sized(&format!("Connection: Upgrade\r\nContent-Length: {length}")),
        "websocket" => sized(&format!(
            "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: {length:080}"
        )),
        "websocket behind" => sized(&format!(
            "Content-Length: {length}\r\nUPGRADE:\t WebSocket \r\nupgrade:websocket"
        )),
        "websocket in chunks" => {
            "Upgrade: websocket\r\n".to_owned() + &chunked(body, |size| format!("{size:x}"), "")
        }
        "h2c" => sized(&format!(
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\
             Content-Length: {length}"
        )),
        form => panic!("{form} is no form"),
    }
}

#[rstest]
fn a_body_arrives_unchanged_and_the_next_request_is_read_from_its_start(
    #[values(
        "length",
        "padded",
        "padded far",
        "after a long header",
        "chunks",
        "padded chunks",
        "extensions",
        "trailers",
        "continued",
        "continued twice",
        "upgrade alone",
        "websocket",
        "websocket behind",
        "websocket in chunks",
        "h2c"
    )]
    form: &str,
    #[values(1, 13, 1_000_000)] piece: usize,
) {
    let server = server();
    let mut wire = Wire::to(&server);
    let post = head(&server, "POST", "/Users") + &framed(form, &body("ada@nordlys.example"));
    let sent = post + &next(&server);

    for piece in sent.as_bytes().chunks(piece) {
        wire.send(piece);
    }
    if form.starts_with("continued") {
        assert_eq!(wire.head().status, 100);
    }
    let made = wire.answer();
    let found = wire.answer();

    assert_eq!((made.status, made.at("/displayName")), (201, "GET /\"å\" HTTP/1.1"), "{made:?}");
    assert_eq!(found.json["Resources"], json!([made.json]));
}

#[test]
fn a_request_with_an_upgrade_is_answered_and_recorded_unchanged() {
    let server = server();
    let mut wire = Wire::to(&server);

    let offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: websocket\r\n\r\n";
    let answer = wire.send(head(&server, "GET", "/Users?count=0") + offer).answer();
    let next = wire.send(next(&server)).answer();

    assert_eq!((answer.status, &answer.json["totalResults"]), (200, &json!(5)));
    assert_eq!((answer.header("connection"), answer.header("upgrade")), ("", ""));
    assert_eq!(next.status, 200, "the connection lives on");
    let exchange = server.tenant().journal().get(1).unwrap();
    let headers = &exchange.request.headers;
    let sent = |name: &str| headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    assert_eq!(sent("connection"), Some("Upgrade, HTTP2-Settings"));
    assert_eq!(sent("upgrade"), Some("websocket"));
}

#[rstest]
#[case::two_lengths("Content-Length: 2\r\nContent-Length: 2\r\n")]
#[case::a_list_of_lengths("Content-Length: 2, 2\r\n")]
#[case::a_list_without_blanks("Content-Length: 2,2\r\n")]
#[case::a_sign("Content-Length: +2\r\n")]
#[case::below_zero("Content-Length: -2\r\n")]
#[case::hexadecimal("Content-Length: 0x2\r\n")]
#[case::a_fraction("Content-Length: 2.0\r\n")]
#[case::empty("Content-Length:\r\n")]
#[case::too_large("Content-Length: 18446744073709551616\r\n")]
#[case::padded_and_too_large(
    "Content-Length: 000000000000000000000000000000000000000000000000000000018446744073709551616\r\n"
)]
#[case::folded("Content-Length:\r\n 2\r\n")]
#[case::continued("X: y\r\n Content-Length: 2\r\n")]
#[case::a_blank_before_the_colon("Content-Length : 2\r\n")]
#[case::length_and_chunks("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n")]
#[case::chunks_and_length("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n")]
#[case::chunks_twice("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
#[case::chunks_in_a_list("Transfer-Encoding: chunked, chunked\r\n")]
#[case::compressed_chunks("Transfer-Encoding: gzip, chunked\r\n")]
#[case::chunks_that_are_none("Transfer-Encoding: xchunked\r\n")]
#[case::identity("Transfer-Encoding: identity\r\n")]
#[case::two_hosts("Host: localhost\r\nContent-Length: 2\r\n")]
fn a_body_with_an_ambiguous_end_is_refused_and_nothing_after_it_is_read(#[case] lines: &str) {
    let server = server();
    let before = everything(&server);
    let post = head(&server, "POST", "/Users") + lines + "\r\n";
    let behind = head(&server, "POST", "/Users") + &framed("length", &body("eve@nordlys.example"));

    let answer = everything_answered(&server, &format!("{post}{{}}{behind}"));

    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert_eq!(everything(&server), before);
}

#[rstest]
#[case::no_digits("\r\n{}\r\n0\r\n\r\n")]
#[case::a_sign("+2\r\n{}\r\n0\r\n\r\n")]
#[case::a_prefix("0x2\r\n{}\r\n0\r\n\r\n")]
#[case::a_digit_behind_a_blank("2 2\r\n{}\r\n0\r\n\r\n")]
#[case::a_line_feed_alone("2\n{}\n0\n\n")]
#[case::too_long("2\r\n{}!\r\n0\r\n\r\n")]
#[case::too_large("ffffffffffffffff0\r\n{}\r\n0\r\n\r\n")]
fn an_invalid_chunk_is_refused_and_nothing_after_it_is_read(#[case] chunks: &str) {
    let server = server();
    let before = everything(&server);
    let post = head(&server, "POST", "/Users") + "Transfer-Encoding: chunked\r\n\r\n";
    let behind = head(&server, "POST", "/Users") + &framed("length", &body("eve@nordlys.example"));

    let answer = everything_answered(&server, &format!("{post}{chunks}{behind}"));

    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert_eq!(everything(&server), before);
}

#[test]
fn a_content_length_may_have_leading_zeros_up_to_the_size_of_a_head() {
    let server = server();
    let mut wire = Wire::to(&server);
    let body = body("ada@nordlys.example");
    let post = head(&server, "POST", "/Users")
        + &format!("Content-Length: {}{}\r\n\r\n{body}", "0".repeat(60_000), body.len());

    let made = wire.send(post + &next(&server)).answer();
    let found = wire.answer();

    assert_eq!((made.status, made.at("/displayName")), (201, "GET /\"å\" HTTP/1.1"), "{made:?}");
    assert_eq!(found.json["Resources"], json!([made.json]));
}
