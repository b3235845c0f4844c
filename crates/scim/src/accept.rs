//! Reads the body of a POST or PUT.

use std::fmt;

use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use super::{
    admit::{admit_members, refuse_second, unknown},
    error::{ScimError, ScimType},
    json::describe,
    location::Location,
    quirk::Quirk,
    resolve::Member,
    resource::{AcceptedAttributes, Resource, assign, value},
    rules::Rules,
    schema::{Extension, Target},
    value::{Name, Object, Value},
};

#[cfg(test)]
mod tests;

/// What a body is for.
#[derive(Clone, Copy, Debug)]
pub enum Intent<'a> {
    /// `POST`: a new resource.
    Create,
    /// `PUT`: replaces this resource.
    Replace(&'a Resource),
}

/// Reads the body of a POST or PUT ([RFC 7644 §3.3](https://www.rfc-editor.org/rfc/rfc7644#section-3.3), §3.5.1).
///
/// # Errors
///
/// `invalidSyntax` when the body is not an object, or when an attribute is unknown or given twice;
/// `invalidValue` when a value does not fit its attribute or a required one is missing;
/// `mutability` when a PUT gives an immutable attribute another value.
pub fn accept(
    rules: &Rules<'_>,
    body: &Json,
    intent: Intent<'_>,
) -> Result<AcceptedAttributes, ScimError> {
    let Json::Object(members) = body else {
        return Err(ScimError::new(
            ScimType::InvalidSyntax,
            format!("the body must be a JSON object, found {}", describe(body)),
        )
        .by("RFC 7644 §3.3"));
    };
    let body =
        BodyMembers { members, schemas: rules.or_skip(listed_schemas(rules, members).map(Some))? };
    let mut draft = Draft::with_capacity(members.len());
    for (key, value) in members {
        rules.or_skip(accept_member(rules, &mut draft, &body, key, value))?;
    }
    let mut draft: Object = draft.into_iter().collect();
    if let Intent::Replace(current) = intent {
        rules.or_skip(keep_unchangeable(rules, &mut draft, current))?;
    }
    rules.or_skip(require(rules, &draft, None))?;
    Ok(AcceptedAttributes(draft))
}

/// What was read so far. An object is made of it once, at the end.
type Draft = Vec<(Name, Value)>;

/// The body of a POST or PUT.
struct BodyMembers<'a> {
    members: &'a Map<String, Json>,
    /// The URNs of its `schemas`; `None` if they were refused.
    schemas: Option<Vec<SmolStr>>,
}

impl BodyMembers<'_> {
    /// Whether its `schemas` contain a URN. If they were refused, this is true, so that no second
    /// error is reported.
    fn lists(&self, urn: &str) -> bool {
        let all = self.schemas.as_deref();
        all.is_none_or(|all| all.iter().any(|it| it.eq_ignore_ascii_case(urn)))
    }
}

fn accept_member(
    rules: &Rules<'_>,
    draft: &mut Draft,
    body: &BodyMembers<'_>,
    key: &str,
    value: &Json,
) -> Result<(), ScimError> {
    match rules.member(key) {
        Some(Member::Schemas) => Ok(()),
        Some(Member::Attribute(target)) => {
            let name = target.definition.name();
            rules.or_skip(refuse_second(Location::name(key), body.members, key, name))?;
            accept_attribute(rules, draft, target, value)
        }
        Some(Member::Extension(extension)) => {
            let urn = &extension.schema.id;
            rules.or_skip(refuse_second(Location::urn(key), body.members, key, urn))?;
            accept_extension(rules, draft, body, extension, value)
        }
        None if rules.ignores_extension(key, value) => Ok(()),
        None => {
            let meant = || rules.resource_type.nearest_path(key);
            unknown(rules, Location::name(key), value, meant).map_err(|error| {
                let foreign = rules.is_unknown_extension(key, value);
                if foreign { error.hinting(Quirk::UnknownExtension) } else { error }
            })
        }
    }
}

fn accept_attribute(
    rules: &Rules<'_>,
    draft: &mut Draft,
    target: &Target,
    value: &Json,
) -> Result<(), ScimError> {
    let definition = &target.definition;
    if definition.is_read_only() {
        return Ok(());
    }
    if let Some((display_name, text, rest)) = rules.split_display_name(target, value) {
        // The body's own displayName is kept, whether it comes before or after name.
        if !draft.iter().any(|(name, _)| name == display_name.definition.name()) {
            accept_attribute(rules, draft, display_name, text)?;
        }
        return accept_attribute(rules, draft, target, &rest);
    }
    rules.specify(definition);
    if let Some(value) = definition.admit(rules, Location::name(definition.name()), value)? {
        draft.push((definition.name().clone(), value));
    }
    Ok(())
}

fn accept_extension(
    rules: &Rules<'_>,
    draft: &mut Draft,
    body: &BodyMembers<'_>,
    extension: &Extension,
    value: &Json,
) -> Result<(), ScimError> {
    let urn = &extension.schema.id;
    let location = Location::urn(urn);
    let members = match value {
        Json::Null => return Ok(()),
        Json::Object(members) => members,
        _ => {
            let detail = format!("{location} must be an object, found {}", describe(value));
            return Err(ScimError::new(ScimType::InvalidValue, detail)
                .at(location)
                .by("RFC 7643 §3.3"));
        }
    };
    let object = admit_members(rules, location, &extension.schema.attributes, members)?;
    // Entra's client never lists a custom extension; see fixtures/entra/create-user-medius.json.
    if !body.lists(urn) && !object.is_empty() && !rules.tolerates(Quirk::UnlistedExtension, urn) {
        return Err(ScimError::new(
            ScimType::InvalidValue,
            format!("schemas must list {urn}, since the body has attributes of it"),
        )
        .at("schemas")
        .hinting(Quirk::UnlistedExtension));
    }
    draft.push((urn.clone(), Value::Object(object)));
    Ok(())
}

/// The URNs of a body's `schemas`. A URN that the resource type does not have is a finding.
fn listed_schemas(
    rules: &Rules<'_>,
    members: &Map<String, Json>,
) -> Result<Vec<SmolStr>, ScimError> {
    let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case("schemas"));
    // An unassigned attribute counts as absent (RFC 7643 §2.5).
    let found =
        found.filter(|(_, it)| !it.is_null() && it.as_array().is_none_or(|it| !it.is_empty()));
    let core = &rules.resource_type.schema.id;
    let wrong = |what: &dyn fmt::Display| {
        ScimError::new(
            ScimType::InvalidSyntax,
            format!("schemas must be an array that holds \"{core}\", found {what}"),
        )
        .at("schemas")
        .by("RFC 7643 §3")
    };
    let Some((_, value)) = found else {
        // Oxide's client leaves them out; see fixtures/oxide/create-user.json.
        if rules.tolerates(Quirk::MissingSchemas, "schemas") {
            return Ok(rules
                .resource_type
                .extensions
                .iter()
                .map(|it| SmolStr::new(&*it.schema.id))
                .collect());
        }
        return Err(wrong(&"none").hinting(Quirk::MissingSchemas));
    };
    let Json::Array(values) = value else { return Err(wrong(&describe(value))) };
    let urns: Option<Vec<SmolStr>> =
        values.iter().map(|it| it.as_str().map(SmolStr::new)).collect();
    let urns = urns.ok_or_else(|| wrong(&"an element that is no string"))?;
    if !urns.iter().any(|urn| urn.eq_ignore_ascii_case(core)) {
        return Err(wrong(value));
    }
    for (index, urn) in urns.iter().enumerate() {
        let stands_before = urns[..index].iter().any(|it| it.eq_ignore_ascii_case(urn));
        if stands_before && !rules.tolerates(Quirk::DuplicateValues, "schemas") {
            let detail = format!("schemas lists {urn} twice");
            return Err(
                ScimError::new(ScimType::InvalidValue, detail).hinting(Quirk::DuplicateValues)
            );
        }
        let known = urn.eq_ignore_ascii_case(core) || rules.resource_type.extension(urn).is_some();
        if !known && !rules.tolerates(Quirk::UnknownSchemaUri, urn) {
            let kind = &rules.resource_type.name;
            let detail = format!("schemas lists {urn}, which {kind} does not have");
            return Err(ScimError::new(ScimType::InvalidValue, detail)
                .at("schemas")
                .meant(rules.resource_type.nearest_urn(urn))
                .hinting(Quirk::UnknownSchemaUri));
        }
    }
    Ok(urns)
}

/// Keeps the values that a client cannot read and send again, and refuses a change of an immutable
/// value.
///
/// An immutable attribute that the body leaves out keeps its value.
fn keep_unchangeable(
    rules: &Rules<'_>,
    draft: &mut Object,
    current: &Resource,
) -> Result<(), ScimError> {
    for target in rules.resource_type.attributes() {
        let definition = &target.definition;
        let (extension, name) = (target.extension.as_deref(), definition.name());
        let Some(before) = current.value(extension, name) else { continue };
        let after = value(draft, extension, name);
        if after.is_none() && (definition.is_write_only() || definition.is_immutable()) {
            assign(draft, target, Some(before.clone()));
        } else if let Some(path) = after.and_then(|after| changed_immutable(target, before, after))
        {
            return Err(ScimError::new(
                ScimType::Mutability,
                format!("{path} is immutable and has another value"),
            )
            .hint("send the value that it has")
            .by("RFC 7644 §3.5.1"));
        }
    }
    Ok(())
}

/// The path of the immutable attribute that differs, or of a sub-attribute of a single value. The
/// values of a multi-valued attribute are not compared, since it is unknown which old value became
/// which new one.
fn changed_immutable(target: &Target, before: &Value, after: &Value) -> Option<SmolStr> {
    if target.definition.is_immutable() {
        return (before != after).then(|| target.path());
    }
    let (before, after) = (before.as_object()?, after.as_object()?);
    let subs = target.definition.sub_attributes().iter().filter(|it| it.is_immutable());
    let mut changed = subs.filter(|it| {
        before.get(it.name()).is_some_and(|before| after.get(it.name()) != Some(before))
    });
    changed.next().map(|it| Target { sub: Some(it.clone()), ..target.clone() }.path())
}

/// Refuses attributes in which a required one is missing or blank; `before` are the attributes
/// before a PATCH.
///
/// # Errors
///
/// `mutability` for an attribute that had a value before ("If an attribute is removed or becomes
/// unassigned and is defined as a required attribute", RFC 7644 §3.5.2.2), `invalidValue` for one
/// that never had a value and for a blank text. The detail names the attribute or the extension.
pub(super) fn require(
    rules: &Rules<'_>,
    attributes: &Object,
    before: Option<&Object>,
) -> Result<(), ScimError> {
    let refuse = |error: ScimType, what: &dyn fmt::Display| {
        let kind = &rules.resource_type.name;
        let refusal = ScimError::new(error, format!("{what} is required for a {kind}")).at(what);
        Err(if error == ScimType::Mutability {
            refusal.hint("replace it instead of removing it").by("RFC 7644 §3.5.2.2")
        } else {
            refusal.hint("give it a value").by("RFC 7643 §7")
        })
    };
    let missing = |was_there: &dyn Fn(&Object) -> bool| {
        if before.is_some_and(was_there) { ScimType::Mutability } else { ScimType::InvalidValue }
    };
    for extension in rules.resource_type.extensions.iter().filter(|it| it.required) {
        let is_in = |it: &Object| it.get(&extension.schema.id).is_some();
        if !is_in(attributes) {
            return refuse(missing(&is_in), &extension.schema.id);
        }
    }
    for target in rules.resource_type.attributes() {
        // `schemas` is required in a body, and derived for a resource.
        if !target.definition.is_required() || target.is_core("schemas") {
            continue;
        }
        let extension = target.extension.as_deref();
        if extension.is_some_and(|urn| attributes.get(urn).is_none()) {
            continue;
        }
        match value(attributes, extension, target.definition.name()) {
            None => {
                let is_in = |it: &Object| value(it, extension, target.definition.name()).is_some();
                return refuse(missing(&is_in), &target.path());
            }
            Some(Value::Text(text)) if text.trim().is_empty() => {
                return refuse(ScimType::InvalidValue, &target.path());
            }
            Some(_) => {}
        }
    }
    Ok(())
}
