//! The tutorial's eleven steps, as calls of the admin console.

use serde_json::{Value as Json, json};

use super::{
    http_client::{DemoError, HttpClient, HttpRequest},
    script::ConsoleAction,
};

/// An administrator in MediusFlow's admin console.
#[derive(Debug)]
pub(super) struct Administrator {
    server: String,
    tenant: String,
    access_token: Option<String>,
    secret_key: Option<String>,
    tenant_url: Option<String>,
}

/// The values that an administrator copies from the console into Entra's "Admin Credentials".
#[derive(Clone, Copy, Debug)]
pub(super) struct AdminCredentials<'a> {
    pub(super) tenant_url: &'a str,
    pub(super) secret_token: &'a str,
}

/// A call of the console, with the status of its answer.
struct ConsoleCall<'a> {
    method: &'static str,
    path: &'a str,
    status: u16,
}

impl<'a> ConsoleCall<'a> {
    fn new(method: &'static str, path: &'a str, status: u16) -> Self {
        Self { method, path, status }
    }
}

impl Administrator {
    /// An administrator who has not logged in yet.
    pub(super) fn new(server: &str, tenant: &str) -> Self {
        Self {
            server: server.to_owned(),
            tenant: tenant.to_owned(),
            access_token: None,
            secret_key: None,
            tenant_url: None,
        }
    }

    /// Does one step, or several steps that are one call. Returns a remark about the result.
    ///
    /// # Errors
    ///
    /// When the console refuses.
    pub(super) fn perform(
        &mut self,
        client: &mut HttpClient,
        action: &ConsoleAction,
    ) -> Result<String, DemoError> {
        match action {
            ConsoleAction::Authenticate(tenant) => self.authenticate(client, tenant),
            ConsoleAction::VerifyConnection => {
                let answer = self.call(client, ConsoleCall::new("GET", "connection", 200), None)?;
                Ok(format!("{} companies, {} roles", answer["companies"], answer["roles"]))
            }
            ConsoleAction::SaveIntegration(id) => {
                let body = json!({ "entraTenantId": id });
                self.call(client, ConsoleCall::new("PUT", "integration", 200), Some(&body))?;
                Ok(id.clone())
            }
            ConsoleAction::UseUserProvisioning => {
                let body = json!({ "mode": "userProvisioning" });
                self.call(client, ConsoleCall::new("PUT", "provisioning", 200), Some(&body))?;
                Ok(String::new())
            }
            ConsoleAction::GenerateSecretKey => {
                let body = json!({ "confirm": true });
                let answer =
                    self.call(client, ConsoleCall::new("POST", "secret-key", 201), Some(&body))?;
                self.secret_key = answer["secretKey"].as_str().map(str::to_owned);
                Ok("shown once, copied".into())
            }
            ConsoleAction::AddConfiguration(configuration) => {
                let answer = self.call(
                    client,
                    ConsoleCall::new("POST", "configurations", 201),
                    Some(configuration),
                )?;
                Ok(configuration_words(&answer))
            }
            ConsoleAction::CopyScimLink => {
                let answer = self.call(client, ConsoleCall::new("GET", "scim-link", 200), None)?;
                self.tenant_url = answer["tenantUrl"].as_str().map(str::to_owned);
                Ok(self.tenant_url.clone().unwrap_or_default())
            }
        }
    }

    /// Reads from the console, as the administrator who logged in.
    ///
    /// # Errors
    ///
    /// When the console refuses.
    pub(super) fn read(&self, client: &mut HttpClient, path: &str) -> Result<Json, DemoError> {
        self.call(client, ConsoleCall::new("GET", path, 200), None)
    }

    /// What steps 6 and 11 yielded.
    ///
    /// # Errors
    ///
    /// [`DemoError::Missing`] before these steps.
    pub(super) fn credentials(&self) -> Result<AdminCredentials<'_>, DemoError> {
        let missing = |what: &str| DemoError::Missing(what.into());
        let tenant_url = self.tenant_url.as_deref().ok_or_else(|| missing("the SCIM link"))?;
        let secret_token = self.secret_key.as_deref().ok_or_else(|| missing("the secret key"))?;
        Ok(AdminCredentials { tenant_url, secret_token })
    }

    fn authenticate(&mut self, client: &mut HttpClient, tenant: &str) -> Result<String, DemoError> {
        let url = format!("{}/admin/v1/authenticate", self.server);
        let body = json!({ "tenantName": tenant });
        let request = HttpRequest { token: None, ..request("POST", &url, Some(&body)) };
        let answer = client.send(request, 200)?;
        self.access_token = answer["accessToken"].as_str().map(str::to_owned);
        Ok(tenant.to_owned())
    }

    fn call(
        &self,
        client: &mut HttpClient,
        call: ConsoleCall<'_>,
        body: Option<&Json>,
    ) -> Result<Json, DemoError> {
        let ConsoleCall { method, path, status } = call;
        let url = format!("{}/{}/admin/v1/{path}", self.server, self.tenant);
        let token = self.access_token.as_deref();
        client.send(HttpRequest { token, ..request(method, &url, body) }, status)
    }
}

fn request<'a>(method: &'static str, url: &'a str, body: Option<&'a Json>) -> HttpRequest<'a> {
    let sender = ("user-agent", "admin-console");
    HttpRequest { method, url, token: None, content_type: "application/json", sender, body }
}

fn configuration_words(configuration: &Json) -> String {
    let names = |field: &str| {
        let names = configuration[field].as_array().into_iter().flatten();
        names.filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
    };
    let name = configuration["name"].as_str().unwrap_or_default();
    let filter = match configuration["filter"].as_str() {
        Some("") | None => "the default".to_owned(),
        Some(filter) => format!("for {filter}"),
    };
    format!("{name}, {filter}: {}", names("companies"))
}
