//! Writes a configuration as the file from which it can be read, without the Secret Token.

use std::fmt::Write as _;

use scim_engine::Schemas;

use super::{
    JobConfiguration, ObjectMapping, TargetActions, WithoutSoftDelete,
    target_attributes::TargetAttributes,
};
use crate::ObjectType;
use crate::mapping::{Apply, AttributeMapping, MappingSource};
use crate::scoping::{Clause, ScopingFilter};

impl JobConfiguration {
    /// The configuration as a TOML file. [`Self::parse`] reads it as the same configuration, but for the
    /// Secret Token, which is left out.
    pub fn to_toml(&self) -> String {
        let mut file = String::from("[admin-credentials]\n");
        if let Some(url) = &self.tenant_url {
            key(&mut file, "tenant-url", &text(&url.to_string()));
        }
        file += "# secret-token = \"...\"\n\n[settings]\n";
        if let Some(email) = &self.notification_email {
            key(&mut file, "notification-email", &text(email));
        }
        let (name, sends) = (
            "send-an-email-notification-when-a-failure-occurs",
            self.send_email_when_a_failure_occurs,
        );
        key(&mut file, name, &sends.to_string());
        key(&mut file, "scope", &text(self.scope.label()));
        let threshold = self.accidental_deletion_threshold;
        key(&mut file, "prevent-accidental-deletions", &threshold.is_some().to_string());
        if let Some(threshold) = threshold {
            key(&mut file, "accidental-deletion-threshold", &threshold.to_string());
        }
        let skips = self.skip_out_of_scope_deletions;
        key(&mut file, "skip-out-of-scope-deletions", &skips.to_string());
        key(&mut file, "without-soft-delete", &text(self.without_soft_delete.word()));
        let rate = self.requests_per_second.map_or(0, std::num::NonZeroU32::get);
        key(&mut file, "requests-per-second", &rate.to_string());
        file += "\n[quarantine]\n";
        let limits = &self.quarantine;
        for (name, number) in [
            ("evaluated-from", limits.evaluated_from),
            ("failed-percent", limits.failed_percent),
            ("failures", limits.failures),
            ("total-failures", limits.total_failures),
        ] {
            key(&mut file, name, &number.to_string());
        }
        objects(&mut file, "users", &self.users);
        objects(&mut file, "groups", &self.groups);
        file
    }
}

impl WithoutSoftDelete {
    fn word(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Delete => "delete",
        }
    }
}

fn key(file: &mut String, name: &str, value: &str) {
    writeln!(file, "{name} = {value}").expect("a text takes every text");
}

/// A basic string of TOML. JSON escapes what TOML escapes, but for one control character.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string().replace('\u{7f}', "\\u007F")
}

fn objects(file: &mut String, name: &str, of: &ObjectMapping) {
    writeln!(file, "\n[{name}]").expect("a text takes every text");
    key(file, "enabled", &of.enabled.to_string());
    key(file, "target-object-actions", &actions(of.actions));
    let listed =
        list(of.mappings.all().iter().filter_map(|it| target(of.mappings.object_type, it)));
    if listed != "[]" {
        key(file, "target-attributes", &listed);
    }
    key(file, "attribute-mappings", &list(of.mappings.all().iter().map(mapping)));
    for filter in of.scoping_filters.all() {
        scoping_filter(file, name, filter);
    }
}

fn actions(of: TargetActions) -> String {
    let TargetActions { create, update, delete } = of;
    let all = [(create, "Create"), (update, "Update"), (delete, "Delete")];
    let words: Vec<String> =
        all.into_iter().filter(|(is, _)| *is).map(|(_, it)| text(it)).collect();
    format!("[{}]", words.join(", "))
}

/// A list with a line for each element.
fn list(all: impl Iterator<Item = String>) -> String {
    let lines = all.fold(String::new(), |lines, it| lines + "  " + &it + ",\n");
    if lines.is_empty() { "[]".into() } else { format!("[\n{lines}]") }
}

/// A target in the list of attributes: one with properties, and one that no known schema has.
fn target(of: ObjectType, it: &AttributeMapping) -> Option<String> {
    let flags = [
        (it.exact_case, "exact-case"),
        (it.multi_valued, "multi-valued"),
        (it.required, "required"),
    ];
    let flags: Vec<String> =
        flags.into_iter().filter(|(is, _)| *is).map(|(_, it)| format!("{it} = true")).collect();
    let is_known = TargetAttributes::new(of, Schemas::rfc()).path(&it.target).is_ok();
    if flags.is_empty() {
        return (!is_known).then(|| text(&it.target));
    }
    Some(format!("{{ name = {}, {} }}", text(&it.target), flags.join(", ")))
}

fn mapping(it: &AttributeMapping) -> String {
    let mut parts = vec![format!("target = {}", text(&it.target))];
    parts.push(match &it.source {
        MappingSource::Direct(name) => format!("direct = {}", text(name)),
        MappingSource::Constant(value) => format!("constant = {}", text(value)),
        MappingSource::Expression(it) => format!("expression = {}", text(&it.to_string())),
        MappingSource::None => "none = true".into(),
    });
    parts.push(format!("target-type = {}", text(it.target_type.name())));
    parts.extend(it.default_value.as_ref().map(|it| format!("default-value = {}", text(it))));
    parts.extend(it.matching_precedence.map(|it| format!("matching-precedence = {it}")));
    if it.apply == Apply::OnlyDuringCreation {
        parts.push("apply = \"Only during object creation\"".into());
    }
    format!("{{ {} }}", parts.join(", "))
}

fn scoping_filter(file: &mut String, name: &str, filter: &ScopingFilter) {
    writeln!(file, "\n[[{name}.scoping-filters]]").expect("a text takes every text");
    key(file, "title", &text(&filter.title));
    key(file, "clauses", &list(filter.clauses.iter().map(clause)));
}

fn clause(it: &Clause) -> String {
    let (attribute, operator) = (text(it.attribute()), text(it.operator().name()));
    let value = match it.value() {
        "" => String::new(),
        value => format!(", value = {}", text(value)),
    };
    format!("{{ attribute = {attribute}, operator = {operator}{value} }}")
}
