//! Converts commands into changes of the directory, and changes into words.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::CommandError;
use crate::cli::arguments::entra::DirectoryCommand;
use crate::entra::{
    AttributeKind, Change, DirectoryValue, ObjectType, SourceDirectory, source_attribute, week,
};

/// The changes that a command stands for.
///
/// # Errors
///
/// When it names an unknown attribute, or a value that does not fit it.
pub(super) fn of(
    command: &DirectoryCommand,
    directory: &SourceDirectory,
) -> Result<Vec<Change>, CommandError> {
    use DirectoryCommand as Do;
    let one = |change| Ok(vec![change]);
    let name = SmolStr::from;
    match command {
        Do::Create { name, attributes, group, unassigned } => {
            let of = if *group { ObjectType::Group } else { ObjectType::User };
            let mut changes = created(of, name, attributes)?;
            if !unassigned {
                changes.push(Change::Assign { object: name.into(), role: None });
            }
            Ok(changes)
        }
        Do::Update { object, attributes } => updated(object, attributes, directory),
        Do::Disable { object } => one(Change::Disable { object: name(object) }),
        Do::Enable { object } => one(Change::Enable { object: name(object) }),
        Do::Delete { object, hard: false } => one(Change::SoftDelete { object: name(object) }),
        Do::Delete { object, hard: true } => one(Change::HardDelete { object: name(object) }),
        Do::Restore { object } => one(Change::Restore { object: name(object) }),
        Do::Assign { object, role } => {
            one(Change::Assign { object: name(object), role: role.as_ref().map(name) })
        }
        Do::Unassign { object } => one(Change::Unassign { object: name(object) }),
        Do::Join { object, group } => {
            one(Change::Join { object: name(object), group: name(group) })
        }
        Do::Leave { object, group } => {
            one(Change::Leave { object: name(object), group: name(group) })
        }
        Do::AddRole { name: display_name, value } => one(Change::AddRole {
            value: value.as_ref().map(name),
            display_name: name(display_name),
        }),
        Do::Generate { .. } | Do::Import { .. } | Do::Show { .. } | Do::Week { .. } => {
            Ok(Vec::new())
        }
    }
}

/// The changes of a day of a working week. New users are assigned to the application.
pub(super) fn of_day(directory: &SourceDirectory, seed: u64, day: u32) -> Vec<Change> {
    let mut changes = week(directory, seed, day);
    let hired = changes.iter().filter_map(|it| match it {
        Change::CreateUser { attributes, .. } => match attributes.get("userPrincipalName") {
            Some(DirectoryValue::Text(name)) => {
                Some(Change::Assign { object: name.clone(), role: None })
            }
            _ => None,
        },
        _ => None,
    });
    let assigned: Vec<Change> = hired.collect();
    changes.extend(assigned);
    changes
}

/// A user gets the attributes that the portal fills in: nickname, mail address and display name.
fn created(
    of: ObjectType,
    name: &str,
    given: &[(String, String)],
) -> Result<Vec<Change>, CommandError> {
    let text = |it: &str| DirectoryValue::Text(it.into());
    let nickname = name.split('@').next().unwrap_or(name);
    let mut attributes: BTreeMap<SmolStr, DirectoryValue> = match of {
        ObjectType::Group => BTreeMap::from([("displayName".into(), text(name))]),
        ObjectType::User => BTreeMap::from([
            ("userPrincipalName".into(), text(name)),
            ("mail".into(), text(name)),
            ("mailNickname".into(), text(nickname)),
            ("displayName".into(), text(nickname)),
        ]),
    };
    let mut changes = Vec::new();
    for (attribute, value) in given {
        match value_of(of, attribute, value)? {
            None if attribute == "manager" => changes.push(managed(name, value)),
            Some(it) => drop(attributes.insert(attribute.into(), it)),
            None => drop(attributes.remove(attribute.as_str())),
        }
    }
    let create = match of {
        ObjectType::User => Change::CreateUser { object_id: None, attributes },
        ObjectType::Group => Change::CreateGroup { object_id: None, attributes },
    };
    changes.insert(0, create);
    Ok(changes)
}

fn updated(
    object: &str,
    given: &[(String, String)],
    directory: &SourceDirectory,
) -> Result<Vec<Change>, CommandError> {
    let found = directory.find(object).map_err(CommandError::usage)?;
    // By its id, because a new name may be among the attributes.
    let (id, of) = (found.object_id.clone(), found.object_type());
    let changes = given.iter().map(|(attribute, value)| {
        if attribute == "manager" {
            return Ok(managed(&id, value));
        }
        let value = value_of(of, attribute, value)?;
        Ok(Change::SetAttribute { object: id.clone(), attribute: attribute.into(), value })
    });
    changes.collect()
}

fn managed(object: &str, manager: &str) -> Change {
    let manager = (!manager.is_empty()).then(|| manager.into());
    Change::SetManager { object: object.into(), manager }
}

/// The value of a text; `None` if it is empty, or a reference.
fn value_of(
    of: ObjectType,
    attribute: &str,
    text: &str,
) -> Result<Option<DirectoryValue>, CommandError> {
    let known = source_attribute(of, attribute).map_err(CommandError::usage)?;
    let wanted =
        |what: &str| CommandError::usage(format!("{attribute}: expected {what}, found `{text}`"));
    if text.is_empty() {
        return Ok(None);
    }
    if known.multi_valued {
        return Ok(Some(DirectoryValue::List(
            text.split(';').map(|it| it.trim().into()).collect(),
        )));
    }
    Ok(Some(match known.kind {
        AttributeKind::Reference => return Ok(None),
        AttributeKind::Boolean => {
            let it = text.to_lowercase().parse().map_err(|_error| wanted("true or false"))?;
            DirectoryValue::Boolean(it)
        }
        AttributeKind::Integer => {
            DirectoryValue::Integer(text.parse().map_err(|_error| wanted("a whole number"))?)
        }
        _ => DirectoryValue::Text(text.into()),
    }))
}

/// A change in words.
pub(super) fn words(change: &Change, directory: &SourceDirectory) -> String {
    use Change as C;
    let name = |it: &SmolStr| {
        let found = directory.find(it);
        found.map_or_else(|_| it.to_string(), |it| it.name().to_owned())
    };
    let text = |attributes: &BTreeMap<SmolStr, DirectoryValue>| {
        let named = ["displayName", "userPrincipalName"].iter().find_map(|it| attributes.get(*it));
        named.map_or_else(String::new, shown)
    };
    match change {
        C::CreateUser { attributes, .. } => format!("create user {}", text(attributes)),
        C::CreateGroup { attributes, .. } => format!("create group {}", text(attributes)),
        C::SetAttribute { object, attribute, value: Some(value) } => {
            format!("set {attribute} of {} to {}", name(object), shown(value))
        }
        C::SetAttribute { object, attribute, value: None } => {
            format!("take {attribute} away from {}", name(object))
        }
        C::SetManager { object, manager: Some(manager) } => {
            format!("make {} the manager of {}", name(manager), name(object))
        }
        C::SetManager { object, manager: None } => {
            format!("take the manager away from {}", name(object))
        }
        C::Disable { object } => format!("disable {}", name(object)),
        C::Enable { object } => format!("enable {}", name(object)),
        C::SoftDelete { object } => format!("delete {}", name(object)),
        C::Restore { object } => format!("restore {}", name(object)),
        C::HardDelete { object } => format!("delete {} for good", name(object)),
        C::Assign { object, .. } => format!("assign {}", name(object)),
        C::Unassign { object } => format!("unassign {}", name(object)),
        C::Join { object, group } => format!("{} joins {}", name(object), name(group)),
        C::Leave { object, group } => format!("{} leaves {}", name(object), name(group)),
        C::AddRole { display_name, .. } => format!("add the role {display_name}"),
    }
}

fn shown(value: &DirectoryValue) -> String {
    match value {
        DirectoryValue::Text(text) => text.to_string(),
        DirectoryValue::Boolean(it) => it.to_string(),
        DirectoryValue::Integer(it) => it.to_string(),
        DirectoryValue::List(texts) => texts.join("; "),
    }
}
