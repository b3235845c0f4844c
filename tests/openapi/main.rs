//! The `OpenAPI` document against the server: every operation is called once as it should be, and what
//! is answered has to be what the document says of it.
//!
//! Refusals are the matter of `.ci/openapi`, which makes requests up; those that are made up seldom
//! succeed, so success is told here.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod console;
mod control;
mod endings;
mod pages;
mod scim;
mod shape;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;
mod web;
mod words;

use mediusflow_mock::internals::TenantInternals as _;
use std::collections::BTreeSet;

use mediusflow_mock::{MockServer, scim::Profile};
use serde_json::{Value, json};
use support::{Answer, Client, Wire};

/// One who calls what the document tells, and notes what was called.
struct Visitor {
    server: MockServer,
    document: Value,
    tenant: String,
    /// The tokens by the names of the document's security schemes.
    tokens: [(&'static str, String); 2],
    called: BTreeSet<(String, String)>,
    /// Every call of a tenant or the server, to be made again elsewhere.
    made: Vec<Made>,
}

/// A call that was made.
#[derive(Clone, Debug)]
struct Made {
    method: String,
    path: String,
    query: String,
    holes: Vec<String>,
    body: Value,
}

#[test]
fn every_operation_answers_what_the_document_says() {
    let server = support::small().profile(Profile::Rfc).start().unwrap();
    let mut visitor = Visitor::to(server);

    visitor.visit();

    let forgotten: Vec<_> = visitor.told().difference(&visitor.called).cloned().collect();
    assert!(forgotten.is_empty(), "nobody called {forgotten:?}");
}

#[test]
fn every_path_of_the_document_answers_to_its_methods_and_no_other() {
    let mut visitor = Visitor::to(support::small().profile(Profile::Rfc).start().unwrap());
    scim::stand_for_somebody(&mut visitor);
    let paths = visitor.document["paths"].as_object().unwrap();
    assert!(paths.len() > 50, "only {} paths", paths.len());

    for (path, operations) in paths {
        let told: BTreeSet<_> = operations.as_object().unwrap().keys().cloned().collect();
        let operation = operations.as_object().unwrap().values().next().unwrap();

        let refused = visitor.send(
            "BREW",
            &filled(path, &visitor.tenant, &["x"; 3]),
            operation,
            &Value::Null,
        );

        assert_eq!(refused.status, 405, "{path}: {}", refused.text);
        let allowed = refused.header("allow").to_lowercase();
        let allowed = allowed.split(", ").filter(|it| !matches!(*it, "head" | "options"));
        assert_eq!(allowed.map(str::to_owned).collect::<BTreeSet<_>>(), told, "{path}");
    }
}

impl Visitor {
    fn to(server: MockServer) -> Self {
        let anyone = Client::at(format!("http://{}", server.address()));
        let document = anyone.get("/openapi.json").json;
        let tenant = server.tenant().name().to_string();
        let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": tenant}));
        let tokens = [
            ("secretKey", server.secret_key().unwrap()),
            ("accessToken", login.at("/accessToken").to_owned()),
        ];
        Self { server, document, tenant, tokens, called: BTreeSet::new(), made: Vec::new() }
    }

    /// Calls every operation as it should be called.
    fn visit(&mut self) {
        self.look_around();
        scim::visit(self);
        console::visit(self);
        control::visit(self);
    }

    /// The addresses of the server itself.
    fn look_around(&mut self) {
        for path in
            ["/", "/livez", "/readyz", "/openapi.json", "/docs", "/docs/docs.js", "/docs/docs.css"]
        {
            self.call("GET", path, &[], &Value::Null);
        }
        let login = json!({"tenantName": self.tenant});
        self.call("POST", "/admin/v1/authenticate", &[], &login);
    }

    /// Every method and path of the document, without the pages and mock Entra ([`web`]).
    fn told(&self) -> BTreeSet<(String, String)> {
        let paths = self.document["paths"].as_object().unwrap();
        let all = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter().filter(|(_, it)| !is_of_web(it));
            methods.map(|(method, _)| (method.to_uppercase(), path.clone()))
        });
        all.collect()
    }

    /// Calls an operation of the document, the holes of its path filled (the first `{tenant}` is known)
    /// and a query behind it if there is one; answers the body.
    #[track_caller]
    fn call(&mut self, method: &str, path: &str, holes: &[&str], body: &Value) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let what = format!("{method} {path}");
        let operation = self.operation(method, path).clone();
        self.asks_as_told(&what, &operation, query, body);

        let target = format!("{}?{query}", filled(path, &self.tenant, holes));
        let answer = self.send(method, target.trim_end_matches('?'), &operation, body);

        self.is_answered_as_told(&what, &operation, &answer);
        self.made.push(Made {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            holes: holes.iter().map(|it| (*it).to_owned()).collect(),
            body: body.clone(),
        });
        answer.json
    }

    /// Calls an operation whose answer does not end; only its head is read.
    #[track_caller]
    fn open(&mut self, path: &str) {
        let operation = self.operation("GET", path).clone();
        let target = filled(path, &self.tenant, &[]);
        let mut wire = Wire::to(&self.server);
        wire.send(format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        let head = wire.head();

        self.is_answered_as_told(path, &operation, &Answer { text: "data:".into(), ..head });
    }

    /// The document's words about an operation, which is called now.
    #[track_caller]
    fn operation(&mut self, method: &str, path: &str) -> &Value {
        self.called.insert((method.to_owned(), path.to_owned()));
        let operation = &self.document["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "{method} {path} is not told");
        operation
    }

    #[track_caller]
    fn asks_as_told(&self, what: &str, operation: &Value, query: &str, body: &Value) {
        let parameters = operation["parameters"].as_array().unwrap();
        let is_told = |name: &str| {
            parameters.iter().any(|it| it["in"] == "query" && it["name"].as_str() == Some(name))
        };
        for (name, _) in query.split('&').filter_map(|it| it.split_once('=')) {
            assert!(is_told(name), "{what}: the parameter {name} is not told");
        }
        let of = &operation["requestBody"];
        if body.is_null() {
            assert!(of["required"] != true, "{what}: a body is told, and none was sent");
            return;
        }
        let schema = first_content(of).unwrap_or_else(|| panic!("{what}: no body is told")).1;
        let misfit = shape::misfit(&self.document, schema, body);
        assert_eq!(misfit, None, "{what}: what is sent does not fit");
    }

    fn send(&self, method: &str, target: &str, operation: &Value, body: &Value) -> Answer {
        let anyone = Client::at(format!("http://{}", self.server.address()));
        let mut call = anyone.call(method, target);
        let security = operation["security"].as_array().unwrap();
        for (scheme, token) in &self.tokens {
            if security.iter().any(|it| it.get(*scheme).is_some()) {
                call = call.header("authorization", &format!("Bearer {token}"));
            }
        }
        if let (Some((kind, _)), false) = (first_content(&operation["requestBody"]), body.is_null())
        {
            call = call.header("content-type", kind).json(body);
        }
        call.send()
    }

    #[track_caller]
    fn is_answered_as_told(&self, what: &str, operation: &Value, answer: &Answer) {
        let (status, text) = (answer.status, &answer.text);
        assert!((200..300).contains(&status), "{what}: {status} {text}");
        let told = &operation["responses"][status.to_string()];
        assert!(told.is_object(), "{what}: {status} is not told");
        let kind = answer.header("content-type").split(';').next().unwrap().trim();
        let Some(content) = told["content"].as_object() else {
            assert_eq!((text.as_str(), kind), ("", ""), "{what}: {status} has no body, it is told");
            return;
        };
        let told = content.get(kind).unwrap_or_else(|| panic!("{what}: {kind:?} is not told"));
        if kind.ends_with("json") {
            // A prompt is not to follow the answer on its line.
            let is_line = text.ends_with('\n') || !what.contains("/_mock/v1");
            assert!(is_line, "{what}: no newline ends {text}");
            let misfit = shape::misfit(&self.document, &told["schema"], &answer.json);
            assert_eq!(misfit, None, "{what}: {status} {text}");
        }
    }
}

/// Whether an operation is that of a page, or of mock Entra.
fn is_of_web(operation: &Value) -> bool {
    ["Pages", "Mock Entra"].iter().any(|it| operation["tags"][0] == *it)
}

/// The content type and schema that stand first.
fn first_content(of: &Value) -> Option<(&str, &Value)> {
    let (kind, content) = of["content"].as_object()?.iter().next()?;
    Some((kind, &content["schema"]))
}

fn filled(path: &str, tenant: &str, holes: &[&str]) -> String {
    let mut holes = holes.iter();
    let fill = |segment: &str| match segment {
        "{tenant}" => tenant.to_owned(),
        it if it.starts_with('{') => (*holes.next().expect("a value for each hole")).to_owned(),
        it => it.to_owned(),
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}
