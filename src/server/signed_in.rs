//! Signing somebody in from a test.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value as Json, json};

use super::TestTenant;

/// Somebody who was signed in.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignedIn {
    /// The session's cookie, `name=value`: a browser that has it is logged in.
    pub cookie: String,
    /// What mock Entra said of the person; nothing of a local account.
    pub claims: Option<Json>,
    /// What MediusFlow made of the user; nothing of a console user.
    pub view: Option<Json>,
}

/// Why somebody could not be signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The sign-in was refused.
    #[error("the sign-in was refused: {text}")]
    #[non_exhaustive]
    Refused {
        /// The reason for programs, such as `disabled`.
        code: String,
        /// The reason for people.
        text: String,
    },
    /// The server did not answer.
    #[error("the server did not answer the sign-in: {0}")]
    Server(#[from] io::Error),
}

impl TestTenant {
    /// Signs a user in, by user name or id, as a person does it: at mock Entra, or with the local account if
    /// that is the user's login option. Each step is recorded as done by the test.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// let user = &server.users()[0];
    ///
    /// let signed_in = server.sign_in(user["userName"].as_str().unwrap())?;
    /// assert_eq!(signed_in.view.unwrap()["id"], user["id"]);
    /// assert!(server.sign_in("nobody@contoso.com").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] with the reason.
    pub fn sign_in(&self, user: &str) -> Result<SignedIn, SignInError> {
        let (status, body) = self.post("sign-in", &json!({"user": user}))?;
        let text = |pointer: &str| body.pointer(pointer).and_then(Json::as_str);
        let member = |name: &str| body.get(name).filter(|it| !it.is_null()).cloned();
        match (status, text("/session/cookie")) {
            (200, Some(cookie)) => Ok(SignedIn {
                cookie: cookie.to_owned(),
                claims: member("claims"),
                view: member("view"),
            }),
            _ => Err(SignInError::Refused {
                code: text("/reason/code").or_else(|| text("/code")).unwrap_or_default().to_owned(),
                text: text("/detail").unwrap_or_default().to_owned(),
            }),
        }
    }

    /// Makes a call of the control API below the tenant; the status and the JSON that came back. A build of
    /// the library has no HTTP client, and needs none for one call to itself.
    fn post(&self, below: &str, body: &Json) -> io::Result<(u16, Json)> {
        let url = self.control_url();
        let (_, rest) = url.split_once("://").unwrap_or(("http", &url));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let body = body.to_string();
        let mut connection = TcpStream::connect(host)?;
        write!(
            connection,
            "POST /{path}/{below} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            length = body.len()
        )?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP");
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        Ok((status, serde_json::from_str(body).unwrap_or_default()))
    }
}
