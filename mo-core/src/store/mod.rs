//! Where a registry is kept: the storage contract in words, the traits [`Store`] and [`Side`], their errors, and
//! [`MemoryStore`]. Stores on disk and on a server are in the crate `mo-storage`, as is the suite of tests that every
//! store passes (its feature `conformance`).
//!
//! # The contract
//!
//! A store keeps one registry: an append-only **journal** of [entries](Entry), and **side tables** of keyed rows. It
//! does not know what either means.
//!
//! **Order.** Entries are numbered 1, 2, 3 … without gaps, and each is registered strictly later than the one before.
//! There is one order, and everybody reads a prefix of it.
//!
//! **Append.** [`Store::append`] names the head it expects and succeeds only on that head. Of several writers on the
//! same head exactly one succeeds; the others get [`StoreError::Conflict`] and nothing of theirs is recorded. The
//! store itself is the arbiter, never an earlier look at the head.
//!
//! **Durable.** An append that returned is there after a crash of the program, of the machine, and after a loss of
//! power, and is not there twice. An entry is visible whole or not at all. The same holds for every change of a side
//! table. ([`MemoryStore`] promises this for as long as the process lives.)
//!
//! **Lost acknowledgements.** When a store cannot tell whether an append was recorded it answers
//! [`StoreError::Unknown`], never an error that says it was not. The writer looks whether the revision carries its
//! id, or repeats the append on the same expected head, which records it at most once: [`StoreExt::append_once`]
//! does both. After every other error nothing was recorded.
//!
//! **Reading.** [`Store::read`] gives every entry after a revision in order, at least up to the head at the time of
//! the call. Readers do not wait for a writer's disk. An entry that cannot be read back as it was written is
//! [`StoreError::Corrupt`]; those before it are given first, and none after it.
//!
//! **Waiting.** [`Store::wait`] returns as soon as the head is beyond a revision, or at its timeout.
//!
//! **Sizes.** An entry has at most [`ENTRY_LIMIT`] bytes, a row's key [`SIDE_KEY_LIMIT`] and its value
//! [`SIDE_VALUE_LIMIT`]. Anything up to there is kept as well as a small one; anything above is refused.
//!
//! **Side tables.** A [table](SideSpec) is declared *personal* or *plain* when it is first opened, for ever. Rows of a
//! personal table name the objects they are about. Rows change by compare-and-set, one at a time.
//!
//! **Erasure.** Entries are never changed, except by [`Store::rewrite`], which replaces the bytes of some and leaves
//! revision, instant and id; all of it happens or nothing. [`Store::forget`] deletes the rows about an object from all
//! personal tables, whoever made them and whether or not they are open. The order is: append the registration that
//! says what is erased (so that followers do the same), `forget`, `rewrite`. When `rewrite` returns, what it replaced,
//! and what was deleted or overwritten in side tables before it, is no longer in the files of the store, free space
//! included, as far as the store can reach (a store says where it cannot). Whoever erases repeats all of it after a
//! crash; it does nothing the second time.
//!
//! **Formats.** A store refuses to open what a newer version wrote ([`StoreError::Newer`]) and never guesses.
//!
//! Calls are synchronous and may come from any thread. A callback may use the store, except that of `rewrite`.
//!
//! # Example
//!
//! ```
//! use mo_core::store::{Entry, MemoryStore, Store, StoreErrorKind, StoreExt};
//! use mo_core::time::Revision;
//! use uuid::Uuid;
//!
//! let store = MemoryStore::new();
//! let first = Entry {
//!     revision: Revision::new(1),
//!     registered_at: "2024-01-01T09:00:00Z".parse()?,
//!     id: Uuid::from_u128(1),
//!     bytes: b"first".to_vec(),
//! };
//! store.append(Revision::ZERO, &first)?;
//!
//! // A second writer on the same head comes too late.
//! let other = Entry { id: Uuid::from_u128(2), ..first.clone() };
//! let refused = store.append(Revision::ZERO, &other).unwrap_err();
//! assert_eq!(refused.kind(), StoreErrorKind::Conflict);
//! assert_eq!(store.entries(Revision::ZERO)?, [first]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod entry;
mod error;
mod memory;
mod side;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::time::Duration;

use uuid::Uuid;

pub use entry::{ENTRY_LIMIT, Entry, Head, within_entry_limit};
pub use error::{StoreError, StoreErrorKind, StoreErrorSource};
pub use memory::MemoryStore;
pub use side::{Put, SIDE_KEY_LIMIT, SIDE_VALUE_LIMIT, Side, SideExt, SideRow, SideSpec};

use crate::time::Revision;

/// One registry's journal and side tables. The [module](self) has the contract in words.
///
/// Comfort is in [`StoreExt`], which every store has.
///
/// ```
/// use mo_core::store::{Head, MemoryStore, Store, StoreError};
///
/// /// A program takes any store.
/// fn is_new(store: &dyn Store) -> Result<bool, StoreError> {
///     Ok(store.head()? == Head::EMPTY)
/// }
///
/// assert!(is_new(&MemoryStore::new())?);
/// # Ok::<(), StoreError>(())
/// ```
#[doc(alias = "lager")]
pub trait Store: Send + Sync {
    /// Where the journal ends now.
    ///
    /// # Errors
    /// [`StoreError`] of kind `Unavailable` or `Corrupt`.
    fn head(&self) -> Result<Head, StoreError>;

    /// Records `entry`, whose revision is the one after `expected`, if the head is `expected`.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], [`StoreError::NotNext`], [`StoreError::Conflict`], [`StoreError::NotLater`], and of
    /// kind `Unavailable`, `Full` or `Corrupt`: nothing was recorded. [`StoreError::Unknown`]: it may have been.
    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError>;

    /// Records several entries in order, the first of them after `expected`: for whoever moves a journal and would
    /// otherwise wait for the disk once per entry. A store that can records all of them or none; others one by one, and
    /// after an error the first ones may be there.
    ///
    /// # Errors
    /// Those of [`append`](Store::append), for the first entry that cannot be recorded. [`StoreError::Unknown`] names an
    /// entry of which all after it, and some before it, share its uncertainty: [`StoreExt::append_all_once`] settles it.
    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let mut expected = expected;
        for entry in entries {
            self.append(expected, entry)?;
            expected = entry.revision;
        }
        Ok(())
    }

    /// Gives `each` the entries after `after`, in order, until it breaks. Entries recorded meanwhile may be given or
    /// not. A read beside a [`rewrite`](Store::rewrite) gives each entry as it was before or as it is after.
    ///
    /// # Errors
    /// [`StoreError`] of kind `Unavailable` or `Corrupt`; the entries given before stand.
    fn read(&self, after: Revision, each: &mut dyn FnMut(Entry) -> ControlFlow<()>)
    -> Result<(), StoreError>;

    /// Waits until the head is beyond `after`, at most `timeout`; the head at the end of the wait.
    ///
    /// # Errors
    /// [`StoreError`] of kind `Unavailable` or `Corrupt`.
    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError>;

    /// For erasure only: gives `replace` every entry in order and replaces the bytes of those for which it returns
    /// some; how many it replaced. All of it happens or nothing. What was replaced, and what was deleted or
    /// overwritten in side tables before, is then gone from the files of the store, even if nothing was replaced now.
    ///
    /// `replace` must not use the store. Other writers wait.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], [`StoreError::UnknownChange`], and of kind `Unavailable`, `Full` or `Corrupt`.
    ///
    /// # Complexity
    /// May cost as much as writing the whole journal anew.
    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError>;

    /// Opens a side table, making it when it is new.
    ///
    /// # Errors
    /// [`StoreError::SideName`], [`StoreError::SideDeclared`], and of kind `Unavailable`, `Full` or `Corrupt`.
    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError>;

    /// Gives `each` the table and the row for every row about `object` in any personal table, by table and key, until
    /// it breaks: for a person's access to what is held about them.
    ///
    /// # Errors
    /// [`StoreError`] of kind `Unavailable` or `Corrupt`.
    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Deletes every row about `object` from all personal tables, all of them or none; how many there were. A row
    /// about several objects is deleted when the first of them is forgotten.
    ///
    /// # Errors
    /// [`StoreError::UnknownChange`], and of kind `Unavailable`, `Full` or `Corrupt`.
    fn forget(&self, object: Uuid) -> Result<u64, StoreError>;
}

/// Comfort on every [`Store`]. Not for implementing.
///
/// ```
/// use mo_core::store::{Entry, MemoryStore, Store, StoreExt};
/// use mo_core::time::Revision;
///
/// let store = MemoryStore::new();
/// let entry = Entry {
///     revision: Revision::new(1),
///     registered_at: "2024-01-01T09:00:00Z".parse()?,
///     id: uuid::Uuid::from_u128(1),
///     bytes: b"first".to_vec(),
/// };
/// store.append(Revision::ZERO, &entry)?;
/// assert_eq!(store.entries(Revision::ZERO)?, [entry]); // without a closure
/// assert_eq!(store.entry_after(Revision::new(1))?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait StoreExt: Store {
    /// All entries after `after`, in order.
    ///
    /// # Errors
    /// Those of [`Store::read`].
    fn entries(&self, after: Revision) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        self.read(after, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        })?;
        Ok(entries)
    }

    /// The first entry after `after`, or `None` at the head.
    ///
    /// # Errors
    /// Those of [`Store::read`].
    fn entry_after(&self, after: Revision) -> Result<Option<Entry>, StoreError> {
        let mut first = None;
        self.read(after, &mut |entry| {
            first = Some(entry);
            ControlFlow::Break(())
        })?;
        Ok(first)
    }

    /// Appends, and settles a lost acknowledgement: looks whether the revision carries the entry's id, and where that
    /// does not decide it repeats the append on the same expected head, at most `tries` times in all. The entry is
    /// recorded once when this returns `Ok`, and not recorded when it returns an error of any kind but `Unknown`.
    ///
    /// Looking is not enough by itself: an append that was cut off may still be on its way to a server. Repeating it
    /// decides, for only one entry can have the revision.
    ///
    /// ```
    /// # use mo_core::store::{Entry, MemoryStore, StoreExt};
    /// # use mo_core::time::Revision;
    /// # use uuid::Uuid;
    /// let store = MemoryStore::new();
    /// let entry = Entry {
    ///     revision: Revision::new(1),
    ///     registered_at: "2024-01-01T09:00:00Z".parse()?,
    ///     id: Uuid::from_u128(1),
    ///     bytes: b"first".to_vec(),
    /// };
    /// store.append_once(Revision::ZERO, &entry, 3)?;
    /// store.append_once(Revision::ZERO, &entry, 3)?; // already there: nothing happens
    /// assert_eq!(store.entries(Revision::ZERO)?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Store::append`].
    fn append_once(&self, expected: Revision, entry: &Entry, tries: u32) -> Result<(), StoreError> {
        let mut left = tries.max(1);
        let mut unsettled = None;
        loop {
            left -= 1;
            let error = match self.append(expected, entry) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let open = match error {
                StoreError::Conflict { head, .. } => match self.entry_after(expected) {
                    Ok(Some(there)) if there.id == entry.id => return Ok(()),
                    Ok(Some(_)) => return Err(error),
                    // The caller expects a head that the journal has not reached.
                    Ok(None) if head < expected => return Err(error),
                    Ok(None) | Err(_) => StoreError::Unknown {
                        revision: entry.revision,
                        id: entry.id,
                        what: format!("the journal went on to revision {head} and could not be read"),
                        source: None,
                    },
                },
                StoreError::Unknown { .. } => match self.entry_after(expected) {
                    Ok(Some(there)) if there.id == entry.id => return Ok(()),
                    Ok(Some(there)) => return Err(StoreError::Conflict { expected, head: there.revision }),
                    Ok(None) | Err(_) => error,
                },
                _ => match unsettled.take() {
                    None => return Err(error),
                    Some(earlier) if error.is_retryable() => earlier,
                    Some(earlier) => return Err(earlier),
                },
            };
            if left == 0 {
                return Err(open);
            }
            unsettled = Some(open);
        }
    }

    /// Appends several entries, the first of them after `expected`, and settles what an error leaves open: entries that
    /// are there already are compared, and those that are not are appended, at most `tries` times in all. All are recorded
    /// once when this returns `Ok`; after an error the first ones may be.
    ///
    /// # Errors
    /// Those of [`Store::append_all`] and [`Store::read`]. [`StoreError::Conflict`] names the last entry the journal has in
    /// common with the given ones as expected.
    fn append_all_once(&self, expected: Revision, entries: &[Entry], tries: u32) -> Result<(), StoreError> {
        let mut expected = expected;
        let mut rest = entries;
        let mut left = tries.max(1);
        loop {
            left -= 1;
            let error = match self.append_all(expected, rest) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if error.kind() != StoreErrorKind::Conflict && !error.is_retryable() {
                return Err(error);
            }
            let mut differs = false;
            let mut given = rest.iter();
            let mut common = expected;
            let looked = self.read(expected, &mut |there| match given.next() {
                Some(entry) if *entry == there => {
                    common = there.revision;
                    ControlFlow::Continue(())
                }
                other => {
                    differs = other.is_some();
                    ControlFlow::Break(())
                }
            });
            let found = common.number().saturating_sub(expected.number()) as usize;
            rest = rest.get(found..).unwrap_or_default();
            expected = common;
            match looked {
                Ok(()) if rest.is_empty() => return Ok(()),
                Ok(()) if differs => {
                    return Err(StoreError::Conflict { expected, head: self.head()?.revision });
                }
                // The journal has not reached what the caller expects, and nothing was lost on the way.
                Ok(()) if found == 0 && error.kind() == StoreErrorKind::Conflict => return Err(error),
                Err(unread) if !unread.is_retryable() => return Err(unread),
                Ok(()) | Err(_) => {}
            }
            if left == 0 {
                return Err(match (error, rest.first()) {
                    // It was met on the way and says nothing about the rest.
                    (StoreError::Conflict { head, .. }, Some(entry)) => StoreError::Unknown {
                        revision: entry.revision,
                        id: entry.id,
                        what: format!("the journal went on to revision {head} and could not be read"),
                        source: None,
                    },
                    (error, _) => error,
                });
            }
        }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}

macro_rules! store_through {
    ($($pointer:ty),*) => {$(
        impl<S: Store + ?Sized> Store for $pointer {
            fn head(&self) -> Result<Head, StoreError> {
                (**self).head()
            }
            fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
                (**self).append(expected, entry)
            }
            fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
                (**self).append_all(expected, entries)
            }
            fn read(
                &self,
                after: Revision,
                each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
            ) -> Result<(), StoreError> {
                (**self).read(after, each)
            }
            fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
                (**self).wait(after, timeout)
            }
            fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
                (**self).rewrite(replace)
            }
            fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
                (**self).side(spec)
            }
            fn held_about(
                &self,
                object: Uuid,
                each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
            ) -> Result<(), StoreError> {
                (**self).held_about(object, each)
            }
            fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
                (**self).forget(object)
            }
        }
    )*};
}

store_through!(&S, Box<S>, std::sync::Arc<S>);
