//! Crashes at every operation on the disk: what was acknowledged is there, what was not is there whole or not at all.

use std::collections::BTreeMap;

use mo_core::store::{Store, StoreErrorKind};
use mo_core::time::Revision;

use super::disk::{Contents, Disk, Event};
use super::workload::{Holding, Step, entry, holding, holdings, make, open, steps, take};
use super::{Dice, long};

#[derive(Debug, Default)]
struct Count {
    operations: usize,
    tried: usize,
    survived: usize,
    lost: usize,
    phantom: usize,
    failed: usize,
}

/// Runs the steps on a simulated disk, then rebuilds the images a crash could leave after every operation and opens each.
/// With `lying` the disk of the reconstruction ignores what it was told to keep.
fn crash_everywhere(steps: &[Step], seed: u64, lying: bool) -> Count {
    let disk = Disk::empty();
    let store = make(&disk);
    for (number, step) in steps.iter().enumerate() {
        disk.mark(Event::Begun(number));
        take(&store, step).unwrap();
        disk.mark(Event::Done(number));
    }
    drop(store);

    let expected = holdings(steps);
    let mut dice = Dice::new(seed);
    let mut count = Count::default();
    let mut files: BTreeMap<u64, Contents> = BTreeMap::new();
    let mut current = None;
    // How many steps are acknowledged, and how many have begun.
    let (mut done, mut begun) = (0, 0);
    let mut declared = false;
    for event in disk.log() {
        match &event {
            Event::Begun(number) => {
                begun = number + 1;
                declared = true;
                continue;
            }
            Event::Done(number) => {
                done = number + 1;
                continue;
            }
            Event::Write { file, .. } | Event::SetLen { file, .. } => {
                files.entry(*file).or_default().change(event.clone());
            }
            Event::Sync { file } if lying && declared => {
                files.entry(*file).or_default();
            }
            Event::Sync { file } => files.entry(*file).or_default().sync(),
            Event::Publish { file } => current = Some(*file),
        }
        count.operations += 1;
        // Before the file is published and its side tables are there, there is no state to compare.
        let Some(contents) = current.and_then(|file| files.get(&file)).filter(|_| declared) else { continue };
        for image in images(contents, &mut dice) {
            count.tried += 1;
            match judge(image, &expected[done..=begun], &expected[..done]) {
                Verdict::Survived => count.survived += 1,
                Verdict::Lost => count.lost += 1,
                Verdict::Phantom => count.phantom += 1,
                Verdict::Failed => count.failed += 1,
            }
        }
    }
    count
}

/// Four disks a crash could leave: with nothing of what is pending, all of it, some of it, and some of it with the last
/// write torn.
fn images(contents: &Contents, dice: &mut Dice) -> Vec<Vec<u8>> {
    let mut images = vec![contents.durable.clone(), contents.live.clone()];
    for torn in [false, true] {
        let mut image = contents.durable.clone();
        let mut some: Vec<Event> = contents.pending.iter().filter(|_| dice.roll(2) == 0).cloned().collect();
        if torn && let Some(Event::Write { data, .. }) = some.last_mut() {
            let sectors = data.len() / 512;
            data.truncate(if sectors > 1 { 512 * (1 + dice.roll(sectors - 1)) } else { data.len() / 2 });
        }
        for event in &some {
            Contents::apply(&mut image, event);
        }
        images.push(image);
    }
    images
}

enum Verdict {
    Survived,
    Lost,
    Phantom,
    Failed,
}

fn judge(image: Vec<u8>, allowed: &[Holding], before: &[Holding]) -> Verdict {
    let disk = Disk::holding(image);
    let Ok(store) = open(&disk) else { return Verdict::Failed };
    let Ok(found) = holding(&store) else { return Verdict::Failed };
    if allowed.contains(&found) {
        // It must also go on from here.
        let head = found.entries.len();
        let next = entry(u32::try_from(head).unwrap() + 1, b"after the crash".to_vec());
        if store.append(Revision::new(u32::try_from(head).unwrap()), &next).is_err() {
            return Verdict::Failed;
        }
        return Verdict::Survived;
    }
    if before.contains(&found) { Verdict::Lost } else { Verdict::Phantom }
}

#[test]
fn a_crash_after_any_operation_loses_nothing_that_was_acknowledged() {
    let (runs, length) = if long() { (60, 60) } else { (2, 14) };
    let mut total = Count::default();
    for seed in 1..=runs {
        let mut steps = steps(seed, length);
        if long() && seed % 10 == 0 {
            let next = 1 + steps.iter().filter(|step| matches!(step, Step::Append(_))).count();
            steps.push(Step::Append(entry(u32::try_from(next).unwrap(), vec![7; 2_300_000])));
        }
        let count = crash_everywhere(&steps, seed, false);
        assert_eq!(count.survived, count.tried, "seed {seed}: {count:?}");
        total.operations += count.operations;
        total.tried += count.tried;
        total.survived += count.survived;
    }
    println!(
        "reliability: redb-crash-images operations={} tried={} survived={} lost=0 seeds=1..={runs}",
        total.operations, total.tried, total.survived
    );
    assert!(total.tried > 1000);
}

#[test]
fn the_crash_test_catches_a_disk_that_lies() {
    let count = crash_everywhere(&steps(1, 14), 1, true);
    println!("reliability: redb-crash-negative-control tried={} {count:?}", count.tried);
    assert!(count.lost > count.tried / 10, "{count:?}");
}

#[test]
fn a_crash_while_the_file_is_made_leaves_no_file() {
    let disk = Disk::empty();
    drop(make(&disk));
    let log = disk.log();
    let published = log.iter().position(|event| matches!(event, Event::Publish { .. })).unwrap();
    let Event::Publish { file } = log[published] else { unreachable!() };
    let mut contents = Contents::default();
    for event in &log[..published] {
        match event {
            Event::Sync { .. } => contents.sync(),
            Event::Write { file: of, .. } | Event::SetLen { file: of, .. } => {
                assert_eq!(*of, file, "something was written elsewhere before the file had its name");
                contents.change(event.clone());
            }
            _ => {}
        }
    }
    let store = open(&Disk::holding(contents.durable)).unwrap();
    assert_eq!(store.head().unwrap().revision, Revision::ZERO);
    let nothing = open(&Disk::empty()).unwrap_err();
    assert_eq!(nothing.kind(), StoreErrorKind::Invalid);
}
