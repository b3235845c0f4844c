//! The attributes of the tutorial's tables: each is stored and shown, and users are found by those
//! that are checked as supported for filtering.

use serde_json::{Value, json};

use crate::{
    support::{Client, GROUP, MEDIUS, operations, user},
    world::{ADA, World},
};

/// A user of an empty tenant, and the path of that user.
fn somebody(world: &World) -> (Client, String) {
    let scim = world.scim();
    let made = scim.post("/Users", &user(ADA, json!({})));
    let path = format!("/Users/{}", made.at("/id"));
    (scim, path)
}

fn set(scim: &Client, path: &str, name: &str, value: &Value) -> Value {
    let set = operations(json!([{"op": "add", "path": name, "value": value}]));
    let changed = scim.patch(path, &set);
    assert_eq!(changed.status, 200, "{name}: {changed:?}");
    scim.get(path).json
}

/// The value of an attribute that is named as in the tables.
fn value(resource: &Value, name: &str) -> Value {
    if let Some((list, rest)) = name.split_once("[type eq \"work\"].") {
        let items = resource[list].as_array().unwrap();
        return items.iter().find(|it| it["type"] == "work").unwrap()[rest].clone();
    }
    match name.rsplit_once(':') {
        Some((urn, name)) => resource[urn][name].clone(),
        None => name.split('.').fold(resource.clone(), |it, step| it[step].clone()),
    }
}

fn filter(scim: &Client, name: &str) -> crate::support::Answer {
    let name = name.replace("[type eq \"work\"]", "");
    scim.get(&format!("/Users?filter={name}%20eq%20%22x%22"))
}

fn is_not_filtered_by(scim: &Client, name: &str) {
    filter(scim, name).is_scim_error(400, "invalidFilter", &["userName"]);
}

pub(crate) fn user_text(name: &str) {
    let world = World::set_up();
    let (scim, path) = somebody(&world);
    let wanted = json!("some@contoso.com");

    let shown = set(&scim, &path, name, &wanted);

    assert_eq!(value(&shown, name), wanted, "{shown}");
    is_not_filtered_by(&scim, name);
}

pub(crate) fn user_name_and_its_filter(name: &str) {
    let world = World::set_up();
    let (scim, path) = somebody(&world);

    let shown = set(&scim, &path, name, &json!("Ada.Berg@contoso.com"));
    let found = scim.get(&format!("/Users?filter={name}%20eq%20%22ada.berg@CONTOSO.com%22"));

    assert_eq!(value(&shown, name), "Ada.Berg@contoso.com");
    assert_eq!(found.json["totalResults"], 1, "{found:?}");
    assert_eq!(filter(&scim, name).json["totalResults"], 0);
}

/// No attribute of `name` is called so (RFC 7643 §4.1.1): it is what people read.
pub(crate) fn name_display_name(name: &str) {
    let world = World::set_up();
    let (scim, path) = somebody(&world);

    let shown = set(&scim, &path, name, &json!("Ada Berg"));

    assert_eq!(shown["displayName"], "Ada Berg");
}

pub(crate) fn active(name: &str) {
    let world = World::set_up();
    let (scim, path) = somebody(&world);

    let shown = set(&scim, &path, name, &json!(false));
    let text = operations(json!([{"op": "add", "path": name, "value": "perhaps"}]));

    assert_eq!(value(&shown, name), false);
    scim.patch(&path, &text).is_scim_error(400, "invalidValue", &["active must be true or false"]);
    is_not_filtered_by(&scim, name);
}

pub(crate) fn manager(name: &str) {
    let world = World::set_up();
    let (scim, path) = somebody(&world);
    let boss = scim.post("/Users", &user("boss@contoso.com", json!({})));

    let shown = set(&scim, &path, name, &json!({"value": boss.at("/id")}));

    let manager = value(&shown, name);
    assert_eq!(manager["value"], boss.at("/id"));
    assert_eq!(manager["$ref"], boss.at("/meta/location"), "a reference");
    assert_eq!(world.view(path.trim_start_matches("/Users/"))["supervisor"]["id"], boss.at("/id"));
}

/// The table spells one `externalID`; names are compared without case (RFC 7643 §2.1).
pub(crate) fn group_text(name: &str) {
    let world = World::set_up();
    let mut group = json!({"schemas": [GROUP], "displayName": "Sales"});
    group[name] = json!("Finance");

    let made = world.scim().post("/Groups", &group);

    assert_eq!(made.status, 201, "{made:?}");
    let shown = if name == "displayName" { "/displayName" } else { "/externalId" };
    assert_eq!(made.at(shown), "Finance");
}

pub(crate) fn members(name: &str) {
    let world = World::set_up();
    let (scim, path) = somebody(&world);
    let ada = scim.get(&path);
    let mut group = json!({"schemas": [GROUP], "displayName": "Sales"});
    group[name] = json!([{"value": ada.at("/id")}]);

    let made = scim.post("/Groups", &group);

    assert_eq!(made.status, 201, "{made:?}");
    let member = &made.json[name][0];
    assert_eq!(
        (&member["value"], &member["$ref"]),
        (&ada.json["id"], &ada.json["meta"]["location"])
    );
}

pub(crate) fn the_extension_is_served() {
    let world = World::set_up();

    let schema = world.scim().get(&format!("/Schemas/{MEDIUS}"));

    let attributes = schema.json["attributes"].as_array().unwrap();
    let names: Vec<_> = attributes.iter().map(|it| it["name"].as_str().unwrap()).collect();
    for name in ["configurationFilter", "identityProvider", "nameIdentifier"] {
        assert!(names.contains(&name), "{name}");
    }
    for number in 1..=5 {
        assert!(names.contains(&format!("customFieldText{number}").as_str()), "{number}");
    }
}
