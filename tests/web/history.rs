//! What the page of a user says happened, and what that covers; and the events that renew it.

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    browser::Browser,
    support::{Client, Wire, operations, server, timed_server, user},
};

const COMPLETE: &str = "All changes since the tenant began or was reset last.";

#[test]
fn the_history_of_a_user_has_every_change_however_many_requests_came_since() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Users", &user("ada@x.example", json!({"displayName": "Ada"})));
    let path = format!("/Users/{}", made.at("/id"));
    let disable = operations(json!([{"op": "replace", "path": "active", "value": false}]));
    scim.patch(&path, &disable);
    for _ in 0..600 {
        scim.get(&path);
    }
    let seqs: Vec<u64> =
        server.requests().iter().filter(|it| !it.effects.is_empty()).map(|it| it.seq).collect();

    let browser = Browser::logged_in(&server);
    let page = browser.page(&format!("/NordlysQA/admin{}", path.replace("/Users", "/users")));

    assert!(page.contains(COMPLETE), "{page}");
    assert!(page.contains("sign-in: notProvisioned → works"), "{page}");
    assert!(page.contains("sign-in: works → disabled"), "{page}");
    for seq in seqs {
        assert!(page.contains(&format!("/requests/{seq}\">")), "{seq} is not in {page}");
    }
    assert!(browser.page("/NordlysQA/admin/users").contains("PATCH user Ada"));
}

#[test]
fn a_history_says_since_when_the_journal_knows() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Users", &user("ada@x.example", json!({"displayName": "Ada"})));
    let path = format!("/Users/{}", made.at("/id"));
    let control = Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()));
    assert!(control.call("DELETE", "/requests").send().status < 300);
    let disable = operations(json!([{"op": "replace", "path": "active", "value": false}]));
    scim.patch(&path, &disable);
    let seq = server.requests()[0].seq;

    let browser = Browser::logged_in(&server);
    let page = browser.page(&format!("/NordlysQA/admin{}", path.replace("/Users", "/users")));

    let since =
        format!("All changes since exchange {seq}; the journal has let go of those before.");
    assert!(page.contains(&since), "{page}");
    assert!(!page.contains(COMPLETE), "{page}");
}

#[test]
fn the_events_end_with_the_session() {
    let (server, _clock) = timed_server();
    let browser = Browser::logged_in(&server);
    let mut events = Wire::to(&server);
    let head = format!(
        "GET /NordlysQA/admin/changes HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: close\r\n\r\n",
        server.address(),
        browser.cookie()
    );
    assert_eq!(events.send(head).head().header("content-type"), "text/event-stream");
    let control = Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()));
    let advance = |by: &str| {
        let call =
            control.call("POST", "/clock/advance").header("content-type", "application/json");
        assert_eq!(call.json(&json!({"by": by})).send().status, 200);
    };

    advance("59m");
    advance("1m");
    let all = events.rest();

    assert!(all.contains("data: "), "{all}");
    let ended = browser.get("/NordlysQA/admin/users");
    assert!(ended.header("location").ends_with("&ended=yes"), "{ended:?}");
    assert_eq!(browser.get("/NordlysQA/admin/changes").status, 204);
}

#[test]
fn a_session_that_ended_by_the_servers_clock_gets_no_events() {
    let (server, clock) = timed_server();
    let browser = Browser::logged_in(&server);

    clock.advance(SignedDuration::from_mins(60));

    assert_eq!(browser.get("/NordlysQA/admin/changes").status, 204);
}
