//! The rules under which one request is read, and what was noticed meanwhile.
//!
//! A quirk is read at exactly one point of the engine, through [`Rules::tolerates`]: that call
//! decides, and notes the finding that the client's developer reads.

use std::{
    cell::{Cell, RefCell},
    fmt,
    sync::Arc,
};

use super::{
    derive::Derive,
    dialect::Dialect,
    error::ScimError,
    quirk::{NotedQuirk, Quirk},
    schema::{AttributeDefinition, ResourceType, Returned, Schemas, Target},
    work::WorkBudget,
};

/// The rules under which one request is read.
pub struct Rules<'a> {
    /// The type of the resource.
    pub resource_type: &'a ResourceType,
    /// All that the tenant knows.
    pub schemas: &'a Schemas,
    /// What it tolerates.
    pub dialect: &'a Dialect,
    /// How much work the request may still ask for.
    pub work: WorkBudget,
    /// The other resources, if the request may look at them.
    pub(super) others: Option<&'a dyn Derive>,
    noted: RefCell<Vec<NotedQuirk>>,
    specified: RefCell<SpecifiedAttributes>,
    /// How many refusals were passed over; `None` where the first one ends the reading.
    passed: Option<Cell<usize>>,
}

/// The attributes and sub-attributes with `returned` = `request` that a change names: they are part of
/// its answer, "if the attribute was specified by the client"
/// ([RFC 7643 §7](https://www.rfc-editor.org/rfc/rfc7643#section-7)).
#[derive(Clone, Debug, Default)]
pub struct SpecifiedAttributes(Vec<Arc<AttributeDefinition>>);

impl SpecifiedAttributes {
    /// Whether this definition, of the schemas by which the change was read, is among them.
    pub(super) fn contains(&self, definition: &AttributeDefinition) -> bool {
        self.0.iter().any(|it| std::ptr::eq(Arc::as_ptr(it), definition))
    }
}

impl<'a> Rules<'a> {
    /// Rules with nothing noted yet.
    pub fn new(
        resource_type: &'a ResourceType,
        schemas: &'a Schemas,
        dialect: &'a Dialect,
    ) -> Self {
        let (work, noted) = (WorkBudget::default(), RefCell::default());
        Self {
            resource_type,
            schemas,
            dialect,
            work,
            others: None,
            noted,
            specified: RefCell::default(),
            passed: None,
        }
    }

    /// The same rules, for a request that may look at other resources: a reference can be given by its
    /// `$ref`, and values can be selected by what the server derives.
    #[must_use]
    pub fn among(self, others: &'a dyn Derive) -> Self {
        Self { others: Some(others), ..self }
    }

    /// The same rules, for a request that has this budget.
    #[must_use]
    pub fn within(self, work: &WorkBudget) -> Self {
        Self { work: work.clone(), ..self }
    }

    /// The same rules, for a request that is refused already: each part of it that is refused is passed
    /// over, so that all that is tolerated of the others is noted. What is read so must not be kept.
    #[must_use]
    pub fn past_refusals(self) -> Self {
        Self { passed: Some(Cell::default()), ..self }
    }

    /// What a part of a request says; nothing, where it is refused and refusals are passed over.
    ///
    /// # Errors
    ///
    /// The refusal, where the first one ends the reading or the budget is spent.
    pub(super) fn part<T: Default>(&self, read: Result<T, ScimError>) -> Result<T, ScimError> {
        match (&self.passed, read) {
            (Some(passed), Err(_)) if !self.work.is_spent() => {
                passed.set(passed.get() + 1);
                Ok(T::default())
            }
            (_, read) => read,
        }
    }

    /// How many refusals were passed over.
    pub(super) fn passed(&self) -> usize {
        self.passed.as_ref().map_or(0, Cell::get)
    }

    /// Whether a deviation is tolerated; if so it is noted, once for each place.
    pub(super) fn tolerates(&self, quirk: Quirk, at: impl fmt::Display) -> bool {
        let at = smol_str::format_smolstr!("{at}");
        // Without what selects values: `emails[1]`, `emails[type eq "work"].value`.
        let attribute = at.split_once('[').map_or(at.as_str(), |(name, _)| name);
        self.tolerates_path(quirk, &at, attribute)
    }

    /// As [`tolerates`](Self::tolerates), of what stands `at` a place and should be this attribute.
    pub(super) fn tolerates_path(&self, quirk: Quirk, at: &str, attribute: &str) -> bool {
        if !self.dialect.quirks.contains(quirk) {
            return false;
        }
        let form = quirk.form().replace("<schema>", &self.resource_type.schema.id);
        let form = form.replace("<attribute>", attribute).into();
        let noted = NotedQuirk { quirk, at: at.into(), form };
        let mut all = self.noted.borrow_mut();
        if !all.contains(&noted) && all.len() < MOST_NOTED {
            all.push(noted);
        }
        true
    }

    /// Notes that the request gives a value to the attribute at a target, and to its sub-attribute.
    pub(super) fn specify_target(&self, target: &Target) {
        self.specify(&target.definition);
        target.sub.iter().for_each(|it| self.specify(it));
    }

    /// Notes that the request gives a value to an attribute or sub-attribute.
    pub(super) fn specify(&self, definition: &Arc<AttributeDefinition>) {
        let mut all = self.specified.borrow_mut();
        if definition.returned() == Returned::Request && !all.contains(definition) {
            all.0.push(definition.clone());
        }
    }

    /// What was tolerated, in the order in which it was met.
    pub fn into_noted(self) -> Vec<NotedQuirk> {
        self.into_parts().0
    }

    /// What was tolerated, and what the answer shows because the request gave it a value.
    pub fn into_parts(self) -> (Vec<NotedQuirk>, SpecifiedAttributes) {
        (self.noted.into_inner(), self.specified.into_inner())
    }
}

impl fmt::Debug for Rules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = &self.resource_type.name;
        f.debug_struct("Rules")
            .field("of", kind)
            .field("noted", &self.noted)
            .finish_non_exhaustive()
    }
}

/// A body of ten thousand odd values must not make ten thousand findings.
const MOST_NOTED: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn a_place_is_noted_once_and_not_without_end() {
        let sample = Sample::users();
        let rules = sample.rules();

        for n in 0..1_000 {
            assert!(rules.tolerates(Quirk::NullRef, n) && rules.tolerates(Quirk::NullRef, n));
        }

        assert_eq!(rules.into_noted().len(), MOST_NOTED);
    }

    #[test]
    fn what_is_not_tolerated_is_not_noted() {
        let sample = Sample::users().strict();
        let rules = sample.rules();

        assert!(!rules.tolerates(Quirk::NullRef, "x"));
        assert_eq!(rules.into_noted(), []);
    }
}
