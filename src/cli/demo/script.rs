//! The script of the demo as data: a small company, its week, and the expected state at the end.
//!
//! The texts are `fixtures/demo/*.json`; this turns them into sections of steps.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{http_client::DemoError, sign_in::DemoSignIn};
use crate::{
    entra::{Change, SourceDirectory},
    seed::parse,
};

/// The whole demo in the order of its steps.
#[derive(Debug)]
pub(super) struct Script {
    /// The tenant that is set up.
    pub(super) tenant_name: String,
    /// The Entra tenant that the company's people are in.
    pub(super) entra_tenant_id: String,
    /// Its source directory at the start.
    pub(super) directory: SourceDirectory,
    /// What happens.
    pub(super) sections: Vec<DemoSection>,
}

/// Some steps under one heading.
#[derive(Debug)]
pub(super) struct DemoSection {
    pub(super) heading: String,
    pub(super) steps: Vec<DemoStep>,
}

/// One step, which is printed at once.
#[derive(Debug)]
pub(super) struct DemoStep {
    pub(super) title: String,
    pub(super) action: DemoAction,
}

/// Something to do.
#[derive(Debug)]
pub(super) enum DemoAction {
    /// In MediusFlow's admin console.
    Administrator(ConsoleAction),
    /// Entra's "Test Connection".
    TestConnection,
    /// Changes in Entra's directory that the next cycle provisions.
    Change(Vec<Change>),
    /// A cycle of the provisioning service.
    Cycle,
    /// Somebody signs in to MediusFlow.
    SignIn(DemoSignIn),
    /// Time passes.
    Later(SignedDuration),
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewCompany {
    tenant_name: String,
    entra_tenant_id: String,
    configurations: Vec<Json>,
    /// Who signs in after the initial cycle.
    first_sign_ins: Vec<DemoSignIn>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Day {
    name: String,
    /// The number of days after the day before; by default 1.
    days_later: Option<i64>,
    steps: Vec<Titled>,
    /// Who signs in after the cycle.
    #[serde(default)]
    sign_ins: Vec<DemoSignIn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Titled {
    title: String,
    changes: Vec<Change>,
}

impl Script {
    /// Reads the demo's fixtures.
    ///
    /// # Errors
    ///
    /// At the first mistake in a fixture.
    pub(super) fn read() -> Result<Self, DemoError> {
        let company: NewCompany = parse(
            "fixtures/demo/company.json",
            include_str!("../../../fixtures/demo/company.json"),
        )?;
        let week: Vec<Day> =
            parse("fixtures/demo/week.json", include_str!("../../../fixtures/demo/week.json"))?;
        let directory = SourceDirectory::from_json(
            "fixtures/demo/directory.json",
            include_str!("../../../fixtures/demo/directory.json"),
        )?;
        let set_up = company.set_up();
        let NewCompany { tenant_name, entra_tenant_id, first_sign_ins, .. } = company;
        let mut sections = vec![set_up, initial_cycle(first_sign_ins)];
        sections.extend(week.into_iter().map(DemoSection::from));
        Ok(Self { tenant_name, entra_tenant_id, directory, sections })
    }
}

impl NewCompany {
    fn set_up(&self) -> DemoSection {
        use ConsoleAction as Do;
        let call = |title: &str, action| DemoStep::new(title, DemoAction::Administrator(action));
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
        DemoSection {
            heading: "MediusFlow admin console: configure user provisioning".into(),
            steps,
        }
    }
}

fn initial_cycle(sign_ins: Vec<DemoSignIn>) -> DemoSection {
    let mut steps = vec![
        DemoStep::new("Test Connection", DemoAction::TestConnection),
        DemoStep::new("Initial cycle", DemoAction::Cycle),
    ];
    steps.extend(sign_ins.into_iter().map(DemoStep::from));
    DemoSection {
        heading: "Microsoft Entra: Tenant URL, Secret Token, Start provisioning".into(),
        steps,
    }
}

impl DemoStep {
    fn new(title: &str, action: DemoAction) -> Self {
        Self { title: title.to_owned(), action }
    }
}

impl From<DemoSignIn> for DemoStep {
    fn from(sign_in: DemoSignIn) -> Self {
        Self::new(&sign_in.title.clone(), DemoAction::SignIn(sign_in))
    }
}

/// The changes of a day, the cycle that provisions them, and who signs in then.
impl From<Day> for DemoSection {
    fn from(day: Day) -> Self {
        let night = SignedDuration::from_hours(24 * day.days_later.unwrap_or(1));
        let mut steps = vec![DemoStep::new("", DemoAction::Later(night))];
        steps.extend(
            day.steps
                .into_iter()
                .map(|it| DemoStep::new(&it.title, DemoAction::Change(it.changes))),
        );
        steps.push(DemoStep::new("Incremental cycle", DemoAction::Cycle));
        steps.extend(day.sign_ins.into_iter().map(DemoStep::from));
        Self { heading: day.name, steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_sets_up_tests_provisions_and_goes_through_a_week() {
        let script = Script::read().unwrap();

        let sections: Vec<_> = script
            .sections
            .iter()
            .map(|it| format!("{}: {}", it.heading, it.steps.len()))
            .collect();
        expect_test::expect![[r#"
            [
                "MediusFlow admin console: configure user provisioning: 9",
                "Microsoft Entra: Tenant URL, Secret Token, Start provisioning: 3",
                "Monday: 5",
                "Tuesday: 5",
                "Wednesday: 4",
                "Thursday: 4",
                "Friday: 4",
                "Thirty days later: 4",
            ]
        "#]]
        .assert_debug_eq(&sections);
    }
}
