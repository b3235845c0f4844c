//! What the server adds when it shows a resource: `meta`, a user's `groups`, the links and names of
//! references.

use smol_str::SmolStr;

use super::State;
use crate::{
    medius::{UserFacts, UserView},
    scim::{
        Derive, Group, List, Object, Projection, Resource, ResourceType, Target, User, Value, View,
        name_of, schemas,
    },
};

/// A state as it is shown below a base URL.
#[derive(Clone, Copy)]
pub struct Presentation<'a> {
    state: &'a State,
    base: &'a str,
}

impl<'a> Presentation<'a> {
    pub(super) fn new(state: &'a State, base: &'a str) -> Self {
        Self { state, base }
    }

    /// A resource with these attributes.
    pub fn view(
        &'a self,
        resource: &'a Resource,
        resource_type: &'a ResourceType,
        projection: &'a Projection,
    ) -> View<'a> {
        View { resource, resource_type, projection, derive: self }
    }

    /// The absolute URL of a resource.
    pub fn location(&self, resource: &Resource) -> SmolStr {
        let endpoint = self.resource_type(resource).map(|it| &*it.endpoint).unwrap_or_default();
        smol_str::format_smolstr!("{}{endpoint}/{}", self.base, resource.id)
    }

    fn resource_type(&self, resource: &Resource) -> Option<&'a ResourceType> {
        self.state.manner().schemas.resource_type(&resource.kind).map(|it| &**it)
    }

    fn meta(&self, resource: &Resource) -> Value {
        Value::Object(Object::from_iter([
            ("resourceType", Value::Text(resource.kind.clone())),
            ("created", time(resource.created)),
            ("lastModified", time(resource.last_modified)),
            ("location", Value::Text(self.location(resource))),
            ("version", Value::Text(resource.etag())),
        ]))
    }

    /// The groups that have a resource as a member (RFC 7643 §4.1.2): those that name it, and those
    /// that contain these.
    fn groups(&self, resource: &Resource) -> Option<Value> {
        let mut found: Vec<&Resource> =
            self.state.directory().pointing(&resource.id, "members").map(|it| &**it).collect();
        let direct = found.len();
        let mut at = 0;
        while let Some(group) = found.get(at) {
            for outer in self.state.directory().pointing(&group.id, "members") {
                if !found.iter().any(|it| it.id == outer.id) {
                    found.push(outer);
                }
            }
            at += 1;
        }
        let values = found.iter().enumerate().map(|(index, group)| {
            Value::Object(Object::from_iter([
                ("value", Value::Text(group.id.clone())),
                ("$ref", Value::Text(self.location(group))),
                ("display", Value::from(Group(group).display_name())),
                ("type", Value::from(if index < direct { "direct" } else { "indirect" })),
            ]))
        });
        let groups: List = values.collect();
        (!groups.is_empty()).then_some(Value::List(groups))
    }

    /// A reference with the read-only parts that its definition has, as far as its resource is here.
    fn reference(&self, target: &Target, value: &Value) -> Value {
        let Some(object) = value.as_object() else { return value.clone() };
        let found = object.text("value").and_then(|id| self.state.directory().find(id));
        let Some(found) = found else { return value.clone() };
        let mut object = object.clone();
        for sub in target.definition.sub_attributes().iter().filter(|it| it.is_read_only()) {
            let part = match &**sub.name() {
                "$ref" => Value::Text(self.location(found)),
                "display" | "displayName" => Value::Text(name_of(found)),
                "type" => Value::Text(found.kind.clone()),
                _ => continue,
            };
            object.set(sub.name(), part);
        }
        Value::Object(object)
    }

    /// What MediusFlow made of a user.
    pub fn medius_view(&self, user: &Resource, master: &super::Master) -> Option<UserView> {
        let choice = self.state.applied(&user.id)?;
        let directory = self.state.directory();
        let it = User(user);
        let manager = it.manager();
        let manager_name = manager.and_then(|id| directory.get("User", id)).map(|it| name_of(it));
        let groups: Vec<&str> =
            directory.pointing(&user.id, "members").map(|it| Group(it).display_name()).collect();
        let name = it.full_name();
        let texts = [1, 2, 3, 4, 5].map(|n| it.medius(&format!("customFieldText{n}")));
        let facts = UserFacts {
            id: &user.id,
            user_name: it.user_name(),
            display_name: Some(&name),
            email: it.email().map(SmolStr::as_str),
            active: it.is_active(),
            manager: manager.map(|id| (id.as_str(), manager_name.as_deref())),
            identity_provider: it.medius("identityProvider"),
            name_identifier: it.medius("nameIdentifier"),
            custom_field_texts: texts,
            groups: &groups,
        };
        Some(UserView::new(&facts, choice, &master.data))
    }
}

impl Derive for Presentation<'_> {
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value> {
        let definition = &target.definition;
        match (&target.extension, &**definition.name()) {
            (None, "meta") => Some(self.meta(resource)),
            (None, "schemas") => Some(schemas(self.resource_type(resource)?, resource)),
            (None, "groups") if definition.is_read_only() => self.groups(resource),
            (extension, name) => match resource.value(extension.as_deref(), name)? {
                Value::List(list) => {
                    Some(Value::List(list.iter().map(|it| self.reference(target, it)).collect()))
                }
                value => Some(self.reference(target, value)),
            },
        }
    }
}

/// A time as `meta` shows it: whole milliseconds at most, in UTC.
fn time(at: jiff::Timestamp) -> Value {
    let at = at.round(jiff::Unit::Millisecond).unwrap_or(at);
    Value::Text(smol_str::format_smolstr!("{at}"))
}
