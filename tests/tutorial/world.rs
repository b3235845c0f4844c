//! A server whose default tenant is empty, and whoever calls it.

use mediusflow_mock::MockServer;
use serde_json::{Value, json};

use crate::support::{Answer, Client};

pub(crate) const ENTRA_TENANT: &str = "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910";

pub(crate) struct World {
    pub(crate) server: MockServer,
    control: Client,
}

impl World {
    /// A tenant that is set up and has nobody.
    pub(crate) fn set_up() -> Self {
        Self::of(MockServer::builder().users(0).groups(0).start().unwrap())
    }

    /// A tenant whose eleven steps are open.
    pub(crate) fn fresh() -> Self {
        Self::of(MockServer::builder().fresh().start().unwrap())
    }

    fn of(server: MockServer) -> Self {
        let control = Client::at(server.control_url());
        Self { server, control }
    }

    /// A job that provisions the company with these settings besides.
    pub(crate) fn with_job(settings: &Value) -> Self {
        let world = Self::set_up();
        world.job(settings);
        world
    }

    pub(crate) fn job(&self, settings: &Value) {
        let mut job = json!({
            "directory": {"objects": company()},
            "scope": "assigned",
            "requestsPerSecond": 100_000, // Entra's own pace would take a test's time
        });
        let more = settings.as_object().unwrap().clone();
        job.as_object_mut().unwrap().extend(more);
        let made = self.put("/entra", &job);
        assert_eq!(made.status, 200, "{made:?}");
    }

    pub(crate) fn console(&self) -> Client {
        Client::console(&self.server)
    }

    pub(crate) fn scim(&self) -> Client {
        Client::scim(&self.server)
    }

    /// The console of a tenant whose first five steps are done.
    pub(crate) fn up_to_step_5(&self) -> Client {
        let console = self.console();
        assert_eq!(console.get("/connection").status, 200);
        let entra = json!({"entraTenantId": ENTRA_TENANT});
        assert_eq!(console.put("/integration", &entra).status, 200);
        let mode = json!({"mode": "userProvisioning"});
        assert_eq!(console.put("/provisioning", &mode).status, 200);
        console
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let call = self.control.call(method, path).header("content-type", "application/json");
        call.json(body).send()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.control.get(path)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, body)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body)
    }

    /// Changes the source directory.
    pub(crate) fn change(&self, change: &Value) {
        let changed = self.post("/entra/directory/changes", &json!({"changes": [change]}));
        assert_eq!(changed.status, 200, "{changed:?}");
    }

    /// Runs a cycle to its end.
    pub(crate) fn cycle(&self) -> Value {
        let answer = self.post("/entra/cycle?wait=true", &json!({}));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    /// Who is there, by name.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.server.users().iter().map(|it| it["userName"].as_str().unwrap().into()).collect();
        names.sort();
        names
    }

    pub(crate) fn user(&self, name: &str) -> Value {
        self.server.user(name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// What the console shows of a user.
    pub(crate) fn view(&self, id: &str) -> Value {
        self.console().get(&format!("/users/{id}")).json
    }
}

/// The state of a step, such as `done`.
pub(crate) fn step(console: &Client, number: usize) -> String {
    console.get("/setup").at(&format!("/items/{}/state", number - 1)).to_owned()
}

pub(crate) const ADA: &str = "ada@contoso.com";
pub(crate) const BOB: &str = "bob@contoso.com";
pub(crate) const CLEO: &str = "cleo@contoso.com";

/// Three people, of whom two are assigned, and a group.
fn company() -> Value {
    json!({
        "users": [
            {
                "userPrincipalName": ADA, "displayName": "Ada Berg", "mail": "ada@mail.example",
                "givenName": "Ada", "surname": "Berg", "mailNickname": "ada",
                "manager": BOB, "extensionAttribute1": "SE-AP",
                "extensionAttribute2": "Medius.Security", "department": "Sales",
                "jobTitle": "Clerk", "employeeId": "E-1",
                "physicalDeliveryOfficeName": "Hall 1", "companyName": "Contoso",
                "assigned": true,
            },
            {
                "userPrincipalName": BOB, "displayName": "Bob Ek", "department": "Legal",
                "mailNickname": "bob", "assigned": true,
            },
            {
                "userPrincipalName": CLEO, "displayName": "Cleo Dal", "department": "Sales",
                "mailNickname": "cleo",
            },
        ],
        "groups": [{"displayName": "Finance", "members": [ADA], "assigned": true}],
    })
}
