//! The ready line and the ready file, which tell a waiting program where the server is.

use std::{
    borrow::Cow,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    thread,
};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot::{self, Receiver};

use super::{
    Exit,
    owned_file::{AtomicFile, FileKind, with_suffix},
    state_file::StateReport,
    values::LineFormat,
};
use crate::server::MockServer;

/// The data that a program needs to use the server.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadyLine {
    pub(super) url: String,
    pub(super) scim_url: String,
    pub(super) control_url: String,
    /// Where users log in to the tenant.
    login_url: String,
    /// The tenant's mock Entra, in the place of `https://login.microsoftonline.com`.
    authority: String,
    pub(super) tenant: String,
    /// `None` if the tenant has none: with `--fresh`.
    pub(super) secret_key: Option<String>,
    /// `None` if the control API needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) control_token: Option<String>,
    /// A warning about who may know the secret key; `None` if the server listens on this machine
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    pid: u32,
    version: Cow<'static, str>,
    seed: u64,
    /// What was done with the state file; `None` without `--state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<StateReport>,
}

impl ReadyLine {
    /// The ready line of a server, and of its state file if it has one.
    pub(super) fn of(server: &MockServer, state: Option<&StateReport>) -> Self {
        Self {
            url: server.url().to_owned(),
            scim_url: server.scim_url(),
            control_url: format!("{}/_mock/v1", server.url()),
            login_url: server.login_url(),
            authority: server.entra_authority(),
            tenant: server.tenant().name().to_string(),
            secret_key: server.secret_key(),
            control_token: server.control_token().map(str::to_owned),
            warning: warning(server),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").into(),
            seed: server.seed(),
            state: state.cloned(),
        }
    }

    /// Prints the ready line on stdout.
    pub(super) fn print(&self, format: LineFormat) {
        let line = match format {
            LineFormat::Text => self.to_string(),
            LineFormat::Json => self.json(),
        };
        // On a thread of its own: a full pipe that nobody reads blocks for ever. The error of a
        // closed pipe is ignored.
        thread::spawn(move || {
            let mut stdout = io::stdout().lock();
            drop(writeln!(stdout, "{line}").and_then(|()| stdout.flush()));
        });
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }
}

/// The warning about the keys of a server that listens beyond this machine.
fn warning(server: &MockServer) -> Option<String> {
    if server.address().ip().is_loopback() {
        return None;
    }
    Some(if server.has_seed_of_chance() {
        "seed and keys are of chance and differ at every start; --seed fixes them".into()
    } else {
        format!(
            "whoever knows the seed ({}) knows the keys, and others can reach this server",
            server.seed()
        )
    })
}

/// The line for people. It never shows the secret key, and says where to read it.
impl fmt::Display for ReadyLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, scim_url, control_url, tenant, pid, version, .. } = self;
        write!(f, "mediusflow-mock {version} ready on {url} (scim {scim_url}) pid {pid}")?;
        match self.secret_key {
            Some(_) => {
                write!(f, "; secretKey: curl -s {control_url}/tenants/{tenant}")?;
                if self.control_token.is_some() {
                    // The token is never in this line, even if the user chose it.
                    f.write_str(
                        " with the control token (yours, or that of --ready-file and --log-format json)",
                    )?;
                }
            }
            None => write!(f, "; no secret key yet: the eleven steps are open")?,
        }
        if let Some(state) = &self.state {
            write!(f, "; {state}")?;
        }
        match &self.warning {
            Some(warning) => write!(f, "; warning: {warning}"),
            None => Ok(()),
        }
    }
}

/// The ready line as JSON in a file. Dropping this deletes the file.
pub(super) enum ReadyFile {
    /// A file of its own.
    File {
        path: PathBuf,
        text: String,
        /// Its lock shows other servers that this one runs.
        _held: File,
    },
    /// A pipe or device. The line was written to it.
    Stream,
}

/// Why there is no ready file.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadyFileError {
    /// It cannot be written.
    #[error("can't write the ready file {path}: {source}")]
    Unwritable { path: String, source: io::Error },
    /// The path has a file that must not be replaced.
    #[error(
        "--ready-file {path} is {what}: expected a new name, the ready file of an earlier server, a pipe or a device"
    )]
    Taken { path: String, what: &'static str },
}

impl From<&ReadyFileError> for Exit {
    fn from(error: &ReadyFileError) -> Self {
        match error {
            ReadyFileError::Unwritable { .. } => Self::Failed,
            ReadyFileError::Taken { .. } => Self::Usage,
        }
    }
}

impl ReadyFile {
    /// Refuses a path with another kind of file. Deletes the file of a server that has ended, so
    /// that nobody takes it for the file of this one. The file of a running server stays.
    ///
    /// # Errors
    ///
    /// [`ReadyFileError`]. Nothing is changed then.
    pub(super) fn prepare(path: &Path) -> Result<(), ReadyFileError> {
        if kind(path)? == FileKind::File
            && let Ok(file) = File::open(path)
            && is_abandoned(&file)
        {
            // A file that cannot be deleted cannot be replaced either; writing reports that.
            drop(fs::remove_file(path));
        }
        Ok(())
    }

    /// Writes the file atomically, readable by its owner only, because it holds the secret key. A
    /// pipe or device is written to.
    ///
    /// # Errors
    ///
    /// [`ReadyFileError`]. Nothing is changed then.
    pub(super) async fn write(path: &Path, ready: &ReadyLine) -> Result<Self, ReadyFileError> {
        let text = format!("{}\n", ready.json());
        let unwritable = |it| unwritable(path, it);
        match kind(path)? {
            FileKind::Nothing | FileKind::File => {}
            // There may be no reader yet.
            FileKind::Pipe => {
                drop(stream(path, text));
                return Ok(Self::Stream);
            }
            _ => {
                let written = stream(path, text).await.unwrap_or(Ok(()));
                return written.map(|()| Self::Stream).map_err(unwritable);
            }
        }
        let temporary = &with_suffix(path, &format!(".{}.tmp", ready.pid));
        let whole = AtomicFile { path, temporary, begins: BEGINS, is_secret: true };
        let held =
            whole.replace_by(|it| it.write_all(text.as_bytes()), hold).map_err(unwritable)?;
        Ok(Self::File { path: path.to_owned(), text, _held: held })
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        let Self::File { path, text, .. } = self else { return };
        // Another server may have replaced the file by its own.
        let is_file = FileKind::at(path).is_ok_and(|it| it == FileKind::File);
        if is_file && fs::read_to_string(&*path).is_ok_and(|it| it == *text) {
            drop(fs::remove_file(path));
        }
    }
}

/// The start of ready lines.
const BEGINS: &str = "{\"url\":\"";

/// More bytes than a ready line has.
const MOST: u64 = 64 * 1024;

/// Checks that a ready file can be at a path, and returns the kind of file there.
fn kind(path: &Path) -> Result<FileKind, ReadyFileError> {
    let taken = |what| Err(ReadyFileError::Taken { path: path.display().to_string(), what });
    match FileKind::at(path).map_err(|it| unwritable(path, it))? {
        FileKind::File if !holds_ready_line(path) => taken("a file of another kind"),
        it @ (FileKind::Nothing | FileKind::File | FileKind::Pipe | FileKind::Device) => Ok(it),
        other => taken(other.name()),
    }
}

fn holds_ready_line(path: &Path) -> bool {
    let mut text = String::new();
    let read = File::open(path).and_then(|it| it.take(MOST).read_to_string(&mut text));
    read.is_ok() && text.starts_with(BEGINS) && serde_json::from_str::<ReadyLine>(&text).is_ok()
}

fn unwritable(path: &Path, source: io::Error) -> ReadyFileError {
    ReadyFileError::Unwritable { path: path.display().to_string(), source }
}

/// Writes to a pipe or device on a thread of its own, because it may block.
fn stream(path: &Path, text: String) -> Receiver<io::Result<()>> {
    let (done, wait) = oneshot::channel();
    let path = path.to_owned();
    thread::spawn(move || {
        let written = OpenOptions::new().write(true).open(&path).and_then(|mut it| {
            match FileKind::of(it.metadata()?.file_type()) {
                FileKind::Pipe | FileKind::Device => it.write_all(text.as_bytes()),
                _ => Err(io::Error::other("something else was put in its place")),
            }
        });
        if let Err(error) = &written {
            tracing::warn!("can't write the ready line to {}: {error}", path.display());
        }
        drop(done.send(written));
    });
    wait
}

/// Locks the file while its server runs. On systems without locks, the file of a server that has
/// ended stays until the next one is ready.
#[cfg(unix)]
fn hold(file: &File) {
    drop(file.try_lock());
}

/// Whether the server of this file has ended.
#[cfg(unix)]
fn is_abandoned(file: &File) -> bool {
    file.try_lock().is_ok()
}

/// Here a lock would prevent others from reading.
#[cfg(not(unix))]
fn hold(_: &File) {}

#[cfg(not(unix))]
fn is_abandoned(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> ReadyLine {
        let url = "http://127.0.0.1:41234";
        ReadyLine {
            url: url.into(),
            scim_url: format!("{url}/NordlysQA/scim/v2"),
            control_url: format!("{url}/_mock/v1"),
            login_url: format!("{url}/NordlysQA/"),
            authority: format!("{url}/NordlysQA/entra"),
            tenant: "NordlysQA".into(),
            secret_key: Some("mfk-test".into()),
            control_token: Some("mfc-test".into()),
            warning: None,
            pid: 4711,
            version: "0.1.0".into(),
            seed: 1,
            state: None,
        }
    }

    #[test]
    fn the_line_for_people_has_addresses_and_no_secret() {
        assert_eq!(
            sample().to_string(),
            "mediusflow-mock 0.1.0 ready on http://127.0.0.1:41234 \
             (scim http://127.0.0.1:41234/NordlysQA/scim/v2) pid 4711; secretKey: curl -s \
             http://127.0.0.1:41234/_mock/v1/tenants/NordlysQA with the control token (yours, or \
             that of --ready-file and --log-format json)"
        );
    }

    #[test]
    fn the_line_for_programs_has_every_field() {
        expect_test::expect![[
            r#"{"url":"http://127.0.0.1:41234","scimUrl":"http://127.0.0.1:41234/NordlysQA/scim/v2","controlUrl":"http://127.0.0.1:41234/_mock/v1","loginUrl":"http://127.0.0.1:41234/NordlysQA/","authority":"http://127.0.0.1:41234/NordlysQA/entra","tenant":"NordlysQA","secretKey":"mfk-test","controlToken":"mfc-test","pid":4711,"version":"0.1.0","seed":1}"#
        ]]
        .assert_eq(&serde_json::to_string(&sample()).unwrap());
    }
}
