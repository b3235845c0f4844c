//! Reading a state that was [exported](super::export): whole, or not at all.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Deserialize;
use smol_str::SmolStr;

use super::{
    ImportError, Master, Resources, ScimProfile, SettingsChange, SettingsError, SignInSettings,
    State, Tenant,
    console::{Console, ConsoleSecrets, countable},
    export::{AppliedDocument, FORMAT},
    ids::{IdSource, is_key_of},
    state::whole_microseconds,
};
use crate::{
    medius::{
        ConfigurationDraft, ConsoleUserDraft, MasterDataDraft, Setup, TenantName,
        UserConfiguration, console_users, path_of,
    },
    scim::quoted,
};

mod applied;
mod resources;

/// A document that was read and not yet found to fit together. Deserialized, so that an unknown
/// member is refused; `S` is how its settings were read. Resources are read one by one when they are
/// needed, from the text, so that a large document takes no more memory than its text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Import<'a, S> {
    format: String,
    /// Of which tenant it was; any may read it.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "for readers of the document"))]
    tenant: String,
    seed: u64,
    settings: S,
    schemas: Vec<String>,
    setup: Setup,
    made: BTreeMap<String, u64>,
    key_expires: Option<Timestamp>,
    secrets: Option<ConsoleSecrets>,
    master_data: MasterDataDraft,
    console_users: Vec<ConsoleUserDraft>,
    #[serde(default)]
    sign_in: SignInSettings,
    configurations: Vec<ConfigurationDraft>,
    #[serde(borrow)]
    resources: BTreeMap<String, Vec<resources::ResourceBody<'a>>>,
    applied: Vec<AppliedDocument>,
    retired: BTreeMap<SmolStr, u64>,
    #[serde(default)]
    latest_change: Option<Timestamp>,
}

impl Tenant {
    /// The state that a document describes, for this tenant. Keys that are not in it are those that
    /// the tenant would have generated.
    ///
    /// # Errors
    ///
    /// [`ImportError`] at the first member that does not fit. The tenant stays as it is either way:
    /// [`Tenant::replace_state`] puts the state in place.
    pub fn read_state<S>(&self, document: Import<'_, S>) -> Result<Arc<State>, ImportError>
    where
        S: TryInto<SettingsChange, Error = SettingsError>,
    {
        // Whoever edited the document need not have given what changed another version.
        let life = self.next_life();
        State::read(self.name(), &self.snapshot().profile, document, life).map(Arc::new)
    }
}

#[cfg(feature = "cli")]
impl Tenant {
    /// The tenant that a document describes: it has the name in the document, and goes back to this
    /// state at a reset. `profile` has the schemas that the document may name, and every resource has
    /// its version in this life.
    ///
    /// # Errors
    ///
    /// [`ImportError`] at the first member that does not fit.
    pub(crate) fn restored<S>(
        profile: &ScimProfile,
        document: Import<'_, S>,
        life: u64,
    ) -> Result<Self, ImportError>
    where
        S: TryInto<SettingsChange, Error = SettingsError>,
    {
        let name = document.tenant.parse::<TenantName>();
        let name = name.map_err(|it| error("tenant", it.to_string()))?;
        let state = State::read(&name, profile, document, life)?;
        Ok(Self::of(name, Arc::new(state)))
    }
}

impl State {
    /// The state that a document describes, for the tenant of this name. Every resource has its version
    /// in this life; `present` has the schemas that the document may name.
    fn read<S>(
        name: &TenantName,
        present: &ScimProfile,
        it: Import<'_, S>,
        life: u64,
    ) -> Result<Self, ImportError>
    where
        S: TryInto<SettingsChange, Error = SettingsError>,
    {
        if it.format != FORMAT {
            return wrong(
                "format",
                format!("expected {}, found {}", quoted(FORMAT), quoted(&it.format)),
            );
        }
        let profile = profile(present, &it.schemas, it.settings)?;
        let mut master = master(it.master_data, it.console_users, it.sign_in)?;
        let configurations = configurations(it.configurations, &master)?;
        are_countable(&it.retired, &profile)?;
        let ids = IdSource::new(it.seed, name).with_retired(it.retired);
        let setup = setup(it.setup, &master)?.at(name);
        let mut console = Console::read(setup, it.made, configurations)?;
        if let Some(secrets) = it.secrets {
            secrets.fit(console.setup(), it.key_expires)?;
            for (place, name) in secrets.bearers() {
                may_log_in(name, &master).map_err(|reason| error(place, reason))?;
            }
            console.adopt(name, secrets)?;
        } else {
            let derived = console.derive_key(name, &ids, it.key_expires);
            derived.map_err(|reason| error("setup.maskedKey", reason))?;
        }
        has_key_as_it_says(&console, it.key_expires)?;
        console.skip_known(name, &ids);
        let resources = resources::read(&profile, it.resources, life)?;
        let latest = latest(&profile, &resources, it.latest_change);
        let data = Arc::make_mut(&mut master.data);
        let applied = applied::read(it.applied, &resources, &console, data)?;
        let (profile, master) = (Arc::new(profile), Arc::new(master));
        Ok(Self { profile, master, resources, console, applied, ids, life, revision: 0, latest })
    }
}

fn profile(
    present: &ScimProfile,
    schemas: &[String],
    settings: impl TryInto<SettingsChange, Error = SettingsError>,
) -> Result<ScimProfile, ImportError> {
    let known = present.schemas.schemas();
    let missing = schemas.iter().position(|urn| known.iter().all(|it| *it.id != **urn));
    if let Some(at) = missing {
        let reason = format!("this tenant has no schema {}", quoted(&schemas[at]));
        return wrong(format!("schemas[{at}]"), reason);
    }
    let settings = settings.try_into();
    let settings =
        settings.map_err(|it| error(format!("settings.{}", it.name()), it.to_string()))?;
    Ok(present.with_settings(&settings))
}

fn master(
    data: MasterDataDraft,
    users: Vec<ConsoleUserDraft>,
    sign_in: SignInSettings,
) -> Result<Master, ImportError> {
    let data = data
        .resolve()
        .map_err(|it| error(path_of(&format!("masterData{}", it.pointer)), it.message))?;
    let users = console_users(users, &data)
        .map_err(|it| error(path_of(&format!("consoleUsers{}", it.pointer)), it.message))?;
    Ok(Master { data: Arc::new(data), console_users: users.into(), sign_in })
}

/// A set-up whose steps were done in their order, by somebody who could.
fn setup(it: Setup, master: &Master) -> Result<Setup, ImportError> {
    if let Some((name, why)) = it.contradiction() {
        return wrong(format!("setup.{name}"), why.to_string());
    }
    let Some(name) = it.authenticated_as() else { return Ok(it) };
    may_log_in(name, master).map_err(|reason| error("setup.authenticatedAs", reason))?;
    Ok(it)
}

/// Checks that somebody may open the console, as a login does.
fn may_log_in(name: &str, master: &Master) -> Result<(), String> {
    if master.console_user(Some(name)).is_some_and(|it| it.is_admin(&master.data)) {
        return Ok(());
    }
    Err(format!("expected a console user with the role Admin, found {}", quoted(name)))
}

/// Checks that names which were given up are of something that this tenant has.
fn are_countable(
    retired: &BTreeMap<SmolStr, u64>,
    profile: &ScimProfile,
) -> Result<(), ImportError> {
    for (name, first) in retired {
        let place = || format!("retired.{name}");
        if !is_key_of(name, &profile.schemas) {
            let reason = "expected a resource type or console/configuration, \"/\" and a name";
            return wrong(place(), reason);
        }
        countable(*first).map_err(|reason| error(place(), reason))?;
    }
    Ok(())
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
            return wrong(place("/id"), SEGMENT);
        };
        if all.iter().any(|it: &Arc<UserConfiguration>| it.id == id) {
            return wrong(place("/id"), format!("the id {} is taken", quoted(&id)));
        }
        let made = draft.resolve(&id, &master.data, &all);
        all.push(Arc::new(made.map_err(|it| error(place(&it.pointer), it.problem.to_string()))?));
    }
    Ok(all)
}

/// What an id of a configuration is.
const SEGMENT: &str = "expected an id of 1 to 100 letters, digits, \"-\" or \"_\"";

/// Whether an address can end with an id.
fn is_segment(id: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    (1..=100).contains(&id.len()) && id.bytes().all(is_plain)
}

/// The time that the next change must be later than: whoever edited the document need not have said
/// it.
fn latest(profile: &ScimProfile, resources: &Resources, said: Option<Timestamp>) -> Timestamp {
    let types = profile.schemas.resource_types().iter();
    let all = types.flat_map(|it| resources.all(&it.name)).map(|it| it.last_modified);
    all.chain(said.map(whole_microseconds)).max().unwrap_or(Timestamp::MIN)
}

fn error(place: impl Into<String>, reason: impl Into<String>) -> ImportError {
    ImportError::new(place, reason)
}

fn wrong<T>(place: impl Into<String>, reason: impl Into<String>) -> Result<T, ImportError> {
    Err(error(place, reason))
}
