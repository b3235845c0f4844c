//! The transport of requests to the target: a trait, and its implementation over HTTP.

#[cfg(feature = "network")]
mod http;
#[cfg(feature = "network")]
mod tls;

#[cfg(feature = "network")]
pub use http::HttpTransport;
#[cfg(feature = "network")]
pub use tls::CertificateError;

/// Sends a request to the target and returns the response.
pub trait Transport {
    /// Sends the request once.
    ///
    /// # Errors
    ///
    /// If no complete response came back. The target may have processed the request nevertheless.
    fn send(&self, request: &Request) -> Result<Response, TransportError>;
}

/// A request to the target's SCIM service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// The whole URL, with its query encoded.
    pub url: String,
    /// The header lines, except those of the connection. One of them is the secret token.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Option<String>,
}

/// The target's response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `Content-Type`, empty if there is none.
    pub content_type: String,
    /// `Retry-After` as sent.
    pub retry_after: Option<String>,
    /// The body. Invalid UTF-8 is replaced. A body with a `Content-Encoding`, which the client
    /// never asks for, is replaced by a sentence that says so.
    pub body: String,
}

/// Why no complete response came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The target took too long.
    #[error("the target application took too long to respond")]
    Timeout,
    /// No connection, or one that broke.
    #[error("{0}")]
    Broken(String),
}
