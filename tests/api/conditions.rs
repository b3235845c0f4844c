//! Versions in the conditions of requests, and the locations of created resources.

use serde_json::{Value, json};

use crate::support::{Client, rfc_server, server, user};

const BADGES: &str = "urn:example:Badges";

/// An extension of users whose one attribute is shown, or never.
fn badges(returned: &str) -> Value {
    json!({
        "schemas": [{"id": BADGES, "name": "Badges", "attributes": [
            {"name": "number", "returned": returned}]}],
        "schemaExtensions": [{"resourceType": "User", "schema": BADGES, "required": false}],
    })
}

/// A user configuration with this filter.
fn nordic(filter: &str) -> Value {
    json!({"name": "Nordic", "filter": filter, "companies": ["NOSE"]})
}

/// A GET with `If-None-Match` and this tag.
fn again(scim: &Client, path: &str, seen: &str) -> u16 {
    scim.call("GET", path).header("if-none-match", seen).send().status
}

#[test]
fn a_copy_from_before_other_schemas_is_out_of_date() {
    let server = rfc_server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    assert_eq!(console.put("/scim-schemas", &badges("default")).status, 200);
    let mut body = user("ann@contoso.com", json!({BADGES: {"number": "1"}}));
    body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", BADGES]);
    let made = scim.post("/Users", &body);
    assert_eq!(made.status, 201, "{made:?}");
    let (path, seen) = (format!("/Users/{}", made.at("/id")), made.header("etag").to_owned());
    assert_eq!(again(&scim, &path, &seen), 304);
    assert_eq!(console.put("/scim-schemas", &badges("default")).status, 200);
    assert_eq!(again(&scim, &path, &seen), 304, "they are the same schemas");

    assert_eq!(console.put("/scim-schemas", &badges("never")).status, 200);

    assert_eq!(again(&scim, &path, &seen), 200);
    let now = scim.get(&path).header("etag").to_owned();
    assert_eq!((again(&scim, &path, &now), now == seen), (304, false));
}

#[test]
fn a_copy_of_me_is_out_of_date_when_me_is_another_user() {
    let server = rfc_server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    scim.post("/Users", &user("ann@contoso.com", json!({})));
    scim.post("/Users", &user("bo@contoso.com", json!({})));
    console.patch("/scim-settings", &json!({"me": "ann@contoso.com"}));
    let seen = scim.get("/Me").header("etag").to_owned();

    console.patch("/scim-settings", &json!({"me": "bo@contoso.com"}));

    assert_eq!(again(&scim, "/Me", &seen), 200);
    let late = scim.call("DELETE", "/Me").header("if-match", &seen).send();
    late.is_scim_error(412, "", &[&seen]);
}

#[test]
fn a_copy_with_another_address_is_out_of_date() {
    let server = server();
    let scim = Client::scim(&server);
    let user = scim.first_user();
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let seen = scim.get(&path).header("etag").to_owned();
    assert_eq!(again(&scim, &path, &seen), 304);
    let root = Client::at(format!("http://{}/_mock/v1", server.address()));

    root.patch("/config", &json!({"publicUrl": "http://mock.example"}));

    assert_eq!(again(&scim, &path, &seen), 200);
    Client::at(server.control_url()).post("/reset", &json!({}));
    assert_eq!(again(&scim, &path, &seen), 200);
}

#[test]
fn a_weak_version_is_accepted_for_a_resource_and_not_for_a_configuration() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let path = format!("/Users/{}", scim.first_user()["id"].as_str().unwrap());
    let seen = scim.get(&path).header("etag").to_owned();
    assert!(seen.starts_with("W/"), "{seen}");
    let gone = scim.call("DELETE", &path).header("if-match", &seen).send();
    assert_eq!(gone.status, 204, "RFC 7644 §3.14");

    let added = console.post("/configurations", &nordic("N"));
    let (path, seen) = (format!("/configurations/{}", added.at("/id")), added.header("etag"));
    let weak = format!("W/{seen}");

    for method in ["GET", "PUT", "DELETE"] {
        let body = nordic("M");
        let late = console.call(method, &path).header("if-match", &weak).json(&body).send();
        late.is_problem(412, "precondition-failed", &["If-Match", &weak]);
    }
    assert_eq!(again(&console, &path, &weak), 304, "RFC 9110 §13.1.2");
}

#[test]
fn if_none_match_star_does_not_change_an_existing_configuration() {
    let server = server();
    let console = Client::console(&server);
    let added = console.post("/configurations", &nordic("N"));
    let (path, seen) = (format!("/configurations/{}", added.at("/id")), added.header("etag"));

    for (method, unwanted) in [("PUT", "*"), ("PUT", seen), ("DELETE", seen)] {
        let body = nordic("M");
        let late = console.call(method, &path).header("if-none-match", unwanted).json(&body).send();
        late.is_problem(412, "precondition-failed", &["If-None-Match", seen]);
    }
    let other = console.call("DELETE", &path).header("if-none-match", "\"other\"").send();
    assert_eq!(other.status, 204);
}

#[test]
fn the_location_of_a_resource_created_by_the_control_api_is_valid() {
    let server = server();
    let control = Client::at(server.control_url());
    let company = json!({"name": "Fjäll & Co", "companyId": "FJ", "externalSystemId": "FJ[MED]",
        "parentCompanyName": "Nordlys Group",
        "accountingCurrency": "SEK", "format": "sv-SE", "language": "sv-SE"});

    for (list, body) in [
        ("/companies", company),
        ("/roles", json!({"name": "Night clerk"})),
        ("/authorization-groups", json!({"name": "På/natt"})),
        ("/configurations", nordic("N")),
        ("/snapshots", json!({"name": "before lunch"})),
    ] {
        let added = control.post(list, &body);
        assert_eq!(added.status, 201, "{added:?}");
        let location = added.header("location");
        let rest = location.strip_prefix(&server.control_url()).unwrap_or_default();
        assert!(rest.starts_with(&format!("{list}/")), "{location}");
        assert_eq!(control.get(rest).json["name"], body["name"], "{location}");
    }
}

#[test]
fn the_location_of_an_entry_created_by_an_administrator_is_in_the_console() {
    let server = server();
    let console = Client::console(&server);
    let base = server.admin_url();

    for (path, body) in
        [("/configurations", nordic("N")), ("/secret-key", json!({"confirm": true}))]
    {
        let added = console.post(path, &body);
        let rest = added.header("location").strip_prefix(&base).unwrap_or_default();
        assert!(rest.starts_with(path), "{added:?}");
        assert_eq!(console.get(rest).status, 200);
    }
}
