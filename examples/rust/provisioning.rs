//! How a Rust test gets a MediusFlow tenant: no program, no port, nothing to clean up.
//!
//! `Clerk` stands for the client that you test.

use std::{error::Error, time::Duration};

use mediusflow_mock::{MockServer, TenantOptions};
use serde_json::json;

/// A bound, not a wait: what is awaited usually comes in less than a millisecond.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn a_user_is_provisioned() -> Result<(), Box<dyn Error>> {
    let server = MockServer::start()?;
    // Checked at the end of the test, whatever else it looks at.
    server.expect("op:delete", 0)?;

    Clerk::of(&server.scim_url(), server.secret_key()).provision("anna@contoso.com")?;

    let anna = server.user("anna@contoso.com").ok_or("anna is not there")?;
    assert_eq!(anna["active"], true);
    server.wait_for("op:create user:anna@contoso.com status:201", PATIENCE)?;
    Ok(())
}

#[test]
fn a_lost_answer_does_not_make_a_second_user() -> Result<(), Box<dyn Error>> {
    let server = MockServer::start()?;
    // The server does what it is asked for, once without saying so.
    server.fault(&json!({
        "match": {"operation": "user.create"},
        "when": {"times": 1},
        "action": {"connection": "close"},
        "phase": "after",
    }))?;
    let clerk = Clerk::of(&server.scim_url(), server.secret_key());

    let lost = clerk.provision("anna@contoso.com");
    let again = clerk.provision("anna@contoso.com");

    assert!(lost.is_err());
    assert!(matches!(again, Err(ureq::Error::StatusCode(409))));
    assert!(server.user("anna@contoso.com").is_some());
    Ok(())
}

#[tokio::test]
async fn the_client_runs_while_the_test_awaits() -> Result<(), Box<dyn Error>> {
    let server = MockServer::start()?;
    // A server may be shared: each test has a tenant of its own, which goes at its end.
    let tenant = server.new_tenant("Awaited", &TenantOptions::new().users(0))?;
    let arrival = tenant.arrival("op:create user:anna@contoso.com")?;
    let clerk = Clerk::of(&tenant.scim_url(), tenant.secret_key());

    let sends = tokio::task::spawn_blocking(move || clerk.provision("anna@contoso.com"));
    let exchange = tokio::time::timeout(PATIENCE, arrival).await?;

    assert_eq!(exchange.status, 201);
    sends.await??;
    assert_eq!(tenant.users().len(), 1);
    Ok(())
}

/// A SCIM client: an address and a bearer token.
struct Clerk {
    users: String,
    bearer: String,
}

impl Clerk {
    fn of(scim_url: &str, secret_key: Option<String>) -> Self {
        let bearer = format!("Bearer {}", secret_key.unwrap_or_default());
        Self { users: format!("{scim_url}/Users"), bearer }
    }

    fn provision(&self, user_name: &str) -> Result<(), ureq::Error> {
        let request = ureq::post(&self.users).header("Authorization", &self.bearer);
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": user_name,
            "active": true,
        });
        request.send_json(user).map(drop)
    }
}
