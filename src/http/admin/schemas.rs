//! The tenant's own schemas and resource types. They are always read and replaced together: they refer to
//! each other, so a single one could not be checked. `PUT` and the file at the start take the format that
//! `GET` returns.

use super::{Answer, Call, HandlerResult, ProblemDetails};
use crate::{
    medius,
    scim::{SchemaBundle, SchemasError},
    tenant::SchemasInUse,
};

/// `GET scim-schemas`.
pub(super) fn get(call: &Call<'_>) -> Answer {
    about(Answer::json(200, call.tenant.schemas().own()), "SCIM schemas read")
}

/// `PUT scim-schemas`: replaces all of the tenant's own schemas.
pub(super) fn replace(call: &Call<'_>) -> HandlerResult {
    let bundle: SchemaBundle = call.admin_body()?;
    let schemas = medius::schemas().extended(&[bundle])?;
    let (own, words) = (schemas.own().clone(), words(schemas.own()));
    call.tenant.adopt_schemas(schemas)?;
    Ok(about(Answer::json(200, &own), words))
}

/// `DELETE scim-schemas`: removes all but the built-in schemas.
pub(super) fn remove(call: &Call<'_>) -> HandlerResult {
    call.tenant.adopt_schemas(medius::schemas())?;
    Ok(about(Answer::empty(204), "SCIM schemas of its own removed"))
}

fn words(own: &SchemaBundle) -> String {
    let (schemas, types) = (own.schemas.len(), own.resource_types.len());
    let extensions = own.schema_extensions.len();
    format!("SCIM schemas set ({schemas}; resource types: {types}, extensions: {extensions})")
}

fn about(answer: Answer, words: impl Into<String>) -> Answer {
    answer.about("ScimSchemas", "SCIM schemas").remark(words)
}

impl From<SchemasError> for ProblemDetails {
    fn from(error: SchemasError) -> Self {
        Self::new(400, "invalid-schemas", error.to_string()).field(error.field())
    }
}

impl From<SchemasInUse> for ProblemDetails {
    fn from(error: SchemasInUse) -> Self {
        Self::new(409, "schemas-in-use", error.to_string())
    }
}
