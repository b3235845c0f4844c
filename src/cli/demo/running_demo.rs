//! Runs the steps of the script and prints their results.

use std::io::Write;

use super::{
    console::Administrator,
    end_report,
    entra::Entra,
    http_client::{DemoError, HttpClient},
    output::DemoOutput,
    script::{DemoAction, DemoStep, Script},
    sign_in::SignInResults,
};

/// A running demo: the administrator, the provisioning service, and the HTTP client.
#[derive(Debug)]
pub(super) struct RunningDemo {
    client: HttpClient,
    console: Administrator,
    entra: Entra,
    entra_tenant_id: String,
    sign_ins: SignInResults,
}

impl RunningDemo {
    /// A demo in the tenant of a server.
    pub(super) fn new(server: &str, script: &Script) -> Self {
        Self {
            client: HttpClient::new(),
            console: Administrator::new(server, &script.tenant_name),
            entra: Entra::new(script.directory.clone()),
            entra_tenant_id: script.entra_tenant_id.clone(),
            sign_ins: SignInResults::new(server, &script.tenant_name),
        }
    }

    /// Runs the script until its end, or until the demo is stopped.
    ///
    /// # Errors
    ///
    /// When an answer of the server is not the expected one.
    pub(super) fn run(
        &mut self,
        script: &Script,
        output: &mut DemoOutput<impl Write>,
    ) -> Result<(), DemoError> {
        for section in &script.sections {
            output.heading(&section.heading);
            for step in &section.steps {
                if !output.is_running() {
                    return Ok(());
                }
                self.step(step, output)?;
            }
        }
        Ok(())
    }

    /// Compares the tenant with the directory and the expected state, and returns the number of
    /// differences.
    ///
    /// # Errors
    ///
    /// When the tenant cannot be read.
    pub(super) fn check(
        &mut self,
        output: &mut DemoOutput<impl Write>,
    ) -> Result<usize, DemoError> {
        let (client, sign_ins) = (&mut self.client, &self.sign_ins);
        let expected = end_report::expected(&self.entra.directory, &sign_ins.expected)?;
        let found = end_report::found(client, &self.console, sign_ins)?;
        let report = end_report::EndReport::of(&expected, &found);
        output.print(&report);
        Ok(report.differences.len())
    }

    fn step(
        &mut self,
        step: &DemoStep,
        output: &mut DemoOutput<impl Write>,
    ) -> Result<(), DemoError> {
        match &step.action {
            DemoAction::Administrator(action) => {
                let remark = self.console.perform(&mut self.client, action)?;
                output.print_step(&step.title, &self.client.take_sent(), &remark);
                Ok(())
            }
            DemoAction::TestConnection => {
                let credentials = self.console.credentials()?;
                self.entra.connect(&self.entra_tenant_id, credentials, output)
            }
            DemoAction::Change(changes) => {
                self.entra.change(changes)?;
                output.print_step(&step.title, &[], "");
                Ok(())
            }
            DemoAction::Cycle => self.entra.cycle(output),
            DemoAction::SignIn(wanted) => {
                let remark = self.sign_ins.sign_in(&mut self.client, wanted)?;
                output.print_step(&step.title, &self.client.take_sent(), &remark);
                Ok(())
            }
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

    use super::super::output::DemoPace;
    use super::*;
    use crate::server::MockServer;

    fn output() -> DemoOutput<io::Sink> {
        let (_stopper, stop) = mpsc::channel();
        DemoOutput::new(io::sink(), DemoPace::AtOnce, stop)
    }

    #[test]
    fn an_unexpected_final_state_is_reported() {
        let server = MockServer::builder().fresh().start().unwrap();
        let script = Script::read().unwrap();
        let mut demo = RunningDemo::new(server.url(), &script);
        demo.run(&script, &mut output()).unwrap();
        assert_eq!(demo.check(&mut output()).unwrap(), 0);

        let change = r#"{ "change": "disable", "object": "asa.oberg@nordlys.example" }"#;
        demo.entra.change(&[serde_json::from_str(change).unwrap()]).unwrap();
        demo.entra.cycle(&mut output()).unwrap();

        assert_eq!(demo.check(&mut output()).unwrap(), 1);
    }

    #[test]
    fn an_unexpected_answer_ends_the_demo_with_its_message() {
        let server = MockServer::builder().start().unwrap();
        let script = Script::read().unwrap();
        let mut demo = RunningDemo::new(server.url(), &script);

        let error = demo.run(&script, &mut output()).unwrap_err().to_string();

        let (request, why) = error.split_once(" answered ").unwrap();
        assert_eq!(request, format!("POST {}/NordlysQA/admin/v1/configurations", server.url()));
        assert!(why.starts_with("400 ") && why.ends_with(", expected 201"), "{why}");
    }
}
