//! Tests what the grammar accepts, how it is read, and what the errors say.

use rstest::rstest;
use serde::Deserialize;

use super::{CompareOp, CompareValue, Filter, MAX_DEPTH, MAX_LENGTH, SyntaxError};
use crate::filter::{AttrPath, Urns};

fn parse(text: &str) -> Result<Filter, SyntaxError> {
    Filter::parse(text, Urns::default())
}

fn eq(attr: &str, value: CompareValue) -> Filter {
    Filter::Compare(attr.parse().unwrap(), CompareOp::Eq, value)
}

fn text(value: &str) -> CompareValue {
    CompareValue::Text(value.into())
}

/// Texts that every SCIM server should accept, and texts that none should.
#[derive(Deserialize)]
struct Corpus {
    valid: Vec<String>,
    invalid: Vec<String>,
}

fn corpus() -> Corpus {
    serde_json::from_str(include_str!("../../../../fixtures/filter-corpus.json")).unwrap()
}

#[test]
fn every_valid_text_of_the_corpus_is_read_and_prints_as_the_same_filter() {
    let corpus = corpus();

    assert!(corpus.valid.len() >= 40);
    for text in &corpus.valid {
        let filter = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(parse(&filter.to_string()).as_ref(), Ok(&filter), "{text}");
    }
}

#[test]
fn every_invalid_text_of_the_corpus_is_refused_at_an_offset_inside_it() {
    let corpus = corpus();

    assert!(corpus.invalid.len() >= 10);
    for text in &corpus.invalid {
        let error = parse(text).expect_err(text);
        assert!(error.offset <= text.len(), "{text}: {error}");
        assert!(!error.message.ends_with('.'), "{text}: {error}");
    }
}

#[rstest]
#[case::and_before_or("a pr or b pr and c pr", "a pr or (b pr and c pr)")]
#[case::and_before_or_too("a pr and b pr or c pr", "(a pr and b pr) or c pr")]
#[case::not_before_and("not (a pr) and b pr", "(not (a pr)) and b pr")]
#[case::case_of_words("A Pr AND NOT (B pR) Or C EQ 1", "A pr and not (B pr) or C eq 1")]
#[case::many_blanks("\t( a   pr\r\n and b  eq  1 ) ", "a pr and b eq 1")]
#[case::no_blanks("not(a pr)and(b eq\"x\"or c pr)", "not (a pr) and (b eq \"x\" or c pr)")]
#[case::blanks_in_brackets("a [ b pr ] and c pr", "a[b pr] and c pr")]
#[case::groups_in_brackets("a[not(b pr)and(c pr or d pr)]", "a[not (b pr) and (c pr or d pr)]")]
#[case::needless_groups("((a pr)) and ((b pr))", "a pr and b pr")]
fn different_texts_are_read_as_the_same_filter(#[case] text: &str, #[case] same: &str) {
    assert_eq!(parse(text).unwrap(), parse(same).unwrap());
}

#[test]
fn groups_are_kept() {
    let left = parse("(a pr or b pr) and c pr").unwrap();

    assert_ne!(left, parse("a pr or b pr and c pr").unwrap());
    assert_eq!(left.to_string(), "(a pr or b pr) and c pr");
}

#[rstest]
#[case("eq", CompareOp::Eq)]
#[case("NE", CompareOp::Ne)]
#[case("Co", CompareOp::Co)]
#[case("sW", CompareOp::Sw)]
#[case("ew", CompareOp::Ew)]
#[case("Gt", CompareOp::Gt)]
#[case("GE", CompareOp::Ge)]
#[case("lt", CompareOp::Lt)]
#[case("Le", CompareOp::Le)]
fn operators_are_read_in_any_case(#[case] word: &str, #[case] op: CompareOp) {
    let filter = parse(&format!("a {word} 1")).unwrap();

    assert_eq!(filter, Filter::Compare(AttrPath::new("a"), op, CompareValue::Integer(1)));
}

#[rstest]
#[case("null", CompareValue::Null)]
#[case("true", CompareValue::Boolean(true))]
#[case("-12", CompareValue::Integer(-12))]
#[case("9223372036854775807", CompareValue::Integer(i64::MAX))]
#[case("9223372036854775808", CompareValue::Decimal(9_223_372_036_854_775_808.0))]
#[case("1.0", CompareValue::Decimal(1.0))]
#[case("-1.5e3", CompareValue::Decimal(-1500.0))]
#[case(r#""""#, text(""))]
#[case(r#""a\"b\\""#, text(r#"a"b\"#))]
#[case(r#""\u00e5 \ud83d\ude00 å 😀""#, text("å 😀 å 😀"))]
#[case(r#"") or (a pr""#, text(") or (a pr"))]
#[case(r#""\/\n""#, text("/\n"))]
fn values_are_json(#[case] json: &str, #[case] value: CompareValue) {
    assert_eq!(parse(&format!("a eq {json}")).unwrap(), eq("a", value.clone()));
    assert_eq!(parse(&format!("(a eq {json})")).unwrap(), eq("a", value));
}

#[test]
fn a_decimal_stays_a_decimal_when_printed() {
    assert_eq!(parse("a eq 1.0").unwrap().to_string(), "a eq 1.0");
}

#[test]
fn a_sub_attribute_may_follow_a_value_path() {
    let filter = parse("emails[type eq \"work\"].value eq \"a@b.se\" and b pr").unwrap();

    let Filter::And(parts) = &filter else { panic!("{filter}") };
    let Filter::Selected(values, test) = &parts[0] else { panic!("{filter}") };
    assert_eq!(values.to_string(), "emails[type eq \"work\"]");
    assert_eq!(**test, eq("value", text("a@b.se")));
    assert_eq!(filter.to_string(), "emails[type eq \"work\"].value eq \"a@b.se\" and b pr");
}

#[test]
fn attributes_are_listed_from_left_to_right_with_the_attribute_before_their_brackets() {
    let text = "a.b pr and (not (urn:x:y:C[d pr or $ref eq 1]) or e[f pr].g eq 2) or a.b eq 3";

    let attributes: Vec<_> = parse(text).unwrap().attributes().map(|it| it.to_string()).collect();

    let expected = ["a.b", "urn:x:y:C.d", "urn:x:y:C.$ref", "e.f", "e.g", "a.b"];
    assert_eq!(attributes, expected);
}

#[rstest]
#[case::empty("", 0, "expected an attribute, \"not\" or \"(\", found the end")]
#[case::quoted("\"\"", 0, "expected an attribute, \"not\" or \"(\", found a text in double quotes")]
#[case::name_of_digits("5a pr", 0, "expected an attribute, \"not\" or \"(\", found \"5a\"")]
#[case::other_letters("å pr", 0, "expected an attribute, \"not\" or \"(\", found \"å\"")]
#[case::unknown_operator(
    "userName zz \"x\"",
    9,
    "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr) after \"userName\", found \"zz\""
)]
#[case::no_operator(
    "a",
    1,
    "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr) after \"a\", found the end"
)]
#[case::equals_sign(
    "a.b == 1",
    4,
    "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr) after \"a.b\", found \"==\"; \
     write eq instead of =="
)]
#[case::equals_sign_without_blank(
    "a=\"x\"",
    1,
    "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr) after \"a\", found \"=\"; \
     write eq instead of ="
)]
#[case::no_attribute(" eq \"x\"", 1, "expected an attribute before the operator \"eq\"")]
#[case::no_value(
    "a eq",
    4,
    "expected a value (text in double quotes, a number, true, false or null) after eq, found the end"
)]
#[case::bare_text(
    "(a EQ anna)",
    6,
    "expected a value (text in double quotes, a number, true, false or null) after eq, \
     found \"anna\"; put the text in double quotes: \"anna\""
)]
#[case::single_quotes(
    "a co 'anna'",
    5,
    "expected a value (text in double quotes, a number, true, false or null) after co, \
     found \"'anna'\"; put the text in double quotes, not in others: \"anna\""
)]
#[case::typographic_quotes(
    "a co “anna”",
    5,
    "expected a value (text in double quotes, a number, true, false or null) after co, \
     found \"“anna”\"; put the text in double quotes, not in others: \"anna\""
)]
#[case::python_boolean(
    "a eq True",
    5,
    "expected a value (text in double quotes, a number, true, false or null) after eq, \
     found \"True\"; JSON writes it in lower case: true"
)]
#[case::no_json_number(
    "a eq 012",
    5,
    "expected a value (text in double quotes, a number, true, false or null) after eq, \
     found \"012\"; JSON writes the number as 12; a text is \"012\""
)]
#[case::unterminated(
    "a eq \"x",
    5,
    "expected a closing double quote for the text that begins here"
)]
#[case::wrong_escape(r#"a eq "\x""#, 7, "expected a text as JSON writes it, found: invalid escape")]
#[case::not_without_group("not a pr", 4, "expected \"(\" after not, found \"a\"; write not (…)")]
#[case::lone_and(
    "and a pr",
    0,
    "expected an attribute, \"not\" or \"(\", found \"and\"; and, or stand between two tests"
)]
#[case::two_ors(
    "a pr or or b pr",
    8,
    "expected an attribute, \"not\" or \"(\", found \"or\"; and, or stand between two tests"
)]
#[case::and_at_the_end("a pr and ", 9, "expected an attribute, \"not\" or \"(\", found the end")]
#[case::foreign_and(
    "a pr && b pr",
    5,
    "expected \"and\", \"or\" or the end of the filter, found \"&&\"; write and instead of &&"
)]
#[case::no_and("a pr b pr", 5, "expected \"and\", \"or\" or the end of the filter, found \"b\"")]
#[case::open_group(
    "b pr or (a pr",
    13,
    "expected \"and\", \"or\" or the \")\" for byte 8, found the end"
)]
#[case::stray_closing("a pr)", 4, "expected \"and\", \"or\" or the end of the filter, found \")\"")]
#[case::open_brackets(
    "a[b pr",
    6,
    "expected \"and\", \"or\" or the \"]\" for byte 1, found the end"
)]
#[case::wrong_closing(
    "a[b pr)",
    6,
    "expected \"and\", \"or\" or the \"]\" for byte 1, found \")\""
)]
#[case::empty_brackets("a[]", 2, "expected a sub-attribute of a, \"not\" or \"(\", found \"]\"")]
#[case::nested_brackets("a[b[c pr]]", 3, "expected no further \"[\" inside the brackets of a")]
#[case::dot_in_brackets(
    "a[a.b pr]",
    2,
    "expected the bare name of a sub-attribute of a, found \"a.b\""
)]
#[case::brackets_of_a_sub_attribute(
    "a.b[c pr]",
    3,
    "expected no \"[\" after \"a.b\", a sub-attribute; write a[…]"
)]
#[case::dot_at_the_end("a. pr", 2, "expected a sub-attribute after the dot, found a blank")]
#[case::two_dots("a.b.c pr", 3, "expected no second dot: sub-attributes have no sub-attributes")]
#[case::one_colon("a:b pr", 0, "expected a schema URN before the last \":\", found \"a\"")]
fn an_error_has_an_offset_and_says_what_was_expected(
    #[case] text: &str,
    #[case] offset: usize,
    #[case] message: &str,
) {
    let error = parse(text).unwrap_err();

    assert_eq!((error.message.as_str(), error.offset), (message, offset));
}

#[test]
fn an_error_repeats_only_the_beginning_of_a_long_word() {
    let error = parse(&format!("a eq {}", "x".repeat(9_000))).unwrap_err();

    let beginning = "x".repeat(100);
    assert!(error.message.contains(&format!("found \"{beginning}…\"")), "{error}");
    assert!(error.message.ends_with(&format!("double quotes: \"{beginning}…\"")), "{error}");
}

#[rstest]
#[case::groups("(", ")")]
#[case::nots("not (", ")")]
fn groups_can_be_nested_up_to_the_limit(#[case] open: &str, #[case] close: &str) {
    let nested = |depth: usize| format!("{}a pr{}", open.repeat(depth), close.repeat(depth));

    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    let error = parse(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!(error.message, "expected at most 32 groups inside each other");
    assert_eq!(error.offset, open.len() * (MAX_DEPTH + 1) - 1);
}

#[test]
fn a_text_can_be_as_long_as_the_limit_and_not_longer() {
    let long = |len: usize| format!("a eq \"{}\"", "x".repeat(len - 7));

    assert!(parse(&long(MAX_LENGTH)).is_ok());
    let error = parse(&long(MAX_LENGTH + 1)).unwrap_err();
    assert_eq!(error.message, "expected at most 16384 bytes, found 16385");
    assert_eq!(error.offset, MAX_LENGTH);
}

#[test]
fn thousands_of_tests_in_a_row_do_not_count_as_depth() {
    let filter = parse(&vec!["a pr"; 1_800].join(" or ")).unwrap();

    assert_eq!(filter.attributes().count(), 1_800);
    assert_eq!(filter.to_string().len(), 1_800 * 8 - 4);
}
