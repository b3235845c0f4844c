//! Refuses names of schemas and resource types that are wrong, in use, reserved or unknown.

use smol_str::SmolStr;

use super::{ResourceTypeEntry, SchemasBuilder, SchemasError};
use crate::{
    quoted,
    schema::{Schema, attribute::is_no_resource, builtin::COMMON},
    text::nearest,
};

/// Endpoints that the protocol reserves (RFC 7644 §3.2, §3.11, §4).
const RESERVED: [&str; 5] = ["Bulk", "Me", "Schemas", "ResourceTypes", "ServiceProviderConfig"];

impl SchemasBuilder {
    /// Refuses the `id` of a new schema that is not a URN or is in use (RFC 7643 §7).
    pub(super) fn refuse_urn(&self, urn: &str) -> Result<(), SchemasError> {
        let wrong = |message: String| Err(SchemasError::new("/id", message));
        if !is_urn(urn) {
            return wrong(format!(
                "expected a URN such as urn:example:params:scim:schemas:2.0:Device (RFC 7643 §7), \
                 found {}",
                quoted(urn)
            ));
        }
        if self.built_in.schemas.iter().any(|it| it.id.eq_ignore_ascii_case(urn)) {
            return wrong(format!(
                "expected a URN of its own, found {urn}, which is built in: define an extension \
                 with another URN and attach it in schemaExtensions (RFC 7643 §3.3)"
            ));
        }
        match self.find(urn) {
            Some(_) => wrong(format!("expected a URN of its own (RFC 7643 §7), found {urn} again")),
            None => Ok(()),
        }
    }

    /// Refuses the `name` of a new resource type that is not a name or is in use (RFC 7643 §6).
    pub(super) fn refuse_name(&self, entry: &ResourceTypeEntry) -> Result<(), SchemasError> {
        let name = &*entry.name;
        let wrong = |place: &str, message: String| Err(SchemasError::new(place, message));
        let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
        if !name.starts_with(|it: char| it.is_ascii_alphabetic()) || !name.chars().all(is_name) {
            return wrong(
                "/name",
                format!(
                    "expected the name of a resource type, a letter and then letters, digits, \
                     \"-\" or \"_\" (RFC 7643 §6), found {}",
                    quoted(name)
                ),
            );
        }
        if is_no_resource(name) {
            return wrong(
                "/name",
                format!(
                    "expected another name: in referenceTypes {name} is no resource type (RFC 7643 §7)"
                ),
            );
        }
        let taken = self.names.get(&name.to_ascii_lowercase()).map(|at| &self.entries[*at]);
        if let Some(taken) = taken {
            let is_built_in = self.built_in.resource_types.iter().any(|it| it.name == taken.name);
            let hint = if is_built_in {
                ", which is built in: attach an extension to it in schemaExtensions"
            } else {
                " again"
            };
            return wrong(
                "/name",
                format!("expected a name of its own (RFC 7643 §6), found {}{hint}", taken.name),
            );
        }
        match &entry.id {
            Some(id) if *id != entry.name => wrong(
                "/id",
                format!(
                    "expected the name {} once more (RFC 7643 §6), found {}",
                    quoted(name),
                    quoted(id)
                ),
            ),
            _ => Ok(()),
        }
    }

    /// Refuses the `endpoint` of a new resource type that is not a path segment, is reserved or is
    /// in use (RFC 7643 §6).
    pub(super) fn refuse_endpoint(&self, endpoint: &str) -> Result<(), SchemasError> {
        let wrong = |message: String| Err(SchemasError::new("/endpoint", message));
        let is_letter = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '~');
        let segment = endpoint.strip_prefix('/').filter(|it| {
            !it.is_empty()
                && !it.starts_with('.')
                && it.chars().all(|it| it == '.' || is_letter(it))
        });
        let Some(segment) = segment else {
            return wrong(format!(
                "expected one segment such as /Devices, of letters, digits, \"-\", \"_\", \"~\" or \
                 \".\" (RFC 7643 §6), found {}",
                quoted(endpoint)
            ));
        };
        if let Some(reserved) = RESERVED.iter().find(|it| it.eq_ignore_ascii_case(segment)) {
            return wrong(format!(
                "expected another endpoint: /{reserved} is reserved by the protocol (RFC 7644 §3.2)"
            ));
        }
        let taken = self.endpoints.get(&endpoint.to_ascii_lowercase());
        match taken.map(|at| &self.entries[*at]) {
            Some(taken) => wrong(format!(
                "expected an endpoint of its own (RFC 7643 §6), found {}, which is that of {}",
                taken.endpoint, taken.name
            )),
            None => Ok(()),
        }
    }
}

/// Refuses a core schema that has one of the common attributes of all resources.
pub(super) fn common_names(core: &Schema) -> Result<(), SchemasError> {
    let is_common = |name: &str| COMMON.iter().any(|it| it.is_named(name));
    match core.attributes.iter().find(|it| is_common(it.name())) {
        Some(it) => {
            let (urn, name) = (&core.id, it.name());
            let message = format!(
                "expected a schema without {name}, which every resource has (RFC 7643 §3.1), found \
                 {urn}"
            );
            Err(SchemasError::new("", message))
        }
        None => Ok(()),
    }
}

/// The error for an extension that the resource type already has, or that is its core schema.
pub(super) fn repeated(urn: &str) -> SchemasError {
    let message = format!(
        "expected a schema that the resource type does not have yet (RFC 7643 §6), found {urn}"
    );
    SchemasError::new("/schema", message)
}

/// The error for a name that is not that of a resource type.
pub(super) fn unknown_type(place: &str, name: &str, known: &[SmolStr]) -> SchemasError {
    let meant = match nearest(name, known.iter().map(|it| &**it)) {
        Some(it) => format!(", did you mean {it}?"),
        None => format!("; there are: {}", known.join(", ")),
    };
    let message = format!(
        "expected the name of a resource type (RFC 7643 §7), found {}{meant}",
        quoted(name)
    );
    SchemasError::new(place, message)
}

/// Whether a text is a URN that can be part of a path (RFC 8141 §2, without the characters that
/// have a meaning in a filter).
fn is_urn(text: &str) -> bool {
    let mut parts = text.split(':');
    let is_letter = |it: char| it.is_ascii_alphanumeric() || "-._~%+".contains(it);
    let is_part = |it: &str| !it.is_empty() && it.chars().all(is_letter);
    parts.next().is_some_and(|it| it.eq_ignore_ascii_case("urn"))
        && parts.clone().count() >= 2
        && parts.all(is_part)
}
