//! All that a tenant holds at one moment; a copy shares everything with the original.

use std::{collections::HashMap, sync::Arc};

use imbl::OrdMap;
use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;
use uuid::Uuid;

use super::{
    Master, console::Console, ids::IdSource, presentation::Presentation, resources::Resources,
};
use crate::{
    medius::{
        Attention, ConfigurationChoice, MasterData, Present, TenantName, UserConfiguration,
        UserFacts, attention, attribute,
    },
    scim::{Dialect, Filterable, GroupNames, Profile, Resource, Schemas, Uniqueness, User},
};

/// A tenant's state: an immutable value to its readers.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) profile: Arc<ScimProfile>,
    pub(super) master: Arc<Master>,
    pub(super) resources: Resources,
    pub(super) console: Console,
    /// The configuration that was applied to each user, as it was then.
    pub(super) applied: Applied,
    pub(super) ids: IdSource,
    /// The life of the tenant in which it was put in place: what changes gets it.
    pub(super) life: u64,
    /// The tenant's revision as which it was made; it may be put in place again as another one.
    pub(super) revision: u64,
    /// The latest time that a resource was given as its `lastModified`, deleted ones included.
    pub(super) latest: Timestamp,
}

/// How a tenant speaks SCIM.
#[derive(Clone, Debug)]
pub struct ScimProfile {
    /// The profile it was made with.
    pub profile: Profile,
    /// What it tolerates and how it answers.
    pub dialect: Dialect,
    /// Its schemas and resource types.
    pub schemas: Arc<Schemas>,
    /// Whether a user to whom no configuration applies is refused; else the user is stored without
    /// roles and companies and flagged for attention (both assumed).
    pub requires_configuration: bool,
}

/// The configurations that were applied, by user.
///
/// The key is the id as a number: in a map of texts a change would count the owners of its
/// neighbours, which are all over the memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Applied(OrdMap<Uuid, ConfigurationChoice>);

impl Applied {
    pub(super) fn get(&self, user: &str) -> Option<&ConfigurationChoice> {
        self.0.get(&Uuid::try_parse(user).ok()?)
    }

    /// Notes what was applied to a user; says what was before.
    pub(super) fn insert(
        &mut self,
        user: &str,
        choice: ConfigurationChoice,
    ) -> Option<ConfigurationChoice> {
        self.0.insert(uuid(user), choice)
    }

    /// Forgets what was applied to a user; says what it was.
    pub(super) fn remove(&mut self, user: &str) -> Option<ConfigurationChoice> {
        self.0.remove(&uuid(user))
    }

    /// The configurations that were applied, each with the number of its users. One that was edited
    /// meanwhile is there as it was, too.
    pub(super) fn configurations(&self) -> Vec<(&Arc<UserConfiguration>, usize)> {
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut counts: Vec<(&Arc<UserConfiguration>, usize)> = Vec::new();
        for it in self.0.values().filter_map(|it| it.configuration.as_ref()) {
            let place = *places.entry(Arc::as_ptr(it).addr()).or_insert(counts.len());
            match counts.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => counts.push((it, 1)),
            }
        }
        counts
    }
}

/// By how much a change is later than the one before, at least.
const MICROSECOND: SignedDuration = SignedDuration::from_micros(1);

/// A time without what is smaller than a microsecond, which no reader is shown.
pub(super) fn whole_microseconds(at: Timestamp) -> Timestamp {
    let below = i64::from(at.subsec_nanosecond()).rem_euclid(1_000);
    at.checked_sub(SignedDuration::from_nanos(below)).unwrap_or(at)
}

fn uuid(id: &str) -> Uuid {
    Uuid::try_parse(id).expect("a tenant's ids are made of UUIDs")
}

impl ScimProfile {
    /// A profile with these switches and schemas.
    pub fn with(profile: Profile, dialect: Dialect, schemas: &Arc<Schemas>) -> Self {
        let uniqueness = match dialect.group_names {
            GroupNames::Unique => Uniqueness::Server,
            GroupNames::Free => Uniqueness::None,
        };
        let schemas = Schemas::clone(schemas).with_uniqueness("Group", "displayName", uniqueness);
        Self { profile, dialect, schemas: Arc::new(schemas), requires_configuration: false }
    }
}

impl State {
    pub(super) fn new(
        name: &TenantName,
        master: Arc<Master>,
        profile: Arc<ScimProfile>,
        seed: u64,
    ) -> Self {
        let resources = Resources::new(&profile.schemas);
        Self {
            profile,
            master,
            resources,
            console: Console::default(),
            applied: Applied::default(),
            ids: IdSource::new(seed, name),
            life: 0,
            revision: 0,
            latest: Timestamp::MIN,
        }
    }

    /// The same for a tenant of another name: what follows from its name differs.
    pub(super) fn moved(&self, name: &TenantName) -> Self {
        let ids = IdSource::new(self.ids.seed(), name).with_retired(self.ids.retired());
        let console = self.console.moved(name, &ids);
        Self { console, ids, ..self.clone() }
    }

    /// The same without resources and with this data: the set-up, the key and the configurations stay.
    /// It speaks SCIM in this profile, and the ids of what comes follow from this seed.
    pub(crate) fn emptied(
        &self,
        name: &TenantName,
        seed: u64,
        data: Arc<MasterData>,
        profile: Arc<ScimProfile>,
    ) -> Self {
        let master = Arc::new(Master { data, ..Master::clone(&self.master) });
        Self { console: self.console.clone(), ..Self::new(name, master, profile, seed) }
    }

    /// The same, but it speaks SCIM as another one does.
    #[must_use]
    pub fn speaking_as(&self, other: &Self) -> Arc<Self> {
        let mut next = self.clone();
        next.adopt(other.profile.clone());
        Arc::new(next)
    }

    /// The same, where every resource got its version in this life: the content is another one than
    /// that which earlier versions named.
    pub(super) fn renewed(mut self, life: u64) -> Self {
        self.renew(life);
        self
    }

    /// Gives every resource its version in this life.
    pub(super) fn renew(&mut self, life: u64) {
        self.resources.renew(life);
        self.life = life;
    }

    /// The time of a change that is made now: in whole microseconds, and later than that of every
    /// change before, also while the clock stands or is set back. So a reader that asks for what is
    /// `meta.lastModified gt` the latest that it saw misses nothing.
    ///
    /// It follows from the state alone, so a state that is put in place again gives the same times.
    pub(super) fn moment(&mut self, now: Timestamp) -> Timestamp {
        let next = self.latest.checked_add(MICROSECOND).unwrap_or(Timestamp::MAX);
        self.latest = whole_microseconds(now).max(next);
        self.latest
    }

    /// Speaks SCIM in another profile from now on.
    pub(super) fn adopt(&mut self, profile: Arc<ScimProfile>) {
        self.resources.adopt(&profile.schemas);
        self.profile = profile;
    }

    /// Its companies, roles and console users.
    pub fn master(&self) -> &Arc<Master> {
        &self.master
    }

    /// The seed that its ids and secrets follow from.
    pub fn seed(&self) -> u64 {
        self.ids.seed()
    }

    /// The same, where every attribute may be filtered by: as a test reads it.
    #[must_use]
    pub fn filterable(&self) -> Self {
        let mut profile = ScimProfile::clone(&self.profile);
        profile.dialect.filterable = Filterable::Everything;
        Self { profile: Arc::new(profile), ..self.clone() }
    }

    /// The users, groups and other resources.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// How it speaks SCIM.
    pub fn profile(&self) -> &ScimProfile {
        &self.profile
    }

    /// The admin console's side: set-up, key, configurations.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The configuration that was applied to a user.
    pub fn applied(&self, user: &str) -> Option<&ConfigurationChoice> {
        self.applied.get(user)
    }

    /// What an administrator should look at about a user.
    pub fn attention(&self, user: &Resource) -> Vec<Attention> {
        let Some(choice) = self.applied(&user.id) else { return Vec::new() };
        let it = User(user);
        let boss = |id: &SmolStr| self.resources.get("User", id).map(|it| User(it).user_name());
        let facts = UserFacts {
            id: &user.id,
            manager: it.manager().map(|id| (id.as_str(), boss(id))),
            configuration_filter: attribute(it, "configurationFilter"),
            identity_provider: attribute(it, "identityProvider"),
            ..UserFacts::default()
        };
        let configurations = self.console.configurations();
        attention(&facts, choice, Present { data: &self.master.data, configurations })
    }

    /// What is derived when resources are shown, below a base URL such as
    /// `http://127.0.0.1:8420/NordlysQA/scim/v2`.
    pub fn present<'a>(&'a self, base: &'a str) -> Presentation<'a> {
        Presentation::new(self, base)
    }
}
