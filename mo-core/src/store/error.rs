//! [`StoreError`]: why a store did not do what it was asked, with the data a program needs to act and the sentence a
//! person needs to mend it. No entry, row, key or password is ever part of one.

use thiserror::Error;
use uuid::Uuid;

use crate::time::{Instant, Revision};

/// The error underneath, where a store passes one on.
pub type StoreErrorSource = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why a store refused or failed.
///
/// Match on the variant for its data, or on [`kind`](StoreError::kind) to decide what to do.
///
/// ```
/// use mo_core::store::{StoreError, StoreErrorKind};
/// use mo_core::time::Revision;
///
/// let error = StoreError::Conflict { expected: Revision::new(4), head: Revision::new(6) };
/// assert_eq!(error.kind(), StoreErrorKind::Conflict);
/// assert!(error.to_string().starts_with("the journal is at revision 6, not 4"));
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else was first: the head is not the expected one. Nothing was recorded.
    #[error("the journal is at revision {head}, not {expected}: read what was added and decide again")]
    Conflict {
        /// The head the caller expected.
        expected: Revision,
        /// The head there is.
        head: Revision,
    },
    /// The acknowledgement of an append was lost: it may or may not have been recorded.
    #[error(
        "whether revision {revision} was recorded as {id} is not known ({what}): look whether it carries that id before trying again"
    )]
    Unknown {
        /// The revision the entry was to have.
        revision: Revision,
        /// The id of the entry.
        id: Uuid,
        /// What happened.
        what: String,
        /// The error underneath.
        source: Option<StoreErrorSource>,
    },
    /// The acknowledgement of a change other than an append was lost: it may or may not have been made.
    #[error("whether {what} was done is not known: read it again before trying again")]
    UnknownChange {
        /// What was being changed.
        what: String,
        /// The error underneath.
        source: Option<StoreErrorSource>,
    },
    /// The store cannot be reached or used just now. Nothing was recorded.
    #[error("the store is unavailable: {what}")]
    Unavailable {
        /// What happened, and where.
        what: String,
        /// The error underneath.
        source: Option<StoreErrorSource>,
    },
    /// Another process, or another handle of this one, has the store open for itself.
    #[error("{place} is in use: end the other program that has it open, or let that program do this work")]
    InUse {
        /// The store, as the caller named it.
        place: String,
    },
    /// No room is left. Nothing was recorded, and what was recorded before is still there.
    #[error("no room is left: {what}; make room and try again, nothing was lost")]
    Full {
        /// What happened, and where.
        what: String,
        /// The error underneath.
        source: Option<StoreErrorSource>,
    },
    /// What is stored is damaged.
    #[error("the store is damaged{}: {what}", Damaged(*.entry))]
    Corrupt {
        /// The first damaged entry, where that can be told.
        entry: Option<Revision>,
        /// What is wrong, and what can still be saved.
        what: String,
    },
    /// The store was written in a newer format than this version reads.
    #[error("{what} has format {found}, this version reads up to {known}: use a newer version of mo")]
    Newer {
        /// What has that format.
        what: String,
        /// The format found.
        found: u32,
        /// The newest format this version reads.
        known: u32,
    },
    /// An entry, key or value above its limit.
    #[error("{what} of {bytes} bytes is above the limit of {limit} bytes: split it")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The entry does not carry the revision after the expected head.
    #[error("an entry after revision {expected} must be the next one, not {revision}")]
    NotNext {
        /// The head the caller expected.
        expected: Revision,
        /// The revision of the entry.
        revision: Revision,
    },
    /// The entry is not registered later than the head.
    #[error("an entry must be registered later than the head, at {head_at}: {registered_at} is not")]
    NotLater {
        /// When the head was registered.
        head_at: Instant,
        /// When the entry claims to be registered.
        registered_at: Instant,
    },
    /// The name of a side table is not 1–64 of `a–z 0–9 _ . -`.
    #[error("{0:?} does not name a side table: use 1 to 64 of a–z, 0–9, _, . and -")]
    SideName(String),
    /// The side table was declared differently before.
    #[error(
        "the side table {name} was declared as {} personal content: declare it so, or use another name",
        if *.personal { "holding" } else { "holding no" }
    )]
    SideDeclared {
        /// The table.
        name: String,
        /// Whether it was declared to hold personal content.
        personal: bool,
    },
    /// A row of a personal table without an object it is about, or a row of a plain table with one.
    #[error(
        "a row of the side table {name} must name {}",
        if *.personal { "the objects it is about, so that erasure reaches it" } else { "no object: the table is declared to hold no personal content" }
    )]
    SideAbout {
        /// The table.
        name: String,
        /// Whether it is declared to hold personal content.
        personal: bool,
    },
    /// The store is named or set up wrongly; trying again does not help.
    #[error("{what}")]
    Setup {
        /// What is wrong, and how to mend it.
        what: String,
        /// The error underneath.
        source: Option<StoreErrorSource>,
    },
}

/// What a caller can do about a [`StoreError`].
///
/// ```
/// use mo_core::store::{Entry, MemoryStore, Store, StoreErrorKind};
/// use mo_core::time::Revision;
/// # let entry = |n| Entry {
/// #     revision: Revision::new(n),
/// #     registered_at: "2024-01-01T09:00:00Z".parse().unwrap(),
/// #     id: uuid::Uuid::from_u128(n.into()),
/// #     bytes: Vec::new(),
/// # };
///
/// let store = MemoryStore::new();
/// store.append(Revision::ZERO, &entry(1))?;
/// let error = store.append(Revision::ZERO, &entry(1)).unwrap_err(); // the head has moved
/// assert_eq!(error.kind(), StoreErrorKind::Conflict);
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Somebody else was first: read on and decide again on the new head.
    Conflict,
    /// It may have happened: look, or try the very same call again.
    Unknown,
    /// It did not happen: the same call may succeed later.
    Unavailable,
    /// It did not happen: a person has to make room.
    Full,
    /// What is stored is damaged: a person has to look.
    Corrupt,
    /// Written by a newer version of mo: a person has to upgrade.
    Newer,
    /// Above a limit: the caller has to split it.
    TooLarge,
    /// The call or the set-up is wrong; trying again does not help.
    Invalid,
}

impl StoreError {
    /// What a caller can do about it.
    pub fn kind(&self) -> StoreErrorKind {
        match self {
            StoreError::Conflict { .. } => StoreErrorKind::Conflict,
            StoreError::Unknown { .. } | StoreError::UnknownChange { .. } => StoreErrorKind::Unknown,
            StoreError::Unavailable { .. } | StoreError::InUse { .. } => StoreErrorKind::Unavailable,
            StoreError::Full { .. } => StoreErrorKind::Full,
            StoreError::Corrupt { .. } => StoreErrorKind::Corrupt,
            StoreError::Newer { .. } => StoreErrorKind::Newer,
            StoreError::TooLarge { .. } => StoreErrorKind::TooLarge,
            StoreError::NotNext { .. }
            | StoreError::NotLater { .. }
            | StoreError::SideName(_)
            | StoreError::SideDeclared { .. }
            | StoreError::SideAbout { .. }
            | StoreError::Setup { .. } => StoreErrorKind::Invalid,
        }
    }

    /// Whether the very same call may succeed when repeated after a while.
    ///
    /// Repeating is safe: an append repeated on the same expected head is recorded at most once (the second one
    /// meets a conflict, see [`StoreExt::append_once`](super::StoreExt::append_once)), and so is a compare-and-set.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind(), StoreErrorKind::Unknown | StoreErrorKind::Unavailable)
    }
}

struct Damaged(Option<Revision>);

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(revision) => write!(f, " at entry {revision}"),
            None => Ok(()),
        }
    }
}
