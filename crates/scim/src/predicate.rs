//! A filter bound to a resource type: matching cannot fail.

use std::{cmp::Ordering, slice::from_ref};

use smol_str::SmolStr;

use super::{
    derive::Derive,
    dialect::Filterable,
    error::{ScimError, ScimType},
    filter::{CompareOp, Filter},
    lookup::{ValueTest, lookup},
    moment::Moment,
    resource::Resource,
    rules::Rules,
    schema::{AttributeDefinition, Target},
    value::{List, Name, Object, Position, Value},
    work::{DERIVED, WorkBudget},
};

mod bind;
mod choice;
#[cfg(test)]
mod tests;

use bind::{bind, bind_element};
use choice::TextChoice;

/// A filter over resources of one type.
#[derive(Clone, Debug)]
pub struct Predicate(Condition<Target>);

/// A filter over the values of one multi-valued attribute.
#[derive(Clone, Debug)]
pub(super) struct ElementPredicate {
    node: Condition<Sub>,
    /// The first sub-attribute that it tests and that the server derives.
    derived: Option<Name>,
    /// The multi-valued sub-attributes.
    multi_valued: Vec<Name>,
}

/// The sub-attribute that is tested; `None` for a simple value itself.
type Sub = Option<Name>;

#[derive(Clone, Debug)]
enum Condition<A> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Present(A),
    Compare(A, CompareOp, Operand),
    /// One of several comparisons of one attribute with texts.
    Choose(A, TextChoice),
    Element(A, Box<ElementPredicate>),
}

/// The value that an attribute is compared with, in the attribute's type.
#[derive(Clone, Debug)]
enum Operand {
    Null,
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    Moment(Moment),
    /// A text as written, and as it is compared.
    Text {
        written: SmolStr,
        text: SmolStr,
        is_exact: bool,
    },
}

impl Predicate {
    /// Binds a filter to a resource type.
    ///
    /// # Errors
    ///
    /// `invalidFilter` when an attribute is unknown, when it must not be filtered (the detail names
    /// what the tenant's profile allows), or when it cannot be compared with the value or by the
    /// operator.
    pub fn bind(rules: &Rules<'_>, filter: &Filter) -> Result<Self, ScimError> {
        // The limits that the tutorial documents do not concern a tenant's own extensions.
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

    /// Whether a resource matches. The result is not valid once the budget is spent.
    pub fn matches(&self, resource: &Resource, derive: &dyn Derive, work: &WorkBudget) -> bool {
        self.0.test(work, &|target: &Target, test| lookup(resource, target, derive, test))
    }

    /// Like [`Predicate::keys`], for an `or` whose terms are all such comparisons: a match has one
    /// of several values. Each item is one `or` that holds for every match.
    pub fn alternatives(&self) -> impl Iterator<Item = Vec<(&Target, &str)>> {
        self.0.conjuncts().iter().filter_map(Condition::alternatives)
    }

    /// Attributes that have a given text as value in every match (a complex one as its `value`), so
    /// that an index can find the matches. Each item is one `eq` that holds for every match.
    pub fn keys(&self) -> impl Iterator<Item = (&Target, &str)> {
        self.0.conjuncts().iter().filter_map(Condition::key)
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

    fn new(definition: &AttributeDefinition, node: Condition<Sub>) -> Self {
        let subs = definition.sub_attributes().iter();
        let mut derived = subs.filter(|it| definition.fills_in(it) && node.reads(it.name()));
        let derived = derived.next().map(|it| it.name().clone());
        let subs = definition.sub_attributes().iter().filter(|it| it.is_multi_valued());
        let multi_valued = subs.map(|it| it.name().clone()).collect();
        Self { node, derived, multi_valued }
    }

    /// The first sub-attribute that it tests and that the server derives.
    pub(super) fn derived(&self) -> Option<&Name> {
        self.derived.as_ref()
    }

    /// The positions of the values that match. Values are tested as they are shown, and found by
    /// key if the filter compares the key.
    pub(super) fn select(
        &self,
        list: &List,
        shown: &dyn Fn(&Object) -> Object,
        work: &WorkBudget,
    ) -> Vec<Position> {
        let candidates = match self.key() {
            Some(key) => list.keyed(key),
            None => list.entries(),
        };
        let affordable = candidates.take_while(|_| !work.is_spent());
        let matches = |value: &Value| match value {
            Value::Object(object) if self.derived.is_some() => {
                work.spend(DERIVED);
                self.matches(&Value::Object(shown(object)), work)
            }
            value => self.matches(value, work),
        };
        affordable.filter(|(_, value)| matches(value)).map(|(at, _)| at).collect()
    }

    /// A value that matches, if the filter consists of `eq` alone.
    pub(super) fn example(&self) -> Option<Object> {
        let equal = |node: &Condition<Sub>| match node {
            Condition::Compare(Some(sub), CompareOp::Eq, operand) => {
                let value = operand.to_value()?;
                let is_listed = self.multi_valued.contains(sub);
                let value =
                    if is_listed { Value::List([value].into_iter().collect()) } else { value };
                Some((sub.clone(), value))
            }
            _ => None,
        };
        self.node.conjuncts().iter().map(equal).collect()
    }

    /// The `value` that every match has, if there is one.
    fn key(&self) -> Option<&SmolStr> {
        self.node.conjuncts().iter().find_map(|node| match node {
            Condition::Compare(sub, CompareOp::Eq, operand) => {
                operand.key().filter(|_| sub.as_deref().is_none_or(|it| it == "value"))
            }
            _ => None,
        })
    }

    fn matches(&self, value: &Value, work: &WorkBudget) -> bool {
        self.node.test(work, &|sub: &Sub, test| {
            work.spend(1);
            match (sub, value) {
                (Some(sub), Value::Object(object)) => {
                    object.get(sub).is_some_and(|it| test.holds_for(it))
                }
                (None, value) => (test.accepts)(value),
                _ => false,
            }
        })
    }
}

impl Condition<Sub> {
    fn reads(&self, name: &Name) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|it| it.reads(name)),
            Self::Not(node) => node.reads(name),
            Self::Present(sub)
            | Self::Compare(sub, ..)
            | Self::Choose(sub, _)
            | Self::Element(sub, _) => sub.as_ref() == Some(name),
        }
    }
}

impl Condition<Target> {
    /// An attribute, and the text under which an index finds the matches.
    fn key(&self) -> Option<(&Target, &str)> {
        match self {
            Self::Compare(target, CompareOp::Eq, Operand::Text { text, .. }) => {
                is_value(target).then_some((target, text.as_str()))
            }
            Self::Element(target, predicate) => Some((target, predicate.key()?.as_str())),
            _ => None,
        }
    }

    /// An attribute, and the texts of which every match has one.
    fn alternatives(&self) -> Option<Vec<(&Target, &str)>> {
        match self {
            Self::Choose(target, choice) if is_value(target) => {
                let all = choice.keys().iter().map(|text| (target, text.as_str())).collect();
                Some(all).filter(|it: &Vec<_>| !it.is_empty())
            }
            Self::Any(nodes) => {
                let all: Option<Vec<_>> = nodes.iter().map(Self::alternatives).collect();
                Some(all?.concat())
            }
            one => Some(vec![one.key()?]),
        }
    }
}

fn is_value(target: &Target) -> bool {
    target.sub.as_ref().is_none_or(|it| it.is_named("value"))
}

impl<A> Condition<A> {
    /// The conditions that must all hold.
    fn conjuncts(&self) -> &[Self] {
        match self {
            Self::All(nodes) => nodes,
            one => from_ref(one),
        }
    }

    /// Whether the condition holds. `any` decides whether any value of an attribute passes a test.
    fn test(&self, work: &WorkBudget, any: &dyn Fn(&A, &ValueTest<'_>) -> bool) -> bool {
        let ask = |at: &A, accepts: &dyn Fn(&Value) -> bool| {
            any(at, &ValueTest { keys: &[], is_completed: false, work, accepts })
        };
        match self {
            Self::All(nodes) => nodes.iter().all(|it| it.test(work, any)),
            Self::Any(nodes) => nodes.iter().any(|it| it.test(work, any)),
            Self::Not(node) => !node.test(work, any),
            Self::Present(at) | Self::Compare(at, CompareOp::Ne, Operand::Null) => {
                ask(at, &is_present)
            }
            Self::Compare(at, CompareOp::Eq, Operand::Null) => !ask(at, &is_present),
            // An unassigned attribute equals nothing (RFC 7643 §2.5: it has no value).
            Self::Compare(at, CompareOp::Ne, operand) => {
                ask(at, &|it| !operand.accepts(CompareOp::Eq, it, work)) || !ask(at, &|_| true)
            }
            Self::Choose(at, choice) => any(
                at,
                &ValueTest {
                    keys: choice.keys(),
                    is_completed: false,
                    work,
                    accepts: &|it| choice.accepts(it, work),
                },
            ),
            Self::Compare(at, op, operand) => any(
                at,
                &ValueTest {
                    keys: operand.key().filter(|_| *op == CompareOp::Eq).map_or(&[], from_ref),
                    is_completed: false,
                    work,
                    accepts: &|it| operand.accepts(*op, it, work),
                },
            ),
            Self::Element(at, predicate) => any(
                at,
                &ValueTest {
                    keys: predicate.key().map_or(&[], from_ref),
                    is_completed: predicate.derived.is_some(),
                    work,
                    accepts: &|it| predicate.matches(it, work),
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
    fn accepts(&self, op: CompareOp, value: &Value, work: &WorkBudget) -> bool {
        if let Some(text) = value.as_text() {
            work.read(text);
        }
        match (self, value) {
            (Self::Text { text, is_exact: true, .. }, Value::Text(it)) => {
                accepts_text(op, it, text)
            }
            (Self::Text { text, is_exact: false, .. }, Value::Text(it)) => {
                accepts_text(op, &super::text::fold(it), text)
            }
            (Self::Boolean(b), Value::Boolean(it)) => op == CompareOp::Eq && it == b,
            (Self::Moment(b), Value::Text(it)) => {
                Moment::parse(it).is_some_and(|it| accepts_order(op, it.cmp(b)))
            }
            (Self::Integer(b), Value::Integer(it)) => accepts_order(op, it.cmp(b)),
            (Self::Decimal(b), Value::Integer(it)) => {
                compare(*it, *b).is_some_and(|it| accepts_order(op, it))
            }
            (Self::Integer(b), Value::Decimal(it)) => {
                compare(*b, *it).is_some_and(|it| accepts_order(op, it.reverse()))
            }
            (Self::Decimal(b), Value::Decimal(it)) => {
                it.partial_cmp(b).is_some_and(|it| accepts_order(op, it))
            }
            _ => false,
        }
    }

    fn key(&self) -> Option<&SmolStr> {
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

/// Compares a whole number with a decimal without loss: above 2^53 several whole numbers have the
/// same decimal.
fn compare(whole: i64, decimal: f64) -> Option<Ordering> {
    #[expect(clippy::cast_precision_loss, reason = "what is lost is compared afterwards")]
    let rounded = (whole as f64).partial_cmp(&decimal)?;
    #[expect(clippy::cast_possible_truncation, reason = "a decimal that equals one is whole")]
    Some(rounded.then_with(|| i128::from(whole).cmp(&(decimal as i128))))
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
