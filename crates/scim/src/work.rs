//! Limits how much work a request may take.
//!
//! A body of a few megabytes can have ten thousand operations on as many values, and a filter can
//! have hundreds of terms for a million resources. The code that matches or changes values counts
//! its steps here and stops when none are left. It counts steps and not time, so that the same
//! request always gets the same answer.

use std::{cell::Cell, rc::Rc};

use super::error::{ScimError, ScimType};

/// The number of steps that one request may take. Errors call this limit `maxWork`.
///
/// A step is one look at one value: a term of a filter that is tested on an attribute of a
/// resource, or a value of a long list that an operation visits. The limit allows ten terms on a
/// million users, and ten thousand operations on values that are found by their `value`.
pub const MOST_WORK: u64 = 50_000_000;

/// Deriving the value for one look takes as long as this many other looks.
pub(super) const DERIVED: usize = 4;

/// Changing a value, reading it again by its definition and putting it back costs as much as this
/// many looks.
pub(super) const REWRITTEN: usize = 16;

/// One step looks at this many bytes of a text.
const BYTES: usize = 64;

/// The steps that a request may still take. Copies share them, since a bulk request has one budget
/// for all its operations.
///
/// ```
/// use scim_engine::WorkBudget;
///
/// let work = WorkBudget::of(2);
/// work.spend(2);
/// assert!(!work.is_spent());
///
/// work.spend(1);
/// assert!(work.is_spent());
/// ```
#[derive(Clone, Debug)]
pub struct WorkBudget {
    most: u64,
    spent: Rc<Cell<u64>>,
}

/// A request takes more steps than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("takes more than {0} steps, and a request has no more (maxWork)")]
pub struct WorkExceeded(u64);

impl Default for WorkBudget {
    /// A budget of [`MOST_WORK`] steps.
    fn default() -> Self {
        Self::of(MOST_WORK)
    }
}

impl WorkBudget {
    /// A budget of this many steps.
    pub fn of(steps: u64) -> Self {
        Self { most: steps, spent: Rc::default() }
    }

    /// Counts this many steps.
    pub fn spend(&self, steps: usize) {
        self.spent.set(self.spent.get().saturating_add(steps as u64));
    }

    /// How many steps are left.
    pub fn left(&self) -> u64 {
        self.most.saturating_sub(self.spent.get())
    }

    /// Sets how many steps are left; `None` if there were too few.
    pub fn set_left(&self, left: Option<u64>) {
        self.spent.set(match left {
            Some(left) => self.most.saturating_sub(left),
            None => self.most.saturating_add(1),
        });
    }

    /// Counts a look at a text.
    pub(super) fn read(&self, text: &str) {
        self.spend(text.len() / BYTES);
    }

    /// Whether more steps were counted than the budget has. Then the caller stops, and its result
    /// is not valid.
    pub fn is_spent(&self) -> bool {
        self.spent.get() > self.most
    }

    /// # Errors
    ///
    /// When more steps were counted than the budget has.
    pub fn refuse_if_spent(&self) -> Result<(), WorkExceeded> {
        if self.is_spent() { Err(WorkExceeded(self.most)) } else { Ok(()) }
    }

    /// The result of a search, unless the budget is spent.
    ///
    /// # Errors
    ///
    /// `tooMany` (RFC 7644 §3.12: "the server is unwilling to … process").
    pub fn search_result<T>(&self, found: T) -> Result<T, ScimError> {
        let Err(excess) = self.refuse_if_spent() else { return Ok(found) };
        let detail = format!("the search {excess}");
        Err(ScimError::new(ScimType::TooMany, detail)
            .hint("ask with fewer terms, or by userName, externalId, displayName or id")
            .by("RFC 7644 §3.12"))
    }

    /// The result of a change, unless the budget is spent.
    ///
    /// # Errors
    ///
    /// 413.
    pub(super) fn change_result<T>(&self, outcome: Result<T, ScimError>) -> Result<T, ScimError> {
        let Err(excess) = self.refuse_if_spent() else { return outcome };
        let detail = format!("the request {excess}");
        Err(ScimError::status(413, detail)
            .hint("select values by their value, or send the operations in several requests"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::{
        Filter, Predicate, Resource, Urns,
        patch::{self, PatchOp},
        sample::{Alone, Sample},
        urn,
    };

    fn many(sample: &Sample, emails: usize) -> Resource {
        let emails = (0..emails).map(|n| {
            json!({"value": format!("{n}@x.example"), "display": n.to_string(), "type": "other"})
        });
        sample.made(json!({"userName": "many", "emails": emails.collect::<Json>()}))
    }

    /// Patches each of the emails with a budget for this many looks at each.
    fn patched(emails: usize, path: fn(usize) -> String, looks: u64) -> Result<(), ScimError> {
        let sample = Sample::users();
        let user = many(&sample, emails);
        let operations = (0..emails).map(
            |n| json!({"op": "replace", "path": format!("{}.type", path(n)), "value": "work"}),
        );
        let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations.collect::<Json>()});
        let rules = sample.rules().with_budget(&WorkBudget::of(looks * emails as u64));
        let patch = PatchOp::parse(&rules, &body).unwrap();
        patch::apply(&rules, &user, &patch).map(drop)
    }

    fn spent(filter: &str) -> u64 {
        let sample = Sample::users();
        let user = sample.made(json!({"userName": "nobody"}));
        let filter = Filter::parse(filter, Urns(sample.rules().schemas.urns())).unwrap();
        let predicate = Predicate::bind(&sample.rules(), &filter).unwrap();
        let work = WorkBudget::default();
        predicate.matches(&user, &Alone(&sample.resource_type), &work);
        work.spent.get()
    }

    #[test]
    fn selecting_a_value_by_its_value_costs_the_same_in_a_list_of_any_length() {
        for emails in [100, 1_000] {
            let by_value = |n| format!("emails[value eq \"{n}@x.example\"]");
            assert_eq!(patched(emails, by_value, REWRITTEN as u64 + 4), Ok(()));
        }
    }

    #[test]
    fn a_patch_that_visits_all_values_for_each_operation_is_413() {
        let by_display = |n| format!("emails[display eq \"{n}\"]");

        let refused = patched(1_000, by_display, 10).unwrap_err();

        assert_eq!((refused.code(), refused.scim_type()), (413, None));
        assert!(refused.detail().contains("more than 10000 steps"), "{refused}");
        assert!(refused.detail().contains("maxWork"), "{refused}");
        assert_eq!(patched(50, by_display, 200), Ok(()));
    }

    #[test]
    fn selecting_by_a_derived_sub_attribute_is_counted() {
        let sample = Sample::groups();
        let members: Vec<Json> = (0..100).map(|n| json!({"value": n.to_string()})).collect();
        let group = sample.made(json!({"displayName": "All", "members": members}));
        let operations = json!([{"op": "remove", "path": "members[display eq \"nobody\"]"}]);
        let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations});
        let patched = |looks: usize| {
            let others = Alone(&sample.resource_type);
            let rules = sample.rules().with_budget(&WorkBudget::of((100 * looks) as u64));
            let rules = rules.with_others(&others);
            let patch = PatchOp::parse(&rules, &body).unwrap();
            patch::apply(&rules, &group, &patch).map(drop)
        };

        assert_eq!(patched(DERIVED).unwrap_err().code(), 413);
        assert_eq!(patched(DERIVED + 2), Ok(()));
    }

    #[test]
    fn an_or_of_many_values_of_one_attribute_counts_as_one_look() {
        let terms: Vec<String> = (0..300).map(|n| format!("userName eq \"user {n}\"")).collect();

        assert_eq!(spent(&terms.join(" or ")), spent("userName eq \"user\""));
        assert!(spent(&terms.join(" or ").replace("eq", "co")) > 300);
    }

    #[test]
    fn a_search_that_takes_too_much_work_is_too_many() {
        let work = WorkBudget::of(1);
        work.spend(2);

        let refused = work.search_result(()).unwrap_err();

        assert_eq!((refused.code(), refused.scim_type()), (400, Some(ScimType::TooMany)));
        assert!(refused.detail().contains("maxWork"), "{refused}");
    }
}
