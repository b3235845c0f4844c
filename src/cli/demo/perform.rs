//! Does what the script says, step by step, and has each told.

use std::io::Write;

use super::{
    check,
    console::Administrator,
    provision::Entra,
    script::{DemoAction, DemoStep, Script},
    stage::DemoStage,
    wire::{DemoError, HttpClient},
};

/// The demo as it runs: an administrator, the provisioning service, and the wire to the server.
#[derive(Debug)]
pub(super) struct RunningDemo {
    wire: HttpClient,
    console: Administrator,
    entra: Entra,
    entra_tenant_id: String,
}

impl RunningDemo {
    /// A demo in the tenant of a server.
    pub(super) fn new(server: &str, script: &Script) -> Self {
        Self {
            wire: HttpClient::new(),
            console: Administrator::new(server, &script.tenant_name),
            entra: Entra::new(script.directory.clone()),
            entra_tenant_id: script.entra_tenant_id.clone(),
        }
    }

    /// Performs the whole script, or as much of it as the stage stays open for.
    ///
    /// # Errors
    ///
    /// When the server answers otherwise than expected.
    pub(super) fn run(
        &mut self,
        script: &Script,
        stage: &mut DemoStage<impl Write>,
    ) -> Result<(), DemoError> {
        for scene in &script.scenes {
            stage.open(&scene.heading);
            for step in &scene.steps {
                if !stage.is_open() {
                    return Ok(());
                }
                self.step(step, stage)?;
            }
        }
        Ok(())
    }

    /// Compares the tenant with the directory, and with what must be there at the end. Answers how
    /// many values differ.
    ///
    /// # Errors
    ///
    /// When the tenant cannot be read.
    pub(super) fn check(&mut self, stage: &mut DemoStage<impl Write>) -> Result<usize, DemoError> {
        let expected = check::expected(&self.entra.directory)?;
        let found = check::found(&mut self.wire, &self.console)?;
        let report = check::EndReport::of(&expected, &found);
        stage.print(&report);
        Ok(report.differences.len())
    }

    fn step(
        &mut self,
        step: &DemoStep,
        stage: &mut DemoStage<impl Write>,
    ) -> Result<(), DemoError> {
        match &step.action {
            DemoAction::Administrator(action) => {
                let remark = self.console.perform(&mut self.wire, action)?;
                stage.tell(&step.title, &self.wire.take_sent(), &remark);
                Ok(())
            }
            DemoAction::TestConnection => {
                let credentials = self.console.credentials()?;
                self.entra.connect(&self.entra_tenant_id, credentials, stage)
            }
            DemoAction::Change(changes) => {
                self.entra.change(changes)?;
                stage.tell(&step.title, &[], "");
                Ok(())
            }
            DemoAction::Cycle => self.entra.cycle(stage),
            DemoAction::Later(time) => {
                self.entra.later(*time);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::mpsc};

    use super::super::stage::DemoPace;
    use super::*;
    use crate::server::MockServer;

    fn stage() -> DemoStage<io::Sink> {
        let (_audience, curtain) = mpsc::channel();
        DemoStage::new(io::sink(), DemoPace::AtOnce, curtain)
    }

    #[test]
    fn a_state_that_is_not_the_expected_one_is_noticed() {
        let server = MockServer::builder().fresh(true).start().unwrap();
        let script = Script::read().unwrap();
        let mut demo = RunningDemo::new(server.url(), &script);
        demo.run(&script, &mut stage()).unwrap();
        assert_eq!(demo.check(&mut stage()).unwrap(), 0);

        let change = r#"{ "change": "disable", "object": "asa.oberg@nordlys.example" }"#;
        demo.entra.change(&[serde_json::from_str(change).unwrap()]).unwrap();
        demo.entra.cycle(&mut stage()).unwrap();

        assert_eq!(demo.check(&mut stage()).unwrap(), 1);
    }

    #[test]
    fn an_answer_that_is_not_the_expected_one_ends_the_demo_with_what_it_said() {
        let server = MockServer::builder().fresh(false).start().unwrap();
        let script = Script::read().unwrap();
        let mut demo = RunningDemo::new(server.url(), &script);

        let error = demo.run(&script, &mut stage()).unwrap_err().to_string();

        let (request, why) = error.split_once(" answered ").unwrap();
        assert_eq!(request, format!("POST {}/NordlysQA/admin/v1/configurations", server.url()));
        assert!(why.starts_with("400 ") && why.ends_with(", expected 201"), "{why}");
    }
}
