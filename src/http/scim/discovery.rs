//! The three discovery endpoints ([RFC 7644 §4](https://www.rfc-editor.org/rfc/rfc7644#section-4)).
//!
//! They need no secret key unless the tenant requires it: a client learns here how to authenticate.

use actix_web::http::Method;
use serde_json::{Value as Json, json};

use super::{Answer, Call, not_allowed};
use crate::http::LARGEST_BODY;
use crate::{
    scim::{
        CURSOR_TIMEOUT, DEFAULT_COUNT, Dialect, ListResponse, ResourceType, Schema, ScimError,
        bulk::MOST_BULK_OPERATIONS, decode, nearest, urn,
    },
    tenant::State,
};

const SERVICE_PROVIDER_CONFIG: &str =
    include_str!("../../../fixtures/schemas/service-provider-config.json");

/// Whether a path is one of the discovery endpoints.
pub(super) fn is_discovery(segments: &[&str]) -> bool {
    matches!(segments, ["ServiceProviderConfig" | "ResourceTypes" | "Schemas", ..])
}

/// Answers a request to a discovery endpoint.
///
/// # Errors
///
/// 403 for a filter of schemas or resource types ("If a "filter" is provided, the service provider
/// SHOULD respond with … 403", RFC 7644 §4), 404 for an id that is not there.
pub(super) fn answer(
    call: &Call<'_>,
    state: &State,
    segments: &[&str],
) -> Result<Answer, ScimError> {
    if call.method != Method::GET {
        return Ok(not_allowed(call, "Schemas"));
    }
    // The service provider configuration is one object. A client cannot believe that a filter selects
    // something in it, and the parameters "SHALL be ignored".
    if segments != ["ServiceProviderConfig"] && has_filter(&call.query) {
        return Err(ScimError::status(403, "schemas and resource types take no filter")
            .hint("leave the filter out")
            .by("RFC 7644 §4"));
    }
    let base = call.scim_base();
    let schemas = &state.profile().schemas;
    let types = schemas.resource_types().iter().map(|it| resource_type(it, &base));
    let all = schemas.schemas().iter().map(|it| schema(it, &base));
    let answer = match segments {
        ["ServiceProviderConfig"] => {
            Ok(Answer::scim(200, &service_provider_config(&base, &state.profile().dialect)))
        }
        ["ResourceTypes"] => Ok(list(types.collect())),
        ["Schemas"] => Ok(list(all.collect())),
        ["ResourceTypes", name] => one(types.collect(), "ResourceType", name),
        ["Schemas", urn] => one(all.collect(), "Schema", urn),
        _ => {
            let detail = format!("nothing answers at /{}", segments.join("/"));
            let first = segments.first().copied().unwrap_or_default();
            Err(ScimError::status(404, detail).meant(Some(format!("/{first}"))).by("RFC 7644 §4"))
        }
    };
    answer.map(|it| it.tagged(call.condition("if-none-match").as_deref()))
}

fn has_filter(query: &str) -> bool {
    query.split('&').any(|it| decode(it.split('=').next().unwrap_or_default()) == "filter")
}

fn list(resources: Vec<Json>) -> Answer {
    let total_results = resources.len();
    let whole = ListResponse {
        total_results,
        start_index: Some(1),
        next_cursor: None,
        previous_cursor: None,
        resources,
    };
    Answer::scim(200, &whole)
}

fn one(all: Vec<Json>, kind: &str, id: &str) -> Result<Answer, ScimError> {
    let is_it = |it: &&Json| it["id"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(id));
    let found = all.iter().find(is_it).ok_or_else(|| {
        let ids = all.iter().filter_map(|it| it["id"].as_str());
        ScimError::not_found(kind, id).meant(nearest(id, ids)).by("RFC 7644 §4")
    })?;
    Ok(Answer::scim(200, found))
}

fn service_provider_config(base: &str, dialect: &Dialect) -> Json {
    let mut config: Json =
        serde_json::from_str(SERVICE_PROVIDER_CONFIG).expect("a test reads the file");
    // These values are not in the file, so that the announced limits are the enforced ones.
    config["filter"]["maxResults"] = json!(dialect.most_results);
    config["pagination"]["defaultPageSize"] = json!(DEFAULT_COUNT.min(dialect.most_results.most()));
    config["pagination"]["maxPageSize"] = json!(dialect.most_results);
    config["pagination"]["defaultPaginationMethod"] = json!(dialect.paging);
    config["pagination"]["cursorTimeout"] = json!(CURSOR_TIMEOUT);
    config["bulk"]["maxOperations"] = json!(MOST_BULK_OPERATIONS);
    config["bulk"]["maxPayloadSize"] = json!(LARGEST_BODY);
    config["meta"] = json!({
        "resourceType": "ServiceProviderConfig",
        "location": format!("{base}/ServiceProviderConfig"),
    });
    config
}

fn resource_type(it: &ResourceType, base: &str) -> Json {
    let extensions: Vec<Json> = it
        .extensions
        .iter()
        .map(|it| json!({"schema": &*it.schema.id, "required": it.required}))
        .collect();
    json!({
        "schemas": [urn::RESOURCE_TYPE],
        "id": it.name,
        "name": it.name,
        "endpoint": it.endpoint,
        "description": it.description,
        "schema": &*it.schema.id,
        "schemaExtensions": extensions,
        "meta": {
            "resourceType": "ResourceType",
            "location": format!("{base}/ResourceTypes/{}", it.name),
        },
    })
}

fn schema(it: &Schema, base: &str) -> Json {
    let mut schema = serde_json::to_value(it).expect("a schema has text keys only");
    schema["schemas"] = json!([urn::SCHEMA]);
    schema["meta"] = json!({
        "resourceType": "Schema",
        "location": format!("{base}/Schemas/{}", it.id),
    });
    schema
}
