//! Patterns in which `*` stands for any characters and `?` for one character.

/// Whether a text matches a pattern.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut here) = (0, 0);
    // The last star and the end of the text that it covers so far. Backtracking to the last star is enough.
    let mut star = None;
    while here < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(it) if *it == '?' || *it == text[here] => {
                at += 1;
                here += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                at = back + 1;
                here = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|it| *it == '*')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("*", "", true)]
    #[case("/Users/*", "/Users/4f2c", true)]
    #[case("/Users/*", "/Users", false)]
    #[case("*/Users", "/NordlysQA/scim/v2/Users", true)]
    #[case("/a?c", "/abc", true)]
    #[case("/a?c", "/ac", false)]
    #[case("*a*b*", "xxaxxaxb", true)]
    #[case("*a*b", "xxaxxbx", false)]
    fn a_pattern_matches_texts(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_like(pattern, text), expected);
    }
}
