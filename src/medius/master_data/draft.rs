//! Master data before and during the check that its parts fit together.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::super::configuration_error::{Unknown, UserConfigurationError};
use super::super::lookup::require;
use super::super::{
    ADMIN, AuthorizationGroup, Company, DefaultsDraft, Locales, LoginOption, MasterItem, UserRole,
    fold, is_same, path_of,
};
use super::ids::{Ids, MasterKind};
use super::{Lists, MasterData};
use crate::scim::{is_dot_segment, quoted};

#[cfg(test)]
mod tests;

/// The written form of master data in a fixture, a state or a test. It has not been checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MasterDataDraft {
    /// The companies: one root without a parent, and the others below it.
    pub companies: Vec<Company>,
    /// The roles, [`ADMIN`] among them.
    pub roles: Vec<UserRole>,
    /// The authorization groups.
    #[serde(default)]
    pub authorization_groups: Vec<AuthorizationGroup>,
    /// The options of the locale settings.
    pub locales: Locales,
    /// The login options.
    pub login_options: Vec<LoginOption>,
    /// What a configuration gets for the fields that its draft leaves out.
    pub defaults: DefaultsDraft,
}

/// An entry: its list, and its place there.
type EntryPlace = (MasterKind, usize);

impl MasterDataDraft {
    /// Checks that the parts fit together, and gives each entry an id.
    ///
    /// # Errors
    ///
    /// [`MasterDataError`] at the first value that is empty, in use, or names no entry.
    pub fn resolve(self) -> Result<MasterData, MasterDataError> {
        let ids = Ids::of_lists(|kind| self.len(kind));
        self.resolve_with(ids, None)
    }

    /// The same with these ids. An error is reported for the entry that was written `last`, if it
    /// is involved, since the others fitted together before.
    pub(super) fn resolve_with(
        mut self,
        ids: Ids,
        last: Option<EntryPlace>,
    ) -> Result<MasterData, MasterDataError> {
        self.has_unique_names(last)?;
        if !self.roles.iter().any(|it| is_same(&it.name, ADMIN)) {
            let pointer = match last {
                Some((MasterKind::Role, place)) => format!("/roles/{place}/name"),
                _ => "/roles".into(),
            };
            return Err(MasterDataError::new(pointer, "expected a role \"Admin\", found none"));
        }
        let last = last.filter(|(kind, _)| *kind == MasterKind::Company).map(|(_, place)| place);
        let tree = Tree::of(&self.companies);
        for place in last_first(self.companies.len(), last) {
            let fits = self.fits(&self.companies[place]).and_then(|()| tree.fits(place));
            fits.map_err(|error| error.below(&format!("/companies/{place}")))?;
        }
        self.has_one_root(last)?;
        let names = tree.parent_names();
        let of_companies = ids.list(MasterKind::Company);
        let parents = tree.parents.iter().map(|it| it.map(|place| of_companies[place])).collect();
        for (company, parent) in self.companies.iter_mut().zip(names) {
            company.parent_company_name = parent;
        }
        let defaults = self.defaults.resolve(Lists { document: &self, ids: &ids })?;
        let mut data = MasterData { document: self, ids, parents, defaults };
        data.document.defaults = data.defaults.document(|kind, id| data.name(kind, id).to_owned());
        Ok(data)
    }

    fn len(&self, kind: MasterKind) -> usize {
        match kind {
            MasterKind::Company => self.companies.len(),
            MasterKind::Role => self.roles.len(),
            MasterKind::AuthorizationGroup => self.authorization_groups.len(),
            MasterKind::LoginOption => self.login_options.len(),
        }
    }

    /// The name of the entry at an index.
    pub(super) fn label(&self, kind: MasterKind, place: usize) -> &str {
        match kind {
            MasterKind::Company => self.companies[place].label(),
            MasterKind::Role => self.roles[place].label(),
            MasterKind::AuthorizationGroup => self.authorization_groups[place].label(),
            MasterKind::LoginOption => self.login_options[place].label(),
        }
    }

    fn has_unique_names(&self, last: Option<EntryPlace>) -> Result<(), MasterDataError> {
        let place = |kind| last.filter(|(of, _)| *of == kind).map(|(_, place)| place);
        unique("/companies", &self.companies, place(MasterKind::Company))?;
        unique("/roles", &self.roles, place(MasterKind::Role))?;
        let groups = &self.authorization_groups;
        unique("/authorizationGroups", groups, place(MasterKind::AuthorizationGroup))?;
        unique("/loginOptions", &self.login_options, place(MasterKind::LoginOption))?;
        let Locales { languages, formats, time_zones, currencies } = &self.locales;
        unique("/locales/languages", languages, None)?;
        unique("/locales/formats", formats, None)?;
        unique("/locales/timeZones", time_zones, None)?;
        unique("/locales/currencies", currencies, None)
    }

    /// One company's external system id and locale settings.
    fn fits(&self, company: &Company) -> Result<(), MasterDataError> {
        let id = &company.external_system_id;
        if !has_brackets(id) {
            let message = format!("expected an id in the form company[MED], found {}", quoted(id));
            return Err(MasterDataError::new("/externalSystemId", message));
        }
        let Locales { languages, formats, currencies, .. } = &self.locales;
        require("language", languages, "/language", &company.language)?;
        require("format", formats, "/format", &company.format)?;
        require("currency", currencies, "/accountingCurrency", &company.accounting_currency)?;
        Ok(())
    }

    fn has_one_root(&self, last: Option<usize>) -> Result<(), MasterDataError> {
        let is_root = |place: &usize| self.companies[*place].parent_company_name.is_none();
        let mut places: Vec<usize> =
            last_first(self.companies.len(), last).filter(is_root).collect();
        if last.is_some() {
            places.reverse();
        }
        match places[..] {
            [] => Err(MasterDataError::new("/companies", "expected a root company, found none")),
            [_] => Ok(()),
            [root, other, ..] => {
                let [root, name] = [root, other].map(|it| &self.companies[it].name);
                let message = format!(
                    "expected a parent company of {}, found none; the root company is {}",
                    quoted(name),
                    quoted(root)
                );
                let pointer = format!("/companies/{other}/parentCompanyName");
                Err(MasterDataError::new(pointer, message))
            }
        }
    }
}

/// The indexes of a list, first that of the entry that was written last.
fn last_first(length: usize, last: Option<usize>) -> impl Iterator<Item = usize> {
    last.into_iter().chain((0..length).filter(move |it| Some(*it) != last))
}

/// The parents of the companies.
struct Tree<'a> {
    companies: &'a [Company],
    /// The index of each company's parent; `None` if it has none or the parent does not exist.
    parents: Vec<Option<usize>>,
    /// Whether a company is its own ancestor.
    is_in_circle: Vec<bool>,
}

impl<'a> Tree<'a> {
    fn of(companies: &'a [Company]) -> Self {
        let mut places: HashMap<SmolStr, usize> = HashMap::new();
        for (at, it) in companies.iter().enumerate() {
            places.entry(folded(&it.name)).or_insert(at);
        }
        let parent =
            |it: &Company| places.get(&folded(it.parent_company_name.as_deref()?)).copied();
        let parents: Vec<Option<usize>> = companies.iter().map(parent).collect();
        let is_in_circle = circles(&parents);
        Self { companies, parents, is_in_circle }
    }

    /// The name of each company's parent, in the parent's spelling.
    fn parent_names(&self) -> Vec<Option<String>> {
        self.parents.iter().map(|at| Some(self.companies[(*at)?].name.clone())).collect()
    }

    /// Whether a company's parent exists and is not below it.
    fn fits(&self, at: usize) -> Result<(), MasterDataError> {
        let company = &self.companies[at];
        if let (Some(parent), None) = (&company.parent_company_name, self.parents[at]) {
            let known = self.companies.iter().map(|it| it.name.clone()).collect();
            let unknown = Unknown::new("company", parent, known);
            return Err(MasterDataError::new("/parentCompanyName", unknown.to_string()));
        }
        if self.is_in_circle[at] {
            let message =
                format!("expected no circle, found {} below itself", quoted(&company.name));
            return Err(MasterDataError::new("/parentCompanyName", message));
        }
        Ok(())
    }
}

/// Which indexes are part of a circle. Each is visited once.
fn circles(parents: &[Option<usize>]) -> Vec<bool> {
    let mut is_in_circle = vec![false; parents.len()];
    // The number of the walk that visited an index first.
    let mut met: Vec<Option<usize>> = vec![None; parents.len()];
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(place) = at.filter(|it| met[*it].is_none()) {
            met[place] = Some(start);
            at = parents[place];
        }
        // A walk that reaches an index of its own has found a circle.
        let mut round = at.filter(|it| met[*it] == Some(start));
        while let Some(place) = round.filter(|it| !is_in_circle[*it]) {
            is_in_circle[place] = true;
            round = parents[place];
        }
    }
    is_in_circle
}

/// The key by which names are compared, without outer blanks.
fn folded(name: &str) -> SmolStr {
    fold(name.trim())
}

/// Whether an external system id has the documented form `company[MED]`.
fn has_brackets(id: &str) -> bool {
    let Some((before, inside)) = id.strip_suffix(']').and_then(|it| it.split_once('[')) else {
        return false;
    };
    !before.is_empty() && !inside.is_empty()
}

/// Refuses a key that is empty, that cannot be a segment of an address, or that another entry of
/// the list has as well. Of two entries the later one is refused, or the one that was written last.
fn unique<T: MasterItem>(
    list: &str,
    entries: &[T],
    last: Option<usize>,
) -> Result<(), MasterDataError> {
    let mut holders: HashMap<SmolStr, usize> = HashMap::new();
    for index in (0..entries.len()).filter(|it| Some(*it) != last).chain(last) {
        for (field, key) in entries[index].keys() {
            let pointer = format!("{list}/{index}/{field}");
            let folded = folded(key);
            if folded.is_empty() {
                return Err(MasterDataError::new(pointer, "expected a text, found an empty one"));
            }
            if is_dot_segment(key.trim()) {
                let message =
                    format!("expected a text that an address can hold, found {}", quoted(key));
                return Err(MasterDataError::new(pointer, message));
            }
            let holder = *holders.entry(folded).or_insert(index);
            if holder != index {
                let message = format!(
                    "expected a {field} of its own, found {key} of entry {} again",
                    holder + 1,
                    key = quoted(key)
                );
                return Err(MasterDataError::new(pointer, message));
            }
        }
    }
    Ok(())
}

/// Master data whose parts do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", path_of(pointer))]
pub struct MasterDataError {
    /// Where, as a JSON pointer such as `/companies/3/parentCompanyName`.
    pub pointer: String,
    /// What was expected there and what was found.
    pub message: String,
}

impl MasterDataError {
    pub(in crate::medius) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }

    pub(in crate::medius) fn below(self, parent: &str) -> Self {
        Self { pointer: format!("{parent}{}", self.pointer), ..self }
    }
}

impl From<UserConfigurationError> for MasterDataError {
    fn from(error: UserConfigurationError) -> Self {
        Self::new(error.pointer, error.problem.to_string())
    }
}
