//! Side tables: small keyed rows beside the journal, for what is not history (cursors, receipts, projections, caches).
//! Holds the trait, the declaration of a table and the rules for its rows. No storage.

use std::fmt;
use std::ops::ControlFlow;

use uuid::Uuid;

use super::StoreError;

/// The most bytes the key of a row may have.
pub const SIDE_KEY_LIMIT: usize = 1024;
/// The most bytes the value of a row may have: 16 MiB.
pub const SIDE_VALUE_LIMIT: usize = 16 << 20;

/// A side table's name and what it holds.
///
/// A *personal* table may hold content about people. Each of its rows names the objects it is about, and
/// [`Store::forget`](super::Store::forget) finds it by them. A *plain* table holds no such content and its rows name
/// no object. The declaration is kept with the table: opening it with another one is refused.
///
/// ```
/// use mo_core::store::SideSpec;
///
/// let cursors = SideSpec::plain("feed.cursors");
/// let receipts = SideSpec::personal("sts.receipts");
/// assert!(receipts.personal && !cursors.personal);
/// assert!(SideSpec::plain("Feed cursors").check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SideSpec<'n> {
    /// Its name: 1 to 64 of `a–z`, `0–9`, `_`, `.` and `-`.
    pub name: &'n str,
    /// Whether its rows may hold content about people.
    pub personal: bool,
}

impl<'n> SideSpec<'n> {
    /// A table that holds nothing about people.
    pub const fn plain(name: &'n str) -> SideSpec<'n> {
        SideSpec { name, personal: false }
    }

    /// A table whose rows may hold content about people.
    pub const fn personal(name: &'n str) -> SideSpec<'n> {
        SideSpec { name, personal: true }
    }

    /// Whether the name is allowed, for stores to call.
    ///
    /// # Errors
    /// [`StoreError::SideName`].
    pub fn check(self) -> Result<(), StoreError> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"_.-".contains(&c);
        if (1..=64).contains(&self.name.len()) && self.name.bytes().all(allowed) {
            return Ok(());
        }
        Err(StoreError::SideName(self.name.chars().take(80).collect()))
    }

    /// Whether the table may be opened so, when it was first declared with `stored` as its `personal`.
    ///
    /// # Errors
    /// [`StoreError::SideDeclared`].
    pub fn check_declared(self, stored: bool) -> Result<(), StoreError> {
        if stored == self.personal {
            return Ok(());
        }
        Err(StoreError::SideDeclared { name: self.name.to_owned(), personal: stored })
    }

    /// Whom a row is about, in order and each once, if it may be put into the table; for stores to call.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for the key or the value, [`StoreError::SideAbout`].
    pub fn check_row(self, key: &[u8], value: &[u8], about: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        let limit = |what, bytes: usize, limit: usize| {
            if bytes > limit {
                return Err(StoreError::TooLarge { what, bytes: bytes as u64, limit: limit as u64 });
            }
            Ok(())
        };
        limit("the key of a side row", key.len(), SIDE_KEY_LIMIT)?;
        limit("the value of a side row", value.len(), SIDE_VALUE_LIMIT)?;
        if about.is_empty() == self.personal {
            return Err(StoreError::SideAbout { name: self.name.to_owned(), personal: self.personal });
        }
        let mut about = about.to_vec();
        about.sort_unstable();
        about.dedup();
        Ok(about)
    }
}

/// One row of a side table. `Debug` shows sizes, never content.
///
/// ```
/// use mo_core::store::{MemoryStore, SideExt, SideSpec, Store};
///
/// let store = MemoryStore::new();
/// let person = uuid::Uuid::from_u128(1);
/// let lookups = store.side(SideSpec::personal("lookups"))?;
/// let _done = lookups.put(b"2026-01-05", None, b"by anna", &[person])?;
/// let rows = lookups.rows(b"2026-")?;
/// assert_eq!((rows[0].key.as_slice(), rows[0].about.as_slice()), (&b"2026-01-05"[..], &[person][..]));
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SideRow {
    /// Its key, at most [`SIDE_KEY_LIMIT`] bytes; rows are ordered by it, byte by byte.
    pub key: Vec<u8>,
    /// Its value, at most [`SIDE_VALUE_LIMIT`] bytes.
    pub value: Vec<u8>,
    /// The objects it is about, ascending, each once; empty in a plain table.
    pub about: Vec<Uuid>,
}

impl fmt::Debug for SideRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SideRow")
            .field("key", &format_args!("{} bytes", self.key.len()))
            .field("value", &format_args!("{} bytes", self.value.len()))
            .field("about", &self.about)
            .finish()
    }
}

/// What became of a compare-and-set. `Debug` never shows the value.
///
/// ```
/// use mo_core::store::{MemoryStore, Put, SideSpec, Store};
///
/// let store = MemoryStore::new();
/// let cursors = store.side(SideSpec::plain("cursors"))?;
/// assert_eq!(cursors.put(b"phone book", None, b"7", &[])?, Put::Done);
/// let late = cursors.put(b"phone book", Some(b"6"), b"8", &[])?; // somebody else moved it on
/// assert_eq!(late, Put::Differs(Some(b"7".to_vec())));
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a compare-and-set may find another value"]
pub enum Put {
    /// The row now has the new value.
    Done,
    /// The row did not have the expected value and was left as it is: its value, or `None` where there is no row.
    Differs(Option<Vec<u8>>),
}

impl Put {
    /// Whether the row now has the new value.
    pub fn is_done(&self) -> bool {
        matches!(self, Put::Done)
    }
}

impl fmt::Debug for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Put::Done => f.write_str("Done"),
            Put::Differs(None) => f.write_str("Differs(no row)"),
            Put::Differs(Some(value)) => write!(f, "Differs({} bytes)", value.len()),
        }
    }
}

/// An open side table: see [`Store::side`](super::Store::side).
///
/// Every change is durable when it returns. Comfort is in [`SideExt`].
///
/// ```
/// use mo_core::store::{MemoryStore, Put, Side, SideSpec, Store, StoreError};
///
/// /// Counts a row up by one, whoever else does the same.
/// fn count_up(side: &dyn Side, key: &[u8]) -> Result<u8, StoreError> {
///     loop {
///         let held = side.get(key)?;
///         let next = held.as_deref().and_then(|held| held.first()).map_or(1, |n| n.wrapping_add(1));
///         if let Put::Done = side.put(key, held.as_deref(), &[next], &[])? {
///             return Ok(next);
///         }
///     }
/// }
///
/// let store = MemoryStore::new();
/// let side = store.side(SideSpec::plain("runs"))?;
/// assert_eq!([count_up(&*side, b"export")?, count_up(&*side, b"export")?], [1, 2]);
/// # Ok::<(), StoreError>(())
/// ```
pub trait Side: Send + Sync {
    /// The value of a row, or `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] of kind `Unavailable` or `Corrupt`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Sets a row to `value`, if it now has the value `expected` (`None`: if there is no such row), and records which
    /// objects it is about. Order and repetition in `about` do not matter; an earlier row's objects are replaced.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], [`StoreError::SideAbout`], [`StoreError::UnknownChange`], and of kind
    /// `Unavailable`, `Full` or `Corrupt`.
    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError>;

    /// Gives `each` the rows whose key begins with `prefix`, ascending by key, until it breaks.
    ///
    /// A row that is there from beginning to end is given exactly once; one put or deleted meanwhile may be given or
    /// not. `each` may use the store.
    ///
    /// # Errors
    /// [`StoreError`] of kind `Unavailable` or `Corrupt`.
    fn scan(&self, prefix: &[u8], each: &mut dyn FnMut(SideRow) -> ControlFlow<()>)
    -> Result<(), StoreError>;

    /// Deletes a row; whether there was one.
    ///
    /// # Errors
    /// [`StoreError::UnknownChange`], and of kind `Unavailable`, `Full` or `Corrupt`.
    fn delete(&self, key: &[u8]) -> Result<bool, StoreError>;
}

/// Comfort on every [`Side`]. Not for implementing.
///
/// ```
/// use mo_core::store::{MemoryStore, SideExt, SideSpec, Store};
///
/// let store = MemoryStore::new();
/// let side = store.side(SideSpec::plain("cursors"))?;
/// let _done = side.put(b"phone book", None, b"7", &[])?;
/// assert_eq!(side.rows(b"")?.len(), 1); // every row, without a closure
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
pub trait SideExt: Side {
    /// Sets a row whatever it holds now.
    ///
    /// # Errors
    /// Those of [`Side::get`] and [`Side::put`].
    fn set(&self, key: &[u8], value: &[u8], about: &[Uuid]) -> Result<(), StoreError> {
        let mut current = self.get(key)?;
        while let Put::Differs(found) = self.put(key, current.as_deref(), value, about)? {
            current = found;
        }
        Ok(())
    }

    /// All rows whose key begins with `prefix`, ascending by key.
    ///
    /// # Errors
    /// Those of [`Side::scan`].
    fn rows(&self, prefix: &[u8]) -> Result<Vec<SideRow>, StoreError> {
        let mut rows = Vec::new();
        self.scan(prefix, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }
}

impl<S: Side + ?Sized> SideExt for S {}
