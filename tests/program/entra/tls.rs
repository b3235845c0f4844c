//! A target behind TLS.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::Output,
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

use super::desk::at;
use crate::running::{folder, text};

/// A service that finds nobody, and a folder with the certificate of its authority.
struct Target {
    url: String,
    folder: PathBuf,
}

impl Target {
    fn new(name: &str) -> Self {
        let folder = folder(name);
        let (authority, issuer) = authority();
        fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
        fs::write(folder.join("another.pem"), self::authority().0.pem()).unwrap();
        fs::write(folder.join("none.pem"), "nothing").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(of_localhost(&issuer));
        thread::spawn(move || {
            // Ends with the test.
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(config.clone()).unwrap();
                // A client that distrusts us hangs up.
                drop(find_nobody(StreamOwned::new(connection, stream)));
            }
        });
        Self { url: format!("https://localhost:{port}/scim"), folder }
    }

    fn test_connection(&self, words: &[&str]) -> Output {
        at(&self.folder, &self.url, "key", &[&["test-connection"], words].concat())
    }
}

fn authority() -> (Certificate, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap(), Issuer::new(params, key))
}

fn of_localhost(issuer: &Issuer<'static, KeyPair>) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    config.with_single_cert(vec![certificate.der().clone()], key).unwrap()
}

/// Answers each request of a connection with an empty list.
fn find_nobody(stream: StreamOwned<ServerConnection, std::net::TcpStream>) -> std::io::Result<()> {
    let body =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}"#;
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json";
        let length = body.len();
        write!(stream.get_mut(), "{head}\r\nContent-Length: {length}\r\n\r\n{body}")?;
        stream.get_mut().flush()?;
    }
}

#[test]
fn a_target_behind_tls_is_reached_if_its_authority_is_trusted() {
    let target = Target::new("entra-tls");

    let trusted = target.test_connection(&["--ca-certificate", "authority.pem"]);

    assert_eq!(trusted.status.code(), Some(0), "{}", text(&trusted.stdout));
}

#[test]
fn a_target_that_nobody_vouches_for_is_not_spoken_to() {
    let target = Target::new("entra-tls-distrust");

    for words in [&["--ca-certificate", "another.pem"][..], &[]] {
        let distrusted = target.test_connection(words);

        assert_eq!(distrusted.status.code(), Some(1), "{}", text(&distrusted.stderr));
        let said = text(&distrusted.stdout).to_lowercase();
        assert!(said.contains("certificate"), "{said}");
    }
}

#[test]
fn authorities_that_cannot_be_read_are_refused_before_anything_is_sent() {
    let target = Target::new("entra-tls-wrong");

    for (file, expected) in [("none.pem", "expected a certificate"), ("nowhere.pem", "nowhere.pem")]
    {
        let refused = target.test_connection(&["--ca-certificate", file]);

        assert_eq!(refused.status.code(), Some(3), "{file}");
        assert!(text(&refused.stderr).contains(expected), "{}", text(&refused.stderr));
    }
}
