//! The state file of a server: read at the start, written while it runs and when it stops.
//!
//! A thread of its own writes it from a snapshot, so that no request waits. It is replaced as a whole,
//! so that a killed server leaves the file before or after a save, and never a part of one.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Exit,
    file_lock::{self, Lock, LockError},
    files,
    owned_file::{AtomicFile, FileKind, with_suffix},
};
use crate::server::{
    STATE_BEGINS, SavedTenants, ServerSnapshot, SnapshotMark, StateSource, UnreadableState,
};

/// A state file that this process has, and no other.
#[derive(Debug)]
pub(super) struct LockedStateFile {
    path: PathBuf,
    temporary: PathBuf,
    _lock: Lock,
}

/// What a server did with its state file at the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateReport {
    /// The file.
    pub(super) file: String,
    /// What was in it; `None` if it is new.
    pub(super) loaded: Option<LoadedState>,
}

/// What was in a state file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadedState {
    pub(super) tenants: usize,
    /// Of all tenants together.
    pub(super) users: usize,
    pub(super) saved_at: Timestamp,
}

impl fmt::Display for StateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, loaded } = self;
        match loaded {
            Some(LoadedState { tenants, users, saved_at }) => write!(
                f,
                "state: loaded from {file} (tenants: {tenants}, users: {users}), saved at {saved_at}"
            ),
            None => write!(f, "state: new, in {file}"),
        }
    }
}

/// Why a server cannot have a state file.
#[derive(Debug, thiserror::Error)]
pub(super) enum StateFileRefusal {
    /// Its path has something else.
    #[error(
        "--state {path} is {what}: expected the state file of an earlier server, or a new name"
    )]
    Taken { path: String, what: &'static str },
    /// Another process has it.
    #[error("--state {path}: {holder} has this file; each server needs one of its own")]
    InUse { path: String, holder: String },
    /// Its lock cannot be taken.
    #[error(transparent)]
    Unlockable(#[from] LockError),
    /// It cannot be read.
    #[error("can't read the state file {path}: {source}")]
    Unreadable { path: String, source: io::Error },
    /// It is no state file, or one of a newer program, or not whole.
    #[error("{path}:{source}")]
    Wrong { path: String, source: UnreadableState },
    /// It cannot be written.
    #[error("can't write the state file {path}: {source}")]
    Unwritable { path: String, source: io::Error },
}

impl From<&StateFileRefusal> for Exit {
    fn from(refusal: &StateFileRefusal) -> Self {
        match refusal {
            StateFileRefusal::Taken { .. } | StateFileRefusal::InUse { .. } => Self::Usage,
            StateFileRefusal::Unreadable { .. } | StateFileRefusal::Wrong { .. } => Self::Invalid,
            StateFileRefusal::Unlockable(_) | StateFileRefusal::Unwritable { .. } => Self::Failed,
        }
    }
}

impl LockedStateFile {
    /// Locks a state file, which may be new, and deletes what a killed server left beside it.
    ///
    /// # Errors
    ///
    /// [`StateFileRefusal`]: its path has something else, another server has it, or its folder cannot
    /// be written.
    pub(super) fn lock(path: &Path) -> Result<Self, StateFileRefusal> {
        let taken = |what| Err(StateFileRefusal::Taken { path: path.display().to_string(), what });
        match FileKind::at(path).map_err(|it| unreadable(path, it))? {
            FileKind::Nothing => {}
            FileKind::File if is_read_only(path) => return taken("read-only"),
            FileKind::File => {}
            other => return taken(other.name()),
        }
        let Some(lock) = Lock::try_take(path)? else {
            let (path, holder) = (path.display().to_string(), file_lock::holder_of(path));
            return Err(StateFileRefusal::InUse { path, holder });
        };
        let temporary = with_suffix(path, ".tmp");
        let file = Self { path: path.to_owned(), temporary, _lock: lock };
        file.atomic().delete_leftover();
        Ok(file)
    }

    /// Reads the file; `None` if it is new.
    ///
    /// # Errors
    ///
    /// [`StateFileRefusal`]: it cannot be read, or is not whole and of a known form.
    pub(super) fn read(&self, now: Timestamp) -> Result<Option<SavedTenants>, StateFileRefusal> {
        let text = match files::read_bytes(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&self.path, error)),
        };
        let read = SavedTenants::read(&text, now);
        let wrong = |source| StateFileRefusal::Wrong { path: self.name(), source };
        read.map(Some).map_err(wrong)
    }

    fn write(&self, snapshot: &ServerSnapshot) -> io::Result<()> {
        self.atomic().replace_by(|it| snapshot.write(it), |_| {}).map(drop)
    }

    fn atomic(&self) -> AtomicFile<'_> {
        let (path, temporary) = (&self.path, &self.temporary);
        AtomicFile { path, temporary, begins: STATE_BEGINS, is_secret: true }
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// Saves the state of a running server whenever it changed, on a thread of its own.
#[derive(Debug)]
pub(super) struct StateKeeper {
    report: StateReport,
    stop: Sender<()>,
    thread: JoinHandle<StateSaver>,
}

impl StateKeeper {
    /// Begins to save, at this interval. A new file is written at once, which shows that it can be.
    ///
    /// # Errors
    ///
    /// [`StateFileRefusal::Unwritable`], also when no thread can be made.
    pub(super) fn start(
        file: LockedStateFile,
        loaded: Option<&SavedTenants>,
        source: StateSource,
        interval: Duration,
    ) -> Result<Self, StateFileRefusal> {
        let path = file.name();
        let unwritable = |source| StateFileRefusal::Unwritable { path: path.clone(), source };
        let loaded_snapshot = loaded.map(SavedTenants::snapshot);
        let report = StateReport {
            file: path.clone(),
            loaded: loaded.zip(loaded_snapshot.as_ref()).map(|(saved, it)| LoadedState {
                tenants: it.tenants(),
                users: it.users(),
                saved_at: saved.saved_at,
            }),
        };
        let mark = loaded_snapshot.map(|it| it.mark());
        let mut saver = StateSaver { file, source, mark };
        if loaded.is_none() {
            saver.save().map_err(unwritable)?;
        }
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("mediusflow-state".into()).spawn(move || {
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                saver.save_or_report(interval);
            }
            saver
        });
        Ok(Self { report, stop, thread: thread.map_err(unwritable)? })
    }

    /// What the server did with the file at the start.
    pub(super) fn report(&self) -> &StateReport {
        &self.report
    }

    /// Saves what changed last, when the server has stopped.
    ///
    /// # Errors
    ///
    /// [`StateFileRefusal::Unwritable`]: the file has the state of the last save that succeeded.
    pub(super) fn finish(self) -> Result<(), StateFileRefusal> {
        drop(self.stop);
        let path = self.report.file;
        let unwritable = |source| StateFileRefusal::Unwritable { path, source };
        let Ok(mut saver) = self.thread.join() else {
            return Err(unwritable(io::Error::other("the thread that writes it ended before")));
        };
        saver.save().map_err(unwritable)
    }
}

/// What writes a state file, and what it wrote last.
#[derive(Debug)]
struct StateSaver {
    file: LockedStateFile,
    source: StateSource,
    mark: Option<SnapshotMark>,
}

impl StateSaver {
    /// Saves the state if it changed since the last save that succeeded, and logs that.
    fn save(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let snapshot = self.source.snapshot();
        if self.mark.as_ref().is_some_and(|it| snapshot.is_marked_by(it)) {
            return Ok(());
        }
        self.file.write(&snapshot)?;
        self.mark = Some(snapshot.mark());
        let (tenants, users) = (snapshot.tenants(), snapshot.users());
        let took_ms = milliseconds(began.elapsed());
        tracing::debug!(file = self.file.name(), tenants, users, took_ms, "state saved");
        Ok(())
    }

    /// The same while the server runs: a failure is told, and the next time comes.
    fn save_or_report(&mut self, interval: Duration) {
        if let Err(error) = self.save() {
            let (file, next_ms) = (self.file.name(), milliseconds(interval));
            tracing::warn!(file, %error, next_ms, "can't save the state, and will try again");
        }
    }
}

/// A duration for a log line: JSON has no numbers of 128 bits.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whether nobody may write a file: whoever made it so does not expect that it is replaced.
fn is_read_only(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| it.permissions().readonly())
}

fn unreadable(path: &Path, source: io::Error) -> StateFileRefusal {
    StateFileRefusal::Unreadable { path: path.display().to_string(), source }
}
