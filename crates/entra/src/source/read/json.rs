//! The rows of a JSON file, each with the line that it starts on.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use smol_str::SmolStr;

use super::{DirectoryRow, RowKind, broken};
use crate::attributes::ObjectType;
use crate::source::{DirectoryFileError, DirectoryValue};
use scim_engine::in_plain_words;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryJson<'a> {
    #[serde(borrow, default)]
    roles: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    users: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    groups: Vec<&'a RawValue>,
}

pub(super) fn rows(file: &str, text: &str) -> Result<Vec<DirectoryRow>, DirectoryFileError> {
    refuse_other_than_object(file, text)?;
    let read: DirectoryJson<'_> =
        serde_json::from_str(text).map_err(|it| broken(file, it.line().max(1), shown(&it)))?;
    let kinds = [
        (RowKind::Role, read.roles),
        (RowKind::Object(ObjectType::User), read.users),
        (RowKind::Object(ObjectType::Group), read.groups),
    ];
    let mut rows = Vec::new();
    let (mut line, mut upto) = (1, 0);
    for (of, objects) in kinds {
        for raw in objects {
            let offset = raw.get().as_ptr().addr() - text.as_ptr().addr();
            // The lists may be in any order. Usually the next object comes after the last one.
            if offset < upto {
                (line, upto) = (1, 0);
            }
            line += text[upto..offset].matches('\n').count();
            upto = offset;
            rows.push(DirectoryRow { line, of, fields: fields(file, line, raw.get())? });
        }
    }
    Ok(rows)
}

fn fields(
    file: &str,
    line: usize,
    text: &str,
) -> Result<Vec<(SmolStr, DirectoryValue)>, DirectoryFileError> {
    let NamedValues(named) = serde_json::from_str(text)
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

/// The value of each name. A repeated name is an error.
struct NamedValues<'a>(Vec<(SmolStr, &'a RawValue)>);

impl<'de> Deserialize<'de> for NamedValues<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = NamedValues<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<NamedValues<'de>, A::Error> {
                let mut named: Vec<(SmolStr, &RawValue)> = Vec::new();
                while let Some(name) = map.next_key::<SmolStr>()? {
                    if named.iter().any(|(it, _)| *it == name) {
                        return Err(A::Error::custom(format_args!("{name}: stands twice")));
                    }
                    named.push((name, map.next_value()?));
                }
                Ok(NamedValues(named))
            }
        }
        reader.deserialize_map(ObjectVisitor)
    }
}

/// serde would accept an array as the three lists in their order.
fn refuse_other_than_object(file: &str, text: &str) -> Result<(), DirectoryFileError> {
    let inner = text.trim_start();
    if inner.starts_with('{') {
        return Ok(());
    }
    let line = text[..text.len() - inner.len()].matches('\n').count() + 1;
    let found = inner
        .chars()
        .next()
        .map_or_else(|| "nothing".into(), |it| format!("`{}`", it.escape_debug()));
    let wanted = "expected an object with `roles`, `users` and `groups`";
    Err(broken(file, line, format!("{wanted}, found {found}")))
}

/// The message without its position, which is relative to the object.
fn shown(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    in_plain_words(whole.rsplit_once(" at line ").map_or(&*whole, |(message, _)| message))
}
