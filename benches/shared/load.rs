//! The load generator: raw HTTP/1.1 over a few keep-alive connections, on the calling thread.
//!
//! Each connection sends its next request as soon as it has read its answer, so there are always as
//! many requests on their way as there are connections. Requests are bytes made beforehand and
//! answers are read no further than their status and length: the client must not be what is
//! measured.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// How many requests are on their way at a time, unless a case asks one by one.
pub(crate) const CONNECTIONS: usize = 16;

/// Connections to one server.
pub(crate) struct Load {
    connections: Vec<Connection>,
}

/// What a round took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    requests: usize,
    took: Duration,
    busy: Duration,
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Load {
    /// Opens the connections.
    pub(crate) fn connect(address: SocketAddr, connections: usize) -> Self {
        Self { connections: (0..connections).map(|_| Connection::open(address)).collect() }
    }

    /// Sends all requests, the first ones over the first connections and so on around; `before`
    /// is called before each. Every answer must have the expected status.
    pub(crate) fn run(
        &mut self,
        requests: &[Vec<u8>],
        expected: u16,
        mut before: impl FnMut(),
    ) -> Round {
        let count = self.connections.len();
        let (started, busy) = (Instant::now(), busy());
        for (at, request) in requests.iter().enumerate() {
            let connection = &mut self.connections[at % count];
            if at >= count {
                connection.read(expected);
            }
            before();
            connection.send(request);
        }
        for at in requests.len().saturating_sub(count)..requests.len() {
            self.connections[at % count].read(expected);
        }
        Round {
            requests: requests.len(),
            took: started.elapsed(),
            busy: self::busy().saturating_sub(busy),
        }
    }

    /// Sends one request and answers the body of its answer.
    pub(crate) fn ask(&mut self, request: &[u8], expected: u16) -> Vec<u8> {
        self.connections[0].send(request);
        self.connections[0].read(expected).to_vec()
    }
}

impl Load {
    /// Sends one request and waits for its answer, whatever that is; answers its status.
    pub(crate) fn ask_whatever(&mut self, request: &[u8]) -> u16 {
        self.connections[0].send(request);
        self.connections[0].read_any().0
    }
}

impl Round {
    /// Microseconds that a request took, with all connections in use.
    #[expect(clippy::cast_precision_loss, reason = "a time for a reader")]
    pub(crate) fn micros(&self) -> f64 {
        self.took.as_secs_f64() * 1e6 / self.requests as f64
    }

    /// Microseconds of processor time that the server spent on a request.
    #[expect(clippy::cast_precision_loss, reason = "a time for a reader")]
    pub(crate) fn busy_micros(&self) -> f64 {
        self.busy.as_secs_f64() * 1e6 / self.requests as f64
    }
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a connected socket takes the option");
        Self { stream, buffer: vec![0; 64 * 1024] }
    }

    fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("the server reads");
    }

    /// Reads one answer whole and yields its body.
    fn read(&mut self, expected: u16) -> &[u8] {
        let (status, end) = self.read_any();
        let (body, answer) = (end.0..end.1, String::from_utf8_lossy(&self.buffer[..end.1]));
        assert_eq!(status, expected, "{answer}");
        &self.buffer[body]
    }

    /// Reads one answer whole and yields its status, and where its body stands.
    fn read_any(&mut self) -> (u16, (usize, usize)) {
        let (mut filled, mut head) = (0, None);
        loop {
            if let Some((status, start, length)) = head
                && filled >= start + length
            {
                break (status, (start, start + length));
            }
            if filled == self.buffer.len() {
                self.buffer.resize(2 * filled, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            filled += read;
            head = head.or_else(|| self::head(&self.buffer[..filled]));
        }
    }
}

/// The status, where the body begins and how long it is, once the whole head is there.
fn head(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).expect("a head is text");
    let status = head.get(9..12).and_then(|it| it.parse().ok()).expect("a head has a status");
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Some((status, end, length.map_or(0, |(_, value)| value.parse().expect("a length is a number"))))
}

/// The processor time of all threads but this one: that of the server under load, since the others
/// rest. Zero where the system does not tell.
pub(crate) fn busy() -> Duration {
    let time = |path: &str| -> u64 {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(0)
    };
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let all: u64 = threads.map(|it| time(&format!("{}/schedstat", it.path().display()))).sum();
    Duration::from_nanos(all.saturating_sub(time("/proc/thread-self/schedstat")))
}
