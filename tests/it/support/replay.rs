//! Replays one recording against a server of its own.

use std::fmt::Write as _;
use std::path::Path;

use mediusflow_mock::scim::{Dialect, Profile};
use serde_json::{Map, Value, json};

use super::client::{Answer, Client};
use super::matching::{differences, unwanted};
use super::recording::{Given, Recording, Request, Step};
use super::server::{Noted, Server};
use super::variables::Variables;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Replays the recording in `file`.
///
/// # Panics
///
/// If an answer, the journal or the state afterwards is not as the recording says; the message
/// shows the step, what was sent, expected and answered, and where these differ.
pub(crate) fn replay(file: &Path) {
    let recording = Recording::read(file);
    let mut stage = Stage::new(&recording.profile, recording.schemas.as_ref());
    let told = |place: &str, problem: String| -> ! {
        panic!("\n{}\n  {}\n{place}\n{problem}", file.display(), recording.about)
    };

    stage.prepare_all(&recording.given).unwrap_or_else(|problem| told("given", problem));
    for (number, step) in (1..).zip(&recording.steps) {
        let place = format!("step {number} of {}", recording.steps.len());
        stage.play(step).unwrap_or_else(|problem| told(&place, problem));
    }
    for check in recording.then {
        let place = format!("then GET {}", check.get);
        stage.ask(&check.into_step()).map_or_else(|problem| told(&place, problem), drop);
    }
}

/// A server of its own with what a recording has kept.
pub(crate) struct Stage {
    server: Server,
    client: Client,
    variables: Variables,
}

impl Stage {
    pub(crate) fn new(profile: &str, schemas: Option<&Value>) -> Self {
        Self::on(Server::start(profile, schemas))
    }

    /// On a server of another dialect than the profile's own.
    pub(crate) fn with(profile: Profile, dialect: Dialect, schemas: Option<&Value>) -> Self {
        Self::on(Server::with(profile, dialect, schemas))
    }

    fn on(server: Server) -> Self {
        let mut variables = Variables::default();
        variables.keep("scim", json!(server.scim_url().trim_end_matches('/')));
        let client = Client::new(&server.scim_url(), &server.secret_key());
        Self { server, client, variables }
    }

    /// Makes all that a recording takes as given, users first.
    pub(crate) fn prepare_all(&mut self, given: &Given) -> Result<(), String> {
        let users = given.users.iter().map(|user| ("/Users", USER, user));
        let groups = given.groups.iter().map(|group| ("/Groups", GROUP, group));
        for (path, schema, body) in users.chain(groups) {
            self.prepare(path, schema, body)?;
        }
        Ok(())
    }

    /// Keeps an answer under a name.
    pub(crate) fn keep(&mut self, name: &str, resource: Value) {
        self.variables.keep(name, resource);
    }

    /// Makes something that the recording takes as given: a POST that nobody could object to.
    fn prepare(
        &mut self,
        path: &str,
        schema: &str,
        body: &Map<String, Value>,
    ) -> Result<(), String> {
        let mut body = body.clone();
        let name = body.remove("as").unwrap_or_default();
        let name = name.as_str().ok_or("what is given needs a name (`as`)")?;
        let schemas: Vec<&str> = std::iter::once(schema)
            .chain(body.keys().map(String::as_str).filter(|key| key.starts_with("urn:")))
            .collect();
        let schemas = json!(schemas);
        body.insert("schemas".into(), schemas);
        let request = Request {
            method: "POST".into(),
            path: path.into(),
            headers: [].into(),
            body: Some(Value::Object(body)),
            text: None,
        };

        let answer = self.send(&request)?;
        let resource = answer.json().filter(|_| answer.status == 201);
        let resource = resource.ok_or_else(|| format!("{name} was refused: {}", shown(&answer)))?;
        self.variables.keep(name, resource);
        Ok(())
    }

    /// Sends the step's request, and compares the answer and what the journal says of it.
    fn play(&mut self, step: &Step) -> Result<(), String> {
        let answer = self.ask(step)?;
        let noted = self.server.noted().ok_or("the journal has no exchange")?;
        let problems = wrongly_noted(step, &answer, &noted);
        if !problems.is_empty() {
            return Err(self.report(step, &answer, &problems));
        }
        if let (Some(name), Some(resource)) = (&step.name, answer.json()) {
            self.variables.keep(name, resource);
        }
        Ok(())
    }

    /// Sends the step's request, and compares the answer.
    fn ask(&self, step: &Step) -> Result<Answer, String> {
        let answer = self.send(&step.request)?;
        let problems = self.wrongly_answered(step, &answer)?;
        if problems.is_empty() { Ok(answer) } else { Err(self.report(step, &answer, &problems)) }
    }

    /// What the journal says of the last request.
    pub(crate) fn noted(&self) -> Option<Noted> {
        self.server.noted()
    }

    pub(crate) fn send(&self, request: &Request) -> Result<Answer, String> {
        let path = self.variables.fill(&request.path)?;
        let body = match (&request.text, &request.body) {
            (Some(text), _) => Some(text.clone()),
            (None, Some(body)) => Some(self.variables.fill_all(body)?.to_string()),
            (None, None) => None,
        };
        self.client
            .send(&request.method, &path, &request.headers, body)
            .map_err(|error| format!("{} {path} was not answered: {error}", request.method))
    }

    fn wrongly_answered(&self, step: &Step, answer: &Answer) -> Result<Vec<String>, String> {
        let expected = &step.response;
        let mut problems = Vec::new();
        if !expected.status.allows(answer.status) {
            problems.push(format!("status: {} is not expected", answer.status));
        }
        for (name, part) in &expected.headers {
            let part = self.variables.fill(part)?;
            let value = answer.headers.get(name).map_or("", String::as_str);
            if !value.contains(&part) {
                problems.push(format!("header {name}: {part:?} is expected, {value:?} is there"));
            }
        }
        match answer.json() {
            Some(actual) => {
                if let Some(body) = &expected.body {
                    problems.extend(differences(&self.variables.fill_all(body)?, &actual));
                }
                problems.extend(unwanted(&expected.absent, &actual));
                let detail = actual["detail"].as_str().unwrap_or("RFC ");
                if answer.status >= 400 && !detail.contains("RFC ") {
                    problems.push(format!("detail: it names no section of an RFC: {detail}"));
                }
                let kind = answer.headers.get("content-type").map_or("", String::as_str);
                if !kind.starts_with("application/scim+json") {
                    problems
                        .push(format!("header content-type: SCIM is expected, {kind:?} is there"));
                }
            }
            None if !answer.text.is_empty() => problems.push("body: it is no JSON".into()),
            None if answer.status != 204 && expected.body.is_some() => {
                problems.push("body: it is empty".into());
            }
            None => {}
        }
        if answer.status == 204 && !answer.text.is_empty() {
            problems.push("body: 204 has none".into());
        }
        Ok(problems)
    }

    fn report(&self, step: &Step, answer: &Answer, problems: &[String]) -> String {
        let request = &step.request;
        let sent =
            request.body.as_ref().map(|body| self.variables.fill_all(body).unwrap_or_default());
        let expected = &step.response.body;
        let expected =
            expected.as_ref().map(|body| self.variables.fill_all(body).unwrap_or_default());
        let mut report = format!(
            "{} {}{}\n\nexpected {}{}\n\nanswered {}\n\nwrong\n",
            request.method,
            self.variables.fill(&request.path).unwrap_or_default(),
            sent.as_ref().map(pretty).unwrap_or_default(),
            step.response.status,
            expected.as_ref().map(pretty).unwrap_or_default(),
            shown(answer),
        );
        for problem in problems {
            let _ = writeln!(report, "  {problem}"); // Writing to a String cannot fail.
        }
        report
    }
}

fn wrongly_noted(step: &Step, answer: &Answer, noted: &Noted) -> Vec<String> {
    let mut problems = Vec::new();
    // Nothing is tolerated in a request that is refused.
    if answer.status < 400 && noted.findings != step.findings {
        problems
            .push(format!("findings: {:?} expected, {:?} noted", step.findings, noted.findings));
    }
    if step.effect.is_some() && step.effect.as_deref() != noted.effect {
        problems.push(format!("effect: {:?} expected, {:?} noted", step.effect, noted.effect));
    }
    problems
}

fn shown(answer: &Answer) -> String {
    let body = answer.json().map_or_else(|| answer.text.clone(), |json| pretty(&json));
    format!("{}{body}", answer.status)
}

fn pretty(json: &Value) -> String {
    format!("\n{json:#}")
}
