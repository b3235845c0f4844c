use rstest::rstest;

use super::mapping;
use crate::{JobConfiguration, sample::mediusflow};

#[rstest]
#[case::unknown_target(
    mapping("target = 'displayNam', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `displayNam`; did you mean `displayName`?"
)]
#[case::unknown_matching_target(
    mapping("target = 'usrName', direct = 'mail', matching-precedence = 1"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `usrName`; did you mean `userName`?"
)]
#[case::unknown_attribute_of_an_extension(
    mapping(
        "target = 'urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifer', direct = 'mail'"
    ),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifer`; did you mean \
     `urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier`?"
)]
#[case::misspelt_extension(
    mapping("target = 'urn:ietf:params:scim:schemas:extension:medus:2.0:User:a', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `urn:ietf:params:scim:schemas:extension:medus:2.0:User:a`; did you mean \
     `urn:ietf:params:scim:schemas:extension:medius:2.0:User:a`?"
)]
#[case::extension_of_the_other_type(
    "[groups]\nattribute-mappings = [{ target = \
     'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', direct = 'mail' }]",
    "job.toml:2:34: groups.attribute-mappings[0].target: groups of a target have no attribute \
     `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`; if this one has it, \
     list it in target-attributes"
)]
#[case::unqualified_extension(
    mapping("target = 'manager', direct = 'manager'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `manager`; did you mean `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager`?"
)]
#[case::bare_extension(
    mapping("target = 'urn:ietf:params:scim:schemas:extension:medius:2.0:User', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: \
     urn:ietf:params:scim:schemas:extension:medius:2.0:User is a schema: one of its attributes has \
     to follow"
)]
#[case::unknown_part(
    mapping("target = 'name.givnName', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `name.givnName`; did you mean `name.givenName`?"
)]
#[case::unknown_part_behind_a_filter(
    mapping("target = 'emails[type eq \"work\"].valeu', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `emails.valeu`; did you mean `emails.value`?"
)]
#[case::unknown_part_in_a_filter(
    mapping("target = 'emails[tpe eq \"work\"].value', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `emails.tpe`; did you mean `emails.type`?"
)]
#[case::part_of_another_attribute(
    mapping("target = 'c.e', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: users of a target have no attribute \
     `c.e`; if this one has it, list it in target-attributes"
)]
#[case::whole_name(
    mapping("target = 'name', direct = 'displayName'"),
    "job.toml:2:35: users.attribute-mappings[0].target: `name` has no value but parts: \
     name.formatted, name.familyName, name.givenName, name.middleName, name.honorificPrefix, \
     name.honorificSuffix"
)]
#[case::id(
    mapping("target = 'id', direct = 'objectId'"),
    "job.toml:2:35: users.attribute-mappings[0].target: `id` is written by the target alone"
)]
#[case::schemas(
    mapping("target = 'schemas', constant = 'x'"),
    "job.toml:2:35: users.attribute-mappings[0].target: `schemas` is written by the target alone"
)]
#[case::meta(
    mapping("target = 'meta.created', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: `meta.created` is written by the target alone"
)]
#[case::groups_of_a_user(
    mapping("target = 'groups[type eq \"direct\"].value', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: `groups.value` is written by the target alone"
)]
#[case::no_target_attribute(
    "[groups]\ntarget-attributes = ['a b']",
    "job.toml:2:22: groups.target-attributes[0]: expected the end of the attribute path, found \"b\""
)]
#[case::selector_of_another_type(
    mapping("target = 'roles[primary eq \"perhaps\"].value', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: `roles.primary` is compared with true or \
     false, found \"perhaps\""
)]
#[case::unknown_property(
    "[users]\ntarget-attributes = [{ name = 'a', exactcase = true }]",
    "job.toml:2:36: users.target-attributes[0].exactcase: unknown field `exactcase`, expected one \
     of `name`, `type`, `exact-case`, `multi-valued`, `required`"
)]
#[case::property_of_nobody(
    "[users]\ntarget-attributes = [{ exact-case = true }]",
    "job.toml:2:22: users.target-attributes[0]: missing field `name`"
)]
#[case::listed_twice(
    "[users]\ntarget-attributes = ['a', { name = 'A', exact-case = true }]",
    "job.toml:2:27: users.target-attributes[1]: `A` is listed twice with other properties"
)]
#[case::required_and_not_mapped(
    "[users]\ntarget-attributes = [{ name = 'title', required = true }]",
    "job.toml:2:22: users.target-attributes[0]: `title` is required and not mapped"
)]
#[case::matched_by_several_values(
    "[users]\ntarget-attributes = [{ name = 'userName', multi-valued = true }]",
    "job.toml:2:22: users.target-attributes[0]: objects are not matched by `userName`, which has \
     several values"
)]
#[case::type_of_a_reference(
    "[groups]\ntarget-attributes = [{ name = 'members', type = 'String' }]",
    "job.toml:2:22: groups.target-attributes[0]: `members`: a reference and nothing else flows to \
     a Reference"
)]
fn a_target_that_cannot_be_written_is_named_with_line_column_and_field(
    #[case] text: impl AsRef<str>,
    #[case] expected: &str,
) {
    let error = JobConfiguration::parse("job.toml", text.as_ref(), &mediusflow()).unwrap_err();

    assert_eq!(error.to_string(), expected);
}

#[test]
fn unknown_targets_are_accepted_in_other_extensions_or_if_listed() {
    let targets =
        ["urn:example:2.0:User:onCall", "C", "c[d eq \"x\"].e", "NAME.displayName", "f.g"];
    let rows = targets.map(|it| format!("{{ target = '{it}', direct = 'mail' }},"));
    let text = format!(
        "[users]\ntarget-attributes = ['c', 'F.G']\nattribute-mappings = [ \
         {{ target = 'userName', direct = 'mail', matching-precedence = 1 }}, {} ]",
        rows.concat()
    );

    let job = JobConfiguration::parse("job.toml", &text, &mediusflow()).unwrap();

    let read: Vec<_> = job.users.mappings.all()[1..].iter().map(|it| &*it.target).collect();
    assert_eq!(read, targets);
}
