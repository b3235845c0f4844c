//! A resource, and the only two ways to make one: [`accept`] a body, or apply a PATCH.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use super::{
    dialect::{Quirk, Rules},
    error::{ScimError, ScimType},
    path::AttrPath,
    schema::{
        Extension, ResourceType, Target,
        admit::{Place, named_twice, noun, unknown},
    },
    value::{Name, Object, Value},
};

/// A resource of a tenant ([RFC 7643 §3](https://www.rfc-editor.org/rfc/rfc7643#section-3)).
///
/// Its attributes are right by construction: names in their schema's spelling, values of their
/// type, nothing read-only, nothing that says nothing. What the server adds (`schemas`, `meta`
/// beyond the times, `groups`, `$ref`) is derived when it is shown, never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its `id`, given once by the server.
    pub id: SmolStr,
    /// The name of its resource type.
    pub kind: SmolStr,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub last_modified: Timestamp,
    /// How often it changed, from 1; its ETag is `W/"version"`.
    pub version: u64,
    attributes: Object,
}

/// Attributes that a body or a PATCH yielded and the schemas admit, not yet a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted(pub(super) Object);

/// What a body is meant for.
#[derive(Clone, Copy, Debug)]
pub enum Intent<'a> {
    /// `POST`: a new resource.
    Create,
    /// `PUT`: in place of this one.
    Replace(&'a Resource),
}

/// Reads the body of a POST or PUT ([RFC 7644 §3.3](https://www.rfc-editor.org/rfc/rfc7644#section-3.3), §3.5.1).
///
/// # Errors
///
/// `invalidSyntax` when the body is no object, names an unknown attribute or one twice;
/// `invalidValue` when a value does not fit or a required one is missing; `mutability` when a PUT
/// gives an immutable attribute another value.
pub fn accept(rules: &Rules<'_>, body: &Json, intent: Intent<'_>) -> Result<Accepted, ScimError> {
    let Json::Object(members) = body else {
        return Err(ScimError::new(
            ScimType::InvalidSyntax,
            format!("expected a JSON object, found {}", noun(body)),
        ));
    };
    let listed = listed_schemas(rules, members)?;
    let mut draft = Object::default();
    for (key, value) in members {
        accept_member(rules, &mut draft, (key, value), &listed)?;
    }
    if let Intent::Replace(current) = intent {
        keep_what_put_cannot_change(rules, &mut draft, current)?;
    }
    require(rules, &draft, ScimType::InvalidValue)?;
    // Most of a tenant's memory is these vectors: give back what growing left unused.
    draft.shrink();
    Ok(Accepted(draft))
}

impl Accepted {
    /// What was accepted, by name; extensions under their URN.
    pub fn attributes(&self) -> &Object {
        &self.0
    }

    /// The name by which a client would know it again: `userName`, `displayName`, `externalId`, else
    /// nothing.
    pub fn name(&self) -> SmolStr {
        let text = |name| self.0.text(name).cloned();
        text("userName")
            .or_else(|| text("displayName"))
            .or_else(|| text("externalId"))
            .unwrap_or_default()
    }

    /// The same with another value under a target: for references whose resource is gone.
    #[must_use]
    pub fn with(mut self, target: &Target, value: Option<Value>) -> Self {
        assign(&mut self.0, target, value);
        self
    }
}

impl Resource {
    /// Makes a resource of what was accepted.
    pub fn new(kind: SmolStr, id: SmolStr, accepted: Accepted, now: Timestamp) -> Self {
        let attributes = accepted.0;
        Self { id, kind, created: now, last_modified: now, version: 1, attributes }
    }

    /// The same resource with other attributes; `None` when nothing differs, so that the version
    /// and the time of change stay (RFC 7644 §3.5.2.1).
    pub fn with(&self, accepted: Accepted, now: Timestamp) -> Option<Self> {
        if accepted.0 == self.attributes {
            return None;
        }
        let version = self.version + 1;
        Some(Self { attributes: accepted.0, last_modified: now, version, ..self.clone() })
    }

    /// Its attributes, by name; extensions under their URN.
    pub fn attributes(&self) -> &Object {
        &self.attributes
    }

    /// Its attributes as something to be changed.
    pub fn to_accepted(&self) -> Accepted {
        Accepted(self.attributes.clone())
    }

    /// The value of an attribute, of an extension if a URN is given.
    pub fn value(&self, extension: Option<&str>, name: &str) -> Option<&Value> {
        value(&self.attributes, extension, name)
    }

    /// Its ETag (RFC 7644 §3.14): weak, since the same resource is shown in several ways.
    pub fn etag(&self) -> SmolStr {
        smol_str::format_smolstr!("W/\"{}\"", self.version)
    }
}

/// The value of an attribute in a resource's attributes.
pub(super) fn value<'a>(
    attributes: &'a Object,
    extension: Option<&str>,
    name: &str,
) -> Option<&'a Value> {
    match extension {
        None => attributes.get(name),
        Some(urn) => attributes.get(urn)?.as_object()?.get(name),
    }
}

/// Puts a value under a target's attribute, or takes it away; an extension of which nothing
/// remains goes with it.
pub(super) fn assign(attributes: &mut Object, target: &Target, value: Option<Value>) {
    let name = target.definition.name();
    let put = |object: &mut Object| match value {
        Some(value) => object.set(name, value),
        None => object.remove(name),
    };
    match &target.extension {
        None => put(attributes),
        Some(urn) => {
            let mut extension =
                attributes.get(urn).and_then(Value::as_object).cloned().unwrap_or_default();
            put(&mut extension);
            attributes.set(urn, Value::Object(extension));
        }
    }
}

/// What a key of a body or of a PATCH value without a path stands for.
pub(super) enum Member<'a> {
    /// `schemas`, which is derived and never stored.
    Schemas,
    /// An attribute.
    Attribute(Target),
    /// The object of an extension.
    Extension(&'a Extension),
}

impl<'a> Rules<'a> {
    /// Finds what a key stands for: a name, or the URN of an extension; `None` if nothing.
    pub(super) fn member(&self, key: &str) -> Option<Member<'a>> {
        if key.eq_ignore_ascii_case("schemas") {
            return Some(Member::Schemas);
        }
        if let Some(definition) = self.resource_type.core(key) {
            let definition = definition.clone();
            return Some(Member::Attribute(Target { extension: None, definition, sub: None }));
        }
        self.resource_type.extension(key).map(Member::Extension)
    }

    /// Finds the attribute of a path, the tenant's tolerance included.
    ///
    /// # Errors
    ///
    /// The given type (`invalidPath`, `invalidFilter`) when nothing has this path; the detail names
    /// the nearest attribute.
    pub(super) fn resolve(&self, path: &AttrPath, error: ScimType) -> Result<Target, ScimError> {
        if let Some(target) = self.resource_type.resolve(path).or_else(|| self.resolve_odd(path)) {
            return Ok(target);
        }
        let names: Vec<SmolStr> = self.resource_type.attributes().map(|it| it.path()).collect();
        let asked = path.to_string();
        let hint = match self.resource_type.extended(&path.name) {
            Some((extension, _)) if path.schema.is_none() => {
                format!(", write {}:{asked}", extension.schema.id)
            }
            _ => super::schema::nearest(&path.name, names.iter().map(SmolStr::as_str))
                .map(|it| format!(", did you mean {it}?"))
                .unwrap_or_default(),
        };
        let kind = &self.resource_type.name;
        Err(ScimError::new(error, format!("{kind} has no attribute {asked}{hint}")))
    }

    /// The paths that only a tolerant server understands.
    fn resolve_odd(&self, path: &AttrPath) -> Option<Target> {
        if path.schema.is_some() {
            return None;
        }
        if is_name_display_name(&path.name, path.sub.as_deref())
            && let Some(definition) = self.resource_type.core("displayName")
            && self.tolerates(Quirk::NameDisplayName, path)
        {
            let definition = definition.clone();
            return Some(Target { extension: None, definition, sub: None });
        }
        let (extension, definition) = self.resource_type.extended(&path.name)?;
        let sub = match &path.sub {
            Some(sub) => Some(definition.sub_attribute(sub)?.clone()),
            None => None,
        };
        let extension = Some(extension.schema.id.clone());
        // Entra addresses the manager as "manager"; see fixtures/entra/.
        self.tolerates(Quirk::UnqualifiedExtensionAttribute, path).then(|| Target {
            extension,
            definition: definition.clone(),
            sub,
        })
    }
}

/// The tutorial's mapping table has `name.displayName`, which no schema has.
fn is_name_display_name(name: &str, sub: Option<&str>) -> bool {
    name.eq_ignore_ascii_case("name")
        && sub.is_some_and(|it| it.eq_ignore_ascii_case("displayName"))
}

/// The URNs of a body's `schemas`; those that the resource type lacks are a finding.
fn listed_schemas(
    rules: &Rules<'_>,
    members: &Map<String, Json>,
) -> Result<Vec<SmolStr>, ScimError> {
    let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case("schemas"));
    let core = &rules.resource_type.schema.id;
    let wrong = |what: &dyn fmt::Display| {
        ScimError::new(
            ScimType::InvalidSyntax,
            format!("schemas must be an array that holds \"{core}\" (RFC 7643 §3), found {what}"),
        )
    };
    let Some((_, value)) = found else { return Err(wrong(&"none")) };
    let Json::Array(values) = value else { return Err(wrong(&noun(value))) };
    let urns: Option<Vec<SmolStr>> =
        values.iter().map(|it| it.as_str().map(SmolStr::new)).collect();
    let urns = urns.ok_or_else(|| wrong(&"an element that is no string"))?;
    if !urns.iter().any(|urn| urn.eq_ignore_ascii_case(core)) {
        return Err(wrong(&format!("{urns:?}")));
    }
    for urn in &urns {
        let known = urn.eq_ignore_ascii_case(core) || rules.resource_type.extension(urn).is_some();
        if !known && !rules.tolerates(Quirk::UnknownSchemaUri, urn) {
            return Err(ScimError::new(
                ScimType::InvalidValue,
                format!("schemas lists {urn}, which {} does not have", rules.resource_type.name),
            ));
        }
    }
    Ok(urns)
}

fn accept_member(
    rules: &Rules<'_>,
    draft: &mut Object,
    (key, value): (&str, &Json),
    listed: &[SmolStr],
) -> Result<(), ScimError> {
    match rules.member(key) {
        Some(Member::Schemas) => Ok(()),
        Some(Member::Attribute(target)) => {
            let definition = &target.definition;
            if definition.is_read_only() {
                return Ok(());
            }
            let place = Place::name(definition.name());
            if draft.get(definition.name()).is_some() {
                return Err(named_twice(place));
            }
            let value = &*take_name_display_name(rules, draft, key, value);
            if let Some(value) = definition.admit(rules, place, value)? {
                draft.set(definition.name(), value);
            }
            Ok(())
        }
        Some(Member::Extension(extension)) => {
            accept_extension(rules, draft, (extension, value), listed)
        }
        // What is unassigned says nothing, known or not: Entra sends such nulls.
        None if value.is_null() => Ok(()),
        None => {
            let known: Vec<SmolStr> =
                rules.resource_type.attributes().map(|it| it.path()).collect();
            unknown(rules, Place::name(key), known.iter().map(SmolStr::as_str))
        }
    }
}

fn accept_extension(
    rules: &Rules<'_>,
    draft: &mut Object,
    (extension, value): (&Extension, &Json),
    listed: &[SmolStr],
) -> Result<(), ScimError> {
    let urn = &extension.schema.id;
    if draft.get(urn).is_some() {
        return Err(named_twice(Place::urn(urn)));
    }
    let is_listed = listed.iter().any(|it| it.eq_ignore_ascii_case(urn));
    // Entra's client never lists a custom extension; see fixtures/entra/.
    if !is_listed && !value.is_null() && !rules.tolerates(Quirk::UnlistedExtension, urn) {
        return Err(ScimError::new(
            ScimType::InvalidValue,
            format!("schemas must list {urn}, since the body has attributes of it"),
        ));
    }
    let object = admit_extension(rules, extension, value)?;
    draft.set(urn, Value::Object(object));
    Ok(())
}

/// Reads the object of an extension.
///
/// # Errors
///
/// As [`accept`].
pub(super) fn admit_extension(
    rules: &Rules<'_>,
    extension: &Extension,
    value: &Json,
) -> Result<Object, ScimError> {
    let urn = &extension.schema.id;
    let place = Place::urn(urn);
    let members = match value {
        Json::Null => return Ok(Object::default()),
        Json::Object(members) => members,
        _ => {
            let detail = format!("{place} must be an object, found {}", noun(value));
            return Err(ScimError::new(ScimType::InvalidValue, detail));
        }
    };
    let mut object = Object::default();
    for (key, value) in members {
        let Some(definition) = extension.schema.attribute(key) else {
            let known = extension.schema.attributes.iter().map(|it| &**it.name());
            unknown(rules, place.sub(key), known)?;
            continue;
        };
        let place = place.sub(definition.name());
        if object.get(definition.name()).is_some() {
            return Err(named_twice(place));
        }
        if definition.is_read_only() {
            continue;
        }
        if let Some(value) = definition.admit(rules, place, value)? {
            object.set(definition.name(), value);
        }
    }
    object.shrink();
    Ok(object)
}

/// Moves `name.displayName` to `displayName`, unless the body has one of its own.
fn take_name_display_name<'v>(
    rules: &Rules<'_>,
    draft: &mut Object,
    key: &str,
    value: &'v Json,
) -> std::borrow::Cow<'v, Json> {
    use std::borrow::Cow;
    let Json::Object(members) = value else { return Cow::Borrowed(value) };
    let Some((sub, text)) = members.iter().find(|(it, _)| is_name_display_name(key, Some(it)))
    else {
        return Cow::Borrowed(value);
    };
    let (Some(text), Some(definition)) = (text.as_str(), rules.resource_type.core("displayName"))
    else {
        return Cow::Borrowed(value);
    };
    if !rules.tolerates(Quirk::NameDisplayName, "name.displayName") {
        return Cow::Borrowed(value);
    }
    if draft.get(definition.name()).is_none() {
        draft.set(definition.name(), Value::from(text));
    }
    let mut rest = members.clone();
    rest.remove(sub);
    Cow::Owned(Json::Object(rest))
}

/// A PUT keeps what nobody can send again, and must not change what is immutable.
fn keep_what_put_cannot_change(
    rules: &Rules<'_>,
    draft: &mut Object,
    current: &Resource,
) -> Result<(), ScimError> {
    for target in rules.resource_type.attributes() {
        let (extension, name) = (target.extension.as_deref(), target.definition.name());
        let Some(before) = current.value(extension, name) else { continue };
        let after = value(draft, extension, name);
        if target.definition.is_write_only() && after.is_none() {
            assign(draft, &target, Some(before.clone()));
        } else if target.definition.is_immutable() && after != Some(before) {
            return Err(ScimError::new(
                ScimType::Mutability,
                format!("{} is immutable and has another value (RFC 7644 §3.5.1)", target.path()),
            ));
        }
    }
    Ok(())
}

/// Checks that what is required is there.
///
/// # Errors
///
/// The given type, naming the attribute or the extension.
pub(super) fn require(
    rules: &Rules<'_>,
    attributes: &Object,
    error: ScimType,
) -> Result<(), ScimError> {
    let missing = |what: &dyn fmt::Display| {
        let kind = &rules.resource_type.name;
        Err(ScimError::new(error, format!("{what} is required for a {kind}")))
    };
    for extension in rules.resource_type.extensions.iter().filter(|it| it.required) {
        if attributes.get(&extension.schema.id).is_none() {
            return missing(&extension.schema.id);
        }
    }
    for target in rules.resource_type.attributes().filter(|it| it.definition.is_required()) {
        let extension = target.extension.as_deref();
        let in_use = extension.is_none_or(|urn| attributes.get(urn).is_some());
        let found = value(attributes, extension, target.definition.name());
        let is_blank = |it: &Value| it.as_text().is_some_and(|text| text.trim().is_empty());
        if in_use && !target.definition.is_named("schemas") && found.is_none_or(is_blank) {
            return missing(&target.path());
        }
    }
    Ok(())
}

/// The names of a resource's extensions that have attributes, in schema order.
pub(super) fn extensions_in_use<'a>(
    resource_type: &'a ResourceType,
    attributes: &'a Object,
) -> impl Iterator<Item = &'a Name> {
    resource_type
        .extensions
        .iter()
        .map(|it| &it.schema.id)
        .filter(|urn| attributes.get(urn).is_some())
}
