//! The field that proves that a form is a page of ours, shown to who sends it.

use sha2::{Digest as _, Sha256};

use crate::{http::problem::ProblemDetails, tenant::same_secret};

/// The name of the hidden field.
pub(in crate::http) const FIELD: &str = "csrf";

/// What the field of a form at this address holds for a session: it follows from both, so that nothing has
/// to be kept.
pub(in crate::http) fn token(session: &str, address: &str) -> String {
    let digest = Sha256::digest([session, "\n", address].concat());
    let hex = digest.iter().flat_map(|it| [it >> 4, it & 15]);
    hex.filter_map(|it| char::from_digit(it.into(), 16)).collect()
}

/// Refuses a form that does not bring it.
///
/// # Errors
///
/// 403 `wrong-form`.
pub(in crate::http) fn check(
    session: &str,
    address: &str,
    sent: Option<&str>,
) -> Result<(), ProblemDetails> {
    if sent.is_some_and(|it| same_secret(it, &token(session, address))) {
        return Ok(());
    }
    let detail = "the form was not shown in this session";
    Err(ProblemDetails::new(403, "wrong-form", detail)
        .hint("open the page again and send its own form"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_good_for_its_session_and_address_alone() {
        let sent = token("s1", "/A/admin/integration");

        assert!(check("s1", "/A/admin/integration", Some(&sent)).is_ok());
        assert!(check("s2", "/A/admin/integration", Some(&sent)).is_err());
        assert!(check("s1", "/A/admin/users", Some(&sent)).is_err());
        assert!(check("s1", "/A/admin/integration", None).is_err());
    }
}
