//! Refuses texts that are none of the canonical values, where the tenant enforces these.

use smol_str::SmolStr;

use crate::{
    dialect::CanonicalValues,
    error::{ScimError, ScimType},
    location::Location,
    quoted,
    rules::Rules,
    schema::{AttributeDefinition, Returned},
    value::Value,
};

impl AttributeDefinition {
    /// Refuses a text that is none of the canonical values, where the tenant enforces them.
    ///
    /// # Errors
    ///
    /// `invalidValue`.
    pub(crate) fn refuse_non_canonical(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        value: &Value,
    ) -> Result<(), ScimError> {
        let binding = rules.dialect.canonical_values;
        let against = value.as_text().and_then(|it| self.canonical_values_against(binding, it));
        let Some(words) = against else { return Ok(()) };
        let words: Vec<String> = words.iter().map(|it| format!("{}", quoted(it))).collect();
        let is_secret = self.returned() == Returned::Never;
        let found =
            value.as_text().filter(|_| !is_secret).map(|it| format!(", found {}", quoted(it)));
        let detail = format!(
            "{at} must be one of its canonicalValues {}{}",
            words.join(", "),
            found.unwrap_or_default()
        );
        Err(ScimError::new(ScimType::InvalidValue, detail).at(at).by("RFC 7643 §2.3.1"))
    }

    /// The canonical values, if the tenant enforces them and the text is none of them ("service
    /// providers MAY restrict accepted values to the specified values", RFC 7643 §2.3.1).
    fn canonical_values_against(&self, binding: CanonicalValues, text: &str) -> Option<&[SmolStr]> {
        let is_bound = match binding {
            CanonicalValues::Own => self.is_own(),
            CanonicalValues::Enforce => true,
            CanonicalValues::Suggest => false,
        };
        let is_one = |it: &SmolStr| self.fold(it) == self.fold(text);
        let is_free = !is_bound || self.canonical_values().is_empty();
        (!is_free && !self.canonical_values().iter().any(is_one)).then_some(self.canonical_values())
    }
}
