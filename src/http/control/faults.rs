//! The fault rules of a tenant and the presets.

use serde_json::{Value as Json, json};

use super::{Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route};
use crate::{
    fault::{
        BookError, FieldError, Fields, PreferHeader, Preset, RateLimits, Rule, RuleStatus, presets,
    },
    http::known_operations,
    scim::{nearest, quoted},
    tenant::Tenant,
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants/{tenant}/faults", "The fault rules", ControlHandler::Now(list))
        .answers("FaultRules"),
    Route::post("tenants/{tenant}/faults", "Adds a fault rule", ControlHandler::Change(add))
        .takes("FaultRule")
        .creates("FaultRule"),
    Route::patch(
        "tenants/{tenant}/faults",
        "Sets whether requests may ask for faults",
        ControlHandler::Change(change),
    )
    .takes("FaultSettings"),
    Route::delete(
        "tenants/{tenant}/faults",
        "Deletes all fault rules",
        ControlHandler::Change(remove_all),
    ),
    Route::get("tenants/{tenant}/faults/presets", "The presets", ControlHandler::Now(list_presets)),
    Route::post(
        "tenants/{tenant}/faults/presets/{name}",
        "Adds the rules of a preset",
        ControlHandler::Change(add_preset),
    ),
    Route::get("tenants/{tenant}/faults/{id}", "A fault rule", ControlHandler::Now(get))
        .answers("FaultRule"),
    Route::put(
        "tenants/{tenant}/faults/{id}",
        "Replaces a fault rule",
        ControlHandler::Change(put),
    )
    .takes("FaultRule")
    .answers("FaultRule")
    .or(&[201]),
    Route::delete(
        "tenants/{tenant}/faults/{id}",
        "Deletes a fault rule",
        ControlHandler::Change(remove),
    )
    .no_content(),
];

/// `GET faults`: every rule with its counts.
fn list(call: &ControlCall) -> HandlerResult {
    Ok(listed(&*call.tenant()?))
}

/// `POST faults`: adds a rule after the others.
fn add(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let rule = read(&call.body()?, &tenant)?;
    let added = tenant.faults().add(rule)?;
    let name = tenant.name();
    let location = format!("{}/_mock/v1/tenants/{name}/faults/{}", call.authority, added.id);
    Ok(Answer::json(201, &added.to_json()).header("location", location))
}

/// `PATCH faults`: sets whether requests may ask for a fault themselves.
fn change(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let body: Json = call.body()?;
    let mut fields = Fields::of(&body)?;
    let prefer = fields.take("preferHeader").map(|it| it.flag()).transpose()?;
    fields.finish()?;
    if let Some(is_honored) = prefer {
        let header = if is_honored { PreferHeader::Honored } else { PreferHeader::Ignored };
        tenant.faults().set_prefer_header(header);
    }
    Ok(listed(&tenant))
}

/// `DELETE faults`.
fn remove_all(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let removed = tenant.faults().remove_all();
    tenant.forget_earlier();
    Ok(Answer::json(200, &json!({"removed": removed})))
}

/// `GET faults/presets`.
fn list_presets(call: &ControlCall) -> HandlerResult {
    call.tenant()?;
    let items: Vec<_> = presets()
        .iter()
        .map(|it| json!({"name": it.name, "about": it.about, "rules": it.rules, "limits": it.limits}))
        .collect();
    Ok(Answer::json(200, &json!({"total": items.len(), "items": items})))
}

/// `POST faults/presets/{name}`: adds the rules of a preset, which replace rules with the same ids, and
/// sets its limits if it has any.
fn add_preset(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let name = call.second();
    let preset = presets().iter().find(|it| it.name == name).ok_or_else(|| unknown_preset(name))?;
    let rules = apply(preset, &tenant)?;
    let rules: Vec<_> = rules.iter().map(RuleStatus::to_json).collect();
    Ok(Answer::json(200, &json!({"name": preset.name, "rules": rules, "limits": preset.limits})))
}

/// `GET faults/{id}`.
fn get(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let rule = tenant.faults().get(call.second()).ok_or_else(|| unknown(&tenant, call.second()))?;
    Ok(Answer::json(200, &rule.to_json()))
}

/// `PUT faults/{id}`: adds or replaces the rule with this id; its counts begin at 0.
fn put(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let id = call.second();
    let mut body: Json = call.body()?;
    let object = body.as_object_mut().expect("every body is an object");
    match object.get("id").and_then(Json::as_str) {
        Some(it) if it != id => {
            let detail =
                format!("the id in the body is {}, and in the path {}", quoted(it), quoted(id));
            return Err(ProblemDetails::new(400, "invalid-body", detail).field("id"));
        }
        _ => object.insert("id".into(), json!(id)),
    };
    let (rule, is_new) = tenant.faults().put(id, read(&body, &tenant)?)?;
    tenant.forget_earlier();
    Ok(Answer::json(if is_new { 201 } else { 200 }, &rule.to_json()))
}

/// `DELETE faults/{id}`.
fn remove(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    if !tenant.faults().remove(call.second()) {
        return Err(unknown(&tenant, call.second()));
    }
    tenant.forget_earlier();
    Ok(Answer::empty(204))
}

fn listed(tenant: &Tenant) -> Answer {
    let items: Vec<_> = tenant.faults().all().iter().map(RuleStatus::to_json).collect();
    let honors_prefer = tenant.faults().armed().honors_prefer();
    let body = json!({"total": items.len(), "items": items, "preferHeader": honors_prefer});
    Answer::json(200, &body)
}

fn read(body: &Json, tenant: &Tenant) -> Result<Rule, ProblemDetails> {
    Ok(Rule::read(body, &known_operations(&tenant.schemas()))?)
}

fn apply(preset: &Preset, tenant: &Tenant) -> Result<Vec<RuleStatus>, ProblemDetails> {
    let operations = known_operations(&tenant.schemas());
    let mut rules = Vec::new();
    for body in &preset.rules {
        let rule = Rule::read(body, &operations)?;
        let id = rule.id().cloned().unwrap_or_default();
        rules.push(tenant.faults().put(&id, rule)?.0);
    }
    if let Some(limits) = &preset.limits {
        tenant.faults().limit(RateLimits::read(limits, &operations)?);
    }
    Ok(rules)
}

fn unknown(tenant: &Tenant, id: &str) -> ProblemDetails {
    let known: Vec<_> = tenant.faults().all().into_iter().map(|it| it.id.to_string()).collect();
    let there_are = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    ProblemDetails::new(
        404,
        "unknown-fault",
        format!("there is no fault rule {}; there are: {there_are}", quoted(id)),
    )
}

fn unknown_preset(name: &str) -> ProblemDetails {
    let known: Vec<&str> = presets().iter().map(|it| it.name.as_str()).collect();
    let known = known.join(", ");
    ProblemDetails::new(
        404,
        "unknown-preset",
        format!("there is no preset {}; there are: {known}", quoted(name)),
    )
}

impl From<FieldError> for ProblemDetails {
    fn from(error: FieldError) -> Self {
        let meant = error.word.as_ref().and_then(|(word, known)| {
            nearest(word, known.iter().map(String::as_str)).map(str::to_owned)
        });
        let meant = meant.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
        let problem = Self::new(400, "invalid-body", error.detail + &meant);
        if error.field.is_empty() { problem } else { problem.field(error.field) }
    }
}

impl From<BookError> for ProblemDetails {
    fn from(error: BookError) -> Self {
        let code = match error {
            BookError::Taken(_) => "fault-exists",
            BookError::Full => "too-many-faults",
        };
        Self::new(409, code, error.to_string())
    }
}
