//! An assertion that something never came is worth nothing if it could not come.

use super::ProblemDetails;
use crate::{
    journal::{Expectation, FilterKey},
    scim::{Quirk, nearest},
    tenant::Tenant,
};

/// What a filter may name besides the words of its key.
const OTHER_TYPES: [&str; 4] = ["Configuration", "UserConfiguration", "SecretKey", "AccessToken"];

/// The finding that is no quirk of a request's form.
const IMPATIENT: &str = "retryAfterIgnored";

/// Looks for a name in an assertion that nothing may be met by, and that no exchange of the tenant has.
///
/// # Errors
///
/// 400 `never-matches`, which tells the names that there are.
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

/// Every name that an exchange may have where a key looks.
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
            // A rule that has been deleted may have met somebody before.
            let seen = tenant.journal().since(0, usize::MAX).items;
            known.extend(seen.iter().filter_map(|it| Some(it.fault.as_ref()?.rule.to_string())));
            known.sort();
            known.dedup();
        }
        _ => {}
    }
    known
}
