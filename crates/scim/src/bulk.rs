//! Bulk requests as data ([RFC 7644 §3.7](https://www.rfc-editor.org/rfc/rfc7644#section-3.7)):
//! what each operation does, which resources of the same request it refers to, and in which order
//! the operations can be done.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::{
    dialect::Dialect,
    error::{ScimError, ScimType},
    json::describe,
    patch::{member, refuse_second_spelling},
    quirk::{NotedQuirk, Quirk},
    text::nearest,
    urn,
};
use crate::quoted;

mod order;
mod references;

pub use order::{BulkOrder, BulkStep};
pub use references::{References, resolve};

/// How many operations a bulk request has at most. `/ServiceProviderConfig` shows it as
/// `bulk.maxOperations`.
pub const MOST_BULK_OPERATIONS: usize = 1_000;

/// The body of a bulk request.
#[derive(Clone, Debug)]
pub struct BulkRequest {
    /// After this many errors the remaining operations are not done; `None` for no limit.
    pub fail_on_errors: Option<usize>,
    /// The operations, in the order in which they were sent.
    pub operations: Vec<BulkOperation>,
    /// The quirks that were tolerated in the request itself.
    pub noted: Vec<NotedQuirk>,
}

/// One operation of a bulk request.
#[derive(Clone, Debug)]
pub struct BulkOperation {
    /// Its method as sent; empty if it has none.
    pub method: SmolStr,
    /// The name of the resource within the request.
    pub bulk_id: Option<SmolStr>,
    /// Its path as sent, without the first slash; empty if it has none.
    pub path: SmolStr,
    /// What to do, or why the operation cannot be read.
    pub task: Result<BulkTask, ScimError>,
}

/// What an operation does.
#[derive(Clone, Debug)]
pub struct BulkTask {
    /// The method.
    pub method: BulkMethod,
    /// The endpoint of a resource type, without the first slash, such as `Users`.
    pub endpoint: SmolStr,
    /// The id of the resource, or `bulkId:` and its name within the request; empty for a POST.
    pub id: SmolStr,
    /// The versions of the resource that the client has seen, as in `If-Match`.
    pub version: Option<SmolStr>,
    /// The body; `null` for a DELETE.
    pub data: Json,
}

/// The methods of a bulk operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkMethod {
    /// Creates a resource.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a resource.
    Patch,
    /// Deletes a resource.
    Delete,
}

/// The outcome of one operation; serialises to its entry in the answer.
#[derive(Clone, Debug)]
pub struct BulkResult {
    /// The method as sent.
    pub method: SmolStr,
    /// The name of the resource within the request.
    pub bulk_id: Option<SmolStr>,
    /// The address of the resource; `None` after a POST that was refused.
    pub location: Option<String>,
    /// Its version; `None` after an error and after a DELETE.
    pub version: Option<SmolStr>,
    /// How the operation was done, or the error.
    pub outcome: Result<BulkSuccess, ScimError>,
}

/// How an operation was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkSuccess {
    /// It created a resource.
    Created,
    /// It changed a resource, and a single request would have returned it.
    Changed,
    /// It changed or deleted a resource, and a single request would have returned nothing.
    Done,
}

impl BulkSuccess {
    /// The status that a single request would have got.
    pub fn status(self) -> u16 {
        match self {
            Self::Created => 201,
            Self::Changed => 200,
            Self::Done => 204,
        }
    }
}

/// The answer to a bulk request.
#[derive(Clone, Debug)]
pub struct BulkResponse {
    /// The outcomes of the operations that were done, in the order in which they were sent.
    pub operations: Vec<BulkResult>,
}

impl BulkRequest {
    /// Reads the body of a bulk request. An operation that cannot be read does not affect the
    /// others: "The service provider MUST continue performing as many changes as possible".
    ///
    /// # Errors
    ///
    /// `invalidSyntax` for a body that is not a bulk request, 413 for more than
    /// [`MOST_BULK_OPERATIONS`].
    pub fn parse(body: &Json, dialect: &Dialect) -> Result<Self, ScimError> {
        refuse_second_spelling(body, &["schemas", "Operations", "failOnErrors"])?;
        let listed = member(body, "schemas").and_then(Json::as_array);
        if !listed.is_some_and(|all| all.iter().any(|it| it == urn::BULK_REQUEST)) {
            return Err(syntax(format!("schemas must be [\"{}\"]", urn::BULK_REQUEST)));
        }
        let operations = match member(body, "Operations") {
            Some(Json::Array(operations)) => operations,
            Some(other) => {
                return Err(syntax(format!(
                    "Operations must be an array, found {}",
                    describe(other)
                )));
            }
            None => {
                return Err(syntax(
                    "Operations is missing, expected an array of operations".into(),
                ));
            }
        };
        if operations.len() > MOST_BULK_OPERATIONS {
            let detail = format!(
                "{} operations exceed the maxOperations ({MOST_BULK_OPERATIONS}) of a bulk request",
                operations.len()
            );
            return Err(ScimError::status(413, detail)
                .hint("send them in several requests")
                .by("RFC 7644 §3.7.4"));
        }
        let mut noted = Vec::new();
        let fail_on_errors = fail_on_errors(body, dialect, &mut noted)?;
        let mut operations: Vec<_> = operations.iter().map(BulkOperation::parse).collect();
        refuse_repeated(&mut operations);
        Ok(Self { fail_on_errors, operations, noted })
    }
}

impl BulkOperation {
    fn parse(operation: &Json) -> Self {
        let text = |name| member(operation, name).and_then(Json::as_str);
        let path = text("path").unwrap_or_default();
        Self {
            method: text("method").unwrap_or_default().into(),
            bulk_id: text("bulkId").filter(|it| !it.is_empty()).map(Into::into),
            path: path.strip_prefix('/').unwrap_or(path).into(),
            task: BulkTask::parse(operation),
        }
    }

    /// The name by which other operations can refer to the resource that this one creates.
    pub fn makes(&self) -> Option<&SmolStr> {
        let is_made = self.task.as_ref().is_ok_and(|it| it.method == BulkMethod::Post);
        self.bulk_id.as_ref().filter(|_| is_made)
    }
}

impl BulkTask {
    fn parse(operation: &Json) -> Result<Self, ScimError> {
        if !operation.is_object() {
            let detail = format!("an operation must be an object, found {}", describe(operation));
            return Err(syntax(detail));
        }
        let text = |name: &'static str| match member(operation, name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.as_str())),
            Some(other) => {
                Err(syntax(format!("{name} must be a string, found {}", describe(other))))
            }
        };
        let method = BulkMethod::parse(text("method")?)?;
        let path = text("path")?.unwrap_or_default();
        let parts: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let (endpoint, id) = match (method, parts.as_slice()) {
            (BulkMethod::Post, [endpoint]) if !endpoint.is_empty() => (*endpoint, ""),
            (BulkMethod::Post, _) => {
                let detail = format!(
                    "the path of a POST is an endpoint such as /Users, found {}",
                    quoted(path)
                );
                return Err(relative(path, syntax(detail)));
            }
            (_, [endpoint, id]) if !endpoint.is_empty() && !id.is_empty() => (*endpoint, *id),
            (method, _) => {
                let method = method.as_str();
                let detail = format!(
                    "the path of a {method} is a resource such as /Users/2819, found {}",
                    quoted(path)
                );
                return Err(relative(path, syntax(detail)));
            }
        };
        if method == BulkMethod::Post && text("bulkId")?.is_none_or(str::is_empty) {
            return Err(syntax("a POST needs a bulkId".into()));
        }
        let data = match (method, member(operation, "data")) {
            (BulkMethod::Delete, _) => Json::Null,
            (_, Some(data @ Json::Object(_))) => data.clone(),
            (_, None) => {
                let method = method.as_str();
                return Err(syntax(format!("a {method} needs data")));
            }
            (_, Some(other)) => {
                return Err(syntax(format!("data must be an object, found {}", describe(other))));
            }
        };
        let version = text("version")?.map(SmolStr::new);
        Ok(Self { method, endpoint: endpoint.into(), id: id.into(), version, data })
    }
}

impl BulkMethod {
    fn parse(text: Option<&str>) -> Result<Self, ScimError> {
        let all = [Self::Post, Self::Put, Self::Patch, Self::Delete];
        let expected = "expected POST, PUT, PATCH or DELETE";
        let Some(text) = text else { return Err(syntax(format!("method is missing, {expected}"))) };
        all.into_iter().find(|it| it.as_str() == text).ok_or_else(|| {
            let words = all.into_iter().map(Self::as_str);
            syntax(format!("method is {}, {expected}", quoted(text))).meant(nearest(text, words))
        })
    }

    /// The method as HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Refuses all but the first of several POSTs with the same `bulkId`: it is "unique within a bulk
/// request".
fn refuse_repeated(operations: &mut [BulkOperation]) {
    let mut first = std::collections::HashMap::new();
    for (number, operation) in (1..).zip(operations) {
        let Some(bulk_id) = operation.makes().cloned() else { continue };
        let taken = *first.entry(bulk_id.clone()).or_insert(number);
        if taken != number {
            let detail = format!(
                "bulkId {} is that of operation {taken}, expected another one",
                quoted(&bulk_id)
            );
            operation.task =
                Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.7"));
        }
    }
}

/// The refusal of a path, with a hint if it is a whole URL.
fn relative(path: &str, refusal: ScimError) -> ScimError {
    if path.contains("://") {
        refusal.hint("leave out what stands before the endpoint: the path is a relative one")
    } else {
        refusal
    }
}

fn fail_on_errors(
    body: &Json,
    dialect: &Dialect,
    noted: &mut Vec<NotedQuirk>,
) -> Result<Option<usize>, ScimError> {
    let Some(count) = member(body, "failOnErrors").filter(|it| !it.is_null()) else {
        return Ok(None);
    };
    let is_none = count.as_u64() == Some(0);
    if is_none && dialect.quirks.contains(Quirk::ZeroFailOnErrors) {
        noted.push(NotedQuirk::new(Quirk::ZeroFailOnErrors, "failOnErrors"));
        return Ok(None);
    }
    let wanted = count.as_u64().filter(|it| *it > 0);
    let wanted = wanted.ok_or_else(|| {
        let detail = format!("failOnErrors must be a whole number from 1 on, found {count}");
        let refusal = ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.7");
        if is_none { refusal.hinting(Quirk::ZeroFailOnErrors) } else { refusal }
    })?;
    Ok(Some(usize::try_from(wanted).unwrap_or(usize::MAX)))
}

fn syntax(detail: String) -> ScimError {
    ScimError::new(ScimType::InvalidSyntax, detail).by("RFC 7644 §3.7")
}

impl Serialize for BulkResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(location) = &self.location {
            map.serialize_entry("location", location)?;
        }
        if !self.method.is_empty() {
            map.serialize_entry("method", &self.method)?;
        }
        if let Some(bulk_id) = &self.bulk_id {
            map.serialize_entry("bulkId", bulk_id)?;
        }
        if let Some(version) = &self.version {
            map.serialize_entry("version", version)?;
        }
        // An example of the RFC has the status as an object; its text and its errata have a string.
        match &self.outcome {
            Ok(success) => map.serialize_entry("status", &success.status().to_string())?,
            Err(error) => {
                map.serialize_entry("status", &error.code().to_string())?;
                map.serialize_entry("response", error)?;
            }
        }
        map.end()
    }
}

impl Serialize for BulkResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("schemas", &[urn::BULK_RESPONSE])?;
        map.serialize_entry("Operations", &self.operations)?;
        map.end()
    }
}

#[cfg(test)]
mod tests;
