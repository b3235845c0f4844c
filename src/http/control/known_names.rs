//! Checks the names in assertions that expect no exchange. Such an assertion always passes if a name is
//! misspelled.

use super::ProblemDetails;
use crate::{
    journal::{Expectation, FilterKey},
    scim::{Quirk, nearest},
    tenant::Tenant,
};

/// Type names that a filter may contain besides the words of its key.
const OTHER_TYPES: [&str; 4] = ["Configuration", "UserConfiguration", "SecretKey", "AccessToken"];

/// The only finding that is not a quirk of the form of a request.
const IMPATIENT: &str = "retryAfterIgnored";

/// Refuses an expectation that zero exchanges can meet, if its filter contains a name that no exchange of
/// the tenant can have.
///
/// # Errors
///
/// 400 `never-matches`, with the known names.
pub(super) fn refuse_unknown_names(
    expected: &Expectation,
    tenant: &Tenant,
) -> Result<(), ProblemDetails> {
    if expected.count.is_none_or(|it| it.at_least > 0) {
        return Ok(());
    }
    for (key, name) in expected.r#match.known_names() {
        let known = known(key, tenant);
        if known.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            continue;
        }
        let (key, list) = (key.name, known.join(", "));
        let detail = format!("`{key}:{name}` can never match: expected one of {list}");
        let problem = ProblemDetails::new(400, "never-matches", detail);
        return Err(match nearest(name, known.iter().map(String::as_str)) {
            Some(meant) => problem.meant(meant),
            None => problem.hint(format!("write {key}:={name} if it is to come later")),
        });
    }
    Ok(())
}

/// Every name that an exchange can have for a filter key.
fn known(key: &FilterKey, tenant: &Tenant) -> Vec<String> {
    let words: Vec<&str> = match key.name {
        "finding" => Quirk::ALL.iter().map(|it| it.name()).chain(["any", IMPATIENT]).collect(),
        "fault" => vec!["any", "prefer"],
        _ => key.values.iter().copied().chain(OTHER_TYPES).collect(),
    };
    let mut known: Vec<String> = words.into_iter().map(str::to_owned).collect();
    match key.name {
        "type" => {
            let schemas = tenant.schemas();
            known.extend(schemas.resource_types().iter().map(|it| it.name.to_string()));
        }
        "fault" => {
            known.extend(tenant.faults().all().into_iter().map(|it| it.id.to_string()));
            // A deleted rule may have been applied to earlier requests.
            let seen = tenant.journal().since(0, usize::MAX).items;
            known.extend(seen.iter().filter_map(|it| Some(it.fault.as_ref()?.rule.to_string())));
            known.sort();
            known.dedup();
        }
        _ => {}
    }
    known
}
