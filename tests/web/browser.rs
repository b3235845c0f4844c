//! A browser that fills in forms: it keeps cookies and follows no redirect unless told to.

use mediusflow_mock::MockServer;
use serde_json::json;

use crate::support::{Answer, Client};

/// A browser at a server.
pub(crate) struct Browser {
    client: Client,
    cookie: String,
}

impl Browser {
    /// One that has no cookies yet.
    pub(crate) fn at(server: &MockServer) -> Self {
        let client = Client::at(format!("http://{}", server.address()));
        Self { client, cookie: String::new() }
    }

    /// One that has logged in to the console of the default tenant.
    pub(crate) fn logged_in(server: &MockServer) -> Self {
        let mut browser = Self::at(server);
        let answer = browser.send("/admin/", &[("tenantName", "NordlysQA")]);
        assert_eq!((answer.status, answer.header("location")), (303, "/NordlysQA/admin/"));
        browser
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(crate) fn with_cookie(mut self, cookie: &str) -> Self {
        cookie.clone_into(&mut self.cookie);
        self
    }

    /// A page, as a browser asks for it.
    pub(crate) fn get(&self, path: &str) -> Answer {
        let call = self.client.call("GET", path).header("accept", "text/html,*/*;q=0.8");
        call.header("cookie", &self.cookie).send()
    }

    /// One that has opened the provisioning pages of mock Entra.
    #[cfg(feature = "entra")]
    pub(crate) fn at_portal(server: &MockServer) -> Self {
        let browser = Self::at(server);
        let cookie = browser.get(crate::portal::PROVISIONING).header("set-cookie").to_owned();
        let value = cookie.split(';').next().unwrap();
        browser.with_cookie(value)
    }

    /// The text of a page that is there.
    pub(crate) fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    /// Sends these fields as a form.
    pub(crate) fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_with(path, fields, &[])
    }

    /// The same with further header lines.
    pub(crate) fn send_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let call = self.client.call("POST", path).header("accept", "text/html,*/*;q=0.8");
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        let call = call.header("cookie", &self.cookie).body(body.join("&"));
        let answer =
            headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send();
        if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
            cookie.clone_into(&mut self.cookie);
        }
        answer
    }

    /// Opens a page and presses a button of its form, with these fields besides the hidden ones.
    pub(crate) fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page(path);
        let hidden = hidden(&page, path);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.send(path, &all)
    }
}

/// The hidden fields of the first form that posts to this address.
pub(crate) fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let posts = |tag: &str| {
        tag.contains("method=\"post\"") && tag.contains(&format!("action=\"{action}\""))
    };
    let form = page.split("<form ").find(|it| posts(it.split('>').next().unwrap()));
    let form = form.unwrap_or_else(|| panic!("no form posts to {action}: {page}"));
    let form = form.split("</form>").next().unwrap();
    let inputs = form.split("<input type=\"hidden\" ").skip(1);
    let attribute = |input: &str, name: &str| {
        let rest = input.split(&format!("{name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    inputs.map(|it| (attribute(it, "name"), attribute(it, "value"))).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |sent, byte| sent + &format!("%{byte:02X}"))
}

/// The exchanges of the default tenant, as the control API lists them.
pub(crate) fn exchanges(server: &MockServer) -> Vec<serde_json::Value> {
    let control = Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()));
    control.get("/requests").json["items"].as_array().unwrap().clone()
}

/// Has a call of the console's API answered by a fault.
pub(crate) fn arm(server: &MockServer, operation: &str, action: &serde_json::Value) {
    let control = Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()));
    let rule = json!({"match": {"operation": operation}, "action": action});
    let armed = control.call("POST", "/faults").header("content-type", "application/json");
    let armed = armed.json(&rule).send();
    assert_eq!(armed.status, 201, "{armed:?}");
}
