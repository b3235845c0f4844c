use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    AcceptedAttributes, Object, Projection, Resource, ResourceView, SpecifiedAttributes,
    sample::{Alone, Sample, at, shown},
    urn,
};

/// Paths, each with a value that fits.
fn targets() -> Vec<(&'static str, Json)> {
    let list = json!([{"value": "a", "type": "work", "primary": true}, {"value": "c"}]);
    let whole = json!({
        "title": "b", "name": {"displayName": "c"}, "emails": list,
        "name.familyName": "d", urn::ENTERPRISE_USER: {"manager": "n"},
    });
    vec![
        ("userName", json!("a")),
        ("title", json!(["a"])),
        ("active", json!("True")),
        ("name", json!({"givenName": null, "familyName": "a"})),
        ("name", json!([{"displayName": "a"}])),
        ("name.givenName", json!("")),
        ("emails", list),
        ("emails", json!({"value": "a"})),
        ("emails.type", json!("work")),
        ("emails.primary", json!(true)),
        ("emails[type eq \"work\"]", json!({"value": "a", "primary": true})),
        ("emails[type eq \"work\"].value", json!("b")),
        ("emails[primary eq true].display", json!("a")),
        ("emails[not (value pr)]", json!({"type": "work"})),
        ("manager", json!("")),
        ("manager", json!({"value": "n", "$ref": null})),
        ("manager[value eq \"m\"]", json!([{"value": "n"}])),
        ("manager.value", json!("")),
        ("department", json!("a")),
        ("id", json!("a")),
        ("schemas", json!([])),
        ("nothing", json!(null)),
        (urn::ENTERPRISE_USER, json!({"department": null, "division": "a"})),
        (urn::USER, json!({"title": "a"})),
        ("", whole),
    ]
}

fn values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3..3_i32).prop_map(Json::from),
        prop::sample::select(vec!["", "a", "A", "True", "work", "m"]).prop_map(Json::from),
    ];
    let keys = [
        "value",
        "type",
        "primary",
        "display",
        "givenName",
        "displayName",
        "title",
        "emails",
        "name",
        "manager",
        "$ref",
        "department",
        "name.familyName",
        urn::ENTERPRISE_USER,
    ];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let key = prop::sample::select(keys.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::hash_map(key, inner, 0..4)
                .prop_map(|it| Json::Object(it.into_iter().collect())),
        ]
    })
}

fn operations() -> impl Strategy<Value = Vec<Json>> {
    let ops = prop::sample::select(vec!["add", "Add", "replace", "remove"]);
    let one = (ops, prop::sample::select(targets()), prop::option::weighted(0.2, values()));
    let one = one.prop_map(|(op, (path, fits), other)| {
        let value = if op == "remove" { Json::Null } else { other.unwrap_or(fits) };
        json!({"op": op, "path": path, "value": value})
    });
    prop::collection::vec(one, 1..4)
}

/// Paths with small mistakes.
fn damaged_paths() -> impl Strategy<Value = String> {
    let whole: Vec<&str> = targets().into_iter().map(|(path, _)| path).collect();
    let pieces = ["", ".", ":", "[", "]", "value", "[value pr]", ".value", " eq \"a\"]", "å"];
    let (start, end) = (prop::sample::select(whole), prop::sample::select(pieces.to_vec()));
    (start, any::<prop::sample::Index>(), end).prop_map(|(start, at, end)| {
        let kept = at.index(start.len() + 1);
        start[..start.floor_char_boundary(kept)].to_owned() + end
    })
}

fn barbara(sample: &Sample) -> Resource {
    sample.made(json!({
        "userName": "barbara", "name": {"givenName": "Barbara"},
        "emails": [{"value": "a", "type": "work", "primary": true}, {"value": "b", "type": "home"}],
        urn::ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m"}},
    }))
}

fn changed(user: &Resource, accepted: &AcceptedAttributes) -> Resource {
    user.with(accepted.clone(), at(1)).unwrap_or_else(|| user.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_operation_is_done_or_refused_with_status_400(
        op in prop::sample::select(vec!["add", "replace", "remove"]),
        path in damaged_paths(),
        value in values(),
    ) {
        let sample = Sample::users();
        let operation = json!({"op": op, "path": path, "value": value});

        if let Err(error) = sample.patch(&barbara(&sample), json!([operation])) {
            prop_assert_eq!(error.code(), 400);
        }
    }

    #[test]
    fn the_result_of_a_patch_is_accepted_by_a_put(operations in operations()) {
        let sample = Sample::users();
        let user = barbara(&sample);

        if let Ok(accepted) = sample.patch(&user, json!(operations)) {
            let user = changed(&user, &accepted);
            let derive = Alone(&sample.resource_type);
            let projection = Projection::Default;
            let view = ResourceView {
                resource: &user,
                resource_type: &sample.resource_type,
                projection: &projection,
                specified: &SpecifiedAttributes::default(),
                derive: &derive,
            };
            let strict = Sample::users().strict();
            let again = strict.replace(&user, serde_json::to_value(view).unwrap()).unwrap();
            prop_assert_eq!(again.attributes(), user.attributes());
        }
    }

    #[test]
    fn operations_in_one_request_have_the_effect_of_single_requests(operations in operations()) {
        let sample = Sample::users();
        let user = barbara(&sample);
        let mut one_by_one = Ok(user.clone());
        for operation in &operations {
            one_by_one = one_by_one.and_then(|user| {
                sample.patch(&user, json!([operation])).map(|it| changed(&user, &it))
            });
        }

        let at_once = sample.patch(&user, json!(operations));

        if let Ok(expected) = one_by_one {
            let at_once = at_once.unwrap();
            prop_assert_eq!(at_once.attributes(), expected.attributes());
        }
    }

    #[test]
    fn adding_and_removing_the_same_values_changes_nothing(new in prop::collection::btree_set("[a-z]{3}", 1..50)) {
        let sample = Sample::groups();
        let group = sample.made(json!({"displayName": "x", "members": [{"value": "1"}, {"value": "2"}]}));
        let new: Vec<Json> = new.into_iter().map(|it| json!({"value": it})).collect();

        let both = json!([
            {"op": "add", "path": "members", "value": new},
            {"op": "remove", "path": "members", "value": new},
        ]);

        let after = sample.patch(&group, both).unwrap();
        prop_assert_eq!(group.with(after, at(1)), None);
    }

    #[test]
    fn an_attribute_replaced_by_itself_does_not_change(
        op in prop::sample::select(vec!["add", "replace"]),
        members in prop::collection::btree_set("[a-z]{2}", 0..80),
    ) {
        let sample = Sample::groups();
        let members: Vec<Json> = members.into_iter().map(|it| json!({"value": it})).collect();
        let group = sample.made(json!({"displayName": "x", "members": members}));
        let whole = shown(&group.to_accepted());

        let same = json!([
            {"op": op, "value": whole},
            {"op": op, "path": "members", "value": members},
        ]);

        prop_assert_eq!(group.with(sample.patch(&group, same).unwrap(), at(1)), None);
    }
}

#[test]
fn an_object_of_which_nothing_remains_is_removed() {
    let sample = Sample::users();
    let gone = json!([
        {"op": "remove", "path": "emails[value pr]"},
        {"op": "remove", "path": "name.givenName"},
        {"op": "remove", "path": "department"},
        {"op": "remove", "path": "manager.value"},
    ]);

    let after = sample.patch(&barbara(&sample), gone).unwrap();

    let names: Vec<&str> = after.attributes().iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["userName"]);
    assert!(!after.attributes().is_empty() && Object::default().is_empty());
}
