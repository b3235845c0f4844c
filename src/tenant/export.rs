//! A tenant's state as a document: to be kept in a file, compared, and [read](super::import) again.
//!
//! The document holds what a request could have seen or changed, in members that a person can read
//! and edit: settings, set-up, master data, user configurations, and the resources as a client would
//! send them, with their ids and times. What is derived is not in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use smol_str::SmolStr;

use super::{Directory, ScimSettings, State, console::Secrets};
use crate::{
    medius::{Choice, ConsoleUser, MasterData, Reason, Setup, TenantName, UserConfiguration},
    scim::{Resource, ResourceType, Returned, Schemas, schemas},
};

/// What the documents are called, with the number of their form.
pub(super) const FORMAT: &str = "mediusflow-mock/state/1";

/// What of a state is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything but keys, tokens and attributes that are never shown. Who reads it again gets the
    /// keys that the tenant would have generated.
    Open,
    /// Everything.
    Secret,
    /// As [`Extent::Open`], and resources in the order of their ids and without their times: the same
    /// whatever the order in which they were made.
    Ordered,
}

/// A state to be written.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Export<'a> {
    format: &'static str,
    tenant: &'a TenantName,
    seed: u64,
    settings: ScimSettings,
    schemas: Vec<&'a str>,
    setup: &'a Setup,
    made: BTreeMap<&'static str, u64>,
    key_expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<Secrets>,
    master_data: &'a MasterData,
    console_users: &'a [ConsoleUser],
    configurations: &'a [std::sync::Arc<UserConfiguration>],
    resources: Shelves<'a>,
    applied: AppliedAll<'a>,
    retired: BTreeMap<SmolStr, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_change: Option<Timestamp>,
}

impl State {
    /// The state of the tenant with this name as a document.
    pub fn export<'a>(&'a self, tenant: &'a TenantName, extent: Extent) -> Export<'a> {
        let schemas = &self.manner.schemas;
        Export {
            format: FORMAT,
            tenant,
            seed: self.seed(),
            settings: ScimSettings::of(&self.manner),
            schemas: schemas.schemas().iter().map(|it| &*it.id).collect(),
            setup: self.console.setup(),
            made: self.console.counts(),
            key_expires: self.console.secret_key().and_then(|it| it.expires),
            secrets: (extent == Extent::Secret).then(|| self.console.secrets()),
            master_data: &self.master.data,
            console_users: &self.master.console_users,
            configurations: self.console.configurations(),
            resources: Shelves { directory: &self.directory, schemas, extent },
            applied: AppliedAll { state: self, extent },
            retired: self.ids.retired(),
            latest_change: (extent != Extent::Ordered && self.latest != Timestamp::MIN)
                .then_some(self.latest),
        }
    }
}

/// The resources by type.
#[derive(Debug)]
struct Shelves<'a> {
    directory: &'a Directory,
    schemas: &'a Schemas,
    extent: Extent,
}

/// The resources of one type.
struct Shelf<'a>(&'a Shelves<'a>, &'a ResourceType);

/// One resource.
struct Entry<'a>(&'a Resource, &'a ResourceType, Extent);

impl Serialize for Shelves<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let types = self.schemas.resource_types();
        serializer.collect_map(types.iter().map(|it| (&it.name, Shelf(self, it))))
    }
}

impl Serialize for Shelf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Shelves { directory, extent, .. }, resource_type) = *self;
        let mut all = serializer.serialize_seq(Some(directory.len(&resource_type.name)))?;
        for it in ordered(directory, &resource_type.name, *extent) {
            all.serialize_element(&Entry(it, resource_type, *extent))?;
        }
        all.end()
    }
}

/// The resources of a type in the order in which they are written.
fn ordered<'a>(
    directory: &'a Directory,
    kind: &'a str,
    extent: Extent,
) -> Box<dyn Iterator<Item = &'a Resource> + 'a> {
    let all = directory.all(kind).map(|it| &**it);
    if extent != Extent::Ordered {
        return Box::new(all);
    }
    let mut all: Vec<&Resource> = all.collect();
    all.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    Box::new(all.into_iter())
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Meta {
            #[serde(skip_serializing_if = "Option::is_none")]
            created: Option<Timestamp>,
            #[serde(skip_serializing_if = "Option::is_none")]
            last_modified: Option<Timestamp>,
            version: u64,
        }
        let Self(it, resource_type, extent) = *self;
        let Resource { version, .. } = *it;
        // Which of two changes came first is in their times, also while the clock stands.
        let time = |at| (extent != Extent::Ordered).then_some(at);
        let (created, last_modified) = (time(it.created), time(it.last_modified));
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("id", &it.id)?;
        members.serialize_entry("meta", &Meta { created, last_modified, version })?;
        members.serialize_entry("schemas", &schemas(resource_type, it))?;
        let is_hidden = |name: &str| {
            let target = resource_type.core(name);
            target.is_some_and(|it| it.definition.returned() == Returned::Never)
        };
        for (name, value) in it.attributes().iter() {
            if extent == Extent::Secret || !is_hidden(name) {
                members.serialize_entry(name, value)?;
            }
        }
        members.end()
    }
}

/// What was applied to the users, in the order in which these are written.
#[derive(Debug)]
struct AppliedAll<'a> {
    state: &'a State,
    extent: Extent,
}

/// What was applied to one user.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Applied<'a> {
    user: &'a str,
    /// The id of a configuration as it is now, or the whole of one that is not so any more.
    configuration: Option<Configuration<'a>>,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<&'a str>,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Configuration<'a> {
    Present(&'a str),
    Past(&'a UserConfiguration),
}

impl Serialize for AppliedAll<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let users = ordered(&self.state.directory, "User", self.extent);
        serializer.collect_seq(users.filter_map(|user| {
            let choice = self.state.applied(&user.id)?;
            Some(applied(self.state, &user.id, choice))
        }))
    }
}

fn applied<'a>(state: &State, user: &'a str, choice: &'a Choice) -> Applied<'a> {
    let configuration = choice.configuration.as_deref().map(|it| {
        let is_present = state.console.configurations().iter().any(|now| **now == *it);
        if is_present { Configuration::Present(&it.id) } else { Configuration::Past(it) }
    });
    let filter = match &choice.reason {
        Reason::FilterEquals { filter } | Reason::NoMatch { filter } => Some(filter),
        Reason::None { filter } => filter.as_ref(),
        Reason::Default => None,
    };
    let reason = choice.reason.code();
    Applied { user, configuration, reason, filter: filter.map(SmolStr::as_str) }
}
