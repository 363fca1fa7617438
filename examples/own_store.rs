//! A store of one's own: everything in one file of JSON lines, one line per change, with a copy in memory. Below it the
//! public suite is run on it, which is how whoever writes a store finds out whether it keeps the contract
//! (`mo_core::store`). It is short rather than fast: a real one would not keep everything in memory.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Seek as _, SeekFrom, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mo_core::store::{
    Entry, Head, MemoryStore, Put, Side, SideRow, SideSpec, Store, StoreError, StoreExt as _,
    within_entry_limit,
};
use mo_core::time::Revision;
use mo_storage::conformance::{Harness, run};
use serde_json::{Value, json};
use uuid::Uuid;

const USAGE: &str = "\
Usage: own_store

Runs the suite that every store passes on a store made of a file of JSON lines, in a temporary folder, and prints one line
per promise of the contract. Exit code: 0 all are kept, 1 one is broken, 2 wrong usage.
";

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--help" | "-h") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some(_) => {
            eprint!("own_store takes no argument\n\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("own_store: no temporary folder: {error}");
            return ExitCode::FAILURE;
        }
    };
    let report = run(&mut InFolder { folder: folder.path().to_owned(), count: 0 });
    print!("{report}");
    if report.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Makes the stores that the suite runs on.
struct InFolder {
    folder: PathBuf,
    count: u32,
}

impl InFolder {
    fn open(&self) -> Box<dyn Store> {
        let path = self.folder.join(format!("{}.jsonl", self.count));
        Box::new(JsonLines::open(&path).expect("a file in a new folder can be opened"))
    }
}

impl Harness for InFolder {
    fn fresh(&mut self) -> Box<dyn Store> {
        self.count += 1;
        self.open()
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
        drop(store);
        Some(self.open())
    }
}

/// A registry in a file of JSON lines.
struct JsonLines {
    path: PathBuf,
    state: Mutex<State>,
    /// The journal as the file has it. The memory store knows how to be read and waited for beside a writer.
    journal: MemoryStore,
}

/// Held through every change, so that what a change was decided on is still so when it is on the disk.
struct State {
    file: File,
    /// Up to here the file holds whole lines. Less than its size after a write that failed.
    length: u64,
    tables: BTreeMap<String, Table>,
}

struct Table {
    personal: bool,
    rows: BTreeMap<Vec<u8>, SideRow>,
}

impl JsonLines {
    fn open(path: &Path) -> Result<JsonLines, StoreError> {
        let failed = |error| translate(path, error);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(failed)?;
        // One process at a time; the lock goes with the file.
        file.try_lock().map_err(|_| StoreError::InUse { place: path.display().to_string() })?;
        let mut lines = BufReader::new(file.try_clone().map_err(failed)?);
        let journal = MemoryStore::new();
        let mut state = State { file, length: 0, tables: BTreeMap::new() };
        loop {
            let mut line = Vec::new();
            lines.read_until(b'\n', &mut line).map_err(failed)?;
            // A line without its end was being written when the program ended; it was never acknowledged.
            if line.last() != Some(&b'\n') {
                break;
            }
            apply(&journal, &mut state.tables, &line).ok_or_else(|| StoreError::Corrupt {
                entry: journal.head().ok().and_then(|head| head.revision.next()),
                what: format!("{} is not as this store writes it at byte {}", path.display(), state.length),
            })?;
            state.length += line.len() as u64;
        }
        Ok(JsonLines { path: path.to_owned(), state: Mutex::new(state), journal })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a change on the disk, then makes it visible. When the first fails, the change was not made: what there is of
    /// its line is cut off by the next one, and not read again.
    fn change(&self, state: &mut State, line: &Value) -> Result<(), StoreError> {
        let text = format!("{line}\n");
        let written = state
            .file
            .set_len(state.length)
            .and_then(|()| state.file.seek(SeekFrom::Start(state.length)))
            .and_then(|_| state.file.write_all(text.as_bytes()))
            .and_then(|()| state.file.sync_data());
        if let Err(error) = written {
            // The line must not be found when the file is opened again.
            let _ = state.file.set_len(state.length).and_then(|()| state.file.sync_data());
            return Err(translate(&self.path, error));
        }
        state.length += text.len() as u64;
        apply(&self.journal, &mut state.tables, text.as_bytes()).ok_or_else(|| StoreError::Corrupt {
            entry: None,
            what: "a change did not fit what was there".into(),
        })
    }
}

fn translate(path: &Path, error: io::Error) -> StoreError {
    let what = format!("{}: {error}", path.display());
    let full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    let source = Some(error.into());
    if full { StoreError::Full { what, source } } else { StoreError::Unavailable { what, source } }
}

/// What is written about an entry. Bytes are hexadecimal, since they need not be text.
fn entry_line(entry: &Entry) -> Value {
    let (at, id) = (entry.registered_at.to_string(), entry.id.to_string());
    json!({ "entry": entry.revision.number(), "at": at, "id": id, "bytes": hex(&entry.bytes) })
}

fn row_line(table: &str, row: &SideRow) -> Value {
    let about: Vec<String> = row.about.iter().map(Uuid::to_string).collect();
    json!({ "row": hex(&row.key), "table": table, "value": hex(&row.value), "about": about })
}

/// Does what a line says; `None` when it says nothing that can be done.
fn apply(journal: &MemoryStore, tables: &mut BTreeMap<String, Table>, line: &[u8]) -> Option<()> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let text = |field: &str| line.get(field)?.as_str();
    if let Some(revision) = line.get("entry") {
        let revision = u32::try_from(revision.as_u64()?).ok()?;
        let entry = Entry {
            revision: Revision::new(revision),
            registered_at: text("at")?.parse().ok()?,
            id: text("id")?.parse().ok()?,
            bytes: unhex(text("bytes")?)?,
        };
        return journal.append(Revision::new(revision.checked_sub(1)?), &entry).ok();
    }
    if let Some(object) = text("forgotten") {
        let object = object.parse().ok()?;
        for table in tables.values_mut() {
            table.rows.retain(|_, row| !row.about.contains(&object));
        }
        return Some(());
    }
    if let Some(personal) = line.get("personal") {
        let table = Table { personal: personal.as_bool()?, rows: BTreeMap::new() };
        tables.insert(text("table")?.to_owned(), table);
        return Some(());
    }
    let (rows, key) = (&mut tables.get_mut(text("table")?)?.rows, unhex(text("row")?)?);
    let Some(value) = text("value") else {
        rows.remove(&key);
        return Some(());
    };
    let about: Option<Vec<Uuid>> =
        line.get("about")?.as_array()?.iter().map(|id| id.as_str()?.parse().ok()).collect();
    rows.insert(key.clone(), SideRow { key, value: unhex(value)?, about: about? });
    Some(())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| char::from(*c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect()
}

impl Store for JsonLines {
    fn head(&self) -> Result<Head, StoreError> {
        self.journal.head()
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        let mut state = self.state();
        // The rule that every store applies is there to be called.
        self.journal.head()?.admits(expected, entry)?;
        self.change(&mut state, &entry_line(entry))
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.journal.read(after, each)
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        self.journal.wait(after, timeout)
    }

    /// Writes everything that still counts into a file beside, which then takes the place of the old one.
    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        let failed = |error| translate(&self.path, error);
        let mut state = self.state();
        let mut replaced = Vec::new();
        let mut text = String::new();
        for entry in self.journal.entries(Revision::ZERO)? {
            let bytes = replace(&entry);
            within_entry_limit(bytes.as_deref().unwrap_or_default())?;
            let written = Entry { bytes: bytes.clone().unwrap_or(entry.bytes), ..entry };
            text += &format!("{}\n", entry_line(&written));
            replaced.push(bytes);
        }
        for (name, table) in &state.tables {
            text += &format!("{}\n", json!({ "table": name, "personal": table.personal }));
            for row in table.rows.values() {
                text += &format!("{}\n", row_line(name, row));
            }
        }
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        file.try_lock().map_err(|_| StoreError::InUse { place: beside.display().to_string() })?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::rename(&beside, &self.path).map_err(failed)?;
        (state.file, state.length) = (file, text.len() as u64);
        // The new file is in place; that it stays there after a loss of power is for the folder to keep.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| {
            StoreError::UnknownChange {
                what: format!("the rewriting of {}", self.path.display()),
                source: Some(error.into()),
            }
        })?;
        let mut replaced = replaced.into_iter();
        self.journal.rewrite(&mut |_| replaced.next().flatten())
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        spec.check()?;
        let mut state = self.state();
        match state.tables.get(spec.name) {
            Some(table) => spec.check_declared(table.personal)?,
            None => {
                self.change(&mut state, &json!({ "table": spec.name, "personal": spec.personal }))?;
            }
        }
        Ok(Box::new(JsonSide { store: self, spec }))
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut found = Vec::new();
        for (name, table) in &self.state().tables {
            let about = table.rows.values().filter(|row| row.about.contains(&object));
            found.extend(about.map(|row| (name.clone(), row.clone())));
        }
        // Without the lock, since the callback may use the store.
        for (name, row) in found {
            if each(&name, row).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// All rows or none, since one line says it.
    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        let mut state = self.state();
        let rows = state.tables.values().flat_map(|table| table.rows.values());
        let count = rows.filter(|row| row.about.contains(&object)).count() as u64;
        if count > 0 {
            self.change(&mut state, &json!({ "forgotten": object.to_string() }))?;
        }
        Ok(count)
    }
}

struct JsonSide<'s> {
    store: &'s JsonLines,
    spec: SideSpec<'s>,
}

impl JsonSide<'_> {
    fn row(&self, state: &State, key: &[u8]) -> Option<Vec<u8>> {
        state.tables.get(self.spec.name)?.rows.get(key).map(|row| row.value.clone())
    }
}

impl Side for JsonSide<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.row(&self.store.state(), key))
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        let about = self.spec.check_row(key, value, about)?;
        let mut state = self.store.state();
        let found = self.row(&state, key);
        if found.as_deref() != expected {
            return Ok(Put::Differs(found));
        }
        let row = SideRow { key: key.to_vec(), value: value.to_vec(), about };
        self.store.change(&mut state, &row_line(self.spec.name, &row))?;
        Ok(Put::Done)
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let found: Vec<SideRow> = match self.store.state().tables.get(self.spec.name) {
            Some(table) => table.rows.values().filter(|row| row.key.starts_with(prefix)).cloned().collect(),
            None => Vec::new(),
        };
        for row in found {
            if each(row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        let mut state = self.store.state();
        if self.row(&state, key).is_none() {
            return Ok(false);
        }
        self.store.change(&mut state, &json!({ "row": hex(key), "table": self.spec.name }))?;
        Ok(true)
    }
}
