//! Converts the file into the configuration, and makes the checks that need more than one field.

use std::num::NonZeroU32;
use std::ops::Range;

use smol_str::SmolStr;
use toml::Spanned;

use super::file::{
    ActionToml, AdminCredentialsToml, ApplyToml, ClauseToml, ConfigurationToml, FilterToml,
    MappingToml, ObjectsToml, QuarantineToml, ScopeToml, SettingsToml, TargetAttributeToml,
    TargetTypeToml, WithoutSoftDeleteToml,
};
use super::{
    ConfigurationError, JobConfiguration, ObjectMapping, QuarantineThresholds, SecretToken,
    TargetActions, WithoutSoftDelete, target_attributes::TargetAttributes,
};
use crate::mapping::{Apply, AttributeMapping, AttributeMappings, MappingSource, TargetType};
use crate::scoping::{Clause, ClauseError, ScopingFilter, ScopingFilters};
use crate::service::Scope;
use crate::{AttributeKind, ObjectType, source_attribute};
use scim_engine::{PatchPath, Schemas, expected_first};

type ReadResult<T> = Result<T, ConfigurationError>;

/// "Accidental deletion threshold" where the box is checked and no number is given.
const DELETION_THRESHOLD: u32 = 500;

/// The base of the built-in file.
pub(super) fn bare() -> JobConfiguration {
    let objects = |object_type| ObjectMapping {
        enabled: true,
        actions: TargetActions { create: true, update: true, delete: true },
        scoping_filters: ScopingFilters::default(),
        mappings: AttributeMappings { object_type, mappings: Vec::new() },
    };
    JobConfiguration {
        tenant_url: None,
        secret_token: None,
        notification_email: None,
        send_email_when_a_failure_occurs: false,
        scope: Scope::Assigned,
        accidental_deletion_threshold: None,
        skip_out_of_scope_deletions: false,
        without_soft_delete: WithoutSoftDelete::Leave,
        requests_per_second: None,
        quarantine: QuarantineThresholds::default(),
        users: objects(ObjectType::User),
        groups: objects(ObjectType::Group),
    }
}

/// Reads a file; keys that are missing are those of `base`.
pub(super) fn read(
    reader: JobFileReader<'_>,
    base: JobConfiguration,
) -> ReadResult<JobConfiguration> {
    let given: ConfigurationToml = toml::from_str(reader.text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        reader.wrong(span, expected_first(error.message()))
    })?;
    let scope = given.settings.scope.map_or(base.scope, |it| match it {
        ScopeToml::Assigned => Scope::Assigned,
        ScopeToml::All => Scope::All,
    });
    let mut configuration = JobConfiguration { scope, ..base };
    reader.credentials(&given.admin_credentials, &mut configuration)?;
    reader.settings(given.settings, &mut configuration)?;
    reader.quarantine(given.quarantine, &mut configuration.quarantine)?;
    reader.objects(given.users, scope, &mut configuration.users)?;
    reader.objects(given.groups, scope, &mut configuration.groups)?;
    Ok(configuration)
}

/// The address of a notification mail.
pub(super) fn email_address(text: &str) -> Result<SmolStr, &'static str> {
    let text = text.trim();
    let parts = text.split_once('@');
    if parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) {
        return Ok(text.into());
    }
    Err("expected an email address")
}

pub(super) struct JobFileReader<'t> {
    pub(super) file: &'t str,
    pub(super) text: &'t str,
    /// What the target has.
    pub(super) target: &'t Schemas,
}

impl JobFileReader<'_> {
    fn wrong(&self, span: Range<usize>, message: impl Into<String>) -> ConfigurationError {
        ConfigurationError::new(self.file, self.text, span.start, message.into())
    }

    fn credentials(
        &self,
        given: &AdminCredentialsToml,
        into: &mut JobConfiguration,
    ) -> ReadResult<()> {
        if let Some(url) = &given.tenant_url {
            let parsed = url.get_ref().parse();
            into.tenant_url = Some(parsed.map_err(|it: String| self.wrong(url.span(), it))?);
        }
        if let Some(token) = &given.secret_token {
            let parsed = SecretToken::new(token.get_ref());
            into.secret_token = Some(parsed.map_err(|it| self.wrong(token.span(), it))?);
        }
        Ok(())
    }

    fn settings(&self, given: SettingsToml, into: &mut JobConfiguration) -> ReadResult<()> {
        if let Some(email) = given.notification_email {
            let address = email_address(email.get_ref());
            into.notification_email = Some(address.map_err(|it| self.wrong(email.span(), it))?);
        }
        if let Some(sends) = given.send_an_email_notification_when_a_failure_occurs {
            into.send_email_when_a_failure_occurs = sends;
        }
        let base = into.accidental_deletion_threshold;
        let prevents = given.prevent_accidental_deletions;
        if let Some(threshold) = &given.accidental_deletion_threshold {
            if prevents.is_none() && base.is_none() {
                let message = "takes effect with prevent-accidental-deletions only";
                return Err(self.wrong(threshold.span(), message));
            }
            if *threshold.get_ref() == 0 {
                return Err(self.wrong(threshold.span(), "expected a number from 1"));
            }
        }
        let threshold = given.accidental_deletion_threshold.map(Spanned::into_inner);
        into.accidental_deletion_threshold = prevents
            .unwrap_or_else(|| base.is_some())
            .then(|| threshold.or(base).unwrap_or(DELETION_THRESHOLD));
        if let Some(skips) = given.skip_out_of_scope_deletions {
            into.skip_out_of_scope_deletions = skips;
        }
        if let Some(instead) = given.without_soft_delete {
            into.without_soft_delete = match instead {
                WithoutSoftDeleteToml::Leave => WithoutSoftDelete::Leave,
                WithoutSoftDeleteToml::Delete => WithoutSoftDelete::Delete,
            };
        }
        if let Some(rate) = given.requests_per_second {
            into.requests_per_second = NonZeroU32::new(rate);
        }
        Ok(())
    }

    fn quarantine(&self, given: QuarantineToml, into: &mut QuarantineThresholds) -> ReadResult<()> {
        if let Some(percent) = &given.failed_percent
            && *percent.get_ref() > 100
        {
            return Err(self.wrong(percent.span(), "expected a share of at most 100 percent"));
        }
        let percent = given.failed_percent.map(Spanned::into_inner);
        *into = QuarantineThresholds {
            evaluated_from: given.evaluated_from.unwrap_or(into.evaluated_from),
            failed_percent: percent.unwrap_or(into.failed_percent),
            failures: given.failures.unwrap_or(into.failures),
            total_failures: given.total_failures.unwrap_or(into.total_failures),
        };
        Ok(())
    }

    fn objects(
        &self,
        given: ObjectsToml,
        scope: Scope,
        into: &mut ObjectMapping,
    ) -> ReadResult<()> {
        let of = into.mappings.object_type;
        into.enabled = given.enabled.unwrap_or(into.enabled);
        if let Some(actions) = given.target_object_actions {
            let has = |action| actions.contains(&action);
            let (create, update) = (has(ActionToml::Create), has(ActionToml::Update));
            into.actions = TargetActions { create, update, delete: has(ActionToml::Delete) };
        }
        let mut targets = TargetAttributes::new(of, self.target.clone());
        for added in &given.target_attributes {
            targets.add(added.get_ref()).map_err(|it| self.wrong(added.span(), it))?;
        }
        if let Some(mappings) = given.attribute_mappings {
            into.mappings.mappings = self.mappings(mappings, scope, &targets)?;
        }
        for listed in &given.target_attributes {
            let about = about(listed.get_ref(), &mut into.mappings.mappings);
            about.map_err(|it| self.wrong(listed.span(), it))?;
        }
        if let Some(filters) = given.scoping_filters {
            let filters = filters.into_iter().map(|it| self.filter(it, of));
            into.scoping_filters = ScopingFilters::new(filters.collect::<ReadResult<_>>()?);
        }
        Ok(())
    }

    fn filter(&self, given: FilterToml, of: ObjectType) -> ReadResult<ScopingFilter> {
        let title = given.title.get_ref().trim();
        if title.is_empty() {
            return Err(self.wrong(given.title.span(), "a scoping filter has a title"));
        }
        if given.clauses.is_empty() {
            return Err(self.wrong(given.title.span(), "a scoping filter has a clause"));
        }
        let clauses = given.clauses.iter().map(|it| self.clause(it, of));
        Ok(ScopingFilter { title: title.into(), clauses: clauses.collect::<ReadResult<_>>()? })
    }

    fn clause(&self, given: &ClauseToml, of: ObjectType) -> ReadResult<Clause> {
        let operator = given.operator.get_ref().parse();
        let operator = operator.map_err(|it: String| self.wrong(given.operator.span(), it))?;
        let value = given.value.as_ref();
        let text = value.map_or("", |it| it.get_ref());
        Clause::new(of, given.attribute.get_ref(), operator, text).map_err(|error| match error {
            ClauseError::Attribute(message) => self.wrong(given.attribute.span(), message),
            ClauseError::Value(message) => {
                let span = value.map_or_else(|| given.operator.span(), Spanned::span);
                self.wrong(span, message)
            }
        })
    }

    fn mappings(
        &self,
        given: Spanned<Vec<Spanned<MappingToml>>>,
        scope: Scope,
        targets: &TargetAttributes,
    ) -> ReadResult<Vec<AttributeMapping>> {
        let whole = given.span();
        let mut mappings: Vec<AttributeMapping> = Vec::new();
        for row in given.into_inner() {
            let (span, row) = (row.span(), row.into_inner());
            let mapping = self.mapping(span, &row, targets)?;
            if mappings.iter().any(|it| it.target.eq_ignore_ascii_case(&mapping.target)) {
                return Err(self.wrong(row.target.span(), "this target is mapped twice"));
            }
            if let Some(precedence) = &row.matching_precedence {
                let number = Some(*precedence.get_ref());
                if mappings.iter().any(|it| it.matching_precedence == number) {
                    let message = "another mapping has this precedence";
                    return Err(self.wrong(precedence.span(), message));
                }
            }
            if let (Scope::All, Some(expression), MappingSource::Expression(it)) =
                (scope, &row.expression, &mapping.source)
                && it.reads("appRoleAssignments")
            {
                let message = "roles cannot be provisioned with \"Sync all users and groups\"";
                return Err(self.wrong(expression.span(), message));
            }
            mappings.push(mapping);
        }
        if mappings.iter().all(|it| it.matching_precedence.is_none()) {
            let message = "objects are matched by at least one attribute: \
                           one mapping needs a matching-precedence";
            return Err(self.wrong(whole, message));
        }
        Ok(mappings)
    }

    fn mapping(
        &self,
        span: Range<usize>,
        row: &MappingToml,
        targets: &TargetAttributes,
    ) -> ReadResult<AttributeMapping> {
        let of = targets.object_type();
        let target = row.target.get_ref().trim();
        let path = targets.path(target).map_err(|it| self.wrong(row.target.span(), it))?;
        let listed = targets.listed(target).and_then(|it| it.kind);
        let given = row.target_type.or(listed);
        let mapping = AttributeMapping {
            target: target.into(),
            target_type: given.map_or_else(|| usual_type(&path), target_type),
            path,
            source: self.source(span, row, of)?,
            default_value: row.default_value.as_ref().map(|it| it.get_ref().into()),
            matching_precedence: row.matching_precedence.as_ref().map(|it| *it.get_ref()),
            apply: match row.apply {
                None | Some(ApplyToml::Always) => Apply::Always,
                Some(ApplyToml::OnlyDuringCreation) => Apply::OnlyDuringCreation,
            },
            exact_case: false,
            multi_valued: false,
            required: false,
        };
        self.fitting(row, of, mapping)
    }

    fn source(
        &self,
        span: Range<usize>,
        row: &MappingToml,
        of: ObjectType,
    ) -> ReadResult<MappingSource> {
        let none = row.none.as_ref().filter(|it| *it.get_ref());
        match (&row.direct, &row.constant, &row.expression, none) {
            (Some(name), None, None, None) => {
                let found = source_attribute(of, name.get_ref());
                let found = found.map_err(|it| self.wrong(name.span(), it))?;
                if found.kind == AttributeKind::Roles {
                    let message = "roles are mapped by an expression: \
                                   SingleAppRoleAssignment([appRoleAssignments])";
                    return Err(self.wrong(name.span(), message));
                }
                Ok(MappingSource::Direct(name.get_ref().into()))
            }
            (None, Some(text), None, None) => Ok(MappingSource::Constant(text.into())),
            (None, None, Some(text), None) => {
                let expression = text.get_ref().parse::<crate::expression::Expression>();
                let expression = expression.and_then(|it| it.bind(of)).map_err(|error| {
                    // In a literal string (`'..'`) every byte stands for itself.
                    let raw = &self.text[text.span()];
                    let is_literal = raw.starts_with('\'') && !raw.starts_with("'''");
                    let inside = if is_literal { 1 + error.offset } else { 0 };
                    self.wrong(text.span().start + inside..text.span().end, error.to_string())
                })?;
                Ok(MappingSource::Expression(Box::new(expression)))
            }
            (None, None, None, Some(_)) => Ok(MappingSource::None),
            _ => {
                let message = "a mapping has one of direct, constant, expression and none = true";
                Err(self.wrong(span, message))
            }
        }
    }

    /// Refuses a mapping whose parts do not go together.
    fn fitting(
        &self,
        row: &MappingToml,
        of: ObjectType,
        mapping: AttributeMapping,
    ) -> ReadResult<AttributeMapping> {
        let wrong = |message: String| Err(self.wrong(row.target.span(), message));
        let reads_reference = match &mapping.source {
            MappingSource::Direct(name) => {
                source_attribute(of, name).is_ok_and(|it| it.kind == AttributeKind::Reference)
            }
            _ => false,
        };
        if reads_reference != (mapping.target_type == TargetType::Reference) {
            return wrong(
                if reads_reference {
                    "a reference to another object flows to a target of target-type Reference"
                } else {
                    "this target takes the direct mapping of a reference, such as manager"
                }
                .into(),
            );
        }
        for text in [row.constant.as_deref(), mapping.default_value.as_deref()] {
            let Some(text) = text else { continue };
            if let Err(message) = mapping.target_type.convert(text.into()) {
                return wrong(message);
            }
        }
        if let Some(precedence) = &row.matching_precedence {
            if *precedence.get_ref() == 0 {
                return Err(self.wrong(precedence.span(), "a precedence is a number from 1"));
            }
            if reads_reference || mapping.apply == Apply::OnlyDuringCreation {
                let message = "objects are not matched by a reference, \
                               nor by what flows only during creation";
                return Err(self.wrong(precedence.span(), message));
            }
        }
        if mapping.source.function() == Some("SelectUniqueValue") && mapping.apply == Apply::Always
        {
            return wrong("SelectUniqueValue applies only during object creation".into());
        }
        Ok(mapping)
    }
}

/// Sets the listed properties of an attribute in its mapping.
fn about(listed: &TargetAttributeToml, mappings: &mut [AttributeMapping]) -> Result<(), String> {
    let TargetAttributeToml { name, properties } = listed;
    let found = mappings.iter_mut().find(|it| it.target.eq_ignore_ascii_case(name));
    let Some(mapping) = found else {
        let missing = properties.required.then(|| format!("`{name}` is required and not mapped"));
        return missing.map_or(Ok(()), Err);
    };
    if let Some(kind) = properties.kind.map(target_type)
        && kind != mapping.target_type
    {
        let is_reference = |it| it == TargetType::Reference;
        if is_reference(kind) || is_reference(mapping.target_type) {
            return Err(format!("`{name}`: a reference and nothing else flows to a Reference"));
        }
        mapping.target_type = kind;
    }
    if properties.multi_valued && mapping.matching_precedence.is_some() {
        return Err(format!("objects are not matched by `{name}`, which has several values"));
    }
    mapping.exact_case = properties.exact_case;
    mapping.multi_valued = properties.multi_valued;
    mapping.required = properties.required;
    Ok(())
}

fn target_type(given: TargetTypeToml) -> TargetType {
    match given {
        TargetTypeToml::String => TargetType::String,
        TargetTypeToml::Boolean => TargetType::Boolean,
        TargetTypeToml::Integer => TargetType::Integer,
        TargetTypeToml::Reference => TargetType::Reference,
    }
}

/// The type of the attributes that SCIM defines (RFC 7643 §4); all others are text.
fn usual_type(path: &PatchPath) -> TargetType {
    let name: SmolStr = match path {
        PatchPath::Attribute(attr) => attr.sub.clone().unwrap_or_else(|| attr.name.clone()),
        PatchPath::Values(values, sub) => sub.clone().unwrap_or_else(|| values.attr.name.clone()),
        PatchPath::Extension(urn) => urn.clone(),
    };
    match name.to_ascii_lowercase().as_str() {
        "active" | "primary" => TargetType::Boolean,
        "manager" | "members" => TargetType::Reference,
        _ => TargetType::String,
    }
}
