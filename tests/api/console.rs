//! The tutorial's eleven steps, from `/admin/v1/authenticate` to the SCIM link.

use expect_test::expect;
use jiff::SignedDuration;
use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, fresh_server, server, timed_server, user};

const ENTRA_TENANT: &str = "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910";

/// The state of the setup: `3/11, next: 3 Microsoft Entra tenant ID`.
fn progress(console: &Client) -> String {
    let setup = console.get("/setup");
    let steps = setup.json["items"].as_array().unwrap();
    assert_eq!((setup.json["total"].as_u64(), steps.len()), (Some(11), 11));
    let state = |it: &&Value, state: &str| it["state"] == state;
    let done = steps.iter().filter(|it| state(it, "done")).count();
    match steps.iter().find(|it| state(it, "current")) {
        Some(it) => format!("{done}/11, next: {} {}", it["number"], it["label"].as_str().unwrap()),
        None => format!("{done}/11"),
    }
}

#[test]
fn the_eleven_steps_lead_to_a_tenant_that_accepts_users() {
    let server = fresh_server();
    let console = Client::console(&server);
    let mut seen = vec![progress(&console)];

    let connection = console.get("/connection");
    seen.push(progress(&console));
    let saved = console.put("/integration", &json!({"entraTenantId": ENTRA_TENANT}));
    seen.push(progress(&console));
    let chosen = console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    seen.push(progress(&console));
    let key = console.post("/secret-key", &json!({"confirm": true}));
    seen.push(progress(&console));
    let configuration =
        console.post("/configurations", &json!({"name": "Everyone", "companies": ["NOSE"]}));
    seen.push(progress(&console));
    let link = console.get("/scim-link");
    seen.push(progress(&console));

    expect![[r"
        1/11, next: 2 Verify the connection
        2/11, next: 3 Microsoft Entra tenant ID
        4/11, next: 5 Use user provisioning
        5/11, next: 6 Generate Secret Key
        7/11, next: 8 Add new configuration
        10/11, next: 11 Copy SCIM link
        11/11"]]
    .assert_eq(&seen.join("\n"));
    assert_eq!(
        connection.json,
        json!({
            "verified": true, "tenant": "NordlysQA", "environment": "Quality assurance",
            "companies": 16, "roles": 10,
        })
    );
    assert_eq!((saved.status, saved.at("/entraTenantId")), (200, ENTRA_TENANT));
    assert_eq!((chosen.status, chosen.at("/mode")), (200, "userProvisioning"));
    assert_eq!((key.status, configuration.status), (201, 201));
    let entra = Client::at(link.at("/tenantUrl")).with_token(key.at("/secretKey"));
    let made = entra.post("/Users", &user("ada@nordlys.example", json!({})));
    assert_eq!(made.status, 201, "{made:?}");
}

#[test]
fn the_scim_link_can_be_copied_before_steps_6_to_10_and_the_setup_shows_the_missing_steps() {
    let server = fresh_server();
    let console = Client::console(&server);
    console.get("/connection");
    console.put("/integration", &json!({"entraTenantId": ENTRA_TENANT}));
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    let key_steps = ["generateSecretKey", "confirmSecretKey"];
    let configuration_steps = ["addConfiguration", "defaultSettings", "saveUserConfiguration"];

    let before_the_key = console.get("/scim-link");
    let key = console.post("/secret-key", &json!({"confirm": true}));
    let link = console.get("/scim-link");
    let setup = console.get("/setup");
    let entra = Client::at(link.at("/tenantUrl")).with_token(key.at("/secretKey"));
    let made = entra.post("/Users", &user("ada@nordlys.example", json!({})));
    let view = console.get(&format!("/users/{}", made.at("/id")));
    console.post("/configurations", &json!({"companies": ["NOSE"]}));
    let all_done = console.get("/scim-link");

    assert_eq!(before_the_key.status, 200);
    let open: Vec<_> = key_steps.iter().chain(&configuration_steps).collect();
    assert_eq!(before_the_key.json["openSteps"], json!(open));
    assert_eq!((link.status, &link.json["openSteps"]), (200, &json!(configuration_steps)));
    assert_eq!(setup.json["openSteps"], json!(configuration_steps));
    let states: Vec<_> = (7..11).map(|it| setup.at(&format!("/items/{it}/state"))).collect();
    assert_eq!(states, ["current", "open", "open", "done"]);
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(view.at("/attention/0/code"), "noConfiguration");
    assert_eq!(
        (all_done.at("/tenantUrl"), &all_done.json["openSteps"]),
        (link.at("/tenantUrl"), &json!([]))
    );
    assert_eq!(console.get("/setup").json["openSteps"], json!([]));
}

#[rstest]
#[case::entra_tenant("PUT", "/integration", json!({"entraTenantId": ENTRA_TENANT}), "step 2 (Verify the connection)")]
#[case::provisioning("PUT", "/provisioning", json!({"mode": "userProvisioning"}), "step 2 (Verify the connection)")]
#[case::secret_key("POST", "/secret-key", json!({}), "step 2 (Verify the connection)")]
#[case::configuration("POST", "/configurations", json!({"name": "A", "companies": ["NOSE"]}), "step 2 (Verify the connection)")]
#[case::scim_link("GET", "/scim-link", Value::Null, "step 2 (Verify the connection)")]
fn a_step_that_is_too_early_is_refused_with_the_missing_one(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] missing: &str,
) {
    let server = fresh_server();
    let console = Client::console(&server);
    let call = console.call(method, path);

    let refused = if body.is_null() { call.send() } else { call.json(&body).send() };

    refused.is_problem(409, "missing-step", &[missing, "first"]);
    assert_eq!(refused.at("/hint"), "call GET connection");
    assert_eq!(progress(&console), "1/11, next: 2 Verify the connection");
}

#[test]
fn every_step_in_turn_names_the_next_missing_one() {
    let server = fresh_server();
    let console = Client::console(&server);
    console.get("/connection");

    let early = console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    console.put("/integration", &json!({"entraTenantId": ENTRA_TENANT}));
    let key = console.post("/secret-key", &json!({}));

    early.is_problem(409, "missing-step", &["step 5", "step 3 (Microsoft Entra tenant ID)"]);
    key.is_problem(409, "missing-step", &["step 6", "step 5 (Use user provisioning)"]);
}

#[rstest]
#[case("no-guid")]
#[case("")]
#[case("9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a291")]
#[case("9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a291g")]
fn an_entra_tenant_id_must_be_a_guid(#[case] id: &str) {
    let server = fresh_server();
    let console = Client::console(&server);
    console.get("/connection");

    let refused = console.put("/integration", &json!({"entraTenantId": id}));

    refused.is_problem(400, "invalid-entra-tenant-id", &["GUID"]);
    assert_eq!(refused.at("/field"), "entraTenantId");
    assert_eq!(console.get("/integration").json, json!({"entraTenantId": null}));
}

#[test]
fn an_unknown_tenant_is_named_with_those_that_exist() {
    let server = server();
    let anyone = Client::at(server.url());

    let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": "Sydlys"}));
    let misspelt = anyone.post("/admin/v1/authenticate", &json!({"tenantName": "Nordlis"}));
    let scim = anyone.get("/NordlysQB/scim/v2/Users");
    let call = anyone.get("/Sydlys/admin/v1/setup");

    login.is_problem(404, "unknown-tenant", &["\"Sydlys\"", "Nordlys, NordlysQA"]);
    assert_eq!((login.at("/field"), login.at("/hint")), ("tenantName", ""));
    scim.is_scim_error(
        404,
        "",
        &["there is no tenant \"NordlysQB\"", "did you mean \"/NordlysQA/scim/v2/Users\"?"],
    );
    assert_eq!(misspelt.at("/hint"), "did you mean \"Nordlys\"?");
    call.is_problem(404, "unknown-tenant", &["\"Sydlys\"", "Nordlys, NordlysQA"]);
}

#[test]
fn only_an_administrator_can_log_in() {
    let server = server();
    let anyone = Client::at(server.url());
    let login = |user: &str| {
        let body = json!({"tenantName": "NordlysQA", "userName": user});
        anyone.post("/admin/v1/authenticate", &body)
    };

    let auditor = login("auditor@nordlys.example");
    let stranger = login("nobody@nordlys.example");
    let admin = login("ADMIN@nordlys.example");

    auditor.is_problem(403, "not-admin", &["auditor@nordlys.example", "Admin", "prerequisites"]);
    assert_eq!(auditor.at("/field"), "userName");
    stranger.is_problem(403, "unknown-user", &["nobody@nordlys.example", "admin@nordlys.example"]);
    assert_eq!(stranger.at("/field"), "userName");
    assert_eq!(admin.status, 200);
    assert_eq!(admin.at("/tenant"), "NordlysQA");
}

#[test]
fn a_tenant_is_found_in_any_case() {
    let server = server();
    let anyone = Client::at(server.url());

    let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": "nordlysqa"}));
    let console = Client::at(format!("{}/NORDLYSQA/admin/v1", server.url()))
        .with_token(login.at("/accessToken"));

    assert_eq!(login.at("/tenant"), "NordlysQA");
    assert_eq!(console.get("/setup").status, 200);
}

#[test]
fn an_access_token_is_valid_for_an_hour_and_for_its_tenant() {
    let (server, clock) = timed_server();
    let anyone = Client::at(server.url());
    let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": "NordlysQA"}));
    let token = login.at("/accessToken");
    let own = Client::at(format!("{}/NordlysQA/admin/v1", server.url())).with_token(token);
    let other = Client::at(format!("{}/Nordlys/admin/v1", server.url())).with_token(token);

    assert_eq!(login.at("/expiresAt"), "2026-03-03T13:00:00Z");
    assert_eq!(own.get("/setup").status, 200);
    other.get("/setup").is_problem(401, "unauthorized", &["wrong"]);
    clock.advance(SignedDuration::from_secs(3_599));
    assert_eq!(own.get("/setup").status, 200);
    clock.advance(SignedDuration::from_secs(1));
    let expired = own.get("/setup");
    expired.is_problem(401, "unauthorized", &["expired", "/admin/v1/authenticate"]);
    let challenge = "Bearer realm=\"NordlysQA admin console\", error=\"invalid_token\"";
    assert_eq!(expired.header("www-authenticate"), challenge);
}

#[test]
fn the_refusal_of_a_call_without_a_token_says_how_to_get_one() {
    let server = server();

    let refused = Client::at(format!("{}/NordlysQA/admin/v1", server.url())).get("/companies");

    refused.is_problem(401, "unauthorized", &["missing", "/admin/v1/authenticate"]);
    let challenge = "Bearer realm=\"NordlysQA admin console\"";
    assert_eq!(refused.header("www-authenticate"), challenge);
}

#[rstest]
#[case("/admin/v1/authenticate", json!({"tenantName": "NordlysQA", "password": "x"}), "password", "")]
#[case("/admin/v1/authenticate", json!({}), "tenantName", "add \"tenantName\"")]
#[case("/NordlysQA/admin/v1/secret-key", json!({"confirmed": true}), "confirmed", "did you mean \"confirm\"?")]
#[case("/NordlysQA/admin/v1/configurations", json!({"name": "A", "company": "NOSE"}), "company", "")]
#[case("/NordlysQA/admin/v1/configurations", json!({"name": "A", "locale": {"timezone": "CET"}}), "locale.timezone", "did you mean \"timeZone\"?")]
#[case("/NordlysQA/admin/v1/configurations", json!({"name": "A", "companies": "NOSE"}), "companies", "")]
fn an_unknown_missing_or_wrong_field_is_named_with_a_suggestion(
    #[case] path: &str,
    #[case] body: Value,
    #[case] field: &str,
    #[case] hint: &str,
) {
    let server = server();
    let console = admin_at_the_root(&server);

    let refused = console.post(path, &body);

    refused.is_problem(400, "invalid-body", &["line 1 column"]);
    assert_eq!((refused.at("/field"), refused.at("/hint")), (field, hint));
}

#[test]
fn the_error_of_a_wrong_mode_names_the_right_one() {
    let server = server();
    let console = Client::console(&server);

    let refused = console.put("/provisioning", &json!({"mode": "manual"}));

    refused.is_problem(400, "invalid-body", &["manual", "userProvisioning"]);
    assert_eq!(refused.at("/field"), "mode");
}

#[test]
fn master_data_is_listed_as_in_the_fixture() {
    let server = server();
    let console = Client::console(&server);
    let names = |path: &str, name: &str| -> Vec<String> {
        let list = console.get(path);
        let items = list.json["items"].as_array().unwrap();
        assert_eq!(list.json["total"], items.len());
        items.iter().map(|it| it[name].as_str().unwrap().to_owned()).take(3).collect()
    };

    let found = [
        names("/companies", "name"),
        names("/roles", "name"),
        names("/authorization-groups", "name"),
        names("/login-options", "displayName"),
    ];

    expect![[r#"
        [
            [
                "Nordlys Group",
                "Nordlys Sverige",
                "Nordlys Norge",
            ],
            [
                "Admin",
                "Auditor",
                "Expense AP",
            ],
            [
                "Approvers Sweden",
                "Approvers Norway",
                "Approvers Denmark",
            ],
            [
                "Microsoft Entra ID",
                "Medius.Security",
            ],
        ]
    "#]]
    .assert_debug_eq(&found);
    let locales = console.get("/locales").json;
    let kinds: Vec<_> = locales.as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["currencies", "formats", "languages", "timeZones"]);
}

#[rstest]
#[case("NOSE")]
#[case("nose%5BMED%5D")]
#[case("Nordlys%20Energi%20AB")]
fn a_company_is_found_by_id_external_id_and_name(#[case] key: &str) {
    let server = server();

    let found = Client::console(&server).get(&format!("/companies/{key}"));

    assert_eq!((found.status, found.at("/name")), (200, "Nordlys Energi AB"));
}

#[test]
fn the_error_of_an_unknown_address_lists_the_known_ones_and_that_of_a_wrong_method_the_right_ones()
{
    let server = server();
    let console = Client::console(&server);

    let nowhere = console.get("/compannies");
    let wrong = console.delete("/configurations");
    let login = Client::at(server.url()).get("/admin/v1/authenticate");

    nowhere.is_problem(404, "unknown-address", &["\"compannies\"", "companies", "scim-link"]);
    wrong.is_problem(405, "method-not-allowed", &["DELETE", "GET, HEAD, POST"]);
    assert_eq!(nowhere.at("/hint"), "did you mean \"companies\"?");
    assert_eq!(wrong.header("allow"), "GET, HEAD, POST");
    login.is_problem(405, "method-not-allowed", &["POST"]);
    assert_eq!(login.header("allow"), "POST");
}

#[test]
fn an_unknown_parameter_is_refused_as_in_the_control_api() {
    let server = server();
    let console = Client::console(&server);

    for path in ["/companies", "/roles", "/configurations", "/setup", "/users/none", "/scim-link"] {
        let refused = console.get(&format!("{path}?limit=1"));
        refused.is_problem(400, "invalid-query", &["`limit`"]);
        assert_eq!(refused.at("/field"), "limit", "{path}");
    }
    assert_eq!(console.get("/users?%6Cimit=1").json["items"].as_array().unwrap().len(), 1);
    let twice = console.get("/users?limit=1&l%69mit=2");
    twice.is_problem(400, "invalid-parameter", &["limit must be given once"]);
    let refused = console.get("/users?offest=1");
    refused.is_problem(400, "invalid-query", &["`offest`", "offset, limit"]);
    assert_eq!(refused.at("/hint"), "did you mean \"offset\"?");
    let login = Client::at(server.url());
    let refused =
        login.post("/admin/v1/authenticate?tenant=x", &json!({"tenantName": "NordlysQA"}));
    refused.is_problem(400, "invalid-query", &["`tenant`"]);
    let refused = console.put("/provisioning?force=1", &json!({"mode": "userProvisioning"}));
    refused.is_problem(400, "invalid-query", &["`force`", "expected none"]);
}

/// An administrator whose base URL is the server's.
fn admin_at_the_root(server: &MockServer) -> Client {
    let anyone = Client::at(server.url());
    let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": "NordlysQA"}));
    Client::at(server.url()).with_token(login.at("/accessToken"))
}
