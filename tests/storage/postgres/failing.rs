//! Connections that are cut and servers that stop and come back: what was acknowledged is there, once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use mo_core::store::{Store, StoreErrorKind, StoreExt};
use mo_core::time::Revision;
use mo_storage::postgres::{PostgresOptions, PostgresStore};

use crate::harness::{entry, fill, long};
use crate::postgres_server::{self, Server};

/// Cuts every connection of the store to its database.
const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'mo'";

#[test]
fn connections_that_are_cut_lose_nothing_and_double_nothing() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let store = PostgresStore::open(PostgresOptions::new(&server.url_of(&database)).unwrap()).unwrap();
    let count = if long() { 20_000 } else { 600 };
    let done = AtomicBool::new(false);
    let cuts = thread::scope(|scope| {
        let cutting = scope.spawn(|| {
            let mut cuts = 0;
            while !done.load(Ordering::SeqCst) {
                let cut: usize = server.sql(&database, CUT).parse().unwrap();
                cuts += cut;
                thread::sleep(Duration::from_millis(7));
            }
            cuts
        });
        for revision in 1..=count {
            let expected = Revision::new(revision - 1);
            while let Err(error) = store.append_once(expected, &entry(revision), 50) {
                assert!(error.is_retryable(), "{error}");
            }
        }
        done.store(true, Ordering::SeqCst);
        cutting.join().unwrap()
    });
    let found = store.entries(Revision::ZERO).unwrap();
    println!(
        "reliability: postgres-connections-cut tried={cuts} acknowledged={count} survived={}",
        found.len()
    );
    assert!(cuts > 0);
    assert_eq!(found, (1..=count).map(entry).collect::<Vec<_>>());
}

#[test]
fn a_server_that_dies_and_comes_back_has_everything_and_the_store_goes_on() {
    let Some(programs) = postgres_server::programs() else { return };
    let mut server = Server::start(&programs, &[]);
    let options = PostgresOptions::new(&server.url()).unwrap().patience(Duration::from_millis(200));
    let store = PostgresStore::open(options).unwrap();
    fill(&store, 1..=50);
    for round in 0..3u32 {
        server.stop();
        let next = Revision::new(50 + round);
        let refused = store.append(next, &entry(51 + round)).unwrap_err();
        let allowed = [StoreErrorKind::Unavailable, StoreErrorKind::Unknown];
        assert!(allowed.contains(&refused.kind()), "{refused}");
        assert_eq!(store.head().unwrap_err().kind(), StoreErrorKind::Unavailable);
        server.again(&[]);
        store.append_once(next, &entry(51 + round), 20).unwrap();
    }
    assert_eq!(store.entries(Revision::ZERO).unwrap(), (1..=53).map(entry).collect::<Vec<_>>());
}

#[test]
fn who_waits_hears_of_the_appends_of_others_also_after_its_connection_was_cut() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let open = || PostgresStore::open(PostgresOptions::new(&server.url_of(&database)).unwrap()).unwrap();
    let (writer, follower) = (open(), open());
    for revision in 1..=30u32 {
        if revision.is_multiple_of(10) {
            server.sql(&database, CUT);
        }
        thread::scope(|scope| {
            let wait = || follower.wait(Revision::new(revision - 1), Duration::from_mins(1)).unwrap();
            let waiting = scope.spawn(wait);
            writer.append_once(Revision::new(revision - 1), &entry(revision), 20).unwrap();
            assert_eq!(waiting.join().unwrap().revision.number(), revision);
        });
    }
}
