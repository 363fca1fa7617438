//! The harnesses the suite runs on.

use std::path::PathBuf;

use mo_core::store::{Entry, MemoryStore, Store};
use mo_core::time::{Instant, Revision};
use mo_storage::conformance::{Faulty, Harness};
use mo_storage::postgres::{PostgresOptions, PostgresStore};
use mo_storage::redb::RedbStore;
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres_server::{self, Server};

/// Whether the long versions of the tests are asked for.
pub fn long() -> bool {
    std::env::var_os("MO_LONG").is_some()
}

/// Memory stores. They share nothing with one another, and a clone stands for the store opened again.
pub struct InMemory;

impl Harness for InMemory {
    fn fresh(&mut self) -> Box<dyn Store> {
        Box::new(MemoryStore::new())
    }

    fn long(&self) -> bool {
        long()
    }
}

/// Redb stores in a folder that goes away with the harness.
pub struct InFiles {
    folder: TempDir,
    count: u32,
}

impl InFiles {
    pub fn new() -> InFiles {
        InFiles { folder: tempfile::tempdir().unwrap(), count: 0 }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.mo", self.count))
    }
}

impl Harness for InFiles {
    fn fresh(&mut self) -> Box<dyn Store> {
        self.count += 1;
        Box::new(RedbStore::create(self.path()).unwrap())
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
        drop(store);
        Some(Box::new(RedbStore::open(self.path()).unwrap()))
    }

    fn long(&self) -> bool {
        long()
    }
}

/// Registries of the tests' PostgreSQL server.
pub struct OnServer {
    server: &'static Server,
    name: String,
}

impl OnServer {
    /// `None` where there is no server to be had.
    pub fn new() -> Option<OnServer> {
        Some(OnServer { server: postgres_server::server()?, name: String::new() })
    }

    pub fn open(&self) -> PostgresStore {
        let options = PostgresOptions::new(&self.server.url()).unwrap().registry(&self.name).unwrap();
        PostgresStore::open(options).unwrap()
    }
}

impl Harness for OnServer {
    fn fresh(&mut self) -> Box<dyn Store> {
        self.name = postgres_server::registry();
        Box::new(self.open())
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
        drop(store);
        Some(Box::new(self.open()))
    }

    fn long(&self) -> bool {
        long()
    }
}

/// The stores of another harness behind a bad line.
pub struct BehindABadLine<H> {
    pub harness: H,
    pub seed: u64,
    pub one_in: u64,
}

impl<H: Harness> BehindABadLine<H> {
    fn behind(&mut self, store: Box<dyn Store>) -> Box<dyn Store> {
        self.seed += 1;
        Box::new(Faulty::seeded(store, self.seed, self.one_in))
    }
}

impl<H: Harness> Harness for BehindABadLine<H> {
    fn fresh(&mut self) -> Box<dyn Store> {
        let store = self.harness.fresh();
        self.behind(store)
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
        // The line goes with the store; the harness inside opens the one it made last.
        let store = self.harness.reopen(store)?;
        Some(self.behind(store))
    }
}

/// Entry number `revision` of a made-up journal.
pub fn entry(revision: u32) -> Entry {
    Entry {
        revision: Revision::new(revision),
        registered_at: Instant::from_epoch_micros(1_704_099_600_000_000 + i64::from(revision)).unwrap(),
        id: Uuid::from_u64_pair(3, u64::from(revision)),
        bytes: format!("this is entry number {revision}.").into_bytes(),
    }
}

/// Appends the entries with these revisions.
pub fn fill(store: &dyn Store, revisions: std::ops::RangeInclusive<u32>) {
    for revision in revisions {
        store.append(Revision::new(revision - 1), &entry(revision)).unwrap();
    }
}
