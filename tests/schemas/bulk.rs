//! Own resource types in `POST /Bulk`.

use serde_json::{Value as Json, json};

use crate::support::{COST, device, stage, user};

#[test]
fn a_device_and_its_owner_can_be_created_in_one_request_in_either_order() {
    let stage = stage();
    let mut laptop = device("Laptop", "S-1");
    laptop["owner"] = json!({"value": "bulkId:ada"});
    let cost = json!({"costCenter": "1", "approver": {"value": "bulkId:boss"}});
    let operations = json!([
        {"method": "POST", "path": "/Devices", "bulkId": "laptop", "data": laptop},
        {"method": "POST", "path": "/Users", "bulkId": "ada", "data": user("ada", &cost)},
        {"method": "POST", "path": "/Users", "bulkId": "boss", "data": user("boss", &Json::Null)},
        {"method": "POST", "path": "/Devices", "bulkId": "twin", "data": device("Twin", "S-1")},
        {"method": "POST", "path": "/Toasters", "bulkId": "toast", "data": {}},
    ]);
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];

    let answer = stage.post("/Bulk", &json!({"schemas": schemas, "Operations": operations}));

    let done = answer.json["Operations"].as_array().unwrap();
    let statuses: Vec<&str> = done.iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["201", "201", "201", "409", "404"], "{answer:?}");
    let laptop = stage.get("/Devices").json["Resources"][0].clone();
    assert_eq!(laptop["owner"]["display"], "ada");
    let ada = stage.find("/Users", "userName eq \"ada\"").json["Resources"][0].clone();
    assert_eq!(ada[COST]["approver"]["displayName"], "boss");
    assert_eq!(laptop["owner"]["value"], ada["id"]);
}
