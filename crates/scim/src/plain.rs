//! The messages of serde, in words for users who do not know Rust.
//!
//! serde names the types that a value is read into (`expected struct Model`, `expected u64`). Every
//! message of serde that users see is rewritten here.

/// A message of serde without the names of Rust types. What it quotes from the input is not
/// changed.
///
/// ```
/// use scim_engine::in_plain_words;
///
/// let words = "invalid type: map, expected struct Model at line 1 column 9";
/// assert_eq!(in_plain_words(words), "invalid type: object, expected an object at line 1 column 9");
/// ```
pub fn in_plain_words(message: &str) -> String {
    if message.contains(UNTAGGED) {
        let place = message.find(" at line ").map_or("", |at| &message[at..]);
        return format!("the value has none of the forms that are known{place}");
    }
    if let Some((_, plain)) = PARSED.iter().find(|(word, _)| *word == message) {
        return (*plain).into();
    }
    // The last one, since the text before it may quote anything.
    let Some(at) = message.rfind(EXPECTED) else { return message.into() };
    let (found, expected) = (&message[..at], &message[at + EXPECTED.len()..]);
    let (expected, place) = match expected.rfind(" at line ") {
        Some(at) => expected.split_at(at),
        None => (expected, ""),
    };
    format!("{}{EXPECTED}{}{place}", plain_found(found), plain_expected(expected))
}

/// The same on one line. For a value that does not fit, the expected one comes first: `expected a
/// boolean, found string "yes"`.
pub fn expected_first(message: &str) -> String {
    let words = in_plain_words(message.lines().next().unwrap_or_default());
    let value = ["invalid type: ", "invalid value: "].iter().find_map(|it| words.strip_prefix(it));
    match value.and_then(|it| it.rsplit_once(EXPECTED)) {
        Some((found, expected)) => format!("expected {expected}, found {found}"),
        None => words,
    }
}

const EXPECTED: &str = ", expected ";
const UNTAGGED: &str = "did not match any variant of untagged enum";

/// Messages of the standard library about a text that is not a number or not a boolean.
const PARSED: [(&str, &str); 7] = [
    ("cannot parse integer from empty string", "expected a whole number"),
    ("invalid digit found in string", "expected a whole number that is not negative"),
    ("number too large to fit in target type", "expected a smaller number"),
    ("number too small to fit in target type", "expected a larger number"),
    ("invalid float literal", "expected a number"),
    ("cannot parse float from empty string", "expected a number"),
    ("provided string was not `true` or `false`", "expected `true` or `false`"),
];

/// The part of a message that says what was found.
fn plain_found(found: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("invalid type: map", "invalid type: object"),
        ("invalid type: sequence", "invalid type: list"),
        ("invalid type: unit value", "invalid type: null"),
        ("invalid type: Option value", "invalid type: null"),
        ("invalid type: unit variant", "invalid type: text"),
        ("invalid type: newtype variant", "invalid type: object"),
        ("invalid type: struct variant", "invalid type: object"),
        ("invalid type: enum", "invalid type: text"),
    ];
    if let Some((_, plain)) = WORDS.iter().find(|(word, _)| *word == found) {
        return (*plain).into();
    }
    // serde reads an array as a struct and then reports a wrong length.
    match found.strip_prefix("invalid length ") {
        Some(length) => format!("invalid value: list of {length}"),
        None => found.replacen("unknown variant `", "unknown value `", 1).replacen(
            "invalid type: floating point ",
            "invalid type: number ",
            1,
        ),
    }
}

/// The part of a message that says what was expected.
fn plain_expected(expected: &str) -> String {
    const OBJECTS: [&str; 6] =
        ["struct ", "map", "a map", "struct variant ", "internally tagged ", "adjacently tagged "];
    const LISTS: [&str; 5] = ["tuple ", "a tuple ", "sequence", "a sequence", "an array"];
    const NOT_NEGATIVE: [&str; 6] = ["usize", "u128", "u64", "u32", "u16", "u8"];
    const WHOLE: [&str; 6] = ["isize", "i128", "i64", "i32", "i16", "i8"];
    let begins = |words: &[&str]| words.iter().any(|it| expected.starts_with(it));
    let is = |words: &[&str]| words.contains(&expected);
    if begins(&OBJECTS) {
        "an object".into()
    } else if begins(&LISTS) {
        "a list".into()
    } else if is(&NOT_NEGATIVE) {
        "a whole number that is not negative".into()
    } else if is(&WHOLE) {
        "a whole number".into()
    } else if begins(&["a nonzero "]) {
        "a whole number above 0".into()
    } else if is(&["f64", "f32", "a JSON number"]) {
        "a number".into()
    } else if is(&["unit", "unit struct", "unit variant"]) {
        "null".into()
    } else if is(&["a borrowed string", "variant identifier", "field identifier"])
        || begins(&["enum "])
    {
        "a string".into()
    } else {
        expected.replace(" or map", " or object").replace(" or sequence", " or list")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("invalid type: string \"x\", expected struct Model", "an object")]
    #[case("invalid length 0, expected struct Town with 3 elements", "an object")]
    #[case("invalid value: integer `-1`, expected u8", "a whole number that is not negative")]
    #[case("invalid value: integer `0`, expected a nonzero u32", "a whole number above 0")]
    #[case("invalid type: null, expected internally tagged enum Clock", "an object")]
    #[case("invalid type: null, expected tuple struct Pair with 2 elements", "a list")]
    #[case("invalid type: map, expected variant identifier", "a string")]
    #[case("invalid type: integer `3`, expected string or map", "string or object")]
    #[case("invalid type: string \"a, expected u64\", expected a boolean", "a boolean")]
    fn the_expected_value_is_described_without_rust_types(
        #[case] message: &str,
        #[case] expected: &str,
    ) {
        let words = in_plain_words(message);

        assert!(words.ends_with(&format!(", expected {expected}")), "{words}");
    }

    #[rstest]
    #[case("unknown variant `Sand`, expected `Rocks`", "unknown value `Sand`, expected `Rocks`")]
    #[case("invalid length 2, expected struct Town", "expected an object, found list of 2")]
    #[case("missing field `name`", "missing field `name`")]
    #[case(
        "data did not match any variant of untagged enum Count",
        "the value has none of the forms that are known"
    )]
    fn the_expected_value_comes_first(#[case] message: &str, #[case] expected: &str) {
        assert_eq!(expected_first(message), expected);
    }

    #[test]
    fn the_line_and_column_are_kept() {
        let words = in_plain_words("invalid type: sequence, expected u64 at line 2 column 7");

        let expected = "expected a whole number that is not negative at line 2 column 7";
        assert_eq!(words, format!("invalid type: list, {expected}"));
    }
}
