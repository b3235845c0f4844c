//! Repairs the request lines of clients before they are parsed.
//!
//! Microsoft's validator sends `GET /Users?filter=userName+eq+"a%40b.se"` with raw quotes
//! (fixtures/entra/), and scripts send `å` unescaped. RFC 3986 allows neither, and the HTTP parser refuses
//! both before a handler could accept them. So these bytes are percent-encoded before the parser reads
//! them. Only request lines are changed, and headers that offer another protocol: for these, the parser
//! would expect a body without end, or treat the request as the last one of the connection. The order of
//! the header lines is also noted here, since actix's header map does not keep it.
//!
//! Answers are written unchanged, until a handler [ends](Connection::end) the connection. The only
//! exceptions are answers of actix itself to input that is not a request: they have no body, and get one
//! here.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

mod bare;
mod connection;
mod framing;

use bare::replace_bare_answer;
pub(crate) use connection::{Connection, FinalBytes, HeaderNames};
use framing::{Framing, Repair};

/// A connection whose request lines are repaired.
pub(crate) struct RequestRepair {
    stream: TcpStream,
    framing: Framing,
    /// Repaired bytes that did not fit into the buffer of the reader.
    waiting: Vec<u8>,
    connection: Connection,
}

impl RequestRepair {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let (framing, waiting, connection) =
            (Framing::default(), Vec::new(), Connection::default());
        Self { stream, framing, waiting, connection }
    }

    /// The connection as handlers see it.
    pub(crate) fn connection(&self) -> Connection {
        self.connection.clone()
    }
}

/// The separator that is added before the first member of `Upgrade`.
const EMPTY_MEMBER: u8 = b',';

/// The character that is appended to an option of `Connection` to make it unknown.
const UNKNOWN_OPTION: u8 = b';';

/// Restores the value of a header as the client sent it.
pub(crate) fn as_sent(name: &str, value: &mut String) {
    match name {
        "upgrade" if value.as_bytes().first() == Some(&EMPTY_MEMBER) => {
            *value = value[1..].trim_start().to_owned();
        }
        "connection" => value.retain(|it| it != char::from(UNKNOWN_OPTION)),
        _ => {}
    }
}

/// The bytes with these repairs.
fn repaired(bytes: &[u8], repairs: &[(usize, Repair)]) -> Vec<u8> {
    let mut repaired = Vec::with_capacity(bytes.len() + 2 * repairs.len());
    let mut done = 0;
    for (at, repair) in repairs {
        repaired.extend_from_slice(&bytes[done..*at]);
        match repair {
            Repair::Encoded => {
                repaired.extend_from_slice(format!("%{:02X}", bytes[*at]).as_bytes());
            }
            Repair::EmptyMember => repaired.extend_from_slice(&[bytes[*at], EMPTY_MEMBER]),
            Repair::UnknownOption => repaired.extend_from_slice(&[UNKNOWN_OPTION, bytes[*at]]),
        }
        done = at + 1;
    }
    repaired.extend_from_slice(&bytes[done..]);
    repaired
}

impl AsyncRead for RequestRepair {
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
                this.connection.leave();
            }
            let repairs = this.framing.repairs(came);
            this.connection.add_heads(this.framing.take_heads());
            if repairs.is_empty() {
                return Poll::Ready(Ok(())); // most requests need no repair
            }
            this.waiting = repaired(came, &repairs);
            buffer.set_filled(before);
        }
        let fits = this.waiting.len().min(buffer.remaining());
        buffer.put_slice(&this.waiting[..fits]);
        this.waiting.drain(..fits);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for RequestRepair {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut bytes = bytes;
        if let Some((at, whole)) =
            replace_bare_answer(bytes).filter(|_| !this.connection.is_ending())
        {
            if at == 0 {
                this.connection.end(FinalBytes { bytes: whole, resets: false });
            }
            // The bytes before it are written first; the next write begins with it.
            bytes = &bytes[..at];
        }
        if this.connection.is_ending() {
            return this.connection.poll_end(context, &mut this.stream);
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
        if this.connection.is_ending() {
            return this.connection.poll_end(context, &mut this.stream);
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
    fn odd_bytes_are_percent_encoded_and_lists_lengthened() {
        let repairs = [
            (1, Repair::Encoded),
            (3, Repair::Encoded),
            (5, Repair::EmptyMember),
            (7, Repair::UnknownOption),
        ];

        assert_eq!(repaired(b"a\"b\xc3c:d,", &repairs), b"a%22b%C3c:,d;,");
    }
}
