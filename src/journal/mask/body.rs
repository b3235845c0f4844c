//! Finds the values of secret members in a text that may be JSON.

use std::ops::Range;

use smol_str::SmolStr;

use super::{Secrecy, Spot, asks, decoded, secrecy};

/// The ranges of the values of secret members in a text that may be JSON; members with one of `names` are
/// secret, too. The second list has values that may be secret because the text was cut before the `path`
/// that would tell.
pub(super) fn spots(text: &str, names: &[SmolStr]) -> (Vec<Spot>, Vec<Spot>) {
    let mut scan = Scan::of(text, names);
    scan.run();
    (scan.secrets, scan.guesses)
}

/// Whether a quick check shows that a text needs no masks, which is true for most texts: it is complete,
/// contains no name of a secret, and no escaped letter. Each name of [`SHOWN`](super::SHOWN) and
/// [`HIDDEN`](super::HIDDEN) contains "token", "password" or "secret".
pub(in crate::journal) fn is_harmless(text: &str) -> bool {
    let text = text.trim_ascii_end().as_bytes();
    (text.is_empty() || text.ends_with(b"}")) && !may_name_a_secret(text)
}

pub(super) fn may_name_a_secret(text: &[u8]) -> bool {
    holds(text, [b"oke", b"ssw", b"ecr", b"rif", ESCAPED])
}

/// The `\\u00` of an escaped letter, in the form that [`holds`] compares.
const ESCAPED: &[u8; 3] = b"|u0";

/// How many positions of a text are looked at together.
const BLOCK: usize = 32;

/// Whether a text contains one of these, in any case. It may also return true for some similar characters.
pub(super) fn holds<const N: usize>(text: &[u8], any: [&[u8; 3]; N]) -> bool {
    let mut rest = text;
    while let Some(block) = rest.first_chunk() {
        if block_holds(block, any) {
            return true;
        }
        rest = &rest[BLOCK..];
    }
    // No name has blanks in it.
    let mut last = [b' '; BLOCK + 2];
    last[..rest.len()].copy_from_slice(rest);
    block_holds(&last, any)
}

/// Whether one of these begins at a position of a block. The loop has no branches and a fixed length, so
/// that the compiler makes it compare many bytes at once.
fn block_holds<const N: usize>(block: &[u8; BLOCK + 2], any: [&[u8; 3]; N]) -> bool {
    let mut found = [0; BLOCK];
    for at in 0..BLOCK {
        let [a, b, c] = [block[at], block[at + 1], block[at + 2]].map(|it| it | 0x20);
        for it in any {
            found[at] |= u8::from(a == it[0]) & u8::from(b == it[1]) & u8::from(c == it[2]);
        }
    }
    found.iter().fold(0, |all, it| all | it) != 0
}

/// One pass over a text that may be JSON, which collects the ranges of secret values.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The names that are secret in this tenant only.
    secret: &'a [SmolStr],
    objects: Vec<OpenObject>,
    secrets: Vec<Spot>,
    /// The values of operations whose path may have been cut off.
    guesses: Vec<Spot>,
}

/// An object whose end has not been reached yet. It may be a PATCH operation.
#[derive(Default)]
struct OpenObject {
    path: Option<Secrecy>,
    values: Vec<ValueSpan>,
}

/// The range of a member's value.
enum ValueSpan {
    /// The content of a string, or the digits of a number.
    Scalar(Range<usize>),
    /// A list or an object, by its start.
    Nested(usize),
    /// `true`, `false` or `null`: not secret.
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
        // If the text was cut, the `path` that would tell may be missing, so such values are masked as
        // well. Whole lists are not masked, since they are mostly members.
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

    /// The end of the list or object that begins at `start`, or the end of the text.
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

    /// Reads a string. If it is a member's name, reads the value after it.
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
                // If `path` occurs twice, either may be the one that counts.
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

    /// Masks the value that a path compares with a secret: `cards[pin eq "1234"]`.
    fn hide_selector(&mut self, path: Range<usize>) {
        let text = &self.text[path.clone()];
        if let (Some(open), Some(close)) = (text.find('['), text.rfind(']'))
            && open < close
            && asks(text, self.secret)
        {
            self.secrets.push((path.start + open + 1..path.start + close, false));
        }
    }

    /// The range between the quotes of the string at the current position. Moves to the end of the string.
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

    /// The range of the value at the current position. Moves to its end; but stays before a list or an
    /// object, whose members are read one by one.
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

    use super::super::{HIDDEN, SHOWN};
    use super::*;
    use crate::journal::sample::mask_alone;

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
        assert_eq!(mask_alone(body), masked);
    }

    #[test]
    fn a_patch_of_the_password_is_masked_and_the_next_operation_is_not() {
        assert_eq!(mask_alone(PATCH), PATCH.replace("hunter22", "••••"));
    }

    proptest! {
        #[test]
        fn no_prefix_of_a_body_shows_the_secret(cut in 0..PATCH.len()) {
            prop_assert!(!mask_alone(&PATCH[..cut]).contains("hun"));
        }

        #[test]
        fn any_text_is_survived(text in "[\\PC\"{}:\\\\]*") {
            mask_alone(&text);
        }
    }
}
