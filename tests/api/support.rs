//! Clients for the tests: one is a real HTTP client, the other sends bytes.

use mediusflow_mock::internals::TenantInternals as _;
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use jiff::Timestamp;
use mediusflow_mock::{ManualClock, MockServer, MockServerBuilder, ServerClock, scim::Profile};
use serde_json::{Value, json};
use ureq::{Agent, http::Request};

/// The time of the clocks of the tests.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_772_539_200, 0); // 2026-03-03T12:00:00Z

/// A server with five users and two groups, whose clock is stopped at [`NOW`].
pub(crate) fn server() -> MockServer {
    small().start().unwrap()
}

/// The same in the profile `rfc`.
pub(crate) fn rfc_server() -> MockServer {
    small().profile(Profile::Rfc).start().unwrap()
}

/// A server whose tenants have none of the eleven steps done.
pub(crate) fn fresh_server() -> MockServer {
    MockServer::builder().fresh().clock(ServerClock::Fixed(NOW)).start().unwrap()
}

/// A small server with a clock that the test moves.
pub(crate) fn timed_server() -> (MockServer, ManualClock) {
    let clock = ManualClock::at(NOW);
    (small().clock(ServerClock::Manual(clock.clone())).start().unwrap(), clock)
}

pub(crate) fn small() -> MockServerBuilder {
    MockServer::builder().users(5).groups(2).clock(ServerClock::Fixed(NOW))
}

/// A caller: a base URL and a token.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// A request that is being built.
pub(crate) struct Call<'a> {
    client: &'a Client,
    method: &'a str,
    path: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    /// The body; null if it is not JSON.
    pub(crate) json: Value,
}

impl Client {
    /// A caller of the SCIM service of the default tenant with its secret key.
    pub(crate) fn scim(server: &MockServer) -> Self {
        let base = format!("{}/{}/scim/v2", door(server), server.tenant().name());
        Self { token: server.secret_key(), ..Self::at(base) }
    }

    /// An administrator who is logged in to the console of the default tenant.
    pub(crate) fn console(server: &MockServer) -> Self {
        let anyone = Self::at(door(server));
        let tenant = server.tenant().name().to_string();
        let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": tenant}));
        let token = login.json["accessToken"].as_str().expect("the seeded admin may log in");
        let base = format!("{}/{tenant}/admin/v1", door(server));
        Self { token: Some(token.into()), ..Self::at(base) }
    }

    /// A caller without a token.
    pub(crate) fn at(base: impl Into<String>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .user_agent("api-test/1.0")
            .accept("")
            .accept_encoding("")
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        Self { agent: config.into(), base: base.into(), token: None }
    }

    pub(crate) fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path).json(body).send()
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path).json(body).send()
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send()
    }

    pub(crate) fn call<'a>(&'a self, method: &'a str, path: &str) -> Call<'a> {
        Call { client: self, method, path: path.into(), headers: BTreeMap::new(), body: None }
    }

    /// The resources of a type as they are listed.
    pub(crate) fn all(&self, endpoint: &str) -> Vec<Value> {
        let answer = self.get(&format!("{endpoint}?count=1000"));
        answer.json["Resources"].as_array().expect("a list has resources").clone()
    }

    /// The first user of the tenant.
    pub(crate) fn first_user(&self) -> Value {
        self.all("/Users").swap_remove(0)
    }
}

impl Call<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// A body of the content type `application/scim+json`, unless a header says otherwise.
    pub(crate) fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    pub(crate) fn send(self) -> Answer {
        let uri = format!("{}{}", self.client.base, self.path);
        let mut request = Request::builder().method(self.method).uri(uri);
        let is_said = |name: &str| self.headers.keys().any(|it| it.eq_ignore_ascii_case(name));
        if let (Some(token), false) = (&self.client.token, is_said("authorization")) {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if self.body.is_some() && !is_said("content-type") {
            let is_console = self.client.base.contains("/admin/") || self.path.contains("/admin/");
            let json = if is_console { "application/json" } else { "application/scim+json" };
            request = request.header("Content-Type", json);
        }
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, value);
        }
        let agent = &self.client.agent;
        let answer = match self.body {
            Some(body) => agent.run(request.body(body).unwrap()),
            None => agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let headers = answer.headers().iter().map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let headers = headers.collect();
        let text = answer.body_mut().read_to_string().unwrap();
        Answer::new(answer.status().as_u16(), headers, text)
    }
}

impl Answer {
    fn new(status: u16, headers: BTreeMap<String, String>, text: String) -> Self {
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, json }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The text at a JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn detail(&self) -> &str {
        self.at("/detail")
    }

    /// Checks that a SCIM request was refused in this way (RFC 7644 §3.12), with these words.
    #[track_caller]
    pub(crate) fn is_scim_error(&self, status: u16, scim_type: &str, words: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/scim+json");
        assert_eq!(self.json["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!(self.at("/status"), status.to_string());
        assert_eq!(self.at("/scimType"), scim_type, "{}", self.detail());
        self.says(words);
    }

    /// Checks that a call of the console was refused in this way (RFC 9457), with these words.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str, words: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["status"], status);
        assert_eq!(self.at("/code"), code, "{}", self.detail());
        assert_eq!(self.at("/type"), format!("urn:mediusflow-mock:problem:{code}"));
        self.says(words);
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) {
        let detail = self.detail();
        for word in words {
            assert!(detail.contains(word), "{word:?} is not in {detail:?}");
        }
        assert!(!detail.is_empty());
        assert!(!detail.ends_with('.'), "a detail is a fragment: {detail:?}");
    }
}

/// The address that a server listens on. It may differ from its URL.
fn door(server: &MockServer) -> String {
    format!("http://{}", server.address())
}

/// The URNs of the schemas and messages.
pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const MEDIUS: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

/// A user with these attributes besides `schemas` and `userName`.
pub(crate) fn user(name: &str, rest: Value) -> Value {
    let mut body = json!({"schemas": [USER, ENTERPRISE, MEDIUS], "userName": name});
    extend(&mut body, rest);
    body
}

/// A group with these members.
pub(crate) fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<_> = members.iter().map(|it| json!({"value": it})).collect();
    json!({"schemas": [GROUP], "displayName": name, "members": members})
}

/// A PATCH of these operations.
pub(crate) fn operations(operations: Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    })
}

fn extend(body: &mut Value, rest: Value) {
    if let (Value::Object(body), Value::Object(rest)) = (body, rest) {
        body.extend(rest);
    }
}

/// All visible data of the default tenant, to check that nothing changed.
pub(crate) fn everything(server: &MockServer) -> Value {
    let tenant = server.tenant();
    let state = tenant.snapshot();
    let scim = Client::scim(server);
    let data = &state.master().data;
    let configurations = state.console().configurations().iter().map(|it| it.document(data));
    json!({
        "users": scim.all("/Users"),
        "groups": scim.all("/Groups"),
        "configurations": configurations.collect::<Vec<_>>(),
        "setup": state.steps(server.now()),
        "revision": tenant.revision(),
    })
}

/// A connection for bytes that no client library sends.
pub(crate) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    pub(crate) fn to(server: &MockServer) -> Self {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> Answer {
        let head = self.head();
        let length = head.header("content-length").parse().unwrap_or(0);
        self.fill(length);
        let body: Vec<u8> = self.read.drain(..length).collect();
        Answer::new(head.status, head.headers, String::from_utf8(body).unwrap())
    }

    /// The head of the next answer. Its body, if it has one, is not read.
    pub(crate) fn head(&mut self) -> Answer {
        let end = loop {
            match self.read.windows(4).position(|it| it == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => self.more(),
            }
        };
        let head: Vec<u8> = self.read.drain(..end).collect();
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|it| it.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Answer::new(status, headers.collect(), String::new())
    }

    /// All that the server sends until it closes.
    pub(crate) fn rest(mut self) -> String {
        self.stream.read_to_end(&mut self.read).unwrap();
        String::from_utf8(self.read).unwrap()
    }

    fn fill(&mut self, length: usize) {
        while self.read.len() < length {
            self.more();
        }
    }

    fn more(&mut self) {
        let mut buffer = [0; 4096];
        let count = self.stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the server closed: {:?}", String::from_utf8_lossy(&self.read));
        self.read.extend_from_slice(&buffer[..count]);
    }
}
