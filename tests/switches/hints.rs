//! Errors that teach: a wrong request, the refusal that says what to edit, and the edited request,
//! which succeeds.

use mediusflow_mock::scim::{Dialect, Profile};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, ENTERPRISE, GROUP, Tenant, USER};

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

#[rstest]
#[case::endpoint_case("GET /users", Edit("/users", "/Users", "did you mean /Users?"))]
#[case::endpoint_typo("GET /Group", Edit("/Group", "/Groups", "did you mean /Groups?"))]
#[case::content_type(
    "POST /Users content-type=text/plain\n{\"schemas\":[\"{U}\"],\"userName\":\"x\"}",
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
#[case::filter_open(
    "GET /Users?filter=userName+eq+%22ada",
    Edit("%22ada", "%22ada%22", "expected a closing double quote")
)]
#[case::count("GET /Users?count=ten", Edit("ten", "10", "count must be a whole number"))]
#[case::sort_order(
    "GET /Users?sortBy=userName&sortOrder=down",
    Edit("down", "descending", "descending")
)]
#[case::discovery_case("GET /schemas", Edit("schemas", "Schemas", "did you mean /Schemas?"))]
#[case::search_path(
    "POST /search\n{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]}",
    Edit("/search", "/.search", "did you mean /.search?")
)]
#[case::discovery_filter(
    "GET /ResourceTypes?filter=id+eq+%22User%22",
    Edit("?filter=id+eq+%22User%22", "/User", "leave the filter out")
)]
#[case::discovery_id("GET /ResourceTypes/Usr", Edit("Usr", "User", "did you mean User?"))]
#[case::below_a_resource(
    "GET /Groups/{crew}/members",
    Edit("/members", "", "a resource is at /Groups/ and its id")
)]
#[case::name_for_an_id("GET /Users/ada", Edit("ada", "{ada}", "did you mean /Users/{ada}?"))]
#[case::id_of_another_type(
    "GET /Groups/{ada}",
    Edit("Groups", "Users", "did you mean /Users/{ada}?")
)]
#[case::no_bearer(
    "GET /Users authorization=Basic:x",
    Edit(" authorization=Basic:x", "", "Authorization: Bearer")
)]
#[case::method("POST /Users/{ada}", Edit("POST", "GET", "expected GET, PUT, PATCH, DELETE"))]
#[case::stale(
    "DELETE /Users/{ada} if-match=W/\"7\"",
    Edit("W/\"7\"", "W/\"1\"", "send If-Match: W/\"1\"")
)]
#[case::unquoted_version(
    "DELETE /Users/{ada} if-match=1",
    Edit("if-match=1", "if-match=W/\"1\"", "send If-Match: W/\"1\"")
)]
#[case::taken(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"ADA\"}",
    Edit("ADA", "bea", "give another userName")
)]
#[case::taken_is_changed_instead(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"ADA\"}",
    Edit("POST /Users", "PUT /Users/{ada}", "change that User with PUT")
)]
#[case::schemas_as_text(
    "POST /Users\n{\"schemas\":\"{U}\",\"userName\":\"x\"}",
    Edit("\"{U}\"", "[\"{U}\"]", "schemas must be an array")
)]
#[case::schema_typo(
    "POST /Users\n{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Usr\"],\"userName\":\"x\"}",
    Edit("Usr", "User", "an array that holds \"{U}\"")
)]
#[case::number_for_text(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"displayName\":7}",
    Edit(
        "7",
        "\"7\"",
        "displayName must be a string, found the number 7; put it in double quotes"
    )
)]
#[case::text_for_an_object(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"name\":\"Ada Ek\"}",
    Edit("\"Ada Ek\"", "{\"formatted\": \"Ada Ek\"}", "write {\"formatted\": \"Ada Ek\"}")
)]
#[case::text_for_a_list(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"emails\":\"a@b\"}",
    Edit("\"a@b\"", "[{\"value\": \"a@b\"}]", "write [{\"value\": \"a@b\"}]")
)]
#[case::twice(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"title\":\"a\",\"Title\":\"b\"}",
    Edit(",\"Title\":\"b\"", "", "leave one of the two out")
)]
#[case::op_typo(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"replce\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit(
        "replce",
        "replace",
        "operation 1: op is \"replce\", expected add, replace or remove, did you mean replace?"
    )
)]
#[case::path_index(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"emails[0]\"}]}",
    Edit("emails[0]", "emails[type eq \\\"home\\\"]", "such as emails[type eq \"work\"]")
)]
#[case::remove_required(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"userName\"}]}",
    Edit(
        "\"remove\",\"path\":\"userName\"",
        "\"replace\",\"path\":\"userName\",\"value\":\"eva\"",
        "replace it instead of removing it"
    )
)]
#[case::sub_attribute_of_filter(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"remove\",\"path\":\"emails[typ eq \\\"home\\\"]\"}]}",
    Edit("typ ", "type ", "emails has no sub-attribute typ, did you mean type?")
)]
#[case::both_lists_of_attributes(
    "GET /Users?attributes=userName&excludedAttributes=emails",
    Edit("&excludedAttributes=emails", "", "give one of them")
)]
#[case::name_with_a_blank(
    "GET /Users?attributes=user+Name",
    Edit("user+Name", "userName", "is not the name of an attribute")
)]
#[case::sort_typo(
    "GET /Users?sortBy=usrName",
    Edit("usrName", "userName", "did you mean userName?")
)]
#[case::sort_by_complex(
    "GET /Users?sortBy=name",
    Edit("name", "name.familyName", "name one of its sub-attributes")
)]
#[case::sort_order_short(
    "GET /Users?sortBy=userName&sortOrder=desc",
    Edit("desc", "descending", "did you mean descending?")
)]
#[case::page_by_both(
    "GET /Users?startIndex=1&cursor=",
    Edit("startIndex=1&", "", "give one of them")
)]
#[case::forged_cursor(
    "GET /Users?cursor=abc",
    Edit("abc", "", "send an empty cursor for the first page")
)]
#[case::search_schema(
    "POST /Users/.search\n{\"count\":1}",
    Edit(
        "{",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],",
        "schemas must be [\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]"
    )
)]
#[case::search_count(
    "POST /Users/.search\n{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"count\":\"1\"}",
    Edit("\"1\"", "1", "count: ")
)]
#[case::bulk_path(
    "POST /bulk\n{{B},\"Operations\":[]}",
    Edit("/bulk", "/Bulk", "did you mean /Bulk?")
)]
#[case::bulk_schema(
    "POST /Bulk\n{{P},\"Operations\":[]}",
    Edit("PatchOp", "BulkRequest", "2.0:BulkRequest\"]")
)]
#[case::bulk_operations(
    "POST /Bulk\n{{B},\"operation\":[]}",
    Edit("operation", "Operations", "Operations is missing")
)]
#[case::bulk_fail_on_errors(
    "POST /Bulk\n{{B},\"failOnErrors\":0,\"Operations\":[]}",
    Edit(":0", ":1", "failOnErrors must be a whole number from 1 on, found 0")
)]
fn a_refusal_says_which_edit_helps(
    #[case] request: &str,
    #[case] edit: Edit<'_>,
    #[values("mediusflow", "rfc", "strict")] manner: &str,
) {
    let tenant = match manner {
        "mediusflow" => Tenant::new(),
        "rfc" => Tenant::with(Dialect::of(Profile::Rfc)),
        _ => Tenant::strict(),
    };

    teaches(&tenant, request, edit);
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
        "id is read-only and cannot be changed; leave it out of the value"
    )
)]
#[case::schemas_in_extension(
    "POST /Users\n{\"schemas\":[\"{U}\",\"{E}\"],\"userName\":\"x\",\"{E}\":{\"schemas\":[\"{E}\"],\"department\":\"AP\"}}",
    Edit("{\"schemas\":[\"{E}\"],\"dep", "{\"dep", "leave schemas out of the extension's object")
)]
fn a_strict_refusal_says_which_edit_helps(#[case] request: &str, #[case] edit: Edit<'_>) {
    teaches(&Tenant::strict(), request, edit);
}

#[rstest]
#[case::filter_undocumented(
    "GET /Users?filter=title+eq+%22x%22",
    Edit("title", "userName", "userName (the tutorial, Step 5)")
)]
fn what_the_tutorial_does_not_filter_names_what_it_does(
    #[case] request: &str,
    #[case] edit: Edit<'_>,
) {
    teaches(&Tenant::new(), request, edit);
}

#[test]
fn a_filter_beyond_the_tutorial_is_helped_by_the_other_profile() {
    let tenant = Tenant::new();
    tenant.user("ada");
    let filter = "/Users?filter=title+eq+%22x%22";

    let refused = tenant.get(filter);
    tenant.change(json!({"profile": "rfc"}));

    assert!(refused.detail().contains("the profile \"rfc\" filters by every attribute"));
    assert_eq!(tenant.get(filter).status, 200);
}

/// Filters that only the profile `rfc` reads.
#[rstest]
#[case::quotes_around_a_number(
    "title+eq+1",
    Edit("1", "%221%22", "put the value in double quotes: \"1\"")
)]
#[case::complex(
    "name+eq+%22x%22",
    Edit("name", "name.familyName", "name one of its sub-attributes")
)]
#[case::sub_attribute(
    "name.givnName+pr",
    Edit("givnName", "givenName", "did you mean name.givenName?")
)]
#[case::operator("active+gt+true", Edit("gt", "eq", "expected one of eq, ne, pr"))]
#[case::date(
    "meta.created+gt+%22yesterday%22",
    Edit("yesterday", "2026-01-31T08:00:00Z", "such as \"2026-01-31T08:00:00Z\"")
)]
#[case::number_for_boolean(
    "active+eq+1",
    Edit("1", "true", "active is compared with true or false")
)]
#[case::upper_case("active+eq+True", Edit("True", "true", "JSON writes it in lower case: true"))]
#[case::and("active+pr+%26%26+title+pr", Edit("%26%26", "and", "write and instead of &&"))]
#[case::not("not+title+pr", Edit("title+pr", "(title+pr)", "write not (…)"))]
#[case::brackets("emails.value[type+eq+%22x%22]", Edit(".value", "", "write emails[…]"))]
fn a_filter_says_which_edit_helps(
    #[case] filter: &str,
    #[case] edit: Edit<'_>,
    #[values(false, true)] strict: bool,
) {
    let dialect = Dialect::of(Profile::Rfc);
    let tenant = Tenant::with(if strict { dialect.strict() } else { dialect });

    teaches(&tenant, &format!("GET /Users?filter={filter}"), edit);
}

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
    Edit("7", "1", "send If-Match: W/\"1\"")
)]
#[case::attribute(
    r#""method":"POST","path":"/Users","bulkId":"x","data":{"schemas":["{U}"],"usrName":"x"}"#,
    Edit("usrName", "userName", "usrName is not an attribute of User, did you mean userName?")
)]
#[case::operation_of_a_patch(r#""method":"PATCH","path":"/Users/{ada}","data":{{P},"Operations":[{"op":"replace","path":"titel","value":"x"}]}"#,
    Edit("titel", "title", "operation 1: User has no attribute titel, did you mean title?"))]
fn a_bulk_operation_says_which_edit_helps(#[case] operation: &str, #[case] edit: Edit<'_>) {
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
        let answer = self::send(&tenant, &text);
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
fn a_reference_to_another_bulk_id_is_helped_by_the_right_one() {
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

#[test]
fn a_tenant_is_suggested_by_its_name() {
    let tenant = Tenant::new();

    let refused = tenant.anyone("/../../../NordlysQB/scim/v2/Users");

    assert!(refused.detail().contains("did you mean \"NordlysQA\"?"), "{}", refused.detail());
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
#[case::attribute("filter=usrName+eq+%22ada%22", "(byte 0: ▸usrName eq \"ada\")")]
#[case::second_attribute(
    "filter=userName+pr+and+(not+(shoeSize+gt+4))",
    "(byte 21: userName pr and (not (▸shoeSize gt 4)))"
)]
#[case::value("filter=userName+pr+or+userName+eq+1", "(byte 15: userName pr or ▸userName eq 1)")]
#[case::inside(
    "filter=userName+eq+%22ada%22+andd+id+pr",
    "(byte 18: userName eq \"ada\" ▸andd id pr)"
)]
fn a_filter_error_says_at_which_byte_with_the_text_around(
    #[case] query: &str,
    #[case] place: &str,
) {
    let refused = Tenant::strict().get(&format!("/Users?{query}"));

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
