//! Who waits for something to happen does not keep the server from stopping.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::support::server;

/// A grace that no test waits for: were it used up, the client's patience below would be, too.
const GRACE: Duration = Duration::from_mins(10);

#[test]
fn event_streams_and_long_polls_do_not_hold_up_a_stop() {
    let server = server();
    let address = server.address();
    let open = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let path = format!("/_mock/v1/tenants/NordlysQA{path}");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        stream
    };
    let polls = [
        open("/requests/wait?timeout=600s"),
        open("/state/wait?users=title%20eq%20%22Chief%22&timeout=600s"),
    ];
    let mut events = BufReader::new(open("/events"));
    // One worker takes connections in turn: when the last has begun, the others have come.
    let mut line = String::new();
    while !line.starts_with(": mediusflow-mock") {
        line.clear();
        assert_ne!(events.read_line(&mut line).unwrap(), 0, "the stream has ended");
    }

    let stops = std::thread::spawn(move || server.stop(GRACE));

    for mut poll in polls {
        let mut rest = Vec::new();
        // However the connection ends, it ends before this client's patience does.
        if let Err(error) = poll.read_to_end(&mut rest) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
    }
    stops.join().unwrap();
}
