//! The console's page of settings: what it shows, takes and refuses.

use mediusflow_mock::scim::Quirk;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::Tenant;

#[test]
fn the_settings_are_one_object_with_every_quirk() {
    let mut switches = Tenant::new().settings();

    let quirks = switches.as_object_mut().unwrap().remove("quirks").unwrap();
    assert_eq!(
        switches,
        json!({
            "profile": "mediusflow",
            "strict": false,
            "filterable": "documented",
            "answersModifiedUsers": true,
            "answersModifiedOthers": false,
            "unknownAttributes": "refuse",
            "canonicalValues": "own",
            "absentTargets": "create",
            "unknownMembers": "keep",
            "groupNames": "unique",
            "discovery": "open",
            "duplicates": "refuse",
            "deletedUsers": "remove",
            "requiresConfiguration": false,
            "me": "",
            "paging": "index",
            "mostResults": 1000,
        })
    );
    let all: serde_json::Map<String, Value> =
        Quirk::ALL.iter().map(|it| (it.name().into(), true.into())).collect();
    assert_eq!(quirks, Value::Object(all));
}

#[test]
fn a_change_answers_all_settings_and_leaves_the_others() {
    let tenant = Tenant::new();
    let mut expected = tenant.settings();
    expected["unknownMembers"] = json!("refuse");
    expected["quirks"]["opCase"] = json!(false);

    let answer = tenant.change(json!({"unknownMembers": "refuse", "quirks": {"opCase": false}}));

    assert_eq!((answer.status, &answer.json), (200, &expected));
    assert_eq!(tenant.settings(), expected);
}

#[test]
fn a_change_is_recorded_with_what_it_named() {
    let tenant = Tenant::new();

    tenant.change(json!({"strict": true, "mostResults": 5}));

    assert!(tenant.summary().contains("mostResults, strict"), "{}", tenant.summary());
}

#[test]
fn strict_switches_every_quirk_and_single_ones_come_after_it() {
    let tenant = Tenant::new();

    let strict = tenant.change(json!({"strict": true})).json;
    let but_one = tenant.change(json!({"quirks": {"opCase": true}, "strict": true})).json;
    let lenient = tenant.change(json!({"strict": false})).json;

    let on = |it: &Value| {
        it["quirks"].as_object().unwrap().values().filter(|it| **it == json!(true)).count()
    };
    assert_eq!((&strict["strict"], on(&strict)), (&json!(true), 0));
    assert_eq!((&but_one["strict"], on(&but_one)), (&json!(false), 1));
    assert_eq!((&lenient["strict"], on(&lenient)), (&json!(false), Quirk::ALL.len()));
}

#[test]
fn a_profile_brings_its_own_switches() {
    let tenant = Tenant::set(json!({"deletedUsers": "deactivate"}));

    let rfc = tenant.change(json!({"mostResults": 7, "profile": "rfc"})).json;

    assert_eq!(rfc["filterable"], "everything");
    assert_eq!(rfc["deletedUsers"], "remove");
    assert_eq!(rfc["mostResults"], 7);
}

#[rstest]
#[case::misspelt(json!({"unknownMember": "keep"}), "unknown-setting", "unknownMember",
    "there is no setting \"unknownMember\", did you mean \"unknownMembers\"?")]
#[case::quirk(json!({"quirks": {"opcase": true}}), "unknown-setting", "quirks.opcase",
    "there is no setting \"quirks.opcase\", did you mean \"opCase\"?")]
#[case::value(json!({"duplicates": "merge"}), "invalid-setting", "duplicates",
    "duplicates: unknown value `merge`, expected `refuse` or `replace`")]
#[case::profile(json!({"profile": "azure"}), "invalid-setting", "profile",
    "profile: unknown value `azure`, expected `mediusflow` or `rfc`")]
#[case::strict(json!({"strict": "yes"}), "invalid-setting", "strict",
    "strict: invalid type: string \"yes\", expected a boolean")]
#[case::cap(json!({"mostResults": 0}), "invalid-setting", "mostResults",
    "mostResults: invalid value: integer `0`, expected a whole number above 0")]
#[case::quirks(json!({"quirks": true}), "invalid-setting", "quirks",
    "quirks: expected an object such as {\"opCase\": false}")]
#[case::state(json!({"quirks": {"opCase": 1}}), "invalid-setting", "quirks.opCase",
    "quirks.opCase: expected true or false")]
fn a_wrong_change_is_refused_whole(
    #[case] mut changes: Value,
    #[case] code: &str,
    #[case] field: &str,
    #[case] detail: &str,
) {
    let tenant = Tenant::new();
    let before = tenant.settings();
    changes["discovery"] = json!("keyed");

    let refused = tenant.change(changes);

    assert_eq!(refused.status, 400);
    assert_eq!(
        (&refused.json["code"], &refused.json["field"], refused.detail()),
        (&json!(code), &json!(field), detail)
    );
    assert_eq!(tenant.settings(), before);
}

#[test]
fn the_error_of_an_unknown_name_without_a_near_one_lists_all_names() {
    let refused = Tenant::new().change(json!({"colour": "red"}));

    assert!(refused.detail().ends_with(
        "there are: absentTargets, answersModifiedOthers, answersModifiedUsers, canonicalValues, \
         deletedUsers, discovery, duplicates, filterable, groupNames, me, mostResults, paging, \
         profile, quirks, requiresConfiguration, strict, unknownAttributes, unknownMembers"
    ));
}

#[rstest]
#[case::array(json!([]))]
#[case::text(json!("strict"))]
fn a_change_is_an_object(#[case] body: Value) {
    assert_eq!(Tenant::new().change(body).status, 400);
}
