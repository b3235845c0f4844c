//! Own schemas and resource types at the discovery endpoints.

use serde_json::{Value as Json, json};

use crate::support::{COST, DEVICE, LEASE, plain, stage};

#[test]
fn own_schemas_are_served_beside_the_built_in_ones() {
    let stage = stage();

    let all = stage.get("/Schemas");
    let one = stage.get(&format!("/Schemas/{COST}"));

    assert_eq!(all.each("id")[7..], [COST, DEVICE, LEASE]);
    assert_eq!(all.json["Resources"][7], one.json);
    assert_eq!(one.json["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:Schema"]));
    assert_eq!(
        one.json["meta"],
        json!({"resourceType": "Schema",
            "location": format!("{}/Schemas/{COST}", stage.server.scim_url())})
    );
    let limit = &one.json["attributes"][2];
    assert_eq!(
        *limit,
        json!({"name": "limit", "type": "integer", "multiValued": false, "required": false,
            "caseExact": false, "mutability": "readWrite", "returned": "default",
            "uniqueness": "none",
            "description": "Up to which amount the user may order without asking."})
    );
}

#[test]
fn own_resource_types_are_served_and_extensions_are_attached() {
    let stage = stage();

    let device = stage.get("/ResourceTypes/Device").json;
    let user = stage.get("/ResourceTypes/User").json;

    assert_eq!(stage.get("/ResourceTypes").each("id"), ["User", "Group", "Device"]);
    assert_eq!((&device["endpoint"], &device["schema"]), (&json!("/Devices"), &json!(DEVICE)));
    assert_eq!(device["schemaExtensions"], json!([{"schema": LEASE, "required": false}]));
    let attached: Vec<&Json> =
        user["schemaExtensions"].as_array().unwrap().iter().map(|it| &it["schema"]).collect();
    assert!(attached.contains(&&json!(COST)));
}

#[test]
fn another_server_does_not_have_them() {
    let plain = plain();

    assert_eq!(plain.get("/Schemas").json["totalResults"], 7);
    plain.get(&format!("/Schemas/{COST}")).is_refused(404, "", COST);
    plain.get("/Devices").is_refused(404, "", "/Devices");
}

#[test]
fn schemas_of_another_server_can_be_given_unchanged() {
    let (first, second) = (stage(), plain());
    let schemas: Vec<Json> = [COST, DEVICE, LEASE]
        .iter()
        .map(|urn| first.get(&format!("/Schemas/{urn}")).json)
        .collect();
    let device = first.get("/ResourceTypes/Device").json;

    let bundle = json!({"schemas": schemas, "resourceTypes": [device]});
    let put = second.console("PUT", "/scim-schemas", &bundle);

    assert_eq!(put.status, 200, "{put:?}");
    let local = |stage: &crate::support::Stage, path: &str| {
        stage.get(path).json.to_string().replace(&stage.server.scim_url(), "")
    };
    for path in ["/ResourceTypes/Device".to_owned(), format!("/Schemas/{DEVICE}")] {
        assert_eq!(local(&first, &path), local(&second, &path));
    }
}
