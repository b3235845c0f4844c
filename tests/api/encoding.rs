//! Encoded bodies are refused, since nothing is decoded
//! ([RFC 9110 §15.5.16](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16)).

use mediusflow_mock::MockServer;
use mediusflow_mock::internals::ServerInternals as _;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, Client, everything, server, user};

/// A call of every surface that reads a body.
fn calls(server: &MockServer) -> Vec<(Client, &'static str, &'static str, Value)> {
    let anyone = || Client::at(format!("http://{}", server.address()));
    let (scim, console) = (|| Client::scim(server), || Client::console(server));
    let ada = || user("ada@nordlys.example", json!({}));
    vec![
        (scim(), "POST", "/Users", ada()),
        (scim(), "PUT", "/Users/x", ada()),
        (scim(), "PATCH", "/Users/x", json!({"Operations": []})),
        (scim(), "POST", "/Bulk", json!({"Operations": []})),
        (scim(), "POST", "/Users/.search", json!({})),
        (console(), "PUT", "/provisioning", json!({"mode": "userProvisioning"})),
        (console(), "POST", "/secret-key", json!({"confirm": true})),
        (anyone(), "POST", "/admin/v1/authenticate", json!({"tenantName": "NordlysQA"})),
        (anyone(), "POST", "/_mock/v1/tenants", json!({"name": "Own"})),
        (anyone(), "PUT", "/_mock/v1/tenants/NordlysQA/state", json!({})),
        (anyone(), "POST", "/_mock/v1/tenants/NordlysQA/users", ada()),
    ]
}

#[track_caller]
fn is_refused(answer: &Answer) {
    assert_eq!(answer.status, 415, "{answer:?}");
    assert_eq!(answer.header("accept-encoding"), "identity", "{answer:?}");
    assert!(answer.detail().contains("the content encoding must be identity"), "{answer:?}");
}

#[rstest]
fn an_encoded_body_is_refused_at_every_address_and_nothing_changes(
    #[values("gzip", "X-GZIP", "deflate", "br", "zstd", "identity, gzip", "no-such-thing")]
    encoding: &str,
) {
    let server = server();
    let calls = calls(&server);
    let before = (everything(&server), server.secret_key());

    for (client, method, path, body) in calls {
        let call = client.call(method, path).header("content-encoding", encoding);
        is_refused(&call.json(&body).send());
    }

    assert_eq!((everything(&server), server.secret_key()), before);
    assert_eq!(server.tenants().all().len(), 2);
}

#[rstest]
fn a_body_with_the_encoding_identity_is_read(
    #[values("identity", "Identity, identity")] encoding: &str,
) {
    let server = server();
    let scim = Client::scim(&server);

    let call = scim.call("POST", "/Users").header("content-encoding", encoding);
    let made = call.json(&user("ada@nordlys.example", json!({}))).send();

    assert_eq!(made.status, 201, "{made:?}");
}

#[test]
fn a_request_without_a_body_may_have_any_encoding() {
    let server = server();

    let read =
        Client::scim(&server).call("GET", "/Users").header("content-encoding", "gzip").send();

    assert_eq!(read.status, 200, "{read:?}");
}
