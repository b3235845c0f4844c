//! Groups of people, as a directory would provision them.

use super::TenantSeed;
use super::dice::{Dice, key, shuffled};
use super::names::locales;
use super::person::external_id;
use super::work::work;

/// The most members that a seeded group has; a tenant of a million users should still start soon.
const LARGEST: usize = 5_000;

/// A group to be made in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSeed {
    /// `displayName`, unique. The first groups are called like the tenant's authorization groups
    /// and so grant them.
    pub display_name: String,
    /// `externalId`: a GUID, as Entra's object id.
    pub external_id: String,
    /// The indexes of the people in it, ascending, without repetition.
    pub members: Vec<usize>,
}

/// The first `count` groups of a seed, whose members are among the first `users` people. Each
/// depends on the seed, its own index and `users` alone.
pub fn groups(
    seed: u64,
    tenant: &TenantSeed,
    count: usize,
    users: usize,
) -> impl ExactSizeIterator<Item = GroupSeed> {
    (0..count).map(move |index| GroupSeed {
        display_name: display_name(seed, tenant, index),
        external_id: external_id(seed, tenant, "group", index),
        members: members(seed, index, users),
    })
}

/// An authorization group, then a department of a town, then the same with a number.
fn display_name(seed: u64, tenant: &TenantSeed, index: usize) -> String {
    let granting = tenant.data.authorization_groups();
    let Some(nth) = index.checked_sub(granting.len()) else {
        return granting[index].name.clone();
    };
    let towns: Vec<&String> = locales().iter().flat_map(|it| &it.towns).collect();
    let pairs = towns.len() * work().departments.len();
    let (round, pair) = (nth / pairs, nth % pairs);
    let pair = shuffled(key(seed, "group name", round), pairs, pair);
    let (town, department) = (towns[pair % towns.len()], &work().departments[pair / towns.len()]);
    match round {
        0 => format!("{} {town}", department.name),
        _ => format!("{} {town} {}", department.name, round + 1),
    }
}

/// Most groups are teams; one in five is a department, one in twenty a tenth of the company.
fn members(seed: u64, index: usize, users: usize) -> Vec<usize> {
    let mut dice = Dice::new(seed, "group", index);
    let size = match dice.below(20) {
        0 => users / 10,
        1..=4 => 12 + dice.below(40),
        _ => 2 + dice.below(10),
    };
    let key = key(seed, "members", index);
    let size = size.clamp(1, LARGEST).min(users);
    let mut members: Vec<usize> = (0..size).map(|nth| shuffled(key, users, nth)).collect();
    members.sort_unstable();
    members
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::nordlys;
    use super::*;

    #[test]
    fn the_first_groups_grant_the_authorization_groups() {
        let names: Vec<_> = groups(42, nordlys(), 7, 100).map(|it| it.display_name).collect();

        let granting = nordlys().data.authorization_groups().iter().map(|it| it.name.clone());
        assert_eq!(names, granting.collect::<Vec<_>>());
    }

    #[test]
    fn names_and_ids_of_groups_are_unique_without_case() {
        let groups: Vec<_> = groups(42, nordlys(), 3_000, 0).collect();

        let names: HashSet<_> = groups.iter().map(|it| it.display_name.to_lowercase()).collect();
        let ids: HashSet<_> = groups.iter().map(|it| &it.external_id).collect();
        assert_eq!((names.len(), ids.len()), (3_000, 3_000));
    }

    #[test]
    fn the_first_groups_do_not_depend_on_how_many_there_are() {
        let first = |count| groups(42, nordlys(), count, 500).take(20).collect::<Vec<_>>();

        assert_eq!(first(20), first(200));
    }

    #[test]
    fn members_are_people_who_exist_and_stand_there_once() {
        for group in groups(42, nordlys(), 200, 500) {
            assert!(!group.members.is_empty());
            assert!(group.members.is_sorted_by(|one, next| one < next));
            assert!(group.members.iter().all(|it| *it < 500));
        }
    }

    #[test]
    fn sizes_range_from_teams_to_a_tenth_of_the_company() {
        let sizes: Vec<_> = groups(42, nordlys(), 200, 2_000).map(|it| it.members.len()).collect();

        assert!(sizes.iter().filter(|it| **it < 12).count() > 100);
        assert!(sizes.contains(&200));
    }

    #[test]
    fn a_tenant_without_people_has_groups_without_members() {
        assert!(groups(42, nordlys(), 20, 0).all(|it| it.members.is_empty()));
    }

    #[test]
    fn no_group_is_larger_than_what_starts_soon() {
        let largest = groups(42, nordlys(), 100, 1_000_000).map(|it| it.members.len()).max();

        assert_eq!(largest, Some(LARGEST));
    }
}
