//! The tests of Microsoft's SCIM validator, as a result file of a real run lists them: 24 and 7 in
//! preview, one test here for each line, in that order (the preview's second one was skipped there).
//!
//! The requests are those that were seen, and so is what is asserted: the form of a list, that every
//! match is in it, that a resource is as it was created, what is gone is 404. `fixtures/entra/` has
//! some of them as recordings, which are replayed against a strict tenant as well; there are also the
//! validator's raw quotes in a query (`match-user-encodings.json`), which no client here can send.

mod service;

use serde_json::{Value, json};

use self::service::{Service, group};
use super::support::ENTERPRISE;

const GONE: &str = "5b1e6c0d-7f2a-4c38-9a64-0e2f8d1b3c47";
const BY_NAME: &str = "/Users?filter=userName+eq+%22validator%40contoso.com%22";

#[test]
fn test_01_create_a_new_user() {
    let service = Service::new();

    let found = service.found(BY_NAME);

    assert_eq!(found.len(), 1);
    for (name, sent) in service.sent.as_object().unwrap() {
        let shown = &found[0][name];
        match name.as_str() {
            "roles" => assert_eq!(shown[0]["primary"], true), // sent as the text "True"
            ENTERPRISE => assert_eq!(shown["manager"]["value"], sent["manager"]["value"]),
            _ => assert_eq!(shown, sent, "{name}"),
        }
    }
}

#[test]
fn test_02_create_a_duplicate_user() {
    let service = Service::new();

    assert_eq!(service.call("POST", "/Users", Some(service.sent.clone())).status, 409);
}

#[test]
fn test_03_filter_for_an_existing_user() {
    let service = Service::new();

    assert_eq!(service.found(BY_NAME), [service.get(&service.user_path())]);
}

#[test]
fn test_04_filter_for_a_non_existing_user() {
    assert!(
        Service::new().found("/Users?filter=userName+eq+%22nobody%40contoso.com%22").is_empty()
    );
}

#[test]
fn test_05_filter_for_an_existing_user_with_a_different_case() {
    let found = Service::new().found("/Users?filter=userName+eq+%22VALIDATOR%40CONTOSO.COM%22");

    assert_eq!(found[0]["userName"], "validator@contoso.com");
}

#[test]
fn test_06_patch_user_replace_attributes_verbose_request() {
    let service = Service::new();
    let recording = include_str!("../../fixtures/entra/validator-replace-attributes-verbose.json");
    let recording: Value = serde_json::from_str(recording).unwrap();
    let operations = recording["steps"][0]["request"]["body"]["Operations"].clone();

    let user = service.patch(&service.user_path(), operations.clone());

    for operation in operations.as_array().unwrap() {
        let (path, value) = (operation["path"].as_str().unwrap(), &operation["value"]);
        assert_eq!(&at(&user, path), value, "{path}");
    }
}

/// The value at a path of the validator: `title`, `name.givenName`, `emails[type eq "work"].value`
/// or an attribute behind the enterprise extension's URN.
fn at(user: &Value, path: &str) -> Value {
    if let Some(name) = path.strip_prefix(ENTERPRISE) {
        return user[ENTERPRISE][&name[1..]].clone();
    }
    let Some((list, rest)) = path.split_once('[') else {
        return path.split('.').fold(user, |it, name| &it[name]).clone();
    };
    let (filter, name) = rest.split_once("].").unwrap();
    let (key, wanted) = filter.split_once(" eq ").unwrap();
    let wanted = wanted.trim_matches('"').to_lowercase();
    let values = user[list].as_array().unwrap().iter();
    let text = |it: &Value| it[key].to_string().trim_matches('"').to_lowercase();
    let mut matching = values.filter(|it| text(it) == wanted);
    matching.next().map_or(Value::Null, |it| it[name].clone())
}

#[test]
fn test_07_update_user_user_name() {
    let service = Service::new();
    let operations = json!([{"op": "replace", "value": {"userName": "renamed@contoso.com"}}]);

    service.patch(&service.user_path(), operations);

    assert_eq!(service.found("/Users?filter=userName+eq+%22renamed%40contoso.com%22").len(), 1);
    assert!(service.found(BY_NAME).is_empty());
}

#[test]
fn test_08_patch_user_disable_user() {
    let service = Service::new();
    let operations = json!([{"op": "replace", "path": "active", "value": false}]);

    let user = service.patch(&service.user_path(), operations);

    assert_eq!(user["active"], false);
    assert_eq!(service.found(BY_NAME)[0]["active"], false);
}

#[test]
fn test_09_patch_user_add_manager() {
    let service = Service::new();
    let path = format!("{ENTERPRISE}:manager");
    service.patch(&service.user_path(), json!([{"op": "remove", "path": path}]));

    assert_eq!(service.manager("add", &service.managers[1]), *service.managers[1]);
}

#[test]
fn test_10_patch_user_replace_manager() {
    let service = Service::new();

    assert_eq!(service.manager("replace", &service.managers[1]), *service.managers[1]);
}

#[test]
fn test_11_patch_user_remove_manager() {
    assert_eq!(Service::new().manager("replace", ""), Value::Null);
}

#[test]
fn test_12_delete_a_user() {
    let service = Service::new();

    service.delete(&service.user_path());
}

#[test]
fn test_13_get_group_by_id_excluding_members() {
    let service = Service::new();
    let member = json!([{"op": "add", "path": "members", "value": [{"value": service.user}]}]);
    let group = service.patch(&service.group_path(), member);
    assert_eq!(group["members"][0]["value"], *service.user);

    let group = service.get(&format!("{}?excludedAttributes=members", service.group_path()));

    assert_eq!((&group["displayName"], &group["members"]), (&json!("Val Group"), &Value::Null));
}

#[test]
fn test_14_filter_for_an_existing_group_by_display_name_excluding_members() {
    let service = Service::new();
    let member = json!([{"op": "add", "path": "members", "value": [{"value": service.user}]}]);
    service.patch(&service.group_path(), member);

    let filter = "/Groups?excludedAttributes=members&filter=displayName+eq+%22Val+Group%22";
    let found = service.found(filter);

    assert_eq!((&found[0]["id"], &found[0]["members"]), (&json!(service.group), &Value::Null));
}

#[test]
fn test_15_filter_for_an_existing_group() {
    let service = Service::new();

    let found = service.found("/Groups?filter=displayName+eq+%22Val+Group%22");

    assert_eq!(found, [service.get(&service.group_path())]);
}

#[test]
fn test_16_filter_for_a_non_existing_group() {
    assert!(Service::new().found("/Groups?filter=displayName+eq+%22No+Group%22").is_empty());
}

#[test]
fn test_17_filter_for_an_existing_group_with_a_different_case() {
    let found = Service::new().found("/Groups?filter=displayName+eq+%22VAL+GROUP%22");

    assert_eq!(found[0]["displayName"], "Val Group");
}

#[test]
fn test_18_create_a_new_group() {
    let service = Service::new();

    let created = service.get(&service.group_path());

    let named = (&created["displayName"], &created["externalId"]);
    assert_eq!(named, (&json!("Val Group"), &json!("Val Group")));
}

#[test]
fn test_19_create_a_duplicate_group() {
    assert_eq!(Service::new().call("POST", "/Groups", Some(group("Val Group"))).status, 409);
}

#[test]
fn test_20_patch_group_replace_attributes() {
    let service = Service::new();
    let operations = json!([{"op": "replace", "value": {"externalId": "another"}}]);

    assert_eq!(service.patch(&service.group_path(), operations)["externalId"], "another");
}

#[test]
fn test_21_update_group_display_name() {
    let service = Service::new();
    let operations = json!([{"op": "replace", "value": {"displayName": "Renamed"}}]);

    service.patch(&service.group_path(), operations);

    assert_eq!(service.found("/Groups?filter=displayName+eq+%22Renamed%22").len(), 1);
}

#[test]
fn test_22_patch_group_add_member() {
    let service = Service::new();
    let operations =
        json!([{"op": "replace", "path": "members", "value": [{"value": service.user}]}]);

    let group = service.patch(&service.group_path(), operations);

    assert_eq!(group["members"][0]["value"], *service.user);
}

#[test]
fn test_23_patch_group_remove_member() {
    let service = Service::new();
    let both = [&service.user, &service.managers[0]].map(|it| json!({"value": it}));
    let add = json!([{"op": "add", "path": "members", "value": both}]);
    service.patch(&service.group_path(), add);
    let path = format!("members[value eq \"{}\"]", service.user);

    let group = service.patch(&service.group_path(), json!([{"op": "remove", "path": path}]));

    let members = group["members"].as_array().unwrap();
    assert_eq!((members.len(), &members[0]["value"]), (1, &json!(service.managers[0])));
}

#[test]
fn test_24_delete_a_group() {
    let service = Service::new();

    service.delete(&service.group_path());
}

#[test]
fn preview_1_patch_user_multiple_operations_on_different_attributes() {
    let service = Service::new();
    let operations = json!([{"op": "add", "path": "displayName", "value": "Vera"},
                            {"op": "replace", "path": "title", "value": "Auditor"}]);

    let user = service.patch(&service.user_path(), operations);

    assert_eq!((&user["displayName"], &user["title"]), (&json!("Vera"), &json!("Auditor")));
}

#[test]
fn preview_2_patch_user_multiple_operations_on_the_same_attribute() {
    let service = Service::new();
    let operations = json!([{"op": "add", "path": "displayName", "value": "Vera"},
                            {"op": "replace", "path": "displayName", "value": "Verena"}]);

    assert_eq!(service.patch(&service.user_path(), operations)["displayName"], "Verena");
}

#[test]
fn preview_3_delete_a_non_existent_user() {
    Service::new().is_gone("DELETE", &format!("/Users/{GONE}"));
}

#[test]
fn preview_4_delete_the_same_user_twice() {
    let service = Service::new();
    service.delete(&service.user_path());

    service.is_gone("DELETE", &service.user_path());
}

#[test]
fn preview_5_patch_group_multiple_operations_on_the_same_attribute() {
    let service = Service::new();
    let path = format!("members[value eq \"{}\"]", service.user);
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": service.user}]},
        {"op": "remove", "path": path},
    ]);

    assert_eq!(service.patch(&service.group_path(), operations)["members"], Value::Null);
}

#[test]
fn preview_6_delete_a_non_existent_group() {
    Service::new().is_gone("DELETE", &format!("/Groups/{GONE}"));
}

#[test]
fn preview_7_delete_the_same_group_twice() {
    let service = Service::new();
    service.delete(&service.group_path());

    service.is_gone("DELETE", &service.group_path());
}
