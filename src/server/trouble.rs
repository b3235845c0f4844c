//! What a test makes go wrong.

use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::TestTenant;
use crate::{
    fault::{BookError, FieldError, Rule},
    http::known_operations,
};

/// Why a fault rule is not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FaultError {
    /// It cannot be read.
    #[error("{}: {}", .0.field, .0.detail)]
    Field(#[from] FieldError),
    /// There is no room for it, or its id is taken.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl TestTenant {
    /// Adds a fault rule, as `POST faults` of the control API takes it (`docs/faults.md`); returns its
    /// id.
    ///
    /// ```
    /// use mediusflow_mock::server::MockServer;
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
        let rule = Rule::read(rule, &known_operations(&tenant.schemas()))?;
        Ok(tenant.faults().add(rule)?.id)
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
