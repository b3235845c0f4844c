//! Searches at the root, over resources of several types at once
//! ([RFC 7644 §3.4.2.1](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.1)).

use super::{Search, SearchRequest, located, parse_filter};
use crate::{
    error::{ScimError, ScimType},
    filter::{AttrPath, Comparison, Filter},
    predicate::Predicate,
    rules::Rules,
    sort::Sort,
};

impl SearchRequest {
    /// Binds the filter, the order and the names of attributes to each of several resource types.
    ///
    /// An attribute that only some of the types have is allowed: "the service provider SHALL treat
    /// the attribute as if there is no attribute value".
    ///
    /// # Errors
    ///
    /// As [`SearchRequest::resolve`]. An attribute that no type has is refused.
    pub fn resolve_all(&self, all: &[Rules<'_>]) -> Result<Vec<Search>, ScimError> {
        if let [only] = all {
            return Ok(vec![self.resolve(only)?]);
        }
        all.iter().map(|rules| self.resolve_among(rules, all)).collect()
    }

    fn resolve_among(&self, rules: &Rules<'_>, all: &[Rules<'_>]) -> Result<Search, ScimError> {
        let predicate = match &self.filter {
            Some(text) => {
                let filter = parse_filter(rules, text)?;
                let is_known = |it: &Filter| {
                    it.attributes().try_for_each(|it| known(&it, all, ScimType::InvalidFilter))
                };
                let at = |error| located(rules, text, &filter, |it| is_known(it).is_err(), error);
                is_known(&filter).map_err(at)?;
                let lacks = |it: &AttrPath, comparison: Option<Comparison<'_>>| {
                    let lacks = rules.resolve(it, ScimType::InvalidFilter).is_err();
                    lacks || comparison.is_some_and(|other| fits_others_only(rules, all, it, other))
                };
                let bind = |it: &Filter| Predicate::bind(rules, &it.without(&lacks));
                let at = |error| located(rules, text, &filter, |it| bind(it).is_err(), error);
                Some(bind(&filter).map_err(at)?)
            }
            None => None,
        };
        let order = self.order()?;
        let sort = match &self.sort_by {
            Some(sort_by) => {
                let path = Sort::path(rules, sort_by)?;
                known(&path, all, ScimType::InvalidValue).map_err(|it| it.within("sortBy"))?;
                let sorts = |it: &Rules<'_>| Sort::parse(it, sort_by, order);
                match sorts(rules) {
                    // The type has no such attribute, or its attribute has no order.
                    Err(_) if all.iter().any(|it| sorts(it).is_ok()) => Some(Sort::lacking(order)),
                    sort => Some(sort?),
                }
            }
            None => None,
        };
        Ok(Search { predicate, projection: self.projection(rules)?, sort })
    }
}

/// Whether a comparison fits the attribute of this name in another resource type, but not in this
/// one.
fn fits_others_only(
    rules: &Rules<'_>,
    all: &[Rules<'_>],
    path: &AttrPath,
    comparison: Comparison<'_>,
) -> bool {
    let test = Filter::Compare(path.clone(), comparison.op, comparison.value.clone());
    let fits = |it: &Rules<'_>| Predicate::bind(it, &test).is_ok();
    !fits(rules) && all.iter().any(fits)
}

/// Refuses a path if no resource type has it.
fn known(path: &AttrPath, all: &[Rules<'_>], error: ScimType) -> Result<(), ScimError> {
    let mut refused = None;
    for rules in all {
        match rules.resolve(path, error) {
            Ok(_) => return Ok(()),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or(Ok(()), Err)
}
