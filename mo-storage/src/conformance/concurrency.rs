//! Cases about several threads on one store.

use std::ops::ControlFlow;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mo_core::store::{Entry, Put, SideSpec, Store, StoreError, StoreErrorKind, StoreExt};
use mo_core::time::Revision;

use super::patient::Patient;
use super::{Case, Checked, Harness, Stop, ensure, ensure_eq, entry, entry_by, fill, noise};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "of_the_writers_on_one_head_exactly_one_succeeds",
        "of several writers on the same head exactly one succeeds; the others conflict",
        one_succeeds,
    ),
    Case::new(
        "many_writers_make_one_order",
        "entries of many writers are numbered without gaps, each recorded once",
        one_order,
    ),
    Case::new(
        "several_entries_beside_another_writer_leave_no_gap",
        "of writers of several entries each, those of one follow each other or conflict",
        several_beside,
    ),
    Case::new(
        "a_reader_beside_a_writer_sees_a_prefix",
        "a read beside a writer gives whole entries, in order and without gaps",
        prefix,
    ),
    Case::new(
        "compare_and_set_loses_no_update",
        "of several threads that compare and set one row, none overwrites what it did not see",
        no_lost_update,
    ),
];

const WRITERS: u32 = 4;

fn one_succeeds(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    for round in 0..15 {
        let barrier = Barrier::new(WRITERS as usize);
        let results: Vec<Result<(), StoreError>> = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (store, barrier) = (&store, &barrier);
                    scope.spawn(move || {
                        let entry = entry_by(writer, round + 1, format!("by {writer}"));
                        barrier.wait();
                        store.append(Revision::new(round), &entry)
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().map_err(|_| panicked())).collect::<Result<_, _>>()
        })?;
        let successes: Vec<u32> =
            (0..).zip(&results).filter(|(_, result)| result.is_ok()).map(|(writer, _)| writer).collect();
        ensure_eq!(successes.len(), 1, "how many of {WRITERS} writers on head {round} succeeded");
        for error in results.iter().filter_map(|result| result.as_ref().err()) {
            ensure_eq!(error.kind(), StoreErrorKind::Conflict, "how another writer failed");
        }
        let recorded = store.entry_after(Revision::new(round))?;
        let winner = successes.first().map(|writer| entry_by(*writer, round + 1, format!("by {writer}")));
        ensure_eq!(recorded, winner, "the entry recorded in round {round}");
    }
    Ok(())
}

fn one_order(harness: &mut dyn Harness) -> Checked {
    const EACH: u32 = 12;
    let store = Patient::new(harness.fresh());
    let results: Vec<Checked> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let store = &store;
                scope.spawn(move || write_on(store, writer, EACH))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap_or_else(|_| Err(panicked()))).collect()
    });
    results.into_iter().collect::<Checked>()?;
    let entries = store.entries(Revision::ZERO)?;
    ensure_eq!(entries.len(), (WRITERS * EACH) as usize, "how many entries there are");
    for (number, entry) in (1..).zip(&entries) {
        ensure_eq!(entry.revision.number(), number, "a revision");
    }
    for writer in 0..WRITERS {
        let mine = |entry: &&Entry| entry.bytes == format!("by {writer}").into_bytes();
        ensure_eq!(entries.iter().filter(mine).count(), EACH as usize, "entries of writer {writer}");
    }
    Ok(())
}

/// Records `count` entries, each on the newest head.
fn write_on(store: &dyn Store, writer: u32, count: u32) -> Checked {
    let mut left = count;
    while left > 0 {
        let head = store.head()?.revision.number();
        match store.append(Revision::new(head), &entry_by(writer, head + 1, format!("by {writer}"))) {
            Ok(()) => left -= 1,
            Err(error) if error.kind() == StoreErrorKind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn several_beside(harness: &mut dyn Harness) -> Checked {
    const PORTIONS: u32 = 8;
    let store = Patient::new(harness.fresh());
    let write = |writer: u32| -> Checked {
        let mut left = PORTIONS;
        while left > 0 {
            let head = store.head()?.revision.number();
            let entries: Vec<Entry> =
                (1..=1 + writer).map(|n| entry_by(writer, head + n, format!("by {writer}"))).collect();
            match store.append_all(Revision::new(head), &entries) {
                Ok(()) => left -= 1,
                Err(error) if error.kind() == StoreErrorKind::Conflict => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    };
    let results: Vec<Checked> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap_or_else(|_| Err(panicked()))).collect()
    });
    results.into_iter().collect::<Checked>()?;
    let entries = store.entries(Revision::ZERO)?;
    for (number, entry) in (1..).zip(&entries) {
        ensure_eq!(entry.revision.number(), number, "a revision");
    }
    for writer in 0..WRITERS {
        let mine = entries.iter().filter(|entry| entry.bytes == format!("by {writer}").into_bytes());
        // A store that records one by one may have recorded the first of a portion that then met a conflict.
        let whole = PORTIONS * (1 + writer);
        ensure!(mine.count() >= whole as usize, "entries of writer {writer} are missing");
    }
    Ok(())
}

fn prefix(harness: &mut dyn Harness) -> Checked {
    const COUNT: u32 = 60;
    let store = Patient::new(harness.fresh());
    let of = |revision: u32| entry(revision, noise(revision, 3000 + revision as usize));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut longest = 0;
                    while !done.load(Ordering::SeqCst) {
                        let mut next = 1;
                        let mut strange = None;
                        store.read(Revision::ZERO, &mut |entry| {
                            if entry != of(next) {
                                strange = Some(entry.revision);
                                return ControlFlow::Break(());
                            }
                            next += 1;
                            ControlFlow::Continue(())
                        })?;
                        ensure_eq!(strange, None, "an entry read beside a writer is not the one at {next}");
                        ensure!(next >= longest, "a later read gave fewer entries than an earlier one");
                        longest = next;
                    }
                    Ok(())
                })
            })
            .collect();
        let wrote = (1..=COUNT).try_for_each(|revision| fill(&store, &[of(revision)]));
        done.store(true, Ordering::SeqCst);
        for reader in readers {
            reader.join().unwrap_or_else(|_| Err(panicked()))?;
        }
        wrote
    })
}

fn no_lost_update(harness: &mut dyn Harness) -> Checked {
    const EACH: u32 = 12;
    let store = Patient::new(harness.fresh());
    let spec = SideSpec::plain("counter");
    let results: Vec<Checked> = thread::scope(|scope| {
        let adders: Vec<_> = (0..WRITERS)
            .map(|adder| {
                let store = &store;
                scope.spawn(move || -> Checked {
                    let side = store.side(spec)?;
                    for step in 0..EACH {
                        // Every addition is made once, so that one found in the row is one's own.
                        let addition = format!("{adder}.{step};").into_bytes();
                        let mut seen = side.get(b"all")?;
                        loop {
                            let mut next = seen.clone().unwrap_or_default();
                            next.extend_from_slice(&addition);
                            match side.put(b"all", seen.as_deref(), &next, &[])? {
                                Put::Done => break,
                                Put::Differs(found) => seen = found,
                            }
                            let made =
                                |all: &Vec<u8>| all.windows(addition.len()).any(|part| part == addition);
                            if seen.as_ref().is_some_and(made) {
                                break;
                            }
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        adders.into_iter().map(|adder| adder.join().unwrap_or_else(|_| Err(panicked()))).collect()
    });
    results.into_iter().collect::<Checked>()?;
    let all = store.side(spec)?.get(b"all")?.unwrap_or_default();
    let all = String::from_utf8_lossy(&all).into_owned();
    let mut found: Vec<&str> = all.split_terminator(';').collect();
    found.sort_unstable();
    let mut expected: Vec<String> =
        (0..WRITERS).flat_map(|adder| (0..EACH).map(move |step| format!("{adder}.{step}"))).collect();
    expected.sort_unstable();
    ensure_eq!(found, expected, "the additions");
    Ok(())
}

fn panicked() -> Stop {
    Stop::Broken("a call panicked".into())
}
