//! Bulk requests on a tenant
//! ([RFC 7644 §3.7](https://www.rfc-editor.org/rfc/rfc7644#section-3.7)).
//!
//! Each operation is one of [`Tenant`]'s own, with its own write and its own effect: nobody waits for
//! a whole bulk, and what one operation did stays when a later one is refused.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::{Done, OperationError, OperationTarget, Tenant, Terms, refusals::stale_in_bulk};
use crate::{
    journal::{Effect, EffectKind},
    scim::{
        Intent, NotedQuirk, Quirk, Resource, ResourceType, Rules, Schemas, ScimError, ScimType,
        WorkBudget, accept,
        bulk::{
            BulkMethod, BulkOperation, BulkOrder, BulkRequest, BulkResult, BulkStep, BulkSuccess,
            BulkTask, References, resolve,
        },
        nearest, patch, quoted, urn,
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
    pub noted: Vec<NotedQuirk>,
}

impl Tenant {
    /// Does the operations of a bulk request, as many as can be done; `base` is the URL of the SCIM
    /// service, without a slash at its end.
    ///
    /// An operation waits for those that make what it refers to. Where POSTs refer to each other in
    /// a circle, one is made without the reference and gets it as soon as the other is there; if
    /// that fails, it is taken away again and answered 409 (RFC 7644 §3.7.1).
    pub fn bulk(&self, request: &BulkRequest, base: &str, now: Timestamp) -> BulkDone {
        let references: Vec<_> = request.operations.iter().map(references_of).collect();
        let mut run = Run {
            tenant: self,
            operations: &request.operations,
            schemas: self.schemas(),
            base,
            now,
            work: WorkBudget::default(),
            referring: referring(&references),
            references,
            made: request
                .operations
                .iter()
                .filter_map(BulkOperation::makes)
                .map(SmolStr::as_str)
                .collect(),
            ids: HashMap::new(),
            replaced: HashSet::new(),
            begun: BTreeMap::new(),
            awaited: HashMap::new(),
            complete: BTreeSet::new(),
            results: vec![None; request.operations.len()],
            done: BulkDone::default(),
        };
        let mut order = BulkOrder::new(&request.operations);
        while let Some(step) = order.next_step() {
            match step {
                BulkStep::Perform(at) => run.perform(at),
                BulkStep::Begin(at) => run.begin(at),
            }
            run.complete();
            if request.fail_on_errors.is_some_and(|limit| run.errors() >= limit) {
                break;
            }
        }
        run.abandon();
        run.read_what_is_left();
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
    /// One budget for all operations.
    work: WorkBudget,
    /// What each operation refers to.
    references: Vec<References>,
    /// The operations whose data refers to a name.
    referring: HashMap<SmolStr, Vec<usize>>,
    /// The names that POSTs of this request give.
    made: HashSet<&'a str>,
    /// The id of each resource that was made, by its `bulkId`; `None` of one that was refused.
    ids: HashMap<SmolStr, Option<SmolStr>>,
    /// The POSTs that replaced a resource which was there before the request, and so stays.
    replaced: HashSet<usize>,
    /// The POSTs that were done without what they refer to.
    begun: BTreeMap<usize, Begun>,
    /// The begun POSTs that refer to a name which is not settled yet.
    awaited: HashMap<SmolStr, Vec<usize>>,
    /// The begun POSTs for which all is there.
    complete: BTreeSet<usize>,
    results: Vec<Option<BulkResult>>,
    done: BulkDone,
}

/// A POST that was done without what it refers to.
struct Begun {
    /// What is to be added.
    later: Json,
    success: BulkSuccess,
    /// How many names that it refers to are not settled.
    open: usize,
}

fn referring(references: &[References]) -> HashMap<SmolStr, Vec<usize>> {
    let mut referring: HashMap<SmolStr, Vec<usize>> = HashMap::new();
    for (at, it) in references.iter().enumerate() {
        for name in &it.data {
            referring.entry(name.clone()).or_default().push(at);
        }
    }
    referring
}

fn references_of(operation: &BulkOperation) -> References {
    operation.task.as_ref().map(BulkTask::references).unwrap_or_default()
}

impl<'a> Run<'a> {
    fn terms(&self) -> Terms<'a> {
        Terms { base: self.base, ..Terms::default() }
    }

    /// Does an operation that waits for nothing.
    fn perform(&mut self, at: usize) {
        let outcome = self.try_to_perform(at);
        self.finish(at, outcome);
    }

    fn try_to_perform(&self, at: usize) -> Result<(BulkSuccess, Done), OperationError> {
        self.try_to_do(at).map_err(|refused| match self.task(at) {
            Ok(task) if refused.error.is_precondition_failed() => {
                OperationError { error: self.stale(task).unwrap_or(refused.error), ..refused }
            }
            _ => refused,
        })
    }

    /// The refusal of an operation whose version is not that of its resource.
    fn stale(&self, task: &BulkTask) -> Option<ScimError> {
        let wanted = task.version.as_deref()?;
        let name = task.id.strip_prefix("bulkId:");
        let id = name.and_then(|name| self.id_of(name)).unwrap_or_else(|| task.id.clone());
        let state = self.tenant.snapshot();
        let kind = &self.resource_type(task).ok()?.name;
        Some(stale_in_bulk(wanted, &state.resources().get(kind, &id)?.etag()))
    }

    fn try_to_do(&self, at: usize) -> Result<(BulkSuccess, Done), OperationError> {
        let task = self.task(at)?;
        let resource_type = self.resource_type(task)?;
        self.refuse_unknown(at, |_| false).map_err(|it| self.not_done(at, it))?;
        let data = task.resolved(&|name| self.id_of(name));
        let id = task.id.strip_prefix("bulkId:").and_then(|name| self.id_of(name));
        let id = id.as_ref().unwrap_or(&task.id);
        let place = OperationTarget {
            resource_type,
            id,
            terms: Terms { if_match: task.version.as_deref(), ..self.terms() },
        };
        let (tenant, now) = (self.tenant, self.now);
        match task.method {
            BulkMethod::Post => {
                let done = tenant.create(resource_type, &data, self.terms(), now)?;
                Ok((success_of(&done), done))
            }
            BulkMethod::Put => Ok((BulkSuccess::Changed, tenant.replace(place, &data, now)?)),
            BulkMethod::Delete => Ok((BulkSuccess::Done, tenant.delete(place, now)?)),
            BulkMethod::Patch => {
                let done = tenant.modify_within(place, &data, now, &self.work)?;
                let is_shown = done.state.profile().dialect.answers_modified(&resource_type.name);
                Ok((if is_shown { BulkSuccess::Changed } else { BulkSuccess::Done }, done))
            }
        }
    }

    /// Does a POST without what it refers to and is not there yet.
    fn begin(&mut self, at: usize) {
        match self.try_to_begin(at) {
            Ok((done, later)) => {
                let success = success_of(&done);
                self.finish(at, Ok((success, done)));
                self.wait(at, Begun { later, success, open: 0 });
            }
            Err(error) => self.finish(at, Err(error)),
        }
    }

    fn try_to_begin(&self, at: usize) -> Result<(Done, Json), OperationError> {
        let task = self.task(at)?;
        let resource_type = self.resource_type(task)?;
        let is_open = |name: &str| !self.ids.contains_key(name) && self.is_made(name);
        self.refuse_unknown(at, is_open).map_err(|it| self.not_done(at, it))?;
        let (now, later) = task.split(&is_open);
        let data = resolve(&now, &|name| self.id_of(name));
        let created = self.tenant.create(resource_type, &data, self.terms(), self.now);
        let done = created.map_err(|refused| {
            let refused = refused.noting(self.noted_of(task).unwrap_or_default());
            let OperationError { error, noted } = refused;
            let state = self.tenant.snapshot();
            let others = state.present(self.base);
            let rules = Rules::new(resource_type, &self.schemas, &state.profile().dialect);
            let rules = rules.with_others(&others);
            if error.is_bad_request() && accept(&rules, &task.data, Intent::Create).is_ok() {
                let detail = format!(
                    "resources of this request refer to each other in a circle, and this one \
                     cannot be made without its reference: {}",
                    error.detail()
                );
                let error = ScimError::conflict(detail).by("RFC 7644 §3.7.1");
                return OperationError { error, noted };
            }
            OperationError { error, noted }
        })?;
        Ok((done, later))
    }

    /// Keeps a begun POST until all is settled that it refers to.
    fn wait(&mut self, at: usize, mut begun: Begun) {
        for name in self.references[at].data.iter().filter(|it| !self.ids.contains_key(*it)) {
            self.awaited.entry(name.clone()).or_default().push(at);
            begun.open += 1;
        }
        if begun.open == 0 {
            self.complete.insert(at);
        }
        self.begun.insert(at, begun);
    }

    /// Notes the id of what an operation makes, `None` if it was refused, for those that wait.
    fn settle(&mut self, name: &SmolStr, id: Option<SmolStr>) {
        self.ids.insert(name.clone(), id);
        for at in self.awaited.remove(name).unwrap_or_default() {
            let Some(begun) = self.begun.get_mut(&at) else { continue };
            begun.open -= 1;
            if begun.open == 0 {
                self.complete.insert(at);
            }
        }
    }

    /// Adds what was left out to each begun resource for which all is there.
    fn complete(&mut self) {
        while let Some(at) = self.complete.pop_first() {
            let Some(Begun { later, success, .. }) = self.begun.remove(&at) else { continue };
            match self.try_to_complete(at, &later) {
                Ok(done) => self.finish(at, Ok((success, done))),
                Err(OperationError { error, noted }) => {
                    self.note(at, noted);
                    self.undo(at, error);
                }
            }
        }
    }

    fn try_to_complete(&self, at: usize, later: &Json) -> Result<Done, OperationError> {
        let task = self.task(at)?;
        self.refuse_unknown(at, |_| false)?;
        let resource_type = self.resource_type(task)?;
        let id = self.operations[at].bulk_id.as_ref().and_then(|it| self.id_of(it));
        let id = id.ok_or_else(|| ScimError::not_found(&resource_type.name, ""))?;
        let value = resolve(later, &|name| self.id_of(name));
        let body =
            json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "add", "value": value}]});
        let place = OperationTarget { resource_type, id: &id, terms: self.terms() };
        self.tenant.modify_within(place, &body, self.now, &self.work)
    }

    /// Takes away what was begun and cannot be completed, since not all was done that it needs.
    fn abandon(&mut self) {
        while let Some((at, _)) = self.begun.pop_last() {
            let detail = "the request ended before all was made that this resource refers to";
            self.undo(at, ScimError::conflict(detail).by("RFC 7644 §3.7.1"));
        }
    }

    /// Takes a resource away that was made, and those that were made to refer to it.
    fn undo(&mut self, at: usize, error: ScimError) {
        let mut gone = vec![(at, error)];
        while let Some((at, error)) = gone.pop() {
            let Some(bulk_id) = self.operations[at].makes().filter(|_| self.is_there(at)) else {
                continue;
            };
            self.undo_one(at, error);
            // The first of them is undone next.
            let referring = self.referring.get(bulk_id).into_iter().flatten().rev();
            gone.extend(referring.map(|other| (*other, refused(bulk_id))));
        }
    }

    fn undo_one(&mut self, at: usize, error: ScimError) {
        let Some(bulk_id) = self.operations[at].makes() else { return };
        let id = self.id_of(bulk_id);
        self.settle(bulk_id, None);
        if let (Some(id), Ok(task)) = (id, self.task(at))
            && let Ok(resource_type) = self.resource_type(task)
            && !self.replaced.contains(&at)
            // An operation of the same request may have taken it away before.
            && let Ok(done) =
                self.tenant.delete(OperationTarget { resource_type, id: &id, terms: self.terms() }, self.now)
        {
            self.done.effects.push(done.effect);
        }
        self.begun.remove(&at);
        self.complete.remove(&at);
        self.results[at] = Some(self.result(at, Err(error)));
    }

    /// Whether what an operation makes is there.
    fn is_there(&self, at: usize) -> bool {
        self.operations[at].makes().is_some_and(|it| self.id_of(it).is_some())
    }

    /// The refusal of an operation that is not carried out, with what its data deviates in.
    fn not_done(&self, at: usize, error: ScimError) -> OperationError {
        let noted = self.task(at).ok().and_then(|task| self.noted_of(task)).unwrap_or_default();
        OperationError { error, noted }
    }

    fn noted_of(&self, task: &BulkTask) -> Option<Vec<NotedQuirk>> {
        let resource_type = self.resource_type(task).ok()?;
        let data = task.resolved(&|name| self.id_of(name));
        let id = task.id.strip_prefix("bulkId:").and_then(|name| self.id_of(name));
        let id = id.as_ref().unwrap_or(&task.id);
        let place = OperationTarget { resource_type, id, terms: self.terms() };
        let read = |rules: &Rules<'_>, current: &Resource| match task.method {
            BulkMethod::Post => accept(rules, &data, Intent::Create),
            BulkMethod::Put => accept(rules, &data, Intent::Replace(current)),
            BulkMethod::Patch => {
                patch::apply(rules, current, &patch::PatchOp::parse(rules, &data)?)
            }
            BulkMethod::Delete => Ok(current.to_accepted()),
        };
        let mut noted = self.tenant.snapshot().noted_of_refused(place, &self.work, read);
        // A resource that the request would have made is not nobody.
        noted.retain(|it| {
            it.quirk != Quirk::UnknownMember || !it.at.starts_with("members: bulkId:")
        });
        Some(noted)
    }

    /// Notes what those operations deviate in that were not carried out after as many errors as the
    /// client allows.
    fn read_what_is_left(&mut self) {
        for at in 0..self.operations.len() {
            if self.results[at].is_none() {
                let noted = self.not_done(at, ScimError::conflict("not carried out")).noted;
                self.note(at, noted);
            }
        }
    }

    /// Keeps the outcome of an operation.
    fn finish(&mut self, at: usize, outcome: Result<(BulkSuccess, Done), OperationError>) {
        let result = match outcome {
            Ok((success, done)) => {
                if let Some(bulk_id) = self.operations[at].makes() {
                    self.settle(bulk_id, Some(done.resource.id.clone()));
                    if success == BulkSuccess::Changed {
                        self.replaced.insert(at);
                    }
                }
                let result = self.result(at, Ok((success, &done)));
                self.done.effects.push(done.effect);
                self.note(at, done.noted);
                result
            }
            Err(OperationError { error, noted }) => {
                self.note(at, noted);
                if let Some(bulk_id) = self.operations[at].makes() {
                    self.settle(bulk_id, None);
                }
                self.result(at, Err(error))
            }
        };
        self.results[at] = Some(result);
    }

    /// Keeps what was tolerated of an operation, whether it was done or refused.
    fn note(&mut self, at: usize, noted: Vec<NotedQuirk>) {
        let number = at + 1;
        self.done.noted.extend(noted.into_iter().map(|it| NotedQuirk {
            at: smol_str::format_smolstr!("operation {number}: {}", it.at),
            ..it
        }));
    }

    fn result(&self, at: usize, outcome: Result<(BulkSuccess, &Done), ScimError>) -> BulkResult {
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
        let version = outcome.as_ref().ok().filter(|(success, done)| {
            *success != BulkSuccess::Done
                || done.state.resources().find(&done.resource.id).is_some()
        });
        BulkResult {
            method: operation.method.clone(),
            bulk_id: operation.bulk_id.clone(),
            location,
            version: version.map(|(_, done)| done.state.present(self.base).etag(&done.resource)),
            outcome: outcome
                .map(|(success, _)| success)
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
            ScimError::no_such_address(detail).meant(nearest(&asked, known)).by("RFC 7644 §3.7")
        })
    }

    fn id_of(&self, name: &str) -> Option<SmolStr> {
        self.ids.get(name).cloned().flatten()
    }

    /// Whether a POST of this request makes a resource of this name.
    fn is_made(&self, name: &str) -> bool {
        self.made.contains(name)
    }

    /// Refuses an operation that refers to what is not there: 409 if it was refused itself, else
    /// `invalidValue`; what is `open` may come.
    fn refuse_unknown(&self, at: usize, open: impl Fn(&str) -> bool) -> Result<(), ScimError> {
        let references = &self.references[at];
        for name in references.data.iter().chain(&references.path).filter(|it| !open(it)) {
            match self.ids.get(name) {
                Some(Some(_)) => {}
                Some(None) => return Err(refused(name)),
                None => {
                    let known = self.operations.iter().filter_map(BulkOperation::makes);
                    let meant = nearest(name, known.map(SmolStr::as_str));
                    let detail = format!("no POST of this request has the bulkId {}", quoted(name));
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

/// How a POST was done: where the tenant takes a duplicate for a PUT, nothing was created.
fn success_of(done: &Done) -> BulkSuccess {
    match done.effect.kind {
        EffectKind::Created => BulkSuccess::Created,
        _ => BulkSuccess::Changed,
    }
}

/// The error of what refers to a resource that was not made.
fn refused(name: &str) -> ScimError {
    let detail = format!(
        "the operation with the bulkId {} was refused, so nothing can refer to it",
        quoted(name)
    );
    ScimError::conflict(detail).by("RFC 7644 §3.7.2")
}
