//! What the server adds when it shows a resource: `meta`, a user's `groups`, the links and names of
//! references.

use std::{
    cell::RefCell,
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use jiff::fmt::temporal::DateTimePrinter;
use smol_str::SmolStr;

use super::{
    State,
    address::{self, AddressTarget},
};
use crate::{
    medius::{self, Present, UserFacts, UserView},
    scim::{
        AttributeDefinition, Derive, Group, List, Object, Projection, ResolvedAddress, Resource,
        ResourceType, ResourceView, SpecifiedAttributes, Target, User, Value, name_of, schemas,
    },
};

/// Prints times; made once, since this is done twice in every answer.
static PRINTER: DateTimePrinter = DateTimePrinter::new();

/// What an answer shows in particular that is none to a change.
static NOTHING: LazyLock<SpecifiedAttributes> = LazyLock::new(SpecifiedAttributes::default);

/// A state as it is shown below a base URL.
#[derive(Clone)]
pub struct Presentation<'a> {
    state: &'a State,
    base: &'a str,
    /// The groups of the resource that was asked about last: its tag, its `meta` and its `groups` need the
    /// same ones, one after the other.
    last: RefCell<Option<(SmolStr, Memberships)>>,
}

/// The groups that a resource is in.
#[derive(Clone)]
pub struct Memberships {
    /// Those that name it, then those that contain these.
    pub groups: Vec<Arc<Resource>>,
    /// How many name it.
    pub direct: usize,
}

impl<'a> Presentation<'a> {
    pub(super) fn new(state: &'a State, base: &'a str) -> Self {
        Self { state, base, last: RefCell::new(None) }
    }

    /// A resource with these attributes.
    pub fn view(
        &'a self,
        resource: &'a Resource,
        resource_type: &'a ResourceType,
        projection: &'a Projection,
    ) -> ResourceView<'a> {
        ResourceView { resource, resource_type, projection, specified: &NOTHING, derive: self }
    }

    /// The absolute URL of a resource.
    pub fn location(&self, resource: &Resource) -> SmolStr {
        let endpoint = self.resource_type(resource).map(|it| &*it.endpoint).unwrap_or_default();
        SmolStr::new([self.base, endpoint, "/", &resource.id].concat())
    }

    pub(super) fn state(&self) -> &'a State {
        self.state
    }

    pub(super) fn resource_type(&self, resource: &Resource) -> Option<&'a ResourceType> {
        self.state.profile().schemas.resource_type(&resource.kind).map(|it| &**it)
    }

    /// `meta`, or the part of it that is asked for.
    fn meta(&self, resource: &Resource, target: &Target) -> Value {
        let of = |name: &str| {
            Some(match name {
                "resourceType" => Value::Text(resource.kind.clone()),
                "created" => time(resource.created),
                "lastModified" => time(resource.last_modified),
                "location" => Value::Text(self.location(resource)),
                "version" => Value::Text(self.etag(resource)),
                _ => return None,
            })
        };
        let asked = match &target.sub {
            Some(sub) => std::slice::from_ref(sub),
            None => target.definition.sub_attributes(),
        };
        let parts = asked.iter().filter_map(|it| Some((it.name().clone(), of(it.name())?)));
        Value::Object(parts.collect())
    }

    /// The groups that have a resource as a member (RFC 7643 §4.1.2): those that name it, and those
    /// that contain these.
    fn groups(&self, resource: &Resource) -> Option<Value> {
        let Memberships { groups, direct } = self.memberships(resource);
        if groups.is_empty() {
            return None;
        }
        let values = groups.iter().enumerate().map(|(index, group)| {
            Value::Object(Object::from_iter([
                ("value", Value::Text(group.id.clone())),
                ("$ref", Value::Text(self.location(group))),
                ("display", Value::from(Group(group).display_name())),
                ("type", Value::from(if index < direct { "direct" } else { "indirect" })),
            ]))
        });
        Some(Value::List(List::derived(values)))
    }

    /// The groups that a resource is in.
    pub fn memberships(&self, resource: &Resource) -> Memberships {
        let mut last = self.last.borrow_mut();
        if let Some((id, found)) = &*last
            && *id == resource.id
        {
            return found.clone();
        }
        let found = self.find_memberships(&resource.id);
        *last = Some((resource.id.clone(), found.clone()));
        found
    }

    fn find_memberships(&self, id: &str) -> Memberships {
        let resources = self.state.resources();
        let mut groups: Vec<Arc<Resource>> = resources.pointing(id, "members").cloned().collect();
        let direct = groups.len();
        if groups.is_empty() {
            return Memberships { groups, direct };
        }
        let mut ids: HashSet<SmolStr> = groups.iter().map(|it| it.id.clone()).collect();
        // Groups may contain each other in a circle: each is looked at once.
        let mut at = 0;
        while let Some(group) = groups.get(at).cloned() {
            let outer = resources.pointing(&group.id, "members");
            groups.extend(outer.filter(|it| ids.insert(it.id.clone())).cloned());
            at += 1;
        }
        Memberships { groups, direct }
    }

    /// What MediusFlow made of a user.
    pub fn medius_view(&self, user: &Resource, master: &super::Master) -> Option<UserView> {
        let choice = self.state.applied(&user.id)?;
        let resources = self.state.resources();
        let it = User(user);
        let manager = it.manager();
        let manager_name = manager.and_then(|id| resources.get("User", id)).map(|it| name_of(it));
        let Memberships { groups, direct } = self.memberships(user);
        let groups: Vec<&str> = groups.iter().map(|it| Group(it).display_name()).collect();
        let (groups, outer_groups) = groups.split_at(direct);
        let name = it.full_name();
        let texts = [1, 2, 3, 4, 5].map(|n| medius::attribute(it, &format!("customFieldText{n}")));
        let facts = UserFacts {
            id: &user.id,
            user_name: it.user_name(),
            display_name: Some(&name),
            email: it.email().map(SmolStr::as_str),
            active: it.is_active(),
            manager: manager.map(|id| (id.as_str(), manager_name.as_deref())),
            configuration_filter: medius::attribute(it, "configurationFilter"),
            identity_provider: medius::attribute(it, "identityProvider"),
            name_identifier: medius::attribute(it, "nameIdentifier"),
            custom_field_texts: texts,
            groups,
            outer_groups,
        };
        let configurations = self.state.console().configurations();
        Some(UserView::new(&facts, choice, Present { data: &master.data, configurations }))
    }
}

impl Derive for Presentation<'_> {
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value> {
        if target.is_core("meta") {
            return Some(self.meta(resource, target));
        }
        if target.is_core("schemas") {
            return Some(schemas(self.resource_type(resource)?, resource));
        }
        // A type of one's own may have something else of that name.
        let is_list = target.definition.is_multi_valued() && target.definition.is_complex();
        if target.is_core("groups") && is_list { self.groups(resource) } else { None }
    }

    /// The reference itself if its resource is not here.
    fn complete(&self, target: &Target, reference: &Object) -> Object {
        let found = reference.text("value").and_then(|id| self.state.resources().find(id));
        let Some(found) = found else { return reference.clone() };
        let mut whole = reference.clone();
        // A client may send an address of its own, if the schema lets it.
        let is_open = |it: &&Arc<AttributeDefinition>| {
            it.is_read_only() || (it.is_named("$ref") && reference.get(it.name()).is_none())
        };
        for sub in target.definition.sub_attributes().iter().filter(is_open) {
            let part = match &**sub.name() {
                "$ref" => Value::Text(self.location(found)),
                "display" | "displayName" => Value::Text(name_of(found)),
                "type" => Value::Text(found.kind.clone()),
                _ => continue,
            };
            whole.set(sub.name(), part);
        }
        whole
    }

    fn locate(&self, address: &str) -> ResolvedAddress {
        let places = address::places(self.base, address);
        let found = places.iter().find_map(|place| {
            let AddressTarget::Below(segments) = place else { return None };
            let [endpoint, id] = &segments[..] else { return None };
            let kind = &self.state.profile().schemas.endpoint(endpoint)?.name;
            self.state.resources().get(kind, id)
        });
        match found {
            Some(found) => ResolvedAddress::Resource(found.kind.clone(), found.id.clone()),
            None if places.iter().all(|it| *it == AddressTarget::Elsewhere) => {
                ResolvedAddress::External
            }
            None => ResolvedAddress::NotFound,
        }
    }
}

/// A time as `meta` shows it: whole microseconds, in UTC.
fn time(at: jiff::Timestamp) -> Value {
    Value::Text(PRINTER.timestamp_to_string(&at).into())
}
