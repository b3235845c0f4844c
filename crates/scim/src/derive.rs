//! What the server derives from the other resources of a tenant, and where an address leads.

use smol_str::SmolStr;

use super::{
    resource::Resource,
    schema::Target,
    value::{Object, Value},
};

/// What the server adds to a resource when it is shown, from what else it knows.
pub trait Derive {
    /// The value of an attribute that only the server writes, such as `meta` or a user's `groups`,
    /// or `schemas`; `None` if there is nothing to say. If the target names a sub-attribute, that
    /// one is enough.
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value>;

    /// A reference with its read-only parts (`$ref`, `display`, `type`).
    fn complete(&self, target: &Target, reference: &Object) -> Object;

    /// Where an address leads, absolute or relative
    /// ([RFC 7643 §2.3.7](https://www.rfc-editor.org/rfc/rfc7643#section-2.3.7)).
    fn locate(&self, address: &str) -> ResolvedAddress;
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResolvedAddress {
    /// To a resource: the name of its type, and its id.
    Resource(SmolStr, SmolStr),
    /// To an address of this service at which no resource is.
    NotFound,
    /// To another service, or it is no address.
    External,
}
