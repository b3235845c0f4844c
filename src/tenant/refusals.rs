//! Refusals that know the tenant: what is there instead of what was asked for.

use std::sync::Arc;

use super::{OperationTarget, State};
use crate::{
    medius::UserConfiguration,
    scim::{ScimError, ScimType, nearest, quoted},
};

/// The 412 of a request that names other versions than the one that is there
/// ([RFC 7644 §3.14](https://www.rfc-editor.org/rfc/rfc7644#section-3.14)).
pub fn stale(wanted: &str, etag: &str) -> ScimError {
    ScimError::precondition_failed(format!("If-Match is {wanted}, but the version is {etag}"))
        .hint(format_args!("read the resource again and send If-Match: {etag}"))
}

/// The 412 of a POST that is to replace these versions of a resource that is not there
/// ([RFC 9110 §13.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1)).
pub(super) fn absent(wanted: &str) -> ScimError {
    let detail = format!("If-Match is {wanted}, but there is no resource to replace");
    ScimError::precondition_failed(detail).hint("leave If-Match out to create it")
}

/// The same of an operation of a bulk request, which names the versions itself
/// ([RFC 7644 §3.7](https://www.rfc-editor.org/rfc/rfc7644#section-3.7)).
pub(super) fn stale_in_bulk(wanted: &str, etag: &str) -> ScimError {
    let told = format_args!(
        "read the resource again and give the operation \"version\": {}",
        quoted(etag)
    );
    ScimError::precondition_failed(format!("version is {wanted}, but the resource has {etag}"))
        .hint(told)
        .by("RFC 7644 §3.7")
}

/// The 412 of a change that is only wanted if the resource has none of these versions
/// ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).
pub(super) fn seen(unwanted: &str, etag: &str) -> ScimError {
    ScimError::precondition_failed(format!(
        "If-None-Match is {unwanted}, and the version is {etag}"
    ))
    .hint("send If-Match with this version instead")
}

/// The `invalidValue` of a user to whom no user configuration applies, where the tenant wants one.
pub(super) fn no_configuration(wanted: &str, all: &[Arc<UserConfiguration>]) -> ScimError {
    let filters: Vec<&str> = all.iter().map(|it| it.filter.as_str()).collect();
    let known: Vec<String> = filters.iter().map(|it| format!("{}", quoted(it))).collect();
    let detail = format!("no user configuration applies to configurationFilter {}", quoted(wanted));
    let refusal = ScimError::new(ScimType::InvalidValue, detail).meant(nearest(wanted, filters));
    if known.is_empty() {
        refusal.hint("add a configuration in the admin console (tutorial, step 8)")
    } else {
        refusal.hint(format_args!("there are {}", known.join(", ")))
    }
}

impl State {
    /// The 404 of an id that nothing has. Where it is the id of another type's resource, or the name
    /// of one of this type, the address that was probably meant is said.
    pub fn missing(&self, place: OperationTarget<'_>) -> ScimError {
        let OperationTarget { resource_type, id, .. } = place;
        let error = ScimError::not_found(&resource_type.name, id).by("RFC 7644 §3.4.1");
        let kind = &resource_type.name;
        let named = |attribute| self.resources.named(kind, attribute, id).first().copied();
        let names = ["userName", "displayName", "externalId"];
        let meant = self.resources.find(id).or_else(|| names.into_iter().find_map(named));
        let endpoint = meant.and_then(|it| {
            let endpoint = &self.profile.schemas.resource_type(&it.kind)?.endpoint;
            Some(format!("{endpoint}/{}", it.id))
        });
        error.meant(endpoint)
    }
}
