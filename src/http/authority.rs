//! Under which URL the server is reached.

use actix_web::{
    HttpRequest,
    http::header::{FORWARDED, HOST, X_FORWARDED_HOST, X_FORWARDED_PROTO},
};

use super::{App, access::Host};

impl App {
    /// The URL of the server as the caller knows it, without a slash at its end.
    ///
    /// The configured public URL if there is one, else what the request says: `Forwarded` (RFC
    /// 7239), `X-Forwarded-Proto` and `X-Forwarded-Host`, `Host`. So links stay right behind port
    /// mappings and tunnels.
    pub(super) fn authority(&self, request: &HttpRequest) -> String {
        if let Some(url) = self.public_url() {
            return url;
        }
        let headers = request.headers();
        let said = headers.get(HOST).and_then(|it| it.to_str().ok());
        // Most requests name their host and no more, and need not be looked through.
        let forwarding = [FORWARDED, X_FORWARDED_PROTO, X_FORWARDED_HOST];
        if let Some(host) = said.filter(|it| is_host(it))
            && !forwarding.iter().any(|it| headers.contains_key(it))
        {
            return ["http://", host].concat();
        }
        let connection = request.connection_info();
        let host = connection.host();
        let scheme = if connection.scheme() == "https" { "https" } else { "http" };
        // actix has a host of its own for requests that name none (HTTP/1.0).
        let is_told = host != request.app_config().host() || said == Some(host);
        if is_told && is_host(host) {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{}", self.address)
        }
    }
}

/// Whether a text can be the host of a URL, with or without a port: what a hostile request says must
/// not end up as something else in a link.
fn is_host(text: &str) -> bool {
    Host::read(text).is_some()
}

/// Reads an absolute URL without query and fragment; the slash at its end is left out.
///
/// # Errors
///
/// What was expected, as a sentence.
pub fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let is_url = rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.contains(|it: char| matches!(it, '?' | '#') || it.is_whitespace())
    });
    if !is_url {
        return Err("expected a URL such as https://mock.example:8443/medius".into());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://mock.example", Some("http://mock.example"))]
    #[case("https://mock.example:8443/medius/", Some("https://mock.example:8443/medius"))]
    #[case("mock.example", None)]
    #[case("ftp://mock.example", None)]
    #[case("http:///medius", None)]
    #[case("https://mock.example?a=b", None)]
    fn a_public_url_is_absolute(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(public_url(text).ok().as_deref(), expected);
    }
}
