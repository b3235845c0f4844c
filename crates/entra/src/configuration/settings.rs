//! A configuration as its administrator sees it.

use super::{JobConfiguration, ObjectMapping};
use crate::mapping::{Apply, AttributeMapping, MappingSource};
use crate::service::{JobSettings, MappingRow, MappingTable};

impl JobConfiguration {
    /// The settings, without the Secret Token.
    pub fn settings(&self) -> JobSettings {
        JobSettings {
            tenant_url: self.tenant_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            notification_email: self.notification_email.clone(),
            send_email_when_a_failure_occurs: self.send_email_when_a_failure_occurs,
            scope: self.scope,
            users: self.users.table(),
            groups: self.groups.table(),
            file: self.to_toml(),
        }
    }
}

impl ObjectMapping {
    fn table(&self) -> MappingTable {
        let rows = self.mappings.all().iter().map(AttributeMapping::row);
        let filters = self.scoping_filters.all().len();
        MappingTable { is_enabled: self.enabled, rows: rows.collect(), scoping_filters: filters }
    }
}

impl AttributeMapping {
    fn row(&self) -> MappingRow {
        let (kind, source) = match &self.source {
            MappingSource::Direct(name) => ("Direct", name.clone()),
            MappingSource::Constant(text) => ("Constant", text.clone()),
            MappingSource::Expression(it) => ("Expression", it.to_string().into()),
            MappingSource::None => ("None", "".into()),
        };
        MappingRow {
            target: self.target.clone(),
            target_type: self.target_type.name(),
            kind,
            source,
            default_value: self.default_value.clone(),
            matching_precedence: self.matching_precedence,
            is_creation_only: self.apply == Apply::OnlyDuringCreation,
        }
    }
}
