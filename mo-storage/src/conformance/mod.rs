//! The public suite that every store passes: the [contract](mo_core::store) as cases with names, so that a failure says
//! which promise is broken. For whoever writes a store; the stores of this crate are held to it as well.
//!
//! A [`Harness`] makes stores, [`run`] runs every [`Case`] against it, and the [`Report`] prints one line per case.
//! Calls that fail in a way the contract allows (a lost acknowledgement, a store that is unavailable for a moment) are
//! repeated as the contract says, so a store behind a bad line passes too: [`Faulty`] makes one of any store.
//!
//! ```
//! use mo_core::store::{MemoryStore, Store};
//! use mo_storage::conformance::{Harness, run};
//!
//! struct InMemory;
//!
//! impl Harness for InMemory {
//!     fn fresh(&mut self) -> Box<dyn Store> {
//!         Box::new(MemoryStore::new())
//!     }
//! }
//!
//! let report = run(&mut InMemory);
//! assert!(report.is_kept(), "{report}");
//! ```

mod concurrency;
mod faulty;
mod journal;
mod patient;
mod rewrite;
mod side;
mod sizes;

use std::fmt;

use mo_core::store::{Entry, Store, StoreError};
use mo_core::time::{Instant, Revision};
use uuid::Uuid;

pub use faulty::{Call, Fault, Faulty};

/// Makes the stores a suite runs on.
///
/// ```
/// use mo_core::store::Store;
/// use mo_storage::conformance::{Harness, cases};
///
/// /// A new file for each case, which can be closed and opened again.
/// struct Files(tempfile::TempDir, usize);
///
/// impl Files {
///     fn open(&self) -> Box<dyn Store> {
///         let file = self.0.path().join(format!("{}.redb", self.1));
///         mo_storage::open_store(file.to_str().unwrap()).unwrap()
///     }
/// }
///
/// impl Harness for Files {
///     fn fresh(&mut self) -> Box<dyn Store> {
///         self.1 += 1;
///         self.open()
///     }
///     fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
///         drop(store);
///         Some(self.open())
///     }
/// }
///
/// let mut files = Files(tempfile::tempdir()?, 0);
/// println!("{:?}", cases().next().unwrap().run(&mut files));
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Harness {
    /// A new, empty store. The suite asks for one per case and drops it before the next.
    fn fresh(&mut self) -> Box<dyn Store>;

    /// Closes the store and opens the same one again; `None` for stores that last no longer than they are open, whose
    /// cases about reopening are skipped.
    fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
        drop(store);
        None
    }

    /// Whether to run the cases that need half a gigabyte of memory and some time.
    fn long(&self) -> bool {
        false
    }
}

/// One promise of the contract.
///
/// ```
/// use mo_storage::conformance::cases;
///
/// for case in cases() {
///     println!("{}: {}", case.name(), case.promise());
/// }
/// assert!(cases().count() > 30);
/// ```
pub struct Case {
    name: &'static str,
    promise: &'static str,
    check: fn(&mut dyn Harness) -> Checked,
}

impl Case {
    const fn new(name: &'static str, promise: &'static str, check: fn(&mut dyn Harness) -> Checked) -> Case {
        Case { name, promise, check }
    }

    /// Its name, for test runners.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The promise in words.
    pub fn promise(&self) -> &'static str {
        self.promise
    }

    /// Runs it.
    pub fn run(&self, harness: &mut dyn Harness) -> Outcome {
        match (self.check)(harness) {
            Ok(()) => Outcome::Kept,
            Err(Stop::Skipped(why)) => Outcome::Skipped(why),
            Err(Stop::Broken(what)) => Outcome::Broken(what),
        }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What came of a case.
///
/// ```
/// use mo_core::store::{MemoryStore, Store};
/// use mo_storage::conformance::{Harness, Outcome, cases};
/// # struct InMemory;
/// # impl Harness for InMemory {
/// #     fn fresh(&mut self) -> Box<dyn Store> {
/// #         Box::new(MemoryStore::new())
/// #     }
/// # }
///
/// for case in cases().take(3) {
///     match case.run(&mut InMemory) {
///         Outcome::Kept => {}
///         Outcome::Skipped(why) => println!("{}: skipped, {why}", case.name()),
///         Outcome::Broken(how) => panic!("{}: {how}", case.promise()),
///         _ => unreachable!("no other outcome is known"),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The store keeps the promise.
    Kept,
    /// The case does not apply to the harness, and why.
    Skipped(&'static str),
    /// The store breaks the promise, and how.
    Broken(String),
}

/// What came of a run. Prints one line per case.
///
/// ```
/// use mo_core::store::{MemoryStore, Store};
/// use mo_storage::conformance::{Harness, run};
/// # struct InMemory;
/// # impl Harness for InMemory {
/// #     fn fresh(&mut self) -> Box<dyn Store> {
/// #         Box::new(MemoryStore::new())
/// #     }
/// # }
///
/// let report = run(&mut InMemory);
/// assert_eq!(report.broken(), Vec::<&str>::new());
/// println!("{report}"); // a line for each case
/// ```
#[derive(Debug)]
pub struct Report {
    outcomes: Vec<(&'static Case, Outcome)>,
}

impl Report {
    /// Whether no promise was broken.
    pub fn is_kept(&self) -> bool {
        !self.outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Broken(_)))
    }

    /// Every case with its outcome, in the order they ran.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static Case, &Outcome)> {
        self.outcomes.iter().map(|(case, outcome)| (*case, outcome))
    }

    /// The names of the broken promises.
    pub fn broken(&self) -> Vec<&'static str> {
        let broken = |(case, outcome): &(&'static Case, Outcome)| {
            matches!(outcome, Outcome::Broken(_)).then_some(case.name)
        };
        self.outcomes.iter().filter_map(broken).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (case, outcome) in &self.outcomes {
            match outcome {
                Outcome::Kept => writeln!(f, "kept     {}", case.name)?,
                Outcome::Skipped(why) => writeln!(f, "skipped  {}: {why}", case.name)?,
                Outcome::Broken(what) => {
                    writeln!(f, "BROKEN   {}: {what}\n         promised: {}", case.name, case.promise)?;
                }
            }
        }
        Ok(())
    }
}

/// All cases, in the order [`run`] runs them.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    [journal::CASES, sizes::CASES, concurrency::CASES, rewrite::CASES, side::CASES].into_iter().flatten()
}

/// Runs all cases.
pub fn run(harness: &mut dyn Harness) -> Report {
    Report { outcomes: cases().map(|case| (case, case.run(harness))).collect() }
}

type Checked = Result<(), Stop>;

/// Why a case ended early.
enum Stop {
    Broken(String),
    Skipped(&'static str),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Broken(format!("a call failed: {error}"))
    }
}

/// Ends the case as broken unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err($crate::conformance::Stop::Broken(format!($($what)+)));
        }
    };
}

/// Ends the case as broken unless the two are equal.
macro_rules! ensure_eq {
    ($found:expr, $expected:expr, $($what:tt)+) => {{
        let (found, expected) = (&$found, &$expected);
        if found != expected {
            let what = format!($($what)+);
            return Err($crate::conformance::Stop::Broken(format!("{what}: {found:?} instead of {expected:?}")));
        }
    }};
}

use {ensure, ensure_eq};

/// The instant the suite registers revision `revision` at, one second apart.
fn instant(revision: u32) -> Instant {
    const START: i64 = 1_704_099_600_000_000; // 2024-01-01T09:00:00Z
    Instant::from_epoch_micros(START + i64::from(revision) * 1_000_000).unwrap_or(Instant::MAX)
}

/// An entry with an id of its own; `writer` tells entries of one revision apart.
fn entry_by(writer: u32, revision: u32, bytes: impl Into<Vec<u8>>) -> Entry {
    Entry {
        revision: Revision::new(revision),
        registered_at: instant(revision),
        id: Uuid::from_u64_pair(u64::from(writer) + 1, u64::from(revision)),
        bytes: bytes.into(),
    }
}

fn entry(revision: u32, bytes: impl Into<Vec<u8>>) -> Entry {
    entry_by(0, revision, bytes)
}

/// Appends entries whose revisions follow the head.
fn fill(store: &dyn Store, entries: &[Entry]) -> Checked {
    for entry in entries {
        store.append(Revision::new(entry.revision.number().saturating_sub(1)), entry)?;
    }
    Ok(())
}

/// Small entries 1 … `count`.
fn small(count: u32) -> Vec<Entry> {
    (1..=count).map(|revision| entry(revision, format!("{{\"entry\":{revision}}}"))).collect()
}

/// `length` bytes that differ from place to place and from seed to seed.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..length.div_ceil(4)).flat_map(|_| next()).collect();
    bytes.truncate(length);
    bytes
}

/// Runs `work` on the store opened again, or skips the case.
fn reopened(harness: &mut dyn Harness, store: Box<dyn Store>) -> Result<Box<dyn Store>, Stop> {
    harness.reopen(store).ok_or(Stop::Skipped("the store lasts no longer than it is open"))
}
