//! The sign-ins of a tenant: who is signed in, what is under way, and what was issued (feature `web`).
//!
//! It is a book beside the state, as the fault book is: it is in no snapshot, export or digest, a sign-in changes
//! no state, and a reset empties it. What was under way then is remembered as ended, so that who goes on with it
//! hears of the reset. Each list holds 10,000 entries at most; the oldest go first. Keys of
//! the lists are secrets of 128 random bits, so that who has one has got it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;

use super::SignInLife;
use crate::{
    medius::TenantName,
    oidc::{
        AadstsCode, Account, AuthorizeRequest, Claims, ProtocolError, PublicKeys, Scopes,
        SigningKey, TokenRequest, Verifier,
    },
};

mod bounded;
mod keys;

use bounded::Bounded;
use keys::KeyTurn;
pub use keys::{Rotation, unpublished_key};

/// How long a sign-in that was begun can be completed (assumed).
const FLOW_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The sign-ins of a tenant.
#[derive(Debug, Default)]
pub struct SignIns(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    flows: Bounded<LoginFlow>,
    requests: Bounded<PickerRequest>,
    codes: Bounded<IssuedCode>,
    tokens: Bounded<AccessGrant>,
    sessions: Bounded<LoginSession>,
    browsers: Bounded<EntraSession>,
    pick: Option<AccountPick>,
    /// The states, handles and codes of what a reset ended, each with the epoch of the tenant in which it began.
    ended: Bounded<u64>,
    turn: KeyTurn,
    known_keys: Option<KnownKeys>,
}

/// A sign-in that MediusFlow began and that Entra has not answered.
#[derive(Clone, Debug)]
pub struct LoginFlow {
    /// The display name of the login option.
    pub option: SmolStr,
    /// What tells the browser that began it.
    pub browser: SmolStr,
    /// What the ID token is to repeat.
    pub nonce: String,
    /// What proves to Entra that MediusFlow began it.
    pub verifier: Verifier,
    /// Whom the authorize request was sent to: the issuer of the ID token.
    pub issuer: String,
    /// When it was begun.
    pub began: Timestamp,
}

/// An authorize request whose picker is shown.
#[derive(Clone, Debug)]
pub struct PickerRequest {
    /// The request.
    pub request: AuthorizeRequest,
    /// The Microsoft Entra tenant ID.
    pub tenant_id: SmolStr,
    /// What tells the browser that sees the picker.
    pub browser: SmolStr,
    /// When it came.
    pub began: Timestamp,
}

/// An account that Entra tells a client of.
#[derive(Clone, Debug)]
pub struct SignedInAccount {
    /// The account.
    pub account: Account,
    /// The id of its session at Entra.
    pub session_id: SmolStr,
    /// When the person signed in.
    pub at: Timestamp,
}

/// A code that Entra issued.
#[derive(Clone, Debug)]
pub struct IssuedCode {
    /// What it was asked for with.
    pub request: AuthorizeRequest,
    /// The Microsoft Entra tenant ID.
    pub tenant_id: SmolStr,
    /// For whom.
    pub signed_in: SignedInAccount,
    /// The last moment at which it can be redeemed.
    expires: Timestamp,
    /// The access token that it got.
    redeemed: Option<SmolStr>,
}

/// An access token that is issued.
#[derive(Clone, Copy, Debug)]
pub struct NewAccessToken<'a> {
    /// The token.
    pub text: &'a str,
    /// How long it is valid.
    pub life: SignInLife,
}

/// What an access token lets its bearer read.
#[derive(Clone, Debug)]
pub struct AccessGrant {
    /// The application.
    pub client_id: String,
    /// The Microsoft Entra tenant ID.
    pub tenant_id: SmolStr,
    /// What it asked for.
    pub scopes: Scopes,
    /// Of whom.
    pub account: Account,
    /// Until when.
    pub expires: Timestamp,
}

/// Somebody who is logged in to MediusFlow.
#[derive(Clone, Debug)]
pub struct LoginSession {
    /// Who.
    pub who: NamedLogin,
    /// The display name of the login option.
    pub option: SmolStr,
    /// What Entra said of the person, if it was asked.
    pub claims: Option<Claims>,
    /// Since when.
    pub began: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

/// Somebody who logged in, with the name that people knew then: it outlives the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedLogin {
    /// Who.
    pub user: LoggedInUser,
    /// The name of the user.
    pub name: SmolStr,
}

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoggedInUser {
    /// The provisioned user with this id.
    Provisioned(SmolStr),
    /// The console user of this name.
    Console(SmolStr),
}

/// Who is signed in to mock Entra in a browser.
#[derive(Clone, Debug)]
pub struct EntraSession {
    /// The id of the session, a GUID.
    pub id: SmolStr,
    /// The user principal name of the account.
    pub account: String,
    /// When the person signed in.
    pub at: Timestamp,
}

/// An account with which the picker answers itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPick {
    /// The user principal name or object id.
    pub account: SmolStr,
    /// How often; without end if nothing is said.
    pub times: Option<u32>,
}

/// The keys of the issuer as MediusFlow last fetched them.
#[derive(Clone, Debug)]
pub struct KnownKeys {
    /// The keys.
    pub keys: PublicKeys,
    /// When an unknown key was the reason to fetch them, if it was.
    pub fetched_again: Option<Timestamp>,
}

/// Why a flow cannot be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowError {
    /// It was not begun here, was completed before, or was begun by another browser.
    Unknown,
    /// It was begun too long ago.
    Expired,
}

impl SignIns {
    /// Notes that MediusFlow began a sign-in with this state.
    pub fn begin_flow(&self, state: &str, flow: LoginFlow) {
        self.book().flows.insert(state, flow);
    }

    /// The flow of this state, which ends with that: it is completed once.
    ///
    /// # Errors
    ///
    /// [`FlowError`]. A flow of another browser stays, for its own.
    pub fn complete_flow(
        &self,
        state: &str,
        browser: Option<&str>,
        now: Timestamp,
    ) -> Result<LoginFlow, FlowError> {
        let mut book = self.book();
        let is_own = book.flows.get(state).is_some_and(|it| Some(it.browser.as_str()) == browser);
        let flow = if is_own { book.flows.remove(state) } else { None };
        let flow = flow.ok_or(FlowError::Unknown)?;
        if now.duration_since(flow.began) > FLOW_LIFE { Err(FlowError::Expired) } else { Ok(flow) }
    }

    /// Notes that a picker is shown for a request.
    pub fn show_picker(&self, handle: &str, request: PickerRequest) {
        self.book().requests.insert(handle, request);
    }

    /// The request whose picker has this handle.
    pub fn picker(
        &self,
        handle: &str,
        browser: Option<&str>,
        now: Timestamp,
    ) -> Option<PickerRequest> {
        let book = self.book();
        let found = book.requests.get(handle)?;
        let is_own = Some(found.browser.as_str()) == browser;
        let is_fresh = now.duration_since(found.began) <= FLOW_LIFE;
        (is_own && is_fresh).then(|| found.clone())
    }

    /// Forgets a picker: it was answered.
    pub fn answer_picker(&self, handle: &str) {
        self.book().requests.remove(handle);
    }

    /// Notes a code that was issued.
    pub fn issue_code(&self, code: &str, issued: IssuedCode) {
        self.book().codes.insert(code, issued);
    }

    /// Redeems a code for an access token. A code that was redeemed before also ends the token that it got
    /// (RFC 6749 §4.1.2).
    ///
    /// # Errors
    ///
    /// `invalid_grant` for a code that was never issued, was redeemed, is too old, or belongs to another
    /// client, redirect URI, tenant or verifier.
    pub fn redeem(
        &self,
        request: &TokenRequest,
        tenant_id: &str,
        token: NewAccessToken<'_>,
        now: Timestamp,
    ) -> Result<IssuedCode, ProtocolError> {
        let mut book = self.book();
        let Some(code) = book.codes.get_mut(&request.code) else {
            let detail = "The code was never issued, or it is forgotten.";
            return Err(ProtocolError::new(AadstsCode::InvalidGrant, detail));
        };
        code.check(request, tenant_id, now)?;
        if let Some(token) = code.redeemed.clone() {
            book.tokens.remove(&token);
            let detail = "OAuth2 Authorization code was already redeemed, please retry with a new \
                          valid code or use an existing refresh token.";
            return Err(ProtocolError::new(AadstsCode::CodeRedeemed, detail));
        }
        code.redeemed = Some(token.text.into());
        let code = code.clone();
        book.tokens.insert(token.text, AccessGrant::of(&code, token.life.after(now)));
        Ok(code)
    }

    /// What an access token lets its bearer read, if it is valid.
    pub fn access(&self, token: &str, now: Timestamp) -> Option<AccessGrant> {
        self.book().tokens.get(token).filter(|it| now < it.expires).cloned()
    }

    /// Notes that somebody has logged in.
    pub fn log_in(&self, cookie: &str, session: LoginSession) {
        self.book().sessions.insert(cookie, session);
    }

    /// The session of a cookie, if its time is not over.
    pub fn session(&self, cookie: &str, now: Timestamp) -> Option<LoginSession> {
        self.book().sessions.get(cookie).filter(|it| now < it.expires).cloned()
    }

    /// Ends a session.
    pub fn log_out(&self, cookie: &str) -> Option<LoginSession> {
        self.book().sessions.remove(cookie)
    }

    /// All sessions whose time is not over, oldest first.
    pub fn sessions(&self, now: Timestamp) -> Vec<LoginSession> {
        self.book().sessions.values().filter(|it| now < it.expires).cloned().collect()
    }

    /// Ends all sessions, also those at Entra; tells how many people were logged in.
    pub fn log_out_all(&self, now: Timestamp) -> usize {
        let mut book = self.book();
        let ended = book.sessions.values().filter(|it| now < it.expires).count();
        book.sessions = Bounded::default();
        book.browsers = Bounded::default();
        ended
    }

    /// Notes who is signed in to Entra in a browser.
    pub fn sign_in_to_entra(&self, browser: &str, session: EntraSession) {
        self.book().browsers.insert(browser, session);
    }

    /// Who is signed in to Entra in a browser.
    pub fn entra_session(&self, browser: &str) -> Option<EntraSession> {
        self.book().browsers.get(browser).cloned()
    }

    /// Ends who is signed in to Entra in a browser.
    pub fn sign_out_of_entra(&self, browser: &str) -> Option<EntraSession> {
        self.book().browsers.remove(browser)
    }

    /// Has the picker answer itself from now on; `None` ends that.
    pub fn answer_with(&self, pick: Option<AccountPick>) {
        self.book().pick = pick;
    }

    /// The account with which the picker answers itself, counted as used once more.
    pub fn take_pick(&self) -> Option<SmolStr> {
        let mut book = self.book();
        let pick = book.pick.as_mut()?;
        let account = pick.account.clone();
        if let Some(times) = &mut pick.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                book.pick = None;
            }
        }
        Some(account)
    }

    /// The key that signs, and the keys that are published.
    pub fn keys(&self, now: Timestamp) -> (&'static SigningKey, PublicKeys) {
        self.book().turn.keys(now)
    }

    /// Signs with the next key from now on; the one before stays published for so long.
    pub fn rotate(&self, grace: SignedDuration, now: Timestamp) -> Rotation {
        self.book().turn.rotate(grace, now)
    }

    /// The issuer's keys as MediusFlow knows them.
    pub fn known_keys(&self) -> Option<KnownKeys> {
        self.book().known_keys.clone()
    }

    /// Notes the issuer's keys as MediusFlow fetched them.
    pub fn know_keys(&self, known: KnownKeys) {
        self.book().known_keys = Some(known);
    }

    /// The epoch of the tenant in which the sign-in with this state, picker or code was under way, if a reset
    /// ended it.
    pub fn ended_in(&self, key: &str) -> Option<u64> {
        self.book().ended.get(key).copied()
    }

    /// Forgets everything but which sign-ins were under way: the tenant begins anew, and this epoch is over.
    pub(super) fn end_epoch(&self, epoch: u64) {
        let mut book = self.book();
        let old = std::mem::take(&mut *book);
        book.ended = old.ended;
        let keys = old.flows.keys().chain(old.requests.keys()).chain(old.codes.keys());
        keys.for_each(|it| book.ended.insert(it, epoch));
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing in here panics half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IssuedCode {
    /// A code for somebody who signed in, in answer to a request; `expires` is the last moment at which it can
    /// be redeemed.
    pub fn new(
        request: AuthorizeRequest,
        tenant_id: SmolStr,
        signed_in: SignedInAccount,
        expires: Timestamp,
    ) -> Self {
        Self { request, tenant_id, signed_in, expires, redeemed: None }
    }

    fn check(
        &self,
        request: &TokenRequest,
        tenant_id: &str,
        now: Timestamp,
    ) -> Result<(), ProtocolError> {
        let refuse = |code, detail: &str| Err(ProtocolError::new(code, detail));
        if self.request.client.id != request.client_id {
            return refuse(AadstsCode::InvalidGrant, "The code was issued for another client.");
        }
        if self.tenant_id != tenant_id {
            return refuse(
                AadstsCode::GrantOfAnotherTenant,
                "The code was issued by another tenant.",
            );
        }
        if self.request.client.redirect_uri != request.redirect_uri {
            return refuse(
                AadstsCode::InvalidGrant,
                "The code was issued for another redirect URI.",
            );
        }
        if now > self.expires {
            let detail = "The provided authorization code has expired.";
            return refuse(AadstsCode::ExpiredGrant, detail);
        }
        let challenge = self.request.challenge.as_ref();
        let is_met = match (challenge, &request.verifier) {
            (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
            (Some(_), None) => {
                let detail =
                    "The request body must contain the following parameter: 'code_verifier'.";
                return refuse(AadstsCode::WrongVerifier, detail);
            }
            (None, _) if request.secret.is_none() => {
                let detail = "The request body must contain the following parameter: \
                              'client_assertion' or 'client_secret'. A client without a secret has \
                              to use PKCE.";
                return refuse(AadstsCode::MissingClientSecret, detail);
            }
            (None, _) => true,
        };
        if !is_met {
            let detail = "The Code_Verifier doesn't match the code_challenge supplied in the \
                          authorization request.";
            return refuse(AadstsCode::WrongVerifier, detail);
        }
        Ok(())
    }
}

impl AccessGrant {
    fn of(code: &IssuedCode, expires: Timestamp) -> Self {
        Self {
            client_id: code.request.client.id.clone(),
            tenant_id: code.tenant_id.clone(),
            scopes: code.request.scopes.clone(),
            account: code.signed_in.account.clone(),
            expires,
        }
    }
}

impl LoginSession {
    /// Of somebody who logs in now, for so long.
    pub fn new(
        who: NamedLogin,
        option: &str,
        claims: Option<Claims>,
        now: Timestamp,
        life: SignInLife,
    ) -> Self {
        Self { who, option: option.into(), claims, began: now, expires: life.after(now) }
    }
}

/// What a secret of a sign-in is for. Its prefix says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInSecret {
    /// A code.
    Code,
    /// The handle of a picker.
    Handle,
    /// What tells a browser.
    Browser,
    /// A session.
    Session,
    /// An access token of mock Entra.
    AccessToken,
}

impl SignInSecret {
    /// A secret of this kind from random bytes, in the form by which the journal hides it.
    pub fn of(self, tenant: &TenantName, random: [u8; 16]) -> String {
        let prefix = match self {
            Self::Code => "mfc",
            Self::Handle => "mfh",
            Self::Browser => "mfb",
            Self::Session => "mfs",
            Self::AccessToken => "mft",
        };
        let tenant = tenant.as_str().to_ascii_lowercase();
        format!("{prefix}_mock_{tenant}_{:032x}", u128::from_be_bytes(random))
    }
}

#[cfg(test)]
mod tests;
