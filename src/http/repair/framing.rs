//! Finds the request lines in the bytes of a connection ([RFC
//! 9112](https://www.rfc-editor.org/rfc/rfc9112)).
//!
//! It parses only as much of HTTP as is necessary: which bytes are a body, by the two headers that
//! determine it. It must read them exactly as the real parser does, or a body could be taken for a request
//! line. Input that violates the grammar is left to that parser, which ends the connection.

use smol_str::SmolStr;

/// How many bytes of a line are kept to recognize its header: the length of the longest name with its
/// colon.
const NAME: usize = TRANSFER_ENCODING.len();

/// How many bytes of a header are kept. The parser refuses a longer head.
const LARGEST_HEAD: usize = 128 * 1024;

const CONTENT_LENGTH: &[u8] = b"content-length:";
const TRANSFER_ENCODING: &[u8] = b"transfer-encoding:";
const UPGRADE: &[u8] = b"upgrade:";
const CONNECTION: &[u8] = b"connection:";

/// Follows the bytes of one connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    position: FramePosition,
    /// The beginning of the current line; the whole line if it determines the end of the body or of the
    /// connection.
    line: Vec<u8>,
    /// Whether the method of the current request line is complete.
    is_in_target: bool,
    body: BodyLength,
    /// The received part of the name in the current header line, and whether its colon was received.
    name: (Vec<u8>, bool),
    /// The names of the header lines of the current head, in lower case.
    names: Vec<SmolStr>,
    /// The names of complete heads that were not taken yet.
    heads: Vec<Vec<SmolStr>>,
}

/// The repair of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// The byte is percent-encoded.
    Encoded,
    /// An empty list member is inserted after the byte, at the beginning of a list.
    EmptyMember,
    /// The option before the byte is changed to an unknown one.
    UnknownOption,
}

/// The part of a request to which the next byte belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum FramePosition {
    #[default]
    RequestLine,
    Header,
    /// A body with this number of remaining bytes.
    Body(u64),
    Chunk(u64),
    /// The first line of a chunk, with the size so far.
    ChunkSize(u64),
    /// The rest of that line after the size.
    ChunkExtension(u64),
    Trailer(Trailer),
    /// The rest of the connection is not understood, so it is not changed.
    Lost,
}

/// The position in the lines after the last chunk. They end with CR LF; a single LF is part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trailer {
    Start,
    Line,
    LineEnd,
    End,
}

/// The length of the body by the headers.
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
    /// The complete heads, each as the names of its header lines in order.
    pub(super) fn take_heads(&mut self) -> Vec<Vec<SmolStr>> {
        std::mem::take(&mut self.heads)
    }

    /// Reads the next bytes. Returns the positions and kinds of the necessary repairs: for bytes of a
    /// request line that the parser would refuse although their meaning is clear, and for headers that
    /// offer another protocol.
    ///
    /// The server upgrades no connection and may ignore the offer (RFC 9110 §7.8). The parser would read
    /// `Upgrade: websocket` as a body until the end of the connection, and `Connection: upgrade` as the
    /// last request of the connection.
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

    /// Reads a line of a head, or a part of one, which begins at this position.
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
            // A list with an empty member has the same meaning (RFC 9110 §5.6.1.2).
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

    /// Whether the current line is this header.
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

    /// Reads the length of the body from a header. Values that the parser refuses lead to `Lost`.
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

/// Whether RFC 3986 requires percent-encoding for this byte, which some clients do not do. A `#` would
/// begin a fragment, which no client sends; here it is part of a guest's name (`adele_contoso.com#EXT#@…`).
fn is_odd(byte: u8) -> bool {
    matches!(byte, b'"' | b'<' | b'>' | b'#' | 0x80..)
}

/// The position after a byte of the size of a chunk.
fn after_size(byte: u8, size: u64) -> FramePosition {
    let Some(digit) = char::from(byte).to_digit(16) else { return after_extension(byte, size) };
    match size.checked_mul(16) {
        Some(size) => FramePosition::ChunkSize(size + u64::from(digit)),
        None => FramePosition::Lost,
    }
}

/// The position after a byte that follows the size of a chunk. Chunk extensions are ignored.
fn after_extension(byte: u8, size: u64) -> FramePosition {
    match byte {
        b'\n' if size == 0 => FramePosition::Trailer(Trailer::Start),
        // Each chunk is followed by a line end.
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
