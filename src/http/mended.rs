//! Request lines as clients send them, mended before they are parsed.
//!
//! Microsoft's validator sends `GET /Users?filter=userName+eq+"a%40b.se"` with raw quotes
//! (fixtures/entra/), and scripts send `å` unescaped. RFC 3986 allows neither, and the HTTP parser
//! refuses both before any handler could be lenient. So these bytes are percent-encoded on their
//! way in. Nothing but a request line is touched.
//!
//! On the way out bytes pass unchanged, until a handler [ends](Line::end) the connection.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

mod framing;
mod line;

use framing::Framing;
pub(crate) use line::{LastWords, Line};

/// A connection whose request lines are mended.
pub(crate) struct Mended {
    stream: TcpStream,
    framing: Framing,
    /// Mended bytes that did not fit into the reader's buffer.
    waiting: Vec<u8>,
    line: Line,
}

impl Mended {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let (framing, waiting, line) = (Framing::default(), Vec::new(), Line::default());
        Self { stream, framing, waiting, line }
    }

    /// The connection as handlers see it.
    pub(crate) fn line(&self) -> Line {
        self.line.clone()
    }
}

/// The bytes with these of them percent-encoded.
fn encoded(bytes: &[u8], odd: &[usize]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len() + 2 * odd.len());
    let mut done = 0;
    for at in odd {
        encoded.extend_from_slice(&bytes[done..*at]);
        encoded.extend_from_slice(format!("%{:02X}", bytes[*at]).as_bytes());
        done = at + 1;
    }
    encoded.extend_from_slice(&bytes[done..]);
    encoded
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
            if came.is_empty() && buffer.remaining() > 0 {
                this.line.leave();
            }
            let odd = this.framing.odd_bytes(came);
            if odd.is_empty() {
                return Poll::Ready(Ok(())); // most requests have nothing to mend
            }
            this.waiting = encoded(came, &odd);
            buffer.set_filled(before);
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
        if this.line.is_ending() {
            return this.line.poll_end(context, &mut this.stream);
        }
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
        if this.line.is_ending() {
            return this.line.poll_end(context, &mut this.stream);
        }
        Pin::new(&mut this.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_bytes_are_percent_encoded() {
        assert_eq!(encoded(b"a\"b\xc3", &[1, 3]), b"a%22b%C3");
    }
}
