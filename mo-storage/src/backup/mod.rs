//! A journal leaves its store as JSON Lines and enters any other, or goes from store to store directly, with every answer
//! the same afterwards. Side tables stay where they are: they hold what belongs to a place (cursors, receipts, caches).
//!
//! A line is a registration as the journal holds it, the first the first, so that the usual tools read the file. A last
//! line says how many there are and gives their checksum; a file without it was cut off.
//!
//! Entries come in portions, several at a time: what would cost a synchronisation of the disk each costs one together.
//! Whoever is interrupted begins again: what is there already is compared and not recorded twice.
//!
//! ```
//! use std::ops::ControlFlow;
//! use mo_core::store::{Entry, MemoryStore, Store, StoreExt};
//! use mo_core::time::Revision;
//! use mo_storage::backup;
//! # use mo_core::model::{Hierarchy, HierarchyUse};
//! # use mo_core::registry::Registry;
//! # use mo_core::time::Period;
//!
//! # let store = MemoryStore::new();
//! # let registry = Registry::open(store.clone(), mo_storage::SystemClock, mo_storage::RandomIds)?;
//! # let mut edit = registry.edit("anna");
//! # edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
//! # edit.commit()?;
//! let mut file = Vec::new();
//! backup::export(&store, &mut file, &mut |progress| {
//!     eprintln!("{} of {}", progress.done, progress.of.map_or("?".into(), |of| of.to_string()));
//!     ControlFlow::Continue(())
//! })?;
//!
//! let other = MemoryStore::new();
//! let moved = backup::import(&other, &mut file.as_slice(), &mut |_| ControlFlow::Continue(()))?;
//! assert_eq!(moved.entries, 1);
//! assert_eq!(other.entries(Revision::ZERO)?, store.entries(Revision::ZERO)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod lines;

use std::io::{BufRead, Write};
use std::ops::ControlFlow;

use mo_core::store::{Entry, Store, StoreError, StoreExt};
use mo_core::time::Revision;

pub use error::BackupError;

/// A portion has at most so many entries, and, unless one alone is larger, at most so many bytes.
const PORTION_ENTRIES: usize = 2000;
const PORTION_BYTES: usize = 4 << 20;
/// How often a portion is tried where an answer was lost or somebody else was writing too.
const TRIES: u32 = 5;

/// How far a long work has come.
///
/// ```
/// use mo_core::time::Revision;
/// use mo_storage::backup::Progress;
///
/// let progress = Progress { done: Revision::new(50), of: Some(Revision::new(200)), bytes: 9000 };
/// let percent = progress.of.map(|of| progress.done.number() * 100 / of.number());
/// assert_eq!(percent, Some(25));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last entry that is done.
    pub done: Revision,
    /// The last one there is, where that is known.
    pub of: Option<Revision>,
    /// The bytes of the entries done.
    pub bytes: u64,
}

/// What was moved.
///
/// ```
/// use std::ops::ControlFlow;
/// use mo_core::store::MemoryStore;
/// use mo_storage::backup;
///
/// let moved = backup::copy(&MemoryStore::new(), &MemoryStore::new(), &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!((moved.entries, moved.already_there, moved.bytes), (0, 0, 0));
/// # Ok::<(), backup::BackupError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Entries seen, those that were there already among them.
    pub entries: u32,
    /// Of these, how many were there already.
    pub already_there: u32,
    /// The bytes of all of them.
    pub bytes: u64,
}

/// Told after every portion; the work ends with [`BackupError::Stopped`] when it breaks.
pub type OnProgress<'p> = &'p mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Writes the journal as it is at the beginning of the call. Give it a buffered writer; it is flushed at the end, and
/// making the file durable is the caller's.
///
/// # Errors
/// [`BackupError`]: the store cannot be read, the writer fails, or an entry is not a line of text, as every registration is.
pub fn export(
    store: &(impl Store + ?Sized),
    out: &mut (impl Write + ?Sized),
    progress: OnProgress<'_>,
) -> Result<Moved, BackupError> {
    let head = store.head()?.revision;
    let mut sum = lines::Sum::default();
    let mut steps = Steps::new(Some(head));
    each_until(store, head, &mut |entry| {
        let line = lines::of_entry(&entry)?;
        out.write_all(line).and_then(|()| out.write_all(b"\n")).map_err(BackupError::Write)?;
        sum.add(line);
        steps.done(entry.revision, entry.bytes.len(), progress)
    })?;
    out.write_all(sum.last_line().as_bytes()).and_then(|()| out.flush()).map_err(BackupError::Write)?;
    steps.finish(progress)
}

/// Records what [`export`] wrote, with the instants and ids it has, in an empty store or in one that holds a beginning of
/// the same journal.
///
/// # Errors
/// [`BackupError`], naming the line: it is no registration, is out of order, the store holds another journal, or the file
/// was cut off or changed. What was recorded before is the beginning of the journal (of a file that was cut off, all that is
/// whole), and a second call goes on from there.
pub fn import(
    store: &(impl Store + ?Sized),
    from: &mut (impl BufRead + ?Sized),
    progress: OnProgress<'_>,
) -> Result<Moved, BackupError> {
    let mut lines = lines::Lines::new(from);
    let mut target = Target::new(store, None);
    loop {
        match lines.next() {
            Ok(Some(entry)) => target.take(entry, progress)?,
            Ok(None) => return target.finish(progress),
            Err(cut @ BackupError::CutOff { .. }) => {
                // Better the beginning than nothing: it may be all there is left.
                target.record(progress)?;
                return Err(cut);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Records the journal of one store, as it is at the beginning of the call, in another: as [`export`] and [`import`] would,
/// without the text in between, and for entries of any content.
///
/// # Errors
/// [`BackupError`] as for [`import`].
pub fn copy(
    from: &(impl Store + ?Sized),
    to: &(impl Store + ?Sized),
    progress: OnProgress<'_>,
) -> Result<Moved, BackupError> {
    let head = from.head()?.revision;
    let mut target = Target::new(to, Some(head));
    each_until(from, head, &mut |entry| target.take(entry, progress))?;
    target.finish(progress)
}

/// Gives `each` the entries up to `head`.
fn each_until(
    store: &(impl Store + ?Sized),
    head: Revision,
    each: &mut dyn FnMut(Entry) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let mut result = Ok(());
    if head == Revision::ZERO {
        return result;
    }
    store.read(Revision::ZERO, &mut |entry| {
        let last = entry.revision >= head;
        result = each(entry);
        if last || result.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    result
}

/// Counts, and tells how far things are now and then.
struct Steps {
    of: Option<Revision>,
    moved: Moved,
    last: Revision,
    told: u64,
}

impl Steps {
    fn new(of: Option<Revision>) -> Steps {
        let moved = Moved { entries: 0, already_there: 0, bytes: 0 };
        Steps { of, moved, last: Revision::ZERO, told: 0 }
    }

    fn done(
        &mut self,
        revision: Revision,
        bytes: usize,
        progress: OnProgress<'_>,
    ) -> Result<(), BackupError> {
        self.moved.entries += 1;
        self.moved.bytes += bytes as u64;
        self.last = revision;
        let since = self.moved.bytes - self.told;
        if (self.moved.entries as usize).is_multiple_of(PORTION_ENTRIES) || since >= PORTION_BYTES as u64 {
            return self.tell(progress);
        }
        Ok(())
    }

    fn tell(&mut self, progress: OnProgress<'_>) -> Result<(), BackupError> {
        self.told = self.moved.bytes;
        let now = Progress { done: self.last, of: self.of, bytes: self.moved.bytes };
        if progress(now).is_break() { Err(BackupError::Stopped { after: self.last }) } else { Ok(()) }
    }

    /// The end is told too; nothing can be stopped any more.
    fn finish(mut self, progress: OnProgress<'_>) -> Result<Moved, BackupError> {
        if self.told < self.moved.bytes {
            match self.tell(progress) {
                Ok(()) | Err(BackupError::Stopped { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.moved)
    }
}

/// A store that is being filled, portion by portion.
struct Target<'s, S: ?Sized> {
    store: &'s S,
    portion: Vec<Entry>,
    bytes: usize,
    steps: Steps,
}

impl<'s, S: Store + ?Sized> Target<'s, S> {
    fn new(store: &'s S, of: Option<Revision>) -> Target<'s, S> {
        Target { store, portion: Vec::new(), bytes: 0, steps: Steps::new(of) }
    }

    fn take(&mut self, entry: Entry, progress: OnProgress<'_>) -> Result<(), BackupError> {
        if self.bytes + entry.bytes.len() > PORTION_BYTES || self.portion.len() >= PORTION_ENTRIES {
            self.record(progress)?;
        }
        self.bytes += entry.bytes.len();
        self.portion.push(entry);
        Ok(())
    }

    fn record(&mut self, progress: OnProgress<'_>) -> Result<(), BackupError> {
        let portion = std::mem::take(&mut self.portion);
        let (Some(first), Some(last)) = (portion.first(), portion.last()) else { return Ok(()) };
        let before = Revision::new(first.revision.number().saturating_sub(1));
        let head = self.store.head()?.revision;
        let there = head
            .number()
            .saturating_sub(before.number())
            .min(u32::try_from(portion.len()).unwrap_or(u32::MAX));
        self.store.append_all_once(before, &portion, TRIES).map_err(|error| match error {
            StoreError::Conflict { expected, head } if head > expected => {
                BackupError::Differs { revision: expected.next().unwrap_or(expected) }
            }
            error => error.into(),
        })?;
        self.steps.moved.already_there += there;
        self.steps.moved.entries += u32::try_from(portion.len()).unwrap_or(u32::MAX);
        self.steps.moved.bytes += self.bytes as u64;
        self.steps.last = last.revision;
        self.bytes = 0;
        self.steps.tell(progress)
    }

    fn finish(mut self, progress: OnProgress<'_>) -> Result<Moved, BackupError> {
        match self.record(progress) {
            Ok(()) | Err(BackupError::Stopped { .. }) => Ok(self.steps.moved),
            Err(error) => Err(error),
        }
    }
}
