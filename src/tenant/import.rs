//! Reading a state that was [exported](super::export): whole, or not at all.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use super::{
    Directory, Manner, Master, State, Tenant,
    console::{Console, Secrets, countable},
    export::FORMAT,
    ids::IdSource,
    state::{Applied, whole_microseconds},
};
use crate::{
    medius::{
        Choice, ConfigurationDraft, ConfigurationError, ConsoleUserDraft, Deleted, MasterData,
        MasterDataDraft, Reason, Recall, Setup, UserConfiguration, console_users, path_of,
    },
    scim::{
        Dialect, Intent, Resource, ResourceType, Rules, UnknownAttributes, accept, in_plain_words,
        quoted,
    },
};

/// A document that was read and not yet found to fit together. Deserialized, so that an unknown
/// member is refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Import {
    format: String,
    /// Of which tenant it was; any may read it.
    #[expect(dead_code, reason = "for readers of the document")]
    tenant: String,
    seed: u64,
    settings: Map<String, Json>,
    schemas: Vec<String>,
    setup: Setup,
    made: BTreeMap<String, u64>,
    key_expires: Option<Timestamp>,
    secrets: Option<Secrets>,
    master_data: MasterDataDraft,
    console_users: Vec<ConsoleUserDraft>,
    configurations: Vec<ConfigurationDraft>,
    resources: BTreeMap<String, Vec<Map<String, Json>>>,
    applied: Vec<AppliedOne>,
    retired: BTreeMap<SmolStr, u64>,
    #[serde(default)]
    latest_change: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AppliedOne {
    user: String,
    configuration: Option<Configuration>,
    #[serde(default)]
    deleted: Deleted,
    reason: String,
    filter: Option<SmolStr>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Configuration {
    Present(String),
    Past(Box<ConfigurationDraft>),
}

/// Where a document does not fit, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ImportError {
    /// The member, such as `resources.User[3]`.
    pub place: String,
    /// What was expected.
    pub reason: String,
}

impl Tenant {
    /// The state that a document describes, for this tenant. Keys that are not in it are those that
    /// the tenant would have generated.
    ///
    /// # Errors
    ///
    /// [`ImportError`] at the first member that does not fit. The tenant stays as it is either way:
    /// [`Tenant::replace_state`] puts the state in place.
    pub fn read_state(&self, it: Import) -> Result<Arc<State>, ImportError> {
        if it.format != FORMAT {
            return wrong(
                "format",
                format!("expected {}, found {}", quoted(FORMAT), quoted(&it.format)),
            );
        }
        let manner = manner(&self.snapshot(), &it)?;
        let mut master = master(it.master_data, it.console_users)?;
        let configurations = configurations(it.configurations, &master)?;
        for (name, first) in &it.retired {
            countable(*first).map_err(|reason| error(format!("retired.{name}"), reason))?;
        }
        let ids = IdSource::new(it.seed, self.name()).with_retired(it.retired);
        let setup = setup(it.setup, &master)?.at(self.name());
        let mut console = Console::read(setup, it.made, configurations)
            .map_err(|reason| error("made", reason))?;
        let secrets = it.secrets.as_ref();
        let wrongly = secrets.and_then(|of| of.contradiction(console.setup(), it.key_expires));
        if let Some((place, why)) = wrongly {
            return wrong(place, why);
        }
        match it.secrets {
            Some(secrets) => console.adopt(self.name(), secrets),
            None => console.derive_key(self.name(), &ids, it.key_expires),
        }
        .map_err(|reason| error("secrets", reason))?;
        has_key_as_it_says(&console, it.key_expires)?;
        if let Some(name) = console.bearers().find(|it| master.console_user(Some(it)).is_none()) {
            return wrong(
                "secrets.accessTokens",
                format!("there is no console user {}", quoted(name)),
            );
        }
        console.skip_known(self.name(), &ids);
        let directory = directory(&manner, it.resources)?;
        let latest = latest(&manner, &directory, it.latest_change);
        let data = Arc::make_mut(&mut master.data);
        let applied = applied(it.applied, (&directory, &console), data)?;
        let (manner, master) = (Arc::new(manner), Arc::new(master));
        let state = State { manner, master, directory, console, applied, ids, life: 0, latest };
        // Whoever edited the document need not have given what changed another version.
        Ok(Arc::new(state.renewed(self.next_life())))
    }
}

fn manner(present: &State, it: &Import) -> Result<Manner, ImportError> {
    let known = present.manner.schemas.schemas();
    let missing = it.schemas.iter().find(|urn| known.iter().all(|it| *it.id != ***urn));
    if let Some(urn) = missing {
        return wrong("schemas", format!("this tenant has no schema {urn}"));
    }
    let settings = present.manner.with_settings(&it.settings);
    settings.map_err(|it| error(format!("settings.{}", it.name()), it.to_string()))
}

fn master(data: MasterDataDraft, users: Vec<ConsoleUserDraft>) -> Result<Master, ImportError> {
    let data = data
        .resolve()
        .map_err(|it| error(path_of(&format!("masterData{}", it.pointer)), it.message))?;
    let users = console_users(users, &data)
        .map_err(|it| error(path_of(&format!("consoleUsers{}", it.pointer)), it.message))?;
    Ok(Master { data: Arc::new(data), console_users: users.into() })
}

/// A set-up whose steps were done in their order, by somebody who could.
fn setup(it: Setup, master: &Master) -> Result<Setup, ImportError> {
    if let Some((name, why)) = it.contradiction() {
        return wrong(format!("setup.{name}"), why.to_string());
    }
    let Some(name) = it.authenticated_as() else { return Ok(it) };
    if master.console_user(Some(name)).is_some_and(|it| it.is_admin(&master.data)) {
        return Ok(it);
    }
    let reason = format!("expected a console user with the role Admin, found {}", quoted(name));
    wrong("setup.authenticatedAs", reason)
}

/// Checks that what is said of a secret key is said of one that is there.
fn has_key_as_it_says(console: &Console, expires: Option<Timestamp>) -> Result<(), ImportError> {
    if console.secret_key().is_some() {
        return Ok(());
    }
    if console.setup().has_key() {
        return wrong("setup.maskedKey", "there is no secret key");
    }
    match expires {
        Some(_) => wrong("keyExpires", "there is no secret key"),
        None => Ok(()),
    }
}

fn configurations(
    drafts: Vec<ConfigurationDraft>,
    master: &Master,
) -> Result<Vec<Arc<UserConfiguration>>, ImportError> {
    let mut all = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let place = |pointer: &str| path_of(&format!("configurations/{index}{pointer}"));
        let Some(id) = draft.id.clone().filter(|it| is_segment(it)) else {
            let expected = "expected an id of 1 to 100 letters, digits, \"-\" or \"_\"";
            return wrong(place("/id"), expected);
        };
        if all.iter().any(|it: &Arc<UserConfiguration>| it.id == id) {
            return wrong(place("/id"), format!("the id {} is taken", quoted(&id)));
        }
        let made = draft.resolve(&id, &master.data, &all);
        all.push(Arc::new(made.map_err(|it| error(place(&it.pointer), it.problem.to_string()))?));
    }
    Ok(all)
}

/// Whether an address can end with an id.
fn is_segment(id: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    (1..=100).contains(&id.len()) && id.bytes().all(is_plain)
}

fn directory(
    manner: &Manner,
    mut resources: BTreeMap<String, Vec<Map<String, Json>>>,
) -> Result<Directory, ImportError> {
    // A name that no schema has is a slip of whoever edited the document, also where the tenant
    // would drop it.
    let dialect =
        Dialect { unknown_attributes: UnknownAttributes::Refuse, ..manner.dialect.clone() };
    let mut directory = Directory::new(&manner.schemas);
    for resource_type in manner.schemas.resource_types() {
        let kind = &resource_type.name;
        let rules = Rules::new(resource_type, &manner.schemas, &dialect);
        for (index, body) in
            resources.remove(kind.as_str()).unwrap_or_default().into_iter().enumerate()
        {
            let refused = |reason| error(format!("resources.{kind}[{index}]"), reason);
            let resource = resource(resource_type, &rules, body).map_err(refused)?;
            if directory.find(&resource.id).is_some() {
                return Err(refused(format!("the id {} is taken", resource.id)));
            }
            directory.admits(&resource).map_err(|it| refused(it.detail().to_owned()))?;
            directory.put(Arc::new(resource));
        }
    }
    match resources.keys().next() {
        Some(kind) => wrong("resources", format!("there is no resource type {}", quoted(kind))),
        None => Ok(directory),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Meta {
    created: Timestamp,
    last_modified: Timestamp,
    version: u64,
}

fn resource(
    resource_type: &ResourceType,
    rules: &Rules<'_>,
    mut body: Map<String, Json>,
) -> Result<Resource, String> {
    let id = body.remove("id");
    let id = id.as_ref().and_then(Json::as_str).and_then(|it| uuid::Uuid::try_parse(it).ok());
    let id = id.ok_or("expected an id that is a UUID")?.hyphenated().to_string();
    let meta = body.remove("meta").ok_or("expected meta")?;
    let meta: Meta = serde_json::from_value(meta)
        .map_err(|it| format!("meta: {}", in_plain_words(&it.to_string())))?;
    if meta.last_modified < meta.created {
        return Err("meta.lastModified: expected a time that is not before meta.created".into());
    }
    if countable(meta.version).map_err(|it| format!("meta.version: {it}"))? == 0 {
        return Err("meta.version: expected 1 or more, found 0".into());
    }
    let accepted = accept(rules, &Json::Object(body), Intent::Create);
    let accepted = accepted.map_err(|it| it.detail().to_owned())?;
    let kind = resource_type.name.clone();
    let created = whole_microseconds(meta.created);
    let mut resource = Resource::new(kind, id.into(), accepted, created);
    resource.last_modified = whole_microseconds(meta.last_modified);
    resource.version = meta.version;
    Ok(resource)
}

/// The time that the next change must be later than: whoever edited the document need not have said
/// it.
fn latest(manner: &Manner, directory: &Directory, said: Option<Timestamp>) -> Timestamp {
    let types = manner.schemas.resource_types().iter();
    let all = types.flat_map(|it| directory.all(&it.name)).map(|it| it.last_modified);
    all.chain(said.map(whole_microseconds)).max().unwrap_or(Timestamp::MIN)
}

fn applied(
    all: Vec<AppliedOne>,
    (directory, console): (&Directory, &Console),
    data: &mut MasterData,
) -> Result<Applied, ImportError> {
    let mut applied = Applied::default();
    let mut past = PastConfigurations { recall: Recall::new(data), known: Vec::new() };
    for (index, it) in all.into_iter().enumerate() {
        let place = |pointer: &str| path_of(&format!("applied/{index}{pointer}"));
        if directory.get("User", &it.user).is_none() {
            return wrong(place("/user"), format!("there is no user {}", quoted(&it.user)));
        }
        let configuration = match it.configuration {
            None => None,
            Some(Configuration::Past(draft)) => {
                Some(past.read(*draft, it.deleted).map_err(|error| {
                    let at = place(&format!("/configuration{}", error.pointer));
                    self::error(at, error.problem.to_string())
                })?)
            }
            Some(Configuration::Present(id)) => {
                let found = console.configuration(&id);
                let found = found.map_err(|it| error(place("/configuration"), it.to_string()));
                Some(found?.clone())
            }
        };
        let reason = Reason::coded(&it.reason, it.filter).ok_or_else(|| {
            let reason = format!("there is no reason {} with this filter", quoted(&it.reason));
            error(place("/reason"), reason)
        })?;
        let choice = Choice { configuration, reason };
        if !choice.is_consistent() {
            let why = format!("the reason {} does not fit the configuration", quoted(&it.reason));
            return wrong(place("/reason"), why);
        }
        if applied.insert(&it.user, choice).is_some() {
            return wrong(place("/user"), format!("the user {} is there twice", quoted(&it.user)));
        }
    }
    // Every user has had some configuration, or none, applied.
    let missing = directory.all("User").find(|it| applied.get(&it.id).is_none());
    match missing {
        Some(user) => wrong("applied", format!("nothing is said of user {}", user.id)),
        None => Ok(applied),
    }
}

/// The configurations that were applied and are not so any more; users of the same one share it.
struct PastConfigurations<'a> {
    recall: Recall<'a>,
    known: Vec<Arc<UserConfiguration>>,
}

impl PastConfigurations<'_> {
    fn read(
        &mut self,
        draft: ConfigurationDraft,
        deleted: Deleted,
    ) -> Result<Arc<UserConfiguration>, ConfigurationError> {
        let read = self.recall.read(draft, deleted)?;
        if let Some(known) = self.known.iter().rev().find(|it| ***it == read) {
            return Ok(known.clone());
        }
        let read = Arc::new(read);
        self.known.push(read.clone());
        Ok(read)
    }
}

fn error(place: impl Into<String>, reason: impl Into<String>) -> ImportError {
    ImportError { place: place.into(), reason: reason.into() }
}

fn wrong<T>(place: impl Into<String>, reason: impl Into<String>) -> Result<T, ImportError> {
    Err(error(place, reason))
}
