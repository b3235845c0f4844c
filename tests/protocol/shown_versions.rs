//! Versions of answers: a user with its groups, lists, discovery documents.

use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Stage, USER, stage};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn patch(stage: &Stage, path: &str, operation: Json) -> Answer {
    let body = json!({"schemas": [PATCH], "Operations": [operation]});
    let answer = stage.send("PATCH", path, &[], Some(&body));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// A GET with `If-None-Match` of a copy.
fn again(stage: &Stage, path: &str, seen: &str) -> Answer {
    let answer = stage.send("GET", path, &[("if-none-match", seen)], None);
    if answer.status == 304 {
        assert_eq!((tag(&answer), &answer.json), (seen.to_owned(), &Json::Null));
    }
    answer
}

#[test]
fn a_copy_of_a_user_with_other_groups_is_out_of_date() {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna"}));
    let path = format!("/Users/{anna}");
    let team = stage.group(json!({"displayName": "Team"}));
    let outer = stage.group(json!({"displayName": "Outer"}));
    let members = json!([{"value": anna}]);
    let of = |id: &str| format!("/Groups/{id}");

    let mut seen = tag(&stage.get(&path));
    assert_eq!((seen.as_str(), again(&stage, &path, &seen).status), ("W/\"1\"", 304));
    let mut all = vec![seen.clone()];
    for (group, operation) in [
        (&team, json!({"op": "add", "path": "members", "value": members})),
        (&team, json!({"op": "replace", "path": "displayName", "value": "Crew"})),
        (&outer, json!({"op": "add", "path": "members", "value": [{"value": team}]})),
        (&outer, json!({"op": "add", "path": "members", "value": members})),
    ] {
        patch(&stage, &of(group), operation);

        let fresh = again(&stage, &path, &seen);
        assert_eq!(fresh.status, 200, "{seen}");
        seen = tag(&fresh);
        assert_eq!(fresh.json["meta"]["version"], seen);
        assert_eq!(again(&stage, &path, &seen).status, 304);
        assert!(!all.contains(&seen), "{seen} is in {all:?}");
        all.push(seen.clone());
    }
    patch(&stage, &of(&team), json!({"op": "remove", "path": "members"}));
    assert_eq!(stage.send("DELETE", &of(&outer), &[], None).status, 204);

    assert_eq!(again(&stage, &path, &seen).status, 200);
    assert_eq!(tag(&stage.get(&path)), "W/\"1\"", "it was itself never changed");
}

#[test]
fn a_change_of_a_user_does_not_depend_on_its_groups() {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna"}));
    let path = format!("/Users/{anna}");
    let alone = tag(&stage.get(&path));
    let group = stage.group(json!({"displayName": "Team", "members": [{"value": anna}]}));
    let in_team = tag(&stage.get(&path));
    assert_ne!(alone, in_team);
    let title = |title: &str, tag: &str| {
        let body = json!({"schemas": [USER], "userName": "anna", "title": title});
        stage.send("PUT", &path, &[("if-match", tag)], Some(&body))
    };

    let first = title("a", &alone);
    let second = title("b", &tag(&first));
    assert_eq!((first.status, second.status), (200, 200));
    for stale in [&alone, &in_team] {
        title("c", stale).is_refused(412, "", "send If-Match: W/\"3-");
    }
    assert_eq!(second.json["meta"]["version"], tag(&second));
    stage.send("DELETE", &format!("/Groups/{group}"), &[], None);
    assert_eq!(title("d", &tag(&second)).status, 200, "the groups went, the user stayed");
}

#[test]
fn a_filter_finds_the_version_that_is_shown() {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna"}));
    stage.group(json!({"displayName": "Team", "members": [{"value": anna}]}));
    let seen = tag(&stage.get(&format!("/Users/{anna}")));

    let filter = format!("meta.version eq {}", json!(seen));
    let filter = filter.replace(' ', "%20").replace('"', "%22").replace('\\', "%5C");
    let found = stage.get(&format!("/Users?filter={filter}"));

    assert_eq!(found.each("userName"), ["anna"]);
    assert_eq!(found.json["Resources"][0]["meta"]["version"], seen);
}

#[test]
fn a_copy_that_may_contain_an_old_name_is_out_of_date() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss", "displayName": "Boss"}));
    let anna = stage.user(json!({
        "schemas": [USER, ENTERPRISE], "userName": "anna", ENTERPRISE: {"manager": {"value": boss}},
    }));
    let group = stage.group(json!({"displayName": "Team", "members": [{"value": boss}]}));
    let paths = [format!("/Users/{anna}"), format!("/Groups/{group}")];
    let seen = paths.clone().map(|path| tag(&stage.get(&path)));
    for (path, seen) in paths.iter().zip(&seen) {
        assert_eq!(again(&stage, path, seen).status, 304, "{path}");
    }

    let name = json!({"op": "replace", "path": "displayName", "value": "Chief"});
    patch(&stage, &format!("/Users/{boss}"), name);

    for (path, seen) in paths.iter().zip(&seen) {
        let fresh = again(&stage, path, seen);
        assert_eq!((fresh.status, fresh.json.to_string().contains("Chief")), (200, true), "{path}");
    }
    let without = format!("{}?excludedAttributes=members", paths[1]);
    assert_eq!(again(&stage, &without, &seen[1]).status, 304, "no name is shown");
}

#[test]
fn a_copy_from_before_a_reset_is_out_of_date() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss", "displayName": "Boss"}));
    let group = stage.group(json!({"displayName": "Team", "members": [{"value": boss}]}));
    let path = format!("/Groups/{group}");
    stage.server.take_snapshot("made").unwrap();
    let name = json!({"op": "replace", "path": "displayName", "value": "Chief"});
    patch(&stage, &format!("/Users/{boss}"), name);
    let seen = stage.get(&path);
    assert!(seen.json.to_string().contains("Chief"));

    stage.server.restore("made").unwrap();

    let fresh = again(&stage, &path, &tag(&seen));
    assert_eq!((fresh.status, fresh.json.to_string().contains("Chief")), (200, false));
}

#[rstest]
#[case::users("/Users")]
#[case::root("")]
#[case::filtered("/Users?filter=userName%20eq%20%22anna%22")]
#[case::sorted("/Users?sortBy=userName&count=5")]
#[case::config("/ServiceProviderConfig")]
#[case::types("/ResourceTypes")]
#[case::one_type("/ResourceTypes/User")]
#[case::schemas("/Schemas")]
#[case::one_schema("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")]
fn lists_and_discovery_documents_have_versions(#[case] path: &str) {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna"}));
    let is_list = !path.starts_with("/S") && !path.starts_with("/R");

    let seen = tag(&stage.get(path));
    assert!(seen.starts_with("W/\""), "{seen}");
    assert_eq!(again(&stage, path, &seen).status, 304);
    assert_eq!(again(&stage, path, "W/\"0\"").status, 200);

    // Derived attributes are part of a list, too.
    stage.group(json!({"displayName": "Team", "members": [{"value": anna}]}));
    let fresh = again(&stage, path, &seen);
    assert_eq!(fresh.status, if is_list { 200 } else { 304 });
    assert_eq!(tag(&fresh) == seen, !is_list);
}

#[test]
fn an_empty_list_has_a_version_and_a_search_by_post_has_none() {
    let stage = stage();
    let search = json!({"schemas": [crate::support::SEARCH]});

    let seen = tag(&stage.get("/Users"));
    let posted = stage.send("POST", "/Users/.search", &[("if-none-match", "*")], Some(&search));
    stage.user(json!({"userName": "anna"}));
    stage.user(json!({"userName": "bo"}));
    let page = stage.get("/Users?count=1&cursor=");

    assert_eq!((posted.status, posted.header("etag")), (200, None));
    assert_eq!(page.header("etag"), None, "a cursor is another one in each answer");
    assert_eq!(again(&stage, "/Users", &seen).status, 200);
}

#[test]
fn a_bulk_returns_the_version_that_is_shown_and_accepts_it() {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna"}));
    stage.group(json!({"displayName": "Team", "members": [{"value": anna}]}));
    let seen = tag(&stage.get(&format!("/Users/{anna}")));
    let operation = json!({
        "method": "PUT", "path": format!("/Users/{anna}"), "version": seen,
        "data": {"schemas": [USER], "userName": "anna", "title": "Clerk"},
    });
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [operation],
    });

    let done = stage.post("/Bulk", &body);

    let operation = &done.json["Operations"][0];
    assert_eq!(operation["status"], "200", "{done:?}");
    assert_eq!(operation["version"], tag(&stage.get(&format!("/Users/{anna}"))));
}
