//! Good calls of the SCIM service.

use serde_json::{Value, json};

use crate::{
    Visitor,
    support::{GROUP, group, operations, user},
};

const NONE: &Value = &Value::Null;

pub(crate) fn visit(visitor: &mut Visitor) {
    for path in ["", "/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        visitor.scim("GET", path, &[], NONE);
    }
    visitor.scim("GET", "/ResourceTypes/{name}", &["User"], NONE);
    visitor.scim("GET", "/Schemas/{urn}", &[GROUP], NONE);

    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "displayName pr", "startIndex": 1, "count": 2, "attributes": ["displayName"]});
    for path in ["/.search", "/Users/.search", "/Groups/.search"] {
        visitor.scim("POST", path, &[], &search);
    }
    for path in ["/Users", "/Groups"] {
        let query = "?filter=displayName%20pr&sortBy=displayName&startIndex=1&count=3";
        visitor.scim("GET", &format!("{path}{query}"), &[], NONE);
    }

    let ada = visitor.scim("POST", "/Users", &[], &person("ada@nordlys.example"));
    let ada = ada["id"].as_str().unwrap();
    visitor.scim("GET", "/Users/{id}", &[ada], NONE);
    visitor.scim("PUT", "/Users/{id}", &[ada], &person("ada@nordlys.example"));
    let retired = operations(json!([{"op": "replace", "path": "title", "value": "Countess"}]));
    visitor.scim("PATCH", "/Users/{id}", &[ada], &retired);
    let both = visitor.scim("PATCH", "/Users/{id}?attributes=title", &[ada], &retired);
    assert_eq!(both["title"], "Countess");

    let all = visitor.scim("POST", "/Groups", &[], &group("Poets", &[ada]));
    let poets = all["id"].as_str().unwrap();
    visitor.scim("GET", "/Groups/{id}", &[poets], NONE);
    visitor.scim("PUT", "/Groups/{id}", &[poets], &group("Poets", &[]));
    let named = operations(json!([{"op": "replace", "path": "displayName", "value": "Writers"}]));
    visitor.scim("PATCH", "/Groups/{id}", &[poets], &named);
    visitor.scim("DELETE", "/Groups/{id}", &[poets], NONE);

    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 1, "Operations": [{"method": "POST", "path": "/Users", "bulkId": "one",
            "data": person("grace@nordlys.example")}]});
    visitor.scim("POST", "/Bulk", &[], &bulk);

    stand_for(visitor, "ada@nordlys.example");
    visitor.scim("GET", "/Me", &[], NONE);
    visitor.scim("PUT", "/Me", &[], &person("ada@nordlys.example"));
    visitor.scim("PATCH", "/Me", &[], &retired);
    visitor.scim("DELETE", "/Me", &[], NONE);
    stand_for(visitor, "grace@nordlys.example");
    let grace = visitor.scim("GET", "/Me", &[], NONE);
    visitor.scim("DELETE", "/Users/{id}", &[grace["id"].as_str().unwrap()], NONE);
}

/// `/Me` is the alias of some user from now on.
pub(crate) fn stand_for_somebody(visitor: &mut Visitor) {
    let users = visitor.scim("GET", "/Users", &[], NONE);
    stand_for(visitor, users["Resources"][0]["userName"].as_str().unwrap());
}

/// `/Me` is the alias of this user from now on.
fn stand_for(visitor: &mut Visitor, name: &str) {
    visitor.call("PATCH", "/{tenant}/admin/v1/scim-settings", &[], &json!({"me": name}));
}

fn person(name: &str) -> Value {
    let rest = json!({
        "name": {"givenName": "Ada", "familyName": "King"},
        "displayName": "Ada King",
        "active": true,
        "emails": [{"type": "work", "value": name, "primary": true}],
    });
    user(name, rest)
}

impl Visitor {
    fn scim(&mut self, method: &str, path: &str, holes: &[&str], body: &Value) -> Value {
        // The base's own address is told with the slash.
        let path = if path.is_empty() { "/" } else { path };
        self.call(method, &format!("/{{tenant}}/scim/v2{path}"), holes, body)
    }
}
