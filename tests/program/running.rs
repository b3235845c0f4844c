//! The program as a process of its own.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio},
};

use serde_json::Value as Json;

/// The program with these arguments, and nothing from the environment that would change them.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mediusflow-mock"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MEDIUSFLOW_MOCK_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// What the program printed until its end, and how it ended.
pub(crate) fn outcome(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

/// A part of an [`Output`] as text.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A server that runs until it is told to stop, or is dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    /// Starts `serve` on a free port.
    pub(crate) fn serve(arguments: &[&str]) -> Self {
        let mut all = vec!["serve", "--port", "0", "--log-format", "json"];
        all.extend(arguments);
        Self::start(program(&all))
    }

    /// Starts a program that serves, and reads what it prints.
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped());
        Self::spawn(command)
    }

    /// Starts a program whose stdout nobody reads: the pipe is closed at its other end.
    pub(crate) fn start_unread(mut command: Command) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(writer);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = child.stderr.take().map(BufReader::new).unwrap();
        Self { child, stdout, stderr }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line on stdout, without its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).unwrap();
        line.strip_suffix('\n').unwrap().to_owned()
    }

    /// The ready line of `--log-format json`.
    pub(crate) fn ready(&mut self) -> Json {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// The first log line with this message.
    pub(crate) fn logged(&mut self, message: &str) -> Json {
        loop {
            let mut line = String::new();
            assert!(self.stderr.read_line(&mut line).unwrap() > 0, "{message:?} was not logged");
            let entry: Json = serde_json::from_str(&line).unwrap();
            if entry["message"] == message {
                return entry;
            }
        }
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; what was left on stdout comes with it.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        if let Some(stdout) = &mut self.stdout {
            stdout.read_to_string(&mut rest).unwrap();
        }
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
