//! The slow, obvious stand-in for a timeline in tests: the value of every day of a small window, one by one, with one
//! slot each for all days before and all days after, so that open ends are covered too.

use proptest::prelude::*;

use super::Timeline;
use crate::time::{Day, Period};

/// Slot 0 is every day before the window, the last slot every day after it.
pub(crate) type Slots<T> = Vec<Option<T>>;

pub(crate) const WINDOW: usize = 14;

/// The day that stands for a slot: for the outer ones the nearest to the window.
pub(crate) fn day(slot: usize) -> Day {
    Day::from_ymd(2023, 12, 31).unwrap().plus(i32::try_from(slot).unwrap()).unwrap()
}

/// The slots `from..until` of `slots` as a period: up to the outer slots the end is open.
pub(crate) fn period(from: usize, until: usize, slots: usize) -> Period {
    let from = (from > 0).then(|| day(from));
    let until = (until < slots).then(|| day(until));
    Period::new(from, until).unwrap()
}

/// The maximal runs of slots with one value.
pub(crate) fn runs<T: Clone + PartialEq>(slots: &Slots<T>) -> Vec<(Period, T)> {
    let mut runs = Vec::new();
    let mut start = 0;
    while let Some(value) = slots.get(start) {
        let end = start + slots[start..].iter().take_while(|other| *other == value).count();
        if let Some(value) = value {
            runs.push((period(start, end, slots.len()), value.clone()));
        }
        start = end;
    }
    runs
}

pub(crate) fn timeline<T: Clone + PartialEq>(slots: &Slots<T>) -> Timeline<T> {
    Timeline::from_pieces(runs(slots)).unwrap()
}

/// Fails unless `timeline` is the one form of `slots`, and `get` answers them.
pub(crate) fn assert_is<T: Clone + PartialEq + std::fmt::Debug>(timeline: &Timeline<T>, slots: &Slots<T>) {
    assert_eq!(timeline.as_slice(), runs(slots));
    for (slot, value) in slots.iter().enumerate() {
        assert_eq!(timeline.get(day(slot)), value.as_ref(), "{}", day(slot));
    }
    assert_eq!(timeline.get(Day::MIN), slots[0].as_ref());
    assert_eq!(timeline.get(Day::MAX), slots[slots.len() - 1].as_ref());
}

/// `slots` in runs of a few, some of them empty.
pub(crate) fn slots<V: Strategy<Value: Clone>>(
    value: V,
    slots: usize,
) -> impl Strategy<Value = Slots<V::Value>> {
    let run = (prop::option::weighted(0.7, value), 1..5_usize);
    prop::collection::vec(run, slots).prop_map(move |runs| {
        runs.into_iter().flat_map(|(value, length)| vec![value; length]).take(slots).collect()
    })
}

/// The days of a window with one of three values each, so that equal neighbours are frequent.
pub(crate) fn window() -> impl Strategy<Value = Slots<u8>> {
    slots(0..3_u8, WINDOW + 2)
}

/// Any period whose ends are in the window or open, as slots.
pub(crate) fn ends() -> impl Strategy<Value = (usize, usize)> {
    (0..WINDOW + 2).prop_flat_map(|from| (Just(from), from + 1..=WINDOW + 2))
}
