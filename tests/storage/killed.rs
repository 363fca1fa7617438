//! A writing process killed at any moment: what it was told is recorded is there, once.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use mo_core::store::StoreErrorKind;
use mo_core::store::{SideExt as _, SideSpec, Store, StoreExt};
use mo_core::time::Revision;
use mo_storage::open_store;
use mo_storage::redb::RedbStore;

use crate::harness::{entry, long};
use crate::postgres_server;

const PLACE: &str = "MO_TEST_KILLED_PLACE";

/// Not a test of its own: the process that is killed. It records entries and says so.
#[test]
#[ignore = "run by another test as a process of its own"]
fn writing_process() {
    let store = open_store(&std::env::var(PLACE).unwrap()).unwrap();
    let cursors = store.side(SideSpec::plain("cursors")).unwrap();
    let mut out = std::io::stdout();
    loop {
        let head = store.head().unwrap().revision;
        let next = entry(head.number() + 1);
        match store.append(head, &next) {
            // What a killed process sent to a server may arrive after it is gone.
            Err(error) if error.kind() == StoreErrorKind::Conflict => continue,
            recorded => recorded.unwrap(),
        }
        writeln!(out, "recorded {} {}", next.revision, next.id).unwrap();
        cursors.set(b"cursor", next.revision.to_string().as_bytes(), &[]).unwrap();
        writeln!(out, "cursor {}", next.revision).unwrap();
        if next.revision.number().is_multiple_of(25) {
            store.rewrite(&mut |_| None).unwrap();
        }
    }
}

fn start(place: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "killed::writing_process", "--nocapture"])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("korsbaek.mo").display().to_string();
    kill_again_and_again("redb", &place, || {
        let store = RedbStore::open(&place).unwrap();
        assert!(store.check().unwrap().is_sound());
    });
}

#[test]
fn a_killed_process_on_a_server_loses_nothing_that_was_acknowledged() {
    if let Some(server) = postgres_server::server() {
        kill_again_and_again("postgres", &server.place(), || {});
    }
}

fn kill_again_and_again(name: &str, place: &str, check: impl Fn()) {
    let rounds = if long() { 250 } else { 12 };
    let mut told = BTreeMap::new();
    let (mut lost, mut duplicated) = (0, 0);
    let mut cursor = 0;
    for round in 0..rounds {
        let mut child = start(place);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed after a number of lines that varies, with whatever it is doing then half done.
        let mut left = 1 + (round * 7919) % 61;
        let mut take = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["recorded", revision, id] => {
                    told.insert(revision.parse::<u32>().unwrap(), id.to_owned());
                    true
                }
                ["cursor", revision] => {
                    cursor = revision.parse().unwrap();
                    true
                }
                _ => false,
            }
        };
        for line in lines.by_ref() {
            left -= i32::from(take(&line.unwrap()));
            if left == 0 {
                break;
            }
        }
        child.kill().unwrap();
        // What it had said before it died counts too; a last line may be cut off.
        for line in lines.map_while(Result::ok) {
            if line.split_whitespace().last().is_some_and(|id| id.len() == 36) || line.starts_with("cursor") {
                take(&line);
            }
        }
        child.wait().unwrap();

        check();
        let store = open_store(place).unwrap();
        let entries = store.entries(Revision::ZERO).unwrap();
        let found: BTreeMap<u32, String> =
            entries.iter().map(|entry| (entry.revision.number(), entry.id.to_string())).collect();
        duplicated += entries.len() - found.values().collect::<std::collections::BTreeSet<_>>().len();
        lost += told.iter().filter(|(revision, id)| found.get(revision) != Some(id)).count();
        assert!(entries.iter().all(|found| *found == entry(found.revision.number())));
        let kept =
            store.side(SideSpec::plain("cursors")).unwrap().get(b"cursor").unwrap().unwrap_or_default();
        let kept: u32 = String::from_utf8(kept).unwrap().parse().unwrap_or(0);
        assert!(kept >= cursor, "the cursor was set to {cursor} and is {kept}");
    }
    let acknowledged = told.len();
    println!(
        "reliability: {name}-kill-9 tried={rounds} acknowledged={acknowledged} lost={lost} duplicated={duplicated}"
    );
    assert_eq!((lost, duplicated), (0, 0));
}
