use jiff::Timestamp;
use mediusflow_mock::entra::{
    Attributes as _, Change, ObjectState, ObjectType, SourceDirectory, SourceObject, SourceValue,
    week,
};
use rstest::rstest;
use serde_json::json;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[test]
fn a_seed_makes_the_same_company_and_a_bigger_one_begins_with_it() {
    let names = |directory: &SourceDirectory| -> Vec<String> {
        let mut names: Vec<_> = directory
            .objects()
            .filter(|it| it.object_type() == ObjectType::User)
            .map(|it| it.text("userPrincipalName").unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let small = names(&SourceDirectory::generate(7, 50, 3, None));

    assert_eq!(small, names(&SourceDirectory::generate(7, 50, 3, None)));
    assert_ne!(small, names(&SourceDirectory::generate(8, 50, 3, None)));
    let big = names(&SourceDirectory::generate(7, 500, 3, None));
    assert!(small.iter().all(|it| big.contains(it)));
    assert!(big.iter().any(|it| it.contains("#EXT#")));
}

#[test]
fn a_delta_has_each_changed_object_once() {
    let mut directory = SourceDirectory::generate(1, 100, 2, None);
    let since = directory.version();
    let id = directory.objects().next().unwrap().object_id.clone();
    for city in ["Oslo", "Lyon"] {
        let change =
            json!({"change": "setAttribute", "object": id, "attribute": "city", "value": city});
        let change: Change = serde_json::from_value(change).unwrap();
        directory.apply(&change, NOW).unwrap();
    }

    let changed: Vec<_> = directory.delta(since).map(|it| it.object_id.clone()).collect();
    assert_eq!(changed, std::slice::from_ref(&id));
    let since = directory.version();
    let same =
        json!({"change": "setAttribute", "object": id, "attribute": "city", "value": "Lyon"});
    directory.apply(&serde_json::from_value(same).unwrap(), NOW).unwrap();
    assert_eq!(directory.delta(since).count(), 0);
}

#[test]
fn a_week_can_be_applied_day_by_day_and_is_quiet_at_its_end() {
    let mut directory = SourceDirectory::generate(1, 200, 4, None);
    let before = directory.version();
    for day in 0..14 {
        for change in week(&directory, 3, day) {
            directory.apply(&change, NOW).unwrap();
        }
    }

    assert!(directory.version() > before + 40);
    assert!(week(&directory, 3, 5).is_empty() && week(&directory, 3, 6).is_empty());
    assert!(directory.find("new.hire1@contoso.example").is_ok());
}

#[test]
fn a_file_of_json_is_read_with_its_relations() {
    let text = r#"{
      "roles": [{ "displayName": "Approver", "value": "approver" }],
      "users": [
        { "userPrincipalName": "ada@contoso.com", "displayName": "Ada", "manager": "bob@contoso.com",
          "otherMails": ["a@x.example"], "assigned": ["approver"] },
        { "userPrincipalName": "bob@contoso.com", "accountEnabled": false }
      ],
      "groups": [{ "displayName": "Finance", "members": ["ada@contoso.com"], "assigned": true }]
    }"#;

    let directory = SourceDirectory::from_json("people.json", text).unwrap();

    let ada = directory.find("ada@contoso.com").unwrap();
    let view = SourceObject { directory: &directory, object: ada, soft_deleted: false };
    let bob = directory.find("bob@contoso.com").unwrap();
    assert_eq!(view.value("manager"), SourceValue::Reference(bob.object_id.clone()));
    assert!(!bob.is_active());
    let roles: Vec<_> =
        directory.assigned_roles(ada).iter().map(|it| it.name().to_string()).collect();
    assert_eq!(roles, ["approver", "Default Access"]);
}

#[test]
fn a_file_of_csv_is_read_with_its_groups() {
    let text = "userPrincipalName,displayName,accountEnabled,groups,assigned\r\n\
        ada@contoso.com,\"Berg, Ada\",true,Finance;Legal,true\r\n\
        bob@contoso.com,Bob,false,Finance,\r\n";

    let directory = SourceDirectory::from_csv("people.csv", text).unwrap();

    let ada = directory.find("ada@contoso.com").unwrap();
    assert_eq!(ada.name(), "Berg, Ada");
    assert!(directory.is_assigned(ada));
    assert_eq!(directory.groups_of(&ada.object_id).count(), 2);
    assert_eq!(directory.members(directory.find("Finance").unwrap()).count(), 2);
}

#[test]
fn who_is_soft_deleted_in_a_file_can_be_restored_for_thirty_days() {
    let json = r#"{"groups": [{"displayName": "Finance", "deletedDateTime": "2026-01-31T08:00:00Z",
        "members": ["ada@contoso.com"]}], "users": [{"userPrincipalName": "ada@contoso.com"}]}"#;
    let csv = "userPrincipalName,deletedDateTime\nada@contoso.com,2026-01-31T09:00:00+01:00\n";
    let read = [
        (SourceDirectory::from_json("people.json", json).unwrap(), "Finance"),
        (SourceDirectory::from_csv("people.csv", csv).unwrap(), "ada@contoso.com"),
    ];

    for (mut directory, name) in read {
        let deleted: Timestamp = "2026-01-31T08:00:00Z".parse().unwrap();
        assert_eq!(directory.find(name).unwrap().state, ObjectState::SoftDeleted(deleted));
        let days = |it: i64| deleted + jiff::SignedDuration::from_hours(24 * it);
        assert_eq!((directory.purge(days(29)), directory.purge(days(30))), (0, 1));
        assert!(directory.find(name).is_err());
    }
}

#[test]
fn the_documented_files_are_read() {
    let page = include_str!("../../docs/entra.md");
    let example = |kind: &str| {
        let (_, rest) = page.split_once(&format!("```{kind}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };

    let json = SourceDirectory::from_json("people.json", example("json")).unwrap();
    let csv = SourceDirectory::from_csv("people.csv", example("csv")).unwrap();

    assert_eq!((json.len(), csv.len()), (4, 5));
}

#[test]
fn a_byte_order_mark_before_json_is_read_over() {
    let text = "\u{feff}{\"users\": [{\"userPrincipalName\": \"a@b.c\"}]}";

    assert_eq!(SourceDirectory::from_json("people.json", text).unwrap().len(), 1);
}

#[rstest]
#[case("[]", "people.json:1: expected an object with `roles`, `users` and `groups`, found `[`")]
#[case("\n", "people.json:2: expected an object with `roles`, `users` and `groups`, found nothing")]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\",\n\"city\": \"Oslo\",\n\"city\": \"Lyon\"}]}",
    "people.json:4: city: stands twice"
)]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\", \"manager\": \"A@b.c\"}]}",
    "people.json:2: manager: A@b.c: nobody is their own manager"
)]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\", \"deletedDateTime\": \"May\"}]}",
    "people.json:2: deletedDateTime: expected a time such as 2026-01-31T08:00:00Z, found `May`"
)]
#[case(
    "{\"users\": [\n  {\"userPrincipalName\": \"a@b.c\"},\n  {\"userPrincipalName\": \"d@e.f\",\n   \"departmnt\": \"x\"}\n]}",
    "people.json:3: departmnt: users have no attribute `departmnt`; did you mean `department`?"
)]
#[case(
    "{\"users\": [\n  {\"displayName\": \"Ada\"}]}",
    "people.json:2: userPrincipalName: is missing"
)]
#[case(
    "{\"users\": [\n  {\"userPrincipalName\": \"a@b.c\", \"accountEnabled\": \"yes\"}]}",
    "people.json:2: accountEnabled: expected true or false"
)]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\"},\n{\"userPrincipalName\": \"A@b.c\"}]}",
    "people.json:3: userPrincipalName: `A@b.c` is taken"
)]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\", \"manager\": \"a@b.d\"}]}",
    "people.json:2: manager: no user or group `a@b.d` in the directory; did you mean `a@b.c`?"
)]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\"\n \"x\": 1}]}",
    "people.json:3: expected `,` or `}`"
)]
#[case(
    "{\"people\": []}",
    "people.json:1: unknown field `people`, expected one of `roles`, `users`, `groups`"
)]
#[case(
    "{\"users\": [\n{\"userPrincipalName\": \"a@b.c\",\n \"city\": {}}]}",
    "people.json:3: city: expected text, a whole number, true, false or a list of texts"
)]
fn a_mistake_in_json_names_file_line_and_field(#[case] text: &str, #[case] message: &str) {
    let error = SourceDirectory::from_json("people.json", text).unwrap_err();

    assert_eq!(error.to_string(), message);
}

#[rstest]
#[case("", "people.csv:1: expected a line with the names of attributes")]
#[case(
    "userPrincipalName,depatment\n",
    "people.csv:1: depatment: users have no attribute `depatment`; did you mean `department`?"
)]
#[case("userPrincipalName,city\na@b.c\n", "people.csv:2: expected 2 cells, found 1")]
#[case(
    "userPrincipalName,city\na@b.c,\"x\ny\"\n,Oslo\n",
    "people.csv:4: userPrincipalName: is missing"
)]
#[case(
    "userPrincipalName,accountEnabled\na@b.c,yes\n",
    "people.csv:2: accountEnabled: expected true or false"
)]
#[case("userPrincipalName,city\n\na@b.c,\"Oslo\n", "people.csv:3: a cell's quote is not closed")]
fn a_mistake_in_csv_names_file_line_and_column(#[case] text: &str, #[case] message: &str) {
    let error = SourceDirectory::from_csv("people.csv", text).unwrap_err();

    assert_eq!(error.to_string(), message);
}

#[rstest]
#[case(json!({"change": "setAttribute", "object": "a@b.c", "attribute": "accountEnabled", "value": false}), "accountEnabled is not set as an attribute")]
#[case(json!({"change": "setAttribute", "object": "a@b.c", "attribute": "city", "value": 7}), "city: expected text")]
#[case(json!({"change": "disable", "object": "Finance"}), "Finance: is a group, not a user")]
#[case(json!({"change": "join", "object": "Finance", "group": "Finance"}), "Finance: a group is no member of itself")]
#[case(json!({"change": "createUser", "attributes": {"userPrincipalName": "A@B.c"}}), "`A@B.c` is taken")]
#[case(json!({"change": "assign", "object": "a@b.c", "role": "boss"}), "the application has no role `boss`")]
fn a_change_that_cannot_be_is_refused_and_changes_nothing(
    #[case] change: serde_json::Value,
    #[case] message: &str,
) {
    let text =
        r#"{"users": [{"userPrincipalName": "a@b.c"}], "groups": [{"displayName": "Finance"}]}"#;
    let mut directory = SourceDirectory::from_json("people.json", text).unwrap();
    let before = directory.version();

    let error = directory.apply(&serde_json::from_value(change).unwrap(), NOW).unwrap_err();

    assert_eq!(error.to_string(), message);
    assert_eq!(directory.version(), before);
}
