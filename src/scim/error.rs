//! The error that a SCIM client receives, with its status, its `scimType` and a detail that
//! teaches.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use smol_str::SmolStr;

use super::{dialect::Quirk, urn};

/// Why a SCIM request was refused ([RFC 7644 §3.12](https://www.rfc-editor.org/rfc/rfc7644#section-3.12)).
///
/// Serialises to the body of the answer. The detail is a lower-case fragment that names the
/// attribute and what was expected; it never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct ScimError {
    status: u16,
    scim_type: Option<ScimType>,
    detail: String,
    /// The section that decides the case, where the detail does not name it.
    section: Option<&'static str>,
}

/// The detail error keywords of RFC 7644 §3.12, table 9, and the three of RFC 9865 §2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter does not follow the grammar, or names an attribute that cannot be filtered.
    InvalidFilter,
    /// The filter would answer more than the server is willing to.
    TooMany,
    /// A unique value is in use already.
    Uniqueness,
    /// The attribute cannot be changed, or not from its present value.
    Mutability,
    /// The body does not follow the message's schema.
    InvalidSyntax,
    /// The path of a PATCH operation does not follow the grammar or names nothing known.
    InvalidPath,
    /// The path of a PATCH operation selects nothing.
    NoTarget,
    /// A required value is missing, or a value does not fit its attribute.
    InvalidValue,
    /// The version of the protocol is not supported.
    InvalidVers,
    /// The request cannot be answered because it would reveal something sensitive.
    Sensitive,
    /// The cursor was not made by this server, or for another query.
    InvalidCursor,
    /// The cursor is too old.
    ExpiredCursor,
    /// The count is not the one that the cursor was made for.
    InvalidCount,
}

impl ScimError {
    /// A 400 (409 for `uniqueness`) of this type.
    pub fn new(scim_type: ScimType, detail: impl Into<String>) -> Self {
        let status = if scim_type == ScimType::Uniqueness { 409 } else { 400 };
        Self { status, scim_type: Some(scim_type), detail: detail.into(), section: None }
    }

    /// An error with a status and no `scimType`.
    pub fn status(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into(), section: None }
    }

    /// The 404 for a resource that is not there.
    pub fn not_found(kind: &str, id: &str) -> Self {
        Self::status(404, format!("{kind} {id} not found"))
    }

    /// The HTTP status of the answer.
    pub fn code(&self) -> u16 {
        self.status
    }

    /// The detail error keyword, where the RFC has one for this case.
    pub fn scim_type(&self) -> Option<ScimType> {
        self.scim_type
    }

    /// What was wrong and what was expected.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The detail as the client reads it: with the section of the RFC at its end, if it names none.
    pub fn told(&self) -> String {
        if self.detail.contains("RFC ") {
            return self.detail.clone();
        }
        let section = self.section.unwrap_or_else(|| self.usual_section());
        format!("{} ({section})", self.detail)
    }

    fn usual_section(&self) -> &'static str {
        match (self.scim_type, self.status) {
            (Some(ScimType::InvalidFilter), _) => "RFC 7644 §3.4.2.2",
            (Some(ScimType::TooMany), _) => "RFC 7644 §3.4.2",
            (Some(ScimType::Uniqueness), _) => "RFC 7644 §3.3",
            (Some(ScimType::Mutability), _) => "RFC 7643 §7",
            (Some(ScimType::InvalidPath | ScimType::NoTarget), _) => "RFC 7644 §3.5.2",
            (
                Some(ScimType::InvalidCursor | ScimType::ExpiredCursor | ScimType::InvalidCount),
                _,
            ) => "RFC 9865 §2.1",
            (Some(_), _) => "RFC 7644 §3.12",
            (None, 401) => "RFC 7644 §2",
            (None, 405) => "RFC 9110 §15.5.6",
            (None, 412) => "RFC 7644 §3.14",
            (None, 415) => "RFC 7644 §3.1",
            (None, _) => "RFC 7644 §3.12",
        }
    }

    /// The same error with words in front of its detail, such as the operation's number.
    #[must_use]
    pub fn within(mut self, place: impl std::fmt::Display) -> Self {
        self.detail = format!("{place}: {}", self.detail);
        self
    }
}

impl ScimError {
    /// The same error, decided by this section.
    #[must_use]
    pub(super) fn by(mut self, section: &'static str) -> Self {
        self.section = Some(section);
        self
    }

    /// The same error, saying at its end how to do without a deviation that is not tolerated.
    #[must_use]
    pub(super) fn hinting(mut self, quirk: Quirk) -> Self {
        self.detail = format!("{}; {}", self.detail, quirk.hint());
        self
    }
}

impl ScimType {
    /// The keyword as the RFC spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

impl From<ScimType> for SmolStr {
    fn from(scim_type: ScimType) -> Self {
        Self::new_static(scim_type.as_str())
    }
}

impl Serialize for ScimError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_struct("Error", 4)?;
        body.serialize_field("schemas", &[urn::ERROR])?;
        // "status: The HTTP status code … expressed as a JSON string" (RFC 7644 §3.12).
        body.serialize_field("status", &self.status.to_string())?;
        if let Some(scim_type) = self.scim_type {
            body.serialize_field("scimType", scim_type.as_str())?;
        }
        body.serialize_field("detail", &self.told())?;
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_shown_as_the_rfc_has_it() {
        let taken =
            ScimError::new(ScimType::Uniqueness, "userName is in use").within("operation 2");

        assert_eq!(
            serde_json::to_string(&taken).unwrap(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"operation 2: userName is in use (RFC 7644 §3.3)"}"#
        );
        assert_eq!(
            serde_json::to_string(&ScimError::not_found("User", "7")).unwrap(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"User 7 not found (RFC 7644 §3.12)"}"#
        );
    }
}
