//! What the server answers to, as an `OpenAPI` 3.1 document, and a page to read it by.
//!
//! Every address of the tables has its [`Page`] in a table here, and a test compares both; what SCIM
//! resources look like is taken from their schemas. Shapes that no schema tells are components in
//! `fixtures/openapi/components.json`.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, http::Method, web::Data};
use serde_json::{Map, Value as Json, json};

use super::{App, health::only_get, page};
use crate::medius;

mod admin;
mod control;
mod scim;
mod server;

#[cfg(test)]
mod tests;

/// What one address does.
pub(super) struct Page {
    /// Method and path, as in the table of the addresses.
    address: (&'static str, &'static str),
    summary: &'static str,
    /// The parameters of the query, each with its type: `q:string limit:integer`.
    query: &'static str,
    /// The component that the body is; empty if there is none, `?` behind it if it may be left out.
    body: &'static str,
    /// The status of success, and the component that is answered; empty for no body.
    answer: (u16, &'static str),
}

/// One of the APIs: where its addresses begin, how its calls prove who they are, how they are refused.
struct Api {
    tag: &'static str,
    base: &'static str,
    security: &'static str,
    json: &'static str,
    refusal: &'static str,
}

const ADMIN: Api = Api {
    tag: "Admin console",
    base: "/{tenant}/admin/v1",
    security: "accessToken",
    json: "application/json",
    refusal: "Problem",
};

const CONTROL: Api = Api {
    tag: "Control",
    base: "/_mock/v1",
    security: "controlToken",
    json: "application/json",
    refusal: "Problem",
};

const SERVER: Api =
    Api { tag: "Server", base: "", security: "", json: "application/json", refusal: "Problem" };

const SCIM: Api = Api {
    tag: "SCIM",
    base: "/{tenant}/scim/v2",
    security: "secretKey",
    json: "application/scim+json",
    refusal: "Error",
};

/// The parameters that an address of the control API knows.
pub(super) fn control_parameters(method: &Method, path: &str) -> Vec<&'static str> {
    known_parameters(control::PAGES, method, path)
}

/// The parameters that an address of the admin console knows.
pub(super) fn admin_parameters(method: &Method, path: &str) -> Vec<&'static str> {
    known_parameters(admin::PAGES, method, path)
}

fn known_parameters(pages: &[Page], method: &Method, path: &str) -> Vec<&'static str> {
    let page = pages.iter().find(|it| it.address == (method.as_str(), path));
    let known = page.into_iter().flat_map(|it| it.query.split_whitespace());
    known.filter_map(|it| it.split_once(':')).map(|(name, _)| name).collect()
}

/// The paths of the control API, shorter ones first where one begins like another.
pub(super) fn control_paths() -> impl Iterator<Item = &'static str> {
    control::PAGES.iter().map(|it| it.address.1)
}

/// A page of a table, in one line.
const fn page(
    address: (&'static str, &'static str),
    summary: &'static str,
    (query, body): (&'static str, &'static str),
    answer: (u16, &'static str),
) -> Page {
    Page { address, summary, query, body, answer }
}

/// `/openapi.json`.
pub(super) async fn serve(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let document = || HttpResponse::Ok().json(document(&app.authority(&request)));
    only_get(&request).unwrap_or_else(document)
}

/// `/docs`: a page that shows the document; it fetches nothing but that and its own two files.
pub(super) async fn browse(request: HttpRequest) -> HttpResponse {
    page::serve(&request, "text/html; charset=utf-8", include_str!("openapi/page.html"))
}

/// `/docs/docs.js`: what the page does.
pub(super) async fn script(request: HttpRequest) -> HttpResponse {
    page::serve(&request, "text/javascript; charset=utf-8", include_str!("openapi/docs.js"))
}

/// `/docs/docs.css`: what the page looks like.
pub(super) async fn style(request: HttpRequest) -> HttpResponse {
    page::serve(&request, "text/css; charset=utf-8", include_str!("openapi/docs.css"))
}

/// The document of a server at this URL, with the schemas that every tenant begins with.
pub(super) fn document(url: &str) -> Json {
    let schemas = medius::schemas();
    let components: Json =
        serde_json::from_str(include_str!("../../fixtures/openapi/components.json"))
            .expect("a test reads the components");
    let tags = [&SCIM, &ADMIN, &CONTROL, &SERVER].map(|it| json!({"name": it.tag}));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mediusflow-mock",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A MediusFlow tenant on your own machine: its SCIM service, its admin \
                console, and the control API of the mock. Not affiliated with Medius or Microsoft.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": url}],
        "tags": tags,
        "paths": {},
        "components": components,
    });
    for (api, pages) in
        [(&ADMIN, admin::PAGES), (&CONTROL, control::PAGES), (&SERVER, server::PAGES)]
    {
        for page in pages {
            add(&mut document, api, page);
        }
    }
    for page in scim::pages(&schemas) {
        add(&mut document, &SCIM, &page);
    }
    let shapes = document["components"]["schemas"].as_object_mut();
    shapes.expect("the components have schemas").extend(scim::shapes(&schemas));
    document
}

fn add(document: &mut Json, api: &Api, page: &Page) {
    let (method, path) = page.address;
    let at = match path {
        "" if api.base.is_empty() => "/".to_owned(),
        "" => format!("{}/", api.base),
        path => format!("{}/{path}", api.base),
    };
    document["paths"][&at][method.to_lowercase()] = operation(api, page, &at);
}

fn operation(api: &Api, page: &Page, path: &str) -> Json {
    let mut operation = json!({
        "tags": [api.tag],
        "summary": page.summary,
        "operationId": operation_id(page.address.0, path),
        "parameters": parameters(page, path),
        "responses": responses(api, page),
    });
    let body = page.body.trim_end_matches('?');
    if !body.is_empty() {
        operation["requestBody"] = json!({
            "required": body == page.body,
            "content": {api.json: {"schema": reference(body)}},
        });
    }
    // Nobody is asked who they are where an API has no keys, and the control API asks only where it is
    // reached from other machines.
    let security = match api.security {
        "" => json!([]),
        "controlToken" => json!([{}, {"controlToken": []}]),
        scheme => json!([{scheme: []}]),
    };
    operation["security"] = security;
    operation
}

/// `getTenantsTenantUsers`: method and path, as generated clients name their functions.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    method.to_lowercase() + &words.map(capital).collect::<String>()
}

fn parameters(page: &Page, path: &str) -> Vec<Json> {
    let holes = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let in_path = holes.map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
    );
    let in_query = page.query.split_whitespace().map(|it| {
        let (name, kind) = it.split_once(':').expect("a parameter has a type");
        json!({"name": name, "in": "query", "schema": {"type": kind}})
    });
    in_path.chain(in_query).collect()
}

fn responses(api: &Api, page: &Page) -> Json {
    let (status, shape) = page.answer;
    let success = match content(api, shape) {
        None => json!({"description": page.summary}),
        Some(content) => json!({"description": page.summary, "content": content}),
    };
    let mut responses = Map::new();
    for also in also(api, page) {
        let like = if matches!(also, 204 | 304) {
            json!({"description": "As asked"})
        } else {
            success.clone()
        };
        responses.insert(also.to_string(), like);
    }
    responses.insert(status.to_string(), success);
    for status in refusals(api, page) {
        let name = format!("#/components/responses/{}", api.refusal);
        responses.insert(status.to_string(), json!({"$ref": name}));
    }
    responses.into()
}

/// What an answer of this shape holds, by content type; nothing if it has no body.
fn content(api: &Api, shape: &str) -> Option<Json> {
    let text = json!({"schema": {"type": "string"}});
    Some(match shape {
        "" => return None,
        "Text" => json!({"text/plain": text}),
        "Html" => json!({"text/html": text}),
        "Script" => json!({"text/javascript": text}),
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
        // SCIM's own, whichever API answers it.
        "ListResponse" | "User" | "Group" => either(shape),
        shape if api.tag == SCIM.tag => either(shape),
        shape => json!({api.json: {"schema": reference(shape)}}),
    })
}

/// A SCIM answer, in whichever of the two types the client accepts (RFC 7644 §3.8).
fn either(shape: &str) -> Json {
    let schema = json!({"schema": reference(shape)});
    json!({SCIM.json: schema, "application/json": schema})
}

/// Other answers that are no refusals, without a body or with one that is like the first.
fn also(api: &Api, page: &Page) -> Vec<u16> {
    let is_scim = api.tag == SCIM.tag || page.body.starts_with("PatchOp");
    match page.address {
        ("PATCH", _) if is_scim => vec![204],
        ("POST", _) if is_scim => vec![200],
        ("GET", _) if api.tag == SCIM.tag => vec![304],
        // Made, if there was none of this id.
        ("PUT", "tenants/{tenant}/faults/{id}") => vec![201],
        // Under way, if nobody waits.
        ("POST", "tenants/{tenant}/entra/cycle") => vec![202],
        _ => Vec::new(),
    }
}

/// The ways in which a call may be refused.
fn refusals(api: &Api, page: &Page) -> BTreeSet<u16> {
    let mut all = BTreeSet::from([400, 403, 404, 405]);
    if matches!(api.tag, "SCIM" | "Admin console") {
        all.extend([401, 429, 500, 503]);
    }
    if api.tag == CONTROL.tag {
        all.extend([401, 408, 409, 412, 422, 503]);
    }
    if !page.body.is_empty() {
        all.extend([408, 409, 413, 415, 503]);
    }
    if api.tag == SCIM.tag {
        all.extend([406, 409, 412, 501]);
    }
    if api.tag == ADMIN.tag {
        all.insert(409);
    }
    all
}

fn reference(component: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{component}")})
}
