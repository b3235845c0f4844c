//! Does what the script says, step by step, and has each told.

use std::io::Write;

use super::{
    check,
    console::Console,
    entra::{Entra, Scim},
    script::{Action, Script, Step},
    stage::Stage,
    wire::{DemoError, Wire},
};

/// The demo as it runs: an administrator, the provisioning service, and the wire to the server.
#[derive(Debug)]
pub(super) struct Performance {
    wire: Wire,
    console: Console,
    entra: Entra,
}

impl Performance {
    /// A demo in the tenant of a server.
    pub(super) fn new(server: &str, tenant: &str) -> Self {
        Self { wire: Wire::new(), console: Console::new(server, tenant), entra: Entra::default() }
    }

    /// Performs the whole script, or as much of it as the stage stays open for.
    ///
    /// # Errors
    ///
    /// When the server answers otherwise than expected.
    pub(super) fn run(
        &mut self,
        script: &Script,
        stage: &mut Stage<impl Write>,
    ) -> Result<(), DemoError> {
        for scene in &script.scenes {
            stage.open(&scene.heading);
            for step in &scene.steps {
                if !stage.is_open() {
                    return Ok(());
                }
                let remark = self.step(step)?;
                stage.tell(&step.title, &self.wire.take_sent(), &remark);
            }
        }
        Ok(())
    }

    /// Compares the tenant with what must be there at the end. Answers how many values differ.
    ///
    /// # Errors
    ///
    /// When the tenant cannot be read.
    pub(super) fn check(&mut self, stage: &mut Stage<impl Write>) -> Result<usize, DemoError> {
        let expected = check::expected()?;
        let found = check::found(&mut self.wire, &self.console)?;
        let report = check::Report::of(&expected, &found);
        stage.print(&report);
        Ok(report.differences.len())
    }

    fn step(&mut self, step: &Step) -> Result<String, DemoError> {
        if let Action::Console(action) = &step.action {
            return self.console.perform(&mut self.wire, action);
        }
        let mut scim = Scim { wire: &mut self.wire, credentials: self.console.credentials()? };
        match &step.action {
            Action::Change(change) => self.entra.provision(&mut scim, change),
            _ => Entra::test_connection(&mut scim),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::mpsc};

    use super::super::{script::Change, stage::Pace};
    use super::*;
    use crate::server::MockServer;

    fn stage() -> Stage<io::Sink> {
        let (_audience, curtain) = mpsc::channel();
        Stage::new(io::sink(), Pace::AtOnce, curtain)
    }

    #[test]
    fn a_state_that_is_not_the_expected_one_is_noticed() {
        let server = MockServer::builder().fresh(true).start().unwrap();
        let script = Script::read().unwrap();
        let mut demo = Performance::new(server.url(), &script.tenant_name);
        demo.run(&script, &mut stage()).unwrap();
        assert_eq!(demo.check(&mut stage()).unwrap(), 0);

        let action = Action::Change(Change::Disable("asa.berg".into()));
        demo.step(&Step { title: "one step too many".into(), action }).unwrap();

        assert_eq!(demo.check(&mut stage()).unwrap(), 1);
    }

    #[test]
    fn an_answer_that_is_not_the_expected_one_ends_the_demo_with_what_it_said() {
        let server = MockServer::builder().fresh(false).start().unwrap();
        let script = Script::read().unwrap();
        let mut demo = Performance::new(server.url(), &script.tenant_name);

        let error = demo.run(&script, &mut stage()).unwrap_err().to_string();

        let (request, why) = error.split_once(" answered ").unwrap();
        assert_eq!(request, format!("POST {}/NordlysQA/admin/v1/configurations", server.url()));
        assert!(why.starts_with("400 ") && why.ends_with(", expected 201"), "{why}");
    }
}
