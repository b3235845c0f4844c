//! Finds the values of secret fields in other texts than JSON: queries, forms, markup, YAML.

use smol_str::SmolStr;

use super::{Secrecy, Spot, asks, decoded, secrecy};

/// The ranges of the values of secret fields in a query or a form (`password=x&count=1`), and of a `filter`
/// that tests a secret attribute.
pub(super) fn pairs(text: &str, names: &[SmolStr]) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut start = 0;
    for pair in text.split(['&', '\n', '\r']) {
        if let Some((name, value)) = pair.split_once('=') {
            let is_secret = secrecy(name.trim(), names) != Secrecy::Open
                || (decoded::name(name.trim()).eq_ignore_ascii_case("filter")
                    && asks(value, names));
            if is_secret && !value.is_empty() {
                spots.push((start + name.len() + 1..start + pair.len(), false));
            }
        }
        start += pair.len() + 1;
    }
    spots
}

/// The ranges of the contents of secret elements in a text that may be markup (`<password>x</password>`).
pub(super) fn elements(text: &str, names: &[SmolStr]) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut start = 0;
    for piece in text.split('<') {
        if let Some((tag, content)) = piece.split_once('>') {
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            let is_open = start > 0 && !name.starts_with('/') && !content.is_empty();
            if is_open && secrecy(name, names) != Secrecy::Open {
                spots.push((start + tag.len() + 1..start + piece.len(), false));
            }
        }
        start += piece.len() + 1;
    }
    spots
}

/// The ranges of the values of secret lines in a text that may be YAML or a list of header lines
/// (`password: x`). Lines that are indented more deeply than a line without a value belong to it.
pub(super) fn lines(text: &str, names: &[SmolStr]) -> Vec<Spot> {
    let mut spots = Vec::new();
    // The indentation of a secret name whose value follows on the next lines.
    let mut above: Option<usize> = None;
    for (start, line) in numbered(text) {
        let content = line.trim_start_matches([' ', '\t', '-']);
        let depth = line.len() - content.len();
        if above.is_some_and(|it| depth > it || content.is_empty()) {
            spots.push((start + depth..start + line.len(), false));
            continue;
        }
        above = None;
        let Some((name, value)) = content.split_once(':') else { continue };
        if secrecy(name.trim().trim_matches(['"', '\'']), names) == Secrecy::Open {
            continue;
        }
        if ["", "|", ">"].contains(&value.trim().trim_end_matches(['-', '+'])) {
            above = Some(depth);
            continue;
        }
        let end = start + line.len();
        spots.push((end - value.trim_start().len()..end, false));
    }
    spots.retain(|(span, _)| !span.is_empty());
    spots
}

/// The ranges of the contents of secret parts in a text that may be a multipart form ([RFC 7578
/// §4.2](https://www.rfc-editor.org/rfc/rfc7578#section-4.2)).
pub(super) fn parts(text: &str, names: &[SmolStr]) -> Vec<Spot> {
    let mut spots = Vec::new();
    let (mut is_secret, mut content) = (false, None);
    for (start, line) in numbered(text) {
        if line.starts_with("--") {
            spots.extend(content.take().map(|it| (it..start, false)));
            is_secret = false;
        } else if content.is_none() && is_secret && line.is_empty() {
            content = Some(start + text[start..].find('\n').map_or(0, |it| it + 1));
        } else if content.is_none() {
            is_secret |= field_name(line).is_some_and(|it| secrecy(it, names) != Secrecy::Open);
        }
    }
    spots.extend(content.map(|it| (it..text.len(), false)));
    for (span, _) in &mut spots {
        span.end = span.start + text[span.clone()].trim_end_matches(['\r', '\n']).len();
    }
    spots.retain(|(span, _)| !span.is_empty());
    spots
}

/// The field name in a header line of a part.
fn field_name(line: &str) -> Option<&str> {
    let (header, parameters) = line.split_once(':')?;
    if !header.trim().eq_ignore_ascii_case("content-disposition") {
        return None;
    }
    parameters.split(';').find_map(|it| {
        let (name, value) = it.split_once('=')?;
        name.trim().eq_ignore_ascii_case("name").then(|| value.trim().trim_matches('"'))
    })
}

/// The lines of a text without line ends, each with its position.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let at = start;
        start += line.len() + 1;
        (at, line.strip_suffix('\r').unwrap_or(line))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::journal::sample::mask_alone;

    #[rstest]
    #[case("user: ann\npassword: hunter22\nage: 7", "user: ann\npassword: ••••\nage: 7")]
    #[case("- name: a\n- Client_Secret:  'x y'\r\n", "- name: a\n- Client_Secret:  ••••\r\n")]
    #[case("\"password\" : x", "\"password\" : ••••")]
    #[case(
        "a:\n  password: |\n    one\n    two\n  b: c",
        "a:\n  password: |\n    ••••\n    ••••\n  b: c"
    )]
    #[case("the password: field is empty", "the password: field is empty")]
    #[case("passwords: 7", "passwords: 7")]
    fn lines_of_secret_names_are_masked(#[case] text: &str, #[case] masked: &str) {
        assert_eq!(mask_alone(text), masked);
    }

    #[rstest]
    #[case("hunter22", "••••")]
    #[case("two\r\n\r\nlines", "••••")]
    #[case("", "")]
    fn parts_of_secret_names_are_masked(#[case] secret: &str, #[case] masked: &str) {
        let body = |value: &str| {
            format!(
                "--x\r\nContent-Disposition: form-data; name=\"userName\"\r\n\r\nann\r\n\
                 --x\r\ncontent-disposition: form-data; name=\"password\"\r\n\
                 Content-Type: text/plain\r\n\r\n{value}\r\n--x--\r\n"
            )
        };

        assert_eq!(mask_alone(&body(secret)), body(masked));
        let cut = body(secret).split("\r\n--x--").next().unwrap().to_owned();
        assert_eq!(mask_alone(&cut), body(masked).split("\r\n--x--").next().unwrap());
    }
}
