//! A company as a whole, attribute by attribute.

use std::collections::BTreeMap;

use mediusflow_mock::entra::{
    DirectoryObject, ObjectKind, ObjectState, ObjectType, Restart, SourceDirectory,
};
use serde_json::{Value, json};

use super::support::{ENTERPRISE, World};

/// How many people and groups, so that it takes a few seconds;
/// `MEDIUSFLOW_MOCK_COMPANY=10000x200` makes them more, as `.ci/run` does.
const USUAL: (usize, usize) = (600, 20);

fn size() -> (usize, usize) {
    let asked = std::env::var("MEDIUSFLOW_MOCK_COMPANY").ok();
    let asked = asked.as_deref().and_then(|it| it.split_once('x'));
    asked.map_or(USUAL, |(users, groups)| (users.parse().unwrap(), groups.parse().unwrap()))
}

#[test]
fn a_company_ends_as_its_directory_says_attribute_by_attribute() {
    let (count, groups) = size();
    let mut world = World::new();
    world.directory = SourceDirectory::generate(5, count, groups, None);
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
            ObjectKind::User { account_enabled, manager } => {
                let user = &users[id];
                is_as_mapped(user, object);
                assert_eq!(user["active"], *account_enabled);
                if *account_enabled {
                    let manager = manager.as_deref().and_then(|it| world.job.target_id(it));
                    let found = user[ENTERPRISE]["manager"]["value"].as_str();
                    assert_eq!(found, manager, "{}", object.name());
                }
            }
            ObjectKind::Group { .. } => {
                let group = world.get(&format!("/Groups/{id}"));
                assert_eq!(group["displayName"], object.text("displayName").unwrap());
                assert_eq!(group["externalId"], object.object_id.to_string());
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
    assert_eq!(users.len() + groups, compared);
    let gone = ids
        .iter()
        .filter(|it| world.directory.object(it).unwrap().state == ObjectState::HardDeleted);
    assert_eq!(gone.count(), ids.iter().skip(2).step_by(10).count());
}

/// Checks a user against the object of the directory, by every mapping that copies or joins texts.
fn is_as_mapped(user: &Value, object: &DirectoryObject) {
    for (path, source) in MAPPED {
        // A guest goes by the name of its home tenant, not by that of `#EXT#`.
        let is_guest = object.text("userType") == Some("Guest");
        let is_name = source == "userPrincipalName";
        let source = if is_guest && is_name { "mail" } else { source };
        let found = path.iter().fold(user, |it, name| &it[name]);
        assert_eq!(found.as_str(), object.text(source), "{path:?} of {user}");
    }
    let name = [object.text("givenName"), object.text("surname")];
    assert_eq!(user["name"]["formatted"], name.map(Option::unwrap_or_default).join(" "));
    assert_eq!(user["emails"][0]["value"], object.text("mail").unwrap());
}

/// Where each plain attribute goes by the default mappings.
const MAPPED: [(&[&str], &str); 13] = [
    (&["userName"], "userPrincipalName"),
    (&["displayName"], "displayName"),
    (&["name", "givenName"], "givenName"),
    (&["name", "familyName"], "surname"),
    (&["externalId"], "mailNickname"),
    (&[MEDIUS, "configurationFilter"], "extensionAttribute1"),
    (&[MEDIUS, "identityProvider"], "extensionAttribute2"),
    (&[MEDIUS, "nameIdentifier"], "userPrincipalName"),
    (&[MEDIUS, "customFieldText1"], "department"),
    (&[MEDIUS, "customFieldText2"], "jobTitle"),
    (&[MEDIUS, "customFieldText3"], "employeeId"),
    (&[MEDIUS, "customFieldText4"], "physicalDeliveryOfficeName"),
    (&[MEDIUS, "customFieldText5"], "companyName"),
];

const MEDIUS: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

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
