//! [`MemoryStore`]: a store that lasts as long as the process. Plain vectors and maps behind one lock, so that it also
//! serves as the obvious store others are compared with.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::{Entry, Head, Put, Side, SideRow, SideSpec, Store, StoreError, within_entry_limit};
use crate::time::Revision;

/// A store in memory, for tests, trials and registries rebuilt at every start. Clones share one content.
///
/// It keeps every promise of the [contract](super) except that nothing outlives the process.
///
/// ```
/// use mo_core::store::{MemoryStore, SideExt, SideSpec, Store};
///
/// let store = MemoryStore::new();
/// let same = store.clone();
/// store.side(SideSpec::plain("cursors"))?.set(b"phonebook", b"17", &[])?;
/// let value = same.side(SideSpec::plain("cursors"))?.get(b"phonebook")?;
/// assert_eq!(value.as_deref(), Some(&b"17"[..]));
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    content: Mutex<Content>,
    grown: Condvar,
}

#[derive(Default)]
struct Content {
    entries: Vec<Entry>,
    tables: BTreeMap<String, Table>,
}

struct Table {
    personal: bool,
    rows: BTreeMap<Vec<u8>, Row>,
}

struct Row {
    value: Vec<u8>,
    about: Vec<Uuid>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// No change is half done when a callback panics, so a poisoned lock guards sound content.
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.shared.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, Head::of)
    }
}

fn row_of(key: &[u8], row: &Row) -> SideRow {
    SideRow { key: key.to_vec(), value: row.value.clone(), about: row.about.clone() }
}

impl Store for MemoryStore {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.lock().head())
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        let mut content = self.lock();
        content.head().admits(expected, entry)?;
        content.entries.push(entry.clone());
        drop(content);
        self.shared.grown.notify_all();
        Ok(())
    }

    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let mut content = self.lock();
        content.head().admits_all(expected, entries)?;
        content.entries.extend_from_slice(entries);
        drop(content);
        self.shared.grown.notify_all();
        Ok(())
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut at = after.number() as usize;
        loop {
            // One entry at a time, so that the callback runs without the lock.
            let Some(entry) = self.lock().entries.get(at).cloned() else { return Ok(()) };
            if each(entry).is_break() {
                return Ok(());
            }
            at += 1;
        }
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        let waiting = |content: &mut Content| content.head().revision <= after;
        let (content, _) = self
            .shared
            .grown
            .wait_timeout_while(self.lock(), timeout, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        Ok(content.head())
    }

    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        let mut content = self.lock();
        let replacements: Vec<Option<Vec<u8>>> = content.entries.iter().map(replace).collect();
        replacements.iter().flatten().try_for_each(|bytes| within_entry_limit(bytes))?;
        let mut replaced = 0;
        for (entry, bytes) in content.entries.iter_mut().zip(replacements) {
            if let Some(bytes) = bytes {
                entry.bytes = bytes;
                replaced += 1;
            }
        }
        Ok(replaced)
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        spec.check()?;
        let mut content = self.lock();
        let table = content
            .tables
            .entry(spec.name.to_owned())
            .or_insert_with(|| Table { personal: spec.personal, rows: BTreeMap::new() });
        spec.check_declared(table.personal)?;
        Ok(Box::new(MemorySide { store: self, spec }))
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut found = Vec::new();
        for (name, table) in &self.lock().tables {
            let rows = table.rows.iter().filter(|(_, row)| row.about.contains(&object));
            found.extend(rows.map(|(key, row)| (name.clone(), row_of(key, row))));
        }
        for (name, row) in found {
            if each(&name, row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        for table in self.lock().tables.values_mut() {
            let before = table.rows.len();
            table.rows.retain(|_, row| !row.about.contains(&object));
            forgotten += (before - table.rows.len()) as u64;
        }
        Ok(forgotten)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("head", &self.lock().head().revision).finish_non_exhaustive()
    }
}

struct MemorySide<'s> {
    store: &'s MemoryStore,
    spec: SideSpec<'s>,
}

impl MemorySide<'_> {
    /// Runs `work` on the rows of the table; `side` has made the table and nothing removes one.
    fn rows<T: Default>(&self, work: impl FnOnce(&mut BTreeMap<Vec<u8>, Row>) -> T) -> T {
        let mut content = self.store.lock();
        content.tables.get_mut(self.spec.name).map_or_else(T::default, |table| work(&mut table.rows))
    }
}

impl Side for MemorySide<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rows(|rows| rows.get(key).map(|row| row.value.clone())))
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        let about = self.spec.check_row(key, value, about)?;
        let differs = self.rows(|rows| {
            let found = rows.get(key).map(|row| row.value.as_slice());
            if found != expected {
                return Some(found.map(<[u8]>::to_vec));
            }
            rows.insert(key.to_vec(), Row { value: value.to_vec(), about });
            None
        });
        Ok(differs.map_or(Put::Done, Put::Differs))
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let found: Vec<SideRow> = self.rows(|rows| {
            let from = rows.range(prefix.to_vec()..);
            from.take_while(|(key, _)| key.starts_with(prefix)).map(|(key, row)| row_of(key, row)).collect()
        });
        for row in found {
            if each(row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.rows(|rows| rows.remove(key).is_some()))
    }
}
