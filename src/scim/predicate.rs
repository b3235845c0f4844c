//! A filter bound to a resource type: matching cannot fail.

use std::cmp::Ordering;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    dialect::{Filterable, Quirk, Rules},
    error::{ScimError, ScimType},
    filter::{CompareOp, CompareValue, Filter},
    path::AttrPath,
    project::{Derive, lookup},
    resource::Resource,
    schema::{
        AttributeDefinition, AttributeType, Target,
        admit::{boolean, instant},
    },
    value::{List, Name, Object, Position, Value},
};

/// A filter over resources of one type.
#[derive(Clone, Debug)]
pub struct Predicate(Node<Target>);

/// A filter over the values of one multi-valued attribute.
#[derive(Clone, Debug)]
pub(super) struct ElementPredicate(Node<Sub>);

/// The sub-attribute that a test looks at; `None` for a simple value itself.
type Sub = Option<Name>;

#[derive(Clone, Debug)]
enum Node<A> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Present(A),
    Compare(A, CompareOp, Operand),
    Element(A, ElementNode),
}

type ElementNode = Box<ElementPredicate>;

/// The value to compare with, in the type of its attribute.
#[derive(Clone, Debug)]
enum Operand {
    Null,
    Boolean(bool),
    Number(f64),
    Moment(Timestamp),
    /// The text as written, and as it is compared.
    Text {
        written: SmolStr,
        text: SmolStr,
        is_exact: bool,
    },
}

impl Predicate {
    /// Binds a filter to the resource type of the rules.
    ///
    /// # Errors
    ///
    /// `invalidFilter` when an attribute is unknown, must not be filtered (the detail names what the
    /// tenant's profile allows), or does not go with the operator or the value.
    pub fn bind(rules: &Rules<'_>, filter: &Filter) -> Result<Self, ScimError> {
        let names: Vec<SmolStr> = filter.attributes().map(|it| it.name).collect();
        let kind = &rules.resource_type.name;
        if !rules.dialect.filterable.allows(kind, &names) {
            let detail = format!(
                "this tenant's profile filters a {kind} by {} only, not by {}; \
                 the profile \"rfc\" filters by every attribute",
                Filterable::words(kind),
                names.join(", ")
            );
            return Err(ScimError::new(ScimType::InvalidFilter, detail));
        }
        bind(rules, filter).map(Self)
    }

    /// Whether a resource matches.
    pub fn matches(&self, resource: &Resource, derive: &dyn Derive) -> bool {
        self.0.test(&|target: &Target, test: &dyn Fn(&Value) -> bool| {
            lookup(resource, target, derive, test)
        })
    }

    /// The texts that some attribute must equal for a resource to match, so that an index can
    /// answer: one for each `eq` that all matches share.
    pub fn keys(&self) -> Vec<(&Target, &SmolStr)> {
        let all = match &self.0 {
            Node::All(nodes) => nodes.as_slice(),
            one => std::slice::from_ref(one),
        };
        all.iter()
            .filter_map(|node| match node {
                Node::Compare(target, CompareOp::Eq, Operand::Text { text, .. }) => {
                    Some((target, text))
                }
                _ => None,
            })
            .collect()
    }
}

impl ElementPredicate {
    /// Binds the filter of a value path to the sub-attributes of its attribute.
    ///
    /// # Errors
    ///
    /// `invalidFilter`, as [`Predicate::bind`].
    pub(super) fn bind(
        rules: &Rules<'_>,
        definition: &AttributeDefinition,
        filter: &Filter,
    ) -> Result<Self, ScimError> {
        bind_element(rules, definition, filter).map(Self)
    }

    /// Where the values stand that match; by key if the filter asks for one.
    pub(super) fn select(&self, list: &List) -> Vec<Position> {
        let candidates = match &self.0 {
            Node::Compare(Some(sub), CompareOp::Eq, Operand::Text { text, .. })
                if &**sub == "value" =>
            {
                list.keyed(text)
            }
            _ => list.entries(),
        };
        candidates.filter(|(_, value)| self.matches(value)).map(|(at, _)| at).collect()
    }

    /// A value that matches, if the filter only says what sub-attributes equal.
    pub(super) fn example(&self) -> Option<Object> {
        let nodes = match &self.0 {
            Node::All(nodes) => nodes.as_slice(),
            one => std::slice::from_ref(one),
        };
        let equal = |node: &Node<Sub>| match node {
            Node::Compare(Some(sub), CompareOp::Eq, operand) => {
                operand.to_value().map(|value| (sub.clone(), value))
            }
            _ => None,
        };
        nodes.iter().map(equal).collect()
    }

    fn matches(&self, value: &Value) -> bool {
        self.0.test(&|sub: &Sub, test: &dyn Fn(&Value) -> bool| match (sub, value) {
            (Some(sub), Value::Object(object)) => object.get(sub).is_some_and(test),
            (None, value) => test(value),
            _ => false,
        })
    }
}

impl<A> Node<A> {
    /// Tests with a function that says whether any value of an attribute passes.
    fn test(&self, any: &dyn Fn(&A, &dyn Fn(&Value) -> bool) -> bool) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|it| it.test(any)),
            Self::Any(nodes) => nodes.iter().any(|it| it.test(any)),
            Self::Not(node) => !node.test(any),
            Self::Present(at) | Self::Compare(at, CompareOp::Ne, Operand::Null) => {
                any(at, &|_| true)
            }
            Self::Compare(at, CompareOp::Eq, Operand::Null) => !any(at, &|_| true),
            // An unassigned attribute equals nothing (RFC 7643 §2.5: it has no value).
            Self::Compare(at, CompareOp::Ne, operand) => {
                any(at, &|it| !operand.accepts(CompareOp::Eq, it)) || !any(at, &|_| true)
            }
            Self::Compare(at, op, operand) => any(at, &|it| operand.accepts(*op, it)),
            Self::Element(at, predicate) => any(at, &|it| predicate.matches(it)),
        }
    }
}

impl Operand {
    fn accepts(&self, op: CompareOp, value: &Value) -> bool {
        match (self, value) {
            (Self::Text { text, is_exact: true, .. }, Value::Text(it)) => {
                accepts_text(op, it, text)
            }
            (Self::Text { text, is_exact: false, .. }, Value::Text(it)) => {
                accepts_text(op, &super::text::fold(it), text)
            }
            (Self::Boolean(b), Value::Boolean(it)) => op == CompareOp::Eq && it == b,
            (Self::Moment(b), Value::Text(it)) => {
                instant(it).is_some_and(|it| accepts_order(op, it.cmp(b)))
            }
            #[expect(clippy::cast_precision_loss, reason = "a filter compares, it does not count")]
            (Self::Number(b), Value::Integer(it)) => {
                (*it as f64).partial_cmp(b).is_some_and(|it| accepts_order(op, it))
            }
            (Self::Number(b), Value::Decimal(it)) => {
                it.partial_cmp(b).is_some_and(|it| accepts_order(op, it))
            }
            _ => false,
        }
    }

    fn to_value(&self) -> Option<Value> {
        match self {
            Self::Boolean(it) => Some(Value::Boolean(*it)),
            Self::Text { written, .. } => Some(Value::Text(written.clone())),
            _ => None,
        }
    }
}

fn accepts_text(op: CompareOp, it: &str, text: &str) -> bool {
    match op {
        CompareOp::Co => it.contains(text),
        CompareOp::Sw => it.starts_with(text),
        CompareOp::Ew => it.ends_with(text),
        _ => accepts_order(op, it.cmp(text)),
    }
}

fn accepts_order(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        _ => false,
    }
}

fn bind(rules: &Rules<'_>, filter: &Filter) -> Result<Node<Target>, ScimError> {
    Ok(match filter {
        Filter::And(all) => Node::All(bind_all(all, |it| bind(rules, it))?),
        Filter::Or(any) => Node::Any(bind_all(any, |it| bind(rules, it))?),
        Filter::Not(inner) => Node::Not(Box::new(bind(rules, inner)?)),
        Filter::Present(path) => Node::Present(filterable(rules, path)?),
        Filter::Compare(path, op, value) => {
            let target = significant(filterable(rules, path)?)?;
            let operand = operand(rules, (target.leaf(), path), *op, value)?;
            Node::Compare(target, *op, operand)
        }
        Filter::ValuePath(it) => {
            let target = filterable(rules, &it.attr)?;
            let element = ElementPredicate::bind(rules, &target.definition, &it.filter)?;
            Node::Element(target, Box::new(element))
        }
        Filter::Selected(it, test) => {
            let target = filterable(rules, &it.attr)?;
            let both =
                [&*it.filter, test].map(|filter| bind_element(rules, &target.definition, filter));
            let both = both.into_iter().collect::<Result<_, _>>()?;
            Node::Element(target, Box::new(ElementPredicate(Node::All(both))))
        }
    })
}

fn bind_element(
    rules: &Rules<'_>,
    definition: &AttributeDefinition,
    filter: &Filter,
) -> Result<Node<Sub>, ScimError> {
    let again = |it: &Filter| bind_element(rules, definition, it);
    Ok(match filter {
        Filter::And(all) => Node::All(bind_all(all, again)?),
        Filter::Or(any) => Node::Any(bind_all(any, again)?),
        Filter::Not(inner) => Node::Not(Box::new(again(inner)?)),
        Filter::Present(path) => Node::Present(sub_of(definition, path)?.0),
        Filter::Compare(path, op, value) => {
            let (sub, leaf) = sub_of(definition, path)?;
            Node::Compare(sub, *op, operand(rules, (leaf, path), *op, value)?)
        }
        Filter::ValuePath(it) | Filter::Selected(it, _) => {
            let detail = format!("{}[…] cannot stand inside a value filter", it.attr);
            return Err(ScimError::new(ScimType::InvalidFilter, detail));
        }
    })
}

fn bind_all<A>(
    filters: &[Filter],
    bind: impl Fn(&Filter) -> Result<Node<A>, ScimError>,
) -> Result<Vec<Node<A>>, ScimError> {
    filters.iter().map(bind).collect()
}

fn filterable(rules: &Rules<'_>, path: &AttrPath) -> Result<Target, ScimError> {
    let target = rules.resolve(path, ScimType::InvalidFilter)?;
    if target.definition.may_filter() && target.leaf().may_filter() {
        return Ok(target);
    }
    let detail = format!("{path} is never returned, so it cannot be filtered (RFC 7643 §7)");
    Err(ScimError::new(ScimType::InvalidFilter, detail))
}

/// The target that is compared: that of a complex attribute is its `value`.
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
    let detail =
        format!("{name} is complex, name one of its sub-attributes: {name}.{}", subs.join(", ."));
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
        let hint = super::schema::nearest(&path.name, known)
            .map(|it| format!(", did you mean {it}?"))
            .unwrap_or_default();
        let detail = format!("{name} has no sub-attribute {path}{hint}");
        return Err(ScimError::new(ScimType::InvalidFilter, detail));
    };
    Ok((Some(sub.name().clone()), sub))
}

/// Reads the value of a comparison in the type of its attribute.
fn operand(
    rules: &Rules<'_>,
    (definition, path): (&AttributeDefinition, &AttrPath),
    op: CompareOp,
    value: &CompareValue,
) -> Result<Operand, ScimError> {
    let invalid = |detail: String| Err(ScimError::new(ScimType::InvalidFilter, detail));
    if !definition.knows(op) {
        return invalid(format!("{op} does not go with {path} (RFC 7644 §3.4.2.2)"));
    }
    Ok(match (definition.kind(), value) {
        (_, CompareValue::Null) if matches!(op, CompareOp::Eq | CompareOp::Ne) => Operand::Null,
        (AttributeType::Boolean, CompareValue::Boolean(it)) => Operand::Boolean(*it),
        (AttributeType::Boolean, CompareValue::Text(text)) => {
            match boolean(text).filter(|_| rules.tolerates(Quirk::StringBoolean, path)) {
                Some(it) => Operand::Boolean(it),
                None => return invalid(format!("{path} is compared with true or false, unquoted")),
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a filter compares, it does not count")]
        (AttributeType::Integer | AttributeType::Decimal, CompareValue::Integer(it)) => {
            Operand::Number(*it as f64)
        }
        (AttributeType::Integer | AttributeType::Decimal, CompareValue::Decimal(it)) => {
            Operand::Number(*it)
        }
        (AttributeType::DateTime, CompareValue::Text(text)) => match instant(text) {
            Some(it) => Operand::Moment(it),
            None => {
                let example = "\"2026-01-31T08:00:00Z\"";
                return invalid(format!("{path} is compared with a dateTime such as {example}"));
            }
        },
        (
            AttributeType::String | AttributeType::Reference | AttributeType::Binary,
            CompareValue::Text(text),
        ) => {
            let is_exact = definition.is_case_exact();
            Operand::Text { written: text.clone(), text: definition.fold(text), is_exact }
        }
        (AttributeType::String | AttributeType::Reference | AttributeType::Binary, other) => {
            return invalid(format!("{path} is text, put the value in double quotes: \"{other}\""));
        }
        (AttributeType::Complex, _) => return Err(needs_sub_attribute(definition)),
        (_, other) => return invalid(format!("{path} cannot be compared with {other}")),
    })
}
