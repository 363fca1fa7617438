//! Cases about erasure from the journal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mo_core::store::{ENTRY_LIMIT, Entry, Store, StoreErrorKind, StoreExt};
use mo_core::time::Revision;

use super::patient::Patient;
use super::{Case, Checked, Harness, Stop, ensure, ensure_eq, entry, fill, noise, small};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "a_rewrite_sees_every_entry_in_order",
        "rewrite gives every entry, in order, as it is",
        sees_everything,
    ),
    Case::new(
        "a_rewrite_replaces_bytes_and_nothing_else",
        "rewrite replaces the bytes it is told to; revision, instant, id and other entries stay",
        replaces,
    ),
    Case::new(
        "a_rewritten_entry_may_have_any_size",
        "rewrite makes a large entry small and a small one large",
        any_size,
    ),
    Case::new(
        "a_rewrite_that_is_refused_changes_nothing",
        "when a replacement is above the limit, no entry is replaced",
        refused,
    ),
    Case::new(
        "a_reader_beside_a_rewrite_sees_whole_entries",
        "a read beside a rewrite gives each entry as it was before or as it is after",
        beside_readers,
    ),
];

fn sees_everything(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    ensure_eq!(store.rewrite(&mut |_| None)?, 0, "entries replaced in an empty store");
    let entries: Vec<Entry> =
        (1..=40).map(|revision| entry(revision, noise(revision, revision as usize * 5000))).collect();
    fill(&store, &entries)?;
    let mut seen = Vec::new();
    let replaced = store.rewrite(&mut |entry| {
        if entry.revision.number() == 1 {
            seen.clear();
        }
        seen.push(entry.clone());
        None
    })?;
    ensure!(seen == entries, "rewrite gave other entries than there are");
    ensure_eq!(replaced, 0, "entries replaced");
    ensure!(store.entries(Revision::ZERO)? == entries, "a rewrite without replacements changed something");
    Ok(())
}

fn replaces(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let mut entries = small(30);
    fill(&store, &entries)?;
    let chosen = |entry: &Entry| entry.revision.number().is_multiple_of(7);
    let replaced = store.rewrite(&mut |entry| chosen(entry).then(|| b"{\"erased\":1}".to_vec()))?;
    ensure_eq!(replaced, 4, "entries replaced");
    for entry in entries.iter_mut().filter(|entry| chosen(entry)) {
        entry.bytes = b"{\"erased\":1}".to_vec();
    }
    ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries after the rewrite");
    entries.push(entry(31, "goes on"));
    fill(&store, entries.get(30..).unwrap_or_default())?;
    ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries after a later append");
    match harness.reopen(store.into_inner()) {
        Some(store) => {
            let found = Patient::new(store).entries(Revision::ZERO)?;
            ensure_eq!(found, entries, "the entries after reopening");
            Ok(())
        }
        None => Ok(()),
    }
}

fn any_size(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let large = 2_500_000;
    let mut entries = vec![entry(1, noise(1, large)), entry(2, "small"), entry(3, noise(3, large))];
    fill(&store, &entries)?;
    store.rewrite(&mut |entry| match entry.revision.number() {
        1 => Some(b"small now".to_vec()),
        2 => Some(noise(2, large)),
        _ => None,
    })?;
    for (entry, bytes) in entries.iter_mut().zip([b"small now".to_vec(), noise(2, large), noise(3, large)]) {
        entry.bytes = bytes;
    }
    ensure!(store.entries(Revision::ZERO)? == entries, "the rewritten entries came back as others");
    Ok(())
}

fn refused(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let entries = small(5);
    fill(&store, &entries)?;
    let result = store.rewrite(&mut |entry| match entry.revision.number() {
        2 => Some(b"replaced".to_vec()),
        4 => Some(vec![0; ENTRY_LIMIT + 1]),
        _ => None,
    });
    ensure!(
        matches!(&result, Err(error) if error.kind() == StoreErrorKind::TooLarge),
        "a replacement above the limit was not refused: {result:?}"
    );
    ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries after a refused rewrite");
    fill(&store, &[entry(6, "goes on")])
}

fn beside_readers(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let before = |revision: u32| noise(revision, 20_000);
    let after = |revision: u32| noise(revision + 1000, 20_000);
    let entries: Vec<Entry> = (1..=40).map(|revision| entry(revision, before(revision))).collect();
    fill(&store, &entries)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let found = store.entries(Revision::ZERO)?;
                ensure_eq!(found.len(), 40, "how many entries a read beside a rewrite gave");
                for entry in found {
                    let revision = entry.revision.number();
                    ensure!(
                        entry.bytes == before(revision) || entry.bytes == after(revision),
                        "entry {revision} is neither as it was nor as it is"
                    );
                }
            }
            Ok(())
        });
        let rewritten = store.rewrite(&mut |entry| Some(after(entry.revision.number())));
        done.store(true, Ordering::SeqCst);
        reader.join().unwrap_or_else(|_| Err(Stop::Broken("a read panicked".into())))?;
        rewritten?;
        Checked::Ok(())
    })?;
    for entry in store.entries(Revision::ZERO)? {
        ensure!(entry.bytes == after(entry.revision.number()), "entry {} was not replaced", entry.revision);
    }
    Ok(())
}
