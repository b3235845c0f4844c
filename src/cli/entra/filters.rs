//! Reads the `configurationFilter` values of the target's configurations from its control API.

use std::{env, time::Duration};

use serde_json::Value as Json;

use super::workspace::Workspace;
use crate::entra::{ConfigurationFilters, HttpTransport, Request, Response, Transport as _};

/// The longest time for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The variable that holds the token of the control API, as the server reads it.
const TOKEN: &str = "MEDIUSFLOW_MOCK_CONTROL_TOKEN";

/// The filters of the target's configurations.
///
/// # Errors
///
/// Why they are unknown. Only a mediusflow-mock has them.
pub(super) fn of_target(workspace: &Workspace) -> Result<ConfigurationFilters, String> {
    let target = workspace.address.as_deref().ok_or("no Tenant URL is given")?;
    let configurations = configurations(&workspace.transport.waiting(PATIENCE), target)?;
    if configurations.is_empty() {
        return Err(format!("the tenant at {target} has no user configuration"));
    }
    let filters = configurations.iter().filter_map(|it| it["filter"].as_str());
    ConfigurationFilters::of(workspace.simulation.job.configuration(), filters).ok_or_else(|| {
        "the job does not take configurationFilter as it is from an attribute that is free for it"
            .to_owned()
    })
}

/// The user configurations of a tenant of a mediusflow-mock.
fn configurations(transport: &HttpTransport, target: &str) -> Result<Vec<Json>, String> {
    let foreign = || format!("{target} is no tenant of a mediusflow-mock");
    let tenant = target.strip_suffix("/scim/v2").and_then(|it| it.rsplit_once('/'));
    let (server, tenant) = tenant.ok_or_else(foreign)?;
    let url = format!("{server}/_mock/v1/tenants/{tenant}/configurations");
    let ask = |headers| -> Result<Response, String> {
        let request = Request { method: "GET", url: url.clone(), headers, body: None };
        transport.send(&request).map_err(|why| format!("{target} does not tell them: {why}"))
    };
    let mut answer = ask(Vec::new())?;
    if let (401, Ok(token)) = (answer.status, env::var(TOKEN)) {
        answer = ask(vec![("authorization", format!("Bearer {token}"))])?;
    }
    let body: Option<Json> = serde_json::from_str(&answer.body).ok();
    match answer.status {
        200 => body.and_then(|it| it["items"].as_array().cloned()).ok_or_else(foreign),
        401 => Err(format!("{target} does not tell them without its control token in {TOKEN}")),
        _ => Err(foreign()),
    }
}
