//! Properties of all filters and paths, and of all other texts.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use smol_str::SmolStr;

use super::{CompareOp, CompareValue, Filter, SyntaxError};
use crate::filter::{AttrPath, PatchPath, Urns, ValuePath};

const REGISTERED: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Pieces of filters. Some sequences of them are filters, and most are nearly filters.
const PIECES: [&str; 30] = [
    "a",
    "emails",
    "value",
    "$ref",
    "urn:x:2.0:User:",
    ".",
    ":",
    "(",
    ")",
    "[",
    "]",
    "not",
    "and",
    "or",
    "pr",
    "eq",
    "Co",
    "zz",
    "=",
    "\"x\"",
    "\"",
    "'",
    "\\",
    "true",
    "null",
    "-1",
    "1.5e3",
    " ",
    " ",
    "å",
];

fn name() -> impl Strategy<Value = SmolStr> {
    let letters = "[a-zA-Z][a-zA-Z0-9$_-]{0,8}".prop_map(SmolStr::from);
    prop_oneof![9 => letters, 1 => Just(SmolStr::new("$ref"))]
        .prop_filter("a reserved word", |it| !["and", "or", "not"].contains(&&*it.to_lowercase()))
}

fn attr() -> impl Strategy<Value = AttrPath> {
    let schemas = ["urn:x:2.0:User", "http://example.com/v1.1:y", REGISTERED];
    let schema = option::weighted(0.3, select(schemas.to_vec()).prop_map(SmolStr::from));
    (schema, name(), option::of(name())).prop_map(|(schema, name, sub)| AttrPath {
        schema,
        name,
        sub,
        is_dotted: false,
    })
}

/// Without decimals, which do not read back to the last bit.
fn value() -> impl Strategy<Value = CompareValue> {
    prop_oneof![
        Just(CompareValue::Null),
        any::<bool>().prop_map(CompareValue::Boolean),
        any::<i64>().prop_map(CompareValue::Integer),
        any::<String>().prop_map(|it| CompareValue::Text(it.into())),
    ]
}

fn test(attr: impl Strategy<Value = AttrPath> + Clone) -> impl Strategy<Value = Filter> {
    let op = select(CompareOp::ALL.to_vec());
    prop_oneof![
        attr.clone().prop_map(Filter::Present),
        (attr, op, value()).prop_map(|(attr, op, value)| Filter::Compare(attr, op, value)),
    ]
}

fn combined(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|it| Filter::Not(Box::new(it))),
        ]
    })
}

fn value_path() -> impl Strategy<Value = ValuePath> {
    let filter = combined(test(name().prop_map(AttrPath::new).boxed()));
    (attr(), filter).prop_map(|(attr, filter)| ValuePath {
        attr: AttrPath { sub: None, ..attr },
        filter: Box::new(filter),
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let selected = (value_path(), test(name().prop_map(AttrPath::new).boxed()))
        .prop_map(|(values, test)| Filter::Selected(values, Box::new(test)));
    combined(prop_oneof![
        3 => test(attr().boxed()),
        1 => value_path().prop_map(Filter::ValuePath),
        1 => selected,
    ])
}

fn patch_path() -> impl Strategy<Value = PatchPath> {
    prop_oneof![
        attr().prop_map(PatchPath::Attribute),
        (value_path(), option::of(name())).prop_map(|(values, sub)| PatchPath::Values(values, sub)),
        Just(PatchPath::Extension(REGISTERED.into())),
    ]
}

fn is_well_placed<T>(text: &str, outcome: Result<T, SyntaxError>) -> bool {
    outcome.is_ok() || outcome.is_err_and(|it| text.is_char_boundary(it.offset))
}

fn errors_are_inside_the_text(text: &str) -> bool {
    let registered = [SmolStr::new(REGISTERED)];
    let urns = Urns(&registered);
    is_well_placed(text, Filter::parse(text, urns))
        && is_well_placed(text, PatchPath::parse(text, urns))
        && is_well_placed(text, AttrPath::parse(text, urns))
        && is_well_placed(text, text.parse::<Filter>())
}

proptest! {
    #[test]
    fn a_filter_prints_and_reads_back_as_itself(filter in filter()) {
        let text = filter.to_string();

        prop_assert_eq!(text.parse(), Ok(filter), "{}", text);
    }

    #[test]
    fn a_patch_path_prints_and_reads_back_as_itself(path in patch_path()) {
        let text = path.to_string();

        prop_assert_eq!(PatchPath::parse(&text, Urns(&[REGISTERED.into()])), Ok(path), "{}", text);
    }

    #[test]
    fn an_attribute_path_is_read_the_same_with_a_registered_schema_or_without(attr in attr()) {
        let text = attr.to_string();

        prop_assert_eq!(text.parse(), Ok(attr.clone()));
        prop_assert_eq!(AttrPath::parse(&text, Urns(&[REGISTERED.into()])), Ok(attr));
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_character_of_it(text in any::<String>()) {
        prop_assert!(errors_are_inside_the_text(&text));
    }

    #[test]
    fn pieces_of_filters_are_read_or_refused_at_a_character(
        pieces in vec(select(PIECES.to_vec()), 0..16),
    ) {
        prop_assert!(errors_are_inside_the_text(&pieces.concat()));
    }

    #[test]
    fn a_damaged_filter_is_read_or_refused_at_a_character(
        filter in filter(),
        place in any::<Index>(),
        removed in 0_usize..3,
        inserted in ".{0,2}",
    ) {
        let mut text: Vec<char> = filter.to_string().chars().collect();
        let start = place.index(text.len());
        let end = text.len().min(start + removed);
        text.splice(start..end, inserted.chars());

        prop_assert!(errors_are_inside_the_text(&String::from_iter(text)));
    }
}
