//! The one line, and the file, that tell a waiting program where the server is.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
};

use serde::Serialize;

use super::arguments::LogFormat;
use crate::server::MockServer;

/// What a program needs to know to use the server.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ready {
    pub(super) url: String,
    pub(super) scim_url: String,
    pub(super) control_url: String,
    pub(super) tenant: String,
    /// `None` while the tenant has none: with `--fresh`.
    pub(super) secret_key: Option<String>,
    /// `None` where the control API wants none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) control_token: Option<String>,
    pid: u32,
    version: &'static str,
    seed: u64,
}

impl Ready {
    /// What there is to know of a server.
    pub(super) fn of(server: &MockServer) -> Self {
        Self {
            url: server.url().to_owned(),
            scim_url: server.scim_url(),
            control_url: format!("{}/_mock/v1", server.url()),
            tenant: server.tenant().name().to_string(),
            secret_key: server.secret_key(),
            control_token: server.control_token().map(str::to_owned),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION"),
            seed: server.seed(),
        }
    }

    /// Prints the ready line on stdout.
    pub(super) fn print(&self, format: LogFormat) {
        let line = match format {
            LogFormat::Text => self.to_string(),
            LogFormat::Json => self.json(),
        };
        // On its own thread, because nobody may be reading: a full pipe blocks for ever, and a
        // closed one is an error that concerns nobody.
        thread::spawn(move || {
            let mut stdout = io::stdout().lock();
            drop(writeln!(stdout, "{line}").and_then(|()| stdout.flush()));
        });
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }
}

/// The line for people; it never shows the secret key.
impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, scim_url, pid, version, .. } = self;
        write!(f, "mediusflow-mock {version} ready on {url} (scim {scim_url}) pid {pid}")
    }
}

/// The file that holds the ready line as JSON while the server runs; dropped, it is removed.
pub(super) struct ReadyFile {
    path: PathBuf,
    text: String,
}

/// The file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("can't write the ready file {path}: {source}")]
pub(super) struct ReadyFileError {
    path: String,
    source: io::Error,
}

impl ReadyFile {
    /// Removes what an earlier server left, so that nobody takes it for this one's.
    pub(super) fn clear(path: &Path) {
        // What cannot be removed cannot be replaced either; writing will say so.
        drop(fs::remove_file(path));
    }

    /// Makes the file appear whole, readable by its owner only: it holds the secret key.
    pub(super) fn write(path: &Path, ready: &Ready) -> Result<Self, ReadyFileError> {
        let text = format!("{}\n", ready.json());
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.tmp", ready.pid));
        let temporary = PathBuf::from(name);
        let renamed = fill(&temporary, &text).and_then(|()| fs::rename(&temporary, path));
        match renamed {
            Ok(()) => Ok(Self { path: path.to_owned(), text }),
            Err(source) => {
                drop(fs::remove_file(&temporary)); // as far as there is one
                Err(ReadyFileError { path: path.display().to_string(), source })
            }
        }
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // Another server may have put its own in place.
        if fs::read_to_string(&self.path).is_ok_and(|it| it == self.text) {
            drop(fs::remove_file(&self.path));
        }
    }
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Ready {
        let url = "http://127.0.0.1:41234";
        Ready {
            url: url.into(),
            scim_url: format!("{url}/NordlysQA/scim/v2"),
            control_url: format!("{url}/_mock/v1"),
            tenant: "NordlysQA".into(),
            secret_key: Some("mfk-test".into()),
            control_token: Some("mfc-test".into()),
            pid: 4711,
            version: "0.1.0",
            seed: 1,
        }
    }

    #[test]
    fn the_line_for_people_says_where_the_server_is_and_no_secret() {
        assert_eq!(
            sample().to_string(),
            "mediusflow-mock 0.1.0 ready on http://127.0.0.1:41234 \
             (scim http://127.0.0.1:41234/NordlysQA/scim/v2) pid 4711"
        );
    }

    #[test]
    fn the_line_for_programs_says_everything() {
        expect_test::expect![[
            r#"{"url":"http://127.0.0.1:41234","scimUrl":"http://127.0.0.1:41234/NordlysQA/scim/v2","controlUrl":"http://127.0.0.1:41234/_mock/v1","tenant":"NordlysQA","secretKey":"mfk-test","controlToken":"mfc-test","pid":4711,"version":"0.1.0","seed":1}"#
        ]]
        .assert_eq(&serde_json::to_string(&sample()).unwrap());
    }
}
