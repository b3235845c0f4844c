//! What a test makes go wrong.

use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::TestTenant;
use crate::{
    fault::{BookError, FieldError, Rule},
    http::known_operations,
};

/// Why a fault rule is not taken; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", in_front(field))]
#[non_exhaustive]
pub struct FaultError {
    /// The member that is wrong, such as `match.operation`; empty where it is the rule as a whole.
    pub field: String,
    /// What was expected, and what was found.
    pub reason: String,
}

impl FaultError {
    fn of_member(error: FieldError) -> Self {
        Self { field: error.field, reason: error.detail }
    }

    fn of_book(error: BookError) -> Self {
        Self { field: String::new(), reason: error.to_string() }
    }
}

fn in_front(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

impl TestTenant {
    /// Adds a fault rule, as `POST faults` of the control API takes it (`docs/faults.md`); returns its
    /// id.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    /// use serde_json::json;
    ///
    /// let server = MockServer::start()?;
    /// server.fault(&json!({
    ///     "match": {"operation": "user.create"},
    ///     "when": {"firstPerSubject": true},
    ///     "action": {"connection": "close"},
    ///     "phase": "after",
    /// }))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with the first member that is; that the id is taken.
    pub fn fault(&self, rule: &Json) -> Result<SmolStr, FaultError> {
        let tenant = self.tenant();
        let rule = Rule::read(rule, &known_operations(&tenant.schemas()));
        let rule = rule.map_err(FaultError::of_member)?;
        Ok(tenant.faults().add(rule).map_err(FaultError::of_book)?.id)
    }

    /// Answers the next request for this operation (such as `user.create`) with this status, before
    /// anything is applied; returns the id of the rule.
    ///
    /// # Errors
    ///
    /// There is no such operation, or the status is none of an answer.
    pub fn fail_next(&self, operation: &str, status: u16) -> Result<SmolStr, FaultError> {
        self.fault(&json!({
            "match": {"operation": operation},
            "when": {"times": 1},
            "action": {"status": status},
        }))
    }
}
