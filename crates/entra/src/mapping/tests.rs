use std::collections::BTreeMap;

use super::*;
use crate::{AppRole, JobConfiguration, sample::mediusflow};

struct Object(BTreeMap<&'static str, SourceValue>);

impl Attributes for Object {
    fn value(&self, name: &str) -> SourceValue {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

fn moment() -> EvaluationContext {
    EvaluationContext { now: "2026-01-02T03:04:05Z".parse().unwrap(), seed: 1 }
}

/// The mappings of users in a file with these rows, and one that matches.
fn mappings(rows: &str) -> AttributeMappings {
    let text = format!(
        "[users]\ntarget-attributes = ['a', 'b', 'c', 'd', 'e', 'r', 'u']\nattribute-mappings = [\n\
         {{ target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 }},\n\
         {rows}\n]"
    );
    JobConfiguration::parse("job.toml", &text, &mediusflow()).unwrap().users.mappings
}

/// What flows behind `userName`, of a user with these attributes.
fn flows(rows: &str, attributes: &[(&'static str, SourceValue)]) -> Vec<(FlowValue, Apply, bool)> {
    let mappings = mappings(rows);
    let object = Object(attributes.iter().cloned().collect());
    let flows = mappings.evaluate(&object, &moment()).unwrap();
    flows.into_iter().map(|it| (it.value, it.apply, it.redacted)).collect()
}

fn text(text: &str) -> FlowValue {
    FlowValue::Text(text.into())
}

#[test]
fn the_built_in_mappings_carry_a_user() {
    let user = Object(BTreeMap::from([
        ("userPrincipalName", "adele@contoso.com".into()),
        ("mail", "adele@contoso.com".into()),
        ("givenName", "Adele".into()),
        ("surname", "Vance".into()),
        ("IsSoftDeleted", false.into()),
        ("manager", SourceValue::Reference("m-1".into())),
    ]));
    let job = JobConfiguration::default();

    let flows = job.users.mappings.evaluate(&user, &moment()).unwrap();

    let shown: Vec<_> =
        flows.iter().map(|it| format!("{} = {:?}\n", it.mapping.target, it.value)).collect();
    expect_test::expect![[r#"
        userName = Text("adele@contoso.com")
        active = Boolean(true)
        emails[type eq "work"].value = Text("adele@contoso.com")
        name.givenName = Text("Adele")
        name.familyName = Text("Vance")
        name.formatted = Text("Adele Vance")
        urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager = Reference("m-1")
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier = Text("adele@contoso.com")
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn a_mapping_without_a_value_has_no_flow() {
    assert_eq!(flows("{ target = 'title', direct = 'jobTitle' }", &[]), []);
}

#[test]
fn a_default_value_flows_at_creation_only() {
    let row = "{ target = 'title', direct = 'jobTitle', default-value = 'None' }";

    let without = flows(row, &[]);
    let with = flows(row, &[("jobTitle", "Clerk".into())]);

    assert_eq!(without, [(text("None"), Apply::OnlyDuringCreation, false)]);
    assert_eq!(with, [(text("Clerk"), Apply::Always, false)]);
}

#[test]
fn a_mapping_of_none_only_fills_in_its_default() {
    let rows = "{ target = 'a', none = true }, { target = 'b', none = true, default-value = 'x' }";

    assert_eq!(flows(rows, &[]), [(text("x"), Apply::OnlyDuringCreation, false)]);
}

#[test]
fn an_ignored_flow_also_drops_its_default_value() {
    let row =
        "{ target = 'a', expression = 'IgnoreFlowIfNullOrEmpty([mail])', default-value = 'x' }";

    assert_eq!(flows(row, &[]), []);
}

#[test]
fn values_are_converted_to_the_type_of_their_target() {
    let rows = "{ target = 'a', direct = 'accountEnabled' },
        { target = 'b', direct = 'extensionAttribute1', target-type = 'Integer' },
        { target = 'c', direct = 'extensionAttribute2', target-type = 'Boolean' },
        { target = 'd', expression = 'Count([otherMails])', target-type = 'Integer' },
        { target = 'e', direct = 'otherMails' }";
    let mails = SourceValue::List(vec!["x".into(), "y".into()]);
    let attributes = [
        ("accountEnabled", true.into()),
        ("extensionAttribute1", "12".into()),
        ("extensionAttribute2", "FALSE".into()),
        ("otherMails", mails),
    ];

    let values: Vec<_> = flows(rows, &attributes).into_iter().map(|it| it.0).collect();

    assert_eq!(
        values,
        [
            text("True"),
            FlowValue::Integer(12),
            FlowValue::Boolean(false),
            FlowValue::Integer(2),
            FlowValue::List(vec!["x".into(), "y".into()]),
        ]
    );
}

#[test]
fn a_value_that_does_not_fit_fails_the_object() {
    let mappings = mappings("{ target = 'active', direct = 'extensionAttribute2' }");
    let object = Object(BTreeMap::from([("extensionAttribute2", "perhaps".into())]));

    let error = mappings.evaluate(&object, &moment()).unwrap_err();

    assert_eq!(error.to_string(), "active: expected True or False, found \"perhaps\"");
}

#[test]
fn roles_candidates_and_redaction_reach_the_flow() {
    let rows = [
        "{ target = 'a', expression = 'AppRoleAssignmentsComplex([appRoleAssignments])' }",
        "{ target = 'b', expression = \
           'Redact(AssertiveAppRoleAssignmentsComplex([appRoleAssignments]))' }",
        "{ target = 'u', expression = 'SelectUniqueValue([mail], \"b\")', \
           apply = 'Only during object creation' }",
        "{ target = 'r', expression = 'Redact([mail])' }",
    ];
    let role = AppRole { id: "1".into(), value: Some("ap".into()), display_name: "AP".into() };
    let held = vec![role];
    let attributes =
        [("mail", "a".into()), ("appRoleAssignments", SourceValue::Roles(held.clone()))];

    assert_eq!(
        flows(&rows.join(","), &attributes),
        [
            (FlowValue::Roles(held.clone(), RoleWrite::Add), Apply::Always, false),
            (FlowValue::Roles(held, RoleWrite::Replace), Apply::Always, true),
            (
                FlowValue::FirstUnique(vec!["a".into(), "b".into()]),
                Apply::OnlyDuringCreation,
                false
            ),
            (text("a"), Apply::Always, true),
        ]
    );
}

#[test]
fn matching_mappings_come_in_their_precedence() {
    let mappings = mappings(
        "{ target = 'a', direct = 'mail', matching-precedence = 3 }, \
                             { target = 'b', direct = 'mail', matching-precedence = 2 }",
    );

    let targets: Vec<_> = mappings.matching().iter().map(|it| &*it.target).collect();

    assert_eq!(targets, ["userName", "b", "a"]);
}
