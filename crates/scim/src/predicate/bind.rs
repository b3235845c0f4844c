//! Binds a filter: looks its attributes up in the schemas, and reads its values by their types.

use super::{Condition, ElementPredicate, Operand, Sub, choice};
use crate::{
    admit::boolean,
    error::{ScimError, ScimType},
    filter::{AttrPath, CompareOp, CompareValue, Filter},
    moment::Moment,
    quirk::Quirk,
    rules::Rules,
    schema::{AttributeDefinition, AttributeType, Target},
    text::nearest_of_few,
    value::Name,
};

/// Binds a filter to a resource type.
///
/// # Errors
///
/// `invalidFilter`.
pub(super) fn bind(rules: &Rules<'_>, filter: &Filter) -> Result<Condition<Target>, ScimError> {
    Ok(match filter {
        Filter::And(all) => Condition::All(bind_all(all, |it| bind(rules, it))?),
        Filter::Or(any) => {
            let is_same = |one: &Target, other: &Target| {
                one.is_same_attribute(other) && sub_name(one) == sub_name(other)
            };
            choice::any(bind_all(any, |it| bind(rules, it))?, is_same)
        }
        Filter::Not(inner) => Condition::Not(Box::new(bind(rules, inner)?)),
        Filter::Present(path) => Condition::Present(filterable(rules, path)?),
        Filter::Compare(path, op, value) => {
            let target = significant(filterable(rules, path)?)?;
            let operand = operand(rules, target.leaf(), path, *op, value)?;
            Condition::Compare(target, *op, operand)
        }
        Filter::ValuePath(it) => {
            let target = filterable(rules, &it.attr)?;
            let element = ElementPredicate::bind(rules, &target.definition, &it.filter)?;
            Condition::Element(target, Box::new(element))
        }
        Filter::Selected(it, test) => {
            let target = filterable(rules, &it.attr)?;
            let both =
                [&*it.filter, test].map(|filter| bind_element(rules, &target.definition, filter));
            let both = Condition::All(both.into_iter().collect::<Result<_, _>>()?);
            let element = ElementPredicate::new(&target.definition, both);
            Condition::Element(target, Box::new(element))
        }
    })
}

/// Binds the filter of a value path to the sub-attributes of its attribute.
///
/// # Errors
///
/// `invalidFilter`.
pub(super) fn bind_element(
    rules: &Rules<'_>,
    definition: &AttributeDefinition,
    filter: &Filter,
) -> Result<Condition<Sub>, ScimError> {
    let again = |it: &Filter| bind_element(rules, definition, it);
    Ok(match filter {
        Filter::And(all) => Condition::All(bind_all(all, again)?),
        Filter::Or(any) => choice::any(bind_all(any, again)?, |one, other| one == other),
        Filter::Not(inner) => Condition::Not(Box::new(again(inner)?)),
        Filter::Present(path) => Condition::Present(sub_of(definition, path)?.0),
        Filter::Compare(path, op, value) => {
            let (sub, leaf) = sub_of(definition, path)?;
            Condition::Compare(sub, *op, operand(rules, leaf, path, *op, value)?)
        }
        Filter::ValuePath(it) | Filter::Selected(it, _) => {
            let detail = format!("{}[…] cannot stand inside a value filter", it.attr);
            return Err(ScimError::new(ScimType::InvalidFilter, detail));
        }
    })
}

fn sub_name(target: &Target) -> Option<&Name> {
    target.sub.as_ref().map(|it| it.name())
}

fn bind_all<A>(
    filters: &[Filter],
    bind: impl Fn(&Filter) -> Result<Condition<A>, ScimError>,
) -> Result<Vec<Condition<A>>, ScimError> {
    filters.iter().map(bind).collect()
}

fn filterable(rules: &Rules<'_>, path: &AttrPath) -> Result<Target, ScimError> {
    let target = rules.resolve(path, ScimType::InvalidFilter)?;
    for definition in [&target.definition, target.leaf()] {
        refuse_secret(definition, path)?;
    }
    Ok(target)
}

fn refuse_secret(definition: &AttributeDefinition, path: &AttrPath) -> Result<(), ScimError> {
    if definition.may_filter() {
        return Ok(());
    }
    let detail = format!("{path} is never returned, so it cannot be filtered");
    Err(ScimError::new(ScimType::InvalidFilter, detail).by("RFC 7643 §7"))
}

/// The target whose values are compared: for a complex attribute its `value`.
fn significant(mut target: Target) -> Result<Target, ScimError> {
    if target.sub.is_some() || !target.definition.is_complex() {
        return Ok(target);
    }
    match target.definition.default_sub_attribute().cloned() {
        Some(value) => {
            target.sub = Some(value);
            Ok(target)
        }
        None => Err(needs_sub_attribute(&target.definition)),
    }
}

fn needs_sub_attribute(definition: &AttributeDefinition) -> ScimError {
    let name = definition.name();
    let subs: Vec<&str> = definition.sub_attributes().iter().map(|it| &**it.name()).collect();
    let detail = format!(
        "{name} is complex, name one of its sub-attributes: {name}.{} (RFC 7644 §3.4.2.2)",
        subs.join(", .")
    );
    ScimError::new(ScimType::InvalidFilter, detail)
}

fn sub_of<'d>(
    definition: &'d AttributeDefinition,
    path: &AttrPath,
) -> Result<(Sub, &'d AttributeDefinition), ScimError> {
    if !definition.is_complex() && path.name.eq_ignore_ascii_case("value") && path.sub.is_none() {
        return Ok((None, definition));
    }
    let found = definition.sub_attribute(&path.name).filter(|_| path.sub.is_none());
    let Some(sub) = found else {
        let name = definition.name();
        let known = definition.sub_attributes().iter().map(|it| &**it.name());
        let detail = format!("{name} has no sub-attribute {path}");
        let refusal = ScimError::new(ScimType::InvalidFilter, detail);
        return Err(refusal.meant(nearest_of_few(&path.name, known)));
    };
    refuse_secret(sub, path)?;
    Ok((Some(sub.name().clone()), sub))
}

/// Reads the value of a comparison by the type of its attribute.
fn operand(
    rules: &Rules<'_>,
    definition: &AttributeDefinition,
    path: &AttrPath,
    op: CompareOp,
    value: &CompareValue,
) -> Result<Operand, ScimError> {
    let invalid = |detail: String| ScimError::new(ScimType::InvalidFilter, detail);
    if !definition.knows(op) {
        let known = CompareOp::ALL.into_iter().filter(|it| definition.knows(*it));
        let known: Vec<&str> = known.map(CompareOp::as_str).chain(["pr"]).collect();
        let known = known.join(", ");
        return Err(invalid(format!("{op} does not go with {path}, expected one of {known}")));
    }
    Ok(match (definition.kind(), value) {
        (_, CompareValue::Null) if matches!(op, CompareOp::Eq | CompareOp::Ne) => Operand::Null,
        (AttributeType::Boolean, CompareValue::Boolean(it)) => Operand::Boolean(*it),
        (AttributeType::Boolean, CompareValue::Text(text)) => {
            let wrong = || invalid(format!("{path} is compared with true or false, found {value}"));
            match boolean(text) {
                Some(it) if rules.tolerates(Quirk::StringBoolean, path) => Operand::Boolean(it),
                Some(_) => return Err(wrong().hinting(Quirk::StringBoolean)),
                None => return Err(wrong()),
            }
        }
        (AttributeType::Integer | AttributeType::Decimal, CompareValue::Integer(it)) => {
            Operand::Integer(*it)
        }
        (AttributeType::Integer | AttributeType::Decimal, CompareValue::Decimal(it)) => {
            Operand::Decimal(*it)
        }
        (AttributeType::DateTime, CompareValue::Text(text)) => {
            Moment::parse(text).map(Operand::Moment).ok_or_else(|| {
                let example = "\"2026-01-31T08:00:00Z\"";
                invalid(format!("{path} is compared with a dateTime such as {example}"))
            })?
        }
        (
            AttributeType::String | AttributeType::Reference | AttributeType::Binary,
            CompareValue::Text(text),
        ) => {
            let is_exact = definition.is_case_exact();
            Operand::Text { written: text.clone(), text: definition.fold(text), is_exact }
        }
        (AttributeType::String | AttributeType::Reference | AttributeType::Binary, other) => {
            return Err(invalid(format!(
                "{path} is text, put the value in double quotes: \"{other}\""
            )));
        }
        (AttributeType::Complex, _) => return Err(needs_sub_attribute(definition)),
        (_, other) => {
            let expected = match definition.kind() {
                AttributeType::DateTime => "a dateTime in double quotes",
                AttributeType::Boolean => "true or false",
                _ => "a number",
            };
            return Err(invalid(format!("{path} is compared with {expected}, found {other}")));
        }
    })
}
