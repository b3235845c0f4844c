use std::collections::BTreeSet;

use super::*;
use crate::http::server::ROUTES;

#[test]
fn every_component_that_is_named_is_there() {
    let document = document("http://localhost", ROUTES);
    let text = document.to_string();

    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = &reference[..reference.find('"').unwrap()];
        assert!(document.pointer(pointer).is_some(), "{pointer} is missing");
    }
}

#[test]
fn no_two_operations_have_the_same_id() {
    let document = document("http://localhost", ROUTES);
    let mut ids = BTreeSet::new();

    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{method} {path}: {id} is taken");
        }
    }
}

#[test]
fn what_users_look_like_follows_from_the_schemas() {
    let document = document("http://localhost", ROUTES);
    let user = &document["components"]["schemas"]["User"];

    assert_eq!(user["properties"]["emails"]["items"]["properties"]["primary"]["type"], "boolean");
    assert_eq!(user["properties"]["groups"]["readOnly"], true);
    assert_eq!(user["properties"]["password"]["writeOnly"], true);
    let new_user = &document["components"]["schemas"]["NewUser"];
    assert!(new_user["required"].as_array().unwrap().contains(&"userName".into()));
}
