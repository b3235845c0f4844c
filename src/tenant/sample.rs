//! A small tenant for this room's tests.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{Done, Master, OperationTarget, ScimProfile, SignInSettings, Tenant, Terms};
use crate::{
    medius::{
        self, ConfigurationDraft, ConsoleUserDraft, MasterDataDraft, ProvisioningMode,
        console_users,
    },
    scim::{
        Dialect, Profile, Projection, Rules, ScimError, Search, SearchRequest, WorkBudget, urn,
    },
};

/// A tenant that nobody has logged in to.
pub(super) fn fresh(profile: Profile) -> Tenant {
    let data: MasterDataDraft = serde_json::from_str(MASTER_DATA).unwrap();
    let user = |user_name: &str, role: &str| ConsoleUserDraft {
        user_name: user_name.into(),
        display_name: user_name.into(),
        roles: vec![role.into()],
    };
    let data = Arc::new(data.resolve().unwrap());
    let users = vec![user("admin@nordlys", "Admin"), user("clerk@nordlys", "Clerk")];
    let console_users = console_users(users, &data).unwrap().into();
    let master = Master { data, console_users, sign_in: SignInSettings::default() };
    let profile = ScimProfile::with(profile, Dialect::of(profile), &Arc::new(medius::schemas()));
    Tenant::new("NordlysQA".parse().unwrap(), Arc::new(master), profile, 7)
}

/// A tenant with every step done but the configurations.
pub(super) fn tenant() -> Tenant {
    let tenant = fresh(Profile::Mediusflow);
    tenant.authenticate(None, at(0)).unwrap();
    tenant.verify_connection("verified").unwrap();
    let entra = "11111111-2222-3333-4444-555555555555".parse().unwrap();
    tenant.save_entra_tenant(entra).unwrap();
    tenant.choose_mode(ProvisioningMode::UserProvisioning).unwrap();
    tenant.generate_key(None).unwrap();
    tenant
}

/// A configuration with this name and filter.
pub(super) fn configuration(name: &str, filter: &str) -> ConfigurationDraft {
    ConfigurationDraft {
        name: Some(name.into()),
        filter: Some(filter.into()),
        companies: vec!["ONE".into()],
        ..ConfigurationDraft::default()
    }
}

/// A moment, in seconds after the start of a day.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

/// The requests of a client.
impl Tenant {
    pub(super) fn post(&self, kind: &str, body: Json) -> Result<Done, ScimError> {
        let schemas = self.schemas();
        self.create(
            schemas.resource_type(kind).unwrap(),
            &listing(kind, body),
            Terms::default(),
            at(1),
        )
        .map_err(|it| it.error)
    }

    pub(super) fn put(&self, kind: &str, id: &str, body: Json) -> Result<Done, ScimError> {
        let schemas = self.schemas();
        let resource_type = schemas.resource_type(kind).unwrap();
        self.replace(
            OperationTarget { resource_type, id, terms: Terms::default() },
            &listing(kind, body),
            at(2),
        )
        .map_err(|it| it.error)
    }

    pub(super) fn patch(&self, kind: &str, id: &str, operations: Json) -> Result<Done, ScimError> {
        let schemas = self.schemas();
        let resource_type = schemas.resource_type(kind).unwrap();
        let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations});
        let place = OperationTarget { resource_type, id, terms: Terms::default() };
        self.modify(place, &body, at(3)).map_err(|it| it.error)
    }

    pub(super) fn drop_one(&self, kind: &str, id: &str) -> Result<Done, ScimError> {
        let schemas = self.schemas();
        let resource_type = schemas.resource_type(kind).unwrap();
        self.delete(OperationTarget { resource_type, id, terms: Terms::default() }, at(4))
    }

    /// Adds a user, and says its id.
    pub(super) fn user(&self, user_name: &str) -> String {
        self.post("User", json!({"userName": user_name})).unwrap().resource.id.to_string()
    }

    /// Adds a group with these members, and says its id.
    pub(super) fn group(&self, display_name: &str, members: &[&str]) -> String {
        let members: Vec<Json> = members.iter().map(|id| json!({"value": id})).collect();
        let body = json!({"displayName": display_name, "members": members});
        self.post("Group", body).unwrap().resource.id.to_string()
    }

    /// A resource as it is shown now.
    pub(super) fn shown(&self, kind: &str, id: &str) -> Json {
        let state = self.snapshot();
        let resource_type = state.profile().schemas.resource_type(kind).unwrap();
        let presentation = state.present("http://scim");
        let resource = state.resources().get(kind, id).unwrap();
        let view = presentation.view(resource, resource_type, &Projection::Default);
        serde_json::to_value(view).unwrap()
    }

    /// The ids that a filter finds, in order.
    pub(super) fn found(&self, kind: &str, filter: &str) -> Vec<String> {
        let state = self.snapshot();
        let search = self.search(kind, filter);
        let page =
            SearchRequest::default().page(&Dialect::of(Profile::Rfc), kind, "", at(0)).unwrap();
        let (derive, work) = (state.present("x"), WorkBudget::default());
        let found = state.resources().search(&[(kind, &search)], &page, &derive, &work).unwrap();
        assert_eq!(found.total, found.page.len());
        found.page.iter().map(|it| it.id.to_string()).collect()
    }

    pub(super) fn search(&self, kind: &str, filter: &str) -> Search {
        let state = self.snapshot();
        let profile = state.profile();
        let resource_type = profile.schemas.resource_type(kind).unwrap();
        let rules = Rules::new(resource_type, &profile.schemas, &profile.dialect);
        let request = SearchRequest { filter: Some(filter.into()), ..SearchRequest::default() };
        request.resolve(&rules).unwrap()
    }
}

fn listing(kind: &str, mut body: Json) -> Json {
    body["schemas"] = match kind {
        "User" => json!([urn::USER, urn::ENTERPRISE_USER, medius::USER_EXTENSION]),
        _ => json!([urn::GROUP]),
    };
    body
}

const MASTER_DATA: &str = r#"{
  "companies": [
    {"name": "Nordlys Group", "companyId": "ALL", "externalSystemId": "ALL[MED]",
     "isVirtual": true, "accountingCurrency": "SEK", "format": "sv-SE", "language": "sv-SE"},
    {"name": "Nordlys One", "companyId": "ONE", "externalSystemId": "ONE[MED]",
     "parentCompanyName": "Nordlys Group",
     "accountingCurrency": "SEK", "format": "sv-SE", "language": "sv-SE"}
  ],
  "roles": [{"name": "Admin"}, {"name": "Clerk"}],
  "authorizationGroups": [{"name": "Approvers"}],
  "locales": {
    "languages": [{"code": "sv-SE", "name": "Swedish"}],
    "formats": [{"code": "sv-SE", "name": "2026-01-31"}],
    "timeZones": [{"code": "Europe/Stockholm", "name": "Stockholm"}],
    "currencies": [{"code": "SEK", "name": "Swedish krona"}]
  },
  "loginOptions": [
    {"displayName": "Microsoft Entra ID", "issuer": "https://sts.windows.net/", "isVisible": true}
  ],
  "defaults": {
    "roles": ["Clerk"], "authorizationGroups": [],
    "locale": {"language": "sv-SE", "format": "sv-SE", "timeZone": "Europe/Stockholm",
               "currency": "SEK"},
    "loginOption": "Microsoft Entra ID"
  }
}"#;
