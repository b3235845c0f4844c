//! Makes a tenant from a fixture and a seed.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::SEED_TIME;
use crate::{
    medius::{self, ProvisioningMode},
    scim::{Schemas, urn},
    seed::{self, GroupSeed, Person, TenantSeed},
    tenant::{Master, ScimProfile, Tenant},
};

/// What a tenant starts with, in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) users: usize,
    pub(super) groups: usize,
    pub(super) fresh: bool,
}

/// A tenant made from a fixture, with these schemas if there are other ones than the built-in.
pub(super) fn tenant(
    fixture: &TenantSeed,
    plan: Plan,
    profile: Arc<ScimProfile>,
    schemas: Option<&Schemas>,
) -> Tenant {
    let (data, console_users) = (fixture.data.clone(), fixture.console_users.clone());
    let master = Arc::new(Master { data, console_users, sign_in: fixture.sign_in });
    let mut tenant = Tenant::new(fixture.name.clone(), master, profile, plan.seed);
    if !plan.fresh {
        set_up(&tenant, fixture).expect("the steps are done in their order");
    }
    plant(&mut tenant, fixture, plan);
    // After the users: seeded ones have no extension that a schema of one's own requires.
    if let Some(own) = schemas {
        tenant.adopt_schemas(own.clone()).expect("what is seeded has built-in attributes only");
    }
    // What a reset goes back to is all of this.
    Tenant::of(fixture.name.clone(), tenant.snapshot())
}

/// Puts people and groups into a tenant that has none.
pub(super) fn plant(tenant: &mut Tenant, fixture: &TenantSeed, plan: Plan) {
    let ids = plant_users(tenant, plan.seed, fixture, plan.users);
    plant_groups(tenant, seed::groups(plan.seed, fixture, plan.groups, plan.users), &ids);
}

/// Goes through the tutorial's steps as an admin would.
fn set_up(tenant: &Tenant, seed: &TenantSeed) -> Result<(), crate::tenant::ConsoleError> {
    tenant.authenticate(None, SEED_TIME)?;
    tenant.verify_connection(&seed.name.described())?;
    tenant.save_entra_tenant(seed.entra_tenant_id)?;
    tenant.choose_mode(ProvisioningMode::UserProvisioning)?;
    tenant.generate_key(None)?;
    tenant.adopt_configurations(seed.configurations.clone());
    // The host is not known here, and the link is the same whatever it is.
    tenant.copy_link(&format!("/{}/scim/v2", seed.name))
}

fn plant_users(tenant: &mut Tenant, number: u64, seed: &TenantSeed, count: usize) -> Vec<SmolStr> {
    let schemas = tenant.schemas();
    let user = schemas.resource_type("User").expect("users are built in");
    let mut ids = Vec::with_capacity(count);
    for person in seed::people(number, seed, count) {
        let body = user_body(&person, &ids);
        let id = tenant.plant(user, &body, SEED_TIME).expect("seeded people are valid and unique");
        ids.push(id);
    }
    ids
}

fn plant_groups(tenant: &mut Tenant, groups: impl Iterator<Item = GroupSeed>, ids: &[SmolStr]) {
    let schemas = tenant.schemas();
    let group = schemas.resource_type("Group").expect("groups are built in");
    for it in groups {
        let members: Vec<Json> = it.members.iter().map(|at| json!({"value": ids[*at]})).collect();
        let body = json!({
            "schemas": [urn::GROUP],
            "displayName": it.display_name,
            "externalId": it.external_id,
            "members": members,
        });
        tenant.plant(group, &body, SEED_TIME).expect("seeded groups are valid and unique");
    }
}

/// A person as Entra would send it (the attributes of the tutorial's table, and a few more).
fn user_body(person: &Person, ids: &[SmolStr]) -> Json {
    let manager = person.manager.map(|at| json!({"value": ids[at]}));
    let [text1, text2, text3, text4, text5] = &person.custom_field_text;
    json!({
        "schemas": [urn::USER, urn::ENTERPRISE_USER, medius::USER_EXTENSION],
        "userName": person.user_name,
        "externalId": person.external_id,
        "displayName": person.display_name,
        "name": {
            "formatted": person.formatted,
            "givenName": person.given_name,
            "familyName": person.family_name,
        },
        "emails": [{"type": "work", "value": person.email, "primary": true}],
        "active": person.active,
        "title": person.title,
        "preferredLanguage": person.preferred_language,
        urn::ENTERPRISE_USER: {
            "department": person.department,
            "employeeNumber": person.employee_number,
            "manager": manager,
        },
        medius::USER_EXTENSION: {
            "configurationFilter": person.configuration_filter,
            "identityProvider": person.identity_provider,
            "nameIdentifier": person.name_identifier,
            "customFieldText1": text1,
            "customFieldText2": text2,
            "customFieldText3": text3,
            "customFieldText4": text4,
            "customFieldText5": text5,
        },
    })
}
