//! A log line as Graph's `provisioningObjectSummary`, with its steps.

use serde_json::{Value as Json, json};

use super::{Action, LogEntry, Status};
use crate::attributes::ObjectType;

/// The initiator in every line.
const SERVICE: &str = "Azure AD Provisioning Service";

/// A step of a log line.
pub(super) struct ProvisioningStep {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) description: String,
    pub(super) details: Json,
}

impl LogEntry {
    /// The line as Graph shows it. `job_id` is the job's id, `target` the name of the application.
    pub fn to_graph(&self, job_id: &str, tenant_id: &str, target: &str) -> Json {
        let steps: Vec<Json> = self.steps(target).iter().map(ProvisioningStep::to_json).collect();
        let modified: Vec<Json> = self
            .modified
            .iter()
            .map(|it| {
                json!({ "displayName": it.name, "oldValue": text(it.old.as_ref()),
                        "newValue": text(it.new.as_ref()) })
            })
            .collect();
        let of = ObjectType::from(self.of).name();
        let error = self.error.map(|code| {
            let category = match self.status {
                Status::Failure | Status::Warning => "failure",
                Status::Skipped => "nonServiceFailure",
                Status::Success => "success",
            };
            json!({ "errorCode": code, "reason": self.reason, "additionalDetails": null,
                    "errorCategory": category, "recommendedAction": code.recommendation() })
        });
        json!({
            "id": self.id,
            "activityDateTime": self.at.to_string(),
            "tenantId": tenant_id,
            "jobId": job_id,
            "cycleId": self.cycle_id,
            "changeId": self.change_id,
            "provisioningAction": self.action.graph(),
            "durationInMilliseconds": self.took_ms,
            "provisioningStatusInfo": { "status": self.status.name(), "errorInformation": error },
            "provisioningSteps": steps,
            "modifiedProperties": modified,
            "servicePrincipal": { "id": job_id, "displayName": target },
            "sourceSystem": { "id": tenant_id, "displayName": "Azure Active Directory", "details": {} },
            "targetSystem": { "id": job_id, "displayName": target, "details": {} },
            "initiatedBy": { "id": "", "displayName": SERVICE, "initiatorType": "system" },
            "sourceIdentity": { "id": self.source_id, "displayName": self.source_name,
                                "identityType": of, "details": { "id": self.source_id } },
            "targetIdentity": { "id": self.target_id.as_deref().unwrap_or_default(),
                                "displayName": self.source_name, "identityType": self.target_type(),
                                "details": {} },
        })
    }

    /// The type of a target identity: the enterprise user's URN for users, as observed.
    fn target_type(&self) -> &'static str {
        match ObjectType::from(self.of) {
            ObjectType::User => scim_engine::urn::ENTERPRISE_USER,
            ObjectType::Group => scim_engine::urn::GROUP,
        }
    }

    /// Import → match → scope → evaluate → provision, as far as it came (LOGS).
    pub(super) fn steps(&self, target: &str) -> Vec<ProvisioningStep> {
        let of = ObjectType::from(self.of).name();
        let name = &self.source_name;
        let scope = self.scope;
        let flag = |it| if it { "True" } else { "False" };
        let mut steps = vec![
            ProvisioningStep {
                name: "EntryImport",
                kind: "import",
                status: "success",
                description: format!("Retrieved {of} '{name}' from Azure Active Directory"),
                details: json!({ "objectId": self.source_id }),
            },
            ProvisioningStep {
                name: "EntrySynchronizationScoping",
                kind: "scoping",
                status: if scope.is_in_scope() { "success" } else { "skipped" },
                description: format!(
                    "Determine if {of} in scope by evaluating against each scoping filter"
                ),
                details: json!({
                    "IsActive": flag(scope.is_active),
                    "Assigned": flag(scope.assigned),
                    "IsEffectivelyEntitledForProvisioning": flag(scope.is_entitled),
                    "ScopeEvaluationResult": flag(scope.in_filter),
                }),
            },
        ];
        if let Some(matched) = self.matched {
            let found = if matched { "found" } else { "not found" };
            steps.push(ProvisioningStep {
                name: "EntryMatch",
                kind: "matching",
                status: "success",
                description: format!("A matching {of} was {found} in {target}"),
                details: json!({}),
            });
        }
        steps.push(self.last_step(of, target));
        steps
    }

    fn last_step(&self, of: &str, target: &str) -> ProvisioningStep {
        let name = &self.source_name;
        let verb = match self.action {
            Action::Create => "created",
            Action::Update => "updated",
            Action::Delete => "deleted",
            Action::Disable => "disabled",
            Action::StagedDelete | Action::StagedAction => "staged",
            Action::Other => "left as it is",
        };
        let (step, kind) = match (self.status, self.action) {
            (Status::Skipped, _) => ("EntrySynchronizationSkip", "processing"),
            (Status::Warning, _) => ("EntryReferenceResolution", "referenceResolution"),
            (_, Action::Create) => ("EntryExportAdd", "export"),
            (_, Action::Delete) => ("EntryExportDelete", "export"),
            _ => ("EntryExportUpdate", "export"),
        };
        let description = match self.status {
            Status::Success => format!("{of} '{name}' was {verb} in {target}"),
            Status::Failure => format!("Failed: {of} '{name}' was not {verb} in {target}"),
            Status::Skipped | Status::Warning => self.reason.clone(),
        };
        let details = match self.error {
            Some(code) if self.status == Status::Skipped => json!({ "SkipReason": code }),
            Some(code) => json!({ "ErrorCode": code, "Reason": self.reason }),
            None => json!({}),
        };
        ProvisioningStep { name: step, kind, status: self.status.name(), description, details }
    }
}

impl ProvisioningStep {
    fn to_json(&self) -> Json {
        json!({ "name": self.name, "provisioningStepType": self.kind, "status": self.status,
                "description": self.description, "details": self.details })
    }
}

impl Action {
    /// The portal's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Disable => "Disable",
            Self::StagedDelete => "StagedDelete",
            Self::StagedAction => "StagedAction",
            Self::Other => "Other",
        }
    }

    /// Graph's word: its list has no `stagedAction`.
    fn graph(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Disable => "disable",
            Self::StagedDelete => "stageddelete",
            Self::StagedAction | Self::Other => "other",
        }
    }
}

/// A value as the log shows it: text as it is, other values as JSON.
pub(super) fn text(value: Option<&Json>) -> Option<String> {
    value.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
}
