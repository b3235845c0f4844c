//! Masks secrets: in headers, in bodies, and in every other text.
//!
//! Everything is masked before it enters the journal. So no reader of the journal (dashboard, export, log)
//! can show a key, and no reader has to know which texts are secret.

use std::borrow::Cow;

use smol_str::{SmolStr, StrExt as _};

mod body;
mod decoded;
mod fields;
mod record;
mod secrets;

pub(super) use body::is_harmless;
use secrets::Spot;
pub use secrets::{Secrets, is_formed, weakness};

const DOTS: &str = "••••";

/// The names of JSON members with secret values. The last four characters of `SHOWN` values stay visible,
/// so that two keys can be told apart.
const SHOWN: [&str; 7] = [
    "secretKey",
    "secretToken",
    "accessToken",
    "access_token",
    "id_token",
    "controlToken",
    "token",
];
const HIDDEN: [&str; 6] =
    ["password", "clientSecret", "client_secret", "code_verifier", "refreshToken", "refresh_token"];

/// The masked form of a secret: its last four characters, or only dots if it has fewer than twelve.
///
/// ```
/// use mediusflow_mock::internals::journal::mask;
///
/// assert_eq!(mask("mfk_nordlysqa_61aa9f3c"), "••••9f3c");
/// assert_eq!(mask("hunter2"), "••••");
/// ```
pub fn mask(secret: &str) -> String {
    format!("{DOTS}{}", last_four(secret))
}

fn last_four(secret: &str) -> &str {
    if secret.chars().count() < 12 {
        return "";
    }
    let start = secret.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    &secret[start..]
}

/// The value of a header with secrets masked; `name` in any case.
///
/// A bearer token keeps its last four characters. Other credentials, cookies, and headers with "token",
/// "key", "secret" or "auth" in their name are masked completely. `WWW-Authenticate` is not secret.
fn mask_header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if !is_secret_header(name) {
        return Cow::Borrowed(value);
    }
    if !is_one_of(&["authorization", "proxy-authorization"], name) {
        return Cow::Borrowed(DOTS);
    }
    match value.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Cow::Owned(format!("{scheme} {}", mask(token.trim())))
        }
        Some((scheme, _)) => Cow::Owned(format!("{scheme} {DOTS}")),
        None => Cow::Owned(mask(value.trim())),
    }
}

fn is_secret_header(name: &str) -> bool {
    // A quick check that excludes nearly all headers.
    if !body::holds(name.as_bytes(), [b"oke", b"key", b"ecr", b"uth", b"ook"]) {
        return false;
    }
    let name = name.to_ascii_lowercase_smolstr();
    let tells = ["token", "key", "secret", "auth"].iter().any(|it| name.contains(it));
    match &*name {
        "www-authenticate" | "proxy-authenticate" => false,
        "cookie" | "set-cookie" => true,
        _ => tells,
    }
}

/// Like [`mask_header`]; in addition, the masked credential is added to `secrets`, so that it is masked
/// elsewhere.
pub(super) fn mask_header_of<'a>(
    name: &str,
    value: &'a str,
    secrets: &mut Secrets<'_>,
) -> Cow<'a, str> {
    if !is_secret_header(name) {
        return Cow::Borrowed(value);
    }
    let name = name.to_ascii_lowercase_smolstr();
    let sent = value.trim();
    // The values of other headers (`Idempotency-Key`, `X-Author`) may occur elsewhere without being secret.
    if name.ends_with("authorization") {
        secrets.add_sent(sent.split_once(' ').map_or(sent, |(_, credentials)| credentials));
    } else if matches!(&*name, "cookie" | "set-cookie") {
        cookie_values(&name, sent).for_each(|it| secrets.add_sent(it));
    } else if ["token", "secret", "api-key", "cookie"].iter().any(|it| name.contains(it)) {
        secrets.add_sent(sent);
    }
    mask_header(&name, value)
}

/// The values of the cookies in a header. What follows the pair in `Set-Cookie` are attributes (RFC 6265
/// §4.1), such as a path that stands in every link.
fn cookie_values<'a>(name: &str, sent: &'a str) -> impl Iterator<Item = &'a str> {
    let pairs = if name == "cookie" { usize::MAX } else { 1 };
    sent.split(';').take(pairs).map(|it| it.split_once('=').map_or(it, |(_, value)| value).trim())
}

/// A path and query with secrets masked: tokens in the query, and the values that a filter compares with a
/// secret attribute. They are also added to `secrets`.
pub fn mask_target<'a>(target: &'a str, secrets: &mut Secrets<'_>) -> Cow<'a, str> {
    let Some((_, query)) = target.split_once('?') else { return Cow::Borrowed(target) };
    let names = secrets.names;
    let start = target.len() - query.len();
    let spots = fields::pairs(query, names).into_iter();
    let spots: Vec<_> = spots.map(|(it, _)| (start + it.start..start + it.end, false)).collect();
    for (span, _) in &spots {
        secrets.add_sent(&target[span.clone()]);
    }
    cover(target, spots)
}

/// A body with the values of secret members masked; any other text is unchanged.
///
/// In JSON it masks members such as `secretKey`, `accessToken` and `password`, in any case and with any
/// escapes, PATCH operations whose `path` ends in such a name, and filters on such attributes. It also
/// masks form fields, multipart fields, markup elements and YAML lines with these names. It works on the
/// text and not on a parsed value, so that the rest is shown as received, even if it is not JSON or was
/// cut. The masked values are added to `secrets`.
pub(super) fn mask_body<'a>(text: &'a str, secrets: &mut Secrets<'_>) -> Cow<'a, str> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let (mut spots, guesses) = body::spots(text, secrets.names);
    if !is_json {
        spots.extend(fields::pairs(text, secrets.names));
        spots.extend(fields::elements(text, secrets.names));
        spots.extend(fields::lines(text, secrets.names));
        spots.extend(fields::parts(text, secrets.names));
    }
    for (span, _) in &spots {
        secrets.add_sent(&text[span.clone()]);
    }
    spots.extend(guesses);
    cover(text, spots)
}

/// The text with these ranges masked.
fn cover(text: &str, mut spots: Vec<Spot>) -> Cow<'_, str> {
    if spots.is_empty() {
        return Cow::Borrowed(text);
    }
    spots.sort_by_key(|(span, _)| span.start);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (span, shown) in spots {
        if span.start >= done {
            masked.push_str(&text[done..span.start]);
            let secret = &text[span.clone()];
            // The last characters of an escaped secret do not help to recognize it.
            let is_plain = shown && !secret.contains(['%', '\\', '&']);
            masked.push_str(&if is_plain { mask(secret) } else { DOTS.to_owned() });
        }
        done = done.max(span.end);
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

#[derive(Clone, Copy, PartialEq)]
enum Secrecy {
    Open,
    LastFour,
    Whole,
}

/// How secret the value of a member or path is; the name as it was sent. `own` are the tenant's additional
/// secret names.
fn secrecy(path: &str, own: &[SmolStr]) -> Secrecy {
    if own.is_empty()
        && !path.contains(['%', '\\', '&'])
        && !body::may_name_a_secret(path.as_bytes())
    {
        return Secrecy::Open; // nearly all names
    }
    let path = decoded::name(path);
    let name = leaf(&path);
    let is_own = |step: &str| own.iter().any(|it| it.eq_ignore_ascii_case(step.trim()));
    if is_one_of(&SHOWN, name) {
        Secrecy::LastFour
    } else if is_one_of(&HIDDEN, name) || path.split([':', '.', '[', ']', ' ', '(']).any(is_own) {
        Secrecy::Whole
    } else {
        Secrecy::Open
    }
}

/// Whether a SCIM filter tests a secret attribute; the filter as it was sent.
fn asks(filter: &str, own: &[SmolStr]) -> bool {
    let filter = decoded::name(filter);
    if own.is_empty() && !body::may_name_a_secret(filter.as_bytes()) {
        return false; // nearly all filters
    }
    let filter = filter.to_ascii_lowercase();
    let own = own.iter().map(SmolStr::as_str);
    // The word `token` alone is too common.
    let mut names =
        HIDDEN.into_iter().chain(SHOWN.into_iter().filter(|it| *it != "token")).chain(own);
    names.any(|it| filter.contains(&it.to_ascii_lowercase()))
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// The attribute at the end of a PATCH path: after the last colon of a URN, or the last dot.
fn leaf(path: &str) -> &str {
    path.rsplit([':', '.']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_target_shows_no_token_and_no_password_that_is_looked_for() {
        let mask_target = |target| mask_target(target, &mut Secrets::default()).into_owned();

        let masked = mask_target("/Users?access_token=abc&count=1&filter=password+eq+%22x%22");
        let escaped = mask_target("/Users?acc%65ss_token=abc&f%69lter=p%61ssword+eq+%22x%22");

        assert_eq!(masked, "/Users?access_token=••••&count=1&filter=••••");
        assert_eq!(escaped, "/Users?acc%65ss_token=••••&f%69lter=••••");
        let plain = "/Users?filter=userName+eq+%22token%22";
        assert_eq!(mask_target(plain), plain);
    }

    #[rstest]
    #[case("Authorization", "Bearer mfk_0123456789_9f3c", "Bearer ••••9f3c")]
    #[case("authorization", "bearer short", "bearer ••••")]
    #[case("authorization", "Basic dXNlcjpodW50ZXIy", "Basic ••••")]
    #[case("authorization", "mfk_0123456789_9f3c", "••••9f3c")]
    #[case("Cookie", "session=1", "••••")]
    #[case("X-Api-Key", "hunter22", "••••")]
    #[case("x-goog-authenticated-user", "anna", "••••")]
    #[case("X-Client-Secret", "hunter22", "••••")]
    #[case("Csrf-Token", "hunter22", "••••")]
    #[case("www-authenticate", "Bearer realm=\"NordlysQA\"", "Bearer realm=\"NordlysQA\"")]
    #[case("if-match", "W/\"41\"", "W/\"41\"")]
    fn credentials_in_headers_are_masked(
        #[case] name: &str,
        #[case] value: &str,
        #[case] masked: &str,
    ) {
        assert_eq!(mask_header(name, value), masked);
    }
}
