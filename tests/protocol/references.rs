//! References that are given by their address, `$ref`, follow the same rules in every request.

use mediusflow_mock::{MockServer, scim::Profile};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, GROUP, Stage, USER, of, stage};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// A user with a manager.
fn led(manager: &Json) -> Json {
    json!({"schemas": [USER, ENTERPRISE], "userName": "led", ENTERPRISE: {"manager": manager}})
}

fn group(member: &Json) -> Json {
    json!({"schemas": [GROUP], "displayName": "Finance", "members": [member]})
}

fn patch(operation: Json) -> Json {
    json!({"schemas": [PATCH], "Operations": [operation]})
}

/// The findings of the last request.
fn findings(stage: &Stage) -> Vec<String> {
    let last = stage.server.requests().pop().unwrap();
    last.findings.iter().map(|it| it.quirk.to_string()).collect()
}

fn manager(answer: &Answer) -> &Json {
    assert!([200, 201].contains(&answer.status), "{answer:?}");
    &answer.json[ENTERPRISE]["manager"]["value"]
}

fn member(answer: &Answer) -> &Json {
    assert!([200, 201].contains(&answer.status), "{answer:?}");
    &answer.json["members"][0]["value"]
}

/// The ways to write the address of a user.
fn addresses(stage: &Stage, id: &str) -> Vec<String> {
    let base = stage.server.scim_url();
    let path = base.splitn(4, '/').nth(3).unwrap();
    vec![
        format!("{base}/Users/{id}"),
        format!("{}/Users/{id}", base.replace("127.0.0.1", "localhost")),
        format!("/{path}/Users/{id}"),
        format!("{}/Users/{id}", base.trim_start_matches("http:")),
        format!("Users/{id}"),
        format!("../Users/{id}"),
        format!("../../v2/Users/{id}"),
        format!("../Groups/./../Users/{id}"),
        format!("../Users/{}", id.replace('-', "%2D")),
        format!("../Users/{id}/?attributes=id#name"),
    ]
}

#[test]
fn an_address_sets_a_reference_in_each_request() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss"}));
    for address in addresses(&stage, &boss) {
        let reference = json!({"$ref": address});
        let made = stage.post("/Users", &led(&reference));
        assert_eq!(*manager(&made), *boss, "{address}");
        assert_eq!(findings(&stage), ["refWithoutValue"]);
        let user = format!("/Users/{}", made.json["id"].as_str().unwrap());
        let whole = json!({"value": boss, "$ref": format!("{}/Users/{boss}", stage.server.scim_url()),
            "displayName": "boss"});
        assert_eq!(stage.get(&user).json[ENTERPRISE]["manager"], whole);

        let put = stage.send("PUT", &user, &[], Some(&led(&reference)));
        assert_eq!((manager(&put), findings(&stage).len()), (&json!(boss), 1), "{address}");
        assert_eq!(stage.send("DELETE", &user, &[], None).status, 204);

        let made = stage.post("/Groups", &group(&reference));
        assert_eq!((member(&made), findings(&stage).len()), (&json!(boss), 1), "{address}");
        let one = format!("/Groups/{}", made.json["id"].as_str().unwrap());
        let put = stage.send("PUT", &one, &[], Some(&group(&reference)));
        assert_eq!(*member(&put), *boss, "{address}");
        assert_eq!(stage.send("DELETE", &one, &[], None).status, 204);
    }
}

#[rstest]
#[case::whole(json!({"op": "add", "path": MANAGER, "value": {"$ref": "{boss}"}}))]
#[case::replaced(json!({"op": "replace", "path": MANAGER, "value": {"$ref": "{boss}"}}))]
#[case::in_the_extension(
    json!({"op": "add", "path": ENTERPRISE, "value": {"manager": {"$ref": "{boss}"}}})
)]
#[case::without_a_path(
    json!({"op": "replace", "value": {ENTERPRISE: {"manager": {"$ref": "{boss}"}}}})
)]
#[case::its_own_path(json!({"op": "replace", "path": format!("{MANAGER}.$ref"), "value": "{boss}"}))]
#[case::a_dotted_key(json!({"op": "add", "value": {format!("{MANAGER}.$ref"): "{boss}"}}))]
fn an_address_in_a_patch_sets_the_manager(#[case] operation: Json) {
    let stage = stage();
    let (old, boss) =
        (stage.user(json!({"userName": "old"})), stage.user(json!({"userName": "boss"})));
    let operation = operation.to_string().replace("{boss}", &format!("../Users/{boss}"));
    let operation: Json = serde_json::from_str(&operation).unwrap();
    let with = stage.post("/Users", &led(&json!({"value": old}))).json["id"].clone();
    let without = stage.user(json!({"userName": "free"}));

    for id in [with.as_str().unwrap(), &without] {
        let path = format!("/Users/{id}");
        let patched = stage.send("PATCH", &path, &[], Some(&patch(operation.clone())));

        assert_eq!(*manager(&patched), *boss);
        assert!(findings(&stage).contains(&"refWithoutValue".into()));
    }
}

#[test]
fn an_address_in_a_patch_adds_and_removes_a_member() {
    let stage = stage();
    let (ann, bo) = (stage.user(json!({"userName": "ann"})), stage.user(json!({"userName": "bo"})));
    let id = stage.group(json!({"displayName": "Finance", "members": [{"value": ann}]}));
    let path = format!("/Groups/{id}");
    let members = json!([{"$ref": format!("../Users/{bo}")}]);
    let send = |op: &str| {
        let body = patch(json!({"op": op, "path": "members", "value": members}));
        let answer = stage.send("PATCH", &path, &[], Some(&body));
        assert_eq!(answer.status, 200, "{answer:?}");
        let values = answer.json["members"].as_array().unwrap().iter();
        values.map(|it| it["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(send("add"), [ann.clone(), bo.clone()]);
    assert_eq!(send("add"), [ann.clone(), bo], "it is there already");
    assert_eq!(send("remove"), [ann]);
}

#[test]
fn an_address_in_a_bulk_sets_a_reference_also_to_a_new_resource() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss"}));
    let post = |path: &str, bulk_id: &str, data: Json| json!({"method": "POST", "path": path, "bulkId": bulk_id, "data": data});
    let operations = [
        post("/Groups", "g", group(&json!({"$ref": "../Users/bulkId:u"}))),
        post(
            "/Users",
            "u",
            led(&json!({"$ref": format!("{}/Users/{boss}", stage.server.scim_url())})),
        ),
    ];

    let done = stage.post("/Bulk", &json!({"schemas": [BULK], "Operations": operations}));

    assert_eq!(done.status, 200, "{done:?}");
    let led = &stage.get("/Users?filter=userName%20eq%20%22led%22").json["Resources"][0];
    assert_eq!(led[ENTERPRISE]["manager"]["value"], *boss, "{done:?}");
    assert_eq!(
        stage.get("/Groups").json["Resources"][0]["members"][0]["value"],
        led["id"],
        "{done:?}"
    );
}

#[rstest]
#[case::nobody("../Users/00000000-0000-5000-8000-000000000000", "leads to no resource")]
#[case::another_host("https://example.com/v2/Users/{boss}", "leads to no resource")]
#[case::another_port("http://127.0.0.1:1/{tenant}/scim/v2/Users/{boss}", "leads to no resource")]
#[case::another_tenant("{server}/Other/scim/v2/Users/{boss}", "leads to no resource")]
#[case::another_endpoint("../Groups/{boss}", "leads to no resource")]
#[case::only_an_id("{boss}", "leads to no resource")]
#[case::another_host_without_scheme(
    "//example.com/{tenant}/scim/v2/Users/{boss}",
    "leads to no resource"
)]
#[case::above_the_base("../../../Users/{boss}", "leads to no resource")]
#[case::the_console("/{tenant}/admin/v1/Users/{boss}", "leads to no resource")]
#[case::no_uri("../Users/{boss} ", "leads to no resource")]
#[case::no_text(7, "must be a URI as a string")]
#[case::empty("", "leads to no resource")]
fn an_address_without_a_resource_is_refused(#[case] address: impl Into<Json>, #[case] words: &str) {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss"}));
    let base = stage.server.scim_url();
    let (server, tenant) = base.strip_suffix("/scim/v2").unwrap().rsplit_once('/').unwrap();
    let fill = |it: &str| {
        it.replace("{boss}", &boss).replace("{server}", server).replace("{tenant}", tenant)
    };
    let address = match address.into() {
        Json::String(it) => json!(fill(&it)),
        other => other,
    };
    let reference = json!({"$ref": address});
    let user = format!("/Users/{boss}");
    let operation = json!({"op": "add", "path": MANAGER, "value": reference});

    let (made, grouped) =
        (stage.post("/Users", &led(&reference)), stage.post("/Groups", &group(&reference)));
    let put = stage.send("PUT", &user, &[], Some(&led(&reference)));
    let patched = stage.send("PATCH", &user, &[], Some(&patch(operation)));

    for refused in [&made, &put, &patched] {
        refused.is_refused(400, "invalidValue", words);
        refused.is_refused(400, "invalidValue", "manager.$ref");
    }
    grouped.is_refused(400, "invalidValue", "members[0].$ref");
    if words.contains("resource") {
        made.is_refused(400, "invalidValue", "expected ../Users/ID");
        grouped.is_refused(400, "invalidValue", "expected ../Users/ID or ../Groups/ID");
    }
    assert_eq!(stage.get("/Users").json["totalResults"], 1);
}

#[test]
fn an_address_must_be_that_of_a_resource_of_the_reference_types() {
    let stage = stage();
    let team = stage.group(json!({"displayName": "Team"}));

    let refused = stage.post("/Users", &led(&json!({"$ref": format!("../Groups/{team}")})));
    let nested = stage.post("/Groups", &group(&json!({"$ref": format!("../Groups/{team}")})));

    refused.is_refused(400, "invalidValue", "manager.$ref leads to a Group, expected ../Users/ID");
    assert_eq!(*member(&nested), *team);
}

#[test]
fn an_address_beside_a_value_must_not_be_that_of_another_resource() {
    let stage = stage();
    let (ann, bo) = (stage.user(json!({"userName": "ann"})), stage.user(json!({"userName": "bo"})));
    let of = |address: &str| json!({"value": ann, "$ref": address});

    for (path, body) in [
        ("/Users", led(&of(&format!("../Users/{bo}")))),
        ("/Groups", group(&of(&format!("../Users/{bo}")))),
    ] {
        stage.post(path, &body).is_refused(400, "invalidValue", &format!("leads to User {bo}"));
    }
    for address in [format!("../Users/{ann}"), "https://example.com/v2/Users/1".into()] {
        for (path, body) in [("/Groups", group(&of(&address))), ("/Users", led(&of(&address)))] {
            let made = stage.post(path, &body);
            let value = if path == "/Groups" { member(&made) } else { manager(&made) };
            assert_eq!((value, findings(&stage)), (&json!(ann), vec![]), "{address}");
            let id = made.json["id"].as_str().unwrap().to_owned();
            stage.send("DELETE", &format!("{path}/{id}"), &[], None);
        }
    }
}

#[rstest]
#[case::nobody("../Users/nobody", "leads to no resource of this tenant")]
#[case::absolute("{base}/Users/nobody", "leads to no resource of this tenant")]
#[case::another_endpoint("../Groups/{ann}", "leads to no resource of this tenant")]
#[case::no_endpoint("../Foo/{ann}", "leads to no resource of this tenant")]
#[case::empty("", "leads to no resource of this tenant")]
#[case::no_text(7, "$ref must be a URI as a string")]
fn an_address_of_this_tenant_beside_a_value_must_have_a_resource(
    #[case] address: impl Into<Json>,
    #[case] words: &str,
) {
    let stage = stage();
    let ann = stage.user(json!({"userName": "ann"}));
    let address = match address.into() {
        Json::String(it) => {
            json!(it.replace("{ann}", &ann).replace("{base}", &stage.server.scim_url()))
        }
        other => other,
    };
    let reference = json!({"value": ann, "$ref": address});
    let operation = json!({"op": "add", "path": MANAGER, "value": reference});

    stage.post("/Users", &led(&reference)).is_refused(400, "invalidValue", words);
    stage.post("/Groups", &group(&reference)).is_refused(400, "invalidValue", words);
    let patched = stage.send("PATCH", &format!("/Users/{ann}"), &[], Some(&patch(operation)));
    patched.is_refused(400, "invalidValue", words);
}

#[test]
fn a_value_of_null_counts_as_absent() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss"}));
    let reference = json!({"value": null, "$ref": format!("../Users/{boss}")});

    let (user, group) =
        (stage.post("/Users", &led(&reference)), stage.post("/Groups", &group(&reference)));

    assert_eq!((manager(&user), member(&group)), (&json!(boss), &json!(boss)));
    assert_eq!(findings(&stage), ["refWithoutValue"]);
    for derived in
        [json!({"value": null, "displayName": "x"}), json!({"value": null, "type": "User"})]
    {
        let refused = if derived.get("type").is_some() {
            stage.post("/Groups", &self::group(&derived))
        } else {
            stage.post("/Users", &led(&derived))
        };
        refused.is_refused(400, "invalidValue", "does not say what it refers to");
    }
}

#[rstest]
#[case::same("replace", "members[value eq \"{ann}\"].$ref", "../Users/{ann}", None)]
#[case::of_each("replace", "members.$ref", "../Users/{ann}", None)]
#[case::another("replace", "members[value eq \"{ann}\"].$ref", "../Users/{bo}", Some("immutable"))]
#[case::added("add", "members[value eq \"{ann}\"].$ref", "../Users/{bo}", Some("immutable"))]
#[case::nobody("replace", "members.$ref", "../Users/nobody", Some("leads to no resource"))]
#[case::no_text("replace", "members.$ref", 7, Some("must be a URI as a string"))]
#[case::null("replace", "members.$ref", Json::Null, Some("read-only"))]
#[case::removed("remove", "members[value eq \"{ann}\"].$ref", Json::Null, Some("read-only"))]
#[case::manager_nobody("add", "{manager}.$ref", "../Users/nobody", Some("leads to no resource"))]
#[case::manager_no_text("add", "{manager}.$ref", 7, Some("must be a URI as a string"))]
#[case::manager_null("replace", "{manager}.$ref", Json::Null, Some("read-only"))]
#[case::manager_removed("remove", "{manager}.$ref", Json::Null, Some("read-only"))]
fn a_patch_of_an_address_changes_the_value(
    #[case] op: &str,
    #[case] path: &str,
    #[case] value: impl Into<Json>,
    #[case] refused: Option<&str>,
) {
    let stage = stage();
    let (ann, bo) = (stage.user(json!({"userName": "ann"})), stage.user(json!({"userName": "bo"})));
    let group = stage.group(json!({"displayName": "Finance", "members": [{"value": ann}]}));
    let led = stage.post("/Users", &led(&json!({"value": ann}))).json["id"].clone();
    let operation =
        json!({"op": op, "path": path.replace("{manager}", MANAGER), "value": value.into()});
    let filled = operation.to_string().replace("{ann}", &ann).replace("{bo}", &bo);
    let operation: Json = serde_json::from_str(&filled).unwrap();
    let at = if path.starts_with("members") {
        format!("/Groups/{group}")
    } else {
        format!("/Users/{}", led.as_str().unwrap())
    };

    let patched = stage.send("PATCH", &at, &[], Some(&patch(operation)));

    match refused {
        None => {
            assert_eq!((member(&patched), findings(&stage).len()), (&json!(ann), 1));
        }
        Some(words) => {
            assert_eq!(patched.status, 400, "{patched:?}");
            let detail = patched.json["detail"].as_str().unwrap();
            assert!(detail.contains(words), "{detail}");
        }
    }
}

#[test]
fn a_reference_with_only_derived_sub_attributes_is_refused() {
    let stage = stage();

    let user = stage.post("/Users", &led(&json!({"displayName": "Boss"})));
    let group = stage.post("/Groups", &group(&json!({"display": "Boss", "type": "User"})));

    user.is_refused(400, "invalidValue", "manager does not say what it refers to");
    group.is_refused(400, "invalidValue", "members[0] does not say what it refers to");
}

#[test]
fn a_reference_with_only_nulls_counts_as_unassigned() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss"}));
    let made = stage.post("/Users", &led(&json!({"value": boss}))).json["id"].clone();
    let path = format!("/Users/{}", made.as_str().unwrap());
    let operation =
        json!({"op": "replace", "path": MANAGER, "value": {"value": null, "$ref": null}});

    let patched = stage.send("PATCH", &path, &[], Some(&patch(operation)));

    assert_eq!((patched.status, patched.json.get(ENTERPRISE)), (200, None));
}

#[test]
fn a_strict_tenant_requires_the_value() {
    let dialect = mediusflow_mock::scim::Dialect::of(Profile::Rfc).strict();
    let server = MockServer::builder().users(0).groups(0).profile(Profile::Rfc).dialect(dialect);
    let stage = Stage::on(server.start().unwrap());
    let boss = stage.user(json!({"userName": "boss"}));

    let refused = stage.post("/Users", &led(&json!({"$ref": format!("../Users/{boss}")})));

    refused.is_refused(400, "invalidValue", "give the id as value");
}

#[test]
fn the_profile_of_the_tutorial_has_the_same_rule() {
    let stage = of(Profile::Mediusflow);
    let boss = stage.user(json!({"userName": "boss"}));

    let made = stage.post("/Users", &led(&json!({"$ref": format!("../Users/{boss}")})));

    assert_eq!(*manager(&made), *boss);
}

#[rstest]
#[case::name("display eq \"Ann\"", &["bo", "team"])]
#[case::part_of_a_name("display sw \"A\"", &["bo", "team"])]
#[case::kind("type eq \"User\"", &["team"])]
#[case::another_kind("type eq \"Group\"", &["ann", "bo"])]
#[case::address("$ref eq \"{base}/Users/{ann}\"", &["bo", "team"])]
#[case::address_ends("$ref ew \"/{ann}\"", &["bo", "team"])]
#[case::value("value eq \"{ann}\"", &["bo", "team"])]
#[case::both("type eq \"User\" and not (display eq \"Ann\")", &["ann", "team"])]
#[case::one_of_two("display eq \"Ann\" or type eq \"Group\"", &["bo"])]
#[case::present("display pr", &[])]
#[case::nobody("display eq \"Zoe\"", &["ann", "bo", "team"])]
fn members_are_selected_by_derived_sub_attributes(#[case] filter: &str, #[case] left: &[&str]) {
    let stage = stage();
    let ann = stage.user(json!({"userName": "ann", "displayName": "Ann"}));
    let bo = stage.user(json!({"userName": "bo", "displayName": "Bo"}));
    let team = stage.group(json!({"displayName": "Team"}));
    let ids = [("ann", &ann), ("bo", &bo), ("team", &team)];
    let members: Vec<Json> = ids.iter().map(|(_, id)| json!({"value": id})).collect();
    let group = stage.group(json!({"displayName": "All", "members": members}));
    let filter = filter.replace("{ann}", &ann).replace("{base}", &stage.server.scim_url());
    let body = patch(json!({"op": "remove", "path": format!("members[{filter}]")}));
    let query = format!("members[{filter}]").replace(' ', "%20").replace('"', "%22");
    let query = query.replace('[', "%5B").replace(']', "%5D").replace('$', "%24");

    let found = stage.get(&format!("/Groups?filter={query}")).json["totalResults"].clone();
    let removed = stage.send("PATCH", &format!("/Groups/{group}"), &[], Some(&body));

    assert_eq!(removed.status, 200, "{removed:?}");
    let kept = removed.json["members"].as_array().cloned().unwrap_or_default();
    let name = |it: &Json| ids.iter().find(|(_, id)| it["value"] == **id).unwrap().0;
    assert_eq!(kept.iter().map(name).collect::<Vec<_>>(), left);
    assert_eq!(found, usize::from(left.len() < 3), "a search finds what a PATCH selects");
}

#[test]
fn a_manager_is_selected_by_name() {
    let stage = stage();
    let boss = stage.user(json!({"userName": "boss"}));
    let led = stage.post("/Users", &led(&json!({"value": boss}))).json["id"].clone();
    let path = format!("/Users/{}", led.as_str().unwrap());
    let remove = |name: &str| {
        let path = format!("{MANAGER}[displayName eq \"{name}\"]");
        patch(json!({"op": "remove", "path": path}))
    };

    let other = stage.send("PATCH", &path, &[], Some(&remove("other")));
    assert_eq!(*manager(&other), *boss);
    let removed = stage.send("PATCH", &path, &[], Some(&remove("boss")));
    assert_eq!(removed.json.get(ENTERPRISE), None, "{removed:?}");
}

#[test]
fn no_value_is_created_for_a_filter_on_a_derived_sub_attribute() {
    let stage = stage();
    let group = stage.group(json!({"displayName": "All"}));
    let operation = json!({"op": "add", "path": "members[display eq \"Zoe\"].value", "value": "1"});

    let refused = stage.send("PATCH", &format!("/Groups/{group}"), &[], Some(&patch(operation)));

    refused.is_refused(400, "noTarget", "no value matches");
}
