//! Bad input: how it is refused, and that it changes nothing.

use mediusflow_mock::{MockServer, internals::http::LARGEST_BODY};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, ENTERPRISE, MEDIUS, USER, Wire, everything, group, operations, rfc_server,
    server, small, user,
};

/// The answers of a server of each profile to a request that must change nothing.
#[track_caller]
fn refused(request: impl Fn(&Client) -> Answer) -> Answer {
    let answers = [server(), rfc_server()].map(|server: MockServer| {
        let scim = Client::scim(&server);
        let before = everything(&server);
        let answer = request(&scim);
        assert!(everything(&server) == before, "something changed: {answer:?}");
        answer
    });
    assert_eq!(answers[0].json, answers[1].json, "the profiles differ");
    let [answer, _] = answers;
    answer
}

fn post(body: &str) -> Answer {
    refused(|scim| scim.call("POST", "/Users").body(body).send())
}

fn patch(operation: Value) -> Answer {
    let body = operations(json!([operation]));
    refused(|scim| {
        let id = scim.first_user()["id"].as_str().unwrap().to_owned();
        scim.patch(&format!("/Users/{id}"), &body)
    })
}

#[rstest]
#[case("{\"userName\": ", "line 1 column 13")]
#[case("userName=ada", "line 1 column 1")]
#[case("{\"userName\": \"ada\"} {}", "line 1 column 21")]
#[case("{'userName': 'ada'}", "line 1 column 2")]
#[case("", "empty")]
#[case("\u{feff}{}", "line 1 column 1")]
fn the_error_of_invalid_json_has_line_and_column(#[case] body: &str, #[case] place: &str) {
    post(body).is_scim_error(400, "invalidSyntax", &[place]);
}

#[rstest]
#[case("null")]
#[case("[]")]
#[case("\"ada\"")]
#[case("true")]
fn a_body_that_is_not_an_object_is_refused(#[case] body: &str) {
    post(body).is_scim_error(400, "invalidSyntax", &["object"]);
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    let server = server();
    let before = everything(&server);
    let body = b"{\"userName\": \"\xff\xfe\"}";
    let mut wire = Wire::to(&server);

    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.secret_key().unwrap(),
        body.len()
    ));
    let answer = wire.send(body).answer();

    answer.is_scim_error(400, "invalidSyntax", &["line 1 column"]);
    assert_eq!(everything(&server), before);
}

#[rstest]
#[case("text/plain")]
#[case("application/xml")]
#[case("application/x-www-form-urlencoded")]
#[case("application/scim+jsonx")]
#[case("multipart/form-data; boundary=x")]
fn another_content_type_is_refused_by_both_apis(#[case] sent: &str) {
    let body = user("ada@nordlys.example", json!({})).to_string();
    let server = server();

    let scim = refused(|scim| {
        scim.call("POST", "/Users").header("Content-Type", sent).body(body.as_str()).send()
    });
    let console = Client::console(&server)
        .call("PUT", "/integration")
        .header("Content-Type", sent)
        .body("{}")
        .send();

    scim.is_scim_error(415, "", &["application/scim+json", sent]);
    console.is_problem(415, "unsupported-content-type", &["application/json", sent]);
}

#[test]
fn a_body_without_a_content_type_is_refused() {
    let server = server();
    let mut wire = Wire::to(&server);

    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Length: 2\r\n\r\n{{}}",
        server.secret_key().unwrap()
    ));

    wire.answer().is_scim_error(415, "", &["application/scim+json", "none"]);
}

#[rstest]
#[case::objects("{\"name\":", "}")]
#[case::lists("[", "]")]
fn json_200_levels_deep_is_refused(#[case] open: &str, #[case] close: &str) {
    let deep = format!("{}1{}", open.repeat(200), close.repeat(200));
    let body = format!("{{\"schemas\": [\"{USER}\"], \"userName\": \"ada\", \"name\": {deep}}}");

    post(&body).is_scim_error(400, "invalidSyntax", &["recursion limit"]);
}

#[test]
fn a_client_that_sends_a_body_over_the_cap_gets_the_refusal() {
    let body = " ".repeat(LARGEST_BODY + 1);
    let answer = post(&body);

    answer.is_scim_error(413, "", &[&LARGEST_BODY.to_string()]);
}

#[test]
fn a_huge_body_is_refused_as_soon_as_it_is_announced() {
    let server = server();
    let mut wire = Wire::to(&server);

    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.secret_key().unwrap(),
        u64::MAX
    ));

    wire.answer().is_scim_error(413, "", &[&LARGEST_BODY.to_string()]);
}

#[test]
fn a_chunked_body_over_the_cap_is_refused() {
    let server = server();
    let before = everything(&server);
    let mut wire = Wire::to(&server);
    let chunk = vec![b' '; 1024 * 1024];

    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.secret_key().unwrap()
    ));
    for _ in 0..=LARGEST_BODY / chunk.len() {
        wire.send(format!("{:x}\r\n", chunk.len())).send(&chunk).send("\r\n");
    }
    wire.send("0\r\n\r\n");

    wire.answer().is_scim_error(413, "", &[&LARGEST_BODY.to_string()]);
    assert_eq!(everything(&server), before);
}

#[test]
fn a_body_just_under_the_cap_is_read() {
    let server = server();
    let scim = Client::scim(&server);
    let mut body = user("ada@nordlys.example", json!({})).to_string();
    body.push_str(&" ".repeat(LARGEST_BODY - body.len()));

    let made = scim.call("POST", "/Users").body(body).send();

    assert_eq!(made.status, 201);
}

#[rstest]
#[case::text(json!({"displayName": 7}), "displayName", "number 7")]
#[case::boolean(json!({"active": "yes"}), "active", "\"yes\"")]
#[case::reference(json!({"profileUrl": {"value": "x"}}), "profileUrl", "object")]
#[case::binary(json!({"x509Certificates": [{"value": 7}]}), "x509Certificates[0].value", "number 7")]
#[case::binary_text(json!({"x509Certificates": [{"value": "no base64!"}]}), "x509Certificates[0].value", "no base64!")]
#[case::complex(json!({"name": "Ada Ek"}), "name", "\"Ada Ek\"")]
#[case::sub_attribute(json!({"name": {"givenName": ["Ada"], "familyName": {}}}), "name.familyName", "object")]
#[case::multi_valued(json!({"emails": "a@b.se"}), "emails", "\"a@b.se\"")]
#[case::value_of_many(json!({"emails": [7]}), "emails[0]", "number 7")]
#[case::sub_attribute_of_many(json!({"emails": [{"value": "a@b.se"}, {"value": false}]}), "emails[1].value", "false")]
#[case::two_primary(json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]}), "emails", "primary")]
#[case::extension(json!({MEDIUS: "SE-AP"}), "medius:2.0:User", "\"SE-AP\"")]
#[case::of_an_extension(json!({MEDIUS: {"customFieldText1": 1.5}}), "customFieldText1", "1.5")]
#[case::password(json!({"password": 47_114_711}), "password", "found something else")]
fn a_value_of_the_wrong_type_names_attribute_and_value(
    #[case] rest: Value,
    #[case] attribute: &str,
    #[case] found: &str,
) {
    let body = user("ada@nordlys.example", rest).to_string();

    post(&body).is_scim_error(400, "invalidValue", &[attribute, found]);
}

#[rstest]
#[case(json!({"nickname2": "x"}), "nickname2")]
#[case(json!({"displayNam": "x"}), "displayName")]
#[case(json!({"name": {"first": "x"}}), "name.first")]
#[case(json!({"emails": [{"value": "a@b.se", "label": "x"}]}), "label")]
#[case(json!({MEDIUS: {"customFieldText6": "x"}}), "customFieldText6")]
#[case(json!({"urn:ietf:params:scim:schemas:extension:medios:2.0:User": {"a": 1}}), "extension:medius:2.0")]
fn an_unknown_attribute_is_named(#[case] rest: Value, #[case] attribute: &str) {
    let body = user("ada@nordlys.example", rest).to_string();

    post(&body).is_scim_error(400, "invalidSyntax", &[attribute]);
}

#[rstest]
#[case(json!({"op": "replace", "path": "displayNam", "value": "x"}), "invalidPath", "displayName")]
#[case(json!({"op": "replace", "path": "name.first", "value": "x"}), "invalidPath", "name.first")]
#[case(json!({"op": "replace", "value": {"displayNam": "x"}}), "invalidSyntax", "displayName")]
fn an_unknown_attribute_in_a_patch_is_named(
    #[case] operation: Value,
    #[case] scim_type: &str,
    #[case] attribute: &str,
) {
    let answer = patch(operation);

    answer.is_scim_error(400, scim_type, &[attribute]);
}

#[rstest]
#[case("id", json!("other"))]
#[case("meta.created", json!("2020-01-01T00:00:00Z"))]
#[case("groups", json!([{"value": "x"}]))]
fn a_read_only_attribute_cannot_be_patched(#[case] path: &str, #[case] value: Value) {
    let answer = patch(json!({"op": "replace", "path": path, "value": value}));

    answer.is_scim_error(400, "mutability", &[path.split('.').next().unwrap()]);
}

#[test]
fn read_only_attributes_in_a_body_are_ignored() {
    let server = server();
    let scim = Client::scim(&server);
    let rest = json!({
        "id": "mine", "groups": [{"value": "x"}],
        "meta": {"created": "2020-01-01T00:00:00Z", "location": "http://evil.example/"},
    });

    let made = scim.post("/Users", &user("ada@nordlys.example", rest));

    assert_eq!(made.status, 201);
    assert_ne!(made.at("/id"), "mine");
    assert_eq!(made.json["groups"], Value::Null);
    assert_eq!(made.at("/meta/created"), "2026-03-03T12:00:00Z");
    assert!(made.at("/meta/location").starts_with(&server.scim_url()));
}

#[rstest]
#[case::absent(json!({"schemas": [USER], "displayName": "Ada"}))]
#[case::null(json!({"schemas": [USER], "userName": null}))]
#[case::empty(json!({"schemas": [USER], "userName": ""}))]
fn a_user_needs_a_user_name(#[case] body: Value) {
    post(&body.to_string()).is_scim_error(400, "invalidValue", &["userName"]);
}

#[test]
fn a_user_name_cannot_be_removed() {
    let removed = patch(json!({"op": "remove", "path": "userName"}));
    let emptied = patch(json!({"op": "replace", "path": "userName", "value": null}));

    removed.is_scim_error(400, "mutability", &["userName"]);
    assert_eq!(emptied.status, 400, "{emptied:?}");
}

#[test]
fn a_user_name_in_use_is_refused_in_any_case() {
    let answer = refused(|scim| {
        let taken = scim.first_user()["userName"].as_str().unwrap().to_uppercase();
        scim.post("/Users", &user(&taken, json!({})))
    });

    answer.is_scim_error(409, "uniqueness", &["userName"]);
}

#[rstest]
#[case("userName+eq", "byte 11")]
#[case("userName+is+%22x%22", "byte 9")]
#[case("userName+eq+%22x", "byte 12")]
#[case("(userName+eq+%22x%22", "byte 16")]
#[case("userName+eq+%22x%22+and", "byte 19")]
#[case("", "byte 0")]
#[case("%22", "byte 0")]
fn the_error_of_an_invalid_filter_has_the_byte(#[case] filter: &str, #[case] place: &str) {
    let answer = refused(|scim| scim.get(&format!("/Users?filter={filter}")));

    answer.is_scim_error(400, "invalidFilter", &[place, "RFC 7644 §3.4.2.2"]);
}

#[rstest]
#[case("/Users", "externalId+eq+%22x%22", "userName")]
#[case("/Users", "emails%5Btype+eq+%22work%22%5D.value+eq+%22x%22", "userName")]
#[case("/Users", "displayName+co+%22x%22", "userName")]
#[case("/Users", "userName+eq+%22x%22+or+active+eq+true", "userName")]
#[case("/Groups", "members+eq+%22x%22", "displayName")]
fn an_attribute_that_cannot_be_filtered_names_the_documented_limit(
    #[case] endpoint: &str,
    #[case] filter: &str,
    #[case] allowed: &str,
) {
    let server = server();
    let before = everything(&server);

    let answer = Client::scim(&server).get(&format!("{endpoint}?filter={filter}"));

    answer.is_scim_error(400, "invalidFilter", &[allowed, "profile", "rfc"]);
    assert_eq!(everything(&server), before);
}

#[rstest]
#[case("meta.created+gt+%22yesterday%22", "dateTime")]
#[case("active+eq+%22maybe%22", "true or false")]
#[case("userName+gt+true", "userName")]
#[case("unknown+pr", "unknown")]
#[case("password+eq+%22hunter2%22", "password")]
fn a_filter_that_does_not_fit_the_schema_is_refused_in_the_profile_rfc(
    #[case] filter: &str,
    #[case] word: &str,
) {
    let server = rfc_server();

    let answer = Client::scim(&server).get(&format!("/Users?filter={filter}"));

    answer.is_scim_error(400, "invalidFilter", &[word]);
    assert!(!answer.detail().contains("hunter2"));
}

#[test]
fn a_filter_that_is_too_deep_or_too_long_is_refused() {
    let deep = format!("{}userName+pr{}", "(".repeat(500), ")".repeat(500));
    let long = format!("userName+eq+%22{}%22", "x".repeat(20_000));

    let deep = refused(|scim| scim.get(&format!("/Users?filter={deep}")));
    let long = refused(|scim| scim.get(&format!("/Users?filter={long}")));

    deep.is_scim_error(400, "invalidFilter", &[]);
    long.is_scim_error(400, "invalidFilter", &[]);
}

#[rstest]
#[case("startIndex=one", "startIndex")]
#[case("count=1.5", "count")]
#[case("count=", "count")]
#[case("attributes=a&excludedAttributes=b", "excludedAttributes")]
#[case("attributes=1+2", "attribute")]
fn an_unknown_parameter_is_named(#[case] query: &str, #[case] name: &str) {
    let answer = refused(|scim| scim.get(&format!("/Users?{query}")));

    answer.is_scim_error(400, "invalidValue", &[name]);
}

#[rstest]
#[case::no_operations(json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}), "invalidSyntax", "Operations")]
#[case::empty(operations(json!([])), "invalidSyntax", "Operations")]
#[case::no_list(operations(json!({"op": "add"})), "invalidSyntax", "Operations")]
#[case::no_object(operations(json!(["add"])), "invalidSyntax", "operation 1")]
#[case::other_schema(json!({"schemas": ["urn:x"], "Operations": [{"op": "replace", "path": "active", "value": true}]}), "invalidSyntax", "PatchOp")]
#[case::no_op(operations(json!([{"path": "active", "value": true}])), "invalidSyntax", "op")]
#[case::unknown_op(operations(json!([{"op": "increment", "path": "active"}])), "invalidSyntax", "increment")]
#[case::bad_path(operations(json!([{"op": "replace", "path": "emails[type eq", "value": "x"}])), "invalidPath", "byte")]
#[case::path_is_no_text(operations(json!([{"op": "replace", "path": 7, "value": "x"}])), "invalidPath", "path")]
#[case::no_value(operations(json!([{"op": "add", "path": "displayName"}])), "invalidValue", "value")]
#[case::remove_without_path(operations(json!([{"op": "remove"}])), "noTarget", "path")]
#[case::missing_target(operations(json!([{"op": "replace", "path": "emails[value co \"nobody\"].display", "value": "x"}])), "noTarget", "nobody")]
#[case::wrong_type(operations(json!([{"op": "replace", "path": "active", "value": "perhaps"}])), "invalidValue", "active")]
#[case::second_is_wrong(operations(json!([
    {"op": "replace", "path": "displayName", "value": "Changed"},
    {"op": "replace", "path": "active", "value": "perhaps"},
])), "invalidValue", "active")]
fn a_patch_that_cannot_be_done_does_nothing(
    #[case] body: Value,
    #[case] scim_type: &str,
    #[case] word: &str,
) {
    let answer = refused(|scim| {
        let id = scim.first_user()["id"].as_str().unwrap().to_owned();
        scim.patch(&format!("/Users/{id}"), &body)
    });

    answer.is_scim_error(400, scim_type, &[word]);
}

#[test]
fn a_group_refuses_values_that_are_not_members() {
    let members = |members: Value| {
        let mut body = group("Finance", &[]);
        body["members"] = members;
        refused(|scim| scim.post("/Groups", &body))
    };

    let bare = members(json!("ada"));
    let number = members(json!([{"value": 7}]));
    let nameless = refused(|scim| {
        scim.post("/Groups", &json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]}))
    });

    bare.is_scim_error(400, "invalidValue", &["members"]);
    number.is_scim_error(400, "invalidValue", &["members[0].value"]);
    nameless.is_scim_error(400, "invalidValue", &["displayName"]);
}

#[rstest]
#[case(json!({"schemas": USER, "userName": "ada"}), USER)]
#[case(json!({"schemas": [ENTERPRISE], "userName": "ada"}), USER)]
fn a_resource_names_its_schema(#[case] body: Value, #[case] word: &str) {
    post(&body.to_string()).is_scim_error(400, "invalidSyntax", &["schemas", word]);
}

#[rstest]
#[case("[1]", "invalid-body", "object")]
#[case("{\"mode\": ", "invalid-body", "line 1 column 9")]
#[case("{\"mode\": 7}", "invalid-body", "line 1 column")]
#[case("{\"modus\": \"userProvisioning\"}", "invalid-body", "modus")]
#[case("", "invalid-body", "empty")]
fn the_console_names_the_wrong_field_of_a_body(
    #[case] body: &str,
    #[case] code: &str,
    #[case] word: &str,
) {
    let server = server();
    let console = Client::console(&server);
    let before = everything(&server);

    let answer = console.call("PUT", "/provisioning").body(body).send();

    answer.is_problem(400, code, &[word]);
    assert_eq!(everything(&server), before);
}

#[test]
fn the_console_refuses_a_body_over_the_cap() {
    let server = server();
    let console = Client::console(&server);
    let body = " ".repeat(LARGEST_BODY + 1);

    let answer = console.call("PUT", "/provisioning").body(body).send();

    answer.is_problem(413, "body-too-large", &[&LARGEST_BODY.to_string()]);
}

#[test]
fn an_error_quotes_a_text_unchanged() {
    let server = small().users(0).groups(0).start().unwrap();
    let (scim, console) = (Client::scim(&server), Client::console(&server));
    let name = "A\u{30a}ngström \"AB\"\u{1}\n";
    let told = "\"A\u{30a}ngström \\\"AB\\\"\\u0001\\n\"";

    let refused = [
        console.post("/configurations", &json!({"name": "X", "filter": "X", "companies": [name]})),
        console.post(
            "/configurations",
            &json!({"name": "X", "filter": "X", "companies": ["NOSE"], "roles": [name]}),
        ),
        scim.post("/Users", &user("a", json!({"active": name}))),
        scim.get(&format!("/Users?sortOrder={}", encoded(name))),
        console.get(&format!("/companies/{}", encoded(name))),
    ];

    for it in refused {
        let detail = it.at("/detail");
        assert!(detail.contains(told), "{detail}");
    }
}

/// A text, percent-encoded for an address.
fn encoded(text: &str) -> String {
    text.bytes().flat_map(|it| ["%".to_owned(), format!("{it:02x}")]).collect()
}
