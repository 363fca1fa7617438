//! After a rewrite nothing of what was erased is in the files of the database: proven by searching their bytes.

use std::fs;
use std::path::Path;

use mo_core::store::{Entry, SideExt as _, SideSpec, Store, StoreExt};
use mo_core::time::Revision;
use mo_storage::postgres::{PostgresOptions, PostgresStore};
use uuid::Uuid;

use crate::harness::{entry, fill};
use crate::postgres_server::{self, Server};

const NAMES: [&str; 4] = ["Agnethe-i-journalen", "Agnethe-slettet", "Agnethe-overskrevet", "Agnethe-glemt"];

/// How often a text is in the files below a folder.
fn traces(folder: &Path, text: &str) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|file| match file.file_type() {
            Ok(kind) if kind.is_dir() => traces(&file.path(), text),
            // A file may go away meanwhile.
            _ => fs::read(file.path())
                .map_or(0, |bytes| bytes.windows(text.len()).filter(|part| *part == text.as_bytes()).count()),
        })
        .sum()
}

#[test]
fn a_rewrite_leaves_no_trace_in_the_files_of_the_tables() {
    let Some(programs) = postgres_server::programs() else { return };
    let server = Server::start(&programs, &["fsync=off"]);
    let store = PostgresStore::open(PostgresOptions::new(&server.url()).unwrap()).unwrap();
    let person = Uuid::from_u128(77);
    fill(&store, 1..=60);
    store.append(Revision::new(60), &Entry { bytes: NAMES[0].into(), ..entry(61) }).unwrap();
    fill(&store, 62..=200);
    let receipts = store.side(SideSpec::personal("receipts")).unwrap();
    for n in 0..40u8 {
        receipts.set(&[b'd', n], NAMES[1].as_bytes(), &[person]).unwrap();
        receipts.set(&[b'o', n], NAMES[2].as_bytes(), &[person]).unwrap();
    }
    server.sql("postgres", "ANALYZE");
    for n in 0..40u8 {
        receipts.delete(&[b'd', n]).unwrap();
        receipts.set(&[b'o', n], b"something else", &[Uuid::from_u128(78)]).unwrap();
    }
    receipts.set(NAMES[3].as_bytes(), b"forgotten", &[person]).unwrap();
    // The write-ahead log is the server's, and beyond the reach of a store.
    let tables = server.folder().join("data/base");
    server.sql("postgres", "CHECKPOINT");
    for name in NAMES {
        assert!(traces(&tables, name) > 0, "{name}: the search finds nothing, so the test proves nothing");
    }

    assert_eq!(store.forget(person).unwrap(), 1);
    let erased =
        store.rewrite(&mut |entry| entry.bytes.starts_with(b"Agnethe").then(|| b"{\"erased\":1}".to_vec()));
    assert_eq!(erased.unwrap(), 1);
    server.sql("postgres", "CHECKPOINT");
    for name in NAMES {
        assert_eq!(traces(&tables, name), 0, "{name}");
    }
    let entries = store.entries(Revision::ZERO).unwrap();
    assert_eq!(entries.len(), 200);
    assert_eq!(entries.iter().filter(|entry| entry.bytes == b"{\"erased\":1}").count(), 1);
    assert_eq!(receipts.rows(b"").unwrap().len(), 40);
    fill(&store, 201..=201);
}
