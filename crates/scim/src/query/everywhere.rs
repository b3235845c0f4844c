//! Searches at the root, over resources of several types at once
//! ([RFC 7644 §3.4.2.1](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.1)).

use super::{Search, SearchRequest, located, parse_filter};
use crate::{
    dialect::Rules,
    error::{ScimError, ScimType},
    filter::Filter,
    path::AttrPath,
    predicate::Predicate,
    sort::Sort,
};

impl SearchRequest {
    /// Reads the filter, the order and the names against each of several resource types.
    ///
    /// What one type has and another lacks is no mistake: "the service provider SHALL treat the
    /// attribute as if there is no attribute value".
    ///
    /// # Errors
    ///
    /// As [`SearchRequest::resolve`]; an attribute that no type has is refused.
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
                let at = |error| {
                    located(rules, text, (&filter, |it: &Filter| is_known(it).is_err()), error)
                };
                is_known(&filter).map_err(at)?;
                let lacks = |it: &AttrPath| rules.resolve(it, ScimType::InvalidFilter).is_err();
                let bind = |it: &Filter| Predicate::bind(rules, &it.without(&lacks));
                let at =
                    |error| located(rules, text, (&filter, |it: &Filter| bind(it).is_err()), error);
                Some(bind(&filter).map_err(at)?)
            }
            None => None,
        };
        let order = self.order()?;
        let sort = match &self.sort_by {
            Some(sort_by) => {
                let path = Sort::path(rules, sort_by)?;
                known(&path, all, ScimType::InvalidValue).map_err(|it| it.within("sortBy"))?;
                Some(Sort::parse_or_lack(rules, sort_by, order)?)
            }
            None => None,
        };
        Ok(Search { predicate, projection: self.projection(rules)?, sort })
    }
}

/// Refuses a path that no resource type has.
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
