//! Makes changes. Each one updates the indexes and records what changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use smol_str::{SmolStr, ToSmolStr};
use uuid::Uuid;

use super::{
    DEFAULT_ACCESS, DirectoryError, DirectoryObject, DirectoryValue, ObjectKind, ObjectState,
    SourceDirectory,
};
use crate::attributes::{AppRole, AttributeKind, ObjectType, source_attribute};
use scim_engine::fold;

/// Whether a user may sign in: the portal's "Block sign-in".
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountState {
    Enabled,
    Disabled,
}

impl SourceDirectory {
    pub(super) fn create(
        &mut self,
        of: ObjectType,
        object_id: Option<&SmolStr>,
        attributes: &BTreeMap<SmolStr, DirectoryValue>,
    ) -> Result<SmolStr, DirectoryError> {
        for (name, value) in attributes {
            settable(of, name, value)?;
        }
        let (needed, kind) = match of {
            ObjectType::User => {
                ("userPrincipalName", ObjectKind::User { account_enabled: true, manager: None })
            }
            ObjectType::Group => {
                let members = BTreeSet::new();
                ("displayName", ObjectKind::Group { security_enabled: true, members })
            }
        };
        let Some(DirectoryValue::Text(name)) = attributes.get(needed).filter(|it| !it.is_empty())
        else {
            let kind = of.name().to_lowercase();
            return Err(DirectoryError::Attribute(format!("a new {kind} needs a {needed}")));
        };
        let object_id = object_id.cloned().unwrap_or_else(|| self.new_id(of, name));
        if self.objects.contains_key(&object_id) {
            return Err(DirectoryError::Taken(object_id));
        }
        self.refuse_taken(of, name, &object_id)?;
        self.version += 1;
        let given = attributes.iter().filter(|(_, it)| !it.is_empty());
        let object = DirectoryObject {
            object_id: object_id.clone(),
            kind,
            state: ObjectState::Present,
            attributes: given.map(|(name, value)| (name.clone(), value.clone())).collect(),
            roles: BTreeSet::new(),
            changed: self.version,
        };
        self.index.add(&object);
        self.objects.insert(object_id.clone(), object);
        Ok(object_id)
    }

    /// An id that is derived from the name and from how often that name was used.
    pub(super) fn new_id(&self, of: ObjectType, name: &str) -> SmolStr {
        let mut nth = 0_usize;
        loop {
            let text = format!("entra/{}/{}/{nth}", of.name(), fold(name));
            let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes()).to_smolstr();
            if !self.objects.contains_key(&id) {
                return id;
            }
            nth += 1;
        }
    }

    pub(super) fn set(
        &mut self,
        object: &str,
        attribute: &SmolStr,
        value: Option<&DirectoryValue>,
    ) -> Result<SmolStr, DirectoryError> {
        let id = self.id_of(object)?;
        let of = self.objects[&id].object_type();
        let value = value.filter(|it| !it.is_empty()); // Entra has no empty text.
        match value {
            Some(value) => settable(of, attribute, value)?,
            None => settable(of, attribute, &DirectoryValue::List(Vec::new()))?,
        }
        let names = [(ObjectType::User, "userPrincipalName"), (ObjectType::Group, "displayName")];
        if names.contains(&(of, attribute.as_str())) {
            match value {
                Some(DirectoryValue::Text(name)) => self.refuse_taken(of, name, &id)?,
                _ => return Err(DirectoryError::Attribute(format!("{attribute} is required"))),
            }
        }
        if self.objects[&id].attributes.get(attribute) == value {
            return Ok(id);
        }
        self.modify(&id, |it| match value {
            Some(value) => drop(it.attributes.insert(attribute.clone(), value.clone())),
            None => drop(it.attributes.remove(attribute)),
        });
        Ok(id)
    }

    pub(super) fn set_manager(
        &mut self,
        object: &str,
        manager: Option<&str>,
    ) -> Result<SmolStr, DirectoryError> {
        let id = self.id_of(object)?;
        let to = manager.map(|it| self.user_id(it)).transpose()?;
        if to.as_ref() == Some(&id) {
            return Err(unfit(manager.unwrap_or(object), "nobody is their own manager"));
        }
        let ObjectKind::User { manager, .. } = &self.objects[&id].kind else {
            return Err(unfit(object, "only a user has a manager"));
        };
        if *manager != to {
            self.modify(&id, |it| {
                if let ObjectKind::User { manager, .. } = &mut it.kind {
                    *manager = to;
                }
            });
        }
        Ok(id)
    }

    pub(super) fn set_account_state(
        &mut self,
        object: &str,
        state: AccountState,
    ) -> Result<SmolStr, DirectoryError> {
        let id = self.user_id(object)?;
        let is_enabled = state == AccountState::Enabled;
        let user = &self.objects[&id].kind;
        if !matches!(user, ObjectKind::User { account_enabled, .. } if *account_enabled == is_enabled)
        {
            self.modify(&id, |it| {
                if let ObjectKind::User { account_enabled, .. } = &mut it.kind {
                    *account_enabled = is_enabled;
                }
            });
        }
        Ok(id)
    }

    pub(super) fn soft_delete(
        &mut self,
        object: &str,
        now: Timestamp,
    ) -> Result<SmolStr, DirectoryError> {
        let id = self.id_of(object)?;
        if self.objects[&id].state == ObjectState::Present {
            self.modify(&id, |it| it.state = ObjectState::SoftDeleted(now));
            self.touch_around(&id);
        }
        Ok(id)
    }

    /// Its groups and reports do not change: Entra does not give the memberships back to a target.
    pub(super) fn restore(&mut self, object: &str) -> Result<SmolStr, DirectoryError> {
        let id = self.id_of(object)?;
        if self.objects[&id].state != ObjectState::Present {
            self.modify(&id, |it| it.state = ObjectState::Present);
            self.touch_members(&id);
        }
        Ok(id)
    }

    pub(super) fn hard_delete(&mut self, id: &SmolStr) {
        self.touch_around(id);
        let groups: Vec<SmolStr> = self.index.groups.remove(id).into_iter().flatten().collect();
        for group in groups {
            if let Some(ObjectKind::Group { members, .. }) =
                self.objects.get_mut(&group).map(|it| &mut it.kind)
            {
                members.remove(id);
            }
        }
        let mut left = BTreeSet::new();
        self.modify(id, |it| {
            it.state = ObjectState::HardDeleted;
            it.roles.clear();
            it.attributes.retain(|name, _| name == "displayName" || name == "userPrincipalName");
            match &mut it.kind {
                ObjectKind::Group { members, .. } => left = std::mem::take(members),
                ObjectKind::User { manager, .. } => *manager = None,
            }
        });
        for member in left {
            self.index.leave(&member, id);
        }
    }

    pub(super) fn assign(
        &mut self,
        object: &str,
        role: Option<&str>,
    ) -> Result<SmolStr, DirectoryError> {
        let id = self.id_of(object)?;
        if matches!(self.objects[&id].kind, ObjectKind::Group { security_enabled: false, .. }) {
            return Err(unfit(object, "only a security group can be assigned"));
        }
        let role = match role {
            Some(name) => self.role_id(name)?,
            None => DEFAULT_ACCESS.into(),
        };
        if !self.objects[&id].roles.contains(&role) {
            self.modify(&id, |it| {
                it.roles.insert(role);
            });
            self.touch_members(&id);
        }
        Ok(id)
    }

    pub(super) fn role_id(&self, name: &str) -> Result<SmolStr, DirectoryError> {
        let is = |it: &&AppRole| {
            it.id == name || it.display_name == name || it.value.as_deref() == Some(name)
        };
        let found = self.roles.iter().find(is).map(|it| it.id.clone());
        found.ok_or_else(|| {
            DirectoryError::Attribute(format!("the application has no role `{name}`"))
        })
    }

    pub(super) fn unassign(&mut self, object: &str) -> Result<SmolStr, DirectoryError> {
        let id = self.id_of(object)?;
        if !self.objects[&id].roles.is_empty() {
            self.modify(&id, |it| it.roles.clear());
            self.touch_members(&id);
        }
        Ok(id)
    }

    pub(super) fn join(&mut self, object: &str, group: &str) -> Result<SmolStr, DirectoryError> {
        let (id, group) = (self.id_of(object)?, self.group_id(group)?);
        if id == group {
            return Err(unfit(object, "a group is no member of itself"));
        }
        if let ObjectKind::Group { members, .. } = &self.objects[&group].kind
            && !members.contains(&id)
        {
            self.modify(&group, |it| {
                if let ObjectKind::Group { members, .. } = &mut it.kind {
                    members.insert(id.clone());
                }
            });
            self.index.join(&id, &group);
            self.modify(&id, |_| {}); // it may be assigned now
        }
        Ok(id)
    }

    pub(super) fn leave(&mut self, object: &str, group: &str) -> Result<SmolStr, DirectoryError> {
        let (id, group) = (self.id_of(object)?, self.group_id(group)?);
        if let ObjectKind::Group { members, .. } = &self.objects[&group].kind
            && members.contains(&id)
        {
            self.modify(&group, |it| {
                if let ObjectKind::Group { members, .. } = &mut it.kind {
                    members.remove(&id);
                }
            });
            self.index.leave(&id, &group);
            self.modify(&id, |_| {});
        }
        Ok(id)
    }

    pub(super) fn add_role(&mut self, value: Option<SmolStr>, display_name: &SmolStr) -> SmolStr {
        let name = format!("entra/role/{display_name}");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_smolstr();
        if !self.roles.iter().any(|it| it.id == id) {
            self.roles.push(AppRole { id: id.clone(), value, display_name: display_name.clone() });
        }
        id
    }

    /// Changes an object and records the change.
    pub(super) fn modify(&mut self, id: &SmolStr, change: impl FnOnce(&mut DirectoryObject)) {
        let object = self.objects.get_mut(id).expect("the id was found in the directory");
        self.index.remove(object);
        self.version += 1;
        change(object);
        object.changed = self.version;
        self.index.place(object);
    }

    /// Marks the objects whose references to an object end: its groups, its reports, and the
    /// members of a group, who may be assigned through it.
    pub(super) fn touch_around(&mut self, id: &SmolStr) {
        let groups = self.index.groups.get(id).into_iter().flatten();
        let reports = self.index.reports.get(id).into_iter().flatten();
        let around: Vec<SmolStr> = groups.chain(reports).cloned().collect();
        for it in around {
            self.modify(&it, |_| {});
        }
        self.touch_members(id);
    }

    pub(super) fn touch_members(&mut self, id: &SmolStr) {
        let ObjectKind::Group { members, .. } = &self.objects[id].kind else { return };
        for member in members.clone() {
            self.modify(&member, |_| {});
        }
    }

    pub(super) fn id_of(&self, name: &str) -> Result<SmolStr, DirectoryError> {
        self.find(name).map(|it| it.object_id.clone())
    }

    pub(super) fn user_id(&self, name: &str) -> Result<SmolStr, DirectoryError> {
        let found = self.find(name)?;
        let is_user = found.object_type() == ObjectType::User;
        is_user
            .then(|| found.object_id.clone())
            .ok_or_else(|| unfit(name, "is a group, not a user"))
    }

    pub(super) fn group_id(&self, name: &str) -> Result<SmolStr, DirectoryError> {
        let found = self.find(name)?;
        let is_group = found.object_type() == ObjectType::Group;
        is_group
            .then(|| found.object_id.clone())
            .ok_or_else(|| unfit(name, "is a user, not a group"))
    }

    /// A `userPrincipalName` is unique. Groups may share a name, and the last one with that name is
    /// found.
    pub(super) fn refuse_taken(
        &self,
        of: ObjectType,
        name: &str,
        id: &str,
    ) -> Result<(), DirectoryError> {
        let holder = self.index.names.get(&fold(name)).filter(|it| *it != id);
        let holder = holder.and_then(|it| self.objects.get(it));
        match holder {
            Some(it) if of == ObjectType::User && it.object_type() == of => {
                Err(DirectoryError::Taken(name.into()))
            }
            _ => Ok(()),
        }
    }
}

impl DirectoryValue {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(texts) => texts.is_empty(),
            Self::Boolean(_) | Self::Integer(_) => false,
        }
    }
}

/// Attributes that the directory computes, or that have a change of their own.
const COMPUTED: [&str; 8] = [
    "objectId",
    "IsSoftDeleted",
    "accountEnabled",
    "manager",
    "appRoleAssignments",
    "originalUserPrincipalName",
    "securityEnabled",
    "members",
];

/// Refuses an attribute that cannot be set, or a value that does not fit. An empty list stands for
/// no value.
pub(super) fn settable(
    of: ObjectType,
    name: &str,
    value: &DirectoryValue,
) -> Result<(), DirectoryError> {
    let attribute = source_attribute(of, name).map_err(DirectoryError::Attribute)?;
    if COMPUTED.contains(&name) {
        return Err(DirectoryError::Attribute(format!("{name} is not set as an attribute")));
    }
    let wanted = match (attribute.kind, value) {
        _ if value.is_empty() => return Ok(()),
        (_, DirectoryValue::List(_)) if attribute.multi_valued => return Ok(()),
        _ if attribute.multi_valued => "a list of texts",
        (AttributeKind::Boolean, DirectoryValue::Boolean(_)) => return Ok(()),
        (AttributeKind::Boolean, _) => "true or false",
        (AttributeKind::Integer, DirectoryValue::Integer(_)) => return Ok(()),
        (AttributeKind::Integer, _) => "a whole number",
        (_, DirectoryValue::Text(_)) => return Ok(()),
        _ => "text",
    };
    Err(DirectoryError::Attribute(format!("{name}: expected {wanted}")))
}

fn unfit(name: &str, why: &'static str) -> DirectoryError {
    DirectoryError::Unfit { name: name.into(), why }
}
