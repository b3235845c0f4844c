//! Other people in a tenant: its set-up, its key and what was typed are not theirs.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Client, fresh_server, server},
};

const TYPED: &str = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// A new tenant of a server whose tenants are not set up, after so many of the tutorial's steps.
fn after_steps(server: &MockServer, steps: usize) -> (Control, Client) {
    let control = Control::of(server);
    control.tenant(&json!({"name": "SeedQ4"}));
    let root = Client::at(format!("http://{}", server.address()));
    let login = root.post("/admin/v1/authenticate", &json!({"tenantName": "SeedQ4"}));
    let console = Client::at(format!("http://{}/SeedQ4/admin/v1", server.address()))
        .with_token(login.at("/accessToken"));
    let all: [&dyn Fn(); 5] = [
        &|| drop(console.get("/connection")),
        &|| drop(console.put("/integration", &json!({"entraTenantId": TYPED}))),
        &|| drop(console.put("/provisioning", &json!({"mode": "userProvisioning"}))),
        &|| drop(console.post("/secret-key", &json!({"confirm": true}))),
        &|| drop(console.post("/configurations", &json!({"companies": ["NOSE"]}))),
    ];
    for step in &all[..steps] {
        step();
    }
    (control, console)
}

/// The set-up, the key's count, the configurations, the key, and what is still open.
fn settled(control: &Control, tenant: &str) -> Vec<Value> {
    let state = control.get(&format!("/tenants/{tenant}/state")).json;
    let shown = control.get(&format!("/tenants/{tenant}")).json;
    let names = ["setup", "made", "keyExpires", "configurations", "masterData", "consoleUsers"];
    let kept = names.map(|it| state[it].clone());
    [&kept[..], &[shown["secretKey"].clone(), shown["openSteps"].clone()]].concat()
}

#[rstest]
fn a_seed_does_not_change_the_setup(#[values(0, 1, 2, 3, 4, 5)] steps: usize) {
    let server = fresh_server();
    let (control, console) = after_steps(&server, steps);
    let before = settled(&control, "SeedQ4");
    let has_key = steps >= 4;
    assert_eq!(before[6].is_string(), has_key);

    let seeded = control.post("/tenants/SeedQ4/seed", &json!({"seed": 9, "users": 3}));

    assert_eq!((seeded.status, &seeded.json["users"]), (200, &json!(3)));
    assert_eq!(seeded.json["secretKey"], before[6]);
    assert_eq!(settled(&control, "SeedQ4"), before);
    assert_eq!(console.get("/setup").status, 200, "who logged in still is");

    console.get("/connection");
    control.post("/tenants/SeedQ4/reset", &empty());

    assert_eq!(settled(&control, "SeedQ4"), before);
    let users = control.get("/tenants/SeedQ4/users").json;
    assert_eq!(users["totalResults"], 3);
}

#[test]
fn a_seed_keeps_the_key_configurations_and_master_data() {
    let server = server();
    let (control, console) = (Control::of(&server), Client::console(&server));
    console.post("/secret-key", &json!({"confirm": true, "expiresAt": "2030-01-01T00:00:00Z"}));
    let draft = json!({"name": "Own", "filter": "SE-OWN", "companies": ["NOSE"]});
    assert_eq!(console.post("/configurations", &draft).status, 201);
    control.post(&format!("{DEFAULT}/roles"), &json!({"name": "Own role"}));
    let before = settled(&control, "NordlysQA");

    control.post(&format!("{DEFAULT}/seed"), &json!({"seed": 9, "users": 30}));

    assert_eq!(settled(&control, "NordlysQA"), before);
    let key = before[6].as_str().unwrap();
    assert_eq!(Client::at(server.scim_url()).with_token(key).get("/Users").status, 200);
    let again = console.post("/secret-key", &json!({"confirm": true}));
    assert_eq!(again.status, 201);
    assert_ne!(again.at("/secretKey"), key);
}

#[test]
fn companies_of_a_seed_are_replaced_except_those_in_use() {
    let server = server();
    let control = Control::of(&server);
    let companies = || {
        let list = control.get(&format!("{DEFAULT}/companies")).json["items"].clone();
        list.as_array().unwrap().len() - 1
    };
    let seed =
        |count: usize| control.post(&format!("{DEFAULT}/seed"), &json!({"companies": count}));
    let present = companies();

    assert_eq!((seed(present + 8).status, companies()), (200, present + 8));
    let last = format!("C{}", present + 8);
    let draft = json!({"name": "Last", "filter": "LAST", "companies": [last]});
    assert_eq!(Client::console(&server).post("/configurations", &draft).status, 201);
    assert_eq!((seed(present + 3).status, companies()), (200, present + 3));
    assert_eq!((seed(present + 9).status, companies()), (200, present + 9));
    let refused = seed(present);
    refused.is_problem(400, "invalid-body", &["companies: ", "already"]);
    assert_eq!(companies(), present + 9);
}
