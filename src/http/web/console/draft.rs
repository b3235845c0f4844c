//! What is typed and chosen in the window of a configuration.

use serde_json::{Map, Value as Json, json};

use super::super::form::Form;
use crate::medius::{ConfigurationDraft, DefaultsDraft, MasterData};

/// The names of the locale settings, as form and call have them.
const LOCALE: [&str; 4] = ["language", "format", "timeZone", "currency"];

/// What is typed and chosen.
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) filter: String,
    pub(super) companies: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) authorization_groups: Vec<String>,
    /// Language, format, time zone, currency.
    pub(super) locale: [String; 4],
    pub(super) login_option: String,
}

impl Typed {
    /// Nothing: the standard settings of the tenant.
    pub(super) fn standard(data: &MasterData) -> Self {
        let DefaultsDraft { roles, authorization_groups, locale, login_option } =
            data.document().defaults.clone();
        Self {
            name: String::new(),
            filter: String::new(),
            companies: Vec::new(),
            roles,
            authorization_groups,
            locale: [locale.language, locale.format, locale.time_zone, locale.currency],
            login_option,
        }
    }

    /// A configuration that there is.
    pub(super) fn of_document(it: ConfigurationDraft, data: &MasterData) -> Self {
        let standard = Self::standard(data);
        let [language, format, time_zone, currency] = standard.locale;
        Self {
            name: it.name.unwrap_or_default(),
            filter: it.filter.unwrap_or_default(),
            companies: it.companies,
            roles: it.roles.unwrap_or_default(),
            authorization_groups: it.authorization_groups.unwrap_or_default(),
            locale: [
                it.locale.language.unwrap_or(language),
                it.locale.format.unwrap_or(format),
                it.locale.time_zone.unwrap_or(time_zone),
                it.locale.currency.unwrap_or(currency),
            ],
            login_option: it.login_option.unwrap_or(standard.login_option),
        }
    }

    /// What a form says.
    pub(super) fn of_form(form: &Form) -> Self {
        let one = |name: &str| form.one(name).unwrap_or_default().to_owned();
        let all = |name: &str| form.all(name).map(str::to_owned).collect();
        Self {
            name: one("name"),
            filter: one("filter"),
            companies: all("companies"),
            roles: all("roles"),
            authorization_groups: all("authorizationGroups"),
            locale: LOCALE.map(one),
            login_option: one("loginOption"),
        }
    }

    /// The body of the call: what is as the standard settings is left out, so that the line can be read.
    pub(super) fn body(&self, data: &MasterData) -> Json {
        let standard = Self::standard(data);
        let mut body = Map::new();
        let mut add = |name: &str, value: Json| body.insert(name.to_owned(), value);
        if !self.name.trim().is_empty() {
            add("name", json!(self.name));
        }
        add("filter", json!(self.filter));
        add("companies", json!(self.companies));
        if self.roles != standard.roles {
            add("roles", json!(self.roles));
        }
        if self.authorization_groups != standard.authorization_groups {
            add("authorizationGroups", json!(self.authorization_groups));
        }
        let settings = LOCALE.iter().zip(self.locale.iter().zip(&standard.locale));
        let other = settings.filter(|(_, (own, standard))| own != standard && !own.is_empty());
        let locale: Map<String, Json> =
            other.map(|(name, (own, _))| ((*name).to_owned(), json!(own))).collect();
        if !locale.is_empty() {
            add("locale", locale.into());
        }
        if self.login_option != standard.login_option && !self.login_option.is_empty() {
            add("loginOption", json!(self.login_option));
        }
        body.into()
    }
}
