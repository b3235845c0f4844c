//! A company, a tenant and a job between them; a transport that notes what is sent and can fail.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mediusflow_mock::MockServer;
use mediusflow_mock::ServerClock;
use mediusflow_mock::entra::{
    Change, CycleOutcome, CycleReport, ErrorCode, HttpTransport, Job, JobClock as _,
    JobConfiguration, JobEnvironment, LogEntry, Request, Response, SecretToken, SimulatedClock,
    SourceDirectory, Transport, TransportError,
};
use mediusflow_mock::scim::{Dialect, Profile};
use serde_json::{Value, json};

/// When the tests' clocks start.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_772_539_200, 0); // 2026-03-03T12:00:00Z

/// The manager's attribute.
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A company that is provisioned to a tenant.
pub(crate) struct World {
    pub(crate) server: MockServer,
    pub(crate) directory: SourceDirectory,
    pub(crate) job: Job,
    pub(crate) clock: SimulatedClock,
    pub(crate) wire: Wire,
}

/// HTTP that notes what is sent, and fails as it is told.
pub(crate) struct Wire {
    http: HttpTransport,
    sent: RefCell<Vec<Sent>>,
    faults: RefCell<Vec<(Matcher, Fault)>>,
}

type Matcher = Box<dyn Fn(&Request) -> bool>;

/// What goes wrong, once.
#[derive(Clone)]
pub(crate) enum Fault {
    /// This answer comes instead of the server's, which hears nothing.
    Answer(Response),
    /// The request is lost.
    Lost,
    /// The server does it, and its answer is lost.
    LostAnswer,
    /// The server takes too long.
    Timeout,
    /// The client waits for this long only.
    Impatient(Duration),
}

/// A request that was sent, without the tenant's URL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl World {
    /// Three users of whom two are assigned, in an empty tenant.
    pub(crate) fn new() -> Self {
        Self::with("", "")
    }

    /// The same with more in the configuration, and a flag behind the Tenant URL.
    pub(crate) fn with(toml: &str, flag: &str) -> Self {
        Self::at(Dialect::of(Profile::default()), toml, flag)
    }

    /// The same with a tenant that speaks SCIM so.
    pub(crate) fn at(dialect: Dialect, toml: &str, flag: &str) -> Self {
        let builder = MockServer::builder().users(0).groups(0).dialect(dialect);
        let server = builder.clock(ServerClock::Fixed(NOW)).start().unwrap();
        let job = Job::new(configuration(&server, toml, flag), "contoso", 1).unwrap();
        let clock = SimulatedClock::at(NOW);
        let mut world =
            Self { server, directory: SourceDirectory::default(), job, clock, wire: Wire::new() };
        for name in ["adele", "alex", "megan"] {
            world.hire(name);
        }
        world.assign("adele");
        world.assign("alex");
        world
    }

    /// Changes the directory.
    pub(crate) fn change(&mut self, change: Value) -> String {
        let change: Change = serde_json::from_value(change).unwrap();
        self.directory.apply(&change, self.clock.now()).unwrap().to_string()
    }

    pub(crate) fn hire(&mut self, name: &str) -> String {
        let mut capital = name.to_owned();
        capital[..1].make_ascii_uppercase();
        self.change(json!({ "change": "createUser", "attributes": {
            "userPrincipalName": upn(name), "displayName": format!("{capital} Berg"),
            "givenName": capital, "surname": "Berg", "mail": upn(name), "mailNickname": name,
        }}))
    }

    pub(crate) fn assign(&mut self, name: &str) {
        let object = if name.contains(' ') { name.to_owned() } else { upn(name) };
        self.change(json!({ "change": "assign", "object": object }));
    }

    pub(crate) fn user(&mut self, change: &str, name: &str) {
        self.change(json!({ "change": change, "object": upn(name) }));
    }

    pub(crate) fn set(&mut self, name: &str, attribute: &str, value: impl Into<Value>) {
        self.change(json!({ "change": "setAttribute", "object": upn(name),
                            "attribute": attribute, "value": value.into() }));
    }

    pub(crate) fn manager(&mut self, name: &str, manager: Option<&str>) {
        self.change(json!({ "change": "setManager", "object": upn(name),
                            "manager": manager.map(upn) }));
    }

    /// A new group with these members.
    pub(crate) fn group(&mut self, name: &str, members: &[&str]) -> String {
        let id =
            self.change(json!({ "change": "createGroup", "attributes": { "displayName": name } }));
        for member in members {
            self.member("join", member, name);
        }
        id
    }

    pub(crate) fn member(&mut self, change: &str, member: &str, group: &str) {
        self.change(json!({ "change": change, "object": upn(member), "group": group }));
    }

    /// Runs a cycle 40 minutes later.
    pub(crate) fn run(&mut self) -> CycleReport {
        self.clock.advance(SignedDuration::from_mins(40));
        self.wire.sent.borrow_mut().clear();
        self.job.cycle(&mut self.directory, JobEnvironment::new(&self.wire, &self.clock))
    }

    /// Runs a cycle that must come to its end without failures.
    pub(crate) fn cycle(&mut self) {
        let report = self.run();
        assert_eq!(report.ended, CycleOutcome::Completed, "{:?}", self.job.quarantine());
        let counts = report.execution.unwrap().counts;
        assert_eq!((counts.failed, counts.failed_references), (0, 0), "{:?}", self.job.logs());
    }

    pub(crate) fn later(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
    }

    pub(crate) fn test_connection(&mut self) -> Result<(), ErrorCode> {
        let outside = JobEnvironment::new(&self.wire, &self.clock);
        self.job.test_connection(outside).map_err(|it| it.code)
    }

    /// What the last cycle wrote, as `METHOD /path`.
    pub(crate) fn writes(&self) -> Vec<String> {
        let sent = self.wire.sent();
        let writes = sent.iter().filter(|it| it.method != "GET");
        writes.map(|it| format!("{} {}", it.method, self.named(&it.path))).collect()
    }

    /// The bodies of the last cycle's PATCH requests, with names for ids.
    pub(crate) fn patches(&self) -> Vec<Value> {
        let sent = self.wire.sent();
        let patches = sent.iter().filter(|it| it.method == "PATCH");
        patches
            .map(|it| {
                let named = self.named(&it.body["Operations"].to_string());
                serde_json::from_str(&named).unwrap()
            })
            .collect()
    }

    /// The text with `{name}` for the target's ids.
    pub(crate) fn named(&self, text: &str) -> String {
        self.directory.objects().fold(text.to_owned(), |text, it| {
            match self.job.target_id(&it.object_id) {
                Some(id) => {
                    let name = it.text("mailNickname").unwrap_or_else(|| it.name());
                    text.replace(id, &format!("{{{name}}}"))
                }
                None => text,
            }
        })
    }

    /// The user as the tenant shows it.
    pub(crate) fn target_user(&self, name: &str) -> Value {
        let filter = format!("/Users?filter=userName+eq+%22{}%22", upn(name));
        let found = self.get(&filter);
        assert!(found["totalResults"].as_u64() <= Some(1), "{found}");
        found["Resources"][0].clone()
    }

    /// The members of the group of that name, as user names; `None` if there is no group.
    pub(crate) fn target_members(&self, name: &str) -> Option<Vec<String>> {
        let filter = format!("/Groups?filter=displayName+eq+%22{}%22", name.replace(' ', "+"));
        let found = self.get(&filter)["Resources"][0].clone();
        found.is_object().then(|| {
            let members = found["members"].as_array().cloned().unwrap_or_default();
            let mut names: Vec<String> = members
                .iter()
                .map(|it| {
                    let user = self.get(&format!("/Users/{}", it["value"].as_str().unwrap()));
                    user["userName"].as_str().unwrap().split('@').next().unwrap().to_owned()
                })
                .collect();
            names.sort();
            names
        })
    }

    pub(crate) fn count(&self, endpoint: &str) -> u64 {
        self.get(&format!("/{endpoint}?count=0"))["totalResults"].as_u64().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        serde_json::from_str(&self.call("GET", path, None).body).unwrap()
    }

    /// Somebody else calls the tenant.
    pub(crate) fn call(&self, method: &'static str, path: &str, body: Option<Value>) -> Response {
        let headers = vec![
            ("Authorization", format!("Bearer {}", self.server.secret_key().unwrap())),
            ("Content-Type", "application/scim+json".into()),
        ];
        let url = format!("{}{path}", self.server.scim_url());
        let body = body.map(|it| it.to_string());
        self.wire.http.send(&Request { method, url, headers, body }).unwrap()
    }

    /// The last log line about a user or group.
    pub(crate) fn log(&self, name: &str) -> &LogEntry {
        let lines = self.job.logs().iter().rev();
        let mut lines = lines.filter(|it| it.source_name.to_lowercase().starts_with(name));
        lines.next().unwrap_or_else(|| panic!("no line about {name}"))
    }
}

impl Wire {
    pub(crate) fn new() -> Self {
        Self { http: HttpTransport::new(), sent: RefCell::default(), faults: RefCell::default() }
    }

    /// The next request that matches fails.
    pub(crate) fn fail(&self, matches: impl Fn(&Request) -> bool + 'static, fault: Fault) {
        self.faults.borrow_mut().push((Box::new(matches), fault));
    }

    /// The next request with this method and with this in its path fails.
    pub(crate) fn fail_at(&self, method: &'static str, path: &'static str, fault: Fault) {
        self.fail(move |it| it.method == method && it.url.contains(path), fault);
    }

    pub(crate) fn heal(&self) {
        self.faults.borrow_mut().clear();
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.borrow().clone()
    }
}

impl Transport for Wire {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let body = request.body.as_deref().unwrap_or("null");
        let path = request.url.split_once("/scim/v2").map_or("", |(_, path)| path);
        self.sent.borrow_mut().push(Sent {
            method: request.method,
            path: path.to_owned(),
            headers: request.headers.clone(),
            body: serde_json::from_str(body).unwrap(),
        });
        let mut faults = self.faults.borrow_mut();
        let place = faults.iter().position(|(matches, _)| matches(request));
        let Some(place) = place else { return self.http.send(request) };
        let (_, fault) = faults.remove(place);
        let lost = || TransportError::Broken("connection reset".into());
        match fault {
            Fault::Answer(response) => Ok(response),
            Fault::Lost => Err(lost()),
            Fault::LostAnswer => {
                self.http.send(request)?;
                Err(lost())
            }
            Fault::Timeout => Err(TransportError::Timeout),
            Fault::Impatient(timeout) => HttpTransport::with_timeout(timeout).send(request),
        }
    }
}

/// An answer in SCIM's form.
pub(crate) fn refusal(status: u16, detail: &str) -> Fault {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                       "status": status.to_string(), "detail": detail });
    Fault::Answer(Response { status, body: body.to_string(), ..Response::default() })
}

/// A page instead of an answer.
pub(crate) fn html(status: u16) -> Fault {
    let body = "<html><body>Request blocked</body></html>".into();
    let content_type = "text/html".into();
    Fault::Answer(Response { status, content_type, body, retry_after: None })
}

pub(crate) fn upn(name: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@contoso.com") }
}

/// The defaults without a limit of requests, for this server.
pub(crate) fn configuration(server: &MockServer, toml: &str, flag: &str) -> JobConfiguration {
    let head = if toml.contains("[settings]") { "" } else { "[settings]\n" };
    let text = if toml.contains("requests-per-second") {
        toml.to_owned()
    } else {
        let head = format!("{head}{toml}");
        head.replacen("[settings]\n", "[settings]\nrequests-per-second = 0\n", 1)
    };
    let mut configuration =
        JobConfiguration::parse("job.toml", &text, &mediusflow_mock::internals::medius::schemas())
            .unwrap();
    configuration.tenant_url = Some(format!("{}{flag}", server.scim_url()).parse().unwrap());
    configuration.secret_token = Some(SecretToken::new(&server.secret_key().unwrap()).unwrap());
    configuration
}

/// How many lines of each kind there are: `action status`.
pub(crate) fn tally(logs: &[LogEntry]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for it in logs {
        *tally.entry(format!("{} {}", it.action.name(), it.status.name())).or_default() += 1;
    }
    tally
}
