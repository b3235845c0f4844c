//! Completions while a filter is typed.

use std::ops::Range;

use super::key::{KEYS, Reads, named};

/// A text that could be inserted at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    /// The byte range of the text that it replaces.
    pub(crate) replace: Range<usize>,
    /// The text to insert: `status:` or `patch`.
    pub(crate) text: String,
    /// The help text of the key, one line.
    pub(crate) help: &'static str,
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

/// The words of a key that begin with the typed text, if the key takes only certain words.
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn texts(text: &str, cursor: usize) -> Vec<String> {
        complete(text, cursor).into_iter().map(|it| it.text).collect()
    }

    #[rstest]
    #[case("st", &["status:"])]
    #[case("op:patch -(s", &["status:", "scimtype:", "size:", "since:", "signin:"])]
    #[case("op:", &["create", "replace", "patch", "delete", "get", "find", "list", "bulk", "discover", "login", "admin", "signin", "signout", "entra", "unknown"])]
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
}
