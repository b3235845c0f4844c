//! Edits that help whatever the tenant tolerates.

use mediusflow_mock::scim::{Dialect, Profile};
use rstest::rstest;

use super::{Edit, teaches};
use crate::support::Tenant;

#[rstest]
#[case::endpoint_case("GET /users", Edit("/users", "/Users", "did you mean /Users?"))]
#[case::endpoint_typo("GET /Group", Edit("/Group", "/Groups", "did you mean /Groups?"))]
#[case::content_type(
    "POST /Users content-type=text/plain\n{\"schemas\":[\"{U}\"],\"userName\":\"x\"}",
    Edit("text/plain", "application/scim+json", "must be application/scim+json")
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
#[case::method("POST /Users/{ada}", Edit("POST", "GET", "expected GET, HEAD, PUT, PATCH, DELETE"))]
#[case::stale(
    "DELETE /Users/{ada} if-match=W/\"7\"",
    Edit("W/\"7\"", "W/\"1\"", "send If-Match: W/\"1-")
)]
#[case::unquoted_version(
    "DELETE /Users/{ada} if-match=1",
    Edit("if-match=1", "if-match=W/\"1\"", "send If-Match: W/\"1-")
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
    Edit(
        "emails[0]",
        "emails[type eq \\\"home\\\"]",
        "values are selected, such as emails[type eq \"work\"]"
    )
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
#[case::op_update(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"update\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("\"update\"", "\"replace\"", "did you mean replace?")
)]
#[case::op_set(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"set\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("\"set\"", "\"replace\"", "did you mean replace?")
)]
#[case::op_put(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"PUT\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("\"PUT\"", "\"replace\"", "did you mean replace?")
)]
#[case::op_insert(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"insert\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("\"insert\"", "\"add\"", "did you mean add?")
)]
#[case::op_append(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"append\",\"path\":\"title\",\"value\":\"x\"}]}",
    Edit("\"append\"", "\"add\"", "did you mean add?")
)]
#[case::op_delete(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"delete\",\"path\":\"title\"}]}",
    Edit("\"delete\"", "\"remove\"", "did you mean remove?")
)]
#[case::part_path(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"name.famlyName\",\"value\":\"x\"}]}",
    Edit("famlyName", "familyName", "did you mean name.familyName?")
)]
#[case::path_of_two_typos(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"nmae.famlyName\",\"value\":\"x\"}]}",
    Edit("nmae.famlyName", "name.familyName", "did you mean name.familyName?")
)]
#[case::bulk_fail_on_errors(
    "POST /Bulk\n{{B},\"failOnErrors\":-1,\"Operations\":[]}",
    Edit(":-1", ":1", "failOnErrors must be a whole number from 1 on, found -1")
)]
fn following_the_hint_of_a_refusal_succeeds(
    #[case] request: &str,
    #[case] edit: Edit<'_>,
    #[values("mediusflow", "rfc", "strict")] profile: &str,
) {
    let tenant = match profile {
        "mediusflow" => Tenant::new(),
        "rfc" => Tenant::with(Dialect::of(Profile::Rfc)),
        _ => Tenant::strict(),
    };

    teaches(&tenant, request, edit);
}
