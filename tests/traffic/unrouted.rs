//! Requests that reach no tenant: what was meant, and that they are recorded.

use mediusflow_mock::internals::ServerInternals as _;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, Client, server, small};

fn list(control: &Client, query: &str) -> Value {
    let answer = control.get(&format!("/unrouted{query}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json
}

/// The one who calls the control API of a server.
fn mock(server: &mediusflow_mock::MockServer) -> Client {
    Client::at(format!("http://{}/_mock/v1", server.address()))
}

/// What an answer says would help; SCIM's errors have it in their detail.
fn hint(answer: &Answer) -> String {
    let hint = answer.at("/hint");
    if hint.is_empty() { answer.detail().to_owned() } else { hint.to_owned() }
}

#[rstest]
#[case::no_tenant("/scim/v2/Users", "/NordlysQA/scim/v2/Users")]
#[case::no_version("/NordlysQA/scim/Users", "/NordlysQA/scim/v2/Users")]
#[case::of_another_case("/nordlysqa/SCIM/V2/users/4f2c", "/NordlysQA/scim/v2/Users/4f2c")]
#[case::another_version("/Nordlys/scim/v1/Groups", "/Nordlys/scim/v2/Groups")]
#[case::double_slashes("//NordlysQA//scim/v2/Users", "/NordlysQA/scim/v2/Users")]
#[case::a_prefix("/api/scim/v2/Users", "/NordlysQA/scim/v2/Users")]
#[case::a_prefix_of_all("/api/Nordlys/scim/v2/Groups/1", "/Nordlys/scim/v2/Groups/1")]
#[case::the_tenant_behind("/scim/v2/Nordlys/Users", "/Nordlys/scim/v2/Users")]
#[case::the_tenant_between("/scim/Nordlys/v2/Users", "/Nordlys/scim/v2/Users")]
#[case::a_near_name("/NordlisQA/scim/v2/Users", "/NordlysQA/scim/v2/Users")]
#[case::no_service("/NordlysQA/Users", "/NordlysQA/scim/v2/Users")]
#[case::only_an_endpoint("/users/1", "/NordlysQA/scim/v2/Users/1")]
#[case::only_a_version("/v2/Users", "/NordlysQA/scim/v2/Users")]
#[case::only_a_tenant("/nordlisqa", "/NordlysQA/scim/v2")]
#[case::trailing_parts("/scim/v2/Users/1/emails/2", "/NordlysQA/scim/v2/Users/1")]
#[case::one_user("/NordlysQA/scim/User", "/NordlysQA/scim/v2/Users")]
#[case::the_console("/NordlysQA/admin/configurations", "/NordlysQA/admin/v1/configurations")]
#[case::a_log_in("/NordlysQA/authenticate", "/admin/v1/authenticate")]
#[case::a_near_log_in("/admin/v1/authentcate", "/admin/v1/authenticate")]
#[case::no_tenants("/_mock/v1/NordlysQA/requests", "/_mock/v1/tenants/NordlysQA/requests")]
#[case::mock("/mock/v1/tenants", "/_mock/v1/tenants")]
#[case::a_tenant_of_the_control_api(
    "/_mock/v1/tenants/Nordlis/users",
    "/_mock/v1/tenants/Nordlys/users"
)]
#[case::the_server("/openapi.jsn", "/openapi.json")]
fn a_guess_at_the_meant_address_is_answered_and_recorded(#[case] path: &str, #[case] meant: &str) {
    let server = server();

    let answer = Client::at(server.url()).get(path);

    assert_eq!(answer.status, 404, "{answer:?}");
    let hint = hint(&answer);
    assert!(hint.contains(&format!("did you mean \"{meant}\"?")), "{hint}");
    let recorded = list(&mock(&server), "");
    assert_eq!(recorded["items"][0]["guess"], meant, "{recorded}");
    assert_eq!(recorded["items"][0]["target"], path);
    assert_eq!(server.unrouted()[0].remark.as_deref(), Some(meant));
}

#[test]
fn a_login_whose_body_cannot_be_read_is_recorded() {
    let server = server();
    let anyone = Client::at(server.url());
    let login = anyone.call("POST", "/admin/v1/authenticate");

    let answer = login.header("content-encoding", "gzip").json(&json!({"tenantName": "x"})).send();

    assert_eq!(answer.status, 415, "{answer:?}");
    let recorded = &list(&mock(&server), "")["items"][0];
    assert_eq!((&recorded["status"], &recorded["method"]), (&json!(415), &json!("POST")));
}

#[rstest]
#[case("GET", "/admin/v1/authenticate", "POST")]
#[case("DELETE", "/", "GET, HEAD")]
#[case("POST", "/livez", "GET, HEAD")]
#[case("PUT", "/openapi.json", "GET, HEAD")]
#[case("PUT", "/_mock/v1/tenants", "GET, HEAD, POST")]
fn a_wrong_method_is_refused_and_recorded(
    #[case] method: &str,
    #[case] path: &str,
    #[case] allowed: &str,
) {
    let server = server();

    let answer = Client::at(server.url()).call(method, path).send();

    assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{answer:?}");
    let recorded = &list(&mock(&server), "")["items"][0];
    assert_eq!((&recorded["status"], &recorded["guess"]), (&json!(405), &Value::Null));
    assert_eq!(recorded["target"], path);
}

#[test]
fn the_key_of_a_request_tells_which_tenant_was_meant() {
    let server = server();
    let key = server.tenants().get("Nordlys").unwrap().snapshot();
    let key = key.console().secret_key().unwrap().reveal().to_owned();

    Client::at(server.url()).with_token(&key).get("/scim/v2/Users");

    let recorded = list(&mock(&server), "");
    assert_eq!(recorded["items"][0]["guess"], "/Nordlys/scim/v2/Users");
    assert!(!recorded.to_string().contains(&key), "{recorded}");
}

#[test]
fn requests_that_reach_no_tenant_are_listed_filtered_and_removed_like_others() {
    let server = server();
    let (anyone, mock) = (Client::at(server.url()), mock(&server));
    anyone.get("/favicon.ico");
    anyone.post("/scim/v2/Users", &json!({"userName": "anna", "password": "hunter-of-words"}));
    anyone.get("/Acme/scim/v2/Users?note=hunter-of-words&password=hunter-of-words");
    mock.get("/nowhere");
    anyone.post("/admin/v1/authenticate", &json!({"tenantName": "Nordlis"}));

    let all = list(&mock, "");
    let guesses: Vec<_> = all["items"].as_array().unwrap().iter().map(|it| &it["guess"]).collect();
    assert_eq!(guesses.len(), 5, "{all}");
    assert_eq!((guesses[0], guesses[4]), (&Value::Null, &json!("Nordlys")));
    assert_eq!(all["items"][1]["request"]["body"], r#"{"password":"••••","userName":"anna"}"#);
    assert!(!all.to_string().contains("hunter-of-words"), "{all}");
    assert_eq!(list(&mock, "?q=path:/Acme")["items"][0]["seq"], 3);
    assert_eq!(list(&mock, "?q=hunter-of-words")["items"], json!([]));
    let page = list(&mock, "?since=1&limit=2");
    assert_eq!((&page["items"][0]["seq"], &page["seq"]), (&json!(2), &json!(3)));
    mock.get("/unrouted?lmit=2").is_problem(400, "invalid-query", &["lmit", "limit"]);

    assert_eq!(mock.delete("/unrouted").status, 204);
    anyone.get("/favicon.ico");
    let rest = list(&mock, "");
    assert_eq!((&rest["items"][0]["seq"], &rest["missed"]), (&json!(6), &json!(5)));
    assert!(server.requests().is_empty());
}

#[test]
fn at_most_a_thousand_are_kept() {
    let server = small().start().unwrap();
    let anyone = Client::at(server.url());
    for _ in 0..1_001 {
        anyone.get("/favicon.ico");
    }

    let kept = list(&mock(&server), "?limit=5000");

    assert_eq!(kept["items"].as_array().unwrap().len(), 1_000);
    assert_eq!(kept["missed"], 1);
}
