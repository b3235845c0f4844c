//! What a tenant tolerates beyond the RFC, as switches, and what it noticed.
//!
//! A quirk is read at exactly one point of the engine, through [`Rules::tolerates`]: that call
//! decides, and notes the finding that the client's developer reads.

use std::{
    cell::{Cell, RefCell},
    fmt,
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{
    error::ScimError,
    project::Derive,
    schema::{AttributeDefinition, ResourceType, Returned, Schemas},
    work::WorkBudget,
};

mod quirks;
mod switches;

pub use quirks::Quirks;
pub use switches::{
    AbsentTargets, CanonicalValues, DeletedUsers, Discovery, Duplicates, Filterable, GroupNames,
    MOST_RESULTS, PageCap, Paging, UnknownAttributes, UnknownMembers,
};

/// How one tenant speaks SCIM: switches, each read at one place of the engine.
///
/// ```
/// use scim_engine::{Dialect, Profile, UnknownAttributes};
///
/// let dialect = Dialect {
///     unknown_attributes: UnknownAttributes::Drop,
///     ..Dialect::of(Profile::Mediusflow).strict()
/// };
///
/// assert_eq!(serde_json::to_value(&dialect)?["unknownAttributes"], "drop");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dialect {
    /// The tolerated deviations.
    pub quirks: Quirks,
    /// Which attributes a filter may name.
    pub filterable: Filterable,
    /// Whether a PATCH of a user answers 200 with the user, or 204 with nothing.
    pub answers_modified_users: bool,
    /// Whether a PATCH of any other resource answers 200 with it, or 204 with nothing.
    pub answers_modified_others: bool,
    /// What happens to an attribute that no schema defines.
    pub unknown_attributes: UnknownAttributes,
    /// Where the values that a schema suggests are the only ones.
    pub canonical_values: CanonicalValues,
    /// What a Replace does at a value filter that matches nothing.
    pub absent_targets: AbsentTargets,
    /// What happens to a member that is no resource of the tenant.
    pub unknown_members: UnknownMembers,
    /// Whether two groups may have the same name.
    pub group_names: GroupNames,
    /// Who may read the discovery endpoints.
    pub discovery: Discovery,
    /// What a POST does whose unique value is in use.
    pub duplicates: Duplicates,
    /// What a DELETE of a user does.
    pub deleted_users: DeletedUsers,
    /// The `userName` of the user for whom `/Me` stands
    /// ([RFC 7644 §3.11](https://www.rfc-editor.org/rfc/rfc7644#section-3.11)); nobody if empty.
    pub me: SmolStr,
    /// How pages follow each other where a client does not choose.
    pub paging: Paging,
    /// How many resources a page has at most.
    pub most_results: PageCap,
}

/// The SCIM profile of a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Profile {
    /// What the tutorial documents of MediusFlow.
    #[default]
    Mediusflow,
    /// The whole standard.
    Rfc,
}

macro_rules! quirks {
    // Variant, name, section, who sends it, what is tolerated, what to do instead, the form that every
    // server takes.
    ($( $(#[$doc:meta])* $variant:ident $name:literal $section:literal $sent_by:literal $what:literal $instead:literal $form:literal, )*) => {
        /// A deviation from the RFC that real clients show.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Quirk { $( $(#[$doc])* $variant, )* }

        impl Quirk {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in switches and findings.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The section that says otherwise.
            pub fn section(self) -> &'static str {
                match self { $(Self::$variant => $section),* }
            }

            /// Who is known to send it.
            pub fn sent_by(self) -> &'static str {
                match self { $(Self::$variant => $sent_by),* }
            }

            /// What is tolerated, one sentence.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what),* }
            }

            /// What to send to a server that does not tolerate it, as an order.
            pub fn instead(self) -> &'static str {
                match self { $(Self::$variant => $instead),* }
            }

            /// The form that every server takes: a part of a body or a query. `<attribute>` stands for the
            /// path of the attribute at hand, and `<schema>` for the URN of the resource type.
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
    /// A URN in `schemas` that is none of this resource type.
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
    /// A member that is no resource of the tenant.
    UnknownMember "unknownMember" "RFC 7643 §4.2" "clients written by hand" "a member is no resource of this tenant; it was kept" "create it before it becomes a member" r#"{"members": [{"value": "ID"}]}"#,
    /// `?fliter=`.
    UnknownParameter "unknownParameter" "RFC 7644 §3.4.2" "clients written by hand" "the query has a parameter that is none of SCIM; it was ignored" "leave the parameter out of the query" "the same address without this parameter",
}

impl Dialect {
    /// The switches of a profile; both tolerate every quirk.
    ///
    /// In the profile `mediusflow` a group's name is unique, as Entra expects of a target (assumed of
    /// MediusFlow).
    pub fn of(profile: Profile) -> Self {
        let documented = profile == Profile::Mediusflow;
        Self {
            quirks: Quirks::all(),
            filterable: if documented { Filterable::Documented } else { Filterable::Everything },
            answers_modified_users: true,
            answers_modified_others: !documented,
            unknown_attributes: UnknownAttributes::Refuse,
            canonical_values: CanonicalValues::Own,
            absent_targets: if documented { AbsentTargets::Create } else { AbsentTargets::Refuse },
            unknown_members: UnknownMembers::Keep,
            group_names: if documented { GroupNames::Unique } else { GroupNames::Free },
            discovery: Discovery::Open,
            duplicates: Duplicates::Refuse,
            deleted_users: DeletedUsers::Remove,
            me: SmolStr::default(),
            paging: Paging::Index,
            most_results: PageCap::default(),
        }
    }

    /// Whether a PATCH of a resource of this type answers 200 with it, or 204 with nothing.
    pub fn answers_modified(&self, kind: &str) -> bool {
        match kind {
            "User" => self.answers_modified_users,
            _ => self.answers_modified_others,
        }
    }

    /// The same, tolerating no quirk.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { quirks: Quirks::none(), ..self }
    }
}

impl Filterable {
    /// Whether a filter on a resource type may name these attributes together.
    ///
    /// Documented is `userName` alone (tutorial, Step 5, column "Supported for filtering"); Entra's
    /// reference check sends `id` with `manager` or `members`, and groups are matched by
    /// `displayName` or `externalId`.
    pub(super) fn allows(self, resource_type: &str, names: &[SmolStr]) -> bool {
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        let only = |allowed: &[&str]| names.iter().all(|it| allowed.iter().any(|ok| is(it, ok)));
        match (self, resource_type) {
            (Self::Everything, _) => true,
            (Self::Documented, "User") => {
                only(&["userName"])
                    || (only(&["id", "manager"]) && names.iter().any(|it| is(it, "id")))
            }
            (Self::Documented, "Group") => {
                only(&["displayName"])
                    || only(&["externalId"])
                    || (only(&["id", "members"]) && names.iter().any(|it| is(it, "id")))
            }
            (Self::Documented, _) => true,
        }
    }

    /// What may be filtered, for an error's detail.
    pub(super) fn words(resource_type: &str) -> &'static str {
        match resource_type {
            "User" => "userName (the tutorial, Step 5), or id with manager",
            _ => "displayName, externalId, or id with members",
        }
    }
}

/// Something tolerated, where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The deviation.
    pub quirk: Quirk,
    /// The attribute path or operation that showed it.
    pub at: SmolStr,
    /// The [form](Quirk::form) that every server takes, with the attribute and the schema at hand.
    pub form: SmolStr,
}

impl Noted {
    /// A deviation whose form is the same wherever it stands.
    pub fn new(quirk: Quirk, at: impl Into<SmolStr>) -> Self {
        Self { quirk, at: at.into(), form: SmolStr::new_static(quirk.form()) }
    }
}

/// The rules under which one request is read.
pub struct Rules<'a> {
    /// The type of the resource.
    pub resource_type: &'a ResourceType,
    /// All that the tenant knows.
    pub schemas: &'a Schemas,
    /// What it tolerates.
    pub dialect: &'a Dialect,
    /// How much work the request may still ask for.
    pub work: WorkBudget,
    /// The other resources, if the request may look at them.
    pub(super) others: Option<&'a dyn Derive>,
    noted: RefCell<Vec<Noted>>,
    specified: RefCell<Specified>,
    /// How many refusals were passed over; `None` where the first one ends the reading.
    passed: Option<Cell<usize>>,
}

/// The attributes and sub-attributes with `returned` = `request` that a change names: they are part of
/// its answer, "if the attribute was specified by the client"
/// ([RFC 7643 §7](https://www.rfc-editor.org/rfc/rfc7643#section-7)).
#[derive(Clone, Debug, Default)]
pub struct Specified(Vec<Arc<AttributeDefinition>>);

impl Specified {
    /// Whether this definition, of the schemas by which the change was read, is among them.
    pub(super) fn contains(&self, definition: &AttributeDefinition) -> bool {
        self.0.iter().any(|it| std::ptr::eq(Arc::as_ptr(it), definition))
    }
}

impl<'a> Rules<'a> {
    /// Rules with nothing noted yet.
    pub fn new(
        resource_type: &'a ResourceType,
        schemas: &'a Schemas,
        dialect: &'a Dialect,
    ) -> Self {
        let (work, noted) = (WorkBudget::default(), RefCell::default());
        Self {
            resource_type,
            schemas,
            dialect,
            work,
            others: None,
            noted,
            specified: RefCell::default(),
            passed: None,
        }
    }

    /// The same rules, for a request that may look at other resources: a reference can be given by its
    /// `$ref`, and values can be selected by what the server derives.
    #[must_use]
    pub fn among(self, others: &'a dyn Derive) -> Self {
        Self { others: Some(others), ..self }
    }

    /// The same rules, for a request that has this budget.
    #[must_use]
    pub fn within(self, work: &WorkBudget) -> Self {
        Self { work: work.clone(), ..self }
    }

    /// The same rules, for a request that is refused already: each part of it that is refused is passed
    /// over, so that all that is tolerated of the others is noted. What is read so must not be kept.
    #[must_use]
    pub fn past_refusals(self) -> Self {
        Self { passed: Some(Cell::default()), ..self }
    }

    /// What a part of a request says; nothing, where it is refused and refusals are passed over.
    ///
    /// # Errors
    ///
    /// The refusal, where the first one ends the reading or the budget is spent.
    pub(super) fn part<T: Default>(&self, read: Result<T, ScimError>) -> Result<T, ScimError> {
        match (&self.passed, read) {
            (Some(passed), Err(_)) if !self.work.is_spent() => {
                passed.set(passed.get() + 1);
                Ok(T::default())
            }
            (_, read) => read,
        }
    }

    /// How many refusals were passed over.
    pub(super) fn passed(&self) -> usize {
        self.passed.as_ref().map_or(0, Cell::get)
    }

    /// Whether a deviation is tolerated; if so it is noted, once for each place.
    pub(super) fn tolerates(&self, quirk: Quirk, at: impl fmt::Display) -> bool {
        let at = smol_str::format_smolstr!("{at}");
        // Without what selects values: `emails[1]`, `emails[type eq "work"].value`.
        let attribute = at.split_once('[').map_or(at.as_str(), |(name, _)| name);
        self.tolerates_path(quirk, &at, attribute)
    }

    /// As [`tolerates`](Self::tolerates), of what stands `at` a place and should be this attribute.
    pub(super) fn tolerates_path(&self, quirk: Quirk, at: &str, attribute: &str) -> bool {
        if !self.dialect.quirks.contains(quirk) {
            return false;
        }
        let form = quirk.form().replace("<schema>", &self.resource_type.schema.id);
        let form = form.replace("<attribute>", attribute).into();
        let noted = Noted { quirk, at: at.into(), form };
        let mut all = self.noted.borrow_mut();
        if !all.contains(&noted) && all.len() < MOST_NOTED {
            all.push(noted);
        }
        true
    }

    /// Notes that the request gives a value to an attribute or sub-attribute.
    pub(super) fn specify(&self, definition: &Arc<AttributeDefinition>) {
        let mut all = self.specified.borrow_mut();
        if definition.returned() == Returned::Request && !all.contains(definition) {
            all.0.push(definition.clone());
        }
    }

    /// What was tolerated, in the order in which it was met.
    pub fn into_noted(self) -> Vec<Noted> {
        self.into_parts().0
    }

    /// What was tolerated, and what the answer shows because the request gave it a value.
    pub fn into_parts(self) -> (Vec<Noted>, Specified) {
        (self.noted.into_inner(), self.specified.into_inner())
    }
}

impl fmt::Debug for Rules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = &self.resource_type.name;
        f.debug_struct("Rules")
            .field("of", kind)
            .field("noted", &self.noted)
            .finish_non_exhaustive()
    }
}

/// A body of ten thousand odd values must not make ten thousand findings.
const MOST_NOTED: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn each_quirk_is_a_switch_of_its_own() {
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

    #[test]
    fn a_place_is_noted_once_and_not_without_end() {
        let sample = Sample::users();
        let rules = sample.rules();

        for n in 0..1_000 {
            assert!(rules.tolerates(Quirk::NullRef, n) && rules.tolerates(Quirk::NullRef, n));
        }

        assert_eq!(rules.into_noted().len(), MOST_NOTED);
    }

    #[test]
    fn what_is_not_tolerated_is_not_noted() {
        let sample = Sample::users().strict();
        let rules = sample.rules();

        assert!(!rules.tolerates(Quirk::NullRef, "x"));
        assert_eq!(rules.into_noted(), []);
    }
}
