//! `entra directory`: the source directory.

use std::{collections::BTreeMap, path::Path};

use serde_json::json;

use super::{
    EntraError,
    arguments::{DirectoryCommand, PlaceArguments},
    change, filters,
    place::{Place, unreadable},
    tell::Teller,
    time,
};
use crate::{
    cli::{Exit, files},
    entra::{
        Change, ConfigurationFilters, DirectoryObject, DirectoryValue, ObjectKind, ObjectState,
        Restart, SourceDirectory,
    },
};

pub(super) fn run(
    options: &PlaceArguments,
    command: &DirectoryCommand,
    teller: &Teller,
) -> Result<Exit, EntraError> {
    let mut place = match command {
        DirectoryCommand::Show { .. } => Place::open(options)?,
        _ => Place::hold(options)?,
    };
    match command {
        DirectoryCommand::Generate { users, groups, seed, unassigned } => {
            let filters = filters::of_target(&place);
            let known = filters.as_ref().ok();
            let mut directory = SourceDirectory::generate(*seed, *users, *groups, known);
            if !unassigned {
                directory.assign_all();
            }
            replace(&mut place, directory, Some(filters), teller)?;
        }
        DirectoryCommand::Import { file } => {
            let directory = read(file)?;
            replace(&mut place, directory, None, teller)?;
        }
        DirectoryCommand::Show { object: None } => {
            let directory = &place.simulation.directory;
            directory.objects().for_each(|it| show_line(directory, it, teller));
        }
        DirectoryCommand::Show { object: Some(name) } => {
            let directory = &place.simulation.directory;
            show_whole(directory, directory.find(name).map_err(EntraError::usage)?, teller);
        }
        DirectoryCommand::Week { day, seed } => {
            let days = day.map_or(0..5, |it| it..it + 1);
            for day in days {
                for change in change::of_day(&place.simulation.directory, *seed, day) {
                    // Whoever left in the morning cannot be moved in the afternoon.
                    drop(apply(&mut place, &change, teller));
                }
            }
            place.save()?;
        }
        other => {
            for change in change::of(other, &place.simulation.directory)? {
                apply(&mut place, &change, teller)?;
            }
            place.save()?;
        }
    }
    Ok(Exit::Done)
}

/// Another company takes the place of the one that was there; the next cycle is an initial one.
///
/// A generated one comes with the filters that its people have, or why those are unknown.
fn replace(
    place: &mut Place,
    directory: SourceDirectory,
    filters: Option<Result<ConfigurationFilters, String>>,
    teller: &Teller,
) -> Result<(), EntraError> {
    let objects = directory.len();
    place.simulation.directory = directory;
    place.simulation.job.restart(Restart::FULL);
    place.save()?;
    if teller.is_text() {
        teller.print(format_args!("{objects} users and groups; the next cycle is an initial one"));
        if let Some(filters) = &filters {
            teller.print(filter_words(filters.as_ref()));
        }
    } else {
        let mut event = json!({ "event": "directory", "objects": objects });
        if let Some(filters) = &filters {
            event["configurationFilters"] =
                json!(filters.as_ref().ok().map(ConfigurationFilters::values));
            event["unknownBecause"] = json!(filters.as_ref().err());
        }
        teller.print(event);
    }
    Ok(())
}

/// Which `configurationFilter` values the people of a generated company have.
fn filter_words(filters: Result<&ConfigurationFilters, &String>) -> String {
    match filters {
        Ok(filters) if filters.values().is_empty() => {
            "configurationFilter: none, as the tenant has the default configuration only; the fifth \
             person has one that no configuration has, on purpose"
                .to_owned()
        }
        Ok(filters) => format!(
            "configurationFilter: {} of the tenant's configurations, in {}; the fifth person has \
             one that no configuration has, on purpose",
            filters.values().join(", "),
            filters.attribute()
        ),
        Err(why) => format!(
            "configurationFilter: the target's values are unknown ({why}), so that it may flag \
             everybody"
        ),
    }
}

fn read(file: &Path) -> Result<SourceDirectory, EntraError> {
    let name = file.display().to_string();
    let text = files::read(file).map_err(|it| unreadable(file, &it))?;
    let kind = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let read = match kind.as_ref().and_then(|it| it.to_str()) {
        Some("json") => SourceDirectory::from_json(&name, &text),
        Some("csv") => SourceDirectory::from_csv(&name, &text),
        _ => return Err(EntraError::usage(format!("{name}: expected a file .json or .csv"))),
    };
    read.map_err(|it| EntraError::File(it.to_string()))
}

fn apply(place: &mut Place, change: &Change, teller: &Teller) -> Result<(), EntraError> {
    let now = time::now(place.ahead);
    let directory = &mut place.simulation.directory;
    let words = change::words(change, directory);
    let before = directory.version();
    let id = directory.apply(change, now).map_err(EntraError::usage)?;
    let is_change = directory.version() > before;
    if teller.is_text() {
        teller.print(format_args!("{words}{}", if is_change { "" } else { ": it is so already" }));
    } else {
        let version = directory.version();
        teller.print(json!({ "event": "change", "what": words, "objectId": id,
                             "isChange": is_change, "version": version }));
    }
    Ok(())
}

fn show_line(directory: &SourceDirectory, object: &DirectoryObject, teller: &Teller) {
    if !teller.is_text() {
        return teller.print(whole(directory, object));
    }
    let name = object.text("userPrincipalName").unwrap_or_else(|| object.name());
    let mut notes = vec![state(object)];
    if let ObjectKind::Group { .. } = &object.kind {
        notes.push(format!("group of {}", directory.members(object).count()));
    }
    if !directory.is_assigned(object) {
        notes.push("not assigned".into());
    }
    notes.retain(|it| !it.is_empty());
    teller.print(format_args!("{}  {name}  {}", object.object_id, notes.join(", ")));
}

fn show_whole(directory: &SourceDirectory, object: &DirectoryObject, teller: &Teller) {
    let whole = whole(directory, object);
    if !teller.is_text() {
        return teller.print(whole);
    }
    for (name, value) in whole.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        teller.print(format_args!("{name}: {value}"));
    }
}

/// An object with the names of the others that it refers to.
fn whole(directory: &SourceDirectory, object: &DirectoryObject) -> serde_json::Value {
    let mut whole: BTreeMap<&str, serde_json::Value> =
        object.attributes.iter().map(|(name, value)| (name.as_str(), json!(value))).collect();
    whole.insert("objectId", json!(object.object_id));
    whole.insert("state", json!(object.state));
    let roles = directory.assigned_roles(object);
    let roles: Vec<&str> = roles.iter().map(|it| it.display_name.as_str()).collect();
    whole.insert("assigned", json!(roles));
    let named = |id: &str| directory.object(id).map(|it| it.name().to_owned());
    match &object.kind {
        ObjectKind::User { account_enabled, manager } => {
            whole.insert("accountEnabled", json!(account_enabled));
            let groups = directory.groups_of(&object.object_id);
            whole.insert("groups", json!(groups.map(DirectoryObject::name).collect::<Vec<_>>()));
            if let Some(manager) = manager {
                whole.insert("manager", json!(named(manager)));
            }
        }
        ObjectKind::Group { members, .. } => {
            let members: Vec<_> = members.iter().filter_map(|it| named(it)).collect();
            whole.insert("members", json!(members));
        }
    }
    json!(whole)
}

fn state(object: &DirectoryObject) -> String {
    match (&object.state, &object.kind) {
        (ObjectState::SoftDeleted(at), _) => format!("deleted at {at:.0}"),
        (_, ObjectKind::User { account_enabled: false, .. }) => "disabled".into(),
        _ => match object.attributes.get("userType") {
            Some(DirectoryValue::Text(kind)) if kind == "Guest" => "guest".into(),
            _ => String::new(),
        },
    }
}
