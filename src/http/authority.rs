//! The URL of the server, and the index of its tenants.

use std::net::Ipv6Addr;

use actix_web::{
    HttpRequest,
    http::header::{FORWARDED, HOST, X_FORWARDED_HOST, X_FORWARDED_PROTO},
};
use serde_json::{Value as Json, json};

use super::{App, access::Host};
use crate::{medius::TenantName, tenant::Tenant};

impl App {
    /// The URL of the server for this caller, without a slash at its end.
    ///
    /// It is the configured public URL if there is one. Else it follows from the request: `Forwarded` (RFC
    /// 7239), `X-Forwarded-Proto` and `X-Forwarded-Host`, `Host`. So links are right behind port mappings
    /// and tunnels.
    pub(super) fn authority(&self, request: &HttpRequest) -> String {
        if let Some(url) = self.public_url() {
            return url;
        }
        let headers = request.headers();
        let said = headers.get(HOST).and_then(|it| it.to_str().ok());
        // Most requests have only the header `Host`, for which this is the fast path.
        let forwarding = [FORWARDED, X_FORWARDED_PROTO, X_FORWARDED_HOST];
        if let Some(host) = said.filter(|it| is_host(it))
            && !forwarding.iter().any(|it| headers.contains_key(it))
        {
            return ["http://", host].concat();
        }
        let connection = request.connection_info();
        let host = connection.host();
        let scheme = if connection.scheme() == "https" { "https" } else { "http" };
        // actix uses a default host for requests without one (HTTP/1.0).
        let is_told = host != request.app_config().host() || said == Some(host);
        if is_told && is_host(host) {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{}", self.address)
        }
    }
}

impl App {
    /// A description of the server and the addresses of its tenants, below this URL.
    pub(super) fn index(&self, url: &str) -> Json {
        let (journal_bytes, most_journal_bytes) = self.tenants.journal_bytes();
        let tenants: Vec<_> = self.tenants.all().iter().map(|it| addresses(it, url)).collect();
        json!({
            "name": "mediusflow-mock",
            "version": env!("CARGO_PKG_VERSION"),
            "pid": std::process::id(),
            "url": url,
            "seed": self.seed,
            "journals": {"bytes": journal_bytes, "mostBytes": most_journal_bytes},
            "authenticateUrl": format!("{url}/admin/v1/authenticate"),
            "controlUrl": format!("{url}/_mock/v1"),
            "tenants": tenants,
            "hint": "GET a tenant's controlUrl: its secretKey is the bearer token of its SCIM service",
        })
    }

    /// The same description for all callers. Keys follow from the seed, so the seed is shown only on this
    /// machine.
    pub(super) fn public_index(&self, url: &str) -> Json {
        let mut index = self.index(url);
        if let (false, Some(members)) = (self.address.ip().is_loopback(), index.as_object_mut()) {
            members.remove("seed");
        }
        index
    }
}

/// The addresses of a tenant's services, below this URL.
pub(super) fn addresses(tenant: &Tenant, url: &str) -> Json {
    let name = tenant.name();
    let mut addresses = json!({
        "tenant": name.as_str(),
        "environment": name.environment().to_string(),
        "scimUrl": format!("{url}/{name}/scim/v2"),
        "adminUrl": format!("{url}/{name}/admin/v1"),
        "controlUrl": format!("{url}/_mock/v1/tenants/{name}"),
    });
    if cfg!(feature = "web") {
        addresses["loginUrl"] = login_url(url, name).into();
        addresses["authority"] = entra_authority(url, name).into();
    }
    addresses
}

/// Where users log in to a tenant of the server at this URL (feature `web`).
pub fn login_url(url: &str, tenant: &TenantName) -> String {
    format!("{url}/{tenant}/")
}

/// The URL of a tenant's mock Entra, which stands for `https://login.microsoftonline.com` (feature `web`).
pub fn entra_authority(url: &str, tenant: &TenantName) -> String {
    format!("{url}/{tenant}/entra")
}

/// Whether a text is a valid host of a URL, with or without a port. A hostile request must not be able to
/// put anything else into a link.
fn is_host(text: &str) -> bool {
    Host::read(text).is_some()
}

/// Reads an absolute URL without credentials, query and fragment. A slash at its end is removed.
///
/// # Errors
///
/// The expected format, as a sentence.
pub fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let is_url = rest.is_some_and(|rest| {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority);
        let is_port = |it: &str| it.parse().is_ok_and(|it: u16| it > 0);
        // The characters of RFC 3986 §3.3 that have no meaning in HTML or a shell.
        let is_plain = |it: char| it.is_ascii_alphanumeric() || "-._~%/".contains(it);
        allowed_host(host).is_ok() && port.is_none_or(is_port) && path.chars().all(is_plain)
    });
    if !is_url {
        return Err(
            "expected a URL such as https://mock.example:8443/medius: a host, perhaps a port \
                    and a path of letters, digits and -._~%, no user, query or fragment"
                .into(),
        );
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Reads a host name or an IP address, without a port.
///
/// # Errors
///
/// The expected format, as a sentence.
pub fn allowed_host(text: &str) -> Result<String, String> {
    let is_label = |it: &str| {
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
        (1..=63).contains(&it.len()) && it.bytes().all(is_plain)
    };
    let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let is_host = match inner {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => text.len() <= 253 && text.split('.').all(is_label),
    };
    if is_host {
        return Ok(text.to_owned());
    }
    Err("expected the name of a host without a port, such as mock.example".into())
}

/// The host and the port of `host:port`. An IPv6 address must be in brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
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
    #[case("https://mock.example/a#b", None)]
    #[case("http://[::1]:8420", Some("http://[::1]:8420"))]
    #[case("http://192.0.2.7:1/", Some("http://192.0.2.7:1"))]
    #[case("http://user:secret@mock.example", None)]
    #[case("http://user@mock.example", None)]
    #[case("http://mock.example/<script>alert(1)</script>", None)]
    #[case("http://<b>.example", None)]
    #[case("http://mock.example/\"onload=", None)]
    #[case("http://mock.example/'", None)]
    #[case("http://mock.example/&amp;", None)]
    #[case("http://mock.example/{x}", None)]
    #[case("http://mock.example/a b", None)]
    #[case("http://mock.example/\u{7}", None)]
    #[case("http://mock.example\\evil", None)]
    #[case("http://mock.example:0", None)]
    #[case("http://mock.example:99999", None)]
    #[case("http://mock.example:", None)]
    #[case("http://mock..example", None)]
    #[case("http://[::1", None)]
    #[case("http://m\u{f6}ck.example", None)]
    #[case("http://", None)]
    fn a_public_url_is_absolute(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(public_url(text).ok().as_deref(), expected);
    }

    #[rstest]
    #[case("mock.example", true)]
    #[case("medius_flow", true)]
    #[case("192.0.2.7", true)]
    #[case("[2001:db8::7]", true)]
    #[case("mock.example:8420", false)]
    #[case("http://mock.example", false)]
    #[case("user@mock.example", false)]
    #[case("<b>", false)]
    #[case("*.example", false)]
    #[case("mock.example/", false)]
    #[case("", false)]
    fn an_allowed_host_is_a_name_without_a_port(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(allowed_host(text).is_ok(), is_one);
    }
}
