//! Edits of the operations of a bulk request.

use rstest::rstest;
use serde_json::json;

use super::{Edit, stage};
use crate::support::{GROUP, Tenant, USER};

/// Operations of a bulk request: refused each on its own, in an answer that is 200.
#[rstest]
#[case::no_bulk_id(
    r#""method":"POST","path":"/Users","data":{USER}"#,
    Edit("\"data\"", "\"bulkId\":\"x\",\"data\"", "a POST needs a bulkId")
)]
#[case::method_case(
    r#""method":"post","path":"/Users","bulkId":"x","data":{USER}"#,
    Edit("post", "POST", "did you mean POST?")
)]
#[case::no_method(
    r#""path":"/Users","bulkId":"x","data":{USER}"#,
    Edit(
        "\"path\"",
        "\"method\":\"POST\",\"path\"",
        "method is missing, expected POST, PUT, PATCH or DELETE"
    )
)]
#[case::url_for_a_path(
    r#""method":"POST","path":"http://x.example/Users","bulkId":"x","data":{USER}"#,
    Edit("http://x.example", "", "leave out what stands before the endpoint")
)]
#[case::path_of_a_post(
    r#""method":"POST","path":"/Users/1","bulkId":"x","data":{USER}"#,
    Edit("/Users/1", "/Users", "an endpoint such as /Users, found \"/Users/1\"")
)]
#[case::path_of_a_delete(
    r#""method":"DELETE","path":"/Users""#,
    Edit("/Users", "/Users/{ada}", "a resource such as /Users/2819, found \"/Users\"")
)]
#[case::endpoint(
    r#""method":"POST","path":"/users","bulkId":"x","data":{USER}"#,
    Edit("/users", "/Users", "did you mean /Users?")
)]
#[case::no_data(
    r#""method":"PUT","path":"/Users/{ada}""#,
    Edit("/Users/{ada}\"", "/Users/{ada}\",\"data\":{USER}", "a PUT needs data")
)]
#[case::data_as_text(
    r#""method":"PUT","path":"/Users/{ada}","data":"x""#,
    Edit("\"data\":\"x\"", "\"data\":{USER}", "data must be an object, found the string \"x\"")
)]
#[case::stale(
    r#""method":"DELETE","path":"/Users/{ada}","version":"W/\"7\"""#,
    Edit("7", "1", "give the operation \"version\": \"W/\\\"1\\\"\"")
)]
#[case::attribute(
    r#""method":"POST","path":"/Users","bulkId":"x","data":{"schemas":["{U}"],"usrName":"x"}"#,
    Edit("usrName", "userName", "usrName is not an attribute of User, did you mean userName?")
)]
#[case::operation_of_a_patch(r#""method":"PATCH","path":"/Users/{ada}","data":{{P},"Operations":[{"op":"replace","path":"titel","value":"x"}]}"#,
    Edit("titel", "title", "operation 1: User has no attribute titel, did you mean title?"))]
fn following_the_hint_of_a_bulk_operation_succeeds(
    #[case] operation: &str,
    #[case] edit: Edit<'_>,
) {
    let tenant = Tenant::strict();
    let user = r#"{"schemas":["{U}"],"userName":"x"}"#;
    let sent = |text: &str| text.replace("{USER}", user);
    let Edit(wrong, right, hint) = edit;
    let all = [operation, wrong, right, hint].map(sent).join("\u{0}");
    let staged = stage(&tenant, &all);
    let [operation, wrong, right, hint]: [&str; 4] =
        staged.split('\u{0}').collect::<Vec<_>>().try_into().unwrap();
    assert!(operation.contains(wrong), "{operation}");
    let send = |operation: &str| {
        let schemas = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]"#;
        // The first one is right, so that the number of the second one says something.
        let first = format!(
            r#"{{"method":"POST","path":"/Users","bulkId":"0","data":{}}}"#,
            user.replace("{U}", USER).replace("\"x\"", "\"first\"")
        );
        let text = format!("POST /Bulk\n{{{schemas},\"Operations\":[{first},{{{operation}}}]}}");
        let answer = super::send(&tenant, &text);
        assert_eq!(answer.status, 200, "{}", answer.detail());
        answer.json["Operations"][1].clone()
    };

    let refused = send(operation);
    let accepted = send(&operation.replacen(wrong, right, 1));

    assert!(refused["status"].as_str().unwrap().starts_with('4'), "{refused}");
    let detail = refused["response"]["detail"].as_str().unwrap();
    assert!(detail.contains(hint), "{detail}\ndoes not say\n{hint}");
    assert!(detail.starts_with("bulk operation 2: ") && detail.contains("RFC "), "{detail}");
    assert!(accepted["status"].as_str().unwrap().starts_with('2'), "{accepted}");
}

#[test]
fn the_error_of_an_unknown_bulk_id_suggests_the_right_one() {
    let tenant = Tenant::new();
    let bulk = |member: &str| {
        let user = json!({"schemas": [USER], "userName": member.len().to_string()});
        let members = json!([{"value": member}]);
        let group = json!({"schemas": [GROUP], "displayName": member, "members": members});
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": "ada1", "data": user},
                {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group},
            ],
        });
        tenant.scim("POST", "/Bulk", &body).json["Operations"][1].clone()
    };

    let (refused, accepted) = (bulk("bulkId:adda1"), bulk("bulkId:ada1"));

    let detail = refused["response"]["detail"].as_str().unwrap();
    assert!(detail.contains("has the bulkId \"adda1\", did you mean bulkId:ada1?"), "{detail}");
    assert_eq!((&refused["status"], &accepted["status"]), (&json!("400"), &json!("201")));
}
