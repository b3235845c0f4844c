//! What the demo shows, as data: a small company, its week, and what must be there at the end.
//!
//! The texts are `fixtures/demo/*.json`; this turns them into scenes of steps.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::seed::fixture::{FixtureError, parse};

/// The whole demo, in the order in which it is performed.
#[derive(Debug)]
pub(super) struct Script {
    /// The tenant that is set up.
    pub(super) tenant_name: String,
    /// What happens.
    pub(super) scenes: Vec<Scene>,
}

/// Some steps under one heading.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) heading: String,
    pub(super) steps: Vec<Step>,
}

/// What the audience sees happen at once.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) title: String,
    pub(super) action: Action,
}

/// Something to do over HTTP.
#[derive(Debug)]
pub(super) enum Action {
    /// In MediusFlow's admin console.
    Console(ConsoleAction),
    /// Entra's "Test Connection".
    TestConnection,
    /// A change in Entra's directory, to be provisioned.
    Change(Change),
}

/// A call of the admin console (tutorial, Step 2).
#[derive(Debug)]
pub(super) enum ConsoleAction {
    /// Step 1, with the tenant's name.
    Authenticate(String),
    /// Step 2.
    VerifyConnection,
    /// Steps 3 and 4, with the Microsoft Entra tenant ID.
    SaveIntegration(String),
    /// Step 5.
    UseUserProvisioning,
    /// Steps 6 and 7.
    GenerateSecretKey,
    /// Steps 8 to 10, with the configuration.
    AddConfiguration(Json),
    /// Step 11.
    CopyScimLink,
}

/// A change in Entra's directory. People are named by their nickname, groups by their displayName.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Change {
    /// A user comes into scope.
    Hire(Person),
    /// A user's manager is set.
    Manager { who: String, manager: String },
    /// A group comes into scope, with its members.
    Group(Group),
    /// Attributes change: the SCIM path of each and its new value.
    Update { who: String, attributes: BTreeMap<String, String> },
    /// A user goes out of scope, or is soft-deleted.
    Disable(String),
    /// A user comes back.
    Enable(String),
    /// A user becomes a member of a group.
    Join { who: String, group: String },
    /// A user is no longer a member of a group.
    Leave { who: String, group: String },
    /// Somebody creates a user that exists, with its userName in capitals.
    CreateAgain(String),
    /// A user is deleted for good.
    Delete(String),
}

/// A user of Entra's directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Person {
    /// `mailNickname`: what the demo knows the person by, also when the userName changes.
    pub(super) nickname: String,
    pub(super) given_name: String,
    pub(super) family_name: String,
    display_name: Option<String>,
    pub(super) title: String,
    pub(super) department: String,
    pub(super) configuration_filter: Option<String>,
    manager: Option<String>,
}

/// A group of Entra's directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Group {
    pub(super) display_name: String,
    pub(super) members: Vec<String>,
}

/// The domain of all user names and mail addresses of the company.
pub(super) const DOMAIN: &str = "nordlys.example";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Company {
    tenant_name: String,
    entra_tenant_id: String,
    configurations: Vec<Json>,
    people: Vec<Person>,
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    day: String,
    steps: Vec<Titled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Titled {
    title: String,
    change: Change,
}

impl Script {
    /// Reads the demo's fixtures.
    ///
    /// # Errors
    ///
    /// [`FixtureError`] at the first thing that is wrong.
    pub(super) fn read() -> Result<Self, FixtureError> {
        let company: Company = parse(
            "fixtures/demo/company.json",
            include_str!("../../../fixtures/demo/company.json"),
        )?;
        let week: Vec<Day> =
            parse("fixtures/demo/week.json", include_str!("../../../fixtures/demo/week.json"))?;
        let mut scenes = vec![company.set_up(), test_connection()];
        let tenant_name = company.tenant_name.clone();
        scenes.extend(company.initial_cycle());
        scenes.extend(week.into_iter().map(Scene::from));
        Ok(Self { tenant_name, scenes })
    }
}

impl Person {
    /// `displayName`: the given name first, if nothing else is said.
    pub(super) fn display_name(&self) -> String {
        let usual = || format!("{} {}", self.given_name, self.family_name);
        self.display_name.clone().unwrap_or_else(usual)
    }

    /// `userPrincipalName` and mail address.
    pub(super) fn user_name(&self) -> String {
        format!("{}@{DOMAIN}", self.nickname)
    }
}

impl Company {
    fn set_up(&self) -> Scene {
        use ConsoleAction as Do;
        let call = |title: &str, action| Step::new(title, Action::Console(action));
        let mut steps = vec![
            call("1 Authenticate", Do::Authenticate(self.tenant_name.clone())),
            call("2 Verify the connection", Do::VerifyConnection),
            call(
                "3, 4 Microsoft Entra tenant ID, Save configuration",
                Do::SaveIntegration(self.entra_tenant_id.clone()),
            ),
            call("5 Use user provisioning, OK", Do::UseUserProvisioning),
            call("6, 7 Generate Secret Key, OK", Do::GenerateSecretKey),
        ];
        steps.extend(self.configurations.iter().map(|it| {
            let title = "8-10 Add new configuration, default settings, Save";
            call(title, Do::AddConfiguration(it.clone()))
        }));
        steps.push(call("11 Copy SCIM link", Do::CopyScimLink));
        Scene { heading: "MediusFlow admin console: configure user provisioning".into(), steps }
    }

    /// Entra's initial cycle: users, then their managers, then groups with their members.
    fn initial_cycle(self) -> Vec<Scene> {
        let change = |title: String, change| Step::new(&title, Action::Change(change));
        let managers = self.people.iter().filter_map(|person| {
            let manager = person.manager.clone()?;
            let who = person.nickname.clone();
            let boss = self.people.iter().find(|it| it.nickname == manager);
            let boss = boss.map_or_else(|| manager.clone(), Person::display_name);
            let title = format!("{} reports to {boss}", person.display_name());
            Some(change(title, Change::Manager { who, manager }))
        });
        let managers: Vec<Step> = managers.collect();
        let people = self.people.into_iter().map(|it| change(it.display_name(), Change::Hire(it)));
        let groups = self.groups.into_iter().map(|it| {
            let title = format!("{}, {} members", it.display_name, it.members.len());
            change(title, Change::Group(it))
        });
        let scene = |what: &str, steps| Scene { heading: format!("Initial cycle: {what}"), steps };
        vec![
            scene("users", people.collect()),
            scene("managers", managers),
            scene("groups", groups.collect()),
        ]
    }
}

fn test_connection() -> Scene {
    let step = Step::new("Test Connection", Action::TestConnection);
    Scene { heading: "Microsoft Entra: Tenant URL and Secret Token".into(), steps: vec![step] }
}

impl Step {
    fn new(title: &str, action: Action) -> Self {
        Self { title: title.to_owned(), action }
    }
}

impl From<Day> for Scene {
    fn from(day: Day) -> Self {
        let steps = day.steps.into_iter();
        let steps = steps.map(|it| Step::new(&it.title, Action::Change(it.change)));
        Self { heading: day.day, steps: steps.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_sets_up_tests_provisions_and_goes_through_a_week() {
        let script = Script::read().unwrap();

        let scenes: Vec<_> =
            script.scenes.iter().map(|it| format!("{}: {}", it.heading, it.steps.len())).collect();
        expect_test::expect![[r#"
            [
                "MediusFlow admin console: configure user provisioning: 9",
                "Microsoft Entra: Tenant URL and Secret Token: 1",
                "Initial cycle: users: 14",
                "Initial cycle: managers: 13",
                "Initial cycle: groups: 4",
                "Monday: 4",
                "Tuesday: 3",
                "Wednesday: 3",
                "Thursday: 2",
                "Friday: 2",
            ]
        "#]]
        .assert_debug_eq(&scenes);
    }
}
