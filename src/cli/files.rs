//! The files that arguments name.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    scim::Schemas,
    seed::{TenantSeed, fixture::FixtureError, schemas_from, tenant_from},
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
    /// It says something that does not fit.
    #[error(transparent)]
    Wrong(#[from] FixtureError),
}

/// Reads a tenant.
pub(super) fn tenant(path: &Path) -> Result<TenantSeed, UnusableFile> {
    Ok(tenant_from(&name(path), &text(path)?)?)
}

/// Reads schemas and resource types; of a folder every JSON file in it, by name.
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

fn text(path: &Path) -> Result<String, UnusableFile> {
    fs::read_to_string(path).map_err(|source| UnusableFile::Unreadable { path: name(path), source })
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
