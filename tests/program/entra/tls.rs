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

const UNSIGNED: &str = "no authority that is trusted signed it";

/// A service that finds nobody, and a folder with the certificate of its authority.
struct Target {
    url: String,
    folder: PathBuf,
}

impl Target {
    fn new(name: &str) -> Self {
        let (authority, issuer) = authority();
        let key = KeyPair::generate().unwrap();
        let certificate = of_localhost().signed_by(&key, &issuer).unwrap();
        Self::showing(name, &certificate, &key, &authority)
    }

    /// A service whose certificate is its own authority.
    fn signed_by_itself(name: &str, params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self::showing(name, &certificate, &key, &certificate)
    }

    fn showing(name: &str, shown: &Certificate, key: &KeyPair, authority: &Certificate) -> Self {
        let folder = folder(name);
        fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
        fs::write(folder.join("another.pem"), self::authority().0.pem()).unwrap();
        fs::write(folder.join("none.pem"), "nothing").unwrap();
        fs::write(folder.join("authority.der"), authority.der()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(server(shown, key));
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

fn of_localhost() -> CertificateParams {
    CertificateParams::new(vec!["localhost".to_owned()]).unwrap()
}

fn server(certificate: &Certificate, key: &KeyPair) -> ServerConfig {
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
fn a_target_without_a_trusted_certificate_is_refused() {
    let target = Target::new("entra-tls-distrust");

    // A machine may have no authorities at all, which is another message.
    for (words, why) in [(&["--ca-certificate", "another.pem"][..], UNSIGNED), (&[], "certificate")]
    {
        let distrusted = target.test_connection(words);

        assert_eq!(distrusted.status.code(), Some(1), "{}", text(&distrusted.stderr));
        let said = text(&distrusted.stdout);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_self_signed_certificate_is_trusted_unless_it_is_an_authority() {
    let file = ["--ca-certificate", "authority.pem"];
    let server = Target::signed_by_itself("entra-tls-self", of_localhost());
    let mut params = of_localhost();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = Target::signed_by_itself("entra-tls-self-ca", params);

    let (trusted, distrusted) = (server.test_connection(&file), authority.test_connection(&file));

    assert_eq!(trusted.status.code(), Some(0), "{}", text(&trusted.stdout));
    assert_eq!(distrusted.status.code(), Some(1));
    let said = text(&distrusted.stdout);
    assert!(said.contains("a server needs one of its own (CA:FALSE)"), "{said}");
}

#[test]
fn the_error_of_a_target_without_tls_differs_from_that_of_an_untrusted_one() {
    let folder = folder("entra-tls-plain");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/scim", listener.local_addr().unwrap());
    thread::spawn(move || {
        // Ends with the test.
        for mut stream in listener.incoming().flatten() {
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
            // Until the client has read it and hangs up.
            drop(std::io::copy(&mut stream, &mut std::io::sink()));
        }
    });
    fs::write(folder.join("authority.pem"), authority().0.pem()).unwrap();

    let words = ["test-connection", "--ca-certificate", "authority.pem"];
    let refused = at(&folder, &url, "key", &words);

    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    let said = text(&refused.stdout);
    assert!(said.contains("the target does not speak TLS"), "{said}");
}

#[test]
fn authorities_that_cannot_be_read_are_refused_before_anything_is_sent() {
    let target = Target::new("entra-tls-wrong");

    let none = "expected a certificate as PEM, found none";
    for (file, expected) in
        [("none.pem", none), ("authority.der", none), ("nowhere.pem", "nowhere.pem")]
    {
        let refused = target.test_connection(&["--ca-certificate", file]);

        assert_eq!(refused.status.code(), Some(3), "{file}");
        assert!(text(&refused.stderr).contains(expected), "{}", text(&refused.stderr));
    }
}
