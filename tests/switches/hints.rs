//! Errors that teach: a wrong request, the refusal that says what to edit, and the edited request,
//! which succeeds.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, ENTERPRISE, GROUP, Tenant, USER};

/// A request as it reads: method, path and content type, then the body.
fn send(tenant: &Tenant, text: &str) -> Answer {
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let content_type = words.next().unwrap_or("application/scim+json");
    let body = Some(body).filter(|it| !it.is_empty());
    tenant.typed(content_type, (method, path), body.map(str::to_owned))
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
        .replace("{P}", r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#)
}

/// One edit: what stands there, what to write instead, and the words of the refusal that say so.
struct Edit<'a>(&'a str, &'a str, &'a str);

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

#[rstest]
#[case::endpoint_case("GET /users", Edit("/users", "/Users", "did you mean /Users?"))]
#[case::endpoint_typo("GET /Group", Edit("/Group", "/Groups", "did you mean /Groups?"))]
#[case::content_type(
    "POST /Users text/plain\n{\"schemas\":[\"{U}\"],\"userName\":\"x\"}",
    Edit("text/plain", "application/scim+json", "must be application/scim+json")
)]
#[case::no_schemas(
    "POST /Users\n{\"userName\":\"x\"}",
    Edit("{", "{\"schemas\":[\"{U}\"],", "schemas must be an array that holds \"{U}\"")
)]
#[case::other_schemas(
    "POST /Groups\n{\"schemas\":[\"{U}\"],\"displayName\":\"x\"}",
    Edit("{U}", "{G}", "schemas must be an array that holds \"{G}\"")
)]
#[case::core_schema_missing(
    "POST /Users\n{\"schemas\":[\"{E}\"],\"userName\":\"x\"}",
    Edit("[", "[\"{U}\",", "schemas must be an array that holds \"{U}\"")
)]
#[case::patch_schema_case(
    "PATCH /Users/{ada}\n{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:patchop\"],\"Operations\":[{\"op\":\"remove\",\"path\":\"emails\"}]}",
    Edit("patchop", "PatchOp", "2.0:PatchOp")
)]
#[case::attribute_typo(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"displayNmae\":\"X\"}",
    Edit("displayNmae", "displayName", "did you mean displayName?")
)]
#[case::sub_attribute_typo(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"name\":{\"givnName\":\"X\"}}",
    Edit("givnName", "givenName", "did you mean givenName?")
)]
#[case::extension_typo(
    "POST /Users\n{\"schemas\":[\"{U}\",\"{E}\"],\"userName\":\"x\",\"urn:ietf:params:scim:schemas:extension:enterprize:2.0:User\":{\"department\":\"AP\"}}",
    Edit("enterprize", "enterprise", "did you mean {E}?")
)]
#[case::extension_in_body(
    "POST /Users\n{\"schemas\":[\"{U}\",\"{E}\"],\"userName\":\"x\",\"department\":\"AP\"}",
    Edit(
        "\"department\":\"AP\"",
        "\"{E}\":{\"department\":\"AP\"}",
        "did you mean {E}:department?"
    )
)]
#[case::no_user_name(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"displayName\":\"x\"}",
    Edit("displayName", "userName", "userName is required")
)]
#[case::boolean_word(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"active\":\"yes\"}",
    Edit("\"yes\"", "true", "active must be true or false")
)]
#[case::two_primary(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"emails\":[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]}",
    Edit("\"b\",\"primary\":true", "\"b\"", "emails[0] and emails[1] are both primary")
)]
#[case::no_operations(
    "PATCH /Users/{ada}\n{{P},\"operation\":[{\"op\":\"remove\",\"path\":\"emails\"}]}",
    Edit("operation", "Operations", "Operations must hold at least one")
)]
#[case::op_word(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"update\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("update", "replace", "operation 1: op is \"update\", expected add, replace or remove")
)]
#[case::no_value(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"title\"}]}",
    Edit("\"title\"", "\"title\",\"value\":\"x\"", "operation 1: add needs a value")
)]
#[case::no_path(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"remove\"}]}",
    Edit("\"remove\"", "\"remove\",\"path\":\"emails\"", "operation 1: a remove needs a path")
)]
#[case::second_operation(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"emails\"},{\"op\":\"remove\",\"path\":\"titel\"}]}",
    Edit("titel", "title", "operation 2: User has no attribute titel, did you mean title?")
)]
#[case::slashes(
    "PATCH /Groups/{crew}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"/members\"}]}",
    Edit("/members\"", "members\"", "paths have no slashes")
)]
#[case::path_quotes(
    "PATCH /Groups/{crew}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"members[value eq '{ada}']\"}]}",
    Edit("'{ada}'", "\\\"{ada}\\\"", "put the text in double quotes, not in others: \"{ada}\"")
)]
#[case::path_operator(
    "PATCH /Groups/{crew}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"members[value == \\\"{ada}\\\"]\"}]}",
    Edit("==", "eq", "write eq instead of ==")
)]
#[case::read_only(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replace\",\"path\":\"id\",\"value\":\"x\"}]}",
    Edit("\"id\"", "\"externalId\"", "operation 1: id is read-only")
)]
#[case::filter_quotes(
    "GET /Users?filter=userName+eq+'ada'",
    Edit("'ada'", "%22ada%22", "put the text in double quotes, not in others: \"ada\"")
)]
#[case::filter_bare(
    "GET /Users?filter=userName+eq+ada",
    Edit("ada", "%22ada%22", "put the text in double quotes: \"ada\"")
)]
#[case::filter_operator(
    "GET /Users?filter=userName+=+%22ada%22",
    Edit("+=+", "+eq+", "write eq instead of =")
)]
#[case::filter_undocumented(
    "GET /Users?filter=title+eq+%22x%22",
    Edit("title", "userName", "userName (the tutorial, Step 5)")
)]
#[case::filter_open(
    "GET /Users?filter=userName+eq+%22ada",
    Edit("%22ada", "%22ada%22", "expected a closing double quote")
)]
#[case::count("GET /Users?count=ten", Edit("ten", "10", "count must be a whole number"))]
#[case::sort_order(
    "GET /Users?sortBy=userName&sortOrder=down",
    Edit("down", "descending", "descending")
)]
fn a_refusal_says_which_edit_helps(#[case] request: &str, #[case] edit: Edit<'_>) {
    teaches(&Tenant::new(), request, edit);
}

#[rstest]
#[case::string_boolean(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"active\":\"True\"}",
    Edit("\"True\"", "true", "write true or false without quotes")
)]
#[case::string_boolean_in_filter(
    "GET /Users?filter=active+eq+%22true%22",
    Edit("%22true%22", "true", "write true or false without quotes")
)]
#[case::filter_attribute(
    "GET /Users?filter=username2+eq+%22ada%22",
    Edit("username2", "username", "did you mean userName?")
)]
#[case::op_case(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"Replace\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("Replace", "replace", "expected \"replace\"; write the operation in lower case")
)]
#[case::patch_schemas(
    "PATCH /Users/{ada}\n{\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("{\"Op", "{{P},\"Op", "add schemas with the URN of PatchOp")
)]
#[case::unlisted_extension(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"{E}\":{\"department\":\"AP\"}}",
    Edit("\"{U}\"]", "\"{U}\",\"{E}\"]", "schemas must list {E}")
)]
#[case::unknown_schema(
    "POST /Users\n{\"schemas\":[\"{U}\",\"urn:x\"],\"userName\":\"x\"}",
    Edit(",\"urn:x\"", "", "schemas lists urn:x, which User does not have; leave the URN out")
)]
#[case::unknown_extension(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"urn:x:y\":{\"a\":1}}",
    Edit(",\"urn:x:y\":{\"a\":1}", "", "leave the extension out")
)]
#[case::urn(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replace\",\"path\":\"department\",\"value\":\"AP\"}]}",
    Edit("department", "{E}:department", "did you mean {E}:department?")
)]
#[case::wrapped(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":[\"x\"]}]}",
    Edit("[\"x\"]", "\"x\"", "leave the brackets out")
)]
#[case::bare_value(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"emails\":{\"value\":\"a@b\"}}",
    Edit("{\"value\":\"a@b\"}", "[{\"value\":\"a@b\"}]", "put brackets around it")
)]
#[case::dotted(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replace\",\"value\":{\"name.givenName\":\"Ada\"}}]}",
    Edit(
        "\"value\":{\"name.givenName\":\"Ada\"}",
        "\"path\":\"name.givenName\",\"value\":\"Ada\"",
        "make it the path of an operation"
    )
)]
#[case::remove_by_value(
    "PATCH /Groups/{crew}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"members\",\"value\":[{\"value\":\"{ada}\"}]}]}",
    Edit(
        "\"members\",\"value\":[{\"value\":\"{ada}\"}]",
        "\"members[value eq \\\"{ada}\\\"]\"",
        "select the values to remove in the path"
    )
)]
#[case::bare_manager(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replace\",\"path\":\"{E}:manager\",\"value\":\"{boss}\"}]}",
    Edit(
        "\"value\":\"{boss}\"",
        "\"value\":{\"value\":\"{boss}\"}",
        "write an object with a value"
    )
)]
#[case::empty_manager(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replace\",\"path\":\"{E}:manager\",\"value\":{\"value\":\"\"}}]}",
    Edit(
        "\"replace\",\"path\":\"{E}:manager\",\"value\":{\"value\":\"\"}",
        "\"remove\",\"path\":\"{E}:manager\"",
        "remove the attribute"
    )
)]
#[case::filter_on_single_value(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"{E}:manager[value eq \\\"{boss}\\\"]\"}]}",
    Edit("[value eq \\\"{boss}\\\"]", "", "leave the filter out")
)]
#[case::absent_target(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"emails[type eq \\\"work\\\"].value\",\"value\":\"a@b\"}]}",
    Edit(
        "emails[type eq \\\"work\\\"].value\",\"value\":\"a@b\"",
        "emails\",\"value\":[{\"type\":\"work\",\"value\":\"a@b\"}]",
        "add the whole value, without a filter"
    )
)]
#[case::null_ref(
    "POST /Groups\n{\"schemas\":[\"{G}\"],\"displayName\":\"x\",\"members\":[{\"$ref\":null,\"value\":\"{ada}\"}]}",
    Edit("\"$ref\":null,", "", "leave $ref out")
)]
#[case::display_name(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"name\":{\"displayName\":\"X\"}}",
    Edit("\"name\":{\"displayName\":\"X\"}", "\"displayName\":\"X\"", "did you mean displayName?")
)]
#[case::read_only_in_value(
    "PATCH /Groups/{crew}\n{{P},\"Operations\":[{\"op\":\"replace\",\"value\":{\"id\":\"{crew}\",\"displayName\":\"x\"}}]}",
    Edit(
        "\"id\":\"{crew}\",",
        "",
        "id is read-only and cannot be changed (RFC 7644 §3.5.2); leave it out of the value"
    )
)]
#[case::schemas_in_extension(
    "POST /Users\n{\"schemas\":[\"{U}\",\"{E}\"],\"userName\":\"x\",\"{E}\":{\"schemas\":[\"{E}\"],\"department\":\"AP\"}}",
    Edit("{\"schemas\":[\"{E}\"],\"dep", "{\"dep", "leave schemas out of the extension's object")
)]
fn a_strict_refusal_says_which_edit_helps(#[case] request: &str, #[case] edit: Edit<'_>) {
    teaches(&Tenant::strict(), request, edit);
}

#[test]
fn a_member_who_is_nobody_is_named_and_helped_by_creating_it() {
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

#[rstest]
#[case::start("filter=userName+zz+%22ada%22", "(byte 9: userName ▸zz \"ada\")")]
#[case::inside(
    "filter=userName+eq+%22ada%22+andd+id+pr",
    "(byte 18: userName eq \"ada\" ▸andd id pr)"
)]
fn a_filter_error_says_at_which_byte_with_the_text_around(
    #[case] query: &str,
    #[case] place: &str,
) {
    let refused = Tenant::new().get(&format!("/Users?{query}"));

    assert_eq!(refused.kind(), (400, "invalidFilter"));
    assert!(refused.detail().contains(place), "{}", refused.detail());
}

#[test]
fn a_body_error_says_where_and_in_which_operation() {
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
fn a_body_that_is_no_json_is_told_line_and_column() {
    let refused = Tenant::new().typed(
        "application/scim+json",
        ("POST", "/Users"),
        Some("{\n  \"userName\": ada\n}".into()),
    );

    assert!(refused.detail().contains("line 2 column 15"), "{}", refused.detail());
}
