//! What a tenant's user configurations are made of.

mod draft;

pub use draft::{MasterDataDraft, MasterDataError};

use serde::{Deserialize, Serialize};

use super::lookup::find;
use super::{AuthorizationGroup, Company, CompanyTree, LocaleSettings, Locales, LoginOption, Role};

/// The companies, roles, authorization groups, locale options and login options of a tenant.
///
/// Documented: "these configuration settings are fetched from Mediusflow, they need to be
/// configured first" (tutorial step 9). Immutable; made by [`MasterDataDraft::resolve`], so the
/// names are unique, the companies are one tree, and the defaults exist. To change something,
/// change a copy of the [draft](Self::draft) and resolve it again. All lookups ignore case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MasterDataDraft", into = "MasterDataDraft")]
pub struct MasterData(MasterDataDraft);

impl MasterData {
    /// All companies, in the order given.
    pub fn companies(&self) -> &[Company] {
        &self.0.companies
    }

    /// All roles, in the order given.
    pub fn roles(&self) -> &[Role] {
        &self.0.roles
    }

    /// All authorization groups, in the order given.
    pub fn authorization_groups(&self) -> &[AuthorizationGroup] {
        &self.0.authorization_groups
    }

    /// What can be chosen for the locale settings.
    pub fn locales(&self) -> &Locales {
        &self.0.locales
    }

    /// All login options, in the order given.
    pub fn login_options(&self) -> &[LoginOption] {
        &self.0.login_options
    }

    /// What a configuration has where its draft is silent, in the spelling of the lists.
    pub fn defaults(&self) -> &Defaults {
        &self.0.defaults
    }

    /// The company with this name, company id or external system id.
    pub fn company(&self, key: &str) -> Option<&Company> {
        find(&self.0.companies, key)
    }

    /// The role with this name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        find(&self.0.roles, name)
    }

    /// The authorization group with this name.
    pub fn authorization_group(&self, name: &str) -> Option<&AuthorizationGroup> {
        find(&self.0.authorization_groups, name)
    }

    /// The login option with this display name or issuer.
    pub fn login_option(&self, key: &str) -> Option<&LoginOption> {
        find(&self.0.login_options, key)
    }

    /// The companies as a tree, from the root company down.
    pub fn company_tree(&self) -> CompanyTree<'_> {
        CompanyTree::new(self.companies())
    }

    /// The data as a draft, to change a copy of it.
    pub fn draft(&self) -> &MasterDataDraft {
        &self.0
    }
}

impl TryFrom<MasterDataDraft> for MasterData {
    type Error = MasterDataError;

    fn try_from(draft: MasterDataDraft) -> Result<Self, MasterDataError> {
        draft.resolve()
    }
}

impl From<MasterData> for MasterDataDraft {
    fn from(data: MasterData) -> Self {
        data.0
    }
}

/// What a configuration has where its draft is silent (documented, tutorial step 9: "if the
/// standard settings are ok, it is enough to provide just a valid company name"; assumed: that
/// they are the tenant's, and which).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Defaults {
    /// The names of roles.
    pub roles: Vec<String>,
    /// The names of authorization groups.
    pub authorization_groups: Vec<String>,
    /// The locale settings.
    pub locale: LocaleSettings,
    /// The display name of a login option.
    pub login_option: String,
}
