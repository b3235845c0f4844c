//! The data that the user configurations of a tenant refer to.

mod draft;
mod edit;
mod ids;

pub use draft::{MasterDataDraft, MasterDataError};
pub use edit::MasterDataEdit;
pub use ids::{MasterDataId, MasterDataIds, MasterKind};

use super::lookup::place_of;
use super::{
    AuthorizationGroup, Company, CompanyTree, Defaults, Locales, LoginOption, MasterEntry,
    StandsFor, UserConfigurationError, UserRole,
};
use ids::Ids;

/// The companies, roles, authorization groups, locale options and login options of a tenant.
///
/// Documented: "these configuration settings are fetched from Mediusflow, they need to be
/// configured first" (tutorial step 9). It is immutable. Only [`MasterDataDraft::resolve`] and
/// [`MasterDataEdit::finish`] make it, so names are unique, the companies are one tree, and the
/// defaults exist. All lookups ignore case.
///
/// Each entry has a [`MasterDataId`], and references to it hold that id. So a reference is still
/// valid when its entry gets another name, and does not refer to a new entry with the name of a
/// deleted one.
#[derive(Clone, Debug)]
pub struct MasterData {
    /// The form that is shown, with the current names of parents and defaults.
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
    pub fn roles(&self) -> &[UserRole] {
        &self.document.roles
    }

    /// All authorization groups, in the order given.
    pub fn authorization_groups(&self) -> &[AuthorizationGroup] {
        &self.document.authorization_groups
    }

    /// The options of the locale settings.
    pub fn locales(&self) -> &Locales {
        &self.document.locales
    }

    /// All login options, in the order given.
    pub fn login_options(&self) -> &[LoginOption] {
        &self.document.login_options
    }

    /// What a configuration gets for the fields that its draft leaves out.
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

    /// The login option for who has none of their own: the first that the mock Microsoft Entra ID stands
    /// behind, else the first.
    pub fn usual_login_option(&self) -> Option<&LoginOption> {
        let all = self.login_options();
        let is_mock_entra = |it: &&LoginOption| it.stands_for() == StandsFor::MockEntra;
        all.iter().find(is_mock_entra).or_else(|| all.first())
    }

    /// The companies as a tree, from the root company down.
    pub fn company_tree(&self) -> CompanyTree<'_> {
        CompanyTree::new(self.companies())
    }

    /// The written form of the data.
    pub fn document(&self) -> &MasterDataDraft {
        &self.document
    }

    /// All entries of a list with their ids.
    pub fn entries<'a, E: MasterEntry + 'a>(
        &'a self,
    ) -> impl Iterator<Item = (MasterDataId, &'a E)> {
        self.ids.list(E::KIND).iter().copied().zip(E::list(&self.document))
    }

    /// The entry that `key` names, and its id.
    pub fn find<E: MasterEntry>(&self, key: &str) -> Option<(MasterDataId, &E)> {
        self.entries().find(|(_, it): &(_, &E)| it.is_called(key))
    }

    /// The entry with this id; `None` if it was deleted.
    pub fn entry<E: MasterEntry>(&self, id: MasterDataId) -> Option<&E> {
        Some(&E::list(&self.document)[self.ids.place(E::KIND, id)?])
    }

    /// Whether an entry exists and has not been deleted.
    pub fn has(&self, kind: MasterKind, id: MasterDataId) -> bool {
        self.ids.place(kind, id).is_some()
    }

    /// The name of an entry; of a deleted one its last name.
    pub fn name(&self, kind: MasterKind, id: MasterDataId) -> &str {
        let present = self.ids.place(kind, id).map(|place| self.document.label(kind, place));
        present.or_else(|| self.ids.deleted_name(id)).unwrap_or_default()
    }

    /// The names of the entries that exist, in this order.
    pub fn names(&self, kind: MasterKind, ids: &[MasterDataId]) -> Vec<String> {
        let present = ids.iter().filter(|it| self.has(kind, **it));
        present.map(|it| self.name(kind, *it).to_owned()).collect()
    }

    /// The last names of the entries that were deleted, in this order.
    pub fn deleted_names(&self, kind: MasterKind, ids: &[MasterDataId]) -> Vec<String> {
        let deleted = ids.iter().filter(|it| !self.has(kind, **it));
        deleted.map(|it| self.name(kind, *it).to_owned()).collect()
    }

    /// The parent of a company.
    pub fn parent(&self, company: MasterDataId) -> Option<MasterDataId> {
        self.parents[self.ids.place(MasterKind::Company, company)?]
    }

    /// The lists, for lookups by name.
    pub(super) fn lists(&self) -> Lists<'_> {
        Lists { document: &self.document, ids: &self.ids }
    }

    /// An id for a deleted entry of which only the name is known.
    pub(super) fn add_deleted(&mut self, name: &str) -> MasterDataId {
        self.ids.add_deleted(name)
    }
}

/// The lists of the master data in which names are looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lists<'a> {
    document: &'a MasterDataDraft,
    ids: &'a Ids,
}

impl<'a> Lists<'a> {
    pub(super) fn locales(self) -> &'a Locales {
        &self.document.locales
    }

    /// The id of the entry that `value` names, or an error at `pointer` that lists the existing
    /// ones.
    pub(super) fn require<E: MasterEntry>(
        self,
        pointer: &str,
        value: &str,
    ) -> Result<MasterDataId, UserConfigurationError> {
        let place = place_of(E::KIND.noun(), E::list(self.document), pointer, value)?;
        Ok(self.ids.list(E::KIND)[place])
    }

    /// The ids of the entries that `values` name, each once. `pointer` is that of the list.
    pub(super) fn require_each<E: MasterEntry>(
        self,
        pointer: &str,
        values: &[String],
    ) -> Result<MasterDataIds, UserConfigurationError> {
        let values = values.iter().enumerate();
        values.map(|(at, it)| self.require::<E>(&format!("{pointer}/{at}"), it)).collect()
    }
}
