//! Side tables inside a redb file. Three tables serve all of them: the declarations, the rows by name and key, and an
//! index of the rows by the objects they are about.

use std::ops::{Bound, ControlFlow};

use ::redb::{Database, ReadableDatabase, ReadableTable, WriteTransaction};
use mo_core::store::{Put, Side, SideRow, SideSpec, StoreError};
use uuid::Uuid;

use super::fault::Fault;
use super::format::{ABOUT, ROWS, SIDES, decode_row, encode_row};
use super::{Change, RedbStore};

/// Rows read in one go hold at most about so many bytes, and at least one row.
const BATCH_BYTES: usize = 1 << 18;

/// The row of the index where the next look goes on.
type Mark = (String, Vec<u8>);

pub(super) struct RedbSide<'s> {
    pub(super) store: &'s RedbStore,
    pub(super) spec: SideSpec<'s>,
}

/// How a table was declared, if it was.
pub(super) fn declared(database: &Database, name: &str) -> Result<Option<bool>, Fault> {
    let transaction = database.begin_read()?;
    let personal = transaction.open_table(SIDES)?.get(name)?.map(|row| row.value() != 0);
    Ok(personal)
}

/// Declares a table, unless it is; how it is declared.
pub(super) fn declare(transaction: &WriteTransaction, spec: SideSpec<'_>) -> Result<Change<bool>, Fault> {
    let mut sides = transaction.open_table(SIDES)?;
    if let Some(row) = sides.get(spec.name)? {
        return Ok(Change::Nothing(row.value() != 0));
    }
    sides.insert(spec.name, u8::from(spec.personal))?;
    Ok(Change::Made(spec.personal))
}

/// The next rows about `object`, by table and key, after `mark`.
pub(super) fn held_about(
    database: &Database,
    object: Uuid,
    mark: Option<&Mark>,
) -> Result<Vec<(String, SideRow)>, Fault> {
    let transaction = database.begin_read()?;
    let about = transaction.open_table(ABOUT)?;
    let rows = transaction.open_table(ROWS)?;
    let from = match mark {
        Some((name, key)) => Bound::Excluded((object.as_u128(), name.as_str(), key.as_slice())),
        None => Bound::Included((object.as_u128(), "", &[][..])),
    };
    let mut found = Vec::new();
    let mut bytes = 0;
    for row in about.range::<(u128, &str, &[u8])>((from, Bound::Unbounded))? {
        let (key, _) = row?;
        let (of, name, key) = key.value();
        if of != object.as_u128() || bytes >= BATCH_BYTES {
            break;
        }
        let value =
            rows.get((name, key))?.ok_or_else(|| damaged(name, "a row the index names is missing"))?;
        let row = decode_row(name, key, value.value()).ok_or_else(|| unsound(name))?;
        bytes += row.value.len() + row.key.len();
        found.push((name.to_owned(), row));
    }
    Ok(found)
}

/// Deletes every row about `object`; how many.
pub(super) fn forget(transaction: &WriteTransaction, object: Uuid) -> Result<Change<u64>, Fault> {
    let mut rows = transaction.open_table(ROWS)?;
    let mut about = transaction.open_table(ABOUT)?;
    let mut marks: Vec<Mark> = Vec::new();
    for row in about.range::<(u128, &str, &[u8])>((object.as_u128(), "", &[][..])..)? {
        let (key, _) = row?;
        let (of, name, key) = key.value();
        if of != object.as_u128() {
            break;
        }
        marks.push((name.to_owned(), key.to_vec()));
    }
    for (name, key) in &marks {
        let removed = rows.remove((name.as_str(), key.as_slice()))?;
        let row = removed.and_then(|value| decode_row(name, key, value.value()));
        // A row that cannot be read goes too; what else it was about is then found by `RedbStore::check`.
        let objects = row.map_or_else(|| vec![object], |row| row.about);
        for object in objects {
            about.remove((object.as_u128(), name.as_str(), key.as_slice()))?;
        }
        about.remove((object.as_u128(), name.as_str(), key.as_slice()))?;
    }
    Ok(if marks.is_empty() { Change::Nothing(0) } else { Change::Made(marks.len() as u64) })
}

fn get(database: &Database, name: &str, key: &[u8]) -> Result<Option<SideRow>, Fault> {
    let transaction = database.begin_read()?;
    let Some(value) = transaction.open_table(ROWS)?.get((name, key))? else { return Ok(None) };
    Ok(Some(decode_row(name, key, value.value()).ok_or_else(|| unsound(name))?))
}

fn put(
    transaction: &WriteTransaction,
    name: &str,
    key: &[u8],
    expected: Option<&[u8]>,
    value: &[u8],
    about: &[Uuid],
) -> Result<Change<Put>, Fault> {
    let mut rows = transaction.open_table(ROWS)?;
    let found = match rows.get((name, key))? {
        Some(row) => Some(decode_row(name, key, row.value()).ok_or_else(|| unsound(name))?),
        None => None,
    };
    if found.as_ref().map(|row| row.value.as_slice()) != expected {
        return Ok(Change::Nothing(Put::Differs(found.map(|row| row.value))));
    }
    let mut index = transaction.open_table(ABOUT)?;
    for object in found.iter().flat_map(|row| &row.about) {
        index.remove((object.as_u128(), name, key))?;
    }
    for object in about {
        index.insert((object.as_u128(), name, key), ())?;
    }
    rows.insert((name, key), encode_row(name, key, value, about).as_slice())?;
    Ok(Change::Made(Put::Done))
}

fn delete(transaction: &WriteTransaction, name: &str, key: &[u8]) -> Result<Change<bool>, Fault> {
    let mut rows = transaction.open_table(ROWS)?;
    let Some(removed) = rows.remove((name, key))? else { return Ok(Change::Nothing(false)) };
    let row = decode_row(name, key, removed.value()).ok_or_else(|| unsound(name))?;
    let mut index = transaction.open_table(ABOUT)?;
    for object in &row.about {
        index.remove((object.as_u128(), name, key))?;
    }
    Ok(Change::Made(true))
}

/// The next rows whose key begins with `prefix`, after the key `mark`.
fn scan(database: &Database, name: &str, prefix: &[u8], mark: Option<&[u8]>) -> Result<Vec<SideRow>, Fault> {
    let transaction = database.begin_read()?;
    let rows = transaction.open_table(ROWS)?;
    let from = mark.map_or(Bound::Included((name, prefix)), |mark| Bound::Excluded((name, mark)));
    let mut found = Vec::new();
    let mut bytes = 0;
    for row in rows.range::<(&str, &[u8])>((from, Bound::Unbounded))? {
        let (key, value) = row?;
        let (of, key) = key.value();
        if of != name || !key.starts_with(prefix) || bytes >= BATCH_BYTES {
            break;
        }
        let row = decode_row(name, key, value.value()).ok_or_else(|| unsound(name))?;
        bytes += row.value.len() + row.key.len();
        found.push(row);
    }
    Ok(found)
}

pub(super) fn damaged(name: &str, what: &str) -> StoreError {
    StoreError::Corrupt { entry: None, what: format!("the side table {name}: {what}") }
}

pub(super) fn unsound(name: &str) -> StoreError {
    damaged(name, "a row is not as it was written")
}

impl Side for RedbSide<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.store.look(|database| get(database, self.spec.name, key))?;
        Ok(row.map(|row| row.value))
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        let about = self.spec.check_row(key, value, about)?;
        self.store.change_side(self.spec.name, |transaction| {
            put(transaction, self.spec.name, key, expected, value, &about)
        })
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut mark: Option<Vec<u8>> = None;
        loop {
            let rows = self.store.look(|database| scan(database, self.spec.name, prefix, mark.as_deref()))?;
            let Some(last) = rows.last() else { return Ok(()) };
            mark = Some(last.key.clone());
            for row in rows {
                if each(row).is_break() {
                    return Ok(());
                }
            }
        }
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.store.change_side(self.spec.name, |transaction| delete(transaction, self.spec.name, key))
    }
}
