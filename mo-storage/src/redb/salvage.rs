//! Finding the sound entries of a damaged file by their marks and checksums, whatever state its tables are in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

use ::redb::StorageBackend;
use ::redb::backends::FileBackend;
use mo_core::store::{Entry, StoreError};
use mo_core::time::Revision;
use uuid::Uuid;

use super::fault::translate_io;
use super::format::{
    ENTRY_HEADER, ENTRY_MARK, EntryHeader, PAGE_HEADER, PAGE_MARK, entry_header, in_pages, page_bytes,
    page_count, page_header,
};

/// How much of the file is looked through at a time.
const WINDOW: usize = 1 << 20;

/// What [`salvage`] found.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use mo_storage::redb::{RedbStore, salvage};
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("korsbaek.redb");
/// drop(RedbStore::open(&file)?);
/// let salvaged = salvage(&file, &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!(salvaged.to_string(), "0 entries can be salvaged");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Salvage {
    /// How many entries are sound.
    pub saved: u64,
    /// The revisions of which no sound entry was found, ascending, both ends included.
    pub lost: Vec<RangeInclusive<Revision>>,
}

impl fmt::Display for Salvage {
    /// `1240 entries can be salvaged, lost are 17, 30–32`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries can be salvaged", self.saved)?;
        for (at, range) in self.lost.iter().enumerate() {
            f.write_str(if at == 0 { ", lost are " } else { ", " })?;
            match (range.start(), range.end()) {
                (start, end) if start == end => write!(f, "{start}")?,
                (start, end) => write!(f, "{start}–{end}")?,
            }
        }
        Ok(())
    }
}

/// Gives `each` every sound entry of a damaged file, in order, until it breaks. The file is not changed.
///
/// Entries carry checksums of their own, so an entry given here is as it was written, however damaged the rest is. An
/// entry that was being written when the file was last in use may be among them, as the last one. What is in side
/// tables is not salvaged.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use mo_core::store::{Entry, Store};
/// use mo_core::time::Revision;
/// use mo_storage::redb::{RedbStore, salvage};
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
/// RedbStore::create(&path)?.append(Revision::ZERO, &entry)?;
///
/// let mut saved = Vec::new();
/// let found = salvage(&path, &mut |entry| {
///     saved.push(entry);
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!((found.saved, found.lost.len()), (1, 0));
/// assert_eq!(saved, [entry]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`StoreError::Setup`] when the file cannot be opened, of kind `Unavailable` when the disk fails.
///
/// # Complexity
/// Reads the whole file once, and paged entries twice.
pub fn salvage(
    path: impl AsRef<Path>,
    each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<Salvage, StoreError> {
    let place = path.as_ref().display().to_string();
    let mut attempt = || {
        let backend =
            FileBackend::new(File::open(&path)?).map_err(|error| io::Error::other(error.to_string()))?;
        let survey = survey(&backend)?;
        survey.give(&backend, each)?;
        Ok(survey.summary())
    };
    attempt().map_err(|error| translate_io(error, &place))
}

/// Where the sound parts of the journal are in a file.
#[derive(Debug, Default)]
pub(super) struct Survey {
    entries: BTreeMap<(Revision, Uuid), (u64, EntryHeader)>,
    pages: BTreeMap<(Revision, Uuid, u32), u64>,
    /// Revisions of records that have the form of one but are not as they were written.
    unsound: BTreeSet<Revision>,
}

/// Looks through a whole file.
pub(super) fn survey(backend: &dyn StorageBackend) -> io::Result<Survey> {
    let mut survey = Survey::default();
    let length = backend.len()?;
    let overlap = (ENTRY_MARK.len() - 1) as u64;
    let mut window = vec![0; WINDOW];
    let mut at = 0;
    while at < length {
        let size = (length - at).min(WINDOW as u64);
        let bytes = window.get_mut(..usize::try_from(size).unwrap_or(WINDOW)).unwrap_or_default();
        backend.read(at, bytes)?;
        for (offset, mark) in (at..).zip(bytes.windows(ENTRY_MARK.len())) {
            if mark == ENTRY_MARK {
                survey.look_at_entry(backend, offset, length)?;
            } else if mark == PAGE_MARK {
                survey.look_at_page(backend, offset, length)?;
            }
        }
        at += if at + size < length { size - overlap } else { size };
    }
    survey.drop_incomplete(backend)?;
    Ok(survey)
}

/// `size` bytes at `offset`, or `None` where the file is shorter.
fn read(backend: &dyn StorageBackend, offset: u64, size: usize, length: u64) -> io::Result<Option<Vec<u8>>> {
    if offset.checked_add(size as u64).is_none_or(|end| end > length) {
        return Ok(None);
    }
    let mut bytes = vec![0; size];
    backend.read(offset, &mut bytes)?;
    Ok(Some(bytes))
}

impl Survey {
    fn look_at_entry(&mut self, backend: &dyn StorageBackend, offset: u64, length: u64) -> io::Result<()> {
        let Some(value) = read(backend, offset, ENTRY_HEADER, length)? else { return Ok(()) };
        let Some(header) = entry_header(&value) else { return Ok(()) };
        let sound = in_pages(header.length)
            || read(backend, offset + ENTRY_HEADER as u64, header.length, length)?
                .is_some_and(|bytes| header.with_bytes(&value, bytes).is_some());
        if sound {
            self.entries.insert((header.revision, header.id), (offset, header));
        } else {
            self.unsound.insert(header.revision);
        }
        Ok(())
    }

    fn look_at_page(&mut self, backend: &dyn StorageBackend, offset: u64, length: u64) -> io::Result<()> {
        let Some(value) = read(backend, offset, PAGE_HEADER, length)? else { return Ok(()) };
        let Some(header) = page_header(&value) else { return Ok(()) };
        let value = read(backend, offset, PAGE_HEADER + header.length, length)?;
        if value.is_some_and(|value| page_bytes(&header, &value).is_some()) {
            self.pages.insert((header.revision, header.id, header.page), offset);
        }
        Ok(())
    }

    /// Keeps the entries that can be read back and are the only one of their revision.
    fn drop_incomplete(&mut self, backend: &dyn StorageBackend) -> io::Result<()> {
        let mut sound = BTreeMap::new();
        for (key, (offset, header)) in std::mem::take(&mut self.entries) {
            if !in_pages(header.length) || self.entry(backend, offset, &header)?.is_some() {
                sound.insert(key, (offset, header));
            } else {
                self.unsound.insert(header.revision);
            }
        }
        // Two entries of one revision: one of them was begun and never recorded, and nothing tells which.
        let mut seen = BTreeSet::new();
        let twice: BTreeSet<Revision> = sound.keys().map(|(r, _)| *r).filter(|r| !seen.insert(*r)).collect();
        sound.retain(|(revision, _), _| !twice.contains(revision));
        self.unsound.extend(twice);
        self.entries = sound;
        Ok(())
    }

    fn entry(
        &self,
        backend: &dyn StorageBackend,
        offset: u64,
        header: &EntryHeader,
    ) -> io::Result<Option<Entry>> {
        let length = backend.len()?;
        let Some(value) = read(backend, offset, ENTRY_HEADER, length)? else { return Ok(None) };
        let mut bytes = Vec::new();
        if in_pages(header.length) {
            for page in (0u32..).take(page_count(header.length)) {
                let Some(at) = self.pages.get(&(header.revision, header.id, page)) else { return Ok(None) };
                let Some(page) = read(backend, *at, PAGE_HEADER, length)?.as_deref().and_then(page_header)
                else {
                    return Ok(None);
                };
                let Some(part) = read(backend, *at + PAGE_HEADER as u64, page.length, length)? else {
                    return Ok(None);
                };
                bytes.extend_from_slice(&part);
            }
        } else {
            let Some(inline) = read(backend, offset + ENTRY_HEADER as u64, header.length, length)? else {
                return Ok(None);
            };
            bytes = inline;
        }
        Ok(header.with_bytes(&value, bytes))
    }

    pub(super) fn give(
        &self,
        backend: &dyn StorageBackend,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for (offset, header) in self.entries.values() {
            if let Some(entry) = self.entry(backend, *offset, header)?
                && each(entry).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    /// The first revision of which no sound entry was found, if any.
    pub(super) fn first_lost(&self) -> Option<Revision> {
        self.summary().lost.first().map(|range| *range.start())
    }

    pub(super) fn summary(&self) -> Salvage {
        let mut lost = Vec::new();
        let mut next = 1;
        for (revision, _) in self.entries.keys() {
            let found = revision.number();
            if next < found {
                lost.push(Revision::new(next)..=Revision::new(found - 1));
            }
            next = found.saturating_add(1);
        }
        // Damage at the very end shows only as records that are not sound.
        let beyond = (next..u32::MAX).map(Revision::new).take_while(|r| self.unsound.contains(r)).last();
        if let Some(last) = beyond {
            lost.push(Revision::new(next)..=last);
        }
        Salvage { saved: self.entries.len() as u64, lost }
    }
}

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary().fmt(f)
    }
}
