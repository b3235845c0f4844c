//! Where in a connection's bytes the request lines are
//! ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)).
//!
//! Only as much of HTTP as that takes: which bytes are a body, told by the two headers that say so.
//! What is against the grammar is left to the real parser, which ends the connection.

/// How many bytes of a line are looked at: the headers that matter are shorter.
const LINE_START: usize = 64;

/// Follows the bytes of one connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    place: Place,
    /// The beginning of the present line.
    line: Vec<u8>,
    body: Body,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    RequestLine,
    Header,
    /// A body, or one chunk of it, with so many bytes to come.
    Body(u64),
    Chunk(u64),
    ChunkSize,
    Trailer,
    /// Nothing is known of what follows, so nothing is touched.
    Lost,
}

/// What the headers say of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Sized(u64),
    Chunked,
}

impl Default for Body {
    fn default() -> Self {
        Self::Sized(0)
    }
}

impl Framing {
    /// Goes on over the next bytes; returns where in them a request line has a byte that the parser
    /// would refuse, though its meaning is plain.
    pub(super) fn odd_bytes(&mut self, bytes: &[u8]) -> Vec<usize> {
        let mut odd = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let end = match self.place {
                Place::Lost => return odd,
                Place::Body(left) => self.skip(rest, left, Place::Body, Place::RequestLine),
                Place::Chunk(left) => self.skip(rest, left, Place::Chunk, Place::ChunkSize),
                place => {
                    let end =
                        rest.iter().position(|it| *it == b'\n').map_or(rest.len(), |it| it + 1);
                    if place == Place::RequestLine {
                        let found = rest[..end].iter().enumerate().filter(|(_, it)| is_odd(**it));
                        odd.extend(found.map(|(index, _)| at + index));
                    }
                    self.read(&rest[..end]);
                    end
                }
            };
            at += end;
        }
        odd
    }

    fn skip(&mut self, rest: &[u8], left: u64, same: fn(u64) -> Place, next: Place) -> usize {
        let end = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let left = left - end as u64;
        self.place = if left == 0 { next } else { same(left) };
        end
    }

    /// Takes a line or a part of one.
    fn read(&mut self, piece: &[u8]) {
        let room = LINE_START.saturating_sub(self.line.len());
        self.line.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.ends_with(b"\n") {
            let line = std::mem::take(&mut self.line);
            self.place = self.after(line.trim_ascii());
            // The next line uses the same memory.
            self.line = line;
            self.line.clear();
        }
    }

    fn after(&mut self, line: &[u8]) -> Place {
        match (self.place, line) {
            // "a server … SHOULD ignore at least one empty line" before a request (RFC 9112 §2.2).
            (Place::RequestLine, b"") => Place::RequestLine,
            (Place::RequestLine, _) => {
                self.body = Body::default();
                Place::Header
            }
            (Place::Header, b"") => match self.body {
                Body::Sized(0) => Place::RequestLine,
                Body::Sized(length) => Place::Body(length),
                Body::Chunked => Place::ChunkSize,
            },
            (Place::Header, line) => self.header(line),
            (Place::ChunkSize, line) => match chunk_size(line) {
                Some(0) => Place::Trailer,
                // Its line end follows each chunk.
                Some(size) => Place::Chunk(size.saturating_add(2)),
                None => Place::Lost,
            },
            (Place::Trailer, b"") => Place::RequestLine,
            (place, _) => place,
        }
    }

    fn header(&mut self, line: &[u8]) -> Place {
        // Most lines are of other headers, and are not read further than their first letters.
        let is =
            |name: &[u8]| line.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
        if !is(b"content-length:") && !is(b"transfer-encoding:") {
            return Place::Header;
        }
        let text = String::from_utf8_lossy(line).to_ascii_lowercase();
        let Some((name, value)) = text.split_once(':') else { return Place::Header };
        match (name, value.trim().parse()) {
            ("content-length", Ok(length)) if self.body != Body::Chunked => {
                self.body = Body::Sized(length);
            }
            ("content-length", Err(_)) => return Place::Lost,
            ("transfer-encoding", _) if value.contains("chunked") => self.body = Body::Chunked,
            _ => {}
        }
        Place::Header
    }
}

/// What RFC 3986 wants percent-encoded and some clients send as it is. A `#` would begin a fragment,
/// which no client sends: it is one of a guest's name (`adele_contoso.com#EXT#@…`).
fn is_odd(byte: u8) -> bool {
    matches!(byte, b'"' | b'<' | b'>' | b'#' | 0x80..)
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|it| *it == b';').next()?.trim_ascii();
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The bytes as the parser gets them, with odd ones shown as `_`, when they come in pieces of
    /// this size.
    fn followed(text: &str, size: usize) -> String {
        let mut framing = Framing::default();
        let mut shown = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            let mut piece = piece.to_vec();
            for at in framing.odd_bytes(&piece.clone()) {
                piece[at] = b'_';
            }
            shown.extend(piece);
        }
        String::from_utf8(shown).unwrap()
    }

    #[rstest]
    #[case::headers_stay(
        "GET /?filter=userName+eq+\"a#b\" HTTP/1.1\r\nX: \"y\"\r\n\r\n",
        "GET /?filter=userName+eq+_a_b_ HTTP/1.1\r\nX: \"y\"\r\n\r\n"
    )]
    #[case::not_ascii("GET /ä HTTP/1.1\r\nA: ä\r\n\r\n", "GET /__ HTTP/1.1\r\nA: ä\r\n\r\n")]
    #[case::a_body_that_looks_like_a_request(
        "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET /\"1\" HTTP/1.1\nGET /\"2\" HTTP/1.1\n\n",
        "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET /\"1\" HTTP/1.1\nGET /_2_ HTTP/1.1\n\n"
    )]
    #[case::a_chunked_body(
        "POST / HTTP/1.1\r\ntransfer-encoding:  Chunked\r\n\r\n\
         B;x=\"y\"\r\nPOST \"\r\n\r\n\"\r\n0\r\nT: \"t\"\r\n\r\nGET /\"2\" HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding:  Chunked\r\n\r\n\
         B;x=\"y\"\r\nPOST \"\r\n\r\n\"\r\n0\r\nT: \"t\"\r\n\r\nGET /_2_ HTTP/1.1\r\n\r\n"
    )]
    #[case::empty_lines_between_requests(
        "GET /\"1\" HTTP/1.1\r\n\r\n\r\n\r\nGET /\"2\" HTTP/1.1\r\n\r\n",
        "GET /_1_ HTTP/1.1\r\n\r\n\r\n\r\nGET /_2_ HTTP/1.1\r\n\r\n"
    )]
    #[case::a_length_that_is_none(
        "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\nGET /\"1\" HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\nGET /\"1\" HTTP/1.1\r\n"
    )]
    fn only_request_lines_are_odd_however_they_come(#[case] text: &str, #[case] expected: &str) {
        for size in [1, 2, 7, 64, 1_000] {
            assert_eq!(followed(text, size), expected, "in pieces of {size}");
        }
    }
}
