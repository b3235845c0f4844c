//! How much work a request may ask for.
//!
//! A body of a few megabytes can name ten thousand operations over as many values, and a filter
//! hundreds of terms over a million resources. Who matches or changes counts the steps here and
//! stops when there are none left; time is not looked at, so that the same request always has the
//! same answer.

use std::{cell::Cell, rc::Rc};

use super::error::{ScimError, ScimType};

/// The steps that one request may take: the limit that refusals call `maxWork`.
///
/// A step is one look at one value: a term of a filter held against an attribute of a resource, a
/// value of a long list gone through by an operation. Ten terms over a million users are within it,
/// and ten thousand operations at values that are found by their `value`.
pub const MOST_WORK: u64 = 50_000_000;

/// What the server derives for one look takes as long as so many others.
pub(super) const DERIVED: usize = 4;

/// A value that is changed, read again by its definition and put back costs as much as so many looks.
pub(super) const REWRITTEN: usize = 16;

/// So many bytes of a text are looked at in one step.
const BYTES: usize = 64;

/// The steps that are left to a request. Copies share them: a bulk request has one budget for all its
/// operations.
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

/// That something takes more steps than a request has.
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
    /// A budget of so many steps.
    pub fn of(steps: u64) -> Self {
        Self { most: steps, spent: Rc::default() }
    }

    /// Counts so many steps.
    pub fn spend(&self, steps: usize) {
        self.spent.set(self.spent.get().saturating_add(steps as u64));
    }

    /// How many steps there still are.
    pub fn left(&self) -> u64 {
        self.most.saturating_sub(self.spent.get())
    }

    /// Counts what was taken, if only so many are left; `None` if there were too few.
    pub fn leave(&self, left: Option<u64>) {
        self.spent.set(match left {
            Some(left) => self.most.saturating_sub(left),
            None => self.most.saturating_add(1),
        });
    }

    /// Counts a look at a text.
    pub(super) fn read(&self, text: &str) {
        self.spend(text.len() / BYTES);
    }

    /// Whether more steps were counted than there are: whoever matches or changes stops, and what was
    /// found does not count.
    pub fn is_spent(&self) -> bool {
        self.spent.get() > self.most
    }

    /// # Errors
    ///
    /// More steps were counted than there are.
    pub fn suffices(&self) -> Result<(), WorkExceeded> {
        if self.is_spent() { Err(WorkExceeded(self.most)) } else { Ok(()) }
    }

    /// What a filter found, unless the steps did not suffice.
    ///
    /// # Errors
    ///
    /// `tooMany` (RFC 7644 §3.12: "the server is unwilling to … process").
    pub fn searched<T>(&self, found: T) -> Result<T, ScimError> {
        let Err(excess) = self.suffices() else { return Ok(found) };
        let detail = format!("the search {excess}");
        Err(ScimError::new(ScimType::TooMany, detail)
            .hint("ask with fewer terms, or by userName, externalId, displayName or id")
            .by("RFC 7644 §3.12"))
    }

    /// The outcome of a change, unless the steps did not suffice.
    ///
    /// # Errors
    ///
    /// 413.
    pub(super) fn changed<T>(&self, outcome: Result<T, ScimError>) -> Result<T, ScimError> {
        let Err(excess) = self.suffices() else { return outcome };
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

    /// Patches each of the emails with a budget for so many looks at each.
    fn patched(emails: usize, path: fn(usize) -> String, looks: u64) -> Result<(), ScimError> {
        let sample = Sample::users();
        let user = many(&sample, emails);
        let operations = (0..emails).map(
            |n| json!({"op": "replace", "path": format!("{}.type", path(n)), "value": "work"}),
        );
        let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations.collect::<Json>()});
        let rules = sample.rules().within(&WorkBudget::of(looks * emails as u64));
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
    fn values_that_are_selected_by_their_value_cost_the_same_however_many_there_are() {
        for emails in [100, 1_000] {
            let by_value = |n| format!("emails[value eq \"{n}@x.example\"]");
            assert_eq!(patched(emails, by_value, REWRITTEN as u64 + 4), Ok(()));
        }
    }

    #[test]
    fn a_patch_that_goes_through_all_values_again_and_again_is_413() {
        let by_display = |n| format!("emails[display eq \"{n}\"]");

        let refused = patched(1_000, by_display, 10).unwrap_err();

        assert_eq!((refused.code(), refused.scim_type()), (413, None));
        assert!(refused.detail().contains("more than 10000 steps"), "{refused}");
        assert!(refused.detail().contains("maxWork"), "{refused}");
        assert_eq!(patched(50, by_display, 200), Ok(()));
    }

    #[test]
    fn a_selection_by_what_is_derived_is_counted() {
        let sample = Sample::groups();
        let members: Vec<Json> = (0..100).map(|n| json!({"value": n.to_string()})).collect();
        let group = sample.made(json!({"displayName": "All", "members": members}));
        let operations = json!([{"op": "remove", "path": "members[display eq \"nobody\"]"}]);
        let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations});
        let patched = |looks: usize| {
            let others = Alone(&sample.resource_type);
            let rules = sample.rules().within(&WorkBudget::of((100 * looks) as u64));
            let rules = rules.among(&others);
            let patch = PatchOp::parse(&rules, &body).unwrap();
            patch::apply(&rules, &group, &patch).map(drop)
        };

        assert_eq!(patched(DERIVED).unwrap_err().code(), 413);
        assert_eq!(patched(DERIVED + 2), Ok(()));
    }

    #[test]
    fn many_values_of_one_attribute_are_one_look() {
        let terms: Vec<String> = (0..300).map(|n| format!("userName eq \"user {n}\"")).collect();

        assert_eq!(spent(&terms.join(" or ")), spent("userName eq \"user\""));
        assert!(spent(&terms.join(" or ").replace("eq", "co")) > 300);
    }

    #[test]
    fn a_search_that_takes_too_much_says_so_as_the_rfc_does() {
        let work = WorkBudget::of(1);
        work.spend(2);

        let refused = work.searched(()).unwrap_err();

        assert_eq!((refused.code(), refused.scim_type()), (400, Some(ScimType::TooMany)));
        assert!(refused.detail().contains("maxWork"), "{refused}");
    }
}
