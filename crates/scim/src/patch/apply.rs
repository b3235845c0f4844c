//! One operation on a resource's attributes.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Op, PatchOperation, select};
use crate::{
    dialect::{Quirk, Rules},
    error::{ScimError, ScimType},
    path::{AttrPath, PatchPath, Urns},
    resolve::Member,
    resource::{assign, value},
    schema::{
        AttributeDefinition, Extension, Target,
        admit::{Place, noun, unknown},
    },
    value::{List, Object, Value},
    work::{REWRITTEN, WorkBudget},
};

/// Applies one operation.
///
/// # Errors
///
/// As [`super::apply()`], without the operation's number.
pub(super) fn operation(
    rules: &Rules<'_>,
    attributes: &mut Object,
    operation: &PatchOperation,
) -> Result<(), ScimError> {
    let absent = Json::Null;
    let value = operation.value.as_ref().unwrap_or(&absent);
    match &operation.path {
        None => whole(rules, attributes, operation.op, value),
        Some(path) => at_path(rules, attributes, (operation.op, path), value),
    }
}

/// An add or replace without a path: each member of the value is a write of its own
/// (RFC 7644 §3.5.2.1, §3.5.2.3).
fn whole(
    rules: &Rules<'_>,
    attributes: &mut Object,
    op: Op,
    value: &Json,
) -> Result<(), ScimError> {
    let Json::Object(members) = value else {
        let detail =
            format!("{} without a path needs an object as value, found {}", op.word(), noun(value));
        return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.5.2"));
    };
    for (key, value) in members {
        rules.part(at_key(rules, attributes, (op, key), value))?;
    }
    Ok(())
}

/// One member of a value without a path.
fn at_key(
    rules: &Rules<'_>,
    attributes: &mut Object,
    (op, key): (Op, &str),
    value: &Json,
) -> Result<(), ScimError> {
    match rules.member(key) {
        Some(Member::Schemas) => Ok(()),
        Some(Member::Extension(it)) => write_extension(rules, attributes, (op, it), value),
        Some(Member::Attribute(it)) => write_member(rules, attributes, (op, it), value),
        None if rules.leaves_out(key, value) => Ok(()),
        None => match PatchPath::parse(key, Urns(rules.schemas.urns())) {
            // Entra's newer dialect sends "name.givenName" and URN keys; see
            // fixtures/entra/update-user.aadOptscim062020.json.
            Ok(path) if is_path(key) && rules.tolerates(Quirk::DottedKeys, key) => {
                at_path(rules, attributes, (op, &path), value)
            }
            read => {
                let meant = || rules.resource_type.nearest_path(key);
                unknown(rules, Place::name(key), value, meant).map_err(|error| match read {
                    _ if rules.is_foreign(key, value) => error.hinting(Quirk::UnknownExtension),
                    Ok(_) if is_path(key) => error.hinting(Quirk::DottedKeys),
                    _ => error,
                })
            }
        },
    }
}

/// Writes a member of a value without a path. Clients that send back what they read send
/// read-only attributes too.
fn write_member(
    rules: &Rules<'_>,
    attributes: &mut Object,
    (op, target): (Op, &Target),
    value: &Json,
) -> Result<(), ScimError> {
    if !target.definition.is_read_only() {
        return write(rules, attributes, (op, target), value);
    }
    if rules.tolerates(Quirk::ReadOnlyInPatch, target.path()) {
        return Ok(());
    }
    Err(immovable(&target.definition, &target.path()).hinting(Quirk::ReadOnlyInPatch))
}

fn is_path(key: &str) -> bool {
    key.contains(['.', ':', '['])
}

fn at_path(
    rules: &Rules<'_>,
    attributes: &mut Object,
    (op, path): (Op, &PatchPath),
    value: &Json,
) -> Result<(), ScimError> {
    let (attr, filter) = match path {
        PatchPath::Extension(urn) => return at_schema(rules, attributes, (op, urn), value),
        PatchPath::Attribute(attr) => (attr.clone(), None),
        PatchPath::Values(values, sub) => {
            let attr = AttrPath { sub: sub.clone(), ..values.attr.clone() };
            (attr, Some(&*values.filter))
        }
    };
    let target = rules.resolve(&attr, ScimType::InvalidPath)?;
    if target.is_core("schemas") && op != Op::Remove {
        // `schemas` follows from the attributes that a resource has.
        return Ok(());
    }
    let (target, value) = &by_address(rules, target, op, value)?;
    if target.is_core("schemas") || target.leaf().is_read_only() {
        return Err(immovable(target.leaf(), &target.path()));
    }
    match (filter, op) {
        (Some(filter), _) => {
            let selection = select::Selection::new(rules, attributes, target, filter)?;
            selection.operate(rules, attributes, op, value)
        }
        (None, Op::Add | Op::Replace) => write(rules, attributes, (op, target), value),
        (None, Op::Remove) => remove(rules, attributes, target, value),
    }
}

/// A write of a reference's `$ref` is one of its `value`, from which the address is derived.
///
/// # Errors
///
/// `invalidValue` when the address leads to no resource that may be referred to.
fn by_address<'v>(
    rules: &Rules<'_>,
    target: Target,
    op: Op,
    value: &'v Json,
) -> Result<(Target, Cow<'v, Json>), ScimError> {
    let definition = &target.definition;
    let is_address = target.sub.as_ref().is_some_and(|it| it.is_named("$ref"));
    let is_written =
        is_address && definition.is_resource_reference() && op != Op::Remove && !value.is_null();
    let whole = target.whole_path();
    let id = match definition.default_sub_attribute().filter(|_| is_written) {
        Some(sub) => definition.id_at(rules, Place::name(&whole), value)?.map(|id| (sub, id)),
        None => None,
    };
    Ok(match id {
        Some((sub, id)) => {
            let written = Target { sub: Some(sub.clone()), ..target.clone() };
            (written, Cow::Owned(Json::String(id.into())))
        }
        None => (target, Cow::Borrowed(value)),
    })
}

/// An operation on all of an extension: its path is the bare URN.
fn at_schema(
    rules: &Rules<'_>,
    attributes: &mut Object,
    (op, urn): (Op, &str),
    value: &Json,
) -> Result<(), ScimError> {
    let Some(extension) = rules.resource_type.extension(urn) else {
        if urn.eq_ignore_ascii_case(&rules.resource_type.schema.id) && op != Op::Remove {
            return whole(rules, attributes, op, value);
        }
        let kind = &rules.resource_type.name;
        let detail = format!("{kind} has no attribute or extension {urn}");
        return Err(ScimError::new(ScimType::InvalidPath, detail)
            .meant(rules.resource_type.nearest_urn(urn)));
    };
    if op != Op::Remove {
        return write_extension(rules, attributes, (op, extension), value);
    }
    for target in rules.resource_type.attributes_of(urn) {
        if current(attributes, target).is_some() {
            remove(rules, attributes, target, &Json::Null)?;
        }
    }
    Ok(())
}

fn write_extension(
    rules: &Rules<'_>,
    attributes: &mut Object,
    (op, extension): (Op, &Extension),
    value: &Json,
) -> Result<(), ScimError> {
    let urn = &extension.schema.id;
    let Json::Object(members) = value else {
        // An extension that becomes unassigned loses all its attributes (RFC 7643 §2.5).
        if value.is_null() && op == Op::Replace {
            return at_schema(rules, attributes, (Op::Remove, urn), value);
        }
        let detail = format!("{urn} must be an object, found {}", noun(value));
        return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7643 §3.3"));
    };
    for (key, value) in members {
        let mut targets = rules.resource_type.attributes_of(urn).iter();
        if let Some(target) = targets.find(|it| it.definition.is_named(key)) {
            rules.part(write_member(rules, attributes, (op, target), value))?;
        } else {
            let place = Place::urn(urn);
            let meant = || rules.resource_type.nearest_in(urn, key);
            rules.part(unknown(rules, place.sub(key), value, meant))?;
        }
    }
    Ok(())
}

/// Add or replace at an attribute or sub-attribute, without a filter.
fn write(
    rules: &Rules<'_>,
    attributes: &mut Object,
    (op, target): (Op, &Target),
    value: &Json,
) -> Result<(), ScimError> {
    if target.sub.is_none()
        && let Some((display_name, text, rest)) = rules.split_display_name(target, value)
    {
        write(rules, attributes, (op, display_name), text)?;
        return write(rules, attributes, (op, target), &rest);
    }
    target.specified_in(rules);
    let before = current(attributes, target).cloned();
    let path = target.path();
    let place = Place::name(&path);
    let whole = target.whole_path();
    let after = match (&target.sub, target.definition.is_multi_valued()) {
        (Some(_), true) => write_sub_of_each(rules, (op, place, target), before.as_ref(), value)?,
        (Some(sub), false) => {
            let mut object =
                before.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            write_sub(rules, (op, place, sub), &mut object, value)?;
            target.definition.settled(rules, Place::name(&whole), object)?
        }
        (None, true) => write_list(rules, (op, place, &target.definition), before.as_ref(), value)?,
        (None, false) => {
            write_single(rules, (op, place, &target.definition), before.as_ref(), value)?
        }
    };
    may_become(&target.definition, &path, before.as_ref(), after.as_ref())?;
    assign(attributes, target, after);
    Ok(())
}

/// A single value; a complex one keeps the sub-attributes that the client does not name
/// ("Sub-attributes that are not specified in the `value` parameter are left unchanged",
/// RFC 7644 §3.5.2.3).
fn write_single(
    rules: &Rules<'_>,
    (op, place, definition): (Op, Place<'_>, &AttributeDefinition),
    before: Option<&Value>,
    value: &Json,
) -> Result<Option<Value>, ScimError> {
    let value = definition.unwrapped(rules, place, value)?;
    let admitted = definition.admit_one(rules, place, value)?;
    let (Some(Value::Object(before)), Json::Object(members)) = (before, value) else {
        return Ok(admitted);
    };
    let read = admitted.as_ref().and_then(Value::as_object);
    if read.is_none() && definition.is_resource_reference() {
        return Ok(None);
    }
    let mut object = before.clone();
    let is_named = |sub: &AttributeDefinition| members.keys().any(|key| sub.is_named(key));
    for sub in definition.sub_attributes().iter().filter(|it| !it.is_read_only()) {
        let after = read.and_then(|it| it.get(sub.name()));
        // A reference may be given by its `$ref`, and has a `value` then.
        if after.is_none() && !is_named(sub) {
            continue;
        }
        let after = joined(op, before.get(sub.name()), after.cloned(), &rules.work);
        may_become(sub, &place.sub(sub.name()), before.get(sub.name()), after.as_ref())?;
        match after {
            Some(after) => object.set(sub.name(), after),
            None => object.remove(sub.name()),
        }
    }
    definition.settled(rules, place, object)
}

/// Values of a list: replace exchanges them all, add appends those that are new
/// (RFC 7644 §3.5.2.1).
fn write_list(
    rules: &Rules<'_>,
    (op, place, definition): (Op, Place<'_>, &AttributeDefinition),
    before: Option<&Value>,
    value: &Json,
) -> Result<Option<Value>, ScimError> {
    let admitted = definition.admit_all(rules, place, several(value))?;
    Ok(match (op, admitted) {
        (Op::Add, None) => before.cloned(),
        (_, admitted) => joined(op, before, admitted, &rules.work),
    })
}

/// What becomes of a value when another one comes: lists are joined by an add, also those within a
/// complex value; anything else is exchanged.
pub(super) fn joined(
    op: Op,
    before: Option<&Value>,
    after: Option<Value>,
    work: &WorkBudget,
) -> Option<Value> {
    match (op, before, after) {
        (Op::Add, Some(Value::List(before)), Some(Value::List(new))) => {
            let mut list = before.clone();
            for value in new.iter() {
                select::add_to(&mut list, value, work);
            }
            Some(Value::List(list))
        }
        (_, _, after) => after,
    }
}

/// The values that an operation on a multi-valued attribute means: one may come without an array
/// ("a new value is added to the attribute", RFC 7644 §3.5.2.1).
pub(super) fn several(value: &Json) -> &[Json] {
    match value {
        Json::Array(values) => values,
        Json::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// A sub-attribute of a multi-valued attribute without a filter means every value of it; where
/// there is none, one is made.
fn write_sub_of_each(
    rules: &Rules<'_>,
    (op, place, target): (Op, Place<'_>, &Target),
    before: Option<&Value>,
    value: &Json,
) -> Result<Option<Value>, ScimError> {
    let empty = List::default();
    let list = before.and_then(Value::as_list).unwrap_or(&empty);
    let mut objects: Vec<Object> =
        list.iter().map(|it| it.as_object().cloned().unwrap_or_default()).collect();
    if objects.is_empty() {
        objects.push(Object::default());
    }
    let mut after = List::default();
    let whole = target.whole_path();
    for mut object in objects {
        rules.work.spend(REWRITTEN);
        if rules.work.is_spent() {
            break;
        }
        write_sub(rules, (op, place, target.leaf()), &mut object, value)?;
        if let Some(value) = target.definition.settled(rules, Place::name(&whole), object)? {
            select::add_to(&mut after, &value, &rules.work);
        }
    }
    Ok(Some(Value::List(after)))
}

/// Puts a sub-attribute into a complex value.
///
/// # Errors
///
/// `mutability` when the sub-attribute may not change, `invalidValue` when the value does not fit.
pub(super) fn write_sub(
    rules: &Rules<'_>,
    (op, place, sub): (Op, Place<'_>, &AttributeDefinition),
    object: &mut Object,
    value: &Json,
) -> Result<(), ScimError> {
    let before = object.get(sub.name());
    let after = if sub.is_multi_valued() {
        write_list(rules, (op, place, sub), before, value)?
    } else {
        sub.admit(rules, place, value)?
    };
    may_become(sub, &place, before, after.as_ref())?;
    match after {
        Some(after) => object.set(sub.name(), after),
        None => object.remove(sub.name()),
    }
    Ok(())
}

/// Takes away an attribute, a sub-attribute, or, as Entra asks, the values that the operation
/// names.
fn remove(
    rules: &Rules<'_>,
    attributes: &mut Object,
    target: &Target,
    value: &Json,
) -> Result<(), ScimError> {
    target.specified_in(rules);
    let path = target.path();
    let before = current(attributes, target).cloned();
    if let (None, Some(Value::List(list)), false) = (&target.sub, &before, value.is_null()) {
        let kept = without_named(rules, (&target.definition, &path), list, value)?;
        may_become(&target.definition, &path, before.as_ref(), Some(&Value::List(kept.clone())))?;
        assign(attributes, target, Some(Value::List(kept)));
        return Ok(());
    }
    let after = match (&target.sub, &before) {
        (Some(sub), Some(Value::Object(object))) => {
            Some(Value::Object(without_sub(rules, (sub, &path), object, value)?))
        }
        (Some(sub), Some(Value::List(list))) => {
            rules.work.spend(list.len());
            let objects = list.iter().filter_map(Value::as_object);
            let left =
                objects.map(|it| without_sub(rules, (sub, &path), it, value).map(Value::Object));
            let left = left.collect::<Result<Vec<_>, _>>()?;
            Some(Value::List(left.into_iter().filter(|it| !it.is_unassigned()).collect()))
        }
        _ => None,
    };
    may_become(&target.definition, &path, before.as_ref(), after.as_ref())?;
    assign(attributes, target, after);
    Ok(())
}

/// A list without the values that a Remove names. Entra names the members to remove in the value; see
/// fixtures/entra/. By the RFC's letter the whole list would go, which nobody means who names some of
/// it.
///
/// # Errors
///
/// `invalidValue` where the tenant does not tolerate it, or the value does not fit.
fn without_named(
    rules: &Rules<'_>,
    (definition, path): (&AttributeDefinition, &str),
    list: &List,
    value: &Json,
) -> Result<List, ScimError> {
    if !rules.tolerates(Quirk::MembersRemoveValue, path) {
        let detail = format!("a remove of {path} takes no value, found {}", noun(value));
        return Err(
            ScimError::new(ScimType::InvalidValue, detail).hinting(Quirk::MembersRemoveValue)
        );
    }
    select::without(rules, (definition, path), list, value)
}

/// A complex value without one of its sub-attributes, or without the values of it that a Remove names.
///
/// # Errors
///
/// `mutability` when the sub-attribute may not change or must not go, and as [`without_named`].
pub(super) fn without_sub(
    rules: &Rules<'_>,
    (sub, place): (&AttributeDefinition, &str),
    object: &Object,
    value: &Json,
) -> Result<Object, ScimError> {
    let before = object.get(sub.name());
    if let (Some(Value::List(list)), false) = (before, value.is_null()) {
        let kept = without_named(rules, (sub, place), list, value)?;
        if !kept.is_empty() {
            let kept = Value::List(kept);
            may_become(sub, &place, before, Some(&kept))?;
            let mut object = object.clone();
            object.set(sub.name(), kept);
            return Ok(object);
        }
    }
    may_become(sub, &place, before, None)?;
    if sub.is_required() {
        let detail = format!("{place} is required and cannot be removed");
        return Err(ScimError::new(ScimType::Mutability, detail).by("RFC 7644 §3.5.2.2"));
    }
    let mut object = object.clone();
    object.remove(sub.name());
    Ok(object)
}

/// Whether a client may bring this change about; what stays the same always may.
///
/// # Errors
///
/// `mutability`.
pub(super) fn may_become(
    definition: &AttributeDefinition,
    place: &dyn std::fmt::Display,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<(), ScimError> {
    if definition.may_change(before.is_some()) || (!definition.is_read_only() && before == after) {
        return Ok(());
    }
    Err(immovable(definition, place))
}

fn immovable(definition: &AttributeDefinition, place: &dyn std::fmt::Display) -> ScimError {
    let why = match definition {
        it if it.is_read_only() => "read-only",
        it if it.is_immutable() => "immutable",
        _ => "kept by the server",
    };
    let detail = format!("{place} is {why} and cannot be changed");
    ScimError::new(ScimType::Mutability, detail).by("RFC 7644 §3.5.2")
}

/// The value of a target's attribute, without its sub-attribute.
pub(super) fn current<'a>(attributes: &'a Object, target: &Target) -> Option<&'a Value> {
    value(attributes, target.extension.as_deref(), target.definition.name())
}
