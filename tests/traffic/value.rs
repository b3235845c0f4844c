//! The same in Rust: the server as a value that waits and expects.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use mediusflow_mock::{
    MockServer, NewTenantError, TenantOptions, TestTenant, WaitError, traffic::Count,
};
use serde_json::json;

use crate::support::{Client, group, server, user};

/// Longer than any test may take: a bound, not a wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a panic said.
fn said(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
    let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

fn create(server: &MockServer, name: &str) {
    Client::scim(server).post("/Users", &user(name, json!({"title": "Clerk"})));
}

#[test]
fn users_and_groups_are_found_by_name() {
    let server = server();
    create(&server, "anna@contoso.com");
    Client::scim(&server).post("/Groups", &group("Finance", &[]));

    let anna = server.user("ANNA@contoso.com").unwrap();

    assert_eq!(anna["title"], "Clerk");
    assert_eq!(anna, Client::scim(&server).all("/Users")[5]);
    assert_eq!(server.group("finance").unwrap()["displayName"], "Finance");
    assert_eq!((server.users().len(), server.groups().len()), (6, 3));
    assert!(server.user("nobody").is_none());
}

#[test]
fn a_wait_ends_with_the_exchange_that_was_awaited() {
    let server = server();

    let found = thread::scope(|scope| {
        let waits = scope.spawn(|| server.wait_for("op:create user:anna@contoso.com", PATIENCE));
        create(&server, "bert@contoso.com");
        create(&server, "anna@contoso.com");
        waits.join().unwrap()
    });

    assert_eq!(found.unwrap().seq, 2);
}

#[test]
fn a_failed_wait_reports_the_nearest_exchanges() {
    let server = server();
    create(&server, "anna@contoso.com");

    let missed = server.wait_for("op:create status:409", Duration::ZERO).unwrap_err();

    assert!(matches!(missed, WaitError::TimedOut { .. }));
    assert!(missed.to_string().contains("status:409 does not hold: 201"), "{missed}");
    let no_filter = server.wait_for("op:creat", Duration::ZERO).unwrap_err();
    assert!(no_filter.to_string().contains("create"), "{no_filter}");
}

#[test]
fn a_wait_for_state_tests_the_state_after_each_change() {
    let server = server();

    let title_of_anna = |it: &TestTenant| Some(it.user("anna@contoso.com")?["title"].clone());
    let title = thread::scope(|scope| {
        let waits = scope.spawn(|| server.wait_until(PATIENCE, &title_of_anna));
        create(&server, "anna@contoso.com");
        waits.join().unwrap()
    });

    assert_eq!(title, Some(json!("Clerk")));
}

#[tokio::test]
async fn an_arrival_is_awaited_on_the_thread_of_the_client() {
    let server = server();
    let arrival = server.arrival("op:create").unwrap();
    let sends = tokio::task::spawn_blocking({
        let (url, key) = (server.scim_url(), server.secret_key().unwrap());
        move || {
            let client = Client::at(url).with_token(&key);
            client.post("/Users", &user("anna@contoso.com", json!({}))).status
        }
    });

    let exchange = tokio::time::timeout(PATIENCE, arrival).await.unwrap();

    assert_eq!(exchange.status, 201);
    assert_eq!(sends.await.unwrap(), 201);
}

#[test]
fn a_met_expectation_lets_the_server_be_dropped() {
    let server = server();
    server.expect("op:create", 1).unwrap();
    server.expect("op:delete", 0).unwrap();
    server.expect("status:201", Count::at_least(1)).unwrap();

    create(&server, "anna@contoso.com");
}

#[test]
fn an_unmet_expectation_fails_the_test_and_shows_the_traffic() {
    let server = server();
    server.expect("op:create user:anna@contoso.com", 1).unwrap();
    create(&server, "bert@contoso.com");

    let said = said(|| drop(server));

    assert!(
        said.contains("expected 1 exchange matching op:create user:anna@contoso.com"),
        "{said}"
    );
    assert!(said.contains("user:anna@contoso.com does not hold: bert@contoso.com"), "{said}");
    assert!(said.contains("the latest exchanges:\n  #1 201 CREATE user"), "{said}");
}

#[test]
fn a_test_that_fails_for_another_reason_keeps_its_message() {
    let said = said(|| {
        let server = server();
        server.expect("op:create", 1).unwrap();
        panic!("the first reason");
    });

    assert_eq!(said, "the first reason");
}

#[test]
fn a_test_tenant_is_like_any_other_and_is_deleted_when_dropped() {
    let server = server();
    let options = TenantOptions::new().users(3);
    let own = server.new_tenant("Orders", &options).unwrap();
    let scim = Client::at(own.scim_url()).with_token(&own.secret_key().unwrap());

    scim.post("/Users", &user("anna@contoso.com", json!({})));
    let taken = server.new_tenant("orders", &options);

    assert_eq!((own.users().len(), own.requests().len(), server.requests().len()), (4, 1, 0));
    assert!(matches!(taken, Err(NewTenantError::Taken(_))), "{taken:?}");
    let id = own.users()[0]["id"].clone();
    drop(own);
    assert_eq!(scim.get("/Users").status, 404);
    assert_eq!(server.new_tenant("Orders", &options).unwrap().users()[0]["id"], id);
}

#[test]
fn tenants_without_a_name_get_an_unused_one() {
    let server = server();

    let [one, other] =
        [(); 2].map(|()| server.new_tenant(None, &TenantOptions::default()).unwrap());

    assert_ne!(one.scim_url(), other.scim_url());
    assert!(server.new_tenant("no/name", &TenantOptions::default()).is_err());
}

#[test]
fn a_reset_server_is_as_it_was_at_the_start() {
    let server = server();
    let (users, key) = (server.users(), server.secret_key());
    server.fail_next("user.list", 503).unwrap();
    create(&server, "anna@contoso.com");

    server.reset();

    assert_eq!((server.users(), server.secret_key()), (users, key));
    assert!(server.requests().is_empty());
    assert_eq!(Client::scim(&server).get("/Users").status, 200);
}

#[test]
fn a_reset_fails_on_unmet_expectations() {
    let server = server();
    server.expect("op:create", 1).unwrap();

    let said = said(|| server.reset());

    assert!(said.contains("expected 1 exchange"), "{said}");
    assert!(said.contains("nothing was sent to the tenant"), "{said}");
}

#[test]
fn a_snapshot_restores_the_state_and_not_the_journal() {
    let server = server();
    server.take_snapshot("before").unwrap();
    create(&server, "anna@contoso.com");

    server.restore("before").unwrap();

    assert!(server.user("anna@contoso.com").is_none());
    assert_eq!(server.requests().len(), 1);
    assert!(server.restore("after").is_err());
}
