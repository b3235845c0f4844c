use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value as Json, json};

use super::*;
use crate::moment::Moment;
use crate::sample::{Alone, Sample, refusal};

fn sort(sample: &Sample, sort_by: &str) -> Result<Sort, ScimError> {
    Sort::parse(&sample.rules(), sort_by, SortOrder::Ascending)
}

/// The indexes of the bodies, in the order in which their resources are sorted.
fn sorted(sample: &Sample, sort_by: &str, order: SortOrder, bodies: &[Json]) -> Vec<usize> {
    let sort = Sort::parse(&sample.rules(), sort_by, order).unwrap();
    let mut keys: Vec<_> = (0..)
        .zip(bodies)
        .map(|(at, body)| {
            let resource = sample.made(body.clone());
            (at, sort.key(&resource, &Alone(&sample.resource_type), &WorkBudget::default()))
        })
        .collect();
    keys.sort_by(|(_, one), (_, other)| order.compare(one.as_ref(), other.as_ref()));
    keys.into_iter().map(|(at, _)| at).collect()
}

fn device(attribute: &str, value: Json) -> Json {
    json!({"serial": "s", attribute: value})
}

#[rstest]
#[case::decimals("weight", [json!(10.5), json!(-2), json!(9), json!(-2.5)], [3, 1, 2, 0])]
#[case::integers("ports", [json!(10), json!(9), json!(-1), json!(0)], [2, 3, 1, 0])]
#[case::moments(
    "built",
    [
        json!("2026-01-01T12:00:00+02:00"),
        json!("2026-01-01T09:00:00Z"),
        json!("2025-12-31T23:59:59.999Z"),
        json!("2026-01-01T11:00:00"),
    ],
    [2, 1, 0, 3]
)]
#[case::text_without_case("label", [json!("b"), json!("A"), json!("Ä"), json!("a")], [1, 3, 0, 2])]
#[case::references_with_case(
    "home",
    [json!("urn:b"), json!("urn:a"), json!("urn:B"), json!("urn:c")],
    [2, 1, 0, 3]
)]
fn values_are_sorted_by_their_type(
    #[case] attribute: &str,
    #[case] values: [Json; 4],
    #[case] order: [usize; 4],
) {
    let bodies = values.map(|value| device(attribute, value));

    assert_eq!(sorted(&Sample::devices(), attribute, SortOrder::Ascending, &bodies), order);
}

#[rstest]
#[case(SortOrder::Ascending, [2, 0, 1])]
#[case(SortOrder::Descending, [1, 0, 2])]
fn resources_without_data_are_last_ascending_and_first_descending(
    #[case] order: SortOrder,
    #[case] expected: [usize; 3],
) {
    let bodies = [device("label", json!("b")), json!({"serial": "s"}), device("label", json!("a"))];

    assert_eq!(sorted(&Sample::devices(), "label", order, &bodies), expected);
}

#[test]
fn a_list_is_sorted_by_its_primary_value_or_its_first() {
    let user = |emails: Json| json!({"userName": "u", "emails": emails});
    let bodies = [
        user(json!([{"value": "a@x.se"}, {"value": "c@x.se", "primary": true}])),
        user(json!([{"value": "b@x.se"}, {"value": "a@x.se", "primary": false}])),
        user(json!([{"type": "work"}, {"value": "a@x.se"}])),
    ];

    for path in ["emails", "emails.value", "urn:ietf:params:scim:schemas:core:2.0:User:EMAILS"] {
        let order = sorted(&Sample::users(), path, SortOrder::Ascending, &bodies);
        assert_eq!(order, [1, 0, 2], "{path}");
    }
}

#[test]
fn an_attribute_of_an_extension_sorts_by_its_full_path() {
    let path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let user = |department: &str| {
        json!({
            "userName": "u",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
                "department": department
            },
        })
    };
    let bodies = [user("sales"), user("IT")];

    assert_eq!(sorted(&Sample::users(), path, SortOrder::Ascending, &bodies), [1, 0]);
}

#[test]
fn derived_attributes_can_be_sorted_by() {
    let sample = Sample::users();
    let resource = sample.made(json!({"userName": "u"}));
    let alone = Alone(&sample.resource_type);

    let created =
        sort(&sample, "meta.created").unwrap().key(&resource, &alone, &WorkBudget::default());
    let id = sort(&sample, "id").unwrap().key(&resource, &alone, &WorkBudget::default());

    assert_eq!(
        created,
        Some(SortKey::Moment(Moment::parse(&resource.created.to_string()).unwrap()))
    );
    assert_eq!(id, Some(SortKey::Text(resource.id)));
}

#[rstest]
#[case("userNmae", "invalidValue: sortBy: User has no attribute userNmae, did you mean userName?")]
#[case("name.givn", "invalidValue: sortBy: User has no attribute name.givn")]
#[case("name", "invalidValue: sortBy: name is complex, name one of its sub-attributes")]
#[case("password", "invalidValue: sortBy: password is never returned")]
#[case("", "invalidValue: sortBy is not the path of an attribute: expected an attribute")]
#[case("userName,title", "invalidValue: sortBy is not the path of an attribute")]
fn an_attribute_that_cannot_be_sorted_by_is_refused(#[case] path: &str, #[case] start: &str) {
    let refused = refusal(&sort(&Sample::users(), path).unwrap_err());

    assert!(refused.starts_with(start), "{refused}");
}

#[rstest]
#[case("ascending", "")]
#[case("descending", "")]
#[case("Ascending", ", did you mean ascending?")]
#[case("desc", ", did you mean descending?")]
#[case("", "found \"\"")]
#[case("up", "found \"up\"")]
fn sort_order_is_ascending_or_descending(#[case] text: &str, #[case] end: &str) {
    let refused = SortOrder::parse(text).map_err(|error| refusal(&error));

    assert_eq!(refused.is_ok(), end.is_empty());
    assert!(refused.err().is_none_or(|it| it.ends_with(end)));
}

proptest! {
    #[test]
    fn the_keys_of_decimals_have_the_order_of_the_decimals(one in any::<f64>(), other in any::<f64>()) {
        prop_assume!(!one.is_nan() && !other.is_nan());

        let expected = one.partial_cmp(&other).unwrap();
        prop_assert_eq!(in_order(one).cmp(&in_order(other)), expected);
    }

    #[test]
    fn sorting_by_a_name_agrees_with_sorting_the_folded_names(
        names in prop::collection::vec(prop::option::of("[a-cA-CåÅ]{0,3}"), 0..12),
    ) {
        let body = |name: &Option<String>| {
            name.as_ref().map_or_else(|| json!({"serial": "s"}), |it| device("label", json!(it)))
        };
        let bodies: Vec<Json> = names.iter().map(body).collect();

        let found = sorted(&Sample::devices(), "label", SortOrder::Ascending, &bodies);

        let mut naive: Vec<usize> = (0..names.len()).collect();
        naive.sort_by_key(|at| names[*at].as_ref().map_or((1, String::new()), |it| (0, it.to_lowercase())));
        prop_assert_eq!(found, naive);
    }
}
