//! The names that people can have, each with its spelling in ASCII.
//!
//! The names of most countries are ours (`fixtures/seeds/names.json`), German and French ones are
//! those of `fake`. Names in other scripts stand there with their romanisation, since no table of
//! letters knows how a Japanese name is read.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use fake::locales::{DE_DE, Data, FR_FR};
use serde::Deserialize;

use super::dice::{key, shuffled};
use super::fixture;

/// The names and towns of one language.
pub(super) struct Locale {
    /// Its tag, such as `sv-SE`.
    pub(super) language: String,
    /// Its share of the people, relative to the others'.
    pub(super) weight: usize,
    /// Whether the family name comes first, as in Japanese.
    pub(super) family_first: bool,
    /// Given names, no two with the same spelling in ASCII.
    pub(super) given: Vec<PersonName>,
    /// Family names, no two with the same spelling in ASCII, not even in different locales: that
    /// makes `given.family` unique.
    pub(super) family: Vec<PersonName>,
    /// Towns.
    pub(super) towns: Vec<String>,
}

/// A name as it is written and as it stands in a mail address.
pub(super) struct PersonName {
    /// `Åsa`
    pub(super) text: String,
    /// `asa`: lower-case letters of ASCII, and hyphens.
    pub(super) ascii: String,
}

/// All locales.
pub(super) fn locales() -> &'static [Locale] {
    &LOCALES
}

/// The language of person number `index`, and how many before speak it too; all of them do if it is
/// the `only` one.
///
/// The locales' weights add up to a cycle of people. In each cycle every locale gets as many as it
/// weighs, at places that the seed shuffles.
pub(super) fn turn(seed: u64, index: usize, only: Option<&str>) -> (&'static Locale, usize) {
    if let Some(locale) = locales().iter().find(|it| only == Some(&it.language)) {
        return (locale, index);
    }
    let weights = locales().iter().map(|it| it.weight).sum();
    let (cycle, place) = (index / weights, index % weights);
    let mut rest = shuffled(key(seed, "locale", cycle), weights, place);
    for locale in locales() {
        match rest.checked_sub(locale.weight) {
            Some(less) => rest = less,
            None => return (locale, cycle * locale.weight + rest),
        }
    }
    unreachable!("the weights add up to more than any place")
}

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/seeds/names.json");
    let files: Vec<LocaleFile> = fixture::parse("fixtures/seeds/names.json", text)
        .expect("the names are compiled in, and tests read them");
    let mut taken = HashSet::new();
    files.into_iter().map(|it| it.locale(&mut taken)).collect()
});

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LocaleFile {
    language: String,
    weight: usize,
    #[serde(default)]
    order: NameOrder,
    /// How the language spells letters in ASCII, where that differs from the usual way.
    #[serde(default)]
    letters: BTreeMap<char, String>,
    #[serde(default)]
    given: Vec<NameFile>,
    #[serde(default)]
    family: Vec<NameFile>,
    towns: Vec<String>,
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum NameOrder {
    #[default]
    GivenFirst,
    FamilyFirst,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum NameFile {
    Latin(String),
    Romanised(String, String),
}

impl LocaleFile {
    /// The locale without names whose spelling is `taken`, or that come twice.
    fn locale(self, taken: &mut HashSet<String>) -> Locale {
        let (given, family) = match self.language.as_str() {
            "de-DE" => (listed(DE_DE::NAME_FIRST_NAME), listed(DE_DE::NAME_LAST_NAME)),
            "fr-FR" => (listed(FR_FR::NAME_FIRST_NAME), listed(FR_FR::NAME_LAST_NAME)),
            _ => (self.given, self.family),
        };
        Locale {
            language: self.language,
            weight: self.weight,
            family_first: self.order == NameOrder::FamilyFirst,
            given: spelled(given, &self.letters, &mut HashSet::new()),
            family: spelled(family, &self.letters, taken),
            towns: self.towns,
        }
    }
}

fn listed(names: &[&str]) -> Vec<NameFile> {
    names.iter().map(|it| NameFile::Latin((*it).into())).collect()
}

fn spelled(
    names: Vec<NameFile>,
    letters: &BTreeMap<char, String>,
    taken: &mut HashSet<String>,
) -> Vec<PersonName> {
    let name = |it| match it {
        NameFile::Romanised(text, ascii) => PersonName { text, ascii },
        NameFile::Latin(text) => PersonName { ascii: in_ascii(&text, letters), text },
    };
    names.into_iter().map(name).filter(|it| taken.insert(it.ascii.clone())).collect()
}

/// The name in lower case, each letter in ASCII; what is neither letter nor hyphen is dropped.
fn in_ascii(name: &str, letters: &BTreeMap<char, String>) -> String {
    let mut ascii = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letters.get(&letter) {
            Some(spelling) => ascii.push_str(spelling),
            None if letter.is_ascii_lowercase() || letter == '-' => ascii.push(letter),
            None => ascii.push_str(folded(letter)),
        }
    }
    ascii
}

/// The usual spelling of a letter of our names in ASCII; empty for blanks, apostrophes and
/// combining marks.
fn folded(letter: char) -> &'static str {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'å' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'é' | 'è' | 'ê' | 'ë' | 'ę' => "e",
        'ğ' => "g",
        'í' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ń' => "n",
        'ó' | 'ô' | 'ö' | 'ø' => "o",
        'ś' | 'š' => "s",
        'ß' => "ss",
        'ü' => "u",
        'ź' | 'ż' => "z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_letter_of_every_latin_name_has_a_spelling() {
        for locale in locales().iter().filter(|it| !it.family_first && it.language != "ar-SA") {
            for name in locale.given.iter().chain(&locale.family) {
                for letter in name.text.chars().flat_map(char::to_lowercase) {
                    let spelling = in_ascii(&letter.to_string(), &BTreeMap::new());
                    let is_letter = letter.is_alphabetic();
                    assert_eq!(spelling.is_empty(), !is_letter && letter != '-', "{}", name.text);
                }
            }
        }
    }

    #[test]
    fn spellings_are_lower_case_letters_and_hyphens() {
        for name in locales().iter().flat_map(|it| it.given.iter().chain(&it.family)) {
            let is_plain = |it: char| it.is_ascii_lowercase() || it == '-';
            assert!(!name.ascii.is_empty() && name.ascii.chars().all(is_plain), "{}", name.text);
        }
    }

    #[test]
    fn no_family_name_is_spelled_like_one_of_another_locale() {
        let spellings = || locales().iter().flat_map(|it| it.family.iter().map(|it| &it.ascii));

        assert_eq!(spellings().collect::<HashSet<_>>().len(), spellings().count());
    }

    #[test]
    fn every_locale_has_names_and_towns() {
        for it in locales() {
            assert!(it.given.len() >= 10 && it.family.len() >= 10 && it.towns.len() >= 3);
            assert!(it.weight > 0);
        }
    }

    #[rstest]
    #[case("de-DE", "Günther", "guenther")]
    #[case("fi-FI", "Päivi", "paivi")]
    #[case("pl-PL", "Świętosława", "swietoslawa")]
    #[case("fr-FR", "Zoé", "zoe")]
    #[case("ja-JP", "健一", "kenichi")]
    fn a_given_name_is_spelled_as_its_language_does(
        #[case] language: &str,
        #[case] text: &str,
        #[case] ascii: &str,
    ) {
        let locale = locales().iter().find(|it| it.language == language).unwrap();

        assert_eq!(locale.given.iter().find(|it| it.text == text).unwrap().ascii, ascii);
    }
}
