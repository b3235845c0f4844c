//! Edits that do without a deviation which a strict tenant refuses.

use rstest::rstest;

use super::{Edit, teaches};
use crate::support::Tenant;

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
#[case::no_schemas(
    "POST /Users\n{\"userName\":\"x\"}",
    Edit("{", "{\"schemas\":[\"{U}\"],", "add schemas with the URN of the resource's schema")
)]
#[case::dotted_path(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"{E}.department\",\"value\":\"AP\"}]}",
    Edit("{E}.", "{E}:", "write a colon between the URN and the attribute")
)]
#[case::no_limit(
    "POST /Bulk\n{{B},\"failOnErrors\":0,\"Operations\":[]}",
    Edit("\"failOnErrors\":0,", "", "leave failOnErrors out")
)]
#[case::member_display_name(
    "POST /Groups\n{\"schemas\":[\"{G}\"],\"displayName\":\"x\",\"members\":[{\"value\":\"{ada}\",\"displayName\":\"Ada\"}]}",
    Edit(",\"displayName\":\"Ada\"", "", "leave displayName out: the server derives display")
)]
#[case::member_display(
    "POST /Groups\n{\"schemas\":[\"{G}\"],\"displayName\":\"x\",\"members\":[{\"value\":\"{ada}\",\"displayName\":\"Ada\"}]}",
    Edit(
        "\"displayName\":\"Ada\"",
        "\"display\":\"Ada\"",
        "members[0].displayName is not an attribute of Group, did you mean display?"
    )
)]
#[case::filter_in_attributes(
    "GET /Users/{ada}?attributes=emails%5Btype+eq+%22home%22%5D",
    Edit("%5Btype+eq+%22home%22%5D", "", "leave the filter out of the list of attributes")
)]
#[case::empty_path(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"\",\"value\":{\"title\":\"x\"}}]}",
    Edit("\"path\":\"\",", "", "leave the path out")
)]
#[case::key_twice(
    "POST /Users\n{\"schemas\":[\"{U}\"],\"userName\":\"x\",\"title\":\"a\",\"title\":\"b\"}",
    Edit("\"title\":\"a\",", "", "title stands twice in its object; write each name once")
)]
#[case::value_twice(
    "PATCH /Users/{ada}\n{{P},\"Operations\":[{\"op\":\"add\",\"path\":\"emails\",\"value\":[{\"value\":\"a\"},{\"value\":\"a\"}]}]}",
    Edit(",{\"value\":\"a\"}", "", "emails[1] is a value that emails has before it already")
)]
#[case::nobody(
    "POST /Groups\n{\"schemas\":[\"{G}\"],\"displayName\":\"x\",\"members\":[{\"value\":\"ada\"}]}",
    Edit("\"value\":\"ada\"", "\"value\":\"{ada}\"", "create it before it becomes a member")
)]
#[case::parameter(
    "GET /Users?fliter=userName+eq+%22ada%22",
    Edit("fliter", "filter", "\"fliter\" is no parameter of SCIM, did you mean filter?")
)]
#[case::parameter_case(
    "GET /Users?startindex=1",
    Edit("startindex", "startIndex", "did you mean startIndex?")
)]
#[case::parameter_of_a_post(
    "POST /Users?attribute=title\n{\"schemas\":[\"{U}\"],\"userName\":\"x\"}",
    Edit("attribute=", "attributes=", "did you mean attributes?")
)]
fn following_the_hint_of_a_strict_refusal_succeeds(#[case] request: &str, #[case] edit: Edit<'_>) {
    teaches(&Tenant::strict(), request, edit);
}
