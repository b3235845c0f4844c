//! What is measured: a server with so many users, and the requests that clients send to it.

use mediusflow_mock::internals::TenantInternals as _;
use mediusflow_mock::{
    MockServer,
    internals::medius,
    scim::{Profile, Projection, User, urn},
};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use crate::load::{CONNECTIONS, Load};

/// Where the users are.
pub(crate) const USERS: &str = "/NordlysQA/scim/v2/Users";
/// Where the groups are.
pub(crate) const GROUPS: &str = "/NordlysQA/scim/v2/Groups";

/// A server with users, everything on: keys are checked, exchanges recorded.
pub(crate) struct Subject {
    pub(crate) server: MockServer,
    pub(crate) load: Load,
    /// The ids and names of the users that it started with.
    pub(crate) users: Vec<(SmolStr, String)>,
    key: String,
}

/// Numbers that look like chance and are the same in every run.
pub(crate) struct Dice(u64);

impl Subject {
    /// Starts a server with so many users and the usual four groups.
    pub(crate) fn start(users: usize, profile: Profile) -> Self {
        let server = MockServer::builder().users(users).profile(profile).start();
        let server = server.expect("a free port is free");
        let load = Load::connect(server.address(), CONNECTIONS);
        let key = server.secret_key().expect("the seeded tenant has a key");
        let state = server.tenant().snapshot();
        let all = state.resources().all("User");
        let users = all.map(|it| (it.id.clone(), User(it).user_name().to_owned())).collect();
        Self { server, load, users, key }
    }

    /// What a GET of each user answers, by id.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        let state = self.server.tenant().snapshot();
        let base = self.server.scim_url();
        self.users.iter().map(move |(id, _)| {
            let user = state.resources().get("User", id).expect("it was listed");
            let user_type =
                state.profile().schemas.resource_type("User").expect("users are built in");
            let presentation = state.present(&base);
            let view = presentation.view(user, user_type, &Projection::Default);
            (id.to_string(), serde_json::to_vec(&view).expect("a view has text keys only"))
        })
    }

    /// The ids of the users that came after those that it started with.
    pub(crate) fn newcomers(&self) -> Vec<SmolStr> {
        let state = self.server.tenant().snapshot();
        state.resources().from("User", self.users.len()).map(|it| it.id.clone()).collect()
    }

    /// A request without a body.
    pub(crate) fn bare(&self, method: &str, target: &str) -> Vec<u8> {
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             User-Agent: compare/1.0\r\nAccept: application/scim+json\r\n\r\n",
            self.server.address(),
            self.key
        )
        .into_bytes()
    }

    /// A request with a body.
    pub(crate) fn with_body(&self, method: &str, target: &str, body: &Json) -> Vec<u8> {
        let body = body.to_string();
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             User-Agent: compare/1.0\r\nAccept: application/scim+json\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            self.server.address(),
            self.key,
            body.len()
        )
        .into_bytes()
    }
}

/// A user as a client would send it, with the attributes of the tutorial's table.
pub(crate) fn new_user(name: &str) -> Json {
    let user_name = format!("{name}@contoso.com");
    json!({
        "schemas": [urn::USER, urn::ENTERPRISE_USER, medius::USER_EXTENSION],
        "userName": user_name,
        "externalId": format!("external-id-of-{name}"),
        "displayName": format!("{name} of the benchmark"),
        "name": {"formatted": format!("{name} Larsson"), "givenName": name, "familyName": "Larsson"},
        "emails": [{"type": "work", "value": user_name, "primary": true}],
        "active": true,
        "title": "Accounts Payable Specialist",
        "preferredLanguage": "sv-SE",
        urn::ENTERPRISE_USER: {"department": "Accounts Payable", "employeeNumber": "10042"},
        medius::USER_EXTENSION: {
            "configurationFilter": "SE",
            "identityProvider": "AzureAD",
            "nameIdentifier": user_name,
            "customFieldText1": "Sundsvall",
            "customFieldText2": "4711",
        },
    })
}

/// A PATCH of one operation.
pub(crate) fn patch(operation: &Json) -> Json {
    json!({"schemas": [urn::PATCH_OP], "Operations": [operation]})
}

impl Dice {
    /// Dice that fall as the others with this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below the limit (`SplitMix64`).
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("it is below a usize")
    }
}
