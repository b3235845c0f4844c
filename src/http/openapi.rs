//! The `OpenAPI` 3.1 document of the server, and a page that shows it.
//!
//! The calls come from the tables with which requests are routed, and the shapes of SCIM resources from
//! their schemas. Other shapes are components in `fixtures/openapi/components.json`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

#[cfg(feature = "web")]
use super::web;
use super::{admin, control, routes::Route, scim::routes as scim};
use crate::medius;

mod shapes;

#[cfg(test)]
mod tests;

/// The description of an API: its base path, its authentication, and the format of its refusals.
struct ApiDescription {
    tag: &'static str,
    base: &'static str,
    security: &'static str,
    json: &'static str,
    /// The content type of its bodies.
    body: &'static str,
    refusal: &'static str,
}

const ADMIN: ApiDescription = ApiDescription {
    tag: "Admin console",
    base: "/{tenant}/admin/v1",
    security: "accessToken",
    json: "application/json",
    body: "application/json",
    refusal: "Problem",
};

const CONTROL: ApiDescription = ApiDescription {
    tag: "Control",
    base: "/_mock/v1",
    security: "controlToken",
    json: "application/json",
    body: "application/json",
    refusal: "Problem",
};

const SERVER: ApiDescription = ApiDescription {
    tag: "Server",
    base: "",
    security: "",
    json: "application/json",
    body: "application/json",
    refusal: "Problem",
};

const SCIM: ApiDescription = ApiDescription {
    tag: "SCIM",
    base: "/{tenant}/scim/v2",
    security: "secretKey",
    json: "application/scim+json",
    body: "application/scim+json",
    refusal: "Error",
};

const PAGES: &str = "Pages";
const MOCK_ENTRA: &str = "Mock Entra";

/// Pages for a browser. A form is sent back from its page alone, with a hidden field that proves it.
#[cfg(feature = "web")]
const BROWSER: ApiDescription = ApiDescription {
    tag: PAGES,
    base: "",
    security: "",
    json: "application/json",
    body: FORM,
    refusal: "RefusedPage",
};

/// What a client of mock Entra calls itself.
#[cfg(feature = "web")]
const ENTRA: ApiDescription = ApiDescription {
    tag: MOCK_ENTRA,
    base: "",
    security: "",
    json: "application/json",
    body: FORM,
    refusal: "OAuthError",
};

#[cfg(feature = "web")]
const FORM: &str = "application/x-www-form-urlencoded";

/// The APIs in the order in which a reader is shown them.
const APIS: &[&ApiDescription] = &[
    &SCIM,
    &ADMIN,
    &CONTROL,
    &SERVER,
    #[cfg(feature = "web")]
    &ENTRA,
    #[cfg(feature = "web")]
    &BROWSER,
];

/// The document of a server at this URL, with these calls of the server itself and the schemas of a new
/// tenant.
pub(super) fn document<H: 'static>(url: &str, server: &'static [Route<H>]) -> Json {
    let schemas = medius::schemas();
    let components: Json =
        serde_json::from_str(include_str!("../../fixtures/openapi/components.json"))
            .expect("a test reads the components");
    let tags: Vec<Json> = APIS.iter().map(|it| json!({"name": it.tag})).collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mediusflow-mock",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A MediusFlow tenant on your own machine: its SCIM service, its admin \
                console, the control API of the mock, and its pages. Not affiliated with Medius or Microsoft.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": url}],
        "tags": tags,
        "paths": {},
        "components": components,
    });
    let paths = &mut document["paths"];
    add(paths, &ADMIN, admin::ROUTES);
    add(paths, &CONTROL, control::routes());
    add(paths, &SERVER, server);
    add(paths, &SCIM, scim::routes());
    #[cfg(feature = "web")]
    {
        add(paths, &ENTRA, web::program_routes());
        add(paths, &BROWSER, web::page_routes());
    }
    let shapes = document["components"]["schemas"].as_object_mut();
    shapes.expect("the components have schemas").extend(shapes::of(&schemas));
    document
}

fn add<H: 'static>(
    paths: &mut Json,
    api: &ApiDescription,
    routes: impl IntoIterator<Item = &'static Route<H>>,
) {
    for route in routes {
        let path = match route.path {
            "" if api.base.is_empty() => "/".to_owned(),
            "" => format!("{}/", api.base),
            path => format!("{}/{path}", api.base),
        };
        paths[&path][route.method.to_lowercase()] = operation(api, route, &path);
    }
}

fn operation<H>(api: &ApiDescription, route: &Route<H>, path: &str) -> Json {
    let mut operation = json!({
        "tags": [api.tag],
        "summary": route.summary,
        "operationId": operation_id(route.method, path),
        "parameters": parameters(route, path),
        "responses": responses(api, route),
    });
    let said = body(api, route);
    let body = said.trim_end_matches('?');
    if !body.is_empty() {
        operation["requestBody"] = json!({
            "required": body == said,
            "content": {api.body: {"schema": reference(body)}},
        });
    }
    // An API without keys needs no authentication. The control API needs it only from other machines.
    let security = match api.security {
        "" => json!([]),
        "controlToken" => json!([{}, {"controlToken": []}]),
        scheme => json!([{scheme: []}]),
    };
    operation["security"] = security;
    operation
}

/// `getTenantsTenantUsers`: method and path, from which generated clients take the names of functions.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    method.to_lowercase() + &words.map(capital).collect::<String>()
}

fn parameters<H>(route: &Route<H>, path: &str) -> Vec<Json> {
    let path_parameters = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let in_path = path_parameters.map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
    );
    let in_query = route
        .parameters()
        .map(|(name, kind)| json!({"name": name, "in": "query", "schema": parameter_schema(kind)}));
    let conditions = [
        ("If-Match", "The versions that it may have, else 412"),
        ("If-None-Match", "The versions that it must not have, else 304 for a GET and 412"),
    ];
    let in_header = conditions.into_iter().filter(|_| route.is_versioned).map(|(name, what)| {
        json!({"name": name, "in": "header", "description": what, "schema": {"type": "string"}})
    });
    in_path.chain(in_query).chain(in_header).collect()
}

/// The schema of a parameter: a type, or a range of whole numbers.
fn parameter_schema(kind: &str) -> Json {
    let bounds = kind
        .split_once("..")
        .and_then(|(least, most)| Some((least.parse::<u64>().ok()?, most.parse::<u64>().ok()?)));
    match bounds {
        Some((least, most)) => json!({"type": "integer", "minimum": least, "maximum": most}),
        None => json!({"type": kind}),
    }
}

/// The component of the body: of a page, the form that it shows.
fn body<H>(api: &ApiDescription, route: &Route<H>) -> &'static str {
    let is_form = api.tag == PAGES && route.method == "POST" && route.body.is_empty();
    if is_form { "Form?" } else { route.body }
}

/// The component of the answer: of a page, a text.
fn shape<H>(api: &ApiDescription, route: &Route<H>) -> &'static str {
    if api.tag == PAGES && route.answer == "Object" { "Html" } else { route.answer }
}

fn responses<H>(api: &ApiDescription, route: &Route<H>) -> Json {
    let mut success = match content(api, shape(api, route)) {
        None => json!({"description": route.summary}),
        Some(content) => json!({"description": route.summary, "content": content}),
    };
    let header =
        |name: &str, what: &str| json!({name: {"description": what, "schema": {"type": "string"}}});
    if route.is_versioned && route.method != "DELETE" {
        success["headers"] = header("ETag", "The version");
    }
    if route.status == 201 {
        success["headers"] = header("Location", "Where it is");
    }
    let mut responses = Map::new();
    if shape(api, route) == "Html" && api.tag == PAGES {
        let leads = json!({"description": "Leads to another page", "headers": header("Location", "Where to")});
        responses.insert("303".to_owned(), leads);
    }
    for other in route.other_statuses {
        let like = if matches!(other, 204 | 304) {
            json!({"description": "As asked"})
        } else {
            success.clone()
        };
        responses.insert(other.to_string(), like);
    }
    responses.insert(route.status.to_string(), success);
    for status in refusals(api, route) {
        let name = format!("#/components/responses/{}", api.refusal);
        responses.insert(status.to_string(), json!({"$ref": name}));
    }
    responses.into()
}

/// The content of an answer of this shape, by content type; `None` without a body.
fn content(api: &ApiDescription, shape: &str) -> Option<Json> {
    let text = json!({"schema": {"type": "string"}});
    Some(match shape {
        "" => return None,
        "Text" => json!({"text/plain": text}),
        "Html" => json!({"text/html": text}),
        // The tenants as a page, for who asks for pages first.
        "Index" if cfg!(feature = "web") => {
            json!({api.json: {"schema": reference(shape)}, "text/html": text})
        }
        "Script" => json!({"text/javascript": text}),
        "Toml" => json!({"application/toml": text}),
        "Style" => json!({"text/css": text}),
        "Events" => json!({"text/event-stream": text}),
        "Export" => json!({
            "application/json": {"schema": reference("Har")},
            "application/jsonl": text,
        }),
        "Exchange" => {
            let either = json!({"oneOf": [reference(shape), reference("Har")]});
            json!({"application/json": {"schema": either}, "text/plain": text})
        }
        "Logs" => json!({"application/json": {"schema": reference("Items")}, "text/csv": text}),
        // SCIM messages, in the answer of any API.
        "ListResponse" | "User" | "Group" => either(shape),
        shape if api.tag == SCIM.tag => either(shape),
        shape => json!({api.json: {"schema": reference(shape)}}),
    })
}

/// A SCIM answer, in the one of two media types that the client accepts (RFC 7644 §3.8).
fn either(shape: &str) -> Json {
    let schema = json!({"schema": reference(shape)});
    json!({SCIM.json: schema, "application/json": schema})
}

/// The statuses with which a call may be refused.
fn refusals<H>(api: &ApiDescription, route: &Route<H>) -> BTreeSet<u16> {
    let mut all = BTreeSet::from([400, 403, 404, 405]);
    if matches!(api.tag, "SCIM" | "Admin console") {
        all.extend([401, 429, 500, 503]);
    }
    if api.tag == CONTROL.tag {
        all.extend([401, 408, 409, 412, 422, 503]);
    }
    if !body(api, route).is_empty() {
        all.extend([408, 409, 413, 415, 503]);
    }
    if matches!(api.tag, PAGES | MOCK_ENTRA) {
        all.extend([401, 414, 500, 502, 503]);
    }
    if api.tag == PAGES {
        all.extend([409, 422, 429, 501]);
    }
    if api.tag == SCIM.tag {
        all.extend([406, 409, 412, 501]);
    }
    if api.tag == ADMIN.tag {
        all.insert(409);
    }
    if route.is_versioned {
        all.insert(412);
    }
    all
}

fn reference(component: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{component}")})
}
