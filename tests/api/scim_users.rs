//! `/Users`: the operations, the shown attributes, versions.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{
    Client, ENTERPRISE, GROUP, MEDIUS, USER, everything, group, operations, rfc_server, server,
    user,
};

fn replace(path: &str, value: Value) -> Value {
    operations(json!([{"op": "replace", "path": path, "value": value}]))
}

#[test]
fn the_answer_to_a_post_is_the_whole_user_with_location_and_version() {
    let server = server();
    let scim = Client::scim(&server);
    let body = user(
        "ada@nordlys.example",
        json!({
            "externalId": "ada", "displayName": "Ada Ek", "active": true,
            "name": {"givenName": "Ada", "familyName": "Ek"},
            "emails": [{"type": "work", "value": "ada@nordlys.example", "primary": true}],
            "password": "correct horse battery",
            MEDIUS: {"customFieldText1": "one"},
        }),
    );

    let made = scim.post("/Users", &body);
    let read = scim.get(&format!("/Users/{}", made.at("/id")));

    assert_eq!(made.status, 201);
    assert_eq!(made.header("content-type"), "application/scim+json");
    assert_eq!(made.header("location"), format!("{}/Users/{}", server.scim_url(), made.at("/id")));
    assert_eq!(
        made.json,
        json!({
            "schemas": [USER, MEDIUS],
            "id": made.at("/id"),
            "externalId": "ada",
            "userName": "ada@nordlys.example",
            "displayName": "Ada Ek",
            "active": true,
            "name": {"givenName": "Ada", "familyName": "Ek"},
            "emails": [{"type": "work", "value": "ada@nordlys.example", "primary": true}],
            MEDIUS: {"customFieldText1": "one"},
            "meta": {
                "resourceType": "User", "created": "2026-03-03T12:00:00Z",
                "lastModified": "2026-03-03T12:00:00Z", "location": made.header("location"),
                "version": made.header("etag"),
            },
        })
    );
    assert_eq!((read.status, &read.json), (200, &made.json));
    assert_eq!(read.header("etag"), made.header("etag"));
}

#[test]
fn a_put_replaces_the_whole_user() {
    let server = server();
    let scim = Client::scim(&server);
    let body = user("ada@nordlys.example", json!({"title": "Boss", "displayName": "Ada"}));
    let made = scim.post("/Users", &body);

    let body = user("ada@nordlys.example", json!({"displayName": "Ada Ek"}));
    let put = scim.put(&format!("/Users/{}", made.at("/id")), &body);

    assert_eq!((put.status, put.at("/displayName")), (200, "Ada Ek"));
    assert_eq!(put.json["title"], Value::Null);
    assert_ne!(put.header("etag"), made.header("etag"));
}

#[test]
fn a_patch_of_a_user_answers_the_user_in_both_profiles() {
    for server in [server(), rfc_server()] {
        let scim = Client::scim(&server);
        let id = scim.first_user()["id"].as_str().unwrap().to_owned();

        let patched = scim.patch(&format!("/Users/{id}"), &replace("active", json!(false)));

        assert_eq!((patched.status, &patched.json["active"]), (200, &json!(false)));
        assert_eq!(patched.header("etag"), patched.at("/meta/version"));
    }
}

#[test]
fn a_patch_that_changes_nothing_keeps_version_and_time() {
    let server = server();
    let scim = Client::scim(&server);
    let before = scim.first_user();
    let path = format!("/Users/{}", before["id"].as_str().unwrap());

    let same = scim.patch(&path, &replace("displayName", before["displayName"].clone()));

    assert_eq!((same.status, same.json), (200, before));
}

#[test]
fn a_deleted_user_is_not_found_and_its_name_is_free() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let path = format!("/Users/{}", it["id"].as_str().unwrap());

    let deleted = scim.delete(&path);

    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert!(!deleted.headers.contains_key("content-type"));
    for method in ["GET", "DELETE"] {
        let gone = scim.call(method, &path).send();
        gone.is_scim_error(404, "", &["User", it["id"].as_str().unwrap()]);
    }
    let again = scim.post("/Users", &user(it["userName"].as_str().unwrap(), json!({})));
    assert_eq!(again.status, 201);
    assert_ne!(again.json["id"], it["id"]);
}

#[test]
fn a_user_name_in_use_is_refused_in_another_case() {
    let server = server();
    let scim = Client::scim(&server);
    let taken = scim.first_user()["userName"].as_str().unwrap().to_uppercase();
    let other = scim.all("/Users")[1]["id"].as_str().unwrap().to_owned();
    let before = everything(&server);

    let post = scim.post("/Users", &user(&taken, json!({})));
    let put = scim.put(&format!("/Users/{other}"), &user(&taken, json!({})));
    let patch = scim.patch(&format!("/Users/{other}"), &replace("userName", json!(taken)));

    for refused in [post, put, patch] {
        refused.is_scim_error(409, "uniqueness", &["userName", &taken]);
    }
    assert_eq!(everything(&server), before);
}

#[test]
fn a_user_may_change_the_case_of_its_own_name() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let name = it["userName"].as_str().unwrap().to_uppercase();

    let path = format!("/Users/{}", it["id"].as_str().unwrap());
    let patched = scim.patch(&path, &replace("userName", json!(name)));

    assert_eq!((patched.status, patched.at("/userName")), (200, name.as_str()));
}

#[test]
fn a_list_has_pages() {
    let server = server();
    let scim = Client::scim(&server);
    let ids = |query: &str| -> (Value, Vec<String>) {
        let list = scim.get(&format!("/Users?{query}")).json;
        let resources = list["Resources"].as_array().unwrap().clone();
        let ids = resources.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        let (total, start, shown) =
            (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]);
        (json!([total, start, shown]), ids)
    };

    let (whole, all) = ids("");

    assert_eq!(whole, json!([5, 1, 5]));
    assert_eq!(ids("startIndex=4"), (json!([5, 4, 2]), all[3..].to_vec()));
    assert_eq!(ids("startIndex=2&count=2"), (json!([5, 2, 2]), all[1..3].to_vec()));
    assert_eq!(ids("startIndex=0&count=1"), (json!([5, 1, 1]), all[..1].to_vec()));
    assert_eq!(ids("startIndex=-7&count=1"), (json!([5, 1, 1]), all[..1].to_vec()));
    assert_eq!(ids("startIndex=99"), (json!([5, 99, 0]), vec![]));
    assert_eq!(ids("count=0"), (json!([5, 1, 0]), vec![]));
    assert_eq!(ids("count=-1"), (json!([5, 1, 0]), vec![]));
    assert_eq!(ids("count=99999999"), (json!([5, 1, 5]), all));
}

#[test]
fn a_search_that_finds_nothing_has_an_empty_list() {
    let server = server();

    let list = Client::scim(&server).get("/Users?filter=userName+eq+%22nobody%22");

    assert_eq!(list.status, 200);
    assert_eq!(
        list.json,
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
        })
    );
}

#[rstest]
#[case::plus_for_blank("userName+eq+%22WHO%22")]
#[case::percent("userName%20eq%20%22WHO%22")]
#[case::another_case("USERNAME%20EQ%20%22WHO%22")]
#[case::with_urn("urn:ietf:params:scim:schemas:core:2.0:User:userName%20eq%20%22WHO%22")]
fn a_user_is_found_by_its_name(#[case] filter: &str) {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let name = it["userName"].as_str().unwrap().replace('@', "%40");

    let found = scim.get(&format!("/Users?filter={}", filter.replace("WHO", &name)));

    assert_eq!(found.json["Resources"], json!([it]));
}

#[test]
fn everything_can_be_filtered_in_the_profile_rfc() {
    let server = rfc_server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let mail = it["emails"][0]["value"].as_str().unwrap();

    let filter = format!("emails%5Btype%20eq%20%22work%22%20and%20value%20sw%20%22{mail}%22%5D");
    let found = scim.get(&format!("/Users?filter={filter}"));
    let by_time = scim.get("/Users?filter=meta.created+lt+%222026-02-01T00:00:00Z%22&count=0");

    assert_eq!(found.json["Resources"], json!([it]));
    assert_eq!(by_time.json["totalResults"], 5);
}

#[test]
fn a_search_can_be_posted() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": format!("userName eq {}", it["userName"]),
        "attributes": ["userName"], "startIndex": 1, "count": 10,
    });

    let found = scim.post("/Users/.search", &body);
    let wrong = scim.get("/Users/.search");
    let no_schema = scim.post("/Users/.search", &json!({"count": 1}));

    assert_eq!((found.status, &found.json["totalResults"]), (200, &json!(1)));
    let shown = &found.json["Resources"][0];
    assert_eq!((&shown["id"], &shown["userName"]), (&it["id"], &it["userName"]));
    assert_eq!(shown["meta"], Value::Null);
    wrong.is_scim_error(405, "", &["GET", "POST"]);
    no_schema.is_scim_error(400, "invalidSyntax", &["SearchRequest"]);
}

#[test]
fn attributes_select_the_shown_ones_for_every_method() {
    let server = server();
    let scim = Client::scim(&server);
    let keys = |it: &Value| -> Vec<String> { it.as_object().unwrap().keys().cloned().collect() };
    let body = user("ada@nordlys.example", json!({"title": "Boss", "displayName": "Ada"}));

    let made = scim.post("/Users?attributes=title", &body);
    let path = format!("/Users/{}", made.at("/id"));
    let read = scim.get(&format!("{path}?attributes=title,meta.version"));
    let without = scim.get(&format!("{path}?excludedAttributes=title,meta"));
    let put = scim.put(&format!("{path}?excludedAttributes=meta,displayName"), &body);
    let patch = replace("title", json!("Chief"));
    let patched = scim.patch(&format!("{path}?attributes=title"), &patch);

    assert_eq!(keys(&made.json), ["id", "schemas", "title"]);
    assert_eq!(keys(&read.json), ["id", "meta", "schemas", "title"]);
    assert_eq!(keys(&read.json["meta"]), ["version"]);
    assert_eq!(keys(&without.json), ["displayName", "id", "schemas", "userName"]);
    assert_eq!(keys(&put.json), ["id", "schemas", "title", "userName"]);
    assert_eq!(keys(&patched.json), ["id", "schemas", "title"]);
    assert!(!made.header("location").is_empty() && !made.header("etag").is_empty());
}

#[test]
fn a_wrong_query_is_refused_before_anything_changes() {
    let server = server();
    let scim = Client::scim(&server);
    let path = format!("/Users/{}", scim.first_user()["id"].as_str().unwrap());
    let before = everything(&server);
    let body = user("ada@nordlys.example", json!({}));
    let both = "?attributes=title&excludedAttributes=title";

    let post = scim.post(&format!("/Users{both}"), &body);
    let put = scim.put(&format!("{path}{both}"), &body);
    let patch = scim.patch(&format!("{path}{both}"), &replace("active", json!(false)));

    for refused in [post, put, patch] {
        refused.is_scim_error(400, "invalidValue", &["attributes", "excludedAttributes"]);
    }
    assert_eq!(everything(&server), before);
}

#[test]
fn an_unchanged_user_is_304() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let path = format!("/Users/{}", it["id"].as_str().unwrap());
    let etag = it["meta"]["version"].as_str().unwrap();
    let get = |tags: &str| scim.call("GET", &path).header("If-None-Match", tags).send();

    let same = get(etag);

    assert_eq!((same.status, same.text.as_str()), (304, ""));
    assert_eq!(same.header("etag"), etag);
    assert!(!same.headers.contains_key("content-length"));
    assert_eq!(get(&format!("W/\"other\", {etag}")).status, 304);
    assert_eq!(get("*").status, 304);
    assert_eq!(get("W/\"other\"").status, 200);
}

#[test]
fn a_change_of_an_old_version_is_refused() {
    let server = server();
    let scim = Client::scim(&server);
    let it = scim.first_user();
    let path = format!("/Users/{}", it["id"].as_str().unwrap());
    let old = it["meta"]["version"].as_str().unwrap();
    let new = scim.patch(&path, &replace("title", json!("Chief"))).header("etag").to_owned();
    let before = everything(&server);
    let call = |method: &str, tag: &str, body: Value| {
        scim.call(method, &path).header("If-Match", tag).json(&body).send()
    };

    let put = call("PUT", old, user("x@nordlys.example", json!({})));
    let patch = call("PATCH", old, replace("title", json!("Boss")));
    let delete = scim.call("DELETE", &path).header("If-Match", old).send();

    for refused in [put, patch, delete] {
        refused.is_scim_error(412, "", &["If-Match", old, &new]);
    }
    assert_eq!(everything(&server), before);
    assert_eq!(call("PATCH", &new, replace("title", json!("Boss"))).status, 200);
    assert_eq!(scim.call("DELETE", &path).header("If-Match", "*").send().status, 204);
    let gone = scim.call("DELETE", &path).header("If-Match", "*").send();
    gone.is_scim_error(404, "", &["User"]);
}

#[test]
fn a_manager_is_a_reference_that_the_server_completes() {
    let server = server();
    let scim = Client::scim(&server);
    let boss = scim.first_user();
    let id = boss["id"].as_str().unwrap();

    let body = json!({ENTERPRISE: {"manager": {"value": id, "displayName": "made up"}}});
    let made = scim.post("/Users", &user("ada@nordlys.example", body));

    let manager = &made.json[ENTERPRISE]["manager"];
    assert_eq!(
        *manager,
        json!({
            "value": id, "$ref": format!("{}/Users/{id}", server.scim_url()),
            "displayName": boss["displayName"],
        })
    );
}

#[test]
fn a_user_shows_its_groups() {
    let server = server();
    let scim = Client::scim(&server);
    let made = scim.post("/Users", &user("ada@nordlys.example", json!({})));
    let inner = scim.post("/Groups", &group("Inner", &[made.at("/id")]));
    let outer = scim.post("/Groups", &group("Outer", &[inner.at("/id")]));

    let read = scim.get(&format!("/Users/{}", made.at("/id")));
    let set = operations(json!([{"op": "add", "path": "groups", "value": [{"value": "x"}]}]));
    let refused = scim.patch(&format!("/Users/{}", made.at("/id")), &set);

    let of = |it: &str, name: &str, how: &str| {
        let link = format!("{}/Groups/{it}", server.scim_url());
        json!({"value": it, "$ref": link, "display": name, "type": how})
    };
    assert_eq!(
        read.json["groups"],
        json!([of(inner.at("/id"), "Inner", "direct"), of(outer.at("/id"), "Outer", "indirect")])
    );
    refused.is_scim_error(400, "mutability", &["groups"]);
    assert_eq!(inner.json["schemas"], json!([GROUP]));
}
