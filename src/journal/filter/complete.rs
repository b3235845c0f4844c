//! Help while a filter is typed: what could stand here, what may have been meant.

use std::ops::Range;

use super::key::{KEYS, Reads, named};

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the text that it replaces.
    pub replace: Range<usize>,
    /// What to put there: `status:` or `patch`.
    pub text: String,
    /// What the key looks at, one line.
    pub help: &'static str,
}

pub(super) fn complete(text: &str, cursor: usize) -> Vec<Completion> {
    let cursor = super::super::text::boundary(text, cursor);
    let before = &text[..cursor];
    let is_end = |c: char| c.is_whitespace() || "()|&\"".contains(c);
    let start = before
        .rfind(is_end)
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let signs = before[start..].find(|c| !['-', '!'].contains(&c)).unwrap_or(cursor - start);
    let (start, typed) = (start + signs, &before[start + signs..]);
    if let Some((name, values)) = typed.split_once(':') {
        let last = values.rsplit(',').next().unwrap_or(values);
        return words(name, last, cursor - last.len()..cursor);
    }
    let fitting = KEYS.iter().filter(|it| begins(it.name, typed));
    let completion = |it: &super::FilterKey| Completion {
        replace: start..cursor,
        text: format!("{}:", it.name),
        help: it.help,
    };
    fitting.map(completion).collect()
}

/// The words of a key that begin as typed, if it knows certain words.
fn words(name: &str, typed: &str, replace: Range<usize>) -> Vec<Completion> {
    let Some(key) = named(name).filter(|it| matches!(it.reads, Reads::Words(_))) else {
        return Vec::new();
    };
    let fitting = key.values.iter().filter(|it| begins(it, typed));
    let completion =
        |it: &&str| Completion { replace: replace.clone(), text: (*it).to_owned(), help: key.help };
    fitting.map(completion).collect()
}

fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|it| it.eq_ignore_ascii_case(typed))
}

/// The word that was probably meant: at most two slips away, and nearer than half of it.
pub(crate) fn nearest<'a>(
    typed: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = 2.min(typed.chars().count() / 2);
    let measured = words.into_iter().map(|word| (slips(&typed.to_lowercase(), word), word));
    let (slips, word) = measured.min_by_key(|(slips, _)| *slips)?;
    (slips <= limit).then_some(word)
}

/// How many characters were left out, added, changed or swapped with their neighbour.
fn slips(typed: &str, word: &str) -> usize {
    let (typed, word): (Vec<_>, Vec<_>) = (typed.chars().collect(), word.chars().collect());
    let mut rows = vec![(0..=word.len()).collect::<Vec<_>>()];
    for (i, a) in typed.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in word.iter().enumerate() {
            let mut least =
                (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == word[j - 1] && typed[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[typed.len()][word.len()]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn texts(text: &str, cursor: usize) -> Vec<String> {
        complete(text, cursor).into_iter().map(|it| it.text).collect()
    }

    #[rstest]
    #[case("st", &["status:"])]
    #[case("op:patch -(s", &["status:", "scimtype:", "size:", "since:"])]
    #[case("op:", &["create", "replace", "patch", "delete", "get", "find", "list", "bulk", "discover", "login", "admin", "unknown"])]
    #[case("!op:create,De", &["delete"])]
    #[case("status:4", &[])]
    #[case("Björn ST", &["status:"])]
    #[case("zzz", &[])]
    fn keys_and_words_are_completed(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(texts(text, text.len()), expected);
    }

    #[test]
    fn a_completion_replaces_what_was_typed_before_the_cursor() {
        let text = "å op:cre status:4xx";

        let found = complete(text, text.find(" status").unwrap());

        assert_eq!((found[0].replace.clone(), found[0].text.as_str()), (6..9, "create"));
        assert!(complete(text, 999).is_empty());
        assert_eq!(complete("", 0).len(), KEYS.len());
        assert_eq!(complete("å", 1)[0].replace, 0..0);
    }

    #[rstest]
    #[case("stauts", Some("status"))]
    #[case("statu", Some("status"))]
    #[case("Grup", Some("group"))]
    #[case("urn", None)]
    #[case("https", None)]
    fn the_nearest_key_is_suggested_if_it_is_near(
        #[case] typed: &str,
        #[case] meant: Option<&str>,
    ) {
        assert_eq!(nearest(typed, KEYS.iter().map(|it| it.name)), meant);
    }
}
