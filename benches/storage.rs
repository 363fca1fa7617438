//! Stores: acknowledged appends per second against the same bytes put into redb by hand, reading the journal, opening
//! the file, and an erasure.
//!
//! `cargo bench --bench storage`; the folder of the files from `MO_BENCH_FOLDER` (default: the system's), as a folder in
//! memory makes durable appends look cheap.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use mo_core::store::{Entry, MemoryStore, SideExt, SideSpec, Store};
use mo_core::time::{Instant, Revision};
use mo_storage::redb::{RedbOptions, RedbStore};
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tempfile::TempDir;
use uuid::Uuid;

const BYTES: usize = 300;
const ENTRIES: u32 = 20_000;
const RAW: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("raw");

fn folder() -> TempDir {
    match std::env::var_os("MO_BENCH_FOLDER") {
        Some(folder) => tempfile::tempdir_in(PathBuf::from(folder)).unwrap(),
        None => tempfile::tempdir().unwrap(),
    }
}

fn entry(revision: u32) -> Entry {
    Entry {
        revision: Revision::new(revision),
        registered_at: Instant::from_epoch_micros(1_704_099_600_000_000 + i64::from(revision)).unwrap(),
        id: Uuid::from_u64_pair(3, u64::from(revision)),
        bytes: vec![b'x'; BYTES],
    }
}

fn append_next(store: &dyn Store) {
    let head = store.head().unwrap().revision;
    store.append(head, &entry(head.number() + 1)).unwrap();
}

/// One acknowledged append after another, beside the same bytes put into redb by hand.
fn durable(c: &mut Criterion) {
    let folder = folder();
    let mut group = c.benchmark_group("durable");
    group.throughput(Throughput::Elements(1)).sample_size(60).measurement_time(Duration::from_secs(8));

    let raw = Database::create(folder.path().join("raw.redb")).unwrap();
    let mut key = 0;
    group.bench_function("raw redb insert", |b| {
        b.iter(|| {
            key += 1;
            let transaction = raw.begin_write().unwrap();
            transaction.open_table(RAW).unwrap().insert(key, entry(key).bytes.as_slice()).unwrap();
            transaction.commit().unwrap();
        });
    });
    let store = RedbStore::create(folder.path().join("append.mo")).unwrap();
    group.bench_function("redb append", |b| b.iter(|| append_next(&store)));
    let side = store.side(SideSpec::plain("cursors")).unwrap();
    let mut cursor = 0u64;
    group.bench_function("redb side set", |b| {
        b.iter(|| {
            cursor += 1;
            side.set(b"cursor", &cursor.to_be_bytes(), &[]).unwrap();
        });
    });
    group.finish();

    let mut group = c.benchmark_group("volatile");
    group.throughput(Throughput::Elements(1)).sample_size(60);
    let store = MemoryStore::new();
    group.bench_function("memory append", |b| b.iter(|| append_next(&store)));
    group.finish();
}

fn journal(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("journal.mo");
    let store = RedbStore::create(&path).unwrap();
    for revision in 1..=ENTRIES {
        store.append(Revision::new(revision - 1), &entry(revision)).unwrap();
    }
    path
}

fn count(store: &dyn Store) -> usize {
    let mut bytes = 0;
    store
        .read(Revision::ZERO, &mut |entry| {
            bytes += entry.bytes.len();
            ControlFlow::Continue(())
        })
        .unwrap();
    bytes
}

fn reading(c: &mut Criterion) {
    let folder = folder();
    let path = journal(&folder);
    let raw_path = folder.path().join("raw.redb");
    let raw = Database::create(&raw_path).unwrap();
    let transaction = raw.begin_write().unwrap();
    {
        let mut table = transaction.open_table(RAW).unwrap();
        for revision in 1..=ENTRIES {
            table.insert(revision, entry(revision).bytes.as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();

    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(u64::from(ENTRIES))).sample_size(20);
    group.bench_function(BenchmarkId::new("raw redb", ENTRIES), |b| {
        b.iter(|| {
            let transaction = raw.begin_read().unwrap();
            let table = transaction.open_table(RAW).unwrap();
            let rows = table.iter().unwrap();
            black_box(rows.map(|row| row.unwrap().1.value().to_vec().len()).sum::<usize>())
        });
    });
    let store = RedbStore::open(&path).unwrap();
    group.bench_function(BenchmarkId::new("redb", ENTRIES), |b| b.iter(|| black_box(count(&store))));
    let memory = MemoryStore::new();
    for revision in 1..=ENTRIES {
        memory.append(Revision::new(revision - 1), &entry(revision)).unwrap();
    }
    group.bench_function(BenchmarkId::new("memory", ENTRIES), |b| b.iter(|| black_box(count(&memory))));
    group.finish();

    let mut group = c.benchmark_group("erasure");
    group.throughput(Throughput::Elements(u64::from(ENTRIES))).sample_size(10);
    group.bench_function(BenchmarkId::new("rewrite", ENTRIES), |b| {
        b.iter(|| store.rewrite(&mut |_| None).unwrap());
    });
    group.finish();
    drop(store);

    let mut group = c.benchmark_group("open");
    group.throughput(Throughput::Elements(u64::from(ENTRIES))).sample_size(20);
    for (name, verify) in [("verified", true), ("not verified", false)] {
        let options = RedbOptions::new().verify_on_open(verify);
        group.bench_function(BenchmarkId::new(name, ENTRIES), |b| {
            b.iter(|| RedbStore::open_with(&path, options.clone()).unwrap());
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    durable(&mut criterion);
    reading(&mut criterion);
    criterion.final_summary();
}
