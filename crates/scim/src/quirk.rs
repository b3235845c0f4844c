//! The deviations from the RFC that real clients show, as one table.

use smol_str::SmolStr;

mod set;

pub use set::Quirks;

macro_rules! quirks {
    // Variant, name, section, clients that send it, what is tolerated, what to do instead, the form
    // that every server accepts.
    ($( $(#[$doc:meta])* $variant:ident $name:literal $section:literal $sent_by:literal $what:literal $instead:literal $form:literal, )*) => {
        /// A deviation from the RFC that real clients show.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Quirk { $( $(#[$doc])* $variant, )* }

        impl Quirk {
            /// All quirks.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in switches and findings.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The section that it deviates from.
            pub fn section(self) -> &'static str {
                match self { $(Self::$variant => $section),* }
            }

            /// The clients that are known to send it.
            pub fn sent_by(self) -> &'static str {
                match self { $(Self::$variant => $sent_by),* }
            }

            /// What is tolerated, in one sentence.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what),* }
            }

            /// What to send to a server that does not tolerate it, in the imperative.
            pub fn instead(self) -> &'static str {
                match self { $(Self::$variant => $instead),* }
            }

            /// The form that every server accepts: a part of a body or a query. `<attribute>` is a
            /// placeholder for the path of the attribute, and `<schema>` for the URN of the
            /// resource type.
            pub fn form(self) -> &'static str {
                match self { $(Self::$variant => $form),* }
            }

            /// The quirk of this name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

quirks! {
    /// `"op": "Replace"`.
    OpCase "opCase" "RFC 7644 §3.5.2" "Microsoft Entra ID" "the operation is not in lower case" "write the operation in lower case" r#"{"op": "replace"}"#,
    /// `"active": "False"`.
    StringBoolean "stringBoolean" "RFC 7643 §2.3.2" "Microsoft Entra ID" "a boolean came as a string" "write true or false without quotes" r#"{"active": false}"#,
    /// `{"name.givenName": "Bo"}` in a value without a path.
    DottedKeys "dottedKeys" "RFC 7644 §3.5.2.3" "Microsoft Entra ID with aadOptscim062020" "a key of the value is a path" "make it the path of an operation" r#"{"op": "replace", "path": "name.givenName", "value": "Bo"}"#,
    /// Remove with path `members` and the members in the value.
    MembersRemoveValue "membersRemoveValue" "RFC 7644 §3.5.2.2" "Microsoft Entra ID" "the values to remove came in the value, not in the path" "select the values to remove in the path" r#"{"op": "remove", "path": "<attribute>[value eq \"ID\"]"}"#,
    /// `"manager": "271"`.
    BareManager "bareManager" "RFC 7643 §2.3.8" "Microsoft Entra ID" "a complex value came as bare text" "write an object with a value" r#"{"value": "ID"}"#,
    /// Add or Replace at `emails[type eq "work"].value` when there is none.
    CreateOnAbsentFilter "createOnAbsentFilter" "RFC 7644 §3.5.2.3" "Microsoft Entra ID" "no value matches the path's filter, so one was made that does" "add the whole value, without a filter" r#"{"op": "add", "path": "<attribute>", "value": [VALUE]}"#,
    /// `"$ref": null`.
    NullRef "nullRef" "RFC 7643 §2.5" "Microsoft Entra ID" "$ref is null instead of absent" "leave $ref out" r#"{"op": "add", "path": "members", "value": [{"value": "ID"}]}"#,
    /// An extension's object whose URN is not in `schemas`.
    UnlistedExtension "unlistedExtension" "RFC 7643 §3" "Microsoft Entra ID" "schemas does not list the URN of an extension that is present" "list the URN in schemas" r#"{"schemas": ["<schema>", "<attribute>"]}"#,
    /// A URN in `schemas` that this resource type does not have.
    UnknownSchemaUri "unknownSchemaUri" "RFC 7643 §3" "Microsoft Entra ID" "schemas lists a URN that this resource type does not have" "leave the URN out of schemas" r#"{"schemas": ["<schema>"]}"#,
    /// `name.displayName` for `displayName`.
    NameDisplayName "nameDisplayName" "RFC 7643 §4.1.1" "Microsoft Entra ID with MediusFlow's mapping" "name has no displayName; it was taken as the user's displayName" "write displayName beside name" r#"{"displayName": "Bo Ek", "name": {"givenName": "Bo", "familyName": "Ek"}}"#,
    /// `manager` for `urn:…:enterprise:2.0:User:manager`.
    UnqualifiedExtensionAttribute "unqualifiedExtensionAttribute" "RFC 7644 §3.10" "Microsoft Entra ID" "an attribute of an extension came without its schema's URN" "put the URN of its schema and a colon in front" "<attribute>",
    /// A single value wrapped in an array.
    WrappedSingleValue "wrappedSingleValue" "RFC 7643 §2.4" "Microsoft Entra ID" "a single value came in an array" "leave the brackets out" r#"{"op": "replace", "path": "<attribute>", "value": VALUE}"#,
    /// A manager whose value is the empty string.
    EmptyManager "emptyManager" "RFC 7643 §2.5" "Microsoft's SCIM validator" "an empty reference was taken as none" "remove the attribute" r#"{"op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"}"#,
    /// `manager[value eq "x"]` on a single value.
    SingleValueFilter "singleValueFilter" "RFC 7644 §3.5.2" "Microsoft Entra ID" "the path filters an attribute that has one value only" "leave the filter out" "<attribute>",
    /// A read-only attribute in a PATCH value without a path.
    ReadOnlyInPatch "readOnlyInPatch" "RFC 7644 §3.5.2" "Okta" "a read-only attribute in the value was left out" "leave it out of the value" r#"{"op": "replace", "value": {"displayName": "Finance"}}"#,
    /// `schemas` inside the object of an extension.
    SchemasInExtension "schemasInExtension" "RFC 7643 §3.3" "scim2-client" "an extension's object has a schemas of its own" "leave schemas out of the extension's object" r#"{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"}}"#,
    /// A PATCH without `schemas`.
    MissingPatchSchemas "missingPatchSchemas" "RFC 7644 §3.5.2" "authentik" "schemas does not say that the body is a PatchOp" "add schemas with the URN of PatchOp" r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "path": "displayName", "value": "Finance"}]}"#,
    /// `"emails": {"value": "a@b"}`.
    BareMultiValue "bareMultiValue" "RFC 7643 §2.4" "OneLogin" "a value of a multi-valued attribute came without an array" "put brackets around it" r#"{"op": "replace", "path": "<attribute>", "value": [VALUE]}"#,
    /// The object of an extension that this tenant has no schema for.
    UnknownExtension "unknownExtension" "RFC 7643 §3.3" "Okta, authentik" "an extension that nobody knows was left out" "leave the extension out" r#"{"schemas": ["<schema>"]}"#,
    /// `"manager": {"$ref": "../Users/271"}`.
    RefWithoutValue "refWithoutValue" "RFC 7643 §2.4" "clients that know an address only" "a reference came as $ref without its value" "give the id as value" r#"{"value": "ID"}"#,
    /// `urn:…:enterprise:2.0:User.manager`.
    DottedExtensionPath "dottedExtensionPath" "RFC 7644 §3.10" "Microsoft's collection for inbound provisioning" "a dot stands between the URN of a schema and the attribute" "write a colon between the URN and the attribute" "<attribute>",
    /// A body of a POST or PUT without `schemas`.
    MissingSchemas "missingSchemas" "RFC 7643 §3" "Oxide's client" "the body does not say by which schemas it is to be read" "add schemas with the URN of the resource's schema" r#"{"schemas": ["<schema>"]}"#,
    /// `[{"value": "3"}]` where values are simple.
    TextAsObject "textAsObject" "RFC 7643 §2.4" "Microsoft Entra ID" "a value of a simple multi-valued attribute came as an object" "write the value itself, without an object around it" r#"{"op": "replace", "path": "<attribute>", "value": ["3"]}"#,
    /// `"failOnErrors": 0`.
    ZeroFailOnErrors "zeroFailOnErrors" "RFC 7644 §3.7" "scripts for Webex and WSO2" "failOnErrors is 0, which was taken as no limit" "leave failOnErrors out, or make it 1 or more" r#"{"failOnErrors": 1}"#,
    /// `displayName` in a reference that has a `display`.
    MemberDisplayName "memberDisplayName" "RFC 7643 §4.2" "Microsoft's reference collection" "a member has no displayName; it was left out" "leave displayName out: the server derives display" r#"{"members": [{"value": "ID"}]}"#,
    /// `attributes=emails[type eq "work"]`.
    FilterInAttributes "filterInAttributes" "RFC 7644 §3.9" "clients written by hand" "a filter stands in a list of attributes; it selects no values" "leave the filter out of the list of attributes" "attributes=emails.value",
    /// `"path": ""`.
    EmptyPath "emptyPath" "RFC 7644 §3.5.2" "clients written by hand" "the path is empty; it was taken as none" "leave the path out" r#"{"op": "replace", "value": {"title": "Engineer"}}"#,
    /// `{"title": "a", "title": "b"}`.
    DuplicateKeys "duplicateKeys" "RFC 8259 §4" "clients written by hand" "a name stands twice in one JSON object or in the query; the last one counts" "write each name once" r#"{"title": "Engineer"}"#,
    /// `[{"value": "a"}, {"value": "a"}]`.
    DuplicateValues "duplicateValues" "RFC 7643 §2.4" "clients written by hand" "a value stands twice in one list; it was kept once" "write each value once" r#"{"op": "replace", "path": "<attribute>", "value": [VALUE]}"#,
    /// A member that is not a resource of the tenant.
    UnknownMember "unknownMember" "RFC 7643 §4.2" "clients written by hand" "a member is no resource of this tenant; it was kept" "create it before it becomes a member" r#"{"members": [{"value": "ID"}]}"#,
    /// `?fliter=`.
    UnknownParameter "unknownParameter" "RFC 7644 §3.4.2" "clients written by hand" "the query has a parameter that is none of SCIM; it was ignored" "leave the parameter out of the query" "the same address without this parameter",
}

/// A quirk that was tolerated, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedQuirk {
    /// The quirk.
    pub quirk: Quirk,
    /// The attribute path or operation that showed it.
    pub at: SmolStr,
    /// The [form](Quirk::form) that every server accepts, with this attribute and schema.
    pub form: SmolStr,
}

impl NotedQuirk {
    /// A quirk whose form has no placeholders.
    pub fn new(quirk: Quirk, at: impl Into<SmolStr>) -> Self {
        Self { quirk, at: at.into(), form: SmolStr::new_static(quirk.form()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_quirk_has_its_own_switch() {
        let mut names: Vec<&str> = Quirk::ALL.iter().map(|it| it.name()).collect();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), Quirk::ALL.len());
        for quirk in Quirk::ALL {
            let others = Quirks::all().without(*quirk);
            assert!(!others.contains(*quirk) && others.with(*quirk) == Quirks::all());
            assert!(Quirks::none().with(*quirk).contains(*quirk));
        }
    }
}
