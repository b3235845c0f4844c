//! A user configuration: what users get when they are imported.
//!
//! Documented: "To get the users imported with a pre-defined set of roles, companies and other
//! general configurations in MediusFlow, you will need to configure it first" (tutorial step 8),
//! and that its window shows "locale settings, a filter, and user roles" (step 9). Assumed: the
//! names of the fields, authorization groups, the login option, and all rules but "it is enough to
//! provide just a valid company name".

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use super::configuration_error::{ConfigurationError, ConfigurationProblem};
use super::lookup::{require, require_each};
use super::{Company, LocaleSettings, MasterData, MasterKind, is_same};

/// A saved user configuration. Its names are those of the tenant's [`MasterData`] in their
/// spelling there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserConfiguration {
    /// What it is addressed by; never changes.
    pub id: SmolStr,
    /// What people call it; unique in the tenant.
    pub name: String,
    /// The `configurationFilter` of the users that it applies to; unique in the tenant, and empty
    /// for the default configuration.
    pub filter: String,
    /// The names of the companies that its users work for: at least one, none of them virtual.
    pub companies: Vec<String>,
    /// The names of its users' roles.
    pub roles: Vec<String>,
    /// The names of its users' authorization groups.
    pub authorization_groups: Vec<String>,
    /// Its users' locale settings.
    pub locale: LocaleSettings,
    /// The display name of the login option of users whose `identityProvider` names none.
    pub login_option: String,
}

impl UserConfiguration {
    /// The names of the entries of this kind that its users get.
    pub fn names(&self, kind: MasterKind) -> &[String] {
        match kind {
            MasterKind::Company => &self.companies,
            MasterKind::Role => &self.roles,
            MasterKind::AuthorizationGroup => &self.authorization_groups,
        }
    }

    /// The entity tag of its content ([RFC 9110 §8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)):
    /// the same content has the same one, whenever it was saved.
    pub(crate) fn etag(&self) -> String {
        let content = serde_json::to_vec(self).expect("a configuration has text keys only");
        format!("\"{}\"", Uuid::new_v5(&Uuid::NAMESPACE_OID, &content).simple())
    }
}

/// A user configuration as somebody wrote it: `{"companies": ["Nordlys Energi AB"]}` is enough
/// (documented, tutorial step 9: "it is enough to provide just a valid company name").
///
/// It reads what a [`UserConfiguration`] writes, so what was read can be changed and sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConfigurationDraft {
    /// The id, if the draft was a saved configuration; it cannot be changed.
    pub id: Option<String>,
    /// What to call it; when left out, the name of its first company, with a number if another
    /// configuration is called so.
    pub name: Option<String>,
    /// The filter. When left out it is empty, which makes it the default configuration; where there
    /// is one already, a configuration without a name has its name as filter, too.
    pub filter: Option<String>,
    /// Companies by name, company id or external system id.
    pub companies: Vec<String>,
    /// Roles by name; the tenant's default ones when left out.
    pub roles: Option<Vec<String>>,
    /// Authorization groups by name; the tenant's default ones when left out.
    pub authorization_groups: Option<Vec<String>>,
    /// Locale settings; what is left out is the tenant's default.
    pub locale: LocaleDraft,
    /// A login option by display name or issuer; the tenant's default one when left out.
    pub login_option: Option<String>,
}

/// Locale settings as somebody wrote them, each by code or name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LocaleDraft {
    /// The language of the user interface.
    pub language: Option<String>,
    /// How numbers and dates are written.
    pub format: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// The currency.
    pub currency: Option<String>,
}

impl LocaleDraft {
    fn or(self, defaults: &LocaleSettings) -> LocaleSettings {
        let or = |own: Option<String>, default: &String| own.unwrap_or_else(|| default.clone());
        LocaleSettings {
            language: or(self.language, &defaults.language),
            format: or(self.format, &defaults.format),
            time_zone: or(self.time_zone, &defaults.time_zone),
            currency: or(self.currency, &defaults.currency),
        }
    }
}

impl ConfigurationDraft {
    /// The configuration that is meant, to be saved under `id` beside the `saved` ones. One of
    /// these with the same id is the one that is replaced, so it is no rival for name and filter.
    ///
    /// Outer blanks of name and filter are dropped; a company, role or group that is named twice
    /// counts once.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] at the first field that is wrong.
    pub fn resolve(
        self,
        id: &str,
        data: &MasterData,
        saved: &[Arc<UserConfiguration>],
    ) -> Result<UserConfiguration, ConfigurationError> {
        if let Some(found) = self.id.as_ref().filter(|it| *it != id) {
            let (found, expected) = (found.clone(), id.into());
            let problem = ConfigurationProblem::OtherId { found, expected };
            return Err(ConfigurationError::new("/id", problem));
        }
        let others: Vec<&UserConfiguration> =
            saved.iter().filter(|it| it.id != id).map(|it| &**it).collect();
        let (name, filter) = self.name_and_filter(data, &others)?;
        has_own_name(&name, &filter, &others)?;
        let defaults = data.defaults();
        let companies = companies(&self.companies, data)?;
        let roles = self.roles.as_ref().unwrap_or(&defaults.roles);
        let groups = self.authorization_groups.as_ref().unwrap_or(&defaults.authorization_groups);
        let (kind, known) = ("authorization group", data.authorization_groups());
        let login = self.login_option.as_ref().unwrap_or(&defaults.login_option);
        let login = require("login option", data.login_options(), "/loginOption", login)?;
        Ok(UserConfiguration {
            id: id.into(),
            name,
            filter,
            companies,
            roles: require_each("role", data.roles(), "/roles", roles)?,
            authorization_groups: require_each(kind, known, "/authorizationGroups", groups)?,
            locale: data.locales().resolve("/locale", &self.locale.or(&defaults.locale))?,
            login_option: login.display_name.clone(),
        })
    }

    /// The name and the filter beside these other configurations, without outer blanks: those that
    /// it has, else those that follow from its first company.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] when a name must follow from a company that cannot be named.
    pub(crate) fn name_and_filter(
        &self,
        data: &MasterData,
        others: &[&UserConfiguration],
    ) -> Result<(String, String), ConfigurationError> {
        let filter = self.filter.as_deref().map(|it| it.trim().to_owned());
        if let Some(name) = &self.name {
            return Ok((name.trim().to_owned(), filter.unwrap_or_default()));
        }
        let companies = companies(&self.companies, data)?;
        let company = companies.first().map(String::as_str).unwrap_or_default();
        let has_default = others.iter().any(|it| it.filter.is_empty());
        let is_filter = filter.is_none() && has_default;
        let is_taken = |name: &str| {
            let is_called = |it: &&&UserConfiguration| {
                is_same(&it.name, name) || (is_filter && is_same(&it.filter, name))
            };
            others.iter().find(is_called).is_some()
        };
        let numbered = (2_usize..).map(|number| format!("{company} {number}"));
        let name = std::iter::once(company.to_owned()).chain(numbered).find(|it| !is_taken(it));
        let name = name.expect("there are more numbers than configurations");
        let filter = filter.unwrap_or_else(|| if is_filter { name.clone() } else { String::new() });
        Ok((name, filter))
    }
}

fn has_own_name(
    name: &str,
    filter: &str,
    others: &[&UserConfiguration],
) -> Result<(), ConfigurationError> {
    if name.is_empty() {
        return Err(ConfigurationError::new("/name", ConfigurationProblem::EmptyName));
    }
    for other in others {
        if is_same(&other.name, name) {
            let problem = ConfigurationProblem::DuplicateName { name: other.name.clone() };
            return Err(ConfigurationError::new("/name", problem));
        }
        if is_same(&other.filter, filter) {
            let (filter, holder) = (other.filter.clone(), other.name.clone());
            let problem = ConfigurationProblem::DuplicateFilter { filter, holder };
            return Err(ConfigurationError::new("/filter", problem));
        }
    }
    Ok(())
}

/// The names of the companies, each of which can hold invoices.
fn companies(named: &[String], data: &MasterData) -> Result<Vec<String>, ConfigurationError> {
    let can_be_named = |it: &&Company| it.is_active && !it.is_virtual;
    if named.is_empty() {
        let known = data.companies().iter().filter(can_be_named).map(|it| it.name.clone());
        let problem = ConfigurationProblem::NoCompany { known: known.collect() };
        return Err(ConfigurationError::new("/companies", problem));
    }
    for (index, key) in named.iter().enumerate() {
        let pointer = format!("/companies/{index}");
        let company = require("company", data.companies(), &pointer, key)?;
        let name = company.name.clone();
        if company.is_virtual {
            let problem = ConfigurationProblem::VirtualCompany { name };
            return Err(ConfigurationError::new(pointer, problem));
        }
        if !company.is_active {
            let problem = ConfigurationProblem::InactiveCompany { name };
            return Err(ConfigurationError::new(pointer, problem));
        }
    }
    require_each("company", data.companies(), "/companies", named)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::sample;
    use super::*;

    #[rstest]
    #[case::first(&[], r#"{"companies": ["nose"]}"#, ("Nordlys Energi AB", ""))]
    #[case::beside_a_default_one(
        &[("Default", "")],
        r#"{"companies": ["NOSE"]}"#,
        ("Nordlys Energi AB", "Nordlys Energi AB")
    )]
    #[case::name_is_taken(
        &[("nordlys energi ab", ""), ("Nordlys Energi AB 2", "SE")],
        r#"{"companies": ["NOSE"]}"#,
        ("Nordlys Energi AB 3", "Nordlys Energi AB 3")
    )]
    #[case::filter_is_taken(
        &[("Default", ""), ("Other", "nordlys energi ab")],
        r#"{"companies": ["NOSE"]}"#,
        ("Nordlys Energi AB 2", "Nordlys Energi AB 2")
    )]
    #[case::own_filter(
        &[("Default", ""), ("Nordlys Energi AB", "SE")],
        r#"{"companies": ["NOSE"], "filter": " NO "}"#,
        ("Nordlys Energi AB 2", "NO")
    )]
    #[case::own_name(&[], r#"{"name": " All ", "companies": ["NOSE"]}"#, ("All", ""))]
    fn a_company_is_enough(
        #[case] saved: &[(&str, &str)],
        #[case] draft: &str,
        #[case] expected: (&str, &str),
    ) {
        let saved: Vec<_> = saved.iter().map(|it| sample::configuration(it.0, it.1)).collect();
        let draft: ConfigurationDraft = serde_json::from_str(draft).unwrap();

        let made = draft.resolve("new", &sample::data(), &saved).unwrap();

        assert_eq!((made.name.as_str(), made.filter.as_str()), expected);
        assert_eq!(made.companies, ["Nordlys Energi AB"]);
    }

    #[test]
    fn a_name_and_a_company_are_made_a_configuration_with_the_defaults() {
        let draft: ConfigurationDraft =
            serde_json::from_str(r#"{"name": " Sweden ", "companies": ["nose[med]", "NOSE"]}"#)
                .unwrap();

        let made = draft.resolve("c1", &sample::data(), &[]).unwrap();

        expect_test::expect![[r#"
            {
              "id": "c1",
              "name": "Sweden",
              "filter": "",
              "companies": [
                "Nordlys Energi AB"
              ],
              "roles": [
                "Expense AP"
              ],
              "authorizationGroups": [],
              "locale": {
                "language": "sv-SE",
                "format": "sv-SE",
                "timeZone": "Europe/Stockholm",
                "currency": "SEK"
              },
              "loginOption": "Microsoft Entra ID"
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&made).unwrap());
    }

    #[rstest]
    #[case(
        r#"{"name": " ", "companies": ["NOSE"]}"#,
        "name: expected a name or no name at all, found an empty one"
    )]
    #[case(
        r#"{"filter": "", "companies": ["NOSE"]}"#,
        "filter: the configuration \"Default\" has the empty filter already: it is the default one"
    )]
    #[case(
        r#"{"companies": ["NOSA"]}"#,
        "companies[0]: no company is called \"NOSA\". There are: Nordlys Group, Nordlys Sverige, \
         Nordlys Polska, Nordlys Energi AB"
    )]
    #[case("{}", "companies: expected at least one company. There are: Nordlys Energi AB")]
    #[case(
        r#"{"name": "default", "companies": ["NOSE"]}"#,
        "name: another configuration is called \"Default\" already"
    )]
    #[case(
        r#"{"name": "A", "companies": ["NOSE"]}"#,
        "filter: the configuration \"Default\" has the empty filter already: it is the default one"
    )]
    #[case(
        r#"{"name": "A", "filter": " se-ap", "companies": ["NOSE"]}"#,
        "filter: the configuration \"Sweden\" has the filter \"SE-AP\" already"
    )]
    #[case(
        r#"{"name": "A", "filter": "A"}"#,
        "companies: expected at least one company. There are: Nordlys Energi AB"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE", "NOSA"]}"#,
        "companies[1]: no company is called \"NOSA\". There are: Nordlys Group, Nordlys Sverige, \
         Nordlys Polska, Nordlys Energi AB"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOPL"]}"#,
        "companies[0]: the company \"Nordlys Polska\" is not active"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["SE"]}"#,
        "companies[0]: the company \"Nordlys Sverige\" is virtual: it holds no invoices, name the \
         companies below it"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "roles": ["Admin", "Expence AP"]}"#,
        "roles[1]: no role is called \"Expence AP\", did you mean \"Expense AP\"? There are: \
         Admin, Auditor, Expense AP"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "authorizationGroups": ["X"]}"#,
        "authorizationGroups[0]: no authorization group is called \"X\". There are: Approvers SE, \
         Approvers NO"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"language": "da-DK"}}"#,
        "locale.language: no language is called \"da-DK\". There are: sv-SE, en-GB"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"format": "us"}}"#,
        "locale.format: no format is called \"us\". There are: sv-SE"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"timeZone": "CET"}}"#,
        "locale.timeZone: no time zone is called \"CET\". There are: Europe/Stockholm"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "locale": {"currency": "NOK"}}"#,
        "locale.currency: no currency is called \"NOK\". There are: SEK, EUR"
    )]
    #[case(
        r#"{"name": "A", "filter": "A", "companies": ["NOSE"], "loginOption": "ADFS"}"#,
        "loginOption: no login option is called \"ADFS\". There are: Microsoft Entra ID, \
         Medius.Security"
    )]
    #[case(
        r#"{"id": "other", "name": "A", "filter": "A", "companies": ["NOSE"]}"#,
        "id: expected \"new\" or no id at all, found \"other\""
    )]
    fn a_refused_draft_names_field_value_and_what_exists(#[case] draft: &str, #[case] why: &str) {
        let saved =
            [sample::configuration("Default", ""), sample::configuration("Sweden", "SE-AP")];
        let draft: ConfigurationDraft = serde_json::from_str(draft).unwrap();

        let error = draft.resolve("new", &sample::data(), &saved).unwrap_err();

        assert_eq!(error.to_string(), why);
    }

    #[test]
    fn a_configuration_that_was_read_can_be_written_back_unchanged() {
        let saved = sample::configuration("Sweden", "SE-AP");
        let text = serde_json::to_string(&saved).unwrap();

        let draft: ConfigurationDraft = serde_json::from_str(&text).unwrap();
        let again = draft.resolve(&saved.id, &sample::data(), &[Arc::clone(&saved)]).unwrap();

        assert_eq!(again, *saved);
    }

    #[test]
    fn an_empty_list_of_roles_means_none() {
        let text = r#"{"name": "A", "companies": ["NOSE"], "roles": []}"#;
        let draft: ConfigurationDraft = serde_json::from_str(text).unwrap();

        let made = draft.resolve("c1", &sample::data(), &[]).unwrap();

        assert!(made.roles.is_empty());
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let text = r#"{"name": "A", "company": "NOSE"}"#;

        let error = serde_json::from_str::<ConfigurationDraft>(text).unwrap_err();

        assert!(error.to_string().starts_with("unknown field `company`, expected one of `id`"));
    }
}
