//! The configuration file: flags by their names, in TOML.

use std::{
    ffi::OsString,
    io::ErrorKind,
    ops::Range,
    path::{Path, PathBuf},
};

use clap::{
    Arg, ValueHint,
    error::{ContextKind, ContextValue, Error, ErrorKind as ClapKind},
};
use toml::de::{DeTable, DeValue};

use super::{flags, is_flag, without_variable};
use crate::cli::files::read_waiting;
use crate::scim::quoted;

/// The file in the working directory that is read unless another one is named.
const USUAL: &str = "mediusflow-mock.toml";

/// A configuration file. Every key is a flag with a valid value.
pub(super) struct ConfigFile {
    pub(super) settings: Vec<Setting>,
}

/// One key of the file.
pub(super) struct Setting {
    /// The flag without its dashes.
    pub(super) flag: String,
    /// Its values as on the command line.
    pub(super) values: Vec<OsString>,
    /// Where it stands, in bytes.
    span: Range<usize>,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum FileError {
    /// It cannot be read.
    #[error("can't read {path}: {source}")]
    Unreadable { path: String, source: std::io::Error },
    /// It is not TOML, or has a key or a value that no flag accepts.
    #[error("{path}:{line}:{column}: {why}")]
    Wrong { path: String, line: usize, column: usize, why: String },
}

impl ConfigFile {
    /// Reads the named file, or the default file if it exists.
    pub(super) fn find(named: Option<&PathBuf>) -> Result<Option<Self>, FileError> {
        let path = named.map_or_else(|| Path::new(USUAL), PathBuf::as_path);
        match read_waiting(path) {
            Ok(text) => Self::read(path, &text).map(Some),
            Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(FileError::Unreadable { path: path.display().to_string(), source }),
        }
    }

    fn read(path: &Path, text: &str) -> Result<Self, FileError> {
        let wrong = |span: Range<usize>, why: String| {
            let before = &text[..span.start.min(text.len())];
            let start = before.rfind('\n').map_or(0, |it| it + 1);
            FileError::Wrong {
                path: path.display().to_string(),
                line: before.matches('\n').count() + 1,
                column: before[start..].chars().count() + 1,
                why,
            }
        };
        let table = DeTable::parse(text).map_err(|error| {
            let why = error.message().lines().collect::<Vec<_>>().join(", ");
            wrong(error.span().unwrap_or_default(), why)
        })?;
        let flags = flags().mut_args(without_variable);
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let mut settings = Vec::new();
        for (key, value) in table.get_ref() {
            let flag = flag_of(&flags, key.get_ref()).map_err(|why| wrong(key.span(), why))?;
            let values =
                values(flag, value.get_ref(), folder).map_err(|why| wrong(value.span(), why))?;
            let flag = key.get_ref().to_string();
            let setting = Setting { flag, values, span: key.span() };
            // Each setting is checked alone first, which tells the position of a mistake.
            accepts(&flags, &[&setting]).map_err(|why| wrong(value.span(), why))?;
            settings.push(setting);
        }
        settings.sort_by_key(|it: &Setting| it.span.start);
        for (at, last) in settings.iter().enumerate() {
            let so_far: Vec<&Setting> = settings[..=at].iter().collect();
            accepts(&flags, &so_far).map_err(|why| wrong(last.span.clone(), why))?;
        }
        Ok(Self { settings })
    }
}

/// The flag of a key; the error suggests a similar key.
fn flag_of<'a>(flags: &'a clap::Command, key: &str) -> Result<&'a Arg, String> {
    let flag = flags.get_arguments().find(|it| is_flag(it) && it.get_long() == Some(key));
    flag.ok_or_else(|| {
        let typed = format!("--{}", key.replace('_', "-").to_lowercase());
        let meant = match flags.clone().try_get_matches_from(["", &typed]) {
            Err(error) => suggested(&error).unwrap_or(typed),
            Ok(_) => typed,
        };
        let meant = meant.trim_start_matches('-');
        let is_one = flags.get_arguments().any(|it| is_flag(it) && it.get_long() == Some(meant));
        let hint = if is_one {
            format!("did you mean {}?", quoted(meant))
        } else {
            "keys are the flags of `mediusflow-mock serve --help`, without their dashes".into()
        };
        format!("there is no key {}; {hint}", quoted(key))
    })
}

fn suggested(error: &Error) -> Option<String> {
    if error.kind() != ClapKind::UnknownArgument {
        return None;
    }
    match error.get(ContextKind::SuggestedArg)? {
        ContextValue::String(it) => Some(it.clone()),
        ContextValue::Strings(all) => all.first().cloned(),
        _ => None,
    }
}

/// A value as on the command line. A relative path is relative to the folder of the file.
fn values(flag: &Arg, value: &DeValue<'_>, folder: &Path) -> Result<Vec<OsString>, String> {
    let text = match value {
        DeValue::String(it) => it.to_string(),
        DeValue::Integer(it) if it.radix() == 10 => it.as_str().to_owned(),
        DeValue::Float(it) => it.as_str().to_owned(),
        DeValue::Boolean(it) => it.to_string(),
        DeValue::Array(all) if all.is_empty() => return Err("expected a value".into()),
        DeValue::Array(all) => {
            let all = all.iter().map(|it| values(flag, it.get_ref(), folder));
            return Ok(all.collect::<Result<Vec<_>, _>>()?.concat());
        }
        DeValue::Integer(_) => return Err("expected a decimal number".into()),
        DeValue::Datetime(_) | DeValue::Table(_) => {
            return Err("expected a text, a number, true or false".into());
        }
    };
    let is_path = matches!(flag.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath);
    Ok(vec![if is_path { folder.join(text).into() } else { text.into() }])
}

/// Checks whether clap accepts these settings as arguments.
fn accepts(flags: &clap::Command, settings: &[&Setting]) -> Result<(), String> {
    let words = settings.iter().flat_map(|setting| {
        setting.values.iter().map(|value| {
            let mut word = OsString::from(format!("--{}=", setting.flag));
            word.push(value);
            word
        })
    });
    let words = std::iter::once(OsString::new()).chain(words);
    flags.clone().try_get_matches_from(words).map(drop).map_err(|error| said(&error))
}

/// clap's error in one line, without the advice for a command line.
fn said(error: &Error) -> String {
    let text = error.to_string();
    let lines = text.lines().take_while(|it| !it.is_empty()).map(str::trim);
    let line = lines.collect::<Vec<_>>().join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}
