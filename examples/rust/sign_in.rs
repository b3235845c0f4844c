//! How a Rust test follows an account of Microsoft Entra ID: provisioned, logged in, disabled, out, and back.
//!
//! The provisioning service of Entra runs in the server, so the test needs the features `entra` and `web`.

use std::error::Error;

use mediusflow_mock::{MockServer, SignInError};
use serde_json::{Value, json};

const ZOE: &str = "zoe@contoso.com";

#[test]
fn who_is_disabled_in_entra_is_out() -> Result<(), Box<dyn Error>> {
    let server = MockServer::builder().users(0).groups(0).start()?;
    let entra = Entra::of(&server.control_url());
    let zoe = json!({"userPrincipalName": ZOE, "displayName": "Zoë Berg", "assigned": true});
    entra.call("PUT", "", &json!({"directory": {"objects": {"users": [zoe]}}}))?;
    assert!(!server.can_sign_in(ZOE));

    entra.cycle()?;
    let signed_in = server.sign_in(ZOE)?;
    assert_eq!(start_page(&server, &signed_in.cookie)?, 200);

    entra.change("disable")?;
    // Entra knows at once, and MediusFlow after a cycle.
    let refused = server.sign_in(ZOE).unwrap_err();
    assert!(matches!(refused, SignInError::Refused { code, .. } if code == "refusedByIssuer"));
    assert!(server.can_sign_in(ZOE));
    entra.cycle()?;
    assert!(!server.can_sign_in(ZOE));
    assert_eq!(start_page(&server, &signed_in.cookie)?, 403, "out at the next request");

    entra.change("enable")?;
    entra.cycle()?;
    assert!(server.can_sign_in(ZOE));
    server.sign_in(ZOE)?;
    server.expect_sign_ins(ZOE, &["notProvisioned", "works", "disabled", "works"])?;
    Ok(())
}

/// The status of the start page for a browser with this session.
fn start_page(server: &MockServer, cookie: &str) -> Result<u16, Box<dyn Error>> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    Ok(agent.get(server.login_url()).header("Cookie", cookie).call()?.status().as_u16())
}

/// The provisioning job of the tenant, by the control API.
struct Entra {
    url: String,
}

impl Entra {
    fn of(control_url: &str) -> Self {
        Self { url: format!("{control_url}/entra") }
    }

    fn cycle(&self) -> Result<(), Box<dyn Error>> {
        self.call("POST", "/cycle?wait=true", &json!({}))
    }

    fn change(&self, change: &str) -> Result<(), Box<dyn Error>> {
        let changes = json!({"changes": [{"change": change, "object": ZOE}]});
        self.call("POST", "/directory/changes", &changes)
    }

    /// A call that must succeed.
    fn call(&self, method: &str, path: &str, body: &Value) -> Result<(), Box<dyn Error>> {
        let request = ureq::http::Request::builder().method(method);
        let request = request.uri(format!("{}{path}", self.url));
        let request = request.header("Content-Type", "application/json");
        ureq::run(request.body(body.to_string())?)?;
        Ok(())
    }
}
