//! The one line that tells a waiting program where the server is.

use std::{
    fmt,
    io::{self, Write as _},
    thread,
};

use serde::Serialize;

use super::arguments::LogFormat;
use crate::server::MockServer;

/// What a program needs to know to use the server.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    url: String,
    scim_url: String,
    control_url: String,
    tenant: String,
    /// `None` while the tenant has none: with `--fresh`.
    secret_key: Option<String>,
    /// `None` where the control API wants none.
    #[serde(skip_serializing_if = "Option::is_none")]
    control_token: Option<String>,
    pid: u32,
    version: &'static str,
    seed: u64,
}

/// Prints the ready line on stdout.
pub(super) fn announce(server: &MockServer, format: LogFormat) {
    let ready = Ready::of(server);
    let line = match format {
        LogFormat::Text => ready.to_string(),
        LogFormat::Json => serde_json::to_string(&ready).expect("texts and numbers are JSON"),
    };
    // On its own thread, because nobody may be reading: a full pipe blocks for ever, and a closed
    // one is an error that concerns nobody.
    thread::spawn(move || {
        let mut stdout = io::stdout().lock();
        drop(writeln!(stdout, "{line}").and_then(|()| stdout.flush()));
    });
}

impl Ready {
    fn of(server: &MockServer) -> Self {
        Self {
            url: server.url().to_owned(),
            scim_url: server.scim_url(),
            control_url: server.control_url(),
            tenant: server.tenant().name().to_string(),
            secret_key: server.secret_key(),
            control_token: server.control_token().map(str::to_owned),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION"),
            seed: server.seed(),
        }
    }
}

/// The line for people; it never shows the secret key.
impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, scim_url, pid, version, .. } = self;
        write!(f, "mediusflow-mock {version} ready on {url} (scim {scim_url}) pid {pid}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Ready {
        let url = "http://127.0.0.1:41234";
        Ready {
            url: url.into(),
            scim_url: format!("{url}/NordlysQA/scim/v2"),
            control_url: format!("{url}/_mock/v1/tenants/NordlysQA"),
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
            r#"{"url":"http://127.0.0.1:41234","scimUrl":"http://127.0.0.1:41234/NordlysQA/scim/v2","controlUrl":"http://127.0.0.1:41234/_mock/v1/tenants/NordlysQA","tenant":"NordlysQA","secretKey":"mfk-test","controlToken":"mfc-test","pid":4711,"version":"0.1.0","seed":1}"#
        ]]
        .assert_eq(&serde_json::to_string(&sample()).unwrap());
    }
}
