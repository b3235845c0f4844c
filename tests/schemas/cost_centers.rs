//! An extension of users that is defined in a file only.

use mediusflow_mock::{MockServer, scim::Profile};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{COST, Stage, examples, stage, user};

#[test]
fn a_user_has_the_extension_as_if_it_were_built_in() {
    let stage = stage();
    let boss = stage.user("boss", &Json::Null);
    let cost = json!({"COSTCENTER": "4711", "limit": 500, "approver": {"value": boss}});

    let made = stage.post("/Users", &user("ada", &cost));

    let address = format!("{}/Users/{boss}", stage.server.scim_url());
    let approver = json!({"value": boss, "$ref": address, "displayName": "boss"});
    assert_eq!(made.json[COST], json!({"costCenter": "4711", "limit": 500, "approver": approver}));
    assert!(made.json["schemas"].as_array().unwrap().contains(&json!(COST)));
    let read = stage.get(&format!("/Users/{}", made.id()));
    assert_eq!(read.json, made.json);
}

#[rstest]
#[case("costCenter eq \"4711\"", &["ada", "cy"])]
#[case("costCenter sw \"4\" and userName eq \"cy\"", &["cy"])]
#[case("limit gt 100", &["ada", "bo"])]
#[case("openedOn ge \"2026-01-01T00:00:00Z\"", &["bo"])]
#[case("cardNumber eq \"A-1\"", &["ada"])]
#[case("cardNumber eq \"a-1\"", &[])]
#[case("approver.displayName eq \"ada\"", &["bo"])]
#[case("approver pr", &["bo"])]
fn users_are_found_by_it_in_every_profile(#[case] filter: &str, #[case] expected: &[&str]) {
    for profile in [Profile::Mediusflow, Profile::Rfc] {
        let builder = MockServer::builder().profile(profile).users(0).groups(0);
        let stage = Stage::on(builder.schemas(examples()));
        let ada = json!({"costCenter": "4711", "limit": 500, "cardNumber": "A-1"});
        let ada = stage.user("ada", &ada);
        let approver = json!({"value": ada});
        let opened = "2026-02-01T00:00:00+01:00";
        stage.user(
            "bo",
            &json!({"costCenter": "12", "limit": 101, "approver": approver, "openedOn": opened}),
        );
        stage.user("cy", &json!({"costCenter": "4711", "limit": 100}));
        stage.user("dee", &Json::Null);
        let whole = ["costCenter", "limit", "openedOn", "cardNumber", "approver"]
            .iter()
            .fold(filter.to_owned(), |it, name| it.replace(name, &format!("{COST}:{name}")));

        assert_eq!(stage.find("/Users", &whole).each("userName"), expected, "{profile:?}");
    }
}

#[test]
fn users_are_sorted_by_it_and_answers_can_be_limited_to_it() {
    let stage = stage();
    for (name, center) in [("ada", "2"), ("bo", "3"), ("cy", "1")] {
        stage.user(name, &json!({"costCenter": center, "limit": 7}));
    }

    let sorted = stage.get(&format!("/Users?sortBy={COST}:costCenter&attributes={COST}:limit"));

    let found = sorted.json["Resources"].as_array().unwrap();
    assert_eq!(found[0].as_object().unwrap().len(), 3, "{sorted:?}");
    assert!(found.iter().all(|it| it[COST] == json!({"limit": 7})), "{sorted:?}");
    let sorted = stage.get(&format!("/Users?sortBy={COST}:costCenter&sortOrder=descending"));
    assert_eq!(sorted.each("userName"), ["bo", "ada", "cy"]);
}

#[rstest]
#[case::attribute(json!([{"op": "add", "path": "{C}:limit", "value": 7}]))]
#[case::replaced(json!([{"op": "replace", "path": "{C}:limit", "value": 7}]))]
#[case::whole(json!([{"op": "add", "path": "{C}", "value": {"limit": 7}}]))]
#[case::without_path(json!([{"op": "add", "value": {"{C}": {"limit": 7}}}]))]
#[case::given_and_taken(json!([
    {"op": "add", "path": "{C}", "value": {"limit": 7, "costCenter": "1"}},
    {"op": "remove", "path": "{C}:costCenter"},
]))]
fn a_patch_that_leaves_a_required_sibling_out_is_refused_as_a_post_is(#[case] operations: Json) {
    let stage = stage();
    let ada = format!("/Users/{}", stage.user("ada", &Json::Null));
    let operations = operations.to_string().replace("{C}", COST);
    let operations: Json = serde_json::from_str(&operations).unwrap();

    let (posted, patched) =
        (stage.post("/Users", &user("bo", &json!({"limit": 7}))), stage.patch(&ada, &operations));

    assert_eq!((posted.status, &posted.json["scimType"]), (400, &json!("invalidValue")));
    assert_eq!(patched.json["scimType"], "invalidValue", "{patched:?}");
    assert_eq!(patched.json["detail"], posted.json["detail"]);
    assert_eq!(stage.get(&ada).json[COST], Json::Null);
}

#[test]
fn a_patch_that_removes_a_required_attribute_is_refused_with_mutability() {
    let stage = stage();
    let cost = json!({"costCenter": "1", "limit": 7});
    let ada = format!("/Users/{}", stage.user("ada", &cost));
    for operation in [
        json!({"op": "remove", "path": format!("{COST}:costCenter")}),
        json!({"op": "replace", "path": format!("{COST}:costCenter"), "value": null}),
    ] {
        let refused = stage.patch(&ada, &json!([operation]));

        assert_eq!(refused.json["scimType"], "mutability", "{refused:?}");
    }
    let both = json!([
        {"op": "add", "path": format!("{COST}:limit"), "value": 8},
        {"op": "add", "path": format!("{COST}:costCenter"), "value": "2"},
    ]);
    assert_eq!(stage.patch(&ada, &both).status, 200);
}

#[test]
fn a_patch_changes_it_by_full_path_by_part_and_as_a_whole() {
    let stage = stage();
    let (boss, ada) = (stage.user("boss", &Json::Null), stage.user("ada", &Json::Null));
    let at = format!("/Users/{ada}");
    let operation = |op: &str, path: &str, value: &Json| {
        stage.patch(&at, &json!([{"op": op, "path": format!("{COST}{path}"), "value": value}]))
    };

    let added = operation("add", ":costCenter", &json!("4711"));
    assert_eq!(added.json[COST], json!({"costCenter": "4711"}), "{added:?}");
    let part = operation("add", ":approver.value", &json!(boss));
    assert_eq!(part.json[COST]["approver"]["displayName"], "boss", "{part:?}");
    let whole = operation("replace", "", &json!({"limit": 9, "costCenter": "12"}));
    assert_eq!(
        (&whole.json[COST]["limit"], &whole.json[COST]["costCenter"]),
        (&json!(9), &json!("12"))
    );
    let removed = operation("remove", "", &Json::Null);
    assert_eq!(removed.json.get(COST), None, "{removed:?}");
}

#[test]
fn every_kind_of_write_checks_a_unique_value() {
    let stage = stage();
    let ada = stage.user("ada", &json!({"costCenter": "1", "cardNumber": "A-1"}));
    let bo = stage.user("bo", &json!({"costCenter": "1", "cardNumber": "B-1"}));
    let taken = json!({"costCenter": "1", "cardNumber": "A-1"});
    let words = format!("{COST}:cardNumber \"A-1\" is in use by User {ada}");

    stage.post("/Users", &user("cy", &taken)).is_refused(409, "uniqueness", &words);
    let at = format!("/Users/{bo}");
    stage.scim("PUT", &at, &user("bo", &taken)).is_refused(409, "uniqueness", &words);
    let path = format!("{COST}:cardNumber");
    let operations = json!([{"op": "replace", "path": path, "value": "A-1"}]);
    stage.patch(&at, &operations).is_refused(409, "uniqueness", &words);
    // The definition says caseExact, so this is another value. A value that is no longer used is
    // free.
    let operations = json!([{"op": "replace", "path": path, "value": "a-1"}]);
    assert_eq!(stage.patch(&at, &operations).status, 200);
    assert_eq!(stage.scim("DELETE", &format!("/Users/{ada}"), &Json::Null).status, 204);
    assert_eq!(stage.post("/Users", &user("cy", &taken)).status, 201);
}

#[rstest]
#[case::required(json!({"limit": 1}), "invalidValue", "costCenter is required")]
#[case::integer(json!({"costCenter": "1", "limit": "much"}), "invalidValue",
    "limit must be a whole number")]
#[case::moment(json!({"costCenter": "1", "openedOn": "soon"}), "invalidValue",
    "openedOn must be a dateTime")]
#[case::word(json!({"costCenter": "1", "budget": "petty cash"}), "invalidValue",
    "budget must be one of its canonicalValues \"operations\", \"projects\"")]
#[case::address(json!({"costCenter": "1", "approver": {"$ref": "x"}}), "invalidValue",
    "approver.$ref leads to no resource of this tenant, expected ../Users/ID")]
#[case::several(json!({"costCenter": "1", "limit": [1, 2]}), "invalidValue",
    "limit must be a whole number")]
#[case::unknown(json!({"costCentre": "1"}), "invalidSyntax", "did you mean")]
fn values_that_do_not_fit_are_refused(
    #[case] cost: Json,
    #[case] scim_type: &str,
    #[case] words: &str,
) {
    let stage = stage();

    stage.post("/Users", &user("ada", &cost)).is_refused(400, scim_type, words);
    assert_eq!(stage.get("/Users").json["totalResults"], 0);
}

#[test]
fn mutability_and_returned_of_the_definition_are_enforced() {
    let stage = stage();
    let cost = json!({"costCenter": "1", "balance": 99.5, "pin": "8341",
        "openedOn": "2026-01-01T00:00:00Z", "budget": "Projects"});

    let made = stage.post("/Users", &user("ada", &cost));

    let expected = json!({"costCenter": "1", "openedOn": "2026-01-01T00:00:00Z",
        "budget": "Projects"});
    assert_eq!(made.json[COST], expected, "read-only is ignored, write-only is not shown");
    let at = format!("/Users/{}", made.id());
    let change = |name: &str, value: Json| {
        let path = format!("{COST}:{name}");
        stage.patch(&at, &json!([{"op": "replace", "path": path, "value": value}]))
    };
    change("balance", json!(1.5)).is_refused(400, "mutability", "read-only");
    change("openedOn", json!("2027-01-01T00:00:00Z")).is_refused(400, "mutability", "immutable");
    let other = json!({"costCenter": "1", "openedOn": "2027-01-01T00:00:00Z"});
    stage.scim("PUT", &at, &user("ada", &other)).is_refused(400, "mutability", "openedOn");
    let by_pin = format!("{COST}:pin eq \"8341\"");
    stage.find("/Users", &by_pin).is_refused(400, "invalidFilter", "never returned");
    assert!(!stage.get(&format!("{at}?attributes={COST}:pin")).json.to_string().contains("8341"));
}

#[test]
fn a_secret_attribute_of_an_own_schema_is_not_in_the_journal() {
    let stage = stage();
    let cost = json!({"costCenter": "1", "pin": "8341"});
    let id = stage.post("/Users", &user("ada", &cost)).id();
    let path = format!("{COST}:pin");
    let at = format!("/Users/{id}");
    stage.patch(&at, &json!([{"op": "replace", "path": path, "value": "8342"}]));
    stage.patch(&at, &json!([{"op": "replace", "value": {COST: {"pin": 8343}}}]));
    stage.patch(&at, &json!([{"op": "replace", "value": {path.as_str(): "8344"}}]));
    stage.find("/Users", &format!("{path} eq \"8345\""));

    let requests = stage.server.requests();
    let kept: Vec<String> =
        requests.iter().map(|it| format!("{} {}", it.target, it.request.body)).collect();

    assert!(kept.iter().all(|it| !it.contains("834")), "{kept:?}");
    assert!(kept[1].contains("\"costCenter\":\"1\""), "{kept:?}");
}

#[test]
fn a_reference_to_a_resource_is_removed_with_the_resource() {
    let stage = stage();
    let boss = stage.user("boss", &Json::Null);
    let device = stage.device("Laptop", "S-1");
    let ada = stage.user("ada", &json!({"costCenter": "1", "approver": {"value": boss}}));

    let wrong = user("bo", &json!({"costCenter": "1", "approver": {"value": device}}));
    let refused = stage.post("/Users", &wrong);
    refused.is_refused(
        400,
        "invalidValue",
        "expected a User as its referenceTypes say (RFC 7643 §7)",
    );
    stage.scim("DELETE", &format!("/Users/{boss}"), &Json::Null);
    let left = stage.get(&format!("/Users/{ada}"));
    assert_eq!(left.json[COST], json!({"costCenter": "1"}));
}

#[test]
fn an_extension_can_be_required() {
    let mut bundle = examples().own().clone();
    bundle.schema_extensions[0].required = true;
    let schemas = mediusflow_mock::internals::medius::schemas().extended(&[bundle]).unwrap();
    let stage = Stage::on(MockServer::builder().users(1).groups(0).schemas(schemas));

    let refused = stage.post("/Users", &user("ada", &Json::Null));

    refused.is_refused(400, "invalidValue", &format!("{COST} is required for a User"));
    let served = stage.get("/ResourceTypes/User").json["schemaExtensions"][2].clone();
    assert_eq!(served, json!({"schema": COST, "required": true}));
    // Existing users stay, and need it at their next change.
    let seeded = stage.get("/Users").json["Resources"][0]["id"].as_str().unwrap().to_owned();
    let operations = json!([{"op": "replace", "path": "title", "value": "Clerk"}]);
    assert_eq!(stage.patch(&format!("/Users/{seeded}"), &operations).status, 400);
}

#[rstest]
#[case::own("own", 400, 201)]
#[case::enforce("enforce", 400, 400)]
#[case::suggest("suggest", 201, 201)]
fn a_setting_says_where_canonical_values_are_enforced(
    #[case] setting: &str,
    #[case] own: u16,
    #[case] built_in: u16,
) {
    let stage = stage();
    let set = stage.console("PATCH", "/scim-settings", &json!({"canonicalValues": setting}));
    assert_eq!(set.status, 200, "{set:?}");

    let cost = json!({"costCenter": "1", "budget": "petty cash"});
    assert_eq!(stage.post("/Users", &user("ada", &cost)).status, own);
    let mut body = user("bo", &Json::Null);
    body["emails"] = json!([{"value": "bo@contoso.com", "type": "boat"}]);
    assert_eq!(stage.post("/Users", &body).status, built_in);
}
