//! Ids and secrets, derived so that a run repeats itself.
//!
//! An id follows from (seed, tenant, type, name, n-th of that name), not from the order in which
//! requests arrive: parallel runs with one seed agree.

use std::collections::BTreeMap;

use imbl::HashMap;
use smol_str::SmolStr;
use uuid::Uuid;

use crate::{
    medius::TenantName,
    scim::{Schemas, fold},
};

/// The namespace below which all ids of this program lie.
const NAMESPACE: Uuid = Uuid::from_u128(0x8d1c_6f3e_52a7_4b90_9e64_2f0d_7c1b_a835);

/// What the ids of configurations follow from, beside their names: no resource type is called so.
pub(super) const CONFIGURATION: &str = "console/configuration";

/// Where a tenant's ids come from.
#[derive(Clone, Debug)]
pub(super) struct IdSource {
    seed: u64,
    namespace: Uuid,
    /// The first number that a name may get again; others start at their first.
    retired: HashMap<SmolStr, u64>,
}

impl IdSource {
    pub(super) fn new(seed: u64, tenant: &TenantName) -> Self {
        let name = format!("{seed}/{}", tenant.as_str().to_ascii_lowercase());
        let namespace = Uuid::new_v5(&NAMESPACE, name.as_bytes());
        Self { seed, namespace, retired: HashMap::new() }
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    /// The names that were given up, ordered, each with the first number that it may get again.
    pub(super) fn retired(&self) -> BTreeMap<SmolStr, u64> {
        self.retired.iter().map(|(name, first)| (name.clone(), *first)).collect()
    }

    /// The same source for a tenant where these names were given up.
    pub(super) fn with_retired(self, retired: BTreeMap<SmolStr, u64>) -> Self {
        Self { retired: retired.into_iter().collect(), ..self }
    }

    /// The id of a new resource of this type and name, one that is not taken.
    pub(super) fn next(&self, kind: &str, name: &str, is_taken: impl Fn(&str) -> bool) -> SmolStr {
        let name = key(kind, name);
        let first = self.retired.get(&name).copied().unwrap_or(0);
        (first..=u64::MAX)
            .map(|n| self.derive(&format!("{name}/{n}")))
            .find(|id| !is_taken(id))
            .expect("there are more numbers than resources")
    }

    /// Notes that the resource with this id gave its name up, by going or by taking another one: no
    /// later resource of that name gets its id ("non-reassignable", RFC 7643 §3.1).
    pub(super) fn retire(
        &mut self,
        kind: &str,
        name: &str,
        id: &str,
        is_taken: impl Fn(&str) -> bool,
    ) {
        let name = key(kind, name);
        let first = self.retired.get(&name).copied().unwrap_or(0);
        let given = (first..=u64::MAX).map(|n| (n, self.derive(&format!("{name}/{n}"))));
        let mut given = given.take_while(|(_, it)| it == id || is_taken(it));
        // One that got its id under another name has none of these.
        if let Some((n, _)) = given.find(|(_, it)| it == id) {
            self.retired.insert(name, n + 1);
        }
    }

    /// The id that follows from a text.
    pub(super) fn derive(&self, text: &str) -> SmolStr {
        SmolStr::new(
            Uuid::new_v5(&self.namespace, text.as_bytes())
                .hyphenated()
                .encode_lower(&mut Uuid::encode_buffer()),
        )
    }
}

/// Whether a name that was given up is that of a configuration, or of a resource of these schemas.
pub(super) fn is_key_of(key: &str, schemas: &Schemas) -> bool {
    let is_of = |kind: &str| key.strip_prefix(kind).is_some_and(|it| it.starts_with('/'));
    is_of(CONFIGURATION) || schemas.resource_types().iter().any(|it| is_of(&it.name))
}

fn key(kind: &str, name: &str) -> SmolStr {
    smol_str::format_smolstr!("{kind}/{}", fold(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(seed: u64) -> IdSource {
        IdSource::new(seed, &"NordlysQA".parse().unwrap())
    }

    #[test]
    fn the_same_seed_and_name_give_the_same_id_whatever_came_between() {
        let (one, mut other) = (source(1), source(1));
        let someone = other.next("User", "someone else", |_| false);
        other.retire("User", "someone else", &someone, |_| false);

        assert_eq!(one.next("User", "anna", |_| false), other.next("User", "ANNA", |_| false));
        assert_ne!(one.next("User", "anna", |_| false), source(2).next("User", "anna", |_| false));
    }

    #[test]
    fn a_name_that_was_given_up_gets_another_id() {
        let mut ids = source(1);
        let first = ids.next("User", "anna", |_| false);

        ids.retire("User", "anna", &first, |_| false);

        assert_ne!(ids.next("User", "anna", |_| false), first);
    }

    #[test]
    fn two_of_one_name_get_two_ids() {
        let ids = source(1);
        let first = ids.next("Group", "Finance", |_| false);

        assert_ne!(ids.next("Group", "Finance", |id| id == first), first);
    }

    #[test]
    fn an_id_is_never_given_again_whichever_of_one_name_goes_first() {
        let mut ids = source(1);
        let first = ids.next("Group", "Finance", |_| false);
        let second = ids.next("Group", "Finance", |id| id == first);

        ids.retire("Group", "Finance", &second, |id| id == first);
        let third = ids.next("Group", "Finance", |id| id == first);
        ids.retire("Group", "Finance", &first, |id| id == third);
        let fourth = ids.next("Group", "Finance", |id| id == third);

        let mut all = vec![first, second, third, fourth];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
    }
}
