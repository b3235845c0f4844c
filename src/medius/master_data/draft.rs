//! Master data before it is known to fit together, and the proof that it does.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::super::configuration_error::{ConfigurationError, Unknown};
use super::super::lookup::{require, require_each};
use super::super::{
    ADMIN, AuthorizationGroup, Company, LocaleOption, Locales, LoginOption, MasterKind, Renamed,
    Role, fold, is_same,
};
use super::{Defaults, MasterData};

#[cfg(test)]
mod tests;

/// Master data as written in a fixture or a request, not yet known to fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MasterDataDraft {
    /// The companies: one root without a parent, the others below it.
    pub companies: Vec<Company>,
    /// The roles, [`ADMIN`] among them.
    pub roles: Vec<Role>,
    /// The authorization groups.
    #[serde(default)]
    pub authorization_groups: Vec<AuthorizationGroup>,
    /// What can be chosen for the locale settings.
    pub locales: Locales,
    /// The login options.
    pub login_options: Vec<LoginOption>,
    /// What a configuration has where its draft is silent.
    pub defaults: Defaults,
    /// What got another name since the draft was made.
    #[serde(skip)]
    renamed: Vec<Renamed>,
}

impl MasterDataDraft {
    /// Notes that something has another name now: what refers to it here follows, and whoever
    /// [applies](Renamed::apply) what is [noted](Self::renamed) has the rest follow.
    pub fn rename(&mut self, kind: MasterKind, from: &str, to: &str) {
        let renamed = Renamed { kind, from: from.into(), to: to.into() };
        let parents = self.companies.iter_mut().filter_map(|it| it.parent_company_name.as_mut());
        match kind {
            MasterKind::Company => renamed.apply(MasterKind::Company, parents),
            MasterKind::Role => renamed.apply(kind, &mut self.defaults.roles),
            MasterKind::AuthorizationGroup => {
                renamed.apply(kind, &mut self.defaults.authorization_groups);
            }
        }
        self.renamed.push(renamed);
    }

    /// What got another name since the draft was made, in that order.
    pub fn renamed(&self) -> &[Renamed] {
        &self.renamed
    }

    /// Proves that the parts fit together.
    ///
    /// # Errors
    ///
    /// [`MasterDataError`] at the first value that is empty, taken, or names nothing.
    pub fn resolve(mut self) -> Result<MasterData, MasterDataError> {
        self.has_unique_names()?;
        if !self.roles.iter().any(|it| is_same(&it.name, ADMIN)) {
            return Err(MasterDataError::new("/roles", "expected a role \"Admin\", found none"));
        }
        let tree = Tree::of(&self.companies);
        for (index, company) in self.companies.iter().enumerate() {
            let fits = self.fits(company).and_then(|()| tree.fits(index));
            fits.map_err(|error| error.below(&format!("/companies/{index}")))?;
        }
        self.has_one_root()?;
        let parents = tree.parent_names();
        for (company, parent) in self.companies.iter_mut().zip(parents) {
            company.parent_company_name = parent;
        }
        self.defaults = self.resolved_defaults()?;
        self.renamed.clear();
        Ok(MasterData(self))
    }

    fn has_unique_names(&self) -> Result<(), MasterDataError> {
        let companies = self.companies.iter().map(|it| {
            let [name, company_id, external] = it.keys();
            vec![("name", name), ("companyId", company_id), ("externalSystemId", external)]
        });
        unique("/companies", companies)?;
        unique("/roles", self.roles.iter().map(|it| vec![("name", it.name.as_str())]))?;
        let groups = self.authorization_groups.iter();
        unique("/authorizationGroups", groups.map(|it| vec![("name", it.name.as_str())]))?;
        let login_options = self.login_options.iter().map(|it| {
            vec![("displayName", it.display_name.as_str()), ("issuer", it.issuer.as_str())]
        });
        unique("/loginOptions", login_options)?;
        let Locales { languages, formats, time_zones, currencies } = &self.locales;
        let keys =
            |it: &'_ LocaleOption| vec![("code", it.code.clone()), ("name", it.name.clone())];
        unique("/locales/languages", languages.iter().map(keys))?;
        unique("/locales/formats", formats.iter().map(keys))?;
        unique("/locales/timeZones", time_zones.iter().map(keys))?;
        unique("/locales/currencies", currencies.iter().map(keys))
    }

    /// One company's external system id, locale settings and parent.
    fn fits(&self, company: &Company) -> Result<(), MasterDataError> {
        let id = &company.external_system_id;
        if !has_brackets(id) {
            let message = format!("expected an id in the form company[MED], found {id:?}");
            return Err(MasterDataError::new("/externalSystemId", message));
        }
        let Locales { languages, formats, currencies, .. } = &self.locales;
        require("language", languages, "/language", &company.language)?;
        require("format", formats, "/format", &company.format)?;
        require("currency", currencies, "/accountingCurrency", &company.accounting_currency)?;
        Ok(())
    }

    fn has_one_root(&self) -> Result<(), MasterDataError> {
        let companies = self.companies.iter().enumerate();
        let mut roots = companies.filter(|(_, it)| it.parent_company_name.is_none());
        let Some((_, root)) = roots.next() else {
            return Err(MasterDataError::new("/companies", "expected a root company, found none"));
        };
        let Some((index, other)) = roots.next() else { return Ok(()) };
        let message = format!(
            "expected a parent company of {:?}, found none; the root company is {:?}",
            other.name, root.name
        );
        Err(MasterDataError::new(format!("/companies/{index}"), message))
    }

    /// The defaults in the spelling of the lists.
    fn resolved_defaults(&self) -> Result<Defaults, ConfigurationError> {
        let Defaults { roles, authorization_groups, locale, login_option } = &self.defaults;
        let (groups, known) = ("/defaults/authorizationGroups", &self.authorization_groups);
        let login = "/defaults/loginOption";
        let login = require("login option", &self.login_options, login, login_option)?;
        Ok(Defaults {
            roles: require_each("role", &self.roles, "/defaults/roles", roles)?,
            authorization_groups: require_each(
                "authorization group",
                known,
                groups,
                authorization_groups,
            )?,
            locale: self.locales.resolve("/defaults/locale", locale)?,
            login_option: login.display_name.clone(),
        })
    }
}

/// Which company is below which.
struct Tree<'a> {
    companies: &'a [Company],
    /// The place of each company's parent; `None` without one that is there.
    parents: Vec<Option<usize>>,
    /// Whether a company is below itself.
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

    /// Whether a company's parent is there and is not below it.
    fn fits(&self, at: usize) -> Result<(), MasterDataError> {
        let company = &self.companies[at];
        if let (Some(parent), None) = (&company.parent_company_name, self.parents[at]) {
            let known = self.companies.iter().map(|it| it.name.clone()).collect();
            let unknown = Unknown::new("company", parent, known);
            return Err(MasterDataError::new("/parentCompanyName", unknown.to_string()));
        }
        if self.is_in_circle[at] {
            let message = format!("expected no circle, found {:?} below itself", company.name);
            return Err(MasterDataError::new("/parentCompanyName", message));
        }
        Ok(())
    }
}

/// Which places lead back to themselves; each is walked over once.
fn circles(parents: &[Option<usize>]) -> Vec<bool> {
    let mut is_in_circle = vec![false; parents.len()];
    // The walk in which a place was met first.
    let mut met: Vec<Option<usize>> = vec![None; parents.len()];
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(place) = at.filter(|it| met[*it].is_none()) {
            met[place] = Some(start);
            at = parents[place];
        }
        // A walk that ends where it was itself has gone round.
        let mut round = at.filter(|it| met[*it] == Some(start));
        while let Some(place) = round.filter(|it| !is_in_circle[*it]) {
            is_in_circle[place] = true;
            round = parents[place];
        }
    }
    is_in_circle
}

/// A name as names are compared: by its key, without outer blanks.
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

/// Refuses an empty key, and one that an earlier entry of the list has too. Each entry is the keys
/// that it is found by, with the fields they stand in.
fn unique<K: AsRef<str>>(
    list: &str,
    entries: impl Iterator<Item = Vec<(&'static str, K)>>,
) -> Result<(), MasterDataError> {
    let mut holders: HashMap<SmolStr, usize> = HashMap::new();
    for (index, keys) in entries.enumerate() {
        for (field, key) in keys {
            let pointer = format!("{list}/{index}/{field}");
            let folded = folded(key.as_ref());
            if folded.is_empty() {
                return Err(MasterDataError::new(pointer, "expected a text, found an empty one"));
            }
            let holder = *holders.entry(folded).or_insert(index);
            if holder != index {
                let message = format!(
                    "expected a {field} of its own, found {:?} of entry {} again",
                    key.as_ref(),
                    holder + 1
                );
                return Err(MasterDataError::new(pointer, message));
            }
        }
    }
    Ok(())
}

/// Master data whose parts do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct MasterDataError {
    /// Where, as a JSON pointer such as `/companies/3/parentCompanyName`.
    pub pointer: String,
    /// What was expected there, and what was found.
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

impl From<ConfigurationError> for MasterDataError {
    fn from(error: ConfigurationError) -> Self {
        Self::new(error.pointer, error.problem.to_string())
    }
}
