//! What people do: departments, titles, and the values that only some of them carry
//! (`fixtures/seeds/work.json`).

use std::sync::LazyLock;

use serde::Deserialize;

use super::dice::Dice;
use super::fixture;

/// The vocabulary of a company's organisation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Work {
    /// The titles of the first people, who have no manager.
    pub(super) executives: Vec<String>,
    /// The departments of all others.
    pub(super) departments: Vec<Department>,
    /// Values of `configurationFilter` that usually no configuration has.
    pub(super) unknown_filters: Vec<String>,
    /// Values of `identityProvider` that usually name no login option.
    pub(super) unknown_providers: Vec<String>,
    /// Free texts.
    pub(super) notes: Vec<String>,
}

/// A department and its titles.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Department {
    pub(super) name: String,
    /// Its share of the people, relative to the others'.
    weight: usize,
    pub(super) titles: Vec<String>,
}

/// The vocabulary.
pub(super) fn work() -> &'static Work {
    &WORK
}

static WORK: LazyLock<Work> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/seeds/work.json");
    fixture::parse("fixtures/seeds/work.json", text)
        .expect("the vocabulary is compiled in, and tests read it")
});

impl Work {
    /// A department with its number, the large ones more often.
    pub(super) fn department(&self, dice: &mut Dice) -> (usize, &Department) {
        let total = self.departments.iter().map(|it| it.weight).sum();
        let mut rest = dice.below(total);
        for (number, department) in self.departments.iter().enumerate() {
            match rest.checked_sub(department.weight) {
                Some(less) => rest = less,
                None => return (number, department),
            }
        }
        unreachable!("the weights add up to more than any throw")
    }
}
