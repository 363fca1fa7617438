//! Opening and making the file of a redb store: what is refused, and in which words. A file appears under its name only
//! when it is complete, so a crash while it is made leaves no half of one.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ::redb::{Builder, Database, ReadableDatabase, StorageBackend, TableError, WriteTransaction};
use mo_core::store::StoreError;

use super::Open;
use super::fault::{Fault, translate_io};
use super::file::{FileMedium, Medium, Watch, Watched};
use super::format::{FORMAT, META, META_FORMAT};
use super::journal::lay_out;
use super::salvage::survey;

/// How a redb store is opened.
///
/// ```
/// use mo_storage::redb::{RedbOptions, RedbStore};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("korsbaek.mo");
/// let refused = RedbStore::open_with(&path, RedbOptions::new().existing_only());
/// assert!(refused.is_err());
/// RedbStore::open_with(&path, RedbOptions::new().cache_bytes(4 << 20))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RedbOptions {
    making: Making,
    cache_bytes: usize,
    verify: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Making {
    IfMissing,
    Never,
    Only,
}

impl RedbOptions {
    /// Makes the file when there is none, keeps up to 16 MiB of it in memory, and verifies it when opening.
    pub fn new() -> RedbOptions {
        RedbOptions { making: Making::IfMissing, cache_bytes: 16 << 20, verify: true }
    }

    /// Refuses to make a file.
    #[must_use]
    pub fn existing_only(mut self) -> RedbOptions {
        self.making = Making::Never;
        self
    }

    /// Refuses to open a file that is there.
    #[must_use]
    pub fn new_only(mut self) -> RedbOptions {
        self.making = Making::Only;
        self
    }

    /// How many bytes of the file to keep in memory, at most. A registry reads the journal once and then holds it
    /// itself, so a little is enough.
    #[must_use]
    pub fn cache_bytes(mut self, bytes: usize) -> RedbOptions {
        self.cache_bytes = bytes;
        self
    }

    /// Whether to verify the whole file when opening it. Without, a file damaged by something other than a crash may
    /// be noticed late, and the damage may then make a call panic; after a crash it is verified anyway.
    #[must_use]
    pub fn verify_on_open(mut self, verify: bool) -> RedbOptions {
        self.verify = verify;
        self
    }

    fn builder(&self) -> Builder {
        let mut builder = Builder::new();
        builder.set_cache_size(self.cache_bytes);
        builder
    }
}

impl Default for RedbOptions {
    fn default() -> RedbOptions {
        RedbOptions::new()
    }
}

/// Opens or makes the file at `path`.
pub(super) fn at_path(
    path: &Path,
    place: &str,
    options: &RedbOptions,
) -> Result<(Box<dyn Medium>, Open), StoreError> {
    let failed = |error| translate_io(error, place);
    // A second round when somebody else made the file at the same moment.
    for _ in 0..2 {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(setup(format!("{place} is a folder: name a file in it")));
            }
            Ok(_) if options.making == Making::Only => {
                return Err(setup(format!("there is a file at {place} already: name another, or open it")));
            }
            Ok(_) => {
                let medium = FileMedium::existing(path).map_err(failed)?;
                let open = again(&medium, place, options)?;
                return Ok((Box::new(medium), open));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            Err(_) if options.making == Making::Never => {
                return Err(setup(format!("there is no file at {place}")));
            }
            Err(_) => {}
        }
        let making = FileMedium::fresh(path).map_err(failed)?;
        if let Some(open) = fresh(&making, place, options)? {
            let medium = FileMedium::existing(path).map_err(failed)?;
            return Ok((Box::new(medium), open));
        }
    }
    Err(StoreError::InUse { place: place.to_owned() })
}

/// Makes the file of a medium that has none; `None` when somebody else was first.
pub(super) fn fresh(
    medium: &dyn Medium,
    place: &str,
    options: &RedbOptions,
) -> Result<Option<Open>, StoreError> {
    let (open, ()) = staged(medium, place, options, lay_out)?;
    match medium.publish(true) {
        Ok(()) => Ok(Some(open)),
        Err(error) => {
            drop(open);
            // The reason is the error at hand; a second one in clearing up adds nothing to it.
            let _ = medium.discard();
            if error.kind() == io::ErrorKind::AlreadyExists {
                return Ok(None);
            }
            Err(translate_io(error, place))
        }
    }
}

/// Makes a second file and fills it in one transaction; on the disk, but not yet in its place.
pub(super) fn staged<T>(
    medium: &dyn Medium,
    place: &str,
    options: &RedbOptions,
    fill: impl FnOnce(&WriteTransaction) -> Result<T, Fault>,
) -> Result<(Open, T), StoreError> {
    let attempt = || {
        let backend = medium.stage().map_err(|error| translate_io(error, place))?;
        let open = create(backend, options, false)?;
        let transaction = open.database.begin_write()?;
        let value = fill(&transaction)?;
        transaction.commit()?;
        Ok((open, value))
    };
    attempt().map_err(|fault: Fault| {
        let _ = medium.discard();
        fault.into_store(place)
    })
}

/// Opens the file of a medium that has one.
pub(super) fn again(medium: &dyn Medium, place: &str, options: &RedbOptions) -> Result<Open, StoreError> {
    let failed = |error| translate_io(error, place);
    // Several rounds, as the holder of the file may put another in its place between our opening and locking it.
    for _ in 0..8 {
        let (backend, identity) = medium.open().map_err(failed)?;
        if backend.len().map_err(failed)? == 0 {
            return Err(setup(format!(
                "{place} is an empty file: remove it to make a new registry there, or restore the one it was"
            )));
        }
        let open = match create(backend, options, options.verify) {
            Ok(open) => open,
            Err(fault) => return Err(with_damage(medium, fault.into_store(place))),
        };
        if medium.identity().map_err(failed)? != identity {
            continue;
        }
        verify_format(&open.database, place)?;
        // What a crash during a rewrite left behind is as personal as the file itself.
        medium.discard().map_err(failed)?;
        return Ok(open);
    }
    Err(StoreError::InUse { place: place.to_owned() })
}

fn create(backend: Box<dyn StorageBackend>, options: &RedbOptions, verify: bool) -> Result<Open, Fault> {
    let watch = Arc::new(Watch::default());
    let backend = Watched::new(backend, watch.clone());
    let mut builder = options.builder();
    let database = builder.set_check_integrity_on_open(verify).create_with_backend(backend)?;
    Ok(Open { database, watch, stale: AtomicBool::new(false) })
}

fn verify_format(database: &Database, place: &str) -> Result<(), StoreError> {
    let fault = |fault: Fault| fault.into_store(place);
    let transaction = database.begin_read().map_err(|error| fault(error.into()))?;
    let format = match transaction.open_table(META) {
        Ok(meta) => meta.get(META_FORMAT).map_err(|error| fault(error.into()))?.map(|row| row.value()),
        Err(TableError::Storage(error)) => return Err(fault(error.into())),
        Err(_) => None,
    };
    match format {
        Some(FORMAT) => Ok(()),
        Some(found) if found > FORMAT => {
            Err(StoreError::Newer { what: format!("the registry {place}"), found, known: FORMAT })
        }
        Some(found) => Err(StoreError::Corrupt {
            entry: None,
            what: format!("{place} claims to have format {found}, which never was"),
        }),
        None => Err(setup(format!("{place} is a redb file of another program, not a registry"))),
    }
}

/// Adds to an error about damage which entry is the first damaged one, and what can be saved.
pub(super) fn with_damage(medium: &dyn Medium, error: StoreError) -> StoreError {
    let StoreError::Corrupt { entry: None, what } = error else { return error };
    let Ok(Ok(survey)) = medium.open().map(|(backend, _)| survey(&*backend)) else {
        return StoreError::Corrupt { entry: None, what };
    };
    let entry = survey.first_lost();
    StoreError::Corrupt { entry, what: format!("{what}; {survey}") }
}

fn setup(what: String) -> StoreError {
    StoreError::Setup { what, source: None }
}
