//! MediusFlow's extension of a user (tutorial, Step 5, table of user attributes), and the schemas that
//! every tenant has.

use std::sync::LazyLock;

use crate::scim::{AttachedExtension, Schema, SchemaBundle, Schemas, User};

/// The URN of MediusFlow's extension of a user.
pub const USER_EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let schema: Schema =
        serde_json::from_str(include_str!("../../fixtures/schemas/medius-user.json"))
            .expect("a test reads the file");
    let attached = AttachedExtension {
        resource_type: "User".into(),
        schema: USER_EXTENSION.into(),
        required: false,
    };
    let bundle = SchemaBundle {
        schemas: vec![schema],
        schema_extensions: vec![attached],
        ..SchemaBundle::default()
    };
    Schemas::rfc().with_built_in(&bundle).expect("a test puts them together")
});

/// The schemas and resource types of the tutorial: users with the enterprise and the Medius
/// extension, and groups.
///
/// # Panics
///
/// Never: the file is part of the program, and a test reads it.
pub fn schemas() -> Schemas {
    SCHEMAS.clone()
}

/// An attribute of MediusFlow's extension, such as `configurationFilter`; `None` if it is blank.
pub fn attribute<'a>(user: User<'a>, name: &str) -> Option<&'a str> {
    user.extension(USER_EXTENSION, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_is_listed_before_the_schemas_of_discovery() {
        let schemas = schemas();

        let names: Vec<_> = schemas.schemas().iter().map(|it| &*it.name).collect();
        let discovery = ["ServiceProviderConfig", "ResourceType", "Schema"];
        assert_eq!(names[..2], ["User", "Group"]);
        assert!(schemas.schemas()[3].id.eq_ignore_ascii_case(USER_EXTENSION));
        assert_eq!(names[4..].len(), discovery.len());
    }
}
