//! Request lines as clients send them, mended before they are parsed.
//!
//! Microsoft's validator sends `GET /Users?filter=userName+eq+"a%40b.se"` with raw quotes
//! (fixtures/entra/), and scripts send `å` unescaped. RFC 3986 allows neither, and the HTTP parser
//! refuses both before any handler could be lenient. So these bytes are percent-encoded on their
//! way in. Nothing but a request line is touched.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection whose request lines are mended.
pub(crate) struct Mended {
    stream: TcpStream,
    state: State,
    /// Mended bytes that did not fit into the reader's buffer.
    waiting: Vec<u8>,
}

/// What the next byte read belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The start of a request, if it is a capital letter.
    Start,
    /// A request line.
    Line,
    /// Header lines or a body, until something is written: then the next request may begin.
    Rest,
}

impl Mended {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, state: State::Start, waiting: Vec::new() }
    }
}

impl State {
    /// Takes the bytes as they came, and adds them mended.
    fn mend(mut self, bytes: &[u8], mended: &mut Vec<u8>) -> Self {
        for (at, byte) in bytes.iter().enumerate() {
            if self == Self::Start {
                self = if byte.is_ascii_uppercase() { Self::Line } else { Self::Rest };
            }
            if self == Self::Rest {
                mended.extend_from_slice(&bytes[at..]);
                return self;
            }
            match byte {
                b'"' | b'<' | b'>' | 0x80.. => {
                    mended.extend_from_slice(format!("%{byte:02X}").as_bytes());
                }
                _ => mended.push(*byte),
            }
            if *byte == b'\n' {
                self = Self::Rest;
            }
        }
        self
    }

    /// Whether bytes can pass as they are: most requests have nothing to mend.
    fn passes(self, bytes: &[u8]) -> bool {
        let line = bytes.split(|it| *it == b'\n').next().unwrap_or_default();
        self == Self::Rest || !line.iter().any(|it| matches!(it, b'"' | b'<' | b'>' | 0x80..))
    }
}

impl AsyncRead for Mended {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.waiting.is_empty() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            let came = &buffer.filled()[before..];
            let mut mended = Vec::new();
            if this.state.passes(came) {
                // Only the state is wanted; the bytes stay where they are.
                let end = came.iter().position(|it| *it == b'\n').map_or(came.len(), |at| at + 1);
                this.state = this.state.mend(&came[..end], &mut mended);
                return Poll::Ready(Ok(()));
            }
            this.state = this.state.mend(came, &mut mended);
            buffer.set_filled(before);
            this.waiting = mended;
        }
        let fits = this.waiting.len().min(buffer.remaining());
        buffer.put_slice(&this.waiting[..fits]);
        this.waiting.drain(..fits);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Mended {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.state = State::Start;
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.state = State::Start;
        Pin::new(&mut this.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        b"GET /Users?filter=userName+eq+\"a\" HTTP/1.1\r\nX: \"y\"\r\n\r\n",
        b"GET /Users?filter=userName+eq+%22a%22 HTTP/1.1\r\nX: \"y\"\r\n\r\n"
    )]
    #[case("GET /ä HTTP/1.1\r\n".as_bytes(), b"GET /%C3%A4 HTTP/1.1\r\n")]
    #[case(b"{\"a\": 1}", b"{\"a\": 1}")]
    #[case(b"", b"")]
    fn only_a_request_line_is_mended(#[case] came: &[u8], #[case] expected: &[u8]) {
        let mut mended = Vec::new();

        State::Start.mend(came, &mut mended);

        assert_eq!(mended, expected);
    }

    #[test]
    fn a_line_that_comes_in_pieces_is_mended_whole() {
        let mut mended = Vec::new();
        let mut state = State::Start;

        for piece in [&b"GET /?q=\""[..], b"x\" HTT", b"P/1.1\r\nA: \"b\"\r\n"] {
            state = state.mend(piece, &mut mended);
        }

        assert_eq!(mended, b"GET /?q=%22x%22 HTTP/1.1\r\nA: \"b\"\r\n");
    }
}
