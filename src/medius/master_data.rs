//! What a tenant's user configurations are made of.

mod draft;
mod edit;
mod ids;

pub use draft::{MasterDataDraft, MasterDataError};
pub use edit::MasterDataEdit;
pub use ids::{MasterDataId, MasterDataIds, MasterKind};

use super::lookup::place_of;
use super::{
    AuthorizationGroup, Company, CompanyTree, ConfigurationError, Defaults, Listed, Locales,
    LoginOption, MasterEntry, Role,
};
use ids::Ids;

/// The companies, roles, authorization groups, locale options and login options of a tenant.
///
/// Documented: "these configuration settings are fetched from Mediusflow, they need to be
/// configured first" (tutorial step 9). Immutable; made by [`MasterDataDraft::resolve`] and
/// [`MasterDataEdit::finish`], so the names are unique, the companies are one tree, and the defaults
/// exist. All lookups ignore case.
///
/// Each entry has a [`MasterDataId`], and what refers to it holds that id. So an entry that gets
/// another name is still meant, and an entry that takes the name of a deleted one is not.
#[derive(Clone, Debug)]
pub struct MasterData {
    /// As it is shown: parents and defaults are named as they are called now.
    document: MasterDataDraft,
    ids: Ids,
    /// The parent of each company.
    parents: Vec<Option<MasterDataId>>,
    defaults: Defaults,
}

impl MasterData {
    /// All companies, in the order given.
    pub fn companies(&self) -> &[Company] {
        &self.document.companies
    }

    /// All roles, in the order given.
    pub fn roles(&self) -> &[Role] {
        &self.document.roles
    }

    /// All authorization groups, in the order given.
    pub fn authorization_groups(&self) -> &[AuthorizationGroup] {
        &self.document.authorization_groups
    }

    /// What can be chosen for the locale settings.
    pub fn locales(&self) -> &Locales {
        &self.document.locales
    }

    /// All login options, in the order given.
    pub fn login_options(&self) -> &[LoginOption] {
        &self.document.login_options
    }

    /// What a configuration has where its draft is silent.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// The company with this name, company id or external system id.
    pub fn company(&self, key: &str) -> Option<&Company> {
        self.find(key).map(|(_, it)| it)
    }

    /// The login option with this display name or issuer.
    pub fn login_option(&self, key: &str) -> Option<&LoginOption> {
        self.find(key).map(|(_, it)| it)
    }

    /// The companies as a tree, from the root company down.
    pub fn company_tree(&self) -> CompanyTree<'_> {
        CompanyTree::new(self.companies())
    }

    /// The data as it is written.
    pub fn document(&self) -> &MasterDataDraft {
        &self.document
    }

    /// All entries of a list with their ids.
    pub fn entries<'a, E: MasterEntry + 'a>(
        &'a self,
    ) -> impl Iterator<Item = (MasterDataId, &'a E)> {
        self.ids.list(E::KIND).iter().copied().zip(E::list(&self.document))
    }

    /// The entry that `key` means, and its id.
    pub fn find<E: MasterEntry>(&self, key: &str) -> Option<(MasterDataId, &E)> {
        self.entries().find(|(_, it): &(_, &E)| it.is_called(key))
    }

    /// The entry with this id; `None` if it was deleted.
    pub fn entry<E: MasterEntry>(&self, id: MasterDataId) -> Option<&E> {
        Some(&E::list(&self.document)[self.ids.place(E::KIND, id)?])
    }

    /// Whether an entry is there, and was not deleted.
    pub fn has(&self, kind: MasterKind, id: MasterDataId) -> bool {
        self.ids.place(kind, id).is_some()
    }

    /// What an entry is called; of one that was deleted, what it was called last.
    pub fn name(&self, kind: MasterKind, id: MasterDataId) -> &str {
        let present = match kind {
            MasterKind::Company => self.entry::<Company>(id).map(Listed::label),
            MasterKind::Role => self.entry::<Role>(id).map(Listed::label),
            MasterKind::AuthorizationGroup => {
                self.entry::<AuthorizationGroup>(id).map(Listed::label)
            }
            MasterKind::LoginOption => self.entry::<LoginOption>(id).map(Listed::label),
        };
        present.or_else(|| self.ids.deleted_name(id)).unwrap_or_default()
    }

    /// The names of those entries that are there, in this order.
    pub fn names(&self, kind: MasterKind, ids: &[MasterDataId]) -> Vec<String> {
        let present = ids.iter().filter(|it| self.has(kind, **it));
        present.map(|it| self.name(kind, *it).to_owned()).collect()
    }

    /// The last names of those entries that were deleted, in this order.
    pub fn deleted_names(&self, kind: MasterKind, ids: &[MasterDataId]) -> Vec<String> {
        let deleted = ids.iter().filter(|it| !self.has(kind, **it));
        deleted.map(|it| self.name(kind, *it).to_owned()).collect()
    }

    /// The parent of a company.
    pub fn parent(&self, company: MasterDataId) -> Option<MasterDataId> {
        self.parents[self.ids.place(MasterKind::Company, company)?]
    }

    /// The lists, to look names up.
    pub(super) fn lists(&self) -> Lists<'_> {
        Lists { document: &self.document, ids: &self.ids }
    }

    /// The id of an entry that was deleted and of which only the name is known.
    pub(super) fn add_deleted(&mut self, name: &str) -> MasterDataId {
        self.ids.add_deleted(name)
    }
}

/// The lists of the master data, as far as names are looked up in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lists<'a> {
    document: &'a MasterDataDraft,
    ids: &'a Ids,
}

impl<'a> Lists<'a> {
    pub(super) fn locales(self) -> &'a Locales {
        &self.document.locales
    }

    /// The id of the entry that `value` means, or an error at `pointer` that lists what there is.
    pub(super) fn require<E: MasterEntry>(
        self,
        pointer: &str,
        value: &str,
    ) -> Result<MasterDataId, ConfigurationError> {
        let place = place_of(E::KIND.noun(), E::list(self.document), pointer, value)?;
        Ok(self.ids.list(E::KIND)[place])
    }

    /// The ids of what each of `values` means, each once; `pointer` is that of the list.
    pub(super) fn require_each<E: MasterEntry>(
        self,
        pointer: &str,
        values: &[String],
    ) -> Result<MasterDataIds, ConfigurationError> {
        let values = values.iter().enumerate();
        values.map(|(at, it)| self.require::<E>(&format!("{pointer}/{at}"), it)).collect()
    }
}
