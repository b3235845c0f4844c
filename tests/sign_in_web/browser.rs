//! A browser as far as sign-in needs one: it keeps cookies and follows redirects on its own server.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use mediusflow_mock::{MockServer, scim::decode};
use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Request, Response},
};

/// A browser with its cookies.
pub(crate) struct Browser {
    agent: Agent,
    origin: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Names in lower case, one line each.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    /// The body, null if it is no JSON.
    pub(crate) json: Value,
}

/// A client that follows no redirects.
pub(crate) fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .user_agent("sign-in-test/1.0")
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build();
    config.into()
}

impl Browser {
    pub(crate) fn of(server: &MockServer) -> Self {
        let origin = format!("http://{}", server.address());
        Self { agent: agent(), origin, cookies: RefCell::default() }
    }

    /// Opens an address; redirects on the same server are followed.
    pub(crate) fn open(&self, address: &str) -> Page {
        let mut page = self.get(address);
        for _ in 0..10 {
            match page.header("location") {
                Some(next) if page.status == 303 && self.is_own(next) => {
                    let next = next.to_owned();
                    page = self.get(&next);
                }
                _ => return page,
            }
        }
        panic!("ten redirects behind {address}");
    }

    /// Opens an address without following redirects.
    pub(crate) fn get(&self, address: &str) -> Page {
        self.send(Request::get(self.absolute(address)), String::new())
    }

    /// Sends a form as a page of the own server does.
    pub(crate) fn post(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(&self.origin, address, fields)
    }

    /// Sends a form as a page of this origin does.
    pub(crate) fn post_from(&self, origin: &str, address: &str, fields: &[(&str, &str)]) -> Page {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", mediusflow_mock::scim::encode(value)))
            .collect();
        let request = Request::post(self.absolute(address))
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, body.join("&"))
    }

    /// The same browser without this cookie.
    pub(crate) fn forget(&self, kind: &str) {
        self.cookies.borrow_mut().retain(|name, _| !name.starts_with(&format!("mf-{kind}-")));
    }

    /// Whether it has a cookie of this kind.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.cookies.borrow().keys().any(|name| name.starts_with(&format!("mf-{kind}-")))
    }

    /// Takes a cookie from somewhere else.
    pub(crate) fn take(&self, cookie: &str) {
        let (name, value) = cookie.split_once('=').unwrap();
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    fn send(&self, request: ureq::http::request::Builder, body: String) -> Page {
        let cookies = self.cookies.borrow();
        let sent: Vec<String> =
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        drop(cookies);
        let request = request.header("accept", "text/html,*/*;q=0.8");
        let request =
            if sent.is_empty() { request } else { request.header("cookie", sent.join("; ")) };
        let page = Page::of(self.agent.run(request.body(body).unwrap()).unwrap());
        for (name, value) in &page.headers {
            if name == "set-cookie" {
                self.keep(value);
            }
        }
        page
    }

    /// Keeps a cookie, or forgets it.
    fn keep(&self, line: &str) {
        let pair = line.split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.borrow_mut();
        if line.contains("Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    fn is_own(&self, address: &str) -> bool {
        address.starts_with('/') || address.starts_with(&self.origin)
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with("http") {
            address.to_owned()
        } else {
            format!("{}{address}", self.origin)
        }
    }
}

impl Page {
    pub(crate) fn of(mut response: Response<Body>) -> Self {
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let headers = headers.collect();
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }

    /// The value of the first line of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(it, _)| it == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// A parameter in the address to which the page leads.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.header("location")?.split_once(['?', '#'])?;
        let mut pairs = query.split('&').filter_map(|it| it.split_once('='));
        pairs.find(|(it, _)| *it == name).map(|(_, value)| decode(value))
    }

    /// The first link in whose address, or before whose end, this text stands.
    #[track_caller]
    pub(crate) fn link(&self, text: &str) -> String {
        let links = self.text.split("<a ").skip(1);
        let mut links =
            links.filter(|it| it.split("</a>").next().is_some_and(|it| decode(it).contains(text)));
        let link = links.next().unwrap_or_else(|| panic!("no link with {text} in {}", self.text));
        let (_, rest) = link.split_once("href=\"").unwrap();
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }

    /// The value of a hidden field.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        let marked = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&marked);
        let (_, rest) = rest.unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The text of the first heading.
    #[track_caller]
    pub(crate) fn heading(&self) -> String {
        let rest = self.text.split_once("<h1>");
        let (_, rest) = rest.unwrap_or_else(|| panic!("no heading: {self:?}"));
        let heading = rest.split("</h1>").next().unwrap();
        heading.replace("<bdi>", "").replace("</bdi>", "")
    }
}
