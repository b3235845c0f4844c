//! Files that the program writes. It replaces its own files only, and deletes no others.

use std::{
    fs::{self, File, FileType, OpenOptions},
    io::{self, BufWriter, ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// The kind of file at a path. Links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// Nothing.
    Nothing,
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A FIFO.
    Pipe,
    /// A character device.
    Device,
    /// A block device, or a socket.
    Other(&'static str),
}

impl FileKind {
    /// Looks at a path.
    ///
    /// # Errors
    ///
    /// When the file system reports an error.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(it) => Ok(Self::of(it.file_type())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::Nothing),
            Err(error) => Err(error),
        }
    }

    /// The kind of this file type.
    pub(super) fn of(it: FileType) -> Self {
        if it.is_file() {
            return Self::File;
        }
        if it.is_dir() {
            return Self::Folder;
        }
        if it.is_symlink() {
            return Self::Link;
        }
        Self::special(it)
    }

    #[cfg(unix)]
    fn special(it: FileType) -> Self {
        use std::os::unix::fs::FileTypeExt as _;
        if it.is_fifo() {
            Self::Pipe
        } else if it.is_char_device() {
            Self::Device
        } else if it.is_block_device() {
            Self::Other("a block device")
        } else {
            Self::Other("a socket")
        }
    }

    #[cfg(not(unix))]
    fn special(_: FileType) -> Self {
        Self::Other("a special file")
    }

    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "not there",
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a link",
            Self::Pipe => "a pipe",
            Self::Device => "a device",
            Self::Other(name) => name,
        }
    }
}

/// A file that appears whole, or not at all, also if the machine fails. It is the only writer of
/// files in the program.
pub(super) struct AtomicFile<'a> {
    /// The file.
    pub(super) path: &'a Path,
    /// The file that is written first, in the same folder.
    pub(super) temporary: &'a Path,
    /// The start of its text, by which the file of a killed program at `temporary` is recognized.
    pub(super) begins: &'a str,
    /// Whether only its owner may read it.
    pub(super) is_secret: bool,
}

impl AtomicFile<'_> {
    /// Replaces the regular file at the path, if there is one, by a file with this text. The caller
    /// decides whether it may be replaced.
    ///
    /// # Errors
    ///
    /// As [`Self::replace_by`].
    pub(super) fn replace(&self, text: &str) -> io::Result<()> {
        self.replace_by(|file| file.write_all(text.as_bytes()), |_| {}).map(drop)
    }

    /// The same; `fill` writes the content, and `before` is called with the file before others can
    /// see it. Returns the file.
    ///
    /// # Errors
    ///
    /// When something else has that path, or the file cannot be written. Nothing is changed then. When
    /// the folder cannot be synchronized, the file is replaced, but may not outlast the machine.
    pub(super) fn replace_by(
        &self,
        fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
        before: impl FnOnce(&File),
    ) -> io::Result<File> {
        let file = self.create()?;
        before(&file);
        let mut writer = BufWriter::new(&file);
        let put = fill(&mut writer).and_then(|()| writer.flush());
        // The content before the name: else a machine that fails may leave the name and no content.
        let put =
            put.and_then(|()| file.sync_all()).and_then(|()| match FileKind::at(self.path)? {
                FileKind::Nothing | FileKind::File => fs::rename(self.temporary, self.path),
                other => Err(not_replaced(other.name())),
            });
        if let Err(error) = put {
            // What is still in the buffer is not written: the disk may be full.
            drop(writer.into_parts());
            drop(fs::remove_file(self.temporary)); // made above
            return Err(error);
        }
        drop(writer);
        sync_folder(self.path)?;
        Ok(file)
    }

    /// Deletes what a killed program left at `temporary`, if it is its own.
    pub(super) fn delete_leftover(&self) {
        if is_own(self.temporary, self.begins).is_ok_and(|it| it) {
            // A file that cannot be deleted is reported when it is written.
            drop(fs::remove_file(self.temporary));
        }
    }

    fn create(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if self.is_secret {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        match options.open(self.temporary) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if !is_own(self.temporary, self.begins)? {
                    let it = self.temporary.display();
                    return Err(io::Error::other(format!(
                        "{it} is in the way, and is not replaced"
                    )));
                }
                fs::remove_file(self.temporary)?;
                options.open(self.temporary)
            }
            opened => opened,
        }
    }
}

/// Writes a file for users. It replaces an earlier file only if that has the same first line.
///
/// # Errors
///
/// When something else has that path, or the file cannot be written. Nothing is changed then.
pub(super) fn export(path: &Path, text: &str) -> io::Result<()> {
    let begins = text.lines().next().unwrap_or_default();
    if FileKind::at(path)? != FileKind::Nothing && !is_own(path, begins)? {
        return Err(not_replaced("not one of this program's"));
    }
    let temporary = &with_suffix(path, ".tmp");
    AtomicFile { path, temporary, begins, is_secret: false }.replace(text)
}

/// Whether a regular file is empty or begins like the program's own files. A killed program may
/// have written only the beginning.
fn is_own(path: &Path, begins: &str) -> io::Result<bool> {
    if FileKind::at(path)? != FileKind::File {
        return Ok(false);
    }
    let mut head = Vec::new();
    File::open(path)?.take(begins.len() as u64).read_to_end(&mut head)?;
    Ok(begins.as_bytes().starts_with(&head))
}

/// Has the folder of a file keep the file's name. Other systems than Unix do so by themselves.
#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
    match File::open(folder.unwrap_or_else(|| Path::new("."))).and_then(|it| it.sync_all()) {
        // Some file systems cannot, and a folder that cannot be listed cannot be opened.
        Err(error)
            if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::PermissionDenied) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A path with a suffix on its last name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn not_replaced(what: &str) -> io::Error {
    io::Error::other(format!("it is {what}, and is not replaced"))
}
