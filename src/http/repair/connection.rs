//! A connection for handlers: whether the client is still connected, and how to end the connection.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    http::header::{HeaderMap, HeaderValue},
    rt::net::TcpStream,
};
use smol_str::SmolStr;
use tokio::io::AsyncWrite as _;

/// A connection for handlers. Every request on it has the same one
/// ([`conn_data`](actix_web::HttpRequest::conn_data)).
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Rc<ConnectionState>);

#[derive(Debug, Default)]
struct ConnectionState {
    has_left: Cell<bool>,
    /// Set when only the final bytes may be written.
    is_ending: Cell<bool>,
    last: RefCell<FinalBytes>,
    /// The received heads of requests that have not reached a handler yet.
    heads: RefCell<VecDeque<HeaderNames>>,
}

/// The names of a request's header lines in the order in which they were sent, in lower case.
#[derive(Clone, Debug)]
pub(crate) struct HeaderNames(Rc<[SmolStr]>);

/// The end of a connection.
#[derive(Debug, Default)]
pub(crate) struct FinalBytes {
    /// The bytes that are written before the end.
    pub(crate) bytes: Vec<u8>,
    /// Whether the connection then ends with a RST instead of an orderly close.
    pub(crate) resets: bool,
}

impl Connection {
    /// Ends the connection instead of writing the next answer.
    pub(crate) fn end(&self, last: FinalBytes) {
        *self.0.last.borrow_mut() = last;
        self.0.is_ending.set(true);
    }

    /// The head of the next request. Handlers get requests in the order of their heads.
    pub(crate) fn next_head(&self) -> Option<HeaderNames> {
        self.0.heads.borrow_mut().pop_front()
    }

    pub(super) fn add_heads(&self, heads: Vec<Vec<SmolStr>>) {
        self.0.heads.borrow_mut().extend(heads.into_iter().map(|it| HeaderNames(it.into())));
    }

    /// Whether the client has closed its side.
    ///
    /// This does not need a waker: the task of the connection is woken, and it also polls the handlers.
    pub(crate) fn has_left(&self) -> bool {
        self.0.has_left.get()
    }

    pub(super) fn leave(&self) {
        self.0.has_left.set(true);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.0.is_ending.get()
    }

    /// Writes the final bytes and ends the connection. When that is done, returns the error that makes
    /// actix drop the connection.
    pub(super) fn poll_end(
        &self,
        context: &mut Context<'_>,
        stream: &mut TcpStream,
    ) -> Poll<io::Result<usize>> {
        let mut last = self.0.last.borrow_mut();
        while !last.bytes.is_empty() {
            let written = ready!(Pin::new(&mut *stream).poll_write(context, &last.bytes))?;
            last.bytes.drain(..written);
        }
        if last.resets {
            stream.set_zero_linger()?; // closing then sends a RST
        } else {
            ready!(Pin::new(stream).poll_shutdown(context))?;
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }
}

impl HeaderNames {
    /// The headers in the order of their lines; `None` if they do not belong to this head.
    pub(crate) fn sorted<'a>(
        &'a self,
        headers: &'a HeaderMap,
    ) -> Option<Vec<(&'a str, &'a HeaderValue)>> {
        if self.0.len() != headers.len() {
            return None;
        }
        let line = |(at, name): (usize, &'a SmolStr)| {
            let nth = self.0[..at].iter().filter(|it| *it == name).count();
            Some((name.as_str(), headers.get_all(name.as_str()).nth(nth)?))
        };
        self.0.iter().enumerate().map(line).collect()
    }
}
