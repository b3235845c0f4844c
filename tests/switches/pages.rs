//! Pages, their cap and their cursors, while settings and keys change.

use mediusflow_mock::scim::{DEFAULT_COUNT, Dialect, Profile};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, SEARCH, Tenant};

/// A tenant of five users with a cap of three.
fn capped(profile: &str) -> Tenant {
    let tenant = Tenant::set(json!({"profile": profile, "mostResults": 3}));
    for name in ["ada", "bea", "cid", "dan", "eva"] {
        tenant.user(name);
    }
    tenant
}

fn config(tenant: &Tenant) -> Value {
    tenant.get("/ServiceProviderConfig").json
}

/// A list by GET, or a search by POST where the path ends so.
fn list(tenant: &Tenant, path: &str, count: Option<i64>, cursor: Option<&str>) -> Answer {
    if path.ends_with("/.search") {
        let mut body = json!({"schemas": [SEARCH]});
        for (name, value) in [("count", count.map(Value::from)), ("cursor", cursor.map(Into::into))]
        {
            if let Some(value) = value {
                body[name] = value;
            }
        }
        return tenant.scim("POST", path, &body);
    }
    let count = count.map(|it| format!("&count={it}")).unwrap_or_default();
    let cursor = cursor.map(|it| format!("&cursor={it}")).unwrap_or_default();
    tenant.get(&format!("{path}?{count}{cursor}"))
}

#[rstest]
fn no_page_is_longer_than_the_announced_cap(
    #[values("/Users", "/Users/.search", "", "/.search")] path: &str,
    #[values(None, Some(3), Some(4), Some(i64::MAX))] count: Option<i64>,
    #[values("mediusflow", "rfc")] profile: &str,
) {
    let tenant = capped(profile);

    let by_index = list(&tenant, path, count, None).json;
    let first = list(&tenant, path, count, Some("")).json;
    let next = first["nextCursor"].as_str().unwrap();
    let second = list(&tenant, path, count, Some(next)).json;

    let announced = config(&tenant);
    let (cap, size) = (&announced["filter"]["maxResults"], &announced["pagination"]);
    assert_eq!((cap, &size["maxPageSize"], &size["defaultPageSize"]), (&json!(3), cap, cap));
    assert_eq!((&by_index["itemsPerPage"], &by_index["totalResults"]), (cap, &json!(5)));
    assert_eq!((&first["itemsPerPage"], &second["itemsPerPage"]), (cap, &json!(2)));
}

#[test]
fn the_service_provider_config_follows_the_settings() {
    let tenant = Tenant::new();
    let pagination = |tenant: &Tenant| config(tenant)["pagination"].clone();

    let before = pagination(&tenant);
    tenant.change(json!({"paging": "cursor", "mostResults": 65_535}));
    let after = pagination(&tenant);
    tenant.change(json!({"profile": "rfc"}));

    assert_eq!(
        (&before["defaultPaginationMethod"], &before["maxPageSize"]),
        (&json!("index"), &json!(1000))
    );
    assert_eq!(
        (&after["defaultPaginationMethod"], &after["maxPageSize"]),
        (&json!("cursor"), &json!(65_535))
    );
    assert_eq!(after["defaultPageSize"], DEFAULT_COUNT);
    assert_eq!(pagination(&tenant), before);
}

#[test]
fn no_other_setting_makes_the_announcement_wrong() {
    let tenant = Tenant::with(Dialect::of(Profile::Rfc));
    let before = config(&tenant);

    tenant.change(json!({
        "strict": true, "filterable": "documented", "answersModifiedUsers": false,
        "answersModifiedOthers": false, "unknownAttributes": "drop", "absentTargets": "refuse",
        "unknownMembers": "refuse", "groupNames": "unique", "discovery": "keyed",
        "duplicates": "replace", "deletedUsers": "deactivate", "requiresConfiguration": true,
    }));

    assert_eq!(config(&tenant), before);
    let id = tenant.user("ada");
    // Each of these is announced as supported.
    let etag = tenant.get(&format!("/Users/{id}")).headers["etag"].clone();
    let patch = json!({"op": "replace", "path": "title", "value": "x"});
    assert_eq!(tenant.patch(&format!("/Users/{id}"), &patch).status, 204);
    assert_eq!(tenant.get("/Users?filter=userName+eq+%22ada%22").json["totalResults"], 1);
    assert_eq!(tenant.get("/Users?sortBy=userName").status, 200);
    assert_ne!(tenant.get(&format!("/Users/{id}")).headers["etag"], etag);
}

#[test]
fn a_cursor_is_invalid_after_a_new_secret_key() {
    let tenant = capped("rfc");
    let first = list(&tenant, "/Users", None, Some("")).json;
    let next = first["nextCursor"].as_str().unwrap();

    tenant.console("POST", "/secret-key", &json!({"confirm": true}));
    let refused = list(&tenant, "/Users", None, Some(next));

    assert_eq!(refused.kind(), (400, "invalidCursor"));
    assert!(refused.detail().contains("not made here; send an empty cursor"));
}

#[test]
fn a_cursor_is_invalid_after_a_smaller_page_cap() {
    let tenant = capped("rfc");
    let first = list(&tenant, "/Users", None, Some("")).json;
    let next = first["nextCursor"].as_str().unwrap();

    tenant.change(json!({"mostResults": 2}));
    let refused = list(&tenant, "/Users", None, Some(next));
    tenant.change(json!({"mostResults": 3}));

    assert_eq!(refused.kind(), (400, "invalidCount"));
    assert!(refused.detail().contains("must stay 3 while a cursor is followed, found 2"));
    assert_eq!(list(&tenant, "/Users", None, Some(next)).status, 200);
}
