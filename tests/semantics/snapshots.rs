//! Snapshots beside commits: a commit changes in place what no snapshot shares, and nobody can tell.

use std::ops::ControlFlow;
use std::thread;

use mo_core::model::value::Text;
use mo_core::model::{CountedIds, Patch, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::state::Snapshot;
use mo_core::store::MemoryStore;
use mo_core::time::{Day, Instant, Period, Revision, SteppingClock};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A registry with so many units, and its store.
fn town(units: usize) -> (Registry, MemoryStore, Vec<UnitId>) {
    let store = MemoryStore::new();
    let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse::<Instant>().unwrap());
    let registry = Registry::open(store.clone(), clock, CountedIds::new("snapshots")).unwrap();
    let mut edit = registry.edit("ib");
    let ids = (0..units).map(|n| edit.create(Period::ALWAYS, Unit::new(format!("Enhed {n}")))).collect();
    edit.commit().unwrap();
    (registry, store, ids)
}

fn names(snapshot: &Snapshot, units: &[UnitId]) -> Vec<Text> {
    let view = snapshot.at(day("2025-06-01"));
    units.iter().map(|unit| view.get(*unit).unwrap().name).collect()
}

/// What the journal in the store holds.
fn journal(store: &MemoryStore) -> Vec<Vec<u8>> {
    use mo_core::store::Store;
    let mut entries = Vec::new();
    store
        .read(Revision::ZERO, &mut |entry| {
            entries.push(entry.bytes);
            ControlFlow::Continue(())
        })
        .unwrap();
    entries
}

#[test]
fn snapshots_that_are_kept_stay_as_they_were_and_make_no_difference_to_what_follows() {
    // Of each registry so many commits of any four are followed by a snapshot that is kept.
    let kept_of_four = [0, 1, 3, 4];
    let mut journals = Vec::new();
    for share in kept_of_four {
        let (registry, store, units) = town(300);
        let mut kept = Vec::new();
        let mut wanted = names(&registry.snapshot(), &units);
        for step in 0..200 {
            // Mostly a unit or two; now and then more objects than are entered in place.
            let changed = if step % 50 == 49 { 150 } else { 1 + step % 2 };
            let mut edit = registry.edit("ib");
            for n in 0..changed {
                let which = (step * 37 + n * 2) % units.len();
                let name = format!("Navn {step} {n}");
                edit.change(units[which], day("2025-01-01"), Patch::new().set(Unit::NAME, name.as_str()));
                wanted[which] = name.into();
            }
            edit.commit().unwrap();
            if step % 4 < share {
                kept.push((registry.snapshot(), wanted.clone()));
            }
        }
        assert_eq!(names(&registry.snapshot(), &units), wanted);
        for (snapshot, wanted) in kept {
            assert_eq!(names(&snapshot, &units), wanted);
        }
        journals.push(journal(&store));
    }
    assert!(journals.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn readers_beside_a_writer_see_whole_commits_only() {
    let (registry, _, units) = town(200);
    let pair = [units[3], units[170]];
    thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = Revision::ZERO;
                    loop {
                        let snapshot = registry.snapshot();
                        assert!(seen <= snapshot.revision());
                        seen = snapshot.revision();
                        let names = names(&snapshot, &pair);
                        if seen > Revision::new(1) {
                            assert_eq!(names[0], names[1]);
                            assert_eq!(*names[0], *format!("Begge {seen}"));
                        }
                        if seen >= Revision::new(500) {
                            break;
                        }
                    }
                })
            })
            .collect();
        for number in 2..=500 {
            let mut edit = registry.edit("ib");
            let name = format!("Begge {}", Revision::new(number));
            for unit in pair {
                edit.change(unit, day("2025-01-01"), Patch::new().set(Unit::NAME, name.as_str()));
            }
            edit.commit().unwrap();
        }
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}
