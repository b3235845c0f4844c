//! A resource type that is defined in a file only.

use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{DEVICE, LEASE, Stage, device, stage};

fn interfaces(stage: &Stage, id: &str) -> Json {
    stage.get(&format!("/Devices/{id}")).json["interfaces"].clone()
}

#[test]
fn a_device_is_created_read_replaced_and_deleted() {
    let stage = stage();
    let ada = stage.user("ada", &Json::Null);
    let mut body = device("Laptop 7", "S-7");
    body["kind"] = json!("laptop");
    body["weight"] = json!(1.25);
    body["owner"] = json!({"value": ada});
    body["lastSeen"] = json!("2026-01-01T00:00:00Z");

    let made = stage.post("/Devices", &body);
    let id = made.id();
    let address = format!("{}/Devices/{id}", stage.server.scim_url());
    assert_eq!(made.header("location"), Some(&*address));
    assert_eq!(made.json["meta"]["resourceType"], "Device");
    assert_eq!(made.json["meta"]["location"], address);
    let owner = format!("{}/Users/{ada}", stage.server.scim_url());
    assert_eq!(made.json["owner"], json!({"value": ada, "$ref": owner, "display": "ada"}));
    assert_eq!(made.json.get("lastSeen"), None, "read-only is ignored");
    assert_eq!(stage.get(&format!("/Devices/{id}")).json, made.json);

    let replaced = stage.scim("PUT", &format!("/Devices/{id}"), &device("Laptop 8", "S-7"));
    assert_eq!((replaced.status, replaced.json.get("owner")), (200, None));
    assert_eq!(replaced.header("etag"), Some("W/\"2\""));
    let renamed = stage.scim("PUT", &format!("/Devices/{id}"), &device("Laptop 8", "S-8"));
    renamed.is_refused(400, "mutability", "serialNumber");

    assert_eq!(stage.scim("DELETE", &format!("/Devices/{id}"), &Json::Null).status, 204);
    stage.get(&format!("/Devices/{id}")).is_refused(404, "", "Device");
    assert_eq!(stage.post("/Devices", &device("Laptop 7", "S-7")).status, 201);
}

#[test]
fn an_owner_is_given_by_an_address() {
    let stage = stage();
    let ada = stage.user("ada", &Json::Null);
    let body = |address: &str| {
        let mut body = device("Laptop 7", "S-7");
        body["owner"] = json!({"$ref": address});
        body
    };

    let made = stage.post("/Devices", &body(&format!("../Users/{ada}")));
    let itself = stage.post("/Devices", &body(&format!("../Devices/{}", made.id())));
    let nobody = stage.post("/Devices", &body("../Users/nobody"));

    assert_eq!(made.json["owner"]["value"], ada);
    itself.is_refused(400, "invalidValue", "owner.$ref leads to a Device, expected ../Users/ID");
    nobody.is_refused(400, "invalidValue", "owner.$ref leads to no resource of this tenant");
}

#[test]
fn devices_are_listed_filtered_sorted_and_found_at_the_root() {
    let stage = stage();
    let ada = stage.user("ada", &Json::Null);
    for (name, weight) in [("b", 2.5), ("a", 0.5), ("c", 1.0)] {
        let mut body = device(name, &format!("S-{name}"));
        body["weight"] = json!(weight);
        body["owner"] = if name == "c" { Json::Null } else { json!({"value": ada}) };
        assert_eq!(stage.post("/Devices", &body).status, 201);
    }
    let names = |filter: &str| -> Vec<String> {
        stage.find("/Devices", filter).each("displayName").iter().map(|it| (*it).into()).collect()
    };

    assert_eq!(names("weight lt 2"), ["a", "c"]);
    assert_eq!(names("serialNumber eq \"S-b\""), ["b"]);
    assert_eq!(names(&format!("owner eq \"{ada}\"")), ["b", "a"]);
    assert_eq!(names("owner.display eq \"ADA\" and weight gt 1"), ["b"]);
    assert_eq!(names(&format!("{DEVICE}:displayName eq \"C\"")), ["c"]);
    let sorted = stage.get("/Devices?sortBy=weight&sortOrder=descending&count=2");
    assert_eq!(
        (sorted.each("displayName"), &sorted.json["totalResults"]),
        (vec!["b", "c"], &json!(3))
    );
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "weight pr", "attributes": ["displayName"], "sortBy": "displayName"});
    assert_eq!(stage.post("/Devices/.search", &search).each("displayName"), ["a", "b", "c"]);
    let everywhere = stage.get("/");
    assert_eq!(everywhere.json["totalResults"], 4);
    assert_eq!(stage.post("/.search", &search).each("displayName"), ["a", "b", "c"]);
}

#[test]
fn a_patch_changes_values_and_parts_of_a_device() {
    let stage = stage();
    let id = stage.device("Laptop", "S-1");
    let at = format!("/Devices/{id}");
    let first = json!({"value": "00:11", "type": "wifi", "primary": true});
    let second = json!({"value": "00:22", "type": "ethernet"});
    let do_it = |operation: Json| stage.patch(&at, &json!([operation])).status;

    assert_eq!(do_it(json!({"op": "add", "path": "interfaces", "value": [first, second]})), 204);
    let filtered = "interfaces[type eq \"ethernet\"].primary";
    assert_eq!(do_it(json!({"op": "replace", "path": filtered, "value": true})), 204);
    assert_eq!(
        interfaces(&stage, &id),
        json!([{"value": "00:11", "type": "wifi", "primary": false},
               {"value": "00:22", "type": "ethernet", "primary": true}])
    );
    assert_eq!(do_it(json!({"op": "remove", "path": "interfaces[value eq \"00:11\"]"})), 204);
    assert_eq!(interfaces(&stage, &id).as_array().unwrap().len(), 1);
    let path = format!("{DEVICE}:displayName");
    assert_eq!(do_it(json!({"op": "replace", "path": path, "value": "Phone"})), 204);
    let lease = json!({"lessor": "Lease AB", "contract": "https://lease.example/1"});
    assert_eq!(do_it(json!({"op": "add", "path": LEASE, "value": lease})), 204);
    let read = stage.get(&at).json;
    assert_eq!((&read["displayName"], &read[LEASE]), (&json!("Phone"), &lease));
    assert_eq!(read["schemas"], json!([DEVICE, LEASE]));
}

#[rstest]
#[case::unknown_word(json!([{"op": "replace", "path": "kind", "value": "toaster"}]),
    "invalidValue", "\"laptop\", \"phone\", \"tablet\"")]
#[case::unknown_word_by_filter(
    json!([{"op": "add", "path": "interfaces[type eq \"radio\"].value", "value": "1"}]),
    "invalidValue", "\"ethernet\", \"wifi\"")]
#[case::immutable(json!([{"op": "replace", "path": "serialNumber", "value": "S-2"}]),
    "mutability", "immutable")]
#[case::required(json!([{"op": "remove", "path": "displayName"}]), "mutability", "displayName")]
#[case::read_only(json!([{"op": "add", "path": "lastSeen", "value": "2026-01-01T00:00:00Z"}]),
    "mutability", "read-only")]
#[case::unknown(json!([{"op": "add", "path": "colour", "value": "red"}]), "invalidPath", "colour")]
#[case::type_of_value(json!([{"op": "add", "path": "weight", "value": "heavy"}]),
    "invalidValue", "a number")]
#[case::part_of_extension(json!([{"op": "add", "path": LEASE, "value": {"contract": "x"}}]),
    "invalidValue", "lessor")]
fn a_patch_that_does_not_fit_is_refused(
    #[case] operations: Json,
    #[case] scim_type: &str,
    #[case] words: &str,
) {
    let stage = stage();
    let id = stage.device("Laptop", "S-1");

    stage.patch(&format!("/Devices/{id}"), &operations).is_refused(400, scim_type, words);
    assert_eq!(stage.get(&format!("/Devices/{id}")).header("etag"), Some("W/\"1\""));
}

#[test]
fn a_sub_attribute_of_a_multi_valued_attribute_can_be_unique() {
    let stage = stage();
    let mut one = device("One", "S-1");
    one["interfaces"] = json!([{"value": "AA"}, {"value": "BB"}]);
    let first = stage.post("/Devices", &one).id();
    let mut other = device("Other", "S-2");
    other["interfaces"] = json!([{"value": "CC"}, {"value": "bb"}]);

    let refused = stage.post("/Devices", &other);

    let words = format!("interfaces.value \"bb\" is in use by Device {first}");
    refused.is_refused(409, "uniqueness", &words);
    let gone = json!([{"op": "remove", "path": "interfaces[value eq \"BB\"]"}]);
    assert_eq!(stage.patch(&format!("/Devices/{first}"), &gone).status, 204);
    assert_eq!(stage.post("/Devices", &other).status, 201);
}

#[test]
fn the_id_of_a_device_does_not_depend_on_the_order_of_creation() {
    let (one, other) = (stage(), stage());
    let [first, second] = ["S-1", "S-2"].map(|it| one.device("Laptop", it));
    let [second_there, first_there] = ["S-2", "S-1"].map(|it| other.device("Laptop", it));

    // Both have the same name, so they have two numbers of that name; another name has its own
    // numbers.
    assert_eq!((first.clone(), second), (second_there, first_there));
    assert_eq!(one.device("Phone", "S-3"), other.device("Phone", "S-3"));
    assert_ne!(first, one.device("Phone", "S-4"));
}

#[test]
fn a_missing_required_attribute_of_a_device_is_named() {
    let stage = stage();
    let mut body = device("Laptop", "S-1");
    body.as_object_mut().unwrap().remove("serialNumber");

    stage.post("/Devices", &body).is_refused(400, "invalidValue", "serialNumber is required");
    stage.get("/Device").is_refused(404, "", "/Devices");
}

#[test]
fn the_journal_calls_a_device_by_its_type() {
    let stage = stage();
    let ada = stage.user("ada", &Json::Null);
    let id = stage.device("Laptop", "S-1");
    let operations = json!([{"op": "add", "path": "owner", "value": {"value": ada}}]);
    stage.patch(&format!("/Devices/{id}"), &operations);

    let summaries: Vec<String> =
        stage.server.requests().iter().map(|it| it.summary.clone()).collect();

    assert!(summaries[1].starts_with("CREATE user"), "{summaries:?}");
    assert!(summaries[2].starts_with("CREATE device Laptop"), "{summaries:?}");
    assert!(summaries[3].starts_with("PATCH device Laptop owner → \"ada\""), "{summaries:?}");
}
