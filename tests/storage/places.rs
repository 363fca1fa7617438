//! Naming, opening and sharing stores.

use std::fs;
use std::ops::ControlFlow;
use std::process::Command;

use mo_core::model::IdSource as _;
use mo_core::store::{Store, StoreError, StoreErrorKind, StoreExt};
use mo_core::time::{Clock as _, Revision};
use mo_storage::redb::{RedbOptions, RedbStore, salvage};
use mo_storage::{RandomIds, SystemClock, open_store};

use crate::harness::{entry, fill};

#[test]
fn a_text_names_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let memory = open_store("memory:").unwrap();
    fill(&*memory, 1..=2);
    assert_eq!(open_store("memory:").unwrap().head().unwrap().revision, Revision::ZERO);
    let path = folder.path().join("korsbæk.mo").display().to_string();
    fill(&*open_store(&path).unwrap(), 1..=2);
    assert_eq!(open_store(&path).unwrap().head().unwrap().revision, Revision::new(2));
}

#[test]
fn a_text_that_names_none_is_refused_without_being_repeated() {
    for place in [
        "postgres:postgresql://ib:hemmelig@db.example/mo#Korsbæk",
        "postgresql://ib:hemmelig@db.example/mo?timeout=hemmelig",
        "postgres:ib:hemmelig@db.example/mo",
    ] {
        let error = open_store(place).err().unwrap();
        assert_eq!(error.kind(), StoreErrorKind::Invalid, "{error}");
        assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
    }
    for place in ["", "memory:korsbaek"] {
        assert_eq!(open_store(place).err().unwrap().kind(), StoreErrorKind::Invalid, "{place}");
    }
}

#[test]
fn what_cannot_be_a_store_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let refused = |name: &str, options: RedbOptions, says: &str| {
        let error = RedbStore::open_with(path(name), options).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        error.kind()
    };
    fs::create_dir(path("folder")).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("text"), "Dear diary, this is no registry.").unwrap();
    drop(RedbStore::create(path("there")).unwrap());
    let default = RedbOptions::new;
    assert_eq!(refused("folder", default(), "is a folder"), StoreErrorKind::Invalid);
    assert_eq!(refused("empty", default(), "is an empty file"), StoreErrorKind::Invalid);
    assert_eq!(refused("text", default(), "is not a registry"), StoreErrorKind::Corrupt);
    assert_eq!(refused("no/such/folder", default(), "No such file"), StoreErrorKind::Invalid);
    assert_eq!(refused("absent", default().existing_only(), "there is no file"), StoreErrorKind::Invalid);
    assert_eq!(refused("there", default().new_only(), "there is a file"), StoreErrorKind::Invalid);
    assert_eq!(fs::read_to_string(path("text")).unwrap(), "Dear diary, this is no registry.");
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort_unstable();
    assert_eq!(left, ["empty", "folder", "text", "there"]);
}

#[test]
fn a_second_handle_is_refused_until_the_first_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("korsbaek.mo");
    let first = RedbStore::open(&path).unwrap();
    let clone = first.clone();
    fill(&first, 1..=1);
    drop(first);
    let error = RedbStore::open(&path).unwrap_err();
    assert!(
        matches!(&error, StoreError::InUse { place } if *place == path.display().to_string()),
        "{error:?}"
    );
    assert!(error.is_retryable());
    fill(&clone, 2..=2);
    drop(clone);
    assert_eq!(RedbStore::open(&path).unwrap().head().unwrap().revision, Revision::new(2));
}

const CHILD_PATH: &str = "MO_TEST_STORE_PATH";

/// Not a test of its own: the other process of the test below.
#[test]
#[ignore = "run by another test as a process of its own"]
fn another_process() {
    let error = RedbStore::open(std::env::var_os(CHILD_PATH).unwrap()).unwrap_err();
    println!("refused: {error}");
}

#[test]
fn a_second_process_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("korsbaek.mo");
    let store = RedbStore::open(&path).unwrap();
    fill(&store, 1..=1);
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "places::another_process", "--nocapture"])
        .env(CHILD_PATH, &path)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(output.contains("is in use: end the other program that has it open"), "{output}");
    fill(&store, 2..=2);
}

#[test]
fn nobody_gets_in_while_a_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("korsbaek.mo");
    let store = RedbStore::open(&path).unwrap();
    fill(&store, 1..=50);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let intruder = scope.spawn(|| {
            let mut tried = 0;
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let error = RedbStore::open(&path).unwrap_err();
                assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
                tried += 1;
            }
            tried
        });
        for round in 0..30 {
            let expected = 51 + round;
            store.rewrite(&mut |entry| Some(format!("{round} {}", entry.revision).into_bytes())).unwrap();
            fill(&store, expected..=expected);
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        assert!(intruder.join().unwrap() > 0);
    });
    drop(store);
    assert_eq!(RedbStore::open(&path).unwrap().entries(Revision::ZERO).unwrap().len(), 80);
}

#[test]
fn several_who_make_the_same_file_get_one_store() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("korsbaek.mo");
        let opened: Vec<Result<RedbStore, StoreError>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| RedbStore::open(&path))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(opened.iter().filter(|store| store.is_ok()).count(), 1, "{opened:?}");
        for error in opened.iter().filter_map(|store| store.as_ref().err()) {
            assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
        }
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["korsbaek.mo"]);
    }
}

#[test]
#[cfg(unix)]
fn a_file_is_not_for_everybody_and_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("korsbaek.mo");
    let store = RedbStore::open(&path).unwrap();
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode() & 0o007, 0, "{:o}", mode());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fill(&store, 1..=1);
    store.rewrite(&mut |_| None).unwrap();
    assert_eq!(mode(), 0o600, "{:o}", mode());
}

#[test]
#[cfg(unix)]
fn a_link_to_a_file_stays_a_link_when_the_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.mo"), folder.path().join("link.mo"));
    drop(RedbStore::create(&file).unwrap());
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let store = RedbStore::open(&link).unwrap();
    fill(&store, 1..=3);
    store.rewrite(&mut |_| Some(b"erased".to_vec())).unwrap();
    drop(store);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let entries = RedbStore::open(&file).unwrap().entries(Revision::ZERO).unwrap();
    assert!(entries.len() == 3 && entries.iter().all(|entry| entry.bytes == b"erased"));
}

#[test]
fn a_damaged_file_names_the_entry_and_the_rest_is_salvaged_into_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("korsbaek.mo");
    fill(&RedbStore::open(&path).unwrap(), 1..=200);
    let mut bytes = fs::read(&path).unwrap();
    let victim = entry(137).bytes;
    let places: Vec<usize> = bytes
        .windows(victim.len())
        .enumerate()
        .filter(|(_, part)| *part == victim)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place] ^= 1;
    }
    fs::write(&path, &bytes).unwrap();

    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { entry: Some(at), .. } if at.number() == 137), "{error:?}");
    assert!(error.to_string().contains("199 entries can be salvaged, lost are 137"), "{error}");

    let fresh = RedbStore::create(folder.path().join("new.mo")).unwrap();
    let mut saved = 0;
    let found = salvage(&path, &mut |entry| {
        saved += 1;
        let expected = Revision::new(entry.revision.number() - 1);
        if fresh.append(expected, &entry).is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
    .unwrap();
    assert_eq!((found.saved, saved), (199, 137));
    assert_eq!(fresh.head().unwrap().revision, Revision::new(136));
    assert_eq!(fs::read(&path).unwrap(), bytes, "salvaging changed the file");
}

#[test]
fn a_check_finds_a_used_store_sound() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(folder.path().join("korsbaek.mo")).unwrap();
    fill(&store, 1..=100);
    let integrity = store.check().unwrap();
    assert!(integrity.is_sound(), "{integrity:?}");
    assert_eq!(integrity.entries, 100);
    fill(&store, 101..=101);
}

#[test]
fn content_is_in_no_debug_output() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(folder.path().join("korsbaek.mo")).unwrap();
    fill(&store, 1..=1);
    let shown = format!("{store:?} {:?}", store.entries(Revision::ZERO).unwrap());
    assert!(!shown.contains("entry number"), "{shown}");
}

#[test]
fn the_machine_gives_time_and_ids() {
    let (before, now) = (SystemClock.now(), SystemClock.now());
    assert!(
        before > "2024-01-01T00:00:00Z".parse().unwrap() && now > "2024-01-01T00:00:00Z".parse().unwrap()
    );
    let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| RandomIds.next_id()).collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.iter().all(|id| id.get_version_num() == 4));
}
