//! The program as a process of its own.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    io::{BufRead as _, BufReader, PipeWriter, Read as _, Write as _},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio},
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

/// An empty folder of a test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir(&folder).unwrap();
    folder
}

/// A pipe with a name, in a folder.
pub(crate) fn fifo(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

/// A stream into which nothing fits any more; its reader comes with it, or it would be closed.
pub(crate) fn full() -> (OwnedFd, UnixStream) {
    let (mut writer, reader) = UnixStream::pair().unwrap();
    writer.set_nonblocking(true).unwrap();
    while writer.write(&[b'.'; 1024]).is_ok() {}
    while writer.write(b".").is_ok() {}
    writer.set_nonblocking(false).unwrap();
    (writer.into(), reader)
}

/// A pipe whose reader has gone.
pub(crate) fn closed() -> PipeWriter {
    std::io::pipe().unwrap().1
}

/// A part of an [`Output`] as text.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A server that runs until it is told to stop, or is dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<BufReader<ChildStderr>>,
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

    /// Starts a program whose stdout goes elsewhere.
    pub(crate) fn start_unread(mut command: Command, stdout: impl Into<Stdio>) -> Self {
        command.stdout(stdout);
        Self::spawn(command)
    }

    /// Starts a program whose stderr goes elsewhere.
    pub(crate) fn start_unheard(mut command: Command, stderr: impl Into<Stdio>) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        Self { child, stdout, stderr: None }
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = child.stderr.take().map(BufReader::new);
        Self { child, stdout, stderr }
    }

    /// The stdin of a program that was started with a pipe for it.
    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
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
            assert!(
                self.stderr.as_mut().unwrap().read_line(&mut line).unwrap() > 0,
                "{message:?} was not logged"
            );
            let entry: Json = serde_json::from_str(&line).unwrap();
            if entry["message"] == message {
                return entry;
            }
        }
    }

    /// The log lines until the end of the program.
    pub(crate) fn log(mut self) -> Vec<String> {
        self.stderr.take().unwrap().lines().map(Result::unwrap).collect()
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Kills it, which it cannot notice.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// All that is printed on stdout from now on, until the last process that has it ends.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        rest
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
