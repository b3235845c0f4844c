//! The error that a SCIM client receives: its status, its `scimType`, and a detail that says how to
//! correct the request.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use smol_str::SmolStr;

use super::{filter::Byte, quirk::Quirk, urn};

/// Why a SCIM request was refused ([RFC 7644 §3.12](https://www.rfc-editor.org/rfc/rfc7644#section-3.12)).
///
/// Serialises to the body of the answer. The detail is a lower-case fragment. It names the
/// attribute and what was expected, then the edit that corrects the request if there is a small
/// one, and at its end the section. It never contains a secret.
///
/// ```
/// use scim_engine::{ScimError, ScimType};
///
/// let error = ScimError::new(ScimType::InvalidValue, "active must be true or false")
///     .hint("write it without quotes")
///     .by("RFC 7643 §2.3.2")
///     .within("operation 2");
///
/// assert_eq!(
///     error.detail_with_section(),
///     "operation 2: active must be true or false; write it without quotes (RFC 7643 §2.3.2)"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct ScimError {
    status: u16,
    scim_type: Option<ScimType>,
    /// What was wrong, where, and what was expected; then the edit that corrects the request.
    detail: String,
    /// The section of the RFC, if it is not the usual one of this status and type.
    section: Option<&'static str>,
    /// The part of the body that is wrong, if there is one.
    path: Option<Box<str>>,
}

/// The `scimType` keywords of RFC 7644 §3.12, table 9, and the three of RFC 9865 §2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter does not follow the grammar, or names an attribute that cannot be filtered.
    InvalidFilter,
    /// The filter matches more, or takes more work, than the server allows.
    TooMany,
    /// A value that must be unique is already in use.
    Uniqueness,
    /// The attribute cannot be changed, or not from its present value.
    Mutability,
    /// The body does not follow the message's schema.
    InvalidSyntax,
    /// The path of a PATCH operation does not follow the grammar, or names no attribute.
    InvalidPath,
    /// The path of a PATCH operation selects nothing.
    NoTarget,
    /// A required value is missing, or a value does not fit its attribute.
    InvalidValue,
    /// The version of the protocol is not supported.
    InvalidVers,
    /// The answer would reveal sensitive data.
    Sensitive,
    /// The cursor was not made by this server, or for another query.
    InvalidCursor,
    /// The cursor is too old.
    ExpiredCursor,
    /// The count differs from the one that the cursor was made for.
    InvalidCount,
}

impl ScimError {
    /// A 400 (409 for `uniqueness`) of this type.
    pub fn new(scim_type: ScimType, detail: impl Into<String>) -> Self {
        let status = if scim_type == ScimType::Uniqueness { 409 } else { 400 };
        Self {
            status,
            scim_type: Some(scim_type),
            detail: detail.into(),
            section: None,
            path: None,
        }
    }

    /// An error with a status and no `scimType`.
    pub fn status(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into(), section: None, path: None }
    }

    /// A 409 without a `scimType`: the request conflicts with the resources that exist.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::status(409, detail)
    }

    /// A 412: a precondition of the request does not hold.
    pub fn precondition_failed(detail: impl Into<String>) -> Self {
        Self::status(412, detail)
    }

    /// A 404: nothing has this address.
    pub fn no_such_address(detail: impl Into<String>) -> Self {
        Self::status(404, detail)
    }

    /// Whether it is a 412.
    pub fn is_precondition_failed(&self) -> bool {
        self.status == 412
    }

    /// Whether it is a 400: the request itself is wrong.
    pub fn is_bad_request(&self) -> bool {
        self.status == 400
    }

    /// The 404 for a resource that is not there.
    pub fn not_found(kind: &str, id: &str) -> Self {
        Self::status(404, format!("{kind} {id} not found"))
    }

    /// The HTTP status of the answer.
    pub fn code(&self) -> u16 {
        self.status
    }

    /// The `scimType`, if the RFC has one for this case.
    pub fn scim_type(&self) -> Option<ScimType> {
        self.scim_type
    }

    /// The part of the body that is wrong, such as `emails[0].value`, if there is one.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The same error, with the part of the body that is wrong.
    #[must_use]
    pub fn at(mut self, path: impl fmt::Display) -> Self {
        self.path = Some(path.to_string().into());
        self
    }

    /// What was wrong and what was expected, without the section.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The detail as the client reads it, with the section at its end.
    pub fn detail_with_section(&self) -> String {
        match self.section.or_else(|| self.usual_section()) {
            Some(section) => format!("{} ({section})", self.detail),
            None => self.detail.clone(),
        }
    }

    /// The same error, with this section, such as `RFC 7644 §3.3`.
    #[must_use]
    pub fn by(mut self, section: &'static str) -> Self {
        self.section = Some(section);
        self
    }

    /// The same error with a prefix to its detail, such as the number of the operation.
    #[must_use]
    pub fn within(mut self, place: impl fmt::Display) -> Self {
        self.detail = format!("{place}: {}", self.detail);
        self
    }

    /// The same error with the edit that corrects the request, in the imperative.
    #[must_use]
    pub fn hint(mut self, edit: impl fmt::Display) -> Self {
        self.detail = format!("{}; {edit}", self.detail);
        self
    }

    /// The same error with a suggestion: "did you mean …?".
    #[must_use]
    pub fn meant(mut self, name: Option<impl fmt::Display>) -> Self {
        if let Some(name) = name {
            self.detail = format!("{}, did you mean {name}?", self.detail);
        }
        self
    }

    fn usual_section(&self) -> Option<&'static str> {
        Some(match (self.scim_type, self.status) {
            (Some(ScimType::InvalidFilter), _) => "RFC 7644 §3.4.2.2",
            (Some(ScimType::TooMany), _) => "RFC 7644 §3.4.2",
            (Some(ScimType::Uniqueness), _) => "RFC 7644 §3.3",
            (Some(ScimType::Mutability), _) => "RFC 7643 §7",
            (Some(ScimType::InvalidPath | ScimType::NoTarget), _) => "RFC 7644 §3.5.2",
            (
                Some(ScimType::InvalidCursor | ScimType::ExpiredCursor | ScimType::InvalidCount),
                _,
            ) => "RFC 9865 §2.1",
            (None, 401) => "RFC 7644 §2",
            (None, 405) => "RFC 9110 §15.5.6",
            (None, 406) => "RFC 7644 §3.8",
            (None, 412) => "RFC 7644 §3.14",
            (None, 413) => "RFC 9110 §15.5.14",
            (None, 415) => "RFC 7644 §3.1",
            (Some(_), _) | (None, 400 | 403 | 404 | 409) => "RFC 7644 §3.12",
            _ => return None,
        })
    }
}

impl ScimError {
    /// The same error with the form to send instead of a quirk that is not tolerated.
    #[must_use]
    pub fn hinting(self, quirk: Quirk) -> Self {
        self.hint(quirk.instead()).by(quirk.section())
    }

    /// The same error with the part of a text in which it is wrong.
    #[must_use]
    pub(super) fn at_byte(mut self, text: &str, offset: usize) -> Self {
        self.detail = format!("{} ({})", self.detail, Byte { text, offset });
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
        body.serialize_field("detail", &self.detail_with_section())?;
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_form_of_the_rfc() {
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
