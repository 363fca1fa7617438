//! Cases about sizes: around the mebibyte at which stores begin to divide, at the limits and above them.

use mo_core::store::{
    ENTRY_LIMIT, Entry, Put, SIDE_KEY_LIMIT, SIDE_VALUE_LIMIT, SideSpec, Store, StoreErrorKind, StoreExt,
};
use mo_core::time::Revision;

use super::patient::Patient;
use super::{Case, Checked, Harness, Stop, ensure, ensure_eq, entry, fill, noise, small};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "entries_around_one_mebibyte_come_back",
        "an entry of any size up to the limit is kept as well as a small one",
        around_one_mebibyte,
    ),
    Case::new(
        "an_entry_above_the_limit_is_refused",
        "an entry above 256 MiB is refused as too large, and nothing is recorded",
        above_the_limit,
    ),
    Case::new("an_entry_of_the_limit_is_kept", "an entry of exactly 256 MiB is kept", of_the_limit),
    Case::new(
        "keys_and_values_of_the_limit_are_kept",
        "a side row of the largest key and value is kept; anything larger is refused",
        side_limits,
    ),
];

const MEBIBYTE: usize = 1 << 20;

fn around_one_mebibyte(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let lengths = [
        0,
        1,
        4095,
        4096,
        65_537,
        MEBIBYTE - 4096,
        MEBIBYTE - 257,
        MEBIBYTE - 256,
        MEBIBYTE - 255,
        MEBIBYTE - 1,
        MEBIBYTE,
        MEBIBYTE + 1,
        2 * MEBIBYTE - 512,
        2 * MEBIBYTE - 511,
        2 * MEBIBYTE,
        3 * MEBIBYTE + 7,
        12,
    ];
    let entries: Vec<Entry> =
        (1..).zip(lengths).map(|(revision, length)| entry(revision, noise(revision, length))).collect();
    fill(&store, &entries)?;
    compare(&store, &entries)?;
    let store = store.into_inner();
    match harness.reopen(store) {
        Some(store) => compare(&Patient::new(store), &entries),
        None => Ok(()),
    }
}

fn compare(store: &dyn Store, entries: &[Entry]) -> Checked {
    let found = store.entries(Revision::ZERO)?;
    ensure_eq!(found.len(), entries.len(), "how many entries there are");
    for (found, expected) in found.iter().zip(entries) {
        ensure!(found == expected, "the entry of {} bytes came back as another", expected.bytes.len());
    }
    Ok(())
}

fn above_the_limit(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(1))?;
    match store.append(Revision::new(1), &entry(2, vec![0; ENTRY_LIMIT + 1])) {
        Err(error) if error.kind() == StoreErrorKind::TooLarge => {}
        other => return Err(Stop::Broken(format!("an entry above the limit was not refused: {other:?}"))),
    }
    ensure_eq!(store.head()?.revision.number(), 1, "the head after a refused append");
    fill(&store, &[entry(2, "small again")])
}

fn of_the_limit(harness: &mut dyn Harness) -> Checked {
    if !harness.long() {
        return Err(Stop::Skipped("it takes half a gigabyte of memory; the harness runs no long cases"));
    }
    let store = Patient::new(harness.fresh());
    let largest = entry(1, noise(1, ENTRY_LIMIT));
    fill(&store, std::slice::from_ref(&largest))?;
    fill(&store, &[entry(2, "after it")])?;
    ensure!(store.entry_after(Revision::ZERO)? == Some(largest), "the largest entry came back as another");
    Ok(())
}

fn side_limits(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(SideSpec::plain("limits"))?;
    let (key, value) = (noise(1, SIDE_KEY_LIMIT), noise(2, SIDE_VALUE_LIMIT));
    ensure!(side.put(&key, None, &value, &[])?.is_done(), "the largest row was not put");
    ensure!(side.get(&key)? == Some(value), "the largest row came back as another");
    let long_key = vec![0; SIDE_KEY_LIMIT + 1];
    let long_value = vec![0; SIDE_VALUE_LIMIT + 1];
    for (key, value) in [(&long_key[..], &b""[..]), (b"key", &long_value)] {
        let refused: Result<Put, _> = side.put(key, None, value, &[]);
        ensure!(
            matches!(&refused, Err(error) if error.kind() == StoreErrorKind::TooLarge),
            "a row above a limit was not refused: {refused:?}"
        );
    }
    ensure!(side.get(b"key")?.is_none(), "a refused row is there");
    Ok(())
}
