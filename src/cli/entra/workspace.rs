//! The workspace of a command: the state file, the job file, the target.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::CommandError;
use crate::cli::arguments::entra::WorkspaceArguments;
use crate::{
    cli::{
        file_lock::{Lock, LockWait},
        files,
        owned_file::{AtomicFile, FileKind, export, with_suffix},
    },
    entra::{
        HttpTransport, Job, JobConfiguration, SecretToken, Simulation, SourceDirectory, TenantUrl,
    },
    medius,
    scim::in_plain_words,
};

/// The format name in the state file.
const FORMAT: &str = "mediusflow-mock/entra-cli/1";

/// How a state file begins.
const BEGINS: &str = "{\"format\":\"mediusflow-mock/entra-cli/";

/// The target if none was ever named: a name that resolves nowhere (RFC 6761 §6.4).
const NOWHERE: &str = "http://tenant-url.invalid";
const NOBODY: &str = "none";

/// The Entra tenant in job ids.
const ENTRA_TENANT: &str = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";

/// The state that the last command left.
pub(super) struct Workspace {
    pub(super) simulation: Simulation,
    /// The offset of the job's clock from the machine's clock.
    pub(super) ahead: SignedDuration,
    /// Whether Tenant URL and Secret Token are known.
    pub(super) has_target: bool,
    /// The Tenant URL without its flag, if it is known, even without a Secret Token.
    pub(super) address: Option<String>,
    job: Option<PathBuf>,
    target: Option<String>,
    path: PathBuf,
    outbox: PathBuf,
    /// How requests reach the target.
    pub(super) transport: HttpTransport,
    /// The right to write the state file.
    lock: Option<Lock>,
    /// The state file when it was last read or written.
    seen: Option<FileStamp>,
    /// The job file when it was read.
    seen_job: Option<FileStamp>,
    /// Whether memory has an idle cycle that the state file lacks.
    unsaved: bool,
}

/// Identifies a version of a file: each write makes a new file.
#[derive(Debug, PartialEq, Eq)]
struct FileStamp {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

/// The state file. It has no secrets.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WorkspaceFile<'a> {
    format: String,
    /// The offset of the job's clock from the machine's clock.
    ahead_seconds: i64,
    job: Option<PathBuf>,
    /// The target that the links belong to.
    target: Option<String>,
    #[serde(borrow)]
    simulation: &'a RawValue,
}

impl FileStamp {
    fn of(path: &Path) -> Option<Self> {
        let file = fs::metadata(path).ok()?;
        Some(Self {
            modified: file.modified().ok(),
            length: file.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&file),
        })
    }
}

impl Workspace {
    /// Reads configuration and state in order to change the state. It stays locked until this is
    /// dropped or [released](Self::release).
    ///
    /// # Errors
    ///
    /// As [`Self::open`], and when another command holds the lock for too long.
    pub(super) fn lock(options: &WorkspaceArguments) -> Result<Self, CommandError> {
        is_replaceable(&options.state)?;
        let patience = LockWait::For(Duration::from_secs(options.state_wait.into()));
        let lock = Lock::take(&options.state, patience)?;
        Ok(Self { lock, ..Self::open(options)? })
    }

    /// Releases the lock after writing everything that is in memory.
    ///
    /// # Errors
    ///
    /// When the state file cannot be written.
    pub(super) fn release(&mut self) -> Result<(), CommandError> {
        if self.unsaved {
            self.save()?;
        }
        self.lock = None;
        Ok(())
    }

    /// Notes a cycle that did nothing. It is written after the next cycle that does something, or
    /// before the lock is released. A program that is killed loses only the times of idle cycles.
    pub(super) fn save_later(&mut self) {
        self.unsaved = true;
    }

    /// Locks the state again and reads what other commands changed, including the job file. Returns
    /// false if the wait was ended.
    ///
    /// # Errors
    ///
    /// When the state file has become unreadable or is gone.
    pub(super) fn relock(
        &mut self,
        options: &WorkspaceArguments,
        is_over: &dyn Fn() -> bool,
    ) -> Result<bool, CommandError> {
        let Some(lock) = Lock::take(&self.path, LockWait::Until(is_over))? else {
            return Ok(false);
        };
        self.read_again(options, lock)?;
        Ok(true)
    }

    /// Writes the offset of the clock, unless another command holds the lock. In that case only the
    /// time is lost.
    ///
    /// # Errors
    ///
    /// When the state file cannot be read or written.
    pub(super) fn save_clock(
        mut self,
        options: &WorkspaceArguments,
        ahead: SignedDuration,
    ) -> Result<(), CommandError> {
        if self.lock.is_none() {
            let Some(lock) = Lock::try_take(&self.path)? else { return Ok(()) };
            self.read_again(options, lock)?;
        }
        self.ahead = self.ahead.max(ahead);
        self.save()
    }

    fn read_again(&mut self, options: &WorkspaceArguments, lock: Lock) -> Result<(), CommandError> {
        let job = self.job.as_deref().and_then(FileStamp::of);
        if (&self.seen, &self.seen_job) != (&FileStamp::of(&self.path), &job) {
            *self = Self::open(options)?;
        }
        self.lock = Some(lock);
        Ok(())
    }

    /// Reads configuration and state; where there is no state yet, the directory is empty.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is wrong, or an argument cannot be used.
    pub(super) fn open(options: &WorkspaceArguments) -> Result<Self, CommandError> {
        is_replaceable(&options.state)?;
        // Checked first, so that a file that is replaced while it is read is read again.
        let seen = FileStamp::of(&options.state);
        let text = read_if_there(&options.state)?;
        let name = options.state.display().to_string();
        let stored = text.as_deref().map(|it| stored(&name, it)).transpose()?;
        let job_file = options.job.as_deref().map(absolute).transpose()?;
        let job_file = job_file.or_else(|| stored.as_ref()?.job.clone());
        let seen_job = job_file.as_deref().and_then(FileStamp::of);
        let mut configuration = configuration(job_file.as_deref())?;
        let has_target = credentials(&mut configuration, options)?;
        let target = configuration.tenant_url.as_ref().filter(|_| has_target);
        let target = target.map(|it| it.base().to_owned());
        let known = stored.as_ref().and_then(|it| it.target.clone());
        let named = configuration.tenant_url.as_ref().map(|it| it.base().to_owned());
        let address = named.filter(|it| it != NOWHERE).or_else(|| known.clone());
        let mut simulation = if let (Some(stored), Some(text)) = (&stored, &text) {
            simulation(configuration.clone(), &name, text, stored)?
        } else {
            let job = Job::new(configuration.clone(), ENTRA_TENANT, 1);
            Simulation {
                directory: SourceDirectory::default(),
                job: job.map_err(CommandError::usage)?,
            }
        };
        if has_target {
            // The links of another target are forgotten.
            simulation.job.configure(configuration).map_err(CommandError::usage)?;
        }
        Ok(Self {
            simulation,
            ahead: SignedDuration::from_secs(stored.as_ref().map_or(0, |it| it.ahead_seconds)),
            has_target,
            address,
            job: job_file,
            target: target.or(known),
            path: options.state.clone(),
            outbox: options.outbox.clone(),
            transport: transport(options.ca_certificate.as_deref())?,
            lock: None,
            seen,
            seen_job,
            unsaved: false,
        })
    }

    /// Writes the state file atomically, and the mails into the outbox. It is called with the lock
    /// only.
    ///
    /// # Errors
    ///
    /// When one cannot be written.
    pub(super) fn save(&mut self) -> Result<(), CommandError> {
        for mail in self.simulation.job.take_mails() {
            fs::create_dir_all(&self.outbox)
                .map_err(|it| CommandError::unwritable(&self.outbox, &it))?;
            let path = self.outbox.join(mail.file_name());
            export(&path, &mail.to_eml()).map_err(|it| CommandError::unwritable(&path, &it))?;
        }
        let simulation = RawValue::from_string(self.simulation.to_json())
            .expect("a simulation writes itself as JSON");
        let file = WorkspaceFile {
            format: FORMAT.into(),
            ahead_seconds: self.ahead.as_secs(),
            job: self.job.clone(),
            target: self.target.clone(),
            simulation: &simulation,
        };
        let text = serde_json::to_string(&file).map_err(CommandError::failed)?;
        // One name for all, because only one command writes. The file of a killed command is
        // overwritten.
        let temporary = &with_suffix(&self.path, ".tmp");
        let whole = AtomicFile { path: &self.path, temporary, begins: BEGINS, is_secret: false };
        let put = whole.replace(&(text + "\n"));
        put.map_err(|it| CommandError::unwritable(&self.path, &it))?;
        (self.seen, self.unsaved) = (FileStamp::of(&self.path), false);
        Ok(())
    }

    /// Refuses to go on if the Tenant URL or the Secret Token is missing.
    pub(super) fn needs_target(&self) -> Result<(), CommandError> {
        if self.has_target {
            return Ok(());
        }
        Err(CommandError::usage(
            "Tenant URL and Secret Token are needed: give --tenant-url and --secret-token, or set \
             MEDIUSFLOW_MOCK_SCIM_URL and MEDIUSFLOW_MOCK_SECRET_KEY, or write them into the job \
             file; the admin console has them under \"Copy SCIM link\" and \"Generate secret key\"",
        ))
    }

    /// Refuses to go on if the directory is empty.
    pub(super) fn needs_directory(&self) -> Result<(), CommandError> {
        // A directory whose objects were all deleted still has deletions to provision.
        if self.simulation.directory.version() > 0 {
            return Ok(());
        }
        let state = self.path.display();
        Err(CommandError::usage(format!(
            "the source directory in {state} is empty: fill it with `entra directory generate` or \
             `entra directory import FILE`"
        )))
    }
}

fn stored<'a>(name: &str, text: &'a str) -> Result<WorkspaceFile<'a>, CommandError> {
    let broken = |line: usize, column: usize, why: &str| {
        CommandError::File(format!("{name}:{line}:{column}: {why}"))
    };
    let file: WorkspaceFile<'_> = serde_json::from_str(text).map_err(|error| {
        let whole = error.to_string();
        let why = whole.rsplit_once(" at line ").map_or(&*whole, |(why, _)| why);
        broken(error.line().max(1), error.column().max(1), &in_plain_words(why))
    })?;
    if file.format != FORMAT {
        return Err(broken(1, 1, &format!("format: expected {FORMAT}, found {}", file.format)));
    }
    Ok(file)
}

/// The simulation in the state file, with its stored target.
fn simulation(
    mut configuration: JobConfiguration,
    name: &str,
    text: &str,
    stored: &WorkspaceFile<'_>,
) -> Result<Simulation, CommandError> {
    // Blanks replace the text before it, so that lines and columns are those of the file.
    let inner = stored.simulation.get();
    let before = inner.as_ptr().addr() - text.as_ptr().addr();
    let blanks = text[..before].chars().map(|it| if it == '\n' { '\n' } else { ' ' });
    let padded: String = blanks.chain(inner.chars()).collect();
    if let Some(target) = &stored.target {
        configuration.tenant_url = Some(
            target
                .parse()
                .map_err(|why| CommandError::File(format!("{name}:1:1: target: {why}")))?,
        );
    }
    let read = Simulation::from_json(configuration, name, &padded);
    read.map_err(|it| CommandError::File(it.to_string()))
}

fn configuration(file: Option<&Path>) -> Result<JobConfiguration, CommandError> {
    let Some(path) = file else { return Ok(JobConfiguration::default()) };
    let text = files::read(path).map_err(|it| CommandError::unreadable(path, &it))?;
    let parsed = JobConfiguration::parse(&path.display().to_string(), &text, &medius::schemas());
    parsed.map_err(|it| CommandError::File(it.to_string()))
}

/// The HTTP transport. It trusts the authorities of the file, if one is given.
fn transport(trusted: Option<&Path>) -> Result<HttpTransport, CommandError> {
    let Some(path) = trusted else { return Ok(HttpTransport::new()) };
    let wrong = |why: String| CommandError::File(format!("{}: {why}", path.display()));
    let pem = files::read_bytes(path).map_err(|error| wrong(error.to_string()))?;
    HttpTransport::trusting(&pem).map_err(|error| wrong(error.to_string()))
}

/// Sets Tenant URL and Secret Token: from the command line or the environment, otherwise from the
/// file. Returns whether both are known.
fn credentials(
    configuration: &mut JobConfiguration,
    options: &WorkspaceArguments,
) -> Result<bool, CommandError> {
    if let Some(url) = &options.tenant_url {
        let parsed: Result<TenantUrl, String> = url.parse();
        let parsed = parsed.map_err(|why| CommandError::usage(format!("--tenant-url: {why}")))?;
        configuration.tenant_url = Some(parsed);
    }
    if let Some(token) = &options.secret_token {
        let token = SecretToken::new(token);
        let token = token.map_err(|why| CommandError::usage(format!("--secret-token: {why}")))?;
        configuration.secret_token = Some(token);
    }
    let has_target = configuration.tenant_url.is_some() && configuration.secret_token.is_some();
    if configuration.tenant_url.is_none() {
        configuration.tenant_url = Some(NOWHERE.parse().expect("the name is a URL"));
    }
    if configuration.secret_token.is_none() {
        configuration.secret_token = Some(SecretToken::new(NOBODY).expect("a header takes it"));
    }
    Ok(has_target)
}

/// Refuses a path that cannot be replaced by a state file.
fn is_replaceable(state: &Path) -> Result<(), CommandError> {
    match FileKind::at(state).map_err(|it| CommandError::unreadable(state, &it))? {
        FileKind::Nothing | FileKind::File => Ok(()),
        other => {
            let (state, what) = (state.display(), other.name());
            let expected = "expected a file of an earlier command, or a new name";
            Err(CommandError::usage(format!("--state {state} is {what}: {expected}")))
        }
    }
}

fn read_if_there(path: &Path) -> Result<Option<String>, CommandError> {
    match files::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CommandError::unreadable(path, &error)),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, CommandError> {
    std::path::absolute(path).map_err(|it| CommandError::unreadable(path, &it))
}
