//! Reads the values of arguments.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use clap::ValueEnum;

pub(super) use crate::http::{allowed_host, public_url};
use crate::{http::parse_duration, server::reachable};

/// The port of a server if nobody says.
pub(super) const USUAL_PORT: u16 = 8420;

/// Reads `250ms`, `2s`, or a whole number of milliseconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a duration such as 250ms or 2s".to_owned())
}

/// Reads a duration between two times of the same thing.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration(text).ok().filter(|it| !it.is_zero());
    interval.ok_or_else(|| "expected a duration above 0, such as 250ms or 10s".to_owned())
}

pub(super) fn pace(text: &str) -> Result<f64, String> {
    let pace: Option<f64> = text.parse().ok();
    let pace = pace.filter(|it| (0.01..=100.0).contains(it));
    pace.ok_or_else(|| "expected a number from 0.01 to 100".into())
}

/// A bearer token. Its `Debug` output hides it.
#[derive(Clone)]
pub(super) struct BearerToken(pub(super) String);

impl std::fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// The longest token in characters; servers accept headers of some thousands.
const LONGEST_TOKEN: usize = 4096;

/// Reads a token: visible ASCII characters.
pub(super) fn token(text: &str) -> Result<BearerToken, String> {
    let is_word = text.bytes().all(|it| it.is_ascii_graphic());
    if !text.is_empty() && text.len() <= LONGEST_TOKEN && is_word {
        return Ok(BearerToken(text.to_owned()));
    }
    Err(format!("expected a token: 1 to {LONGEST_TOKEN} ASCII characters without blanks"))
}

/// Reads a URL as [`public_url`] does; the server must be without TLS, as this program calls it.
pub(super) fn http_url(text: &str) -> Result<String, String> {
    let url = public_url(text).ok().filter(|it| it.starts_with("http://"));
    url.ok_or_else(|| "expected a URL such as http://127.0.0.1:8420".into())
}

/// The URL of a server on this machine that is configured by the environment alone. A value that serve
/// would refuse is left in it, and so refused here, too.
pub(super) fn usual_url(variable: &dyn Fn(&str) -> Option<String>) -> String {
    let set = |name: &str| variable(name).filter(|it| !it.is_empty());
    let port = set("MEDIUSFLOW_MOCK_PORT").unwrap_or_else(|| USUAL_PORT.to_string());
    let listen = set("MEDIUSFLOW_MOCK_LISTEN").unwrap_or_else(|| Ipv4Addr::LOCALHOST.to_string());
    match (listen.parse::<IpAddr>(), port.parse::<u16>()) {
        (Ok(ip), Ok(port)) => format!("http://{}", reachable(SocketAddr::new(ip, port))),
        _ => format!("http://{listen}:{port}"),
    }
}

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LineFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The least important log lines that are still written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogLevel {
    /// None at all.
    Off,
    /// What went wrong.
    Error,
    /// What may go wrong.
    Warn,
    /// Start and stop.
    Info,
    /// Each request.
    Debug,
    /// Everything.
    Trace,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("250ms", 250)]
    #[case("2s", 2_000)]
    #[case("0", 0)]
    #[case("40", 40)]
    fn a_duration_has_a_unit_or_is_in_milliseconds(#[case] text: &str, #[case] milliseconds: u64) {
        assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)));
    }

    #[rstest]
    #[case("")]
    #[case("ms")]
    #[case("-1s")]
    #[case("soon")]
    fn other_texts_are_no_duration(#[case] text: &str) {
        assert!(duration(text).is_err());
    }

    #[test]
    fn a_server_behind_tls_cannot_be_waited_for() {
        assert_eq!(http_url("http://mock.example/").as_deref(), Ok("http://mock.example"));
        assert!(http_url("https://mock.example").is_err());
    }

    #[rstest]
    #[case(None, None, "http://127.0.0.1:8420")]
    #[case(Some("9000"), None, "http://127.0.0.1:9000")]
    #[case(Some(""), Some(""), "http://127.0.0.1:8420")]
    #[case(Some("9000"), Some("0.0.0.0"), "http://127.0.0.1:9000")]
    #[case(None, Some("::"), "http://[::1]:8420")]
    #[case(None, Some("192.0.2.7"), "http://192.0.2.7:8420")]
    fn the_usual_url_is_that_of_a_server_with_the_same_environment(
        #[case] port: Option<&str>,
        #[case] listen: Option<&str>,
        #[case] expected: &str,
    ) {
        let variable = |name: &str| {
            let value = if name.ends_with("PORT") { port } else { listen };
            value.map(str::to_owned)
        };

        let url = usual_url(&variable);

        assert_eq!(url, expected);
        assert!(http_url(&url).is_ok());
    }

    #[rstest]
    #[case("1.0", true)]
    #[case("0", false)]
    #[case("-1", false)]
    #[case("NaN", false)]
    #[case("inf", false)]
    fn a_pace_is_a_sensible_number(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(pace(text).is_ok(), is_one);
    }
}
