//! People who do not exist, as many as wanted.
//!
//! Each is computed from the seed and its own index alone: asking for a million does not hold a
//! million, and the first five hundred of them are the five hundred of a smaller tenant. They do
//! not depend on the tenant's name, so the same seed shows a test tenant and its production twin
//! the same people, as one directory would provision them.

use uuid::Uuid;

use super::TenantSeed;
use super::dice::{Dice, key, shuffled};
use super::names::{Locale, turn};
use super::work::work;

/// A person to be made a user of a tenant, in plain values of SCIM attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// `userName`: ASCII, such as `asa.oberg@nordlys.example`, and `asa.oberg2@…` when that is
    /// taken. Unique, also without case.
    pub user_name: String,
    /// `externalId`: a GUID, as Entra's object id.
    pub external_id: String,
    /// `name.givenName`, in its own script.
    pub given_name: String,
    /// `name.familyName`, in its own script.
    pub family_name: String,
    /// `name.formatted`, in the order of the person's language.
    pub formatted: String,
    /// `displayName`.
    pub display_name: String,
    /// The work mail address.
    pub email: String,
    /// `active`: false for one in twenty.
    pub active: bool,
    /// `title`.
    pub title: String,
    /// The enterprise extension's `department`.
    pub department: String,
    /// The enterprise extension's `employeeNumber`, unique.
    pub employee_number: String,
    /// `preferredLanguage`, such as `sv-SE`.
    pub preferred_language: String,
    /// `configurationFilter`: mostly one of the tenant's, one in forty is made up.
    pub configuration_filter: Option<String>,
    /// `identityProvider`: mostly none, one in a hundred names no login option.
    pub identity_provider: Option<String>,
    /// `nameIdentifier`: mostly none.
    pub name_identifier: Option<String>,
    /// `customFieldText1` to `customFieldText5`: cost centre, town, project, initials, a note.
    pub custom_field_text: [Option<String>; 5],
    /// The index of the manager, always an earlier person; the first three have none.
    pub manager: Option<usize>,
}

/// The first `count` people of a seed, made one at a time as they are asked for.
pub fn people(
    seed: u64,
    tenant: &TenantSeed,
    count: usize,
) -> impl ExactSizeIterator<Item = Person> {
    (0..count).map(move |index| person(seed, tenant, index))
}

/// The person number `index`, from 0. Takes the same time for each.
fn person(seed: u64, tenant: &TenantSeed, index: usize) -> Person {
    let mut dice = Dice::new(seed, "person", index);
    // Dice of their own, so that other filters and login options change nothing else.
    let mut settings = Dice::new(seed, "settings", index);
    let name = FullName::new(seed, index, tenant.language);
    let user_name = format!("{}@{}", name.ascii, tenant.domain);
    let external_id = external_id(seed, tenant, "person", index);
    let (number, department, title) = position(&mut dice, index);
    Person {
        given_name: name.given.into(),
        family_name: name.family.into(),
        display_name: name.formatted.clone(),
        formatted: name.formatted,
        email: user_name.clone(),
        active: manager_limit(index).is_none() || !dice.one_in(20),
        title: title.into(),
        department: department.into(),
        employee_number: (10_001 + index).to_string(),
        preferred_language: name.locale.language.clone(),
        configuration_filter: configuration_filter(&mut settings, tenant, &name.locale.language),
        identity_provider: identity_provider(&mut settings, tenant),
        name_identifier: dice.one_in(10).then(|| external_id.clone()),
        custom_field_text: custom_field_text(&mut dice, number, name.locale, name.initials),
        manager: manager_limit(index).map(|limit| dice.below(limit)),
        user_name,
        external_id,
    }
}

/// A GUID that belongs to thing number `index` of a kind.
pub(super) fn external_id(seed: u64, tenant: &TenantSeed, kind: &str, index: usize) -> String {
    let name = format!("{}/{seed}/{kind}/{index}", tenant.domain);
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()).to_string()
}

struct FullName {
    locale: &'static Locale,
    given: &'static str,
    family: &'static str,
    formatted: String,
    /// The part of the mail address before the `@`.
    ascii: String,
    initials: String,
}

impl FullName {
    /// A name that nobody else has, or has with another number: the number of the person among
    /// the speakers of the language, shuffled, names a given and a family name. When all such
    /// pairs were used once, the next round appends a 2.
    fn new(seed: u64, index: usize, only: Option<&str>) -> Self {
        let (locale, nth) = turn(seed, index, only);
        let pairs = locale.given.len() * locale.family.len();
        let (round, pair) = (nth / pairs, nth % pairs);
        let pair = shuffled(key(seed, &locale.language, round), pairs, pair);
        let given = &locale.given[pair % locale.given.len()];
        let family = &locale.family[pair / locale.given.len()];
        let (first, last) = if locale.family_first { (family, given) } else { (given, family) };
        let number = if round == 0 { String::new() } else { (round + 1).to_string() };
        let initials = [&given.ascii[..1], &family.ascii[..family.ascii.len().min(2)]].concat();
        Self {
            locale,
            given: &given.text,
            family: &family.text,
            formatted: format!("{} {}", first.text, last.text),
            ascii: format!("{}.{}{number}", given.ascii, family.ascii),
            initials: initials.to_uppercase(),
        }
    }
}

/// The number of the department, its name, and the title in it.
fn position(dice: &mut Dice, index: usize) -> (usize, &'static str, &'static str) {
    if let Some(title) = work().executives.get(index) {
        return (work().departments.len(), "Executive Management", title);
    }
    let (number, department) = work().department(dice);
    (number, &department.name, dice.pick(&department.titles).as_str())
}

/// How many people may be the manager of this one: an earlier sixth, so that everybody has six
/// reports in the mean and the tree stays flat. `None` for the executives.
fn manager_limit(index: usize) -> Option<usize> {
    let executives = work().executives.len();
    (index >= executives).then(|| (index / 6).max(executives))
}

/// A filter that names the person's country, if the tenant has one, or none.
fn configuration_filter(dice: &mut Dice, tenant: &TenantSeed, language: &str) -> Option<String> {
    if dice.one_in(40) {
        return Some(dice.pick(&work().unknown_filters).clone());
    }
    let (_, country) = language.split_once('-')?;
    let filters: Vec<&str> = tenant.filters().collect();
    let own = filters.iter().find(|it| it.starts_with(country));
    match own {
        Some(own) => (!dice.one_in(4)).then(|| (*own).into()),
        None if filters.is_empty() => None,
        None => dice.one_in(8).then(|| (*dice.pick(&filters)).into()),
    }
}

fn identity_provider(dice: &mut Dice, tenant: &TenantSeed) -> Option<String> {
    match dice.below(100) {
        0 => Some(dice.pick(&work().unknown_providers).clone()),
        1..=12 => Some(dice.pick(tenant.data.login_options()).display_name.clone()),
        _ => None,
    }
}

fn custom_field_text(
    dice: &mut Dice,
    department: usize,
    locale: &Locale,
    initials: String,
) -> [Option<String>; 5] {
    let cost_centre = format!("CC-{}", 100 + 10 * department + dice.below(5));
    [
        (!dice.one_in(5)).then_some(cost_centre),
        (!dice.one_in(3)).then(|| dice.pick(&locale.towns).clone()),
        dice.one_in(5).then(|| format!("P-{}", 1000 + dice.below(9000))),
        dice.one_in(3).then_some(initials),
        dice.one_in(30).then(|| dice.pick(&work().notes).clone()),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::names::locales;
    use super::super::{nordlys, nordlys_qa};
    use super::*;

    fn first(count: usize) -> Vec<Person> {
        people(42, nordlys(), count).collect()
    }

    #[test]
    fn a_seed_has_the_same_people_in_every_release() {
        let lines: Vec<_> = first(12)
            .iter()
            .map(|it| format!("{} | {} | {}", it.formatted, it.user_name, it.title))
            .collect();

        expect_test::expect![[r"
            Gunilla Lindström | gunilla.lindstrom@nordlys.example | Chief Executive Officer
            Jukka Pöllänen | jukka.pollanen@nordlys.example | Chief Financial Officer
            Mårten Larsson | marten.larsson@nordlys.example | Chief Operating Officer
            Florence Wright | florence.wright@nordlys.example | Payment Officer
            Tone Løvås | tone.lovas@nordlys.example | Accounts Payable Specialist
            Sébastien Chevallier | sebastien.chevallier@nordlys.example | Finance Manager
            Elin Vikström | elin.vikstrom@nordlys.example | Team Lead Customer Service
            Mikael Johansson | mikael.johansson@nordlys.example | Senior Purchaser
            Liv Aasen | liv.aasen@nordlys.example | Key Account Manager
            حسن الرشيدي | hassan.alrashidi@nordlys.example | Grid Engineer
            吉田 陽子 | yoko.yoshida@nordlys.example | Senior Purchaser
            Väinö Nieminen | vaino.nieminen@nordlys.example | HR Business Partner"]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn another_seed_has_other_people_and_another_tenant_of_the_domain_the_same() {
        let who = |seed, tenant| -> Vec<_> {
            let people = people(seed, tenant, 500);
            people.map(|it| (it.user_name, it.external_id, it.title, it.manager)).collect()
        };

        assert_ne!(who(42, nordlys()), who(43, nordlys()));
        assert_eq!(who(42, nordlys()), who(42, nordlys_qa()));
    }

    #[test]
    fn the_first_people_do_not_depend_on_how_many_there_are() {
        let few = first(100);

        assert_eq!(few, first(1000)[..100]);
        assert_eq!(few[77], person(42, nordlys(), 77));
    }

    #[test]
    fn user_names_ids_and_employee_numbers_are_unique_and_user_names_are_ascii() {
        let people = first(20_000);

        let mut names = HashSet::new();
        let mut ids = HashSet::new();
        let mut numbers = HashSet::new();
        for person in &people {
            assert!(person.user_name.is_ascii());
            assert!(names.insert(person.user_name.to_lowercase()), "{}", person.user_name);
            assert!(ids.insert(&person.external_id));
            assert!(numbers.insert(&person.employee_number));
        }
        assert!(names.contains("anna.andersson2@nordlys.example"));
    }

    #[test]
    fn names_come_from_every_locale_in_their_own_script() {
        let people = first(2_000);

        let languages: HashSet<_> = people.iter().map(|it| &it.preferred_language).collect();
        assert_eq!(languages.len(), locales().len());
        for script in ['å'..='ø', 'ł'..='ż', 'ا'..='ي', '一'..='龥'] {
            assert!(people.iter().any(|it| it.formatted.chars().any(|it| script.contains(&it))));
        }
    }

    #[test]
    fn a_japanese_name_starts_with_the_family_name() {
        let person =
            people(42, nordlys(), 200).find(|it| it.preferred_language == "ja-JP").unwrap();

        assert_eq!(person.formatted, format!("{} {}", person.family_name, person.given_name));
    }

    #[test]
    fn every_manager_comes_earlier_so_that_nobody_is_above_himself() {
        let people = first(20_000);

        let without: Vec<_> = people.iter().take_while(|it| it.manager.is_none()).collect();
        assert_eq!(without.len(), 3);
        for (index, person) in people.iter().enumerate().skip(3) {
            assert!(person.manager.unwrap() < index);
        }
    }

    #[test]
    fn the_shares_are_about_what_they_should_be() {
        let people = first(20_000);
        let share = |is: fn(&Person) -> bool| people.iter().filter(|it| is(it)).count();

        assert!((800..1200).contains(&share(|it| !it.active)));
        assert!((5_000..11_000).contains(&share(|it| it.configuration_filter.is_some())));
        assert!((400..900).contains(&share(|it| {
            it.configuration_filter.as_deref().is_some_and(|it| it != "SE-AP" && it != "NO-AP")
        })));
        assert!((1_500..3_500).contains(&share(|it| it.identity_provider.is_some())));
    }
}
