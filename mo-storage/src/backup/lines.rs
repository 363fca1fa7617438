//! The lines of an export: entries as text and back, and the last line that tells whether all of them are there.

use std::io::{self, BufRead, Read as _};

use mo_core::journal::{Json, Registration};
use mo_core::store::{ENTRY_LIMIT, Entry};
use mo_core::time::Revision;

use super::BackupError;

/// How the last line begins. No registration does.
const LAST: &str = "{\"exported\":";

/// The text of an entry, without the end of the line.
pub(super) fn of_entry(entry: &Entry) -> Result<&[u8], BackupError> {
    let is_line = entry.bytes.first() == Some(&b'{')
        && !entry.bytes.contains(&b'\n')
        && !entry.bytes.starts_with(LAST.as_bytes())
        && std::str::from_utf8(&entry.bytes).is_ok();
    if is_line { Ok(&entry.bytes) } else { Err(BackupError::NotALine { revision: entry.revision }) }
}

/// Number and checksum of the lines so far.
#[derive(Default)]
pub(super) struct Sum {
    entries: u32,
    crc: crc32fast::Hasher,
}

impl Sum {
    pub(super) fn add(&mut self, line: &[u8]) {
        self.entries += 1;
        self.crc.update(line);
        self.crc.update(b"\n");
    }

    pub(super) fn last_line(&self) -> String {
        let crc = self.crc.clone().finalize();
        format!("{LAST}{{\"registrations\":{},\"crc32\":\"{crc:08x}\"}}}}\n", self.entries)
    }
}

/// Reads the lines of an export.
pub(super) struct Lines<'f, F: ?Sized> {
    from: &'f mut F,
    sum: Sum,
    line: u64,
}

impl<'f, F: BufRead + ?Sized> Lines<'f, F> {
    pub(super) fn new(from: &'f mut F) -> Lines<'f, F> {
        Lines { from, sum: Sum::default(), line: 0 }
    }

    /// The next entry; `None` at the last line, which must be right.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, BackupError> {
        self.line += 1;
        let line = self.line;
        let mut bytes = Vec::new();
        let mut limited = (&mut *self.from).take(ENTRY_LIMIT as u64 + 2);
        limited.read_until(b'\n', &mut bytes).map_err(|source| BackupError::Read { line, source })?;
        let after = Revision::new(self.sum.entries);
        let whole = bytes.pop_if(|last| *last == b'\n').is_some();
        // A tool of another system may have passed it on.
        bytes.pop_if(|last| *last == b'\r');
        if bytes.len() > ENTRY_LIMIT {
            return Err(BackupError::TooLong { line, limit: ENTRY_LIMIT });
        }
        if bytes.starts_with(LAST.as_bytes()) {
            return self.end(&bytes).map(|()| None);
        }
        if !whole {
            return Err(BackupError::CutOff { after });
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| BackupError::Read { line, source: io::Error::other("it is not UTF-8") })?;
        let registration = Json::parse(text)
            .and_then(|json| Registration::from_json(&json))
            .map_err(|reason| BackupError::NotARegistration { line, reason })?;
        let expected = after.next().unwrap_or(after);
        if registration.revision != expected {
            return Err(BackupError::OutOfOrder { line, expected, found: registration.revision });
        }
        self.sum.add(&bytes);
        Ok(Some(Entry {
            revision: registration.revision,
            registered_at: registration.registered_at,
            id: registration.id,
            bytes,
        }))
    }

    fn end(&self, line: &[u8]) -> Result<(), BackupError> {
        let (expected, found) = (String::from_utf8_lossy(line), self.sum.last_line());
        if expected.trim_end() == found.trim_end() {
            return Ok(());
        }
        // What stands there was not written by mo, so not all of it is repeated.
        Err(BackupError::Changed {
            expected: expected.chars().take(80).collect(),
            found: found.trim_end().to_owned(),
        })
    }
}
