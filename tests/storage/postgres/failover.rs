//! A primary and a synchronous standby: the primary is killed under load, the standby promoted, and the clients go on with
//! it. Everything acknowledged is there, once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use mo_core::store::{Entry, Store, StoreError, StoreErrorKind, StoreExt};
use mo_core::time::Revision;
use mo_storage::postgres::{PostgresOptions, PostgresStore};
use uuid::Uuid;

use crate::harness::{entry, long};
use crate::postgres_server::{self, Server};

const WRITERS: u64 = 4;

/// Appends on the newest head until it is done, settling whatever was left open; what was acknowledged.
fn write(store: &PostgresStore, writer: u64, count: &AtomicU32, done: &AtomicBool) -> BTreeMap<u32, Uuid> {
    let mut acknowledged = BTreeMap::new();
    let mut number = 0;
    while !done.load(Ordering::SeqCst) {
        let Ok(head) = store.head() else { continue };
        number += 1;
        let next = head.revision.next().unwrap();
        let mine = Entry { id: Uuid::from_u64_pair(writer, number), ..entry(next.number()) };
        loop {
            match store.append_once(head.revision, &mine, 10) {
                Ok(()) => {
                    acknowledged.insert(next.number(), mine.id);
                    count.fetch_add(1, Ordering::SeqCst);
                }
                // Whether it is there is not known yet: the same again.
                Err(error) if error.kind() == StoreErrorKind::Unknown => continue,
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
            break;
        }
    }
    acknowledged
}

#[test]
fn a_killed_primary_loses_nothing_that_was_acknowledged() {
    let Some(programs) = postgres_server::programs() else {
        postgres_server::server();
        return;
    };
    let (mut kills, mut recorded, mut lost, mut doubled) = (0, 0, 0, 0);
    for _ in 0..if long() { 10 } else { 1 } {
        let mut primary = Server::start(&programs, &[]);
        let standby = primary.standby();
        let url = format!("postgresql://postgres@{},{}/postgres", primary.host(), standby.host());
        let open = || PostgresStore::open(PostgresOptions::new(&url).unwrap()).unwrap();
        let (count, done) = (AtomicU32::new(0), AtomicBool::new(false));
        let acknowledged: Vec<BTreeMap<u32, Uuid>> = thread::scope(|scope| {
            let (count, done) = (&count, &done);
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let store = open();
                    scope.spawn(move || write(&store, writer, count, done))
                })
                .collect();
            let reach = |goal: u32| {
                while count.load(Ordering::SeqCst) < goal {
                    thread::sleep(Duration::from_millis(5));
                }
            };
            reach(150);
            primary.kill();
            kills += 1;
            standby.sql("postgres", "SELECT pg_promote()");
            reach(count.load(Ordering::SeqCst) + 150);
            done.store(true, Ordering::SeqCst);
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let entries = open().entries(Revision::ZERO).unwrap();
        assert!((1..).zip(&entries).all(|(number, entry)| entry.revision.number() == number));
        let mut ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
        let there = |revision: u32| entries.get(revision as usize - 1).map(|entry| entry.id);
        lost +=
            acknowledged.iter().flatten().filter(|(revision, id)| there(**revision) != Some(**id)).count();
        recorded += acknowledged.iter().map(BTreeMap::len).sum::<usize>();
        ids.sort_unstable();
        ids.dedup();
        doubled += entries.len() - ids.len();
    }
    println!("reliability: failover tried={kills} acknowledged={recorded} lost={lost} duplicated={doubled}");
    assert_eq!((lost, doubled), (0, 0));
}
