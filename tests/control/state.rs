//! The state as a document, and its digest.

use jiff::SignedDuration;
use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Client, MEDIUS, group, operations, server, small, timed_server, user},
};

/// A tenant in which everything has happened that a state can hold.
fn lived_in(server: &MockServer) {
    let (scim, console) = (Client::scim(server), Client::console(server));
    let filtered = |filter: &str| json!({MEDIUS: {"configurationFilter": filter}});
    let anna = scim.post("/Users", &user("anna@contoso.com", filtered("SE-AP")));
    let path = format!("/Users/{}", anna.at("/id"));
    scim.patch(
        &path,
        &operations(json!([
            {"op": "add", "path": "emails", "value": [{"type": "home", "value": "a@home.example"}]},
            {"op": "replace", "path": "title", "value": "Chief"},
        ])),
    );
    let gone = scim.post("/Users", &user("gone@contoso.com", filtered("nowhere")));
    scim.delete(&format!("/Users/{}", gone.at("/id")));
    let members = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Everyone", "members": [{"value": anna.at("/id")}, {"value": "nobody"}]});
    scim.post("/Groups", &members);
    let drafts = console.get("/configurations").json["items"].clone();
    let mut draft = drafts[0].clone();
    draft["name"] = json!("Renamed");
    console.put(&format!("/configurations/{}", draft["id"].as_str().unwrap()), &draft);
    console.post("/secret-key", &json!({"confirm": true, "expiresAt": "2027-01-01T00:00:00Z"}));
}

#[rstest]
#[case("")]
#[case("?secrets=true")]
fn a_state_is_the_same_after_export_and_import(#[case] query: &str) {
    let (one, other) = (server(), server());
    lived_in(&one);
    let (from, to) = (Control::of(&one), Control::of(&other));
    let path = format!("{DEFAULT}/state");
    let document = from.get(&format!("{path}{query}"));

    let answer = to.send("PUT", &path, &document.json);

    assert_eq!((answer.status, &answer.json["users"]), (200, &json!(6)), "{answer:?}");
    let again = to.get(&format!("{path}{query}"));
    assert_eq!(document.text, again.text);
    assert_eq!(one.secret_key(), other.secret_key());
    let digest = |it: &Control| it.get(&format!("{path}/digest")).at("/sha256").to_owned();
    assert_eq!(digest(&from), digest(&to));
    let views = |server| Client::console(server).get("/users").json["items"].clone();
    assert_eq!(views(&one), views(&other), "what was applied is the same");
}

#[test]
fn secrets_are_exported_only_on_request() {
    let server = server();
    lived_in(&server);
    let control = Control::of(&server);

    let open = control.get(&format!("{DEFAULT}/state"));
    let whole = control.get(&format!("{DEFAULT}/state?secrets=true"));

    let key = server.secret_key().unwrap();
    assert!(!open.text.contains(&key) && !open.text.contains("_mock_"));
    assert_eq!(whole.at("/secrets/secretKey/text"), key);
    assert_eq!(whole.json["secrets"]["replacedKeys"].as_array().unwrap().len(), 1);
}

#[test]
fn an_imported_state_creates_the_ids_of_the_original() {
    let (one, other) = (server(), server());
    lived_in(&one);
    let document = Control::of(&one).get(&format!("{DEFAULT}/state")).json;
    Control::of(&other).send("PUT", &format!("{DEFAULT}/state"), &document);

    let [first, second] = [&one, &other]
        .map(|it| Client::scim(it).post("/Users", &user("gone@contoso.com", empty())));

    assert_eq!((first.status, first.at("/id")), (201, second.at("/id")));
}

#[rstest]
#[case("/format", json!("other"), "format")]
#[case("/schemas/0", json!("urn:none"), "urn:none")]
#[case("/settings/strikt", json!(true), "strict")]
#[case("/masterData/companies/0/name", json!(""), "masterData.companies[0].name")]
#[case("/consoleUsers", json!([]), "Admin")]
#[case("/configurations/0/companies/0", json!("Nobody Ltd"), "Nobody Ltd")]
#[case("/made/keys", json!(1), "\"keys\"")]
#[case("/resources/User/1/userName", json!(null), "resources.User[1]")]
#[case("/resources/User/1/usrName", json!("x"), "usrName")]
#[case("/resources/User/1/id", json!("x"), "UUID")]
#[case("/resources/User/1", json!("x"), "resources.User[1]: invalid type: string")]
#[case("/resources/User/1/meta/version", json!("x"), "meta")]
#[case("/resources/Robot", json!([{}]), "Robot")]
#[case("/applied/0/user", json!("x"), "applied[0]")]
#[case("/applied/0/reason", json!("whim"), "whim")]
fn the_error_of_a_document_has_a_pointer_and_nothing_changes(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] words: &str,
) {
    let server = server();
    let control = Control::of(&server);
    let path = format!("{DEFAULT}/state");
    let before = control.get(&path);
    let mut document = before.json.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }

    let refused = control.send("PUT", &path, &document);

    refused.is_problem(400, "invalid-state", &[words]);
    assert_eq!(control.get(&path).text, before.text);
}

#[rstest]
#[case("1e999", 400, "invalid-state", "resources.User[0]: number out of range")]
#[case("[[}", 400, "invalid-body", "the body is no JSON: expected value at line 1 column ")]
fn a_resource_that_cannot_be_read_has_its_place(
    #[case] title: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] words: &str,
) {
    let server = server();
    let mut document = Control::of(&server).get(&format!("{DEFAULT}/state")).json;
    document["resources"]["User"][0]["title"] = json!("TITLE");
    let text = document.to_string().replace("\"TITLE\"", title);
    let state = Client::at(format!("{}/_mock/v1{DEFAULT}/state", server.url()));

    let call = state.call("PUT", "").header("content-type", "application/json");

    call.body(text).send().is_problem(status, code, &[words]);
}

#[test]
fn two_users_of_one_name_or_id_are_refused() {
    let server = server();
    let control = Control::of(&server);
    let path = format!("{DEFAULT}/state");
    let document = control.get(&path).json;
    let with = |member: &str| {
        let mut twice = document.clone();
        twice["resources"]["User"][1][member] = document["resources"]["User"][0][member].clone();
        control.send("PUT", &path, &twice)
    };

    with("userName").is_problem(400, "invalid-state", &["resources.User[1]", "userName"]);
    with("id").is_problem(400, "invalid-state", &["resources.User[1]", "taken"]);
}

#[test]
fn an_unknown_member_of_a_document_is_refused() {
    let server = server();

    let answer = Control::of(&server).send("PUT", &format!("{DEFAULT}/state"), &json!({"a": 1}));

    answer.is_problem(400, "invalid-body", &["`a`"]);
}

#[test]
fn the_digest_depends_on_the_state_and_not_on_the_order_of_its_changes() {
    let [one, other, third] = [7, 7, 8].map(|seed| small().seed(seed).start().unwrap());
    let digest = |server| Control::of(server).get(&format!("{DEFAULT}/state/digest"));
    assert_eq!(digest(&one).at("/sha256"), digest(&other).at("/sha256"));
    assert_ne!(digest(&one).at("/sha256"), digest(&third).at("/sha256"));

    for (server, names) in [(&one, ["anna", "berit"]), (&other, ["berit", "anna"])] {
        for name in names {
            Client::scim(server).post("/Users", &user(name, empty()));
        }
    }

    assert_eq!(digest(&one).at("/sha256"), digest(&other).at("/sha256"));
    assert_eq!(digest(&one).at("/sha256").len(), 64);
}

/// The digest of the default tenant's state.
fn digest(server: &MockServer) -> String {
    Control::of(server).get(&format!("{DEFAULT}/state/digest")).at("/sha256").to_owned()
}

#[test]
fn the_digest_covers_settings_and_not_reads() {
    let [one, other] = [(); 2].map(|()| server());
    let start = digest(&one);

    let console = Client::console(&one); // logs in
    for path in ["/connection", "/scim-link", "/setup", "/secret-key", "/users"] {
        assert_eq!(console.get(path).status, 200, "{path}");
    }
    Client::scim(&one).get("/Users");

    assert_eq!(digest(&one), start);
    assert_eq!(digest(&other), start, "another port is another link");
    console.put("/integration", &json!({"entraTenantId": "11111111-2222-3333-4444-555555555555"}));
    assert_ne!(digest(&one), start);
}

#[test]
fn the_digest_depends_on_the_content_and_not_on_times_and_order() {
    let company = |number: usize| {
        json!({"name": format!("Late {number}"), "companyId": format!("9{number}"),
            "externalSystemId": format!("9{number}[MED]"), "parentCompanyName": "Nordlys Group",
            "accountingCurrency": "NOK", "format": "nb-NO", "language": "nb-NO"})
    };
    let digests = [[1, 2], [2, 1]].map(|order| {
        let (server, clock) = timed_server();
        let (control, scim) = (Control::of(&server), Client::scim(&server));
        let all = scim.post("/Groups", &group("Everyone", &[]));
        for number in order {
            clock.advance(SignedDuration::from_secs(7));
            let name = format!("late-{number}@nordlys.example");
            let made = scim.post("/Users", &user(&name, empty()));
            let value = made.at("/id");
            let work = format!("{number}@work.example");
            let path = format!("{DEFAULT}/users/{value}");
            for other in order {
                let mail = json!({"type": other.to_string(), "value": format!("{other}{work}")});
                let add = json!([{"op": "add", "path": "emails", "value": [mail]}]);
                assert_eq!(control.send("PATCH", &path, &operations(add)).status, 200);
            }
            let add = json!([{"op": "add", "path": "members", "value": [{"value": value}]}]);
            scim.patch(&format!("/Groups/{}", all.at("/id")), &operations(add));
            control.post(&format!("{DEFAULT}/companies"), &company(number));
            control.post(&format!("{DEFAULT}/roles"), &json!({"name": format!("Late {number}")}));
            let draft =
                json!({"name": format!("Late {number}"), "filter": name, "companies": ["NOSE"]});
            assert_eq!(control.post(&format!("{DEFAULT}/configurations"), &draft).status, 201);
        }
        assert_eq!(control.get(&format!("{DEFAULT}/companies/91")).status, 200);
        digest(&server)
    });

    assert_eq!(digests[0], digests[1]);
}

/// The state with every list reversed whose order has no meaning.
fn reversed(document: &Value) -> Value {
    let mut document = document.clone();
    let reverse = |it: &mut Value| it.as_array_mut().unwrap().reverse();
    let data = &mut document["masterData"];
    for list in ["companies", "roles", "authorizationGroups", "loginOptions"] {
        reverse(&mut data[list]);
    }
    for list in ["languages", "formats", "timeZones", "currencies"] {
        reverse(&mut data["locales"][list]);
    }
    reverse(&mut data["defaults"]["roles"]);
    for it in document["configurations"].as_array_mut().unwrap() {
        for list in ["companies", "roles", "authorizationGroups"] {
            reverse(&mut it[list]);
        }
    }
    reverse(&mut document["configurations"]);
    reverse(&mut document["consoleUsers"]);
    reverse(&mut document["applied"]);
    document
}

#[test]
fn the_digest_does_not_depend_on_an_order_that_has_no_meaning() {
    let [one, other] = [(); 2].map(|()| server());
    lived_in(&one);
    let path = format!("{DEFAULT}/state");
    let document = Control::of(&one).get(&path).json;
    assert!(document["configurations"][1]["companies"].as_array().unwrap().len() > 1);
    let past =
        document["applied"].as_array().unwrap().iter().find(|it| it["configuration"].is_object());
    assert!(past.is_some(), "{document}");

    let read = Control::of(&other).send("PUT", &path, &reversed(&document));

    assert_eq!(read.status, 200, "{read:?}");
    let shown = Control::of(&other).get(&path).json;
    assert_eq!(shown["masterData"]["roles"], reversed(&document)["masterData"]["roles"]);
    assert_eq!(digest(&one), digest(&other));
    let login = Client::console(&other).get("/connection");
    assert_eq!(login.status, 200, "who logs in without a name is an administrator");
}

#[test]
fn a_configuration_with_lists_in_another_order_is_unchanged() {
    let [one, other] = [(); 2].map(|()| server());
    let path = format!("{DEFAULT}/configurations");
    let body = user("ada@contoso.com", json!({MEDIUS: {"configurationFilter": "SE-AP"}}));
    let ada = [&one, &other].map(|it| Client::scim(it).post("/Users", &body).at("/id").to_owned());
    let all = Control::of(&one).get(&path).json;
    let items = all["items"].as_array().unwrap();
    let mut sweden = items.iter().find(|it| it["filter"] == "SE-AP").unwrap().clone();
    for list in ["companies", "roles"] {
        assert!(sweden[list].as_array().unwrap().len() > 1, "{sweden}");
        sweden[list].as_array_mut().unwrap().reverse();
    }

    let own = format!("{path}/{}", sweden["id"].as_str().unwrap());
    let saved = Control::of(&one).send("PUT", &own, &sweden);

    assert_eq!((saved.status, &saved.json), (200, &sweden), "the order is shown");
    assert_eq!(digest(&one), digest(&other));
    let view = Client::console(&one).get(&format!("/users/{}", ada[0])).json;
    assert_eq!(view["attention"], json!([]));
}

#[test]
fn a_configuration_with_a_filter_in_another_case_is_unchanged() {
    let server = server();
    let (control, path) = (Control::of(&server), format!("{DEFAULT}/configurations"));
    let body = user("ada@contoso.com", json!({MEDIUS: {"configurationFilter": "SE-AP"}}));
    let ada = Client::scim(&server).post("/Users", &body).at("/id").to_owned();
    let all = control.get(&path).json;
    let items = all["items"].as_array().unwrap();
    let mut sweden = items.iter().find(|it| it["filter"] == "SE-AP").unwrap().clone();
    sweden["filter"] = json!("se-ap");

    let own = format!("{path}/{}", sweden["id"].as_str().unwrap());
    let saved = control.send("PUT", &own, &sweden);

    assert_eq!((saved.status, &saved.json), (200, &sweden), "the case is shown");
    let view = Client::console(&server).get(&format!("/users/{ada}")).json;
    assert_eq!(view["attention"], json!([]));
    let state = control.get(&format!("{DEFAULT}/state")).json;
    assert_eq!(control.send("PUT", &format!("{DEFAULT}/state"), &state).status, 200);
}

#[test]
fn the_order_in_which_configurations_with_filters_are_added_does_not_matter() {
    let made = [["F1", "F2"], ["F2", "F1"]].map(|filters| {
        let server = server();
        let control = Control::of(&server);
        let add = |body: Value| control.post(&format!("{DEFAULT}/configurations"), &body).json;
        let mut all = filters.map(|it| add(json!({"filter": it, "companies": ["NOSE"]})));
        all.sort_by_key(|it| it["filter"].as_str().unwrap().to_owned());
        let named =
            add(json!({"filter": "F3", "companies": ["NOSE"], "name": "Nordlys Energi AB"}));
        assert_eq!(named["name"], "Nordlys Energi AB", "{named}");
        (all, digest(&server))
    });

    assert_eq!(made[0], made[1]);
    assert_eq!(made[0].0[0]["name"], "Nordlys Energi AB F1");
}
