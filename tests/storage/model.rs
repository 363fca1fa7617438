//! Any sequence of calls, sensible or not, is answered by every store as by the memory store, across reopening.

use std::ops::ControlFlow;

use mo_core::store::{Entry, MemoryStore, Put, SideExt, SideRow, SideSpec, Store, StoreError, StoreExt};
use mo_core::time::{Instant, Revision};
use mo_storage::conformance::Harness as _;
use mo_storage::redb::RedbStore;
use proptest::prelude::*;
use uuid::Uuid;

use crate::harness::OnServer;

#[derive(Debug, Clone)]
enum Call {
    /// An entry `ahead` of the head expected at `off` from it, registered `later` microseconds after the head.
    Append {
        off: i32,
        ahead: i32,
        later: i64,
        length: usize,
    },
    /// Several entries on the head, of which one is as far off.
    AppendAll {
        count: u32,
        wrong: Option<(u32, i32, i64)>,
    },
    Read {
        after: u32,
        most: usize,
    },
    Rewrite {
        multiple: u32,
        length: usize,
    },
    Open {
        table: usize,
        personal: bool,
    },
    Put {
        table: usize,
        key: Vec<u8>,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
        about: Vec<u8>,
    },
    Set {
        table: usize,
        key: Vec<u8>,
        value: Vec<u8>,
        about: Vec<u8>,
    },
    Delete {
        table: usize,
        key: Vec<u8>,
    },
    Scan {
        table: usize,
        prefix: Vec<u8>,
        most: usize,
    },
    Held {
        object: u8,
    },
    Forget {
        object: u8,
    },
    Reopen,
}

const TABLES: [SideSpec<'static>; 3] =
    [SideSpec::plain("plain"), SideSpec::personal("personal"), SideSpec::personal("personal.too")];

fn calls() -> impl Strategy<Value = Call> {
    let table = || 0..TABLES.len();
    let key = || prop::collection::vec(prop::sample::select(vec![0u8, 1, 0xff]), 0..3);
    let value = || prop::collection::vec(any::<u8>(), 0..4);
    let about = || prop::collection::vec(0u8..4, 0..4);
    let usually = |usual: i32| prop_oneof![9 => Just(usual), 1 => -2..4];
    let length = || prop_oneof![8 => 0..600usize, 1 => Just(1_100_000)];
    let most = || 1..40usize;
    prop_oneof![
        8 => (usually(0), usually(1), prop_oneof![9 => 1..5i64, 1 => -3..1i64], length())
            .prop_map(|(off, ahead, later, length)| Call::Append { off, ahead, later, length }),
        2 => (0..6u32, prop::option::of((0..6u32, -2..3, -3..2i64)))
            .prop_map(|(count, wrong)| Call::AppendAll { count, wrong }),
        2 => (0..30u32, most()).prop_map(|(after, most)| Call::Read { after, most }),
        1 => (1..5u32, length()).prop_map(|(multiple, length)| Call::Rewrite { multiple, length }),
        1 => (table(), any::<bool>()).prop_map(|(table, personal)| Call::Open { table, personal }),
        4 => (table(), key(), prop::option::of(value()), value(), about())
            .prop_map(|(table, key, expected, value, about)| Call::Put { table, key, expected, value, about }),
        4 => (table(), key(), value(), about())
            .prop_map(|(table, key, value, about)| Call::Set { table, key, value, about }),
        2 => (table(), key()).prop_map(|(table, key)| Call::Delete { table, key }),
        2 => (table(), key(), most()).prop_map(|(table, prefix, most)| Call::Scan { table, prefix, most }),
        1 => (0..4u8).prop_map(|object| Call::Held { object }),
        1 => (0..4u8).prop_map(|object| Call::Forget { object }),
        1 => Just(Call::Reopen),
    ]
}

/// What a call answered.
#[derive(Debug, PartialEq)]
enum Answer {
    Done,
    Count(u64),
    Was(bool),
    Put(Put),
    Entries(Vec<Entry>),
    Rows(Vec<(String, SideRow)>),
    /// The sentence of the error, which carries all its data.
    Refused(String),
}

fn objects(about: &[u8]) -> Vec<Uuid> {
    about.iter().map(|n| Uuid::from_u128(u128::from(*n))).collect()
}

fn moved(number: u32, by: i32) -> Revision {
    Revision::new(number.saturating_add_signed(by))
}

fn answer(store: &dyn Store, number: usize, call: &Call) -> Answer {
    let attempt = || -> Result<Answer, StoreError> {
        Ok(match call {
            Call::Append { off, ahead, later, length } => {
                let head = store.head()?;
                let expected = moved(head.revision.number(), *off);
                let at = head.registered_at.unwrap_or("2024-01-01T09:00:00Z".parse().unwrap());
                let entry = Entry {
                    revision: moved(expected.number(), *ahead),
                    registered_at: at.plus_micros(*later).unwrap_or(Instant::MAX),
                    id: Uuid::from_u128(number as u128),
                    bytes: vec![u8::try_from(number % 256).unwrap(); *length],
                };
                store.append(expected, &entry)?;
                Answer::Done
            }
            Call::AppendAll { count, wrong } => {
                let head = store.head()?;
                let at = head.registered_at.unwrap_or("2024-01-01T09:00:00Z".parse().unwrap());
                let entries: Vec<Entry> = (1..=*count)
                    .map(|n| {
                        let (ahead, later) = match wrong {
                            Some((place, ahead, later)) if *place == n => (*ahead, *later),
                            _ => (0, 0),
                        };
                        Entry {
                            revision: moved(head.revision.number() + n, ahead),
                            registered_at: at.plus_micros(i64::from(n) + later).unwrap(),
                            id: Uuid::from_u64_pair(number as u64, u64::from(n)),
                            bytes: vec![u8::try_from(n).unwrap(); 40],
                        }
                    })
                    .collect();
                store.append_all(head.revision, &entries)?;
                Answer::Count(u64::from(*count))
            }
            Call::Read { after, most } => {
                let mut entries = Vec::new();
                store.read(Revision::new(*after), &mut |entry| {
                    entries.push(entry);
                    if entries.len() == *most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
                Answer::Entries(entries)
            }
            Call::Rewrite { multiple, length } => Answer::Count(store.rewrite(&mut |entry| {
                entry.revision.number().is_multiple_of(*multiple).then(|| vec![9; *length])
            })?),
            Call::Open { table, personal } => {
                store.side(SideSpec { personal: *personal, ..TABLES[*table] })?;
                Answer::Done
            }
            Call::Put { table, key, expected, value, about } => {
                let side = store.side(TABLES[*table])?;
                Answer::Put(side.put(key, expected.as_deref(), value, &objects(about))?)
            }
            Call::Set { table, key, value, about } => {
                store.side(TABLES[*table])?.set(key, value, &objects(about))?;
                Answer::Done
            }
            Call::Delete { table, key } => Answer::Was(store.side(TABLES[*table])?.delete(key)?),
            Call::Scan { table, prefix, most } => {
                let mut rows = Vec::new();
                store.side(TABLES[*table])?.scan(prefix, &mut |row| {
                    rows.push((String::new(), row));
                    if rows.len() == *most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
                Answer::Rows(rows)
            }
            Call::Held { object } => {
                let mut rows = Vec::new();
                store.held_about(objects(&[*object])[0], &mut |name, row| {
                    rows.push((name.to_owned(), row));
                    ControlFlow::Continue(())
                })?;
                Answer::Rows(rows)
            }
            Call::Forget { object } => Answer::Count(store.forget(objects(&[*object])[0])?),
            Call::Reopen => Answer::Done,
        })
    };
    attempt().unwrap_or_else(|error| Answer::Refused(error.to_string()))
}

fn cases(few: u32) -> ProptestConfig {
    ProptestConfig { cases: if crate::harness::long() { 1000 } else { few }, ..ProptestConfig::default() }
}

/// Runs the calls on the store that `open` opens, again for every reopening, and on memory; the store in the end.
fn compare<S: Store>(calls: &[Call], open: impl Fn() -> S) -> Result<S, TestCaseError> {
    let mut store = open();
    let memory = MemoryStore::new();
    for (number, call) in calls.iter().enumerate() {
        if matches!(call, Call::Reopen) {
            drop(store);
            store = open();
        }
        prop_assert_eq!(answer(&store, number, call), answer(&memory, number, call), "call {}", number);
    }
    prop_assert_eq!(store.entries(Revision::ZERO).unwrap(), memory.entries(Revision::ZERO).unwrap());
    Ok(store)
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_redb_store_answers_as_the_memory_store_does(calls in prop::collection::vec(calls(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let redb = compare(&calls, || RedbStore::open(folder.path().join("korsbaek.mo")).unwrap())?;
        prop_assert!(redb.check().unwrap().is_sound());
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_postgres_store_answers_as_the_memory_store_does(calls in prop::collection::vec(calls(), 1..60)) {
        if let Some(mut harness) = OnServer::new() {
            drop(harness.fresh());
            compare(&calls, || harness.open())?;
        }
    }
}
