//! The lock of a state file: one process at a time may change it.
//!
//! The lock is on a file beside the state file, because each write replaces the state file. The
//! system releases the lock when the process ends.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::owned_file::{FileKind, with_suffix};

/// The right to read, change and write a state file, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closing the file ends the lock")] File);

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub(super) enum LockError {
    /// Its file cannot be made or written.
    #[error("can't write {path}: {source}")]
    Unwritable { path: String, source: io::Error },
    /// Its name is taken by something else.
    #[error(
        "{path} is {what}, and is not written to: commands lock this file while they have the \
         state; --state names another one"
    )]
    NotLock { path: String, what: &'static str },
    /// The file system has no locks.
    #[error("can't lock {path}: {source}; --state names a file on a file system with locks")]
    NoLocks { path: String, source: io::Error },
    /// Another process has it, and did not give it back in time.
    #[error(
        "{holder} has {state}: nothing was done; try again when its cycle or command is over, or \
         give more time with --state-wait"
    )]
    Busy { holder: String, state: String },
}

/// How long a command waits for the lock.
#[derive(Clone, Copy)]
pub(super) enum LockWait<'a> {
    /// For this long. Then the command is refused.
    For(Duration),
    /// Without a limit, or until this returns true.
    Until(&'a dyn Fn() -> bool),
}

/// The time after which a waiting command prints a line.
const SILENT: Duration = Duration::from_secs(1);
/// More bytes than a process id has.
const LONGEST: u64 = 32;
/// The interval at which a waiting command checks whether to go on.
const LOOK: Duration = Duration::from_millis(50);

impl Lock {
    /// Takes the lock of a state file if it is free.
    ///
    /// # Errors
    ///
    /// When the file cannot be locked.
    pub(super) fn try_take(state: &Path) -> Result<Option<Self>, LockError> {
        let path = lock_path(state);
        let file = open_lock_file(&path)?;
        match file.try_lock() {
            Ok(()) => Self::sign(file, &path).map(Some),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(cannot_lock(&path, error)),
        }
    }

    /// Waits for the lock of a state file. A line on stderr names the holder. Returns `None` if the
    /// wait was ended.
    ///
    /// # Errors
    ///
    /// When it takes too long, or the file cannot be locked.
    pub(super) fn take(state: &Path, patience: LockWait<'_>) -> Result<Option<Self>, LockError> {
        if let Some(lock) = Self::try_take(state)? {
            return Ok(Some(lock));
        }
        let path = lock_path(state);
        let coming = wait_in_background(&path)?;
        let began = Instant::now();
        let mut told = false;
        loop {
            match coming.recv_timeout(LOOK) {
                Ok(Ok(file)) => return Self::sign(file, &path).map(Some),
                Ok(Err(error)) => return Err(cannot_lock(&path, error)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            let waited = began.elapsed();
            match patience {
                LockWait::For(most) if waited >= most => {
                    let state = state.display().to_string();
                    return Err(LockError::Busy { holder: holder(&path), state });
                }
                LockWait::Until(is_over) if is_over() => return Ok(None),
                _ => {}
            }
            if waited >= SILENT && !told {
                told = true;
                let (holder, state) = (holder(&path), state.display());
                let line = format!("mediusflow-mock: waiting for {holder}, which has {state}\n");
                drop(io::stderr().write_all(line.as_bytes()));
            }
        }
    }

    /// Writes the process id into the file, for commands that wait.
    fn sign(mut file: File, path: &Path) -> Result<Self, LockError> {
        let pid = format!("{}\n", std::process::id());
        let mut before = Vec::new();
        let read = (&mut file).take(LONGEST).read_to_end(&mut before);
        let is_digits = before.iter().all(|it| it.is_ascii_digit() || *it == b'\n');
        if read.is_err() || before.len() as u64 == LONGEST || !is_digits {
            return Err(not_a_lock(path, "not a lock"));
        }
        let written = file.set_len(0).and_then(|()| file.rewind());
        written.and_then(|()| file.write_all(pid.as_bytes())).map_err(|it| unwritable(path, it))?;
        Ok(Self(file))
    }
}

/// The file of the lock: `entra-state.json.lock`. It stays when the lock is released: deleting it
/// could delete the lock of the next command.
fn lock_path(state: &Path) -> PathBuf {
    with_suffix(state, ".lock")
}

fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// The holder of the lock of a state file.
pub(super) fn holder_of(state: &Path) -> String {
    holder(&lock_path(state))
}

/// Opens the file of the lock, unless its name is taken by something else.
fn open_lock_file(path: &Path) -> Result<File, LockError> {
    match FileKind::at(path).map_err(|it| unwritable(path, it))? {
        FileKind::Nothing | FileKind::File => open(path).map_err(|it| unwritable(path, it)),
        other => Err(not_a_lock(path, other.name())),
    }
}

fn not_a_lock(path: &Path, what: &'static str) -> LockError {
    LockError::NotLock { path: path.display().to_string(), what }
}

fn unwritable(path: &Path, source: io::Error) -> LockError {
    LockError::Unwritable { path: path.display().to_string(), source }
}

/// Waits for the lock on a thread of its own. A wait that ends early leaves the thread behind, and
/// a late lock is released at once.
fn wait_in_background(path: &Path) -> Result<mpsc::Receiver<io::Result<File>>, LockError> {
    let file = open_lock_file(path)?;
    let (locked, coming) = mpsc::sync_channel(0);
    thread::spawn(move || drop(locked.send(file.lock().map(|()| file))));
    Ok(coming)
}

fn cannot_lock(path: &Path, source: io::Error) -> LockError {
    LockError::NoLocks { path: path.display().to_string(), source }
}

/// The holder of the lock. It is unknown on systems where locks prevent reading.
fn holder(path: &Path) -> String {
    let mut pid = String::new();
    let read = open(path).and_then(|mut it| it.read_to_string(&mut pid));
    match (read, pid.trim().parse::<u32>()) {
        (Ok(_), Ok(pid)) => format!("process {pid}"),
        _ => "another process".into(),
    }
}
