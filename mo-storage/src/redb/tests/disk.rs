//! A simulated disk: it keeps apart what was written and what is sure to be there after a loss of power, remembers
//! every operation, and fails as a plan says.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use ::redb::StorageBackend;

use crate::redb::file::{Identity, Medium};

/// One operation on a file, or a mark the test put between them.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Write {
        file: u64,
        offset: u64,
        data: Vec<u8>,
    },
    SetLen {
        file: u64,
        len: u64,
    },
    Sync {
        file: u64,
    },
    Publish {
        file: u64,
    },
    /// Step number so and so of a workload begins, or has been acknowledged.
    Begun(usize),
    Done(usize),
}

/// What a plan is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Read,
    Write,
    SetLen,
    Sync,
    Publish,
}

type Plan = Box<dyn FnMut(u64, Operation) -> Option<io::Error> + Send>;

#[derive(Clone)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: BTreeMap<u64, Contents>,
    current: Option<u64>,
    staged: Option<u64>,
    next: u64,
    log: Vec<Event>,
    operations: u64,
    plan: Option<Plan>,
}

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    /// What a program reads.
    pub(super) live: Vec<u8>,
    /// What is there after a loss of power, whatever happens to the rest.
    pub(super) durable: Vec<u8>,
    /// What was written since: any part of it may be there too.
    pub(super) pending: Vec<Event>,
}

impl Contents {
    fn of(bytes: Vec<u8>) -> Contents {
        Contents { live: bytes.clone(), durable: bytes, pending: Vec::new() }
    }

    pub(super) fn apply(bytes: &mut Vec<u8>, event: &Event) {
        match event {
            Event::Write { offset, data, .. } => {
                let from = usize::try_from(*offset).unwrap();
                if bytes.len() < from + data.len() {
                    bytes.resize(from + data.len(), 0);
                }
                bytes[from..from + data.len()].copy_from_slice(data);
            }
            Event::SetLen { len, .. } => bytes.resize(usize::try_from(*len).unwrap(), 0),
            _ => {}
        }
    }

    pub(super) fn change(&mut self, event: Event) {
        Contents::apply(&mut self.live, &event);
        self.pending.push(event);
    }

    pub(super) fn sync(&mut self) {
        for event in std::mem::take(&mut self.pending) {
            Contents::apply(&mut self.durable, &event);
        }
    }
}

impl Disk {
    /// A disk without a file.
    pub(super) fn empty() -> Disk {
        Disk(Arc::default())
    }

    /// A disk whose file has these bytes.
    pub(super) fn holding(bytes: Vec<u8>) -> Disk {
        let disk = Disk::empty();
        {
            let mut state = disk.0.lock().unwrap();
            state.files.insert(0, Contents::of(bytes));
            state.current = Some(0);
            state.next = 1;
        }
        disk
    }

    /// From now on `plan` decides by number and kind which operations fail.
    pub(super) fn fail(&self, plan: impl FnMut(u64, Operation) -> Option<io::Error> + Send + 'static) {
        self.0.lock().unwrap().plan = Some(Box::new(plan));
    }

    pub(super) fn heal(&self) {
        self.0.lock().unwrap().plan = None;
    }

    /// How many operations there were.
    pub(super) fn operations(&self) -> u64 {
        self.0.lock().unwrap().operations
    }

    pub(super) fn mark(&self, event: Event) {
        self.0.lock().unwrap().log.push(event);
    }

    pub(super) fn log(&self) -> Vec<Event> {
        self.0.lock().unwrap().log.clone()
    }

    /// The bytes of the file as a program reads them, and as they are after a loss of power that takes all it can.
    pub(super) fn file(&self) -> (Vec<u8>, Vec<u8>) {
        let state = self.0.lock().unwrap();
        let contents = &state.files[&state.current.unwrap()];
        (contents.live.clone(), contents.durable.clone())
    }

    /// Whether a second file is there.
    pub(super) fn has_staged(&self) -> bool {
        self.0.lock().unwrap().staged.is_some()
    }

    pub(super) fn medium(&self) -> Box<dyn Medium> {
        Box::new(self.clone())
    }
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

impl State {
    fn operation(&mut self, operation: Operation) -> io::Result<()> {
        self.operations += 1;
        match self.plan.as_mut().and_then(|plan| plan(self.operations, operation)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Medium for Disk {
    fn open(&self) -> io::Result<(Box<dyn StorageBackend>, Identity)> {
        let file = self.0.lock().unwrap().current.ok_or(io::ErrorKind::NotFound)?;
        Ok((Box::new(File { disk: self.clone(), file }), self.identity()?))
    }

    fn identity(&self) -> io::Result<Identity> {
        Ok(Identity(self.0.lock().unwrap().current.map(|file| (0, file))))
    }

    fn stage(&self) -> io::Result<Box<dyn StorageBackend>> {
        let mut state = self.0.lock().unwrap();
        let file = state.next;
        state.next += 1;
        state.files.insert(file, Contents::default());
        state.staged = Some(file);
        Ok(Box::new(File { disk: self.clone(), file }))
    }

    fn publish(&self, fresh: bool) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        state.operation(Operation::Publish)?;
        if fresh && state.current.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = state.staged.take().ok_or(io::ErrorKind::NotFound)?;
        state.current = Some(file);
        state.log.push(Event::Publish { file });
        Ok(())
    }

    fn discard(&self) -> io::Result<()> {
        self.0.lock().unwrap().staged = None;
        Ok(())
    }
}

#[derive(Debug)]
struct File {
    disk: Disk,
    file: u64,
}

impl File {
    fn change(&self, operation: Operation, event: Event) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.operation(operation)?;
        state.log.push(event.clone());
        state.files.get_mut(&self.file).unwrap().change(event);
        Ok(())
    }
}

impl StorageBackend for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.0.lock().unwrap().files[&self.file].live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.operation(Operation::Read)?;
        let from = usize::try_from(offset).unwrap();
        let bytes = state.files[&self.file].live.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Operation::SetLen, Event::SetLen { file: self.file, len })
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        let synced = state.operation(Operation::Sync);
        let contents = state.files.get_mut(&self.file).unwrap();
        if synced.is_err() {
            // As Linux does: what could not be written stays readable, and is never written again.
            contents.pending.clear();
            return synced;
        }
        contents.sync();
        state.log.push(Event::Sync { file: self.file });
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Operation::Write, Event::Write { file: self.file, offset, data: data.to_vec() })
    }
}
