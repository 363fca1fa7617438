//! The integrity check of a redb store: redb's checksums, then every entry, page, row and index entry.

use std::collections::BTreeSet;

use ::redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata};
use mo_core::store::StoreError;
use mo_core::time::Revision;
use uuid::Uuid;

use super::fault::Fault;
use super::format::{ABOUT, JOURNAL, PAGES, ROWS, SIDES, decode_row, page_count};
use super::journal::entry_of;

/// What [`RedbStore::check`](super::RedbStore::check) found.
///
/// ```
/// use mo_storage::redb::RedbStore;
///
/// let folder = tempfile::tempdir()?;
/// let store = RedbStore::open(folder.path().join("korsbaek.redb"))?;
/// let found = store.check()?;
/// assert!(found.is_sound() && found.entries == 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Integrity {
    /// How many entries were read back as they were written.
    pub entries: u64,
    /// How many bytes those entries have.
    pub bytes: u64,
    /// How many rows of side tables were read back as they were written.
    pub rows: u64,
    /// Whether redb found something to repair, and repaired it.
    pub repaired: bool,
    /// What is damaged.
    pub damage: Vec<Damage>,
}

impl Integrity {
    /// Whether everything is as it was written.
    pub fn is_sound(&self) -> bool {
        !self.repaired && self.damage.is_empty()
    }
}

/// One thing that is damaged.
///
/// ```
/// use mo_storage::redb::RedbStore;
///
/// let folder = tempfile::tempdir()?;
/// let store = RedbStore::open(folder.path().join("korsbaek.redb"))?;
/// for damage in &store.check()?.damage {
///     println!("entry {:?}: {}", damage.entry, damage.what); // `salvage` gives what is sound
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// The entry that is damaged; `None` for a row.
    pub entry: Option<Revision>,
    /// What is wrong with it.
    pub what: String,
}

impl Damage {
    fn of_row(name: &str, what: &str) -> Damage {
        Damage { entry: None, what: format!("the side table {name}: {what}") }
    }
}

/// Checks everything in a file whose journal is known to reach `head`.
pub(super) fn run(database: &mut Database, head: Revision) -> Result<Integrity, Fault> {
    let mut integrity = Integrity { repaired: !database.check_integrity()?, ..Integrity::default() };
    journal(database, head, &mut integrity)?;
    rows(database, &mut integrity)?;
    Ok(integrity)
}

fn journal(database: &Database, head: Revision, integrity: &mut Integrity) -> Result<(), Fault> {
    let transaction = database.begin_read()?;
    let journal = transaction.open_table(JOURNAL)?;
    let pages = transaction.open_table(PAGES)?;
    let mut previous = None;
    let mut reached = Revision::ZERO;
    let mut in_pages = 0;
    for row in journal.iter()? {
        let (key, value) = row?;
        if let Err(StoreError::Corrupt { entry, what }) = follows(reached, key.value()) {
            integrity.damage.push(Damage { entry, what });
        }
        let before = Revision::new(key.value().saturating_sub(1));
        match entry_of(before, key.value(), value.value(), &pages)? {
            Ok(entry) => {
                if previous.is_some_and(|previous| previous >= entry.registered_at) {
                    let what = "it is not registered later than the one before".to_owned();
                    integrity.damage.push(Damage { entry: Some(entry.revision), what });
                }
                previous = Some(entry.registered_at);
                integrity.entries += 1;
                integrity.bytes += entry.bytes.len() as u64;
                in_pages += page_count(entry.bytes.len()) as u64;
            }
            Err(StoreError::Corrupt { entry, what }) => integrity.damage.push(Damage { entry, what }),
            Err(other) => return Err(other.into()),
        }
        reached = Revision::new(key.value());
    }
    if let Err(StoreError::Corrupt { entry, what }) = follows(reached, head.number().saturating_add(1)) {
        integrity.damage.push(Damage { entry, what });
    }
    if integrity.damage.is_empty() && pages.len()? != in_pages {
        let what = "there are pages that belong to no entry".to_owned();
        integrity.damage.push(Damage { entry: None, what });
    }
    Ok(())
}

/// Whether the entry `next` is the one after `reached`.
fn follows(reached: Revision, next: u32) -> Result<(), StoreError> {
    let expected = reached.number().saturating_add(1);
    if expected >= next {
        return Ok(());
    }
    let what = match next - expected {
        1 => "it is missing".to_owned(),
        more => format!("it and the {} after it are missing", more - 1),
    };
    Err(StoreError::Corrupt { entry: Some(Revision::new(expected)), what })
}

fn rows(database: &Database, integrity: &mut Integrity) -> Result<(), Fault> {
    let transaction = database.begin_read()?;
    let sides = transaction.open_table(SIDES)?;
    let rows = transaction.open_table(ROWS)?;
    let about = transaction.open_table(ABOUT)?;
    let mut indexed = 0;
    for row in rows.iter()? {
        let (key, value) = row?;
        let (name, key) = key.value();
        let Some(row) = decode_row(name, key, value.value()) else {
            integrity.damage.push(Damage::of_row(name, "a row is not as it was written"));
            continue;
        };
        integrity.rows += 1;
        let declared = sides.get(name)?.map(|row| row.value() != 0);
        if declared != Some(!row.about.is_empty()) {
            integrity.damage.push(Damage::of_row(name, "a row does not fit how the table is declared"));
        }
        let objects: BTreeSet<Uuid> = row.about.iter().copied().collect();
        for object in objects {
            if about.get((object.as_u128(), name, key))?.is_some() {
                indexed += 1;
            } else {
                integrity.damage.push(Damage::of_row(name, "erasure would not find a row"));
            }
        }
    }
    if integrity.damage.is_empty() && about.len()? != indexed {
        let what = "the index by object names rows that are not there".to_owned();
        integrity.damage.push(Damage { entry: None, what });
    }
    Ok(())
}
