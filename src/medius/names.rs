//! How names are compared and guessed.
//!
//! Every lookup of this room ignores case and outer blanks (assumed): an administrator who types
//! `nordlys sverige ab` means the company, and a filter that differs only in case is the same one.

/// Whether two names mean the same: equal but for case and outer blanks.
///
/// ```
/// use mediusflow_mock::medius::is_same;
///
/// assert!(is_same(" Ängelholm AB", "ÄNGELHOLM ab "));
/// ```
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    one == other || lower(one).eq(lower(other))
}

/// The candidate that `value` was probably meant to be, if one is near: at most one wrong,
/// missing, additional or swapped letter in four.
///
/// ```
/// use mediusflow_mock::medius::nearest;
///
/// assert_eq!(nearest("Expence AP", ["Admin", "Expense AP"]), Some("Expense AP"));
/// assert_eq!(nearest("Payroll", ["Admin", "Expense AP"]), None);
/// ```
pub fn nearest<'a>(value: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let value: Vec<char> = lower(value.trim()).collect();
    let limit = (value.len() / 4).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&value, &lower(candidate).collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
}
