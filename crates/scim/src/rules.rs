//! The rules for reading one request, and what was tolerated in it.
//!
//! The engine asks for each quirk at exactly one place, through [`Rules::tolerates`]. That call
//! decides, and notes the finding for the client's developer.

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

/// The rules for reading one request.
pub struct Rules<'a> {
    /// The type of the resource.
    pub resource_type: &'a ResourceType,
    /// The schemas of the tenant.
    pub schemas: &'a Schemas,
    /// What the tenant tolerates.
    pub dialect: &'a Dialect,
    /// How much work the request may still take.
    pub work: WorkBudget,
    /// The other resources of the tenant, if the request may use them.
    pub(super) others: Option<&'a dyn Derive>,
    noted: RefCell<Vec<NotedQuirk>>,
    specified: RefCell<SpecifiedAttributes>,
    /// How many refusals were skipped; `None` if the first refusal ends the reading.
    skipped: Option<Cell<usize>>,
}

/// The attributes and sub-attributes with `returned` = `request` that a change names. They are part
/// of its answer, "if the attribute was specified by the client"
/// ([RFC 7643 §7](https://www.rfc-editor.org/rfc/rfc7643#section-7)).
#[derive(Clone, Debug, Default)]
pub struct SpecifiedAttributes(Vec<Arc<AttributeDefinition>>);

impl SpecifiedAttributes {
    /// Whether a definition is among them. It must be of the schemas that the change was read with.
    pub(super) fn contains(&self, definition: &AttributeDefinition) -> bool {
        self.0.iter().any(|it| std::ptr::eq(Arc::as_ptr(it), definition))
    }
}

impl<'a> Rules<'a> {
    /// Rules for a new request.
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
            skipped: None,
        }
    }

    /// The same rules, for a request that may use other resources: a reference can be given by its
    /// `$ref`, and values can be selected by derived sub-attributes.
    #[must_use]
    pub fn with_others(self, others: &'a dyn Derive) -> Self {
        Self { others: Some(others), ..self }
    }

    /// The same rules with this budget.
    #[must_use]
    pub fn with_budget(self, work: &WorkBudget) -> Self {
        Self { work: work.clone(), ..self }
    }

    /// The same rules, for a request that has already been refused. Each part that is refused is
    /// skipped, so that the quirks of all other parts are noted. The result of such a reading must
    /// not be stored.
    #[must_use]
    pub fn skipping_refusals(self) -> Self {
        Self { skipped: Some(Cell::default()), ..self }
    }

    /// The result of reading a part of a request. It is the default value if the part is refused
    /// and refusals are skipped.
    ///
    /// # Errors
    ///
    /// The refusal, if refusals are not skipped or the budget is spent.
    pub(super) fn or_skip<T: Default>(&self, read: Result<T, ScimError>) -> Result<T, ScimError> {
        match (&self.skipped, read) {
            (Some(skipped), Err(_)) if !self.work.is_spent() => {
                skipped.set(skipped.get() + 1);
                Ok(T::default())
            }
            (_, read) => read,
        }
    }

    /// How many refusals were skipped.
    pub(super) fn skipped(&self) -> usize {
        self.skipped.as_ref().map_or(0, Cell::get)
    }

    /// Whether a quirk is tolerated. If so it is noted, once for each location.
    pub(super) fn tolerates(&self, quirk: Quirk, at: impl fmt::Display) -> bool {
        let at = smol_str::format_smolstr!("{at}");
        // The brackets are cut off: `emails[1]`, `emails[type eq "work"].value`.
        let attribute = at.split_once('[').map_or(at.as_str(), |(name, _)| name);
        self.tolerates_path(quirk, &at, attribute)
    }

    /// Like [`tolerates`](Self::tolerates), for a value at a location that should be that of this
    /// attribute.
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

    /// The quirks that were tolerated, in the order in which they were read.
    pub fn into_noted(self) -> Vec<NotedQuirk> {
        self.into_parts().0
    }

    /// The quirks that were tolerated, and the attributes that the answer shows because the request
    /// gave them a value.
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

/// A limit, so that a body with ten thousand wrong values does not make ten thousand findings.
const MOST_NOTED: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn a_location_is_noted_once_and_the_number_of_notes_is_limited() {
        let sample = Sample::users();
        let rules = sample.rules();

        for n in 0..1_000 {
            assert!(rules.tolerates(Quirk::NullRef, n) && rules.tolerates(Quirk::NullRef, n));
        }

        assert_eq!(rules.into_noted().len(), MOST_NOTED);
    }

    #[test]
    fn a_quirk_that_is_not_tolerated_is_not_noted() {
        let sample = Sample::users().strict();
        let rules = sample.rules();

        assert!(!rules.tolerates(Quirk::NullRef, "x"));
        assert_eq!(rules.into_noted(), []);
    }
}
