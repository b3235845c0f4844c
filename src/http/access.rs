//! Who may use the control API.

use std::net::{IpAddr, SocketAddr};

/// What the control API asks of its callers.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The token that callers bring. Without one they need none, as long as the server listens on a
    /// loopback address; on others nobody gets in.
    pub token: Option<String>,
    /// Under which names the server may be called, besides loopback names and addresses, its own
    /// address, the host of its public URL, and `host.docker.internal`.
    pub hosts: Vec<String>,
}

/// The name by which a container calls the machine that it runs on.
const CONTAINERS_HOST: &str = "host.docker.internal";

impl Access {
    /// Whether a host, as the `Host` header names it, is one of the server at this address: a
    /// loopback name or address, the address itself, the host of its public URL,
    /// `host.docker.internal`, or one of the names that were allowed.
    ///
    /// A page of another site can make a browser call the server under a name of its own that
    /// resolves to the machine (DNS rebinding); it cannot choose these.
    pub(super) fn knows(&self, host: &str, address: SocketAddr, public_url: Option<&str>) -> bool {
        let name = without_port(host);
        let literal = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if let Ok(ip) = literal {
            // A server that listens everywhere is called by any address of the machine; none of them
            // is a name that resolves to something else.
            return ip.is_loopback() || ip == address.ip() || address.ip().is_unspecified();
        }
        let is_local = |it: &str| it == "localhost" || it.ends_with(".localhost");
        let public = public_url.map(|it| without_port(authority_of(it)));
        is_local(&name.to_ascii_lowercase())
            || name.eq_ignore_ascii_case(CONTAINERS_HOST)
            || public.is_some_and(|it| it.eq_ignore_ascii_case(name))
            || self.hosts.iter().any(|it| it.eq_ignore_ascii_case(name))
    }
}

/// `host:port` of a URL, or of an origin.
pub(super) fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1:8420", true)]
    #[case("127.0.0.9", true)]
    #[case("[::1]:8420", true)]
    #[case("localhost", true)]
    #[case("LOCALHOST:1", true)]
    #[case("mock.localhost:1", true)]
    #[case("host.docker.internal:8420", true)]
    #[case("mock.example", true)]
    #[case("mediusflow:8420", true)]
    #[case("192.0.2.7:8420", false)]
    #[case("evil.example:8420", false)]
    #[case("127.0.0.1.evil.example", false)]
    #[case("notlocalhost", false)]
    #[case("", false)]
    fn a_host_is_known_or_it_is_not(#[case] host: &str, #[case] is_known: bool) {
        let access = Access { hosts: vec!["MediusFlow".into()], token: None };
        let address = "127.0.0.1:8420".parse().unwrap();

        let known = access.knows(host, address, Some("https://mock.example:8443/medius"));

        assert_eq!(known, is_known);
    }

    #[rstest]
    #[case("0.0.0.0:8420", "192.0.2.7:31000", true)]
    #[case("[::]:8420", "[2001:db8::7]:31000", true)]
    #[case("192.0.2.7:8420", "192.0.2.7:8420", true)]
    #[case("192.0.2.7:8420", "192.0.2.8:8420", false)]
    #[case("0.0.0.0:8420", "evil.example", false)]
    fn an_address_is_known_where_the_server_listens(
        #[case] address: &str,
        #[case] host: &str,
        #[case] is_known: bool,
    ) {
        assert_eq!(Access::default().knows(host, address.parse().unwrap(), None), is_known);
    }
}
