//! Who listens on an address that is taken.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long a stranger may take to answer, all in all.
const PATIENCE: Duration = Duration::from_millis(300);

/// The name and pid of the mediusflow-mock that listens there, if it is one.
pub(super) fn of(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    // Whoever it is, an index is short; what was read until the silence is enough.
    drop(stream.take(64 * 1024).read_to_end(&mut answer));
    let text = String::from_utf8_lossy(&answer);
    let body = &text[text.find("\r\n\r\n")? + 4..];
    let index: serde_json::Value = serde_json::from_str(body).ok()?;
    let is_one = index["name"] == "mediusflow-mock";
    is_one.then(|| format!("mediusflow-mock, pid {}", index["pid"]))
}
