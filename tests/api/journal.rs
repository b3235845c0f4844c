//! What the journal records of each exchange, and that runs can be repeated.

use mediusflow_mock::internals::ServerInternals as _;
use std::sync::Arc;

use expect_test::expect;
use mediusflow_mock::{
    MockServer,
    internals::{http::LARGEST_BODY, journal::BODY_CAP},
    traffic::{Auth, EffectKind, Exchange, Operation, ValueChange},
};
use serde_json::{Value, json};

use crate::support::{Answer, Client, Wire, group, operations, server, small, user};

/// The last exchange with the default tenant.
fn last(server: &MockServer) -> Arc<Exchange> {
    server.requests().pop().expect("an exchange was recorded")
}

/// The journal's lines.
fn lines(server: &MockServer) -> String {
    let lines: Vec<_> = server.requests().iter().map(|it| it.summary.clone()).collect();
    lines.join("\n")
}

#[test]
fn an_exchange_is_recorded_before_its_answer_arrives() {
    let server = server();
    let scim = Client::scim(&server);

    for n in 1..=200 {
        let answer = scim.get("/Users?count=0");
        let recorded = server.requests();
        assert_eq!((answer.status, recorded.len()), (200, n));
    }
}

#[test]
fn the_summaries_of_a_day_of_provisioning_can_be_read() {
    let server = server();
    let scim = Client::scim(&server);
    let probe = "f1a3c0de-0000-4000-8000-000000000000";

    scim.get(&format!("/Users?filter=userName+eq+%22{probe}%22"));
    let ada = scim.post("/Users", &user("ada@nordlys.example", json!({"displayName": "Ada Ek"})));
    let made = scim.post("/Groups", &group("Finance", &[]));
    let (user_path, group_path) =
        (format!("/Users/{}", ada.at("/id")), format!("/Groups/{}", made.at("/id")));
    let members = json!([{"op": "add", "path": "members", "value": [{"value": ada.at("/id")}]}]);
    scim.patch(&group_path, &operations(members));
    let off = json!([{"op": "Replace", "path": "active", "value": "False"}]);
    scim.patch(&user_path, &operations(off.clone()));
    scim.patch(&user_path, &operations(off));
    scim.get("/Users?startIndex=2&count=2");
    scim.get(&user_path);
    scim.get("/Schemas");
    scim.get("/Users/none");
    scim.post("/Users", &user("ADA@nordlys.example", json!({})));
    scim.get("/Users?filter=title+pr");
    scim.call("TRACE", "/Users").send();
    scim.get("/People");
    scim.delete(&user_path);
    Client::at(server.scim_url()).get("/Users");
    Client::at(server.scim_url()).with_token("guess-guess-guess").get("/Users");

    expect![[r#"
        TEST connection probe → 0 hits, 200
        CREATE user Ada Ek → 79f7e105 · Standard (1 role, 1 company)
        CREATE group Finance → 505486cc
        PATCH group Finance +1 member (Ada Ek)
        PATCH user Ada Ek active → false
        PATCH user Ada Ek no change
        LIST users 2–3 of 6
        GET user Ada Ek
        DISCOVER Schemas
        404 user none
        CREATE user ADA@nordlys.example 409 uniqueness: userName "ADA@nordlys.example" is in use by User 79f7e105-4989-54ee-981…
        400 invalidFilter: this tenant's profile filters a User by userName (the tutorial, Step 5), or id with manager only, no…
        405 TRACE /NordlysQA/scim/v2/Users
        404 nothing answers at /People, there are /Users, /Groups
        DELETE user Ada Ek (was inactive, left 1)
        401 bearer token missing
        401 bearer token wrong (…uess)"#]].assert_eq(&lines(&server));
}

#[test]
fn the_eleven_steps_are_recorded_in_words() {
    let server = crate::support::fresh_server();
    let console = Client::console(&server);

    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    console.get("/connection");
    console.put("/integration", &json!({"entraTenantId": "no guid"}));
    let entra = json!({"entraTenantId": "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910"});
    console.put("/integration", &entra);
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    console.call("POST", "/secret-key").send();
    console.post("/secret-key", &json!({"confirm": true}));
    console.call("POST", "/secret-key").send();
    console.post("/secret-key", &json!({"confirm": true}));
    let added = console.post("/configurations", &json!({"name": "All", "companies": ["NOSE"]}));
    console.post("/configurations", &json!({"name": "All", "companies": ["NOSE"]}));
    console.get("/scim-link");
    console.get("/setup");
    console.get("/companies");
    console.get("/users");
    console.call("POST", "/users/reapply").send();
    console.delete(&format!("/configurations/{}", added.at("/id")));
    console.get("/nowhere");
    let auditor = json!({"tenantName": "NordlysQA", "userName": "auditor@nordlys.example"});
    Client::at(server.url()).post("/admin/v1/authenticate", &auditor);

    expect![[r#"
        ADMIN admin@nordlys.example authenticated
        ADMIN 409 missing-step: step 5 (Use user provisioning) needs step 2 (Verify the connection) first
        ADMIN connection verified (16 companies, 10 roles)
        ADMIN 400 invalid-entra-tenant-id: a Microsoft Entra tenant ID is a GUID such as 4f1a2b3c-5d6e-4f70-8192-a3b4c5d6e7f8,…
        ADMIN Entra tenant 9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910 saved
        ADMIN user provisioning chosen
        ADMIN 409 not-confirmed: no secret key was made: step 7 (OK) makes it, and step 6 (Generate Secret Key) only asks
        ADMIN secret key generated (…32b7)
        ADMIN 409 key-exists: there is a secret key already: confirm that a new one replaces it (step 7 (OK))
        ADMIN secret key generated (…57c2), old one revoked
        ADMIN configuration All added
        ADMIN 400 invalid-configuration: name: another configuration is called "All" already
        ADMIN SCIM link copied
        ADMIN setup read
        ADMIN companies read
        ADMIN users read
        ADMIN configurations applied anew, 0 changed
        ADMIN configuration All deleted
        ADMIN 404 unknown-address: nothing answers at "nowhere"; there are: setup, connection, integration, provisioning, secre…
        ADMIN 403 not-admin: auditor@nordlys.example has no admin access rights: the configuration needs the role Admin (tutori…"#]].assert_eq(&lines(&server));
    assert!(server.requests().iter().all(|it| it.operation == Operation::Admin));
}

#[test]
fn an_effect_has_the_values_before_and_after() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let path = format!("/Users/{}", it["id"].as_str().unwrap());

    let change = json!([{"op": "replace", "path": "displayName", "value": "Bo Ek"}]);
    scim.patch(&path, &operations(change));

    let exchange = last(&server);
    let [effect] = &exchange.effects[..] else { panic!("{:?}", exchange.effects) };
    assert_eq!((effect.kind, effect.subject.id.as_str()), (EffectKind::Changed, &path[7..]));
    let changed = effect.changes.iter().find(|it| it.path == "displayName").unwrap();
    let value = ValueChange::Single {
        before: it["displayName"].as_str().map(Into::into),
        after: Some("Bo Ek".into()),
    };
    assert_eq!(changed.value, value);
    assert_eq!(effect.version, (Some("W/\"1\"".into()), Some("W/\"2\"".into())));
    assert_eq!((exchange.auth, exchange.from.as_str()), (Auth::Accepted, "api-test"));
}

#[test]
fn a_tolerated_quirk_is_a_finding() {
    let server = server();
    let scim = Client::scim(&server);
    let path = format!("/Users/{}", scim.first_user()["id"].as_str().unwrap());

    let off = json!([{"op": "Replace", "path": "active", "value": "False"}]);
    scim.patch(&path, &operations(off));

    let found: Vec<_> = last(&server)
        .findings
        .iter()
        .map(|it| format!("{} at {} ({}, {})", it.quirk, it.at, it.section, it.sent_by))
        .collect();
    expect![[r"
        opCase at Replace (RFC 7644 §3.5.2, Microsoft Entra ID)
        stringBoolean at active (RFC 7643 §2.3.2, Microsoft Entra ID)"]]
    .assert_eq(&found.join("\n"));
}

#[test]
fn no_secret_enters_the_journal() {
    let server = server();
    let scim = Client::scim(&server);
    let old = server.secret_key().unwrap();
    let login = json!({"tenantName": "NordlysQA"});
    let token = Client::at(server.url()).post("/admin/v1/authenticate", &login);
    let console = Client::console(&server);
    let made = console.post("/secret-key", &json!({"confirm": true}));
    scim.get("/Users");
    let scim = Client::scim(&server);
    let path = format!("/Users/{}", scim.first_user()["id"].as_str().unwrap());
    let password = |value: Value| json!([{"op": "replace", "path": "password", "value": value}]);
    let secrets = [
        old.as_str(),
        token.at("/accessToken"),
        made.at("/secretKey"),
        "hunter2-hunter2",
        "4711471147114711",
    ];

    scim.post("/Users", &user("ada@nordlys.example", json!({"password": "hunter2-hunter2"})));
    scim.patch(&path, &operations(password(json!("hunter2-hunter2"))));
    scim.patch(&path, &operations(password(json!(4_711_471_147_114_711_u64))));
    scim.patch(&path, &operations(password(json!(["hunter2-hunter2", "4711471147114711"]))));
    scim.post("/Users", &user("bo@nordlys.example", json!({"password": {"a": "hunter2-hunter2"}})));
    scim.get("/Users?filter=password+eq+%22hunter2-hunter2%22");
    scim.get("/Users?access_token=hunter2-hunter2");
    for secret in secrets {
        scim.call("GET", "/Users").header("Authorization", secret).send();
        Client::at(server.scim_url()).with_token(secret).get("/Users");
        Client::at(format!("{}/NordlysQA/admin/v1", server.url())).with_token(secret).get("/setup");
    }

    let all = server.requests();
    assert!(all.len() > 20);
    for exchange in all {
        let kept = format!("{exchange:?}");
        for secret in secrets {
            assert!(!kept.contains(secret), "{secret} is in {kept}");
        }
    }
}

#[test]
fn requests_that_are_refused_before_the_handler_are_recorded() {
    let server = server();
    let scim = Client::scim(&server);

    scim.call("POST", "/Users").body(" ".repeat(LARGEST_BODY + 1)).send();
    let large = last(&server);
    scim.get("/People");
    let unknown = last(&server);
    scim.call("POST", "/Users").body("{").send();
    let broken = last(&server);

    assert_eq!((large.status, large.request.size), (413, 0));
    assert_eq!(large.operation, Operation::Create);
    assert!(large.summary.starts_with("413 the body is larger"), "{}", large.summary);
    assert_eq!((unknown.status, unknown.operation), (404, Operation::List));
    assert_eq!((broken.status, broken.operation), (400, Operation::Create));
    assert_eq!(broken.problem.as_ref().unwrap().code.as_deref(), Some("invalidSyntax"));
}

#[test]
fn a_long_body_is_recorded_in_part() {
    let server = server();
    let scim = Client::scim(&server);

    let title = "x".repeat(2 * BODY_CAP);
    scim.post("/Users", &user("ada@nordlys.example", json!({"title": title})));

    let exchange = last(&server);
    assert!(exchange.request.cut && exchange.response.cut);
    assert_eq!(exchange.request.body.len(), BODY_CAP);
    assert!(exchange.request.size > title.len());
}

#[test]
fn the_journal_of_a_tenant_has_no_exchanges_of_others() {
    let server = server();

    Client::scim(&server).get("/Users");
    Client::at(format!("{}/Nordlys/scim/v2", server.url())).get("/Users");

    assert_eq!(server.requests().len(), 1);
    let other = server.tenants().get("Nordlys").unwrap();
    assert_eq!(other.journal().since(0, 10).items[0].status, 401);
}

#[test]
fn entra_is_recognised_by_its_header_and_others_by_their_agent_or_address() {
    let server = server();
    let from = |name: &str, value: &str| {
        Client::scim(&server).call("GET", "/Users").header(name, value).send();
        last(&server).from.to_string()
    };

    assert_eq!(from("ADSCIMVersion", "2"), "entra");
    assert_eq!(from("User-Agent", "curl/8.5.0"), "curl");
    Wire::to(&server)
        .send("GET /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .answer();
    assert_eq!(last(&server).from, "127.0.0.1");
}

#[test]
fn the_same_requests_get_the_same_bytes() {
    let run = |server: &MockServer| -> Vec<Answer> {
        let console = Client::console(server);
        let scim = Client::scim(server);
        let ada = scim.post("/Users", &user("ada@nordlys.example", json!({"displayName": "Ada"})));
        let path = format!("/Users/{}", ada.at("/id"));
        vec![
            scim.get("/Users"),
            scim.get("/Groups"),
            scim.post("/Groups", &group("Finance", &[ada.at("/id")])),
            scim.get(&path),
            scim.delete(&path),
            scim.post("/Users", &user("ada@nordlys.example", json!({}))),
            scim.get("/Schemas"),
            console.get("/setup"),
            console.post("/secret-key", &json!({"confirm": true})),
            console.post(
                "/configurations",
                &json!({"name": "A", "filter": "A", "companies": ["NOSE"]}),
            ),
            console.get("/users"),
        ]
    };
    // The port is the only thing that may differ, so the URL is given.
    let start = |seed| small().seed(seed).public_url("http://mock.example").start().unwrap();
    let (one, same, other) = (start(1), start(1), start(2));
    let run = |server: &MockServer| {
        let mut answers = run(server);
        for it in &mut answers {
            it.headers.remove("date");
        }
        answers
    };

    let (first, second, third) = (run(&one), run(&same), run(&other));

    assert_eq!(first, second);
    assert_ne!(first[0].json["Resources"], third[0].json["Resources"]);
    assert_ne!(first[8].json["secretKey"], third[8].json["secretKey"]);
}

#[test]
fn header_lines_are_recorded_in_the_order_in_which_they_came() {
    let server = server();
    let orders = [
        vec!["Zeta: 1", "Host: localhost", "X-Many: a", "Alpha: 2", "X-MANY: b", "Beta: 3"],
        vec!["Beta: 3", "X-Many: b", "Alpha: 2", "Host: localhost", "Zeta: 1", "X-Many: a"],
        vec!["Host: localhost", "Alpha: 2", "Gamma: 4", "X-Many: a", "Beta: 3", "Delta: 5"],
    ];
    let request = |lines: &Vec<&str>| {
        let lines = lines.join("\r\n");
        format!("GET /NordlysQA/scim/v2/Users HTTP/1.1\r\n{lines}\r\n\r\n")
    };
    let ping = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut wire = Wire::to(&server);

    // All requests are sent at once. Each gets its own head, also after a request that is not
    // recorded.
    wire.send(
        [request(&orders[0]), ping.into(), request(&orders[1]), request(&orders[2])].concat(),
    );
    for _ in 0..4 {
        wire.answer();
    }

    for (order, exchange) in orders.iter().zip(server.requests()) {
        let lines = exchange.request.headers.iter().map(|(name, it)| format!("{name}: {it}"));
        let sent: Vec<_> = order.iter().map(|it| it.to_ascii_lowercase()).collect();
        assert_eq!(lines.collect::<Vec<_>>(), sent);

        let path = format!("/_mock/v1/tenants/NordlysQA/requests/{}", exchange.seq);
        let anyone = Client::at(format!("http://{}", server.address()));
        let own: Vec<_> = sent.iter().filter(|it| !it.starts_with("host")).collect();
        let curl = anyone.get(&format!("{path}?as=curl")).text;
        let at: Vec<_> = own.iter().map(|it| curl.find(it.as_str()).unwrap()).collect();
        assert!(at.is_sorted(), "{curl}");
        let har = anyone.get(&format!("{path}?as=har")).json;
        let named = har["log"]["entries"][0]["request"]["headers"].as_array().unwrap().iter();
        let named = named.map(|it| format!("{}: {}", it["name"], it["value"]).replace('"', ""));
        assert_eq!(named.collect::<Vec<_>>(), sent);
    }
}
