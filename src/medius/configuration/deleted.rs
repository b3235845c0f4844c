//! Applied configurations with entries that have been deleted. What was applied to users does not
//! change.

use std::collections::{BTreeMap, HashMap};

use smol_str::SmolStr;

use super::fields::Lookup;
use super::{ConfigurationDraft, ConfigurationProblem, UserConfiguration, UserConfigurationError};
use crate::medius::{
    LocaleSettings, MasterData, MasterDataId, MasterDataIds, MasterEntry, MasterKind, fold,
};

/// The last names of deleted entries of the master data, by their list.
pub type Deleted = BTreeMap<MasterKind, Vec<String>>;

/// Reads the configurations that were applied to users from a written state.
///
/// A deleted entry gets a new id, so that it is not taken for an existing entry with the same name.
/// Each name gets one id, so two users with the same configuration still have the same one.
#[derive(Debug)]
pub struct Recall<'a> {
    data: &'a mut MasterData,
    /// The deleted entries. A configuration may have several with one name; these are numbered.
    ids: HashMap<(MasterKind, SmolStr, usize), MasterDataId>,
}

impl<'a> Recall<'a> {
    /// A reader of configurations for this data.
    pub fn new(data: &'a mut MasterData) -> Self {
        Self { data, ids: HashMap::new() }
    }

    /// The configuration that was applied. The names of deleted entries are listed beside it. A
    /// name that no entry has counts as one of them.
    ///
    /// # Errors
    ///
    /// [`UserConfigurationError`] when it has no id, no name or no company, when a name is empty, an
    /// entry is named twice, or the tenant does not have a locale setting.
    pub fn read(
        &mut self,
        mut draft: ConfigurationDraft,
        deleted: Deleted,
    ) -> Result<UserConfiguration, UserConfigurationError> {
        let missing = |pointer| UserConfigurationError::new(pointer, ConfigurationProblem::Missing);
        let id = draft.id.clone().ok_or_else(|| missing("/id"))?;
        let name = draft.name.clone().ok_or_else(|| missing("/name"))?;
        if name.trim().is_empty() {
            return Err(UserConfigurationError::new("/name", ConfigurationProblem::Empty));
        }
        let filter = draft.filter.clone().unwrap_or_default();
        // Deleted entries belong to the names that are given, not to the defaults.
        for (kind, list) in [
            (MasterKind::Role, &mut draft.roles),
            (MasterKind::AuthorizationGroup, &mut draft.authorization_groups),
        ] {
            if deleted.contains_key(&kind) {
                list.get_or_insert_default();
            }
        }
        let has_no_login_option =
            draft.login_option.is_none() && deleted.contains_key(&MasterKind::LoginOption);
        let mut draft = draft.or_defaults(&self.data.document().defaults);
        draft.login_option = draft.login_option.filter(|_| !has_no_login_option);
        let it = draft.fields(&mut Recalled { recall: self, deleted })?;
        if it.companies.is_empty() {
            let known = self.data.companies().iter().map(|it| it.name.clone()).collect();
            let problem = ConfigurationProblem::NoCompany { known };
            return Err(UserConfigurationError::new("/companies", problem));
        }
        Ok(UserConfiguration { id: id.into(), name, filter, ..it })
    }

    /// The n-th deleted entry of a name.
    fn deleted(&mut self, kind: MasterKind, name: &str, n: usize) -> MasterDataId {
        let key = (kind, fold(name.trim()), n);
        *self.ids.entry(key).or_insert_with(|| self.data.add_deleted(name))
    }
}

/// The fields of one configuration that was applied.
struct Recalled<'a, 'b> {
    recall: &'a mut Recall<'b>,
    deleted: Deleted,
}

impl Lookup for Recalled<'_, '_> {
    fn each<E: MasterEntry>(
        &mut self,
        pointer: &str,
        names: &[String],
    ) -> Result<MasterDataIds, UserConfigurationError> {
        let mut ids = Vec::with_capacity(names.len());
        let mut met: HashMap<SmolStr, usize> = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            if name.trim().is_empty() {
                let pointer = format!("{pointer}/{index}");
                return Err(UserConfigurationError::new(pointer, ConfigurationProblem::Empty));
            }
            let found = self.recall.data.find::<E>(name).map(|(id, _)| id);
            let is_known = met.contains_key(&fold(name.trim()));
            if is_known || found.is_some_and(|it| ids.contains(&it)) {
                let problem = ConfigurationProblem::Twice { name: name.clone() };
                return Err(UserConfigurationError::new(format!("{pointer}/{index}"), problem));
            }
            let id = found.unwrap_or_else(|| {
                met.insert(fold(name.trim()), 1);
                self.recall.deleted(E::KIND, name, 0)
            });
            ids.push(id);
        }
        for name in self.deleted.remove(&E::KIND).unwrap_or_default() {
            let n = met.entry(fold(name.trim())).or_default();
            ids.push(self.recall.deleted(E::KIND, &name, *n));
            *n += 1;
        }
        Ok(ids.into_iter().collect())
    }

    fn locale(
        &self,
        pointer: &str,
        settings: LocaleSettings,
    ) -> Result<LocaleSettings, UserConfigurationError> {
        self.recall.data.locales().resolve(pointer, &settings)
    }
}
