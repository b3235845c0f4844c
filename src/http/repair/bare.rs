//! Replaces the answers that actix makes itself to input that is not a request: they have no body.
//!
//! Every answer of this server has the header `nosniff`, so answers without it are recognized.

use super::super::problem::ProblemDetails;

/// How many bytes at the end of the output are searched for such an answer. Its head has a few lines.
const LONGEST: usize = 256;

/// The position of an answer without a body at the end of the output, and the bytes to write instead.
pub(super) fn replace_bare_answer(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None; // most output
    }
    let tail = &bytes[bytes.len().saturating_sub(LONGEST)..];
    let begin = tail.windows(10).rposition(|it| it == b"HTTP/1.1 4")?;
    let head = std::str::from_utf8(&tail[begin..]).ok()?;
    let (first, lines) = head.split_once("\r\n")?;
    if !lines.contains("content-length: 0\r\n") || lines.contains("x-content-type-options") {
        return None;
    }
    let status = first.split(' ').nth(1)?.parse().ok()?;
    let answer = problem(status)?.into_answer();
    let date = lines.lines().find(|it| it.starts_with("date: ")).unwrap_or_default();
    let length = answer.body.len();
    let mut whole = format!(
        "{first}\r\ncontent-type: application/problem+json\r\ncontent-length: {length}\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n{date}\r\n\r\n"
    )
    .into_bytes();
    whole.extend_from_slice(&answer.body);
    Some((bytes.len() - tail.len() + begin, whole))
}

fn problem(status: u16) -> Option<ProblemDetails> {
    let (code, detail) = match status {
        400 => (
            "malformed-request",
            "the request cannot be read: its request line, a header line or the length of its body is \
             malformed",
        ),
        408 => ("request-timeout", "the head of the request did not come in time"),
        431 => ("headers-too-large", "the header lines of the request are too long together"),
        _ => return None,
    };
    Some(ProblemDetails::new(status, code, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: x\r\n\r\n";

    #[test]
    fn a_bare_answer_gets_a_body_behind_what_is_written_before() {
        let before = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

        let (at, whole) = replace_bare_answer([before, BARE].concat().as_bytes()).unwrap();

        let whole = String::from_utf8(whole).unwrap();
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        assert_eq!(at, before.len());
        assert!(head.contains("\r\ndate: x") && head.contains(&format!("length: {}", body.len())));
        assert!(body.contains("malformed-request"), "{body}");
    }

    #[test]
    fn an_answer_of_ours_stays() {
        let ours = BARE.replace("date: x", "x-content-type-options: nosniff");

        assert_eq!(replace_bare_answer(ours.as_bytes()), None);
        assert_eq!(replace_bare_answer(BARE.replace("400", "404").as_bytes()), None);
        assert_eq!(replace_bare_answer(b"{}\r\n\r\n"), None);
    }
}
