//! The calls behind the buttons: their addresses, and what the journal calls them.

use maud::Markup;
use serde_json::{Value as Json, json};

use super::super::{
    api,
    request::{ApiCall, PageRequest},
};

/// A call about the job, at these segments behind `entra`.
pub(super) fn call<const N: usize>(method: &'static str, segments: [&str; N]) -> ApiCall {
    ApiCall::new(method, segments)
}

/// A change of the directory.
pub(super) fn change(change: &str, object: &str) -> ApiCall {
    let changes = json!({"changes": [{"change": change, "object": object}]});
    call("POST", ["directory", "changes"]).with(changes)
}

/// The path of a call behind `/_mock/v1/`.
pub(super) fn path(page: &PageRequest, call: &ApiCall) -> String {
    let segments = call.segments.iter().flat_map(|it| ["/", it.as_str()]);
    let below: String = segments.collect();
    format!("tenants/{}/entra{below}", page.tenant().name())
}

/// The call as a command, in a block that opens.
pub(super) fn as_call(page: &PageRequest, call: &ApiCall) -> Markup {
    let token = page.app.access.token.as_ref().map(|_| "TOKEN");
    api::shown(page, call, &format!("/_mock/v1/{}", path(page, call)), token)
}

/// What a call is, for the journal.
pub(super) fn words(call: &ApiCall) -> String {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let body = call.body.as_ref();
    let text = |name: &str| body.and_then(|it| it[name].as_str()).unwrap_or_default();
    let words = match (call.method, &segments[..]) {
        ("PUT", []) => "configured".to_owned(),
        (_, []) => "saved".to_owned(),
        (_, ["test-connection"]) => "Test Connection".to_owned(),
        (_, ["on-demand"]) => format!("on demand {}{}", text("user"), text("group")),
        (_, ["directory", "changes"]) => changed(body),
        (_, ["cycle"]) => "cycle ordered".to_owned(),
        (_, [other, ..]) => (*other).to_owned(),
    };
    format!("provisioning: {words}")
}

fn changed(body: Option<&Json>) -> String {
    let change = body.map(|it| &it["changes"][0]);
    let text = |name: &str| change.and_then(|it| it[name].as_str()).unwrap_or_default();
    format!("{} {}", text("change"), text("object"))
}
