//! The programs the store works in: synchronous and asynchronous ones, and those that give up waiting.

use std::time::Duration;

use mo_core::store::{SideExt as _, SideSpec, Store, StoreErrorKind, StoreExt};
use mo_core::time::Revision;
use mo_storage::postgres::{PostgresOptions, PostgresStore};
use tokio::runtime::Builder;

use crate::harness::{entry, fill};
use crate::postgres_server;

#[test]
fn an_asynchronous_program_may_call_it_directly_and_drop_it() {
    let Some(server) = postgres_server::server() else { return };
    let url = server.url_of(&server.database());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = PostgresStore::open(PostgresOptions::new(&url).unwrap()).unwrap();
        fill(&store, 1..=20);
        store.side(SideSpec::plain("cursors")).unwrap().set(b"cursor", b"20", &[]).unwrap();
        assert_eq!(store.wait(Revision::new(19), Duration::from_secs(9)).unwrap().revision.number(), 20);
        drop(store);
        let again = PostgresStore::open(PostgresOptions::new(&url).unwrap()).unwrap();
        assert_eq!(again.entries(Revision::ZERO).unwrap().len(), 20);
    });
}

/// Makes every append slow.
const SLOW: &str = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.2); RETURN new; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON mo.entry FOR EACH ROW EXECUTE FUNCTION slow()";

const IN_TRANSACTION: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";

#[test]
fn what_a_dropped_future_began_is_finished_and_leaves_nothing_behind() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let store = PostgresStore::open(PostgresOptions::new(&server.url_of(&database)).unwrap()).unwrap();
    server.sql(&database, SLOW);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    for revision in 1..=4u32 {
        runtime.block_on(async {
            let store = store.clone();
            let append = tokio::task::spawn_blocking(move || {
                store.append(Revision::new(revision - 1), &entry(revision))
            });
            // Whoever waits for the append gives up and drops the future.
            let gone = tokio::time::timeout(Duration::from_millis(5), append).await;
            assert!(gone.is_err());
        });
        while store.head().unwrap().revision.number() < revision {
            store.wait(Revision::new(revision - 1), Duration::from_secs(1)).unwrap();
        }
    }
    drop(runtime);
    assert_eq!(store.entries(Revision::ZERO).unwrap(), (1..=4).map(entry).collect::<Vec<_>>());
    assert_eq!(server.sql(&database, IN_TRANSACTION), "0");
}

#[test]
fn an_answer_that_does_not_come_in_time_is_not_taken_for_a_refusal() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let patience = Duration::from_millis(50);
    let options = PostgresOptions::new(&server.url_of(&database)).unwrap().patience(patience);
    let store = PostgresStore::open(options).unwrap();
    server.sql(&database, SLOW);
    let error = store.append(Revision::ZERO, &entry(1)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unknown, "{error}");
    server.sql(&database, "DROP TRIGGER slow ON mo.entry");
    store.append_once(Revision::ZERO, &entry(1), 100).unwrap();
    fill(&store, 2..=3);
    assert_eq!(store.entries(Revision::ZERO).unwrap(), (1..=3).map(entry).collect::<Vec<_>>());
    assert_eq!(server.sql(&database, IN_TRANSACTION), "0");
}

#[test]
fn more_threads_than_connections_take_turns() {
    let Some(server) = postgres_server::server() else { return };
    let options = PostgresOptions::new(&server.url_of(&server.database())).unwrap().connections(2);
    let store = PostgresStore::open(options).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..12u8 {
            let store = &store;
            scope.spawn(move || {
                let side = store.side(SideSpec::plain("counts")).unwrap();
                for count in 0..20u8 {
                    side.set(&[thread], &[count], &[]).unwrap();
                }
            });
        }
    });
    let rows = store.side(SideSpec::plain("counts")).unwrap().rows(b"").unwrap();
    assert!(rows.len() == 12 && rows.iter().all(|row| row.value == [19]), "{rows:?}");
}
