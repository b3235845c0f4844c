//! The rows of a JSON file, each with the line that it starts on.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use smol_str::SmolStr;

use super::{Kinds, Row, broken};
use crate::entra::attributes::ObjectType;
use crate::entra::source::{DirectoryFileError, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(borrow, default)]
    roles: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    users: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    groups: Vec<&'a RawValue>,
}

pub(super) fn rows(file: &str, text: &str) -> Result<Vec<Row>, DirectoryFileError> {
    let read: File<'_> =
        serde_json::from_str(text).map_err(|it| broken(file, it.line().max(1), shown(&it)))?;
    let kinds = [
        (Kinds::Role, read.roles),
        (Kinds::Object(ObjectType::User), read.users),
        (Kinds::Object(ObjectType::Group), read.groups),
    ];
    let mut rows = Vec::new();
    let (mut line, mut upto) = (1, 0);
    for (of, objects) in kinds {
        for raw in objects {
            let offset = raw.get().as_ptr().addr() - text.as_ptr().addr();
            // The lists may stand in any order; usually the next object stands behind the last.
            if offset < upto {
                (line, upto) = (1, 0);
            }
            line += text[upto..offset].matches('\n').count();
            upto = offset;
            rows.push(Row { line, of, fields: fields(file, line, raw.get())? });
        }
    }
    Ok(rows)
}

fn fields(
    file: &str,
    line: usize,
    text: &str,
) -> Result<Vec<(SmolStr, Value)>, DirectoryFileError> {
    let named: BTreeMap<SmolStr, &RawValue> = serde_json::from_str(text)
        .map_err(|it| broken(file, line + it.line().max(1) - 1, shown(&it)))?;
    let mut fields = Vec::new();
    for (name, raw) in named {
        if raw.get() == "null" {
            continue;
        }
        let value = serde_json::from_str(raw.get()).map_err(|_unnamed| {
            let offset = raw.get().as_ptr().addr() - text.as_ptr().addr();
            let line = line + text[..offset].matches('\n').count();
            let mut error =
                broken(file, line, "expected text, a whole number, true, false or a list of texts");
            error.field = name.to_string();
            error
        })?;
        fields.push((name, value));
    }
    Ok(fields)
}

/// The reader's message without its place, which is relative to the object.
fn shown(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    whole.rsplit_once(" at line ").map_or(&*whole, |(message, _)| message).to_owned()
}
