//! What is sent, in both dialects, as `fixtures/entra/` has it.

use serde_json::{Value, json};

use super::support::{ENTERPRISE, World};

const MEDIUS: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

#[test]
fn a_new_user_lists_the_enterprise_schema_and_not_the_medius_one() {
    let mut world = World::new();
    world.set("adele", "extensionAttribute1", "SE-AP");
    world.cycle();

    let sent = world.wire.sent();
    let post = sent.iter().find(|it| it.body["externalId"] == "adele").unwrap();

    let expected = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "meta": { "resourceType": "User" },
        "userName": "adele@contoso.com",
        "active": true,
        "emails": [{ "primary": true, "type": "work", "value": "adele@contoso.com" }],
        "name": { "displayName": "Adele Berg", "formatted": "Adele Berg",
                  "givenName": "Adele", "familyName": "Berg" },
        "externalId": "adele",
        MEDIUS: { "configurationFilter": "SE-AP", "nameIdentifier": "adele@contoso.com" },
    });
    assert_eq!(post.body, expected);
}

#[test]
fn a_new_group_has_entras_schema_and_no_members() {
    let mut world = World::new();
    let id = world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();

    let sent = world.wire.sent();
    let post = sent.iter().find(|it| it.path == "/Groups").unwrap();
    let schemas = [
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
    ];
    let expected = json!({"schemas": schemas, "externalId": id, "displayName": "Finance Team",
                          "meta": {"resourceType": "Group"}});
    assert_eq!(post.body, expected);
}

/// What is sent when nearly everything of a user and a group changes.
fn changes(flag: &str) -> Vec<Value> {
    let mut world = World::with("", flag);
    world.manager("alex", Some("adele"));
    world.group("Finance Team", &["adele", "alex"]);
    world.assign("Finance Team");
    world.cycle();
    world.set("adele", "surname", "Wilke");
    world.set("adele", "mail", "wilke@contoso.com");
    world.set("adele", "extensionAttribute1", "NO-AP");
    world.manager("alex", None);
    world.manager("adele", Some("alex"));
    world.member("leave", "alex", "Finance Team");
    world.change(json!({"change": "setAttribute", "object": "Finance Team",
                        "attribute": "displayName", "value": "Money Team"}));
    world.cycle();
    world.user("disable", "adele");
    let mut patches = world.patches();
    world.cycle();
    patches.extend(world.patches());
    patches
}

#[test]
fn without_the_flag_each_attribute_is_an_operation_in_pascal_case() {
    let filter = format!("{MEDIUS}:configurationFilter");
    let manager = format!("{ENTERPRISE}:manager");
    let find = |wanted: Value, patches: &[Value]| {
        assert!(patches.contains(&wanted), "{wanted}\n{patches:#?}");
    };
    let patches = changes("");

    find(
        json!([
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "wilke@contoso.com"},
            {"op": "Replace", "path": "name.familyName", "value": "Wilke"},
            {"op": "Replace", "path": "name.formatted", "value": "Adele Wilke"},
            {"op": "Add", "path": filter, "value": "NO-AP"},
        ]),
        &patches,
    );
    find(json!([{"op": "Add", "path": manager, "value": "{alex}"}]), &patches);
    let gone = format!("{manager}[value eq \"{{adele}}\"]");
    find(json!([{"op": "Remove", "path": gone}]), &patches);
    find(json!([{"op": "Replace", "path": "displayName", "value": "Money Team"}]), &patches);
    let members = json!([{"$ref": null, "value": "{alex}"}]);
    find(json!([{"op": "Remove", "path": "members", "value": members}]), &patches);
    find(json!([{"op": "Replace", "path": "active", "value": "False"}]), &patches);
}

#[test]
fn with_the_flag_attributes_are_keys_of_one_value() {
    let filter = format!("{MEDIUS}:configurationFilter");
    let manager = format!("{ENTERPRISE}:manager");
    let find = |wanted: Value, patches: &[Value]| {
        assert!(patches.contains(&wanted), "{wanted}\n{patches:#?}");
    };
    let patches = changes("?aadOptscim062020");

    find(
        json!([
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "wilke@contoso.com"},
            {"op": "add", "path": filter, "value": "NO-AP"},
            {"op": "replace", "value": {"name.familyName": "Wilke", "name.formatted": "Adele Wilke"}},
        ]),
        &patches,
    );
    find(json!([{"op": "add", "path": manager, "value": {"value": "{alex}"}}]), &patches);
    find(json!([{"op": "replace", "path": manager, "value": {"value": ""}}]), &patches);
    find(json!([{"op": "replace", "value": {"displayName": "Money Team"}}]), &patches);
    find(json!([{"op": "remove", "path": "members[value eq \"{alex}\"]"}]), &patches);
    find(json!([{"op": "replace", "path": "active", "value": false}]), &patches);
}

#[test]
fn every_body_begins_with_its_schemas() {
    let mut world = World::new();
    world.cycle();
    world.user("disable", "adele");
    world.cycle();

    let exchanges = world.server.requests();
    let bodies: Vec<_> = exchanges.iter().map(|it| it.request.body.clone()).collect();
    let sent: Vec<_> = bodies.iter().filter(|it| !it.is_empty()).collect();
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent.iter().all(|it| it.starts_with(r#"{"schemas":["urn:"#)), "{sent:?}");
}
