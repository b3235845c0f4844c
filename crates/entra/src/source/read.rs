//! Reads a directory from a JSON or CSV file.

mod csv;
mod json;

use std::collections::BTreeMap;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::edit::settable;
use super::{
    Change, DirectoryError, DirectoryFileError, DirectoryValue, ObjectKind, SourceDirectory,
};
use crate::attributes::{AttributeKind, ObjectType, source_attribute};

impl SourceDirectory {
    /// Reads a directory from JSON: an object with `roles`, `users` and `groups`.
    ///
    /// A user has attributes by their Entra names, and `accountEnabled`, `manager` (an object id or
    /// `userPrincipalName`), `assigned` (`true`, or a list of roles) and `objectId`; a group has
    /// `displayName`, `members`, `assigned`, `securityEnabled` and `objectId`. Either is soft-deleted
    /// if it has a `deletedDateTime`, as in Microsoft Graph.
    ///
    /// # Errors
    ///
    /// At the first mistake, with file, line and field.
    pub fn from_json(file: &str, text: &str) -> Result<Self, DirectoryFileError> {
        let text = without_mark(text);
        Self::from_rows(file, json::rows(file, text)?)
    }

    /// Reads users from CSV. The first line names attributes, as in [`Self::from_json`]. `groups`,
    /// and roles in `assigned`, are separated by `;`. Groups need not exist before.
    ///
    /// # Errors
    ///
    /// At the first mistake, with file, line and column.
    pub fn from_csv(file: &str, text: &str) -> Result<Self, DirectoryFileError> {
        Self::from_rows(file, csv::rows(file, without_mark(text))?)
    }

    fn from_rows(file: &str, rows: Vec<DirectoryRow>) -> Result<Self, DirectoryFileError> {
        let mut directory = Self::default();
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            ids.push(directory.take(row).map_err(|it| it.at(file, row.line))?);
        }
        for (row, id) in rows.iter().zip(&ids) {
            let Some(id) = id else { continue };
            directory.relate(row, id).map_err(|it| it.at(file, row.line))?;
        }
        for (row, id) in rows.iter().zip(&ids) {
            let Some(id) = id else { continue };
            directory.delete(row, id).map_err(|it| it.at(file, row.line))?;
        }
        Ok(directory)
    }

    /// Creates the object of a row, without its relations to others.
    fn take(&mut self, row: &DirectoryRow) -> Result<Option<SmolStr>, Wrong> {
        let RowKind::Object(of) = row.of else {
            let (name, value) = (row.required("displayName")?, row.optional_text("value")?);
            self.must_apply(&Change::AddRole { value, display_name: name }, "displayName")?;
            return Ok(None);
        };
        let mut attributes = BTreeMap::new();
        for (name, value) in &row.fields {
            if !RELATIONS.contains(&name.as_str()) {
                settable(of, name, value).map_err(|error| Wrong::of(name, error))?;
                attributes.insert(name.clone(), value.clone());
            }
        }
        let object_id = row.optional_text("objectId")?;
        let (change, field) = match of {
            ObjectType::User => {
                row.required("userPrincipalName")?;
                (Change::CreateUser { object_id, attributes }, "userPrincipalName")
            }
            ObjectType::Group => {
                row.required("displayName")?;
                (Change::CreateGroup { object_id, attributes }, "displayName")
            }
        };
        let id = self.must_apply(&change, field)?;
        if row.boolean("securityEnabled", ObjectType::Group)? == Some(false) {
            self.modify(&id, |it| {
                if let ObjectKind::Group { security_enabled, .. } = &mut it.kind {
                    *security_enabled = false;
                }
            });
        }
        Ok(Some(id))
    }

    /// Sets the fields that name other objects.
    fn relate(&mut self, row: &DirectoryRow, id: &SmolStr) -> Result<(), Wrong> {
        if row.of == RowKind::Role {
            return Ok(());
        }
        if row.boolean("accountEnabled", ObjectType::User)? == Some(false) {
            self.must_apply(&Change::Disable { object: id.clone() }, "accountEnabled")?;
        }
        if let Some(manager) = row.optional_text("manager")? {
            let change = Change::SetManager { object: id.clone(), manager: Some(manager) };
            self.must_apply(&change, "manager")?;
        }
        for object in row.list_of(ObjectType::Group, "members")? {
            self.must_apply(&Change::Join { object, group: id.clone() }, "members")?;
        }
        for group in row.list_of(ObjectType::User, "groups")? {
            if self.find(&group).is_err() {
                let attributes =
                    BTreeMap::from([("displayName".into(), DirectoryValue::Text(group.clone()))]);
                let change = Change::CreateGroup { object_id: None, attributes };
                self.must_apply(&change, "groups")?;
            }
            self.must_apply(&Change::Join { object: id.clone(), group }, "groups")?;
        }
        let roles = match row.field("assigned") {
            None | Some(DirectoryValue::Boolean(false)) => Vec::new(),
            Some(DirectoryValue::Boolean(true)) => vec![None],
            Some(_) => row.list("assigned")?.into_iter().map(Some).collect(),
        };
        for role in roles {
            self.must_apply(&Change::Assign { object: id.clone(), role }, "assigned")?;
        }
        Ok(())
    }

    /// Soft-deletes an object with a `deletedDateTime`.
    fn delete(&mut self, row: &DirectoryRow, id: &SmolStr) -> Result<(), Wrong> {
        const FIELD: &str = "deletedDateTime";
        let Some(text) = row.optional_text(FIELD)? else { return Ok(()) };
        let at: Timestamp = text.parse().map_err(|_unnamed| {
            Wrong::new(
                FIELD,
                format!("expected a time such as 2026-01-31T08:00:00Z, found `{text}`"),
            )
        })?;
        self.soft_delete(id, at).map(drop).map_err(|error| Wrong::of(FIELD, error))
    }

    fn must_apply(&mut self, change: &Change, field: &str) -> Result<SmolStr, Wrong> {
        self.apply(change, Timestamp::UNIX_EPOCH).map_err(|error| Wrong::of(field, error))
    }
}

/// The fields of one line, or of one JSON object.
struct DirectoryRow {
    line: usize,
    of: RowKind,
    fields: Vec<(SmolStr, DirectoryValue)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Role,
    Object(ObjectType),
}

/// Fields that are not attributes of mappings.
const RELATIONS: [&str; 8] = [
    "objectId",
    "accountEnabled",
    "securityEnabled",
    "manager",
    "members",
    "groups",
    "assigned",
    "deletedDateTime",
];

impl DirectoryRow {
    fn field(&self, name: &str) -> Option<&DirectoryValue> {
        let found = self.fields.iter().find(|(it, _)| it == name).map(|(_, value)| value);
        found.filter(|it| !it.is_empty())
    }

    fn required(&self, name: &str) -> Result<SmolStr, Wrong> {
        self.optional_text(name)?.ok_or_else(|| Wrong::new(name, "is missing"))
    }

    fn optional_text(&self, name: &str) -> Result<Option<SmolStr>, Wrong> {
        match self.field(name) {
            None => Ok(None),
            Some(DirectoryValue::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Wrong::new(name, "expected text")),
        }
    }

    /// A field that only objects of this type have.
    fn boolean(&self, name: &str, of: ObjectType) -> Result<Option<bool>, Wrong> {
        match self.field(name) {
            None => Ok(None),
            Some(_) if self.of != RowKind::Object(of) => Err(Wrong::new(name, UNSUITED)),
            Some(DirectoryValue::Boolean(it)) => Ok(Some(*it)),
            Some(_) => Err(Wrong::new(name, "expected true or false")),
        }
    }

    /// A list that only objects of this type have.
    fn list_of(&self, of: ObjectType, name: &str) -> Result<Vec<SmolStr>, Wrong> {
        match self.field(name) {
            Some(_) if self.of != RowKind::Object(of) => Err(Wrong::new(name, UNSUITED)),
            _ => self.list(name),
        }
    }

    fn list(&self, name: &str) -> Result<Vec<SmolStr>, Wrong> {
        match self.field(name) {
            None => Ok(Vec::new()),
            Some(DirectoryValue::List(texts)) => Ok(texts.clone()),
            Some(DirectoryValue::Text(text)) => Ok(vec![text.clone()]),
            Some(_) => Err(Wrong::new(name, "expected a list of names")),
        }
    }
}

const UNSUITED: &str = "users have accountEnabled and groups, groups securityEnabled and members";

/// A mistake in a field.
struct Wrong {
    field: String,
    message: String,
}

impl Wrong {
    fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// Most messages of the directory name the attribute, which the error of the file names
    /// already.
    fn of(field: &str, error: DirectoryError) -> Self {
        let message = error.to_string();
        let bare = message.strip_prefix(&format!("{field}: ")).unwrap_or(&message);
        Self::new(field, bare)
    }

    fn at(self, file: &str, line: usize) -> DirectoryFileError {
        DirectoryFileError { file: file.into(), line, field: self.field, message: self.message }
    }
}

/// The value of a cell, in the type of its attribute.
fn typed(of: ObjectType, name: &str, text: &str) -> Result<DirectoryValue, Wrong> {
    let list = || DirectoryValue::List(text.split(';').map(|it| it.trim().into()).collect());
    if ["accountEnabled", "securityEnabled"].contains(&name)
        || (name == "assigned" && ["true", "false"].contains(&text.to_lowercase().as_str()))
    {
        let it = text.to_lowercase().parse();
        return it
            .map(DirectoryValue::Boolean)
            .map_err(|_unnamed| Wrong::new(name, "expected true or false"));
    }
    if RELATIONS.contains(&name) {
        let several = ["groups", "members", "assigned"].contains(&name);
        return Ok(if several { list() } else { DirectoryValue::Text(text.into()) });
    }
    let attribute = source_attribute(of, name);
    let attribute = attribute.map_err(|error| Wrong::of(name, DirectoryError::Attribute(error)))?;
    match attribute.kind {
        _ if attribute.multi_valued => Ok(list()),
        AttributeKind::Boolean => {
            let it = text.to_lowercase().parse();
            it.map(DirectoryValue::Boolean)
                .map_err(|_unnamed| Wrong::new(name, "expected true or false"))
        }
        AttributeKind::Integer => {
            let it = text.parse();
            it.map(DirectoryValue::Integer)
                .map_err(|_unnamed| Wrong::new(name, "expected a whole number"))
        }
        _ => Ok(DirectoryValue::Text(text.into())),
    }
}

/// Removes the byte order mark that spreadsheets and editors write.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The error of a whole row.
fn broken(file: &str, line: usize, message: impl Into<String>) -> DirectoryFileError {
    Wrong::new("", message).at(file, line)
}
