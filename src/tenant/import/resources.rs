//! The resources of a state that was written. They are SCIM bodies, which [`accept`] reads.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Map, Value as Json, value::RawValue};

use crate::{
    scim::{
        Dialect, Intent, Resource, ResourceType, Rules, ScimError, UnknownAttributes, accept,
        in_plain_words, quoted,
    },
    tenant::{
        ImportError, Resources, ScimProfile, console::countable, export::ResourceMeta,
        state::whole_microseconds,
    },
};

/// A resource as a client would send it, with its id and its times: a piece of the document.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ResourceBody<'a>(#[serde(borrow)] &'a RawValue);

/// Reads the resources, each with its version in this life of the tenant.
pub(super) fn read(
    profile: &ScimProfile,
    mut written: BTreeMap<String, Vec<ResourceBody<'_>>>,
    life: u64,
) -> Result<Resources, ImportError> {
    // A name that no schema has is a slip of whoever edited the document, also where the tenant
    // would drop it.
    let dialect =
        Dialect { unknown_attributes: UnknownAttributes::Refuse, ..profile.dialect.clone() };
    let mut resources = Resources::new(&profile.schemas);
    for resource_type in profile.schemas.resource_types() {
        let kind = &resource_type.name;
        let rules = Rules::new(resource_type, &profile.schemas, &dialect);
        for (index, body) in
            written.remove(kind.as_str()).unwrap_or_default().into_iter().enumerate()
        {
            let at = |error: ImportError| error.within(format!("resources.{kind}[{index}]"));
            let resource = resource(resource_type, &rules, &body).map_err(at)?.in_life(life);
            if resources.find(&resource.id).is_some() {
                let reason = format!("the id {} is taken", resource.id);
                return Err(at(ImportError::new("id", reason)));
            }
            resources.admits(&resource).map_err(|it| at(refused(&it)))?;
            resources.put(Arc::new(resource));
        }
    }
    match written.keys().next() {
        Some(kind) => {
            let reason = format!("there is no resource type {}", quoted(kind));
            Err(ImportError::new(format!("resources.{kind}"), reason))
        }
        None => Ok(resources),
    }
}

fn resource(
    resource_type: &ResourceType,
    rules: &Rules<'_>,
    body: &ResourceBody<'_>,
) -> Result<Resource, ImportError> {
    let mut body = body.read()?;
    let id = body.remove("id");
    let id = id.as_ref().and_then(Json::as_str).and_then(|it| uuid::Uuid::try_parse(it).ok());
    let id = id.ok_or_else(|| ImportError::new("id", "expected an id that is a UUID"))?;
    let meta = body.remove("meta").ok_or_else(|| ImportError::new("meta", "expected meta"))?;
    let meta = read_meta(meta)?;
    let accepted = accept(rules, &Json::Object(body), Intent::Create).map_err(|it| refused(&it))?;
    let kind = resource_type.name.clone();
    let created = whole_microseconds(meta.created);
    let id = id.hyphenated().to_string();
    let mut resource = Resource::new(kind, id.into(), accepted, created);
    resource.last_modified = whole_microseconds(meta.last_modified);
    resource.version = meta.version;
    Ok(resource)
}

impl ResourceBody<'_> {
    fn read(&self) -> Result<Map<String, Json>, ImportError> {
        Map::deserialize(self.0).map_err(|error| {
            // The place in the piece is none in the document.
            let whole = error.to_string();
            let words = whole.rsplit_once(" at line ").map_or(&*whole, |(words, _)| words);
            ImportError::new("", in_plain_words(words))
        })
    }
}

/// The refusal of a part of a resource.
fn refused(error: &ScimError) -> ImportError {
    ImportError::new(error.path().unwrap_or_default(), error.detail())
}

fn read_meta(meta: Json) -> Result<ResourceMeta, ImportError> {
    let meta: ResourceMeta = serde_path_to_error::deserialize(meta).map_err(|error| {
        let words = error.inner().to_string();
        let missing = words.strip_prefix("missing field `").and_then(|it| it.split('`').next());
        let place = match (error.path().to_string(), missing) {
            (_, Some(name)) => format!("meta.{name}"),
            (path, None) if path == "." => "meta".into(),
            (path, None) => format!("meta.{path}"),
        };
        ImportError::new(place, in_plain_words(&words))
    })?;
    let wrong = |place: &str, reason: String| Err(ImportError::new(place, reason));
    if meta.last_modified < meta.created {
        let reason = "expected a time that is not before meta.created";
        return wrong("meta.lastModified", reason.into());
    }
    match countable(meta.version) {
        Err(reason) => wrong("meta.version", reason),
        Ok(0) => wrong("meta.version", "expected 1 or more, found 0".into()),
        Ok(_) => Ok(meta),
    }
}
