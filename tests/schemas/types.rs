//! Values of the RFC's types: dateTimes follow XML Schema, binaries are base64.

use mediusflow_mock::{
    MockServer, schemas_from,
    scim::{Profile, Schemas},
};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{COST as EXTENSION, Stage, USER};

fn schemas() -> Schemas {
    let bundle = json!({
        "schemas": [{
            "id": EXTENSION, "name": "Typed",
            "attributes": [
                {"name": "since", "type": "dateTime"},
                {"name": "photo", "type": "binary", "description": "A picture."},
                {"name": "token", "type": "binary", "description": "Bytes, base64url encoded."},
            ],
        }],
        "schemaExtensions": [{"resourceType": "User", "schema": EXTENSION, "required": false}],
    });
    schemas_from(&[("typed.json", &bundle.to_string())]).unwrap()
}

fn stage() -> Stage {
    let builder = MockServer::builder().profile(Profile::Rfc).users(0).groups(0);
    Stage::on(builder.schemas(schemas()))
}

fn user(name: &str, extension: &Json) -> Json {
    json!({"schemas": [USER, EXTENSION], "userName": name, EXTENSION: extension})
}

#[rstest]
#[case::end_of_day(json!({"since": "2026-01-31T24:00:00Z"}))]
#[case::no_zone(json!({"since": "2026-01-31T08:00:00"}))]
#[case::digits(json!({"since": "2026-01-31T08:00:00.123456789012Z"}))]
#[case::zone(json!({"since": "2026-01-31T08:00:00+14:00"}))]
#[case::long_year(json!({"since": "12026-01-31T08:00:00Z"}))]
#[case::standard(json!({"photo": "+/8="}))]
#[case::unpadded(json!({"photo": "AQI"}))]
#[case::url(json!({"token": "-_8"}))]
fn valid_values_are_kept_as_sent(#[case] extension: Json) {
    let stage = stage();

    let made = stage.post("/Users", &user("ada", &extension));

    assert_eq!((made.status, &made.json[EXTENSION]), (201, &extension), "{made:?}");
}

#[rstest]
#[case::lower_t(json!({"since": "2026-01-31t08:00:00Z"}), "write T and Z in upper case")]
#[case::lower_z(json!({"since": "2026-01-31T08:00:00z"}), "write T and Z in upper case")]
#[case::leap_second(json!({"since": "2026-06-30T23:59:60Z"}), "seconds end at 59")]
#[case::second_61(json!({"since": "2026-06-30T23:59:61+00:00"}), "seconds end at 59")]
#[case::blank(json!({"since": "2026-01-31 08:00:00Z"}), "write T between the date and the time")]
#[case::zone_beyond(json!({"since": "2026-01-31T08:00:00+14:30"}), "must be a dateTime")]
#[case::url_in_standard(json!({"photo": "-_8"}), "must be base64 text, found")]
#[case::standard_in_url(json!({"token": "+/8="}), "must be base64url text, found")]
fn invalid_values_are_refused(#[case] extension: Json, #[case] words: &str) {
    let stage = stage();
    let ada = stage.post("/Users", &user("ada", &json!({})));
    let path = format!("/Users/{}", ada.id());
    let operations = json!([{"op": "add", "path": EXTENSION, "value": extension}]);

    for refused in [
        stage.post("/Users", &user("bo", &extension)),
        stage.scim("PUT", &path, &user("ada", &extension)),
        stage.patch(&path, &operations),
    ] {
        refused.is_refused(400, "invalidValue", words);
    }
}

#[test]
fn date_times_are_filtered_and_sorted_by_time() {
    let stage = stage();
    for (name, since) in [
        ("ada", "2026-01-31T24:00:00Z"),
        ("bo", "2026-02-01T00:00:00.0000000001Z"),
        ("cy", "2026-02-01T14:00:00+14:00"),
    ] {
        stage.post("/Users", &user(name, &json!({"since": since})));
    }
    let found = |op: &str, value: &str| {
        let filter = format!("{EXTENSION}:since {op} \"{value}\"");
        let answer = stage.find("/Users", &filter);
        (answer.status, answer.json["totalResults"].clone())
    };

    assert_eq!(found("eq", "2026-02-01T00:00:00Z"), (200, json!(2)));
    assert_eq!(found("gt", "2026-01-31T24:00:00Z"), (200, json!(1)));
    assert_eq!(found("gt", "2026-01-31T23:59:60Z").0, 400);
    assert_eq!(found("gt", "2026-01-31t23:59:59Z").0, 400);
    let sorted = stage.get(&format!("/Users?sortBy={EXTENSION}:since&sortOrder=descending"));
    assert_eq!(sorted.each("userName")[0], "bo");
}
