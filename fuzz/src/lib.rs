//! What the targets share: registries opened on given journal entries, the comparison of two registries, and the questions
//! that a registry must survive whatever its journal holds. No reader is fuzzed here.

pub mod mutate;

use std::collections::BTreeSet;
use std::sync::Arc;

use mo_core::hierarchy::ManagerQuery;
use mo_core::model::{CountedIds, HierarchyId, Kind, ObjectRef, UnitId};
use mo_core::registry::{OpenError, Registry};
use mo_core::state::Snapshot;
use mo_core::store::{Entry, MemoryStore, Store};
use mo_core::time::{Day, Instant, Period, Revision, SteppingClock};

/// A registry opened by replaying these entries.
///
/// # Errors
/// When an entry cannot be read.
///
/// # Panics
/// When the entries are not in the order a store demands.
pub fn opened(entries: impl IntoIterator<Item = Entry>) -> Result<Registry, OpenError> {
    let store = MemoryStore::new();
    let mut head = Revision::ZERO;
    for entry in entries {
        store.append(head, &entry).expect("entries come in order");
        head = entry.revision;
    }
    Registry::open(store, Arc::new(SteppingClock::new(Instant::MIN)), CountedIds::new("fuzz"))
}

/// Every object that a registration up to the snapshot's touched.
pub fn objects(snapshot: &Snapshot) -> BTreeSet<ObjectRef> {
    let registrations = snapshot.registrations(Revision::ZERO);
    registrations.flat_map(|registration| registration.changes).map(|change| change.object).collect()
}

/// Asks for everything that is known of every object, and for the trees on the days on which something changes; a few
/// objects and days are enough. Answers are not judged: that each question ends with one is.
pub fn ask_everything(snapshot: &Snapshot) {
    let objects = objects(snapshot);
    let ids = |kind: Kind| objects.iter().filter(move |object| object.kind == kind).map(|object| object.id);
    let units: Vec<UnitId> = ids(Kind::Unit).map(UnitId::from).take(8).collect();
    let hierarchies: Vec<HierarchyId> = ids(Kind::Hierarchy).map(HierarchyId::from).take(2).collect();

    let mut days = BTreeSet::from([Day::MIN, Day::MAX]);
    for object in &objects {
        let timeline = snapshot.fields_timeline(*object);
        days.extend(timeline.iter().filter_map(|(period, _)| period.from()).take(3));
        assert!(snapshot.fields_history(*object).len() >= timeline.iter().count());
    }
    for hierarchy in &hierarchies {
        for unit in &units {
            snapshot.path_over(*hierarchy, *unit, Period::ALWAYS);
        }
    }
    for day in days.into_iter().take(8) {
        let view = snapshot.at(day);
        for hierarchy in &hierarchies {
            view.roots(*hierarchy);
            for unit in &units {
                view.children(*hierarchy, *unit);
                view.ancestors(*hierarchy, *unit);
                view.path(*hierarchy, *unit);
                view.count(*hierarchy, *unit);
                view.descendants(*hierarchy, *unit);
                view.within(*hierarchy, *unit, units[0]);
                view.lowest_common_ancestor(*hierarchy, *unit, units[0]);
                view.managers(*hierarchy, *unit, ManagerQuery::default().inherit(true));
            }
        }
    }
}

/// Whether two registries believe the same of every object after each registration.
///
/// # Panics
/// When they do not.
pub fn assert_same_beliefs(a: &Snapshot, b: &Snapshot) {
    assert_eq!(a.stamp(), b.stamp());
    for object in objects(a).into_iter().chain(objects(b)) {
        for revision in 1..=a.revision().number() {
            let (a, b) = (a.as_known(Revision::new(revision)), b.as_known(Revision::new(revision)));
            assert_eq!(
                a.fields_timeline(object),
                b.fields_timeline(object),
                "{object} as known at {revision}"
            );
        }
    }
}
