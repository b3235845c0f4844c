//! The clock of a tenant, and what it moves.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    ada, control, last,
    support::{Answer, Client, NOW, server, timed_server},
};

fn call(server: &MockServer, method: &str, path: &str, body: &Value) -> Answer {
    control(server).call(method, path).header("content-type", "application/json").json(body).send()
}

#[rstest]
#[case(json!({"mode": "real"}), "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z")]
#[case(json!({"mode": "frozen", "at": "2030-01-01T00:00:00Z"}), "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z")]
#[case(json!({"mode": "frozen", "at": "2030-01-01T24:00:00Z"}), "2030-01-02T00:00:00Z", "2030-01-02T00:00:00Z")]
#[case(json!({"mode": "offset", "by": "-1d"}), "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z")]
#[case(json!({"mode": "scaled", "factor": 24}), "2026-03-03T12:00:00Z", "2026-03-04T12:00:00Z")]
#[case(json!({"mode": "scaled", "factor": 2, "from": "2020-01-01T00:00:00Z"}), "2020-01-01T00:00:00Z", "2020-01-01T02:00:00Z")]
fn a_clock_runs_as_it_is_set(
    #[case] setting: Value,
    #[case] at_once: &str,
    #[case] hour_later: &str,
) {
    let (server, clock) = timed_server();

    let set = call(&server, "PUT", "/clock", &setting);
    clock.advance(jiff::SignedDuration::from_hours(1));
    let later = control(&server).get("/clock");

    assert_eq!((set.status, set.at("/now")), (200, at_once));
    assert_eq!((later.at("/now"), later.at("/serverNow")), (hour_later, "2026-03-03T13:00:00Z"));
    assert_eq!(later.at("/mode"), setting["mode"]);
}

#[test]
fn an_advance_moves_meta_and_the_journal_and_ends_keys() {
    let server = server();
    let console = Client::console(&server);
    let key =
        console.post("/secret-key", &json!({"confirm": true, "expiresAt": "2026-04-02T12:00:00Z"}));
    let scim = Client::scim(&server).with_token(key.at("/secretKey"));
    assert_eq!(scim.get("/Users").status, 200);

    let moved = call(&server, "POST", "/clock/advance", &json!({"by": "29d"}));
    let created = scim.post("/Users", &ada());
    let exchange = last(&server);
    call(&server, "POST", "/clock/advance", &json!({"by": "1d"}));
    let refused = scim.get("/Users");

    assert_eq!(moved.at("/now"), "2026-04-01T12:00:00Z");
    assert_eq!(created.at("/meta/created"), "2026-04-01T12:00:00Z");
    assert_eq!(exchange.at, NOW + jiff::SignedDuration::from_hours(29 * 24));
    assert_eq!(
        exchange.took.as_millis(),
        0,
        "the server's clock stands still, so nothing took time"
    );
    refused.is_scim_error(401, "", &["expired"]);
}

#[test]
fn tenants_have_clocks_of_their_own_and_a_reset_sets_them_back() {
    let server = server();
    call(&server, "PUT", "/clock", &json!({"mode": "frozen", "at": "2030-01-01T00:00:00Z"}));
    let other = Client::at(format!("http://{}/_mock/v1/tenants/Nordlys", server.address()));

    assert_eq!(other.get("/clock").at("/now"), "2026-03-03T12:00:00Z");
    server.reset();
    assert_eq!(control(&server).get("/clock").at("/mode"), "real");
}

#[test]
fn the_shown_clock_can_be_put_back() {
    let server = server();
    let offset = call(&server, "PUT", "/clock", &json!({"mode": "offset", "by": "90m"}));

    let again = call(&server, "PUT", "/clock", &offset.json);

    assert_eq!((again.status, again.json), (200, offset.json));
}
