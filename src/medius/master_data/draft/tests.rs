use rstest::rstest;

use super::super::super::sample;
use super::*;
use crate::medius::MasterDataId;

#[test]
fn the_tree_lists_parents_before_their_children() {
    let data = sample::data();

    let tree: Vec<_> = data.company_tree().map(|(depth, it)| (depth, &*it.company_id)).collect();

    assert_eq!(tree, [(0, "NORD"), (1, "SE"), (2, "NOSE"), (1, "NOPL")]);
}

#[test]
fn a_company_is_found_by_name_company_id_and_external_system_id_in_any_case() {
    let data = sample::data();

    for key in ["nordlys energi ab", "nose", " NOSE[med] "] {
        assert_eq!(data.company(key).unwrap().name, "Nordlys Energi AB");
    }
    assert_eq!(data.login_option("../localaccount/").unwrap().display_name, "Medius.Security");
    assert!(data.company("").is_none());
}

#[rstest]
#[case::unknown_parent(
    |it: &mut MasterDataDraft| it.companies[3].parent_company_name = Some("Nordlys Sverge".into()),
    "companies[3].parentCompanyName: no company is called \"Nordlys Sverge\", did you mean \
     \"Nordlys Sverige\"? There are: Nordlys Group, Nordlys Sverige, Nordlys Polska, \
     Nordlys Energi AB"
)]
#[case::circle(
    |it: &mut MasterDataDraft| it.companies[1].parent_company_name = Some("Nordlys Energi AB".into()),
    "companies[1].parentCompanyName: expected no circle, found \"Nordlys Sverige\" below itself"
)]
#[case::two_roots(
    |it: &mut MasterDataDraft| it.companies[2].parent_company_name = None,
    "companies[2].parentCompanyName: expected a parent company of \"Nordlys Polska\", found none; the root \
     company is \"Nordlys Group\""
)]
#[case::no_company(
    |it: &mut MasterDataDraft| it.companies.clear(),
    "companies: expected a root company, found none"
)]
#[case::id_of_another(
    |it: &mut MasterDataDraft| it.companies[2].company_id = "nose".into(),
    "companies[3].companyId: expected a companyId of its own, found \"NOSE\" of entry 3 again"
)]
#[case::bare_external_id(
    |it: &mut MasterDataDraft| it.companies[2].external_system_id = "NOPL".into(),
    "companies[2].externalSystemId: expected an id in the form company[MED], found \"NOPL\""
)]
#[case::unknown_currency(
    |it: &mut MasterDataDraft| it.companies[0].accounting_currency = "SEC".into(),
    "companies[0].accountingCurrency: no currency is called \"SEC\", did you mean \"SEK\"? \
     There are: SEK, EUR"
)]
#[case::empty_name(
    |it: &mut MasterDataDraft| it.roles[1].name = " ".into(),
    "roles[1].name: expected a text, found an empty one"
)]
#[case::no_admin(
    |it: &mut MasterDataDraft| { it.roles.remove(0); },
    "roles: expected a role \"Admin\", found none"
)]
#[case::twice(
    |it: &mut MasterDataDraft| it.authorization_groups[1].name = "APPROVERS SE".into(),
    "authorizationGroups[1].name: expected a name of its own, found \"APPROVERS SE\" of entry \
     1 again"
)]
#[case::unknown_default(
    |it: &mut MasterDataDraft| it.defaults.roles = vec!["Audit".into()],
    "defaults.roles[0]: no role is called \"Audit\". There are: Admin, Auditor, Expense AP"
)]
#[case::unknown_default_time_zone(
    |it: &mut MasterDataDraft| it.defaults.locale.time_zone = "UTC".into(),
    "defaults.locale.timeZone: no time zone is called \"UTC\". There are: Europe/Stockholm"
)]
fn an_error_has_the_pointer_of_the_wrong_value(
    #[case] change: fn(&mut MasterDataDraft),
    #[case] message: &str,
) {
    let mut draft = sample::draft();
    change(&mut draft);

    assert_eq!(draft.resolve().unwrap_err().to_string(), message);
}

#[rstest]
#[case::chain(&[None, Some(0), Some(1), Some(2)], &[])]
#[case::itself(&[Some(0), Some(0)], &[0])]
#[case::round(&[Some(1), Some(2), Some(0)], &[0, 1, 2])]
#[case::into_a_round(&[Some(1), Some(2), Some(3), Some(2)], &[2, 3])]
#[case::two(&[Some(1), Some(0), Some(3), Some(2), Some(0)], &[0, 1, 2, 3])]
fn circles_of_parents_are_found(#[case] parents: &[Option<usize>], #[case] expected: &[usize]) {
    let is_in = circles(parents);

    let found: Vec<usize> = (0..parents.len()).filter(|it| is_in[*it]).collect();
    assert_eq!(found, expected);
}

#[test]
fn references_follow_a_renamed_entry() {
    let before = sample::data();
    let (sweden, company) = before.find::<Company>("SE").unwrap();
    let (expense, _) = before.find::<UserRole>("Expense AP").unwrap();
    let mut edit = before.edit();
    edit.replace(sweden, Company { name: "Nordlys SE".into(), ..company.clone() });
    edit.replace(expense, UserRole { name: "EXPENSE ap".into(), description: None });

    let data = edit.finish().unwrap();

    assert_eq!(data.companies()[3].parent_company_name.as_deref(), Some("Nordlys SE"));
    assert_eq!(data.document().defaults.roles, ["EXPENSE ap"]);
    assert_eq!(data.defaults(), before.defaults());
}

#[test]
fn no_id_is_given_twice() {
    let mut data = sample::data();
    let mut given: Vec<MasterDataId> = data.entries::<UserRole>().map(|(id, _)| id).collect();

    for _ in 0..3 {
        let mut edit = data.edit();
        let id = edit.add(UserRole { name: "Late".into(), description: None });
        edit.remove::<UserRole>(id);
        given.push(id);
        data = edit.finish().unwrap();
    }

    let count = given.len();
    given.sort_unstable();
    given.dedup();
    assert_eq!(given.len(), count);
    assert_eq!(data.name(MasterKind::Role, given[count - 1]), "Late");
}

#[rstest]
#[case::first("Admin", "auditor", "/roles/0/name")]
#[case::last("Expense AP", "ADMIN", "/roles/2/name")]
#[case::admin("Admin", "Boss", "/roles/0/name")]
fn an_error_is_reported_for_the_entry_that_was_written(
    #[case] from: &str,
    #[case] to: &str,
    #[case] pointer: &str,
) {
    let before = sample::data();
    let mut edit = before.edit();
    let (id, _) = before.find::<UserRole>(from).unwrap();
    edit.replace(id, UserRole { name: to.into(), description: None });

    assert_eq!(edit.finish().unwrap_err().pointer, pointer);
}

#[rstest]
#[case::circle("SE", Some("Nordlys Energi AB"), "/companies/1/parentCompanyName")]
#[case::circle_of_the_root("NORD", Some("Nordlys Energi AB"), "/companies/0/parentCompanyName")]
#[case::second_root("SE", None, "/companies/1/parentCompanyName")]
fn a_wrong_parent_is_reported_for_the_company_that_was_written(
    #[case] key: &str,
    #[case] parent: Option<&str>,
    #[case] pointer: &str,
) {
    let before = sample::data();
    let mut edit = before.edit();
    let (id, company) = before.find::<Company>(key).unwrap();
    let parent_company_name = parent.map(Into::into);
    edit.replace(id, Company { parent_company_name, ..company.clone() });

    assert_eq!(edit.finish().unwrap_err().pointer, pointer);
}

#[test]
fn a_parent_is_shown_in_its_own_spelling() {
    let data = sample::data();

    assert_eq!(data.companies()[3].parent_company_name.as_deref(), Some("Nordlys Sverige"));
}

#[test]
fn defaults_take_the_spelling_of_the_lists() {
    let mut draft = sample::draft();
    draft.defaults.locale.language = "english".into();
    draft.defaults.roles = vec!["AUDITOR".into(), "auditor".into()];

    let data = draft.resolve().unwrap();

    assert_eq!(data.defaults().locale.language, "en-GB");
    assert_eq!(data.document().defaults.roles, ["Auditor"]);
}

#[test]
fn master_data_can_be_written_to_json_and_read_back() {
    let data = sample::data();

    let text = serde_json::to_string(data.document()).unwrap();

    let read: MasterDataDraft = serde_json::from_str(&text).unwrap();
    assert_eq!(read.resolve().unwrap().document(), data.document());
}

#[test]
fn each_company_of_a_long_chain_is_visited_once() {
    const LENGTH: usize = 20_000;
    let mut draft = sample::data().document().clone();
    let root = draft.companies.remove(0);
    let chain = (0..LENGTH).map(|at| Company {
        name: format!("Company {at}"),
        company_id: format!("{at}"),
        external_system_id: format!("{at}[MED]"),
        parent_company_name: Some(if at == 0 {
            root.name.clone()
        } else {
            format!("COMPANY {}", at - 1)
        }),
        ..root.clone()
    });
    draft.companies = std::iter::once(root.clone()).chain(chain).collect();

    let tree: Vec<usize> =
        draft.clone().resolve().unwrap().company_tree().map(|(depth, _)| depth).collect();
    draft.companies[1].parent_company_name = Some(format!("company {}", LENGTH - 1));
    let circle = draft.resolve().unwrap_err();

    assert!(tree.into_iter().eq(0..=LENGTH));
    assert_eq!(circle.pointer, "/companies/1/parentCompanyName");
}
