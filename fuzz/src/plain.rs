//! Filters and paths that can be compared.

use mediusflow_mock::scim::{CompareValue, Filter, PatchPath, ValuePath};

/// A filter whose decimals are all the same, since one is not read back to its last bit.
pub(super) fn plain(filter: &Filter) -> Filter {
    let all = |parts: &[Filter]| parts.iter().map(plain).collect();
    match filter {
        Filter::Compare(attr, op, CompareValue::Decimal(_)) => {
            Filter::Compare(attr.clone(), *op, CompareValue::Decimal(0.0))
        }
        Filter::Present(_) | Filter::Compare(..) => filter.clone(),
        Filter::And(parts) => Filter::And(all(parts)),
        Filter::Or(parts) => Filter::Or(all(parts)),
        Filter::Not(inner) => Filter::Not(Box::new(plain(inner))),
        Filter::ValuePath(values) => Filter::ValuePath(plain_values(values)),
        Filter::Selected(values, test) => {
            Filter::Selected(plain_values(values), Box::new(plain(test)))
        }
    }
}

/// The same of a path.
pub(super) fn plain_path(path: &PatchPath) -> PatchPath {
    match path {
        PatchPath::Values(values, sub) => PatchPath::Values(plain_values(values), sub.clone()),
        PatchPath::Attribute(_) | PatchPath::Extension(_) => path.clone(),
    }
}

fn plain_values(values: &ValuePath) -> ValuePath {
    ValuePath { attr: values.attr.clone(), filter: Box::new(plain(&values.filter)) }
}
