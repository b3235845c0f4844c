//! A tenant's own schemas and resource types, from files.

use super::fixture::{self, FixtureError};
use crate::{
    medius,
    scim::{SchemaBundle, Schemas},
};

/// Reads files of schemas, extensions and resource types, each with its name; one may name what
/// another defines. `fixtures/examples/` shows the format.
///
/// ```
/// use mediusflow_mock::{schemas_from, MockServer};
///
/// let text = include_str!("../../fixtures/examples/devices.json");
/// let server = MockServer::builder().schemas(schemas_from(&[("devices.json", text)])?).start()?;
///
/// assert!(server.scim_url().ends_with("/scim/v2")); // which has /Devices now, too
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`FixtureError`] at the first value that is wrong or does not fit the others.
pub fn schemas_from(files: &[(&str, &str)]) -> Result<Schemas, FixtureError> {
    let bundles = files.iter().map(|(file, text)| fixture::parse(file, text));
    let bundles = bundles.collect::<Result<Vec<SchemaBundle>, _>>()?;
    medius::schemas().extended(&bundles).map_err(|error| {
        let (file, text) = files[error.part];
        fixture::at(file, text, &error.pointer, error.message)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const COSTS: &str = include_str!("../../fixtures/examples/cost-centers.json");
    const DEVICES: &str = include_str!("../../fixtures/examples/devices.json");

    #[test]
    fn the_examples_fit_together() {
        let files = [("cost-centers.json", COSTS), ("devices.json", DEVICES)];

        let schemas = schemas_from(&files).unwrap();

        let names: Vec<_> = schemas.resource_types().iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["User", "Group", "Device"]);
        let user = schemas.resource_type("User").unwrap();
        assert!(
            user.extension("urn:example:params:scim:schemas:extension:costcenter:2.0:User")
                .is_some()
        );
    }

    #[test]
    fn a_file_may_name_what_a_later_one_defines() {
        let leased = r#"{"schemaExtensions": [{"resourceType": "Device", "schema":
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}]}"#;

        let schemas = schemas_from(&[("a.json", leased), ("devices.json", DEVICES)]).unwrap();

        assert_eq!(schemas.resource_type("Device").unwrap().extensions.len(), 2);
    }

    #[test]
    fn what_is_wrong_between_two_files_is_reported_in_the_later_one() {
        let error = schemas_from(&[("a.json", DEVICES), ("b.json", DEVICES)]).unwrap_err();

        assert_eq!(
            error.to_string(),
            "b.json:5:13: expected a URN of its own (RFC 7643 §7), found \
             urn:example:params:scim:schemas:core:2.0:Device again"
        );
    }

    #[rstest]
    #[case::unknown_type(
        r#""type": "decimal""#,
        r#""type": "money""#,
        "devices.json:22:37: expected a type (RFC 7643 §2.3): string, boolean, decimal, integer, \
         dateTime, binary, reference, complex, found string \"money\""
    )]
    #[case::unknown_mutability(
        r#""mutability": "immutable""#,
        r#""mutability": "constant""#,
        "devices.json:13:44: expected a mutability (RFC 7643 §7): readOnly, readWrite, immutable, \
         writeOnly, found string \"constant\""
    )]
    #[case::unknown_returned(
        r#""returned": "always""#,
        r#""returned": "sometimes""#,
        "devices.json:13:69: expected a value of returned (RFC 7643 §7): always, never, default, \
         request, found string \"sometimes\""
    )]
    #[case::unknown_uniqueness(
        r#""uniqueness": "server""#,
        r#""uniqueness": "tenant""#,
        "devices.json:13:93: expected a uniqueness (RFC 7643 §7): none, server, global, found string \
         \"tenant\""
    )]
    #[case::unknown_characteristic(
        r#""multiValued": false, "required": true"#,
        r#""multivalued": false, "required": true"#,
        "devices.json:9:52: unknown field `multivalued`, expected one of `name`, `type`, \
         `multiValued`, `description`, `required`, `canonicalValues`, `caseExact`, `mutability`, \
         `returned`, `uniqueness`, `referenceTypes`, `subAttributes`"
    )]
    #[case::attribute_twice(
        r#""name": "kind""#,
        r#""name": "SerialNumber""#,
        "devices.json:15:19: expected a name of its own, found \"serialNumber\" again as \
         \"SerialNumber\": names have no case (RFC 7643 §2.1)"
    )]
    #[case::sub_attribute_twice(
        r#""name": "primary""#,
        r#""name": "value""#,
        "devices.json:58:23: expected a name of its own, found \"value\" again as \"value\": names \
         have no case (RFC 7643 §2.1)"
    )]
    #[case::name_with_a_blank(
        r#""name": "boughtOn""#,
        r#""name": "bought on""#,
        "devices.json:25:19: expected the name of an attribute, a letter and then letters, digits, \
         \"-\", \"_\" or \"$\" (RFC 7643 §2.1), found \"bought on\""
    )]
    #[case::simple_with_parts(
        r#""name": "owner", "type": "complex""#,
        r#""name": "owner", "type": "string""#,
        "devices.json:34:28: expected no subAttributes, since owner is not complex (RFC 7643 §2.3.8): \
         give it the type complex, or leave them out"
    )]
    #[case::complex_without_parts(
        r#""name": "active", "type": "boolean""#,
        r#""name": "active", "type": "complex""#,
        "devices.json:19:9: expected subAttributes, since active is complex (RFC 7643 §7), found none"
    )]
    #[case::complex_within_complex(
        r#""name": "primary", "type": "boolean""#,
        r#""name": "primary", "type": "complex""#,
        "devices.json:58:42: expected a simple type: a sub-attribute has no sub-attributes of its \
         own (RFC 7643 §2.3.8), found \"complex\""
    )]
    #[case::reference_types_of_a_string(
        r#""name": "$ref", "type": "reference""#,
        r#""name": "$ref", "type": "string""#,
        "devices.json:40:33: expected no referenceTypes, since $ref is no reference (RFC 7643 §7)"
    )]
    #[case::unknown_reference_type(
        r#"["User"]"#,
        r#"["Usr"]"#,
        "devices.json:40:34: expected the name of a resource type (RFC 7643 §7), found \"Usr\", did \
         you mean User?"
    )]
    #[case::words_of_a_number(
        r#""name": "kind", "type": "string""#,
        r#""name": "kind", "type": "integer""#,
        "devices.json:16:30: expected no canonicalValues, since kind is no string (RFC 7643 §2.3.1)"
    )]
    #[case::unique_boolean(
        r#""name": "active", "type": "boolean","#,
        r#""name": "active", "type": "boolean", "uniqueness": "server","#,
        "devices.json:19:62: expected \"none\": a boolean has no uniqueness, and of a complex \
         attribute a sub-attribute has it (RFC 7643 §2.3.2), found another at active"
    )]
    #[case::secret_that_is_shown(
        r#""mutability": "immutable""#,
        r#""mutability": "writeOnly""#,
        "devices.json:13:69: expected returned \"never\", since serialNumber is writeOnly: its \
         values SHALL NOT be returned (RFC 7643 §7)"
    )]
    #[case::no_urn(
        r#""id": "urn:example:params:scim:schemas:core:2.0:Device""#,
        r#""id": "Device""#,
        "devices.json:5:13: expected a URN such as urn:example:params:scim:schemas:2.0:Device \
         (RFC 7643 §7), found \"Device\""
    )]
    #[case::urn_that_no_path_can_name(
        r#""id": "urn:example:params:scim:schemas:core:2.0:Device""#,
        r#""id": "urn:example:a b""#,
        "devices.json:5:13: expected a URN such as urn:example:params:scim:schemas:2.0:Device \
         (RFC 7643 §7), found \"urn:example:a b\""
    )]
    #[case::urn_twice(
        r#""id": "urn:example:params:scim:schemas:extension:lease:2.0:Device""#,
        r#""id": "URN:example:params:scim:schemas:core:2.0:Device""#,
        "devices.json:66:13: expected a URN of its own (RFC 7643 §7), found \
         URN:example:params:scim:schemas:core:2.0:Device again"
    )]
    #[case::built_in_urn(
        r#""id": "urn:example:params:scim:schemas:core:2.0:Device""#,
        r#""id": "urn:ietf:params:scim:schemas:core:2.0:User""#,
        "devices.json:5:13: expected a URN of its own, found \
         urn:ietf:params:scim:schemas:core:2.0:User, which is built in: define an extension with \
         another URN and attach it in schemaExtensions (RFC 7643 §3.3)"
    )]
    #[case::common_attribute(
        r#""name": "boughtOn""#,
        r#""name": "ID""#,
        "devices.json:87:17: expected a schema without ID, which every resource has (RFC 7643 §3.1), \
         found urn:example:params:scim:schemas:core:2.0:Device"
    )]
    #[case::unknown_schema(
        r#""schema": "urn:example:params:scim:schemas:core:2.0:Device""#,
        r#""schema": "urn:example:params:scim:schemas:core:2.0:Divice""#,
        "devices.json:87:17: expected the URN of a schema (RFC 7643 §6), found \
         \"urn:example:params:scim:schemas:core:2.0:Divice\", did you mean \
         urn:example:params:scim:schemas:core:2.0:Device?"
    )]
    #[case::unknown_extension(
        r#"{ "schema": "urn:example:params:scim:schemas:extension:lease:2.0:Device""#,
        r#"{ "schema": "urn:x:y""#,
        "devices.json:89:21: expected the URN of a schema (RFC 7643 §6), found \"urn:x:y\""
    )]
    #[case::extension_that_is_the_core(
        r#"{ "schema": "urn:example:params:scim:schemas:extension:lease:2.0:Device""#,
        r#"{ "schema": "urn:example:params:scim:schemas:core:2.0:Device""#,
        "devices.json:89:21: expected a schema that the resource type does not have yet \
         (RFC 7643 §6), found urn:example:params:scim:schemas:core:2.0:Device"
    )]
    #[case::built_in_type(
        r#""name": "Device",
      "endpoint""#,
        r#""name": "user",
      "endpoint""#,
        "devices.json:84:15: expected a name of its own (RFC 7643 §6), found User, which is built \
         in: attach an extension to it in schemaExtensions"
    )]
    #[case::type_with_a_blank(
        r#""name": "Device",
      "endpoint""#,
        r#""name": "My Device",
      "endpoint""#,
        "devices.json:84:15: expected the name of a resource type, a letter and then letters, \
         digits, \"-\" or \"_\" (RFC 7643 §6), found \"My Device\""
    )]
    #[case::type_that_is_no_resource(
        r#""name": "Device",
      "endpoint""#,
        r#""name": "uri",
      "endpoint""#,
        "devices.json:84:15: expected another name: in referenceTypes uri is no resource type \
         (RFC 7643 §7)"
    )]
    #[case::other_id(
        r#""id": "Device""#,
        r#""id": "D1""#,
        "devices.json:83:13: expected the name \"Device\" once more (RFC 7643 §6), found \"D1\""
    )]
    #[case::taken_endpoint(
        r#""/Devices""#,
        r#""/users""#,
        "devices.json:85:19: expected an endpoint of its own (RFC 7643 §6), found /Users, which is \
         that of User"
    )]
    #[case::reserved_endpoint(
        r#""/Devices""#,
        r#""/Bulk""#,
        "devices.json:85:19: expected another endpoint: /Bulk is reserved by the protocol \
         (RFC 7644 §3.2)"
    )]
    #[case::endpoint_of_a_search(
        r#""/Devices""#,
        r#""/.search""#,
        "devices.json:85:19: expected one segment such as /Devices, of letters, digits, \"-\", \"_\", \
         \"~\" or \".\" (RFC 7643 §6), found \"/.search\""
    )]
    #[case::endpoint_of_two(
        r#""/Devices""#,
        r#""/my/Devices""#,
        "devices.json:85:19: expected one segment such as /Devices, of letters, digits, \"-\", \"_\", \
         \"~\" or \".\" (RFC 7643 §6), found \"/my/Devices\""
    )]
    fn a_contradiction_is_reported_where_it_stands(
        #[case] right: &str,
        #[case] wrong: &str,
        #[case] message: &str,
    ) {
        let text = DEVICES.replacen(right, wrong, 1);
        assert_ne!(text, DEVICES);

        let error = schemas_from(&[("devices.json", &text)]).unwrap_err();

        assert_eq!(error.to_string(), message);
    }

    #[rstest]
    #[case::unknown_type(
        r#""resourceType": "User""#,
        r#""resourceType": "Users""#,
        "costs.json:50:23: expected the name of a resource type (RFC 7643 §7), found \"Users\", did \
         you mean User?"
    )]
    #[case::attached_twice(
        r#""schema": "urn:example:params:scim:schemas:extension:costcenter:2.0:User""#,
        r#""schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        "costs.json:51:17: expected a schema that the resource type does not have yet (RFC 7643 §6), \
         found urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    )]
    fn a_wrong_attachment_is_reported_where_it_stands(
        #[case] right: &str,
        #[case] wrong: &str,
        #[case] message: &str,
    ) {
        let text = COSTS.replacen(right, wrong, 1);
        assert_ne!(text, COSTS);

        let error = schemas_from(&[("costs.json", &text)]).unwrap_err();

        assert_eq!(error.to_string(), message);
    }
}
