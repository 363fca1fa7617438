//! Cases about the journal: order, the expected head, what is refused, reading, waiting, reopening.

use std::ops::ControlFlow;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use mo_core::store::{Entry, Head, Store, StoreError, StoreErrorKind, StoreExt};
use mo_core::time::{Instant, Revision};

use super::patient::Patient;
use super::{
    Case, Checked, Harness, Stop, ensure, ensure_eq, entry, entry_by, fill, instant, noise, reopened, small,
};

pub(super) const CASES: &[Case] = &[
    Case::new("a_new_store_is_empty", "a new store has no entry, and its head is revision 0", new_is_empty),
    Case::new(
        "an_entry_is_read_back_as_it_was_written",
        "revision, instant, id and every byte of an entry come back, whatever the bytes are",
        read_back,
    ),
    Case::new(
        "the_head_is_the_last_entry",
        "the head is the revision and the instant of the last entry",
        head,
    ),
    Case::new(
        "entries_come_in_order_after_a_revision",
        "read gives every entry after a revision, in order, and nothing beyond the head",
        in_order,
    ),
    Case::new("a_read_ends_when_told", "read stops when its callback breaks", ends_when_told),
    Case::new(
        "a_reader_may_use_the_store",
        "the callback of a read may read, append and ask for the head",
        reader_uses_store,
    ),
    Case::new(
        "an_append_on_another_head_conflicts",
        "append succeeds only on the expected head, and says which head there is",
        conflicts,
    ),
    Case::new(
        "an_entry_is_the_next_one",
        "an entry that does not carry the revision after the expected head is refused",
        next_one,
    ),
    Case::new(
        "an_entry_is_registered_later_than_the_head",
        "an entry that is not registered strictly later than the head is refused",
        later,
    ),
    Case::new(
        "an_append_repeated_is_recorded_once",
        "repeating an append on the same expected head never records the entry twice",
        repeated,
    ),
    Case::new(
        "several_entries_are_recorded_in_order",
        "append_all records every entry given, in order, large and small, on the expected head",
        several,
    ),
    Case::new(
        "of_several_entries_those_after_a_refused_one_are_not_recorded",
        "append_all that is refused has recorded nothing but a beginning of what it was given",
        several_refused,
    ),
    Case::new(
        "waiting_ends_at_once_beyond_the_revision",
        "wait returns the head without waiting when it is beyond the revision already",
        wait_at_once,
    ),
    Case::new(
        "waiting_ends_at_its_timeout",
        "wait returns the head at its timeout when nothing was recorded",
        wait_times_out,
    ),
    Case::new("an_append_ends_the_waiting", "wait returns soon after an append", wait_wakes),
    Case::new(
        "what_was_recorded_is_there_after_reopening",
        "every acknowledged entry is there, once and unchanged, when the store is opened again",
        after_reopening,
    ),
];

fn new_is_empty(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let head = store.head()?;
    ensure_eq!((head.revision, head.registered_at), (Revision::ZERO, None), "the head of a new store");
    ensure_eq!(store.entries(Revision::ZERO)?.len(), 0, "entries of a new store");
    Ok(())
}

fn read_back(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let bytes: [&[u8]; 6] = [
        b"",
        b"{}",
        "Korsb\u{e6}k \u{1f3e2}".as_bytes(),
        &[0],
        &[0xff, 0xfe, 0, 1],
        b"\xffmo\xfeent1\xffmo\xfepag1",
    ];
    let mut entries: Vec<Entry> = (1..).zip(bytes).map(|(revision, bytes)| entry(revision, bytes)).collect();
    if let Some(first) = entries.first_mut() {
        first.registered_at = Instant::MIN;
        first.id = uuid::Uuid::nil();
    }
    if let Some(last) = entries.last_mut() {
        last.registered_at = Instant::MAX;
        last.id = uuid::Uuid::max();
    }
    fill(&store, &entries)?;
    ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries read back");
    Ok(())
}

fn head(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    for entry in small(5) {
        fill(&store, std::slice::from_ref(&entry))?;
        let head = store.head()?;
        let found = (head.revision, head.registered_at);
        ensure_eq!(found, (entry.revision, Some(entry.registered_at)), "the head after {}", entry.revision);
    }
    Ok(())
}

fn in_order(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let entries: Vec<Entry> =
        (1..=300).map(|revision| entry(revision, noise(revision, (revision as usize * 37) % 9000))).collect();
    fill(&store, &entries)?;
    for after in [0, 1, 2, 149, 298, 299, 300, 301, 4_000_000_000] {
        let expected = entries.get(after as usize..).unwrap_or_default();
        ensure!(store.entries(Revision::new(after))? == expected, "the entries after {after} are others");
        let next = store.entry_after(Revision::new(after))?;
        ensure!(next.as_ref() == expected.first(), "the entry after {after} is another");
    }
    Ok(())
}

fn ends_when_told(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(20))?;
    let mut given = Vec::new();
    store.read(Revision::new(3), &mut |entry| {
        given.push(entry.revision.number());
        if given.len() == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    ensure_eq!(given, [4, 5, 6, 7], "the entries given until the callback broke");
    Ok(())
}

fn reader_uses_store(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(3))?;
    let mut inside: Checked = Ok(());
    store.read(Revision::ZERO, &mut |given| {
        inside = (|| {
            let head = store.head()?.revision.number();
            ensure!(head >= given.revision.number(), "the head is before an entry that was read");
            ensure_eq!(
                store.entry_after(Revision::ZERO)?.map(|e| e.id),
                Some(entry(1, "").id),
                "the first entry"
            );
            if head < 6 {
                store.append(Revision::new(head), &entry(head + 1, "from a callback"))?;
            }
            Ok(())
        })();
        if inside.is_err() || given.revision.number() >= 6 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    inside?;
    ensure_eq!(store.head()?.revision.number(), 6, "the head after appending in a callback");
    Ok(())
}

fn conflicts(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let entries = small(3);
    fill(&store, &entries)?;
    for expected in [0, 1, 2, 4, 100] {
        let refused = store.append(Revision::new(expected), &entry_by(7, expected + 1, "too late"));
        match refused {
            Err(StoreError::Conflict { expected: told, head }) => {
                ensure_eq!(told.number(), expected, "the expected head the conflict names");
                ensure_eq!(head.number(), 3, "the head the conflict names");
            }
            other => return Err(unexpected(&format!("an append on head {expected}"), &other)),
        }
    }
    ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries after refused appends");
    fill(&store, &[entry(4, "in time")])
}

fn next_one(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(3))?;
    for (expected, revision) in [(3, 3), (3, 5), (3, 0), (3, 1), (2, 2), (9, 4)] {
        let refused = store.append(Revision::new(expected), &entry(revision, "out of place"));
        ensure!(
            matches!(refused, Err(StoreError::NotNext { .. })),
            "revision {revision} after {expected} was not refused as out of place: {refused:?}"
        );
    }
    ensure_eq!(store.head()?.revision.number(), 3, "the head after refused appends");
    Ok(())
}

fn later(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(3))?;
    for registered_at in [instant(3), instant(2), Instant::MIN] {
        let refused = store.append(Revision::new(3), &Entry { registered_at, ..entry(4, "early") });
        ensure!(
            matches!(refused, Err(StoreError::NotLater { .. })),
            "an entry of {registered_at} was not refused as too early: {refused:?}"
        );
    }
    ensure_eq!(store.head()?.revision.number(), 3, "the head after refused appends");
    let registered_at = instant(3).plus_micros(1).unwrap_or(Instant::MAX);
    fill(&store, &[Entry { registered_at, ..entry(4, "a microsecond later") }])
}

fn repeated(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let entries = small(4);
    for entry in &entries {
        for _ in 0..3 {
            fill(&store, std::slice::from_ref(entry))?;
        }
    }
    ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries after repeated appends");
    Ok(())
}

fn several(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let entries: Vec<Entry> = (1..=120u32)
        .map(|revision| {
            let length = if revision.is_multiple_of(50) { 1_200_000 } else { revision as usize * 10 };
            entry(revision, noise(revision, length))
        })
        .collect();
    let mut expected = Revision::ZERO;
    store.append_all(expected, &[])?;
    for portion in entries.chunks(37) {
        store.append_all(expected, portion)?;
        expected = portion.last().map_or(expected, |entry| entry.revision);
        ensure_eq!(store.head()?.revision, expected, "the head after several");
    }
    ensure!(store.entries(Revision::ZERO)? == entries, "the entries came back as others");
    fill(&store, &[entry(121, "goes on")])
}

fn several_refused(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let mut entries = small(3);
    fill(&store, &entries)?;
    for head in [0, 2, 4, 9] {
        let late: Vec<Entry> = (head + 1..=head + 4).map(|n| entry_by(5, n, "on another head")).collect();
        let refused = store.append_all(Revision::new(head), &late);
        ensure!(
            matches!(&refused, Err(error) if error.kind() == StoreErrorKind::Conflict),
            "several entries on head {head} did not conflict: {refused:?}"
        );
        ensure_eq!(store.entries(Revision::ZERO)?, entries, "the entries after several on head {head}");
    }
    let early = Entry { registered_at: instant(1), ..entry(0, "early") };
    for (what, wrong) in [("out of place", entry(99, "")), ("too early", early)] {
        let head = store.head()?.revision.number();
        let mut given: Vec<Entry> = (head + 1..=head + 5).map(|n| entry(n, format!("{what} {n}"))).collect();
        let place = given.get_mut(2).map(|third| {
            let revision = if wrong.revision.number() == 0 { third.revision } else { wrong.revision };
            *third = Entry { revision, ..wrong };
        });
        ensure!(place.is_some(), "there is no third entry");
        let refused = store.append_all(Revision::new(head), &given);
        ensure!(refused.is_err(), "several entries, one of them {what}, were accepted");
        let there = store.entries(Revision::new(head))?;
        let beginning = given.get(..there.len().min(2)).unwrap_or_default();
        ensure_eq!(there, beginning, "the entries recorded before one that is {what}");
        entries.extend(there);
    }
    let head = store.head()?.revision.number();
    fill(&store, &[entry(head + 1, "goes on")])
}

fn wait_at_once(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(3))?;
    let head = store.wait(Revision::new(2), Duration::from_hours(1))?;
    ensure_eq!(head.revision.number(), 3, "the head the wait returned");
    Ok(())
}

fn wait_times_out(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let waited =
        |after: u32, timeout| -> Result<Head, Stop> { Ok(store.wait(Revision::new(after), timeout)?) };
    ensure_eq!(waited(0, Duration::ZERO)?.revision.number(), 0, "the head of an empty store");
    fill(&store, &small(3))?;
    for after in [3, 4, u32::MAX] {
        for timeout in [Duration::ZERO, Duration::from_millis(3)] {
            ensure_eq!(waited(after, timeout)?.revision.number(), 3, "the head after waiting in vain");
        }
    }
    Ok(())
}

fn wait_wakes(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(1))?;
    let (woken, told) = mpsc::channel();
    let store = &store;
    thread::scope(|scope| {
        for _ in 0..3 {
            let woken = woken.clone();
            scope.spawn(move || {
                // The receiver may have given up; then nobody listens.
                let _ = woken.send(store.wait(Revision::new(1), Duration::from_mins(1)));
            });
        }
        // However the threads fall, the wait must end: when it begins before the append and when it begins after.
        thread::sleep(Duration::from_millis(30));
        fill(store, &[entry(2, "wake up")])?;
        for _ in 0..3 {
            match told.recv_timeout(Duration::from_secs(20)) {
                Ok(head) => ensure_eq!(head?.revision.number(), 2, "the head the wait returned"),
                Err(_) => return Err(Stop::Broken("an append did not end the waiting".into())),
            }
        }
        Ok(())
    })
}

fn after_reopening(harness: &mut dyn Harness) -> Checked {
    let mut store = harness.fresh();
    let mut entries = Vec::new();
    for round in 0..3u32 {
        let patient = Patient::new(store);
        for revision in round * 7 + 1..=round * 7 + 7 {
            let entry = entry(revision, noise(revision, 500));
            fill(&patient, std::slice::from_ref(&entry))?;
            entries.push(entry);
        }
        store = reopened(harness, patient.into_inner())?;
        let patient = Patient::new(&store);
        ensure_eq!(patient.head()?.revision.number(), round * 7 + 7, "the head after reopening");
        ensure_eq!(patient.head()?.registered_at, entries.last().map(|e| e.registered_at), "its instant");
        ensure!(patient.entries(Revision::ZERO)? == entries, "other entries after reopening");
        let late = patient.append(Revision::new(round * 7), &entry_by(9, round * 7 + 1, "late"));
        ensure!(
            matches!(&late, Err(error) if error.kind() == StoreErrorKind::Conflict),
            "an append on an old head after reopening: {late:?}"
        );
    }
    Ok(())
}

fn unexpected(what: &str, result: &Result<(), StoreError>) -> Stop {
    Stop::Broken(match result {
        Ok(()) => format!("{what} succeeded"),
        Err(error) => format!("{what} failed otherwise: {error}"),
    })
}
