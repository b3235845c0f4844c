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
    assert_eq!(admin.at("/field"), "name");
}

#[test]
fn a_name_of_another_entry_is_refused_and_nothing_follows() {
    let server = server();
    let control = Control::of(&server);
    let before = control.get(&format!("{DEFAULT}/state")).text;

    let taken = rename(&control, "roles", "Expense AP", "auditor");

    taken.is_problem(400, "invalid-body", &["again"]);
    assert_eq!(taken.at("/field"), "name");
    assert_eq!(control.get(&format!("{DEFAULT}/state")).text, before);
}

/// A name that nothing has, in an entry of a list.
fn entry(list: &str, name: &str) -> Value {
    match list {
        "companies" => json!({
            "name": name, "companyId": name, "externalSystemId": format!("{name}[MED]"),
            "parentCompanyName": "Nordlys Group", "accountingCurrency": "SEK", "format": "sv-SE",
            "language": "sv-SE",
        }),
        _ => json!({"name": name}),
    }
}

/// How an entry takes the name of one that was deleted.
#[derive(Clone, Copy)]
enum Taking {
    Made,
    Renamed,
}

#[rstest]
fn a_name_that_an_address_cannot_hold_is_refused(
    #[values("companies", "roles", "authorization-groups")] list: &str,
    #[values(".", "..", " .. ")] name: &str,
) {
    let server = server();
    let control = Control::of(&server);
    let before = control.get(&format!("{DEFAULT}/state"));
    let first = control.get(&format!("{DEFAULT}/{list}")).json["items"][0]["name"].clone();

    let made = control.post(&format!("{DEFAULT}/{list}"), &entry(list, name));
    let renamed = rename(&control, list, first.as_str().unwrap(), name);
    let mut document = before.json.clone();
    let member = if list == "authorization-groups" { "authorizationGroups" } else { list };
    document["masterData"][member][0]["name"] = json!(name);
    let read = control.send("PUT", &format!("{DEFAULT}/state"), &document);

    for refused in [&made, &renamed] {
        refused.is_problem(400, "invalid-body", &["address"]);
        assert_eq!(refused.at("/field"), "name");
    }
    read.is_problem(400, "invalid-state", &["address"]);
    assert_eq!(read.at("/field"), format!("masterData.{member}[0].name"));
    assert_eq!(control.get(&format!("{DEFAULT}/state")).text, before.text);
}

#[rstest]
fn users_of_a_deleted_entry_do_not_get_a_new_one_with_its_name(
    #[values(
        ("companies", "companies", "companyGone"),
        ("roles", "roles", "roleGone"),
        ("authorization-groups", "authorizationGroups", "authorizationGroupGone")
    )]
    (list, member, code): (&str, &str, &str),
    #[values(Taking::Made, Taking::Renamed)] taking: Taking,
) {
    let server = small().groups(0).start().unwrap();
    let (control, console) = (Control::of(&server), Client::console(&server));
    let all = format!("{DEFAULT}/{list}");
    control.post(&all, &entry(list, "Taken"));
    control.post(&all, &entry(list, "Other"));
    let path = sweden(&console);
    let mut configuration = console.get(&path).json;
    let before = configuration.clone();
    configuration[member].as_array_mut().unwrap().push(json!("Taken"));
    console.put(&path, &configuration);
    let user = somebody(&server);
    console.put(&path, &before);
    assert!(has(&console.get(&user).json[member], "Taken"));

    let deleted = control.delete(&format!("{all}/Taken"));
    let taken = match taking {
        Taking::Made => control.post(&all, &entry(list, "TAKEN")),
        Taking::Renamed => rename(&control, list, "Other", "TAKEN"),
    };

    assert_eq!((deleted.status, taken.at("/name")), (204, "TAKEN"), "{taken:?}");
    let shown = console.get(&user).json;
    assert!(!has(&shown[member], "TAKEN") && !has(&shown[member], "Taken"), "{shown}");
    assert_eq!(shown["deleted"], json!({member: ["Taken"]}));
    let flags: Vec<&Value> =
        shown["attention"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(flags, ["configurationEdited", code]);
    assert_eq!(console.get(&format!("/{list}")).json["appliedUsers"]["TAKEN"], 0);
    let document = control.get(&format!("{DEFAULT}/state"));
    let digest = control.get(&format!("{DEFAULT}/state/digest")).text;
    let read = control.send("PUT", &format!("{DEFAULT}/state"), &document.json);
    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(Client::console(&server).get(&user).json, shown);
    assert_eq!(sha(&control.get(&format!("{DEFAULT}/state/digest")).text), sha(&digest));
    let own = control.get(&format!("{DEFAULT}/state"));
    assert_eq!(own.json["applied"], document.json["applied"]);
}

/// The digest in an answer, without the place of the answer.
fn sha(text: &str) -> Value {
    serde_json::from_str::<Value>(text).unwrap()["sha256"].clone()
}

/// The address of the configuration for Sweden.
fn sweden(console: &Client) -> String {
    let all = console.get("/configurations").json;
    let items = all["items"].as_array().unwrap();
    let it = items.iter().find(|it| it["filter"] == "SE-AP").unwrap();
    format!("/configurations/{}", it["id"].as_str().unwrap())
}

#[test]
fn a_group_that_takes_the_name_of_a_deleted_one_grants_by_membership_alone() {
    let server = small().groups(0).start().unwrap();
    let (control, console) = (Control::of(&server), Client::console(&server));
    let (all, path) = (format!("{DEFAULT}/authorization-groups"), sweden(&console));
    let mut configuration = console.get(&path).json;
    let user = somebody(&server);
    let id = user.rsplit('/').next().unwrap();
    Client::scim(&server).post("/Groups", &group("Approvers Sweden", &[id]));
    configuration["authorizationGroups"] = json!([]);
    console.put(&path, &configuration);

    let deleted = control.delete(&format!("{all}/Approvers%20Sweden"));
    control.post(&all, &json!({"name": "Approvers Sweden"}));

    assert_eq!(deleted.status, 204, "{deleted:?}");
    let shown = console.get(&user).json;
    assert_eq!(
        shown["authorizationGroups"],
        json!([{"name": "Approvers Sweden", "fromConfiguration": false, "fromMembership": true}])
    );
    assert_eq!(shown["deleted"], json!({"authorizationGroups": ["Approvers Sweden"]}));
    let count = console.get("/authorization-groups").json["appliedUsers"].clone();
    assert_eq!(count["Approvers Sweden"], 1);
}

#[test]
fn a_restored_state_has_entries_that_were_deleted_since() {
    let server = small().groups(0).start().unwrap();
    let (control, console) = (Control::of(&server), Client::console(&server));
    let path = sweden(&console);
    let mut configuration = console.get(&path).json;
    let user = somebody(&server);
    let before = console.get(&user).json;
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "before"}));
    configuration["roles"] = json!([]);
    console.put(&path, &configuration);
    control.delete(&format!("{DEFAULT}/roles/Expense%20AP"));
    control.post(&format!("{DEFAULT}/roles"), &json!({"name": "Expense AP"}));
    assert_ne!(console.get(&user).json, before);

    let restored = control.post(&format!("{DEFAULT}/snapshots/before/restore"), &json!({}));

    assert_eq!(restored.status, 200, "{restored:?}");
    let console = Client::console(&server);
    assert_eq!(console.get(&user).json, before);
    rename(&control, "roles", "Expense AP", "Expenses");
    assert!(has(&console.get(&user).json["roles"], "Expenses"));
}
