//! The schemas, rules and resources of a small tenant, for the tests of this crate.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{
    AcceptedAttributes, Derive, Dialect, Filter, Intent, NotedQuirk, Object, Predicate, Profile,
    Quirk, Quirks, ResolvedAddress, Resource, ResourceType, Rules, Schemas, ScimError, Target,
    Urns, Value, WorkBudget, accept, patch, schemas, urn,
};

/// One resource type under the rules of one tenant.
pub(super) struct Sample {
    pub(super) schemas: Schemas,
    pub(super) resource_type: Arc<ResourceType>,
    pub(super) dialect: Dialect,
}

/// Derives what a server without other resources can derive.
pub(super) struct Alone<'a>(pub(super) &'a ResourceType);

/// The URN of an extension of users that the RFC does not have.
pub(super) const MEDIUS_USER: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

/// The RFC's schemas with that extension as a built-in one.
pub(super) fn schemas_with_an_extension() -> Schemas {
    let schema = include_str!("../../../fixtures/schemas/medius-user.json");
    let schema: Json = serde_json::from_str(schema).unwrap();
    let attached = json!({"resourceType": "User", "schema": MEDIUS_USER});
    let bundle = json!({"schemas": [schema], "schemaExtensions": [attached]});
    Schemas::rfc().with_built_in(&serde_json::from_value(bundle).unwrap()).unwrap()
}

/// The URN of a schema with all types and characteristics.
pub(super) const DEVICE: &str = "urn:example:2.0:Device";

impl Sample {
    /// Users, in the profile of the RFC, with every quirk tolerated.
    pub(super) fn users() -> Self {
        Self::new(schemas_with_an_extension(), "User")
    }

    /// The same for groups.
    pub(super) fn groups() -> Self {
        Self::new(schemas_with_an_extension(), "Group")
    }

    /// The same for devices, which have all types and characteristics.
    pub(super) fn devices() -> Self {
        let device: Json = serde_json::from_str(DEVICE_SCHEMA).unwrap();
        let entry = json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE});
        let bundle = json!({"schemas": [device], "resourceTypes": [entry]});
        let bundle = serde_json::from_value(bundle).unwrap();
        Self::new(schemas_with_an_extension().extended(&[bundle]).unwrap(), "Device")
    }

    fn new(schemas: Schemas, kind: &str) -> Self {
        let resource_type = schemas.resource_type(kind).unwrap().clone();
        Self { schemas, resource_type, dialect: Dialect::of(Profile::Rfc) }
    }

    /// The same in the profile of the tutorial.
    pub(super) fn documented(mut self) -> Self {
        self.dialect = Dialect::of(Profile::Mediusflow);
        self
    }

    /// The same, with no quirk tolerated.
    pub(super) fn strict(mut self) -> Self {
        self.dialect.quirks = Quirks::none();
        self
    }

    /// The same, with one quirk tolerated.
    pub(super) fn only(mut self, quirk: Quirk) -> Self {
        self.dialect.quirks = Quirks::none().with(quirk);
        self
    }

    /// The same, with every quirk tolerated except one.
    pub(super) fn without(mut self, quirk: Quirk) -> Self {
        self.dialect.quirks = Quirks::all().without(quirk);
        self
    }

    pub(super) fn rules(&self) -> Rules<'_> {
        Rules::new(&self.resource_type, &self.schemas, &self.dialect)
    }

    /// Accepts a body. If the body has no `schemas`, those of the resource type are added.
    pub(super) fn accept(&self, body: Json) -> Result<AcceptedAttributes, ScimError> {
        self.accept_for(body, Intent::Create).0
    }

    /// Accepts a body that replaces a resource.
    pub(super) fn replace(
        &self,
        current: &Resource,
        body: Json,
    ) -> Result<AcceptedAttributes, ScimError> {
        self.accept_for(body, Intent::Replace(current)).0
    }

    /// The names of the quirks in a body.
    pub(super) fn noted(&self, body: Json) -> Vec<&'static str> {
        names(&self.accept_for(body, Intent::Create).1)
    }

    fn accept_for(
        &self,
        mut body: Json,
        intent: Intent<'_>,
    ) -> (Result<AcceptedAttributes, ScimError>, Vec<NotedQuirk>) {
        if let Json::Object(members) = &mut body
            && !members.keys().any(|it| it.eq_ignore_ascii_case("schemas"))
        {
            let extensions = self.resource_type.extensions.iter().map(|it| &*it.schema.id);
            let all: Vec<&str> =
                [&*self.resource_type.schema.id].into_iter().chain(extensions).collect();
            members.insert("schemas".into(), json!(all));
        }
        let rules = self.rules();
        let accepted = accept(&rules, &body, intent);
        (accepted, rules.into_noted())
    }

    /// A resource with these attributes.
    pub(super) fn made(&self, body: Json) -> Resource {
        let accepted = self.accept(body).unwrap();
        Resource::new(self.resource_type.name.clone(), "id-1".into(), accepted, at(0))
    }

    /// Applies operations.
    pub(super) fn patch(
        &self,
        current: &Resource,
        operations: Json,
    ) -> Result<AcceptedAttributes, ScimError> {
        self.patch_noting(current, operations).0
    }

    /// The names of the quirks in operations.
    pub(super) fn noted_of(&self, current: &Resource, operations: Json) -> Vec<&'static str> {
        names(&self.patch_noting(current, operations).1)
    }

    fn patch_noting(
        &self,
        current: &Resource,
        operations: Json,
    ) -> (Result<AcceptedAttributes, ScimError>, Vec<NotedQuirk>) {
        let rules = self.rules();
        let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations});
        let applied = patch::PatchOp::parse(&rules, &body)
            .and_then(|patch| patch::apply(&rules, current, &patch));
        (applied, rules.into_noted())
    }

    /// Binds a filter.
    pub(super) fn bind(&self, filter: &str) -> Result<Predicate, ScimError> {
        let filter = Filter::parse(filter, Urns(self.schemas.urns())).unwrap();
        Predicate::bind(&self.rules(), &filter)
    }

    /// Whether a filter finds a resource.
    pub(super) fn finds(&self, filter: &str, resource: &Resource) -> bool {
        self.bind(filter).unwrap().matches(
            resource,
            &Alone(&self.resource_type),
            &WorkBudget::default(),
        )
    }
}

impl Derive for Alone<'_> {
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value> {
        if target.is_core("schemas") {
            return Some(schemas(self.0, resource));
        }
        let times = [("created", resource.created), ("lastModified", resource.last_modified)];
        let meta = times.map(|(name, at)| (name, Value::from(&*at.to_string())));
        target.is_core("meta").then(|| Value::Object(meta.into_iter().collect()))
    }

    fn complete(&self, _: &Target, reference: &Object) -> Object {
        let parts = [("display", Value::from("Somebody")), ("type", Value::from("User"))];
        let stored = reference.iter().map(|(name, value)| (&**name, value.clone()));
        stored.chain(parts).collect()
    }

    /// Every id is that of a resource.
    fn locate(&self, address: &str) -> ResolvedAddress {
        let found = address.trim_start_matches("../").split_once('/');
        let found = found.and_then(|(endpoint, id)| Some((endpoint.strip_suffix('s')?, id)));
        found.map_or(ResolvedAddress::External, |(kind, id)| {
            ResolvedAddress::Resource(kind.into(), id.into())
        })
    }
}

/// A moment, in seconds after the start of a day.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

/// Attributes as JSON.
pub(super) fn shown(accepted: &AcceptedAttributes) -> Json {
    serde_json::to_value(accepted.attributes()).unwrap()
}

/// An outcome in one line: the attributes as JSON, or `scimType: detail`.
pub(super) fn outcome(accepted: Result<AcceptedAttributes, ScimError>) -> String {
    match accepted {
        Ok(accepted) => shown(&accepted).to_string(),
        Err(error) => refusal(&error),
    }
}

/// An error in one line: `scimType: detail`.
pub(super) fn refusal(error: &ScimError) -> String {
    let word = error.scim_type().map_or_else(|| error.code().to_string(), |it| it.as_str().into());
    format!("{word}: {}", error.detail())
}

fn names(noted: &[NotedQuirk]) -> Vec<&'static str> {
    noted.iter().map(|it| it.quirk.name()).collect()
}

const DEVICE_SCHEMA: &str = r#"{
  "id": "urn:example:2.0:Device", "name": "Device",
  "attributes": [
    {"name": "serial", "type": "string", "multiValued": false, "required": true,
     "mutability": "immutable", "uniqueness": "global"},
    {"name": "weight", "type": "decimal", "multiValued": false},
    {"name": "ports", "type": "integer", "multiValued": false},
    {"name": "built", "type": "dateTime", "multiValued": false},
    {"name": "firmware", "type": "binary", "multiValued": false},
    {"name": "home", "type": "reference", "multiValued": false, "referenceTypes": ["uri"]},
    {"name": "online", "type": "boolean", "multiValued": false, "mutability": "readOnly"},
    {"name": "notes", "type": "string", "multiValued": true},
    {"name": "secret", "type": "string", "multiValued": false, "mutability": "writeOnly",
     "returned": "never"},
    {"name": "label", "type": "string", "multiValued": false, "returned": "always"},
    {"name": "comment", "type": "string", "multiValued": false, "returned": "request"},
    {"name": "badge", "type": "complex", "multiValued": false, "subAttributes": [
      {"name": "number", "type": "integer", "multiValued": false, "mutability": "immutable"},
      {"name": "color", "type": "string", "multiValued": false}
    ]},
    {"name": "slots", "type": "complex", "multiValued": true, "subAttributes": [
      {"name": "value", "type": "string", "multiValued": false},
      {"name": "size", "type": "integer", "multiValued": false, "required": true},
      {"name": "hint", "type": "string", "multiValued": false, "returned": "request"},
      {"name": "pin", "type": "string", "multiValued": false, "returned": "never"},
      {"name": "key", "type": "string", "multiValued": false, "returned": "always"}
    ]}
  ]
}"#;
