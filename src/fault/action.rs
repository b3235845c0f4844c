//! The action of a fault rule.

use std::time::Duration;

use super::{
    delay::Delay,
    id_token::IdTokenFault,
    phase::Phase,
    read::{FieldError, FieldValue, Fields},
};

/// An optional delay, followed by an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultAction {
    delay: Option<Delay>,
    outcome: FaultOutcome,
}

/// What happens to the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultOutcome {
    /// The true answer, unchanged.
    Pass,
    /// Another answer.
    Answer(Reply),
    /// The true answer with other header lines (name and value).
    Relabel(Vec<(String, String)>),
    /// No answer.
    End(Ending),
    /// The true answer up to this number of bytes of its body; then the connection is closed.
    Truncate(usize),
    /// The answer to a read from an earlier state: the one before this number of changes.
    Stale(usize),
    /// The answer to an expired key or token.
    ExpiredKey,
    /// The answer of an address outside every service, as for a wrong base URL.
    WrongBasePath,
    /// The true answer with an ID token that is made wrong.
    IdToken(IdTokenFault),
}

/// An answer that replaces the true one.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The status, 200 to 599.
    pub status: u16,
    /// `scimType` of the SCIM error.
    pub scim_type: Option<String>,
    /// `detail` of the error.
    pub detail: Option<String>,
    /// An HTML page instead of a SCIM error or problem document, as gateways send it.
    pub html: Option<String>,
    /// Header lines, name and value. A content type among them replaces the default one.
    pub headers: Vec<(String, String)>,
}

/// How a connection ends without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With a TCP RST.
    Reset,
    /// Closed in order, before a byte of the answer.
    Close,
    /// It does not end: there is silence until the client closes the connection, the tenant is reset or the
    /// server stops.
    Hang,
    /// With bytes that are not HTTP.
    Garbage,
}

/// The largest number of changes by which a stale read can be late.
pub(super) const MOST_STALE: u64 = 16;

const ENDINGS: [Ending; 4] = [Ending::Reset, Ending::Close, Ending::Hang, Ending::Garbage];

impl FaultAction {
    /// Reads the member `action` of a rule.
    ///
    /// # Errors
    ///
    /// A member is invalid, members exclude each other, or there is no member.
    pub(super) fn read(place: &FieldValue<'_>) -> Result<Self, FieldError> {
        let mut fields = place.fields()?;
        let delay = fields.take("delay").map(|it| Delay::read(&it)).transpose()?;
        let outcomes = [
            connection(&mut fields)?,
            truncate(&mut fields)?,
            stale(&mut fields)?,
            flag(&mut fields, "expiredKey", FaultOutcome::ExpiredKey)?,
            flag(&mut fields, "wrongBasePath", FaultOutcome::WrongBasePath)?,
            id_token(&mut fields)?,
            answer(&mut fields)?,
        ];
        fields.finish()?;
        let mut outcomes = outcomes.into_iter().flatten();
        let (outcome, name) = match (outcomes.next(), outcomes.next()) {
            (Some(one), None) => one,
            (Some((_, one)), Some((_, other))) => {
                return Err(place.because(format!("`{one}` and `{other}` exclude each other")));
            }
            (None, _) if delay.is_some() => (FaultOutcome::Pass, "delay"),
            (None, _) => {
                let detail = "an action needs one of status, html, contentType, headers, connection, \
                              truncateAfter, staleBy, expiredKey, wrongBasePath, idToken, delay";
                return Err(place.because(detail));
            }
        };
        if outcome == FaultOutcome::End(Ending::Hang) && delay.is_some() {
            return Err(place.because(format!("`{name}` \"hang\" and `delay` exclude each other")));
        }
        Ok(Self { delay, outcome })
    }

    /// What happens to the answer.
    pub fn outcome(&self) -> &FaultOutcome {
        &self.outcome
    }

    /// The delay, drawn with a random number.
    pub(super) fn delay(&self, number: u64) -> Option<Duration> {
        self.delay.as_ref().map(|it| it.draw(number))
    }

    /// A short description: `status 503`, `reset`, `delay 250ms`.
    pub(super) fn words(&self, delay: Option<Duration>) -> String {
        let outcome = match &self.outcome {
            FaultOutcome::Pass => String::new(),
            FaultOutcome::Answer(reply) => format!("status {}", reply.status),
            FaultOutcome::Relabel(_) => "other headers".to_owned(),
            FaultOutcome::End(ending) => ending.word().to_owned(),
            FaultOutcome::Truncate(after) => format!("truncated after {after} bytes"),
            FaultOutcome::Stale(changes) => format!("stale by {changes}"),
            FaultOutcome::ExpiredKey => "expired key".to_owned(),
            FaultOutcome::WrongBasePath => "wrong base path".to_owned(),
            FaultOutcome::IdToken(fault) => format!("ID token {}", fault.words()),
        };
        let delay = delay.map(|it| format!("delay {}ms", it.as_millis()));
        let words: Vec<_> = [delay, Some(outcome)].into_iter().flatten().collect();
        words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

impl FaultOutcome {
    /// The only possible phase; `None` if the rule may choose.
    pub(super) fn own_phase(&self) -> Option<Phase> {
        match self {
            // The true answer exists only after the operation; a stale answer is given instead of it.
            Self::Relabel(_) | Self::Truncate(_) | Self::IdToken(_) => Some(Phase::After),
            Self::Stale(_) => Some(Phase::Before),
            Self::Pass
            | Self::Answer(_)
            | Self::End(_)
            | Self::ExpiredKey
            | Self::WrongBasePath => None,
        }
    }
}

impl Ending {
    /// Its name in a rule.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Close => "close",
            Self::Hang => "hang",
            Self::Garbage => "garbage",
        }
    }
}

type NamedOutcome = (FaultOutcome, &'static str);

fn connection(fields: &mut Fields<'_>) -> Result<Option<NamedOutcome>, FieldError> {
    let Some(place) = fields.take("connection") else { return Ok(None) };
    let ending = ENDINGS[place.one_of(&ENDINGS.map(Ending::word))?];
    Ok(Some((FaultOutcome::End(ending), "connection")))
}

fn truncate(fields: &mut Fields<'_>) -> Result<Option<NamedOutcome>, FieldError> {
    let Some(place) = fields.take("truncateAfter") else { return Ok(None) };
    let after = usize::try_from(place.count(0)?).unwrap_or(usize::MAX);
    Ok(Some((FaultOutcome::Truncate(after), "truncateAfter")))
}

fn stale(fields: &mut Fields<'_>) -> Result<Option<NamedOutcome>, FieldError> {
    let Some(place) = fields.take("staleBy") else { return Ok(None) };
    let changes = place.count(1)?;
    if changes > MOST_STALE {
        return Err(place.wrong(&format!("{MOST_STALE} changes at most")));
    }
    Ok(Some((FaultOutcome::Stale(usize::try_from(changes).unwrap_or(1)), "staleBy")))
}

fn id_token(fields: &mut Fields<'_>) -> Result<Option<NamedOutcome>, FieldError> {
    let Some(place) = fields.take("idToken") else { return Ok(None) };
    Ok(Some((FaultOutcome::IdToken(IdTokenFault::read(&place)?), "idToken")))
}

fn flag(
    fields: &mut Fields<'_>,
    name: &'static str,
    outcome: FaultOutcome,
) -> Result<Option<NamedOutcome>, FieldError> {
    let is_set = fields.take(name).map_or(Ok(false), |it| it.flag())?;
    Ok(is_set.then_some((outcome, name)))
}

/// The members that describe an answer: a complete answer if there is a status or a page, else other header
/// lines.
fn answer(fields: &mut Fields<'_>) -> Result<Option<NamedOutcome>, FieldError> {
    let status = fields.take("status").map(|it| status(&it)).transpose()?;
    let html = fields.take("html").map(|it| it.text().map(str::to_owned)).transpose()?;
    let [scim_type, detail] = ["scimType", "detail"].map(|it| fields.take(it));
    let mut headers = Vec::new();
    if let Some(all) = fields.take("headers") {
        for (name, value) in all.fields()?.all() {
            headers.push(header(name, &value)?);
        }
    }
    if let Some(place) = fields.take("retryAfter") {
        headers.push(("retry-after".to_owned(), retry_after(&place)?));
    }
    if let Some(place) = fields.take("contentType") {
        headers.push(header("content-type", &place)?);
    }
    let status = match (status, &html, headers.is_empty()) {
        (Some(status), ..) => status,
        (None, Some(_), _) => 502, // the usual status of a gateway's page
        (None, None, is_empty) => {
            if let Some(place) = scim_type.or(detail) {
                return Err(place.because("it is part of an error, which needs a status"));
            }
            return Ok((!is_empty).then_some((FaultOutcome::Relabel(headers), "headers")));
        }
    };
    let text =
        |place: Option<FieldValue<'_>>| place.map(|it| it.text().map(str::to_owned)).transpose();
    let reply = Reply { status, scim_type: text(scim_type)?, detail: text(detail)?, html, headers };
    Ok(Some((FaultOutcome::Answer(reply), "status")))
}

fn status(place: &FieldValue<'_>) -> Result<u16, FieldError> {
    let status = place.json().as_u64().and_then(|it| u16::try_from(it).ok());
    status
        .filter(|it| (200..=599).contains(it))
        .ok_or_else(|| place.wrong("a status from 200 to 599"))
}

/// A number of seconds, or any text: an HTTP date, or an invalid value for a test.
fn retry_after(place: &FieldValue<'_>) -> Result<String, FieldError> {
    match place.json().as_u64() {
        Some(seconds) => Ok(seconds.to_string()),
        None => header("retry-after", place).map(|it| it.1),
    }
}

fn header(name: &str, place: &FieldValue<'_>) -> Result<(String, String), FieldError> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || "-_!#$%&'*+.^`|~".contains(it);
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(place.because(format!("`{name}` is no header name (RFC 9110 §5.1)")));
    }
    // The framing of the message must stay correct, or no client could read it.
    let name = name.to_ascii_lowercase();
    if ["content-length", "transfer-encoding", "connection", "upgrade"].contains(&name.as_str()) {
        return Err(place.because(format!("`{name}` is the server's own")));
    }
    let value = place.text()?;
    if !value.chars().all(|it| matches!(it, ' '..='~' | '\t')) {
        return Err(place.wrong("printable ASCII (RFC 9110 §5.5)"));
    }
    Ok((name, value.to_owned()))
}
