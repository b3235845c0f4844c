//! Secrets in bodies: where the values of secret members lie in a text that may be JSON.

use std::ops::Range;

use smol_str::SmolStr;

use super::{Secrecy, Spot, asks, decoded, secrecy};

/// Where the values of secret members lie in a text that may be JSON; the members of these names are
/// secret, too. Behind them those that may be secret: what would tell was cut away.
pub(super) fn spots(text: &str, names: &[SmolStr]) -> (Vec<Spot>, Vec<Spot>) {
    let mut scan = Scan::of(text, names);
    scan.run();
    (scan.secrets, scan.guesses)
}

/// Whether a whole text can be told at a glance to need no masks, as most can: it is complete, and
/// no secret is named in it, nor is a letter escaped. Each name of [`SHOWN`](super::SHOWN) and
/// [`HIDDEN`](super::HIDDEN) holds "token", "password" or "secret".
pub(in crate::journal) fn is_harmless(text: &str) -> bool {
    let text = text.trim_ascii_end().as_bytes();
    (text.is_empty() || text.ends_with(b"}")) && !may_name_a_secret(text)
}

pub(super) fn may_name_a_secret(text: &[u8]) -> bool {
    holds(text, [b"oke", b"ssw", b"ecr", ESCAPED])
}

/// The `\\u00` of an escaped letter as [`holds`] reads it.
const ESCAPED: &[u8; 3] = b"|u0";

/// Whether a text holds one of these in any case; takes some other characters for them, too.
pub(super) fn holds<const N: usize>(text: &[u8], any: [&[u8; 3]; N]) -> bool {
    let from = |start: usize| text.get(start..).unwrap_or_default().iter().map(|it| it | 0x20);
    // Without a branch in it, the loop looks at many bytes at a time.
    from(0).zip(from(1)).zip(from(2)).fold(false, |found, ((a, b), c)| {
        found | any.map(|it| [a, b, c] == *it).into_iter().fold(false, std::ops::BitOr::bitor)
    })
}

/// One pass over a text that may be JSON, noting where secret values lie.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// What is secret in this tenant, besides what is everywhere.
    secret: &'a [SmolStr],
    objects: Vec<OpenObject>,
    secrets: Vec<Spot>,
    /// Values of operations that may have lost their path.
    guesses: Vec<Spot>,
}

/// What is known of an object whose end has not been met: it may be a PATCH operation.
#[derive(Default)]
struct OpenObject {
    path: Option<Secrecy>,
    values: Vec<ValueSpan>,
}

/// Where a member's value lies.
enum ValueSpan {
    /// A string's content, or a number's digits.
    Scalar(Range<usize>),
    /// A list or an object that begins here.
    Nested(usize),
    /// `true`, `false` or `null`: no secret.
    Word,
}

impl<'a> Scan<'a> {
    fn of(text: &'a str, secret: &'a [SmolStr]) -> Self {
        Self { text, at: 0, secret, objects: Vec::new(), secrets: Vec::new(), guesses: Vec::new() }
    }

    fn run(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string(),
                b'{' => {
                    self.objects.push(OpenObject::default());
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
        while let Some(OpenObject { path, values }) = self.objects.pop() {
            for span in values {
                match (span, path) {
                    (ValueSpan::Scalar(span), None) => self.guesses.push((span, false)),
                    (span @ ValueSpan::Scalar(_), Some(path)) => self.hide(span, path),
                    _ => {}
                }
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn close(&mut self) {
        let Some(OpenObject { path: Some(path), values }) = self.objects.pop() else { return };
        for span in values {
            self.hide(span, path);
        }
    }

    fn hide(&mut self, span: ValueSpan, secrecy: Secrecy) {
        if secrecy == Secrecy::Open {
            return;
        }
        match span {
            ValueSpan::Scalar(span) if !span.is_empty() => {
                self.secrets.push((span, secrecy == Secrecy::LastFour));
            }
            ValueSpan::Nested(start)
                if !self.secrets.last().is_some_and(|(it, _)| it.contains(&start)) =>
            {
                self.secrets.push((start..self.end_of(start), false));
            }
            _ => {}
        }
    }

    /// The end of the list or object that begins there, or of the text.
    fn end_of(&self, start: usize) -> usize {
        let mut scan = Scan { at: start, ..Scan::of(self.text, &[]) };
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
        let name = decoded::name(name);
        let is = |it: &str| name.eq_ignore_ascii_case(it);
        if secrecy == Secrecy::Open && !["path", "value", "filter"].into_iter().any(is) {
            return;
        }
        let span = self.value();
        match (span, self.objects.last_mut()) {
            (ValueSpan::Scalar(span), Some(open)) if is("path") => {
                let path = super::secrecy(&text[span.clone()], self.secret);
                // Where a name stands twice, each is taken for the one that counts.
                open.path = open.path.filter(|it| *it != Secrecy::Open).or(Some(path));
                self.hide_selector(span);
            }
            (span, Some(open)) if is("value") => open.values.push(span),
            (ValueSpan::Scalar(span), _) if is("filter") => {
                if asks(&text[span.clone()], self.secret) {
                    self.secrets.push((span, false));
                }
            }
            (span, _) => self.hide(span, secrecy),
        }
    }

    /// Hides what a path compares a secret with: `cards[pin eq "1234"]`.
    fn hide_selector(&mut self, path: Range<usize>) {
        let text = &self.text[path.clone()];
        if let (Some(open), Some(close)) = (text.find('['), text.rfind(']'))
            && open < close
            && asks(text, self.secret)
        {
            self.secrets.push((path.start + open + 1..path.start + close, false));
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
    fn value(&mut self) -> ValueSpan {
        match self.peek() {
            Some(b'"') => ValueSpan::Scalar(self.content()),
            Some(b'[' | b'{') => ValueSpan::Nested(self.at),
            Some(b'-' | b'0'..=b'9') => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                let span = self.at..self.at + end;
                self.at = span.end;
                ValueSpan::Scalar(span)
            }
            _ => ValueSpan::Word,
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

    use super::super::{HIDDEN, SHOWN, mask_body};
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
    #[case(r#"{"pass\u0077ord":"hunter22"}"#, r#"{"pass\u0077ord":"••••"}"#)]
    #[case(r#"{"p%61ssword":"hunter22"}"#, r#"{"p%61ssword":"••••"}"#)]
    #[case(
        r#"{"p\u0061th":"p\u0061ssword","v\u0061lue":"hunter22"}"#,
        r#"{"p\u0061th":"p\u0061ssword","v\u0061lue":"••••"}"#
    )]
    #[case(
        r#"{"path":"password","value":"a","value":"b","path":"title"}"#,
        r#"{"path":"password","value":"••••","value":"••••","path":"title"}"#
    )]
    #[case(
        r#"{"filter":"p\u0061ssword eq \"hunter22\"","count":1}"#,
        r#"{"filter":"••••","count":1}"#
    )]
    #[case(r#"{"filter":"userName eq \"token\""}"#, r#"{"filter":"userName eq \"token\""}"#)]
    #[case(
        r#"{"op":"remove","path":"cards[password eq \"x\"].title"}"#,
        r#"{"op":"remove","path":"cards[••••].title"}"#
    )]
    #[case(
        r#"{"Operations":[{"method":"POST","path":"/Users","data":{"password":"x"}}]}"#,
        r#"{"Operations":[{"method":"POST","path":"/Users","data":{"password":"••••"}}]}"#
    )]
    #[case("password=hunter22&p%61ssword=a+b&x=1", "password=••••&p%61ssword=••••&x=1")]
    #[case(
        "<u><p:password a='b'>hunter22</p:password><x>y</x></u>",
        "<u><p:password a='b'>••••</p:password><x>y</x></u>"
    )]
    #[case("the password is old", "the password is old")]
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
