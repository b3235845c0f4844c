//! Tenants: a test creates its own, and deletes it or lets it expire.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use actix_web::web::Data;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, entra, tenant_answer,
};
use crate::{
    http::{
        App, ServerClock, authority::addresses, blocking::run_blocking, duration::JsonDuration,
        settings::SettingsBody,
    },
    medius::{TenantName, TenantNameError},
    scim::Profile,
    tenant::{
        AddError, Forgotten, SecretKey, SettingsChange, SnapshotError, State, Tenant,
        TenantOptions, TenantOptionsError,
    },
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants", "The tenants", ControlHandler::Now(|call| Ok(list(call))))
        .answers("Items"),
    Route::post("tenants", "Creates a tenant", ControlHandler::Now(add))
        .takes("NewTenant?")
        .creates("Tenant"),
    Route::get("tenants/{tenant}", "A tenant", ControlHandler::Now(get)).answers("Tenant"),
    Route::delete("tenants/{tenant}", "Deletes a tenant", ControlHandler::Now(delete)).no_content(),
];

/// The body of `POST tenants`. All members are optional.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct NewTenant {
    name: Option<TenantName>,
    seed: Option<u64>,
    profile: Option<Profile>,
    users: Option<usize>,
    groups: Option<usize>,
    companies: Option<usize>,
    locale: Option<String>,
    fresh: Option<bool>,
    settings: SettingsBody,
    from: Option<SourceTenant>,
    time_to_live: Option<JsonDuration>,
}

/// The name in such a body, before it is known to be one.
#[derive(Deserialize)]
struct NewTenantName {
    name: Option<String>,
}

/// Another tenant, whose state is copied.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SourceTenant {
    tenant: String,
    /// One of its snapshots; its current state if absent.
    snapshot: Option<String>,
}

/// `GET tenants`.
fn list(call: &ControlCall) -> Answer {
    call.app.tenants.sweep(call.now);
    let all = call.app.tenants.all();
    let items: Vec<_> = all.iter().map(|it| addresses(it, &call.authority)).collect();
    Answer::json(200, &json!({"total": items.len(), "items": items}))
}

/// `GET tenants/{tenant}`.
fn get(call: &ControlCall) -> HandlerResult {
    Ok(described(200, call, &*call.tenant()?))
}

/// `DELETE tenants/{tenant}`: running requests are answered 503, and waiting calls end.
fn delete(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    if tenant.epoch() != call.epoch {
        return Err(ProblemDetails::tenant_reset()); // it belongs to the next test
    }
    call.app.tenants.part_with(&tenant);
    entra::forget(&call.app, &tenant);
    Forgotten::tenant(tenant).drop_aside();
    Ok(Answer::empty(204))
}

/// `POST tenants`.
fn add(call: &ControlCall) -> HandlerResult {
    if let Ok(NewTenantName { name: Some(name) }) = call.body()
        && let Err(error @ TenantNameError::Reserved { .. }) = name.parse::<TenantName>()
    {
        return Err(ProblemDetails::new(400, "reserved-name", error.to_string()).field("name"));
    }
    let new: NewTenant = call.body()?;
    let until = new.until(call.now)?;
    let name = new.name.clone();
    let added = if let Some(model) = &new.from {
        let state = model.state(call)?;
        new.refuse_content()?;
        let make = |name: &TenantName| Ok(Tenant::like(name.clone(), &state));
        call.app.tenants.add(name, until, call.now, make)
    } else {
        let options = new.into_options();
        let make = |name: &TenantName| call.app.factory.tenant(name, &options);
        call.app.tenants.add(name, until, call.now, make)
    };
    let tenant = added?;
    if let Some(until) = until {
        tokio::spawn(part_in_time(call.app.clone(), Arc::downgrade(&tenant), until));
    }
    let location = format!("{}/_mock/v1/tenants/{}", call.authority, tenant.name());
    Ok(described(201, call, &tenant).header("location", location))
}

/// Deletes a tenant when its time to live is over, so that calls that wait for it end at that time and not
/// at the next access. With a clock that a test moves, the remaining time is not known.
async fn part_in_time(app: Data<App>, tenant: Weak<Tenant>, until: Timestamp) {
    while let ServerClock::System = app.clock
        && let Ok(left) = Duration::try_from(until.duration_since(app.clock.now()))
        && !left.is_zero()
    {
        tokio::time::sleep(left).await;
    }
    let Some(tenant) = tenant.upgrade() else { return };
    // Closing the tenant waits for its running requests.
    let part = move || {
        app.tenants.find(tenant.name().as_str(), app.clock.now());
        if tenant.is_closed() {
            entra::forget(&app, &tenant);
            Forgotten::tenant(tenant).drop_aside();
        }
    };
    run_blocking(part).await;
}

/// All that a test needs to use a tenant, including its secret key.
fn described(status: u16, call: &ControlCall, tenant: &Tenant) -> Answer {
    let (state, kept) = (tenant.snapshot(), tenant.journal().seqs());
    let mut body = addresses(tenant, &call.authority);
    let members = json!({
        "secretKey": state.console().secret_key().map(SecretKey::reveal),
        "seed": state.seed(),
        "profile": state.profile().profile,
        "users": state.resources().len("User"),
        "groups": state.resources().len("Group"),
        "journal": {
            "exchanges": kept.end - kept.start,
            "bytes": tenant.journal().bytes(),
            "mostExchanges": tenant.journal().limits().exchanges,
            "mostBytes": tenant.journal().limits().bytes,
        },
        "openSteps": state.open_steps(call.now),
        "expiresAt": call.app.tenants.until(tenant.name()),
        "running": tenant.journal().running(),
        "waiters": tenant.waiters().count(),
    });
    if let (Json::Object(body), Json::Object(members)) = (&mut body, members) {
        body.extend(members);
    }
    tenant_answer(status, tenant, &body)
}

impl NewTenant {
    /// The end of the tenant's time to live.
    ///
    /// # Errors
    ///
    /// 400 if it is now, or later than the largest timestamp.
    fn until(&self, now: Timestamp) -> Result<Option<Timestamp>, ProblemDetails> {
        let Some(JsonDuration(life)) = self.time_to_live else { return Ok(None) };
        if life.is_zero() {
            let detail = "timeToLive: expected a duration above 0, such as \"1h\", found 0";
            return Err(ProblemDetails::new(400, "invalid-body", detail).field("timeToLive"));
        }
        let until = SignedDuration::try_from(life).ok().and_then(|it| now.checked_add(it).ok());
        let problem = || {
            let detail = "timeToLive: the tenant would end after the last possible date";
            ProblemDetails::new(400, "invalid-body", detail).field("timeToLive")
        };
        until.map(Some).ok_or_else(problem)
    }

    /// Refuses members that contradict a copied state.
    ///
    /// # Errors
    ///
    /// 400 with the name of the member.
    fn refuse_content(&self) -> Result<(), ProblemDetails> {
        let said = [
            ("seed", self.seed.is_some()),
            ("profile", self.profile.is_some()),
            ("users", self.users.is_some()),
            ("groups", self.groups.is_some()),
            ("companies", self.companies.is_some()),
            ("locale", self.locale.is_some()),
            ("fresh", self.fresh.is_some()),
            ("settings", !self.settings.names().is_empty()),
        ];
        let Some((name, _)) = said.into_iter().find(|(_, is_said)| *is_said) else { return Ok(()) };
        let detail = format!("{name}: a tenant made from another one is as that is");
        Err(ProblemDetails::new(400, "invalid-body", detail)
            .field(name)
            .hint("leave it out, or from"))
    }

    fn into_options(self) -> TenantOptions {
        let settings = SettingsChange::try_from(self.settings);
        TenantOptions {
            seed: self.seed,
            users: self.users,
            groups: self.groups,
            companies: self.companies,
            locale: self.locale,
            fresh: self.fresh,
            settings: settings.map(|it| it.or_profile(self.profile)),
        }
    }
}

impl SourceTenant {
    /// The state to copy.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant`, `unknown-snapshot`.
    fn state(&self, call: &ControlCall) -> Result<Arc<State>, ProblemDetails> {
        let name = &self.tenant;
        let tenant = call.app.tenants.find(name, call.now);
        let unknown = || call.app.unknown_tenant(name).field("from.tenant");
        let tenant = tenant.ok_or_else(unknown)?;
        let Some(name) = &self.snapshot else { return Ok(tenant.snapshot()) };
        tenant.snapshot_called(name).map_err(|it| ProblemDetails::from(it).field("from.snapshot"))
    }
}

impl From<AddError<TenantOptionsError>> for ProblemDetails {
    fn from(error: AddError<TenantOptionsError>) -> Self {
        let detail = error.to_string();
        match error {
            AddError::Taken(_) => Self::new(409, "tenant-exists", detail)
                .field("name")
                .hint("leave the name out to get one that is free"),
            AddError::TooMany(_) => Self::new(409, "too-many-tenants", detail)
                .hint("DELETE tenants/{tenant} when a test is over, or give it a timeToLive"),
            AddError::Unmade(error) => Self::from(error),
        }
    }
}

impl From<TenantOptionsError> for ProblemDetails {
    fn from(error: TenantOptionsError) -> Self {
        Self::new(400, "invalid-body", error.to_string()).field(error.field())
    }
}

impl From<SnapshotError> for ProblemDetails {
    fn from(error: SnapshotError) -> Self {
        let detail = error.to_string();
        match error {
            SnapshotError::Unknown { .. } => Self::new(404, "unknown-snapshot", detail),
            SnapshotError::Name => Self::new(400, "invalid-body", detail).field("name"),
            SnapshotError::TooMany => Self::new(409, "too-many-snapshots", detail)
                .hint("DELETE snapshots/{name} of those that are done with"),
        }
    }
}
