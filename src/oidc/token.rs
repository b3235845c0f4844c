//! Token requests of the code flow ([RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    error::{AadstsCode, ProtocolError},
    parameters::Parameters,
};

/// A request for the tokens that a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// Who asks.
    pub client_id: String,
    /// What proves it, if the client has a secret.
    pub secret: Option<ClientSecret>,
    /// The code.
    pub code: String,
    /// Where the code went.
    pub redirect_uri: String,
    /// What proves that the client began the flow.
    pub verifier: Option<String>,
}

/// The secret of a client.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(pub String);

impl TokenRequest {
    /// Reads the form of a token request, and the header `Authorization` if there is one.
    ///
    /// # Errors
    ///
    /// `invalid_request` for what is missing or stands twice, and for both ways of client authentication at
    /// once ("The client MUST NOT use more than one authentication method", §2.3); `unsupported_grant_type`;
    /// `invalid_client` for a header that is no Basic authentication.
    pub fn read(form: &Parameters, authorization: Option<&str>) -> Result<Self, ProtocolError> {
        form.each_once()?;
        let one = |name: &str| form.one(name);
        let required =
            |name: &str| one(name)?.map(str::to_owned).ok_or_else(|| ProtocolError::missing(name));
        if required("grant_type")? != "authorization_code" {
            let detail = "The grant type must be authorization_code.";
            return Err(ProtocolError::new(AadstsCode::UnsupportedGrantType, detail));
        }
        let (client_id, secret) = if let Some(header) = authorization {
            basic(header, one("client_id")?, one("client_secret")?)?
        } else {
            let secret = one("client_secret")?.map(|it| ClientSecret(it.to_owned()));
            (required("client_id")?, secret)
        };
        let verifier = one("code_verifier")?.map(str::to_owned);
        let (code, redirect_uri) = (required("code")?, required("redirect_uri")?);
        Ok(Self { client_id, secret, code, redirect_uri, verifier })
    }
}

/// Reads the client's id and secret from the header; both are form-encoded in there (RFC 6749 §2.3.1).
fn basic(
    header: &str,
    client_id: Option<&str>,
    secret: Option<&str>,
) -> Result<(String, Option<ClientSecret>), ProtocolError> {
    if secret.is_some() {
        let detail = "The client must not authenticate by the header and by the body at once.";
        return Err(ProtocolError::new(AadstsCode::InvalidRequest, detail));
    }
    let Some((id, secret)) = credentials(header) else {
        let detail = "The header Authorization must be Basic with the client's id and secret.";
        return Err(ProtocolError::new(AadstsCode::InvalidClientSecret, detail));
    };
    if client_id.is_some_and(|it| it != id) {
        let detail = "The client ids of the header and of the body differ.";
        return Err(ProtocolError::new(AadstsCode::InvalidRequest, detail));
    }
    Ok((id, Some(ClientSecret(secret))))
}

fn credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| {
        let read = Parameters::read(&format!("it={text}")).ok()?;
        read.sole("it").map(str::to_owned)
    };
    Some((decoded(id)?, decoded(secret)?))
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const FORM: &str = "grant_type=authorization_code&code=c&redirect_uri=http://localhost/";

    fn read(more: &str, header: Option<&str>) -> Result<TokenRequest, ProtocolError> {
        let form = Parameters::read(&format!("{FORM}&{more}")).unwrap();
        TokenRequest::read(&form, header)
    }

    fn basic_of(text: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(text))
    }

    #[test]
    fn a_client_authenticates_by_the_body_by_the_header_or_not_at_all() {
        let secret = |it: &str| Some(ClientSecret(it.to_owned()));

        let alone = read("client_id=a&code_verifier=v", None).unwrap();
        assert_eq!((alone.client_id.as_str(), alone.secret), ("a", None));
        assert_eq!(alone.verifier.as_deref(), Some("v"));
        let body = read("client_id=a&client_secret=s+1", None).unwrap();
        assert_eq!(body.secret, secret("s 1"));
        let header = read("", Some(&basic_of("a%3Ab:s%2F:1"))).unwrap();
        assert_eq!((header.client_id.as_str(), header.secret), ("a:b", secret("s/:1")));
        assert!(read("client_id=a", Some(&basic_of("a:s"))).is_ok());
    }

    #[rstest]
    #[case("", None, "invalid_request", 400)]
    #[case("client_id=a&client_id=a", None, "invalid_request", 400)]
    #[case("client_id=a&else=1&else=2", None, "invalid_request", 400)]
    #[case("client_id=a&grant_type=x", None, "invalid_request", 400)]
    #[case("client_id=a&client_secret=s", Some("a:s"), "invalid_request", 400)]
    #[case("client_id=b", Some("a:s"), "invalid_request", 400)]
    #[case("client_id=a", Some("a"), "invalid_client", 401)]
    #[case("client_id=a", Some("a:"), "invalid_client", 401)]
    fn a_wrong_request_is_refused(
        #[case] more: &str,
        #[case] header: Option<&str>,
        #[case] oauth: &str,
        #[case] status: u16,
    ) {
        let error = read(more, header.map(basic_of).as_deref()).unwrap_err();

        assert_eq!((error.oauth(), error.status()), (oauth, status));
    }

    #[test]
    fn a_header_that_is_not_basic_is_refused() {
        let error = read("client_id=a", Some("Bearer x")).unwrap_err();

        assert_eq!(error.oauth(), "invalid_client");
    }

    #[rstest]
    #[case("grant_type=refresh_token&client_id=a", "unsupported_grant_type")]
    #[case("grant_type=authorization_code&client_id=a&redirect_uri=x", "invalid_request")]
    #[case("client_id=a", "invalid_request")]
    fn what_is_missing_is_named(#[case] form: &str, #[case] oauth: &str) {
        let error = TokenRequest::read(&Parameters::read(form).unwrap(), None).unwrap_err();

        assert_eq!(error.oauth(), oauth);
    }
}
