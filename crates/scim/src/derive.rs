//! What the server derives from the other data of a tenant, and which resource has an address.

use smol_str::SmolStr;

use super::{
    resource::Resource,
    schema::Target,
    value::{Object, Value},
};

/// What the server adds to a resource when it is shown, from the other data of the tenant.
pub trait Derive {
    /// The value of an attribute that only the server writes, such as `meta`, `schemas` or a user's
    /// `groups`; `None` if it has none. If the target names a sub-attribute, the others may be left
    /// out.
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value>;

    /// A reference with its read-only parts (`$ref`, `display`, `type`).
    fn complete(&self, target: &Target, reference: &Object) -> Object;

    /// Which resource has an address, absolute or relative
    /// ([RFC 7643 §2.3.7](https://www.rfc-editor.org/rfc/rfc7643#section-2.3.7)).
    fn locate(&self, address: &str) -> ResolvedAddress;
}

/// What is at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResolvedAddress {
    /// A resource: the name of its type, and its id.
    Resource(SmolStr, SmolStr),
    /// No resource, at an address of this service.
    NotFound,
    /// An address of another service, or a text that is not an address.
    External,
}
