//! Reads the target's responses.

use serde_json::Value as Json;
use smol_str::{SmolStr, ToSmolStr as _};

use super::{is_core, selectors, selects};
use scim_engine::{PatchPath, is_same, urn};

/// The name of the manager in the reference query.
pub(crate) const MANAGER: &str = "manager";

/// The result of a query.
#[derive(Debug, Default)]
pub(crate) struct FoundResources {
    /// The total number; `resources` may be one page of them.
    pub(crate) total: usize,
    pub(crate) resources: Vec<Json>,
}

/// The resources of a list response.
///
/// # Errors
///
/// If it is not a list response.
pub(crate) fn found(answer: &Json) -> Result<FoundResources, &'static str> {
    let total = member(answer, "totalResults").and_then(Json::as_u64);
    let total = total.ok_or("a ListResponse has totalResults")?;
    let resources = match member(answer, "Resources") {
        Some(Json::Array(resources)) => resources.clone(),
        None | Some(Json::Null) => Vec::new(),
        Some(_) => return Err("Resources of a ListResponse is an array"),
    };
    if total > 0 && resources.is_empty() {
        return Err("a ListResponse with totalResults has Resources");
    }
    let total = usize::try_from(total).unwrap_or(usize::MAX).max(resources.len());
    Ok(FoundResources { total, resources })
}

/// The `id` of a resource. A whole number is read as text.
pub(crate) fn resource_id(resource: &Json) -> Option<SmolStr> {
    match member(resource, "id")? {
        Json::String(text) if !text.is_empty() => Some(text.into()),
        Json::Number(number) if !number.is_f64() => Some(number.to_smolstr()),
        _ => None,
    }
}

/// Whether an answer is a SCIM error, whatever its status (RFC 7644 §3.12).
pub(crate) fn is_error(answer: &Json) -> bool {
    let schemas = member(answer, "schemas").and_then(Json::as_array);
    let is_error = |it: &Json| it.as_str().is_some_and(|it| is_same(it, urn::ERROR));
    schemas.is_some_and(|it| it.iter().any(is_error))
}

/// The value of a path in a resource.
pub(crate) fn known(resource: &Json, path: &PatchPath) -> Option<Json> {
    let value = match path {
        PatchPath::Attribute(attr) => {
            let own = attr.schema.as_deref().filter(|it| !is_core(it));
            let within = match own {
                Some(schema) => member(resource, schema)?,
                None => resource,
            };
            match &attr.sub {
                Some(sub) => {
                    let inner = member(within, &attr.name).and_then(|it| member(it, sub));
                    // `name.displayName` is the tutorial's name. Most targets have the standard's
                    // `displayName`.
                    let standard = is_same(sub, "displayName") && is_same(&attr.name, "name");
                    inner.or_else(|| standard.then(|| member(within, sub)).flatten())?
                }
                None => member(within, &attr.name)?,
            }
        }
        PatchPath::Values(values, sub) => {
            let selectors = selectors(&values.filter);
            let list = member(resource, &values.attr.name)?.as_array()?;
            let chosen = list.iter().find(|it| selects(&selectors, it))?;
            member(chosen, sub.as_deref().unwrap_or("value"))?
        }
        PatchPath::Extension(urn) => member(resource, urn)?,
    };
    (!value.is_null()).then(|| value.clone())
}

/// The member of an object, by its name in any case.
pub(super) fn member<'a>(object: &'a Json, name: &str) -> Option<&'a Json> {
    let map = object.as_object()?;
    map.get(name).or_else(|| map.iter().find(|(it, _)| is_same(it, name)).map(|(_, value)| value))
}
