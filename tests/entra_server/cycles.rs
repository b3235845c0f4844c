//! What cycles leave in the tenant.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{World, support::Client};

#[test]
fn after_a_cycle_the_tenant_is_as_the_directory() {
    let world = World::with_job(40, 6);

    let report = world.cycle();

    assert_eq!(report["ended"], "completed", "{report}");
    assert_eq!(report["cycle"]["kind"], "initial");
    assert_eq!(people(&world), directory_people(&world));
    assert_eq!(groups(&world), directory_groups(&world));
}

#[test]
fn a_second_cycle_without_changes_writes_nothing() {
    let world = World::with_job(20, 3);
    world.cycle();
    let writes = world.writes();

    let report = world.cycle();

    assert_eq!(report["cycle"]["kind"], "incremental", "{report}");
    assert_eq!(world.writes(), writes);
}

#[test]
fn changes_and_the_days_of_a_week_reach_the_tenant_with_the_next_cycle() {
    let world = World::with_job(60, 4);
    world.cycle();
    let name = directory_people(&world).into_keys().next().unwrap();
    let moved = json!({"changes": [{"change": "setAttribute", "object": name,
        "attribute": "displayName", "value": "Somebody Else"}]});
    assert_eq!(world.post("/entra/directory/changes", &moved).status, 200);
    let week = world.post("/entra/week", &json!({"days": 5})).json;
    assert_eq!(week["day"], 5, "{week}");

    world.cycle();

    // Who is disabled or deleted in the source is disabled in the tenant, and keeps the attributes
    // of before.
    let (there, wanted) = (people(&world), directory_people(&world));
    for (name, (shown, active)) in wanted.into_iter().filter(|(_, (_, active))| *active) {
        assert!(there[&name] == (shown, active), "{name}: {:?}", there[&name]);
    }
    assert_eq!(world.server.user(&name).unwrap()["displayName"], "Somebody Else");
}

#[test]
fn a_cycle_at_work_tells_how_far_it_is() {
    let world = World::with_job(150, 1);
    let silence = json!({"match": {"operation": "user.create"}, "when": {"after": 120},
        "action": {"connection": "hang"}});
    assert_eq!(world.post("/faults", &silence).status, 201);
    assert_eq!(world.post("/entra/cycle", &Value::Null).status, 202);

    let come = "/requests/wait?q=op:create&count=121&state=received&timeout=60s";
    assert_eq!(world.get(come).status, 200);
    let status = world.get("/entra").json;

    let (running, graph) = (&status["running"], &status["job"]["status"]["progress"][0]);
    assert_eq!(running["kind"], "initial", "{status}");
    assert!(running["users"].as_u64() > Some(50), "{status}");
    assert_eq!((&graph["units"], &graph["completedUnits"]), (&json!("pages"), &json!(1)));
    let steps = running["steps"].as_u64().unwrap();
    assert_eq!(running["percent"], running["done"].as_u64().unwrap() * 100 / steps);
}

#[test]
fn a_cycle_shows_from_its_order_on_and_moves_with_each_object() {
    let world = World::with_job(25, 1);
    let hang = |operation: &str, after: u32| {
        let rule = json!({"match": {"operation": operation}, "when": {"after": after},
            "action": {"connection": "hang"}});
        assert_eq!(world.post("/faults", &rule).status, 201);
    };
    hang("user.create", 12);

    let ordered = world.post("/entra/cycle", &Value::Null);
    let again = world.post("/entra/cycle", &Value::Null);

    assert_eq!((ordered.status, &ordered.json["running"]["state"]), (202, &json!("ordered")));
    assert_eq!(again.status, 202);
    let come = "/requests/wait?q=op:create&count=13&state=received&timeout=60s";
    assert_eq!(world.get(come).status, 200);
    let status = world.get("/entra").json;
    let running = &status["running"];
    assert_eq!((&running["state"], &running["kind"]), (&json!("running"), &json!("initial")));
    assert_eq!(running["users"], 12, "{status}");
    assert!(running["done"].as_u64() >= Some(12), "{status}");
    assert_eq!(status["job"]["status"]["code"], "Active", "{status}");
}

#[test]
fn a_cycle_whose_target_has_not_answered_yet_is_running_all_the_same() {
    let world = World::with_job(3, 0);
    let silence = json!({"match": {"operation": "user.list"}, "action": {"connection": "hang"}});
    assert_eq!(world.post("/faults", &silence).status, 201);
    assert_eq!(world.post("/entra/cycle", &Value::Null).status, 202);

    let come = "/requests/wait?q=method:get&count=1&state=received&timeout=60s";
    assert_eq!(world.get(come).status, 200);

    let running = world.get("/entra").json["running"].clone();
    let told = (&running["state"], &running["kind"], &running["steps"], &running["percent"]);
    assert_eq!(told, (&json!("running"), &json!("initial"), &Value::Null, &json!(0)));
}

#[test]
fn the_people_of_a_generated_company_match_a_configuration_of_the_tenant_but_one() {
    let world = World::with_job(57, 0);
    let told = world.get("/entra").json["configurationFilters"].clone();
    world.cycle();

    let users = Client::console(&world.server).get("/users?limit=100").json;
    let users = users["items"].as_array().unwrap().clone();
    let flagged: Vec<_> =
        users.iter().filter(|it| !it["attention"].as_array().unwrap().is_empty()).collect();

    assert_eq!(told, json!(["NO-AP", "SE-AP"]));
    assert!(users.len() > 50, "{}", users.len());
    assert_eq!(flagged.len(), 1, "{flagged:?}");
    assert!(flagged[0].to_string().contains("IT-OPS"), "{flagged:?}");
}

#[test]
fn the_same_seed_and_configurations_make_the_same_company() {
    let [one, same] = [0, 1].map(|_| World::with_job(30, 3).get("/entra/directory").text);
    let other = World::new();
    let filter = json!({"name": "Denmark", "filter": "DK-AP", "companies": ["Nordlys Energi ApS"], "roles": ["Auditor"]});
    let added = other.post("/configurations", &filter);
    assert_eq!(added.status, 201, "{added:?}");
    let company = json!({"directory": {"generate": {"users": 30, "groups": 3}}});
    assert_eq!(other.put("/entra", &company).json["configurationFilters"][0], "DK-AP");

    assert_eq!(one, same);
    assert_ne!(one, other.get("/entra/directory").text);
}

#[test]
fn where_the_target_is_another_its_filters_are_unknown() {
    let world = World::new();
    let away =
        "[admin-credentials]\ntenant-url = 'http://127.0.0.1:1/scim/v2'\nsecret-token = 'k'\n";

    let made = world.put("/entra", &json!({"configuration": away}));

    assert_eq!((made.status, &made.json["configurationFilters"]), (200, &Value::Null));
}

#[test]
fn one_user_is_provisioned_on_demand_and_nobody_else() {
    let world = World::with_job(10, 1);
    let people = directory_people(&world);
    let (name, _) = people.iter().find(|(_, (_, active))| *active).unwrap();

    let done = world.post("/entra/on-demand", &json!({"user": name}));

    assert_eq!(done.json["result"], "success", "{done:?}");
    assert_eq!(done.json["steps"].as_array().unwrap().len(), 4);
    assert_eq!(world.server.users().len(), 1);
    assert!(world.server.user(name).is_some());
}

#[test]
fn a_replaced_key_quarantines_the_job_until_it_has_the_new_one() {
    let world = World::with_job(5, 0);
    world.cycle();
    let console = Client::console(&world.server);
    let key = console.post("/secret-key", &json!({"confirm": true}));
    assert_eq!(key.status, 201, "{key:?}");

    let report = world.cycle();
    assert_eq!(report["ended"], "quarantined", "{report}");
    assert_eq!(report["quarantine"]["reason"], "EncounteredQuarantineException");
    assert_eq!(world.post("/entra/test-connection", &json!({})).status, 422);

    assert_eq!(world.put("/entra", &json!({})).status, 200);
    assert_eq!(world.post("/entra/test-connection", &json!({})).status, 200);
    let report = world.cycle();
    assert_eq!(report["ended"], "completed", "{report}");
    assert_eq!(report["quarantine"], Value::Null);
}

#[test]
fn a_started_job_runs_its_cycles_when_the_clock_of_the_tenant_says_so() {
    let world = World::with_job(3, 0);

    assert_eq!(world.post("/entra/start", &json!({})).status, 200);
    let reached = world.get("/state/wait?users=userName%20pr&count=3&timeout=30s");

    assert_eq!(reached.status, 200, "{reached:?}");
    let paused = world.post("/entra/pause", &json!({})).json;
    assert_eq!((&paused["started"], &paused["nextCycle"]), (&json!(false), &Value::Null));
}

#[test]
fn the_logs_are_there_as_json_and_as_csv() {
    let world = World::with_job(8, 1);
    world.cycle();

    let created = world.get("/entra/logs?action=create&status=success&limit=3").json;
    assert_eq!(created["total"], 3, "{created}");
    assert_eq!(created["items"][0]["provisioningAction"], "create");
    let csv = world.get("/entra/logs?format=csv");
    assert!(csv.text.starts_with("Id,ActivityDateTime,ChangeId"), "{csv:?}");
    assert!(csv.text.lines().count() > 9);
}

#[test]
fn the_logs_about_an_object_are_found_by_each_of_its_ids_and_a_part_of_its_name() {
    let world = World::with_job(8, 1);
    world.cycle();
    let line = world.get("/entra/logs?action=create&limit=1").json["items"][0].clone();

    for field in ["/sourceIdentity/id", "/targetIdentity/id"] {
        let id = line.pointer(field).and_then(Value::as_str).unwrap();
        let found = world.get(&format!("/entra/logs?object={id}")).json;
        assert!(found["items"].as_array().unwrap().contains(&line), "{field}: {found}");
    }
    let refused = world.get("/entra/logs?limit=few").json;
    assert_eq!((&refused["code"], &refused["field"]), (&json!("invalid-query"), &json!("limit")));
}

/// The tenant's users by name, with `displayName` and `active`.
fn people(world: &World) -> BTreeMap<String, (String, bool)> {
    let users = world.server.users();
    users
        .iter()
        .map(|it| {
            let shown = it["displayName"].as_str().unwrap_or_default().to_owned();
            (name_of(it, "userName"), (shown, it["active"] == true))
        })
        .collect()
}

fn objects(world: &World) -> Vec<Value> {
    let answer = world.get("/entra/directory");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["objects"].as_array().unwrap().clone()
}

/// The same of those in the source who were ever in scope: disabled users were never.
fn directory_people(world: &World) -> BTreeMap<String, (String, bool)> {
    let of = |it: &Value| {
        let shown = it["attributes"]["displayName"].as_str().unwrap_or_default().to_owned();
        (name_of(&it["attributes"], "mail"), (shown, true))
    };
    let objects = objects(world);
    let there = objects.iter().filter(|it| it["kind"]["accountEnabled"] == true);
    there.filter(|it| it["state"] == "present").map(of).collect()
}

fn name_of(it: &Value, attribute: &str) -> String {
    it[attribute].as_str().unwrap().to_owned()
}

/// The tenant's groups by name, with the names of their members.
fn groups(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let names: BTreeMap<String, String> = world
        .server
        .users()
        .iter()
        .map(|it| (name_of(it, "id"), name_of(it, "userName")))
        .collect();
    let groups = world.server.groups();
    let members = |it: &Value| {
        let members = it["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|it| names[&name_of(it, "value")].clone()).collect()
    };
    groups.iter().map(|it| (name_of(it, "displayName"), members(it))).collect()
}

fn directory_groups(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let objects = objects(world);
    let names: BTreeMap<String, String> = objects
        .iter()
        .filter(|it| it["kind"]["accountEnabled"] == true)
        .map(|it| (name_of(it, "objectId"), name_of(&it["attributes"], "mail")))
        .collect();
    let members = |it: &Value| {
        let members = it["kind"]["members"].as_array().cloned().unwrap_or_default();
        members.iter().filter_map(|id| names.get(id.as_str().unwrap()).cloned()).collect()
    };
    let groups = objects.iter().filter(|it| it["kind"]["type"] == "group");
    groups.map(|it| (name_of(&it["attributes"], "displayName"), members(it))).collect()
}

#[test]
fn the_mails_of_a_job_are_read_where_its_quarantine_is() {
    let world = World::new();
    let settings = "[settings]\nnotification-email = 'it@contoso.com'\n\
                    send-an-email-notification-when-a-failure-occurs = true";
    let job = json!({"configuration": settings, "secretToken": "wrong"});
    world.get("/entra/mails").is_problem(404, "no-job", &[]);
    let made = world.put("/entra", &job);
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(world.get("/entra/mails").json, json!({"items": [], "total": 0}));

    let ended = world.cycle();

    assert_eq!(ended["ended"], "quarantined", "{ended}");
    let mails = world.get("/entra/mails").json;
    assert_eq!(mails["total"], 1, "{mails}");
    assert_eq!(mails["items"][0]["to"], "it@contoso.com");
    assert!(mails["items"][0]["text"].as_str().unwrap().contains("EncounteredQuarantineException"));
}

#[test]
fn a_job_that_waits_by_the_tenants_clock_is_not_said_to_have_ignored_a_limit() {
    for clock in [json!({"mode": "frozen"}), json!({"mode": "scaled", "factor": 1000})] {
        let world = World::with_job(6, 1);
        world.put("/clock", &clock);
        let limits = world.put("/limits", &json!({"key": {"rate": 1, "per": "1s", "burst": 3}}));
        assert_eq!(limits.status, 200, "{limits:?}");

        let report = world.cycle();

        assert_eq!(report["ended"], "completed", "{report}");
        let counted = world.get("/limits").json;
        assert!(counted["refused"].as_u64().unwrap() > 0, "{counted}");
        assert_eq!(counted["retriedEarly"], 0, "{clock}");
    }
}
