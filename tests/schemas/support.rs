//! A server with the example schemas, a SCIM client with its key, and an administrator.

use std::time::Duration;

use mediusflow_mock::{
    MockServer, MockServerBuilder, schemas_from,
    scim::{Profile, Schemas},
};
use serde_json::{Value as Json, json};
use ureq::{Agent, http::Request};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const COST: &str = "urn:example:params:scim:schemas:extension:costcenter:2.0:User";
pub(crate) const DEVICE: &str = "urn:example:params:scim:schemas:core:2.0:Device";
pub(crate) const LEASE: &str = "urn:example:params:scim:schemas:extension:lease:2.0:Device";
pub(crate) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const FILES: [(&str, &str); 2] = [
    ("cost-centers.json", include_str!("../../fixtures/examples/cost-centers.json")),
    ("devices.json", include_str!("../../fixtures/examples/devices.json")),
];

/// A server, and agents of both kinds.
pub(crate) struct Stage {
    pub(crate) server: MockServer,
    agent: Agent,
    admin_token: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    /// The body; `null` if there was none.
    pub(crate) json: Json,
    headers: Vec<(String, String)>,
}

/// The example schemas.
pub(crate) fn examples() -> Schemas {
    schemas_from(&FILES).unwrap()
}

/// An empty tenant with the example schemas, in the default profile.
pub(crate) fn stage() -> Stage {
    Stage::on(empty(Profile::Mediusflow).schemas(examples()))
}

/// An empty tenant with the built-in schemas only.
pub(crate) fn plain() -> Stage {
    Stage::on(empty(Profile::Mediusflow))
}

fn empty(profile: Profile) -> MockServerBuilder {
    MockServer::builder().profile(profile).users(0).groups(0)
}

impl Stage {
    pub(crate) fn on(builder: MockServerBuilder) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        let server = builder.start().unwrap();
        let mut stage = Self { server, agent: config.into(), admin_token: String::new() };
        let url = format!("{}/admin/v1/authenticate", stage.server.url());
        let login = stage.send("POST", &url, "", &json!({"tenantName": "NordlysQA"}));
        stage.admin_token = login.json["accessToken"].as_str().unwrap().into();
        stage
    }

    /// A call of the SCIM service with the secret key; null sends no body.
    pub(crate) fn scim(&self, method: &str, path: &str, body: &Json) -> Answer {
        let key = self.server.secret_key().unwrap();
        self.send(method, &format!("{}{path}", self.server.scim_url()), &key, body)
    }

    /// A call of the admin console; null sends no body.
    pub(crate) fn console(&self, method: &str, path: &str, body: &Json) -> Answer {
        let url = format!("{}/NordlysQA/admin/v1{path}", self.server.url());
        self.send(method, &url, &self.admin_token, body)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.scim("GET", path, &Json::Null)
    }

    pub(crate) fn post(&self, path: &str, body: &Json) -> Answer {
        self.scim("POST", path, body)
    }

    pub(crate) fn patch(&self, path: &str, operations: &Json) -> Answer {
        self.scim("PATCH", path, &json!({"schemas": [PATCH], "Operations": operations}))
    }

    /// Lists the resources that a filter finds.
    pub(crate) fn find(&self, path: &str, filter: &str) -> Answer {
        let filter = filter.replace(' ', "%20").replace('"', "%22").replace('+', "%2B");
        self.get(&format!("{path}?filter={filter}"))
    }

    /// Creates a user, with cost center attributes if there are any, and returns its id.
    pub(crate) fn user(&self, user_name: &str, cost: &Json) -> String {
        self.post("/Users", &user(user_name, cost)).id()
    }

    /// Creates a device and returns its id.
    pub(crate) fn device(&self, name: &str, serial_number: &str) -> String {
        self.post("/Devices", &device(name, serial_number)).id()
    }

    /// A POST of the SCIM service whose body is sent as it is written here.
    pub(crate) fn post_text(&self, path: &str, body: &str) -> Answer {
        let key = self.server.secret_key().unwrap();
        self.send_text("POST", &format!("{}{path}", self.server.scim_url()), &key, body)
    }

    fn send(&self, method: &str, url: &str, token: &str, body: &Json) -> Answer {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send_text(method, url, token, &text)
    }

    fn send_text(&self, method: &str, url: &str, token: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(url);
        let mut request = request.header("authorization", format!("Bearer {token}"));
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let mut response = self.agent.run(request.body(body).unwrap()).unwrap();
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, it)| (name.to_string(), it.to_str().unwrap().to_owned())).collect();
        let text = response.body_mut().read_to_string().unwrap();
        let json = if text.is_empty() { Json::Null } else { serde_json::from_str(&text).unwrap() };
        Answer { status: response.status().as_u16(), text, json, headers }
    }
}

/// The body of a user.
pub(crate) fn user(user_name: &str, cost: &Json) -> Json {
    if cost.is_null() {
        return json!({"schemas": [USER], "userName": user_name});
    }
    json!({"schemas": [USER, COST], "userName": user_name, COST: cost})
}

/// The body of a device.
pub(crate) fn device(name: &str, serial_number: &str) -> Json {
    json!({"schemas": [DEVICE], "displayName": name, "serialNumber": serial_number})
}

impl Answer {
    /// The id of the created resource.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, 201, "{self:?}");
        self.json["id"].as_str().unwrap().into()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or_default()
    }

    /// One attribute of every resource of a list.
    #[track_caller]
    pub(crate) fn each(&self, attribute: &str) -> Vec<&str> {
        assert_eq!(self.status, 200, "{self:?}");
        let found = self.json["Resources"].as_array().unwrap();
        found.iter().map(|it| it[attribute].as_str().unwrap_or("-")).collect()
    }

    /// Asserts that it is a SCIM error of this status and type whose detail has these words.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, scim_type: &str, words: &str) {
        let found = self.json["scimType"].as_str().unwrap_or_default();
        assert_eq!((self.status, found), (status, scim_type), "{self:?}");
        assert!(self.detail().contains(words), "{:?} has no {words:?}", self.detail());
    }
}
