use mediusflow_mock::entra::{Action, CycleKind, ErrorCode, JobConfiguration, Restart, Status};
use mediusflow_mock::scim::{Dialect, Profile};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{World, tally};

#[test]
fn an_initial_cycle_creates_the_assigned_with_all_attributes() {
    let mut world = World::new();

    world.cycle();

    assert_eq!(world.writes(), ["POST /Users", "POST /Users"]);
    let adele = world.target_user("adele");
    assert_eq!(adele["active"], true);
    assert_eq!(adele["displayName"], "Adele Berg");
    assert_eq!(adele["name"]["givenName"], "Adele");
    assert_eq!(adele["name"]["formatted"], "Adele Berg");
    assert_eq!(adele["emails"][0]["value"], "adele@contoso.com");
    assert_eq!(adele["externalId"], "adele");
    assert_eq!(world.target_user("megan"), Value::Null);
}

#[test]
fn users_come_before_their_managers_then_groups_then_members() {
    let mut world = World::new();
    world.manager("adele", Some("alex"));
    world.group("Finance Team", &["adele", "alex"]);
    world.assign("Finance Team");

    world.cycle();

    let writes = world.writes();
    assert_eq!(writes[..2], ["POST /Users", "POST /Users"]);
    assert_eq!(
        writes[2..],
        ["PATCH /Users/{adele}", "POST /Groups", "PATCH /Groups/{Finance Team}"]
    );
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex"]);
}

#[test]
fn a_cycle_without_changes_sends_only_the_probe() {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();

    world.cycle();

    assert_eq!(world.wire.sent().len(), 2);
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[test]
fn a_change_that_maps_to_nothing_is_redundant() {
    let mut world = World::new();
    world.cycle();

    world.set("adele", "city", "Oslo");
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    let line = world.log("adele");
    assert_eq!((line.status, line.error), (Status::Skipped, Some(ErrorCode::RedundantExport)));
}

#[test]
fn only_changed_attributes_are_sent() {
    let mut world = World::new();
    world.cycle();

    world.set("adele", "surname", "Wilke");
    world.cycle();

    assert_eq!(world.writes(), ["PATCH /Users/{adele}"]);
    let paths: Vec<_> =
        world.patches()[0].as_array().unwrap().iter().map(|it| it["path"].clone()).collect();
    assert_eq!(paths, ["name.familyName", "name.formatted"]);
    let old: Vec<_> =
        world.log("adele").modified.iter().map(|it| it.old.clone().unwrap()).collect();
    assert_eq!(old, ["Berg", "Adele Berg"]);
}

#[test]
fn a_user_is_renamed_on_the_same_id() {
    let mut world = World::new();
    world.cycle();
    let id = world.target_user("adele")["id"].clone();

    world.set("adele", "userPrincipalName", "adele.wilke@contoso.com");
    world.cycle();

    assert_eq!(world.target_user("adele.wilke")["id"], id);
    assert_eq!(world.count("Users"), 2);
}

/// Other mappings than the defaults.
const FEWER: &str = r#"
    [users]
    attribute-mappings = [
      { target = "userName", direct = "userPrincipalName", matching-precedence = 1 },
      { target = "displayName", direct = "displayName" },
      { target = "title", expression = 'Join(" ", [jobTitle])', default-value = "none" },
    ]
"#;

#[rstest]
#[case::restart(|world: &mut World| world.job.restart(Restart::default()))]
#[case::other_mappings(|world: &mut World| {
    let mut job = world.job.configuration().clone();
    job.users.mappings = JobConfiguration::parse("job.toml", FEWER, &mediusflow_mock::internals::medius::schemas()).unwrap().users.mappings;
    world.job.configure(job).unwrap();
})]
fn who_was_renamed_is_nobody_else_in_an_initial_cycle(#[case] again: fn(&mut World)) {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();
    let id = world.target_user("adele")["id"].clone();

    world.set("adele", "userPrincipalName", "adele.wilke@contoso.com");
    world.change(json!({ "change": "setAttribute", "object": "Finance Team",
                         "attribute": "displayName", "value": "Money Team" }));
    again(&mut world);
    world.cycle();

    assert_eq!(world.target_user("adele.wilke")["id"], id);
    assert_eq!((world.count("Users"), world.count("Groups")), (2, 1));
    assert_eq!(world.target_members("Money Team").unwrap(), ["adele.wilke"]);
    let mut reads = world.wire.sent().into_iter().filter(|it| it.method == "GET");
    assert!(reads.any(|it| world.named(&it.path) == "/Users/{adele}"), "{:?}", world.wire.sent());
}

#[test]
fn two_who_swap_their_names_before_an_initial_cycle_keep_their_ids() {
    let mut world = World::new();
    world.cycle();
    let ids = ["adele", "alex"].map(|it| world.target_user(it)["id"].clone());

    world.set("adele", "userPrincipalName", "between@contoso.com");
    world.set("alex", "userPrincipalName", "adele@contoso.com");
    world.set("between@contoso.com", "userPrincipalName", "alex@contoso.com");
    world.job.restart(Restart::default());
    world.run(); // one of the names is taken while it is the other's
    world.later(24);
    world.run();

    assert_eq!(world.count("Users"), 2);
    let names = ids.map(|it| world.get(&format!("/Users/{}", it.as_str().unwrap())));
    assert_eq!(names.map(|it| it["externalId"].clone()), ["adele", "alex"]);
}

#[test]
fn types_that_are_switched_off_are_left_as_they_are() {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();
    let (mut off, on) = (world.job.configuration().clone(), world.job.configuration().clone());
    (off.users.enabled, off.groups.enabled) = (false, false);

    world.job.configure(off).unwrap();
    world.user("disable", "adele");
    world.user("hardDelete", "alex");
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!((world.count("Users"), world.count("Groups")), (2, 1));

    world.job.configure(on).unwrap();
    world.cycle();

    assert_eq!(world.target_user("adele")["active"], false);
    assert_eq!((world.count("Users"), world.count("Groups")), (1, 1));
}

#[test]
fn an_expression_that_leaves_no_text_is_as_no_value() {
    let mut world = World::with(FEWER, "");

    world.cycle();

    let posts = world.wire.sent().into_iter().filter(|it| it.method == "POST");
    let titles: Vec<_> = posts.map(|it| it.body["title"].clone()).collect();
    assert_eq!(titles, ["none", "none"]);
}

#[test]
fn a_disabled_user_is_disabled_and_enabled_again() {
    let mut world = World::new();
    world.cycle();

    world.user("disable", "adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], false);
    assert_eq!(world.log("adele").action, Action::Disable);
    assert_eq!(world.patches()[0], json!([{"op": "Replace", "path": "active", "value": "False"}]));

    world.user("enable", "adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], true);
    assert_eq!(world.patches()[0], json!([{"op": "Replace", "path": "active", "value": "True"}]));
}

#[test]
fn a_user_who_is_disabled_from_the_start_is_not_provisioned() {
    let mut world = World::new();
    world.user("disable", "adele");

    world.cycle();

    assert_eq!(world.writes(), ["POST /Users"]);
    assert_eq!(world.log("adele").error, Some(ErrorCode::NotEffectivelyEntitled));
}

#[test]
fn an_unassigned_user_is_disabled_and_assigned_again_on_the_same_id() {
    let mut world = World::new();
    world.cycle();
    let id = world.target_user("adele")["id"].clone();

    world.user("unassign", "adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], false);

    world.assign("adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], true);
    assert_eq!(world.target_user("adele")["id"], id);
    assert_eq!(world.writes(), ["PATCH /Users/{adele}"]);
}

#[test]
fn an_attribute_that_loses_its_value_is_not_sent() {
    let mut world = World::new();
    world.set("adele", "department", "Sales");
    world.cycle();

    world.set("adele", "department", Value::Null);
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
}

#[test]
fn a_default_is_sent_at_creation_only() {
    let toml = r#"
        [users]
        attribute-mappings = [
          { target = "userName", direct = "userPrincipalName", matching-precedence = 1 },
          { target = "title", direct = "jobTitle", default-value = "None" },
        ]"#;
    let mut world = World::with(toml, "");
    world.cycle();
    assert_eq!(world.target_user("adele")["title"], "None");

    world.set("adele", "jobTitle", "Clerk");
    world.cycle();
    world.set("adele", "jobTitle", Value::Null);
    world.cycle();

    assert_eq!(world.target_user("adele")["title"], "Clerk");
}

#[test]
fn matching_attributes_are_tried_one_by_one_in_their_precedence() {
    let toml = r#"
        [users]
        attribute-mappings = [
          { target = "externalId", direct = "mailNickname", matching-precedence = 2 },
          { target = "userName", direct = "userPrincipalName", matching-precedence = 1 },
        ]"#;
    let mut world = World::at(Dialect::of(Profile::Rfc), toml, "?aadOptscim062020");
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                      "userName": "old.name", "externalId": "adele"});
    assert_eq!(world.call("POST", "/Users", Some(body)).status, 201);

    world.cycle();

    let sent = world.wire.sent();
    let about: Vec<_> = sent.iter().filter(|it| it.path.contains("adele")).collect();
    assert!(about[0].path.starts_with("/Users?filter=userName+eq+"));
    assert!(about[1].path.starts_with("/Users?filter=externalId+eq+"));
    assert_eq!(world.writes()[0], "PATCH /Users/{adele}");
    assert_eq!(world.count("Users"), 2);
    assert_eq!(world.log("adele").matched, Some(true));
}

#[test]
fn an_account_is_matched_however_its_name_is_typed() {
    let mut world = World::new();
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                      "userName": "\u{ff21}DELE@contoso.com"});
    assert_eq!(world.call("POST", "/Users", Some(body)).status, 201);

    world.cycle();

    assert_eq!(world.count("Users"), 2);
    assert_eq!(world.log("adele").matched, Some(true));
}

#[test]
fn new_mappings_start_an_initial_cycle_with_the_links_kept() {
    let mut world = World::new();
    world.cycle();
    let id = world.target_user("adele")["id"].clone();
    world.set("adele", "jobTitle", "Clerk");
    world.cycle();
    let toml = r#"
        [users]
        attribute-mappings = [
          { target = "userName", direct = "userPrincipalName", matching-precedence = 1 },
          { target = "title", direct = "jobTitle" },
        ]"#;

    world.job.configure(super::support::configuration(&world.server, toml, "")).unwrap();
    let report = world.run();

    assert_eq!(report.execution.unwrap().kind, CycleKind::Initial);
    assert_eq!(world.target_user("adele")["title"], "Clerk");
    assert_eq!(world.target_user("adele")["id"], id);
}

#[test]
fn a_scoping_filter_decides_and_who_falls_out_is_disabled() {
    let toml = r#"
        scope = "Sync all users and groups"
        [[users.scoping-filters]]
        title = "Sales"
        clauses = [{ attribute = "department", operator = "EQUALS", value = "Sales" }]"#;
    let mut world = World::with(toml, "");
    world.set("megan", "department", "Sales");
    world.cycle();
    assert_eq!(world.count("Users"), 1);

    world.set("megan", "department", "Legal");
    world.cycle();

    assert_eq!(world.target_user("megan")["active"], false);
}

#[test]
fn with_skip_out_of_scope_deletions_nobody_is_disabled_for_leaving() {
    let mut world = World::with("skip-out-of-scope-deletions = true", "");
    world.cycle();

    world.user("unassign", "adele");
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.target_user("adele")["active"], true);
}

#[test]
fn the_target_object_actions_are_kept_to() {
    let mut world = World::with("[users]\ntarget-object-actions = [\"Update\"]", "");

    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    let skipped = [("Other skipped".to_owned(), 2)].into();
    assert_eq!(tally(world.job.logs()), skipped);
    assert_eq!(world.log("adele").error, Some(ErrorCode::EntrySynchronizationSkipped));
}

#[test]
fn a_guest_is_sent_by_the_name_at_home() {
    let mut world = World::new();
    world.set("adele", "userPrincipalName", "adele_fabrikam.com#EXT#@contoso.com");

    world.cycle();

    assert_eq!(world.target_user("adele@fabrikam.com")["active"], true);
}
