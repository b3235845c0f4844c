//! Signs in at mock Entra with the crate `openidconnect`, and sees that everything wrong is refused by one
//! of the two. It runs as the command of `mediusflow-mock exec`, which says where the server is.

use std::{env, error::Error};

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreGenderClaim, CoreIdToken,
        CoreJsonWebKeySet, CoreProviderMetadata, CoreTokenResponse,
    },
    url::Url,
};
use serde_json::{Value as Json, json};
use ureq::Agent;

type Failed = Box<dyn Error>;

/// A client of mock Entra that knows where its endpoints are.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

const CLIENT_ID: &str = "11111111-2222-4333-8444-555555555555";
const REDIRECT_URI: &str = "http://localhost:3000/signin-oidc";

/// The server, one of its tenants, and HTTP.
struct Mock {
    http: Agent,
    url: String,
    tenant: String,
    issuer: IssuerUrl,
}

/// A sign-in that the browser was sent away for.
struct Begun {
    address: Url,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

fn main() -> Result<(), Failed> {
    let mock = Mock::of_environment()?;
    let client = mock.client(None)?;
    let somebody = mock.somebody()?;
    mock.answer_the_picker_with(&somebody)?;

    signs_in(&mock, &client, &somebody)?;
    signs_in_with_a_secret(&mock)?;
    discovery_names_itself(&mock)?;
    a_foreign_nonce_is_refused(&mock, &client)?;
    a_foreign_client_is_refused(&mock, &client)?;
    a_wrong_verifier_is_refused(&mock, &client)?;
    a_code_is_good_once(&mock, &client)?;
    a_code_is_bound_to_its_redirect_uri(&mock, &client)?;
    a_client_without_a_secret_needs_pkce(&mock, &client)?;
    wrong_requests_come_back_as_errors(&mock, &client)?;
    a_rotated_key_is_found_again(&mock, &client)?;
    println!("an OpenID Connect client signs in at mock Entra");
    Ok(())
}

/// Discovery, code with PKCE, ID token, nonce, access token, userinfo.
fn signs_in(mock: &Mock, client: &Client, somebody: &str) -> Result<(), Failed> {
    let Begun { address, state, nonce, verifier } = begin(client);
    let answer = mock.follow(&address)?;
    expect("the state comes back", answer.get("state"), Some(state.secret()))?;
    let tokens = mock.redeem(client, &answer, Some(verifier))?;
    let token = id_token(&tokens)?;
    let claims = token.claims(&client.id_token_verifier(), &nonce)?;
    let name = claims.preferred_username().map(|it| it.as_str());
    expect("the ID token names who was picked", name, Some(somebody))?;
    if let Some(expected) = claims.access_token_hash() {
        let verifier = client.id_token_verifier();
        let key = token.signing_key(&verifier)?;
        let hash = AccessTokenHash::from_token(tokens.access_token(), token.signing_alg()?, key)?;
        expect("the hash of the access token", Some(&hash), Some(expected))?;
    }
    let subject = claims.subject().clone();
    let info = client.user_info(tokens.access_token().clone(), Some(subject))?;
    let info: openidconnect::UserInfoClaims<
        openidconnect::EmptyAdditionalClaims,
        CoreGenderClaim,
    > = info.request(&|request| mock.send(request))?;
    expect("userinfo is about the same", Some(info.subject()), Some(claims.subject()))
}

/// A client with a secret, which it sends by HTTP Basic.
fn signs_in_with_a_secret(mock: &Mock) -> Result<(), Failed> {
    let client = mock.client(Some("a secret of its own"))?;
    let Begun { address, nonce, verifier, .. } = begin(&client);
    let answer = mock.follow(&address)?;
    let tokens = mock.redeem(&client, &answer, Some(verifier))?;
    id_token(&tokens)?.claims(&client.id_token_verifier(), &nonce)?;
    Ok(())
}

/// What is not the issuer's own name does not get its metadata.
fn discovery_names_itself(mock: &Mock) -> Result<(), Failed> {
    let authority = mock.issuer.as_str().replace("/v2.0", "");
    let (authority, _) = authority.rsplit_once('/').ok_or("the issuer has a tenant ID")?;
    let unknown = format!("{authority}/00000000-0000-0000-0000-000000000000/v2.0");
    for wrong in [unknown, format!("{authority}/organizations/v2.0")] {
        let found = CoreProviderMetadata::discover(&IssuerUrl::new(wrong.clone())?, &|request| {
            mock.send(request)
        });
        if found.is_ok() {
            return Err(format!("discovery at {wrong} should fail").into());
        }
    }
    Ok(())
}

fn a_foreign_nonce_is_refused(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let Begun { address, verifier, .. } = begin(client);
    let tokens = mock.redeem(client, &mock.follow(&address)?, Some(verifier))?;
    let checked = id_token(&tokens)?.claims(&client.id_token_verifier(), &Nonce::new_random());
    refused("a token for another sign-in", checked.is_err())
}

fn a_foreign_client_is_refused(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let other = mock.client_of("99999999-2222-4333-8444-555555555555", None)?;
    let Begun { address, nonce, verifier, .. } = begin(client);
    let answer = mock.follow(&address)?;
    error_of(mock.redeem(&other, &answer, Some(verifier)), "invalid_grant")?;

    let Begun { address, verifier, .. } = begin(client);
    let tokens = mock.redeem(client, &mock.follow(&address)?, Some(verifier))?;
    let checked = id_token(&tokens)?.claims(&other.id_token_verifier(), &nonce);
    refused("a token for another application", checked.is_err())
}

fn a_wrong_verifier_is_refused(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let answer = mock.follow(&begin(client).address)?;
    let (_, other) = PkceCodeChallenge::new_random_sha256();
    error_of(mock.redeem(client, &answer, Some(other)), "invalid_grant")?;
    error_of(mock.redeem(client, &answer, None), "invalid_grant")
}

fn a_code_is_good_once(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let Begun { address, verifier, .. } = begin(client);
    let again = PkceCodeVerifier::new(verifier.secret().clone());
    let answer = mock.follow(&address)?;
    let tokens = mock.redeem(client, &answer, Some(verifier))?;
    error_of(mock.redeem(client, &answer, Some(again)), "invalid_grant")?;
    // What the code had got is gone with it (RFC 6749 §4.1.2).
    let info = client.user_info(tokens.access_token().clone(), None)?;
    let info: Result<
        openidconnect::UserInfoClaims<openidconnect::EmptyAdditionalClaims, CoreGenderClaim>,
        _,
    > = info.request(&|request| mock.send(request));
    refused("an access token of a code that came again", info.is_err())
}

fn a_code_is_bound_to_its_redirect_uri(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let Begun { address, verifier, .. } = begin(client);
    let answer = mock.follow(&address)?;
    let elsewhere = RedirectUrl::new("http://localhost:3000/elsewhere".into())?;
    let other = client.clone().set_redirect_uri(elsewhere);
    error_of(mock.redeem(&other, &answer, Some(verifier)), "invalid_grant")
}

fn a_client_without_a_secret_needs_pkce(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let (address, ..) =
        client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).url();
    let answer = mock.follow(&address)?;
    error_of(mock.redeem(client, &answer, None), "invalid_client")
}

fn wrong_requests_come_back_as_errors(mock: &Mock, client: &Client) -> Result<(), Failed> {
    let cases = [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "profile", "invalid_scope"),
        ("prompt", "none login", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("request", "e30", "request_not_supported"),
        ("prompt", "none", "login_required"),
    ];
    mock.let_the_picker_ask()?;
    for (name, value, error) in cases {
        let Begun { mut address, .. } = begin(client);
        let kept: Vec<(String, String)> =
            address.query_pairs().filter(|(it, _)| it != name).map(|(a, b)| (a.into(), b.into())).collect();
        address.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
        let answer = mock.follow(&address)?;
        expect(&format!("{name}={value}"), answer.get("error"), Some(&error.to_owned()))?;
    }
    let Begun { mut address, .. } = begin(client);
    let elsewhere = address.to_string().replace("localhost%3A3000", "app.example");
    address = elsewhere.parse()?;
    refused("a redirect URI beyond this machine", mock.follow(&address).is_err())?;
    let somebody = mock.somebody()?;
    mock.answer_the_picker_with(&somebody)
}

/// A client that keeps the keys finds no key for a token that was signed after a rotation; one that fetches
/// them again does.
fn a_rotated_key_is_found_again(mock: &Mock, client: &Client) -> Result<(), Failed> {
    mock.control("POST", "sign-in/rotate-key", Some(json!({"grace": 0})))?;
    let Begun { address, nonce, verifier, .. } = begin(client);
    let tokens = mock.redeem(client, &mock.follow(&address)?, Some(verifier))?;
    let checked = id_token(&tokens)?.claims(&client.id_token_verifier(), &nonce);
    refused("a token by a key that is not known", checked.is_err())?;
    let renewed = mock.client(None)?;
    id_token(&tokens)?.claims(&renewed.id_token_verifier(), &nonce)?;
    let url = format!("{}/discovery/v2.0/keys", mock.issuer.as_str().replace("/v2.0", ""));
    let keys = CoreJsonWebKeySet::fetch(&openidconnect::JsonWebKeySetUrl::new(url)?, &|request| {
        mock.send(request)
    })?;
    expect("without grace, the new key alone is published", Some(keys.keys().len()), Some(1))
}

/// Begins a sign-in.
fn begin(client: &Client) -> Begun {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let (address, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".into()))
        .add_scope(Scope::new("email".into()))
        .set_pkce_challenge(challenge)
        .url();
    Begun { address, state, nonce, verifier }
}

impl Mock {
    fn of_environment() -> Result<Self, Failed> {
        let url = env::var("MEDIUSFLOW_MOCK_URL")?;
        let tenant = env::var("MEDIUSFLOW_MOCK_TENANT")?;
        let http = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build();
        let issuer = IssuerUrl::new(url.clone())?;
        let mut mock = Self { http: http.into(), url, tenant, issuer };
        let metadata = mock.get(&format!(
            "{}/{}/entra/common/v2.0/.well-known/openid-configuration",
            mock.url, mock.tenant
        ))?;
        let issuer = metadata["issuer"].as_str().ok_or("the metadata name no issuer")?;
        mock.issuer = IssuerUrl::new(issuer.to_owned())?;
        Ok(mock)
    }

    /// A client that has discovered the endpoints and keys.
    fn client(&self, secret: Option<&str>) -> Result<Client, Failed> {
        self.client_of(CLIENT_ID, secret)
    }

    fn client_of(&self, id: &str, secret: Option<&str>) -> Result<Client, Failed> {
        let metadata =
            CoreProviderMetadata::discover(&self.issuer, &|request| self.send(request))?;
        let secret = secret.map(|it| ClientSecret::new(it.to_owned()));
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(id.into()), secret);
        Ok(client.set_redirect_uri(RedirectUrl::new(REDIRECT_URI.into())?))
    }

    /// Sends the browser somewhere; what comes back to the client's redirect URI.
    fn follow(
        &self,
        address: &Url,
    ) -> Result<std::collections::HashMap<String, String>, Failed> {
        let response = self.http.get(address.as_str()).call()?;
        let status = response.status();
        let location = response.headers().get("location").ok_or(format!("{status}, no redirect"))?;
        let location: Url = location.to_str()?.parse()?;
        if !location.as_str().starts_with(REDIRECT_URI) {
            return Err(format!("the answer goes to {location}").into());
        }
        Ok(location.query_pairs().into_owned().collect())
    }

    fn redeem(
        &self,
        client: &Client,
        answer: &std::collections::HashMap<String, String>,
        verifier: Option<PkceCodeVerifier>,
    ) -> Result<CoreTokenResponse, Failed> {
        let code = answer.get("code").ok_or_else(|| format!("no code came back: {answer:?}"))?;
        let mut request = client.exchange_code(AuthorizationCode::new(code.clone()))?;
        if let Some(verifier) = verifier {
            request = request.set_pkce_verifier(verifier);
        }
        Ok(request.request(&|request| self.send(request))?)
    }

    fn send(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (parts, mut body) = self.http.run(request)?.into_parts();
        Ok(HttpResponse::from_parts(parts, body.read_to_vec()?))
    }

    fn get(&self, address: &str) -> Result<Json, Failed> {
        Ok(self.http.get(address).call()?.into_body().read_json()?)
    }

    /// A call of the control API, below the tenant.
    fn control(&self, method: &str, path: &str, body: Option<Json>) -> Result<Json, Failed> {
        let address = format!("{}/_mock/v1/tenants/{}/{path}", self.url, self.tenant);
        let request = ureq::http::Request::builder().method(method).uri(&address);
        let request = request.header("content-type", "application/json");
        let body = body.map(|it| it.to_string()).unwrap_or_default();
        let mut response = self.http.run(request.body(body)?)?;
        let text = response.body_mut().read_to_string()?;
        if !response.status().is_success() {
            return Err(format!("{method} {path}: {} {text}", response.status()).into());
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// The user name of a provisioned user.
    fn somebody(&self) -> Result<String, Failed> {
        let users = self.control("GET", "users?count=1", None)?;
        let name = users["Resources"][0]["userName"].as_str();
        Ok(name.ok_or("the tenant has no users")?.to_owned())
    }

    fn answer_the_picker_with(&self, account: &str) -> Result<(), Failed> {
        self.control("PUT", "sign-in", Some(json!({"account": account}))).map(drop)
    }

    fn let_the_picker_ask(&self) -> Result<(), Failed> {
        self.control("DELETE", "sign-in", None).map(drop)
    }
}

fn id_token(tokens: &CoreTokenResponse) -> Result<&CoreIdToken, Failed> {
    Ok(tokens.id_token().ok_or("there is no ID token")?)
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}").into())
}

fn refused(what: &str, is_refused: bool) -> Result<(), Failed> {
    if is_refused { Ok(()) } else { Err(format!("{what} should be refused").into()) }
}

/// Expects that the token endpoint refuses with this error.
fn error_of(answer: Result<CoreTokenResponse, Failed>, expected: &str) -> Result<(), Failed> {
    let Err(error) = answer else { return Err(format!("expected {expected}, found tokens").into()) };
    type Refusal = RequestTokenError<
        ureq::Error,
        openidconnect::StandardErrorResponse<CoreErrorResponseType>,
    >;
    match error.downcast_ref::<Refusal>() {
        Some(RequestTokenError::ServerResponse(it)) => {
            expect("the error", it.error().to_string(), expected.to_owned())
        }
        _ => Err(format!("expected {expected}, found {error}").into()),
    }
}
