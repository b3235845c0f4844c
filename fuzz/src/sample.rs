//! A small tenant, and what must be true of a tenant at any time.

use std::sync::Arc;

use jiff::Timestamp;
use mediusflow_mock::{
    internals::{
        empty_tenant, medius,
        seed::nordlys_qa,
        tenant::{ScimProfile, State, Tenant, Terms},
    },
    scim::{
        Dialect, Group, Intent, List, Profile, Projection, Resource, ResourceType, Rules, Schemas,
        User, Value, accept, urn,
    },
};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

/// The time of all that happens.
pub(super) const NOW: Timestamp = Timestamp::constant(1_780_000_000, 0);

/// The URL of the SCIM service.
pub(super) const BASE: &str = "http://localhost/NordlysQA/scim/v2";

/// How a tenant speaks SCIM: both profiles, and the RFC to the letter.
pub(super) fn profiles() -> [(Profile, Dialect); 3] {
    let of = |profile| (profile, Dialect::of(profile));
    let strict = Dialect::of(Profile::Rfc).strict();
    [of(Profile::Rfc), of(Profile::Mediusflow), (Profile::Rfc, strict)]
}

/// A tenant with three users and two groups, and their ids.
pub(super) fn tenant((profile, dialect): (Profile, Dialect)) -> (Tenant, [SmolStr; 5]) {
    let tenant = empty_tenant(nordlys_qa(), ScimProfile::with(profile, dialect, schemas()));
    let make = |kind: &str, body: Json| {
        let schemas = tenant.schemas();
        let resource_type = schemas.resource_type(kind).expect("users and groups are built in");
        let made = tenant.create(resource_type, &body, Terms::default(), NOW);
        let done = made.expect("the sample follows the RFC");
        done.resource.id.clone()
    };
    let anna = make("User", anna());
    let bo = make("User", bo(&anna));
    let cia = make("User", json!({"schemas": [urn::USER], "userName": "cia"}));
    let crew = json!({
        "schemas": [urn::GROUP], "displayName": "Crew", "externalId": "crew",
        "members": [{"value": anna}, {"value": bo}],
    });
    let crew = make("Group", crew);
    let all = json!({"schemas": [urn::GROUP], "displayName": "All", "members": [{"value": crew}]});
    let all = make("Group", all);
    (tenant, [anna, bo, cia, crew, all])
}

fn schemas() -> &'static Arc<Schemas> {
    static SCHEMAS: std::sync::LazyLock<Arc<Schemas>> =
        std::sync::LazyLock::new(|| Arc::new(medius::schemas()));
    &SCHEMAS
}

/// A user with something of every shape.
fn anna() -> Json {
    json!({
        "schemas": [urn::USER, urn::ENTERPRISE_USER, medius::USER_EXTENSION],
        "userName": "anna@a.se", "externalId": "A-1", "displayName": "Anna Å",
        "name": {"givenName": "Anna", "familyName": "Åberg"},
        "emails": [
            {"value": "anna@a.se", "type": "work", "primary": true},
            {"value": "a@home.se", "type": "home"},
        ],
        "addresses": [{"type": "work", "country": "SE", "locality": "Umeå"}],
        "roles": [{"value": "clerk"}], "active": true, "title": "Clerk", "password": "secret",
        urn::ENTERPRISE_USER: {"department": "Tours", "employeeNumber": "10042"},
        medius::USER_EXTENSION: {"configurationFilter": "SE", "customFieldText1": "x"},
    })
}

fn bo(manager: &str) -> Json {
    json!({
        "schemas": [urn::USER, urn::ENTERPRISE_USER],
        "userName": "bo", "active": false, "title": "",
        urn::ENTERPRISE_USER: {"manager": {"value": manager}},
    })
}

/// A text with the ids in it: `@1` to `@5` stand for those of the sample's resources, so that the
/// texts need not know them.
pub(super) fn with_ids(text: &str, ids: &[SmolStr]) -> String {
    let numbered = (1..).zip(ids);
    numbered.fold(text.to_owned(), |text, (number, id)| text.replace(&format!("@{number}"), id))
}

/// What a text means as a value: JSON if it is, else itself.
pub(super) fn json_or_text(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// Everything that must be true of a tenant whatever happened to it.
///
/// # Panics
///
/// If it is not.
pub(super) fn assert_sound(tenant: &Tenant) {
    let state = tenant.snapshot();
    for resource_type in state.profile().schemas.resource_types() {
        for resource in state.resources().all(&resource_type.name) {
            assert_acceptable(&state, resource_type, resource);
            let found = state.resources().get(&resource_type.name, &resource.id);
            assert!(found.is_some_and(|it| Arc::ptr_eq(it, resource)), "the id leads elsewhere");
        }
    }
    for user in state.resources().all("User") {
        let named = state.resources().named("User", "userName", User(user).user_name());
        assert!(matches!(named[..], [one] if one.id == user.id), "userName is not unique");
        for group in state.resources().pointing(&user.id, "members") {
            assert!(members(group).any(|it| *it == user.id), "a pointer without a member");
        }
    }
    for group in state.resources().all("Group") {
        let named = state.resources().named("Group", "displayName", Group(group).display_name());
        assert!(named.iter().any(|it| it.id == group.id), "a group is not found by its name");
        for member in members(group) {
            let mut pointing = state.resources().pointing(member, "members");
            assert!(pointing.any(|it| it.id == group.id), "a member without a pointer");
        }
    }
}

fn members(group: &Resource) -> impl Iterator<Item = &SmolStr> {
    let list = group.value(None, "members").and_then(Value::as_list);
    list.into_iter().flat_map(List::iter).filter_map(|it| it.as_object()?.text("value"))
}

/// A resource as it is shown can be sent back to a server that tolerates nothing, and that changes
/// nothing.
fn assert_acceptable(state: &State, resource_type: &ResourceType, resource: &Resource) {
    let presentation = state.present(BASE);
    let view = presentation.view(resource, resource_type, &Projection::Default);
    let shown = serde_json::to_value(view).expect("a view has text keys only");
    let strict = Dialect::of(Profile::Rfc).strict();
    let rules = Rules::new(resource_type, &state.profile().schemas, &strict);
    match accept(&rules, &shown, Intent::Replace(resource)) {
        Ok(again) => assert!(resource.with(again, NOW).is_none(), "sent back it differs: {shown}"),
        Err(error) => panic!("sent back it is refused: {error:?}: {shown}"),
    }
}
