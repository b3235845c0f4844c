//! A tenant's state as a document: to be kept in a file, compared, and [read](super::import) again.
//!
//! The document holds what a request could have seen or changed, in members that a person can read
//! and edit: settings, set-up, master data, user configurations, and the resources as a client would
//! send them, with their ids and times. What is derived is not in it.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use smol_str::SmolStr;

use super::{
    Resources, ScimSettings, SignInSettings, State,
    console::{ConsoleSecrets, TOKEN},
    ids::is_key_of,
};
use crate::{
    medius::{
        ConfigurationChoice, ConfigurationDraft, ConsoleUserDraft, Deleted, MasterDataDraft, Setup,
        TenantName,
    },
    scim::{Resource, ResourceType, Returned, Schemas, Value, schemas},
};

mod order;

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
    /// What [`Extent::Open`] has of what was set, in an order of its own: the same whenever it was
    /// set, in whatever order, and whoever looked at it meanwhile.
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
    setup: Cow<'a, Setup>,
    made: BTreeMap<&'static str, u64>,
    key_expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<ConsoleSecrets>,
    master_data: Cow<'a, MasterDataDraft>,
    console_users: Vec<ConsoleUserDraft>,
    sign_in: SignInSettings,
    configurations: Vec<ConfigurationDraft>,
    resources: WrittenResources<'a>,
    applied: AppliedAll<'a>,
    retired: BTreeMap<SmolStr, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_change: Option<Timestamp>,
}

impl State {
    /// The state of the tenant with this name as a document.
    pub fn export<'a>(&'a self, tenant: &'a TenantName, extent: Extent) -> Export<'a> {
        let schemas = &self.profile.schemas;
        let setup = self.console.setup();
        let (mut made, data) = (self.console.counts(), &self.master.data);
        let all = self.console.configurations().iter();
        let mut configurations: Vec<ConfigurationDraft> = all.map(|it| it.document(data)).collect();
        let users = self.master.console_users.iter();
        let mut console_users: Vec<ConsoleUserDraft> = users.map(|it| it.document(data)).collect();
        let is_ordered = extent == Extent::Ordered;
        if is_ordered {
            made.remove(TOKEN);
            order::configurations(&mut configurations);
            let default = self.master.console_user(None).map(|it| it.user_name.as_str());
            order::console_users(&mut console_users, default);
        }
        Export {
            format: FORMAT,
            tenant,
            seed: self.seed(),
            settings: ScimSettings::of(&self.profile),
            schemas: schemas.schemas().iter().map(|it| &*it.id).collect(),
            setup: if is_ordered { Cow::Owned(setup.decided()) } else { Cow::Borrowed(setup) },
            made,
            key_expires: self.console.secret_key().and_then(|it| it.expires),
            secrets: (extent == Extent::Secret).then(|| self.console.secrets()),
            master_data: if is_ordered {
                Cow::Owned(order::master_data(data.document()))
            } else {
                Cow::Borrowed(data.document())
            },
            console_users,
            sign_in: self.master.sign_in,
            configurations,
            resources: WrittenResources { resources: &self.resources, schemas, extent },
            applied: AppliedAll { state: self, extent },
            retired: self.retired(),
            latest_change: (extent != Extent::Ordered && self.latest != Timestamp::MIN)
                .then_some(self.latest),
        }
    }
}

impl State {
    /// The names that were given up, without those of types that went with their schemas.
    fn retired(&self) -> BTreeMap<SmolStr, u64> {
        let mut retired = self.ids.retired();
        retired.retain(|key, _| is_key_of(key, &self.profile.schemas));
        retired
    }
}

/// The resources by type.
#[derive(Debug)]
struct WrittenResources<'a> {
    resources: &'a Resources,
    schemas: &'a Schemas,
    extent: Extent,
}

/// The resources of one type.
struct ResourcesOfType<'a>(&'a WrittenResources<'a>, &'a ResourceType);

/// One resource.
struct WrittenResource<'a>(&'a Resource, &'a ResourceType, Extent);

impl Serialize for WrittenResources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let types = self.schemas.resource_types();
        serializer.collect_map(types.iter().map(|it| (&it.name, ResourcesOfType(self, it))))
    }
}

impl Serialize for ResourcesOfType<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(WrittenResources { resources, extent, .. }, resource_type) = *self;
        let mut all = serializer.serialize_seq(Some(resources.len(&resource_type.name)))?;
        for it in ordered(resources, &resource_type.name, *extent) {
            all.serialize_element(&WrittenResource(it, resource_type, *extent))?;
        }
        all.end()
    }
}

/// The resources of a type in the order in which they are written.
fn ordered<'a>(
    resources: &'a Resources,
    kind: &'a str,
    extent: Extent,
) -> Box<dyn Iterator<Item = &'a Resource> + 'a> {
    let all = resources.all(kind).map(|it| &**it);
    if extent != Extent::Ordered {
        return Box::new(all);
    }
    let mut all: Vec<&Resource> = all.collect();
    all.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    Box::new(all.into_iter())
}

/// When a resource changed and how often, as it is written and read.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ResourceMeta {
    pub(super) created: Timestamp,
    pub(super) last_modified: Timestamp,
    pub(super) version: u64,
}

impl Serialize for WrittenResource<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(it, resource_type, extent) = *self;
        let Resource { created, last_modified, version, .. } = *it;
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("id", &it.id)?;
        // When, how often and in which order it changed.
        if extent != Extent::Ordered {
            members.serialize_entry("meta", &ResourceMeta { created, last_modified, version })?;
        }
        members.serialize_entry("schemas", &schemas(resource_type, it))?;
        let is_hidden = |name: &str| {
            let target = resource_type.core(name);
            target.is_some_and(|it| it.definition.returned() == Returned::Never)
        };
        let mut shown: Vec<_> = it.attributes().iter().collect();
        shown.retain(|(name, _)| extent == Extent::Secret || !is_hidden(name));
        if extent == Extent::Ordered {
            shown.sort_by_cached_key(|(name, _)| SmolStr::new(&***name));
        }
        for (name, value) in shown {
            match extent {
                Extent::Ordered => members.serialize_entry(name, &InOrder(value))?,
                Extent::Open | Extent::Secret => members.serialize_entry(name, value)?,
            }
        }
        members.end()
    }
}

/// A value whose lists are ordered by what they hold.
struct InOrder<'a>(&'a Value);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::List(values) => {
                let mut values: Vec<InOrder<'_>> = values.iter().map(InOrder).collect();
                values.sort_by_cached_key(|it| {
                    serde_json::to_string(it).expect("a value has text keys only")
                });
                serializer.collect_seq(values)
            }
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, it)| (&**name, InOrder(it))))
            }
            value => value.serialize(serializer),
        }
    }
}

/// What was applied to the users, in the order in which these are written.
#[derive(Debug)]
struct AppliedAll<'a> {
    state: &'a State,
    extent: Extent,
}

/// What was applied to one user, as it is written and read.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AppliedDocument {
    pub(super) user: SmolStr,
    pub(super) configuration: Option<AppliedConfiguration>,
    /// The entries of the configuration that were deleted since.
    #[serde(default, skip_serializing_if = "Deleted::is_empty")]
    pub(super) deleted: Deleted,
    pub(super) reason: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<SmolStr>,
}

/// The configuration that was applied to a user.
#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
pub(super) enum AppliedConfiguration {
    /// The id of one that has not changed since.
    Present(SmolStr),
    /// One that has changed or was deleted since.
    Past(Box<ConfigurationDraft>),
}

impl Serialize for AppliedAll<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let users = ordered(&self.state.resources, "User", self.extent);
        serializer.collect_seq(users.filter_map(|user| {
            let choice = self.state.applied(&user.id)?;
            Some(self.one(&user.id, choice))
        }))
    }
}

impl AppliedAll<'_> {
    fn one(&self, user: &SmolStr, choice: &ConfigurationChoice) -> AppliedDocument {
        let data = &self.state.master.data;
        let mut deleted = Deleted::new();
        let configuration = choice.configuration.as_deref().map(|it| {
            if self.state.console.configurations().iter().any(|now| **now == *it) {
                return AppliedConfiguration::Present(it.id.clone());
            }
            let mut past = it.document(data);
            deleted = it.deleted(data);
            if self.extent == Extent::Ordered {
                order::configuration(&mut past);
                for names in deleted.values_mut() {
                    names.sort_unstable();
                }
            }
            AppliedConfiguration::Past(Box::new(past))
        });
        AppliedDocument {
            user: user.clone(),
            configuration,
            deleted,
            reason: choice.reason.code().into(),
            filter: choice.reason.filter().map(SmolStr::new),
        }
    }
}
