//! What a test reads and changes itself, without a key.

use mediusflow_mock::internals::TenantInternals as _;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Answer, Client, server},
};

#[test]
fn a_user_is_created_changed_read_and_deleted_without_a_key() {
    let server = server();
    let control = Control::of(&server);
    let users = format!("{DEFAULT}/users");

    let made = control.post(&users, &json!({"userName": "anna@contoso.com", "title": "Clerk"}));
    let one = format!("{users}/{}", made.at("/id"));
    let patch = json!({"Operations": [{"op": "replace", "path": "title", "value": "Chief"}]});
    let changed = control.send("PATCH", &one, &patch);
    let read = control.get(&one);
    let replaced = control.send("PUT", &one, &json!({"userName": "anna@contoso.com"}));
    let deleted = control.delete(&one);

    assert_eq!((made.status, made.at("/userName")), (201, "anna@contoso.com"));
    assert_eq!((changed.status, read.at("/title")), (200, "Chief"));
    assert_eq!((replaced.status, replaced.at("/title")), (200, ""));
    assert_eq!(deleted.status, 204);
    assert_eq!(deleted.header("mock-rev"), server.tenant().revision().to_string());
    control.get(&one).is_problem(404, "unknown-resource", &["not found"]);
}

#[test]
fn changes_are_recorded_as_made_by_a_test_and_reads_are_not_recorded() {
    let server = server();
    let control = Control::of(&server);

    let made = control.post(&format!("{DEFAULT}/groups"), &json!({"displayName": "Finance"}));
    control.get(&format!("{DEFAULT}/groups"));
    control.get(&format!("{DEFAULT}/companies"));
    control.post(&format!("{DEFAULT}/roles"), &json!({"name": "Controller"}));

    let exchanges = server.requests();
    assert_eq!(exchanges.len(), 2);
    assert!(exchanges.iter().all(|it| it.from == "test"));
    assert!(exchanges[0].summary.starts_with("CREATE group Finance"));
    assert_eq!(exchanges[0].subject.as_ref().unwrap().id, made.at("/id"));
    assert_eq!(made.header("mock-seq"), "1");
    assert!(exchanges[0].findings.is_empty());
}

#[test]
fn every_attribute_can_be_filtered() {
    let server = server();
    let control = Control::of(&server);
    control.post(&format!("{DEFAULT}/users"), &json!({"userName": "a", "title": "Only"}));

    let found = control.get(&format!("{DEFAULT}/users?filter=title%20eq%20%22Only%22"));

    assert_eq!((found.status, &found.json["totalResults"]), (200, &json!(1)));
    let limited = Client::scim(&server).get("/Users?filter=title%20eq%20%22Only%22");
    assert_eq!(limited.status, 400);
}

#[test]
fn a_user_can_be_created_before_the_steps_are_done() {
    let server = crate::support::fresh_server();

    let made = Control::of(&server).post(&format!("{DEFAULT}/users"), &json!({"userName": "a"}));

    assert_eq!(made.status, 201);
}

#[test]
fn a_created_configuration_applies() {
    let server = server();
    let control = Control::of(&server);
    let path = format!("{DEFAULT}/configurations");

    let made = control.post(
        &path,
        &json!({"name": "Tested", "filter": "TEST", "companies": ["Nordlys Energi AB"]}),
    );
    let list = control.get(&path);
    let deleted = control.delete(&format!("{path}/{}", made.at("/id")));

    assert_eq!((made.status, &list.json["total"]), (201, &json!(4)));
    assert_eq!(deleted.status, 204);
    let none = control.post(&path, &json!({"name": "X", "filter": "X"}));
    none.is_problem(400, "invalid-configuration", &["company"]);
}

#[rstest]
#[case("roles", json!({"name": "Controller", "description": "Reads all"}), "Controller")]
#[case("authorization-groups", json!({"name": "Board"}), "Board")]
#[case("companies", json!({
    "name": "Nordlys Test AB", "companyId": "NTST", "externalSystemId": "NTST[MED]",
    "parentCompanyName": "Nordlys Group", "accountingCurrency": "SEK", "format": "sv-SE",
    "language": "sv-SE", "isVirtual": false, "isActive": true,
}), "NTST")]
fn master_data_is_added_changed_and_deleted(
    #[case] list: &str,
    #[case] entry: Value,
    #[case] key: &str,
) {
    let server = server();
    let control = Control::of(&server);
    let (all, one) = (format!("{DEFAULT}/{list}"), format!("{DEFAULT}/{list}/{key}"));
    let count = control.get(&all).json["total"].as_u64().unwrap();
    let mut renamed = entry.clone();
    renamed["name"] = json!("Renamed");

    let added = control.post(&all, &entry);
    let twice = control.post(&all, &entry);
    let read = control.get(&one);
    let changed = control.send("PUT", &one, &renamed);
    let new = if list == "companies" { key } else { "Renamed" };
    let deleted = control.delete(&format!("{all}/{new}"));

    assert_eq!((added.status, &added.json), (201, &entry));
    twice.is_problem(400, "invalid-body", &["again"]);
    assert_eq!(read.json, entry);
    assert_eq!((changed.status, &changed.json), (200, &renamed));
    assert_eq!(deleted.status, 204);
    assert_eq!(control.get(&all).json["total"], count);
    control.get(&one).is_problem(404, "unknown-entry", &[key]);
    control.send("PUT", &one, &entry).is_problem(404, "unknown-entry", &[key]);
    control.delete(&one).is_problem(404, "unknown-entry", &[key]);
}

#[rstest]
#[case(json!({"externalSystemId": "9001"}), Some("externalSystemId"), "form company[MED], found \"9001\"")]
#[case(json!({"parentCompanyName": null}), Some("parentCompanyName"), "expected a parent company of \"Fjell AS\"")]
#[case(json!({"parentCompanyName": "Nobody"}), Some("parentCompanyName"), "\"Nobody\"")]
#[case(json!({"companyId": "NOSE"}), Some("companyId"), "again")]
fn the_error_of_a_company_names_its_field(
    #[case] wrong: Value,
    #[case] field: Option<&str>,
    #[case] words: &str,
) {
    let server = server();
    let mut company = json!({
        "name": "Fjell AS", "companyId": "9001", "externalSystemId": "9001[MED]",
        "parentCompanyName": "Nordlys Group", "accountingCurrency": "NOK", "format": "nb-NO",
        "language": "nb-NO",
    });
    let wrong = wrong.as_object().unwrap().clone();
    company.as_object_mut().unwrap().extend(wrong);

    let refused = Control::of(&server).post(&format!("{DEFAULT}/companies"), &company);

    refused.is_problem(400, "invalid-body", &[words]);
    assert_eq!(refused.json["field"].as_str(), field);
    assert!(!refused.text.contains("/companies/"), "{}", refused.text);
}

#[test]
fn an_entry_that_a_configuration_or_an_administrator_uses_cannot_be_deleted() {
    let server = server();
    let control = Control::of(&server);

    let before = control.get(&format!("{DEFAULT}/state")).text;
    let uses = [
        ("companies/NOSE", "Nordlys Energi AB", json!(["configuration", "configuration"])),
        (
            "companies/Nordlys%20Sverige",
            "Nordlys Sverige",
            json!(["company", "company", "company"]),
        ),
        ("roles/Admin", "Admin", json!(["console", "consoleUser"])),
        (
            "roles/Core%20Standard%20Application%20Role",
            "Core Standard",
            json!(["defaults", "configuration", "configuration", "configuration"]),
        ),
    ];

    for (path, what, by) in uses {
        let refused = control.delete(&format!("{DEFAULT}/{path}"));
        refused.is_problem(409, "in-use", &[what, "is in use by"]);
        assert_eq!(kinds(&refused), by, "{refused:?}");
        assert!(refused.json["appliedUsers"].is_u64(), "{refused:?}");
        assert!(!refused.text.contains("/companies/"), "{}", refused.text);
    }
    let root = control.delete(&format!("{DEFAULT}/companies/Nordlys%20Group"));
    assert_eq!(kinds(&root)[0], "tenant", "{root:?}");
    assert!(kinds(&root).as_array().unwrap()[1..].iter().all(|it| it == "company"), "{root:?}");

    assert_eq!(control.get(&format!("{DEFAULT}/state")).text, before);
}

/// What uses an entry that is in use.
fn kinds(refused: &Answer) -> Value {
    let used_by = refused.json["usedBy"].as_array().unwrap();
    used_by.iter().map(|it| it["kind"].clone()).collect()
}

#[test]
fn a_company_of_a_configuration_cannot_become_inactive_or_virtual() {
    let server = server();
    let control = Control::of(&server);
    let path = format!("{DEFAULT}/companies/NOSE");
    let mut company = control.get(&path).json;

    for (member, value) in [("isActive", false), ("isVirtual", true)] {
        let before = company[member].clone();
        company[member] = json!(value);
        let refused = control.send("PUT", &path, &company);
        company[member] = before;

        refused.is_problem(409, "in-use", &["Nordlys Energi AB"]);
        assert_eq!(kinds(&refused), json!(["configuration", "configuration"]));
        assert!(refused.json["appliedUsers"].as_u64().unwrap() > 0, "{refused:?}");
    }
}

#[rstest]
#[case::name("roles", "Admin", json!({"name": "AUDITOR"}), "name")]
#[case::company_id("companies", "Nordlys%20Group", json!({"companyId": "nose"}), "companyId")]
#[case::circle("companies", "Nordlys%20Sverige", json!({"parentCompanyName": "Nordlys Energi AB"}), "parentCompanyName")]
#[case::circle_of_the_root("companies", "Nordlys%20Group", json!({"parentCompanyName": "Nordlys Energi AB"}), "parentCompanyName")]
#[case::second_root("companies", "Nordlys%20Sverige", json!({"parentCompanyName": null}), "parentCompanyName")]
fn errors_name_the_field_of_the_request(
    #[case] list: &str,
    #[case] key: &str,
    #[case] change: Value,
    #[case] field: &str,
) {
    let server = server();
    let control = Control::of(&server);
    let path = format!("{DEFAULT}/{list}/{key}");
    let mut entry = control.get(&path).json;
    entry.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());

    let refused = control.send("PUT", &path, &entry);

    assert_eq!((refused.status, refused.at("/field")), (400, field), "{refused:?}");
}

#[rstest]
#[case("POST users", json!({"title": "x"}), 400, "invalid-value", "userName")]
#[case("POST users", json!([]), 400, "invalid-body", "object")]
#[case("PATCH users/none", json!({"Operations": []}), 404, "unknown-resource", "none")]
#[case("PATCH users", json!({}), 405, "method-not-allowed", "POST")]
#[case("GET users?filter=a%20b", empty(), 400, "invalid-filter", "")]
#[case("POST roles", json!({"nme": "x"}), 400, "invalid-body", "`nme`")]
fn refusals_are_problem_details(
    #[case] call: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[case] words: &str,
) {
    let server = server();
    let control = Control::of(&server);

    let (method, path) = call.split_once(' ').unwrap();
    let path = format!("{DEFAULT}/{path}");
    let answer =
        if method == "GET" { control.get(&path) } else { control.send(method, &path, &body) };

    answer.is_problem(status, code, &[words]);
}

#[test]
fn a_user_name_in_use_is_a_conflict() {
    let server = server();
    let control = Control::of(&server);
    let users = format!("{DEFAULT}/users");
    control.post(&users, &json!({"userName": "anna"}));

    control.post(&users, &json!({"userName": "ANNA"})).is_problem(409, "uniqueness", &["ANNA"]);
}

#[test]
fn the_location_of_a_created_resource_is_in_this_api() {
    let server = server();
    let control = Control::of(&server);
    let made = [
        ("users", json!({"userName": "anna@contoso.com"})),
        ("groups", json!({"displayName": "Finance"})),
        ("configurations", json!({"name": "Late", "filter": "LATE", "companies": ["NOSE"]})),
        ("faults", json!({"action": {"status": 503}})),
    ];

    for (list, body) in made {
        let made = control.post(&format!("{DEFAULT}/{list}"), &body);

        let own = format!("{}/_mock/v1{DEFAULT}/{list}/{}", server.url(), made.at("/id"));
        assert_eq!((made.status, made.header("location")), (201, own.as_str()), "{list}");
        let found = control.get(own.split_once("/_mock/v1").unwrap().1);
        assert_eq!((found.status, found.at("/id")), (200, made.at("/id")), "{list}");
    }
}

#[test]
fn a_member_that_is_given_twice_is_named() {
    let server = server();
    let control = Control::of(&server);
    let send = |path: &str, body: &str| {
        control.call("POST", &format!("{DEFAULT}/{path}")).body(body).send()
    };

    let role = send("roles", r#"{"name": "a", "name": "b"}"#);
    let inner = send(
        "configurations",
        r#"{"companies": ["NOSE"], "locale": {"format": "nb-NO", "format": "sv-SE"}}"#,
    );

    role.is_problem(400, "invalid-body", &["duplicate field `name`"]);
    assert_eq!((role.at("/field"), inner.at("/field")), ("name", "locale.format"));
}
