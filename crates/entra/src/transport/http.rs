//! Requests over HTTP, as Entra sends them.

use std::{sync::Arc, time::Duration};

use ureq::{
    Agent,
    config::AutoHeaderValue,
    http,
    tls::{RootCerts, TlsConfig},
};

use super::{CertificateError, Request, Response, Transport, TransportError, tls};

/// The longest time for one response. Microsoft's number is not public (assumed).
const TIMEOUT: Duration = Duration::from_secs(100);

/// The longest body that is read. Responses to provisioning requests are much shorter.
const LONGEST: u64 = 16 << 20;

/// HTTP/1.1 with persistent connections. Like the real service, it sends no `User-Agent`.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    agent: Agent,
    trusted: RootCerts,
}

impl HttpTransport {
    /// A client with Entra's timeout.
    pub fn new() -> Self {
        Self::with_timeout(TIMEOUT)
    }

    /// A client with this timeout.
    pub fn with_timeout(timeout: Duration) -> Self {
        Self::build(timeout, RootCerts::PlatformVerifier)
    }

    /// A client that trusts these certificate authorities, as PEM, instead of the machine's.
    ///
    /// # Errors
    ///
    /// If the text has no certificate, or a broken one.
    pub fn trusting(pem: &[u8]) -> Result<Self, CertificateError> {
        let certificates = tls::authorities(pem)?;
        Ok(Self::build(TIMEOUT, RootCerts::Specific(Arc::new(certificates))))
    }

    /// The same client with another timeout.
    #[must_use]
    pub fn waiting(&self, timeout: Duration) -> Self {
        Self::build(timeout, self.trusted.clone())
    }

    fn build(timeout: Duration, trusted: RootCerts) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .max_redirects(0)
            .proxy(None)
            .tls_config(TlsConfig::builder().root_certs(trusted.clone()).build())
            .timeout_global(Some(timeout))
            .build();
        Self { agent: config.new_agent(), trusted }
    }

    fn exchange(&self, request: &Request) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let mut builder = http::Request::builder().method(request.method).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        match &request.body {
            Some(body) => self.agent.run(builder.body(body.as_str())?),
            None => self.agent.run(builder.body(())?),
        }
    }
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut answer = self.exchange(request).map_err(broken)?;
        let header = |name: &str| {
            answer.headers().get(name).map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
        };
        let (content_type, retry_after) =
            (header("content-type").unwrap_or_default(), header("retry-after"));
        let status = answer.status().as_u16();
        let encoding = header("content-encoding").filter(|it| !it.eq_ignore_ascii_case("identity"));
        let body = answer.body_mut().with_config().limit(LONGEST).read_to_vec().map_err(broken)?;
        let body = match encoding {
            // The cause helps the reader of the message more than the bytes do.
            Some(it) if !body.is_empty() => {
                format!("a body with Content-Encoding: {it}, which the request did not ask for")
            }
            _ => String::from_utf8_lossy(&body).into_owned(),
        };
        Ok(Response { status, content_type, retry_after, body })
    }
}

fn broken(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::Timeout(_) => TransportError::Timeout,
        ureq::Error::Rustls(error) => TransportError::Broken(tls::explained(&error)),
        // Errors of the TLS handshake come as errors of the connection.
        ureq::Error::Io(error) => match error.get_ref().and_then(|it| it.downcast_ref()) {
            Some(error) => TransportError::Broken(tls::explained(error)),
            None => TransportError::Broken(ureq::Error::Io(error).to_string()),
        },
        other => TransportError::Broken(other.to_string()),
    }
}
