//! Errors that teach: a wrong request, the refusal that says what to edit, and the edited request,
//! which succeeds.

use serde_json::{Value, json};

use crate::support::{Answer, ENTERPRISE, GROUP, Tenant, USER};

mod bulk;
mod filters;
mod requests;
mod strict;

/// A request as it reads: method and path, headers if it has any (`name=value`), then the body.
fn send(tenant: &Tenant, text: &str) -> Answer {
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let headers: Vec<(&str, &str)> = words.map(|it| it.split_once('=').unwrap()).collect();
    let body = Some(body).filter(|it| !it.is_empty());
    tenant.with_headers((method, path), &headers, body.map(str::to_owned))
}

/// What the requests name: the user Ada with a work address, her manager, and a group with her.
fn stage(tenant: &Tenant, text: &str) -> String {
    let boss = tenant.user("boss");
    let body = json!({
        "schemas": [USER, ENTERPRISE], "userName": "ada", "active": true,
        "emails": [{"type": "home", "value": "ada@home.example"}],
        ENTERPRISE: {"manager": {"value": boss}},
    });
    let ada = tenant.scim("POST", "/Users", &body).json["id"].as_str().unwrap().to_owned();
    let body = json!({"schemas": [GROUP], "displayName": "crew", "members": [{"value": ada}]});
    let crew = tenant.scim("POST", "/Groups", &body).json["id"].as_str().unwrap().to_owned();
    text.replace("{ada}", &ada)
        .replace("{boss}", &boss)
        .replace("{crew}", &crew)
        .replace("{U}", USER)
        .replace("{G}", GROUP)
        .replace("{E}", ENTERPRISE)
        .replace("{B}", r#""schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]"#)
        .replace("{P}", r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#)
}

/// One edit: what stands there, what to write instead, and the words of the refusal that say so.
#[derive(Clone, Copy)]
struct Edit<'a>(&'a str, &'a str, &'a str);

#[track_caller]
fn teaches(tenant: &Tenant, request: &str, edit: Edit<'_>) {
    let Edit(wrong, right, hint) = edit;
    let [request, wrong, right, hint] = {
        let all = [request, wrong, right, hint].join("\u{0}");
        let staged = stage(tenant, &all);
        let parts: Vec<String> = staged.split('\u{0}').map(str::to_owned).collect();
        parts.try_into().unwrap()
    };
    assert!(request.contains(&*wrong), "{request}");

    let refused = send(tenant, &request);
    let accepted = send(tenant, &request.replacen(&*wrong, &right, 1));

    assert!((400..500).contains(&refused.status), "{refused:?}");
    let detail = refused.detail();
    assert!(detail.contains(&*hint), "{detail}\ndoes not say\n{hint}");
    assert!(detail.contains("RFC "), "{detail} names no section");
    assert!(accepted.status < 300, "{}", accepted.detail());
}

#[test]
fn a_configuration_filter_is_suggested_and_then_applies() {
    let tenant = Tenant::set(json!({"requiresConfiguration": true}));
    for it in
        tenant.console("GET", "/configurations", &Value::Null).json["items"].as_array().unwrap()
    {
        let path = format!("/configurations/{}", it["id"].as_str().unwrap());
        tenant.console("DELETE", &path, &Value::Null);
    }
    let configuration = json!({"name": "A", "filter": "SE-AP", "companies": ["NOSE"]});
    assert_eq!(tenant.console("POST", "/configurations", &configuration).status, 201);
    let medius = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
    let make = |filter: &str| {
        let body = json!({"schemas": [USER, medius], "userName": "ada", medius: {"configurationFilter": filter}});
        tenant.scim("POST", "/Users", &body)
    };

    let (refused, accepted) = (make("SE-PA"), make("SE-AP"));

    assert!(
        refused.detail().contains("did you mean SE-AP?; there are \"SE-AP\""),
        "{}",
        refused.detail()
    );
    assert_eq!((refused.kind(), accepted.status), ((400, "invalidValue"), 201));
}

#[test]
fn an_unknown_member_is_named_and_can_be_added_after_its_creation() {
    let tenant = Tenant::set(json!({"unknownMembers": "refuse"}));
    let group = |id: &str| {
        let body = json!({"schemas": [GROUP], "displayName": "x", "members": [{"value": id}]});
        tenant.scim("POST", "/Groups", &body)
    };

    let refused = group("ada");
    let accepted = group(&tenant.user("ada"));

    assert!(refused.detail().contains("create it before it becomes a member"));
    assert_eq!(accepted.status, 201);
}

#[test]
fn a_body_error_names_the_path_and_the_operation() {
    let tenant = Tenant::strict();
    let path = format!("/Users/{}", tenant.user("ada"));
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "add", "path": "title", "value": "x"},
            {"op": "add", "value": {"emails": [{"value": "a"}, {"value": "b", "primary": "True"}]}},
        ],
    });

    let refused = tenant.scim("PATCH", &path, &patch);

    assert_eq!(
        refused.detail(),
        "operation 2: emails[1].primary must be true or false, found the string \"True\"; \
         write true or false without quotes (RFC 7643 §2.3.2)"
    );
    assert_eq!(tenant.get(&path).json["title"], Value::Null);
}

#[test]
fn the_error_of_invalid_json_has_line_and_column() {
    let refused = Tenant::new().typed(
        "application/scim+json",
        ("POST", "/Users"),
        Some("{\n  \"userName\": ada\n}".into()),
    );

    assert!(refused.detail().contains("line 2 column 15"), "{}", refused.detail());
}

/// What is refused, and the guess that the refusal makes, if there is a good one.
#[rstest::rstest]
#[case::elsewhere("Users", r#"{"emails":[{"value":"a","title":"x"}]}"#, "emails[0].title", None)]
#[case::of_the_resource(
    "Users",
    r#"{"emails":[{"value":"a","userName":"x"}]}"#,
    "emails[0].userName",
    None
)]
#[case::part_of_a_part("Users", r#"{"name":{"displayNam":"x"}}"#, "name.displayNam", None)]
#[case::of_an_extension("Users", r#"{"{E}":{"title":"x"}}"#, "{E}:title", None)]
#[case::near_in_an_extension(
    "Users",
    r#"{"{E}":{"departmnet":"x"}}"#,
    "{E}:departmnet",
    Some("department")
)]
#[case::longer(
    "Users",
    r#"{"emails":[{"value":"a","displayText":"x"}]}"#,
    "emails[0].displayText",
    Some("display")
)]
#[case::beside("Users", r#"{"name":{"displayName":"x"}}"#, "name.displayName", Some("displayName"))]
#[case::of_a_group(
    "Groups",
    r#"{"members":[{"value":"a","displayName":"x"}]}"#,
    "members[0].displayName",
    Some("display")
)]
fn a_guess_keeps_the_known_parts_of_a_path(
    #[case] endpoint: &str,
    #[case] attributes: &str,
    #[case] refused: &str,
    #[case] guess: Option<&str>,
) {
    let tenant = Tenant::strict();
    let fill = |text: &str| text.replace("{E}", ENTERPRISE);
    let mut body: Value = serde_json::from_str(&fill(attributes)).unwrap();
    let (schema, name) =
        if endpoint == "Users" { (USER, "userName") } else { (GROUP, "displayName") };
    body["schemas"] = json!([schema, ENTERPRISE]);
    body[name] = "x".into();
    if endpoint == "Groups" {
        body["schemas"] = json!([schema]);
    }

    let answer = tenant.scim("POST", &format!("/{endpoint}"), &body);

    let detail = answer.detail();
    assert!(detail.starts_with(&format!("{} is not an attribute of", fill(refused))), "{detail}");
    match guess {
        Some(guess) => assert!(detail.contains(&format!("did you mean {guess}?")), "{detail}"),
        None => assert!(!detail.contains("did you mean"), "{detail}"),
    }
}

#[rstest::rstest]
#[case::elsewhere("emails.title", None)]
#[case::of_an_extension("{E}:title", None)]
#[case::attribute_alone("emials.wrong", Some("emails"))]
#[case::schema(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:Usr:departmnet",
    Some("{E}:department")
)]
#[case::core_schema("urn:ietf:params:scim:schemas:core:2.0:Uesr:titel", Some("title"))]
#[case::deeper("{E}:manger.valeu", Some("{E}:manager.value"))]
#[case::part_with_a_schema("{U}:name.givnName", Some("name.givenName"))]
#[case::simple("title.value", None)]
fn a_guessed_path_names_an_attribute(#[case] path: &str, #[case] guess: Option<&str>) {
    let tenant = Tenant::strict();
    let fill = |text: &str| text.replace("{E}", ENTERPRISE).replace("{U}", USER);
    let user = format!("/Users/{}", tenant.user("ada"));
    let at = |path: &str| tenant.patch(&user, &json!({"op": "remove", "path": path}));

    let refused = at(&fill(path));

    assert_eq!(refused.kind(), (400, "invalidPath"), "{}", refused.detail());
    match guess.map(fill) {
        Some(guess) => {
            let detail = refused.detail();
            assert!(detail.contains(&format!("did you mean {guess}?")), "{detail}");
            assert_eq!(at(&guess).status, 200, "{guess}");
        }
        None => assert!(!refused.detail().contains("did you mean"), "{}", refused.detail()),
    }
}
