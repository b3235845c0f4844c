//! The rules of every SCIM address: authentication, methods, paths, ids, content types.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, fresh_server, operations, rfc_server, server, user};

#[test]
fn a_wrong_key_is_refused_with_a_challenge() {
    let server = server();

    let none = Client::at(server.scim_url()).get("/Users");
    let basic = Client::at(server.scim_url())
        .call("GET", "/Users")
        .header("Authorization", "Basic YTpi")
        .send();
    let wrong = Client::at(server.scim_url()).with_token("guess").get("/Users");

    for missing in [none, basic] {
        missing.is_scim_error(401, "", &["missing", "secret key of tenant NordlysQA"]);
        assert_eq!(missing.header("www-authenticate"), "Bearer realm=\"NordlysQA\"");
    }
    wrong.is_scim_error(401, "", &["wrong"]);
    let challenge = "Bearer realm=\"NordlysQA\", error=\"invalid_token\"";
    assert_eq!(wrong.header("www-authenticate"), challenge);
}

#[rstest]
#[case::bare("{key}", "Authorization has no scheme: Bearer and a blank are missing")]
#[case::basic("Basic {key}", "Authorization has the scheme Basic, not Bearer")]
#[case::basic_in_lower_case("basic YTpi", "the scheme Basic, not Bearer")]
#[case::token("Token {key}", "the scheme Token, not Bearer")]
#[case::unknown("Secret {key}", "Authorization has another scheme than Bearer")]
#[case::two_words("{key} {key}", "Authorization has another scheme than Bearer")]
#[case::colon("Bearer: {key}", "no blank between its scheme and the token")]
#[case::equals_sign("Bearer={key}", "no blank between its scheme and the token")]
#[case::no_token("Bearer", "a scheme and no token behind it")]
#[case::glued("Bearer{key}", "Authorization has no scheme")]
fn the_refusal_of_another_authorization_scheme_says_so_and_does_not_repeat_it(
    #[case] sent: &str,
    #[case] words: &str,
) {
    let server = server();
    let key = server.secret_key().unwrap();
    let anyone = Client::at(server.scim_url());
    let console = Client::at(format!("{}/NordlysQA/admin/v1", server.url()));
    let sent = sent.replace("{key}", &key);

    let refused = anyone.call("GET", "/Users").header("Authorization", &sent).send();
    let console = console.call("GET", "/users").header("Authorization", &sent).send();

    refused.is_scim_error(401, "", &["bearer token missing", words, "secret key of tenant"]);
    console.is_problem(401, "unauthorized", &["bearer token missing", words]);
    for answer in [refused, console] {
        assert!(!answer.text.contains(&key) && !answer.text.contains("YTpi"), "{}", answer.text);
    }
    let none = anyone.get("/Users");
    assert!(!none.text.contains("Authorization has"), "{}", none.text);
}

#[rstest]
#[case("Bearer")]
#[case("secret")]
#[case("Authorization")]
#[case("127.0.0.1")]
fn a_token_that_is_a_word_of_the_refusal_does_not_mask_that_word(#[case] token: &str) {
    let server = server();
    let anyone = Client::at(server.scim_url()).with_token(token);

    let refused = anyone.get("/Users");

    let words = ["secret key of tenant", "in Authorization: Bearer", server.url()];
    refused.is_scim_error(401, "", &words);
    // The request is recorded without the token.
    let recorded = server.requests();
    let sent = recorded[0].request.headers.iter().find(|(name, _)| name == "authorization");
    assert!(!sent.unwrap().1.ends_with(token), "{sent:?}");
}

#[test]
fn requests_are_refused_before_user_provisioning_is_chosen() {
    let server = fresh_server();
    let body = user("ada@nordlys.example", json!({}));
    let console = Client::console(&server);

    let without = Client::at(server.scim_url()).post("/Users", &body);
    let early = Client::at(server.scim_url()).with_token("guess").post("/Users", &body);
    console.get("/connection");
    let entra = json!({"entraTenantId": "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910"});
    console.put("/integration", &entra);
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    let keyless = Client::at(server.scim_url()).with_token("guess").post("/Users", &body);

    without.is_scim_error(401, "", &["missing"]);
    early.is_scim_error(403, "", &["user provisioning is not chosen", "step"]);
    keyless.is_scim_error(401, "", &["no secret key yet", "step 2.6"]);
    let set_up = crate::support::server();
    let told = Client::at(set_up.scim_url()).get("/Users");
    let place = format!("{}/_mock/v1/tenants/NordlysQA has it as secretKey", set_up.url());
    told.is_scim_error(401, "", &[&place]);
    assert_eq!(console.get("/users").json["total"], 0);
}

#[rstest]
#[case("POST", "/Users/1", "GET, HEAD, PUT, PATCH, DELETE")]
#[case("PUT", "/Users", "GET, HEAD, POST")]
#[case("DELETE", "/Users", "GET, HEAD, POST")]
#[case("PATCH", "/Groups", "GET, HEAD, POST")]
#[case("OPTIONS", "/Users", "GET, HEAD, POST")]
#[case("PUT", "/Users/.search", "POST")]
fn the_refusal_of_a_wrong_method_lists_the_right_ones(
    #[case] method: &str,
    #[case] path: &str,
    #[case] allowed: &str,
) {
    let server = server();
    let scim = Client::scim(&server);

    let refused = scim.call(method, path).json(&json!({})).send();

    refused.is_scim_error(405, "", &[method, allowed]);
    assert_eq!(refused.header("allow"), allowed);
}

#[test]
fn head_answers_as_get_without_the_body() {
    let server = server();
    let scim = Client::scim(&server);
    let path = format!("/Users/{}", scim.first_user()["id"].as_str().unwrap());

    for path in [path.as_str(), "/Users", "/Users/unknown", "/ServiceProviderConfig"] {
        let (get, head) = (scim.get(path), scim.call("HEAD", path).send());
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.headers, get.headers, "{path}");
    }
}

#[test]
fn the_error_of_an_unknown_endpoint_lists_the_known_ones() {
    let server = server();
    let scim = Client::scim(&server);

    for path in ["/People", "/users/1/2/3", "/Users/1/groups"] {
        scim.get(path).is_scim_error(404, "", &["/Users", "/Groups"]);
    }
}

#[test]
fn an_unknown_tenant_is_refused_with_a_scim_error() {
    let server = server();

    let refused = Client::at(server.url()).get("/Sydlys/scim/v2/Users");

    refused.is_scim_error(404, "", &["\"Sydlys\"", "Nordlys, NordlysQA"]);
}

#[rstest]
#[case("/Users/")]
#[case("//Users")]
#[case("/Users/?count=100")]
#[case("/Users?aadOptscim062020")]
fn an_additional_slash_or_entras_flag_is_ignored(#[case] path: &str) {
    let server = server();

    let list = Client::scim(&server).get(path);

    assert_eq!((list.status, &list.json["totalResults"]), (200, &json!(5)));
}

#[rstest]
#[case::long("x".repeat(4_000))]
#[case::percent_encoded("%41%2F%2e%2e%2F%22".to_owned())]
#[case::not_utf8("%FF%FE".to_owned())]
#[case::not_ascii("%C3%A5".to_owned())]
#[case::dots("..%2f..%2fetc".to_owned())]
#[case::plus("a+b".to_owned())]
fn an_unknown_id_is_not_found(#[case] id: String) {
    let server = server();

    let refused = Client::scim(&server).get(&format!("/Users/{id}"));

    refused.is_scim_error(404, "", &["User", "not found"]);
}

#[test]
fn an_id_may_be_percent_encoded() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let id = it["id"].as_str().unwrap();
    let encoded = id.replace('-', "%2D").replace('a', "%61");

    assert_ne!(encoded, id);
    assert_eq!(scim.get(&format!("/Users/{encoded}")).json, it);
}

#[test]
fn both_content_types_are_read_and_the_answer_is_scim() {
    let server = server();
    let scim = Client::scim(&server);
    let types = [
        "application/json",
        "application/scim+json",
        "application/json; charset=utf-8",
        "Application/SCIM+JSON;charset=UTF-8",
    ];

    for (n, sent) in types.iter().enumerate() {
        let body = user(&format!("u{n}@nordlys.example"), json!({})).to_string();
        let made = scim.call("POST", "/Users").header("Content-Type", sent).body(body).send();
        assert_eq!(made.status, 201, "{sent}");
        assert_eq!(made.header("content-type"), "application/scim+json");
    }
}

#[rstest]
#[case(json!([{"display": "somebody"}]))]
#[case(json!([{"type": "User"}]))]
fn a_member_without_a_value_is_refused_and_no_member_is_lost(#[case] members: Value) {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let group = scim.get("/Groups?count=1").json["Resources"][0].clone();
    let at = format!("/Groups/{}", group["id"].as_str().unwrap());
    let mut put = group.clone();
    put["members"] = members.clone();

    let added = operations(json!([{"op": "add", "path": "members", "value": members}]));

    scim.put(&at, &put).is_scim_error(400, "invalidValue", &["members[0]", "value"]);
    scim.patch(&at, &added).is_scim_error(400, "invalidValue", &["members[0]", "value"]);
    assert_eq!(scim.get(&at).json["members"], group["members"]);
}

#[test]
fn a_null_at_a_filter_that_matches_no_value_creates_none() {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let made = scim.post("/Users", &user("ada@nordlys.example", json!({})));
    let at = format!("/Users/{}", made.at("/id"));
    let nothing =
        json!([{"op": "replace", "path": "emails[type eq \"home\"].value", "value": null}]);

    scim.patch(&at, &operations(nothing)).is_scim_error(400, "noTarget", &["emails"]);

    assert_eq!(scim.get(&at).json["emails"], Value::Null);
}

#[test]
fn the_members_of_a_search_are_the_same_in_any_case() {
    let server = rfc_server();
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "Filter": "userName eq \"nobody\"", "COUNT": 1});

    let found = Client::scim(&server).post("/Users/.search", &search);

    assert_eq!((found.status, &found.json["totalResults"]), (200, &json!(0)), "{}", found.text);
}
