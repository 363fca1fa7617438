//! After a rewrite nothing of what was erased is in the file, free space included: proven by searching its bytes.

use std::fs;
use std::path::Path;

use mo_core::store::{Entry, SideExt, SideSpec, Store, StoreExt};
use mo_core::time::Revision;
use mo_storage::redb::RedbStore;
use uuid::Uuid;

use crate::harness::{entry, fill};

/// How often a text is in the files of a folder.
fn traces(folder: &Path, text: &str) -> usize {
    let count = |bytes: Vec<u8>| bytes.windows(text.len()).filter(|part| *part == text.as_bytes()).count();
    fs::read_dir(folder).unwrap().map(|file| count(fs::read(file.unwrap().path()).unwrap())).sum()
}

const NAMES: [&str; 5] =
    ["Agnethe-i-journalen", "Agnethe-i-sider", "Agnethe-slettet", "Agnethe-overskrevet", "Agnethe-glemt"];

#[test]
fn a_rewrite_leaves_no_trace_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(folder.path().join("korsbaek.mo")).unwrap();
    let person = Uuid::from_u128(77);
    fill(&store, 1..=60);
    let personal = Entry { bytes: NAMES[0].into(), ..entry(61) };
    store.append(Revision::new(60), &personal).unwrap();
    let large = Entry { bytes: NAMES[1].repeat(150_000).into_bytes(), ..entry(62) };
    store.append(Revision::new(61), &large).unwrap();
    fill(&store, 63..=200);
    let receipts = store.side(SideSpec::personal("receipts")).unwrap();
    for n in 0..40u8 {
        let content = |name: &str| name.repeat(100).into_bytes();
        receipts.set(&[b'd', n], &content(NAMES[2]), &[person]).unwrap();
        receipts.set(&[b'o', n], &content(NAMES[3]), &[person]).unwrap();
    }
    for n in 0..40u8 {
        receipts.delete(&[b'd', n]).unwrap();
        receipts.set(&[b'o', n], b"something else", &[Uuid::from_u128(78)]).unwrap();
    }
    receipts.set(NAMES[4].as_bytes(), b"forgotten", &[person]).unwrap();
    for name in NAMES {
        assert!(
            traces(folder.path(), name) > 0,
            "{name}: the search finds nothing, so the test proves nothing"
        );
    }

    assert_eq!(store.forget(person).unwrap(), 1);
    let replaced =
        store.rewrite(&mut |entry| entry.bytes.starts_with(b"Agnethe").then(|| b"{\"erased\":1}".to_vec()));
    assert_eq!(replaced.unwrap(), 2);
    for name in NAMES {
        assert_eq!(traces(folder.path(), name), 0, "{name}");
    }
    assert_eq!(traces(folder.path(), "something else"), 40);
    drop(receipts);
    drop(store);
    for name in NAMES {
        assert_eq!(traces(folder.path(), name), 0, "{name} after closing");
    }
    let store = RedbStore::open(folder.path().join("korsbaek.mo")).unwrap();
    let entries = store.entries(Revision::ZERO).unwrap();
    assert_eq!(entries.len(), 200);
    assert_eq!(entries.iter().filter(|entry| entry.bytes == b"{\"erased\":1}").count(), 2);
}

#[test]
fn what_an_interrupted_rewrite_left_behind_goes_when_the_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("korsbaek.mo");
    fill(&RedbStore::open(&path).unwrap(), 1..=3);
    fs::write(folder.path().join("korsbaek.mo.rewriting"), NAMES[0]).unwrap();
    let store = RedbStore::open(&path).unwrap();
    assert_eq!(traces(folder.path(), NAMES[0]), 0);
    assert_eq!(store.entries(Revision::ZERO).unwrap().len(), 3);
}
