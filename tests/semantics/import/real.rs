//! Senior posts of two British departments, 2011 to 2016, and the made-up snapshots of the examples: the tree on any day is
//! that of the snapshot in force, read a second time by other means.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mo_core::model::HierarchyId;
use mo_core::registry::Outcome;
use mo_core::time::{Copenhagen, Day, Zone};

use super::{Desk, Tree, oracle, organogram, read, tree};

/// The snapshots of one source, by day: the tree each means, read by the oracle.
struct Loaded {
    desk: Desk,
    hierarchy: HierarchyId,
    snapshots: BTreeMap<Day, Tree>,
    reported: Vec<usize>,
}

fn files(folder: &Path, source: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(source)).collect();
    paths.sort();
    paths
}

fn load(folder: &Path, source: &str) -> Loaded {
    let (desk, mapping) = (Desk::new(), organogram());
    let (mut snapshots, mut reported, mut hierarchy) = (BTreeMap::new(), Vec::new(), None);
    for path in files(folder, source) {
        let bytes = std::fs::read(&path).unwrap();
        let extract = read(&mapping, &[(path.file_name().unwrap().to_str().unwrap(), &bytes)]).unwrap();
        assert_ne!(desk.import(&extract), Outcome::Unchanged);
        assert_eq!(desk.import(&extract), Outcome::Unchanged);
        hierarchy = extract.hierarchy();
        reported.push(extract.reports().len());
        snapshots.insert(extract.day(), oracle::tree(std::str::from_utf8(&bytes).unwrap()));
    }
    Loaded { desk, hierarchy: hierarchy.unwrap(), snapshots, reported }
}

/// On the first, second, middle and last day of each snapshot, as known now; and on each day to come, as known then.
fn the_tree_on_any_day_equals_the_snapshot_in_force(loaded: &Loaded) {
    let now = loaded.desk.registry.snapshot();
    let days: Vec<Day> = loaded.snapshots.keys().copied().collect();
    assert_eq!(tree(&now.at(days[0].previous().unwrap()), loaded.hierarchy), Tree::new());
    for (n, (from, expected)) in loaded.snapshots.iter().enumerate() {
        let length = days.get(n + 1).map_or(4000, |next| next.epoch_days() - from.epoch_days());
        for on in [0, 1, length / 2, length - 1] {
            let on = from.plus(on).unwrap();
            assert_eq!(tree(&now.at(on), loaded.hierarchy), *expected, "on {on}");
        }
        let then = now.as_known(Copenhagen.midnight(*from));
        for later in &days[n..] {
            assert_eq!(tree(&then.at(*later), loaded.hierarchy), *expected, "on {later} as known on {from}");
        }
    }
}

/// Added, removed, re-parented, retitled from one snapshot to the next, and how many posts stay.
fn changes(loaded: &Loaded, before: &str, after: &str) -> ([usize; 4], usize) {
    let seen = |day: &str| tree(&loaded.desk.at(day), loaded.hierarchy);
    let (before, after) = (seen(before), seen(after));
    let stay: Vec<_> = after.iter().filter_map(|(key, post)| Some((before.get(key)?, post))).collect();
    let moved = stay.iter().filter(|(a, b)| a.1 != b.1).count();
    let retitled = stay.iter().filter(|(a, b)| a.0 != b.0).count();
    ([after.len() - stay.len(), before.len() - stay.len(), moved, retitled], stay.len())
}

#[test]
fn the_ministry_of_defence_loads_with_all_its_changes() {
    let Some(folder) = crate::shared::shared("data/organograms") else { return };
    let loaded = load(&folder, "ministry_of_defence");
    assert_eq!(loaded.snapshots.len(), 11);
    assert_eq!(loaded.reported, [21, 10, 12, 28, 6, 26, 26, 21, 17, 12, 12]);
    assert_eq!(changes(&loaded, "2011-03-31", "2011-09-30"), ([87, 72, 87, 96], 528));
    assert_eq!(changes(&loaded, "2011-09-30", "2012-03-31"), ([84, 105, 93, 224], 510));
    let ([_, holes, ..], _) = changes(&loaded, "2013-03-30", "2013-03-31");
    assert_eq!(holes, 376);
    the_tree_on_any_day_equals_the_snapshot_in_force(&loaded);
}

#[test]
fn the_other_department_loads_too() {
    let Some(folder) = crate::shared::shared("data/organograms") else { return };
    let loaded = load(&folder, "department_for_international_development");
    assert_eq!(loaded.snapshots.len(), 6);
    assert_eq!(loaded.reported, [3, 3, 4, 4, 1, 1]);
    the_tree_on_any_day_equals_the_snapshot_in_force(&loaded);
}

#[test]
fn the_made_up_snapshots_of_the_examples_load() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/snapshots");
    let loaded = load(&folder, "korsbaek");
    assert_eq!(loaded.reported, [1, 3, 3]);
    assert_eq!(changes(&loaded, "2022-12-31", "2023-01-01"), ([1, 1, 1, 2], 11));
    the_tree_on_any_day_equals_the_snapshot_in_force(&loaded);
}
