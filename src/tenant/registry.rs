//! All tenants of a server.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use dashmap::DashMap;
use jiff::Timestamp;

use super::{Busy, Forgotten, Tenant, budget::Budget, reset::Past};
use crate::medius::TenantName;

/// How many tenants a server has at most if nobody says: as many tests as run before their tenants
/// are deleted, or their time is over.
const MOST: usize = 10_000;

/// Of how many names that are free again it is remembered how far they had counted.
const REMEMBERED: usize = 10_000;

/// The tenants of a server, by name without case.
///
/// Hands out the tenants themselves, never a guard, so nobody can hold the map while it waits, and
/// closes a tenant only after every lock of its own is given back. A tenant may have an end, by the
/// server's clock; whoever [looks](Self::find) then finds nobody, and waits for nothing.
#[derive(Debug)]
pub struct Tenants {
    entries: DashMap<TenantName, RegisteredTenant>,
    adding: Mutex<Adding>,
    numbers: Arc<Mutex<Numbers>>,
    most: usize,
    journals: Budget,
}

/// How far tenants that are gone had counted: one made again under such a name goes on there, so that
/// no cursor and no version means something else in another life.
#[derive(Debug, Default)]
struct Numbers {
    past: HashMap<TenantName, Past>,
    /// Not less than that of every name that is not remembered any more, if there are such.
    of_others: Option<Past>,
    /// Those that were taken away while something was under way in them: how far they count is known
    /// when that has ended.
    leaving: HashMap<TenantName, Arc<Tenant>>,
}

#[derive(Debug)]
struct RegisteredTenant {
    tenant: Arc<Tenant>,
    until: Option<Timestamp>,
}

/// What is settled one after the other.
#[derive(Debug, Default)]
struct Adding {
    /// The number of the last derived name.
    derived: u64,
    /// The names of tenants that are being made.
    promised: HashSet<TenantName>,
}

/// Why there is no new tenant.
#[derive(Debug, thiserror::Error)]
pub enum AddError<E> {
    /// Another one has the name.
    #[error("there is a tenant {0} already")]
    Taken(TenantName),
    /// There are too many.
    #[error("there are {0} tenants, and a server has no more")]
    TooMany(usize),
    /// It cannot be made.
    #[error(transparent)]
    Unmade(E),
}

impl Default for Tenants {
    fn default() -> Self {
        Self::with_room_for(MOST)
    }
}

impl Tenants {
    /// No tenants yet, and at most so many.
    pub fn with_room_for(most: usize) -> Self {
        Self {
            entries: DashMap::new(),
            adding: Mutex::default(),
            numbers: Arc::default(),
            most,
            journals: Budget::default(),
        }
    }

    /// The same, whose journals hold so many bytes together.
    #[must_use]
    pub fn with_journals_of(self, bytes: usize) -> Self {
        Self { journals: Budget::of(bytes), ..self }
    }

    /// How many bytes the journals of all tenants hold, and how many they may hold.
    pub fn journal_bytes(&self) -> (usize, usize) {
        self.journals.fill()
    }

    /// Has the largest journals give way if all together hold more than they may. To be called after
    /// an exchange of `latest` was recorded, which stays.
    pub fn settle_journals(&self, latest: &Tenant) {
        if self.journals.is_exceeded() {
            let all = self.entries.iter().map(|it| it.tenant.clone()).collect();
            self.journals.settle(all, latest);
        }
    }

    /// The tenant with this name, also when its time is over and nobody noticed.
    pub fn get(&self, name: &str) -> Option<Arc<Tenant>> {
        let name: TenantName = name.parse().ok()?;
        self.entries.get(&name).map(|it| it.tenant.clone())
    }

    /// The tenant with this name; one whose time is over is taken away. Waits for nobody.
    pub fn find(&self, name: &str, now: Timestamp) -> Option<Arc<Tenant>> {
        let name: TenantName = name.parse().ok()?;
        let found = self.entries.get(&name).map(|it| (it.tenant.clone(), it.is_over(now)));
        let (tenant, is_over) = found?;
        if !is_over {
            return Some(tenant);
        }
        drop(tenant);
        // Another one may have the name by now.
        self.end_all(self.take(&name, |it| it.is_over(now)).into_iter().collect());
        None
    }

    /// Until when the tenant with this name is there, if not for ever.
    pub fn until(&self, name: &TenantName) -> Option<Timestamp> {
        self.entries.get(name)?.until
    }

    /// Adds a tenant, or puts it in the place of one with its name.
    pub fn insert(&self, tenant: Arc<Tenant>) {
        self.journals.count(&tenant);
        self.entries.insert(tenant.name().clone(), RegisteredTenant { tenant, until: None });
    }

    /// Makes a tenant and adds it. Without a name it is called `T1QA`, `T2QA` and so on, the first
    /// that is free; several may be made at once. It is there until a time, or for ever. Waits for what is still under way in a tenant that
    /// had the name before.
    ///
    /// # Errors
    ///
    /// [`AddError`]; then there is none.
    pub(crate) fn add<E>(
        &self,
        name: Option<TenantName>,
        until: Option<Timestamp>,
        now: Timestamp,
        make: impl FnOnce(&TenantName) -> Result<Tenant, E>,
    ) -> Result<Arc<Tenant>, AddError<E>> {
        let promise = self.promise(name, now)?;
        let tenant = make(&promise.name).map_err(AddError::Unmade)?;
        let past = self.past_of(&promise.name);
        let tenant = Arc::new(match past {
            Some(past) => tenant.going_on_behind(&past),
            None => tenant,
        });
        self.journals.count(&tenant);
        self.entries
            .insert(promise.name.clone(), RegisteredTenant { tenant: tenant.clone(), until });
        Ok(tenant)
    }

    /// Takes this very tenant away, and not one that has its name by now; waits for what is under way
    /// in it.
    pub(crate) fn part_with(&self, tenant: &Arc<Tenant>) {
        if let Some(gone) = self.take(tenant.name(), |it| Arc::ptr_eq(&it.tenant, tenant)) {
            self.close(&gone);
        }
    }

    /// Takes a tenant away, if it is the one that is meant, and remembers that it is leaving: who adds
    /// another one of its name waits for it.
    fn take(
        &self,
        name: &TenantName,
        is_meant: impl Fn(&RegisteredTenant) -> bool,
    ) -> Option<Arc<Tenant>> {
        let gone = self.entries.remove_if(name, |_, it| {
            let is_gone = is_meant(it);
            if is_gone {
                self.numbers().leaving.insert(name.clone(), it.tenant.clone());
            }
            is_gone
        });
        gone.map(|(_, it)| it.tenant)
    }

    /// Ends what is under way in a tenant that was taken away, and remembers how far it had counted.
    fn close(&self, tenant: &Arc<Tenant>) {
        tenant.end();
        settle(&self.numbers, tenant);
    }

    /// The same, where nobody waits for what is under way.
    fn end_all(&self, gone: Vec<Arc<Tenant>>) {
        let mut held = Vec::new();
        for tenant in gone {
            tenant.end();
            match tenant.past_now() {
                Some(past) => numbers(&self.numbers).settle(&tenant, past),
                None => held.push((Busy::of(&tenant), tenant.clone())),
            }
            Forgotten::tenant(tenant).drop_aside();
        }
        if held.is_empty() {
            return;
        }
        let of_all = self.numbers.clone();
        let wait = move || {
            for (busy, tenant) in held {
                settle(&of_all, &tenant);
                drop((busy, tenant));
            }
        };
        // Where no thread can be made, whoever adds one of its name waits for it.
        drop(thread::Builder::new().name("mediusflow-close".into()).spawn(wait));
    }

    /// How far the tenants of this name have counted that are gone.
    fn past_of(&self, name: &TenantName) -> Option<Past> {
        let leaving = self.numbers().leaving.get(name).cloned();
        if let Some(tenant) = leaving {
            settle(&self.numbers, &tenant);
        }
        self.numbers().of(name)
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        numbers(&self.numbers)
    }

    /// All tenants, ordered by name.
    pub fn all(&self) -> Vec<Arc<Tenant>> {
        let mut all: Vec<Arc<Tenant>> = self.entries.iter().map(|it| it.tenant.clone()).collect();
        all.sort_by_cached_key(|it| it.name().as_str().to_ascii_lowercase());
        all
    }

    /// Takes the tenants away whose time is over. Waits for nobody.
    pub fn sweep(&self, now: Timestamp) {
        let over = self.entries.iter().filter(|it| it.is_over(now)).map(|it| it.key().clone());
        let over: Vec<TenantName> = over.collect();
        let gone = over.iter().filter_map(|name| self.take(name, |it| it.is_over(now)));
        self.end_all(gone.collect());
    }

    /// Settles the name of a tenant that is to be made, and keeps it for it.
    fn promise<E>(
        &self,
        name: Option<TenantName>,
        now: Timestamp,
    ) -> Result<Promise<'_>, AddError<E>> {
        let is_full = |adding: &Adding| self.entries.len() + adding.promised.len() >= self.most;
        // Those that are over end before anything is locked: whoever waits for them is woken.
        let looks_full = is_full(&self.adding());
        if looks_full {
            self.sweep(now);
        } else if let Some(name) = &name {
            drop(self.find(name.as_str(), now));
        }
        let mut adding = self.adding();
        if is_full(&adding) {
            return Err(AddError::TooMany(self.most));
        }
        let is_taken = |adding: &Adding, it: &TenantName| {
            adding.promised.contains(it) || self.entries.contains_key(it)
        };
        let name = match name {
            Some(name) if is_taken(&adding, &name) => return Err(AddError::Taken(name)),
            Some(name) => name,
            None => loop {
                adding.derived += 1;
                let name: TenantName = format!("T{}QA", adding.derived)
                    .parse()
                    .expect("letters and digits are a tenant's name");
                if !is_taken(&adding, &name) {
                    break name;
                }
            },
        };
        adding.promised.insert(name.clone());
        Ok(Promise { tenants: self, name })
    }

    fn adding(&self) -> MutexGuard<'_, Adding> {
        // Every change is one insertion or removal, so a thread that died left it whole.
        self.adding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn numbers(of_all: &Mutex<Numbers>) -> MutexGuard<'_, Numbers> {
    // Every change is one insertion, so a thread that died left it whole.
    of_all.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for what is under way in a tenant that has ended, and remembers how far it had counted.
fn settle(of_all: &Mutex<Numbers>, tenant: &Arc<Tenant>) {
    let past = tenant.past();
    numbers(of_all).settle(tenant, past);
}

impl Numbers {
    /// Notes how far a tenant had counted that was leaving, unless that is done.
    fn settle(&mut self, tenant: &Arc<Tenant>, past: Past) {
        let name = tenant.name();
        if self.leaving.get(name).is_some_and(|it| Arc::ptr_eq(it, tenant)) {
            self.leaving.remove(name);
            self.note(name, past);
        }
    }

    fn of(&self, name: &TenantName) -> Option<Past> {
        self.past.get(name).or(self.of_others.as_ref()).cloned()
    }

    fn note(&mut self, name: &TenantName, past: Past) {
        if self.past.len() >= REMEMBERED {
            let all = self.of_others.take().into_iter().chain(self.past.drain().map(|(_, it)| it));
            self.of_others = all.reduce(Past::beyond);
        }
        self.past.insert(name.clone(), past);
    }
}

impl RegisteredTenant {
    fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// A name that nobody else gets until this is dropped.
struct Promise<'a> {
    tenants: &'a Tenants,
    name: TenantName,
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        self.tenants.adding().promised.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use serde_json::json;

    use super::*;
    use crate::{
        journal::Record,
        scim::Profile,
        tenant::{
            State,
            sample::{at, fresh},
        },
    };

    fn add(tenants: &Tenants, name: Option<&str>) -> Result<String, AddError<()>> {
        let name = name.map(|it| it.parse().unwrap());
        let made = tenants.add(name, None, at(0), |name| {
            Ok(Tenant::of(name.clone(), fresh(Profile::Mediusflow).snapshot()))
        });
        made.map(|it| it.name().to_string())
    }

    #[test]
    fn a_tenant_without_a_name_gets_the_next_one_that_is_free() {
        let tenants = Tenants::default();

        let names = [None, Some("t2qa"), None].map(|name| add(&tenants, name).unwrap());

        assert_eq!(names, ["T1QA", "t2qa", "T3QA"]);
    }

    #[test]
    fn a_name_is_given_once() {
        let tenants = Tenants::default();
        add(&tenants, Some("One")).unwrap();

        assert!(matches!(add(&tenants, Some("ONE")), Err(AddError::Taken(_))));
    }

    #[test]
    fn who_parts_with_a_tenant_leaves_the_next_one_of_its_name_alone() {
        let tenants = Tenants::default();
        add(&tenants, Some("One")).unwrap();
        let first = tenants.get("One").unwrap();
        tenants.part_with(&first);
        add(&tenants, Some("One")).unwrap();

        tenants.part_with(&first);
        assert!(tenants.get("One").is_some());

        tenants.part_with(&tenants.get("One").unwrap());
        assert!(tenants.get("One").is_none());
    }

    #[test]
    fn a_tenant_made_again_counts_on_where_its_name_had_been() {
        let tenants = Tenants::default();
        add(&tenants, Some("One")).unwrap();
        let record = || Record::new(at(0), "GET", "/One/scim/v2/Users");
        let first = tenants.get("One").unwrap();
        for _ in 0..3 {
            first.hold().record(first.epoch(), record()).unwrap();
        }
        tenants.part_with(&first);

        add(&tenants, Some("ONE")).unwrap();
        let again = tenants.get("One").unwrap();
        let recorded = again.hold().record(again.epoch(), record()).unwrap();

        assert_eq!(recorded.seq, 4);
        assert_eq!(again.journal().since(2, 9).stale, Some((3, 4)));
        assert_eq!(again.journal().since(0, 9).missed, 0);
    }

    #[test]
    fn a_tenant_made_again_gives_no_version_twice_but_for_the_very_state_it_began_with() {
        let tenants = Tenants::default();
        let begun = || {
            let tenant = fresh(Profile::Mediusflow);
            tenant.post("Group", json!({"displayName": "Finance"})).unwrap();
            tenant.snapshot()
        };
        let (first, other) = (begun(), begun());
        let version = |start: &Arc<State>| {
            let name: TenantName = "One".parse().unwrap();
            let make = |name: &TenantName| Ok::<_, ()>(Tenant::of(name.clone(), start.clone()));
            let tenant = tenants.add(Some(name), None, at(0), make).unwrap();
            let seeded = tenant.snapshot().resources().all("Group").next().unwrap().etag();
            let made = tenant.post("Group", json!({"displayName": "Sales"})).unwrap();
            tenants.part_with(&tenant);
            [seeded, made.resource.etag()]
        };

        let seen = [&first, &first, &other, &first].map(version);

        let expected = [["1", "1"], ["1", "1.1"], ["1.2", "1.2"], ["1.3", "1.3"]];
        assert_eq!(
            seen.map(|it| it.map(String::from)),
            expected.map(|it| it.map(|it| format!("W/\"{it}\"")))
        );
    }

    #[test]
    fn names_that_are_forgotten_count_on_behind_all_of_them() {
        let mut numbers = Numbers::default();
        let name = |n: usize| format!("T{n}").parse().unwrap();

        for n in 0..=REMEMBERED {
            numbers.note(&name(n), Past { seq: 7, life: 3, start: Weak::new() });
        }

        let known = |n| numbers.of(&name(n)).map(|it| (it.seq, it.life));
        assert_eq!(numbers.past.len(), 1);
        assert_eq!([known(0), known(REMEMBERED + 5)], [Some((7, 3)); 2]);
    }

    #[test]
    fn a_tenant_that_could_not_be_made_leaves_its_name_free() {
        let tenants = Tenants::default();

        let failed = tenants.add(Some("One".parse().unwrap()), None, at(0), |_| Err(()));

        assert!(matches!(failed, Err(AddError::Unmade(()))));
        assert!(add(&tenants, Some("One")).is_ok());
    }

    #[test]
    fn there_is_room_for_so_many_and_those_whose_time_is_over_do_not_count() {
        let tenants = Tenants::with_room_for(1);
        let make = |name: &TenantName| {
            Ok::<_, ()>(Tenant::of(name.clone(), fresh(Profile::Mediusflow).snapshot()))
        };

        tenants.add(None, Some(at(5)), at(0), make).unwrap();

        assert!(matches!(tenants.add(None, None, at(4), make), Err(AddError::TooMany(1))));
        assert!(tenants.find("T1QA", at(4)).is_some());
        assert!(tenants.find("T1QA", at(5)).is_none());
        assert!(tenants.add(None, None, at(5), make).is_ok());
    }
}
