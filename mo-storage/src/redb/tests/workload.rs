//! A mixed run of every kind of change, with the state a store must have after each step: kept by the memory store,
//! the obvious one.

use std::ops::ControlFlow;

use mo_core::store::{
    Entry, MemoryStore, SideExt, SideRow, SideSpec, Store, StoreError, StoreErrorKind, StoreExt,
};
use mo_core::time::{Instant, Revision};
use uuid::Uuid;

use super::Dice;
use super::disk::Disk;
use crate::redb::{RedbOptions, RedbStore, open};

#[derive(Debug, Clone)]
pub(super) enum Step {
    Append(Entry),
    Put {
        spec: SideSpec<'static>,
        key: Vec<u8>,
        value: Vec<u8>,
        about: Vec<Uuid>,
    },
    Delete {
        key: Vec<u8>,
    },
    Forget(Uuid),
    /// Replaces the bytes of every entry whose revision is a multiple.
    Rewrite(u32),
}

pub(super) const PLAIN: SideSpec<'static> = SideSpec::plain("cursors");
pub(super) const PERSONAL: SideSpec<'static> = SideSpec::personal("receipts");

/// Everything a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) entries: Vec<Entry>,
    pub(super) rows: Vec<(&'static str, SideRow)>,
    pub(super) held: usize,
}

pub(super) fn holding(store: &dyn Store) -> Result<Holding, StoreError> {
    let mut rows = Vec::new();
    for spec in [PLAIN, PERSONAL] {
        rows.extend(store.side(spec)?.rows(b"")?.into_iter().map(|row| (spec.name, row)));
    }
    let mut held = 0;
    for n in 0..OBJECTS {
        store.held_about(object(n), &mut |_, _| {
            held += 1;
            ControlFlow::Continue(())
        })?;
    }
    Ok(Holding { entries: store.entries(Revision::ZERO)?, rows, held })
}

const OBJECTS: usize = 4;

fn object(n: usize) -> Uuid {
    Uuid::from_u128(n as u128 + 1)
}

pub(super) fn entry(revision: u32, bytes: Vec<u8>) -> Entry {
    Entry {
        revision: Revision::new(revision),
        registered_at: Instant::from_epoch_micros(1_704_099_600_000_000 + i64::from(revision)).unwrap(),
        id: Uuid::from_u64_pair(9, u64::from(revision)),
        bytes,
    }
}

/// A run of `count` steps drawn from a seed.
pub(super) fn steps(seed: u64, count: usize) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let mut revision = 0;
    let bytes = |dice: &mut Dice, most: usize| -> Vec<u8> {
        let length = dice.roll(most);
        (0..length).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect()
    };
    (0..count)
        .map(|_| match dice.roll(20) {
            0..=9 => {
                revision += 1;
                let most = if dice.roll(8) == 0 { 30_000 } else { 600 };
                Step::Append(entry(revision, bytes(&mut dice, most)))
            }
            10..=12 => {
                let key = vec![u8::try_from(dice.roll(3)).unwrap()];
                Step::Put { spec: PLAIN, key, value: bytes(&mut dice, 200), about: Vec::new() }
            }
            13..=15 => {
                let about = (0..=dice.roll(2)).map(|_| object(dice.roll(OBJECTS))).collect();
                let key = vec![u8::try_from(dice.roll(6)).unwrap()];
                Step::Put { spec: PERSONAL, key, value: bytes(&mut dice, 2000), about }
            }
            16 => Step::Delete { key: vec![u8::try_from(dice.roll(6)).unwrap()] },
            17 | 18 => Step::Forget(object(dice.roll(OBJECTS))),
            _ => Step::Rewrite(u32::try_from(dice.roll(4) + 2).unwrap()),
        })
        .collect()
}

/// Takes a step, once.
pub(super) fn take(store: &dyn Store, step: &Step) -> Result<(), StoreError> {
    match step {
        Step::Append(entry) => store.append(Revision::new(entry.revision.number() - 1), entry),
        Step::Put { spec, key, value, about } => store.side(*spec)?.set(key, value, about),
        Step::Delete { key } => store.side(PERSONAL)?.delete(key).map(drop),
        Step::Forget(object) => store.forget(*object).map(drop),
        Step::Rewrite(multiple) => store
            .rewrite(&mut |entry| {
                entry
                    .revision
                    .number()
                    .is_multiple_of(*multiple)
                    .then(|| format!("erased {multiple}").into_bytes())
            })
            .map(drop),
    }
}

/// Takes a step again after it failed, until it is known to be taken.
pub(super) fn take_again(store: &dyn Store, step: &Step) -> Result<(), StoreError> {
    match step {
        Step::Append(entry) => store.append_once(Revision::new(entry.revision.number() - 1), entry, 5),
        // Every other step comes to the same when it is taken twice.
        _ => take(store, step),
    }
}

/// What a store holds before the first step and after each.
pub(super) fn holdings(steps: &[Step]) -> Vec<Holding> {
    let store = MemoryStore::new();
    let mut holdings = vec![holding(&store).unwrap()];
    for step in steps {
        take(&store, step).unwrap();
        holdings.push(holding(&store).unwrap());
    }
    holdings
}

/// A new store on a simulated disk, its side tables declared.
pub(super) fn make(disk: &Disk) -> RedbStore {
    let options = RedbOptions::new();
    let medium = disk.medium();
    let opened = open::fresh(&*medium, "the disk", &options).unwrap().unwrap();
    let store = RedbStore::with("the disk".into(), medium, opened, options).unwrap();
    store.side(PLAIN).unwrap();
    store.side(PERSONAL).unwrap();
    store
}

/// The store on a simulated disk that has one.
pub(super) fn open(disk: &Disk) -> Result<RedbStore, StoreError> {
    let options = RedbOptions::new();
    let medium = disk.medium();
    let opened = open::again(&*medium, "the disk", &options)?;
    RedbStore::with("the disk".into(), medium, opened, options)
}

/// Whether the error says that nothing was done.
pub(super) fn surely_not(error: &StoreError) -> bool {
    error.kind() != StoreErrorKind::Unknown
}
