//! TLS: which certificate authorities to trust, and why a target is not trusted.

use rustls::{CertificateError as Distrust, Error, InvalidMessage, RootCertStore};
use ureq::tls::{Certificate, PemItem, parse_pem};

/// Why certificates cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CertificateError(String);

/// Reads the certificates of authorities. Private keys among them are skipped.
///
/// # Errors
///
/// If there is no certificate, or a broken one.
pub(super) fn authorities(pem: &[u8]) -> Result<Vec<Certificate<'static>>, CertificateError> {
    let items = parse_pem(pem).collect::<Result<Vec<_>, _>>();
    let items = items.map_err(|error| CertificateError(error.to_string()))?;
    let certificates = items.into_iter().filter_map(|it| match it {
        PemItem::Certificate(it) => Some(it),
        _ => None,
    });
    let certificates: Vec<_> = certificates.collect();
    if certificates.is_empty() {
        return Err(CertificateError("expected a certificate as PEM, found none".to_owned()));
    }
    // The client skips certificates that it cannot read, and would then not trust the target.
    let mut store = RootCertStore::empty();
    for (at, certificate) in certificates.iter().enumerate() {
        store.add(certificate.der().into()).map_err(|_unreadable| {
            CertificateError(format!("certificate {} of the file is broken", at + 1))
        })?;
    }
    Ok(certificates)
}

/// The error in words that help the person who set the target up.
pub(super) fn explained(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(why) => {
            format!("the target's certificate is not trusted: {}", distrusted(why))
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the target does not speak TLS, though its URL begins with https".to_owned()
        }
        Error::General(why) => why.clone(),
        other => other.to_string(),
    }
}

fn distrusted(why: &Distrust) -> String {
    match why {
        // A signature matches no key if two authorities share a name.
        Distrust::UnknownIssuer | Distrust::BadSignature => {
            "no authority that is trusted signed it".to_owned()
        }
        // What `openssl req -x509` makes unless it is told otherwise.
        Distrust::Other(other) if other.0.to_string() == "CaUsedAsEndEntity" => {
            "it is an authority's (CA:TRUE), and a server needs one of its own (CA:FALSE)"
                .to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::generate_simple_self_signed;
    use rstest::rstest;

    use super::*;

    #[test]
    fn certificates_are_found_among_private_keys() {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let pem = made.signing_key.serialize_pem() + &made.cert.pem() + &made.cert.pem();

        let read = authorities(pem.as_bytes()).unwrap();

        let der: &[u8] = made.cert.der();
        assert_eq!(read.iter().map(Certificate::der).collect::<Vec<_>>(), [der; 2]);
    }

    #[test]
    fn a_broken_certificate_is_named() {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";

        let refused = authorities((made.cert.pem() + broken).as_bytes()).unwrap_err();

        assert_eq!(refused.to_string(), "certificate 2 of the file is broken");
    }

    #[rstest]
    #[case::nothing(b"")]
    #[case::no_text(b"\x30\x82\x01\xff")]
    fn a_file_that_is_no_pem_is_refused(#[case] bytes: &[u8]) {
        let refused = authorities(bytes).unwrap_err();

        assert_eq!(refused.to_string(), "expected a certificate as PEM, found none");
    }
}
