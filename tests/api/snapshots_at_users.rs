//! The configuration that was applied to a user is a snapshot. Differences from the current data
//! are reported and counted.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, ENTERPRISE, MEDIUS, group as group_of, operations, small, user};

/// A server without other users, its console, and a user to whom the configuration for Sweden was
/// applied.
struct World {
    server: MockServer,
    console: Client,
    ada: String,
}

impl World {
    fn new() -> Self {
        let server = small().users(0).groups(0).start().unwrap();
        let body = json!({MEDIUS: {"configurationFilter": "SE-AP"}});
        let made = Client::scim(&server).post("/Users", &user("ada@nordlys.example", body));
        let (console, ada) = (Client::console(&server), made.at("/id").to_owned());
        Self { server, console, ada }
    }

    /// The configuration with this name.
    fn configuration(&self, name: &str) -> Value {
        let all = self.console.get("/configurations").json;
        all["items"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone()
    }

    fn save(&self, configuration: &Value) {
        let id = configuration["id"].as_str().unwrap();
        let saved = self.console.put(&format!("/configurations/{id}"), configuration);
        assert_eq!(saved.status, 200, "{saved:?}");
    }

    fn delete(&self, configuration: &Value) {
        let id = configuration["id"].as_str().unwrap();
        assert_eq!(self.console.delete(&format!("/configurations/{id}")).status, 204);
    }

    /// The problems that are reported for the user.
    fn flags(&self) -> Vec<String> {
        let view = self.console.get(&format!("/users/{}", self.ada)).json;
        let flags = view["attention"].as_array().unwrap();
        flags.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    }

    fn reapply(&self) {
        let path = format!("/users/{}/reapply", self.ada);
        assert_eq!(self.console.call("POST", &path).send().status, 200);
    }

    /// Calls the control API about the tenant.
    fn control(&self) -> Client {
        Client::at(format!("{}/_mock/v1/tenants/NordlysQA", self.server.url()))
    }
}

const SWEDEN: &str = "Accounts payable Sweden";
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn a_changed_configuration_is_reported_until_it_is_applied_again_or_changed_back() {
    let world = World::new();
    let before = world.configuration(SWEDEN);
    let mut edited = before.clone();
    edited["roles"] = json!(["Auditor"]);
    assert_eq!(world.flags(), [""; 0]);

    world.save(&edited);
    let flagged = world.flags();
    world.save(&before);
    let as_it_was = world.flags();
    world.save(&edited);
    world.reapply();

    assert_eq!(flagged, ["configurationEdited"]);
    assert_eq!(as_it_was, [""; 0]);
    assert_eq!(world.flags(), [""; 0]);
}

#[test]
fn a_deleted_configuration_is_reported_even_if_another_one_has_its_name() {
    let world = World::new();
    let mut it = world.configuration(SWEDEN);

    world.delete(&it);
    let flagged = world.flags();
    it.as_object_mut().unwrap().remove("id");
    world.console.post("/configurations", &it);
    let made_again = world.flags();
    world.reapply();

    assert_eq!(flagged, ["otherConfiguration", "configurationGone"]);
    assert_eq!(made_again, ["otherConfiguration", "configurationGone"]);
    assert_eq!(world.flags(), [""; 0]);
}

#[test]
fn another_configuration_that_would_apply_now_is_reported() {
    let world = World::new();
    let path = format!("{MEDIUS}:configurationFilter");
    let asks = operations(json!([{"op": "replace", "path": path, "value": "DK-AP"}]));
    Client::scim(&world.server).patch(&format!("/Users/{}", world.ada), &asks);
    let before = world.flags();

    let denmark = json!({"name": "Denmark", "filter": "dk-ap", "companies": ["NOSE"]});
    world.console.post("/configurations", &denmark);
    let late = world.flags();
    world.reapply();

    assert_eq!(before, ["noMatchForFilter"]);
    assert_eq!(late, ["otherConfiguration"]);
    assert_eq!(world.flags(), [""; 0]);
}

#[rstest]
#[case("companies", "companies", "companyGone")]
#[case("roles", "roles", "roleGone")]
#[case("authorization-groups", "authorizationGroups", "authorizationGroupGone")]
fn deleted_entries_of_the_applied_configuration_are_reported(
    #[case] list: &str,
    #[case] member: &str,
    #[case] code: &str,
) {
    let world = World::new();
    let (control, mut it) = (world.control(), world.configuration(SWEDEN));
    // An entry that nothing else uses.
    let entry = match list {
        "companies" => json!({
            "name": "Nordlys Test AB", "companyId": "NTST", "externalSystemId": "NTST[MED]",
            "parentCompanyName": "Nordlys Group", "accountingCurrency": "SEK",
            "format": "sv-SE", "language": "sv-SE",
        }),
        _ => json!({"name": "Nordlys Test AB"}),
    };
    let path = format!("/{list}/Nordlys%20Test%20AB");
    let added =
        control.call("POST", &format!("/{list}")).header(JSON.0, JSON.1).json(&entry).send();
    assert_eq!(added.status, 201, "{added:?}");
    let before = it.clone();
    it[member] = json!(["Nordlys Test AB"]);
    world.save(&it);
    world.reapply();

    let used = control.delete(&path);
    let counted = world.console.get(&format!("/{list}"));
    world.save(&before);
    let deleted = control.delete(&path);

    used.is_problem(409, "in-use", &[SWEDEN, "applied to 1 user"]);
    assert_eq!(used.json["appliedUsers"], 1);
    assert_eq!(counted.json["appliedUsers"]["Nordlys Test AB"], 1);
    assert_eq!(deleted.status, 204, "only what a configuration names is in use: {deleted:?}");
    assert_eq!(world.flags(), ["configurationEdited", code]);
    let view = world.console.get(&format!("/users/{}", world.ada)).json;
    assert_eq!(view["deleted"], json!({member: ["Nordlys Test AB"]}), "the snapshot stays");
}

#[test]
fn lists_count_the_users_to_whom_an_entry_was_applied() {
    let world = World::new();
    let scim = Client::scim(&world.server);
    scim.post("/Users", &user("bo@nordlys.example", json!({})));
    let id = |name: &str| world.configuration(name)["id"].as_str().unwrap().to_owned();
    let count = |path: &str, key: &str| world.console.get(path).json["appliedUsers"][key].clone();

    // The default configuration has the first of Sweden's companies, too.
    assert_eq!(count("/companies", "Nordlys Energi AB"), 2);
    assert_eq!(count("/companies", "Nordlys Group"), 0);
    assert_eq!(count("/roles", "Expense AP"), 1);
    assert_eq!(count("/authorization-groups", "Approvers Sweden"), 1);
    assert_eq!(count("/configurations", &id(SWEDEN)), 1);
    assert_eq!(count("/configurations", &id("Accounts payable Norway")), 0);
    let control = world.control().get("/roles");
    assert_eq!(control.json["appliedUsers"]["Expense AP"], 1);
    let mut edited = world.configuration(SWEDEN);
    edited["roles"] = json!([]);
    world.save(&edited);
    assert_eq!(count("/roles", "Expense AP"), 1, "it is applied as it was");
    assert_eq!(count("/configurations", &id(SWEDEN)), 1);
}

#[test]
fn the_count_of_a_group_has_its_scim_members_and_each_user_once() {
    let world = World::new();
    let (scim, group) = (Client::scim(&world.server), "Approvers Sweden");
    let bo = scim.post("/Users", &user("bo@nordlys.example", json!({})));
    let count = || world.console.get("/authorization-groups").json["appliedUsers"][group].clone();
    let by_configuration = count();

    let made = scim.post("/Groups", &group_of(group, &[&world.ada, bo.at("/id")]));
    let with_members = count();
    let nested = scim.post("/Groups", &group_of("Outer", &[made.at("/id")]));

    assert_eq!((made.status, nested.status), (201, 201), "{made:?}");
    assert_eq!((by_configuration, with_members), (json!(1), json!(2)));
    assert_eq!(count(), 2, "a group is no user");
}

#[test]
fn the_count_of_a_login_option_has_the_users_who_log_in_with_it() {
    let world = World::new();
    let scim = Client::scim(&world.server);
    let count = || world.console.get("/login-options").json["appliedUsers"].clone();
    let before = count();

    let own = json!({MEDIUS: {"identityProvider": "../LocalAccount/"}});
    let made = scim.post("/Users", &user("bo@nordlys.example", own));
    let unknown = json!({MEDIUS: {"identityProvider": "nowhere"}});
    scim.post("/Users", &user("cia@nordlys.example", unknown));

    assert_eq!(made.status, 201, "{made:?}");
    let view = |id: &str| world.console.get(&format!("/users/{id}")).json["loginOption"].clone();
    let (local, usual) = (view(made.at("/id")), view(&world.ada));
    assert_eq!(before[usual.as_str().unwrap()], 1);
    assert_eq!(before[local.as_str().unwrap()], 0);
    assert_eq!(count()[usual.as_str().unwrap()], 2);
    assert_eq!(count()[local.as_str().unwrap()], 1);
}

#[test]
fn the_journal_has_the_number_of_users_who_keep_the_old_configuration() {
    let world = World::new();
    let mut it = world.configuration(SWEDEN);
    it["roles"] = json!([]);

    world.save(&it);
    world.delete(&it);

    let told: Vec<_> = world.server.requests().iter().map(|it| it.summary.clone()).collect();
    let of = |words: &str| told.iter().find(|it| it.contains(words)).unwrap().clone();
    assert!(of("saved").ends_with("saved, 1 user keeps it as it was"), "{told:?}");
    assert!(of("deleted").ends_with("deleted, 1 user keeps it as it was"), "{told:?}");
}

#[test]
fn a_manager_who_does_not_exist_or_is_the_user_is_reported() {
    let world = World::new();
    let scim = Client::scim(&world.server);
    let path = format!("{ENTERPRISE}:manager");
    let managed = |id: &str| {
        let set = operations(json!([{"op": "replace", "path": path, "value": {"value": id}}]));
        let changed = scim.patch(&format!("/Users/{}", world.ada), &set);
        assert_eq!(changed.status, 200, "{changed:?}");
        world.flags()
    };
    let boss = scim.post("/Users", &user("boss@nordlys.example", json!({})));

    let nobody = managed("4f1a2b3c-5d6e-4f70-8192-a3b4c5d6e7f8");
    let own = managed(&world.ada);
    let somebody = managed(boss.at("/id"));

    assert_eq!(nobody, ["unknownManager"]);
    assert_eq!(own, ["ownManager"]);
    assert_eq!(somebody, [""; 0]);
}
