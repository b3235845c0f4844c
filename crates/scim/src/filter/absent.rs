//! The filter that remains if some of its attributes do not exist.

use super::{AttrPath, CompareOp, CompareValue, Filter, ValuePath};

/// Whether a resource has no attribute of a path that could be tested, or compared in this way.
pub(crate) type Lacks<'a> = dyn Fn(&AttrPath, Option<Comparison<'_>>) -> bool + 'a;

/// What an attribute is compared with, and how.
#[derive(Clone, Copy)]
pub(crate) struct Comparison<'a> {
    pub(crate) op: CompareOp,
    pub(crate) value: &'a CompareValue,
}

impl Filter {
    /// The filter for resources that do not have some of the attributes, or have attributes of
    /// these names that cannot be compared so. Each such test is evaluated "as if there is no
    /// attribute value" (RFC 7644 §3.4.2.1).
    ///
    /// A test that is always true becomes an empty [`Filter::And`], and one that is never true an
    /// empty [`Filter::Or`]. So the result is for binding, not for printing.
    pub(crate) fn without(&self, lacks: &Lacks<'_>) -> Self {
        let all = |filters: &[Self]| filters.iter().map(|it| it.without(lacks)).collect();
        match self {
            Self::Present(path) if lacks(path, None) => NEVER,
            Self::Compare(path, op, value) if lacks(path, Some(Comparison { op: *op, value })) => {
                let is_equal = matches!(value, CompareValue::Null);
                match op {
                    CompareOp::Eq if is_equal => ALWAYS,
                    CompareOp::Ne if !is_equal => ALWAYS,
                    _ => NEVER,
                }
            }
            Self::ValuePath(values) if lacks(&values.attr, None) => NEVER,
            Self::Selected(values, _) if lacks(&values.attr, None) => NEVER,
            Self::ValuePath(values) => Self::ValuePath(within(values, lacks)),
            Self::Selected(values, test) => {
                let mut values = within(values, lacks);
                let test =
                    test.without(&|it, comparison| lacks(&values.attr.join(&it.name), comparison));
                values.filter = Box::new(Self::And(vec![*values.filter, test]));
                Self::ValuePath(values)
            }
            Self::And(filters) => Self::And(all(filters)),
            Self::Or(filters) => Self::Or(all(filters)),
            Self::Not(inner) => Self::Not(Box::new(inner.without(lacks))),
            known => known.clone(),
        }
    }
}

const ALWAYS: Filter = Filter::And(Vec::new());
const NEVER: Filter = Filter::Or(Vec::new());

fn within(values: &ValuePath, lacks: &Lacks<'_>) -> ValuePath {
    let is_lacking = |it: &AttrPath, comparison: Option<Comparison<'_>>| {
        lacks(&values.attr.join(&it.name), comparison)
    };
    ValuePath { attr: values.attr.clone(), filter: Box::new(values.filter.without(&is_lacking)) }
}
