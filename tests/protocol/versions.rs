//! Versions of resources: `ETag`, `If-Match`, `If-None-Match` (RFC 7644 §3.14).

use mediusflow_mock::scim::Profile;
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{GROUP, USER, of, stage};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

fn patch(attribute: &str, value: &str) -> Json {
    let operations = json!([{"op": "replace", "path": attribute, "value": value}]);
    json!({"schemas": [PATCH], "Operations": operations})
}

#[test]
fn every_answer_about_one_resource_has_its_version() {
    let stage = of(Profile::Mediusflow);
    let body = json!({"schemas": [GROUP], "displayName": "Finance"});

    let made = stage.post("/Groups", &body);
    let path = format!("/Groups/{}", made.json["id"].as_str().unwrap());
    let put = stage.send("PUT", &path, &[], Some(&json!({"schemas": [GROUP], "displayName": "B"})));
    let patched = stage.send("PATCH", &path, &[], Some(&patch("displayName", "C")));
    let got = stage.get(&path);

    assert_eq!((made.header("etag"), made.status), (Some("W/\"1\""), 201));
    assert_eq!((put.header("etag"), put.status), (Some("W/\"2\""), 200));
    assert_eq!((patched.header("etag"), patched.status), (Some("W/\"3\""), 204));
    assert_eq!(got.header("etag"), got.json["meta"]["version"].as_str());
}

#[rstest]
#[case::same("GET", "if-none-match", "W/\"1\"", 304)]
#[case::one_of_several("GET", "if-none-match", "\"7\", \"1\"", 304)]
#[case::any("GET", "if-none-match", "*", 304)]
#[case::other("GET", "if-none-match", "W/\"2\"", 200)]
#[case::same("GET", "if-match", "W/\"1\"", 200)]
#[case::stale("GET", "if-match", "W/\"0\"", 412)]
#[case::same("PUT", "if-match", "W/\"1\"", 200)]
#[case::stale("PUT", "if-match", "W/\"0\"", 412)]
#[case::not_if_there("PUT", "if-none-match", "*", 412)]
#[case::not_if_so("PUT", "if-none-match", "W/\"1\"", 412)]
#[case::unless_so("PUT", "if-none-match", "W/\"2\"", 200)]
#[case::any("PATCH", "if-match", "*", 200)]
#[case::stale("PATCH", "if-match", "nonsense", 412)]
#[case::not_if_there("PATCH", "if-none-match", "*", 412)]
#[case::same("DELETE", "if-match", "W/\"1\"", 204)]
#[case::stale("DELETE", "if-match", "W/\"9\", W/\"8\"", 412)]
#[case::not_if_so("DELETE", "if-none-match", "W/\"1\"", 412)]
fn a_request_can_depend_on_the_version(
    #[case] method: &str,
    #[case] header: &str,
    #[case] tags: &str,
    #[case] status: u16,
) {
    let stage = stage();
    let path = format!("/Users/{}", stage.user(json!({"userName": "anna"})));
    let body = match method {
        "PUT" => Some(json!({"schemas": [USER], "userName": "anna", "title": "Clerk"})),
        "PATCH" => Some(patch("title", "Clerk")),
        _ => None,
    };

    let answer = stage.send(method, &path, &[(header, tags)], body.as_ref());

    assert_eq!(answer.status, status);
    if status == 412 {
        answer.is_refused(412, "", "the version is W/\"1\"; ");
        assert_eq!(stage.get(&path).header("etag"), Some("W/\"1\""));
    }
}

#[rstest]
#[case::blank("")]
#[case::comma(",")]
#[case::prefix_alone("W/")]
#[case::two_prefixes("W/W/\"1\"")]
#[case::small_prefix("w/\"1\"")]
#[case::bare("1")]
#[case::open("W/\"1")]
#[case::not_opened("1\"")]
#[case::other_quotes("'1'")]
#[case::no_comma("\"2\" \"1\"")]
#[case::stars("**")]
fn an_invalid_list_of_versions_matches_no_version(
    #[case] tags: &str,
    #[values("PUT", "PATCH", "DELETE")] method: &str,
) {
    let stage = stage();
    let path = format!("/Users/{}", stage.user(json!({"userName": "anna"})));
    let body = match method {
        "PUT" => Some(json!({"schemas": [USER], "userName": "anna", "title": "Clerk"})),
        "PATCH" => Some(patch("title", "Clerk")),
        _ => None,
    };

    let refused = stage.send(method, &path, &[("if-match", tags)], body.as_ref());
    let passed = stage.send("GET", &path, &[("if-none-match", tags)], None);

    refused.is_refused(412, "", "send If-Match: W/\"1\"");
    assert_eq!((passed.status, passed.header("etag")), (200, Some("W/\"1\"")));
}

#[test]
fn a_condition_on_a_missing_resource_is_404() {
    for header in ["if-match", "if-none-match"] {
        stage().send("DELETE", "/Users/none", &[(header, "*")], None).is_refused(404, "", "none");
    }
}

#[test]
fn if_none_match_star_creates_only_a_new_resource() {
    let stage = stage();
    let body = json!({"schemas": [USER], "userName": "anna"});
    let make = || stage.send("POST", "/Users", &[("if-none-match", "*")], Some(&body));

    let (first, second) = (make(), make());

    assert_eq!(first.status, 201);
    second.is_refused(412, "", "userName \"anna\" is in use");
}

#[test]
fn of_several_writers_with_the_same_version_only_one_succeeds() {
    let stage = stage();
    let path = format!("/Users/{}", stage.user(json!({"userName": "anna"})));

    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let write = |n: usize| {
            let (stage, path) = (&stage, &path);
            scope.spawn(move || {
                let body = patch("title", &format!("Clerk {n}"));
                stage.send("PATCH", path, &[("if-match", "W/\"1\"")], Some(&body)).status
            })
        };
        let threads: Vec<_> = (0..8).map(write).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });

    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|it| **it == 412).count(), 7, "{statuses:?}");
}

#[rstest]
#[case("GET")]
#[case("PATCH")]
#[case("POST")]
fn me_is_501_without_a_user_for_it(#[case] method: &str) {
    stage().send(method, "/Me", &[], Some(&json!({}))).is_refused(501, "", "RFC 7644 §3.11");
}

/// A server whose POST replaces a resource with the same name.
fn replacing() -> crate::support::Stage {
    let dialect = mediusflow_mock::scim::Dialect {
        duplicates: mediusflow_mock::scim::Duplicates::Replace,
        ..mediusflow_mock::scim::Dialect::of(Profile::Rfc)
    };
    let server = mediusflow_mock::MockServer::builder().users(0).groups(0);
    let server = server.profile(Profile::Rfc).dialect(dialect).start().unwrap();
    crate::support::Stage::on(server)
}

#[rstest]
#[case::same("if-match", "W/\"1\"", 200)]
#[case::any("if-match", "*", 200)]
#[case::stale("if-match", "W/\"7\"", 412)]
#[case::not_if_there("if-none-match", "*", 412)]
#[case::not_if_so("if-none-match", "W/\"1\"", 412)]
#[case::unless_so("if-none-match", "W/\"7\"", 200)]
fn a_post_that_replaces_depends_on_the_version(
    #[case] header: &str,
    #[case] tags: &str,
    #[case] status: u16,
) {
    let stage = replacing();
    let path = format!("/Users/{}", stage.user(json!({"userName": "anna", "title": "Clerk"})));
    let body = json!({"schemas": [USER], "userName": "ANNA", "title": "Chief"});

    let answer = stage.send("POST", "/Users", &[(header, tags)], Some(&body));

    assert_eq!(answer.status, status, "{answer:?}");
    let title = if status == 412 { "Clerk" } else { "Chief" };
    assert_eq!(stage.get(&path).json["title"], title);
}

#[test]
fn a_post_with_if_match_creates_no_new_resource() {
    let stage = replacing();
    let body = json!({"schemas": [USER], "userName": "anna"});

    let refused = stage.send("POST", "/Users", &[("if-match", "W/\"1\"")], Some(&body));

    refused.is_refused(412, "", "there is no resource to replace");
    assert_eq!(stage.get("/Users").json["totalResults"], 0);
    let made = stage.send("POST", "/Users", &[("if-none-match", "*")], Some(&body));
    assert_eq!(made.status, 201);
}
