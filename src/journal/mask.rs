//! Secrets out of sight: in headers, in bodies, and wherever a key is named.
//!
//! What enters the journal has passed through here, so no reader of it (dashboard, export, log)
//! can show a key, and none has to know which texts are secret.

use std::borrow::Cow;

use smol_str::SmolStr;

mod body;

pub use body::mask_body;
pub(super) use body::{is_harmless, mask_body_of};

const DOTS: &str = "••••";

/// Members of a JSON object whose value is secret; `SHOWN` ones keep their last four characters,
/// so that a reader can tell two keys apart.
const SHOWN: [&str; 5] = ["secretKey", "secretToken", "accessToken", "access_token", "token"];
const HIDDEN: [&str; 3] = ["password", "clientSecret", "client_secret"];

/// The secret for a reader: its last four characters, or only dots if it has fewer than twelve.
///
/// ```
/// use mediusflow_mock::journal::mask;
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

/// The value of a header as the journal may keep it; `name` in any case.
///
/// A bearer token keeps its last four characters; other credentials and cookies keep nothing.
pub fn mask_header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if is_one_of(&["cookie", "set-cookie", "x-api-key"], name) {
        return Cow::Borrowed(DOTS);
    }
    if !is_one_of(&["authorization", "proxy-authorization"], name) {
        return Cow::Borrowed(value);
    }
    match value.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Cow::Owned(format!("{scheme} {}", mask(token.trim())))
        }
        Some((scheme, _)) => Cow::Owned(format!("{scheme} {DOTS}")),
        None => Cow::Owned(mask(value.trim())),
    }
}

/// A path and query as the journal may keep it: tokens in the query, and what a filter compares a
/// secret attribute with, are masked. These attributes are secret too.
pub fn mask_target<'a>(target: &'a str, secret: &[SmolStr]) -> Cow<'a, str> {
    let Some((path, query)) = target.split_once('?') else { return Cow::Borrowed(target) };
    let is_secret = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let asks = |of: &[&str]| {
            let value = value.to_ascii_lowercase();
            of.iter().any(|it| value.contains(&it.to_ascii_lowercase()))
        };
        let own: Vec<&str> = secret.iter().map(SmolStr::as_str).collect();
        secrecy(name, &[]) != Secrecy::Open
            || (name.eq_ignore_ascii_case("filter")
                && (asks(&HIDDEN) || asks(&SHOWN[..4]) || asks(&own)))
    };
    if !query.split('&').any(|it| is_secret(&it)) {
        return Cow::Borrowed(target);
    }
    let masked = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(&pair) => Cow::Owned(format!("{name}={DOTS}")),
        _ => Cow::Borrowed(pair),
    });
    let masked: Vec<_> = masked.collect();
    Cow::Owned(format!("{path}?{}", masked.join("&")))
}

#[derive(Clone, Copy, PartialEq)]
enum Secrecy {
    Open,
    LastFour,
    Whole,
}

/// How secret the value at a name or path is; `own` are the tenant's own secrets.
fn secrecy(path: &str, own: &[SmolStr]) -> Secrecy {
    let name = leaf(path);
    let is_own = |step: &str| own.iter().any(|it| it.eq_ignore_ascii_case(step));
    if is_one_of(&SHOWN, name) {
        Secrecy::LastFour
    } else if is_one_of(&HIDDEN, name) || path.split([':', '.', '[']).any(is_own) {
        Secrecy::Whole
    } else {
        Secrecy::Open
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// The attribute at the end of a PATCH path: behind the last colon of a URN, and the last dot.
fn leaf(path: &str) -> &str {
    path.rsplit([':', '.']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_target_shows_no_token_and_no_password_that_is_looked_for() {
        let masked = mask_target("/Users?access_token=abc&count=1&filter=password+eq+%22x%22", &[]);

        assert_eq!(masked, "/Users?access_token=••••&count=1&filter=••••");
        let plain = "/Users?filter=userName+eq+%22token%22";
        assert_eq!(mask_target(plain, &[]), plain);
    }

    #[rstest]
    #[case("Authorization", "Bearer mfk_0123456789_9f3c", "Bearer ••••9f3c")]
    #[case("authorization", "bearer short", "bearer ••••")]
    #[case("authorization", "Basic dXNlcjpodW50ZXIy", "Basic ••••")]
    #[case("authorization", "mfk_0123456789_9f3c", "••••9f3c")]
    #[case("Cookie", "session=1", "••••")]
    #[case("if-match", "W/\"41\"", "W/\"41\"")]
    fn credentials_in_headers_are_masked(
        #[case] name: &str,
        #[case] value: &str,
        #[case] masked: &str,
    ) {
        assert_eq!(mask_header(name, value), masked);
    }
}
