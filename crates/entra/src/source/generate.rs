//! Generates a company from a seed: fictitious users in groups.

use std::collections::BTreeMap;

use fake::locales::{DE_DE, Data, EN, FR_FR};
use jiff::Timestamp;
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use uuid::Uuid;

use super::{Change, ConfigurationFilters, DirectoryValue, SourceDirectory};
use crate::split_mix::SplitMix64;

/// The domain of the seeded company.
const DOMAIN: &str = "contoso.example";
/// The most members of one generated group. Larger groups are made by hand.
const LARGEST_GROUP: usize = 200;

const DEPARTMENTS: [&str; 8] = [
    "Accounts Payable",
    "Finance",
    "Procurement",
    "Sales",
    "Operations",
    "Human Resources",
    "Information Technology",
    "Legal",
];
const COUNTRIES: [(&str, &str); 6] = [
    ("SE", "Stockholm"),
    ("NO", "Oslo"),
    ("DE", "Hamburg"),
    ("FR", "Lyon"),
    ("GB", "Leeds"),
    ("US", "Denver"),
];

impl SourceDirectory {
    /// The most users that the commands and the control API generate: the size for measuring
    /// provisioning.
    pub const MOST_USERS: usize = 100_000;

    /// The most groups that the commands and the control API generate.
    pub const MOST_GROUPS: usize = 10_000;

    /// A company with this number of users and groups, derived from the seed. Every user except the
    /// first has a manager, one in forty is a guest, one in twenty is disabled. No user is
    /// assigned: [`Self::assign_all`] does that. A bigger company begins with the users of a
    /// smaller one.
    ///
    /// With the filters of the target's configurations, every user matches one of them except the
    /// fifth, whose value no configuration has. Without them, users are unlikely to match.
    pub fn generate(
        seed: u64,
        users: usize,
        groups: usize,
        filters: Option<&ConfigurationFilters>,
    ) -> Self {
        let mut directory = Self::default();
        let ids: Vec<SmolStr> =
            (0..users).map(|it| directory.add_person(seed, it, filters)).collect();
        for (index, id) in ids.iter().enumerate().skip(1) {
            let mut chance = SplitMix64::new(seed, "manager", &index.to_string());
            let manager = &ids[chance.below(index.div_ceil(6))];
            let change = Change::SetManager { object: id.clone(), manager: Some(manager.clone()) };
            directory.must(&change);
        }
        for index in 0..groups {
            directory.add_group(seed, index, &ids);
        }
        directory
    }

    /// Assigns every user and every group directly, in the role "Default Access".
    pub fn assign_all(&mut self) {
        let ids: Vec<SmolStr> = self.objects().map(|it| it.object_id.clone()).collect();
        for object in ids {
            self.must(&Change::Assign { object, role: None });
        }
    }

    fn add_person(
        &mut self,
        seed: u64,
        index: usize,
        filters: Option<&ConfigurationFilters>,
    ) -> SmolStr {
        let mut chance = SplitMix64::new(seed, "person", &index.to_string());
        let given = pick(
            &mut chance,
            &[EN::NAME_FIRST_NAME, DE_DE::NAME_FIRST_NAME, FR_FR::NAME_FIRST_NAME],
        );
        let family =
            pick(&mut chance, &[EN::NAME_LAST_NAME, DE_DE::NAME_LAST_NAME, FR_FR::NAME_LAST_NAME]);
        let nickname = format_smolstr!("{}.{}{}", ascii(given), ascii(family), index + 1);
        let mail = format_smolstr!("{nickname}@{DOMAIN}");
        let guest = chance.below(40) == 0;
        let (country, city) = COUNTRIES[chance.below(COUNTRIES.len())];
        let department = DEPARTMENTS[chance.below(DEPARTMENTS.len())];
        let name = if guest {
            format_smolstr!("{nickname}_partner.example#EXT#@{DOMAIN}")
        } else {
            mail.clone()
        };
        let mail = if guest { format_smolstr!("{nickname}@partner.example") } else { mail };
        let cost_centre = format_smolstr!("CC-{}", 100 + chance.below(40));
        let texts = [
            ("userPrincipalName", name),
            ("displayName", format_smolstr!("{given} {family}")),
            ("givenName", given.into()),
            ("surname", family.into()),
            ("mail", mail),
            ("mailNickname", nickname),
            ("userType", if guest { "Guest" } else { "Member" }.into()),
            ("department", department.into()),
            ("jobTitle", format_smolstr!("{department} Specialist")),
            ("employeeId", (10_001 + index).to_smolstr()),
            ("usageLocation", country.into()),
            ("city", city.into()),
            ("companyName", "Contoso".into()),
            ("extensionAttribute1", cost_centre),
        ];
        let attributes = texts.map(|(name, text)| (name.into(), DirectoryValue::Text(text)));
        let object_id = Some(id(seed, "user", index));
        let mut attributes = BTreeMap::from(attributes);
        if let Some(filters) = filters {
            attributes.remove(filters.attribute());
            let value = filters.of_person(seed, index).map(DirectoryValue::Text);
            attributes.extend(value.map(|it| (filters.attribute().into(), it)));
        }
        let id = self.must(&Change::CreateUser { object_id, attributes });
        let is_exception = filters.is_some() && ConfigurationFilters::is_exception(index);
        // A disabled user is not provisioned and would not show a mismatch.
        if index > 0 && chance.below(20) == 0 && !is_exception {
            self.must(&Change::Disable { object: id.clone() });
        }
        id
    }

    fn add_group(&mut self, seed: u64, index: usize, people: &[SmolStr]) {
        let mut chance = SplitMix64::new(seed, "group", &index.to_string());
        let department = DEPARTMENTS[index % DEPARTMENTS.len()];
        let (country, _) = COUNTRIES[(index / DEPARTMENTS.len()) % COUNTRIES.len()];
        let name = format_smolstr!("{department} {country} {}", index + 1);
        let attributes = BTreeMap::from([
            ("displayName".into(), DirectoryValue::Text(name)),
            ("mailNickname".into(), DirectoryValue::Text(format_smolstr!("group{}", index + 1))),
        ]);
        let object_id = Some(id(seed, "group", index));
        let group = self.must(&Change::CreateGroup { object_id, attributes });
        if people.is_empty() {
            return;
        }
        for _ in 0..=chance.below(people.len().min(LARGEST_GROUP)) / 2 {
            let object = people[chance.below(people.len())].clone();
            self.must(&Change::Join { object, group: group.clone() });
        }
        // Nested groups show that they are not expanded.
        if index > 0 && index.is_multiple_of(25) {
            let object = id(seed, "group", index - 1);
            self.must(&Change::Join { object, group });
        }
    }

    fn must(&mut self, change: &Change) -> SmolStr {
        let done = self.apply(change, Timestamp::UNIX_EPOCH);
        done.expect("generated names are unique and attributes known")
    }
}

fn id(seed: u64, kind: &str, index: usize) -> SmolStr {
    let name = format!("{DOMAIN}/{seed}/{kind}/{index}");
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()).to_smolstr()
}

fn pick(chance: &mut SplitMix64, lists: &[&'static [&'static str]]) -> &'static str {
    let list = lists[chance.below(lists.len())];
    list[chance.below(list.len())]
}

/// The letters of a name that a mail address may have; other letters are left out.
fn ascii(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let letters = name.nfd().filter(char::is_ascii_alphabetic);
    letters.map(|it| it.to_ascii_lowercase()).collect()
}
