//! Paths of attributes, in filters and as targets of PATCH operations.
//!
//! A path is kept as written. Whether its attribute exists is decided when the path is resolved by
//! the schemas.

use std::fmt;
use std::str::FromStr;

use smol_str::SmolStr;

use super::{Filter, SyntaxError};

/// An attribute in the standard notation
/// ([RFC 7644 §3.10](https://www.rfc-editor.org/rfc/rfc7644#section-3.10)):
/// `urn:ietf:params:scim:schemas:core:2.0:User:name.givenName`, or a part of it.
///
/// URNs contain colons and dots themselves. A registered URN is recognised without case, the
/// longest first. If none matches, the text before the last colon is read as the URN.
///
/// ```
/// use scim_engine::{AttrPath, Urns};
///
/// let path = AttrPath::parse("urn:example:2.0:User:name.givenName", Urns::default())?;
///
/// assert_eq!(path.schema.as_deref(), Some("urn:example:2.0:User"));
/// assert_eq!(path.name, "name");
/// assert_eq!(path.sub.as_deref(), Some("givenName"));
/// # Ok::<(), scim_engine::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttrPath {
    /// The URN of the schema, as written, if there is one.
    pub schema: Option<SmolStr>,
    /// The attribute, as written; names are compared without case.
    pub name: SmolStr,
    /// The sub-attribute, as written, if there is one.
    pub sub: Option<SmolStr>,
    /// Whether a dot separates a registered URN from the attribute, instead of a colon.
    pub is_dotted: bool,
}

impl AttrPath {
    /// An attribute without schema and sub-attribute.
    pub fn new(name: impl Into<SmolStr>) -> Self {
        Self { schema: None, name: name.into(), sub: None, is_dotted: false }
    }

    /// The sub-attribute `sub` of this attribute.
    #[must_use]
    pub fn join(&self, sub: &str) -> Self {
        Self { sub: Some(sub.into()), ..self.clone() }
    }
}

/// Reads an attribute path when no schema is known.
impl FromStr for AttrPath {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        Self::parse(text, Urns::default())
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}{}", if self.is_dotted { '.' } else { ':' })?;
        }
        f.write_str(&self.name)?;
        self.sub.iter().try_for_each(|sub| write!(f, ".{sub}"))
    }
}

/// The values of a multi-valued attribute that a filter selects: `emails[type eq "work"]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuePath {
    /// The attribute before the brackets; it has no sub-attribute.
    pub attr: AttrPath,
    /// The filter inside. Its attributes are sub-attributes of `attr`, named without schema and
    /// dot. It contains no further value path.
    pub filter: Box<Filter>,
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.attr, self.filter)
    }
}

/// The target of a PATCH operation ([RFC 7644 §3.5.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2)).
#[derive(Clone, Debug, PartialEq)]
pub enum PatchPath {
    /// An attribute or sub-attribute: `name.familyName`.
    Attribute(AttrPath),
    /// The selected values, or one sub-attribute of each: `emails[type eq "work"].value`.
    Values(ValuePath, Option<SmolStr>),
    /// All attributes of a registered schema, by its bare URN, as written. The RFC's grammar has no
    /// such path, but the extension's object in the resource has this name.
    Extension(SmolStr),
}

/// Reads a path when no schema is known. The last part of a bare URN is then read as an attribute.
impl FromStr for PatchPath {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        Self::parse(text, Urns::default())
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(attr) => write!(f, "{attr}"),
            Self::Values(values, None) => write!(f, "{values}"),
            Self::Values(values, Some(sub)) => write!(f, "{values}.{sub}"),
            Self::Extension(urn) => f.write_str(urn),
        }
    }
}

/// The URNs of the registered schemas. They are needed to split a path at the right colon.
///
/// The default has none, which is enough for every path except a bare URN.
#[derive(Clone, Copy, Debug, Default)]
pub struct Urns<'a>(pub &'a [SmolStr]);

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use smol_str::SmolStr;

    use super::{AttrPath, PatchPath, Urns};

    const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn registered() -> [SmolStr; 4] {
        [USER, ENTERPRISE, "urn:example:a", "urn:example:a:b"].map(SmolStr::new)
    }

    fn attr(schema: Option<&str>, name: &str, sub: Option<&str>) -> AttrPath {
        let (schema, sub) = (schema.map(Into::into), sub.map(Into::into));
        AttrPath { schema, name: name.into(), sub, is_dotted: false }
    }

    #[rstest]
    #[case::name("userName", attr(None, "userName", None))]
    #[case::blanks(" name.givenName\t", attr(None, "name", Some("givenName")))]
    #[case::reference("manager.$ref", attr(None, "manager", Some("$ref")))]
    #[case::all_characters("a-b_C9$", attr(None, "a-b_C9$", None))]
    #[case::word_of_filters("not.or", attr(None, "not", Some("or")))]
    #[case::core(
        "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
        attr(Some(USER), "name", Some("givenName"))
    )]
    #[case::case_is_kept(
        "URN:IETF:params:scim:schemas:core:2.0:user:Name",
        attr(Some("URN:IETF:params:scim:schemas:core:2.0:user"), "Name", None)
    )]
    #[case::longest("urn:example:a:b:c", attr(Some("urn:example:a:b"), "c", None))]
    #[case::shorter("urn:example:a:bc", attr(Some("urn:example:a"), "bc", None))]
    #[case::foreign("urn:other:2.0:Thing:x.y", attr(Some("urn:other:2.0:Thing"), "x", Some("y")))]
    fn attribute_paths_are_split_at_the_right_colon(#[case] text: &str, #[case] path: AttrPath) {
        assert_eq!(AttrPath::parse(text, Urns(&registered())), Ok(path));
    }

    #[rstest]
    #[case::attribute("urn:example:a:b.c", "c", None)]
    #[case::sub_attribute("URN:example:a:b.c.$ref", "c", Some("$ref"))]
    fn a_dot_after_a_registered_urn_is_noted(
        #[case] text: &str,
        #[case] name: &str,
        #[case] sub: Option<&str>,
    ) {
        let path = AttrPath::parse(text, Urns(&registered())).unwrap();

        assert!(path.is_dotted && path.schema.as_ref().is_some_and(|it| it.ends_with("a:b")));
        assert_eq!((&*path.name, path.sub.as_deref(), &*path.to_string()), (name, sub, text));
    }

    #[rstest]
    #[case::no_name("", 0, "expected an attribute, found the end")]
    #[case::bare_schema(
        "urn:example:a:b",
        15,
        "expected \":\" and an attribute after the schema urn:example:a:b, found the end"
    )]
    #[case::colon_at_the_end("urn:example:a:", 14, "expected an attribute, found the end")]
    #[case::two_names("a b", 2, "expected the end of the attribute path, found \"b\"")]
    #[case::list("a,b", 1, "expected the end of the attribute path, found \",b\"")]
    fn the_error_of_an_attribute_path_has_a_message_and_an_offset(
        #[case] text: &str,
        #[case] offset: usize,
        #[case] message: &str,
    ) {
        let error = AttrPath::parse(text, Urns(&registered())).unwrap_err();

        assert_eq!((error.message.as_str(), error.offset), (message, offset));
    }

    #[rstest]
    #[case::attribute("members", PatchPath::Attribute(attr(None, "members", None)))]
    #[case::bare_schema(ENTERPRISE, PatchPath::Extension(ENTERPRISE.into()))]
    #[case::schema_of_one("urn:example:a", PatchPath::Extension("urn:example:a".into()))]
    fn patch_paths_name_an_attribute_or_a_whole_extension(
        #[case] text: &str,
        #[case] path: PatchPath,
    ) {
        assert_eq!(PatchPath::parse(text, Urns(&registered())), Ok(path));
    }

    #[rstest]
    #[case::values("addresses[type eq \"work\"]", "type eq \"work\"", None)]
    #[case::sub_attribute("emails[ TYPE Eq \"work\" ].value ", "TYPE eq \"work\"", Some("value"))]
    #[case::of_a_schema(
        "urn:example:a:b:c[not (d pr) and (e pr or f pr)].$ref",
        "not (d pr) and (e pr or f pr)",
        Some("$ref")
    )]
    fn patch_paths_select_values(
        #[case] text: &str,
        #[case] filter: &str,
        #[case] sub: Option<&str>,
    ) {
        let path = PatchPath::parse(text, Urns(&registered())).unwrap();

        let PatchPath::Values(values, found) = path else { panic!("{path}") };
        assert_eq!((&*values.filter.to_string(), found.as_deref()), (filter, sub));
    }

    #[rstest]
    #[case::slash(
        "/members",
        0,
        "expected an attribute, found \"/members\"; paths have no slashes"
    )]
    #[case::index(
        "emails[0]",
        7,
        "expected a sub-attribute of emails, \"not\" or \"(\", found \"0\""
    )]
    #[case::test("a pr", 2, "expected the end of the path, found \"pr\"")]
    #[case::behind_brackets("a[b pr]c", 7, "expected the end of the path, found \"c\"")]
    #[case::two_dots(
        "a[b pr].c.d",
        9,
        "expected no second dot: sub-attributes have no sub-attributes"
    )]
    fn the_error_of_a_patch_path_has_a_message_and_an_offset(
        #[case] text: &str,
        #[case] offset: usize,
        #[case] message: &str,
    ) {
        let error = PatchPath::parse(text, Urns(&registered())).unwrap_err();

        assert_eq!((error.message.as_str(), error.offset), (message, offset));
    }

    #[test]
    fn without_registered_schemas_a_path_is_split_at_the_last_colon() {
        let path: PatchPath = ENTERPRISE.parse().unwrap();

        let schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0";
        assert_eq!(path, PatchPath::Attribute(attr(Some(schema), "User", None)));
        assert_eq!(path.to_string(), ENTERPRISE);
    }
}
