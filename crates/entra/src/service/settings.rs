//! The settings of a job, as an administrator sees them (tutorial, Step 5).

use serde::Serialize;
use smol_str::SmolStr;

use super::description::Scope;

/// The settings of a job. They hold no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobSettings {
    /// "Tenant URL".
    pub tenant_url: String,
    /// "Notification Email".
    pub notification_email: Option<SmolStr>,
    /// "Send an email notification when a failure occurs".
    pub send_email_when_a_failure_occurs: bool,
    /// "Scope".
    pub scope: Scope,
    /// "Synchronize Microsoft Entra users to MediusFlow".
    #[serde(skip)]
    pub users: MappingTable,
    /// "Synchronize Microsoft Entra groups to MediusFlow".
    #[serde(skip)]
    pub groups: MappingTable,
    /// The job file.
    #[serde(skip)]
    pub file: String,
}

/// The "Attribute-Mapping" of one type of object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingTable {
    /// "Enabled": whether objects of this type are provisioned.
    pub is_enabled: bool,
    /// The mappings, in the order of the configuration.
    pub rows: Vec<MappingRow>,
    /// The number of scoping filters ("Source object scope").
    pub scoping_filters: usize,
}

/// One mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingRow {
    /// The attribute of the target, as written.
    pub target: SmolStr,
    /// The type of the target attribute, in the tutorial's words.
    pub target_type: &'static str,
    /// The type of the mapping: `Direct`, `Constant`, `Expression` or `None`.
    pub kind: &'static str,
    /// The source attribute, the constant or the expression; empty if there is none.
    pub source: SmolStr,
    /// "Default value if null".
    pub default_value: Option<SmolStr>,
    /// "Matching precedence", from 1; `None` if objects are not matched by this attribute.
    pub matching_precedence: Option<u32>,
    /// "Apply this mapping": only during object creation.
    pub is_creation_only: bool,
}
