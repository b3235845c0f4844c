//! MediusFlow as a client of mock Entra, like any other: it redeems a code, fetches the keys, and checks the ID
//! token. Each of its calls is made in process, and faulted and recorded as a request is.

use actix_web::{
    HttpResponse,
    body::to_bytes,
    http::{
        Method,
        header::{CONTENT_TYPE, HeaderMap, HeaderValue},
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::refused::Refused;
use crate::{
    http::{
        answer::Answer,
        arrival::{Arrival, CallHead, RequestContext},
        call::Call,
        pipeline,
        web::{
            entra::{TokenCall, keys_answer, token_answer},
            sign_in_step::{SignInRequest, StepKind},
            step_refusal,
        },
    },
    oidc::{Claims, ExpectedToken, IdTokenError, Parameters, PublicKeys},
    scim::encode,
    tenant::{KnownKeys, LoginFlow},
};

/// MediusFlow during a sign-in.
pub(super) struct RelyingParty<'a> {
    pub(super) context: &'a RequestContext,
    pub(super) asked: &'a SignInRequest,
    /// Who makes the calls, as the journal says.
    pub(super) from: &'static str,
}

/// Why the issuer proves nothing.
pub(super) enum IssuerFailure {
    /// The login came to nothing.
    Refused(Box<Refused>),
    /// The tenant was reset meanwhile.
    Reset,
}

/// A call of MediusFlow below Entra's authority.
pub(super) struct EntraCall {
    /// The step that it is at Entra.
    pub(super) step: StepKind,
    pub(super) method: Method,
    /// The path, with the Microsoft Entra tenant ID, and the query.
    pub(super) target: String,
    /// The form.
    pub(super) body: String,
}

/// How long MediusFlow does not fetch the keys again after an unknown key was the reason to (assumed).
const KEYS_PATIENCE: SignedDuration = SignedDuration::from_mins(5);

impl RelyingParty<'_> {
    /// Redeems a code at the token endpoint for an ID token.
    ///
    /// # Errors
    ///
    /// The issuer refuses, or does not answer.
    pub(super) async fn redeem(
        &self,
        flow: &LoginFlow,
        code: &str,
    ) -> Result<String, IssuerFailure> {
        let (option, tenant_id) = (flow.option.as_str(), self.tenant_id());
        let call = EntraCall {
            step: StepKind::program("token"),
            method: Method::POST,
            target: format!("/{tenant_id}/oauth2/v2.0/token"),
            body: self.token_form(flow, code),
        };
        let authority = self.asked.authority();
        let work = move |call: &Call<'_>| {
            let form = std::str::from_utf8(&call.body).ok();
            let form = form.and_then(|it| Parameters::read(it).ok());
            token_answer(&TokenCall {
                tenant: &call.tenant,
                tenant_id: &tenant_id,
                authority: &authority,
                form: &form.expect("MediusFlow writes a form that can be read"),
                authorization: None,
                now: call.now,
            })
        };
        let Some(response) = self.make(call, work).await? else {
            return Err(unreachable(option, "the token request"));
        };
        let (status, body) = read(response).await;
        let text = |name: &str| body.get(name).and_then(Json::as_str);
        match (status, text("id_token"), text("error")) {
            (200, Some(token), _) => Ok(token.to_owned()),
            (429 | 500.., ..) => Err(unreachable(option, &format!("the token request ({status})"))),
            (_, _, Some(error)) => {
                let described = text("error_description").unwrap_or_default();
                let refused = Refused::by_issuer(option, error, described);
                Err(IssuerFailure::Refused(Box::new(refused)))
            }
            _ => Err(unreachable(option, &format!("the token request ({status})"))),
        }
    }

    /// Checks an ID token, by the keys that MediusFlow knows. An unknown key is a reason to fetch them
    /// again, once in five minutes.
    ///
    /// # Errors
    ///
    /// The token proves nothing, or the keys cannot be fetched.
    pub(super) async fn check(
        &self,
        flow: &LoginFlow,
        token: &str,
    ) -> Result<Claims, IssuerFailure> {
        let option = flow.option.as_str();
        let refused = |error| IssuerFailure::Refused(Box::new(Refused::by_token(&error, option)));
        let no_keys = || unreachable(option, "its keys");
        let known = match self.asked.book().known_keys() {
            Some(known) => known,
            None => self.fetch_keys(None).await?.ok_or_else(no_keys)?,
        };
        let now = self.asked.page.now;
        let is_late = known.fetched_again.is_none_or(|it| now.duration_since(it) >= KEYS_PATIENCE);
        match self.checked(flow, &known.keys, token) {
            Err(IdTokenError::UnknownKey(_)) if is_late => {
                let known = self.fetch_keys(Some(now)).await?.ok_or_else(no_keys)?;
                self.checked(flow, &known.keys, token).map_err(refused)
            }
            checked => checked.map_err(refused),
        }
    }

    fn checked(
        &self,
        flow: &LoginFlow,
        keys: &PublicKeys,
        token: &str,
    ) -> Result<Claims, IdTokenError> {
        let expected = ExpectedToken {
            keys,
            issuer: &flow.issuer,
            audience: &self.asked.state.entra_client_id(),
            tenant_id: &self.tenant_id(),
            nonce: &flow.nonce,
            now: self.asked.page.now,
            tolerance: self.asked.state.master().sign_in.tolerance.get(),
        };
        expected.check(token)
    }

    /// Fetches the keys of the issuer; nothing if it does not answer.
    ///
    /// # Errors
    ///
    /// The tenant was reset meanwhile.
    async fn fetch_keys(
        &self,
        fetched_again: Option<Timestamp>,
    ) -> Result<Option<KnownKeys>, IssuerFailure> {
        let call = EntraCall {
            step: StepKind::program("keys"),
            method: Method::GET,
            target: format!("/{}/discovery/v2.0/keys", self.tenant_id()),
            body: String::new(),
        };
        let work = |call: &Call<'_>| keys_answer(call.tenant.sign_ins(), call.now);
        let Some(response) = self.make(call, work).await? else { return Ok(None) };
        let (status, body) = read(response).await;
        let is_set = body.get("keys").is_some_and(Json::is_array);
        if status != 200 || !is_set {
            return Ok(None);
        }
        let known = KnownKeys { keys: PublicKeys::read(&body), fetched_again };
        self.asked.book().know_keys(known.clone());
        Ok(Some(known))
    }

    /// Makes a call in process, in the epoch in which the sign-in came; nothing where a fault broke the
    /// answer off.
    ///
    /// # Errors
    ///
    /// The tenant was reset meanwhile.
    pub(super) async fn make(
        &self,
        made: EntraCall,
        work: impl FnOnce(&Call<'_>) -> Answer + Send + 'static,
    ) -> Result<Option<HttpResponse>, IssuerFailure> {
        let RequestContext { app, request, arrival, .. } = self.context;
        let Arrival { epoch, fault_epoch, tenant, .. } = arrival;
        let arrival = Arrival::new(tenant.clone(), app.clock.now());
        let arrival = Arrival { epoch: *epoch, fault_epoch: *fault_epoch, ..arrival };
        let mut headers = HeaderMap::new();
        if made.method == Method::POST {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, form);
        }
        let target = format!("/{}/entra{}", tenant.name(), made.target);
        let head = CallHead { method: made.method, target, headers, from: self.from };
        let call = Call::new(app, request, &arrival, vec![made.step.name.to_owned()]);
        let call = call.into_click(&head, made.body.into());
        let api = step_refusal::api(made.step);
        let (app, request, click) = (app.clone(), request.clone(), Some(Box::new(head)));
        let context = RequestContext { app, request, arrival, api, click };
        let response = pipeline::run_click(context, call, work).await;
        if self.context.arrival.is_over() { Err(IssuerFailure::Reset) } else { Ok(response) }
    }

    /// The form with which MediusFlow redeems a code.
    fn token_form(&self, flow: &LoginFlow, code: &str) -> String {
        let client_id = self.asked.state.entra_client_id();
        let redirect_uri = self.asked.own_redirect_uri();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id.as_str()),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", flow.verifier.as_str()),
        ];
        pairs.map(|(name, value)| format!("{name}={}", encode(value))).join("&")
    }

    fn tenant_id(&self) -> String {
        self.asked.tenant_id().unwrap_or_default()
    }
}

/// The status and the JSON of an answer; null if it is none.
async fn read(response: HttpResponse) -> (u16, Json) {
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body()).await.unwrap_or_default();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn unreachable(option: &str, what: &str) -> IssuerFailure {
    IssuerFailure::Refused(Box::new(Refused::by_unreachable_issuer(option, what)))
}
