//! Lists, single exchanges, exports, history and blame.

use mediusflow_mock::internals::TenantInternals as _;
use serde_json::{Value, json};

use crate::{
    control,
    support::{Client, operations, server, user},
};

fn seqs(list: &Value) -> Vec<u64> {
    list["items"].as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()).collect()
}

#[test]
fn a_list_has_the_exchanges_of_the_filter_and_a_cursor() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    scim.get("/Users?count=1");
    scim.post("/Users", &user("anna@contoso.com", json!({})));
    scim.get("/Users/unknown");

    let errors = control.get("/requests?q=status:4xx");
    let page = control.get("/requests?limit=2");
    let rest = control.get(&format!("/requests?since={}", page.json["seq"]));

    assert_eq!(seqs(&errors.json), [3]);
    assert_eq!(errors.json["items"][0]["summary"], "404 user unknown");
    assert_eq!(seqs(&page.json), [1, 2]);
    assert_eq!(seqs(&rest.json), [3]);
    assert_eq!(rest.json["rev"], server.tenant().revision());
}

#[test]
fn reads_of_the_journal_are_not_recorded() {
    let server = server();

    control(&server).get("/requests");

    assert!(server.requests().is_empty());
}

#[test]
fn an_exchange_is_shown_whole_and_without_secrets() {
    let server = server();
    Client::scim(&server).post("/Users", &user("anna@contoso.com", json!({"title": "Clerk"})));

    let one = control(&server).get("/requests/1");

    assert_eq!(one.at("/operation"), "create");
    assert_eq!(one.at("/auth"), "ok");
    assert_eq!(one.json["status"], 201);
    assert_eq!(one.at("/effects/0/kind"), "created");
    assert!(one.at("/request/body").contains("Clerk"));
    assert!(!one.text.contains(&server.secret_key().unwrap()));
}

#[test]
fn an_exchange_is_shown_as_a_command() {
    let server = server();
    Client::scim(&server).get("/Users?filter=userName%20eq%20%22a%22");

    let one = control(&server).get("/requests/1?as=curl");

    assert!(one.text.starts_with("curl -sS -i 'http://127.0.0.1:"), "{}", one.text);
    assert!(one.text.contains("Bearer $MEDIUSFLOW_MOCK_SECRET_KEY"));
}

#[test]
fn an_archive_has_the_members_of_its_format() {
    let server = server();
    Client::scim(&server).post("/Users", &user("anna@contoso.com", json!({})));

    let export = control(&server).get("/requests/export?format=har");

    let entry = &export.json["log"]["entries"][0];
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"NordlysQA.har\"");
    assert_eq!(export.json["log"]["version"], "1.2");
    assert_eq!(entry["request"]["method"], "POST");
    assert!(entry["request"]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(entry["request"]["postData"]["mimeType"], "application/scim+json");
    assert_eq!(entry["response"]["status"], 201);
    assert_eq!(entry["response"]["statusText"], "Created");
}

#[test]
fn an_export_by_lines_has_an_exchange_in_each() {
    let server = server();
    let scim = Client::scim(&server);
    scim.get("/Users?count=1");
    scim.get("/Groups?count=1");

    let export = control(&server).get("/requests/export?format=jsonl&q=path:/Groups");

    let lines: Vec<Value> =
        export.text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert!(lines[0]["request"]["headers"].to_string().contains("\"host\""), "{}", lines[0]);
}

#[test]
fn a_cleared_journal_goes_on_counting() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    scim.get("/Users?count=1");

    let cleared = control.delete("/requests");
    scim.get("/Users?count=1");

    assert_eq!(cleared.status, 204);
    assert_eq!(seqs(&control.get("/requests").json), [2]);
    assert_eq!(control.get("/requests").json["missed"], 1);
    control.get("/requests/1").is_problem(404, "unknown-request", &["it holds 2 to 2"]);
}

#[test]
fn history_and_blame_say_which_exchange_made_a_change() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let made = scim.post("/Users", &user("anna@contoso.com", json!({"title": "Clerk"})));
    let id = made.at("/id");
    let change = json!([{"op": "replace", "path": "title", "value": "Head"}]);
    scim.patch(&format!("/Users/{id}"), &operations(change.clone()));
    scim.patch(&format!("/Users/{id}"), &operations(change));

    let history = control.get(&format!("/users/{id}/history")).json;
    let blame = control.get(&format!("/users/{id}/blame")).json;

    assert_eq!(seqs(&history), [1, 2]);
    assert_eq!(history["items"][1]["effect"]["changes"][0]["after"], "Head");
    let blamed = blame["items"].as_array().unwrap();
    let by = |path: &str| blamed.iter().find(|it| it["path"] == path).unwrap()["seq"].clone();
    assert_eq!((by("title"), by("userName")), (json!(2), json!(1)));
}

#[test]
fn a_deleted_user_still_has_a_history() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let id = scim.first_user()["id"].as_str().unwrap().to_owned();
    scim.delete(&format!("/Users/{id}"));

    let history = control.get(&format!("/users/{id}/history")).json;

    assert_eq!(history["items"][0]["effect"]["kind"], "deleted");
    control.get("/users/nobody/blame").is_problem(404, "unknown-resource", &["nobody"]);
    control.get(&format!("/groups/{id}/history")).is_problem(404, "unknown-resource", &["group"]);
}

#[test]
fn errors_name_the_wrong_part_of_a_query() {
    let server = server();
    let control = control(&server);

    let wrong = |path: &str, words: &[&str]| {
        control.get(path).is_problem(400, "invalid-query", words);
    };
    wrong("/requests?q=stauts:404", &["byte 0", "did you mean `status`?"]);
    wrong("/requests?limit=many", &["whole number"]);
    wrong("/requests?sicne=1", &["sicne", "since"]);
    wrong("/requests/1?as=xml", &["xml", "curl"]);
    wrong("/requests/export?format=csv", &["csv", "jsonl"]);
    control.get("/requests/one").is_problem(404, "unknown-request", &["it is empty"]);
}

#[test]
fn a_journal_that_is_paused_records_nothing() {
    let server = server();
    let (tenant, scim) = (server.tenant(), Client::scim(&server));

    tenant.journal().pause();
    let answered = scim.get("/Users?count=1");
    tenant.journal().resume();
    scim.get("/Groups?count=1");

    assert_eq!(answered.status, 200);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_key_that_names_an_object_matches_that_object_only() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let named = |name: &str| user(name, json!({"displayName": "Ann Smith"}));
    let ann = scim.post("/Users", &named("ann@x.com"));
    scim.post("/Users", &user("joann@x.com", json!({})));
    scim.get("/Users?filter=userName%20eq%20%22joann@x.com%22");
    let change = json!([{"op": "replace", "path": "title", "value": "Head"}]);
    scim.patch(&format!("/Users/{}", ann.at("/id")), &operations(change));
    let group = scim.post(
        "/Groups",
        &json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Fin"}),
    );
    assert_eq!(group.status, 201, "{group:?}");
    let found = |q: &str| seqs(&control.get(&format!("/requests?q={q}")).json);

    assert_eq!(found("user:ann@x.com"), [1, 4]);
    assert_eq!(found("user:%22ann%20smith%22"), [1, 4]);
    assert_eq!(found("user:ANN@X.COM"), [1, 4]);
    assert_eq!(found("user:joann@x.com"), [2, 3]);
    assert_eq!(found("user:~ann"), [1, 2, 3, 4]);
    assert_eq!(found("user:ann"), [0; 0]);
    assert_eq!(found("group:fi"), [0; 0]);
    assert_eq!(found("group:fin"), [5]);
    let id = ann.at("/id");
    assert_eq!(found(&format!("id:{id}")), [1, 4]);
    assert_eq!(found(&format!("id:{}", &id[..8])), [0; 0]);
}
