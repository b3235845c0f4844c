//! The files that arguments name.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{owned_file::FileKind, values};
use crate::{
    scim::Schemas,
    seed::{FixtureError, TenantSeed, schemas_from, tenant_from},
};

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnusableFile {
    /// It cannot be read.
    #[error("can't read {path}: {source}")]
    Unreadable { path: String, source: io::Error },
    /// A folder has no file of the kind.
    #[error("can't read {path}: the folder has no .json files")]
    Empty { path: String },
    /// It holds no token. The error does not show its content.
    #[error("{path}: {why}")]
    NoToken { path: String, why: String },
    /// Its content is invalid.
    #[error(transparent)]
    Wrong(#[from] FixtureError),
}

/// Reads a tenant.
pub(super) fn tenant(path: &Path) -> Result<TenantSeed, UnusableFile> {
    Ok(tenant_from(&name(path), &text(path)?)?)
}

/// Reads schemas and resource types; of a folder, every JSON file in it, sorted by name.
pub(super) fn schemas(paths: &[PathBuf]) -> Result<Schemas, UnusableFile> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(within(path)?);
        } else {
            files.push(path.clone());
        }
    }
    let read = files.iter().map(|it| Ok((name(it), text(it)?)));
    let read = read.collect::<Result<Vec<_>, UnusableFile>>()?;
    let read: Vec<(&str, &str)> = read.iter().map(|(name, text)| (&**name, &**text)).collect();
    Ok(schemas_from(&read)?)
}

fn within(folder: &Path) -> Result<Vec<PathBuf>, UnusableFile> {
    let unreadable = |source| UnusableFile::Unreadable { path: name(folder), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("json")) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(UnusableFile::Empty { path: name(folder) });
    }
    files.sort();
    Ok(files)
}

/// Reads a token, which may end with a line break.
pub(super) fn token(path: &Path) -> Result<String, UnusableFile> {
    let text = text(path)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let token = values::token(line.strip_suffix('\r').unwrap_or(line));
    token.map(|it| it.0).map_err(|why| UnusableFile::NoToken { path: name(path), why })
}

/// Reads a file, or a pipe to its end.
fn text(path: &Path) -> Result<String, UnusableFile> {
    read_waiting(path).map_err(|source| UnusableFile::Unreadable { path: name(path), source })
}

/// The largest file that is read, in bytes.
const MOST: u64 = 1 << 30;

/// The text of a file, or of a pipe to its end. The caller must be interruptible.
///
/// # Errors
///
/// When it is neither, cannot be read or is not UTF-8.
pub(super) fn read_waiting(path: &Path) -> io::Result<String> {
    let file = match FileKind::of(fs::metadata(path)?.file_type()) {
        FileKind::Pipe => File::open(path)?,
        _ => regular(path)?,
    };
    text_of(file)
}

/// The text of a regular file. It does not wait for other kinds of files.
///
/// # Errors
///
/// When it is not a regular file, cannot be read or is not UTF-8.
pub(super) fn read(path: &Path) -> io::Result<String> {
    text_of(regular(path)?)
}

/// The bytes of a regular file. It does not wait for other kinds of files.
///
/// # Errors
///
/// When it is not a regular file, or cannot be read.
pub(super) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    bytes_of(regular(path)?)
}

fn text_of(file: File) -> io::Result<String> {
    let text = String::from_utf8(bytes_of(file)?);
    text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("no UTF-8: {error}")))
}

fn bytes_of(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::other("it has more than 1 GiB"));
    }
    Ok(bytes)
}

/// Opens a regular file. It does not block on a pipe without a writer.
fn regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    let file = options.open(path)?;
    match FileKind::of(file.metadata()?.file_type()) {
        FileKind::File => Ok(file),
        other => Err(io::Error::other(format!("expected a file; it is {}", other.name()))),
    }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
