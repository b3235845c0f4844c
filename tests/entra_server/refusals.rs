//! What is refused, and how it is told.

use rstest::rstest;
use serde_json::{Value, json};

use crate::World;

#[rstest]
#[case::scope(json!({"scope": "everybody"}), "scope")]
#[case::unknown(json!({"scop": "all"}), "scop")]
#[case::token(json!({"secretToken": ""}), "secretToken")]
#[case::toml(json!({"configuration": "[users]\nenabled = 3"}), "configuration")]
#[case::size(json!({"directory": {"generate": {"users": 1_000_000}}}), "directory.generate.users")]
#[case::objects(json!({"directory": {"objects": {"users": [{}]}}}), "directory.objects")]
fn a_job_that_cannot_be_names_the_field(#[case] body: Value, #[case] field: &str) {
    let world = World::new();

    let refused = world.put("/entra", &body);

    assert_eq!((refused.status, &refused.json["code"]), (400, &json!("invalid-body")));
    assert_eq!(refused.json["field"], field, "{refused:?}");
    assert_eq!(world.get("/entra").json["code"], "no-job");
    assert!(world.server.requests().is_empty());
}

#[test]
fn without_a_job_every_order_says_how_to_make_one() {
    let world = World::new();

    for path in ["cycle", "cycle?wait=true", "start", "pause", "test-connection", "week"] {
        let refused = world.post(&format!("/entra/{path}"), &json!({}));
        assert_eq!((refused.status, &refused.json["code"]), (404, &json!("no-job")), "{path}");
        assert!(refused.json["hint"].as_str().unwrap().starts_with("PUT "), "{refused:?}");
    }
}

#[test]
fn changes_are_done_all_or_none() {
    let world = World::with_job(3, 0);
    let version = world.get("/entra/directory").json["version"].clone();
    let joiner =
        json!({"change": "createUser", "attributes": {"userPrincipalName": "a@b.example"}});
    let nobody = json!({"change": "disable", "object": "nobody@b.example"});

    let refused = world.post("/entra/directory/changes", &json!({"changes": [joiner, nobody]}));

    assert_eq!((refused.status, &refused.json["code"]), (409, &json!("change-refused")));
    assert_eq!(refused.json["field"], "changes[1]");
    assert_eq!(world.get("/entra/directory").json["version"], version);
}

#[test]
fn nobody_unknown_is_provisioned_on_demand() {
    let world = World::with_job(3, 0);

    let refused = world.post("/entra/on-demand", &json!({"user": "nobody@b.example"}));

    assert_eq!((refused.status, &refused.json["field"]), (404, &json!("user")));
    assert!(world.server.requests().is_empty());
}

#[test]
fn a_restart_has_the_scopes_of_graph() {
    let world = World::with_job(3, 0);

    let refused = world.post("/entra/restart", &json!({"scope": "Everything"}));
    assert_eq!((refused.status, &refused.json["field"]), (400, &json!("scope")));

    world.cycle();
    assert_eq!(world.post("/entra/restart", &json!({"scope": "Full"})).status, 200);
    assert_eq!(world.cycle()["cycle"]["kind"], "initial");
    assert_eq!(world.post("/entra/allow-deletions", &json!({})).status, 200);
}
