//! OpenID Connect as data and pure functions: what mock Entra issues and what MediusFlow checks.
//!
//! Requests are read ([`AuthorizeRequest`], [`TokenRequest`]), ID tokens are made ([`id_token_claims`]), signed
//! ([`SigningKey`]) and checked ([`ExpectedToken`]). The time and the source of randomness are arguments, so the
//! same input gives the same output. Nobody here knows HTTP: who asks brings the parameters and sends what
//! comes back.
//!
//! # Incomplete
//!
//! The authorization code flow alone; no implicit or hybrid flow, no refresh tokens, no request objects, no
//! algorithm but RS256.

mod authorize;
mod checks;
mod claims;
mod error;
mod jws;
mod keys;
mod metadata;
mod parameters;
mod pkce;
mod token;

pub use authorize::{AuthorizePrompt, AuthorizeRequest, Client, ResponseMode, Scopes};
pub use checks::{CheckedClaim, ExpectedToken, IdTokenError, WrongClaim, WrongTime};
pub use claims::{Account, Claims, TokenGrant, TokenStamp, id_token_claims, subject, user_info};
pub use error::{AadstsCode, ErrorIds, ProtocolError};
pub use jws::{MalformedToken, SignedToken, unsigned};
pub use keys::{KeyError, PublicKey, PublicKeys, SigningKey};
pub use metadata::{Issuer, issuer_url};
pub use parameters::{ParameterError, Parameters};
pub use pkce::{Challenge, Verifier};
pub use token::{ClientSecret, TokenRequest};
