//! MediusFlow's own view of a provisioned user, made from the SCIM attributes. All of it is
//! assumed: the tutorial only names the attributes.

use serde::Serialize;
use smol_str::SmolStr;

use super::{
    Attention, AuthorizationGroup, ConfigurationChoice, Deleted, LocaleSettings, MasterData,
    MasterKind, Present, Reason, attention, is_same, login_option_of,
};

/// MediusFlow's view of one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// The id of the SCIM user.
    pub id: SmolStr,
    /// The user name in the product.
    pub user_name: SmolStr,
    /// The display name; the user name if there is no other.
    pub display_name: SmolStr,
    /// The user's work mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<SmolStr>,
    /// Whether the user may log in.
    pub active: bool,
    /// The configuration that was applied, if there is one.
    pub configuration: Option<Named>,
    /// Why this one was chosen, or none.
    pub reason: Reason,
    /// The names of the companies that the user works for.
    pub companies: Vec<String>,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    /// The user's authorization groups, those of the configuration first.
    pub authorization_groups: Vec<ViewedGroup>,
    /// The authorization groups whose SCIM groups contain the user only through another group
    /// (`indirect` in the `groups` of the SCIM user). They grant nothing: MediusFlow is assumed to
    /// use the members that it is sent, and Entra does not send nested ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indirect_groups: Vec<String>,
    /// The entries of the applied configuration that have been deleted, by their last names. The
    /// user no longer has them, even if another entry has the same name now.
    #[serde(skip_serializing_if = "Deleted::is_empty")]
    pub deleted: Deleted,
    /// The locale settings of the configuration; without one the tenant's default ones.
    pub locale: LocaleSettings,
    /// The user's supervisor, from `manager`.
    pub supervisor: Option<Supervisor>,
    /// The display name of the login option that the user logs in with.
    pub login_option: Option<String>,
    /// The user's name at the issuer of the login option: `nameIdentifier`, else the user name.
    pub name_identifier: SmolStr,
    /// `customFieldText1` to `customFieldText5`.
    pub custom_field_texts: [Option<SmolStr>; 5],
    /// What an administrator should look at.
    pub attention: Vec<Attention>,
}

/// The id and name of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// Its id.
    pub id: SmolStr,
    /// Its name.
    pub name: String,
}

/// The user that a `manager` refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Supervisor {
    /// The value of `manager`.
    pub id: SmolStr,
    /// The display name of that user; `None` if the tenant has no user with that id.
    pub display_name: Option<SmolStr>,
}

/// An authorization group that a user has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewedGroup {
    /// Its name.
    pub name: String,
    /// Whether the user's configuration assigns it.
    pub from_configuration: bool,
    /// Whether the user is a member of the SCIM group with that name.
    pub from_membership: bool,
}

/// The data that a view is made from: the attributes and groups of a SCIM user.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserFacts<'a> {
    /// `id`.
    pub id: &'a str,
    /// `userName`.
    pub user_name: &'a str,
    /// `displayName`, or the name that replaces it.
    pub display_name: Option<&'a str>,
    /// The value of the work mail address.
    pub email: Option<&'a str>,
    /// `active`; true if it is unassigned.
    pub active: bool,
    /// The id in `manager`, and the name of that user, if it exists.
    pub manager: Option<(&'a str, Option<&'a str>)>,
    /// `configurationFilter`.
    pub configuration_filter: Option<&'a str>,
    /// `identityProvider`.
    pub identity_provider: Option<&'a str>,
    /// `nameIdentifier`.
    pub name_identifier: Option<&'a str>,
    /// `customFieldText1` to `customFieldText5`.
    pub custom_field_texts: [Option<&'a str>; 5],
    /// The displayNames of the SCIM groups that the user is a member of.
    pub groups: &'a [&'a str],
    /// The displayNames of the groups that contain these.
    pub outer_groups: &'a [&'a str],
}

impl UserView {
    /// The view of the user with these `facts`, to whom `choice` was applied, in a tenant with this
    /// current data.
    pub fn new(facts: &UserFacts<'_>, choice: &ConfigurationChoice, present: Present<'_>) -> Self {
        let data = present.data;
        let applied = choice.configuration.as_deref();
        let names = |kind| applied.map(|it| data.names(kind, it.ids(kind))).unwrap_or_default();
        let defaults = &data.defaults().locale;
        let name_identifier = facts.name_identifier.filter(|it| !it.trim().is_empty());
        let display_name = facts.display_name.unwrap_or(facts.user_name);
        let login_option = login_option_of(choice, facts.identity_provider, data);
        Self {
            id: facts.id.into(),
            user_name: facts.user_name.into(),
            display_name: display_name.into(),
            email: facts.email.map(SmolStr::new),
            active: facts.active,
            configuration: applied.map(|it| Named { id: it.id.clone(), name: it.name.clone() }),
            reason: choice.reason.clone(),
            companies: names(MasterKind::Company),
            roles: names(MasterKind::Role),
            authorization_groups: authorization_groups(choice, facts.groups, data),
            indirect_groups: indirect_groups(facts, data),
            deleted: applied.map(|it| it.deleted(data)).unwrap_or_default(),
            locale: applied.map_or(defaults, |it| &it.locale).clone(),
            supervisor: facts.manager.map(|(id, name)| Supervisor {
                id: id.into(),
                display_name: name.map(SmolStr::new),
            }),
            login_option: login_option.map(|it| it.display_name.clone()),
            name_identifier: name_identifier.unwrap_or(facts.user_name).into(),
            custom_field_texts: facts.custom_field_texts.map(|it| it.map(SmolStr::new)),
            attention: attention(facts, choice, present),
        }
    }
}

impl UserView {
    /// The labels and values for a reader, in this order.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let names = |all: &[String]| match all {
            [] => "none".to_owned(),
            _ => all.join(", "),
        };
        let groups: Vec<String> =
            self.authorization_groups.iter().map(|it| it.name.clone()).collect();
        let supervisor = self.supervisor.as_ref();
        let supervisor =
            supervisor.map(|it| it.display_name.as_ref().unwrap_or(&it.id).to_string());
        let LocaleSettings { language, format, time_zone, currency } = &self.locale;
        vec![
            ("because", self.reason.to_string()),
            ("roles", names(&self.roles)),
            ("companies", names(&self.companies)),
            ("authorization", names(&groups)),
            ("locale", [&**language, format, time_zone, currency].join(" · ")),
            ("supervisor", supervisor.unwrap_or_else(|| "none".into())),
            ("login option", self.login_option.clone().unwrap_or_default()),
            ("name id", self.name_identifier.to_string()),
        ]
    }
}

/// The authorization groups that only a nested membership would grant.
fn indirect_groups(facts: &UserFacts<'_>, data: &MasterData) -> Vec<String> {
    let is_among = |all: &[&str], name: &str| all.iter().any(|it| is_same(it, name));
    let all = data.authorization_groups().iter().map(|it| &it.name);
    let indirect = all.filter(|it| is_among(facts.outer_groups, it) && !is_among(facts.groups, it));
    indirect.cloned().collect()
}

/// The groups of the configuration, then those of memberships alone.
fn authorization_groups(
    choice: &ConfigurationChoice,
    scim: &[&str],
    data: &MasterData,
) -> Vec<ViewedGroup> {
    let is_member = |name: &str| scim.iter().any(|it| is_same(it, name));
    let configured = choice.configuration.as_deref().map(|it| &*it.authorization_groups);
    let configured = configured.unwrap_or_default();
    let group = |it: &AuthorizationGroup, from_configuration| ViewedGroup {
        name: it.name.clone(),
        from_configuration,
        from_membership: is_member(&it.name),
    };
    let present = configured.iter().filter_map(|id| data.entry(*id));
    let mut groups: Vec<_> = present.map(|it| group(it, true)).collect();
    let others = data.entries().filter(|(id, _)| !configured.contains(id));
    let others = others.map(|(_, it)| group(it, false));
    groups.extend(others.filter(|it| it.from_membership));
    groups
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{UserConfiguration, sample, select};
    use super::*;

    /// The view of a user to whom the current configurations were applied.
    fn view_of(facts: &UserFacts<'_>, configurations: &[Arc<UserConfiguration>]) -> UserView {
        let (data, choice) = (sample::data(), select(configurations, facts.configuration_filter));
        UserView::new(facts, &choice, Present { data: &data, configurations })
    }

    #[test]
    fn a_view_has_the_values_of_the_attributes() {
        let configurations = [sample::configuration("Sweden", "SE-AP")];
        let facts = UserFacts {
            id: "u1",
            user_name: "asa@nordlys.example",
            display_name: Some("Åsa Ek"),
            email: Some("asa@nordlys.example"),
            active: true,
            manager: Some(("u0", Some("Nils Berg"))),
            configuration_filter: Some("se-ap"),
            identity_provider: Some("ADFS"),
            custom_field_texts: [Some("CC-100"), None, None, None, None],
            groups: &["approvers no", "Everyone"],
            ..UserFacts::default()
        };

        let view = view_of(&facts, &configurations);

        expect_test::expect![[r#"
            {
              "id": "u1",
              "userName": "asa@nordlys.example",
              "displayName": "Åsa Ek",
              "email": "asa@nordlys.example",
              "active": true,
              "configuration": {
                "id": "id-Sweden",
                "name": "Sweden"
              },
              "reason": {
                "code": "filterEquals",
                "text": "filter equals \"SE-AP\""
              },
              "companies": [
                "Nordlys Energi AB"
              ],
              "roles": [
                "Expense AP"
              ],
              "authorizationGroups": [
                {
                  "name": "Approvers NO",
                  "fromConfiguration": false,
                  "fromMembership": true
                }
              ],
              "locale": {
                "language": "sv-SE",
                "format": "sv-SE",
                "timeZone": "Europe/Stockholm",
                "currency": "SEK"
              },
              "supervisor": {
                "id": "u0",
                "displayName": "Nils Berg"
              },
              "loginOption": "Microsoft Entra ID",
              "nameIdentifier": "asa@nordlys.example",
              "customFieldTexts": [
                "CC-100",
                null,
                null,
                null,
                null
              ],
              "attention": [
                {
                  "code": "unknownIdentityProvider",
                  "text": "no login option is called \"ADFS\": that of the configuration is used"
                }
              ]
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&view).unwrap());
    }

    #[test]
    fn a_user_without_a_configuration_has_no_companies_and_needs_attention() {
        let facts = UserFacts { id: "u1", user_name: "asa", ..UserFacts::default() };

        let view = view_of(&facts, &[]);

        assert!(view.companies.is_empty() && view.roles.is_empty());
        assert_eq!(view.display_name, "asa");
        assert_eq!(view.login_option.as_deref(), Some("Microsoft Entra ID"));
        assert_eq!(view.attention, [Attention::NoConfiguration { filter: None }]);
    }
}
