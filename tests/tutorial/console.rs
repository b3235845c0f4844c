//! Step 2, in the admin console.

use serde_json::{Value, json};

use crate::{
    support::{Client, MEDIUS, user},
    world::{ENTRA_TENANT, World, step},
};

const COMPANY: &str = "Nordlys Energi AB";

pub(crate) fn log_in_by_tenant() {
    let world = World::fresh();
    let anyone = Client::at(world.server.url());
    let login = |name: &str| anyone.post("/admin/v1/authenticate", &json!({"tenantName": name}));

    login("Nobody").is_problem(404, "unknown-tenant", &["Nobody"]);
    assert_eq!((login("NordlysQA").status, login("NordlysQA").at("/tenant")), (200, "NordlysQA"));
    assert_eq!(step(&world.console(), 1), "done");
}

pub(crate) fn verify_the_connection() {
    let world = World::fresh();
    let console = world.console();
    assert_eq!(step(&console, 2), "current");

    let answer = console.get("/connection");

    assert_eq!((answer.status, &answer.json["verified"]), (200, &json!(true)));
    assert_eq!(step(&console, 2), "done");
}

pub(crate) fn provide_the_entra_tenant() {
    let world = World::fresh();
    let console = world.console();
    console.get("/connection");

    let wrong = console.put("/integration", &json!({"entraTenantId": "contoso"}));
    let right = console.put("/integration", &json!({"entraTenantId": ENTRA_TENANT}));

    wrong.is_problem(400, "invalid-entra-tenant-id", &["GUID"]);
    assert_eq!((right.status, step(&console, 3).as_str()), (200, "done"));
}

pub(crate) fn save_the_configuration() {
    let world = World::fresh();
    let console = world.console();
    console.get("/connection");
    assert_eq!(console.get("/integration").json["entraTenantId"], Value::Null);

    console.put("/integration", &json!({"entraTenantId": ENTRA_TENANT}));

    assert_eq!(console.get("/integration").at("/entraTenantId"), ENTRA_TENANT);
    assert_eq!(step(&console, 4), "done");
}

pub(crate) fn select_user_provisioning() {
    let world = World::fresh();
    let console = world.console();
    console.get("/connection");
    console.put("/integration", &json!({"entraTenantId": ENTRA_TENANT}));
    let early = console.get("/scim-link");

    let chosen = console.put("/provisioning", &json!({"mode": "userProvisioning"}));

    early.is_problem(409, "missing-step", &["step 5 (Use user provisioning)"]);
    assert_eq!((chosen.status, step(&console, 5).as_str()), (200, "done"));
    assert_eq!(console.get("/scim-link").status, 200);
}

pub(crate) fn click_generate() {
    let world = World::fresh();
    let console = world.up_to_step_5();

    let clicked = console.call("POST", "/secret-key").send();

    clicked.is_problem(409, "not-confirmed", &["step 7 (OK)"]);
    assert_eq!(console.get("/secret-key").json["exists"], false);
}

pub(crate) fn the_key_is_shown_once() {
    let world = World::fresh();
    let console = world.up_to_step_5();

    let key = console.post("/secret-key", &json!({"confirm": true})).at("/secretKey").to_owned();

    assert!(!key.is_empty());
    assert!(!console.get("/secret-key").text.contains(&key));
    assert!(!console.get("/setup").text.contains(&key));
    let scim = Client::at(world.server.scim_url()).with_token(&key);
    assert_eq!(scim.get("/Users").status, 200);
}

pub(crate) fn confirm_the_key() {
    let world = World::fresh();
    let console = world.up_to_step_5();

    let made = console.post("/secret-key", &json!({"confirm": true}));

    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!((step(&console, 6).as_str(), step(&console, 7).as_str()), ("done", "done"));
}

pub(crate) fn users_get_what_is_configured() {
    let world = World::fresh();
    let console = world.up_to_step_5();
    let key = console.post("/secret-key", &json!({"confirm": true})).at("/secretKey").to_owned();
    let scim = Client::at(world.server.scim_url()).with_token(&key);
    let early = scim.post("/Users", &user("early@contoso.com", json!({})));
    let configuration = json!({"companies": [COMPANY], "roles": ["Auditor"]});

    console.post("/configurations", &configuration);
    let late = scim.post("/Users", &user("late@contoso.com", json!({})));

    let before = world.view(early.at("/id"));
    assert_eq!((&before["companies"], &before["roles"]), (&json!([]), &json!([])));
    let after = world.view(late.at("/id"));
    assert_eq!((&after["companies"], &after["roles"]), (&json!([COMPANY]), &json!(["Auditor"])));
}

pub(crate) fn add_a_configuration() {
    let world = World::fresh();
    let console = world.console();
    console.post("/configurations", &json!({"companies": [COMPANY]})).is_problem(
        409,
        "missing-step",
        &["step 8 (Add new configuration)"],
    );

    let console = world.up_to_step_5();
    let added = console.post("/configurations", &json!({"companies": [COMPANY]}));

    assert_eq!((added.status, step(&console, 8).as_str()), (201, "done"));
}

/// Every setting of the window in another value than the default.
fn all_settings() -> Value {
    json!({
        "name": "Abroad", "filter": "ABROAD", "companies": [COMPANY], "roles": ["Auditor"],
        "authorizationGroups": ["Approvers Norway"],
        "locale": {
            "language": "nb-NO", "format": "nb-NO", "timeZone": "Europe/Oslo", "currency": "NOK",
        },
        "loginOption": "Medius.Security",
    })
}

pub(crate) fn settings_reach_the_users() {
    let world = World::set_up();
    let added = world.console().post("/configurations", &all_settings());
    assert_eq!(added.status, 201, "{added:?}");
    let body = user("ada@contoso.com", json!({MEDIUS: {"configurationFilter": "ABROAD"}}));

    let made = world.scim().post("/Users", &body);

    let view = world.view(made.at("/id"));
    let wanted = all_settings();
    for member in ["companies", "roles", "locale", "loginOption"] {
        assert_eq!(view[member], wanted[member], "{member}");
    }
    assert_eq!(view["authorizationGroups"][0]["name"], "Approvers Norway");
}

pub(crate) fn every_setting_can_be_set() {
    let world = World::set_up();
    let console = world.console();

    let added = console.post("/configurations", &all_settings());

    let saved = console.get(&format!("/configurations/{}", added.at("/id"))).json;
    for (member, value) in all_settings().as_object().unwrap() {
        assert_eq!(&saved[member], value, "{member}");
    }
}

pub(crate) fn a_company_is_enough() {
    let world = World::fresh();
    let console = world.up_to_step_5();

    let added = console.post("/configurations", &json!({"companies": [COMPANY]}));
    let unknown = console.post("/configurations", &json!({"companies": ["Nordlys Energi AG"]}));

    assert_eq!((added.status, added.at("/name")), (201, COMPANY), "{added:?}");
    assert_ne!(added.json["roles"], json!([]), "the standard settings");
    assert_eq!(step(&console, 9), "done");
    unknown.is_problem(400, "invalid-configuration", &["companies[0]", COMPANY]);
}

pub(crate) fn settings_come_from_the_tenant() {
    let world = World::set_up();
    let console = world.console();
    let draft = json!({"filter": "X", "companies": [COMPANY], "roles": ["Controller"]});

    let early = console.post("/configurations", &draft);
    assert_eq!(world.post("/roles", &json!({"name": "Controller"})).status, 201);
    let late = console.post("/configurations", &draft);

    early.is_problem(400, "invalid-configuration", &["roles[0]", "There are: Admin"]);
    assert_eq!(late.status, 201, "{late:?}");
    for list in ["companies", "roles", "authorization-groups", "locales", "login-options"] {
        assert_eq!(console.get(&format!("/{list}")).status, 200, "{list}");
    }
}

pub(crate) fn save_a_user_configuration() {
    let world = World::fresh();
    let console = world.up_to_step_5();

    let added = console.post("/configurations", &json!({"companies": [COMPANY]}));

    let list = console.get("/configurations").json;
    assert_eq!((&list["total"], &list["items"][0]), (&json!(1), &added.json));
    assert_eq!(step(&console, 10), "done");
}

pub(crate) fn copy_the_link() {
    let world = World::fresh();
    let console = world.up_to_step_5();

    let link = console.get("/scim-link");

    assert_eq!((link.status, link.at("/tenantUrl")), (200, world.server.scim_url().as_str()));
    assert_eq!(step(&console, 11), "done");
}

pub(crate) fn the_link_stays() {
    let world = World::set_up();
    let console = world.console();
    let link = || console.get("/scim-link").at("/tenantUrl").to_owned();
    let before = link();

    let key = console.post("/secret-key", &json!({"confirm": true})).at("/secretKey").to_owned();

    assert_eq!(link(), before);
    assert!(!before.contains(&key));
}
