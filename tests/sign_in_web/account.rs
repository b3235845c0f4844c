//! The account of mock Entra that stands for a user, in the decision about the user.

use super::*;

fn account(server: &MockServer, user: &str, query: &str) -> Value {
    let told = Program::control(server).get(&format!("/users/{user}/sign-in{query}"));
    assert_eq!(told.status, 200, "{}", told.text);
    told.json["account"].clone()
}

#[test]
fn a_provisioned_user_has_an_account_of_the_same_name() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);

    let by_name = account(&server, &name, "");

    assert_eq!((&by_name["upn"], &by_name["state"]), (&json!(name), &json!("enabled")));
    let claims = server.sign_in(&name).unwrap().claims.unwrap();
    assert_eq!(by_name["oid"], claims["oid"]);
    assert_eq!(account(&server, user["id"].as_str().unwrap(), ""), by_name);
    let local = "?option=Medius.Security";
    assert_eq!(account(&server, &name, local), by_name, "whatever the option is");
}

#[test]
fn a_stranger_has_an_account_where_any_name_is_one() {
    let (server, _clock) = server();

    let stranger = account(&server, "zoe@nordlys.example", "");

    assert_eq!(stranger["upn"], "zoe@nordlys.example");
    assert_eq!(stranger["state"], "enabled");
}

#[test]
fn a_name_identifier_changes_no_account() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let urn = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
    change(&server, &user, &format!("{urn}:nameIdentifier"), json!("elin@contoso.example"));

    assert_eq!(account(&server, &name, "")["upn"], name.as_str());
    let told = Program::control(&server).get(&format!("/users/{name}/sign-in")).json;
    let expected = format!(
        "The sign-in does not find {}. The user has the name identifier elin@contoso.example, and the \
         preferred_username of the token is {name}. Give the user the nameIdentifier {name}.",
        user["displayName"].as_str().unwrap()
    );
    assert_eq!(told["reason"], json!({"code": "notProvisioned", "text": expected}));
    let refused = Program::control(&server).send("POST", "/sign-in", &json!({"user": name}));
    assert_eq!(refused.json["reason"], told["reason"], "{}", refused.text);
}

#[test]
fn an_account_of_a_directory_is_enabled_disabled_unassigned_or_not_there() {
    let (server, _clock) = server();
    let control = Program::control(&server);
    let made = control.send("PUT", "/entra", &json!({"scope": "assigned"}));
    assert!(made.status < 300, "{}", made.text);
    let directory = control.get("/entra/directory").json;
    let objects = directory["objects"].as_array().unwrap().clone();
    let upn = |it: &Value| it["attributes"]["userPrincipalName"].as_str().unwrap().to_owned();
    let states: Vec<(String, Value)> = objects
        .iter()
        .filter(|it| it["kind"]["type"] == "user")
        .map(|it| (upn(it), account(&server, &upn(it), "")))
        .collect();
    let (name, found) = states.iter().find(|(_, it)| it["state"] == "enabled").unwrap();
    assert_eq!(found["upn"], name.as_str());
    let change = |change: &str| {
        let change = json!({"changes": [{"change": change, "object": name}]});
        let done = control.send("POST", "/entra/directory/changes", &change);
        assert!(done.status < 300, "{}", done.text);
        account(&server, name, "")["state"].clone()
    };

    assert_eq!(change("disable"), "disabled");
    assert_eq!(change("enable"), "enabled");
    assert_eq!(account(&server, "nobody@nordlys.example", ""), Value::Null);
}

#[test]
fn without_a_saved_entra_tenant_nobody_has_an_account() {
    let server = MockServer::builder().users(0).fresh().start().unwrap();

    assert_eq!(account(&server, "zoe@nordlys.example", ""), Value::Null);
}
