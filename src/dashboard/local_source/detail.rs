//! The detail of a user, with its MediusFlow data.

use smol_str::SmolStr;

use super::super::{AppliedRow, GroupName, UserDetail};
use crate::{
    medius::UserView,
    scim::{Group, Object, Projection, Resource, Value, name_of, urn},
    tenant::{Master, State},
};

/// The detail of a user, with URLs below `base`; `None` if MediusFlow does not know the user.
pub(super) fn of(
    state: &State,
    user: &Resource,
    base: &str,
    master: &Master,
) -> Option<UserDetail> {
    let presentation = state.present(base);
    let view = presentation.medius_view(user, master)?;
    let resource_type = state.profile().schemas.resource_type("User")?;
    let shown = presentation.view(user, resource_type, &Projection::Default);
    let groups = state
        .resources()
        .pointing(&user.id, "members")
        .map(|it| GroupName { id: it.id.clone(), name: Group(it).display_name().into() });
    Some(UserDetail {
        id: user.id.clone(),
        name: name_of(user),
        profile: profile(state, user),
        groups: groups.collect(),
        json: serde_json::to_string_pretty(&shown).unwrap_or_default(),
        applied: applied(view),
    })
}

fn applied(view: UserView) -> AppliedRow {
    AppliedRow {
        lines: view.lines(),
        attention: view.attention.iter().map(ToString::to_string).collect(),
        configuration: view.configuration.map(|it| it.name.into()),
    }
}

/// The attributes worth reading, in schema order: path and value.
fn profile(state: &State, user: &Resource) -> Vec<(SmolStr, String)> {
    let Some(resource_type) = state.profile().schemas.resource_type(&user.kind) else {
        return Vec::new();
    };
    let mut lines = vec![(SmolStr::new_static("id"), user.id.to_string())];
    for target in resource_type.attributes() {
        let extension = target.extension.as_deref();
        let name = target.definition.name();
        // A password is never shown.
        if target.definition.returned() == crate::scim::Returned::Never {
            continue;
        }
        let Some(value) = user.value(extension, name) else { continue };
        match value {
            Value::List(list) => {
                for value in list.iter() {
                    lines.push(element(name, value));
                }
            }
            Value::Object(object) if extension == Some(urn::ENTERPRISE_USER) => {
                lines.push((SmolStr::new(&**name), reference(state, object)));
            }
            Value::Object(object) => {
                for sub in target.definition.sub_attributes() {
                    let Some(value) = object.get(sub.name()) else { continue };
                    lines.push((smol_str::format_smolstr!("{name}.{}", sub.name()), text(value)));
                }
            }
            simple => lines.push((SmolStr::new(&**name), text(simple))),
        }
    }
    lines
}

/// A value of a multi-valued attribute: `emails[work]` and the address.
fn element(name: &str, value: &Value) -> (SmolStr, String) {
    let Some(object) = value.as_object() else { return (SmolStr::new(name), text(value)) };
    let label = match object.text("type") {
        Some(kind) => smol_str::format_smolstr!("{name}[{kind}]"),
        None => SmolStr::new(name),
    };
    let shown = object.text("value").map(SmolStr::to_string);
    let rest = || object.iter().map(|(_, it)| text(it)).collect::<Vec<_>>().join(", ");
    (label, shown.unwrap_or_else(rest))
}

fn reference(state: &State, object: &Object) -> String {
    let Some(id) = object.text("value") else { return String::new() };
    match state.resources().find(id) {
        Some(it) => format!("{} ({})", name_of(it), id.get(..4).unwrap_or(id)),
        None => format!("{id} (not here)"),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(it) => it.to_string(),
        Value::Boolean(it) => it.to_string(),
        Value::Integer(it) => it.to_string(),
        Value::Decimal(it) => it.to_string(),
        Value::Object(it) => it.iter().map(|(_, it)| text(it)).collect::<Vec<_>>().join(", "),
        Value::List(it) => it.iter().map(text).collect::<Vec<_>>().join(", "),
    }
}
