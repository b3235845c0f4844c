//! What refers to a company, role or authorization group follows when it gets another name.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT,
    support::{Answer, Client, MEDIUS, group, server, small, user},
};

/// Somebody to whom the configuration for Sweden was applied; answers the path of the console's view.
fn somebody(server: &MockServer) -> String {
    let body = user("ada@contoso.com", json!({MEDIUS: {"configurationFilter": "SE-AP"}}));
    let made = Client::scim(server).post("/Users", &body);
    assert_eq!(made.status, 201, "{made:?}");
    format!("/users/{}", made.at("/id"))
}

/// Gives an entry of a list another name.
fn rename(control: &Control, list: &str, from: &str, to: &str) -> Answer {
    let path = format!("{DEFAULT}/{list}/{}", from.replace(' ', "%20"));
    let mut entry = control.get(&path).json;
    entry["name"] = json!(to);
    control.send("PUT", &path, &entry)
}

/// Whether a name stands in a list, exactly so.
fn has(list: &Value, name: &str) -> bool {
    list.as_array().unwrap().iter().any(|it| it == name || it["name"] == name)
}

#[rstest]
#[case::company("companies", "companies", "Nordlys Energi AB", "Nordlys Kraft Sverige AB")]
#[case::company_by_case("companies", "companies", "Nordlys Energi AB", "NORDLYS Energi AB")]
#[case::role("roles", "roles", "Expense AP", "Expenses")]
#[case::role_by_case("roles", "roles", "Expense AP", "EXPENSE ap")]
#[case::group("authorization-groups", "authorizationGroups", "Approvers Sweden", "Approvers SE")]
#[case::group_by_case(
    "authorization-groups",
    "authorizationGroups",
    "Approvers Sweden",
    "approvers SWEDEN"
)]
fn configurations_and_users_have_the_new_name(
    #[case] list: &str,
    #[case] member: &str,
    #[case] from: &str,
    #[case] to: &str,
) {
    let server = server();
    let (control, console) = (Control::of(&server), Client::console(&server));
    let path = somebody(&server);
    let before = console.get(&path).json;
    assert!(has(&before[member], from), "{before}");

    let renamed = rename(&control, list, from, to);

    assert_eq!((renamed.status, renamed.at("/name")), (200, to), "{renamed:?}");
    let view = console.get(&path).json;
    assert!(has(&view[member], to) && !has(&view[member], from), "{view}");
    assert_eq!(view["attention"], json!([]), "a name is no change of the configuration");
    let configurations = console.get("/configurations");
    assert!(!configurations.text.contains(&format!("\"{from}\"")), "{}", configurations.text);
    for it in configurations.json["items"].as_array().unwrap() {
        let saved = console.put(&format!("/configurations/{}", it["id"].as_str().unwrap()), it);
        assert_eq!((saved.status, &saved.json), (200, it), "what was read can be sent back");
    }
    assert_eq!(console.post("/users/reapply", &json!({})).json["changed"], 0);
    let state = control.get(&format!("{DEFAULT}/state"));
    assert_eq!(control.send("PUT", &format!("{DEFAULT}/state"), &state.json).status, 200);
}

#[test]
fn a_group_whose_name_differs_in_case_is_granted_once() {
    let server = small().groups(0).start().unwrap();
    let (control, console) = (Control::of(&server), Client::console(&server));
    let path = somebody(&server);
    let id = path.rsplit('/').next().unwrap();
    let joined = Client::scim(&server).post("/Groups", &group("APPROVERS sweden", &[id]));
    assert_eq!(joined.status, 201, "{joined:?}");

    rename(&control, "authorization-groups", "Approvers Sweden", "approvers Sweden");

    assert_eq!(
        console.get(&path).json["authorizationGroups"],
        json!([{"name": "approvers Sweden", "fromConfiguration": true, "fromMembership": true}])
    );
}

#[test]
fn the_companies_below_a_company_stay_below_it() {
    let server = server();
    let control = Control::of(&server);
    let below = |name: &str| {
        let all = control.get(&format!("{DEFAULT}/companies")).json;
        let items = all["items"].as_array().unwrap().clone();
        items.iter().filter(|it| it["parentCompanyName"] == name).count()
    };
    let count = below("Nordlys Sverige");
    assert!(count > 0);

    let renamed = rename(&control, "companies", "Nordlys Sverige", "nordlys Sverige AB");

    assert_eq!(renamed.status, 200, "{renamed:?}");
    assert_eq!((below("nordlys Sverige AB"), below("Nordlys Sverige")), (count, 0));
}

#[test]
fn a_parent_company_is_shown_in_its_own_spelling() {
    let server = server();
    let company = json!({
        "name": "Nordlys Test AB", "companyId": "NTST", "externalSystemId": "NTST[MED]",
        "parentCompanyName": "NORDLYS group", "accountingCurrency": "SEK", "format": "sv-SE",
        "language": "sv-SE",
    });

    let added = Control::of(&server).post(&format!("{DEFAULT}/companies"), &company);

    assert_eq!((added.status, added.at("/parentCompanyName")), (201, "Nordlys Group"));
}

#[test]
fn defaults_and_console_users_follow_a_role() {
    let server = server();
    let (control, console) = (Control::of(&server), Client::console(&server));

    let default = rename(&control, "roles", "Core Standard Application Role", "Everybody");
    let auditor = rename(&control, "roles", "Auditor", "Reviewer");
    let added = console.post("/configurations", &json!({"filter": "X", "companies": ["NOSE"]}));
    let admin = rename(&control, "roles", "Admin", "Administrator");

    assert_eq!((default.status, auditor.status), (200, 200));
    assert_eq!(added.json["roles"], json!(["Everybody"]));
    let state = control.get(&format!("{DEFAULT}/state")).json;
    assert!(
        state["consoleUsers"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["roles"] == json!(["Reviewer"]))
    );
    admin.is_problem(400, "invalid-body", &["\"Admin\""]);
}

#[test]
fn a_name_of_another_entry_is_refused_and_nothing_follows() {
    let server = server();
    let control = Control::of(&server);
    let before = control.get(&format!("{DEFAULT}/state")).text;

    let taken = rename(&control, "roles", "Expense AP", "auditor");

    taken.is_problem(400, "invalid-body", &["again"]);
    assert_eq!(control.get(&format!("{DEFAULT}/state")).text, before);
}
