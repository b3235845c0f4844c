//! A filter bound to a resource type: matching cannot fail.

use std::cmp::Ordering;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    dialect::{Filterable, Rules},
    error::{ScimError, ScimType},
    filter::{CompareOp, Filter},
    project::{Derive, Question, lookup},
    resource::Resource,
    schema::{AttributeDefinition, Target, admit::instant},
    value::{List, Name, Object, Position, Value},
};

mod bind;
#[cfg(test)]
mod tests;

use bind::{bind, bind_element};

/// A filter over resources of one type.
#[derive(Clone, Debug)]
pub struct Predicate(Node<Target>);

/// A filter over the values of one multi-valued attribute.
#[derive(Clone, Debug)]
pub(super) struct ElementPredicate {
    node: Node<Sub>,
    /// The first sub-attribute that it looks at and that only the server knows.
    derived: Option<Name>,
}

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
        // What the tutorial documents of filters says nothing of a tenant's own extensions.
        let documented = filter.attributes().filter(|it| !rules.is_of_own_extension(it));
        let names: Vec<SmolStr> = documented.map(|it| it.name).collect();
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
        self.0.test(&|target: &Target, question| lookup(resource, target, derive, question))
    }

    /// Attributes that must have a value (of a complex one: a `value`) equal to a text for a
    /// resource to match, so that an index can answer: one for each `eq` that all matches share.
    pub fn keys(&self) -> impl Iterator<Item = (&Target, &str)> {
        let is_value = |target: &Target| target.sub.as_ref().is_none_or(|it| it.is_named("value"));
        self.0.conjuncts().iter().filter_map(move |node| match node {
            Node::Compare(target, CompareOp::Eq, Operand::Text { text, .. }) => {
                is_value(target).then_some((target, text.as_str()))
            }
            Node::Element(target, predicate) => Some((target, predicate.key()?)),
            _ => None,
        })
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
        Ok(Self::new(definition, bind_element(rules, definition, filter)?))
    }

    fn new(definition: &AttributeDefinition, node: Node<Sub>) -> Self {
        let subs = definition.sub_attributes().iter();
        let mut derived = subs.filter(|it| definition.fills_in(it) && node.reads(it.name()));
        let derived = derived.next().map(|it| it.name().clone());
        Self { node, derived }
    }

    /// The sub-attribute that it looks at although only the server knows it, if there is one.
    pub(super) fn derived(&self) -> Option<&Name> {
        self.derived.as_ref()
    }

    /// Where the values stand that match; by key if the filter asks for one.
    pub(super) fn select(&self, list: &List) -> Vec<Position> {
        let candidates = match self.key() {
            Some(key) => list.keyed(key),
            None => list.entries(),
        };
        candidates.filter(|(_, value)| self.matches(value)).map(|(at, _)| at).collect()
    }

    /// A value that matches, if the filter only says what sub-attributes equal.
    pub(super) fn example(&self) -> Option<Object> {
        let equal = |node: &Node<Sub>| match node {
            Node::Compare(Some(sub), CompareOp::Eq, operand) => {
                operand.to_value().map(|value| (sub.clone(), value))
            }
            _ => None,
        };
        self.node.conjuncts().iter().map(equal).collect()
    }

    /// The `value` that every match has.
    fn key(&self) -> Option<&str> {
        self.node.conjuncts().iter().find_map(|node| match node {
            Node::Compare(sub, CompareOp::Eq, operand) => {
                operand.key().filter(|_| sub.as_deref().is_none_or(|it| it == "value"))
            }
            _ => None,
        })
    }

    fn matches(&self, value: &Value) -> bool {
        self.node.test(&|sub: &Sub, question| match (sub, value) {
            (Some(sub), Value::Object(object)) => object.get(sub).is_some_and(question.test),
            (None, value) => (question.test)(value),
            _ => false,
        })
    }
}

impl Node<Sub> {
    fn reads(&self, name: &Name) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|it| it.reads(name)),
            Self::Not(node) => node.reads(name),
            Self::Present(sub) | Self::Compare(sub, ..) | Self::Element(sub, _) => {
                sub.as_ref() == Some(name)
            }
        }
    }
}

impl<A> Node<A> {
    /// What all must be true for it to be.
    fn conjuncts(&self) -> &[Self] {
        match self {
            Self::All(nodes) => nodes,
            one => std::slice::from_ref(one),
        }
    }

    /// Tests with a function that answers whether any value of an attribute passes.
    fn test(&self, any: &dyn Fn(&A, &Question<'_>) -> bool) -> bool {
        let ask = |at: &A, test: &dyn Fn(&Value) -> bool| {
            any(at, &Question { key: None, is_completed: false, test })
        };
        match self {
            Self::All(nodes) => nodes.iter().all(|it| it.test(any)),
            Self::Any(nodes) => nodes.iter().any(|it| it.test(any)),
            Self::Not(node) => !node.test(any),
            Self::Present(at) | Self::Compare(at, CompareOp::Ne, Operand::Null) => {
                ask(at, &is_present)
            }
            Self::Compare(at, CompareOp::Eq, Operand::Null) => !ask(at, &is_present),
            // An unassigned attribute equals nothing (RFC 7643 §2.5: it has no value).
            Self::Compare(at, CompareOp::Ne, operand) => {
                ask(at, &|it| !operand.accepts(CompareOp::Eq, it)) || !ask(at, &|_| true)
            }
            Self::Compare(at, op, operand) => any(
                at,
                &Question {
                    key: operand.key().filter(|_| *op == CompareOp::Eq),
                    is_completed: false,
                    test: &|it| operand.accepts(*op, it),
                },
            ),
            Self::Element(at, predicate) => any(
                at,
                &Question {
                    key: predicate.key(),
                    is_completed: predicate.derived.is_some(),
                    test: &|it| predicate.matches(it),
                },
            ),
        }
    }
}

/// Whether a value is "non-empty" (RFC 7644 §3.4.2.2, table 3, `pr`).
fn is_present(value: &Value) -> bool {
    value.as_text().is_none_or(|it| !it.is_empty())
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

    fn key(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            _ => None,
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
