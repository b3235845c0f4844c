//! How names and other texts are compared without case, and guessed.

use std::hash::{DefaultHasher, Hasher};

use smol_str::{SmolStr, SmolStrBuilder};

/// The text as it is compared where `caseExact` is false: lower case by Unicode's simple rules.
///
/// RFC 7643 §2.2 leaves the folding open; a name such as `Åsa` and `ÅSA` must meet.
pub fn fold(text: &str) -> SmolStr {
    if is_folded(text) {
        return SmolStr::new(text);
    }
    let mut folded = SmolStrBuilder::new();
    for it in lower(text) {
        folded.push(it);
    }
    folded.finish()
}

/// [`fold`] of a text that may be shared: most are in lower case, and then nothing is copied.
pub(crate) fn fold_shared(text: &SmolStr) -> SmolStr {
    if is_folded(text) { text.clone() } else { fold(text) }
}

/// A number that stands for a text in an index; two texts may share one, so what it finds must be
/// looked at. The same in every run.
pub fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Whether two names mean the same: equal but for case and outer blanks.
///
/// ```
/// use scim_engine::is_same;
///
/// assert!(is_same(" Ängelholm AB", "ÄNGELHOLM ab "));
/// ```
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one == other || lower(one).eq(lower(other))
}

/// The candidate that `value` was probably meant to be, if one is near: at most one wrong,
/// missing, additional or swapped letter in four.
///
/// ```
/// use scim_engine::nearest;
///
/// assert_eq!(nearest("Expence AP", ["Admin", "Expense AP"]), Some("Expense AP"));
/// assert_eq!(nearest("Payroll", ["Admin", "Expense AP"]), None);
/// ```
pub fn nearest<'a>(value: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let value: Vec<char> = lower(value.trim()).take(LONGEST_GUESSED + 1).collect();
    if value.len() > LONGEST_GUESSED {
        return None;
    }
    let limit = (value.len() / 4).max(1);
    candidates
        .into_iter()
        // Letters are only compared where the lengths allow a hit.
        .filter(|candidate| candidate.chars().count().abs_diff(value.len()) <= limit)
        .map(|candidate| (distance(&value, &lower(candidate).collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// So many letters nobody mistypes by one: what is longer is not compared with every candidate, which
/// takes the square of its length.
const LONGEST_GUESSED: usize = 200;

fn is_folded(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii() && !it.is_ascii_uppercase())
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// How many single letters must be inserted, removed, replaced or swapped with their neighbour
/// (optimal string alignment, three rows of the usual table).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_differ_by_more_than_case_and_outer_blanks() {
        assert!(is_same("Expense AP", "  expense ap "));
        assert!(is_same("ØRESUND", "øresund"));
        assert!(!is_same("Expense AP", "ExpenseAP"));
    }

    #[test]
    fn swapped_neighbours_are_one_mistake() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();

        assert_eq!(distance(&letters("admni"), &letters("admin")), 1);
        assert_eq!(distance(&letters(""), &letters("admin")), 5);
        assert_eq!(distance(&letters("audit"), &letters("audit")), 0);
    }

    #[test]
    fn the_nearest_of_several_candidates_is_suggested() {
        let roles = ["Orderbased AP", "Orderbased Analyzer"];

        assert_eq!(nearest("orderbased a", roles), Some("Orderbased AP"));
        assert_eq!(nearest("", roles), None);
    }

    proptest! {
        #[test]
        fn a_folded_text_folds_to_itself(text in any::<String>()) {
            let folded = fold(&text);

            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(&fold_shared(&SmolStr::new(&text)), &folded);
        }
    }
}
