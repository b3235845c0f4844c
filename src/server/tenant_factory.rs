//! Makes what tenants start with, from fixtures and a seed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    MockServerBuilder, memory,
    populate::{self, Plan},
};
use crate::{
    medius::{self, Environment, TenantName},
    scim::{Dialect, Schemas, quoted},
    seed::{self, TenantSeed},
    tenant::{
        ScimProfile, SettingsChange, SettingsError, State, Tenant, TenantFactory, TenantOptions,
        TenantOptionsError, Tenants,
    },
};

/// How many users and groups a tenant has if nobody says.
const DEFAULT: (usize, usize) = (25, 4);

/// How many states are remembered, and how many users these may have: the tenants of a test suite
/// come again and again under their names.
const REMEMBERED: (usize, usize) = (256, 1_000);

/// How many groups and companies a tenant may be given.
const MOST: (usize, usize) = (100_000, 10_000);

/// Makes what tenants start with.
#[derive(Debug)]
pub(super) struct SeedFactory {
    usual: Plan,
    own: Option<TenantSeed>,
    schemas: Option<Schemas>,
    profile: Arc<ScimProfile>,
    /// Other profiles that were asked for, by their settings.
    profiles: Mutex<HashMap<SettingsChange, Arc<ScimProfile>>>,
    /// By name and options.
    made: Mutex<HashMap<(String, TenantOptions), Arc<State>>>,
}

impl SeedFactory {
    pub(super) fn new(builder: &MockServerBuilder, seed: u64) -> Self {
        let dialect = builder.dialect.clone().unwrap_or_else(|| Dialect::of(builder.profile));
        let schemas = Arc::new(medius::schemas());
        let (users, groups) = if builder.fresh { (0, 0) } else { DEFAULT };
        Self {
            usual: Plan {
                seed,
                users: builder.users.unwrap_or(users),
                groups: builder.groups.unwrap_or(groups),
                fresh: builder.fresh,
            },
            own: builder.own.clone(),
            schemas: builder.schemas.clone(),
            profile: Arc::new(ScimProfile::with(builder.profile, dialect, &schemas)),
            profiles: Mutex::default(),
            made: Mutex::default(),
        }
    }

    /// Adds the saved tenants, or else the two seeded ones, and the default one if it is none of them;
    /// that one is returned.
    ///
    /// The numbers that the builder was told are those of the default tenant.
    pub(super) fn first(
        &self,
        default: TenantName,
        tenants: &Tenants,
        saved: Option<&[Arc<Tenant>]>,
    ) -> Arc<Tenant> {
        match saved {
            Some(saved) => saved.iter().for_each(|it| tenants.insert(it.clone())),
            None => self.add_built_in(&default, tenants),
        }
        if let Some(there) = tenants.get(default.as_str()) {
            return there;
        }
        let fixture = self.fixture(&default);
        let tenant = Arc::new(self.tenant(&fixture, self.usual, self.profile.clone()));
        tenants.insert(tenant.clone());
        tenant
    }

    /// Adds the seeded tenants but the default one.
    fn add_built_in(&self, default: &TenantName, tenants: &Tenants) {
        let (users, groups) = if self.usual.fresh { (0, 0) } else { DEFAULT };
        for built_in in [seed::nordlys(), seed::nordlys_qa()] {
            if built_in.name != *default {
                let plan = Plan { users, groups, ..self.usual };
                tenants.insert(Arc::new(self.tenant(built_in, plan, self.profile.clone())));
            }
        }
    }

    fn tenant(&self, fixture: &TenantSeed, plan: Plan, profile: Arc<ScimProfile>) -> Tenant {
        populate::tenant(fixture, plan, profile, self.schemas.as_ref())
    }

    /// What a tenant of this name is made from.
    fn fixture(&self, name: &TenantName) -> TenantSeed {
        let built_in = || match name.environment() {
            Environment::Production => seed::nordlys(),
            Environment::QualityAssurance => seed::nordlys_qa(),
        };
        self.own.as_ref().unwrap_or_else(built_in).renamed(name.clone())
    }

    fn plan(&self, options: &TenantOptions) -> Result<Plan, TenantOptionsError> {
        let fresh = options.fresh.unwrap_or(self.usual.fresh);
        // Whoever asks for open steps in a seeded server, or the reverse, gets what is usual there.
        let (users, groups) = match (fresh, self.usual.fresh) {
            (true, false) => (0, 0),
            (false, true) => DEFAULT,
            _ => (self.usual.users, self.usual.groups),
        };
        let plan = Plan {
            seed: options.seed.unwrap_or(self.usual.seed),
            users: options.users.unwrap_or(users),
            groups: options.groups.unwrap_or(groups),
            fresh,
        };
        memory::admits(plan.users).map_err(|error| refused("users", error.to_string()))?;
        if plan.groups > MOST.0 {
            return Err(refused("groups", format!("a tenant has {} groups at most", MOST.0)));
        }
        Ok(plan)
    }

    /// How a tenant speaks SCIM that has these settings besides the usual ones.
    fn profile(&self, options: &TenantOptions) -> Result<Arc<ScimProfile>, SettingsError> {
        let change = options.settings.clone()?;
        if change == SettingsChange::default() {
            return Ok(self.profile.clone());
        }
        if let Some(found) = lock(&self.profiles).get(&change) {
            return Ok(found.clone());
        }
        let profile = Arc::new(self.profile.with_settings(&change));
        remember(&mut lock(&self.profiles), change, &profile);
        Ok(profile)
    }

    fn seed_for(
        &self,
        name: &TenantName,
        options: &TenantOptions,
    ) -> Result<TenantSeed, TenantOptionsError> {
        let mut fixture = with_companies(self.fixture(name), options)?;
        if let Some(language) = &options.locale {
            fixture = fixture.speaking(language).map_err(|known| {
                let known = known.join(", ");
                refused("locale", format!("nobody speaks {}; there are: {known}", quoted(language)))
            })?;
        }
        Ok(fixture)
    }
}

impl TenantFactory for SeedFactory {
    fn state(
        &self,
        name: &TenantName,
        options: &TenantOptions,
    ) -> Result<Arc<State>, TenantOptionsError> {
        let plan = self.plan(options)?;
        let key = (name.to_string(), options.clone());
        if let Some(found) = lock(&self.made).get(&key) {
            return Ok(found.clone());
        }
        let tenant = self.tenant(&self.seed_for(name, options)?, plan, self.profile(options)?);
        let state = tenant.snapshot();
        if plan.users <= REMEMBERED.1 {
            remember(&mut lock(&self.made), key, &state);
        }
        Ok(state)
    }

    fn with_others(
        &self,
        name: &TenantName,
        present: &State,
        options: &TenantOptions,
    ) -> Result<Arc<State>, TenantOptionsError> {
        let plan = self.plan(options)?;
        let mut fixture =
            self.seed_for(name, &TenantOptions { companies: None, ..options.clone() })?;
        let configurations = present.console().configurations().to_vec();
        let data = present.master().data.clone();
        let there = TenantSeed { data, configurations, ..fixture.clone() };
        let data = with_companies(there, options)?.data;
        // Where there are none yet, people are as those of the tenants that the server starts with.
        if !present.console().configurations().is_empty() {
            fixture.configurations = present.console().configurations().to_vec();
        }
        let empty = present.emptied(name, plan.seed, data, self.profile.clone());
        let mut tenant = Tenant::of(name.clone(), Arc::new(empty));
        populate::plant(&mut tenant, &fixture, plan);
        // After the people, who have no attribute that a schema of the tenant's own requires.
        Ok(tenant.snapshot().speaking_as(present))
    }
}

/// The same with as many companies as the options say.
fn with_companies(
    fixture: TenantSeed,
    options: &TenantOptions,
) -> Result<TenantSeed, TenantOptionsError> {
    let Some(count) = options.companies else { return Ok(fixture) };
    if count > MOST.1 {
        return Err(refused("companies", format!("a tenant has {} companies at most", MOST.1)));
    }
    fixture.with_companies(count).map_err(|reason| refused("companies", reason))
}

/// Keeps something for the next time; when there is too much, what was kept is forgotten.
fn remember<K: Eq + std::hash::Hash, T>(all: &mut HashMap<K, Arc<T>>, key: K, it: &Arc<T>) {
    if all.len() >= REMEMBERED.0 {
        all.clear();
    }
    all.insert(key, it.clone());
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A map that was just cleared or got an entry is whole, whoever died.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(field: &'static str, reason: String) -> TenantOptionsError {
    TenantOptionsError::Refused { field, reason }
}
