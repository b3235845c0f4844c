//! Two own resource types that have attributes with the same name and different types, lists within
//! complex values, and numbers that are too large for a decimal.

use mediusflow_mock::{
    MockServer, schemas_from,
    scim::{Profile, Schemas},
};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Stage};

const BOX: &str = "urn:example:2.0:Box";
const SHELF: &str = "urn:example:2.0:Shelf";

/// Boxes and shelves, both with a `size` and a `label`.
fn schemas() -> Schemas {
    let tags = json!({"name": "tags", "multiValued": true});
    let bundle = json!({
        "schemas": [
            {"id": BOX, "name": "Box", "attributes": [
                {"name": "size", "type": "integer"},
                {"name": "weight", "type": "decimal"},
                {"name": "label", "type": "complex", "subAttributes": [{"name": "text"}, tags]},
                {"name": "parts", "type": "complex", "multiValued": true, "subAttributes": [
                    {"name": "value"}, {"name": "type"}, tags,
                ]},
            ]},
            {"id": SHELF, "name": "Shelf", "attributes": [
                {"name": "size"}, {"name": "weight", "type": "integer"}, {"name": "label"},
            ]},
        ],
        "resourceTypes": [
            {"name": "Box", "endpoint": "/Boxes", "schema": BOX},
            {"name": "Shelf", "endpoint": "/Shelves", "schema": SHELF},
        ],
    });
    schemas_from(&[("kinds.json", &bundle.to_string())]).unwrap()
}

fn stage() -> Stage {
    let builder = MockServer::builder().profile(Profile::Rfc).users(0).groups(0);
    Stage::on(builder.schemas(schemas()))
}

fn put_up(stage: &Stage, (path, schema): (&str, &str), mut body: Json) -> String {
    body["schemas"] = json!([schema]);
    stage.post(path, &body).id()
}

fn patched(stage: &Stage, path: &str, operation: Json) -> Json {
    let answer = stage.patch(path, &json!([operation]));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json
}

fn kinds(answer: &Answer) -> Vec<String> {
    let resources = answer.json["Resources"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    let kind = |it: &Json| it["meta"]["resourceType"].as_str().unwrap().to_owned();
    resources.iter().map(kind).collect()
}

#[rstest]
#[case::number("size eq 3", &["Box"])]
#[case::text("size eq \"3\"", &["Shelf"])]
#[case::either("size eq 3 or size eq \"3\"", &["Box", "Shelf"])]
#[case::order("size gt 2", &["Box"])]
#[case::within("size co \"3\"", &["Shelf"])]
#[case::other_or_none("size ne 3", &["Shelf"])]
#[case::not("not (size eq 3)", &["Shelf"])]
#[case::present("size pr", &["Box", "Shelf"])]
#[case::complex("label.text eq \"old\"", &["Box"])]
#[case::complex_in_brackets("label[text eq \"old\"]", &["Box"])]
#[case::simple("label eq \"old\"", &["Shelf"])]
#[case::both_numbers("weight lt 2", &["Box", "Shelf"])]
fn a_search_at_the_root_tests_each_type_by_its_own_definition(
    #[case] filter: &str,
    #[case] found: &[&str],
) {
    let stage = stage();
    let of_box = json!({"size": 3, "weight": 1.5, "label": {"text": "old"}});
    put_up(&stage, ("/Boxes", BOX), of_box);
    put_up(&stage, ("/Shelves", SHELF), json!({"size": "3", "weight": 1, "label": "old"}));

    assert_eq!(kinds(&stage.find("", filter)), found);
}

#[rstest]
#[case::no_type("size eq true", "is compared with a number")]
#[case::no_operator("label.text gt 3", "is text")]
fn a_comparison_that_fits_no_type_is_refused(#[case] filter: &str, #[case] words: &str) {
    stage().find("", filter).is_refused(400, "invalidFilter", words);
}

#[test]
fn a_search_at_the_root_is_sorted_by_the_attribute_of_each_type() {
    let stage = stage();
    for weight in [json!(2.5), json!(0.5), json!(7)] {
        put_up(&stage, ("/Boxes", BOX), json!({"weight": weight, "label": {"text": "x"}}));
    }
    for weight in [1, 5] {
        put_up(
            &stage,
            ("/Shelves", SHELF),
            json!({"weight": weight, "label": format!("{weight}")}),
        );
    }

    let by_number = stage.get("?sortBy=weight").json["Resources"].clone();
    let by_label = stage.get("?sortBy=label");

    let weights: Vec<f64> =
        by_number.as_array().unwrap().iter().map(|it| it["weight"].as_f64().unwrap()).collect();
    assert_eq!(weights, [0.5, 1.0, 2.5, 5.0, 7.0]);
    assert_eq!(
        kinds(&by_label),
        ["Shelf", "Shelf", "Box", "Box", "Box"],
        "a complex one has no order"
    );
}

#[rstest]
#[case::of_a_complex_value(json!({"op": "add", "path": "label.tags", "value": ["b", "a"]}), "/label/tags")]
#[case::one_alone(json!({"op": "add", "path": "label.tags", "value": "b"}), "/label/tags")]
#[case::in_the_value(json!({"op": "add", "path": "label", "value": {"tags": ["b"]}}), "/label/tags")]
#[case::without_a_path(json!({"op": "add", "value": {"label": {"tags": ["b"]}}}), "/label/tags")]
#[case::of_each(json!({"op": "add", "path": "parts.tags", "value": ["b"]}), "/parts/0/tags")]
#[case::of_a_selected_one(
    json!({"op": "add", "path": "parts[value eq \"1\"].tags", "value": ["b"]}), "/parts/0/tags"
)]
#[case::in_a_selected_value(
    json!({"op": "add", "path": "parts[value eq \"1\"]", "value": {"tags": ["b"]}}), "/parts/0/tags"
)]
#[case::in_the_same_value(
    json!({"op": "add", "path": "parts", "value": [{"value": "1", "tags": ["b"]}]}), "/parts/0/tags"
)]
fn an_add_to_a_list_within_a_complex_value_keeps_the_other_values(
    #[case] operation: Json,
    #[case] pointer: &str,
) {
    let stage = stage();
    let body =
        json!({"label": {"text": "t", "tags": ["a"]}, "parts": [{"value": "1", "tags": ["a"]}]});
    let path = format!("/Boxes/{}", put_up(&stage, ("/Boxes", BOX), body));
    let mut replace = operation.clone();
    replace["op"] = json!("replace");

    let added = patched(&stage, &path, operation);
    assert_eq!(added.pointer(pointer), Some(&json!(["a", "b"])), "{added}");
    assert_eq!(added["label"]["text"], "t");

    let replaced = patched(&stage, &path, replace);
    let left = replaced.pointer(pointer).unwrap().as_array().unwrap();
    assert!(
        left.contains(&json!("b")) && (left.len() == 1 || pointer == "/label/tags"),
        "{replaced}"
    );
}

#[test]
fn an_add_creates_a_list_within_a_complex_value() {
    let stage = stage();
    let path = format!("/Boxes/{}", put_up(&stage, ("/Boxes", BOX), json!({"size": 1})));

    let made = patched(&stage, &path, json!({"op": "add", "path": "label.tags", "value": ["a"]}));

    assert_eq!(made["label"], json!({"tags": ["a"]}));
}

#[rstest]
#[case::the_same("eq 9007199254740993", 1)]
#[case::one_less("eq 9007199254740992", 0)]
#[case::one_more("eq 9007199254740994", 0)]
#[case::greater("gt 9007199254740992", 1)]
#[case::not_greater("gt 9007199254740993", 0)]
#[case::less("lt 9007199254740994", 1)]
#[case::not_less("lt 9007199254740993", 0)]
#[case::at_least("ge 9007199254740993", 1)]
#[case::differs("ne 9007199254740992", 1)]
#[case::a_decimal("lt 9007199254740994.0", 1)]
#[case::a_decimal_below("gt 9007199254740992.0", 1)]
#[case::beyond_all("lt 9223372036854775808", 1)]
fn large_whole_numbers_compare_exactly(
    #[case] test: &str,
    #[case] found: usize,
    #[values("size", "weight")] attribute: &str,
) {
    let stage = stage();
    let whole = json!({attribute: 9_007_199_254_740_993_i64});
    let id = put_up(&stage, ("/Boxes", BOX), whole.clone());

    let hits = stage.find("/Boxes", &format!("{attribute} {test}"));

    assert_eq!(hits.json["totalResults"], found, "{hits:?}");
    assert_eq!(stage.get(&format!("/Boxes/{id}")).json[attribute], whole[attribute]);
}

#[test]
fn large_whole_numbers_are_sorted_exactly() {
    let stage = stage();
    let sizes = [9_007_199_254_740_994_i64, 9_007_199_254_740_992, 9_007_199_254_740_993, -1];
    for size in sizes {
        put_up(&stage, ("/Boxes", BOX), json!({"size": size}));
    }

    let sorted = stage.get("/Boxes?sortBy=size").json["Resources"].clone();

    let sorted: Vec<i64> =
        sorted.as_array().unwrap().iter().map(|it| it["size"].as_i64().unwrap()).collect();
    assert_eq!(sorted, [-1, 9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_994]);
}

/// Sends a body that is written by hand, so that no library rounds its numbers.
fn raw(stage: &Stage, number: &str) -> Answer {
    let body = format!(r#"{{"schemas": ["{BOX}"], {number}}}"#);
    stage.post_text("/Boxes", &body)
}

#[rstest]
#[case::one_that_a_hasty_reader_misses_by_one_bit(
    "2.2250738585072011e-308",
    "2.225073858507201e-308"
)]
#[case::between_two("9007199254740993.0", "9007199254740992.0")]
#[case::with_an_exponent("9007199254740993e0", "9007199254740992.0")]
#[case::the_largest("1.7976931348623157e308", "1.7976931348623157e+308")]
#[case::the_smallest("5e-324", "5e-324")]
#[case::too_small("1e-400", "0.0")]
#[case::below_zero("-0.0", "-0.0")]
#[case::beyond_64_bits("18446744073709551616", "1.8446744073709552e+19")]
fn a_decimal_is_the_nearest_double(#[case] sent: &str, #[case] shown: &str) {
    let stage = stage();

    let made = raw(&stage, &format!(r#""weight": {sent}"#));

    assert_eq!(made.status, 201, "{made:?}");
    assert!(made.text.contains(&format!(r#""weight":{shown}"#)), "{}", made.text);
    // The same number in another form is equal.
    for written in [sent, shown] {
        let hits = stage.find("/Boxes", &format!("weight eq {written}"));
        assert_eq!(hits.json["totalResults"], 1, "{written}: {hits:?}");
    }
}

#[test]
fn minus_zero_is_a_whole_number() {
    let stage = stage();

    let made = raw(&stage, r#""size": -0"#);

    assert_eq!((made.status, &made.json["size"]), (201, &json!(0)), "{made:?}");
    assert_eq!(stage.find("/Boxes", "size eq -0").json["totalResults"], 1);
}

#[rstest]
#[case::a_fraction("1.0", "found the number 1.0")]
#[case::an_exponent("1e5", "found the number 100000.0")]
#[case::beyond_64_bits("9223372036854775808", "found the number 9223372036854775808")]
#[case::far_beyond("92233720368547758080", "found the number 9.223372036854776e+19")]
fn a_value_that_is_not_a_whole_number_is_refused(#[case] sent: &str, #[case] found: &str) {
    let made = raw(&stage(), &format!(r#""size": {sent}"#));

    made.is_refused(400, "invalidValue", found);
    made.is_refused(400, "invalidValue", "no fraction, no exponent and at most 64 bits");
}

#[test]
fn a_number_that_is_too_large_for_a_double_is_refused() {
    let made = raw(&stage(), r#""weight": 1e400"#);

    made.is_refused(400, "invalidSyntax", "the body has a number that is too large");
}

/// A box with lists within a complex value and within each of several.
fn boxed(stage: &Stage) -> String {
    let parts = json!([{"value": "1", "tags": ["n", "all"]}, {"value": "2", "tags": ["z"]}]);
    let body = json!({"label": {"tags": ["p", "q"]}, "parts": parts});
    format!("/Boxes/{}", put_up(stage, ("/Boxes", BOX), body))
}

#[rstest]
#[case("label.tags eq \"q\"", 1)]
#[case("label.tags sw \"Q\"", 1)]
#[case("label.tags eq \"r\"", 0)]
#[case("label.tags pr", 1)]
#[case("parts.tags eq \"all\"", 1)]
#[case("parts[tags eq \"all\"]", 1)]
#[case("parts[tags eq \"all\" and value eq \"2\"]", 0)]
#[case("parts[not (tags eq \"z\")]", 1)]
fn a_filter_tests_each_value_of_a_list_within_a_complex_value(
    #[case] filter: &str,
    #[case] expected: usize,
) {
    let stage = stage();
    boxed(&stage);

    let found =
        stage.get(&format!("/Boxes?filter={}", filter.replace(' ', "%20").replace('"', "%22")));

    assert_eq!(found.json["totalResults"], expected, "{found:?}");
}

#[test]
fn a_path_selects_by_a_list_within_and_the_value_that_it_creates_can_be_put() {
    let stage = stage();
    let path = boxed(&stage);

    let removed = patched(&stage, &path, json!({"op": "remove", "path": "parts[tags eq \"z\"]"}));
    assert_eq!(removed["parts"], json!([{"value": "1", "tags": ["n", "all"]}]));

    let missing = json!([{"op": "replace", "path": "parts[tags eq \"x\"].value", "value": "3"}]);
    let answer = stage.patch(&path, &missing);
    let put = stage.scim("PUT", &path, &stage.get(&path).json);
    assert!([200, 400].contains(&answer.status), "{answer:?}");
    assert_eq!(put.status, 200, "{put:?}");
}

#[rstest]
#[case("label.tags", json!(["p"]), "/label/tags", json!(["q"]))]
#[case("label.tags", json!("q"), "/label/tags", json!(["p"]))]
#[case("label.tags", json!(["other"]), "/label/tags", json!(["p", "q"]))]
#[case("parts[value eq \"1\"].tags", json!(["n"]), "/parts/0/tags", json!(["all"]))]
#[case("parts.tags", json!(["n"]), "/parts/0/tags", json!(["all"]))]
fn a_remove_that_names_values_of_a_list_within_removes_only_these(
    #[case] path: &str,
    #[case] value: Json,
    #[case] pointer: &str,
    #[case] left: Json,
) {
    let stage = stage();
    let box_path = boxed(&stage);

    let removed = patched(&stage, &box_path, json!({"op": "remove", "path": path, "value": value}));

    assert_eq!(removed.pointer(pointer), Some(&left), "{removed}");
}
