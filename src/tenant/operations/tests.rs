use std::thread;

use rstest::rstest;
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    journal::{EffectKind, ValueChange},
    medius::{self, Reason},
    scim::{Profile, ScimType, urn},
    tenant::{
        Preconditions,
        sample::{configuration, fresh, tenant},
    },
};

fn manager_of(id: &str) -> Json {
    json!({"manager": {"value": id}})
}

fn members(tenant: &Tenant, group: &str) -> Vec<String> {
    let shown = tenant.shown("Group", group);
    let members = shown["members"].as_array().cloned().unwrap_or_default();
    members.iter().map(|it| it["value"].as_str().unwrap().to_owned()).collect()
}

fn groups(tenant: &Tenant, user: &str) -> Vec<(String, String)> {
    let shown = tenant.shown("User", user);
    let groups = shown["groups"].as_array().cloned().unwrap_or_default();
    let text = |it: &Json| it.as_str().unwrap().to_owned();
    groups.iter().map(|it| (text(&it["display"]), text(&it["type"]))).collect()
}

/// The changes of an effect, each in one line.
fn lines(done: &Done) -> Vec<String> {
    let line = |it: &crate::journal::AttributeChange| match &it.value {
        ValueChange::Single { before, after } => format!("{}: {before:?} -> {after:?}", it.path),
        ValueChange::Multiple { before, after, added, removed } => {
            let names = |all: &[crate::journal::NamedValue]| -> Vec<String> {
                all.iter().map(|it| it.name.to_string()).collect()
            };
            let (added, removed) = (names(added), names(removed));
            format!("{}: {before} -> {after} +{added:?} -{removed:?}", it.path)
        }
    };
    done.effect.changes.iter().map(line).collect()
}

#[test]
fn a_name_is_taken_in_any_case_and_the_holder_is_named() {
    let tenant = tenant();
    let anna = tenant.user("Anna@x");
    let bo = tenant.user("bo@x");

    let created = tenant.post("User", json!({"userName": "ANNA@X"})).unwrap_err();
    let renamed = tenant.put("User", &bo, json!({"userName": "aNNa@x"})).unwrap_err();

    assert_eq!((created.code(), created.scim_type()), (409, Some(ScimType::Uniqueness)));
    assert_eq!(
        created.detail(),
        format!(
            "userName \"ANNA@X\" is in use by User {anna}; \
             give another userName, or change that User with PUT or PATCH"
        )
    );
    assert_eq!(renamed.scim_type(), Some(ScimType::Uniqueness));
    assert_eq!(tenant.shown("User", &bo)["userName"], "bo@x");
}

#[test]
fn a_group_may_share_its_name_only_in_the_profile_of_the_rfc() {
    let (documented, rfc) = (tenant(), fresh(Profile::Rfc));
    for tenant in [&documented, &rfc] {
        tenant.group("Finance", &[]);
    }

    let again = |tenant: &Tenant| tenant.post("Group", json!({"displayName": "FINANCE"})).is_ok();

    assert_eq!((again(&documented), again(&rfc)), (false, true));
}

#[test]
fn an_own_name_is_no_conflict() {
    let tenant = tenant();
    let anna = tenant.user("anna@x");

    let put = tenant.put("User", &anna, json!({"userName": "Anna@X", "title": "Boss"})).unwrap();

    assert_eq!(
        lines(&put),
        ["userName: Some(\"anna@x\") -> Some(\"Anna@X\")", "title: None -> Some(\"Boss\")",]
    );
    assert_eq!(tenant.found("User", "userName eq \"anna@x\""), [anna]);
}

#[test]
fn a_name_that_was_given_up_is_free_and_gets_another_id() {
    let tenant = tenant();
    let first = tenant.user("anna@x");
    tenant
        .patch("User", &first, json!([{"op": "replace", "path": "userName", "value": "bo@x"}]))
        .unwrap();
    let second = tenant.user("anna@x");
    tenant.drop_one("User", &first).unwrap();
    tenant.drop_one("User", &second).unwrap();
    let third = tenant.user("anna@x");

    assert!(first != second && second != third && first != third);
    assert_eq!(tenant.found("User", "userName eq \"bo@x\""), [""; 0]);
}

#[test]
fn ids_do_not_depend_on_the_order_of_requests() {
    let ids = |names: [&str; 3]| {
        let tenant = tenant();
        let mut ids = names.map(|name| (name.to_lowercase(), tenant.user(name)));
        ids.sort();
        ids
    };

    assert_eq!(ids(["a@x", "b@x", "c@x"]), ids(["C@x", "A@x", "B@x"]));
}

#[test]
fn of_parallel_creates_of_one_name_one_succeeds() {
    let tenant = tenant();

    let created = thread::scope(|scope| {
        let create = || tenant.post("User", json!({"userName": "anna@x"})).is_ok();
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(create)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).filter(|it| *it).count()
    });

    assert_eq!((created, tenant.snapshot().resources().len("User")), (1, 1));
}

#[test]
fn parallel_patches_of_one_group_lose_no_member() {
    let tenant = tenant();
    let group = tenant.group("Finance", &[]);
    let users: Vec<String> = (0..40).map(|n| tenant.user(&format!("u{n}@x"))).collect();

    thread::scope(|scope| {
        for user in &users {
            let add = json!([{"op": "add", "path": "members", "value": [{"value": user}]}]);
            scope.spawn(|| tenant.patch("Group", &group, add).unwrap());
        }
    });

    let mut found = members(&tenant, &group);
    found.sort();
    let mut expected = users;
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(tenant.shown("Group", &group)["meta"]["version"], "W/\"41\"");
}

#[test]
fn a_deleted_user_leaves_every_group_and_who_had_it_as_manager() {
    let tenant = tenant();
    let (anna, bo) = (tenant.user("anna@x"), tenant.user("bo@x"));
    let groups: Vec<String> =
        (0..1_000).map(|n| tenant.group(&format!("g{n}"), &[&anna, &bo])).collect();
    let managed = json!({"userName": "carl@x", urn::ENTERPRISE_USER: manager_of(&anna)});
    let carl = tenant.post("User", managed).unwrap().resource.id.to_string();

    let done = tenant.drop_one("User", &anna).unwrap();

    assert!(groups.iter().all(|it| members(&tenant, it) == [bo.as_str()]));
    assert_eq!(tenant.shown("User", &carl)["schemas"], json!([urn::USER]));
    assert_eq!(tenant.shown("User", &carl)["meta"]["version"], "W/\"2\"");
    assert_eq!(done.remark.as_deref(), Some("left 1001"));
    assert_eq!(
        tenant.found("Group", &format!("id eq \"{}\" and members eq \"{anna}\"", groups[0])),
        [""; 0]
    );
    assert_eq!(tenant.drop_one("User", &anna).unwrap_err().code(), 404);
}

#[test]
fn a_deleted_group_leaves_the_groups_it_was_in_and_its_members() {
    let tenant = tenant();
    let anna = tenant.user("anna@x");
    let inner = tenant.group("Inner", &[&anna]);
    let outer = tenant.group("Outer", &[&inner]);

    assert_eq!(
        groups(&tenant, &anna),
        [("Inner".into(), "direct".into()), ("Outer".into(), "indirect".into())]
    );
    tenant.drop_one("Group", &inner).unwrap();

    assert_eq!((members(&tenant, &outer).len(), groups(&tenant, &anna).len()), (0, 0));
}

#[test]
fn groups_that_contain_each_other_are_shown_once() {
    let tenant = tenant();
    let anna = tenant.user("anna@x");
    let one = tenant.group("One", &[&anna]);
    let two = tenant.group("Two", &[&one]);
    let member =
        json!([{"op": "add", "path": "members", "value": [{"value": two}, {"value": one}]}]);
    tenant.patch("Group", &one, member).unwrap();

    assert_eq!(
        groups(&tenant, &anna),
        [("One".into(), "direct".into()), ("Two".into(), "indirect".into())]
    );
    assert_eq!(members(&tenant, &one), [anna, two, one.clone()]);
    tenant.drop_one("Group", &one).unwrap();
}

#[test]
fn a_snapshot_does_not_see_later_writes() {
    let tenant = tenant();
    let anna = tenant.user("anna@x");
    let before = tenant.snapshot();

    tenant.user("bo@x");
    tenant.patch("User", &anna, json!([{"op": "add", "path": "title", "value": "Boss"}])).unwrap();

    let seen = before.resources().get("User", &anna).unwrap();
    assert_eq!((before.resources().len("User"), seen.version), (1, 1));
    assert_eq!(seen.value(None, "title"), None);
}

#[rstest]
#[case::patch(json!([{"op": "replace", "path": "userName", "value": "anna@x"}]))]
#[case::several(json!([{"op": "add", "path": "title", "value": "x"}, {"op": "remove", "path": "title"}]))]
fn what_changes_nothing_keeps_version_time_and_revision(#[case] operations: Json) {
    let tenant = tenant();
    let anna = tenant.user("anna@x");
    let (revision, before) = (tenant.revision(), tenant.shown("User", &anna));

    let done = tenant.patch("User", &anna, operations).unwrap();

    assert_eq!((done.effect.kind, lines(&done).len()), (EffectKind::Unchanged, 0));
    assert_eq!((tenant.revision(), tenant.shown("User", &anna)), (revision, before));
}

#[test]
fn a_refused_request_leaves_everything_as_it_was() {
    let tenant = tenant();
    let anna = tenant.user("anna@x");
    let (revision, before) = (tenant.revision(), tenant.shown("User", &anna));
    let operations = json!([
        {"op": "replace", "path": "userName", "value": "bo@x"},
        {"op": "replace", "path": "active", "value": "maybe"},
    ]);

    assert!(tenant.patch("User", &anna, operations).is_err());

    assert_eq!((tenant.revision(), tenant.shown("User", &anna)), (revision, before));
    assert_eq!(tenant.found("User", "userName eq \"bo@x\""), [""; 0]);
}

#[test]
fn an_effect_names_members_and_managers_and_hides_passwords() {
    let tenant = tenant();
    let anna = tenant.post("User", json!({"userName": "anna@x", "displayName": "Anna"})).unwrap();
    let anna = anna.resource.id.to_string();
    let bo = tenant.user("bo@x");
    let group = tenant.group("Finance", &[&anna]);

    let joined = json!([
        {"op": "remove", "path": format!("members[value eq \"{anna}\"]")},
        {"op": "add", "path": "members", "value": [{"value": bo}, {"value": "nobody"}]},
    ]);
    let joined = tenant.patch("Group", &group, joined).unwrap();
    let changed = json!([
        {"op": "add", "value": {"password": "secret-1", "name": {"givenName": "Bo"},
            urn::ENTERPRISE_USER: manager_of(&anna)}},
    ]);
    let changed = tenant.patch("User", &bo, changed).unwrap();
    let gone = tenant.drop_one("User", &bo).unwrap();

    assert_eq!(lines(&joined), ["members: 1 -> 2 +[\"bo@x\", \"nobody\"] -[\"Anna\"]"]);
    assert_eq!(
        lines(&changed),
        [
            "name.givenName: None -> Some(\"Bo\")",
            "password: None -> Some(\"••••\")",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager: None -> Some(\"Anna\")",
        ]
    );
    assert_eq!(lines(&gone)[0], "userName: Some(\"bo@x\") -> None");
    assert!(!format!("{:?} {:?}", changed.effect, gone.effect).contains("secret-1"));
    assert_eq!((gone.effect.kind, gone.effect.subject.name.as_str()), (EffectKind::Deleted, "Bo"));
}

#[test]
fn what_was_tolerated_is_told() {
    let tenant = tenant();
    let anna = tenant.user("anna@x");

    let done = tenant
        .patch("User", &anna, json!([{"op": "Replace", "path": "active", "value": "False"}]))
        .unwrap();

    let noted: Vec<_> = done.noted.iter().map(|it| (it.quirk.name(), it.at.as_str())).collect();
    assert_eq!(noted, [("opCase", "Replace"), ("stringBoolean", "active")]);
}

#[test]
fn a_configuration_stays_until_the_filter_changes_or_an_admin_applies_them_again() {
    let tenant = tenant();
    tenant.add_configuration(configuration("Default", "")).unwrap();
    let sweden = tenant.add_configuration(configuration("Sweden", "SE")).unwrap().configuration;
    let filter = |filter: &str| json!({"configurationFilter": filter});
    let body = json!({"userName": "anna@x", medius::USER_EXTENSION: filter("se ")});
    let done = tenant.post("User", body).unwrap();
    let anna = done.resource.id.clone();
    let name = |tenant: &Tenant| {
        let choice = tenant.snapshot().applied(&anna).unwrap().clone();
        choice.configuration.map(|it| it.name.clone())
    };

    assert_eq!(done.remark.as_deref(), Some("Sweden (1 role, 1 company)"));
    tenant
        .replace_configuration(&sweden.id, configuration("Norden", "SE"), Preconditions::default())
        .unwrap();
    let same = json!([{"op": "replace", "path": format!("{}:configurationFilter", medius::USER_EXTENSION), "value": "SE"}]);
    assert_eq!(tenant.patch("User", &anna, same).unwrap().remark, None);
    assert_eq!(name(&tenant).as_deref(), Some("Sweden"));
    assert_eq!(tenant.reapply(Some(&anna)).unwrap().changed, 1);
    assert_eq!(name(&tenant).as_deref(), Some("Norden"));
    assert_eq!(tenant.reapply(None).unwrap().changed, 0);

    let other = json!([{"op": "replace", "path": format!("{}:configurationFilter", medius::USER_EXTENSION), "value": "DK"}]);
    let other = tenant.patch("User", &anna, other).unwrap();
    assert_eq!(
        other.remark.as_deref(),
        Some("no configuration matches \"DK\", default Default (1 role, 1 company)")
    );
    tenant.drop_one("User", &anna).unwrap();
    assert_eq!(tenant.snapshot().applied(&anna), None);
}

#[test]
fn a_user_without_a_configuration_is_stored_unless_the_tenant_wants_one() {
    let (mut tenant, body) = (
        tenant(),
        json!({"userName": "anna@x", medius::USER_EXTENSION: {"configurationFilter": "SE"}}),
    );
    let anna = tenant.post("User", body.clone()).unwrap();
    assert_eq!(anna.remark.as_deref(), Some("no configuration applies"));
    let choice = anna.state.applied(&anna.resource.id).unwrap();
    assert_eq!(choice.reason, Reason::None { filter: Some("SE".into()) });
    tenant.drop_one("User", &anna.resource.id).unwrap();

    let state = Arc::make_mut(tenant.state.get_mut().unwrap());
    Arc::make_mut(&mut state.profile).requires_configuration = true;

    let refused = tenant.post("User", body).unwrap_err();
    assert_eq!(refused.scim_type(), Some(ScimType::InvalidValue));
    assert_eq!(
        refused.detail(),
        "no user configuration applies to configurationFilter \"SE\"; \
         add a configuration in the admin console (tutorial, step 8)"
    );
    assert_eq!(tenant.snapshot().resources().len("User"), 0);
}

#[test]
fn a_user_that_is_planted_is_there_as_if_it_had_been_created() {
    let mut tenant = tenant();
    let schemas = tenant.schemas();
    let resource_type = schemas.resource_type("User").unwrap();
    let body = json!({"schemas": [urn::USER], "userName": "anna@x"});

    let planted = tenant.plant(resource_type, &body, crate::tenant::sample::at(0)).unwrap();

    assert_eq!(tenant.found("User", "userName eq \"anna@x\""), [planted.as_str()]);
    assert!(tenant.plant(resource_type, &body, crate::tenant::sample::at(0)).is_err());
}
