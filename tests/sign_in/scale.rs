//! Finding who signs in takes the same steps however many users there are.

use mediusflow_mock::{MockServer, internals::TenantInternals as _};
use serde_json::{Value, json};

use crate::World;

#[test]
fn a_name_identifier_is_found_among_many() {
    let server = MockServer::builder().users(20_000).groups(0).start().unwrap();
    let world = World::of(server);
    let id = world.provision("oid@contoso.com", json!({}));
    world.set_medius(&id, "nameIdentifier", "0F1E2D3C");

    let state = world.server.tenant().snapshot();

    let found: Vec<_> = state.identified("0f1e2d3c").map(|it| it.id.clone()).collect();
    assert_eq!(found, [&*id]);
    // Who has a name identifier is not found by the user name.
    assert_eq!(state.identified("oid@contoso.com").count(), 0);
}

#[test]
fn all_who_turned_are_known_and_the_first_of_them_are_told() {
    let server = MockServer::builder().users(300).groups(0).start().unwrap();
    let world = World::of(server);
    let all = world.control.get("/configurations").json;
    for it in all["items"].as_array().unwrap() {
        let id = it["id"].as_str().unwrap();
        assert_eq!(world.control.delete(&format!("/configurations/{id}")).status, 204);
    }
    let console = crate::Client::console(&world.server);

    assert_eq!(console.post("/users/reapply", &json!({})).json["changed"], 300);

    let found = world.control.get("/requests?q=signin:noConfiguration").json;
    let turned = &found["items"][0]["signIns"];
    let told = turned["users"].as_array().unwrap().len();
    assert!((turned["total"].as_u64().unwrap() > 200) && told == 100, "{turned}");
    for user in world.scim.all("/Users") {
        let own = &user["urn:ietf:params:scim:schemas:extension:medius:2.0:User"];
        // The name identifier of some is the object id, which the Name claim is not; locally, names are typed.
        let is_local = own["identityProvider"] == "Medius.Security";
        let is_found = is_local || own["nameIdentifier"].is_null();
        let expected: &[&str] = match (is_found, &user["active"]) {
            (false, _) => &["notProvisioned"],
            (true, Value::Bool(false)) => &["disabled"],
            (true, _) => &["works", "noConfiguration"],
        };
        world.turned(user["userName"].as_str().unwrap(), expected);
    }
}
