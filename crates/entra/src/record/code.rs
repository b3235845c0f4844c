//! The error codes of provisioning logs (LOGHOW; the longer ones are observed).

use crate::named_enum::named_enum;

named_enum! {
    /// The code of a failure or of a skipped object.
    ErrorCode {
        /// Another object of the target has the value already: 409.
        EntryConflict = "EntryConflict",
        /// 429.
        TooManyRequests = "TooManyRequests",
        /// 5xx.
        InternalServerError = "InternalServerError",
        /// 403.
        InsufficientRights = "InsufficientRights",
        /// 405.
        MethodNotAllowed = "MethodNotAllowed",
        /// 422.
        UnprocessableEntity = "UnprocessableEntity",
        /// The connection broke, or the response is not valid HTTP.
        WebExceptionProtocolError = "WebExceptionProtocolError",
        /// The linked object is not in the target any more: 404.
        InvalidAnchor = "InvalidAnchor",
        /// 501.
        NotImplemented = "NotImplemented",
        /// The source has no value for any matching attribute.
        ImportSkipped = "ImportSkipped",
        /// The source has no value for an attribute that the target requires.
        MissingValues = "MissingValues",
        /// The target took too long.
        Timeout = "Timeout",
        /// 402: no licence is left.
        LicenseLimitExceeded = "LicenseLimitExceeded",
        /// More than one object of the target matches.
        DuplicateTargetEntries = "DuplicateTargetEntries",
        /// The match is linked to another object of the source.
        DuplicateSourceEntries = "DuplicateSourceEntries",
        /// The value does not fit the target attribute.
        SchemaPropertyCanOnlyAcceptValue = "SchemaPropertyCanOnlyAcceptValue",
        /// A manager or member has no counterpart in the target.
        UnableToResolveReference = "UnableToResolveReferenceAttributeValue",
        /// Nothing differs.
        RedundantExport = "RedundantExport",
        /// Not assigned, or not in scope.
        NotEffectivelyEntitled = "NotEffectivelyEntitled",
        /// "Target object actions" do not allow it.
        EntrySynchronizationSkipped = "EntrySynchronizationSkipped",
        /// 400.
        BadRequest = "SystemForCrossDomainIdentityManagementBadRequest",
        /// The answer is not SCIM.
        ServiceIncompatible = "SystemForCrossDomainIdentityManagementServiceIncompatible",
        /// The target does not know the filter.
        ServiceIncompatibleFiltering =
            "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering",
        /// The credentials are refused.
        CredentialValidationFailure =
            "SystemForCrossDomainIdentityManagementCredentialValidationFailure",
        /// The credentials could not be validated.
        CredentialValidationUnavailable =
            "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable",
    }
}

impl ErrorCode {
    /// What the logs recommend ("Troubleshooting & Recommendations").
    pub fn recommendation(self) -> &'static str {
        match self {
            Self::EntryConflict => {
                "Correct the conflicting attribute values, or review the matching attributes."
            }
            Self::TooManyRequests => {
                "The target asks for fewer requests. This attempt is automatically retried."
            }
            Self::InternalServerError | Self::WebExceptionProtocolError | Self::Timeout => {
                "A temporary error of the target. The operation is automatically retried in 40 \
                 minutes."
            }
            Self::InvalidAnchor => {
                "The object was deleted in the target. Restart provisioning to match it again."
            }
            Self::InsufficientRights | Self::MethodNotAllowed => {
                "The target does not allow the operation. Check the rights of the credentials."
            }
            Self::DuplicateTargetEntries => {
                "More than one object of the target matches. Remove the duplicate, or match by \
                 another attribute."
            }
            Self::DuplicateSourceEntries => {
                "Two objects of the source match one of the target. Choose a unique matching \
                 attribute."
            }
            Self::CredentialValidationFailure => {
                "Generate a new secret key, enter it as Secret Token and test the connection."
            }
            Self::CredentialValidationUnavailable => {
                "Check that the Tenant URL can be reached, and test the connection."
            }
            Self::ServiceIncompatible | Self::ServiceIncompatibleFiltering | Self::BadRequest => {
                "Check the Tenant URL, and that the target conforms to RFC 7644."
            }
            Self::UnableToResolveReference => {
                "Provision the referenced object. If it was not in scope before, restart \
                 provisioning."
            }
            Self::ImportSkipped | Self::MissingValues | Self::SchemaPropertyCanOnlyAcceptValue => {
                "Correct the source attribute or its mapping."
            }
            Self::NotEffectivelyEntitled => {
                "If the object was to be provisioned, assign it, or change the scope."
            }
            Self::RedundantExport | Self::EntrySynchronizationSkipped => "No action is needed.",
            Self::LicenseLimitExceeded => "Buy licences for the target, or unassign users.",
            Self::UnprocessableEntity | Self::NotImplemented => {
                "The target did not take the request. See its answer."
            }
        }
    }
}
