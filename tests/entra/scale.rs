//! A company as a whole, attribute by attribute.

use std::collections::BTreeMap;

use mediusflow_mock::entra::{Directory, Kind, ObjectState, ObjectType, Restart};
use serde_json::{Value, json};

use super::support::{ENTERPRISE, World};

/// How many people: the benchmarks have ten thousand and more.
const USERS: usize = 600;
const GROUPS: usize = 20;

#[test]
fn a_company_ends_as_its_directory_says_attribute_by_attribute() {
    let mut world = World::new();
    world.directory = Directory::generate(5, USERS, GROUPS);
    world.directory.assign_all();
    world.cycle();
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());

    let ids: Vec<String> = world
        .directory
        .objects()
        .filter(|it| it.object_type() == ObjectType::User && it.is_active())
        .map(|it| it.object_id.to_string())
        .collect();
    let each = |world: &mut World, change: &str, from: usize, step: usize| {
        for id in ids.iter().skip(from).step_by(step) {
            world.change(json!({"change": change, "object": id}));
        }
    };
    each(&mut world, "disable", 0, 10);
    each(&mut world, "softDelete", 1, 10);
    each(&mut world, "softDelete", 2, 10);
    world.cycle();
    each(&mut world, "restore", 1, 10);
    world.cycle();
    world.later(31 * 24);
    world.cycle();
    world.job.restart(Restart::default()); // gives the restored their memberships back
    world.cycle();

    let users = all(&world, "Users");
    let mut compared = 0;
    for object in world.directory.objects() {
        let Some(id) = world.job.target_id(&object.object_id) else { continue };
        compared += 1;
        match &object.kind {
            Kind::User { account_enabled, manager } => {
                let user = &users[id];
                assert_eq!(user["displayName"], object.text("displayName").unwrap());
                assert_eq!(user["name"]["givenName"], object.text("givenName").unwrap());
                assert_eq!(user["name"]["familyName"], object.text("surname").unwrap());
                assert_eq!(user["emails"][0]["value"], object.text("mail").unwrap());
                assert_eq!(user["externalId"], object.text("mailNickname").unwrap());
                assert_eq!(user["active"], *account_enabled);
                if *account_enabled {
                    let manager = manager.as_deref().and_then(|it| world.job.target_id(it));
                    let found = user[ENTERPRISE]["manager"]["value"].as_str();
                    assert_eq!(found, manager, "{}", object.name());
                }
            }
            Kind::Group { .. } => {
                let group = world.get(&format!("/Groups/{id}"));
                let members = group["members"].as_array().cloned().unwrap_or_default();
                let mut found: Vec<_> =
                    members.iter().map(|it| it["value"].as_str().unwrap()).collect();
                let members = world.directory.members(object);
                let mut wanted: Vec<_> =
                    members.filter_map(|it| world.job.target_id(&it.object_id)).collect();
                found.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(found, wanted, "{}", object.name());
            }
        }
    }
    assert_eq!(users.len() + GROUPS, compared);
    let gone = ids
        .iter()
        .filter(|it| world.directory.object(it).unwrap().state == ObjectState::HardDeleted);
    assert_eq!(gone.count(), ids.iter().skip(2).step_by(10).count());
}

/// All resources of an endpoint by their ids.
fn all(world: &World, endpoint: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    loop {
        let page = world.get(&format!("/{endpoint}?startIndex={}&count=200", all.len() + 1));
        let resources = page["Resources"].as_array().cloned().unwrap_or_default();
        if resources.is_empty() {
            return all;
        }
        for it in resources {
            all.insert(it["id"].as_str().unwrap().to_owned(), it);
        }
    }
}
