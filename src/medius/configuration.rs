//! User configurations: what users get when they are imported.
//!
//! Documented: "To get the users imported with a pre-defined set of roles, companies and other
//! general configurations in MediusFlow, you will need to configure it first" (tutorial step 8),
//! and that its window shows "locale settings, a filter, and user roles" (step 9). Assumed: the
//! names of the fields, authorization groups, the login option, and all rules but "it is enough to
//! provide just a valid company name".

use std::sync::Arc;

use uuid::Uuid;

use super::configuration_error::{ConfigurationProblem, UserConfigurationError};
use super::lookup::require;
use super::{MasterData, MasterKind, is_same};

mod deleted;
mod fields;
#[cfg(test)]
mod tests;

pub use deleted::{Deleted, Recall};
pub use fields::{ConfigurationDraft, Defaults, DefaultsDraft, LocaleDraft, UserConfiguration};

impl UserConfiguration {
    /// The entity tag of its content as it is shown
    /// ([RFC 9110 §8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)). The same content
    /// has the same tag, whenever it was saved.
    pub(crate) fn etag(&self, data: &MasterData) -> String {
        let content = serde_json::to_vec(&self.document(data));
        let content = content.expect("a configuration has text keys only");
        format!("\"{}\"", Uuid::new_v5(&Uuid::NAMESPACE_OID, &content).simple())
    }

    /// The last names of its entries that have been deleted.
    pub fn deleted(&self, data: &MasterData) -> Deleted {
        let of = |kind| Some((kind, data.deleted_names(kind, self.ids(kind))));
        MasterKind::ALL.into_iter().filter_map(of).filter(|(_, it)| !it.is_empty()).collect()
    }
}

impl ConfigurationDraft {
    /// The configuration of a draft, to be saved with `id` beside the `saved` ones. A saved one
    /// with the same id is replaced, so it may have the same name and filter.
    ///
    /// Outer blanks of name and filter are removed. A company, role or group that is named twice
    /// counts once.
    ///
    /// # Errors
    ///
    /// [`UserConfigurationError`] at the first field that is wrong.
    pub fn resolve(
        self,
        id: &str,
        data: &MasterData,
        saved: &[Arc<UserConfiguration>],
    ) -> Result<UserConfiguration, UserConfigurationError> {
        if let Some(found) = self.id.as_ref().filter(|it| *it != id) {
            let (found, expected) = (found.clone(), id.into());
            let problem = ConfigurationProblem::OtherId { found, expected };
            return Err(UserConfigurationError::new("/id", problem));
        }
        let draft = self.or_defaults(&data.document().defaults);
        let others: Vec<&UserConfiguration> =
            saved.iter().filter(|it| it.id != id).map(|it| &**it).collect();
        let (name, filter) = draft.name_and_filter(data, &others)?;
        has_own_name(&name, &filter, &others)?;
        can_be_named(&draft.companies, data)?;
        draft.fields(&mut data.lists()).map(|it| UserConfiguration {
            id: id.into(),
            name,
            filter,
            ..it
        })
    }

    /// The name and the filter of a draft beside these other configurations, without outer blanks.
    /// If they are missing, they follow from its first company and from each other.
    ///
    /// # Errors
    ///
    /// [`UserConfigurationError`] when the name would follow from a company that does not exist.
    pub(crate) fn name_and_filter(
        &self,
        data: &MasterData,
        others: &[&UserConfiguration],
    ) -> Result<(String, String), UserConfigurationError> {
        let filter = self.filter.as_deref().map(|it| it.trim().to_owned());
        if let Some(name) = &self.name {
            return Ok((name.trim().to_owned(), filter.unwrap_or_default()));
        }
        can_be_named(&self.companies, data)?;
        let company = self.companies.first().and_then(|it| data.company(it));
        let company = company.map(|it| it.name.as_str()).unwrap_or_default();
        // With the filter in it, the name does not depend on which of two configurations is added
        // first.
        let wanted = match filter.as_deref() {
            None | Some("") => company.to_owned(),
            Some(filter) => format!("{company} {filter}"),
        };
        let has_default = others.iter().any(|it| it.filter.is_empty());
        let is_filter = filter.is_none() && has_default;
        let is_taken = |name: &str| {
            let is_called = |it: &&&UserConfiguration| {
                is_same(&it.name, name) || (is_filter && is_same(&it.filter, name))
            };
            others.iter().find(is_called).is_some()
        };
        let numbered = (2_usize..).map(|number| format!("{wanted} {number}"));
        let name = std::iter::once(wanted.clone()).chain(numbered).find(|it| !is_taken(it));
        let name = name.expect("there are more numbers than configurations");
        let filter = filter.unwrap_or_else(|| if is_filter { name.clone() } else { String::new() });
        Ok((name, filter))
    }
}

fn has_own_name(
    name: &str,
    filter: &str,
    others: &[&UserConfiguration],
) -> Result<(), UserConfigurationError> {
    if name.is_empty() {
        return Err(UserConfigurationError::new("/name", ConfigurationProblem::EmptyName));
    }
    for other in others {
        if is_same(&other.name, name) {
            let problem = ConfigurationProblem::DuplicateName { name: other.name.clone() };
            return Err(UserConfigurationError::new("/name", problem));
        }
        if is_same(&other.filter, filter) {
            let (filter, holder) = (other.filter.clone(), other.name.clone());
            let problem = ConfigurationProblem::DuplicateFilter { filter, holder };
            return Err(UserConfigurationError::new("/filter", problem));
        }
    }
    Ok(())
}

/// Checks that there are companies, and that users can work for each.
fn can_be_named(named: &[String], data: &MasterData) -> Result<(), UserConfigurationError> {
    if named.is_empty() {
        let known = data.companies().iter().filter(|it| it.holds_invoices());
        let known = known.map(|it| it.name.clone()).collect();
        let problem = ConfigurationProblem::NoCompany { known };
        return Err(UserConfigurationError::new("/companies", problem));
    }
    for (index, key) in named.iter().enumerate() {
        let pointer = format!("/companies/{index}");
        let company = require("company", data.companies(), &pointer, key)?;
        let name = company.name.clone();
        if company.is_virtual {
            let problem = ConfigurationProblem::VirtualCompany { name };
            return Err(UserConfigurationError::new(pointer, problem));
        }
        if !company.is_active {
            let problem = ConfigurationProblem::InactiveCompany { name };
            return Err(UserConfigurationError::new(pointer, problem));
        }
    }
    Ok(())
}
