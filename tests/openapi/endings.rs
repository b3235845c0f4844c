//! Every operation against a tenant whose time is over, one that is reset, and one that is deleted and
//! made again: each call is answered, and the server goes on.
//!
//! The clients give up after twenty seconds: that is the guard against a server that stands still.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use jiff::SignedDuration;
use mediusflow_mock::{ManualClock, MockServer, ServerClock, scim::Profile};
use serde_json::json;

use crate::{
    Made, Visitor, filled,
    support::{Answer, Client, NOW, Wire, small},
};

/// How many call everything at once.
const CALLERS: usize = 3;

/// Every call of a good visit but the one that ends the server.
fn calls() -> Vec<Made> {
    let mut visitor = Visitor::to(small().profile(Profile::Rfc).start().unwrap());
    visitor.visit();
    visitor.made.retain(|it| !it.path.ends_with("/shutdown"));
    visitor.made
}

/// Makes a call again, of another tenant; nothing is waited for.
fn again(server: &MockServer, call: &Made, tenant: &str, tokens: [&str; 2]) -> Answer {
    let query = call.query.replace("timeout=5s", "timeout=0ms").replace("wait=true", "wait=false");
    let target = filled(&call.path, tenant, &holes(call)) + "?" + &query;
    let target = target.trim_end_matches('?');
    let token = if target.contains("/admin/") { tokens[1] } else { tokens[0] };
    if call.path.ends_with("/events") {
        let mut wire = Wire::to(server);
        wire.send(format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        return wire.head();
    }
    let client = Client::at(format!("http://{}", server.address())).with_token(token);
    let ask = client.call(&call.method, target).header("content-type", "application/json");
    let mut body = call.body.clone();
    for (member, value) in [("within", "0ms"), ("tenantName", tenant)] {
        if let Some(it) = body.get_mut(member) {
            *it = value.into();
        }
    }
    if body.is_null() { ask.send() } else { ask.json(&body).send() }
}

fn holes(call: &Made) -> Vec<&str> {
    call.holes.iter().map(String::as_str).collect()
}

fn is_about_a_tenant(call: &Made) -> bool {
    call.path.contains("{tenant}") || call.path.ends_with("/authenticate")
}

fn is_alive(server: &MockServer) {
    let anyone = Client::at(format!("http://{}", server.address()));
    assert_eq!(anyone.get("/livez").status, 200);
}

#[test]
fn a_tenant_exists_until_it_expires_by_the_servers_clock_and_then_for_no_call() {
    let clock = ManualClock::at(NOW);
    let server = small().clock(ServerClock::Manual(clock.clone())).start().unwrap();
    let control = Client::at(format!("http://{}/_mock/v1", server.address()));
    for (nth, call) in calls().iter().filter(|it| is_about_a_tenant(it)).enumerate() {
        let name = format!("Brief{nth}");
        let made = control.post("/tenants", &json!({"name": name, "users": 1, "timeToLive": "1h"}));
        let anyone = Client::at(format!("http://{}", server.address()));
        let login = || anyone.post("/admin/v1/authenticate", &json!({"tenantName": name}));
        control.post(&format!("/tenants/{name}/clock/advance"), &json!({"by": "90d"}));
        let token = login().at("/accessToken").to_owned();
        let what = format!("{} {}", call.method, call.path);

        let tokens = [made.at("/secretKey"), token.as_str()];
        again(&server, call, &name, tokens);
        let is_deletion = what == "DELETE /_mock/v1/tenants/{tenant}";
        let there = control.get(&format!("/tenants/{name}"));
        assert_eq!(there.status, if is_deletion { 404 } else { 200 }, "{what}");

        clock.advance(SignedDuration::from_hours(2));
        let late = again(&server, call, &name, tokens);
        assert_eq!(late.status, 404, "{what}: {}", late.text);
        assert!(late.detail().contains("there is no tenant"), "{what}: {}", late.text);
        is_alive(&server);
    }
}

/// Has callers make every call while `meanwhile` goes on; each must be answered.
fn under_fire(meanwhile: impl Fn(&Client) + Sync) {
    let server = small().workers(2).start().unwrap();
    let calls = calls();
    let control = Client::at(format!("http://{}/_mock/v1", server.address()));
    let (key, login) = (server.secret_key().unwrap(), token(&server));
    let tokens = [key.as_str(), login.as_str()];
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|shift| {
                let (server, calls) = (&server, &calls);
                scope.spawn(move || {
                    let (late, early) = calls.split_at(shift * calls.len() / CALLERS);
                    for call in early.iter().chain(late) {
                        let answer = again(server, call, "NordlysQA", tokens);
                        assert_ne!(answer.status, 500, "{call:?}: {}", answer.text);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !is_over.load(Ordering::Acquire) {
                meanwhile(&control);
            }
        });
        let outcomes: Vec<_> = callers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::Release);
        for outcome in outcomes {
            outcome.unwrap();
        }
    });
    is_alive(&server);
}

fn token(server: &MockServer) -> String {
    let anyone = Client::at(format!("http://{}", server.address()));
    let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": "NordlysQA"}));
    login.at("/accessToken").to_owned()
}

#[test]
fn every_call_is_answered_while_its_tenant_is_reset() {
    under_fire(|control| {
        let answer = control.post("/tenants/NordlysQA/reset", &json!({}));
        // Those who call everything reset and delete it, too, and one of them may come first.
        assert!([200, 404, 503].contains(&answer.status), "{}", answer.text);
    });
}

#[test]
fn every_call_is_answered_while_its_tenant_is_deleted_and_made_again() {
    under_fire(|control| {
        control.delete("/tenants/NordlysQA");
        control.post("/tenants", &json!({"name": "NordlysQA", "users": 2}));
    });
}
