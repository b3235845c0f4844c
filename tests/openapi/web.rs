//! The pages and mock Entra against the document: a browser opens every page and sends every form, and a
//! client signs somebody in.

use std::collections::{BTreeMap, BTreeSet};

use mediusflow_mock::scim::encode;
use serde_json::{Value, json};

use crate::{
    Visitor, is_of_web, shape,
    support::{Answer, Client, Wire, small},
};

/// The example of RFC 7636, Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client that is none of MediusFlow's.
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";
const BACK: &str = "http://localhost:3000/back";

/// A browser that goes by the document, and notes which operations it met.
struct Browser {
    visitor: Visitor,
    client: Client,
    cookies: BTreeMap<String, String>,
    met: BTreeSet<(String, String)>,
    /// What the parameters of paths stand for.
    holes: BTreeMap<&'static str, String>,
}

#[test]
fn every_page_and_form_and_mock_entra_answer_as_the_document_says() {
    let mut browser = Browser::new();

    browser.sign_in_as_a_client();
    browser.log_in();
    browser.console();
    browser.portal();

    let paths = browser.visitor.document["paths"].as_object().unwrap();
    let of_web = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter().filter(|(_, it)| is_of_web(it));
        methods.map(|(method, _)| (method.to_uppercase(), path.clone()))
    });
    let told: BTreeSet<_> = of_web.collect();
    let forgotten: Vec<_> = told.difference(&browser.met).collect();
    assert!(forgotten.is_empty(), "nobody met {forgotten:?}");
}

impl Browser {
    fn new() -> Self {
        let server = small().start().unwrap();
        let client = Client::at(format!("http://{}", server.address()));
        let visitor = Visitor::to(server);
        let (cookies, met) = (BTreeMap::new(), BTreeSet::new());
        let holes =
            BTreeMap::from([("{tenant}", visitor.tenant.clone()), ("{tid}", "common".into())]);
        Self { visitor, client, cookies, met, holes }
    }

    /// Opens the page of this row; a query may stand behind its path.
    #[track_caller]
    fn open(&mut self, row: &str) -> Answer {
        let answer = self.ask("GET", row, None);
        assert!(answer.status < 400, "{row}: {} {}", answer.status, answer.text);
        answer
    }

    /// Opens a stream of events; only its head is read.
    #[track_caller]
    fn listen(&mut self, row: &str) {
        let target = self.filled(row);
        let (cookies, host) = (self.cookies(), self.visitor.server.address());
        let mut wire = Wire::to(&self.visitor.server);
        wire.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n"));

        let head = wire.head();

        assert_eq!((head.status, head.header("content-type")), (200, "text/event-stream"), "{row}");
        let told = &self.visitor.document["paths"][row]["get"]["responses"]["200"]["content"];
        assert!(told["text/event-stream"].is_object(), "{row}: {told}");
        self.met.insert(("GET".to_owned(), row.to_owned()));
    }

    /// Sends a form with these fields, and the hidden one of the page at the same address.
    #[track_caller]
    fn send(&mut self, row: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.ask("GET", row, None);
        let form = form(&page.text, &self.filled(row));
        let (csrf, known) = (hidden(form, "csrf"), hidden(form, "replaces"));
        let mut all = fields.to_vec();
        all.extend(csrf.as_deref().map(|it| ("csrf", it)));
        all.extend(known.as_deref().map(|it| ("replaces", it)));
        let answer = self.ask("POST", row, Some(&all));
        assert!(answer.status < 400, "{row}: {} {}", answer.status, answer.text);
        answer
    }

    #[track_caller]
    fn ask(&mut self, method: &str, row: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let (path, query) = row.split_once('?').unwrap_or((row, ""));
        let what = format!("{method} {row}");
        let operation = self.visitor.document["paths"][path][method.to_lowercase()].clone();
        assert!(operation.is_object(), "{what} is not told");
        let parameters = operation["parameters"].as_array().unwrap();
        for (name, _) in query.split('&').filter_map(|it| it.split_once('=')) {
            let is_told = parameters.iter().any(|it| it["in"] == "query" && it["name"] == name);
            assert!(is_told, "{what}: the parameter {name} is not told");
        }
        let target = format!("{}?{query}", self.filled(path));
        let answer = self.call(method, target.trim_end_matches('?'), form);
        is_told(&self.visitor.document, &what, &operation, &answer);
        self.met.insert((method.to_owned(), path.to_owned()));
        answer
    }

    fn filled(&self, path: &str) -> String {
        let fill = |it| self.holes.get(it).map_or(it, String::as_str);
        path.split('/').map(fill).collect::<Vec<_>>().join("/")
    }

    fn cookies(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn call(&mut self, method: &str, target: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let call = self.client.call(method, target).header("accept", "text/html,*/*;q=0.8");
        let mut call = call.header("cookie", &self.cookies());
        if let Some(fields) = form {
            let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encode(value)));
            let body = pairs.collect::<Vec<_>>().join("&");
            call = call.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = call.send();
        for (name, value) in &answer.headers {
            if name == "set-cookie" {
                let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// What mock Entra and the login are asked.
impl Browser {
    /// A client of mock Entra signs the first user in.
    fn sign_in_as_a_client(&mut self) {
        const BELOW: &str = "/{tenant}/entra/{tid}/oauth2/v2.0";
        self.ask_program(
            "GET",
            "/{tenant}/entra/{tid}/v2.0/.well-known/openid-configuration",
            None,
        );
        self.ask_program("GET", "/{tenant}/entra/{tid}/discovery/v2.0/keys", None);
        let request = [
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("scope", "openid profile email"),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        self.ask("POST", &format!("{BELOW}/authorize"), Some(&request));
        let query = request.map(|(name, value)| format!("{name}={}", encode(value))).join("&");
        let picker = self.open(&format!("{BELOW}/authorize?{query}"));
        let user = self.user();
        self.holes.insert("{handle}", behind(&picker.text, "/authorize/").to_owned());
        self.holes.insert("{account}", user);
        self.open(&format!("{BELOW}/authorize/{{handle}}?other=yes"));
        let back = self.open(&format!("{BELOW}/authorize/{{handle}}/{{account}}"));
        let code = behind(back.header("location"), "code=").to_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("redirect_uri", BACK),
            ("code", code.as_str()),
            ("code_verifier", VERIFIER),
        ];
        let tokens = self.ask_program("POST", &format!("{BELOW}/token"), Some(&form));
        let bearer = tokens.at("/access_token").to_owned();
        for method in ["GET", "POST"] {
            self.ask(method, "/{tenant}/entra/oidc/userinfo", None);
            self.user_info(method, &bearer);
            self.ask(method, &format!("{BELOW}/logout"), None);
        }
        let again = self.ask("POST", &format!("{BELOW}/token"), Some(&form));
        assert_eq!(again.at("/error"), "invalid_grant");
    }

    /// Asks as a program that gets what it asks for.
    #[track_caller]
    fn ask_program(&mut self, method: &str, row: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let answer = self.ask(method, row, form);
        assert_eq!(answer.status, 200, "{row}: {}", answer.text);
        answer
    }

    fn user_info(&self, method: &str, bearer: &str) {
        let row = "/{tenant}/entra/oidc/userinfo";
        let operation = &self.visitor.document["paths"][row][method.to_lowercase()];
        let call = self.client.call(method, &self.filled(row));
        let answer = call.header("authorization", &format!("Bearer {bearer}")).send();
        assert_eq!(answer.status, 200, "{method}: {}", answer.text);
        is_told(&self.visitor.document, "userinfo", operation, &answer);
    }

    /// The user name of the first user.
    fn user(&self) -> String {
        let users = format!("/_mock/v1/tenants/{}/users?count=1", self.visitor.tenant);
        self.client.get(&users).at("/Resources/0/userName").to_owned()
    }

    /// MediusFlow's own login.
    fn log_in(&mut self) {
        self.open("/{tenant}?choose=yes");
        self.open("/{tenant}/login?option=Microsoft%20Entra%20ID");
        let refused = self.ask("GET", "/{tenant}/signin-oidc?error=access_denied&state=x", None);
        assert_eq!(refused.status, 400, "{}", refused.text);
        self.send("/{tenant}/LocalAccount", &[("user", "admin@nordlys.example")]);
        let start = self.open("/{tenant}");
        let csrf = hidden(form(&start.text, "/logout"), "csrf").unwrap();
        self.ask("POST", "/{tenant}/logout", Some(&[("csrf", &csrf)]));
    }

    /// Every page and form of the console, the one that logs out last.
    fn console(&mut self) {
        self.open("/_mock/assets/site.css?v=1");
        self.open("/_mock/assets/site.js?v=1");
        self.send("/admin", &[("tenantName", "NordlysQA")]);
        self.open("/{tenant}/admin");
        self.listen("/{tenant}/admin/changes");
        let tab = "/{tenant}/admin/user-provisioning-configuration";
        self.send("/{tenant}/admin/integration", &[("do", "verify")]);
        self.send(tab, &[("do", "copy-link")]);
        self.send(&format!("{tab}/secret-key/new"), &[]);
        let added = [("name", "Norway"), ("filter", "NO"), ("companies", "NOSE")];
        self.send(&format!("{tab}/configurations/new"), &added);
        let at = |kind: &str| format!("/_mock/v1/tenants/{}/{kind}", self.visitor.tenant);
        let configuration = self.client.get(&at("configurations")).at("/items/0/id").to_owned();
        let [user, group] =
            ["users", "groups"].map(|it| self.client.get(&at(it)).at("/Resources/0/id").to_owned());
        self.holes.insert("{id}", configuration);
        self.send(&format!("{tab}/configurations/{{id}}"), &[("do", "delete")]);
        self.send("/{tenant}/admin/users", &[("do", "reapply")]);
        self.holes.insert("{id}", user);
        self.send("/{tenant}/admin/users/{id}", &[("do", "reapply")]);
        self.open("/{tenant}/admin/groups?page=1");
        self.holes.insert("{id}", group);
        self.open("/{tenant}/admin/groups/{id}");
        self.open("/{tenant}/admin/login-options");
        self.holes.insert("{name}", "Medius.Security".into());
        let option = [("displayName", "Medius.Security"), ("issuer", "../LocalAccount/")];
        self.send("/{tenant}/admin/login-options/{name}", &option);
        let page = self.open("/{tenant}/admin/sign-ins");
        let csrf = hidden(form(&page.text, "/admin/log-out"), "csrf").unwrap();
        self.ask("POST", "/{tenant}/admin/log-out", Some(&[("csrf", &csrf)]));
    }

    /// Every page and form of mock Entra's provisioning.
    fn portal(&mut self) {
        const BELOW: &str = "/{tenant}/entra/{tid}/provisioning";
        let state = format!("/_mock/v1/tenants/{}", self.visitor.tenant);
        self.holes.insert("{tid}", self.tenant_id());
        let made = self.client.call("PUT", &format!("{state}/entra"));
        made.header("content-type", "application/json").json(&json!({})).send();
        self.client.post(&format!("{state}/entra/cycle?wait=true"), &json!({}));
        let line = self.client.get(&format!("{state}/entra/logs?limit=1"));
        self.open("/{tenant}/entra/{tid}/applications");
        self.holes.insert("{type}", "users".into());
        self.holes.insert("{id}", line.at("/items/0/id").to_owned());
        for page in ["", "/users-and-groups", "/on-demand", "/monitor"] {
            self.open(&format!("{BELOW}{page}"));
            let row = format!("{BELOW}{page}");
            let refused = self.ask("POST", &row, Some(&[("do", "nothing"), ("csrf", "wrong")]));
            assert_eq!(refused.status, 403, "{row}: {}", refused.text);
        }
        for page in ["/mappings/{type}", "/job.toml", "/logs?page=1", "/logs/{id}"] {
            self.open(&format!("{BELOW}{page}"));
        }
        self.listen(&format!("{BELOW}/changes"));
    }

    /// The saved Microsoft Entra tenant ID.
    fn tenant_id(&self) -> String {
        let path =
            format!("/{}/entra/common/v2.0/.well-known/openid-configuration", self.visitor.tenant);
        let metadata = self.client.get(&path);
        metadata.at("/issuer").rsplit('/').nth(1).unwrap().to_owned()
    }
}

/// Whether an answer is one that the document tells of.
#[track_caller]
fn is_told(document: &Value, what: &str, operation: &Value, answer: &Answer) {
    let mut told = &operation["responses"][answer.status.to_string()];
    if let Some(reference) = told["$ref"].as_str() {
        told = document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    assert!(told.is_object(), "{what}: {} is not told: {}", answer.status, answer.text);
    let kind = answer.header("content-type").split(';').next().unwrap().trim();
    let Some(content) = told["content"].as_object() else {
        assert_eq!(answer.text, "", "{what}: no body is told");
        return;
    };
    let told = content.get(kind).unwrap_or_else(|| panic!("{what}: {kind:?} is not told"));
    if kind.ends_with("json") {
        assert_eq!(shape::misfit(document, &told["schema"], &answer.json), None, "{what}");
    }
}

/// The form of a page that is sent to an address which ends so.
#[track_caller]
fn form<'a>(page: &'a str, address: &str) -> &'a str {
    let is_it = |it: &&str| {
        let action = it.split_once("action=\"").map_or("", |(_, it)| it.split('"').next().unwrap());
        action.trim_end_matches('/').ends_with(address)
    };
    let found = page.split("<form").skip(1).find(is_it);
    found.unwrap_or_else(|| panic!("no form for {address} in {page}"))
}

/// The value of a hidden field of a form, if it has it.
fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// What stands behind this in a text, up to the end of an address's part.
fn behind<'a>(text: &'a str, mark: &str) -> &'a str {
    let (_, rest) = text.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {text}"));
    rest.split(['/', '?', '"', '&']).next().unwrap()
}
