//! Requests that ask for much work, and whether anything else is answered beside them.

use mediusflow_mock::internals::TenantInternals as _;
use std::time::{Duration, Instant};

use mediusflow_mock::{
    MockServer,
    internals::{medius::MasterData, tenant::MasterError},
    scim::{Profile, urn},
};
use serde_json::{Value as Json, json};

use crate::{
    load::Load,
    table::{Table, count},
};

/// How many requests are sent of the kind that all others are compared with.
const FLOOR: usize = 2_000;

/// A request, and what must be there for it.
struct Case {
    name: &'static str,
    /// Sends what must be there, and makes the request; both for this size.
    make: fn(&Server, usize) -> Vec<u8>,
    /// How many users there are.
    users: usize,
    size: usize,
}

const CASES: &[Case] = &[
    Case {
        name: "PATCH, operations at `[value eq …]`, as many emails",
        make: |server, size| patch(server, size, |n| format!("emails[value eq \"{n}@x.example\"]")),
        users: 25,
        size: 10_000,
    },
    Case {
        name: "PATCH, operations at `[display eq …]`, as many emails",
        make: |server, size| patch(server, size, |n| format!("emails[display eq \"{n}\"]")),
        users: 25,
        size: 10_000,
    },
    Case {
        name: "Bulk, groups in a circle",
        make: |server, size| bulk(server, size, true),
        users: 25,
        size: 1_000,
    },
    Case {
        name: "Bulk, groups in a chain",
        make: |server, size| bulk(server, size, false),
        users: 25,
        size: 1_000,
    },
    Case {
        name: "search, `or` terms `userName eq`, 20,000 users",
        make: |server, size| list(server, size, "userName eq"),
        users: 20_000,
        size: 600,
    },
    Case {
        name: "search, `or` terms `title co`, 20,000 users",
        make: |server, size| list(server, size, "title co"),
        users: 20_000,
        size: 600,
    },
    Case {
        name: "PUT scim-schemas, a type for each schema",
        make: schemas,
        users: 25,
        size: 2_000,
    },
    Case { name: "a company below a chain of others", make: companies, users: 25, size: 1_000 },
];

/// A row for each: its time, to that of a GET by id, to that of a tenth of it, and how long
/// `/livez` takes meanwhile.
pub(crate) fn table(is_quick: bool) -> Table {
    let head = [
        "a long request",
        "size",
        "measured",
        "to a GET by id",
        "to a tenth",
        "`/livez` meanwhile",
    ];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    for case in CASES {
        let size = if is_quick { case.size / 10 } else { case.size };
        table.row(row(case, size));
    }
    table
}

fn row(case: &Case, size: usize) -> [String; 6] {
    let (whole, floor, livez) = measure(case, size);
    let (tenth, ..) = measure(case, size / 10);
    let times =
        |one: Duration, other: Duration| format!("{:.1}×", one.as_secs_f64() / other.as_secs_f64());
    [
        case.name.into(),
        count(size),
        format!("{:.1} ms", whole.as_secs_f64() * 1e3),
        times(whole, floor),
        times(whole, tenth),
        format!("{:.1} ms", livez.as_secs_f64() * 1e3),
    ]
}

/// How long the request takes, how long a GET by id does, and how long at most `/livez` does while
/// the request is answered.
fn measure(case: &Case, size: usize) -> (Duration, Duration, Duration) {
    let server = Server::start(case.users);
    let get = server.request("GET", &format!("/Users/{}", server.user()), "");
    let mut load = Load::connect(server.mock.address(), 1);
    let started = Instant::now();
    for _ in 0..FLOOR {
        load.ask(&get, 200);
    }
    let floor = started.elapsed() / FLOOR.try_into().unwrap_or(u32::MAX);
    let request = (case.make)(&server, size);
    let address = server.mock.address();
    let (sent, answered) = std::sync::mpsc::channel();
    let asked = std::thread::spawn(move || {
        let mut load = Load::connect(address, 1);
        let started = Instant::now();
        load.ask_whatever(&request);
        sent.send(()).expect("who measures waits");
        started.elapsed()
    });
    let mut livez = Duration::ZERO;
    while answered.try_recv().is_err() {
        let started = Instant::now();
        load.ask(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
        livez = livez.max(started.elapsed());
        std::thread::park_timeout(Duration::from_millis(1));
    }
    (asked.join().expect("the request is answered"), floor, livez)
}

struct Server {
    mock: MockServer,
    key: String,
}

impl Server {
    fn start(users: usize) -> Self {
        let mock = MockServer::builder().profile(Profile::Rfc).users(users).start();
        let mock = mock.expect("a free port");
        let key = mock.secret_key().expect("the seeded tenant has a key");
        Self { mock, key }
    }

    /// A request to the default tenant's SCIM service, or to another address of the server.
    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let is_scim = ["/Users", "/Groups", "/Bulk"].iter().any(|it| path.starts_with(it));
        let base = if is_scim { "/NordlysQA/scim/v2" } else { "" };
        request(&self.key, method, &format!("{base}{path}"), body)
    }

    fn ask(&self, request: &[u8], expected: u16) -> Json {
        let answer = Load::connect(self.mock.address(), 1).ask(request, expected);
        serde_json::from_slice(&answer).expect("the answer is JSON")
    }

    /// The id of the default tenant's first user.
    fn user(&self) -> String {
        let state = self.mock.tenant().snapshot();
        state.resources().all("User").next().expect("there are users").id.to_string()
    }
}

fn request(key: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into()
}

/// A PATCH of so many operations, each at a path of its own, of a user with as many emails.
fn patch(server: &Server, size: usize, path: impl Fn(usize) -> String) -> Vec<u8> {
    let emails = (0..size).map(
        |n| json!({"value": format!("{n}@x.example"), "display": n.to_string(), "type": "other"}),
    );
    let user = json!({"schemas": [urn::USER], "userName": "many@x.example",
        "emails": emails.collect::<Json>()});
    let user = server.ask(&server.request("POST", "/Users", &user.to_string()), 201);
    let id = user["id"].as_str().expect("a user has an id");
    let operations = (0..size)
        .map(|n| json!({"op": "replace", "path": format!("{}.type", path(n)), "value": "work"}));
    let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations.collect::<Json>()});
    server.request("PATCH", &format!("/Users/{id}"), &body.to_string())
}

/// A bulk of groups of which each has the one before as a member, and the first has the last if
/// they are to be a circle.
fn bulk(server: &Server, size: usize, is_circle: bool) -> Vec<u8> {
    let operations = (0..size).map(|n| {
        let member = if n == 0 { size - 1 } else { n - 1 };
        let has_member = n > 0 || is_circle;
        let members = has_member.then(|| json!({"value": format!("bulkId:g{member}")}));
        let members: Vec<Json> = members.into_iter().collect();
        json!({"method": "POST", "path": "/Groups", "bulkId": format!("g{n}"), "data": {
            "schemas": [urn::GROUP], "displayName": format!("Group {n}"), "members": members}})
    });
    // The last one first, so that each waits for one that stands behind it.
    let operations: Vec<Json> = operations.rev().collect();
    let body = json!({"schemas": [urn::BULK_REQUEST], "Operations": operations});
    server.request("POST", "/Bulk", &body.to_string())
}

/// A search with so many terms, none of which matches.
fn list(server: &Server, size: usize, term: &str) -> Vec<u8> {
    let terms: Vec<String> = (0..size).map(|n| format!("{term} \"nobody {n}\"")).collect();
    let body = json!({"schemas": [urn::SEARCH_REQUEST], "filter": terms.join(" or ")});
    server.request("POST", "/Users/.search", &body.to_string())
}

/// A bundle of so many schemas, each of a resource type of its own.
fn schemas(server: &Server, size: usize) -> Vec<u8> {
    let schemas = (0..size).map(|n| {
        json!({"id": format!("urn:example:s{n}"), "name": format!("S{n}"),
            "attributes": [{"name": "a", "type": "string"}]})
    });
    let types = (0..size).map(|n| {
        json!({"name": format!("S{n}"), "endpoint": format!("/S{n}"),
            "schema": format!("urn:example:s{n}")})
    });
    let bundle =
        json!({"schemas": schemas.collect::<Json>(), "resourceTypes": types.collect::<Json>()});
    let login = json!({"tenantName": "NordlysQA"}).to_string();
    let login = server.ask(&server.request("POST", "/admin/v1/authenticate", &login), 200);
    let token = login["accessToken"].as_str().expect("whoever logs in gets a token");
    request(token, "PUT", "/NordlysQA/admin/v1/scim-schemas", &bundle.to_string())
}

/// One company more below the last of a chain.
fn companies(server: &Server, size: usize) -> Vec<u8> {
    let tenant = server.mock.tenant();
    let company = |data: &MasterData, n: usize| {
        let mut company = data.companies()[0].clone();
        company.name = format!("Company {n}");
        company.company_id = format!("C{n}");
        company.external_system_id = format!("C{n}[MED]");
        company.parent_company_name = match n {
            0 => Some(data.companies()[0].name.clone()),
            _ => Some(format!("Company {}", n - 1)),
        };
        company
    };
    let mut last = None;
    let edited = tenant.edit_master(|edit| {
        for n in 0..size {
            edit.add(company(edit.before(), n));
        }
        last = Some(company(edit.before(), size));
        Ok::<_, MasterError>(())
    });
    edited.expect("a chain is a tree");
    let last = serde_json::to_string(&last).expect("a company is JSON");
    server.request("POST", "/_mock/v1/tenants/NordlysQA/companies", &last)
}
