//! Whether a user may sign in, as a table, and what is told about it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{ANNA, World};

const ENTRA: &str = "Microsoft%20Entra%20ID";
const LOCAL: &str = "Medius.Security";

#[rstest]
#[case(true, None, "", "works")]
#[case(true, None, ENTRA, "works")]
#[case(true, None, LOCAL, "wrongIdentityProvider")]
#[case(true, Some(LOCAL), "", "works")]
#[case(true, Some(LOCAL), LOCAL, "works")]
#[case(true, Some(LOCAL), ENTRA, "wrongIdentityProvider")]
#[case(true, Some("Okta"), ENTRA, "works")]
#[case(false, None, "", "disabled")]
#[case(false, Some(LOCAL), ENTRA, "disabled")]
fn a_provisioned_user(
    #[case] active: bool,
    #[case] provider: Option<&str>,
    #[case] option: &str,
    #[case] result: &str,
) {
    let world = World::new();
    let urn = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
    let provider = provider.map_or_else(|| json!({}), |it| json!({"identityProvider": it}));
    let id = world.provision(ANNA, json!({"active": active, urn: provider}));
    let query = if option.is_empty() { String::new() } else { format!("?option={option}") };

    for key in [&*id, ANNA] {
        let told = world.control.get(&format!("/users/{key}/sign-in{query}"));

        assert_eq!((told.status, told.at("/result")), (200, result), "{told:?}");
        assert_eq!(told.json["allowed"], result == "works");
        assert_eq!(told.json["reason"].is_null(), result == "works");
    }
}

#[rstest]
#[case(true, "", "noConfiguration")]
#[case(true, LOCAL, "wrongIdentityProvider")]
#[case(false, "", "disabled")]
fn a_user_to_whom_no_configuration_applies(
    #[case] active: bool,
    #[case] option: &str,
    #[case] result: &str,
) {
    let world = World::new();
    world.without_default();
    world.provision(ANNA, json!({"active": active}));
    let query = if option.is_empty() { String::new() } else { format!("?option={option}") };

    let told = world.control.get(&format!("/users/{ANNA}/sign-in{query}"));

    assert_eq!(told.at("/result"), result, "{told:?}");
}

#[test]
fn a_refusal_says_what_is_the_matter_and_which_exchange_made_it_so() {
    let world = World::new();
    let id = world.provision(ANNA, json!({"displayName": "Anna Ek"}));
    world.set(&id, "active", false);

    let told = world.decision(ANNA).json;

    assert_eq!(told["user"], json!({"id": id, "userName": ANNA, "displayName": "Anna Ek"}));
    assert_eq!(
        told["reason"],
        json!({"code": "disabled", "text": "Anna Ek is disabled. active is false since exchange 2."})
    );
    assert_eq!(told["option"], "Microsoft Entra ID");
    assert_eq!((&told["nameIdentifier"], &told["attention"]), (&json!(ANNA), &json!([])));
}

#[test]
fn who_is_nobody_is_not_provisioned() {
    let world = World::new();

    let told = world.control.get("/users/zoe@x.y/sign-in?option=../LocalAccount/");

    assert_eq!((told.status, told.at("/result")), (200, "notProvisioned"));
    assert_eq!(
        told.at("/reason/text"),
        "zoe@x.y is not provisioned. This tenant has no user with that name identifier."
    );
    assert_eq!((&told.json["user"], told.at("/option")), (&Value::Null, LOCAL));
}

#[test]
fn two_users_of_one_name_identifier_cannot_be_told_apart() {
    let world = World::new();
    world.provision(ANNA, json!({}));
    let bo = world.provision("bo@contoso.com", json!({}));
    world.set_medius(&bo, "nameIdentifier", "ANNA@contoso.com");

    // Bo's own account brings another name.
    assert_eq!([world.result(ANNA), world.result(&bo)], ["ambiguous", "notProvisioned"]);

    world.set_medius(&bo, "nameIdentifier", "BO@contoso.com");

    assert_eq!([world.result(ANNA), world.result(&bo)], ["works", "works"]);
}

#[test]
fn a_question_is_no_exchange_and_changes_nothing() {
    let world = World::new();
    let before = world.control.get("/state/digest").json;

    world.result("nobody");
    world.history("nobody");

    assert_eq!(world.control.get("/state/digest").json, before);
    assert_eq!(world.server.requests().len(), 0);
}
