//! Bulk requests on a tenant
//! ([RFC 7644 §3.7](https://www.rfc-editor.org/rfc/rfc7644#section-3.7)).
//!
//! Each operation is one of [`Tenant`]'s own, with its own write and its own effect: nobody waits for
//! a whole bulk, and what one operation did stays when a later one is refused.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::{Done, Place, Tenant};
use crate::{
    journal::{Effect, EffectKind},
    scim::{
        Intent, Noted, ResourceType, Rules, Schemas, ScimError, ScimType, accept,
        bulk::{
            BulkMethod, BulkOperation, BulkRequest, BulkResult, BulkTask, Order, Step, resolve,
        },
        nearest, urn,
    },
};

/// What a bulk request did.
#[derive(Clone, Debug, Default)]
pub struct BulkDone {
    /// The outcomes of the operations that were done, in the order in which they were sent.
    pub results: Vec<BulkResult>,
    /// What changed, in the order in which it did.
    pub effects: Vec<Effect>,
    /// What was tolerated.
    pub noted: Vec<Noted>,
}

impl Tenant {
    /// Does the operations of a bulk request, as many as can be done; `base` is the URL of the SCIM
    /// service, without a slash at its end.
    ///
    /// An operation waits for those that make what it refers to. Where POSTs refer to each other in
    /// a circle, one is made without the reference and gets it as soon as the other is there; if
    /// that fails, it is taken away again and answered 409 (RFC 7644 §3.7.1).
    pub fn bulk(&self, request: &BulkRequest, base: &str, now: Timestamp) -> BulkDone {
        let mut run = Run {
            tenant: self,
            operations: &request.operations,
            schemas: self.schemas(),
            base,
            now,
            ids: HashMap::new(),
            replaced: HashSet::new(),
            begun: Vec::new(),
            results: vec![None; request.operations.len()],
            done: BulkDone::default(),
        };
        let mut order = Order::new(&request.operations);
        while let Some(step) = order.next_step() {
            match step {
                Step::Do(at) => run.perform(at),
                Step::Begin(at) => run.begin(at),
            }
            run.complete();
            if request.fail_on_errors.is_some_and(|limit| run.errors() >= limit) {
                break;
            }
        }
        run.abandon();
        run.done.results = run.results.into_iter().flatten().collect();
        run.done
    }
}

/// A bulk request that is being done.
struct Run<'a> {
    tenant: &'a Tenant,
    operations: &'a [BulkOperation],
    schemas: Arc<Schemas>,
    base: &'a str,
    now: Timestamp,
    /// The id of each resource that was made, by its `bulkId`; `None` of one that was refused.
    ids: HashMap<SmolStr, Option<SmolStr>>,
    /// The POSTs that replaced a resource which was there before the request, and so stays.
    replaced: HashSet<usize>,
    /// The POSTs that were done without what they refer to, what is to be added, and their status.
    begun: Vec<(usize, Json, u16)>,
    results: Vec<Option<BulkResult>>,
    done: BulkDone,
}

impl<'a> Run<'a> {
    /// Does an operation that waits for nothing.
    fn perform(&mut self, at: usize) {
        let outcome = self.try_to_perform(at);
        self.finish(at, outcome);
    }

    fn try_to_perform(&self, at: usize) -> Result<(u16, Done), ScimError> {
        let task = self.task(at)?;
        let resource_type = self.resource_type(task)?;
        self.refuse_unknown(task, |_| false)?;
        let data = task.resolved(&|name| self.id_of(name));
        let id = task.id.strip_prefix("bulkId:").and_then(|name| self.id_of(name));
        let id = id.as_ref().unwrap_or(&task.id);
        let place =
            Place { resource_type, id, if_match: task.version.as_deref(), if_none_match: None };
        let (tenant, now) = (self.tenant, self.now);
        match task.method {
            BulkMethod::Post => {
                let done = tenant.create(resource_type, &data, now)?;
                Ok((status_of(&done), done))
            }
            BulkMethod::Put => Ok((200, tenant.replace(place, &data, now)?)),
            BulkMethod::Delete => Ok((204, tenant.delete(place, now)?)),
            BulkMethod::Patch => {
                let done = tenant.modify(place, &data, now)?;
                let is_shown = done.state.manner().dialect.answers_modified(&resource_type.name);
                Ok((if is_shown { 200 } else { 204 }, done))
            }
        }
    }

    /// Does a POST without what it refers to and is not there yet.
    fn begin(&mut self, at: usize) {
        match self.try_to_begin(at) {
            Ok((done, later)) => {
                let status = status_of(&done);
                self.begun.push((at, later, status));
                self.finish(at, Ok((status, done)));
            }
            Err(error) => self.finish(at, Err(error)),
        }
    }

    fn try_to_begin(&self, at: usize) -> Result<(Done, Json), ScimError> {
        let task = self.task(at)?;
        let resource_type = self.resource_type(task)?;
        let is_open = |name: &str| !self.ids.contains_key(name) && self.is_made(name);
        self.refuse_unknown(task, is_open)?;
        let (now, later) = task.split(&is_open);
        let data = resolve(&now, &|name| self.id_of(name));
        let created = self.tenant.create(resource_type, &data, self.now);
        let done = created.map_err(|error| {
            let state = self.tenant.snapshot();
            let rules = Rules::new(resource_type, &self.schemas, &state.manner().dialect);
            if error.code() == 400 && accept(&rules, &task.data, Intent::Create).is_ok() {
                let detail = format!(
                    "resources of this request refer to each other in a circle, and this one \
                     cannot be made without its reference: {}",
                    error.detail()
                );
                return ScimError::status(409, detail).by("RFC 7644 §3.7.1");
            }
            error
        })?;
        Ok((done, later))
    }

    /// Adds what was left out to each begun resource for which all is there.
    fn complete(&mut self) {
        let is_settled = |run: &Self, at: usize| {
            let names = run.task(at).map(|it| it.references().data).unwrap_or_default();
            names.iter().all(|it| run.ids.contains_key(it))
        };
        while let Some(index) = self.begun.iter().position(|it| is_settled(self, it.0)) {
            let (at, later, status) = self.begun.remove(index);
            match self.try_to_complete(at, &later) {
                Ok(done) => self.finish(at, Ok((status, done))),
                Err(error) => self.undo(at, error),
            }
        }
    }

    fn try_to_complete(&self, at: usize, later: &Json) -> Result<Done, ScimError> {
        let task = self.task(at)?;
        self.refuse_unknown(task, |_| false)?;
        let resource_type = self.resource_type(task)?;
        let id = self.operations[at].bulk_id.as_ref().and_then(|it| self.id_of(it));
        let id = id.ok_or_else(|| ScimError::not_found(&resource_type.name, ""))?;
        let value = resolve(later, &|name| self.id_of(name));
        let body =
            json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "add", "value": value}]});
        let place = Place { resource_type, id: &id, if_match: None, if_none_match: None };
        self.tenant.modify(place, &body, self.now)
    }

    /// Takes away what was begun and cannot be completed, since not all was done that it needs.
    fn abandon(&mut self) {
        while let Some((at, ..)) = self.begun.pop() {
            let detail = "the request ended before all was made that this resource refers to";
            self.undo(at, ScimError::status(409, detail).by("RFC 7644 §3.7.1"));
        }
    }

    /// Takes a resource away that was made, and those that were made to refer to it.
    fn undo(&mut self, at: usize, error: ScimError) {
        let Some(bulk_id) = self.operations[at].makes() else { return };
        let id = self.ids.insert(bulk_id.clone(), None).flatten();
        if let (Some(id), Ok(task)) = (id, self.task(at))
            && let Ok(resource_type) = self.resource_type(task)
            && !self.replaced.contains(&at)
            // An operation of the same request may have taken it away before.
            && let Ok(done) =
                self.tenant.delete(Place { resource_type, id: &id, if_match: None, if_none_match: None }, self.now)
        {
            self.done.effects.push(done.effect);
        }
        self.begun.retain(|it| it.0 != at);
        self.results[at] = Some(self.result(at, Err(error)));
        for other in 0..self.operations.len() {
            let is_there =
                self.operations[other].makes().is_some_and(|it| self.id_of(it).is_some());
            let refers = self.task(other).is_ok_and(|it| it.references().data.contains(bulk_id));
            if is_there && refers {
                self.undo(other, refused(bulk_id));
            }
        }
    }

    /// Keeps the outcome of an operation.
    fn finish(&mut self, at: usize, outcome: Result<(u16, Done), ScimError>) {
        let result = match outcome {
            Ok((status, done)) => {
                if let Some(bulk_id) = self.operations[at].makes() {
                    self.ids.insert(bulk_id.clone(), Some(done.resource.id.clone()));
                    if status == 200 {
                        self.replaced.insert(at);
                    }
                }
                let result = self.result(at, Ok((status, &done)));
                self.done.effects.push(done.effect);
                let number = at + 1;
                self.done.noted.extend(done.noted.into_iter().map(|it| Noted {
                    at: smol_str::format_smolstr!("operation {number}: {}", it.at),
                    ..it
                }));
                result
            }
            Err(error) => {
                if let Some(bulk_id) = self.operations[at].makes() {
                    self.ids.insert(bulk_id.clone(), None);
                }
                self.result(at, Err(error))
            }
        };
        self.results[at] = Some(result);
    }

    fn result(&self, at: usize, outcome: Result<(u16, &Done), ScimError>) -> BulkResult {
        let operation = &self.operations[at];
        let location = match &outcome {
            Ok((_, done)) => {
                let location = done.state.present(self.base).location(&done.resource);
                Some(location.to_string())
            }
            // "except in the event of a POST failure" (RFC 7644 §3.7).
            Err(_) if operation.method == "POST" || operation.path.is_empty() => None,
            Err(_) => Some(format!("{}/{}", self.base, operation.path)),
        };
        let version = outcome.as_ref().ok().filter(|(status, done)| {
            *status != 204 || done.state.directory().find(&done.resource.id).is_some()
        });
        BulkResult {
            method: operation.method.clone(),
            bulk_id: operation.bulk_id.clone(),
            location,
            version: version.map(|(_, done)| done.resource.etag()),
            outcome: outcome
                .map(|(status, _)| status)
                .map_err(|error| error.within(format_args!("bulk operation {}", at + 1))),
        }
    }

    fn task(&self, at: usize) -> Result<&'a BulkTask, ScimError> {
        self.operations[at].task.as_ref().map_err(Clone::clone)
    }

    fn resource_type(&self, task: &BulkTask) -> Result<&ResourceType, ScimError> {
        let found = self.schemas.endpoint(&task.endpoint);
        found.map(|it| &**it).ok_or_else(|| {
            let types = self.schemas.resource_types();
            let known: Vec<&str> = types.iter().map(|it| it.endpoint.as_str()).collect();
            let asked = format!("/{}", task.endpoint);
            let detail = format!("nothing is at {asked}, expected {}", known.join(" or "));
            ScimError::status(404, detail).meant(nearest(&asked, known)).by("RFC 7644 §3.7")
        })
    }

    fn id_of(&self, name: &str) -> Option<SmolStr> {
        self.ids.get(name).cloned().flatten()
    }

    /// Whether a POST of this request makes a resource of this name.
    fn is_made(&self, name: &str) -> bool {
        self.operations.iter().any(|it| it.makes().is_some_and(|it| it == name))
    }

    /// Refuses a task that refers to what is not there: 409 if it was refused itself, else
    /// `invalidValue`; what is `open` may come.
    fn refuse_unknown(
        &self,
        task: &BulkTask,
        open: impl Fn(&str) -> bool,
    ) -> Result<(), ScimError> {
        let references = task.references();
        for name in references.data.iter().chain(&references.path).filter(|it| !open(it)) {
            match self.ids.get(name) {
                Some(Some(_)) => {}
                Some(None) => return Err(refused(name)),
                None => {
                    let known = self.operations.iter().filter_map(BulkOperation::makes);
                    let meant = nearest(name, known.map(SmolStr::as_str));
                    let detail = format!("no POST of this request has the bulkId {name:?}");
                    return Err(ScimError::new(ScimType::InvalidValue, detail)
                        .meant(meant.map(|it| format!("bulkId:{it}")))
                        .by("RFC 7644 §3.7.2"));
                }
            }
        }
        Ok(())
    }

    fn errors(&self) -> usize {
        self.results.iter().flatten().filter(|it| it.outcome.is_err()).count()
    }
}

/// The status of a POST: where the tenant takes a duplicate for a PUT, nothing was created.
fn status_of(done: &Done) -> u16 {
    if done.effect.kind == EffectKind::Created { 201 } else { 200 }
}

/// The error of what refers to a resource that was not made.
fn refused(name: &str) -> ScimError {
    let detail =
        format!("the operation with the bulkId {name:?} was refused, so nothing can refer to it");
    ScimError::status(409, detail).by("RFC 7644 §3.7.2")
}
