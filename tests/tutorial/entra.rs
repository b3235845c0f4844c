//! Steps 4 to 6: Entra's side provisions a company to the tenant.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    support::{Client, ENTERPRISE, GROUP, MEDIUS, user},
    world::{ADA, BOB, CLEO, World},
};

fn usual() -> World {
    World::with_job(&json!({}))
}

/// A scoping filter, in the words of a job file.
const SALES: &str = "[[users.scoping-filters]]\ntitle = 'Sales'\n\
                     clauses = [{ attribute = 'department', operator = 'EQUALS', value = 'Sales' }]";

pub(crate) fn people_come_and_go() {
    let world = usual();
    world.cycle();
    assert_eq!(world.user(ADA)["active"], true);

    world.change(&json!({"change": "disable", "object": ADA}));
    world.cycle();

    assert_eq!(world.user(ADA)["active"], false);
}

pub(crate) fn users_are_created() {
    let world = usual();
    assert!(world.names().is_empty());

    world.cycle();

    assert_eq!(world.names(), [ADA, BOB]);
}

pub(crate) fn users_are_removed() {
    let world = usual();
    world.cycle();
    let path = format!("/Users/{}", world.user(BOB)["id"].as_str().unwrap());

    world.change(&json!({"change": "unassign", "object": BOB}));
    world.change(&json!({"change": "softDelete", "object": ADA}));
    world.cycle();
    let (ada, bob) = (world.user(ADA), world.user(BOB));
    assert_eq!(world.post("/clock/advance", &json!({"by": "31d"})).status, 200);
    world.cycle();

    assert_eq!((&ada["active"], &bob["active"]), (&json!(false), &json!(false)));
    assert_eq!(world.names(), [BOB], "whoever is deleted for good is deleted");
    assert_eq!(world.scim().delete(&path).status, 204);
    assert_eq!(world.scim().get(&path).status, 404);
}

pub(crate) fn attributes_are_kept_in_step() {
    let world = usual();
    world.cycle();
    let changed = json!({"change": "setAttribute", "object": ADA, "attribute": "displayName",
        "value": "Ada Lind"});

    world.change(&changed);
    world.cycle();

    assert_eq!(world.user(ADA)["displayName"], "Ada Lind");
}

pub(crate) fn groups_are_provisioned() {
    let world = usual();
    world.cycle();
    let members = || world.server.group("Finance").unwrap()["members"].clone();
    let before = members();

    world.change(&json!({"change": "leave", "object": ADA, "group": "Finance"}));
    world.cycle();

    assert_eq!(before[0]["value"], world.user(ADA)["id"]);
    assert!(members().as_array().is_none_or(Vec::is_empty), "{}", members());
}

fn test_connection(world: &World) -> u16 {
    world.post("/entra/test-connection", &json!({})).status
}

pub(crate) fn key_is_the_secret_token() {
    let world = World::set_up();
    let made = world.console().post("/secret-key", &json!({"confirm": true}));

    world.job(&json!({"secretToken": made.at("/secretKey")}));

    assert_eq!(test_connection(&world), 200);
}

pub(crate) fn link_is_the_tenant_url() {
    let world = World::set_up();
    let link = world.console().get("/scim-link").at("/tenantUrl").to_owned();
    let key = world.server.secret_key().unwrap();
    let credentials = format!("[admin-credentials]\ntenant-url = '{link}'\nsecret-token = '{key}'");

    world.job(&json!({"configuration": credentials}));

    assert_eq!(test_connection(&world), 200);
    world.cycle();
    assert_eq!(world.names(), [ADA, BOB]);
}

pub(crate) fn scope_by_assignment_and_attributes() {
    let assigned = usual();
    assigned.cycle();
    let both = World::with_job(&json!({"configuration": SALES}));
    both.cycle();

    assert_eq!(assigned.names(), [ADA, BOB]);
    assert_eq!(both.names(), [ADA], "assigned, and in Sales");
}

pub(crate) fn who_is_assigned_comes() {
    let world = usual();
    world.cycle();

    world.change(&json!({"change": "assign", "object": CLEO}));
    world.cycle();

    assert_eq!(world.names(), [ADA, BOB, CLEO]);
}

pub(crate) fn a_scoping_filter_picks() {
    let world = World::with_job(&json!({"configuration": SALES, "scope": "all"}));
    world.cycle();

    assert_eq!(world.names(), [ADA, CLEO]);
}

pub(crate) fn two_are_assigned() {
    let world = World::with_job(&json!({"scope": "assigned"}));
    world.cycle();

    assert_eq!(world.names(), [ADA, BOB]);
}

pub(crate) fn a_filter_limits_everybody() {
    let world = World::with_job(&json!({"configuration": SALES, "scope": "all"}));
    world.cycle();
    let moved = json!({"change": "setAttribute", "object": BOB, "attribute": "department",
        "value": "Sales"});

    world.change(&moved);
    world.cycle();

    assert_eq!(world.names(), [ADA, BOB, CLEO]);
}

pub(crate) fn created_updated_disabled() {
    users_are_created();
    attributes_are_kept_in_step();
    people_come_and_go();
    groups_are_provisioned();
}

pub(crate) fn the_connection_is_tested() {
    let world = usual();

    assert_eq!(test_connection(&world), 200);
    assert!(world.names().is_empty(), "it only asks");
}

pub(crate) fn a_failed_test_is_tried_again() {
    let world = World::with_job(&json!({"secretToken": "a-wrong-token"}));

    let failed = test_connection(&world);
    let key = world.server.secret_key().unwrap();
    assert_eq!(world.put("/entra", &json!({"secretToken": key})).status, 200);

    assert_eq!((failed, test_connection(&world)), (422, 200));
}

pub(crate) fn failures_are_mailed() {
    let settings = "[settings]\nnotification-email = 'it@contoso.com'\n\
                    send-an-email-notification-when-a-failure-occurs = true";
    let world =
        World::with_job(&json!({"configuration": settings, "secretToken": "a-wrong-token"}));

    world.cycle();

    let mails = world.get("/entra/mails").json;
    assert_eq!(mails["items"][0]["to"], "it@contoso.com", "{mails}");
}

pub(crate) fn the_job_is_saved() {
    let world = World::set_up();
    assert_eq!(world.get("/entra").status, 404);

    world.job(&json!({"scope": "all"}));

    assert_eq!(world.get("/entra").status, 200);
    world.cycle();
    assert_eq!(world.names(), [ADA, BOB, CLEO]);
}

pub(crate) fn all_attributes_are_mapped() {
    let world = usual();
    world.cycle();
    let (ada, bob) = (world.user(ADA), world.user(BOB));

    assert_eq!(ada["userName"], ADA);
    assert_eq!(
        (&ada["emails"][0]["type"], &ada["emails"][0]["value"]),
        (&json!("work"), &json!("ada@mail.example"))
    );
    assert_eq!((&ada["displayName"], &ada["active"]), (&json!("Ada Berg"), &json!(true)));
    let name = json!({"givenName": "Ada", "familyName": "Berg", "formatted": "Ada Berg"});
    assert_eq!(ada["name"], name);
    assert_eq!(ada["externalId"], "ada");
    assert_eq!(ada[ENTERPRISE]["manager"]["value"], bob["id"]);
    let extension = json!({
        "configurationFilter": "SE-AP", "identityProvider": "Medius.Security",
        "nameIdentifier": ADA, "customFieldText1": "Sales", "customFieldText2": "Clerk",
        "customFieldText3": "E-1", "customFieldText4": "Hall 1", "customFieldText5": "Contoso",
    });
    assert_eq!(ada[MEDIUS], extension);
}

pub(crate) fn users_are_matched() {
    let world = usual();
    let before = world.scim().post("/Users", &user("ADA@contoso.com", json!({})));

    world.cycle();

    let after = world.user(ADA);
    assert_eq!((&after["id"], &after["displayName"]), (&before.json["id"], &json!("Ada Berg")));
    assert_eq!(world.server.users().len(), 2, "nobody is made twice");
}

pub(crate) fn matching_needs_filtering() {
    let mapping = "[users]\nattribute-mappings = [\n\
                   { target = 'userName', direct = 'userPrincipalName' },\n\
                   { target = 'externalId', direct = 'mailNickname', matching-precedence = 1 },\n]";
    let world = World::with_job(&json!({"configuration": mapping}));

    world.cycle();
    let without_filtering = world.names();
    let everything = json!({"filterable": "everything"});
    assert_eq!(world.console().patch("/scim-settings", &everything).status, 200);
    assert_eq!(world.post("/entra/restart", &json!({"scope": "Full"})).status, 200);
    world.cycle();

    assert!(without_filtering.is_empty(), "{without_filtering:?}");
    assert_eq!(world.names(), [ADA, BOB]);
}

pub(crate) fn group_attributes_are_mapped() {
    let world = usual();
    world.cycle();

    let group = world.server.group("Finance").unwrap();
    let external: String = group["externalId"].as_str().unwrap().into();
    assert_eq!(external.len(), 36, "the object's id in Entra: {external}");
    assert_eq!(group["members"][0]["value"], world.user(ADA)["id"]);
}

pub(crate) fn groups_are_matched() {
    let world = usual();
    let there =
        world.scim().post("/Groups", &json!({"schemas": [GROUP], "displayName": "FINANCE"}));

    world.cycle();

    let groups = world.server.groups();
    assert_eq!((groups.len(), &groups[0]["id"]), (1, &there.json["id"]));
    assert_eq!(groups[0]["members"][0]["value"], world.user(ADA)["id"]);
}

/// Starts the job, and waits until both who are assigned have come and the cycle has ended.
fn started() -> (World, Value) {
    let world = usual();
    assert_eq!(world.post("/entra/start", &json!({})).status, 200);
    let come = world.get("/state/wait?groups=members%20pr&count=1&timeout=30s");
    assert_eq!(come.status, 200, "{come:?}");
    // Orders are carried out one after the other: what is asked now is answered behind the cycle.
    assert_eq!(world.get("/entra/logs").status, 200);
    let status = world.get("/entra").json;
    (world, status)
}

pub(crate) fn status_on_starts() {
    let (world, status) = started();

    assert_eq!(status["started"], true);
    assert_eq!(world.names(), [ADA, BOB]);
}

pub(crate) fn the_scope_is_chosen() {
    let world = usual();
    world.cycle();
    assert_eq!(world.names(), [ADA, BOB]);

    assert_eq!(world.put("/entra", &json!({"scope": "all"})).status, 200);
    assert_eq!(world.post("/entra/restart", &json!({"scope": "Full"})).status, 200);
    world.cycle();

    assert_eq!(world.names(), [ADA, BOB, CLEO]);
}

pub(crate) fn the_initial_cycle_brings_all() {
    let (world, status) = started();

    assert_eq!(status["cycles"][0]["kind"], "initial", "{status}");
    assert_eq!(world.names(), [ADA, BOB]);
    assert!(world.server.group("Finance").is_some());
}

pub(crate) fn later_cycles() {
    let (world, status) = started();
    let first = world.server.requests().len();
    let at = |it: &Value| it.as_str().unwrap().parse::<Timestamp>().unwrap();
    let apart = at(&status["nextCycle"]).duration_since(at(&status["cycles"][0]["ended"]));

    let report = world.cycle();

    assert_eq!(report["cycle"]["kind"], "incremental", "{report}");
    assert!(world.server.requests().len() - first < first, "it asks for less");
    let interval = SignedDuration::from_mins(40);
    assert!(apart <= interval && apart > interval - SignedDuration::from_mins(5), "{apart:?}");
}

/// Has the second creation of a user end like this.
fn fail_second(world: &World, action: &Value) {
    let rule =
        json!({"match": {"operation": "user.create"}, "when": {"after": 1}, "action": action});
    assert_eq!(world.post("/faults", &rule).status, 201);
}

pub(crate) fn logs_tell_of_both() {
    let world = usual();
    fail_second(&world, &json!({"status": 400}));

    world.cycle();

    let of = |status: &str| {
        world.get(&format!("/entra/logs?action=create&status={status}")).json["total"].clone()
    };
    assert!(of("success").as_u64() > Some(0) && of("failure").as_u64() > Some(0));
}

pub(crate) fn progress_is_seen() {
    let world = usual();
    fail_second(&world, &json!({"connection": "hang"}));
    assert_eq!(world.post("/entra/cycle", &Value::Null).status, 202);
    let second = "/requests/wait?q=op:create&count=2&state=received&timeout=60s";
    assert_eq!(world.get(second).status, 200);

    let running = world.get("/entra").json["running"].clone();

    assert_eq!((&running["state"], &running["kind"]), (&json!("running"), &json!("initial")));
    let (done, steps) = (running["done"].as_u64().unwrap(), running["steps"].as_u64().unwrap());
    assert_eq!(running["percent"], done * 100 / steps, "{running}");
}

pub(crate) fn quarantine() {
    let world = World::with_job(&json!({"secretToken": "a-wrong-token"}));

    let report = world.cycle();

    assert_eq!(report["ended"], "quarantined", "{report}");
    assert_ne!(world.get("/entra").json["quarantine"], Value::Null);
    let anyone = Client::at(world.server.scim_url()).with_token("a-wrong-token");
    assert_eq!(anyone.get("/Users").status, 401);
}
