//! Cookies. Their names carry the port, since a browser sends the cookies of a host to all its ports, and
//! two servers on one machine must not log each other out.

use actix_web::http::header::{COOKIE, HeaderMap};

use super::site::Site;

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum CookieKind {
    /// The access token of an admin console.
    Console,
    /// Who is logged in to MediusFlow.
    Session,
    /// Which browser began a login.
    Flow,
    /// The login option that a browser always takes.
    Choice,
    /// Which browser this is at mock Entra.
    Entra,
    /// Which browser this is at the provisioning pages of mock Entra.
    Portal,
}

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum CookieLife {
    /// Until it is closed.
    Session,
    /// For a year.
    Year,
    /// Not any longer.
    Not,
}

impl CookieKind {
    fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Session => "session",
            Self::Flow => "flow",
            Self::Choice => "choice",
            Self::Entra => "entra",
            Self::Portal => "portal",
        }
    }

    /// Which requests of other sites it goes with: none for the console and the portal; `Lax` lets navigations bring it,
    /// which redirects from an issuer need.
    fn same_site(self) -> &'static str {
        match self {
            Self::Console | Self::Portal => "Strict",
            Self::Session | Self::Flow | Self::Choice | Self::Entra => "Lax",
        }
    }

    /// What it is called at this server.
    pub(in crate::http) fn name(self, site: &Site) -> String {
        format!("mf-{}-{}", self.word(), site.port())
    }

    /// Its value in a request.
    pub(in crate::http) fn read(self, site: &Site, headers: &HeaderMap) -> Option<String> {
        let name = self.name(site);
        let lines = headers.get_all(COOKIE).filter_map(|it| it.to_str().ok());
        let mut pairs = lines.flat_map(|it| it.split(';')).filter_map(|it| it.split_once('='));
        let found = pairs.find(|(key, _)| key.trim() == name);
        found.map(|(_, value)| value.trim().to_owned()).filter(|it| !it.is_empty())
    }

    /// The value of `Set-Cookie` that gives it to a browser, for the addresses below this path.
    pub(in crate::http) fn set(
        self,
        site: &Site,
        path: &str,
        value: &str,
        keep: CookieLife,
    ) -> String {
        let name = self.name(site);
        let path = site.link(path);
        let secure = if site.is_secure() { "; Secure" } else { "" };
        let life = match keep {
            CookieLife::Session => "",
            CookieLife::Year => "; Max-Age=31536000",
            CookieLife::Not => "; Max-Age=0",
        };
        let same_site = self.same_site();
        format!("{name}={value}; Path={path}; HttpOnly; SameSite={same_site}{secure}{life}")
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_name_with_the_port() {
        let mut headers = HeaderMap::new();
        let value = "mf-console-1=one; mf-console-8420=two; x=3";
        headers.insert(COOKIE, HeaderValue::from_static(value));
        let read = |url: &str| CookieKind::Console.read(&Site::new(url.into()), &headers);

        assert_eq!(read("http://localhost:8420").as_deref(), Some("two"));
        assert_eq!(read("http://localhost:8421"), None);
    }

    #[test]
    fn a_cookie_is_bound_to_its_tenant_and_to_tls_where_there_is_some() {
        let site = Site::new("https://mock.example/medius".into());

        let set = CookieKind::Console.set(&site, "/NordlysQA/", "v", CookieLife::Session);

        let expected =
            "mf-console-443=v; Path=/medius/NordlysQA/; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(set, expected);
    }
}
