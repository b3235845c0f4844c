//! PATCH: all operations or none, and what they make is right.

use std::sync::Arc;

use mediusflow_mock::{
    internals::tenant::{OperationTarget, Tenant, Terms},
    scim::urn,
};
use serde_json::{Map, Value as Json, json};

use super::sample::{NOW, assert_sound, json_or_text, profiles, tenant, with_ids};

/// The operations are done to a user and a group, in each profile, or refused; then nothing has
/// changed. What they make could have been sent by a PUT to a strict server.
///
/// A text that is no JSON object is read as one operation a line, `op|path|value`, so that more of
/// what is invented is nearly right.
///
/// # Panics
///
/// If not.
pub fn patch(text: &str) {
    for profile in profiles() {
        let (tenant, ids) = tenant(profile);
        let body = body(&with_ids(text, &ids));
        let [anna, _, _, crew, _] = &ids;
        modify(&tenant, "User", anna, &body);
        modify(&tenant, "Group", crew, &body);
        assert_sound(&tenant);
    }
}

fn modify(tenant: &Tenant, kind: &str, id: &str, body: &Json) {
    let before = tenant.snapshot();
    let schemas = tenant.schemas();
    let resource_type = schemas.resource_type(kind).expect("users and groups are built in");
    let place = OperationTarget { resource_type, id, terms: Terms::default() };
    match tenant.modify(place, body, NOW) {
        Ok(done) => {
            let version = done.state.resources().get(kind, id).map(|it| it.version);
            assert_eq!(version, Some(done.resource.version), "the answer shows another resource");
        }
        Err(error) => {
            assert!(
                (400..500).contains(&error.error.code()),
                "a client's mistake is answered {error:?}"
            );
            assert!(Arc::ptr_eq(&before, &tenant.snapshot()), "it was refused, and changed");
        }
    }
}

fn body(text: &str) -> Json {
    if let Ok(body @ Json::Object(_)) = serde_json::from_str(text) {
        return body;
    }
    let operations: Vec<Json> = text.lines().map(operation).collect();
    json!({"schemas": [urn::PATCH_OP], "Operations": operations})
}

fn operation(line: &str) -> Json {
    let mut parts = line.splitn(3, '|');
    let mut operation = Map::new();
    operation.insert("op".into(), parts.next().into());
    if let Some(path) = parts.next().filter(|it| !it.is_empty()) {
        operation.insert("path".into(), path.into());
    }
    if let Some(value) = parts.next() {
        operation.insert("value".into(), json_or_text(value));
    }
    Json::Object(operation)
}
