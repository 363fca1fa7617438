//! The journal inside an open redb file: reading entries in order with every check, writing one, and copying all of
//! it with some replaced. No locks and no opening.

use std::ops::Bound;

use ::redb::{Database, ReadableDatabase, ReadableTable, WriteTransaction};
use mo_core::store::{Entry, Head, StoreError, within_entry_limit};
use mo_core::time::Revision;

use super::fault::Fault;
use super::format::{
    ABOUT, ENTRY_HEADER, FORMAT, JOURNAL, META, META_FORMAT, PAGES, ROWS, SIDES, encode_entry, encode_pages,
    entry_header, page_bytes, page_count, page_header,
};

/// Entries read in one go hold at most about so many bytes, and at least one entry.
const BATCH_BYTES: usize = 1 << 20;

/// Some entries in order, and what is wrong with the one after them, if anything is.
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    pub(super) damage: Option<StoreError>,
}

/// Makes the tables of an empty file.
pub(super) fn lay_out(transaction: &WriteTransaction) -> Result<(), Fault> {
    transaction.open_table(META)?.insert(META_FORMAT, FORMAT)?;
    transaction.open_table(JOURNAL)?;
    transaction.open_table(PAGES)?;
    transaction.open_table(SIDES)?;
    transaction.open_table(ROWS)?;
    transaction.open_table(ABOUT)?;
    Ok(())
}

/// The head, and the id of its entry.
pub(super) fn last(database: &Database) -> Result<(Head, Option<uuid::Uuid>), Fault> {
    let transaction = database.begin_read()?;
    let journal = transaction.open_table(JOURNAL)?;
    let Some((key, value)) = journal.last()? else { return Ok((Head::EMPTY, None)) };
    let revision = Revision::new(key.value());
    let header = entry_header(value.value())
        .filter(|header| header.revision == revision)
        .ok_or_else(|| damaged(revision, "its record is not one"))?;
    Ok((Head { revision, registered_at: Some(header.registered_at), now: None }, Some(header.id)))
}

/// The entries after `after`, as many as make a batch. The journal reaches at least to `head`.
pub(super) fn batch(database: &Database, after: Revision, head: Revision) -> Result<Batch, Fault> {
    let transaction = database.begin_read()?;
    let journal = transaction.open_table(JOURNAL)?;
    let pages = transaction.open_table(PAGES)?;
    let mut batch = Batch { entries: Vec::new(), damage: None };
    let mut bytes = 0;
    let mut previous = after;
    for row in journal.range::<u32>((Bound::Excluded(after.number()), Bound::Unbounded))? {
        let (key, value) = row?;
        match entry_of(previous, key.value(), value.value(), &pages)? {
            Ok(entry) => {
                previous = entry.revision;
                bytes += entry.bytes.len();
                batch.entries.push(entry);
            }
            Err(damage) => {
                batch.damage = Some(damage);
                return Ok(batch);
            }
        }
        if bytes >= BATCH_BYTES {
            return Ok(batch);
        }
    }
    if previous < head {
        batch.damage = Some(damaged(following(previous), "it is missing"));
    }
    Ok(batch)
}

/// The entry of a row of the journal, or what is wrong with it.
pub(super) fn entry_of(
    previous: Revision,
    key: u32,
    value: &[u8],
    pages: &impl ReadableTable<(u32, u32), &'static [u8]>,
) -> Result<Result<Entry, StoreError>, Fault> {
    let revision = Revision::new(key);
    if previous.next() != Some(revision) {
        return Ok(Err(damaged(following(previous), "it is missing")));
    }
    let Some(header) = entry_header(value).filter(|header| header.revision == revision) else {
        return Ok(Err(damaged(revision, "its record is not one")));
    };
    let bytes = match page_count(header.length) {
        0 => value.get(ENTRY_HEADER..).unwrap_or_default().to_vec(),
        count => {
            let mut bytes = Vec::with_capacity(header.length);
            for page in (0u32..).take(count) {
                let Some(value) = pages.get((key, page))? else {
                    return Ok(Err(damaged(revision, &format!("its page {page} is missing"))));
                };
                let value = value.value();
                let part = page_header(value)
                    .filter(|p| (p.revision, p.page, p.id) == (revision, page, header.id))
                    .and_then(|p| page_bytes(&p, value));
                let Some(part) = part else {
                    return Ok(Err(damaged(revision, &format!("its page {page} is not as it was written"))));
                };
                bytes.extend_from_slice(part);
            }
            bytes
        }
    };
    Ok(header.with_bytes(value, bytes).ok_or_else(|| damaged(revision, "it is not as it was written")))
}

/// Writes an entry that may follow the head.
pub(super) fn write(transaction: &WriteTransaction, entry: &Entry) -> Result<(), Fault> {
    let key = entry.revision.number();
    transaction.open_table(JOURNAL)?.insert(key, encode_entry(entry).as_slice())?;
    if page_count(entry.bytes.len()) > 0 {
        let mut pages = transaction.open_table(PAGES)?;
        for (page, value) in encode_pages(entry) {
            pages.insert((key, page), value.as_slice())?;
        }
    }
    Ok(())
}

/// Copies everything from one file into an empty one, with the bytes of some entries replaced; how many were.
pub(super) fn copy(
    from: &Database,
    to: &WriteTransaction,
    replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>,
) -> Result<u64, Fault> {
    lay_out(to)?;
    let from = from.begin_read()?;
    let journal = from.open_table(JOURNAL)?;
    let pages = from.open_table(PAGES)?;
    let mut replaced = 0;
    let mut previous = Revision::ZERO;
    for row in journal.iter()? {
        let (key, value) = row?;
        let mut entry = entry_of(previous, key.value(), value.value(), &pages)??;
        if let Some(bytes) = replace(&entry) {
            within_entry_limit(&bytes)?;
            entry.bytes = bytes;
            replaced += 1;
        }
        write(to, &entry)?;
        previous = entry.revision;
    }
    let mut sides = to.open_table(SIDES)?;
    for row in from.open_table(SIDES)?.iter()? {
        let (key, value) = row?;
        sides.insert(key.value(), value.value())?;
    }
    let mut rows = to.open_table(ROWS)?;
    for row in from.open_table(ROWS)?.iter()? {
        let (key, value) = row?;
        rows.insert(key.value(), value.value())?;
    }
    let mut about = to.open_table(ABOUT)?;
    for row in from.open_table(ABOUT)?.iter()? {
        about.insert(row?.0.value(), ())?;
    }
    Ok(replaced)
}

pub(super) fn damaged(revision: Revision, what: &str) -> StoreError {
    StoreError::Corrupt { entry: Some(revision), what: what.to_owned() }
}

fn following(revision: Revision) -> Revision {
    revision.next().unwrap_or(Revision::MAX)
}
