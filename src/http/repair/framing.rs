//! Where in a connection's bytes the request lines are
//! ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)).
//!
//! Only as much of HTTP as that takes: which bytes are a body, told by the two headers that say so. It
//! has to be read exactly as the real parser reads it, or a body would be taken for a request line.
//! What is against the grammar is left to that parser, which ends the connection.

use smol_str::SmolStr;

/// How many bytes of a line are kept to tell its header: as long as the longest name and its colon.
const NAME: usize = TRANSFER_ENCODING.len();

/// How many bytes of a header are kept: the parser refuses a head that is longer.
const LARGEST_HEAD: usize = 128 * 1024;

const CONTENT_LENGTH: &[u8] = b"content-length:";
const TRANSFER_ENCODING: &[u8] = b"transfer-encoding:";
const UPGRADE: &[u8] = b"upgrade:";
const CONNECTION: &[u8] = b"connection:";

/// Follows the bytes of one connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    position: FramePosition,
    /// The beginning of the present line; all of it if it says where the body or the connection ends.
    line: Vec<u8>,
    /// Whether the method of the present request line is over.
    is_in_target: bool,
    body: BodyLength,
    /// The name in the present header line as far as it came, and whether its colon did.
    name: (Vec<u8>, bool),
    /// The names of the header lines of the present head, in lower case.
    names: Vec<SmolStr>,
    /// Those of heads that are whole and were not taken yet.
    heads: Vec<Vec<SmolStr>>,
}

/// How a byte is repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// By its percent-encoding.
    Encoded,
    /// An empty member is put behind it, at the beginning of a list.
    EmptyMember,
    /// The option before it is made an unknown one.
    UnknownOption,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum FramePosition {
    #[default]
    RequestLine,
    Header,
    /// A body, or one chunk of it, with so many bytes to come.
    Body(u64),
    Chunk(u64),
    /// The line that begins a chunk, with the size so far.
    ChunkSize(u64),
    /// What follows the size in that line.
    ChunkExtension(u64),
    Trailer(Trailer),
    /// Nothing is known of what follows, so nothing is touched.
    Lost,
}

/// Where in the lines behind the last chunk. They end with CR and LF, and an LF alone is a part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trailer {
    Start,
    Line,
    LineEnd,
    End,
}

/// What the headers say of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyLength {
    Sized(u64),
    Chunked,
}

impl Default for BodyLength {
    fn default() -> Self {
        Self::Sized(0)
    }
}

impl Framing {
    /// The heads that came to their end, each as the names of its header lines in their order.
    pub(super) fn take_heads(&mut self) -> Vec<Vec<SmolStr>> {
        std::mem::take(&mut self.heads)
    }

    /// Goes on over the next bytes; returns where in them one has to be repaired: a byte of a request
    /// line that the parser would refuse, though its meaning is plain, or one of those that offer
    /// another protocol.
    ///
    /// The server upgrades nothing and may ignore an offer (RFC 9110 §7.8). The parser would take
    /// `Upgrade: websocket` for a body that ends with the connection, and `Connection: upgrade` for the
    /// connection's last request.
    pub(super) fn repairs(&mut self, bytes: &[u8]) -> Vec<(usize, Repair)> {
        let mut repairs = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            at += match self.position {
                FramePosition::Lost => return repairs,
                FramePosition::Body(left) => {
                    self.skip(rest, left, FramePosition::Body, FramePosition::RequestLine)
                }
                FramePosition::Chunk(left) => {
                    self.skip(rest, left, FramePosition::Chunk, FramePosition::ChunkSize(0))
                }
                FramePosition::ChunkSize(size) => {
                    self.position = after_size(rest[0], size);
                    1
                }
                FramePosition::ChunkExtension(size) => {
                    self.position = after_extension(rest[0], size);
                    1
                }
                FramePosition::Trailer(trailer) => {
                    self.position = after_trailer(rest[0], trailer);
                    1
                }
                FramePosition::RequestLine | FramePosition::Header => {
                    let end =
                        rest.iter().position(|it| *it == b'\n').map_or(rest.len(), |it| it + 1);
                    self.read(&rest[..end], at, &mut repairs);
                    end
                }
            };
        }
        repairs
    }

    fn skip(
        &mut self,
        rest: &[u8],
        left: u64,
        same: fn(u64) -> FramePosition,
        next: FramePosition,
    ) -> usize {
        let end = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let left = left - end as u64;
        self.position = if left == 0 { next } else { same(left) };
        end
    }

    /// Takes a line of a head or a part of one, which begins at this position.
    fn read(&mut self, piece: &[u8], at: usize, repairs: &mut Vec<(usize, Repair)>) {
        let before = self.line.len();
        let name = NAME.saturating_sub(before).min(piece.len());
        self.line.extend_from_slice(&piece[..name]);
        if self.position == FramePosition::RequestLine {
            for (index, byte) in piece.iter().enumerate() {
                self.is_in_target |= *byte == b' ';
                if self.is_in_target && is_odd(*byte) {
                    repairs.push((at + index, Repair::Encoded));
                }
            }
        } else if [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION].iter().any(|it| self.says(it)) {
            self.line.extend_from_slice(&piece[name..]);
            if self.line.len() > LARGEST_HEAD {
                self.position = FramePosition::Lost;
            }
            if self.says(CONNECTION) {
                let ends = (before..self.line.len()).filter(|it| self.has_upgrade_before(*it));
                repairs.extend(ends.map(|it| (at + it - before, Repair::UnknownOption)));
            }
        } else if self.says(UPGRADE) && before < UPGRADE.len() {
            // A list with an empty member says the same (RFC 9110 §5.6.1.2).
            repairs.push((at + UPGRADE.len() - 1 - before, Repair::EmptyMember));
        }
        if self.position == FramePosition::Header && !self.name.1 {
            let end = piece.iter().position(|it| *it == b':');
            self.name.0.extend_from_slice(&piece[..end.unwrap_or(piece.len()).min(LARGEST_HEAD)]);
            self.name.1 = end.is_some();
        }
        if piece.ends_with(b"\n") {
            self.position = self.after_line();
            self.line.clear();
            self.name.0.clear();
            self.name.1 = false;
            self.is_in_target = false;
        }
    }

    /// Whether the present line is of this header.
    fn says(&self, name: &[u8]) -> bool {
        self.line.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
    }

    /// Whether the option `upgrade` of a list ends before this position in the line.
    fn has_upgrade_before(&self, position: usize) -> bool {
        let ends = |byte: &u8| matches!(byte, b':' | b',' | b' ' | b'\t' | b'\r' | b'\n');
        let last = self.line[..position].rsplit(ends).next().unwrap_or_default();
        ends(&self.line[position]) && last.eq_ignore_ascii_case(b"upgrade")
    }

    fn after_line(&mut self) -> FramePosition {
        let is_empty = matches!(self.line.as_slice(), b"\r\n" | b"\n");
        match self.position {
            // "a server … SHOULD ignore at least one empty line" before a request (RFC 9112 §2.2).
            FramePosition::RequestLine if is_empty => FramePosition::RequestLine,
            FramePosition::RequestLine => {
                self.body = BodyLength::default();
                self.names.clear();
                FramePosition::Header
            }
            FramePosition::Header if is_empty => {
                self.heads.push(std::mem::take(&mut self.names));
                match self.body {
                    BodyLength::Sized(0) => FramePosition::RequestLine,
                    BodyLength::Sized(length) => FramePosition::Body(length),
                    BodyLength::Chunked => FramePosition::ChunkSize(0),
                }
            }
            FramePosition::Header => {
                let name = String::from_utf8_lossy(&self.name.0).to_ascii_lowercase();
                self.names.push(name.into());
                self.after_header()
            }
            position => position,
        }
    }

    /// Reads what a header says of the body. What the parser refuses leads nowhere.
    fn after_header(&mut self) -> FramePosition {
        let value = |name: &[u8]| std::str::from_utf8(&self.line[name.len()..]).map(str::trim);
        if self.says(CONTENT_LENGTH) {
            let digits = value(CONTENT_LENGTH).ok().filter(|it| !it.starts_with('+'));
            let Some(length) = digits.and_then(|it| it.parse().ok()) else {
                return FramePosition::Lost;
            };
            self.body = BodyLength::Sized(length);
        } else if self.says(TRANSFER_ENCODING) {
            let is_chunked =
                value(TRANSFER_ENCODING).is_ok_and(|it| it.eq_ignore_ascii_case("chunked"));
            if !is_chunked {
                return FramePosition::Lost;
            }
            self.body = BodyLength::Chunked;
        }
        FramePosition::Header
    }
}

/// What RFC 3986 wants percent-encoded and some clients send as it is. A `#` would begin a fragment,
/// which no client sends: it is one of a guest's name (`adele_contoso.com#EXT#@…`).
fn is_odd(byte: u8) -> bool {
    matches!(byte, b'"' | b'<' | b'>' | b'#' | 0x80..)
}

/// What follows a byte of the size of a chunk.
fn after_size(byte: u8, size: u64) -> FramePosition {
    let Some(digit) = char::from(byte).to_digit(16) else { return after_extension(byte, size) };
    match size.checked_mul(16) {
        Some(size) => FramePosition::ChunkSize(size + u64::from(digit)),
        None => FramePosition::Lost,
    }
}

/// What follows a byte behind the size of a chunk: an extension says nothing.
fn after_extension(byte: u8, size: u64) -> FramePosition {
    match byte {
        b'\n' if size == 0 => FramePosition::Trailer(Trailer::Start),
        // Its line end follows each chunk.
        b'\n' => FramePosition::Chunk(size.saturating_add(2)),
        _ => FramePosition::ChunkExtension(size),
    }
}

fn after_trailer(byte: u8, trailer: Trailer) -> FramePosition {
    FramePosition::Trailer(match (trailer, byte) {
        (Trailer::Start, b'\r') => Trailer::End,
        (Trailer::End, b'\n') => return FramePosition::RequestLine,
        (Trailer::LineEnd, b'\n') => Trailer::Start,
        (Trailer::Line, b'\r') => Trailer::LineEnd,
        (Trailer::Start | Trailer::Line, _) => Trailer::Line,
        (Trailer::End | Trailer::LineEnd, _) => return FramePosition::Lost,
    })
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
            for (at, repair) in framing.repairs(&piece.clone()) {
                piece[at] = match repair {
                    Repair::Encoded => b'_',
                    Repair::EmptyMember => b',',
                    Repair::UnknownOption => b';',
                };
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
    #[case::a_padded_length(
        "POST / HTTP/1.1\r\nContent-Length: 00000000000000000000000000000000000000000000000000\
         000000000000000000000000000018\r\n\r\nGET /\"1\" HTTP/1.1\nGET /\"2\" HTTP/1.1\n\n",
        "POST / HTTP/1.1\r\nContent-Length: 00000000000000000000000000000000000000000000000000\
         000000000000000000000000000018\r\n\r\nGET /\"1\" HTTP/1.1\nGET /_2_ HTTP/1.1\n\n"
    )]
    #[case::a_length_far_from_its_name(
        "POST / HTTP/1.1\r\nContent-Length:                                                     \
                                          3\r\n\r\n\"1\"GET /\"2\" HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length:                                                     \
                                          3\r\n\r\n\"1\"GET /_2_ HTTP/1.1\r\n\r\n"
    )]
    #[case::a_padded_chunk_and_a_long_extension(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
         0000000000000000000000000000000000000000000000000000000000000000000000000000000000004\
         ;name=\"0123456789012345678901234567890123456789012345678901234567890123456789\"\r\n\
         \"\r\n\"\r\n00000000000000000000000000000000000000000000000000000000000000000000\r\n\
         Trailer: \"\r\n \r\nx\n\r\n\r\nGET /\"2\" HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
         0000000000000000000000000000000000000000000000000000000000000000000000000000000000004\
         ;name=\"0123456789012345678901234567890123456789012345678901234567890123456789\"\r\n\
         \"\r\n\"\r\n00000000000000000000000000000000000000000000000000000000000000000000\r\n\
         Trailer: \"\r\n \r\nx\n\r\n\r\nGET /_2_ HTTP/1.1\r\n\r\n"
    )]
    #[case::an_upgrade_has_an_empty_member(
        "POST / HTTP/1.1\r\nUPGRADE: websocket\r\nUpgraded: a:b\r\nContent-Length: 1\r\n\r\n\"",
        "POST / HTTP/1.1\r\nUPGRADE, websocket\r\nUpgraded: a:b\r\nContent-Length: 1\r\n\r\n\""
    )]
    #[case::the_option_upgrade_is_unknown(
        "GET / HTTP/1.1\r\nConnection:upgrade\r\nConnection: Upgrade, HTTP2-Settings,UPGRADE \r\n\
         Connection: upgraded, no-upgrade, close\r\nX: upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection:upgrade;\nConnection: Upgrade; HTTP2-Settings,UPGRADE;\r\n\
         Connection: upgraded, no-upgrade, close\r\nX: upgrade\r\n\r\n"
    )]
    #[case::a_method_is_no_target("G#T /# HTTP/1.1\r\n\r\n", "G#T /_ HTTP/1.1\r\n\r\n")]
    #[case::lengths_that_the_parser_refuses(
        "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n\"1\"GET /\"2\" HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n\"1\"GET /\"2\" HTTP/1.1\r\n\r\n"
    )]
    #[case::an_encoding_that_the_parser_refuses(
        "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\nGET /\"2\" HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\nGET /\"2\" HTTP/1.1\r\n\r\n"
    )]
    fn only_request_lines_are_odd_however_they_come(#[case] text: &str, #[case] expected: &str) {
        for size in [1, 2, 7, 64, 1_000] {
            assert_eq!(followed(text, size), expected, "in pieces of {size}");
        }
    }
}
