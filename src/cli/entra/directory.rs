//! `entra directory`: the source directory.

use std::{collections::BTreeMap, path::Path};

use serde_json::json;

use super::{CommandError, change, clock, filters, printer::Printer, workspace::Workspace};
use crate::cli::arguments::entra::{DirectoryCommand, WorkspaceArguments};
use crate::{
    cli::{Exit, files},
    entra::{
        Change, ConfigurationFilters, DirectoryObject, DirectoryValue, ObjectKind, ObjectState,
        Restart, SourceDirectory,
    },
};

pub(super) fn run(
    options: &WorkspaceArguments,
    command: &DirectoryCommand,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut workspace = match command {
        DirectoryCommand::Show { .. } => Workspace::open(options)?,
        _ => Workspace::lock(options)?,
    };
    match command {
        DirectoryCommand::Generate { users, groups, seed, unassigned } => {
            let filters = filters::of_target(&workspace);
            let known = filters.as_ref().ok();
            let mut directory = SourceDirectory::generate(*seed, *users, *groups, known);
            if !unassigned {
                directory.assign_all();
            }
            replace(&mut workspace, directory, Some(filters), printer)?;
        }
        DirectoryCommand::Import { file } => {
            let directory = read(file)?;
            replace(&mut workspace, directory, None, printer)?;
        }
        DirectoryCommand::Show { object: None } => {
            let directory = &workspace.simulation.directory;
            directory.objects().for_each(|it| show_line(directory, it, printer));
        }
        DirectoryCommand::Show { object: Some(name) } => {
            let directory = &workspace.simulation.directory;
            show_whole(directory, directory.find(name).map_err(CommandError::usage)?, printer);
        }
        DirectoryCommand::Week { day, seed } => {
            let days = day.map_or(0..5, |it| it..it + 1);
            for day in days {
                for change in change::of_day(&workspace.simulation.directory, *seed, day) {
                    // An earlier change of the day may have deleted the object.
                    drop(apply(&mut workspace, &change, printer));
                }
            }
            workspace.save()?;
        }
        other => {
            for change in change::of(other, &workspace.simulation.directory)? {
                apply(&mut workspace, &change, printer)?;
            }
            workspace.save()?;
        }
    }
    Ok(Exit::Done)
}

/// Replaces the directory. The next cycle is an initial one.
///
/// A generated directory comes with the filters of its users, or the reason why they are unknown.
fn replace(
    workspace: &mut Workspace,
    directory: SourceDirectory,
    filters: Option<Result<ConfigurationFilters, String>>,
    printer: &Printer,
) -> Result<(), CommandError> {
    let objects = directory.len();
    workspace.simulation.directory = directory;
    workspace.simulation.job.restart(Restart::FULL);
    workspace.save()?;
    if printer.is_text() {
        printer.print(format_args!("{objects} users and groups; the next cycle is an initial one"));
        if let Some(filters) = &filters {
            printer.print(filter_words(filters.as_ref()));
        }
    } else {
        let mut event = json!({ "event": "directory", "objects": objects });
        if let Some(filters) = &filters {
            event["configurationFilters"] =
                json!(filters.as_ref().ok().map(ConfigurationFilters::values));
            event["unknownBecause"] = json!(filters.as_ref().err());
        }
        printer.print(event);
    }
    Ok(())
}

/// The `configurationFilter` values of a generated company.
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

fn read(file: &Path) -> Result<SourceDirectory, CommandError> {
    let name = file.display().to_string();
    let text = files::read(file).map_err(|it| CommandError::unreadable(file, &it))?;
    let kind = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let read = match kind.as_ref().and_then(|it| it.to_str()) {
        Some("json") => SourceDirectory::from_json(&name, &text),
        Some("csv") => SourceDirectory::from_csv(&name, &text),
        _ => return Err(CommandError::usage(format!("{name}: expected a file .json or .csv"))),
    };
    read.map_err(|it| CommandError::File(it.to_string()))
}

fn apply(
    workspace: &mut Workspace,
    change: &Change,
    printer: &Printer,
) -> Result<(), CommandError> {
    let now = clock::now(workspace.ahead);
    let directory = &mut workspace.simulation.directory;
    let words = change::words(change, directory);
    let before = directory.version();
    let id = directory.apply(change, now).map_err(CommandError::usage)?;
    let is_change = directory.version() > before;
    if printer.is_text() {
        printer.print(format_args!("{words}{}", if is_change { "" } else { ": it is so already" }));
    } else {
        let version = directory.version();
        printer.print(json!({ "event": "change", "what": words, "objectId": id,
                             "isChange": is_change, "version": version }));
    }
    Ok(())
}

fn show_line(directory: &SourceDirectory, object: &DirectoryObject, printer: &Printer) {
    if !printer.is_text() {
        return printer.print(whole(directory, object));
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
    printer.print(format_args!("{}  {name}  {}", object.object_id, notes.join(", ")));
}

fn show_whole(directory: &SourceDirectory, object: &DirectoryObject, printer: &Printer) {
    let whole = whole(directory, object);
    if !printer.is_text() {
        return printer.print(whole);
    }
    for (name, value) in whole.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        printer.print(format_args!("{name}: {value}"));
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
