//! `/Groups`: members, and the answers of the two profiles.

use serde_json::{Value, json};

use crate::support::{Client, everything, group, operations, rfc_server, server, user};

fn add_members(ids: &[&str]) -> Value {
    let members: Vec<_> = ids.iter().map(|it| json!({"value": it})).collect();
    operations(json!([{"op": "add", "path": "members", "value": members}]))
}

fn members(group: &Value) -> Vec<&str> {
    let members = group["members"].as_array();
    members.into_iter().flatten().map(|it| it["value"].as_str().unwrap()).collect()
}

#[test]
fn a_group_shows_its_members_with_address_name_and_type() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let id = it["id"].as_str().unwrap();

    let made = scim.post("/Groups", &group("Finance", &[id]));

    assert_eq!(made.status, 201);
    let link = format!("{}/Groups/{}", server.scim_url(), made.at("/id"));
    assert_eq!(made.header("location"), link);
    let member = json!({
        "value": id, "$ref": format!("{}/Users/{id}", server.scim_url()),
        "display": it["displayName"], "type": "User",
    });
    assert_eq!(made.json["members"], json!([member]));
}

#[test]
fn a_patch_of_a_group_answers_nothing_or_the_group_by_profile() {
    let (medius, rfc) = (server(), rfc_server());
    let patch = |server| {
        let scim = Client::scim(server);
        let made = scim.post("/Groups", &group("Finance", &[]));
        let id = scim.first_user()["id"].as_str().unwrap().to_owned();
        scim.patch(&format!("/Groups/{}", made.at("/id")), &add_members(&[&id]))
    };

    let (nothing, whole) = (patch(&medius), patch(&rfc));

    assert_eq!((nothing.status, nothing.text.as_str()), (204, ""));
    assert_eq!((whole.status, members(&whole.json).len()), (200, 1));
}

#[test]
fn a_patch_with_attributes_answers_them_whatever_the_profile() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Groups", &group("Finance", &[]));
    let rename = operations(json!([{"op": "replace", "path": "displayName", "value": "Treasury"}]));

    let path = format!("/Groups/{}?attributes=displayName", made.at("/id"));
    let patched = scim.patch(&path, &rename);

    assert_eq!((patched.status, patched.at("/displayName")), (200, "Treasury"));
    assert_eq!(patched.json["meta"], Value::Null);
}

#[test]
fn members_are_added_and_removed() {
    let server = server();
    let scim = Client::scim(&server);
    let users = scim.all("/Users");
    let ids: Vec<&str> = users.iter().map(|it| it["id"].as_str().unwrap()).collect();
    let made = scim.post("/Groups", &group("Finance", &ids[..2]));
    let path = format!("/Groups/{}", made.at("/id"));
    let read = || scim.get(&path).json;

    scim.patch(&path, &add_members(&[ids[2], ids[0]]));
    let added = read();
    let one = format!("members[value eq \"{}\"]", ids[1]);
    scim.patch(&path, &operations(json!([{"op": "remove", "path": one}])));
    let removed = read();
    scim.put(&path, &group("Finance", &ids[3..]));
    let replaced = read();
    scim.patch(&path, &operations(json!([{"op": "remove", "path": "members"}])));
    let emptied = read();

    assert_eq!(members(&added), ids[..3]);
    assert_eq!(members(&removed), [ids[0], ids[2]]);
    assert_eq!(members(&replaced), ids[3..]);
    assert_eq!(emptied["members"], Value::Null);
}

#[test]
fn a_deleted_user_is_removed_from_groups_and_as_manager() {
    let server = server();
    let scim = Client::scim(&server);
    let enterprise = crate::support::ENTERPRISE;
    let boss = scim.post("/Users", &user("boss@nordlys.example", json!({})));
    let report = json!({enterprise: {"manager": {"value": boss.at("/id")}}});
    let ada = scim.post("/Users", &user("ada@nordlys.example", report));
    let finance = scim.post("/Groups", &group("Finance", &[boss.at("/id"), ada.at("/id")]));

    scim.delete(&format!("/Users/{}", boss.at("/id")));
    let group = scim.get(&format!("/Groups/{}", finance.at("/id")));
    let user = scim.get(&format!("/Users/{}", ada.at("/id")));

    assert_eq!(members(&group.json), [ada.at("/id")]);
    assert_ne!(group.header("etag"), finance.header("etag"), "the group changed");
    assert_eq!(user.json[enterprise], Value::Null);
}

#[test]
fn members_of_a_deleted_group_are_kept() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Users", &user("ada@nordlys.example", json!({})));
    let finance = scim.post("/Groups", &group("Finance", &[made.at("/id")]));

    assert_eq!(scim.delete(&format!("/Groups/{}", finance.at("/id"))).status, 204);

    let read = scim.get(&format!("/Users/{}", made.at("/id")));
    assert_eq!((read.status, &read.json["groups"]), (200, &Value::Null));
}

#[test]
fn a_group_is_found_by_its_name_and_by_its_external_id() {
    let server = server();
    let scim = Client::scim(&server);
    let mut body = group("Finance Team", &[]);
    body["externalId"] = json!("e-1");
    let made = scim.post("/Groups", &body);

    for filter in ["displayName+eq+%22finance+team%22", "externalId+eq+%22e-1%22"] {
        let found = scim.get(&format!("/Groups?excludedAttributes=members&filter={filter}"));
        assert_eq!(found.json["totalResults"], 1, "{filter}");
        assert_eq!(found.json["Resources"][0]["id"], made.json["id"]);
    }
}

#[test]
fn a_group_name_is_unique_in_the_profile_of_mediusflow() {
    let (medius, rfc) = (server(), rfc_server());
    Client::scim(&medius).post("/Groups", &group("Finance", &[]));
    Client::scim(&rfc).post("/Groups", &group("Finance", &[]));
    let before = everything(&medius);

    let taken = Client::scim(&medius).post("/Groups", &group("FINANCE", &[]));
    let allowed = Client::scim(&rfc).post("/Groups", &group("FINANCE", &[]));

    taken.is_scim_error(409, "uniqueness", &["displayName", "FINANCE"]);
    assert_eq!(everything(&medius), before);
    assert_eq!(allowed.status, 201);
}

#[test]
fn ten_thousand_members_can_be_added_with_one_patch() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Groups", &group("Everyone", &[]));
    let ids: Vec<String> = (0..10_000).map(|it| format!("unknown-{it}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let path = format!("/Groups/{}", made.at("/id"));

    let patched = scim.patch(&path, &add_members(&ids));

    assert_eq!(patched.status, 204, "{}", patched.text);
    assert_eq!(members(&scim.get(&path).json).len(), 10_000);
}
