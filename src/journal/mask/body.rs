//! Secrets in bodies: where the values of secret members lie in a text that may be JSON.

use std::borrow::Cow;
use std::ops::Range;

use smol_str::SmolStr;

use super::{DOTS, Secrecy, mask, secrecy};

/// A JSON text with the values of secret members masked; any other text is returned as it is.
///
/// Knows the members `secretKey`, `accessToken`, `password` and their like in any case, and PATCH
/// operations whose `path` ends in one of them. Works on text, not on a parsed value: what was
/// received is shown as it was received, also when it is no JSON, or was cut in the middle.
pub fn mask_body(text: &str) -> Cow<'_, str> {
    mask_body_of(text, &[])
}

/// As [`mask_body`], where the members of these names are secret too, whole or in part.
pub(in crate::journal) fn mask_body_of<'a>(text: &'a str, secret: &[SmolStr]) -> Cow<'a, str> {
    let mut scan = Scan { text, at: 0, secret, objects: Vec::new(), secrets: Vec::new() };
    scan.run();
    let mut secrets = scan.secrets;
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    secrets.sort_by_key(|(span, _)| span.start);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (span, shown) in secrets {
        if span.start < done {
            continue; // inside of one that is masked already
        }
        masked.push_str(&text[done..span.start]);
        masked.push_str(&if shown { mask(&text[span.clone()]) } else { DOTS.to_owned() });
        done = span.end;
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// Whether a whole text can be told at a glance to need no masks, as most can: it is complete, and
/// no secret is named in it. Each name of [`SHOWN`] and [`HIDDEN`] holds "token", "password" or
/// "secret".
pub(in crate::journal) fn is_harmless(text: &str) -> bool {
    let text = text.trim_ascii_end().as_bytes();
    (text.is_empty() || text.ends_with(b"}")) && !may_name_a_secret(text)
}

fn may_name_a_secret(text: &[u8]) -> bool {
    let from = |start: usize| text.get(start..).unwrap_or_default().iter().map(|it| it | 0x20);
    // Without a branch in it, the loop looks at many bytes at a time.
    from(0).zip(from(1)).zip(from(2)).fold(false, |found, ((a, b), c)| {
        let is = |of: &[u8; 3]| [a, b, c] == *of;
        found | is(b"oke") | is(b"ssw") | is(b"ecr")
    })
}

/// One pass over a text that may be JSON, noting where secret values lie.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// What is secret in this tenant, besides what is everywhere.
    secret: &'a [SmolStr],
    objects: Vec<Open>,
    secrets: Vec<(Range<usize>, bool)>,
}

/// What is known of an object whose end has not been met: it may be a PATCH operation.
#[derive(Default)]
struct Open {
    path: Option<Secrecy>,
    value: Option<Span>,
}

/// Where a member's value lies.
enum Span {
    /// A string's content, or a number's digits.
    Scalar(Range<usize>),
    /// A list or an object that begins here.
    Nested(usize),
    /// `true`, `false` or `null`: no secret.
    Word,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string(),
                b'{' => {
                    self.objects.push(Open::default());
                    self.at += 1;
                }
                b'}' => {
                    self.close();
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        // A text that was cut may have lost the `path` that would say so: rather hide too much.
        // But not whole lists, of members mostly.
        while let Some(Open { path, value }) = self.objects.pop() {
            if let Some(span @ Span::Scalar(_)) = value {
                self.hide(span, path.unwrap_or(Secrecy::Whole));
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn close(&mut self) {
        let Some(Open { path: Some(path), value: Some(span) }) = self.objects.pop() else { return };
        self.hide(span, path);
    }

    fn hide(&mut self, span: Span, secrecy: Secrecy) {
        if secrecy == Secrecy::Open {
            return;
        }
        match span {
            Span::Scalar(span) if !span.is_empty() => {
                self.secrets.push((span, secrecy == Secrecy::LastFour));
            }
            Span::Nested(start)
                if !self.secrets.last().is_some_and(|(it, _)| it.contains(&start)) =>
            {
                self.secrets.push((start..self.end_of(start), false));
            }
            _ => {}
        }
    }

    /// The end of the list or object that begins there, or of the text.
    fn end_of(&self, start: usize) -> usize {
        let (objects, secrets) = (Vec::new(), Vec::new());
        let mut scan = Scan { text: self.text, at: start, secret: &[], objects, secrets };
        let mut depth = 0;
        while let Some(byte) = scan.peek() {
            match byte {
                b'"' => {
                    scan.content();
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            scan.at += 1;
            if depth == 0 {
                break;
            }
        }
        scan.at
    }

    /// Reads a string, and the value after it if it turns out to be a member's name.
    fn string(&mut self) {
        let text = self.text;
        let name = &text[self.content()];
        self.blanks();
        if self.peek() != Some(b':') {
            return;
        }
        self.at += 1;
        self.blanks();
        let secrecy = secrecy(name, self.secret);
        let is_path = name.eq_ignore_ascii_case("path");
        let is_value = name.eq_ignore_ascii_case("value");
        if secrecy == Secrecy::Open && !is_path && !is_value {
            return;
        }
        let span = self.value();
        if is_path && let Some(open) = self.objects.last_mut() {
            let path = if let Span::Scalar(span) = span { &text[span] } else { "" };
            open.path = Some(super::secrecy(path, self.secret));
        } else if is_value && let Some(open) = self.objects.last_mut() {
            open.value = Some(span);
        } else {
            self.hide(span, secrecy);
        }
    }

    /// The span between the quotes of the string that begins here; stands behind it afterwards.
    fn content(&mut self) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = crate::journal::text::boundary(self.text, end);
        self.at = (end + 1).min(bytes.len());
        start.min(end)..end
    }

    /// Where the value that begins here lies; stands behind it afterwards, but before a list or an
    /// object, whose members are looked at one by one.
    fn value(&mut self) -> Span {
        match self.peek() {
            Some(b'"') => Span::Scalar(self.content()),
            Some(b'[' | b'{') => Span::Nested(self.at),
            Some(b'-' | b'0'..=b'9') => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                let span = self.at..self.at + end;
                self.at = span.end;
                Span::Scalar(span)
            }
            _ => Span::Word,
        }
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::{HIDDEN, SHOWN};
    use super::*;

    #[test]
    fn no_secret_is_missed_by_the_first_look() {
        let all = SHOWN.iter().chain(&HIDDEN);

        assert!(all.clone().all(|it| may_name_a_secret(it.to_ascii_uppercase().as_bytes())));
        assert!(all.clone().all(|it| may_name_a_secret(it.as_bytes())));
        assert!(is_harmless("{\"a\":\"k w c task workspace\"}\n"));
        assert!(!is_harmless("{\"value\":\"hunter2\""));
    }

    const PATCH: &str = r#"{"Operations":[{"op":"replace","path":"password","value":"hunter22"},{"value":"Clerk","path":"title"}]}"#;

    #[rstest]
    #[case(r#"{"secretKey":"mfk_0123456789_9f3c"}"#, r#"{"secretKey":"••••9f3c"}"#)]
    #[case(
        r#"{"accessToken" : "eyJ0123456789ab12", "x":1}"#,
        r#"{"accessToken" : "••••ab12", "x":1}"#
    )]
    #[case(
        r#"{"userName":"anna","Password":"hunter22"}"#,
        r#"{"userName":"anna","Password":"••••"}"#
    )]
    #[case(r#"{"password":12345678901234,"a":1}"#, r#"{"password":••••,"a":1}"#)]
    #[case(r#"{"password":"a\"b\\","a":"b"}"#, r#"{"password":"••••","a":"b"}"#)]
    #[case(r#"{"value":{"password":"hunter22"}}"#, r#"{"value":{"password":"••••"}}"#)]
    #[case(r#"["secretKey","not a member 9f3c"]"#, r#"["secretKey","not a member 9f3c"]"#)]
    #[case(r#"{"password":"cut in the mid"#, r#"{"password":"••••"#)]
    #[case(r#"{"value":"cut before the path","#, r#"{"value":"••••","#)]
    #[case(
        r#"{"value":"hunter22","path":"urn:ietf:params:scim:schemas:core:2.0:User:password"}"#,
        r#"{"value":"••••","path":"urn:ietf:params:scim:schemas:core:2.0:User:password"}"#
    )]
    #[case(r#"{"emails":[{"value":"anna@acme.se"}]}"#, r#"{"emails":[{"value":"anna@acme.se"}]}"#)]
    #[case(r#"{"path":"password","value":["a","b"]}"#, r#"{"path":"password","value":••••}"#)]
    #[case(
        r#"{"path":"password","value":{"password":"a","b":"c"}}"#,
        r#"{"path":"password","value":••••}"#
    )]
    #[case(r#"{"password":["a]",{"b":"c"}],"d":"e"}"#, r#"{"password":••••,"d":"e"}"#)]
    #[case(r#"{"password":{"a":["cut"#, r#"{"password":••••"#)]
    #[case(r#"{"value":[{"a":"b"},"cut"#, r#"{"value":[{"a":"b"},"cut"#)]
    #[case("password=not json", "password=not json")]
    fn secret_members_are_masked_and_nothing_else_is(#[case] body: &str, #[case] masked: &str) {
        assert_eq!(mask_body(body), masked);
    }

    #[test]
    fn a_patch_of_the_password_is_masked_and_the_next_operation_is_not() {
        assert_eq!(mask_body(PATCH), PATCH.replace("hunter22", "••••"));
    }

    proptest! {
        #[test]
        fn no_prefix_of_a_body_shows_the_secret(cut in 0..PATCH.len()) {
            prop_assert!(!mask_body(&PATCH[..cut]).contains("hun"));
        }

        #[test]
        fn any_text_is_survived(text in "[\\PC\"{}:\\\\]*") {
            mask_body(&text);
        }
    }
}
