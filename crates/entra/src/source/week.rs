//! A scripted week of a company: changes for each day.

use std::collections::BTreeMap;

use smol_str::{SmolStr, format_smolstr};

use super::{Change, DirectoryValue, SourceDirectory};
use crate::attributes::ObjectType;
use crate::split_mix::SplitMix64;

/// The changes of one day, from 0, for this directory: users join, leave, move and change their
/// names. About one in fifty users changes, and at least one. The same seed and directory give the
/// same day. Days 6 and 7 of a week have no changes.
pub fn week(directory: &SourceDirectory, seed: u64, day: u32) -> Vec<Change> {
    if day % 7 > 4 {
        return Vec::new();
    }
    let active = |of| {
        let all = directory.objects().filter(move |it| it.object_type() == of && it.is_active());
        let mut ids: Vec<SmolStr> = all.map(|it| it.object_id.clone()).collect();
        ids.sort_unstable(); // not in the order of changes, which the day before altered
        ids
    };
    let (users, groups) = (active(ObjectType::User), active(ObjectType::Group));
    let mut chance = SplitMix64::new(seed, "week", &day.to_string());
    let mut changes = vec![joiner(day, usual_filter(directory, &users))];
    if users.is_empty() {
        return changes;
    }
    for nth in 0..=users.len() / 50 {
        let object = users[chance.below(users.len())].clone();
        let group = (!groups.is_empty()).then(|| groups[chance.below(groups.len())].clone());
        changes.push(match (chance.below(8), group) {
            (0, _) => Change::Disable { object },
            (1, _) => Change::SoftDelete { object },
            (2, Some(group)) => Change::Join { object, group },
            (3, Some(group)) => Change::Leave { object, group },
            (4, _) => {
                // A user cannot be their own manager, and gets none in that case.
                let manager = users[chance.below(users.len())].clone();
                let manager = Some(manager).filter(|it| *it != object);
                Change::SetManager { object, manager }
            }
            (5, _) => set(object, "surname", format_smolstr!("Berg{}", nth + 1)),
            (6, _) => set(object, "department", "Finance".into()),
            _ => {
                // A user who moves within the company gets the value of a colleague there.
                let colleague = directory.object(&users[chance.below(users.len())]);
                match colleague.and_then(|it| it.text("extensionAttribute1")) {
                    Some(value) => set(object, "extensionAttribute1", value.into()),
                    None => set(object, "department", "Operations".into()),
                }
            }
        });
    }
    changes
}

/// The value that selects the user configuration of most of these users, if they have one.
fn usual_filter(directory: &SourceDirectory, users: &[SmolStr]) -> Option<SmolStr> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    let values = users.iter().filter_map(|it| directory.object(it)?.text("extensionAttribute1"));
    values.for_each(|it| *counted.entry(it).or_default() += 1);
    counted.into_iter().max_by_key(|(_, users)| *users).map(|(value, _)| value.into())
}

fn joiner(day: u32, filter: Option<SmolStr>) -> Change {
    let name = format_smolstr!("new.hire{}@contoso.example", day + 1);
    let attributes = [
        ("userPrincipalName", name.clone()),
        ("mail", name),
        ("mailNickname", format_smolstr!("new.hire{}", day + 1)),
        ("displayName", format_smolstr!("New Hire {}", day + 1)),
        ("givenName", "New".into()),
        ("surname", format_smolstr!("Hire {}", day + 1)),
    ];
    let filter = filter.map(|it| ("extensionAttribute1", it));
    let attributes = attributes.into_iter().chain(filter);
    let attributes =
        attributes.map(|(name, text)| (name.into(), DirectoryValue::Text(text))).collect();
    Change::CreateUser { object_id: None, attributes }
}

fn set(object: SmolStr, attribute: &str, value: SmolStr) -> Change {
    Change::SetAttribute {
        object,
        attribute: attribute.into(),
        value: Some(DirectoryValue::Text(value)),
    }
}
