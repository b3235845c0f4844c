//! Links an object of the source to an object of the target: by a match, or by creation.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use smol_str::{SmolStr, format_smolstr};

use super::cycle_run::{Case, CycleRun, ExportResult, ExportStage, Verdict};
use super::export::modified;
use super::scope::not_among_actions;
use super::state::Connector;
use crate::attributes::ObjectType;
use crate::mapping::{AttributeMapping, Flow, FlowValue};
use crate::record::{Action, ErrorCode};
use crate::source::DirectoryObject;
use crate::target_client::Failure;
use crate::wire::{self, FoundResources, Write};
use scim_engine::is_same;

impl<'a> CycleRun<'a> {
    /// Queries the matching attributes in the order of their precedence, until one has a match.
    pub(super) fn find_match(
        &mut self,
        of: ObjectType,
        flows: &[Flow<'a>],
    ) -> Result<Option<Json>, Failure> {
        self.attempt.stage = ExportStage::Match;
        let mut asked = false;
        let configuration = self.configuration;
        for mapping in configuration.mapping(of).mappings.matching() {
            let flow = flows.iter().find(|it| it.mapping.target == mapping.target);
            let Some(value) = flow.and_then(|it| wire::json_of(&it.value)) else { continue };
            asked = true;
            let query = wire::match_query(of, &mapping.target, &value);
            let mut found = self.target.query(of, &query)?;
            if found.total > 1 {
                let failure = too_many(mapping, &value, &found);
                let candidates = found.resources.iter().map(|it| candidate(it, mapping));
                self.attempt.candidates = candidates.collect();
                return Err(failure);
            }
            if let Some(resource) = found.resources.pop() {
                return match wire::known(&resource, &mapping.path) {
                    Some(other) if !is_match(&other, &value) => {
                        Err(not_asked(mapping, &value, &other))
                    }
                    _ => Ok(Some(resource)),
                };
            }
        }
        if asked {
            return Ok(None);
        }
        self.attempt.stage = ExportStage::Import;
        let matching = configuration.mapping(of).mappings.matching();
        let names: Vec<&str> = matching.iter().map(|it| it.target.as_str()).collect();
        let reason = format!(
            "The object has no value for any matching attribute ({}), so that it was not imported.",
            names.join(", ")
        );
        Err(Failure::new(ErrorCode::ImportSkipped, reason))
    }

    /// Reads the counterpart of a linked object. Its attributes are the state to compare with.
    /// Returns its id; `None` if there is none.
    ///
    /// A link stays when the object is renamed (HOW: the id "is used to run all future
    /// operations"). If no resource has the id, the link is removed by an initial cycle, or if the
    /// object was to be deleted. Otherwise it is a failure.
    pub(super) fn refresh(&mut self, case: &Case<'a>) -> Result<Option<SmolStr>, Failure> {
        let (of, id) = (case.object.object_type(), &case.object.object_id);
        let Some(connector) = self.state.connectors.get(id) else { return Ok(None) };
        let target_id = connector.target_id.clone();
        self.attempt.stage = ExportStage::Match;
        let forgets = self.is_initial() || case.verdict == Verdict::Delete;
        let resource = match self.target.read(of, &target_id) {
            Err(failure) if failure.code == ErrorCode::InvalidAnchor && forgets => {
                self.state.unlink(id);
                return Ok(None);
            }
            other => other?,
        };
        let answered = wire::resource_id(&resource);
        if answered.as_ref() != Some(&target_id) {
            let answered = answered.map_or_else(|| "no id".to_owned(), |it| format!("the id {it}"));
            let reason = format!("the target answered {answered} when {target_id} was asked for.");
            return Err(Failure::new(ErrorCode::ServiceIncompatible, reason));
        }
        let known = self.known(of, &resource);
        let is_initial = self.is_initial();
        if let Some(connector) = self.state.connectors.get_mut(id) {
            connector.known = known;
            if is_initial {
                // Objects that were out of scope are tried again: this is the restart that repairs
                // them.
                connector.references.retain(|_, link| link.target.is_some());
                connector.members.retain(|_, target| target.is_some());
            }
        }
        self.shown.insert(id.clone());
        Ok(Some(target_id))
    }

    /// The values of the mapped attributes in a resource.
    fn known(&self, of: ObjectType, resource: &Json) -> BTreeMap<SmolStr, Json> {
        let mappings = self.configuration.mapping(of).mappings.all();
        let known = |it: &AttributeMapping| {
            let roles = it.single_role();
            let path = roles.as_ref().unwrap_or(&it.path);
            Some((it.target.clone(), wire::known(resource, path)?))
        };
        mappings.iter().filter_map(known).collect()
    }

    /// Links an object to its match. The target's attributes are the state to compare with.
    pub(super) fn link_match(&mut self, case: &Case<'a>, resource: &Json) -> Result<(), Failure> {
        let of = case.object.object_type();
        let id = &case.object.object_id;
        let Some(target_id) = wire::resource_id(resource) else {
            let reason = "The resource that the target answered has no id.";
            return Err(Failure::new(ErrorCode::ServiceIncompatible, reason));
        };
        let connector = Connector {
            of: of.into(),
            target_id,
            managed: true,
            known: self.known(of, resource),
            references: BTreeMap::new(),
            members: BTreeMap::new(),
            members_known: false,
        };
        self.state.link(id, connector).map_err(|other| {
            let reason = format!("The match is linked to {} already.", self.name_of(&other));
            Failure::new(ErrorCode::DuplicateSourceEntries, reason)
        })?;
        self.shown.insert(id.clone());
        Ok(())
    }

    pub(super) fn create(
        &mut self,
        case: &Case<'a>,
        flows: &[Flow<'a>],
    ) -> Result<ExportResult, Failure> {
        let of = case.object.object_type();
        if !self.configuration.mapping(of).actions.create {
            let reason = not_among_actions("Create");
            return Ok(ExportResult::skipped(ErrorCode::EntrySynchronizationSkipped, reason));
        }
        self.attempt.stage = ExportStage::Export;
        let mut writes = Vec::new();
        let required =
            self.configuration.mapping(of).mappings.all().iter().filter(|it| it.required);
        let has_flow =
            |it: &AttributeMapping| flows.iter().any(|flow| flow.mapping.target == it.target);
        if let Some(missing) = required.clone().find(|it| !has_flow(it)) {
            let reason =
                format!("The object has no value for {}, which is required.", missing.target);
            return Err(Failure::new(ErrorCode::MissingValues, reason));
        }
        for flow in flows {
            let value = match &flow.value {
                FlowValue::FirstUnique(texts) => {
                    Some(self.first_unique(of, flow.mapping, texts)?)
                }
                value => wire::json_of(value),
            };
            let Some(value) = value else { continue };
            writes.push(Write { mapping: flow.mapping, value, is_new: true });
        }
        self.attempt.tried = writes.iter().map(|it| modified(flows, it, None)).collect();
        let target_id = self.target.create(of, &wire::create(of, &writes))?;
        let known: BTreeMap<SmolStr, Json> =
            writes.iter().map(|it| (it.mapping.target.clone(), it.value.clone())).collect();
        let connector = Connector {
            of: of.into(),
            target_id,
            managed: true,
            known,
            references: BTreeMap::new(),
            members: BTreeMap::new(),
            members_known: true,
        };
        let target_id = connector.target_id.clone();
        self.state.link(&case.object.object_id, connector).map_err(|other| {
            let whose = self.name_of(&other);
            let reason = format!("the target answered the id {target_id}, which is {whose}'s.");
            Failure::new(ErrorCode::ServiceIncompatible, reason)
        })?;
        let modified = std::mem::take(&mut self.attempt.tried);
        self.shown.insert(case.object.object_id.clone());
        Ok(ExportResult::written(Action::Create, modified))
    }

    /// The name of an object of the source; its id if it does not exist any more.
    pub(super) fn name_of<'n>(&'n self, id: &'n str) -> &'n str {
        self.directory.object(id).map_or(id, DirectoryObject::name)
    }

    fn first_unique(
        &self,
        of: ObjectType,
        mapping: &AttributeMapping,
        texts: &[SmolStr],
    ) -> Result<Json, Failure> {
        for text in texts {
            let value = Json::from(text.as_str());
            if self.target.query(of, &wire::match_query(of, &mapping.target, &value))?.total == 0 {
                return Ok(value);
            }
        }
        let reason = format!("{}: every value is taken in the target.", mapping.target);
        Err(Failure::new(ErrorCode::EntryConflict, reason))
    }
}

/// A matching object: its id, its name and the attribute that matched.
fn candidate(resource: &Json, mapping: &AttributeMapping) -> Json {
    let mut shown = json!({ "id": wire::resource_id(resource) });
    for name in ["userName", "displayName"] {
        if let Some(value) = resource.get(name) {
            shown[name] = value.clone();
        }
    }
    if let Some(value) = wire::known(resource, &mapping.path) {
        shown[mapping.target.as_str()] = value;
    }
    shown
}

fn too_many(mapping: &AttributeMapping, value: &Json, found: &FoundResources) -> Failure {
    let id = |it: &Json| wire::resource_id(it).unwrap_or_else(|| "(no id)".into());
    let mut ids: Vec<SmolStr> = found.resources.iter().map(id).collect();
    if found.total > ids.len() {
        ids.push(format_smolstr!("{} that the answer does not hold", found.total - ids.len()));
    }
    let reason = format!(
        "{} objects of the target match {} {value}: expected one at most. Candidates: {}.",
        found.total,
        mapping.target,
        ids.join(", ")
    );
    Failure::new(ErrorCode::DuplicateTargetEntries, reason)
}

/// Whether the target's value is the one that was queried. The target decides about case.
fn is_match(found: &Json, asked: &Json) -> bool {
    match (found.as_str(), asked.as_str()) {
        (Some(found), Some(asked)) => is_same(found, asked),
        _ => found == asked,
    }
}

/// A target that ignores filters must not get another user's account overwritten.
fn not_asked(mapping: &AttributeMapping, asked: &Json, found: &Json) -> Failure {
    let reason = format!(
        "the target answered an object whose {} is {found} when it was asked for {asked}.",
        mapping.target
    );
    Failure::new(ErrorCode::ServiceIncompatibleFiltering, reason)
}
