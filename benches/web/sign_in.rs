//! A sign-in from the chooser to the start page, and the token endpoint for a client that is none of
//! MediusFlow's.

use std::time::Instant;

use mediusflow_mock::{MockServer, internals::oidc::SigningKey, scim::encode};
use ring::rand::SystemRandom;
use serde_json::Map;

use crate::{
    browser::{Browser, Page},
    load::{CONNECTIONS, Load, busy},
    table::{Table, least, rate},
};

/// How many signatures, sign-ins and tokens a round has.
const TIMES: usize = 50;

const KEY: &[u8] = include_bytes!("../../fixtures/sign-in/keys/a1.pk8");
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";
const REDIRECT_URI: &str = "http://localhost:3000/back";

/// The example of RFC 7636, Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The processor time of the server for each, in the best of these rounds.
pub(crate) fn table(rounds: usize) -> Table {
    let server = MockServer::builder().users(1_000).start().expect("a free port");
    let mut times = [f64::INFINITY; 3];
    for _ in 0..rounds {
        let round = [signature(), sign_in(&server), tokens(&server)];
        times = std::array::from_fn(|at| least([times[at], round[at]]));
    }
    let [signature, sign_in, token] = times;
    let head = ["of 1,000 users", "processor time", "to a signature", "a second and core"];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    for (name, time) in [
        ("floor: an RS256 signature", signature),
        ("a sign-in from the chooser to the start page", sign_in),
        ("a token, redeemed with PKCE", token),
    ] {
        let beside = format!("{:.2}×", time / signature);
        table.row([name.into(), format!("{time:.2} ms"), beside, rate(1e3 / time)]);
    }
    table
}

/// Milliseconds that a signature takes.
fn signature() -> f64 {
    let key = SigningKey::read("a1", KEY).expect("the fixture is a key");
    let (random, claims) = (SystemRandom::new(), Map::new());
    least((0..TIMES).map(|_| {
        let started = Instant::now();
        std::hint::black_box(key.token(&random, &claims));
        started.elapsed().as_secs_f64() * 1e3
    }))
}

/// Milliseconds of the server's processor time for a sign-in: five requests behind the chooser, and the
/// chooser. Each time it is another browser.
fn sign_in(server: &MockServer) -> f64 {
    let before = busy();
    for _ in 0..TIMES {
        let browser = Browser::of(server);
        browser.open("/NordlysQA/");
        let picker = browser.open("/NordlysQA/login?option=Microsoft+Entra+ID");
        let start = browser.open(&picker.link("@nordlys.example"));
        assert!(start.text.contains("Logged in with Microsoft Entra ID"), "{}", start.text);
    }
    each(busy().saturating_sub(before).as_secs_f64())
}

/// Milliseconds of the server's processor time for a request of tokens.
fn tokens(server: &MockServer) -> f64 {
    let browser = Browser::of(server);
    let authority = authority(&browser);
    let authorize = format!(
        "{authority}/authorize?client_id={CLIENT}&response_type=code&redirect_uri={}\
         &scope=openid+profile+email&state=s&nonce=n&code_challenge={CHALLENGE}\
         &code_challenge_method=S256",
        encode(REDIRECT_URI)
    );
    let picker = browser.open(&authorize);
    browser.get(&picker.link("@nordlys.example"));
    let again = format!("{authorize}&prompt=none");
    let code = |page: Page| page.parameter("code").expect("who is signed in gets a code");
    let path = format!("{authority}/token");
    let requests: Vec<Vec<u8>> =
        (0..TIMES).map(|_| redemption(&path, &code(browser.get(&again)))).collect();
    let mut load = Load::connect(server.address(), CONNECTIONS);
    load.run(&requests, 200, || ()).busy_micros() / 1e3
}

/// The path of mock Entra's addresses for the saved tenant.
fn authority(browser: &Browser) -> String {
    let metadata = "/NordlysQA/entra/common/v2.0/.well-known/openid-configuration";
    let metadata = browser.get(metadata).json;
    let issuer = metadata["issuer"].as_str().expect("there is an issuer");
    let tenant_id = issuer.rsplit('/').nth(1).unwrap_or_default();
    format!("/NordlysQA/entra/{tenant_id}/oauth2/v2.0")
}

/// The request that redeems a code.
fn redemption(path: &str, code: &str) -> Vec<u8> {
    let form = format!(
        "grant_type=authorization_code&client_id={CLIENT}&code={code}&redirect_uri={}\
         &code_verifier={VERIFIER}",
        encode(REDIRECT_URI)
    );
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        form.len()
    );
    (head + &form).into()
}

#[expect(clippy::cast_precision_loss, reason = "a time for a reader")]
fn each(seconds: f64) -> f64 {
    seconds * 1e3 / TIMES as f64
}
