//! The media type of SCIM answers, and the encoding of queries.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, Client, everything, operations, rfc_server, server, user};

const SCIM: &str = "application/scim+json";
const JSON: &str = "application/json";

fn asked(client: &Client, method: &str, path: &str, accept: &str, body: &Value) -> Answer {
    let call = client.call(method, path).header("accept", accept);
    if body.is_null() { call.send() } else { call.json(body).send() }
}

#[rstest]
#[case("", SCIM)]
#[case("*/*", SCIM)]
#[case("application/*", SCIM)]
#[case("application/scim+json", SCIM)]
#[case("application/json", JSON)]
#[case("application/json; charset=utf-8", JSON)]
#[case("application/json, application/scim+json", SCIM)]
#[case("application/scim+json;q=0.5, application/json;q=0.9", JSON)]
#[case("application/scim+json;q=0, */*", JSON)]
#[case("text/html, application/json;q=0.1", JSON)]
#[case("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", SCIM)]
#[case("application/json;charset=\"a;q=0\", text/html", JSON)]
fn each_answer_has_the_type_that_is_accepted(#[case] accept: &str, #[case] expected: &str) {
    let server = server();
    let scim = Client::scim(&server);
    let id = scim.first_user()["id"].as_str().unwrap().to_owned();
    let title = operations(json!([{"op": "replace", "path": "title", "value": accept}]));
    let bulk =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": []});
    for (method, path, body, status) in [
        ("GET", "/Users", Value::Null, 200),
        ("GET", &*format!("/Users/{id}"), Value::Null, 200),
        ("HEAD", "/Users", Value::Null, 200),
        ("GET", "/ServiceProviderConfig", Value::Null, 200),
        ("GET", "/Schemas", Value::Null, 200),
        ("POST", "/Users", user("anna", json!({})), 201),
        ("PATCH", &*format!("/Users/{id}"), title, 200),
        ("POST", "/Bulk", bulk, 200),
        ("GET", "/Users/nobody", Value::Null, 404),
        ("GET", "/Users?filter=x", Value::Null, 400),
        ("POST", "/Users", user("anna", json!({})), 409),
        ("PUT", "/Users", json!({}), 405),
    ] {
        let answer = asked(&scim, method, path, accept, &body);

        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        assert_eq!(answer.header("content-type"), expected, "{method} {path}");
        assert_eq!(answer.header("vary"), "accept", "{method} {path}");
    }
    let locked_out = asked(&Client::at(server.scim_url()), "GET", "/Users", accept, &Value::Null);
    assert_eq!((locked_out.status, locked_out.header("content-type")), (401, expected));
    let nowhere = Client::at(format!("{}/Nowhere/scim/v2", server.url()));
    let nowhere = asked(&nowhere, "GET", "/Users", accept, &Value::Null);
    assert_eq!((nowhere.status, nowhere.header("content-type")), (404, expected));
}

#[rstest]
#[case("text/html")]
#[case("text/*, application/xml")]
#[case("application/json;q=0")]
#[case("application/json;q=0, application/scim+json;q=0.0")]
#[case("*/*;q=0")]
fn a_request_that_accepts_neither_type_changes_nothing(#[case] accept: &str) {
    let server = server();
    let scim = Client::scim(&server);
    let path = format!("/Users/{}", scim.first_user()["id"].as_str().unwrap());
    let before = everything(&server);

    for (method, path, body) in [
        ("GET", "/Users", Value::Null),
        ("GET", "/ServiceProviderConfig", Value::Null),
        ("POST", "/Users", user("anna", json!({}))),
        ("DELETE", &*path, Value::Null),
    ] {
        let refused = asked(&scim, method, path, accept, &body);

        refused.is_scim_error(406, "", &[SCIM, JSON, "RFC 7644 §3.8"]);
    }
    let locked_out = asked(&Client::at(server.scim_url()), "GET", "/Users", accept, &Value::Null);
    assert_eq!(locked_out.status, 401);
    assert_eq!(everything(&server), before);
}

#[test]
fn the_journal_has_the_type_of_the_answer() {
    let server = server();

    asked(&Client::scim(&server), "GET", "/Users", JSON, &Value::Null);

    let newest = server.requests().pop().unwrap();
    let headers = newest.response.headers.iter();
    let types: Vec<_> = headers.filter(|(name, _)| name == "content-type").collect();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].1, JSON);
}

#[rstest]
#[case("/Users?filter=userName+eq+%22%ff%22", "invalidFilter", "filter")]
#[case("/Users?filter=userName+eq+%22%C3%28%22", "invalidFilter", "filter")]
#[case("/Users?sortBy=%ED%A0%80", "invalidValue", "sortBy")]
#[case("/Users?attributes=userName,%E5", "invalidValue", "attributes")]
#[case("/?filter=%ff", "invalidFilter", "filter")]
#[case("/Users?other=%ff", "invalidValue", "other")]
#[case("/Users?%ff=1", "invalidValue", "name")]
fn a_query_that_is_not_utf_8_is_refused(
    #[case] path: &str,
    #[case] word: &str,
    #[case] parameter: &str,
) {
    let server = rfc_server();

    let refused = Client::scim(&server).get(path);

    refused.is_scim_error(400, word, &[parameter, "no UTF-8 text", "percent-encode"]);
}

#[test]
fn a_post_with_a_query_that_is_not_utf_8_creates_nothing() {
    let server = server();
    let scim = Client::scim(&server);
    let before = everything(&server);

    let refused = scim.post("/Users?attributes=%ff", &user("anna", json!({})));

    refused.is_scim_error(400, "invalidValue", &["attributes"]);
    assert_eq!(everything(&server), before);
    let text = scim.get("/Users?filter=userName+eq+%22%C3%85%22");
    assert_eq!(text.status, 200);
}

#[test]
fn every_surface_refuses_a_query_that_is_not_utf_8_before_it_does_anything() {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let one = format!("/Users/{}?x=%ff", scim.first_user()["id"].as_str().unwrap());
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let bulk =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": []});
    let console = Client::console(&server);
    let before = everything(&server);

    for (method, path, body) in [
        ("DELETE", one.as_str(), Value::Null),
        ("POST", "/Users/.search?x=%ff", search.clone()),
        ("POST", "/.search?filter=%ff", search),
        ("POST", "/Bulk?x=%ff", bulk),
        ("GET", "/Schemas?x=%ff", Value::Null),
        ("GET", "/ServiceProviderConfig?filter=%ff", Value::Null),
    ] {
        let refused = asked(&scim, method, path, SCIM, &body);
        assert_eq!(refused.status, 400, "{method} {path}: {}", refused.text);
        assert!(refused.text.contains("no UTF-8 text"), "{}", refused.text);
    }
    let base = format!("{}/_mock/v1/tenants/NordlysQA", server.url());
    for path in ["/requests?q=%ff", "/requests/wait?q=%ff&timeout=10ms", "/state/wait?users=%ff"] {
        let refused = Client::at(&base).get(path);
        assert_eq!(refused.json["code"], "invalid-query", "{path}: {}", refused.text);
    }
    let refused = console.get("/users?filter=%ff");
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(everything(&server), before);
}
