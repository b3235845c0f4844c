//! Attribute mappings: which attributes flow from the source to the target.

use serde::Serialize;
use smol_str::SmolStr;

use super::attributes::{AppRole, Attributes, ObjectType, SourceValue};
use super::evaluation_context::EvaluationContext;
use super::expression::{Evaluated, Expression, shown};
use scim_engine::{PatchPath, is_same, urn};

/// The attribute mappings of one object type (tutorial, Step 5, items 9 and 11), in the order of
/// the configuration.
///
/// Each target has one mapping, at least one mapping matches, and precedences are unique.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeMappings {
    #[serde(skip)]
    pub(super) object_type: ObjectType,
    pub(super) mappings: Vec<AttributeMapping>,
}

impl AttributeMappings {
    /// The object type.
    pub fn object_type(&self) -> ObjectType {
        self.object_type
    }

    /// All of them, in the order of the configuration.
    pub fn all(&self) -> &[AttributeMapping] {
        &self.mappings
    }

    /// The mappings that match objects, in the order of their precedence.
    pub fn matching(&self) -> Vec<&AttributeMapping> {
        let matches = self.mappings.iter().filter(|it| it.matching_precedence.is_some());
        let mut matching: Vec<_> = matches.collect();
        matching.sort_by_key(|it| it.matching_precedence);
        matching
    }

    /// The mapping that disables users: `active`, from a source that reads `IsSoftDeleted`.
    pub fn soft_delete(&self) -> Option<&AttributeMapping> {
        self.mappings.iter().find(|it| it.is_soft_delete())
    }

    /// The attribute flows of an object, in the order of the mappings.
    ///
    /// A mapping without a value has no flow: nulls are not provisioned ("Known issues"). A default
    /// value in place of a missing one flows only when the object is created.
    ///
    /// # Errors
    ///
    /// If an expression cannot be evaluated for this object, or a value does not fit its target's
    /// type. The whole object fails then.
    pub fn evaluate(
        &self,
        object: &dyn Attributes,
        moment: &EvaluationContext,
    ) -> Result<Vec<Flow<'_>>, MappingError> {
        self.mappings.iter().filter_map(|it| it.evaluate(object, moment).transpose()).collect()
    }
}

/// One row of the mapping table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeMapping {
    /// The attribute of the target, as written: `emails[type eq "work"].value`.
    pub target: SmolStr,
    /// The same, as a path.
    #[serde(skip)]
    pub path: PatchPath,
    /// What the target's values are.
    pub target_type: TargetType,
    /// Where the value comes from.
    pub source: MappingSource,
    /// "Default value if null": sent at creation only.
    pub default_value: Option<SmolStr>,
    /// "Matching precedence", from 1; `None` if objects are not matched by this attribute.
    pub matching_precedence: Option<u32>,
    /// "Apply this mapping".
    pub apply: Apply,
    /// "Exact case?": whether a value that differs in case only is a change.
    pub exact_case: bool,
    /// "Multi-value?": whether a single text is written as a list.
    pub multi_valued: bool,
    /// "Required?": whether no object is created without a value.
    pub required: bool,
}

/// Where a value comes from: the mapping's type (MAP, "Understanding attribute-mapping types").
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum MappingSource {
    /// An attribute of the source as it is.
    Direct(SmolStr),
    /// The same text for every object.
    Constant(SmolStr),
    /// The result of an expression.
    Expression(Box<Expression>),
    /// The target attribute is left as it is. Only a default value is sent, at creation.
    None,
}

/// "Apply this mapping" (MAP; Graph's `flowType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Apply {
    /// Always: `Always`.
    #[default]
    Always,
    /// Only during object creation: `ObjectAddOnly`.
    OnlyDuringCreation,
}

/// The type of a target attribute, which decides how values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TargetType {
    /// Text, or several texts.
    String,
    /// `true` or `false`. The texts `True` and `False` are converted, in any case.
    Boolean,
    /// A whole number. A text of digits is converted.
    Integer,
    /// The target's id of another object.
    Reference,
}

/// A value that flows to the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow<'m> {
    /// The mapping that it belongs to.
    pub mapping: &'m AttributeMapping,
    /// What it carries.
    pub value: FlowValue,
    /// When it is sent: as the mapping says, or at creation only if it is a default value.
    pub apply: Apply,
    /// Whether provisioning logs show `[Redact]` in its place (FUNC, "Redact").
    pub redacted: bool,
}

/// The value of a [`Flow`]; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowValue {
    /// Text.
    Text(SmolStr),
    /// `true` or `false`; the dialect decides how it is written.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Several texts.
    List(Vec<SmolStr>),
    /// The source's `objectId` of another object; the target's id has to be looked up.
    Reference(SmolStr),
    /// The source's `objectId`s of other objects; empty for a group without members.
    References(Vec<SmolStr>),
    /// Roles, and how they are written.
    Roles(Vec<AppRole>, RoleWrite),
    /// Candidates, of which the first one is used that the target does not have (FUNC,
    /// `SelectUniqueValue`).
    FirstUnique(Vec<SmolStr>),
}

/// How roles are written (MAP, "Provisioning a role to a SCIM app").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleWrite {
    /// `SingleAppRoleAssignment` to the value of the primary role: `Add`.
    Single,
    /// `AppRoleAssignmentsComplex`: `Add`; roles that are gone stay in the target.
    Add,
    /// `AssertiveAppRoleAssignmentsComplex`: `Replace`; the target has exactly these.
    Replace,
}

/// Why an object has no value for a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{target}: {message}")]
pub struct MappingError {
    /// The target attribute, as written.
    pub target: SmolStr,
    /// What is wrong.
    pub message: String,
}

impl AttributeMapping {
    fn is_soft_delete(&self) -> bool {
        let PatchPath::Attribute(attribute) = &self.path else { return false };
        let is_core = attribute.schema.as_deref().is_none_or(|it| is_same(it, urn::USER));
        is_core
            && attribute.sub.is_none()
            && is_same(&attribute.name, "active")
            && self.apply == Apply::Always
            && self.source.reads("IsSoftDeleted")
    }

    /// The attribute of the roles, if this mapping writes the primary one.
    pub(super) fn single_role(&self) -> Option<PatchPath> {
        let PatchPath::Values(values, Some(sub)) = &self.path else { return None };
        let is_role = is_same(&values.attr.name, "roles") && is_same(sub, "value");
        let is_single = self.source.function() == Some("SingleAppRoleAssignment");
        (is_role && is_single).then(|| PatchPath::Attribute(values.attr.clone()))
    }

    /// The flow of one object; `None` where there is no value.
    fn evaluate(
        &self,
        object: &dyn Attributes,
        moment: &EvaluationContext,
    ) -> Result<Option<Flow<'_>>, MappingError> {
        let failed = |message| MappingError { target: self.target.clone(), message };
        let Evaluated { value, redacted, ignored, assertive } =
            self.source.evaluate(object, moment, &self.target).map_err(failed)?;
        // Entra has no empty text, so an empty result of a function is no value.
        let value = match value {
            SourceValue::Text(text) if text.is_empty() => SourceValue::Absent,
            value => value,
        };
        let (value, apply) = match (value, &self.default_value) {
            (_, _) if ignored => return Ok(None),
            (SourceValue::Absent, Some(text)) => {
                (SourceValue::Text(text.clone()), Apply::OnlyDuringCreation)
            }
            (value, _) => (value, self.apply),
        };
        let value = match (self.source.function(), value) {
            (Some("SelectUniqueValue"), SourceValue::List(texts)) => {
                Some(FlowValue::FirstUnique(texts))
            }
            (Some(_), SourceValue::Text(_)) if self.single_role().is_some() => {
                match object.value("appRoleAssignments") {
                    SourceValue::Roles(roles) => {
                        let first = roles.into_iter().take(1).collect();
                        Some(FlowValue::Roles(first, RoleWrite::Single))
                    }
                    _ => None,
                }
            }
            (_, SourceValue::Roles(roles)) if assertive => {
                Some(FlowValue::Roles(roles, RoleWrite::Replace))
            }
            (_, value) => self.target_type.convert(value).map_err(failed)?,
        };
        let value = match value {
            Some(FlowValue::Text(text)) if self.multi_valued => Some(FlowValue::List(vec![text])),
            value => value,
        };
        Ok(value.map(|value| Flow { mapping: self, value, apply, redacted }))
    }
}

impl MappingSource {
    fn evaluate(
        &self,
        object: &dyn Attributes,
        moment: &EvaluationContext,
        target: &str,
    ) -> Result<Evaluated, String> {
        let value = match self {
            Self::Direct(name) => object.value(name),
            Self::Constant(text) => SourceValue::Text(text.clone()),
            Self::Expression(expression) => return expression.evaluate(object, moment, target),
            Self::None => SourceValue::Absent,
        };
        Ok(Evaluated { value, redacted: false, ignored: false, assertive: false })
    }

    fn reads(&self, attribute: &str) -> bool {
        match self {
            Self::Direct(name) => name == attribute,
            Self::Expression(expression) => expression.reads(attribute),
            Self::Constant(_) | Self::None => false,
        }
    }

    /// The outermost function of an expression.
    pub(super) fn function(&self) -> Option<&'static str> {
        match self {
            Self::Expression(expression) => Some(expression.function()),
            _ => None,
        }
    }
}

impl TargetType {
    /// The portal's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Boolean => "Boolean",
            Self::Integer => "Integer",
            Self::Reference => "Reference",
        }
    }

    /// The value in the target's type; `None` for none.
    pub(super) fn convert(self, value: SourceValue) -> Result<Option<FlowValue>, String> {
        let value = match (self, value) {
            (_, SourceValue::Absent) => return Ok(None),
            (Self::Reference, SourceValue::Reference(id)) => FlowValue::Reference(id),
            (Self::Reference, SourceValue::References(ids)) => FlowValue::References(ids),
            (Self::String, SourceValue::List(texts)) => FlowValue::List(texts),
            (Self::String, SourceValue::Roles(roles)) => FlowValue::Roles(roles, RoleWrite::Add),
            (Self::String, value) => FlowValue::Text(shown(&value)?),
            (Self::Boolean, SourceValue::Boolean(it)) => FlowValue::Boolean(it),
            (Self::Integer, SourceValue::Integer(number)) => FlowValue::Integer(number),
            (wanted, value) => return wanted.parse(&value).map(Some),
        };
        Ok(Some(value))
    }

    /// An error that names the expected type.
    fn parse(self, value: &SourceValue) -> Result<FlowValue, String> {
        let text = shown(value)?;
        let (found, wanted) = match self {
            Self::Boolean if text.eq_ignore_ascii_case("true") => {
                (Some(FlowValue::Boolean(true)), "")
            }
            Self::Boolean if text.eq_ignore_ascii_case("false") => {
                (Some(FlowValue::Boolean(false)), "")
            }
            Self::Boolean => (None, "True or False"),
            Self::Integer => (text.parse().ok().map(FlowValue::Integer), "a whole number"),
            Self::Reference => (None, "a reference to another object"),
            Self::String => (Some(FlowValue::Text(text.clone())), ""),
        };
        found.ok_or_else(|| format!("expected {wanted}, found \"{text}\""))
    }
}

#[cfg(test)]
mod tests;
