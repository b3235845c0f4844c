use rstest::rstest;

use super::*;
use crate::medius::{UserRole, sample};

#[rstest]
#[case::first(&[], r#"{"companies": ["nose"]}"#, ("Nordlys Energi AB", ""))]
#[case::beside_a_default_one(
    &[("Default", "")],
    r#"{"companies": ["NOSE"]}"#,
    ("Nordlys Energi AB", "Nordlys Energi AB")
)]
#[case::name_is_taken(
    &[("nordlys energi ab", ""), ("Nordlys Energi AB 2", "SE")],
    r#"{"companies": ["NOSE"]}"#,
    ("Nordlys Energi AB 3", "Nordlys Energi AB 3")
)]
#[case::filter_is_taken(
    &[("Default", ""), ("Other", "nordlys energi ab")],
    r#"{"companies": ["NOSE"]}"#,
    ("Nordlys Energi AB 2", "Nordlys Energi AB 2")
)]
#[case::own_filter(
    &[("Default", ""), ("Nordlys Energi AB", "SE")],
    r#"{"companies": ["NOSE"], "filter": " NO "}"#,
    ("Nordlys Energi AB NO", "NO")
)]
#[case::name_with_the_filter_is_taken(
    &[("nordlys energi ab no", "SE")],
    r#"{"companies": ["NOSE"], "filter": "NO"}"#,
    ("Nordlys Energi AB NO 2", "NO")
)]
#[case::own_name(&[], r#"{"name": " All ", "companies": ["NOSE"]}"#, ("All", ""))]
fn a_company_is_enough(
    #[case] saved: &[(&str, &str)],
    #[case] draft: &str,
    #[case] expected: (&str, &str),
) {
    let saved: Vec<_> = saved.iter().map(|it| sample::configuration(it.0, it.1)).collect();
    let draft: ConfigurationDraft = serde_json::from_str(draft).unwrap();

    let made = draft.resolve("new", &sample::data(), &saved).unwrap();

    assert_eq!((made.name.as_str(), made.filter.as_str()), expected);
    assert_eq!(made.document(&sample::data()).companies, ["Nordlys Energi AB"]);
}

#[test]
fn a_draft_with_a_name_and_a_company_gets_the_defaults() {
    let draft: ConfigurationDraft =
        serde_json::from_str(r#"{"name": " Sweden ", "companies": ["nose[med]", "NOSE"]}"#)
            .unwrap();

    let made = draft.resolve("c1", &sample::data(), &[]).unwrap();

    expect_test::expect![[r#"
        {
          "id": "c1",
          "name": "Sweden",
          "filter": "",
          "companies": [
            "Nordlys Energi AB"
          ],
          "roles": [
            "Expense AP"
          ],
          "authorizationGroups": [],
          "locale": {
            "language": "sv-SE",
            "format": "sv-SE",
            "timeZone": "Europe/Stockholm",
            "currency": "SEK"
          },
          "loginOption": "Microsoft Entra ID"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&made.document(&sample::data())).unwrap());
}

#[rstest]
#[case(
    r#"{"name": " ", "companies": ["NOSE"]}"#,
    "name: expected a name or no name at all, found an empty one"
)]
#[case(
    r#"{"filter": "", "companies": ["NOSE"]}"#,
    "filter: the configuration \"Default\" has the empty filter already: it is the default one"
)]
#[case(
    r#"{"companies": ["NOSA"]}"#,
    "companies[0]: no company is called \"NOSA\". There are: Nordlys Group, Nordlys Sverige, \
     Nordlys Polska, Nordlys Energi AB"
)]
#[case("{}", "companies: expected at least one company. There are: Nordlys Energi AB")]
#[case(
    r#"{"name": "default", "companies": ["NOSE"]}"#,
    "name: another configuration is called \"Default\" already"
)]
#[case(
    r#"{"name": "A", "companies": ["NOSE"]}"#,
    "filter: the configuration \"Default\" has the empty filter already: it is the default one"
)]
#[case(
    r#"{"name": "A", "filter": " se-ap", "companies": ["NOSE"]}"#,
    "filter: the configuration \"Sweden\" has the filter \"SE-AP\" already"
)]
#[case(
    r#"{"name": "A", "filter": "A"}"#,
    "companies: expected at least one company. There are: Nordlys Energi AB"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE", "NOSA"]}"#,
    "companies[1]: no company is called \"NOSA\". There are: Nordlys Group, Nordlys Sverige, \
     Nordlys Polska, Nordlys Energi AB"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOPL"]}"#,
    "companies[0]: the company \"Nordlys Polska\" is not active"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["SE"]}"#,
    "companies[0]: the company \"Nordlys Sverige\" is virtual: it holds no invoices, name the \
     companies below it"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "roles": ["Admin", "Expence AP"]}"#,
    "roles[1]: no role is called \"Expence AP\", did you mean \"Expense AP\"? There are: \
     Admin, Auditor, Expense AP"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "authorizationGroups": ["X"]}"#,
    "authorizationGroups[0]: no authorization group is called \"X\". There are: Approvers SE, \
     Approvers NO"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"language": "da-DK"}}"#,
    "locale.language: no language is called \"da-DK\". There are: sv-SE, en-GB"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"format": "us"}}"#,
    "locale.format: no format is called \"us\". There are: sv-SE"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"timeZone": "CET"}}"#,
    "locale.timeZone: no time zone is called \"CET\". There are: Europe/Stockholm"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"currency": "NOK"}}"#,
    "locale.currency: no currency is called \"NOK\". There are: SEK, EUR"
)]
#[case(
    r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "loginOption": "ADFS"}"#,
    "loginOption: no login option is called \"ADFS\". There are: Microsoft Entra ID, \
     Medius.Security"
)]
#[case(
    r#"{"id": "other", "name": "A", "filter": "A", "companies": ["NOSE"]}"#,
    "id: expected \"new\" or no id at all, found \"other\""
)]
fn a_refused_draft_names_field_value_and_what_exists(#[case] draft: &str, #[case] why: &str) {
    let saved = [sample::configuration("Default", ""), sample::configuration("Sweden", "SE-AP")];
    let draft: ConfigurationDraft = serde_json::from_str(draft).unwrap();

    let error = draft.resolve("new", &sample::data(), &saved).unwrap_err();

    assert_eq!(error.to_string(), why);
}

#[test]
fn a_shown_configuration_can_be_sent_back_unchanged() {
    let saved = sample::configuration("Sweden", "SE-AP");
    let text = serde_json::to_string(&saved.document(&sample::data())).unwrap();

    let draft: ConfigurationDraft = serde_json::from_str(&text).unwrap();
    let again = draft.resolve(&saved.id, &sample::data(), &[Arc::clone(&saved)]).unwrap();

    assert_eq!(again, *saved);
}

#[test]
fn an_empty_list_of_roles_means_none() {
    let text = r#"{"name": "A", "companies": ["NOSE"], "roles": []}"#;
    let draft: ConfigurationDraft = serde_json::from_str(text).unwrap();

    let made = draft.resolve("c1", &sample::data(), &[]).unwrap();

    assert!(made.roles.is_empty());
}

#[test]
fn an_unknown_field_is_refused() {
    let text = r#"{"name": "A", "company": "NOSE"}"#;

    let error = serde_json::from_str::<ConfigurationDraft>(text).unwrap_err();

    assert!(error.to_string().starts_with("unknown field `company`, expected one of `id`"));
}

#[test]
fn a_deleted_entry_is_not_taken_for_a_new_one_with_its_name() {
    let mut draft = sample::draft();
    draft.defaults.roles.clear();
    let before = draft.resolve().unwrap();
    let saved = sample::configuration("Sweden", "SE-AP");
    let mut edit = before.edit();
    edit.remove::<UserRole>(saved.roles[0]);
    edit.add(UserRole { name: "Expense AP".into(), description: None });

    let data = edit.finish().unwrap();

    assert_eq!(saved.document(&data).roles, Some(Vec::new()));
    assert_eq!(saved.deleted(&data)[&MasterKind::Role], ["Expense AP"]);
}

#[test]
fn an_applied_configuration_is_read_as_it_was_written() {
    let mut data = sample::data();
    let draft = ConfigurationDraft {
        id: Some("c1".into()),
        name: Some("Old".into()),
        companies: vec!["Nordlys Energi AB".into()],
        roles: Some(vec!["Auditor".into(), "Unknown".into()]),
        ..ConfigurationDraft::default()
    };
    let deleted = Deleted::from([(MasterKind::Role, vec!["Auditor".into(), "auditor".into()])]);
    let mut recall = Recall::new(&mut data);

    let one = recall.read(draft.clone(), deleted.clone()).unwrap();
    let other = recall.read(draft, deleted).unwrap();

    assert_eq!(one, other);
    assert_eq!(one.document(&data).roles.unwrap(), ["Auditor"]);
    assert_eq!(one.deleted(&data)[&MasterKind::Role], ["Unknown", "Auditor", "auditor"]);
}
