//! [`Entry`], one record of the journal, and [`Head`], where the journal ends; with the rule that decides whether an
//! entry may follow a head. No storage.

use std::fmt;

use uuid::Uuid;

use super::StoreError;
use crate::time::{Instant, Revision};

/// The most bytes an [`Entry`] may have: 256 MiB. A larger import is split into several registrations with the same
/// cause.
pub const ENTRY_LIMIT: usize = 256 << 20;

/// One record of the journal. Its bytes mean nothing to a store.
///
/// `Debug` shows the size of the bytes, never the bytes: they hold CPR numbers in clear.
///
/// ```
/// use mo_core::store::Entry;
/// use mo_core::time::Revision;
/// use uuid::Uuid;
///
/// let entry = Entry {
///     revision: Revision::new(1),
///     registered_at: "2024-01-01T09:00:00Z".parse()?,
///     id: Uuid::from_u128(7),
///     bytes: b"{\"v\":1}".to_vec(),
/// };
/// assert!(format!("{entry:?}").contains("7 bytes"));
/// # Ok::<(), mo_core::time::InstantError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number: 1, 2, 3 … without gaps.
    pub revision: Revision,
    /// When the registry came to know it; strictly later than every entry before.
    pub registered_at: Instant,
    /// The id of the registration, by which a writer finds its own entry again.
    pub id: Uuid,
    /// What was registered, as the core wrote it; at most [`ENTRY_LIMIT`] bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("revision", &self.revision)
            .field("registered_at", &self.registered_at)
            .field("id", &self.id)
            .field("bytes", &format_args!("{} bytes", self.bytes.len()))
            .finish()
    }
}

/// Where a journal ends.
///
/// ```
/// use mo_core::store::Head;
/// use mo_core::time::Revision;
///
/// assert_eq!(Head::EMPTY.revision, Revision::ZERO);
/// assert_eq!(Head::EMPTY.registered_at, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The revision of the last entry; [`Revision::ZERO`] when there is none.
    pub revision: Revision,
    /// When the last entry was registered; `None` when there is none.
    pub registered_at: Option<Instant>,
    /// What the store's own clock showed when it answered, for a store that has one (a database server shared by
    /// several machines). `None` for a store without: the registry then asks its own clock.
    pub now: Option<Instant>,
}

impl Head {
    /// The head of an empty journal.
    pub const EMPTY: Head = Head { revision: Revision::ZERO, registered_at: None, now: None };

    /// The head after `entry`.
    pub fn of(entry: &Entry) -> Head {
        Head { revision: entry.revision, registered_at: Some(entry.registered_at), now: None }
    }

    /// Whether `entry` may follow this head for a caller who expects the head to be `expected`: the rule every
    /// [`Store::append`](super::Store::append) applies, for stores to call.
    ///
    /// # Errors
    /// In this order: [`StoreError::TooLarge`], [`StoreError::NotNext`], [`StoreError::Conflict`],
    /// [`StoreError::NotLater`].
    pub fn admits(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        within_entry_limit(&entry.bytes)?;
        if expected.next() != Some(entry.revision) {
            return Err(StoreError::NotNext { expected, revision: entry.revision });
        }
        if expected != self.revision {
            return Err(StoreError::Conflict { expected, head: self.revision });
        }
        match self.registered_at {
            Some(head_at) if entry.registered_at <= head_at => {
                Err(StoreError::NotLater { head_at, registered_at: entry.registered_at })
            }
            _ => Ok(()),
        }
    }
}

impl Head {
    /// As [`admits`](Head::admits) for several entries, each on the one before, for
    /// [`Store::append_all`](super::Store::append_all).
    ///
    /// # Errors
    /// Those of [`admits`](Head::admits), for the first entry that may not follow.
    pub fn admits_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let (mut head, mut expected) = (*self, expected);
        for entry in entries {
            head.admits(expected, entry)?;
            head = Head::of(entry);
            expected = entry.revision;
        }
        Ok(())
    }
}

/// Whether these bytes may be those of an entry, for [`Store::rewrite`](super::Store::rewrite).
///
/// # Errors
/// [`StoreError::TooLarge`] above [`ENTRY_LIMIT`].
pub fn within_entry_limit(bytes: &[u8]) -> Result<(), StoreError> {
    if bytes.len() > ENTRY_LIMIT {
        return Err(StoreError::TooLarge {
            what: "an entry",
            bytes: bytes.len() as u64,
            limit: ENTRY_LIMIT as u64,
        });
    }
    Ok(())
}
