//! `/Me`, the alias of the authenticated user (RFC 7644 §3.11).

use serde_json::{Value as Json, json};

use crate::support::{Stage, plain, user};

/// A tenant in which `/Me` is Ada, and her id.
fn ada() -> (Stage, String) {
    let stage = plain();
    let id = stage.user("ada", &Json::Null);
    let set = stage.console("PATCH", "/scim-settings", &json!({"me": "ADA"}));
    assert_eq!((set.status, &set.json["me"]), (200, &json!("ADA")));
    (stage, id)
}

#[test]
fn a_key_without_a_user_has_no_me() {
    let stage = plain();

    for method in ["GET", "PUT", "PATCH", "DELETE", "POST"] {
        let answer = stage.scim(method, "/Me", &user("ada", &Json::Null));
        answer.is_refused(501, "", "a secret key belongs to a client");
    }
}

#[test]
fn me_is_read_changed_and_deleted_at_its_permanent_address() {
    let (stage, id) = ada();
    let address = format!("{}/Users/{id}", stage.server.scim_url());

    let read = stage.get("/Me?attributes=userName");
    assert_eq!(
        (read.status, &read.json["id"], &read.json["userName"]),
        (200, &json!(id), &json!("ada"))
    );
    assert_eq!(read.header("location"), Some(&*address));
    let operations = json!([{"op": "replace", "path": "title", "value": "Clerk"}]);
    let patched = stage.patch("/Me", &operations);
    assert_eq!(
        (&patched.json["title"], patched.header("location")),
        (&json!("Clerk"), Some(&*address))
    );
    let replaced = stage.scim("PUT", "/Me", &user("ada", &Json::Null));
    assert_eq!((replaced.status, replaced.json.get("title")), (200, None));
    assert_eq!(replaced.json["meta"]["location"], address);
    let summary = stage.server.requests().pop().unwrap().summary.clone();
    assert!(summary.starts_with("REPLACE user ada"), "{summary}");
    let refused = stage.patch("/Me", &json!([{"op": "replace", "path": "titel", "value": "x"}]));
    assert_eq!((refused.status, refused.header("location")), (400, Some(&*address)));
    let gone = stage.scim("DELETE", "/Me", &Json::Null);
    assert_eq!((gone.status, gone.header("location")), (204, Some(&*address)));
    stage.get(&format!("/Users/{id}")).is_refused(404, "", &id);
    stage.get("/Me").is_refused(404, "", "stands for the user \"ADA\"");
}

#[test]
fn a_post_to_me_is_refused() {
    let (stage, _) = ada();

    let refused = stage.post("/Me", &user("bo", &Json::Null));

    refused.is_refused(501, "", "create the user at /Users (RFC 7644 §3.11)");
    assert_eq!(stage.get("/Users").json["totalResults"], 1);
}

#[test]
fn me_honours_versions() {
    let (stage, id) = ada();
    let read = stage.get("/Me");

    assert_eq!(read.header("etag"), stage.get(&format!("/Users/{id}")).header("etag"));
    stage.get("/Me/more").is_refused(404, "", "nothing answers at /Me/more");
}

#[test]
fn me_is_refused_without_a_key() {
    let (stage, id) = ada();
    let url = format!("{}/Me", stage.server.scim_url());
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();

    let mut answer = ureq::Agent::from(config).get(&url).call().unwrap();

    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (401, None));
    assert!(!answer.body_mut().read_to_string().unwrap().contains(&id));
}
