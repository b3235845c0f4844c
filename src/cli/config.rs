//! The values of flags come from the command line, then the environment, then a file, then the
//! built-in defaults.
//!
//! Nothing here lists flags. The file is read by clap's definitions, and its values become clap's
//! defaults.

use std::{collections::HashSet, env, ffi::OsString};

use clap::{Arg, ArgMatches, Args as _, FromArgMatches as _, parser::ValueSource};

use super::arguments::{Arguments, ServeArguments, command};

mod file;

pub(super) use file::FileError;
use file::{ConfigFile, Setting};

/// The flag that names the file. The file itself cannot set it.
const CONFIG: &str = "config";

/// The flags that `exec` takes from its command line only: a port or a state file in the file or the
/// environment is that of another server, and stdin belongs to its command.
const TYPED_IN_EXEC: [&str; 3] = ["port", "state", "exit_with"];

/// The variable by which `exec` tells its command about a running server. If it is set,
/// [`OF_THE_RUNNING`] describes that server and does not configure a new one.
const RUNNING: &str = "MEDIUSFLOW_MOCK_URL";
const OF_THE_RUNNING: &str = "tenant";

/// Reads the arguments of this process, with environment and file behind them. Wrong arguments,
/// `--help` and `--version` end the process.
///
/// # Errors
///
/// When the configuration file is wrong.
pub(super) fn arguments(words: Vec<OsString>) -> Result<Arguments, FileError> {
    let command = command().mut_args(without_empty_variable);
    let mut command = command.mut_subcommands(|it| it.mut_args(without_empty_variable));
    // Without the environment, clap reports what was typed and the conflicts in that alone.
    // Arguments that are wrong without the environment are wrong with it. Then the help should name
    // the variables.
    if let Ok(typed) = unset(command.clone()).try_get_matches_from(&words) {
        if typed.subcommand().is_some() {
            // The flags of the subcommand count; the flags of the program itself are not used.
            command = command.mut_args(without_variable);
        }
        if let Some((name, typed)) = serving(&typed) {
            let file = ConfigFile::find(typed.get_one(CONFIG))?;
            let layers = Layers::new(name, typed, file.map(|it| it.settings).unwrap_or_default());
            command = match name {
                None => layers.lay(command),
                Some(name) => command.mut_subcommand(name, |it| layers.lay(it)),
            };
        }
    }
    let mut matches = command.get_matches_from(words);
    let arguments = Arguments::from_arg_matches_mut(&mut matches);
    Ok(arguments.unwrap_or_else(|error| error.exit()))
}

/// The environment variables that configure a server.
pub(super) fn variables() -> Vec<OsString> {
    flags().get_arguments().filter_map(|it| it.get_env().map(OsString::from)).collect()
}

/// The flags of a server, as a clap command.
fn flags() -> clap::Command {
    ServeArguments::augment_args(clap::Command::new("mediusflow-mock"))
}

/// The matches of the command that serves, and its name; `None` for other commands.
fn serving(matches: &ArgMatches) -> Option<(Option<&str>, &ArgMatches)> {
    match matches.subcommand() {
        None => Some((None, matches)),
        Some((name @ ("serve" | "exec"), below)) => Some((Some(name), below)),
        Some(_) => None,
    }
}

/// Removes the variables from the flags of a server.
fn unset(command: clap::Command) -> clap::Command {
    let unset = |arg: Arg| if is_flag(&arg) { without_variable(arg) } else { arg };
    let command = command.mut_args(unset);
    command.mut_subcommands(|it| match it.get_name() {
        "serve" | "exec" => it.mut_args(unset),
        _ => it,
    })
}

/// Whether environment and file can set this flag. They cannot set the name of the file itself.
fn is_flag(arg: &Arg) -> bool {
    arg.get_long().is_some() && arg.get_id() != CONFIG
}

fn without_variable(arg: Arg) -> Arg {
    arg.env(None)
}

/// An empty variable sets nothing.
fn without_empty_variable(arg: Arg) -> Arg {
    let value = arg.get_env().and_then(env::var_os);
    if value.is_some_and(|it| it.is_empty()) { without_variable(arg) } else { arg }
}

/// The layers of values below the command line.
struct Layers {
    flags: clap::Command,
    typed: HashSet<String>,
    settings: Vec<Setting>,
    is_exec: bool,
}

impl Layers {
    fn new(name: Option<&str>, typed: &ArgMatches, settings: Vec<Setting>) -> Self {
        let is_typed = |id: &&str| typed.value_source(id) == Some(ValueSource::CommandLine);
        let ids = typed.ids().map(clap::Id::as_str).filter(is_typed);
        Self {
            flags: flags(),
            typed: ids.map(str::to_owned).collect(),
            settings,
            is_exec: name == Some("exec"),
        }
    }

    /// Gives each flag its value from the file and keeps its variable, unless a conflicting flag
    /// was set in a higher layer.
    fn lay(&self, command: clap::Command) -> clap::Command {
        let flags = self.flags.get_arguments();
        let set = flags.filter(|it| self.is_in_environment(it));
        let nearer: HashSet<String> = set.map(id).chain(self.typed.iter().cloned()).collect();
        command.mut_args(|arg| {
            if !is_flag(&arg) {
                return arg;
            }
            let setting = self.settings.iter().find(|it| Some(it.flag.as_str()) == arg.get_long());
            let setting = setting.filter(|_| self.may_set(&arg, &nearer));
            let arg = if self.is_in_environment(&arg) { arg } else { without_variable(arg) };
            match setting {
                Some(setting) => arg.default_values(setting.values.clone()),
                None => arg,
            }
        })
    }

    /// Whether the environment sets a flag.
    fn is_in_environment(&self, arg: &Arg) -> bool {
        let value = arg.get_env().and_then(env::var_os);
        let is_set = value.is_some_and(|it| !it.is_empty());
        let is_told = arg.get_id() == OF_THE_RUNNING && env::var_os(RUNNING).is_some();
        is_set && !is_told && self.may_set(arg, &self.typed)
    }

    /// Whether a lower layer can set a flag when these flags are set in higher layers.
    fn may_set(&self, arg: &Arg, nearer: &HashSet<String>) -> bool {
        let is_typed_only = self.is_exec && TYPED_IN_EXEC.iter().any(|it| arg.get_id() == it);
        !is_typed_only && !self.rivals(arg).any(|it| nearer.contains(&id(it)))
    }

    /// The flags that conflict with this one.
    fn rivals<'a>(&'a self, arg: &'a Arg) -> impl Iterator<Item = &'a Arg> {
        let excludes = |one: &Arg, other: &Arg| {
            let excluded = self.flags.get_arg_conflicts_with(one);
            excluded.iter().any(|it| it.get_id() == other.get_id())
        };
        let flags = self.flags.get_arguments();
        flags.filter(move |it| excludes(arg, it) || excludes(it, arg))
    }
}

fn id(arg: &Arg) -> String {
    arg.get_id().to_string()
}
