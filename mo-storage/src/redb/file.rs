//! The file under a redb store: opening, making and replacing it, and watching what the disk answers. The trait
//! [`Medium`] is the seam at which tests put a disk that crashes, fills up and fails.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use ::redb::backends::FileBackend;
use ::redb::{BackendError, StorageBackend};

/// The place of one store: its file, and a second one beside it while the file is made or replaced.
pub(super) trait Medium: fmt::Debug + Send + Sync {
    /// Opens the file, and says which file it is; `NotFound` when there is none.
    fn open(&self) -> io::Result<(Box<dyn StorageBackend>, Identity)>;

    /// Which file has the place now. One opened before another process replaced it is no longer the store, and
    /// nobody would find again what is written into it.
    fn identity(&self) -> io::Result<Identity>;

    /// Makes an empty second file. What an interrupted replacement left behind is removed.
    fn stage(&self) -> io::Result<Box<dyn StorageBackend>>;

    /// Puts the second file in the place of the file, durably and in one step. With `fresh` there must be no file
    /// yet: `AlreadyExists` when somebody made one meanwhile.
    fn publish(&self, fresh: bool) -> io::Result<()>;

    /// Removes the second file, if there is one.
    fn discard(&self) -> io::Result<()>;
}

/// Which file it is, as far as the system tells (device and number of the file on Unix).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(pub(super) Option<(u64, u64)>);

/// A file in a directory.
#[derive(Debug)]
pub(super) struct FileMedium {
    file: PathBuf,
    staged: PathBuf,
}

/// Numbers the files being made by this process, so that two threads making one store do not share a second file.
static MAKING: AtomicU32 = AtomicU32::new(0);

impl FileMedium {
    /// The medium of an existing file. Only the process that holds the file open replaces it, so its second file has
    /// a fixed name and one left behind by a crash is found again.
    pub(super) fn existing(path: &Path) -> io::Result<FileMedium> {
        let file = fs::canonicalize(path)?;
        let staged = beside(&file, ".rewriting");
        Ok(FileMedium { file, staged })
    }

    /// The medium of a file to be made. Several processes may try at once, each with a second file of its own.
    pub(super) fn fresh(path: &Path) -> io::Result<FileMedium> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let file = fs::canonicalize(parent)?.join(name);
        let number = MAKING.fetch_add(1, Ordering::Relaxed);
        let staged = beside(&file, &format!(".making-{}-{number}", std::process::id()));
        Ok(FileMedium { file, staged })
    }

    /// Makes the new name of the file survive a loss of power.
    fn sync_directory(&self) -> io::Result<()> {
        if cfg!(unix)
            && let Some(directory) = self.file.parent()
        {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    file.with_file_name(name)
}

#[cfg(unix)]
fn identity_of(metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    Identity(Some((metadata.dev(), metadata.ino())))
}

#[cfg(not(unix))]
fn identity_of(_: &fs::Metadata) -> Identity {
    Identity(None)
}

fn backend(file: File) -> io::Result<Box<dyn StorageBackend>> {
    Ok(Box::new(FileBackend::new(file).map_err(io::Error::other)?))
}

impl Medium for FileMedium {
    fn open(&self) -> io::Result<(Box<dyn StorageBackend>, Identity)> {
        let file = OpenOptions::new().read(true).write(true).open(&self.file)?;
        let identity = identity_of(&file.metadata()?);
        Ok((backend(file)?, identity))
    }

    fn identity(&self) -> io::Result<Identity> {
        Ok(identity_of(&fs::metadata(&self.file)?))
    }

    fn stage(&self) -> io::Result<Box<dyn StorageBackend>> {
        self.discard()?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        {
            // A registry of people is not for everybody on the machine; the umask narrows this further.
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o660);
        }
        let file = options.open(&self.staged)?;
        if let Ok(metadata) = fs::metadata(&self.file) {
            file.set_permissions(metadata.permissions())?;
        }
        backend(file)
    }

    fn publish(&self, fresh: bool) -> io::Result<()> {
        if fresh {
            // A hard link refuses to replace a file, which a rename does not; some file systems have no hard links.
            match fs::hard_link(&self.staged, &self.file) {
                Ok(()) => self.discard()?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                Err(_) if self.file.exists() => return Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(&self.staged, &self.file)?,
            }
        } else {
            fs::rename(&self.staged, &self.file)?;
        }
        self.sync_directory()
    }

    fn discard(&self) -> io::Result<()> {
        match fs::remove_file(&self.staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// What a store must know about its disk beyond what redb tells it.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The first page was written since the flag was last lowered. That page says which state of the file is the
    /// current one; before it is written, a failed commit has surely not happened.
    pub(super) decided: AtomicBool,
    /// The disk once failed to keep what it had accepted. Linux forgets such pages and reports success the next time,
    /// so nothing read from this file is known to be on the disk any more.
    pub(super) sync_failed: AtomicBool,
}

/// A backend that keeps a [`Watch`].
#[derive(Debug)]
pub(super) struct Watched {
    inner: Box<dyn StorageBackend>,
    watch: Arc<Watch>,
}

impl Watched {
    pub(super) fn new(inner: Box<dyn StorageBackend>, watch: Arc<Watch>) -> Watched {
        Watched { inner, watch }
    }
}

impl StorageBackend for Watched {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let result = self.inner.sync_data();
        if result.is_err() {
            self.watch.sync_failed.store(true, Ordering::SeqCst);
        }
        result
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset == 0 {
            self.watch.decided.store(true, Ordering::SeqCst);
        }
        self.inner.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.query_lock_range(start, end)
    }
}
