//! Changes of master data. References to an entry stay valid when its name changes.

use std::collections::HashSet;

use super::ids::Ids;
use super::{MasterData, MasterDataDraft, MasterDataError, MasterDataId, MasterKind};
use crate::medius::MasterEntry;

/// A change of [`MasterData`].
///
/// A company that is added or replaced names its parent by the parent's name after the change. All
/// other references are ids and need no change.
#[derive(Debug)]
pub struct MasterDataEdit<'a> {
    before: &'a MasterData,
    document: MasterDataDraft,
    ids: Ids,
    /// The companies whose parent is the one that they name.
    named: HashSet<MasterDataId>,
    removed: Vec<(MasterKind, MasterDataId)>,
    /// The entry that was added or replaced last. Errors are reported for it.
    last: Option<(MasterKind, MasterDataId)>,
}

impl MasterData {
    /// Begins a change.
    pub fn edit(&self) -> MasterDataEdit<'_> {
        MasterDataEdit {
            before: self,
            document: self.document.clone(),
            ids: self.ids.clone(),
            named: HashSet::new(),
            removed: Vec::new(),
            last: None,
        }
    }
}

impl MasterDataEdit<'_> {
    /// The data before the change.
    pub fn before(&self) -> &MasterData {
        self.before
    }

    /// The entries that are deleted.
    pub fn removed(&self) -> &[(MasterKind, MasterDataId)] {
        &self.removed
    }

    /// Adds an entry.
    pub fn add<E: MasterEntry>(&mut self, entry: E) -> MasterDataId {
        let id = self.ids.add(E::KIND);
        E::list_mut(&mut self.document).push(entry);
        self.wrote(E::KIND, id);
        id
    }

    /// Replaces the entry with this id. References to it stay valid. Does nothing if there is no
    /// such entry.
    pub fn replace<E: MasterEntry>(&mut self, id: MasterDataId, entry: E) {
        if let Some(place) = self.ids.place(E::KIND, id) {
            E::list_mut(&mut self.document)[place] = entry;
            self.wrote(E::KIND, id);
        }
    }

    /// Deletes the entry with this id, if there is one.
    pub fn remove<E: MasterEntry>(&mut self, id: MasterDataId) {
        if let Some(place) = self.ids.place(E::KIND, id) {
            let gone = E::list_mut(&mut self.document).remove(place);
            self.ids.delete(E::KIND, place, gone.label());
            self.removed.push((E::KIND, id));
        }
    }

    fn wrote(&mut self, kind: MasterKind, id: MasterDataId) {
        self.last = Some((kind, id));
        if kind == MasterKind::Company {
            self.named.insert(id);
        }
    }

    /// The data after the change.
    ///
    /// # Errors
    ///
    /// [`MasterDataError`] when the parts do not fit together. It is reported for the entry that
    /// was added or replaced last, if that is involved.
    pub fn finish(mut self) -> Result<MasterData, MasterDataError> {
        let ids = self.ids.list(MasterKind::Company).iter().enumerate();
        for (place, id) in ids.filter(|(_, id)| !self.named.contains(id)) {
            let parent = self.before.parent(*id).map(|it| self.name(MasterKind::Company, it));
            self.document.companies[place].parent_company_name = parent;
        }
        self.document.defaults = self.before.defaults.document(|kind, id| self.name(kind, id));
        let last = self.last.and_then(|(kind, id)| Some((kind, self.ids.place(kind, id)?)));
        self.document.resolve_with(self.ids, last)
    }

    /// What an entry is called after the change.
    fn name(&self, kind: MasterKind, id: MasterDataId) -> String {
        match self.ids.place(kind, id) {
            Some(place) => self.document.label(kind, place).to_owned(),
            None => self.before.name(kind, id).to_owned(),
        }
    }
}
