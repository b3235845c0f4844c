//! Where the pages are, as the browser reaches them.

/// The URL of the server, by which links and cookies are made.
#[derive(Clone)]
pub(in crate::http) struct Site {
    /// Without a slash at its end.
    pub(in crate::http) url: String,
}

impl Site {
    pub(in crate::http) fn new(url: String) -> Self {
        Self { url }
    }

    /// A link to this path of the server, such as `/NordlysQA/admin/users`.
    pub(in crate::http) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.prefix())
    }

    /// The path of the server's URL, which a proxy may put before all addresses; mostly empty.
    pub(in crate::http) fn prefix(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or("", |at| &rest[at..])
    }

    /// The port of the server's URL.
    pub(in crate::http) fn port(&self) -> &str {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("http", ""));
        let authority = rest.split('/').next().unwrap_or_default();
        let port = authority.rsplit_once(':').map(|(_, port)| port);
        let usual = if scheme == "https" { "443" } else { "80" };
        port.filter(|it| it.bytes().all(|it| it.is_ascii_digit())).unwrap_or(usual)
    }

    /// Whether it is reached by TLS.
    pub(in crate::http) fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://127.0.0.1:8420", "", "8420", false)]
    #[case("https://mock.example/medius", "/medius", "443", true)]
    #[case("http://[::1]:9000", "", "9000", false)]
    #[case("http://[::1]", "", "80", false)]
    fn a_url_tells_prefix_port_and_scheme(
        #[case] url: &str,
        #[case] prefix: &str,
        #[case] port: &str,
        #[case] is_secure: bool,
    ) {
        let site = Site::new(url.into());

        assert_eq!((site.prefix(), site.port(), site.is_secure()), (prefix, port, is_secure));
        assert_eq!(site.link("/admin/"), format!("{prefix}/admin/"));
    }
}
