//! SCIM 2.0 as data and pure functions.
//!
//! The [`Schemas`] are data and define what a [`Resource`] contains. Only two functions produce its
//! attributes: [`accept()`] reads the body of a POST or PUT, and [`patch::apply`] applies the
//! operations of a PATCH. A filter is first parsed ([`Filter`]) and then bound to a resource type
//! ([`Predicate`]). Matching a bound filter cannot fail. A [`ResourceView`] serialises a resource
//! together with the values that the server derives. A [`Dialect`] is what a tenant tolerates
//! beyond the RFC; [`Rules`] apply it to one request.
//!
//! # Incomplete
//!
//! The crate has no HTTP, storage, clock, randomness or locks. The caller keeps the resources, checks
//! that unique values are unique, provides the time and the ids, and sends the answers.

mod accept;
mod admit;
pub mod bulk;
mod cursor;
mod derive;
mod dialect;
mod error;
mod filter;
mod json;
mod location;
mod lookup;
mod moment;
pub mod patch;
mod plain;
mod predicate;
mod project;
mod query;
mod quirk;
mod resolve;
mod resource;
mod rules;
#[cfg(test)]
mod sample;
mod schema;
mod sort;
mod text;
pub mod urn;
mod value;
mod view;
mod work;

pub use accept::{Intent, accept};
pub use cursor::{CURSOR_TIMEOUT, CursorContext, CursorPosition, PageCursor};
pub use derive::{Derive, ResolvedAddress};
pub use dialect::{
    AbsentTargets, CanonicalValues, DeletedUsers, Dialect, DialectChange, Discovery, Duplicates,
    Filterable, GroupNames, MOST_RESULTS, PageCap, Paging, Profile, UnknownAttributes,
    UnknownMembers,
};
pub use error::{ScimError, ScimType};
pub use filter::{
    AttrPath, CompareOp, CompareValue, Filter, MAX_DEPTH, MAX_LENGTH, PatchPath, SyntaxError, Urns,
    ValuePath,
};
pub use json::read_json;
pub use moment::Moment;
pub use plain::{expected_first, in_plain_words};
pub use predicate::Predicate;
pub use project::{Projection, ResourceView, SelectedAttribute, schemas};
pub use query::{
    DEFAULT_COUNT, ListResponse, Page, PageStart, Search, SearchRequest, decode, decode_segment,
    encode, is_dot_segment,
};
pub use quirk::{NotedQuirk, Quirk, Quirks};
pub use resource::{AcceptedAttributes, Resource};
pub use rules::{Rules, SpecifiedAttributes};
pub use schema::{
    AttachedExtension, AttributeDefinition, AttributeType, Extension, Mutability, ResourceType,
    ResourceTypeEntry, Returned, Schema, SchemaBundle, Schemas, SchemasError, Target, Uniqueness,
};
pub use sort::{Sort, SortKey, SortOrder};
pub use text::{Quoted, fold, hash, is_same, is_simple, nearest, quoted};
pub use value::{List, Name, Object, Position, Value};
pub use view::{Group, User, name_of};
pub use work::{MOST_WORK, WorkBudget, WorkExceeded};

/// The README's example runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ScimReadme;
