//! How requests reach the target: a trait, and HTTP.

#[cfg(feature = "network")]
mod http;
#[cfg(feature = "network")]
mod tls;

#[cfg(feature = "network")]
pub use http::HttpTransport;
#[cfg(feature = "network")]
pub use tls::CertificateError;

/// Carries a request to the target and brings back its answer.
pub trait Transport {
    /// Sends the request once.
    ///
    /// # Errors
    ///
    /// If no whole answer came back. The target may have done what it was asked for all the same.
    fn send(&self, request: &Request) -> Result<Response, TransportError>;
}

/// A request to the target's SCIM service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// The whole URL, with its query encoded.
    pub url: String,
    /// The header lines besides those of the connection; one of them is the secret token.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Option<String>,
}

/// What the target answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `Content-Type`, empty if there is none.
    pub content_type: String,
    /// `Retry-After` as sent.
    pub retry_after: Option<String>,
    /// The body; what is no UTF-8 is replaced. One with a `Content-Encoding`, which is never asked
    /// for, is a sentence that says so.
    pub body: String,
}

/// Why no whole answer came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The target took too long.
    #[error("the target application took too long to respond")]
    Timeout,
    /// No connection, or one that broke.
    #[error("{0}")]
    Broken(String),
}
