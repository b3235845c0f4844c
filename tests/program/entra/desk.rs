//! A tenant, and the service at work beside it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value as Json;

use crate::running::{Running, folder, program, text};

/// A tenant without users, and a folder in which the service is run against it.
pub(super) struct Desk {
    _server: Running,
    pub(super) folder: PathBuf,
    pub(super) url: String,
    pub(super) key: String,
}

impl Desk {
    pub(super) fn new(name: &str) -> Self {
        let mut server = Running::serve(&["--users", "0", "--groups", "0"]);
        let ready = server.ready();
        let told = |name: &str| ready[name].as_str().unwrap().to_owned();
        let (url, key) = (told("scimUrl"), told("secretKey"));
        Self { _server: server, folder: folder(name), url, key }
    }

    /// The same with a company in the directory.
    pub(super) fn with_company(name: &str) -> Self {
        let desk = Self::new(name);
        // Nobody waits for the pace of a gallery application here.
        desk.write("job.toml", "[settings]\nrequests-per-second = 0\n");
        desk.done(&["directory", "generate", "--users", "12", "--job", "job.toml"]);
        desk
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).unwrap();
    }

    /// Runs a command of `entra` with the tenant's credentials.
    pub(super) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// A command of `entra` with the tenant's credentials.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        command(&self.folder, &self.url, &self.key, words)
    }

    /// Starts one.
    pub(super) fn start(&self, words: &[&str]) -> Running {
        Running::start(self.command(words))
    }

    /// Runs one that succeeds; its lines.
    pub(super) fn done(&self, words: &[&str]) -> Vec<Json> {
        let run = self.run(words);
        assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""), "{words:?}");
        text(&run.stdout).lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// Runs a cycle that completes; what it counted.
    pub(super) fn cycle(&self, words: &[&str]) -> Json {
        let all = [&["cycle"], words].concat();
        let last = self.done(&all).pop().unwrap();
        assert_eq!(last["ended"], "completed");
        last["execution"].clone()
    }

    /// How many users the tenant has.
    pub(super) fn users(&self) -> u64 {
        self.get(&format!("{}/Users", self.url))["totalResults"].as_u64().unwrap()
    }

    fn get(&self, url: &str) -> Json {
        let key = format!("Bearer {}", self.key);
        let mut answer = ureq::get(url).header("authorization", key).call().unwrap();
        answer.body_mut().read_json().unwrap()
    }

    pub(super) fn user(&self, name: &str) -> Json {
        let found = self.get(&format!("{}/Users?filter=userName+eq+%22{name}%22", self.url));
        found["Resources"][0].clone()
    }
}

/// Runs one in a folder, against a target.
pub(super) fn at(folder: &Path, url: &str, key: &str, words: &[&str]) -> Output {
    command(folder, url, key, words).output().unwrap()
}

/// A command of `entra` in a folder, with credentials in its environment.
pub(super) fn command(folder: &Path, url: &str, key: &str, words: &[&str]) -> Command {
    let mut command = program(&["entra"]);
    command.args(words).current_dir(folder);
    command.env("MEDIUSFLOW_MOCK_SCIM_URL", url).env("MEDIUSFLOW_MOCK_SECRET_KEY", key);
    command
}
