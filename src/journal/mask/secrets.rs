//! Secrets wherever they stand: in a path, a header, a body, the words of an error.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use smol_str::SmolStr;

use super::decoded::{
    Decoded, LAYERS, LONGEST, begun_escape, is_escaped, is_escaped_but_for_quotes, name,
};
use super::{Secrecy, cover, secrecy};

/// What may not be shown of an exchange: the values at secret names, and secrets wherever they stand.
///
/// Keys and tokens that a tenant has made are told by their form (`mfk_mock_nordlysqa_` and 32
/// hexadecimal digits), so those of all tenants are hidden, and the ones that were replaced. Others,
/// such as a key that came with a state, the control token, or a password that was just sent, are
/// [added](Self::add).
///
/// ```
/// use mediusflow_mock::internals::journal::Secrets;
///
/// let mut secrets = Secrets::default();
/// secrets.add("swordfish-7");
/// assert_eq!(secrets.hide("/Users/swordfish%2d7"), "/Users/••••");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Secrets<'a> {
    /// The names of attributes that are secret in this tenant, besides what is everywhere.
    pub(super) names: &'a [SmolStr],
    values: Vec<SecretValue>,
    /// What a request told of secrets: a refusal may show a part of it.
    told: Vec<String>,
}

#[derive(Clone)]
struct SecretValue(Finder<'static>);

/// How a text ends.
#[derive(Clone, Copy, PartialEq)]
enum TextEnd {
    Whole,
    /// Perhaps within a secret.
    Cut,
}

/// A word of the form of all keys and tokens: see [`Secrets`].
static MOCK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("_mock_"));

/// A value that is shorter than this is no secret that is looked for everywhere.
const SHORTEST: usize = 8;

/// A shorter part of a secret than this is no secret any more.
const PART: usize = 6;

/// What stands in every other request, in lower case.
const COMMON: &str = "/scim/v2/users /scim/v2/groups /admin/v1/authenticate http/1.1 127.0.0.1:8420 \
    localhost:8420 nordlys nordlysqa application/scim+json; charset=utf-8 application/json \
    content-type content-length authorization bearer user-agent accept-encoding connection keep-alive \
    urn:ietf:params:scim:schemas:core:2.0:user urn:ietf:params:scim:schemas:core:2.0:group \
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:user \
    urn:ietf:params:scim:schemas:extension:medius:2.0:user \
    urn:ietf:params:scim:api:messages:2.0:patchop urn:ietf:params:scim:api:messages:2.0:listresponse \
    \"resourcetype\" \"schemas\" \"operations\" \"resources\" startindex itemsperpage totalresults \
    displayname username externalid configurationfilter department givenname familyname formatted \
    lastmodified identityprovider nameidentifier password secretkey accesstoken";

/// The end of a key or token is as long as a UUID without its dashes.
const DIGITS: usize = 32;

/// No key or token that is told by its form is longer: a tenant's name has a limit.
const LONGEST_FORMED: usize = 112;

/// Where a secret lies, and whether its last four characters may be shown.
pub(super) type Spot = (Range<usize>, bool);

impl<'a> Secrets<'a> {
    /// Values at these names are secret, too, whole or in part.
    pub fn at(names: &'a [SmolStr]) -> Self {
        Self { names, ..Self::default() }
    }

    /// Whether there are no other secret names than everywhere.
    pub(in crate::journal) fn has_no_names(&self) -> bool {
        self.names.is_empty()
    }

    /// Hides this value wherever it stands, unless that would hide more than the secret
    /// ([`weakness`]); one that is told by its form is hidden anyway.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        if is_formed(value)
            || weakness(value).is_some()
            || value.chars().all(|it| it == '•')
            || secrecy(value, self.names) != Secrecy::Open
        {
            return;
        }
        // HTTP writes names in lower case, and a form a blank as `+`.
        for variant in [value.to_owned(), value.to_ascii_lowercase(), value.replace(' ', "+")] {
            if self.values.iter().all(|it| it.0.needle() != variant.as_bytes()) {
                self.values.push(SecretValue(Finder::new(&variant).into_owned()));
            }
        }
    }

    /// As [`add`](Self::add), for a value as it was sent, with its escapes; of a filter, what it
    /// compares with is secret, too.
    pub(super) fn add_sent(&mut self, value: &str) {
        let value = name(value);
        if is_formed(&value) {
            // The usual key: its form tells it.
            return self.told.push(secret_part(&value).to_owned());
        }
        self.add(&value);
        value.split('"').skip(1).step_by(2).for_each(|quoted| self.add(quoted));
        let words = value.split(['"', ' ', '+']);
        let telling =
            words.filter(|it| it.len() >= PART && secrecy(it, self.names) == Secrecy::Open);
        self.told.extend(telling.map(|it| secret_part(it).to_owned()));
    }

    /// Notes which secrets a text of a request tells, for a refusal that may show a part of them.
    pub(super) fn note(&mut self, text: &str) {
        let mut told = Vec::new();
        let mut look = |bytes: &[u8]| {
            self.look(bytes, TextEnd::Whole, |(span, _)| {
                told.push(secret_part(&String::from_utf8_lossy(&bytes[span])).to_owned());
            });
        };
        look(text.as_bytes());
        Decoded::layers(text, |it| look(&it.bytes));
        self.told.append(&mut told);
    }

    /// The words of a refusal with every secret masked, and each part of those that the request told:
    /// `byte 70: …61aa9f3c" ▸zz`.
    pub fn hide_refusal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.told.is_empty() {
            return self.hide(text);
        }
        let mut spots = self.spots(text, TextEnd::Whole);
        let mut at = 0;
        while at < text.len() {
            let length = self.told.iter().map(|it| begins_with_part(&text[at..], it)).max();
            let length = length.unwrap_or_default();
            if length >= PART {
                spots.push((at..at + length, false));
                at += length;
            } else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
        }
        cover(text, spots)
    }

    /// The text with every secret masked, however it is escaped.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        cover(text, self.spots(text, TextEnd::Whole))
    }

    /// As [`hide`](Self::hide), for a text that was cut: what its end has of a secret is hidden, too.
    pub(super) fn hide_cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut spots = self.spots(text, TextEnd::Cut);
        // The last escape may be cut, too.
        spots.extend(
            begun_escape(text).into_iter().flat_map(|at| self.spots(&text[..at], TextEnd::Cut)),
        );
        cover(text, spots)
    }

    fn spots(&self, text: &str, end: TextEnd) -> Vec<Spot> {
        let mut spots = Vec::new();
        // Nothing is shorter escaped than it is.
        if text.len() < SHORTEST && end == TextEnd::Whole {
            return spots;
        }
        self.look(text.as_bytes(), end, |spot| spots.push(spot));
        let has_quotes = self.values.iter().any(|it| it.0.needle().contains(&b'"'));
        let is_escaped_as_they = if has_quotes { is_escaped } else { is_escaped_but_for_quotes };
        // Where only `\"` is escaped, what is looked for is the part of a secret at the end.
        let from = if is_escaped_as_they(text) {
            0
        } else if end == TextEnd::Cut && is_escaped(self.end_of(text)) {
            text.len() - self.end_of(text).len()
        } else {
            return spots;
        };
        Decoded::layers(&text[from..], |it| {
            self.look(&it.bytes, end, |(part, shown)| {
                let part = it.place(part);
                spots.push((from + part.start..from + part.end, shown));
            });
        });
        spots
    }

    /// So much of the end of a text that a part of any secret is in it, however it is escaped.
    fn end_of<'t>(&self, text: &'t str) -> &'t str {
        let longest = self.values.iter().map(|it| it.0.needle().len()).max().unwrap_or_default();
        let most = (longest.max(LONGEST_FORMED) + 1) * LONGEST * LAYERS;
        let start = text.len().saturating_sub(most);
        &text[(0..=start).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0)..]
    }

    fn look(&self, bytes: &[u8], end: TextEnd, mut found: impl FnMut(Spot)) {
        for at in MOCK.find_iter(bytes) {
            formed(bytes, at).into_iter().for_each(&mut found);
        }
        for SecretValue(value) in &self.values {
            let length = value.needle().len();
            value.find_iter(bytes).for_each(|at| found((at..at + length, false)));
            if end == TextEnd::Cut {
                let begun = |it: &usize| bytes.ends_with(&value.needle()[..*it]);
                let begun = (1..length).rev().find(begun);
                if let Some(it) = begun {
                    found((bytes.len() - it..bytes.len(), false));
                }
            }
        }
    }
}

/// What is secret of a secret: the prefix and the tenant of one that is told by its form are not.
fn secret_part(secret: &str) -> &str {
    let end = secret.rsplit('_').next().filter(|_| is_formed(secret));
    end.unwrap_or(secret)
}

/// How long the part of a secret is with which a text begins, in bytes; 0 if it is shorter than [`PART`].
fn begins_with_part(text: &str, secret: &str) -> usize {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let parts = ends.skip_while(|it| *it < PART).take_while(|it| secret.contains(&text[..*it]));
    parts.last().unwrap_or_default()
}

/// The key or token around a `_mock_` that begins there, if it is one, also one that was cut.
fn formed(bytes: &[u8], at: usize) -> Option<Spot> {
    let start = at.checked_sub(3)?;
    let prefix = &bytes[start..at];
    if !(prefix.eq_ignore_ascii_case(b"mfk") || prefix.eq_ignore_ascii_case(b"mfa")) {
        return None;
    }
    let run = |from: usize, is_part: fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|it| is_part(it)).count()
    };
    let name = run(at + "_mock_".len(), u8::is_ascii_alphanumeric);
    if bytes.get(name) != Some(&b'_') {
        return None;
    }
    let end = run(name + 1, u8::is_ascii_hexdigit).min(name + 1 + DIGITS);
    (end > name + 1).then_some((start..end, end == name + 1 + DIGITS))
}

/// Why a secret cannot be hidden wherever it stands: half of the words would go with it. Such a one is
/// hidden only where secrets stand, in `Authorization` or at `password`.
pub fn weakness(secret: &str) -> Option<&'static str> {
    let secret = secret.trim();
    if secret.chars().count() < SHORTEST {
        return Some("a secret has at least 8 characters");
    }
    let is_common = COMMON.contains(&secret.to_ascii_lowercase());
    is_common.then_some("a secret is no word that stands in every request")
}

/// Whether a value is as a whole of the form that keys and tokens of tenants have.
pub fn is_formed(value: &str) -> bool {
    value.get(3..).is_some_and(|it| it.starts_with("_mock_"))
        && formed(value.as_bytes(), 3)
            .is_some_and(|(span, shown)| shown && span == (0..value.len()))
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(••••)")
    }
}
