//! Each switch, on and off, as a SCIM client meets it.

use mediusflow_mock::scim::{Dialect, Profile};
use serde_json::{Value, json};

use crate::support::{BULK, ENTERPRISE, GROUP, Tenant, USER};

fn ada(title: &str) -> Value {
    json!({"schemas": [USER], "userName": "ada", "title": title})
}

#[test]
fn a_patch_answers_with_the_resource_or_with_nothing() {
    for (kind, switch) in [("Users", "answersModifiedUsers"), ("Groups", "answersModifiedOthers")] {
        let tenant = Tenant::new();
        let id = if kind == "Users" { tenant.user("ada") } else { tenant.group("crew") };
        let patch = |external: &str| {
            let operation = json!({"op": "replace", "path": "externalId", "value": external});
            tenant.patch(&format!("/{kind}/{id}"), &operation)
        };

        tenant.change(json!({switch: true}));
        let shown = patch("1");
        tenant.change(json!({switch: false}));
        let empty = patch("2");

        assert_eq!((shown.status, &shown.json["externalId"]), (200, &json!("1")));
        assert_eq!((empty.status, &empty.json), (204, &Value::Null));
    }
}

#[test]
fn a_replace_at_a_filter_that_matches_nothing_creates_the_value_or_is_refused() {
    let tenant = Tenant::set(json!({"absentTargets": "refuse"}));
    let path = format!("/Users/{}", tenant.user("ada"));
    let at_work = |op: &str| {
        let value = format!("{op}@work.example");
        json!({"op": op, "path": "emails[type eq \"work\"].value", "value": value})
    };

    let refused = tenant.patch(&path, &at_work("replace"));
    let added = tenant.patch(&path, &at_work("add"));
    tenant.patch(&path, &json!({"op": "remove", "path": "emails"}));
    tenant.change(json!({"absentTargets": "create"}));
    let replaced = tenant.patch(&path, &at_work("replace"));

    assert_eq!(refused.kind(), (400, "noTarget"));
    assert_eq!(added.json["emails"], json!([{"type": "work", "value": "add@work.example"}]));
    assert_eq!(replaced.json["emails"], json!([{"type": "work", "value": "replace@work.example"}]));
}

#[test]
fn the_profile_decides_about_a_replace_at_a_filter_that_matches_nothing() {
    let paths = [
        ("emails[type eq \"work\"].value", json!("ada@work.example")),
        ("emails[type eq \"work\"]", json!({"value": "ada@work.example"})),
        ("addresses[country eq \"NO\" and type eq \"work\"].locality", json!("Oslo")),
        ("roles[primary eq \"True\"].value", json!("AP")),
    ];
    let standard = Tenant::with(Dialect::of(Profile::Rfc));
    let documented = Tenant::new();
    for (path, value) in paths {
        let replace = json!({"op": "replace", "path": path, "value": value});
        let user = |tenant: &Tenant| format!("/Users/{}", tenant.user(path));

        let (refused, made) = (
            standard.patch(&user(&standard), &replace),
            documented.patch(&user(&documented), &replace),
        );

        assert_eq!(refused.kind(), (400, "noTarget"), "{path}");
        assert!(refused.detail().contains("no value matches"), "{}", refused.detail());
        assert_eq!(made.status, 200, "{path}: {}", made.detail());
        assert!(documented.findings().iter().any(|it| it == "createOnAbsentFilter"), "{path}");
    }
}

#[test]
fn an_unknown_attribute_is_refused_or_left_out() {
    let tenant = Tenant::new();
    let body = json!({"schemas": [USER], "userName": "ada", "shoeSize": 38});

    let refused = tenant.scim("POST", "/Users", &body);
    tenant.change(json!({"unknownAttributes": "drop"}));
    let made = tenant.scim("POST", "/Users", &body);

    assert_eq!(refused.kind(), (400, "invalidSyntax"));
    assert_eq!((made.status, &made.json["shoeSize"]), (201, &Value::Null));
}

#[test]
fn an_unknown_member_is_kept_or_refused_in_every_request() {
    let tenant = Tenant::new();
    let path = format!("/Groups/{}", tenant.group("crew"));
    let add = |id: &str| json!({"op": "add", "path": "members", "value": [{"value": id}]});

    let kept = tenant.patch(&path, &add("ghost-1"));
    tenant.change(json!({"unknownMembers": "refuse"}));
    let body = json!({"schemas": [GROUP], "displayName": "x", "members": [{"value": "ghost-2"}]});
    let refused = [
        tenant.scim("POST", "/Groups", &body),
        tenant.scim("PUT", &path, &body),
        tenant.patch(&path, &add("ghost-2")),
    ];
    let real = tenant.patch(&path, &add(&tenant.user("ada")));

    assert_eq!(kept.status, 204);
    for answer in refused {
        assert_eq!(answer.kind(), (400, "invalidValue"));
        assert!(answer.detail().contains("\"ghost-2\""), "{}", answer.detail());
    }
    // Those that were there before nobody minds.
    assert_eq!(real.status, 204);
    assert_eq!(tenant.get(&path).json["members"].as_array().unwrap().len(), 2);
}

#[test]
fn two_groups_may_share_a_name_or_not() {
    let tenant = Tenant::new();
    let body = json!({"schemas": [GROUP], "displayName": "crew"});
    tenant.group("crew");
    let announced = |tenant: &Tenant| {
        let schema = tenant.get(&format!("/Schemas/{GROUP}")).json;
        let all = schema["attributes"].as_array().unwrap().clone();
        all.into_iter().find(|it| it["name"] == "displayName").unwrap()["uniqueness"].clone()
    };

    let refused = tenant.scim("POST", "/Groups", &body);
    let unique = announced(&tenant);
    tenant.change(json!({"groupNames": "free"}));
    let made = tenant.scim("POST", "/Groups", &body);
    let free = announced(&tenant);
    tenant.change(json!({"groupNames": "unique"}));
    let again = tenant.scim("POST", "/Groups", &body);

    assert_eq!((refused.kind(), unique), ((409, "uniqueness"), json!("server")));
    assert_eq!((made.status, free), (201, json!("none")));
    assert_eq!(again.kind(), (409, "uniqueness"));
    let found = tenant.get("/Groups?filter=displayName+eq+%22CREW%22").json;
    assert_eq!(found["totalResults"], 2);
}

#[test]
fn discovery_is_open_or_needs_the_key() {
    let tenant = Tenant::new();
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        tenant.change(json!({"discovery": "open"}));
        assert_eq!(tenant.anyone(path).status, 200);

        tenant.change(json!({"discovery": "keyed"}));
        let refused = tenant.anyone(path);
        assert_eq!(refused.status, 401);
        assert!(refused.headers["www-authenticate"].starts_with("Bearer realm="));
        assert_eq!(tenant.get(path).status, 200);
    }
}

#[test]
fn a_duplicate_is_refused_or_replaces_the_first() {
    let tenant = Tenant::new();
    let id = tenant.user("Ada");

    let refused = tenant.scim("POST", "/Users", &ada("Countess"));
    tenant.change(json!({"duplicates": "replace"}));
    let replaced = tenant.scim("POST", "/Users", &ada("Countess"));
    let same = tenant.scim("POST", "/Users", &ada("Countess"));
    let other = tenant.scim("POST", "/Users", &json!({"schemas": [USER], "userName": "bo"}));

    assert_eq!(refused.kind(), (409, "uniqueness"));
    assert_eq!((replaced.status, &replaced.json["id"]), (200, &json!(id)));
    assert_eq!(
        (&replaced.json["title"], &replaced.json["active"]),
        (&json!("Countess"), &Value::Null)
    );
    assert!(!replaced.headers.contains_key("location"));
    assert_eq!(same.json["meta"]["version"], replaced.json["meta"]["version"]);
    assert_eq!(other.status, 201);
    assert_eq!(tenant.get("/Users").json["totalResults"], 2);
}

#[test]
fn a_duplicate_in_a_bulk_replaces_the_first_too() {
    let tenant = Tenant::set(json!({"duplicates": "replace"}));
    let id = tenant.user("Ada");
    let post = |bulk_id: &str, user_name: &str| {
        let data = json!({"schemas": [USER], "userName": user_name, "title": bulk_id});
        json!({"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data})
    };
    let body = json!({"schemas": [BULK], "Operations": [post("a", "ADA"), post("b", "bo")]});

    let done = tenant.scim("POST", "/Bulk", &body).json;

    let [replaced, created] = [0, 1].map(|it| &done["Operations"][it]);
    assert_eq!((&replaced["status"], &created["status"]), (&json!("200"), &json!("201")));
    assert!(replaced["location"].as_str().unwrap().ends_with(&id));
    assert_eq!(tenant.get(&format!("/Users/{id}")).json["title"], "a");
    assert_eq!(tenant.get("/Users").json["totalResults"], 2);
}

#[test]
fn a_bulk_with_an_incomplete_circle_keeps_the_old_resources() {
    let tenant = Tenant::set(json!({"duplicates": "replace"}));
    let id = tenant.user("ada");
    tenant.change(json!({"duplicates": "replace", "unknownMembers": "refuse"}));
    let post = |bulk_id: &str, user_name: &str, manager: &str| {
        let data = json!({
            "schemas": [USER, ENTERPRISE], "userName": user_name,
            ENTERPRISE: {"manager": {"value": manager}},
        });
        json!({"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data})
    };
    // The two refer to each other, and the second one is refused.
    let operations = [post("a", "ada", "bulkId:b"), post("b", "", "bulkId:a")];
    let body = json!({"schemas": [BULK], "Operations": operations});

    let done = tenant.scim("POST", "/Bulk", &body).json;

    assert_eq!(done["Operations"][0]["status"], "409");
    assert_eq!(tenant.get(&format!("/Users/{id}")).status, 200);
}

#[test]
fn a_deleted_user_is_removed_or_stays_inactive() {
    let tenant = Tenant::set(json!({"deletedUsers": "deactivate"}));
    let id = tenant.user("ada");
    let path = format!("/Users/{id}");
    let body = json!({"schemas": [GROUP], "displayName": "crew", "members": [{"value": id}]});
    let group = tenant.scim("POST", "/Groups", &body).json;
    let group = format!("/Groups/{}", group["id"].as_str().unwrap());

    let deactivated = tenant.scim("DELETE", &path, &Value::Null);
    let kept = tenant.get(&path);
    let again = tenant.scim("DELETE", &path, &Value::Null);
    let taken = tenant.scim("POST", "/Users", &ada("x"));
    let members = tenant.get(&group).json["members"].clone();
    let removed_group = tenant.scim("DELETE", &group, &Value::Null);

    assert_eq!((deactivated.status, again.status, removed_group.status), (204, 204, 204));
    assert_eq!((kept.status, &kept.json["active"]), (200, &json!(false)));
    assert_eq!(taken.kind(), (409, "uniqueness"));
    assert_eq!(members[0]["value"], json!(id));
    assert_eq!(tenant.get(&group).status, 404);

    tenant.change(json!({"deletedUsers": "remove"}));
    assert_eq!(tenant.scim("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(tenant.get(&path).status, 404);
}

#[test]
fn a_page_has_as_many_resources_as_the_cap_allows_and_says() {
    let tenant = Tenant::set(json!({"mostResults": 2}));
    for name in ["ada", "bo", "cy"] {
        tenant.user(name);
    }

    let page = tenant.get("/Users").json;
    let config = tenant.get("/ServiceProviderConfig").json;
    tenant.change(json!({"mostResults": 3}));

    assert_eq!((&page["itemsPerPage"], &page["totalResults"]), (&json!(2), &json!(3)));
    assert_eq!(config["filter"]["maxResults"], 2);
    assert_eq!(tenant.get("/Users?count=9").json["itemsPerPage"], 3);
}

#[test]
fn pages_are_by_index_or_by_cursor_if_the_client_does_not_say() {
    let tenant = Tenant::set(json!({"paging": "cursor"}));
    for name in ["ada", "bo", "cy"] {
        tenant.user(name);
    }

    let first = tenant.get("/Users?count=2").json;
    let second =
        tenant.get(&format!("/Users?count=2&cursor={}", first["nextCursor"].as_str().unwrap()));
    let by_index = tenant.get("/Users?startIndex=2").json;
    let config = tenant.get("/ServiceProviderConfig").json;

    assert_eq!((&first["startIndex"], &first["itemsPerPage"]), (&Value::Null, &json!(2)));
    assert_eq!(second.json["Resources"][0]["userName"], "cy");
    assert_eq!((&by_index["startIndex"], &by_index["nextCursor"]), (&json!(2), &Value::Null));
    assert_eq!(config["pagination"]["defaultPaginationMethod"], "cursor");
}

#[test]
fn a_user_without_a_configuration_is_kept_or_refused() {
    let tenant = Tenant::new();
    let configurations = tenant.console("GET", "/configurations", &Value::Null).json;
    for it in configurations["items"].as_array().unwrap() {
        let path = format!("/configurations/{}", it["id"].as_str().unwrap());
        tenant.console("DELETE", &path, &Value::Null);
    }

    tenant.user("ada");
    tenant.change(json!({"requiresConfiguration": true}));
    let refused = tenant.scim("POST", "/Users", &json!({"schemas": [USER], "userName": "bo"}));

    assert_eq!(refused.kind(), (400, "invalidValue"));
}

#[test]
fn a_filter_may_use_documented_attributes_or_all() {
    let tenant = Tenant::new();
    tenant.user("ada");
    let filter = "/Users?filter=active+eq+true";

    let refused = tenant.get(filter);
    tenant.change(json!({"filterable": "everything"}));

    assert_eq!(refused.kind(), (400, "invalidFilter"));
    assert_eq!(tenant.get(filter).json["totalResults"], 1);
}

#[test]
fn one_quirk_is_tolerated_and_found_or_refused() {
    let tenant = Tenant::new();
    let path = format!("/Users/{}", tenant.user("ada"));
    let disable = json!({"op": "Replace", "path": "active", "value": "False"});

    let tolerated = tenant.patch(&path, &disable);
    let found = tenant.findings();
    tenant.change(json!({"quirks": {"stringBoolean": false}}));
    let refused = tenant.patch(&path, &disable);

    assert_eq!((tolerated.status, &tolerated.json["active"]), (200, &json!(false)));
    assert_eq!(found, ["opCase", "stringBoolean"]);
    assert_eq!(refused.kind(), (400, "invalidValue"));
}

#[test]
fn strict_refuses_an_extension_that_schemas_does_not_list() {
    let tenant = Tenant::set(json!({"strict": true}));
    let body = json!({"schemas": [USER], "userName": "ada", ENTERPRISE: {"department": "AP"}});

    assert_eq!(tenant.scim("POST", "/Users", &body).kind(), (400, "invalidValue"));
}
