//! PATCH as a pure function. It applies all operations or none.

use serde_json::Value as Json;

use super::{
    accept::require,
    error::{ScimError, ScimType},
    filter::{PatchPath, Urns},
    json::describe,
    quirk::Quirk,
    resource::{AcceptedAttributes, Resource},
    rules::Rules,
    text::nearest,
    urn,
    value::Object,
};
use crate::quoted;

mod apply;
mod change;
mod merge;
#[cfg(test)]
mod properties;
mod select;
#[cfg(test)]
mod tests;

/// The body of a PATCH ([RFC 7644 §3.5.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2)).
#[derive(Clone, Debug)]
pub struct PatchOp {
    operations: Vec<PatchOperation>,
}

/// One operation of a PATCH.
#[derive(Clone, Debug)]
pub struct PatchOperation {
    op: Op,
    path: Option<PatchPath>,
    value: Option<Json>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Replace,
    Remove,
}

/// The kind of an operation, and its value or one member of that.
#[derive(Clone, Copy)]
struct Instruction<'a> {
    op: Op,
    value: &'a Json,
}

impl<'a> Instruction<'a> {
    /// The same with another value.
    fn with(self, value: &'a Json) -> Self {
        Self { value, ..self }
    }
}

/// A request with more operations is refused. Entra sends members in much smaller batches.
const MOST_OPERATIONS: usize = 10_000;

/// Applies a PATCH to a resource: all operations, or none and an error.
///
/// # Errors
///
/// `invalidPath` for a path that names no attribute, `noTarget` for one that selects no value,
/// `mutability` for an attribute that a client must not change or remove, `invalidValue` for a
/// value that does not fit or a required one that is missing, 413 when it takes more work than the
/// budget of the rules. The detail starts with the number of the operation.
pub fn apply(
    rules: &Rules<'_>,
    current: &Resource,
    patch: &PatchOp,
) -> Result<AcceptedAttributes, ScimError> {
    let mut attributes: Object = current.attributes().clone();
    for (index, operation) in patch.operations.iter().enumerate() {
        // If the budget is spent, the outcome of the operation is not valid.
        let outcome = apply::operation(rules, &mut attributes, operation);
        let outcome = rules.work.change_result(outcome);
        let outcome =
            outcome.map_err(|error| error.within(format_args!("operation {}", index + 1)));
        rules.or_skip(outcome)?;
    }
    rules.or_skip(require(rules, &attributes, Some(current.attributes())))?;
    Ok(AcceptedAttributes(attributes))
}

impl PatchOp {
    /// Reads the body of a PATCH.
    ///
    /// # Errors
    ///
    /// `invalidSyntax` for a body that is not a `PatchOp` or has no operation, `invalidPath` for a
    /// path that does not follow the grammar.
    pub fn parse(rules: &Rules<'_>, body: &Json) -> Result<Self, ScimError> {
        let syntax =
            |detail: String| ScimError::new(ScimType::InvalidSyntax, detail).by("RFC 7644 §3.5.2");
        let Json::Object(_) = body else {
            return Err(syntax(format!(
                "the body must be a JSON object, found {}",
                describe(body)
            )));
        };
        rules.or_skip(refuse_second_spelling(body, &["schemas", "Operations"]))?;
        rules.or_skip(must_be_patch_op(rules, body))?;
        let operations = match member(body, "Operations") {
            Some(Json::Array(operations)) if !operations.is_empty() => operations,
            Some(Json::Array(_)) | None => {
                return Err(syntax("Operations must hold at least one operation".into()));
            }
            Some(other) => {
                return Err(syntax(format!(
                    "Operations must be an array, found {}",
                    describe(other)
                )));
            }
        };
        if operations.len() > MOST_OPERATIONS {
            let count = operations.len();
            let detail =
                format!("{count} operations in one PATCH, expected {MOST_OPERATIONS} at most");
            return Err(ScimError::status(413, detail).hint("send them in several requests"));
        }
        let read = |(index, operation)| {
            let read = PatchOperation::parse(rules, operation).map(Some);
            rules.or_skip(
                read.map_err(|error| error.within(format_args!("operation {}", index + 1))),
            )
        };
        let operations = operations.iter().enumerate().map(read).filter_map(Result::transpose);
        Ok(Self { operations: operations.collect::<Result<_, _>>()? })
    }
}

impl PatchOperation {
    fn parse(rules: &Rules<'_>, operation: &Json) -> Result<Self, ScimError> {
        let syntax =
            |detail: String| ScimError::new(ScimType::InvalidSyntax, detail).by("RFC 7644 §3.5.2");
        if !operation.is_object() {
            return Err(syntax(format!("expected an object, found {}", describe(operation))));
        }
        refuse_second_spelling(operation, &["op", "path", "value"])?;
        let op = match member(operation, "op") {
            Some(Json::String(op)) => Op::parse(rules, op)?,
            Some(other) => {
                return Err(syntax(format!("op must be a string, found {}", describe(other))));
            }
            None => return Err(syntax("op is missing, expected add, replace or remove".into())),
        };
        let path = match member(operation, "path") {
            None | Some(Json::Null) => None,
            // Some clients send an empty path instead of no path; see
            // fixtures/handwritten/empty-path.json.
            Some(Json::String(path)) if path.is_empty() => {
                if !rules.tolerates(Quirk::EmptyPath, "path") {
                    return Err(ScimError::new(ScimType::InvalidPath, "path is empty")
                        .hinting(Quirk::EmptyPath));
                }
                None
            }
            Some(Json::String(path)) if path.trim() != path => {
                let detail = format!("path {} has blanks around it", quoted(path));
                return Err(ScimError::new(ScimType::InvalidPath, detail)
                    .hint("leave the blanks out")
                    .by("RFC 7644 §3.5.2"));
            }
            Some(Json::String(path)) => {
                Some(PatchPath::parse(path, Urns(rules.schemas.urns())).map_err(|error| {
                    ScimError::new(ScimType::InvalidPath, format!("path {}: {error}", quoted(path)))
                })?)
            }
            Some(other) => {
                let detail = format!("path must be a string, found {}", describe(other));
                return Err(ScimError::new(ScimType::InvalidPath, detail).by("RFC 7644 §3.5.2"));
            }
        };
        let value = member(operation, "value").cloned();
        match (op, &path, &value) {
            (Op::Remove, None, _) => {
                Err(ScimError::new(ScimType::NoTarget, "a remove needs a path")
                    .by("RFC 7644 §3.5.2.2"))
            }
            (Op::Add | Op::Replace, _, None) => {
                Err(ScimError::new(ScimType::InvalidValue, format!("{} needs a value", op.word()))
                    .by("RFC 7644 §3.5.2"))
            }
            _ => Ok(Self { op, path, value }),
        }
    }
}

impl Op {
    fn parse(rules: &Rules<'_>, op: &str) -> Result<Self, ScimError> {
        let all = [("add", Self::Add), ("replace", Self::Replace), ("remove", Self::Remove)];
        let found = all.into_iter().find(|(word, _)| op.eq_ignore_ascii_case(word));
        match found {
            // Entra sends "Add", "Replace", "Remove"; see fixtures/entra/.
            Some((word, it)) if op == word || rules.tolerates(Quirk::OpCase, op) => Ok(it),
            Some((word, _)) => {
                let detail = format!("op is {}, expected \"{word}\"", quoted(op));
                Err(ScimError::new(ScimType::InvalidSyntax, detail).hinting(Quirk::OpCase))
            }
            None => {
                let detail = format!("op is {}, expected add, replace or remove", quoted(op));
                let refusal = ScimError::new(ScimType::InvalidSyntax, detail).by("RFC 7644 §3.5.2");
                if let Some(instead) = of_json_patch(op) {
                    Err(refusal.hint(instead))
                } else {
                    let near = nearest(op, all.map(|(word, _)| word));
                    Err(refusal.meant(near.or_else(|| synonym(op))))
                }
            }
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }
}

/// What to write instead of an operation of JSON Patch
/// ([RFC 6902 §4](https://www.rfc-editor.org/rfc/rfc6902#section-4)).
fn of_json_patch(op: &str) -> Option<&'static str> {
    const INSTEAD: [(&str, &str); 3] = [
        ("copy", "it is of JSON Patch (RFC 6902); add the value that is to be copied"),
        (
            "move",
            "it is of JSON Patch (RFC 6902); add the value in one operation and remove it in another",
        ),
        ("test", "it is of JSON Patch (RFC 6902); send the version in If-Match instead"),
    ];
    INSTEAD.into_iter().find(|(word, _)| op.eq_ignore_ascii_case(word)).map(|(_, instead)| instead)
}

/// The operation that has this name in other protocols.
fn synonym(op: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 3] = [
        (
            "replace",
            &["update", "set", "put", "patch", "modify", "change", "edit", "overwrite", "merge"],
        ),
        ("add", &["insert", "create", "append", "post", "push"]),
        ("remove", &["delete", "del", "unset", "clear", "drop", "erase"]),
    ];
    let is_meant = |words: &[&str]| words.iter().any(|it| op.eq_ignore_ascii_case(it));
    WORDS.into_iter().find(|(_, words)| is_meant(words)).map(|(word, _)| word)
}

/// Refuses a body whose `schemas` are not those of a PATCH.
///
/// # Errors
///
/// `invalidSyntax` when they name another message, or when they are missing and the tenant does not
/// tolerate that.
fn must_be_patch_op(rules: &Rules<'_>, body: &Json) -> Result<(), ScimError> {
    let listed = member(body, "schemas");
    let all = listed.and_then(Json::as_array);
    if all.is_some_and(|all| all.iter().any(|it| it == urn::PATCH_OP)) {
        return Ok(());
    }
    let refusal = |found: String| {
        let urn = urn::PATCH_OP;
        let detail = format!("schemas must be [\"{urn}\"], found {found}");
        ScimError::new(ScimType::InvalidSyntax, detail).by("RFC 7644 §3.5.2")
    };
    match listed {
        Some(other) => Err(refusal(describe(other))),
        // authentik leaves them out; see fixtures/authentik/update-group.json.
        None if rules.tolerates(Quirk::MissingPatchSchemas, "schemas") => Ok(()),
        None => Err(refusal("none".into()).hinting(Quirk::MissingPatchSchemas)),
    }
}

/// Refuses a message that has one of these members twice, in different case. The RFC does not say
/// which one counts.
///
/// # Errors
///
/// `invalidSyntax`.
pub(super) fn refuse_second_spelling(message: &Json, names: &[&str]) -> Result<(), ScimError> {
    let Some(members) = message.as_object() else { return Ok(()) };
    let spellings = |name: &str| members.keys().filter(|it| it.eq_ignore_ascii_case(name)).count();
    let Some(name) = names.iter().find(|it| spellings(it) > 1) else { return Ok(()) };
    let detail = format!("{name} is given twice, in different case");
    Err(ScimError::new(ScimType::InvalidSyntax, detail)
        .hint("leave one of the two out")
        .by("RFC 7643 §2.1"))
}

/// The member with this name. Names of message attributes have no case either (RFC 7643 §2.1).
pub(super) fn member<'a>(object: &'a Json, name: &str) -> Option<&'a Json> {
    let members = object.as_object()?;
    members
        .get(name)
        .or_else(|| members.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, it)| it))
}
