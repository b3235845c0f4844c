//! A tenant's own schemas: how they come and go while there are resources.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{ScimProfile, State, Tenant};
use crate::scim::{Resource, ResourceType, Schemas, ScimError, ScimType, Target};

/// Why a tenant cannot go by other schemas; it goes by those it has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemasInUse {
    /// A resource type would go that has resources.
    #[error("the resource type {kind} has {count} of them: delete them before it goes")]
    ResourceType {
        /// Its name.
        kind: SmolStr,
        /// How many resources it has.
        count: usize,
    },
    /// A resource has a value that would have no place any more.
    #[error(
        "{kind} {id} has a value of {path}, which would have no place any more: remove the value \
         before its definition goes or changes"
    )]
    Attribute {
        /// The resource type's name.
        kind: SmolStr,
        /// The resource's id.
        id: SmolStr,
        /// The attribute.
        path: String,
    },
}

impl Tenant {
    /// Goes by these schemas from now on. What is there stays as it is: a value that became required
    /// or unique is asked for at the resource's next change.
    ///
    /// # Errors
    ///
    /// [`SchemasInUse`] when what is there would have no place; then nothing changed.
    pub fn adopt_schemas(&self, schemas: Schemas) -> Result<(), SchemasInUse> {
        let schemas = Arc::new(schemas);
        self.write(|state| {
            let profile = state.profile();
            let next = ScimProfile {
                requires_configuration: profile.requires_configuration,
                ..ScimProfile::with(profile.profile, profile.dialect.clone(), &schemas)
            };
            state.refuse_homeless(&next.schemas)?;
            let is_shown_otherwise = state.has_other_definitions(&next.schemas);
            state.adopt(Arc::new(next));
            if is_shown_otherwise {
                self.renew(state);
            }
            Ok(())
        })
        .map(|((), _)| ())
    }
}

impl State {
    /// Whether the type of a resource that is there is defined otherwise in these schemas.
    fn has_other_definitions(&self, next: &Schemas) -> bool {
        let types = self.profile.schemas.resource_types().iter();
        types
            .filter(|it| self.resources.len(&it.name) > 0)
            .any(|before| next.resource_type(&before.name).is_none_or(|after| after != before))
    }

    /// Refuses schemas in which a resource that is there has no place. Types that stay as they are
    /// are not gone through.
    fn refuse_homeless(&self, next: &Schemas) -> Result<(), SchemasInUse> {
        for before in self.profile.schemas.resource_types() {
            let kind = &before.name;
            let Some(after) = next.resource_type(kind) else {
                match self.resources.len(kind) {
                    0 => continue,
                    count => return Err(SchemasInUse::ResourceType { kind: kind.clone(), count }),
                }
            };
            if before == after {
                continue;
            }
            for it in self.resources.all(kind) {
                if let Some(path) = after.first_misfit(it.attributes()) {
                    let (kind, id) = (kind.clone(), it.id.clone());
                    return Err(SchemasInUse::Attribute { kind, id, path });
                }
            }
        }
        Ok(())
    }

    /// Refuses a new reference to a resource of a type that its attribute does not name; one that is
    /// not there may still come.
    ///
    /// # Errors
    ///
    /// `invalidValue`.
    pub(super) fn refuse_other_types(
        &self,
        before: Option<&Resource>,
        after: &Resource,
    ) -> Result<(), ScimError> {
        let types = self.profile.schemas.resource_types();
        let is_choosy = |target: &Target| {
            types.iter().any(|it| !target.definition.referenced().any(|name| *name == it.name))
        };
        // With users and groups only, a member of a group can be nothing else.
        if !self.resources.targets(&after.kind).iter().any(is_choosy) {
            return Ok(());
        }
        for (id, target) in self.resources.new_references(before, after) {
            let definition = &target.definition;
            let is_named = |kind: &SmolStr| definition.referenced().any(|it| it == kind);
            let Some(other) = self.resources.find(&id).filter(|it| !is_named(&it.kind)) else {
                continue;
            };
            let names: Vec<&str> = definition.referenced().map(SmolStr::as_str).collect();
            let detail = format!(
                "{} refers to {} {id}, expected a {} as its referenceTypes say",
                target.path(),
                other.kind,
                names.join(" or a ")
            );
            return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7643 §7"));
        }
        Ok(())
    }

    /// Checks that a type is still what it was when the request was read.
    ///
    /// # Errors
    ///
    /// 409 when an admin changed the schemas meanwhile.
    pub(super) fn still_has(&self, resource_type: &ResourceType) -> Result<(), ScimError> {
        let now = self.profile.schemas.resource_type(&resource_type.name);
        let is_same = |it: &ResourceType| std::ptr::eq(it, resource_type) || *it == *resource_type;
        if now.is_some_and(|it| is_same(it)) {
            return Ok(());
        }
        let kind = &resource_type.name;
        let detail = format!("the schemas of {kind} have just changed");
        Err(ScimError::conflict(detail).hint("send the request again").by("RFC 7644 §3.12"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        medius,
        scim::{Profile, SchemaBundle, urn},
        tenant::{
            Terms,
            sample::{at, fresh},
        },
    };

    fn with_shoe_size() -> Schemas {
        let bundle: SchemaBundle = serde_json::from_value(json!({
            "schemas": [{"id": "urn:example:Shoes", "name": "Shoes", "attributes": [
                {"name": "size", "type": "integer", "uniqueness": "server"}]}],
            "schemaExtensions": [{"resourceType": "User", "schema": "urn:example:Shoes"}],
        }))
        .unwrap();
        medius::schemas().extended(&[bundle]).unwrap()
    }

    #[test]
    fn a_request_that_was_read_by_other_definitions_is_to_be_sent_again() {
        let tenant = fresh(Profile::Rfc);
        let ada = tenant.user("ada");
        let before = tenant.schemas();
        tenant.adopt_schemas(with_shoe_size()).unwrap();

        let user = before.resource_type("User").unwrap();
        let body = json!({"schemas": [urn::USER], "userName": "bo"});
        let made = tenant.create(user, &body, Terms::default(), at(1)).unwrap_err();
        let place = crate::tenant::OperationTarget {
            resource_type: user,
            id: &ada,
            terms: Terms::default(),
        };
        let put = tenant.replace(place, &body, at(1)).unwrap_err();

        assert_eq!((made.error.code(), put.error.code()), (409, 409));
        assert!(made.error.detail().contains("send the request again"));
        // Groups are what they were.
        let group = before.resource_type("Group").unwrap();
        let body = json!({"schemas": [urn::GROUP], "displayName": "Finance"});
        assert!(tenant.create(group, &body, Terms::default(), at(1)).is_ok());
    }

    #[test]
    fn a_number_can_be_unique() {
        let tenant = fresh(Profile::Rfc);
        tenant.adopt_schemas(with_shoe_size()).unwrap();
        let user = |name: &str, size: i64| {
            let schemas = tenant.schemas();
            let body = json!({"schemas": [urn::USER, "urn:example:Shoes"], "userName": name,
                "urn:example:Shoes": {"size": size}});
            tenant.create(schemas.resource_type("User").unwrap(), &body, Terms::default(), at(1))
        };
        user("ada", 42).unwrap();

        let refused = user("bo", 42).unwrap_err().error;

        assert!(refused.detail().starts_with("urn:example:Shoes:size 42 is in use by User"));
        assert!(user("bo", 43).is_ok());
    }

    #[test]
    fn the_same_schemas_again_change_nothing_that_is_there() {
        let tenant = fresh(Profile::Rfc);
        let ada = tenant.user("ada");
        tenant.group("Finance", &[&ada]);
        tenant.adopt_schemas(with_shoe_size()).unwrap();
        tenant.adopt_schemas(medius::schemas()).unwrap();

        assert_eq!(tenant.found("User", "userName eq \"ADA\""), [ada.as_str()]);
        assert_eq!(tenant.found("Group", &format!("members eq \"{ada}\"")).len(), 1);
        tenant.drop_one("User", &ada).unwrap();
        assert_eq!(tenant.found("Group", "members pr").len(), 0);
    }
}
