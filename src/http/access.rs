//! Checks under which host names the server is called, and from the pages of which origins.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What the server requires of its callers.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The token that callers of the control API must send. Without it, they need no token if the server
    /// listens on a loopback address; on other addresses all callers are refused.
    pub token: Option<String>,
    /// The host names under which the server may be called, besides loopback names and addresses, its own
    /// address, the host of its public URL, and `host.docker.internal`.
    pub hosts: Vec<String>,
}

/// The name with which a container calls its host machine.
const CONTAINERS_HOST: &str = "host.docker.internal";

/// The largest length of a host with a port. A host name alone is never longer (RFC 1035 §2.3.4).
const LONGEST_HOST: usize = 255;

impl Access {
    /// Whether a host of a `Host` header belongs to the server at this address: a loopback name or address,
    /// the address itself, the host of its public URL, `host.docker.internal`, or one of the allowed names.
    /// Any port is accepted, since ports may be mapped.
    ///
    /// A page of another site can make a browser call the server under a name of that site that resolves to
    /// this machine (DNS rebinding). It cannot use one of these names.
    pub(super) fn knows(&self, host: &str, address: SocketAddr, public_url: Option<&str>) -> bool {
        let Some(host) = Host::read(host) else { return false };
        let public = public_url.map(authority_of);
        let mut named = self.hosts.iter().map(String::as_str).chain(public).filter_map(Host::read);
        if named.any(|it| it.has_name_of(&host)) {
            return true;
        }
        if let Some(ip) = host.ip() {
            // A server that listens on all addresses can be called by any address of the machine. An IP
            // address cannot be rebound.
            let own = address.ip().to_canonical();
            return ip.is_loopback() || ip == own || own.is_unspecified();
        }
        let name = host.name.to_ascii_lowercase();
        name == "localhost" || name.ends_with(".localhost") || name == CONTAINERS_HOST
    }
}

/// A host in a request ([RFC 9110 §7.2](https://www.rfc-editor.org/rfc/rfc9110#section-7.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host<'a> {
    /// A name without the trailing dot, or an IP address; an IPv6 address without its brackets.
    name: &'a str,
    port: Option<&'a str>,
}

impl<'a> Host<'a> {
    /// Reads a host with or without a port; `None` for anything else.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST_HOST {
            return None;
        }
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (name, rest) = rest.split_once(']')?;
            name.parse::<Ipv6Addr>().ok()?;
            (name, rest)
        } else {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (name.strip_suffix('.').unwrap_or(name), port)
        };
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b".-_:".contains(&it);
        let port = match port.strip_prefix(':') {
            Some(port) => Some(port).filter(|it| !it.is_empty()),
            None if port.is_empty() => None,
            None => return None,
        };
        let is_host = !name.is_empty()
            && name.bytes().all(is_plain)
            && port.is_none_or(|it| it.bytes().all(|it| it.is_ascii_digit()));
        is_host.then_some(Self { name, port })
    }

    fn ip(&self) -> Option<IpAddr> {
        // An IPv4-mapped IPv6 address is the same machine.
        self.name.parse().ok().map(|it: IpAddr| it.to_canonical())
    }

    fn has_name_of(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(other.name)
            || self.ip().is_some_and(|it| Some(it) == other.ip())
    }

    /// Whether both are the same host and port with this scheme.
    fn is(&self, other: &Self, scheme: &str) -> bool {
        let usual = if scheme == "https" { "443" } else { "80" };
        self.has_name_of(other) && self.port.unwrap_or(usual) == other.port.unwrap_or(usual)
    }
}

/// Whether the origin of a request from a browser is the called host or the public URL.
pub(super) fn same_origin(origin: &str, called: Option<&str>, public_url: Option<&str>) -> bool {
    let Some((scheme, origin)) = origin.split_once("://") else { return false };
    let Some(origin) = Host::read(origin).filter(|_| matches!(scheme, "http" | "https")) else {
        return false;
    };
    // A proxy may terminate TLS before the server, so only the public URL determines the scheme.
    let called = called.and_then(Host::read).filter(|it| origin.is(it, scheme));
    let public = public_url.and_then(|it| it.split_once("://")).filter(|it| it.0 == scheme);
    let public = public.and_then(|(_, rest)| Host::read(authority_of(rest)));
    called.is_some() || public.is_some_and(|it| origin.is(&it, scheme))
}

/// `host:port` of a URL.
fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
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
    #[case("localhost.evil.example", false)]
    #[case("localhost.", true)]
    #[case("LocalHost.:8420", true)]
    #[case("mock.example.", true)]
    #[case("MOCK.EXAMPLE:1", true)]
    #[case("mock.example.evil", false)]
    #[case("evil.example.", false)]
    #[case("localhost..", false)]
    #[case("localhost:", true)]
    #[case("localhost:80x", false)]
    #[case("localhost:80:80", false)]
    #[case("127.0.0.1.", true)]
    #[case("[0:0:0:0:0:0:0:1]", true)]
    #[case("[::ffff:127.0.0.1]:8420", true)]
    #[case("[::ffff:192.0.2.7]", false)]
    #[case("[127.0.0.1]", false)]
    #[case("[::1", false)]
    #[case("[::1]8420", false)]
    #[case("::1", false)]
    #[case("[localhost]", false)]
    #[case("user@localhost", false)]
    #[case("localhost/", false)]
    #[case("localhost@evil.example", false)]
    #[case("localhost, evil.example", false)]
    #[case(" localhost", false)]
    #[case("l\u{f6}calhost", false)]
    #[case("192.0.2.9:1", true)]
    #[case("notlocalhost", false)]
    #[case("", false)]
    fn a_host_is_known_or_it_is_not(#[case] host: &str, #[case] is_known: bool) {
        let hosts = vec!["MediusFlow:8420".into(), "192.0.2.9".into()];
        let access = Access { hosts, token: None };
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

    #[test]
    fn a_public_url_may_name_an_address() {
        let address = "127.0.0.1:8420".parse().unwrap();
        let knows = |host| Access::default().knows(host, address, Some("http://192.0.2.7:31000/m"));

        assert!(knows("192.0.2.7:31000"));
        assert!(!knows("192.0.2.8:31000"));
    }

    #[rstest]
    #[case("http://localhost:8420", true)]
    #[case("https://LOCALHOST:8420", true)]
    #[case("http://localhost.:8420", true)]
    #[case("http://localhost", false)]
    #[case("http://localhost:8421", false)]
    #[case("http://127.0.0.1:8420", false)]
    #[case("https://mock.example", true)]
    #[case("https://mock.example:443", true)]
    #[case("http://mock.example", false)]
    #[case("https://mock.example:8443", false)]
    #[case("https://evil.example", false)]
    #[case("https://mock.example.evil.example", false)]
    #[case("ftp://localhost:8420", false)]
    #[case("http://localhost:8420/", false)]
    #[case("http://user@localhost:8420", false)]
    #[case("localhost:8420", false)]
    #[case("null", false)]
    #[case("", false)]
    fn an_origin_is_the_own_one_or_a_foreign_one(#[case] origin: &str, #[case] is_own: bool) {
        let public = Some("https://mock.example/medius");

        assert_eq!(same_origin(origin, Some("localhost:8420"), public), is_own);
    }

    #[test]
    fn a_port_that_is_the_usual_one_may_be_left_out() {
        assert!(same_origin("http://localhost", Some("localhost:80"), None));
        assert!(same_origin("https://localhost", Some("localhost:443"), None));
        assert!(!same_origin("https://localhost", Some("localhost:80"), None));
        assert!(!same_origin("http://localhost", None, None));
    }
}
