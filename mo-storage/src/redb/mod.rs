//! [`RedbStore`]: a registry in one file, with redb (pure Rust, one process at a time) underneath. This file holds the
//! store and its locks; the file itself, its format, the journal and the side tables have a file each.

mod check;
mod fault;
mod file;
mod format;
mod journal;
mod open;
mod salvage;
mod side;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use ::redb::{Database, WriteTransaction};
use mo_core::store::{Entry, Head, Side, SideRow, SideSpec, Store, StoreError};
use mo_core::time::Revision;
use uuid::Uuid;

pub use check::{Damage, Integrity};
pub use open::RedbOptions;
pub use salvage::{Salvage, salvage};

use fault::Fault;
use file::{Medium, Watch};

/// A registry in one file.
///
/// Clones share one open file; the last one dropped closes it. One process at a time has the file open; another gets
/// [`StoreError::InUse`]. Every append and every change of a side table is on the disk when it returns, which costs
/// one synchronisation of the disk each. Reads run beside a writer and never wait for its disk.
///
/// When the disk fails or is full, the call says so and the store stays usable: the next call opens the file anew,
/// with everything that was acknowledged.
///
/// ```
/// use mo_core::store::{Entry, Store, StoreExt};
/// use mo_core::time::Revision;
/// use mo_storage::redb::RedbStore;
/// use uuid::Uuid;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("korsbaek.mo");
/// let entry = Entry {
///     revision: Revision::new(1),
///     registered_at: "2024-01-01T09:00:00Z".parse()?,
///     id: Uuid::from_u128(1),
///     bytes: b"first".to_vec(),
/// };
/// RedbStore::open(&path)?.append(Revision::ZERO, &entry)?;
///
/// let again = RedbStore::open(&path)?;
/// assert_eq!(again.entries(Revision::ZERO)?, [entry]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RedbStore {
    shared: Arc<Shared>,
}

/// Locks are taken in the order of these fields: `writer`, `slot`, `head`. No callback runs under `slot` or `head`,
/// except that of `rewrite`.
struct Shared {
    /// The store as the caller named it, for messages.
    place: String,
    medium: Box<dyn Medium>,
    options: RedbOptions,
    /// Held through every change, so that the head cannot move between looking at it and moving it.
    writer: Mutex<()>,
    /// Read for every use of the file, written only to open it anew or put another in its place.
    slot: RwLock<Slot>,
    head: Mutex<Head>,
    grown: Condvar,
}

struct Slot {
    /// `None` after the file could not be opened anew; the next call tries again.
    open: Option<Open>,
    /// See [`Watch::sync_failed`]: the file must be written anew before it is trusted.
    distrusted: bool,
}

struct Open {
    database: Database,
    watch: Arc<Watch>,
    /// redb refuses to go on until the file is opened anew.
    stale: AtomicBool,
}

/// What a piece of work in a transaction came to.
enum Change<T> {
    /// There is something to commit.
    Made(T),
    /// There is not.
    Nothing(T),
}

/// Why a change was not made.
enum Failed {
    /// It surely was not.
    Not(StoreError),
    /// It may have been.
    Perhaps(StoreError),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedbStore {
    /// Opens the store in this file, making it when there is none.
    ///
    /// # Errors
    /// As [`open_with`](RedbStore::open_with).
    pub fn open(path: impl AsRef<Path>) -> Result<RedbStore, StoreError> {
        RedbStore::open_with(path, RedbOptions::new())
    }

    /// Makes a store in a file that does not exist yet.
    ///
    /// # Errors
    /// As [`open_with`](RedbStore::open_with); [`StoreError::Setup`] when there is a file.
    pub fn create(path: impl AsRef<Path>) -> Result<RedbStore, StoreError> {
        RedbStore::open_with(path, RedbOptions::new().new_only())
    }

    /// Opens the store in this file as `options` say.
    ///
    /// After a crash the file is repaired first; it then holds everything that was acknowledged.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process, or another handle of this one, has it open.
    /// [`StoreError::Newer`] when a newer version wrote it. [`StoreError::Corrupt`] when it is damaged, with the
    /// first damaged entry where that can be told, and how much [`salvage`] can save. [`StoreError::Setup`] for a
    /// folder, an empty file, a file of another program, or one that may not be written. Of kind `Full` and
    /// `Unavailable` for what the disk says.
    ///
    /// # Complexity
    /// Reads the whole file once to verify it, unless told otherwise: about 0.3 s for a million entries of 300 bytes.
    pub fn open_with(path: impl AsRef<Path>, options: RedbOptions) -> Result<RedbStore, StoreError> {
        let path = path.as_ref();
        let place = path.display().to_string();
        let (medium, open) = open::at_path(path, &place, &options)?;
        RedbStore::with(place, medium, open, options)
    }

    fn with(
        place: String,
        medium: Box<dyn Medium>,
        open: Open,
        options: RedbOptions,
    ) -> Result<RedbStore, StoreError> {
        let (head, _) = journal::last(&open.database).map_err(|fault| fault.into_store(&place))?;
        Ok(RedbStore {
            shared: Arc::new(Shared {
                place,
                medium,
                options,
                writer: Mutex::new(()),
                slot: RwLock::new(Slot { open: Some(open), distrusted: false }),
                head: Mutex::new(head),
                grown: Condvar::new(),
            }),
        })
    }

    /// Checks everything: redb's own checksums, which it repairs where it can, then every entry, every page and every
    /// row with its index. Nobody else can use the store meanwhile.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("korsbaek.mo");
    /// let store = mo_storage::redb::RedbStore::open(path)?;
    /// assert!(store.check()?.is_sound());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the file is damaged so that it cannot be read through, and of kind `Full` and
    /// `Unavailable`. Damage inside entries and rows is no error but part of the answer.
    pub fn check(&self) -> Result<Integrity, StoreError> {
        let _writer = lock(&self.shared.writer);
        self.ready()?;
        let mut slot = self.slot_for_writing();
        let Some(open) = &mut slot.open else { return Err(self.closed()) };
        let head = lock(&self.shared.head).revision;
        check::run(&mut open.database, head).map_err(|fault| {
            open.stale.store(true, Ordering::SeqCst);
            open::with_damage(&*self.shared.medium, fault.into_store(&self.shared.place))
        })
    }

    fn slot_for_writing(&self) -> RwLockWriteGuard<'_, Slot> {
        self.shared.slot.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> StoreError {
        StoreError::Unavailable {
            what: format!("{} could not be opened anew", self.shared.place),
            source: None,
        }
    }

    /// Runs `work` with the open file. Where the disk failed under it, opens the file anew and runs it once more.
    fn look<T>(&self, work: impl Fn(&Database) -> Result<T, Fault>) -> Result<T, StoreError> {
        let attempt = || {
            let slot = self.shared.slot.read().unwrap_or_else(PoisonError::into_inner);
            let open = slot.open.as_ref()?;
            let result = work(&open.database);
            if matches!(&result, Err(fault) if fault.latches()) {
                open.stale.store(true, Ordering::SeqCst);
            }
            Some(result)
        };
        let result = match attempt() {
            Some(Err(fault)) if fault.latches() => None,
            done => done,
        };
        let result = if let Some(result) = result {
            result
        } else {
            self.ready()?;
            attempt().unwrap_or_else(|| Err(self.closed().into()))
        };
        result.map_err(|fault| fault.into_store(&self.shared.place))
    }

    /// Opens the file anew if redb refuses to go on with it. The head may be one further than it was known to be:
    /// that of a commit whose outcome was not known.
    fn ready(&self) -> Result<(), StoreError> {
        let usable = |slot: &Slot| slot.open.as_ref().is_some_and(|open| !open.stale.load(Ordering::SeqCst));
        if usable(&self.shared.slot.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(());
        }
        let mut slot = self.slot_for_writing();
        if usable(&slot) {
            return Ok(());
        }
        let shared = &*self.shared;
        if let Some(open) = slot.open.take() {
            slot.distrusted |= open.watch.sync_failed.load(Ordering::SeqCst);
        }
        let mut open = open::again(&*shared.medium, &shared.place, &shared.options)?;
        if slot.distrusted {
            (open, _) = self.written_anew(&open, &mut |_| None)?;
            shared.medium.publish(false).map_err(|error| fault::translate_io(error, &shared.place))?;
            slot.distrusted = false;
        }
        let (found, _) = journal::last(&open.database).map_err(|fault| fault.into_store(&shared.place))?;
        let mut head = lock(&shared.head);
        if found.revision < head.revision {
            return Err(journal::damaged(
                found.revision.next().unwrap_or(head.revision),
                &format!(
                    "{} ended at entry {} before the disk failed and lacks it now",
                    shared.place, head.revision
                ),
            ));
        }
        *head = found;
        drop(head);
        slot.open = Some(open);
        shared.grown.notify_all();
        Ok(())
    }

    /// Makes the change `work` prepares and waits until the disk has it. The caller holds `writer`.
    fn change<T>(&self, work: impl Fn(&WriteTransaction) -> Result<Change<T>, Fault>) -> Result<T, Failed> {
        let prepare = |open: &Open| {
            let transaction = open.database.begin_write()?;
            work(&transaction).map(|change| (change, transaction))
        };
        let not = |fault: Fault| Failed::Not(fault.into_store(&self.shared.place));
        for last_try in [false, true] {
            self.ready().map_err(Failed::Not)?;
            let slot = self.shared.slot.read().unwrap_or_else(PoisonError::into_inner);
            let Some(open) = &slot.open else { continue };
            let (change, transaction) = match prepare(open) {
                Ok((Change::Nothing(value), _)) => return Ok(value),
                Ok((Change::Made(value), transaction)) => (value, transaction),
                Err(fault) => {
                    if fault.latches() {
                        open.stale.store(true, Ordering::SeqCst);
                        if !last_try {
                            continue;
                        }
                    }
                    return Err(not(fault));
                }
            };
            open.watch.decided.store(false, Ordering::SeqCst);
            return match transaction.commit() {
                Ok(()) => Ok(change),
                Err(error) => {
                    open.stale.store(true, Ordering::SeqCst);
                    let error = Fault::from(error).into_store(&self.shared.place);
                    let decided = open.watch.decided.load(Ordering::SeqCst);
                    Err(if decided { Failed::Perhaps(error) } else { Failed::Not(error) })
                }
            };
        }
        Err(Failed::Not(self.closed()))
    }

    /// [`change`](RedbStore::change) for a side table.
    fn change_side<T>(
        &self,
        name: &str,
        work: impl Fn(&WriteTransaction) -> Result<Change<T>, Fault>,
    ) -> Result<T, StoreError> {
        let _writer = lock(&self.shared.writer);
        self.change(work).map_err(|failed| match failed {
            Failed::Not(error) => error,
            Failed::Perhaps(error) => StoreError::UnknownChange {
                what: format!("the change of the side table {name} in {}", self.shared.place),
                source: Some(Box::new(error)),
            },
        })
    }

    /// A second file with everything the open one has, some entries replaced, on the disk but not yet in place.
    fn written_anew(
        &self,
        from: &Open,
        replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>,
    ) -> Result<(Open, u64), StoreError> {
        let shared = &*self.shared;
        open::staged(&*shared.medium, &shared.place, &shared.options, |to| {
            journal::copy(&from.database, to, replace)
        })
    }

    /// After an append that may have been made: opens the file anew and looks.
    fn settle(&self, entry: &Entry, error: StoreError) -> Result<(), StoreError> {
        let found = self.ready().and_then(|()| self.look(journal::last));
        match found {
            Ok((head, id)) if head.revision == entry.revision && id == Some(entry.id) => Ok(()),
            Ok(_) => Err(error),
            Err(_) => Err(StoreError::Unknown {
                revision: entry.revision,
                id: entry.id,
                what: error.to_string(),
                source: Some(Box::new(error)),
            }),
        }
    }
}

impl Store for RedbStore {
    fn head(&self) -> Result<Head, StoreError> {
        self.ready()?;
        Ok(*lock(&self.shared.head))
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        self.append_all(expected, std::slice::from_ref(entry))
    }

    /// All of them or none.
    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let _writer = lock(&self.shared.writer);
        self.ready()?;
        lock(&self.shared.head).admits_all(expected, entries)?;
        let Some(last) = entries.last() else { return Ok(()) };
        let write = |transaction: &WriteTransaction| {
            entries.iter().try_for_each(|entry| journal::write(transaction, entry)).map(Change::Made)
        };
        match self.change(write) {
            Ok(()) => {}
            Err(Failed::Not(error)) => return Err(error),
            Err(Failed::Perhaps(error)) => self.settle(last, error)?,
        }
        *lock(&self.shared.head) = Head::of(last);
        self.shared.grown.notify_all();
        Ok(())
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut after = after;
        loop {
            let head = self.head()?.revision;
            if head <= after {
                return Ok(());
            }
            let batch = self.look(|database| journal::batch(database, after, head))?;
            for entry in batch.entries {
                after = entry.revision;
                if each(entry).is_break() {
                    return Ok(());
                }
            }
            if let Some(damage) = batch.damage {
                return Err(damage);
            }
        }
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        self.ready()?;
        let head = lock(&self.shared.head);
        let (head, _) = self
            .shared
            .grown
            .wait_timeout_while(head, timeout, |head| head.revision <= after)
            .unwrap_or_else(PoisonError::into_inner);
        Ok(*head)
    }

    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        let _writer = lock(&self.shared.writer);
        self.ready()?;
        let shared = &*self.shared;
        let (staged, replaced) = {
            let slot = shared.slot.read().unwrap_or_else(PoisonError::into_inner);
            let Some(open) = &slot.open else { return Err(self.closed()) };
            self.written_anew(open, replace)?
        };
        let mut slot = self.slot_for_writing();
        if let Err(error) = shared.medium.publish(false) {
            // Which of the two files has the place is seen when it is opened anew.
            drop(staged);
            slot.open = None;
            let error = fault::translate_io(error, &shared.place);
            return Err(StoreError::UnknownChange {
                what: format!("the rewriting of {}", shared.place),
                source: Some(Box::new(error)),
            });
        }
        slot.open = Some(staged);
        Ok(replaced)
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        spec.check()?;
        let personal = match self.look(|database| side::declared(database, spec.name))? {
            Some(personal) => personal,
            None => self.change_side(spec.name, |transaction| side::declare(transaction, spec))?,
        };
        spec.check_declared(personal)?;
        Ok(Box::new(side::RedbSide { store: self, spec }))
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut mark = None;
        loop {
            let rows = self.look(|database| side::held_about(database, object, mark.as_ref()))?;
            let Some((name, row)) = rows.last() else { return Ok(()) };
            mark = Some((name.clone(), row.key.clone()));
            for (name, row) in rows {
                if each(&name, row).is_break() {
                    return Ok(());
                }
            }
        }
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        let _writer = lock(&self.shared.writer);
        self.change(|transaction| side::forget(transaction, object)).map_err(|failed| match failed {
            Failed::Not(error) => error,
            Failed::Perhaps(error) => StoreError::UnknownChange {
                what: format!("the deletion of the side rows about {object} in {}", self.shared.place),
                source: Some(Box::new(error)),
            },
        })
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore")
            .field("place", &self.shared.place)
            .field("head", &lock(&self.shared.head).revision)
            .finish_non_exhaustive()
    }
}
