//! Sign-in over HTTP, as a browser does it: MediusFlow's own login, and mock Entra behind it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod account;
mod addresses;
mod agreement;
mod browser;
mod console;
mod control;
mod faults;
mod local;
mod login;
mod provider;
mod refusals;
mod reset;
mod safety;
mod settings;
mod sizes;
mod tokens;

use browser::{Browser, Page};
use jiff::Timestamp;
use mediusflow_mock::{ManualClock, MockServer, ServerClock};
use serde_json::{Value, json};
use ureq::Agent;

/// The time at which the clocks of the tests stand.
const NOW: Timestamp = Timestamp::constant(1_772_539_200, 0); // 2026-03-03T12:00:00Z

/// A client that is none of MediusFlow's.
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";
const REDIRECT_URI: &str = "http://localhost:3000/back";

/// The example of RFC 7636, Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A server with five users, and the clock that moves it.
fn server() -> (MockServer, ManualClock) {
    let clock = ManualClock::at(NOW);
    let builder = MockServer::builder().users(5).groups(2);
    (builder.clock(ServerClock::Manual(clock.clone())).start().unwrap(), clock)
}

/// One who calls programs' addresses below this path of the server.
struct Program {
    agent: Agent,
    url: String,
}

impl Program {
    /// Below the control API's address of the tenant.
    fn control(server: &MockServer) -> Self {
        Self::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()))
    }

    /// Below the address of mock Entra.
    fn entra(server: &MockServer) -> Self {
        Self::at(format!("http://{}/NordlysQA/entra", server.address()))
    }

    fn at(url: String) -> Self {
        Self { agent: browser::agent(), url }
    }

    fn get(&self, path: &str) -> Page {
        Page::of(self.agent.get(format!("{}{path}", self.url)).call().unwrap())
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Page {
        let request = ureq::http::Request::builder().method(method);
        let request = request.uri(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json");
        Page::of(self.agent.run(request.body(body.to_string()).unwrap()).unwrap())
    }

    /// Sends a form.
    fn form(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.agent.post(format!("{}{path}", self.url));
        Page::of(request.send_form(fields.iter().copied()).unwrap())
    }
}

/// The users of the tenant, as SCIM shows them.
fn users(server: &MockServer) -> Vec<Value> {
    Program::control(server).get("/users?count=100").json["Resources"].as_array().unwrap().clone()
}

/// The first user who may log in, and what the user name is.
fn somebody(server: &MockServer) -> (Value, String) {
    let user = users(server).swap_remove(0);
    let name = user["userName"].as_str().unwrap().to_owned();
    (user, name)
}

/// Changes an attribute of a user.
fn change(server: &MockServer, user: &Value, path: &str, value: Value) {
    let id = user["id"].as_str().unwrap();
    let operation = json!({"op": "replace", "path": path, "value": value});
    let body = json!({"Operations": [operation]});
    let answer = Program::control(server).send("PATCH", &format!("/users/{id}"), &body);
    assert!(answer.status < 300, "{answer:?}");
}

/// The summary of the latest exchange.
fn last(server: &MockServer) -> String {
    server.requests().pop().unwrap().summary.clone()
}

/// The summaries of all exchanges that are no work of a test.
fn summaries(server: &MockServer) -> Vec<String> {
    let all = server.requests();
    all.iter().filter(|it| it.from != "test").map(|it| it.summary.clone()).collect()
}

/// The saved Microsoft Entra tenant ID.
fn tenant_id(server: &MockServer) -> String {
    let metadata = "/common/v2.0/.well-known/openid-configuration";
    let metadata = Program::entra(server).get(metadata).json;
    let issuer = metadata["issuer"].as_str().unwrap().to_owned();
    issuer.rsplit('/').nth(1).unwrap().to_owned()
}

/// The address of an authorize request of [`CLIENT`], with more parameters.
fn authorize(server: &MockServer, more: &str) -> String {
    let id = tenant_id(server);
    format!(
        "/NordlysQA/entra/{id}/oauth2/v2.0/authorize?client_id={CLIENT}&response_type=code\
         &redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fback&scope=openid+profile+email&state=s\
         &nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256{more}"
    )
}

/// Signs somebody in for [`CLIENT`]; the code that came of it.
fn code_for(server: &MockServer, account: &str) -> String {
    let browser = Browser::of(server);
    let picker = browser.get(&authorize(server, ""));
    let back = browser.get(&picker.link(account));
    back.parameter("code").unwrap_or_else(|| panic!("no code: {back:?}"))
}

/// The form that redeems a code of [`CLIENT`].
fn redemption(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ]
}

/// The address of the token endpoint below mock Entra's.
fn token_path(server: &MockServer) -> String {
    format!("/{}/oauth2/v2.0/token", tenant_id(server))
}
