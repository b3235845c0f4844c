//! Authorize requests ([OpenID Connect Core §3.1.2](https://openid.net/specs/openid-connect-core-1_0.html#AuthorizationEndpoint)).
//!
//! A request is read in two steps, because they refuse differently: who asks and where the answer goes
//! ([`Client`]), of which a mistake is told to the person alone and never by a redirect; then the rest
//! ([`AuthorizeRequest`]), of which a mistake goes back to the client.

use url::{Host, Url, form_urlencoded::Serializer};

use super::{
    error::{AadstsCode, ProtocolError},
    parameters::Parameters,
    pkce::Challenge,
};

/// Who asks, and where the answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client id.
    pub id: String,
    /// Where the answer goes, as it was sent.
    pub redirect_uri: String,
    /// What the client wants back with the answer.
    pub state: Option<String>,
    /// How the answer goes back.
    pub response_mode: ResponseMode,
}

/// An authorize request of the code flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizeRequest {
    /// Who asks, and where the answer goes.
    pub client: Client,
    /// What is asked for.
    pub scopes: Scopes,
    /// What the ID token is to repeat.
    pub nonce: Option<String>,
    /// What the client proves later that it began this.
    pub challenge: Option<Challenge>,
    /// How much the person is to see.
    pub prompt: Option<AuthorizePrompt>,
    /// Who is probably signing in.
    pub login_hint: Option<String>,
    /// How long ago the person may have signed in, in seconds.
    pub max_age: Option<u64>,
}

/// How an answer goes back to a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of a redirect.
    #[default]
    Query,
    /// In the fragment of a redirect.
    Fragment,
    /// In a form that the browser posts.
    FormPost,
}

/// What the person is to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizePrompt {
    /// Nothing.
    None,
    /// The sign-in, whoever is signed in.
    Login,
    /// The consent, whoever is signed in.
    Consent,
    /// The accounts.
    SelectAccount,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// As it was sent, each once.
    pub text: String,
    /// Whether the name, the user name and the object id are asked for.
    pub has_profile: bool,
    /// Whether the email address is asked for.
    pub has_email: bool,
}

/// The longest `state` and `nonce` that are kept.
const LONGEST: usize = 2048;

const PROMPTS: [(&str, AuthorizePrompt); 4] = [
    ("none", AuthorizePrompt::None),
    ("login", AuthorizePrompt::Login),
    ("consent", AuthorizePrompt::Consent),
    ("select_account", AuthorizePrompt::SelectAccount),
];

/// Parameters that an issuer may refuse, each with the error that says so (Core §3.1.2.6).
const REFUSED: [(&str, &str); 3] = [
    ("request", "request_not_supported"),
    ("request_uri", "request_uri_not_supported"),
    ("registration", "registration_not_supported"),
];

impl Client {
    /// Reads who asks and where the answer goes. Whether a client of this id may have it there is for the
    /// caller to say.
    ///
    /// # Errors
    ///
    /// A client id or redirect URI that is missing, stands twice or is no absolute http or https URL without a
    /// fragment (RFC 6749 §3.1.2); a state that is too long. Nothing of these may be redirected.
    pub fn read(parameters: &Parameters) -> Result<Self, ProtocolError> {
        let required = |name: &str| {
            parameters.one(name)?.map(str::to_owned).ok_or_else(|| ProtocolError::missing(name))
        };
        let (id, redirect_uri) = (required("client_id")?, required("redirect_uri")?);
        if !is_redirect_uri(&redirect_uri) {
            let detail =
                "The redirect URI must be an absolute http or https URL without a fragment.";
            return Err(ProtocolError::new(AadstsCode::InvalidReplyTo, detail));
        }
        // One that stands twice is refused by a redirect without any.
        let state = parameters.sole("state").map(str::to_owned);
        for name in ["state", "nonce"] {
            if parameters.sole(name).is_some_and(|it| it.len() > LONGEST) {
                let detail = format!("The {name} must have {LONGEST} bytes at most.");
                return Err(ProtocolError::new(AadstsCode::InvalidRequestParameter, detail));
            }
        }
        let response_mode = parameters.sole("response_mode").and_then(ResponseMode::read);
        let response_mode = response_mode.unwrap_or_default();
        Ok(Self { id, redirect_uri, state, response_mode })
    }

    /// Whether the answer stays on the machine of the browser: the host is a loopback address or
    /// `localhost` (RFC 8252 §7.3, §8.3).
    pub fn is_on_loopback(&self) -> bool {
        let url = Url::parse(&self.redirect_uri).ok();
        url.is_some_and(|it| match it.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        })
    }

    /// The address with an answer's members behind it, by a redirect.
    pub fn redirect(&self, members: &[(&str, &str)]) -> String {
        let answer = Serializer::new(String::new()).extend_pairs(members).finish();
        let mark = match self.response_mode {
            ResponseMode::Fragment => '#',
            _ if self.redirect_uri.contains('?') => '&',
            _ => '?',
        };
        format!("{}{mark}{answer}", self.redirect_uri)
    }

    /// The origin of the redirect URI: `http://localhost:3000`.
    pub fn origin(&self) -> String {
        Url::parse(&self.redirect_uri)
            .map(|it| it.origin().ascii_serialization())
            .unwrap_or_default()
    }
}

impl AuthorizeRequest {
    /// Reads the rest of a request; a mistake in it goes back to the client.
    ///
    /// # Errors
    ///
    /// `invalid_request`, `unsupported_response_type`, `invalid_scope`, or that a parameter is not supported.
    pub fn read(client: Client, parameters: &Parameters) -> Result<Self, ProtocolError> {
        let one = |name: &str| parameters.one(name);
        parameters.each_once()?;
        for (name, error) in REFUSED {
            if one(name)?.is_some() {
                let detail = format!("The parameter {name} is not supported.");
                return Err(ProtocolError::named(error, detail));
            }
        }
        read_response(one("response_type")?, one("response_mode")?)?;
        let scopes = Scopes::read(one("scope")?)?;
        let challenge = Challenge::read(one("code_challenge")?, one("code_challenge_method")?)?;
        let (prompt, login_hint) = (read_prompt(one("prompt")?)?, one("login_hint")?);
        if prompt == Some(AuthorizePrompt::SelectAccount) && login_hint.is_some() {
            let detail = "login_hint and prompt=select_account can't be used together.";
            return Err(ProtocolError::new(AadstsCode::MultipleRequirements, detail));
        }
        let max_age = one("max_age")?.map(read_max_age).transpose()?;
        let (nonce, login_hint) = (one("nonce")?.map(str::to_owned), login_hint.map(str::to_owned));
        Ok(Self { client, scopes, nonce, challenge, prompt, login_hint, max_age })
    }
}

impl ResponseMode {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "query" => Self::Query,
            "fragment" => Self::Fragment,
            "form_post" => Self::FormPost,
            _ => return None,
        })
    }
}

impl Scopes {
    fn read(text: Option<&str>) -> Result<Self, ProtocolError> {
        let text = text.ok_or_else(|| ProtocolError::missing("scope"))?;
        let mut scopes: Vec<&str> = Vec::new();
        for scope in text.split(' ').filter(|it| !it.is_empty()) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        let has = |name: &str| scopes.contains(&name);
        if !has("openid") {
            let detail = "The scope must include openid: this mock signs people in and gives access to no API.";
            return Err(ProtocolError::new(AadstsCode::InvalidScope, detail));
        }
        let (has_profile, has_email) = (has("profile"), has("email"));
        Ok(Self { text: scopes.join(" "), has_profile, has_email })
    }
}

/// Checks how the answer is wanted: a code alone, in a mode that is known.
fn read_response(kind: Option<&str>, mode: Option<&str>) -> Result<(), ProtocolError> {
    match kind {
        Some("code") => {}
        None => return Err(ProtocolError::missing("response_type")),
        Some(_) => {
            let detail = "The response type must be code.";
            return Err(ProtocolError::new(AadstsCode::UnsupportedResponseType, detail));
        }
    }
    if mode.is_some_and(|it| ResponseMode::read(it).is_none()) {
        let detail = "The response mode must be query, fragment or form_post.";
        return Err(ProtocolError::new(AadstsCode::UnsupportedResponseMode, detail));
    }
    Ok(())
}

fn read_prompt(text: Option<&str>) -> Result<Option<AuthorizePrompt>, ProtocolError> {
    let Some(text) = text else { return Ok(None) };
    let known = PROMPTS.iter().find(|(name, _)| *name == text);
    let known = known.ok_or_else(|| {
        let detail = "The prompt must be one of none, login, consent, select_account.";
        ProtocolError::new(AadstsCode::InvalidRequestParameter, detail)
    })?;
    Ok(Some(known.1))
}

fn read_max_age(text: &str) -> Result<u64, ProtocolError> {
    // Which characters are wrong says no more than that it is no number.
    text.parse().map_err(|_why| {
        let detail = "max_age must be a number of seconds.";
        ProtocolError::new(AadstsCode::InvalidRequestParameter, detail)
    })
}

/// Whether a text is an absolute URL to which an answer can go.
fn is_redirect_uri(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|it| matches!(it.scheme(), "http" | "https"));
    // The parser mends what it can, and a browser may mend it otherwise.
    let is_plain = text.chars().all(|it| it.is_ascii_graphic() && !"\\\"<>^`{|}".contains(it));
    url.is_some_and(|it| it.has_host() && it.username().is_empty() && it.password().is_none())
        && is_plain
        && !text.contains('#')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CLIENT: &str = "client_id=0a1b&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fback";

    fn client(query: &str) -> Result<Client, ProtocolError> {
        Client::read(&Parameters::read(query).unwrap())
    }

    fn request(more: &str) -> Result<AuthorizeRequest, ProtocolError> {
        let parameters = Parameters::read(&format!("{CLIENT}&{more}")).unwrap();
        AuthorizeRequest::read(Client::read(&parameters).unwrap(), &parameters)
    }

    #[test]
    fn a_request_is_read() {
        let read = request(
            "response_type=code&scope=openid+profile++openid+x&state=s%201&nonce=n&prompt=login\
             &login_hint=elin%40nordlys.example&max_age=60&response_mode=form_post&display=page",
        );

        let read = read.unwrap();
        assert_eq!(read.client.id, "0a1b");
        assert_eq!(read.client.state.as_deref(), Some("s 1"));
        assert_eq!(read.client.response_mode, ResponseMode::FormPost);
        let scopes =
            Scopes { text: "openid profile x".into(), has_profile: true, has_email: false };
        assert_eq!(read.scopes, scopes);
        assert_eq!(read.prompt, Some(AuthorizePrompt::Login));
        assert_eq!(read.login_hint.as_deref(), Some("elin@nordlys.example"));
        assert_eq!((read.nonce.as_deref(), read.max_age), (Some("n"), Some(60)));
    }

    #[rstest]
    #[case("redirect_uri=http://localhost/", 900_144)]
    #[case("client_id=a", 900_144)]
    #[case("client_id=a&client_id=b&redirect_uri=http://localhost/", 90_100)]
    #[case("client_id=a&redirect_uri=http://localhost/&redirect_uri=http://localhost/", 90_100)]
    #[case("client_id=a&redirect_uri=/back", 50_011)]
    #[case("client_id=a&redirect_uri=//evil.example/", 50_011)]
    #[case("client_id=a&redirect_uri=http://localhost/%23top", 50_011)]
    #[case("client_id=a&redirect_uri=javascript:alert(1)", 50_011)]
    #[case("client_id=a&redirect_uri=http://user@localhost/", 50_011)]
    #[case("client_id=a&redirect_uri=http:%5C%5Clocalhost/", 50_011)]
    #[case("client_id=a&redirect_uri=http://localhost/a%20b", 50_011)]
    #[case("client_id=a&redirect_uri=http://localhost/%0d%0ax:y", 50_011)]
    fn who_asks_and_where_the_answer_goes_is_told_to_the_person(
        #[case] query: &str,
        #[case] number: u32,
    ) {
        assert_eq!(client(query).unwrap_err().code.number(), number);
    }

    #[test]
    fn a_state_that_is_too_long_is_told_to_the_person() {
        let error = client(&format!("{CLIENT}&state={}", "s".repeat(2049))).unwrap_err();

        assert_eq!(error.detail, "The state must have 2048 bytes at most.");
        assert!(client(&format!("{CLIENT}&state={}", "s".repeat(2048))).is_ok());
        assert!(client(&format!("{CLIENT}&nonce={}", "s".repeat(2049))).is_err());
    }

    #[rstest]
    #[case("scope=openid", "invalid_request")]
    #[case("scope=openid&response_type=token", "unsupported_response_type")]
    #[case("scope=openid&response_type=code+id_token", "unsupported_response_type")]
    #[case("scope=openid&response_type=code&response_type=code", "invalid_request")]
    #[case("response_type=code", "invalid_request")]
    #[case("response_type=code&scope=profile", "invalid_scope")]
    #[case("response_type=code&scope=openid&response_mode=web_message", "invalid_request")]
    #[case("response_type=code&scope=openid&prompt=none+login", "invalid_request")]
    #[case("response_type=code&scope=openid&prompt=create", "invalid_request")]
    #[case("response_type=code&scope=openid&prompt=select_account&login_hint=a", "invalid_request")]
    #[case("response_type=code&scope=openid&max_age=-1", "invalid_request")]
    #[case("response_type=code&scope=openid&code_challenge=short", "invalid_request")]
    #[case("response_type=code&scope=openid&state=a&state=b", "invalid_request")]
    #[case("response_type=code&scope=openid&request=e30", "request_not_supported")]
    #[case("response_type=code&scope=openid&request_uri=x", "request_uri_not_supported")]
    #[case("response_type=code&scope=openid&registration=x", "registration_not_supported")]
    fn the_rest_goes_back_to_the_client(#[case] more: &str, #[case] error: &str) {
        assert_eq!(request(more).unwrap_err().oauth(), error);
    }

    #[rstest]
    #[case("", "http://localhost:3000/back?code=a+b&state=%C3%A5")]
    #[case("&response_mode=fragment", "http://localhost:3000/back#code=a+b&state=%C3%A5")]
    fn an_answer_stands_behind_the_redirect_uri(#[case] more: &str, #[case] expected: &str) {
        let client = client(&format!("{CLIENT}{more}")).unwrap();

        assert_eq!(client.redirect(&[("code", "a b"), ("state", "å")]), expected);
        assert_eq!(client.origin(), "http://localhost:3000");
    }

    #[test]
    fn a_query_of_the_redirect_uri_is_kept() {
        let client = client("client_id=a&redirect_uri=http://localhost/%3Fa=b").unwrap();

        assert_eq!(client.redirect(&[("code", "c")]), "http://localhost/?a=b&code=c");
    }

    #[rstest]
    #[case("http://localhost/", true)]
    #[case("http://app.localhost:3000/", true)]
    #[case("http://127.0.0.9:1/x", true)]
    #[case("http://[::1]:1/x", true)]
    #[case("http://localhost.evil.example/", false)]
    #[case("http://192.0.2.7/", false)]
    #[case("https://app.example/", false)]
    fn a_redirect_uri_is_on_loopback_or_not(#[case] uri: &str, #[case] is_on_loopback: bool) {
        let client = client(&format!("client_id=a&redirect_uri={uri}")).unwrap();

        assert_eq!(client.is_on_loopback(), is_on_loopback);
    }
}
