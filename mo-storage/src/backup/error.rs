//! [`BackupError`]: why a journal could not be moved, and where. No part of an entry is in one.

use std::io;

use mo_core::journal::JsonError;
use mo_core::store::StoreError;
use mo_core::time::Revision;
use thiserror::Error;

/// Why a journal was not exported, imported or copied.
///
/// ```
/// use std::ops::ControlFlow;
/// use mo_core::store::MemoryStore;
/// use mo_storage::backup;
///
/// let cut = backup::import(&MemoryStore::new(), &mut "".as_bytes(), &mut |_| ControlFlow::Continue(()));
/// assert!(cut.unwrap_err().to_string().starts_with("the file was cut off after registration 0"));
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The export could not be written.
    #[error("the export could not be written: {0}")]
    Write(#[source] io::Error),
    /// The file could not be read.
    #[error("line {line} could not be read: {source}")]
    Read {
        /// Which line, from 1.
        line: u64,
        /// What happened.
        source: io::Error,
    },
    /// An entry that is no line of text: whoever wrote it was not mo.
    #[error(
        "entry {revision} is not one line of JSON, as registrations are: copy the journal from store to store instead"
    )]
    NotALine {
        /// Which entry.
        revision: Revision,
    },
    /// A line that is no registration this version reads.
    #[error("line {line} is no registration: {reason}")]
    NotARegistration {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: JsonError,
    },
    /// A line above the limit of an entry.
    #[error("line {line} has more than {limit} bytes, which no entry has")]
    TooLong {
        /// Which line, from 1.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// A line that is not the next registration.
    #[error(
        "line {line} holds registration {found} where {expected} follows: lines are missing, doubled or in another order"
    )]
    OutOfOrder {
        /// Which line, from 1.
        line: u64,
        /// The registration that would follow.
        expected: Revision,
        /// The one that does.
        found: Revision,
    },
    /// The file has no last line with the number of registrations and their checksum.
    #[error("the file was cut off after registration {after}: it has no last line {{\"exported\":…}}")]
    CutOff {
        /// The last whole registration.
        after: Revision,
    },
    /// The registrations are not those the last line was written for.
    #[error(
        "the file was changed after it was exported: its last line says {expected}, its lines come to {found}"
    )]
    Changed {
        /// Number and checksum of the last line.
        expected: String,
        /// Those of the lines.
        found: String,
    },
    /// The store holds something else.
    #[error("the store holds another journal: its entry {revision} differs; take an empty one")]
    Differs {
        /// The first entry that differs.
        revision: Revision,
    },
    /// The progress callback ended the work.
    #[error("stopped after entry {after}; what was recorded so far stays and is continued next time")]
    Stopped {
        /// The last entry that is done.
        after: Revision,
    },
}
