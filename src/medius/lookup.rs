//! Finds a company, role, group, login option or locale option by its names.

use super::configuration_error::{ConfigurationError, ConfigurationProblem, Unknown};
use super::{
    AuthorizationGroup, Company, LocaleOption, LoginOption, MasterDataDraft, MasterKind, Role,
    is_same,
};

/// An item of the master data that is found by a name.
pub trait Listed {
    /// The name that is stored and listed.
    fn label(&self) -> &str;

    /// Whether `key` is one of its names.
    fn is_called(&self, key: &str) -> bool {
        is_same(self.label(), key)
    }
}

/// An entry of the master data. References to it hold its id.
pub trait MasterEntry: Listed + Clone {
    /// The list that it is part of.
    const KIND: MasterKind;

    /// Its list.
    fn list(document: &MasterDataDraft) -> &Vec<Self>;

    /// Its list, for changes.
    fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self>;
}

impl Listed for Company {
    fn label(&self) -> &str {
        &self.name
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

impl Listed for Role {
    fn label(&self) -> &str {
        &self.name
    }
}

impl Listed for AuthorizationGroup {
    fn label(&self) -> &str {
        &self.name
    }
}

impl Listed for LoginOption {
    fn label(&self) -> &str {
        &self.display_name
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

impl Listed for LocaleOption {
    fn label(&self) -> &str {
        &self.code
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

impl MasterEntry for Company {
    const KIND: MasterKind = MasterKind::Company;

    fn list(document: &MasterDataDraft) -> &Vec<Self> {
        &document.companies
    }

    fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut document.companies
    }
}

impl MasterEntry for Role {
    const KIND: MasterKind = MasterKind::Role;

    fn list(document: &MasterDataDraft) -> &Vec<Self> {
        &document.roles
    }

    fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut document.roles
    }
}

impl MasterEntry for AuthorizationGroup {
    const KIND: MasterKind = MasterKind::AuthorizationGroup;

    fn list(document: &MasterDataDraft) -> &Vec<Self> {
        &document.authorization_groups
    }

    fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut document.authorization_groups
    }
}

impl MasterEntry for LoginOption {
    const KIND: MasterKind = MasterKind::LoginOption;

    fn list(document: &MasterDataDraft) -> &Vec<Self> {
        &document.login_options
    }

    fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut document.login_options
    }
}

/// The item that `value` names, or an error at `pointer` that lists the existing ones.
pub(super) fn require<'a, T: Listed>(
    kind: &'static str,
    items: &'a [T],
    pointer: &str,
    value: &str,
) -> Result<&'a T, ConfigurationError> {
    place_of(kind, items, pointer, value).map(|place| &items[place])
}

/// The index of the item that `value` names.
pub(super) fn place_of<T: Listed>(
    kind: &'static str,
    items: &[T],
    pointer: &str,
    value: &str,
) -> Result<usize, ConfigurationError> {
    items.iter().position(|it| it.is_called(value)).ok_or_else(|| {
        let known = items.iter().map(|it| it.label().to_owned()).collect();
        let unknown = Unknown::new(kind, value, known);
        ConfigurationError::new(pointer, ConfigurationProblem::Unknown(unknown))
    })
}
