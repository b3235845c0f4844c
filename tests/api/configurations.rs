//! User configurations (steps 8 to 10), and their effect on users.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, ENTERPRISE, MEDIUS, fresh_server, group, operations, server, user};

/// A user whose `configurationFilter` is this.
fn filtered(name: &str, filter: &str) -> Value {
    user(name, json!({MEDIUS: {"configurationFilter": filter}}))
}

fn set_filter(filter: &str) -> Value {
    let path = format!("{MEDIUS}:configurationFilter");
    operations(json!([{"op": "replace", "path": path, "value": filter}]))
}

#[test]
fn a_name_and_a_company_are_enough_and_the_other_fields_are_the_defaults() {
    let server = server();
    let console = Client::console(&server);

    let body = json!({"name": "Finland", "filter": "FI", "companies": ["NOFI[MED]"]});
    let added = console.post("/configurations", &body);
    let read = console.get(&format!("/configurations/{}", added.at("/id")));

    assert_eq!(added.status, 201);
    assert_eq!(
        added.json,
        json!({
            "id": added.at("/id"),
            "name": "Finland",
            "filter": "FI",
            "companies": ["Nordlys Sähkö Oy"],
            "roles": ["Core Standard Application Role"],
            "authorizationGroups": [],
            "locale": {
                "language": "sv-SE", "format": "sv-SE", "timeZone": "Europe/Stockholm",
                "currency": "SEK",
            },
            "loginOption": "Microsoft Entra ID",
        })
    );
    let own = format!("{}/NordlysQA/admin/v1/configurations/{}", server.url(), added.at("/id"));
    assert_eq!(added.header("location"), own);
    assert_eq!(read.json, added.json);
    assert_eq!(console.get("/configurations").json["total"], 4);
}

#[test]
fn a_valid_company_name_is_enough_and_each_configuration_gets_a_unique_name() {
    let server = fresh_server();
    let console = ready_for_configurations(&server);
    let body = json!({"companies": ["Nordlys Energi AB"]});

    let added: Vec<_> = (0..3).map(|_| console.post("/configurations", &body)).collect();
    let filtered = json!({"companies": ["Nordlys Energi AB"], "filter": "SE"});
    let filtered = console.post("/configurations", &filtered);
    let path = format!("/configurations/{}", added[1].at("/id"));
    let replaced = console.put(&path, &body);

    let told: Vec<_> =
        added.iter().map(|it| (it.status, it.at("/name"), it.at("/filter"))).collect();
    assert_eq!(
        told,
        [
            (201, "Nordlys Energi AB", ""),
            (201, "Nordlys Energi AB 2", "Nordlys Energi AB 2"),
            (201, "Nordlys Energi AB 3", "Nordlys Energi AB 3"),
        ]
    );
    assert_eq!((filtered.at("/name"), filtered.at("/filter")), ("Nordlys Energi AB SE", "SE"));
    assert_eq!((replaced.status, &replaced.json), (200, &added[1].json), "a PUT keeps its place");
}

#[test]
fn a_valid_company_name_is_enough_beside_a_default_configuration() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));

    let added = console.post("/configurations", &json!({"companies": ["Nordlys Energi AB"]}));
    let made = scim.post("/Users", &filtered("ada@nordlys.example", added.at("/filter")));

    assert_eq!((added.status, added.at("/name")), (201, "Nordlys Energi AB"), "{added:?}");
    let view = console.get(&format!("/users/{}", made.at("/id"))).json;
    assert_eq!(view["configuration"]["id"], added.at("/id"));
}

/// An administrator of a tenant whose steps 1 to 5 are done.
fn ready_for_configurations(server: &MockServer) -> Client {
    let console = Client::console(server);
    console.get("/connection");
    let entra = json!({"entraTenantId": "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910"});
    console.put("/integration", &entra);
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    console
}

#[test]
fn a_shown_configuration_can_be_changed_and_sent_back() {
    let server = server();
    let console = Client::console(&server);
    let mut it = console.get("/configurations").json["items"][1].clone();
    let path = format!("/configurations/{}", it["id"].as_str().unwrap());

    it["roles"] = json!(["auditor"]);
    let saved = console.put(&path, &it);

    assert_eq!((saved.status, &saved.json["roles"]), (200, &json!(["Auditor"])));
    assert_eq!(console.get(&path).json, saved.json);
}

#[test]
fn a_deleted_configuration_is_not_found() {
    let server = server();
    let console = Client::console(&server);
    let id = console.get("/configurations").json["items"][1]["id"].clone();
    let path = format!("/configurations/{}", id.as_str().unwrap());

    let deleted = console.delete(&path);

    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    console.get(&path).is_problem(404, "unknown-configuration", &[id.as_str().unwrap()]);
    console.delete(&path).is_problem(404, "unknown-configuration", &[id.as_str().unwrap()]);
    console.put(&path, &json!({})).is_problem(404, "unknown-configuration", &[]);
    assert_eq!(console.get("/configurations").json["total"], 2);
}

#[rstest]
#[case::empty_name(json!({"name": " ", "companies": ["NOSE"]}), "name", "expected a name")]
#[case::company_unknown_and_no_name(json!({"companies": ["NOSX"]}), "companies[0]", "\"NOSX\"")]
#[case::no_name_and_a_second_default(json!({"companies": ["NOSE"], "filter": ""}), "filter", "default")]
#[case::name_taken(json!({"name": "standard", "companies": ["NOSE"]}), "name", "\"Standard\" already")]
#[case::filter_taken(json!({"name": "A", "filter": "se-ap", "companies": ["NOSE"]}), "filter", "\"SE-AP\" already")]
#[case::second_default(json!({"name": "A", "companies": ["NOSE"]}), "filter", "default")]
#[case::no_company(json!({"name": "A", "filter": "A"}), "companies", "at least one company")]
#[case::unknown_company(json!({"name": "A", "filter": "A", "companies": ["NOSX"]}), "companies[0]", "\"NOSX\"")]
#[case::virtual_company(json!({"name": "A", "filter": "A", "companies": ["NOSE", "NORD"]}), "companies[1]", "virtual")]
#[case::unknown_role(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "roles": ["Expence AP"]}), "roles[0]", "did you mean \"Expense AP\"")]
#[case::unknown_group(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "authorizationGroups": ["X"]}), "authorizationGroups[0]", "Approvers Sweden")]
#[case::unknown_language(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"language": "xx"}}), "locale.language", "\"xx\"")]
#[case::unknown_format(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"format": "xx"}}), "locale.format", "\"xx\"")]
#[case::unknown_time_zone(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"timeZone": "CET"}}), "locale.timeZone", "\"CET\"")]
#[case::unknown_currency(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"currency": "XXX"}}), "locale.currency", "\"XXX\"")]
#[case::unknown_login(json!({"name": "A", "filter": "A", "companies": ["NOSE"], "loginOption": "ADFS"}), "loginOption", "Medius.Security")]
#[case::other_id(json!({"id": "x", "name": "A", "filter": "A", "companies": ["NOSE"]}), "id", "\"x\"")]
fn a_refused_configuration_names_field_and_value_and_changes_nothing(
    #[case] body: Value,
    #[case] field: &str,
    #[case] words: &str,
) {
    let server = server();
    let console = Client::console(&server);
    let before = console.get("/configurations");

    let added = console.post("/configurations", &body);

    added.is_problem(400, "invalid-configuration", &[field, words]);
    assert_eq!(added.at("/field"), field);
    assert_eq!(console.get("/configurations"), before);
}

#[test]
fn a_refused_replacement_leaves_the_old_one() {
    let server = server();
    let console = Client::console(&server);
    let it = console.get("/configurations").json["items"][1].clone();
    let path = format!("/configurations/{}", it["id"].as_str().unwrap());

    let refused = console.put(&path, &json!({"name": "A", "filter": "A", "companies": ["NOSX"]}));

    refused.is_problem(400, "invalid-configuration", &["companies[0]", "NOSX"]);
    assert_eq!(console.get(&path).json, it);
}

#[test]
fn a_user_gets_the_configuration_with_its_filter() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let view = |filter: &str| {
        let made = scim.post("/Users", &filtered(&format!("u{filter}@nordlys.example"), filter));
        console.get(&format!("/users/{}", made.at("/id"))).json
    };

    let matched = view(" se-ap ");
    let defaulted = view("");
    let unmatched = view("DK-AP");

    assert_eq!(matched["configuration"]["name"], "Accounts payable Sweden");
    assert_eq!(matched["reason"]["code"], "filterEquals");
    assert_eq!(matched["companies"].as_array().unwrap().len(), 3);
    assert_eq!(matched["roles"].as_array().unwrap().len(), 4);
    assert_eq!(defaulted["configuration"]["name"], "Standard");
    assert_eq!(unmatched["configuration"]["name"], "Standard");
    assert_ne!(unmatched["reason"], defaulted["reason"]);
    assert!(unmatched["reason"].to_string().contains("DK-AP"));
}

#[test]
fn without_a_matching_or_default_configuration_a_user_is_flagged() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    for it in console.get("/configurations").json["items"].as_array().unwrap() {
        console.delete(&format!("/configurations/{}", it["id"].as_str().unwrap()));
    }

    let made = scim.post("/Users", &filtered("ada@nordlys.example", "SE-AP"));
    let view = console.get(&format!("/users/{}", made.at("/id"))).json;

    assert_eq!(made.status, 201);
    assert_eq!((&view["configuration"], &view["roles"]), (&Value::Null, &json!([])));
    assert!(!view["attention"].as_array().unwrap().is_empty());
}

#[test]
fn the_applied_configuration_is_kept_until_the_filter_changes_or_it_is_applied_again() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let made = scim.post("/Users", &filtered("ada@nordlys.example", "SE-AP"));
    let path = format!("/users/{}", made.at("/id"));
    let roles = || console.get(&path).json["roles"].clone();
    let mut it = console.get("/configurations").json["items"][1].clone();
    let before = roles();

    it["roles"] = json!(["Auditor"]);
    console.put(&format!("/configurations/{}", it["id"].as_str().unwrap()), &it);
    let kept = roles();
    scim.patch(&format!("/Users/{}", made.at("/id")), &set_filter("se-ap"));
    let kept_in_another_case = roles();
    let reapplied = console.post(&format!("{path}/reapply"), &json!({}));
    let anew = roles();
    scim.patch(&format!("/Users/{}", made.at("/id")), &set_filter("NO-AP"));
    let moved = console.get(&path).json;

    assert_eq!(before.as_array().unwrap().len(), 4);
    assert_eq!(kept, before);
    assert_eq!(kept_in_another_case, before);
    assert_eq!(reapplied.json, json!({"changed": 1}));
    assert_eq!(anew, json!(["Auditor"]));
    assert_eq!(moved["configuration"]["name"], "Accounts payable Norway");
    assert_eq!(moved["locale"]["currency"], "NOK");
}

#[test]
fn configurations_can_be_applied_again_to_all_users_at_once() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let users = scim.all("/Users").len();

    let unchanged = console.call("POST", "/users/reapply").send();
    for it in console.get("/configurations").json["items"].as_array().unwrap() {
        console.delete(&format!("/configurations/{}", it["id"].as_str().unwrap()));
    }
    let changed = console.call("POST", "/users/reapply").send();

    assert_eq!(unchanged.json, json!({"changed": 0}));
    assert_eq!(changed.json, json!({"changed": users}));
    let nobody = console.call("POST", "/users/none/reapply").send();
    nobody.is_problem(404, "unknown-user", &["none"]);
}

#[test]
fn the_view_of_users_has_pages() {
    let server = server();
    let console = Client::console(&server);

    let all = console.get("/users");
    let page = console.get("/users?offset=3&limit=10");

    assert_eq!(all.json["total"], 5);
    assert_eq!(page.json["total"], 5);
    let items = page.json["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0], all.json["items"][3]);
    assert_eq!([&all.json["next"], &page.json["next"]], [&Value::Null; 2], "there are no more");
    let (mut walked, mut next) = (Vec::new(), json!(0));
    while let Some(offset) = next.as_u64() {
        let page = console.get(&format!("/users?offset={offset}&limit=2")).json;
        walked.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"].clone();
    }
    assert_eq!(json!(walked), all.json["items"]);
    console.get("/users?limit=0").is_problem(400, "invalid-parameter", &["limit", "1 or more"]);
    let refused = console.get("/users?limit=many");
    refused.is_problem(400, "invalid-parameter", &["limit", "many"]);
    assert_eq!(refused.at("/field"), "limit");
    console.get("/users/none").is_problem(404, "unknown-user", &["none"]);
}

#[test]
fn the_view_shows_supervisor_login_option_and_groups() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let boss = scim.post("/Users", &user("boss@nordlys.example", json!({"displayName": "Bo Ek"})));
    let body = json!({
        ENTERPRISE: {"manager": {"value": boss.at("/id")}},
        MEDIUS: {
            "configurationFilter": "SE-AP", "identityProvider": "Medius.Security",
            "nameIdentifier": "ada-1",
        },
    });
    let ada = scim.post("/Users", &user("ada@nordlys.example", body));
    scim.post("/Groups", &group("payment approvers", &[ada.at("/id")]));

    let view = console.get(&format!("/users/{}", ada.at("/id"))).json;

    assert_eq!(view["supervisor"], json!({"id": boss.at("/id"), "displayName": "Bo Ek"}));
    assert_eq!(view["loginOption"], "Medius.Security");
    assert_eq!(view["nameIdentifier"], "ada-1");
    let groups = view["authorizationGroups"].as_array().unwrap();
    let names: Vec<_> = groups.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Approvers Sweden", "Payment Approvers"]);
    assert_eq!(groups[1]["fromMembership"], true);
}

#[test]
fn a_nested_membership_grants_nothing_and_is_shown() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let ada = scim.post("/Users", &user("ada@nordlys.example", json!({})));
    let inner = scim.post("/Groups", &group("Inner", &[ada.at("/id")]));
    scim.post("/Groups", &group("payment approvers", &[inner.at("/id")]));
    let view = || console.get(&format!("/users/{}", ada.at("/id"))).json;

    let nested = view();
    let told = scim.get(&format!("/Users/{}", ada.at("/id")));

    assert_eq!(nested["authorizationGroups"], json!([]));
    assert_eq!(nested["indirectGroups"], json!(["Payment Approvers"]));
    assert_eq!(told.json["groups"][1]["type"], "indirect");
    scim.post("/Groups", &group("Approvers Denmark", &[ada.at("/id")]));
    let direct = view();
    assert_eq!(direct["authorizationGroups"][0]["name"], "Approvers Denmark");
    assert_eq!(direct["indirectGroups"], nested["indirectGroups"]);
}

#[test]
fn a_configuration_needs_user_provisioning_first() {
    let server = fresh_server();
    let console = Client::console(&server);

    let refused = console.post("/configurations", &json!({"name": "A", "companies": ["NOSE"]}));

    refused.is_problem(409, "missing-step", &["step 8"]);
}

#[test]
fn the_id_of_a_configuration_follows_from_its_name_only() {
    let draft = |name: &str| json!({"name": name, "filter": name, "companies": ["NOSE"]});
    let add = |console: &Client, name: &str| {
        console.post("/configurations", &draft(name)).at("/id").to_owned()
    };
    let (one, other) = (server(), server());
    let (here, there) = (Client::console(&one), Client::console(&other));

    let [finland, denmark] = ["Finland", "Denmark"].map(|name| add(&here, name));
    let again = ["denmark", "finland"].map(|name| add(&there, name));

    assert_eq!(again, [denmark.as_str(), finland.as_str()]);
    // A deleted or renamed configuration keeps its id, so no other one gets it.
    here.delete(&format!("/configurations/{finland}"));
    let renamed = here.put(&format!("/configurations/{denmark}"), &draft("Norway"));
    assert_eq!(renamed.at("/id"), denmark);
    let later = ["Finland", "Denmark"].map(|name| add(&here, name));
    assert!(later.iter().all(|it| ![&finland, &denmark].contains(&it)), "{later:?}");
    let wrong = json!({"id": denmark, "name": "Iceland", "filter": "IS", "companies": ["NOSE"]});
    here.post("/configurations", &wrong).is_problem(400, "invalid-configuration", &["id"]);
}

#[test]
fn a_configuration_has_an_etag_and_a_stale_if_match_changes_nothing() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let mut draft = json!({"name": "Finland", "filter": "FI", "companies": ["NOSE"]});
    let added = console.post("/configurations", &draft);
    let path = format!("/configurations/{}", added.at("/id"));
    let first = added.header("etag").to_owned();
    assert_eq!(console.get(&path).header("etag"), first);
    let known = console.call("GET", &path).header("if-none-match", &first).send();
    assert_eq!((known.status, known.text.as_str()), (304, ""));

    draft["filter"] = json!("FIN");
    let saved = console.call("PUT", &path).header("if-match", &first).json(&draft).send();
    let second = saved.header("etag").to_owned();
    assert_eq!(saved.status, 200);
    assert_ne!(second, first);

    draft["filter"] = json!("FINN");
    let late = console.call("PUT", &path).header("if-match", &first).json(&draft).send();
    late.is_problem(412, "precondition-failed", &["If-Match", &first, &second]);
    let late = console.call("DELETE", &path).header("if-match", &first).send();
    late.is_problem(412, "precondition-failed", &[&second]);
    scim.post("/Users", &filtered("fi@nordlys.example", "FIN"));
    assert_eq!(console.get(&path).header("etag"), second, "its users are not part of it");
    let gone = console.call("DELETE", &path).header("if-match", &format!("\"x\", {second}")).send();
    assert_eq!(gone.status, 204);
}

#[test]
fn a_filter_is_the_same_however_its_letters_are_composed() {
    let server = server();
    let (console, scim) = (Client::console(&server), Client::scim(&server));
    let composed = json!({"name": "Ostra", "filter": "\u{d6}STRA", "companies": ["NOSE"]});
    assert_eq!(console.post("/configurations", &composed).status, 201);

    let twice = json!({"name": "Other", "filter": "O\u{308}stra", "companies": ["NOSE"]});
    let refused = console.post("/configurations", &twice);
    let made = scim.post("/Users", &filtered("anna@nordlys.example", "o\u{308}stra"));

    refused.is_problem(400, "invalid-configuration", &["already"]);
    assert_eq!(refused.at("/field"), "filter");
    let view = console.get(&format!("/users/{}", made.at("/id"))).json;
    assert_eq!(view["configuration"]["name"], "Ostra");
}
