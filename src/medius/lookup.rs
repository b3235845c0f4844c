//! Finds a company, role, group, login option or locale option by its names.

use super::configuration_error::{ConfigurationProblem, Unknown, UserConfigurationError};
use super::{
    AuthorizationGroup, Company, LocaleOption, LoginOption, MasterDataDraft, MasterKind, UserRole,
    is_same,
};

/// An item of the master data that is found by a name.
pub trait MasterItem {
    /// The fields that it is found by and their values; the first one is the label.
    fn keys(&self) -> impl Iterator<Item = (&'static str, &str)>;

    /// The name that is stored and listed.
    fn label(&self) -> &str {
        self.keys().next().map(|(_, label)| label).unwrap_or_default()
    }

    /// Whether `key` is one of its names.
    fn is_called(&self, key: &str) -> bool {
        self.keys().any(|(_, it)| is_same(it, key))
    }
}

/// An entry of the master data. References to it hold its id.
pub trait MasterEntry: MasterItem + Clone {
    /// The list that it is part of.
    const KIND: MasterKind;

    /// Its list.
    fn list(document: &MasterDataDraft) -> &Vec<Self>;

    /// Its list, for changes.
    fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self>;
}

macro_rules! keys {
    ($($type:ty: $($member:ident $field:literal),+;)+) => {$(
        impl MasterItem for $type {
            fn keys(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [$(($field, &*self.$member)),+].into_iter()
            }
        }
    )+};
}

keys! {
    Company: name "name", company_id "companyId", external_system_id "externalSystemId";
    UserRole: name "name";
    AuthorizationGroup: name "name";
    LoginOption: display_name "displayName", issuer "issuer";
    LocaleOption: code "code", name "name";
}

macro_rules! lists {
    ($($entry:ident, $kind:ident in $list:ident;)+) => {$(
        impl MasterEntry for $entry {
            const KIND: MasterKind = MasterKind::$kind;

            fn list(document: &MasterDataDraft) -> &Vec<Self> {
                &document.$list
            }

            fn list_mut(document: &mut MasterDataDraft) -> &mut Vec<Self> {
                &mut document.$list
            }
        }
    )+};
}

lists! {
    Company, Company in companies;
    UserRole, Role in roles;
    AuthorizationGroup, AuthorizationGroup in authorization_groups;
    LoginOption, LoginOption in login_options;
}

/// The item that `value` names, or an error at `pointer` that lists the existing ones.
pub(super) fn require<'a, T: MasterItem>(
    kind: &'static str,
    items: &'a [T],
    pointer: &str,
    value: &str,
) -> Result<&'a T, UserConfigurationError> {
    place_of(kind, items, pointer, value).map(|place| &items[place])
}

/// The index of the item that `value` names.
pub(super) fn place_of<T: MasterItem>(
    kind: &'static str,
    items: &[T],
    pointer: &str,
    value: &str,
) -> Result<usize, UserConfigurationError> {
    items.iter().position(|it| it.is_called(value)).ok_or_else(|| {
        let known = items.iter().map(|it| it.label().to_owned()).collect();
        let unknown = Unknown::new(kind, value, known);
        UserConfigurationError::new(pointer, ConfigurationProblem::Unknown(unknown))
    })
}
