//! What Entra sends: the bodies and the queries, as its documentation and recordings show them.
//!
//! Each shape has a recording in `fixtures/entra/`.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::script::{DOMAIN, Person};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const MEDIUS: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
const AD_GROUP: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A new user by the tutorial's mapping: `schemas` lists the enterprise extension always, and the
/// Medius extension never; `name.displayName` is the tutorial's word.
pub(super) fn user(person: &Person) -> Json {
    let user_name = person.user_name();
    let display_name = person.display_name();
    let mut user = json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": person.nickname,
        "userName": user_name,
        "active": true,
        "emails": [{ "primary": true, "type": "work", "value": user_name }],
        "meta": { "resourceType": "User" },
        "name": {
            "displayName": display_name,
            "formatted": display_name,
            "familyName": person.family_name,
            "givenName": person.given_name,
        },
        "title": person.title,
        "roles": [],
    });
    user[ENTERPRISE] = json!({ "department": person.department });
    if let Some(filter) = &person.configuration_filter {
        user[MEDIUS] = json!({ "configurationFilter": filter });
    }
    user
}

/// A new group; its members come in a PATCH.
pub(super) fn group(display_name: &str) -> Json {
    let object_id =
        Uuid::new_v5(&Uuid::NAMESPACE_DNS, format!("{DOMAIN}/{display_name}").as_bytes());
    json!({
        "schemas": [GROUP, AD_GROUP],
        "externalId": object_id.to_string(),
        "displayName": display_name,
        "meta": { "resourceType": "Group" },
    })
}

/// A PATCH that replaces values, one operation each; a boolean comes as `"False"` or `"True"`.
pub(super) fn replace<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Json {
    let operations = values
        .into_iter()
        .map(|(path, value)| json!({"op": "Replace", "path": path, "value": value}));
    patch(operations.collect())
}

/// The second pass of a user: its manager, as bare text.
pub(super) fn add_manager(manager: &str) -> Json {
    let path = format!("{ENTERPRISE}:manager");
    patch(vec![json!({ "op": "Add", "path": path, "value": manager })])
}

/// Members join a group.
pub(super) fn add_members(members: &[String]) -> Json {
    patch(vec![json!({ "op": "Add", "path": "members", "value": references(members) })])
}

/// Members leave a group: they are named in the value, which the RFC does not know.
pub(super) fn remove_members(members: &[String]) -> Json {
    patch(vec![json!({ "op": "Remove", "path": "members", "value": references(members) })])
}

/// A query for the resources that a filter selects.
pub(super) fn filter(filter: &str) -> String {
    format!("filter={}", in_query(filter))
}

/// The clause of a match query.
pub(super) fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Json::from(value))
}

fn patch(operations: Vec<Json>) -> Json {
    json!({ "schemas": [PATCH_OP], "Operations": operations })
}

fn references(members: &[String]) -> Vec<Json> {
    members.iter().map(|it| json!({ "$ref": null, "value": it })).collect()
}

/// Encodes a text as Entra does: blanks as `+`, everything unusual by its bytes.
fn in_query(text: &str) -> String {
    let mut query = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => query.push('+'),
            b'-' | b'.' | b'_' | b'~' => query.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => query.push(byte.into()),
            _ => write!(query, "%{byte:02X}").expect("a String takes whatever is written"),
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_query_is_encoded_as_entra_encodes_it() {
        let clause = equals("userName", "zoë.o'brien@nordlys.example");

        assert_eq!(
            filter(&clause),
            "filter=userName+eq+%22zo%C3%AB.o%27brien%40nordlys.example%22"
        );
    }

    #[test]
    fn a_disabled_user_is_a_text_in_a_replace_operation() {
        expect_test::expect![[
            r#"{"Operations":[{"op":"Replace","path":"active","value":"False"}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}"#
        ]]
        .assert_eq(&replace([("active", "False")]).to_string());
    }

    #[test]
    fn members_to_remove_are_named_in_the_value() {
        expect_test::expect![[
            r#"{"Operations":[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}"#
        ]]
        .assert_eq(&remove_members(&["u1".into()]).to_string());
    }
}
