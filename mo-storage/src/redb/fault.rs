//! How redb's errors become [`StoreError`]s.

use std::io;

use ::redb::{CommitError, DatabaseError, Error, StorageError, TableError, TransactionError};
use mo_core::store::StoreError;

/// Why a piece of work on the file stopped.
#[derive(Debug)]
pub(super) enum Fault {
    /// redb or the disk under it failed.
    Redb(Box<Error>),
    /// The store itself has the answer.
    Store(Box<StoreError>),
}

macro_rules! fault_from {
    ($($error:ty),*) => {$(
        impl From<$error> for Fault {
            fn from(error: $error) -> Fault {
                Fault::Redb(Box::new(error.into()))
            }
        }
    )*};
}

fault_from!(CommitError, DatabaseError, StorageError, TableError, TransactionError);

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Store(Box::new(error))
    }
}

impl Fault {
    /// Whether redb refuses everything from here on until the file is opened anew.
    pub(super) fn latches(&self) -> bool {
        matches!(self, Fault::Redb(error) if matches!(
            **error,
            Error::Io(_) | Error::Backend(_) | Error::PreviousIo | Error::LockPoisoned(_) | Error::DatabaseClosed
        ))
    }

    /// The error for the caller; `place` is the store as the caller named it.
    pub(super) fn into_store(self, place: &str) -> StoreError {
        match self {
            Fault::Store(error) => *error,
            Fault::Redb(error) => translate(*error, place),
        }
    }
}

fn translate(error: Error, place: &str) -> StoreError {
    match error {
        Error::DatabaseAlreadyOpen | Error::LockProtocolMismatch => {
            StoreError::InUse { place: place.to_owned() }
        }
        Error::Io(error) => translate_io(error, place),
        Error::Corrupted(what) => match newer_file_format(&what) {
            Some((known, found)) => StoreError::Newer { what: format!("the file {place}"), found, known },
            None => StoreError::Corrupt { entry: None, what: format!("{place}: {what}") },
        },
        Error::TableTypeMismatch { .. }
        | Error::TableIsMultimap(_)
        | Error::TableDoesNotExist(_)
        | Error::TypeDefinitionChanged { .. } => {
            StoreError::Corrupt { entry: None, what: format!("{place}: {error}") }
        }
        Error::UpgradeRequired(version) => StoreError::Setup {
            what: format!(
                "{place} is a redb file of format {version}, older than any mo wrote: it is not a registry"
            ),
            source: None,
        },
        error => StoreError::Unavailable { what: format!("{place}: {error}"), source: Some(Box::new(error)) },
    }
}

pub(super) fn translate_io(error: io::Error, place: &str) -> StoreError {
    use io::ErrorKind as Kind;
    let what = format!("{place}: {error}");
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            StoreError::Full { what, source: Some(Box::new(error)) }
        }
        // What redb answers for a file that does not begin as one of its own.
        Kind::InvalidData => StoreError::Corrupt {
            entry: None,
            what: format!(
                "{place} is not a registry, or its first bytes are damaged: name a registry or a new file, or restore a backup"
            ),
        },
        Kind::NotFound
        | Kind::PermissionDenied
        | Kind::ReadOnlyFilesystem
        | Kind::IsADirectory
        | Kind::NotADirectory
        | Kind::InvalidFilename => StoreError::Setup { what, source: Some(Box::new(error)) },
        _ => StoreError::Unavailable { what, source: Some(Box::new(error)) },
    }
}

/// redb reports a newer format of its own as corruption, with a sentence of this form; (known, found).
fn newer_file_format(sentence: &str) -> Option<(u32, u32)> {
    let rest = sentence.strip_prefix("Expected file format version <= ")?;
    let (known, found) = rest.split_once(", found ")?;
    let (known, found) = (known.parse().ok()?, found.parse().ok()?);
    (found > known).then_some((known, found))
}
