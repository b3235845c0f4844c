//! The SCIM operations on a tenant.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::{
    State, Tenant, effect,
    refusals::{absent, no_configuration, seen, stale},
    versions::names_version,
};
use crate::{
    journal::Effect,
    medius::{self, ConfigurationChoice, is_same, select},
    scim::{
        AcceptedAttributes, DeletedUsers, Duplicates, Intent, List, NotedQuirk, Quirk, Resource,
        ResourceType, Rules, ScimError, ScimType, SpecifiedAttributes, Target, UnknownMembers,
        User, Value, WorkBudget, accept, fold, patch, quoted,
    },
};

#[cfg(test)]
mod tests;

/// What an operation did.
#[derive(Clone, Debug)]
pub struct Done {
    /// The tenant right after it.
    pub state: Arc<State>,
    /// The resource as it is now; as it was, when it was deleted.
    pub resource: Arc<Resource>,
    /// What changed.
    pub effect: Effect,
    /// What was tolerated.
    pub noted: Vec<NotedQuirk>,
    /// What its answer shows because the request gave it a value.
    pub specified: SpecifiedAttributes,
    /// Further words for the journal, such as the user configuration that applied.
    pub remark: Option<String>,
}

/// Why an operation was refused, and what would have been tolerated of it: whatever a request is
/// answered, its client hears of each deviation.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct OperationError {
    /// The refusal.
    pub error: ScimError,
    /// What was tolerated.
    pub noted: Vec<NotedQuirk>,
}

impl OperationError {
    /// The same, with what was tolerated besides.
    #[must_use]
    pub(super) fn noting(mut self, more: Vec<NotedQuirk>) -> Self {
        for it in more {
            if !self.noted.contains(&it) {
                self.noted.push(it);
            }
        }
        self
    }
}

impl From<ScimError> for OperationError {
    fn from(error: ScimError) -> Self {
        Self { error, noted: Vec::new() }
    }
}

/// What a change did, while the tenant is still being written.
struct Outcome {
    resource: Arc<Resource>,
    effect: Effect,
    remark: Option<String>,
    noted: Vec<NotedQuirk>,
}

/// A resource that was made, the configuration that applied, and what was tolerated.
struct NewResource {
    resource: Arc<Resource>,
    remark: Option<String>,
    noted: Vec<NotedQuirk>,
}

/// A user configuration that was applied, in words, and what was applied before.
struct NewlyApplied {
    words: String,
    before: Option<ConfigurationChoice>,
}

/// A group of ten thousand strangers must not make ten thousand findings.
const MOST_UNKNOWN: usize = 50;

/// Where an operation takes place: a type, and the id of one resource.
#[derive(Clone, Copy, Debug)]
pub struct OperationTarget<'a> {
    /// The type.
    pub resource_type: &'a ResourceType,
    /// The id.
    pub id: &'a str,
    /// How it is asked for.
    pub terms: Terms<'a>,
}

/// How an operation is asked for, besides what it does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms<'a> {
    /// The base URL of the SCIM service as the caller knows it, without a slash at its end: a
    /// reference may be given by an address below it. Relative ones need none.
    pub base: &'a str,
    /// The versions of the resource that the caller has seen, as `If-Match` lists them; any if none
    /// ([RFC 7644 §3.14](https://www.rfc-editor.org/rfc/rfc7644#section-3.14)).
    pub if_match: Option<&'a str>,
    /// The versions that the resource must not have for it to be changed, as `If-None-Match` lists them
    /// ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).
    pub if_none_match: Option<&'a str>,
}

impl Terms<'_> {
    /// Checks that a resource of the version that it has may be changed.
    ///
    /// # Errors
    ///
    /// 412.
    fn admit(&self, state: &State, current: &Resource) -> Result<(), ScimError> {
        let version = current.etag();
        let shown = || state.present(self.base).etag(current);
        match (self.if_match, self.if_none_match) {
            (Some(wanted), _) if !names_version(wanted, &version) => Err(stale(wanted, &shown())),
            (_, Some(unwanted)) if names_version(unwanted, &version) => {
                Err(seen(unwanted, &shown()))
            }
            _ => Ok(()),
        }
    }
}

impl Tenant {
    /// Makes a resource ([RFC 7644 §3.3](https://www.rfc-editor.org/rfc/rfc7644#section-3.3)).
    ///
    /// # Errors
    ///
    /// As [`accept()`], and `uniqueness` (409), unless the tenant replaces duplicates: then the effect
    /// is not that something was created, and 412 that the terms do not admit it.
    pub fn create(
        &self,
        resource_type: &ResourceType,
        body: &Json,
        terms: Terms<'_>,
        now: Timestamp,
    ) -> Result<Done, OperationError> {
        let before = self.snapshot();
        let (profile, others) = (before.profile(), before.present(terms.base));
        let rules =
            Rules::new(resource_type, &profile.schemas, &profile.dialect).with_others(&others);
        let replaces = profile.dialect.duplicates == Duplicates::Replace;
        let read = accept(&rules, body, Intent::Create).map_err(OperationError::from);
        let written = read.and_then(|accepted| {
            self.write_if(|state| {
                state.still_has(resource_type)?;
                if let Some(holder) = state.holder(resource_type, &accepted).filter(|_| replaces) {
                    terms.admit(state, &holder)?;
                    let next = accept(&rules, body, Intent::Replace(&holder))?;
                    return state.change(resource_type, &holder, next, now);
                }
                if let Some(wanted) = terms.if_match.filter(|_| replaces) {
                    return Err(absent(wanted).into());
                }
                let NewResource { resource, remark, noted } =
                    state.add(resource_type, accepted, now)?;
                let mut effect = effect::between(state, resource_type, None, Some(&resource));
                effect.sign_in = state.sign_in_of_new(&resource);
                Ok((Outcome { resource, effect, remark, noted }, true))
            })
        });
        let written = written.map_err(|refused| {
            let place = OperationTarget { resource_type, id: "", terms };
            self.with_all_noted(refused, place, &WorkBudget::default(), |rules, _| {
                accept(rules, body, Intent::Create)
            })
        });
        let (noted, specified) = rules.into_parts();
        done(written, noted, specified)
    }

    /// Puts a body in the place of a resource
    /// ([RFC 7644 §3.5.1](https://www.rfc-editor.org/rfc/rfc7644#section-3.5.1)).
    ///
    /// # Errors
    ///
    /// 404, 412, as [`accept()`], and `uniqueness` (409).
    pub fn replace(
        &self,
        place: OperationTarget<'_>,
        body: &Json,
        now: Timestamp,
    ) -> Result<Done, OperationError> {
        let next =
            |rules: &Rules<'_>, current: &Resource| accept(rules, body, Intent::Replace(current));
        self.change(place, now, &WorkBudget::default(), next)
    }

    /// Changes a resource by a PATCH
    /// ([RFC 7644 §3.5.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2)).
    ///
    /// # Errors
    ///
    /// 404, 412, as [`patch::PatchOp::parse`] and [`patch::apply`], and `uniqueness` (409).
    pub fn modify(
        &self,
        place: OperationTarget<'_>,
        body: &Json,
        now: Timestamp,
    ) -> Result<Done, OperationError> {
        self.modify_within(place, body, now, &WorkBudget::default())
    }

    /// As [`Tenant::modify`], with a budget that it shares with other operations.
    ///
    /// # Errors
    ///
    /// As [`Tenant::modify`].
    pub(super) fn modify_within(
        &self,
        place: OperationTarget<'_>,
        body: &Json,
        now: Timestamp,
        work: &WorkBudget,
    ) -> Result<Done, OperationError> {
        self.change(place, now, work, |rules, current| {
            patch::apply(rules, current, &patch::PatchOp::parse(rules, body)?)
        })
    }

    /// Takes a resource away; it leaves every resource that pointed to it
    /// ([RFC 7644 §3.6](https://www.rfc-editor.org/rfc/rfc7644#section-3.6)). A user may only become
    /// inactive, if the tenant says so.
    ///
    /// # Errors
    ///
    /// 404, and 412.
    pub fn delete(&self, place: OperationTarget<'_>, now: Timestamp) -> Result<Done, ScimError> {
        if self.keeps_deleted(place) {
            return self.deactivate(place, now);
        }
        let ((resource, effect, remark), state) = self.write(|state| {
            let current = state.existing(place)?;
            let mut effect = effect::between(state, place.resource_type, Some(&current), None);
            let pointing = state.resources.remove(&current);
            let left = state.forget(&current, pointing, now);
            state.give_up_name(&current, None);
            let applied = state.applied.remove(&current.id);
            effect.sign_in = state.sign_in_of_deleted(&current, applied.as_ref());
            let remark = farewell(&current, left);
            Ok::<_, ScimError>((current, effect, remark))
        })?;
        let specified = SpecifiedAttributes::default();
        Ok(Done { state, resource, effect, noted: Vec::new(), specified, remark })
    }

    fn keeps_deleted(&self, place: OperationTarget<'_>) -> bool {
        let is_kept = self.snapshot().profile().dialect.deleted_users == DeletedUsers::Deactivate;
        is_kept && place.resource_type.name == "User"
    }

    /// Makes a user inactive instead of taking it away.
    fn deactivate(&self, place: OperationTarget<'_>, now: Timestamp) -> Result<Done, ScimError> {
        let done = self
            .change(place, now, &WorkBudget::default(), |rules, current| {
                let active = rules.resource_type.core("active");
                let inactive = |it| current.to_accepted().with(it, Some(Value::Boolean(false)));
                Ok(active.map_or_else(|| current.to_accepted(), inactive))
            })
            .map_err(|it| it.error)?;
        Ok(Done { remark: Some("deactivated instead of deleted".into()), ..done })
    }

    fn change(
        &self,
        place: OperationTarget<'_>,
        now: Timestamp,
        work: &WorkBudget,
        next: impl Fn(&Rules<'_>, &Resource) -> Result<AcceptedAttributes, ScimError>,
    ) -> Result<Done, OperationError> {
        let (mut noted, mut specified) = (Vec::new(), SpecifiedAttributes::default());
        let written = self.write_if(|state| {
            state.still_has(place.resource_type)?;
            let found = state.resources.get(&place.resource_type.name, place.id).cloned();
            let current = found.ok_or_else(|| state.missing(place))?;
            let (profile, others) = (state.profile(), state.present(place.terms.base));
            let rules = Rules::new(place.resource_type, &profile.schemas, &profile.dialect);
            let rules = rules.with_budget(work).with_others(&others);
            let accepted = next(&rules, &current);
            (noted, specified) = rules.into_parts();
            place.terms.admit(state, &current)?;
            state.change(place.resource_type, &current, accepted?, now)
        });
        let written = written.map_err(|refused| self.with_all_noted(refused, place, work, &next));
        done(written, noted, specified)
    }

    /// The refusal of a change, with all that is tolerated of the change.
    fn with_all_noted(
        &self,
        refused: OperationError,
        place: OperationTarget<'_>,
        work: &WorkBudget,
        change: impl Fn(&Rules<'_>, &Resource) -> Result<AcceptedAttributes, ScimError>,
    ) -> OperationError {
        refused.noting(self.snapshot().noted_of_refused(place, work, change))
    }

    /// Puts a resource on its shelf while the tenant is being made, before anyone watches.
    ///
    /// # Errors
    ///
    /// As [`Tenant::create`].
    pub(crate) fn plant(
        &mut self,
        resource_type: &ResourceType,
        body: &Json,
        now: Timestamp,
    ) -> Result<SmolStr, ScimError> {
        let place = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let profile = place.profile.clone();
        let accepted = {
            let others = place.present("");
            let rules = Rules::new(resource_type, &profile.schemas, &profile.dialect);
            accept(&rules.with_others(&others), body, Intent::Create)?
        };
        let added = Arc::make_mut(place).add(resource_type, accepted, now);
        let added = added.map_err(|it| it.error)?;
        Ok(added.resource.id.clone())
    }
}

/// What an operation did, or why it is refused, with what was found while its request was read.
fn done(
    written: Result<(Outcome, Arc<State>), OperationError>,
    mut noted: Vec<NotedQuirk>,
    specified: SpecifiedAttributes,
) -> Result<Done, OperationError> {
    match written {
        Ok((Outcome { resource, effect, remark, noted: also }, state)) => {
            noted.extend(also);
            Ok(Done { state, resource, effect, noted, specified, remark })
        }
        Err(OperationError { error, noted: also }) => {
            Err(OperationError { error, noted }.noting(also))
        }
    }
}

impl State {
    /// Puts accepted attributes in the place of a resource; says what that did and whether it
    /// changed anything.
    ///
    /// # Errors
    ///
    /// As [`State::admits`] and [`State::apply_configuration`].
    fn change(
        &mut self,
        resource_type: &ResourceType,
        current: &Arc<Resource>,
        next: AcceptedAttributes,
        now: Timestamp,
    ) -> Result<(Outcome, bool), OperationError> {
        let Some(changed) = current.with(next, self.moment(now)) else {
            let effect = effect::unchanged(current);
            let (resource, noted) = (current.clone(), Vec::new());
            return Ok((Outcome { resource, effect, remark: None, noted }, false));
        };
        let noted = self.admits(Some(current), &changed)?;
        let changed = Arc::new(changed.in_life(self.life));
        self.give_up_name(current, Some(&changed));
        self.resources.put(changed.clone());
        let applied = self.apply_configuration(Some(current), &changed)?;
        let mut effect = effect::between(self, resource_type, Some(current), Some(&changed));
        let (remark, before) = applied.map(|it| (it.words, it.before)).unzip();
        let before = before.flatten();
        effect.sign_in =
            self.sign_in_of_changed(&effect.changes, current, before.as_ref(), &changed);
        Ok((Outcome { resource: changed, effect, remark, noted }, true))
    }

    /// The resource that has a value which would have to be unique.
    fn holder(
        &self,
        resource_type: &ResourceType,
        wanted: &AcceptedAttributes,
    ) -> Option<Arc<Resource>> {
        self.resources.holder(&resource_type.name, None, wanted.attributes()).cloned()
    }

    /// Checks that a resource may stand as it is now beside the others; says what is tolerated of it.
    ///
    /// # Errors
    ///
    /// `uniqueness` (409), and `invalidValue` for a new member that is nobody, where the tenant
    /// minds.
    fn admits(
        &self,
        before: Option<&Resource>,
        after: &Resource,
    ) -> Result<Vec<NotedQuirk>, OperationError> {
        let members = self.admits_members(before, after);
        let others = self.resources.admits(after);
        match others.and_then(|()| self.refuse_other_types(before, after)) {
            Ok(()) => Ok(members?),
            Err(error) => Err(OperationError { error, noted: members.unwrap_or_default() }),
        }
    }

    pub(super) fn admits_members(
        &self,
        before: Option<&Resource>,
        after: &Resource,
    ) -> Result<Vec<NotedQuirk>, ScimError> {
        let dialect = &self.profile.dialect;
        let is_kept = dialect.unknown_members == UnknownMembers::Keep
            && dialect.quirks.contains(Quirk::UnknownMember);
        let mut noted = Vec::new();
        let members = self.resources.new_references(before, after);
        let nobody =
            members.filter(|(id, it)| it.is_core("members") && self.resources.find(id).is_none());
        for (id, _) in nobody {
            if !is_kept {
                let detail = format!("members: there is no resource {}", quoted(&id));
                return Err(
                    ScimError::new(ScimType::InvalidValue, detail).hinting(Quirk::UnknownMember)
                );
            }
            if noted.len() < MOST_UNKNOWN {
                let at = smol_str::format_smolstr!("members: {id}");
                noted.push(NotedQuirk::new(Quirk::UnknownMember, at));
            }
        }
        Ok(noted)
    }

    fn existing(&self, place: OperationTarget<'_>) -> Result<Arc<Resource>, ScimError> {
        let kind = &place.resource_type.name;
        let found = self.resources.get(kind, place.id).cloned();
        let found = found.ok_or_else(|| self.missing(place))?;
        place.terms.admit(self, &found)?;
        Ok(found)
    }

    /// Puts a new resource on its shelf; says what configuration applied.
    ///
    /// # Errors
    ///
    /// As [`State::admits`] and [`State::apply_configuration`].
    fn add(
        &mut self,
        resource_type: &ResourceType,
        accepted: AcceptedAttributes,
        now: Timestamp,
    ) -> Result<NewResource, OperationError> {
        let is_taken = |id: &str| self.resources.find(id).is_some();
        let kind = &resource_type.name;
        let name = self.naming(kind, &accepted);
        let id = self.ids.next(kind, &name, is_taken);
        let resource = Resource::new(kind.clone(), id, accepted, self.moment(now));
        let noted = self.admits(None, &resource)?;
        let resource = Arc::new(resource.in_life(self.life));
        self.resources.put(resource.clone());
        if name.is_empty() {
            // Nobody knows it again by a name, so the next one need not try this number.
            let is_taken = |id: &str| self.resources.find(id).is_some();
            self.ids.retire(kind, &name, &resource.id, is_taken);
        }
        let remark = self.apply_configuration(None, &resource)?.map(|it| it.words);
        Ok(NewResource { resource, remark, noted })
    }

    /// What an id follows from: the name by which a client would know the resource again, else a
    /// value that no other one has.
    fn naming(&self, kind: &str, accepted: &AcceptedAttributes) -> SmolStr {
        let name = accepted.name();
        if !name.is_empty() {
            return name;
        }
        self.resources.unique_text(kind, accepted.attributes()).unwrap_or_default()
    }

    /// Notes that a resource goes or changes its name.
    fn give_up_name(&mut self, before: &Resource, after: Option<&Resource>) {
        let name = self.naming(&before.kind, &before.to_accepted());
        let after = after.map(|it| self.naming(&it.kind, &it.to_accepted()));
        if after.is_some_and(|it| it == name || fold(&it) == fold(&name)) {
            return;
        }
        let is_taken = |id: &str| self.resources.find(id).is_some();
        self.ids.retire(&before.kind, &name, &before.id, is_taken);
    }

    /// Takes the references to a resource that is gone out of those that point to it; says how many
    /// they were.
    fn forget(
        &mut self,
        gone: &Resource,
        pointing: Vec<(Arc<Resource>, Target)>,
        now: Timestamp,
    ) -> usize {
        let count = pointing.len();
        for (holder, target) in pointing {
            // The same holder may point in two ways: take what is there now.
            let Some(current) = self.resources.get(&holder.kind, &holder.id).cloned() else {
                continue;
            };
            let after = current.at(&target).and_then(|it| without_pointer(it, &gone.id));
            let accepted = current.to_accepted().with(&target, after);
            if let Some(changed) = current.with(accepted, self.moment(now)) {
                self.resources.put(Arc::new(changed.in_life(self.life)));
            }
        }
        count
    }

    /// Applies the user configurations to a user whose `configurationFilter` is new or changed; says
    /// what applied. Other resources have none.
    ///
    /// What was applied stays until the filter changes (assumed).
    ///
    /// # Errors
    ///
    /// `invalidValue` when none applies and the tenant wants one.
    fn apply_configuration(
        &mut self,
        before: Option<&Resource>,
        after: &Resource,
    ) -> Result<Option<NewlyApplied>, ScimError> {
        if after.kind != "User" {
            return Ok(None);
        }
        let wanted = medius::attribute(User(after), "configurationFilter");
        let had =
            before.map(|it| medius::attribute(User(it), "configurationFilter").unwrap_or_default());
        if had.is_some_and(|had| is_same(had, wanted.unwrap_or_default())) {
            return Ok(None);
        }
        let choice = select(&self.console.configurations, wanted);
        if choice.configuration.is_none() && self.profile.requires_configuration {
            return Err(no_configuration(wanted.unwrap_or_default(), &self.console.configurations));
        }
        let words = words_of(&choice);
        let before = self.applied.insert(&after.id, choice);
        Ok(Some(NewlyApplied { words, before }))
    }
}

/// A value without the reference to an id; `None` when nothing remains.
fn without_pointer(value: &Value, id: &str) -> Option<Value> {
    match value {
        Value::List(list) => {
            let mut list: List = list.clone();
            let at: Vec<_> = list.keyed(id).map(|(at, _)| at).collect();
            for at in at.into_iter().rev() {
                list.remove(at);
            }
            Some(Value::List(list))
        }
        _ => None,
    }
}

fn words_of(choice: &ConfigurationChoice) -> String {
    let count = |n: usize, one: &str, many: &str| {
        if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
    };
    match &choice.configuration {
        Some(it) => {
            let roles = count(it.roles.len(), "role", "roles");
            let companies = count(it.companies.len(), "company", "companies");
            let why = match &choice.reason {
                medius::Reason::NoMatch { filter } => {
                    format!("no configuration matches {}, default ", quoted(filter))
                }
                _ => String::new(),
            };
            format!("{why}{} ({roles}, {companies})", it.name)
        }
        None => "no configuration applies".into(),
    }
}

fn farewell(gone: &Resource, left: usize) -> Option<String> {
    let inactive = (gone.kind == "User" && !User(gone).is_active()).then(|| "was inactive".into());
    let left = (left > 0).then(|| format!("left {left}"));
    let words: Vec<String> = inactive.into_iter().chain(left).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
