//! A disk that fails, is full, or does not keep what it accepted: the call says so in the right kind of error, nothing
//! acknowledged is lost, and the same open store goes on afterwards.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use mo_core::store::{Store, StoreErrorKind, StoreExt};
use mo_core::time::Revision;

use super::disk::{Disk, Operation};
use super::long;
use super::workload::{
    Holding, Step, entry, holding, holdings, make, open, steps, surely_not, take, take_again,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// One operation of any kind fails.
    Once,
    /// From one operation on there is no room, until room is made.
    Full,
    /// From one operation on nothing can be written, until the disk is mended.
    Down,
    /// One synchronisation fails, and what it was to keep is gone after the next loss of power.
    Forgets,
}

impl Failure {
    fn plan(self, from: u64) -> impl FnMut(u64, Operation) -> Option<io::Error> + Send + 'static {
        let mut failed = false;
        move |number, operation| {
            let reads = operation == Operation::Read;
            let fails = number >= from
                && match self {
                    Failure::Once => !failed,
                    Failure::Full => matches!(operation, Operation::Write | Operation::SetLen),
                    Failure::Down => !reads,
                    Failure::Forgets => !failed && operation == Operation::Sync,
                };
            failed |= fails;
            let kind = if self == Failure::Full { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
            fails.then(|| io::Error::new(kind, "the simulated disk fails"))
        }
    }
}

/// Runs the steps with a failure that begins at every operation in turn; how often one was noticed by a caller.
fn fail_everywhere(failure: Failure, steps: &[Step]) -> (usize, usize) {
    let expected = holdings(steps);
    let undisturbed = Disk::empty();
    let store = make(&undisturbed);
    let first = undisturbed.operations() + 1;
    for step in steps {
        take(&store, step).unwrap();
    }
    let last = undisturbed.operations();

    let (mut tried, mut noticed) = (0, 0);
    for from in first..=last {
        tried += 1;
        let disk = Disk::empty();
        let store = make(&disk);
        disk.fail(failure.plan(from));
        for (number, step) in steps.iter().enumerate() {
            let Err(error) = take(&store, step) else { continue };
            noticed += 1;
            let context = format!("{failure:?} from operation {from}, step {number}: {error:?}");
            let kinds = match failure {
                Failure::Full => [StoreErrorKind::Full, StoreErrorKind::Unknown],
                _ => [StoreErrorKind::Unavailable, StoreErrorKind::Unknown],
            };
            assert!(kinds.contains(&error.kind()), "{context}");
            // While it lasts, a reader is served or told; what it is served is right.
            let mut read = Vec::new();
            let reading = store.read(Revision::ZERO, &mut |entry| {
                read.push(entry);
                ControlFlow::Continue(())
            });
            let right = |holding: &Holding| holding.entries.starts_with(&read);
            assert!(expected[number..=number + 1].iter().any(right), "{context}: read {read:?}");
            if let Err(error) = reading {
                assert!(kinds.contains(&error.kind()), "{context}, then {error:?}");
            }
            disk.heal();
            let found = holding(&store).unwrap_or_else(|error| panic!("{context}, then {error:?}"));
            let allowed =
                if surely_not(&error) { &expected[number..=number] } else { &expected[number..=number + 1] };
            assert!(allowed.contains(&found), "{context}");
            take_again(&store, step).unwrap_or_else(|error| panic!("{context}, then {error:?}"));
        }
        disk.heal();
        assert_eq!(holding(&store).unwrap(), expected[steps.len()], "{failure:?} from operation {from}");
        assert!(store.check().unwrap().damage.is_empty(), "{failure:?} from operation {from}");
        // Whatever power is lost now, everything was acknowledged.
        drop(store);
        let (live, durable) = disk.file();
        for image in [live, durable] {
            let store = open(&Disk::holding(image))
                .unwrap_or_else(|error| panic!("{failure:?} from operation {from}: {error:?}"));
            assert_eq!(holding(&store).unwrap(), expected[steps.len()], "{failure:?} from operation {from}");
        }
    }
    (tried, noticed)
}

fn report(failure: Failure) {
    let (runs, length) = if long() { (12, 40) } else { (1, 14) };
    let (mut tried, mut noticed) = (0, 0);
    for seed in 5..5 + runs {
        let counts = fail_everywhere(failure, &steps(seed, length));
        tried += counts.0;
        noticed += counts.1;
    }
    println!(
        "reliability: redb-disk-{failure:?} tried={tried} survived={tried} noticed={noticed} seeds=5..{}",
        5 + runs
    );
    assert!(noticed > 0);
}

#[test]
fn an_error_of_the_disk_loses_nothing_and_the_store_goes_on() {
    report(Failure::Once);
}

#[test]
fn a_full_disk_loses_nothing_and_the_store_goes_on_when_there_is_room() {
    report(Failure::Full);
}

#[test]
fn a_disk_that_is_down_loses_nothing_and_the_store_goes_on_when_it_is_up() {
    report(Failure::Down);
}

#[test]
fn a_disk_that_forgets_what_it_accepted_loses_nothing_that_was_acknowledged() {
    report(Failure::Forgets);
}

#[test]
fn a_full_disk_is_reported_as_full_and_nothing_was_recorded() {
    let disk = Disk::empty();
    let store = make(&disk);
    take(&store, &Step::Append(entry(1, b"first".to_vec()))).unwrap();
    disk.fail(Failure::Full.plan(0));
    let large = entry(2, vec![1; 500_000]);
    let error = store.append(Revision::new(1), &large).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
    assert!(error.to_string().contains("nothing was lost"), "{error}");
    disk.heal();
    assert_eq!(store.head().unwrap().revision, Revision::new(1));
    store.append(Revision::new(1), &large).unwrap();
    assert_eq!(store.entry_after(Revision::new(1)).unwrap(), Some(large));
}

#[test]
fn a_rewrite_on_a_full_disk_leaves_everything_and_no_second_file() {
    let disk = Disk::empty();
    let store = make(&disk);
    for revision in 1..=20 {
        take(&store, &Step::Append(entry(revision, vec![2; 5000]))).unwrap();
    }
    let before = holding(&store).unwrap();
    disk.fail(Failure::Full.plan(disk.operations() + 10));
    let error = store.rewrite(&mut |_| Some(b"erased".to_vec())).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
    assert!(!disk.has_staged());
    disk.heal();
    assert_eq!(holding(&store).unwrap(), before);
}

#[test]
fn a_wait_ends_with_an_entry_whose_acknowledgement_was_lost() {
    let disk = Disk::empty();
    let store = make(&disk);
    disk.fail(Failure::Forgets.plan(0));
    store.append(Revision::ZERO, &entry(1, b"first".to_vec())).unwrap();
    let head = store.wait(Revision::ZERO, Duration::from_mins(1)).unwrap();
    assert_eq!(head.revision, Revision::new(1));
}
