//! The media type of a SCIM answer, chosen by the client's `Accept` header ([RFC 7644
//! §3.8](https://www.rfc-editor.org/rfc/rfc7644#section-3.8), [RFC 9110
//! §12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).

use actix_web::http::header::{ACCEPT, HeaderMap};

use super::answer::{Answer, SCIM_JSON};
use crate::scim::ScimError;

const JSON: &str = "application/json";

/// The media type that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AcceptedType {
    /// `application/scim+json`, also the default without an `Accept` header.
    Scim,
    /// `application/json`.
    Json,
    /// Neither of them.
    Neither,
}

/// Refuses a request that accepts neither type.
///
/// # Errors
///
/// 406.
pub(super) fn acceptable(headers: &HeaderMap) -> Result<(), ScimError> {
    if accepted_type(headers) != AcceptedType::Neither {
        return Ok(());
    }
    let detail = format!("Accept admits neither {SCIM_JSON} nor {JSON}");
    Err(ScimError::status(406, detail).hint(format_args!("send Accept: {SCIM_JSON}")))
}

/// The same answer in the media type that the client prefers, if it is a SCIM answer. The header `Vary`
/// tells caches that the type was chosen.
pub(super) fn typed(headers: &HeaderMap, mut answer: Answer) -> Answer {
    let content_type = answer.headers.iter_mut().find(|(name, _)| name == "content-type");
    let Some((_, value)) = content_type.filter(|(_, value)| value == SCIM_JSON) else {
        return answer;
    };
    if accepted_type(headers) == AcceptedType::Json {
        JSON.clone_into(value);
    }
    answer.header("vary", "accept")
}

/// Reads `Accept`. An invalid media range is ignored.
fn accepted_type(headers: &HeaderMap) -> AcceptedType {
    let lines = headers.get_all(ACCEPT).filter_map(|it| it.to_str().ok());
    let ranges: Vec<MediaRange<'_>> =
        lines.flat_map(|it| split(it, ',')).filter_map(MediaRange::read).collect();
    if ranges.is_empty() {
        return AcceptedType::Scim;
    }
    match (weight(&ranges, SCIM_JSON), weight(&ranges, JSON)) {
        (0, 0) => AcceptedType::Neither,
        (scim, json) if json > scim => AcceptedType::Json,
        _ => AcceptedType::Scim,
    }
}

/// A media range and its weight, in thousandths.
struct MediaRange<'a> {
    kind: &'a str,
    weight: u16,
}

impl<'a> MediaRange<'a> {
    /// Reads `type/subtype;q=0.5`. Other parameters, such as `charset`, are ignored, since there is only
    /// one form of each type. An invalid weight is ignored.
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = split(text, ';').map(str::trim);
        let kind = parts.next().filter(|it| it.contains('/'))?;
        let mut parameters = parts.filter_map(|it| it.split_once('='));
        let weight = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let weight = weight.and_then(|(_, value)| thousandths(value.trim())).unwrap_or(1_000);
        Some(Self { kind, weight })
    }

    /// How precisely the range matches a type; `None` if it does not.
    fn precision(&self, kind: &str) -> Option<u8> {
        match self.kind {
            "*/*" => Some(0),
            it if it.eq_ignore_ascii_case("application/*") => Some(1),
            it => it.eq_ignore_ascii_case(kind).then_some(2),
        }
    }
}

/// The parts between separators. Separators in quoted strings do not count (RFC 9110 §5.6.4).
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |letter| {
        let is_literal = is_escaped;
        is_escaped = is_quoted && letter == '\\' && !is_literal;
        is_quoted ^= letter == '"' && !is_literal;
        letter == separator && !is_quoted
    })
}

/// The weight of a type: the weight of the range that matches it most precisely.
fn weight(ranges: &[MediaRange<'_>], kind: &str) -> u16 {
    let named = ranges.iter().filter_map(|it| Some((it.precision(kind)?, it.weight)));
    named.max().map_or(0, |(_, weight)| weight)
}

/// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if !matches!(whole, "0" | "1") || fraction.len() > 3 || !is_number(fraction) {
        return None;
    }
    let parts: u16 = format!("{fraction:0<3}").parse().ok()?;
    Some(if whole == "1" { 1_000 } else { 0 } + parts).filter(|it| *it <= 1_000)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], AcceptedType::Scim)]
    #[case(&[""], AcceptedType::Scim)]
    #[case(&["application/scim+json"], AcceptedType::Scim)]
    #[case(&["application/json"], AcceptedType::Json)]
    #[case(&["Application/JSON; charset=utf-8"], AcceptedType::Json)]
    #[case(&["*/*"], AcceptedType::Scim)]
    #[case(&["application/*"], AcceptedType::Scim)]
    #[case(&["application/json, application/scim+json"], AcceptedType::Scim)]
    #[case(&["application/json", "application/scim+json;q=0.9"], AcceptedType::Json)]
    #[case(&["application/json;q=0.5, application/scim+json;q=0.49"], AcceptedType::Json)]
    #[case(&["application/json;q=0.5, */*;q=0.1"], AcceptedType::Json)]
    #[case(&["application/scim+json;q=0, */*"], AcceptedType::Json)]
    #[case(&["application/scim+json;q=0, application/*;q=0.2, text/html"], AcceptedType::Json)]
    #[case(&["text/html, */*;q=0.8"], AcceptedType::Scim)]
    #[case(&["text/html"], AcceptedType::Neither)]
    #[case(&["text/*, application/xml"], AcceptedType::Neither)]
    #[case(&["application/json;q=0"], AcceptedType::Neither)]
    #[case(&["*/*;q=0"], AcceptedType::Neither)]
    #[case(&["application/*;q=0, */*"], AcceptedType::Neither)]
    #[case(&["application/json;q=0.000, text/html"], AcceptedType::Neither)]
    #[case(&["application/json;Q=1.000"], AcceptedType::Json)]
    #[case::no_range(&["json"], AcceptedType::Scim)]
    #[case::no_weight(&["application/json;q=high"], AcceptedType::Json)]
    #[case::no_weight(&["application/json;q=1.5, text/html"], AcceptedType::Json)]
    #[case::quoted(&["application/json;charset=\"a;q=0\", text/html"], AcceptedType::Json)]
    #[case::quoted(&["application/json;x=\"a\\\"b,;q=0\""], AcceptedType::Json)]
    fn the_best_of_the_two_types_is_chosen(#[case] lines: &[&str], #[case] expected: AcceptedType) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT, HeaderValue::from_str(line).unwrap());
        }

        assert_eq!(accepted_type(&headers), expected);
    }
}
