//! The format of the file: its tables and the bytes of their values. Every value carries a checksum over itself and
//! its key, and every part of the journal a mark, so that damage is noticed, named, and what is sound can be found
//! without the tables ([`salvage`](super::salvage())).
//!
//! | table | key | value |
//! |---|---|---|
//! | `mo` | `"format"` | the format's number |
//! | `journal` | revision | mark, revision, instant, id, length, checksum, and the bytes where they fit |
//! | `pages` | (revision, page from 0) | mark, revision, page, id, length, checksum, bytes |
//! | `sides` | name | 1 personal, 0 plain |
//! | `rows` | (name, key) | checksum, number of objects, objects, value |
//! | `about` | (object, name, key) | nothing |
//!
//! Numbers are little-endian, instants microseconds since 1970, ids 16 bytes as written.

use ::redb::TableDefinition;
use mo_core::store::{ENTRY_LIMIT, Entry, SideRow};
use mo_core::time::{Instant, Revision};
use uuid::Uuid;

/// The format this version writes, and the newest it reads.
pub(super) const FORMAT: u32 = 1;

pub(super) const META: TableDefinition<'_, &str, u32> = TableDefinition::new("mo");
pub(super) const META_FORMAT: &str = "format";
pub(super) const JOURNAL: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("journal");
pub(super) const PAGES: TableDefinition<'_, (u32, u32), &[u8]> = TableDefinition::new("pages");
pub(super) const SIDES: TableDefinition<'_, &str, u8> = TableDefinition::new("sides");
pub(super) const ROWS: TableDefinition<'_, (&str, &[u8]), &[u8]> = TableDefinition::new("rows");
pub(super) const ABOUT: TableDefinition<'_, (u128, &str, &[u8]), ()> = TableDefinition::new("about");

/// The most bytes of an entry kept in one value. redb rounds a value with its surroundings up to a power of two of
/// 4 KiB, so a value of exactly 1 MiB would take 2 or even 4 MiB of the file; this leaves room for the surroundings.
pub(super) const PAGE: usize = (1 << 20) - 256;

/// Marks begin with a byte that no UTF-8 text holds, so the JSON inside an entry never looks like one.
pub(super) const ENTRY_MARK: [u8; 8] = *b"\xffmo\xfeent1";
pub(super) const PAGE_MARK: [u8; 8] = *b"\xffmo\xfepag1";
pub(super) const ENTRY_HEADER: usize = 44;
pub(super) const PAGE_HEADER: usize = 40;

/// The fixed part of a journal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryHeader {
    pub(super) revision: Revision,
    pub(super) registered_at: Instant,
    pub(super) id: Uuid,
    pub(super) length: usize,
    pub(super) checksum: u32,
}

/// The fixed part of a page value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) revision: Revision,
    pub(super) page: u32,
    pub(super) id: Uuid,
    pub(super) length: usize,
    pub(super) checksum: u32,
}

/// The journal value of an entry, with its bytes when they fit in it.
pub(super) fn encode_entry(entry: &Entry) -> Vec<u8> {
    let inline = if in_pages(entry.bytes.len()) { &[][..] } else { &entry.bytes[..] };
    let mut out = Vec::with_capacity(ENTRY_HEADER + inline.len());
    out.extend_from_slice(&ENTRY_MARK);
    out.extend_from_slice(&entry.revision.number().to_le_bytes());
    out.extend_from_slice(&entry.registered_at.epoch_micros().to_le_bytes());
    out.extend_from_slice(entry.id.as_bytes());
    out.extend_from_slice(&length_bytes(entry.bytes.len()));
    let checksum = checksum(&[&out, &entry.bytes]);
    out.extend_from_slice(&checksum.to_le_bytes());
    out.extend_from_slice(inline);
    out
}

/// Whether an entry of so many bytes has them in pages.
pub(super) fn in_pages(length: usize) -> bool {
    length > PAGE
}

/// How many pages an entry of so many bytes has.
pub(super) fn page_count(length: usize) -> usize {
    if in_pages(length) { length.div_ceil(PAGE) } else { 0 }
}

/// The values of the pages of an entry, in order.
pub(super) fn encode_pages(entry: &Entry) -> impl Iterator<Item = (u32, Vec<u8>)> {
    let bytes = if in_pages(entry.bytes.len()) { &entry.bytes[..] } else { &[][..] };
    (0u32..).zip(bytes.chunks(PAGE)).map(|(page, bytes)| {
        let mut out = Vec::with_capacity(PAGE_HEADER + bytes.len());
        out.extend_from_slice(&PAGE_MARK);
        out.extend_from_slice(&entry.revision.number().to_le_bytes());
        out.extend_from_slice(&page.to_le_bytes());
        out.extend_from_slice(entry.id.as_bytes());
        out.extend_from_slice(&length_bytes(bytes.len()));
        let checksum = checksum(&[&out, bytes]);
        out.extend_from_slice(&checksum.to_le_bytes());
        out.extend_from_slice(bytes);
        (page, out)
    })
}

/// A length of at most [`ENTRY_LIMIT`]; what is above never gets here.
fn length_bytes(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

/// The fixed part of a journal value, when it has the form of one.
pub(super) fn entry_header(value: &[u8]) -> Option<EntryHeader> {
    let mut fields = Fields(value.strip_prefix(&ENTRY_MARK)?);
    Some(EntryHeader {
        revision: Revision::new(fields.u32()?),
        registered_at: Instant::from_epoch_micros(i64::from_le_bytes(fields.take()?))?,
        id: Uuid::from_bytes(fields.take()?),
        length: fields.length(ENTRY_LIMIT)?,
        checksum: fields.u32()?,
    })
}

/// The fixed part of a page value, when it has the form of one.
pub(super) fn page_header(value: &[u8]) -> Option<PageHeader> {
    let mut fields = Fields(value.strip_prefix(&PAGE_MARK)?);
    Some(PageHeader {
        revision: Revision::new(fields.u32()?),
        page: fields.u32()?,
        id: Uuid::from_bytes(fields.take()?),
        length: fields.length(PAGE)?,
        checksum: fields.u32()?,
    })
}

impl EntryHeader {
    /// The entry with these bytes, if they are the ones it was written with; `value` begins with the header.
    pub(super) fn with_bytes(&self, value: &[u8], bytes: Vec<u8>) -> Option<Entry> {
        let covered = value.get(..ENTRY_HEADER - 4)?;
        (bytes.len() == self.length && checksum(&[covered, &bytes]) == self.checksum).then_some(Entry {
            revision: self.revision,
            registered_at: self.registered_at,
            id: self.id,
            bytes,
        })
    }
}

/// The bytes of a page value that begins with `header`, if they are the ones it was written with.
pub(super) fn page_bytes<'v>(header: &PageHeader, value: &'v [u8]) -> Option<&'v [u8]> {
    let covered = value.get(..PAGE_HEADER - 4)?;
    let bytes = value.get(PAGE_HEADER..PAGE_HEADER + header.length)?;
    (checksum(&[covered, bytes]) == header.checksum).then_some(bytes)
}

/// The value of a row; `about` ascending, each once.
pub(super) fn encode_row(name: &str, key: &[u8], value: &[u8], about: &[Uuid]) -> Vec<u8> {
    let mut out = vec![0; 4];
    out.extend_from_slice(&length_bytes(about.len()));
    for object in about {
        out.extend_from_slice(object.as_bytes());
    }
    out.extend_from_slice(value);
    let checksum = row_checksum(name, key, out.get(4..).unwrap_or_default());
    out.splice(..4, checksum.to_le_bytes());
    out
}

/// The row with this value, if it is as it was written.
pub(super) fn decode_row(name: &str, key: &[u8], value: &[u8]) -> Option<SideRow> {
    let mut fields = Fields(value);
    let checksum = fields.u32()?;
    if row_checksum(name, key, fields.0) != checksum {
        return None;
    }
    let count = fields.u32()?;
    let mut about = Vec::new();
    for _ in 0..count {
        about.push(Uuid::from_bytes(fields.take()?));
    }
    Some(SideRow { key: key.to_vec(), value: fields.0.to_vec(), about })
}

fn row_checksum(name: &str, key: &[u8], rest: &[u8]) -> u32 {
    checksum(&[name.as_bytes(), &length_bytes(key.len()), key, rest])
}

fn checksum(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

/// What is left to read of a value.
struct Fields<'v>(&'v [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn length(&mut self, limit: usize) -> Option<usize> {
        usize::try_from(self.u32()?).ok().filter(|length| *length <= limit)
    }
}
