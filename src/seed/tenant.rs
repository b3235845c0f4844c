//! What a tenant starts with, apart from its users and groups.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;
use uuid::Uuid;

use super::fixture::{self, FixtureError};
use super::names::locales;
use crate::medius::{
    Company, ConfigurationDraft, ConsoleUser, ConsoleUserDraft, EntraTenantId, Environment,
    MasterData, MasterDataDraft, MasterDataId, TenantName, UserConfiguration,
    UserConfigurationError, console_users, is_same,
};
use crate::{scim::quoted, tenant::SignInSettings};

/// A tenant fixture, read and found to fit together. Cheap to copy.
#[derive(Clone, Debug)]
pub struct TenantSeed {
    /// The tenant's name.
    pub(crate) name: TenantName,
    /// The Microsoft Entra tenant that its users come from.
    pub(crate) entra_tenant_id: EntraTenantId,
    /// The mail domain of its users.
    pub(crate) domain: String,
    /// The users that were made in the product: at least one administrator.
    pub(crate) console_users: Arc<[ConsoleUser]>,
    /// Companies, roles and so on.
    pub(crate) data: Arc<MasterData>,
    /// The saved user configurations.
    pub(crate) configurations: Vec<Arc<UserConfiguration>>,
    /// The language that all its users speak, such as `sv-SE`; several, each as often as usual, if
    /// none is said.
    pub(crate) language: Option<&'static str>,
    /// The settings of its sign-ins.
    pub(crate) sign_in: SignInSettings,
}

impl TenantSeed {
    /// The same tenant under another name. The ids in it stay the same, so that tests that give
    /// their tenants names of their own still see the same content.
    #[must_use]
    pub(crate) fn renamed(&self, name: TenantName) -> Self {
        Self { name, ..self.clone() }
    }

    /// The same tenant with so many companies below its root company: those that it lacks are made, and
    /// of those that were made so the last go, if nothing names them.
    ///
    /// # Errors
    ///
    /// It has more than that which stay, or what is made does not fit beside what there is. Says so in
    /// a sentence.
    pub(crate) fn with_companies(&self, count: usize) -> Result<Self, String> {
        let is_root = |it: &&Company| it.parent_company_name.is_none();
        let root = self.data.companies().iter().find(is_root);
        let root = root.ok_or("there is no root company")?;
        let mut edit = self.data.edit();
        let spare = self.spare(root, count);
        let present = self.data.companies().len() - 1 - spare.len();
        if count < present {
            return Err(format!("{} has {present} companies already", self.name));
        }
        let stays = self.data.entries().filter(|(id, _)| !spare.contains(id));
        let taken: HashSet<&str> =
            stays.map(|(_, it): (_, &Company)| it.company_id.as_str()).collect();
        for id in &spare {
            edit.remove::<Company>(*id);
        }
        let free = (present + 1..).map(|it| made_company(root, it));
        let free = free.filter(|it| !taken.contains(it.company_id.as_str()));
        for company in free.take(count - present) {
            edit.add(company);
        }
        let data = edit.finish().map_err(|error| error.to_string())?;
        Ok(Self { data: Arc::new(data), ..self.clone() })
    }

    /// The last of the companies that were made below the root and that nothing refers to: those that
    /// go so that `count` are left, if so many can.
    fn spare(&self, root: &Company, count: usize) -> Vec<MasterDataId> {
        let surplus = (self.data.companies().len() - 1).saturating_sub(count);
        let configured = self.configurations.iter().flat_map(|it| it.companies.iter()).copied();
        let all: Vec<(MasterDataId, &Company)> = self.data.entries().collect();
        let parents = all.iter().filter_map(|(id, _)| self.data.parent(*id));
        let used: HashSet<MasterDataId> = configured.chain(parents).collect();
        let is_made = |it: &Company| {
            let number = it.company_id.strip_prefix('C').and_then(|it| it.parse().ok());
            number.is_some_and(|number| *it == made_company(root, number))
        };
        let spare = all.into_iter().rev().filter(|(id, it)| !used.contains(id) && is_made(it));
        spare.map(|(id, _)| id).take(surplus).collect()
    }

    /// The same tenant, where all users speak one language, such as `sv-SE`.
    ///
    /// # Errors
    ///
    /// The languages that there are names in.
    pub(crate) fn speaking(&self, language: &str) -> Result<Self, Vec<&'static str>> {
        let known = || locales().iter().map(|it| it.language.as_str());
        let found = known().find(|it| is_same(it, language));
        let language = Some(found.ok_or_else(|| known().collect::<Vec<_>>())?);
        Ok(Self { language, ..self.clone() })
    }

    /// The filters of its configurations, without the empty one.
    pub(crate) fn filters(&self) -> impl Iterator<Item = &str> {
        self.configurations.iter().map(|it| it.filter.as_str()).filter(|it| !it.is_empty())
    }
}

/// A company that is made below the root company.
fn made_company(root: &Company, number: usize) -> Company {
    Company {
        name: format!("{} {number}", root.name),
        company_id: format!("C{number}"),
        external_system_id: format!("C{number}[MED]"),
        external_display_name: None,
        organization_number: None,
        is_virtual: false,
        parent_company_name: Some(root.name.clone()),
        is_active: true,
        ..root.clone()
    }
}

/// The built-in production tenant `Nordlys`.
pub fn nordlys() -> &'static TenantSeed {
    &NORDLYS
}

/// The built-in test tenant `NordlysQA`: similar to [`nordlys`], not the same.
pub fn nordlys_qa() -> &'static TenantSeed {
    &NORDLYS_QA
}

static NORDLYS: LazyLock<TenantSeed> = LazyLock::new(|| {
    built_in("fixtures/tenants/nordlys.json", include_str!("../../fixtures/tenants/nordlys.json"))
});

static NORDLYS_QA: LazyLock<TenantSeed> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/tenants/nordlysqa.json");
    built_in("fixtures/tenants/nordlysqa.json", text)
});

fn built_in(file: &str, text: &str) -> TenantSeed {
    tenant_from(file, text).expect("a test reads the built-in tenants")
}

/// Reads a tenant fixture; `fixtures/tenants/nordlys.json` shows the format. `file` is only named
/// in the error.
///
/// # Errors
///
/// [`FixtureError`] at the first value that is wrong or does not fit the others.
pub fn tenant_from(file: &str, text: &str) -> Result<TenantSeed, FixtureError> {
    let it: TenantFile = fixture::parse(file, text)?;
    let wrong = |pointer: &str, message: String| fixture::at(file, text, pointer, message);
    let environment = it.tenant_name.environment();
    if it.environment != environment {
        let message = format!("expected {environment}, as the tenant's name says");
        return Err(wrong("/environment", message));
    }
    if it.domain.is_empty() || !it.domain.chars().all(is_of_domain) {
        return Err(wrong(
            "/domain",
            format!("expected a mail domain, found {}", quoted(&it.domain)),
        ));
    }
    let data = it
        .master_data
        .resolve()
        .map_err(|error| wrong(&format!("/masterData{}", error.pointer), error.message))?;
    let console_users = console_users(it.console_users, &data)
        .map_err(|error| wrong(&format!("/consoleUsers{}", error.pointer), error.message))?;
    let mut configurations = Vec::with_capacity(it.configurations.len());
    for (index, draft) in it.configurations.into_iter().enumerate() {
        let made = configuration(draft, &data, &configurations).map_err(|error| {
            let pointer = format!("/configurations/{index}{}", error.pointer);
            wrong(&pointer, error.problem.to_string())
        })?;
        configurations.push(Arc::new(made));
    }
    Ok(TenantSeed {
        name: it.tenant_name,
        entra_tenant_id: it.entra_tenant_id,
        domain: it.domain,
        console_users: console_users.into(),
        data: Arc::new(data),
        configurations,
        language: None,
        sign_in: it.sign_in,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TenantFile {
    tenant_name: TenantName,
    environment: Environment,
    entra_tenant_id: EntraTenantId,
    domain: String,
    console_users: Vec<ConsoleUserDraft>,
    master_data: MasterDataDraft,
    #[serde(default)]
    configurations: Vec<ConfigurationDraft>,
    #[serde(default)]
    sign_in: SignInSettings,
}

/// The configuration that is meant, beside those before it; its id follows from its name.
fn configuration(
    draft: ConfigurationDraft,
    data: &MasterData,
    saved: &[Arc<UserConfiguration>],
) -> Result<UserConfiguration, UserConfigurationError> {
    let others: Vec<&UserConfiguration> = saved.iter().map(|it| &**it).collect();
    let draft = draft.or_defaults(&data.document().defaults);
    let (name, _) = draft.name_and_filter(data, &others)?;
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string();
    draft.resolve(&id, data, saved)
}

fn is_of_domain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '.' || letter == '-'
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::medius::MasterKind;

    const NORDLYS: &str = include_str!("../../fixtures/tenants/nordlys.json");

    #[test]
    fn the_built_in_tenants_are_similar_and_not_the_same() {
        let (production, test) = (nordlys(), nordlys_qa());

        assert_eq!(production.name.environment(), Environment::Production);
        assert_eq!(test.name.environment(), Environment::QualityAssurance);
        assert_ne!(production.entra_tenant_id, test.entra_tenant_id);
        for tenant in [production, test] {
            assert!(
                (8..=12).contains(
                    &tenant
                        .data
                        .companies()
                        .iter()
                        .filter(|it| { it.is_active && !it.is_virtual })
                        .count()
                )
            );
            assert_eq!(tenant.filters().collect::<Vec<_>>(), ["SE-AP", "NO-AP"]);
            assert_eq!(tenant.configurations.len(), 3);
            assert!(tenant.console_users.iter().any(|it| !it.is_admin(&tenant.data)));
        }
        assert!(production.data.company("NOSF").is_some() && test.data.company("NOSF").is_none());
    }

    #[test]
    fn a_renamed_tenant_keeps_its_content() {
        let renamed = nordlys().renamed("Other".parse().unwrap());

        assert_eq!(renamed.name.as_str(), "Other");
        assert_eq!(renamed.configurations, nordlys().configurations);
    }

    #[test]
    fn a_company_is_enough_for_a_configuration() {
        let named = r#""name": "Standard", "#;
        assert!(NORDLYS.contains(named));

        let tenant = tenant_from("nordlys.json", &NORDLYS.replacen(named, "", 1)).unwrap();

        let it = &tenant.configurations[0];
        let company = tenant.data.name(MasterKind::Company, it.companies[0]);
        assert_eq!((it.name.as_str(), it.filter.as_str()), (company, ""));
    }

    #[test]
    fn companies_are_made_below_the_root_until_there_are_enough() {
        let present = nordlys_qa().data.companies().len() - 1;

        let more = nordlys_qa().with_companies(present + 2).unwrap();

        assert_eq!(more.data.companies().len(), present + 3);
        let made = format!("C{}", present + 2);
        assert!(more.data.company(&made).is_some_and(|it| !it.is_virtual));
        assert!(nordlys_qa().with_companies(1).unwrap_err().contains("already"));
    }

    #[test]
    fn all_users_may_speak_one_language() {
        let swedish = nordlys_qa().speaking("SV-se").unwrap();

        let people = super::super::people(3, &swedish, 2_000);

        let mut names: Vec<String> = people
            .inspect(|it| assert_eq!(it.preferred_language, "sv-SE"))
            .map(|it| it.user_name)
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 2_000);
        assert!(nordlys_qa().speaking("xx").unwrap_err().contains(&"sv-SE"));
    }

    #[rstest]
    #[case(
        r#""domain": "nordlys.example""#,
        r#""domain": "nordlys example""#,
        r#"nordlys.json:5:13: expected a mail domain, found "nordlys example""#
    )]
    #[case(
        r#""environment": "production""#,
        r#""environment": "qualityAssurance""#,
        "nordlys.json:3:18: expected Production, as the tenant's name says"
    )]
    #[case(
        r#""domain": "nordlys.example""#,
        r#""signIn": {"codeLife": "10 minute glass"}, "domain": "nordlys.example""#,
        r#"nordlys.json:5:26: expected a duration from 1s to 365d, such as "8h", or whole milliseconds, found string "10 minute glass""#
    )]
    #[case(
        r#""tenantName": "Nordlys""#,
        r#""tenantName": "Nord lys""#,
        "nordlys.json:2:17: a tenant name has only letters (a-z) and digits, and \"Nord lys\" has \" \""
    )]
    #[case(
        r#""roles": ["Auditor"]"#,
        r#""roles": ["Revisor"]"#,
        "nordlys.json:10:17: no role is called \"Revisor\". There are: Admin, Auditor, Expense AP, \
         Orderbased AP, Orderbased Analyzer, Core Standard Application Role, Core Invoice Application \
         Role, Analytics Application Access, Capture handler, Capture admin"
    )]
    #[case(
        r#""userName": "auditor@nordlys.example""#,
        r#""userName": "Admin@nordlys.example""#,
        r#"nordlys.json:9:19: expected a userName of its own, found "Admin@nordlys.example" again"#
    )]
    #[case(
        r#""roles": ["Admin"]"#,
        r#""roles": []"#,
        "nordlys.json:6:19: expected a user with the role Admin, found none"
    )]
    #[case(
        r#""isVirtual": true, "parentCompanyName": "Nordlys Group", "accountingCurrency": "SEK""#,
        r#""isVirtual": true, "parentCompanyName": "Nordlys Group", "accountingCurrency": "SEKK""#,
        "nordlys.json:17:88: no currency is called \"SEKK\", did you mean \"SEK\"? There are: SEK, \
         NOK, DKK, EUR, PLN, GBP, USD"
    )]
    #[case(
        r#""isActive": false"#,
        r#""isActive": "no""#,
        r#"nordlys.json:55:90: expected a boolean, found string "no""#
    )]
    #[case(
        r#"["NOSE", "NOSH", "NOSF"]"#,
        r#"["NOSE", "NOSH", "NONF"]"#,
        "nordlys.json:168:91: the company \"Nordlys Fjernvarme AS\" is not active"
    )]
    fn a_wrong_value_is_reported_where_it_stands(
        #[case] right: &str,
        #[case] wrong: &str,
        #[case] message: &str,
    ) {
        let text = NORDLYS.replacen(right, wrong, 1);
        assert_ne!(text, NORDLYS);

        let error = tenant_from("nordlys.json", &text).unwrap_err();

        assert_eq!(error.to_string(), message);
    }
}
