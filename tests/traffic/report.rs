//! What a strict server would refuse of a client.

use mediusflow_mock::internals::TenantInternals as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    control,
    support::{Client, ENTERPRISE, USER, group, operations, server, user},
};

/// A client that writes operations in upper case, and a boolean as a string.
fn deviate(server: &MockServer, agent: &str) {
    let scim = Client::scim(server);
    let id = scim.first_user()["id"].as_str().unwrap().to_owned();
    let patch = operations(json!([
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "title", "value": "Chief"},
    ]));
    let answer =
        scim.call("PATCH", &format!("/Users/{id}")).header("user-agent", agent).json(&patch);
    assert_eq!(answer.send().status, 200);
}

fn rules(report: &Value) -> Vec<(&str, u64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| (it["rule"].as_str().unwrap(), it["count"].as_u64().unwrap())).collect()
}

#[test]
fn findings_are_grouped_by_rule_with_the_form_that_every_server_accepts() {
    let server = server();
    deviate(&server, "clerk/1.0");
    deviate(&server, "clerk/1.0");

    let report = control(&server).get("/report");

    assert_eq!(report.status, 200, "{report:?}");
    assert_eq!(rules(&report.json), [("opCase", 2), ("stringBoolean", 2)]);
    let first = &report.json["findings"][0];
    assert_eq!(first["section"], "RFC 7644 §3.5.2");
    assert_eq!(first["form"], "{\"op\": \"replace\"}");
    assert_eq!(first["instead"], "write the operation in lower case");
    assert!(!first["at"].as_array().unwrap().is_empty());
    assert_eq!((&first["first"]["seq"], &first["first"]["from"]), (&json!(2), &json!("clerk")));
    assert!(report.at("/findings/0/first/curl").contains("--data-raw '{"), "{report:?}");
    assert!(!report.text.contains(&server.secret_key().unwrap()));
    assert_eq!((&report.json["read"], &report.json["missed"]), (&json!(4), &json!(0)));
}

#[test]
fn a_report_is_about_a_sender_and_a_time() {
    let server = server();
    deviate(&server, "clerk/1.0");
    deviate(&server, "My Other Client/2.0");
    let control = control(&server);

    let clerk = control.get("/report?from=clerk");
    let other = control.get("/report?from=My%20Other%20Client");
    let since = control.get("/report?since=2");
    let nobody = control.get("/report?from=~%5Enobody$");

    assert_eq!(
        (rules(&clerk.json)[0], clerk.at("/findings/0/first/from")),
        (("opCase", 1), "clerk")
    );
    assert_eq!(other.json["findings"][0]["first"]["seq"], 4);
    assert_eq!(since.json["findings"][0]["first"]["seq"], 4);
    assert_eq!((rules(&nobody.json), &nobody.json["read"]), (vec![], &json!(0)));
}

#[test]
fn a_report_with_wrong_parameters_is_refused() {
    let server = server();
    let control = control(&server);

    control.get("/report?form=clerk").is_problem(400, "invalid-query", &["form"]);
    control.get("/report?from=").is_problem(400, "invalid-query", &["from", "value"]);
    control.get("/report?from=~%5B").is_problem(400, "invalid-query", &["regular expression"]);
    control.get("/report?since=7").is_problem(409, "stale-cursor", &["since=7"]);
    control.get("/report?q=op:get").is_problem(400, "invalid-query", &["q"]);
}

#[test]
fn a_report_counts_unread_requests_and_removed_exchanges() {
    let server = server();
    deviate(&server, "clerk/1.0");
    Client::scim(&server).with_token("mfk_wrong").get("/Users");
    let control = control(&server);

    let unread = control.get("/report");
    control.delete("/requests");
    let gone = control.get("/report");

    assert_eq!((&unread.json["read"], &unread.json["unread"]), (&json!(2), &json!(1)));
    assert_eq!((rules(&gone.json), &gone.json["missed"]), (vec![], &json!(3)));
    assert_eq!(gone.json["missedReasons"]["deleted"], 3);
}

#[test]
fn refused_requests_are_listed_and_are_not_findings() {
    let server = server();
    let console = Client::console(&server);
    let strict = console.patch("/scim-settings", &json!({"quirks": {"opCase": false}}));
    assert_eq!(strict.status, 200, "{strict:?}");
    let id = Client::scim(&server).first_user()["id"].as_str().unwrap().to_owned();
    let patch = operations(json!([{"op": "Replace", "path": "title", "value": "Chief"}]));
    Client::scim(&server).patch(&format!("/Users/{id}"), &patch);

    let report = control(&server).get("/report");

    assert_eq!(rules(&report.json), []);
    assert!(report.json["refused"].as_array().unwrap().contains(&json!("opCase")));
}

#[test]
fn calls_of_the_control_api_are_not_reported() {
    let server = server();
    let control = control(&server);
    let id = Client::scim(&server).first_user()["id"].as_str().unwrap().to_owned();
    let patch = operations(json!([{"op": "Replace", "path": "active", "value": "False"}]));
    assert_eq!(control.patch(&format!("/users/{id}"), &patch).status, 200);

    assert_eq!(rules(&control.get("/report").json), []);
    server.expect_no_findings();
}

#[test]
fn a_test_in_rust_expects_no_findings() {
    let server = server();
    Client::scim(&server).post("/Users", &user("anna@contoso.com", json!({"active": true})));
    server.expect_no_findings();
    deviate(&server, "clerk/1.0");

    let findings = server.findings();
    let panic = catch_unwind(AssertUnwindSafe(|| server.expect_no_findings())).unwrap_err();

    assert_eq!(findings.rules()[0].finding.quirk, "opCase");
    let said = panic.downcast_ref::<String>().unwrap();
    for part in ["2 things", "RFC 7643 §2.3.2", "{\"active\": false}", "curl -sS"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn expecting_no_findings_fails_if_exchanges_were_removed() {
    let server = server();
    Client::scim(&server).get("/Users");
    server.tenant().journal().clear();

    let panic = catch_unwind(AssertUnwindSafe(|| server.expect_no_findings())).unwrap_err();

    let said = panic.downcast_ref::<String>().unwrap();
    assert!(said.contains("1 had left the journal"), "{said}");
}

/// What is found of the last request.
fn found(server: &MockServer) -> Vec<String> {
    let journal = server.tenant();
    let exchange = journal.journal().get(journal.journal().seqs().end - 1).unwrap();
    exchange.findings.iter().map(|it| it.quirk.to_string()).collect()
}

/// A PATCH in capitals that also has a boolean as a string.
fn odd_patch() -> Value {
    operations(json!([
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "ann@contoso.com"},
    ]))
}

#[test]
fn a_request_that_is_refused_for_another_reason_still_has_findings() {
    let server = server();
    let scim = Client::scim(&server);
    let odd = user("ann@contoso.com", json!({"active": "True"}));
    let id = scim.post("/Users", &odd).json["id"].as_str().unwrap().to_owned();
    let at = format!("/Users/{id}");

    let taken = scim.post("/Users", &odd).status;
    assert_eq!((taken, found(&server)), (409, vec!["stringBoolean".into()]));

    let gone = scim.patch("/Users/none", &odd_patch()).status;
    assert_eq!(
        (gone, found(&server)),
        (404, vec!["opCase".into(), "opCase".into(), "stringBoolean".into()])
    );

    let gone = scim.put("/Users/none", &odd).status;
    assert_eq!((gone, found(&server)), (404, vec!["stringBoolean".into()]));

    let stale = scim.call("PATCH", &at).header("if-match", "W/\"99\"").json(&odd_patch()).send();
    assert_eq!(
        (stale.status, found(&server)),
        (412, ["opCase", "opCase", "stringBoolean", "createOnAbsentFilter"].map(Into::into).into())
    );

    let known = scim.call("PUT", &at).header("if-none-match", "*").json(&odd).send();
    assert_eq!((known.status, found(&server)), (412, vec!["stringBoolean".into()]));

    let wrong = operations(json!([{"op": "Replace", "path": "nonsense", "value": 1}]));
    let wrong = scim.patch(&at, &wrong).status;
    assert_eq!((wrong, found(&server)), (400, vec!["opCase".into()]));

    let filter = scim.get("/Users?attributes=emails%5Btype+eq+%22work%22%5D&filter=nonsense+pr");
    assert_eq!((filter.status, found(&server)), (400, vec!["filterInAttributes".into()]));
}

#[rstest]
#[case::members("/Groups", json!({"op": "remove", "path": "members", "value": [{"value": "{ann}"}]}),
    "membersRemoveValue", r#"{"op": "remove", "path": "members[value eq \"ID\"]"}"#)]
#[case::emails("/Users", json!({"op": "remove", "path": "emails", "value": [{"value": "ann@contoso.com"}]}),
    "membersRemoveValue", r#"{"op": "remove", "path": "emails[value eq \"ID\"]"}"#)]
#[case::roles("/Users", json!({"op": "add", "path": "roles", "value": ["Auditor"]}),
    "bareManager", r#"{"value": "ID"}"#)]
#[case::addresses("/Users", json!({"op": "replace", "path": "addresses[type eq \"home\"].locality", "value": "Oslo"}),
    "createOnAbsentFilter", r#"{"op": "add", "path": "addresses", "value": [VALUE]}"#)]
#[case::title("/Users", json!({"op": "replace", "path": "title", "value": ["Engineer"]}),
    "wrappedSingleValue", r#"{"op": "replace", "path": "title", "value": VALUE}"#)]
#[case::manager("/Users", json!({"op": "remove", "path": "manager"}),
    "unqualifiedExtensionAttribute", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager")]
#[case::dotted("/Users", json!({"op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager"}),
    "dottedExtensionPath", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager")]
fn a_form_names_the_attribute_of_the_request(
    #[case] endpoint: &str,
    #[case] operation: Value,
    #[case] rule: &str,
    #[case] form: &str,
) {
    let server = server();
    let scim = Client::scim(&server);
    let mails = json!({"emails": [{"value": "ann@contoso.com", "type": "work"}]});
    let ann = scim.post("/Users", &user("ann@contoso.com", mails)).json["id"].clone();
    let night = scim.post("/Groups", &group("Night shift", &[ann.as_str().unwrap()])).json;
    let id = if endpoint == "/Groups" { &night["id"] } else { &ann };
    let operation = operation.to_string().replace("{ann}", ann.as_str().unwrap());
    let operation: Value = serde_json::from_str(&operation).unwrap();

    let at = format!("{endpoint}/{}", id.as_str().unwrap());
    scim.patch(&at, &operations(json!([operation])));

    let report = control(&server).get("/report").json;
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["rule"] == rule);
    assert_eq!(found.unwrap_or_else(|| panic!("{report}"))["form"], form);
}

#[test]
fn a_form_names_the_schemas_of_the_resource_type() {
    let server = server();
    let group = json!({"displayName": "Night shift"});
    assert_eq!(Client::scim(&server).post("/Groups", &group).status, 201);

    let report = control(&server).get("/report").json;

    let form = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]}"#;
    assert_eq!(report["findings"][0]["form"], form, "{report}");
}

#[test]
fn a_refused_operation_hides_none_of_the_others() {
    let server = server();
    let scim = Client::scim(&server);
    let ann = scim.post("/Users", &user("ann@contoso.com", json!({}))).json["id"].clone();
    let night = scim.post("/Groups", &group("Night shift", &[ann.as_str().unwrap()])).json;
    let at_ann = format!("/Users/{}", ann.as_str().unwrap());
    let at_night = format!("/Groups/{}", night["id"].as_str().unwrap());
    let nope = json!({"op": "replace", "path": "nope", "value": 1});
    let nobody = json!({"op": "add", "path": "members", "value": [{"value": "nobody"}]});
    let active = json!({"op": "replace", "path": "active", "value": "True"});
    let leaves = json!({"op": "remove", "path": "members", "value": [{"value": ann}]});
    let mail = json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "a@b.c"});
    let odd_word = json!({"op": "change", "path": "title", "value": "Chief"});
    let whole = json!({"op": "replace", "value": {"aNope": 1, "title": 1, "active": "True"}});

    for (at, odd, finding) in [
        (&at_ann, &active, "stringBoolean"),
        (&at_ann, &mail, "createOnAbsentFilter"),
        (&at_ann, &whole, "stringBoolean"),
        (&at_night, &leaves, "membersRemoveValue"),
        (&at_night, &nobody, "unknownMember"),
    ] {
        for wrong in [&nope, &odd_word] {
            for body in [json!([wrong, odd]), json!([odd, wrong])] {
                let status = scim.patch(at, &operations(body)).status;
                assert_eq!((status, found(&server)), (400, vec![finding.to_owned()]), "{odd}");
            }
        }
    }

    let nobody = operations(json!([nobody]));
    let stale = scim.call("PATCH", &at_night).header("if-match", "W/\"99\"").json(&nobody).send();
    assert_eq!((stale.status, found(&server)), (412, vec!["unknownMember".into()]));
}

#[test]
fn a_refused_member_of_a_body_hides_none_of_the_others() {
    let server = server();
    let scim = Client::scim(&server);
    let ann = scim.post("/Users", &user("ann@contoso.com", json!({}))).json["id"].clone();
    let at_ann = format!("/Users/{}", ann.as_str().unwrap());
    let address =
        format!("{}/Users/{}", server.scim_url().trim_end_matches('/'), ann.as_str().unwrap());
    let bare = ("bareManager", json!({"manager": ann}));
    let by_address = ("refWithoutValue", json!({"manager": {"$ref": address}}));
    let beside = ("bareManager", json!({"aNope": 1, "department": 1, "manager": ann}));

    for (finding, extension) in [bare, by_address, beside] {
        for wrong in [
            json!({"title": 1}),
            json!({"active": "yes"}),
            json!({"foo": 1}),
            json!({"emails": [{"value": 1}]}),
        ] {
            let mut body = json!({"schemas": [USER], "userName": "z@contoso.com"});
            body[ENTERPRISE] = extension.clone();
            body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
            for answer in [scim.post("/Users", &body), scim.put(&at_ann, &body)] {
                assert_eq!(answer.status, 400, "{answer:?}");
                let expected = vec![finding.to_owned(), "unlistedExtension".into()];
                assert_eq!(found(&server), expected, "{body}");
            }
        }
    }

    let values = json!({"emails": [
        {"type": "home", "value": 1},
        {"type": "home", "value": 2},
        {"type": "work", "value": "z@contoso.com", "primary": "True"},
    ]});
    let answer = scim.post("/Users", &user("z@contoso.com", values));
    assert_eq!((answer.status, found(&server)), (400, vec!["stringBoolean".into()]));
}

#[test]
fn a_bulk_operation_that_is_not_done_still_has_findings() {
    let server = server();
    let scim = Client::scim(&server);
    let ann = scim.post("/Users", &user("ann@contoso.com", json!({}))).json;
    let night = scim.post("/Groups", &group("Night shift", &[])).json;
    let mail = json!([
        {"op": "replace", "path": "emails[type eq \"home\"].value", "value": "a@contoso.com"}
    ]);
    let nobody = json!([{"op": "add", "path": "members", "value": [{"value": "nobody"}]}]);

    for (at, patch, finding) in [
        (format!("/Users/{}", ann["id"].as_str().unwrap()), mail, "createOnAbsentFilter"),
        (format!("/Groups/{}", night["id"].as_str().unwrap()), nobody, "unknownMember"),
    ] {
        let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "failOnErrors": 1, "Operations": [
            {"method": "DELETE", "path": "/Users/nope"},
            {"method": "PATCH", "path": at, "data": operations(patch)},
        ]});
        let answer = scim.post("/Bulk", &bulk);
        assert_eq!(answer.json["Operations"].as_array().unwrap().len(), 1, "{answer:?}");
        assert_eq!(found(&server), [finding]);
    }
}

#[test]
fn a_member_that_a_bulk_would_have_created_is_not_an_unknown_member() {
    let server = server();
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 1, "Operations": [
        {"method": "DELETE", "path": "/Users/nope"},
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": user("z@contoso.com", json!({}))},
        {"method": "POST", "path": "/Groups", "bulkId": "b", "data": group("New", &["bulkId:a"])},
    ]});

    let answer = Client::scim(&server).post("/Bulk", &bulk);

    assert_eq!(answer.json["Operations"].as_array().unwrap().len(), 1, "{answer:?}");
    assert_eq!(found(&server), Vec::<String>::new());
}

#[test]
fn a_group_with_a_name_in_use_still_has_findings() {
    let server = server();
    let scim = Client::scim(&server);
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Night shift", "members": [{"value": "nobody"}]});
    scim.post("/Groups", &group);

    let taken = scim.post("/Groups", &group).status;

    assert_eq!((taken, found(&server)), (409, vec!["unknownMember".into()]));
}

#[test]
fn operations_after_the_end_of_a_bulk_still_have_findings() {
    let server = server();
    let scim = Client::scim(&server);
    let odd = user("ann@contoso.com", json!({"active": "True"}));
    scim.post("/Users", &odd);
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 3, "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": odd},
        {"method": "PATCH", "path": "/Users/bulkId:a", "data": odd_patch()},
        {"method": "PUT", "path": "/Users/none", "data": odd},
        {"method": "PATCH", "path": "/Users/none", "data": odd_patch()},
    ]});

    let answer = scim.post("/Bulk", &bulk);

    assert_eq!(answer.json["Operations"].as_array().unwrap().len(), 3, "{answer:?}");
    let journal = server.tenant();
    let exchange = journal.journal().get(journal.journal().seqs().end - 1).unwrap();
    let all: Vec<_> =
        exchange.findings.iter().map(|it| (it.quirk.as_str(), it.at.as_str())).collect();
    let mut expected = vec![("stringBoolean", "operation 1: active")];
    for (case, add, boolean) in [
        ("operation 2: Replace", "operation 2: Add", "operation 2: active"),
        ("operation 4: Replace", "operation 4: Add", "operation 4: active"),
    ] {
        expected.extend([("opCase", case), ("opCase", add), ("stringBoolean", boolean)]);
    }
    expected.insert(4, ("stringBoolean", "operation 3: active"));
    assert_eq!(all, expected);
}

#[test]
fn a_request_that_was_not_kept_whole_has_no_curl_command() {
    let server = server();
    let rest = json!({"active": "True", "title": "x".repeat(70_000)});
    Client::scim(&server).post("/Users", &user("ann@contoso.com", rest));

    let report = control(&server).get("/report");

    let curl = report.at("/findings/0/first/curl");
    assert!(curl.starts_with("# no curl command: of the body's 70"), "{curl}");
    assert!(curl.ends_with("the journal kept 65536") && curl.lines().count() == 1, "{curl}");
}
