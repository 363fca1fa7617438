//! Operations on many timelines at once: a sweep over all their change points, and the join through a key.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::Timeline;
use crate::time::{OPEN_END, OPEN_START, Period};

/// `f` of what every one of `timelines` has, in their order, on the days on which at least one has a value; where `f`
/// gives `None` the days are left out.
///
/// # Complexity
/// O(n log k) for n pieces in k timelines, and one call of `f` per change point; the slice it gets is kept, not built
/// anew.
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::{Timeline, sweep};
///
/// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
/// let one = Timeline::single(Period::since(a), 50);
/// let two = Timeline::single(Period::since(b), 100);
/// let heads = sweep(&[&one, &two], |held| Some(held.iter().flatten().count()));
/// assert_eq!((heads.get(a), heads.get(b)), (Some(&1), Some(&2)));
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
pub fn sweep<'a, T, C: PartialEq>(
    timelines: &[&'a Timeline<T>],
    mut f: impl FnMut(&[Option<&'a T>]) -> Option<C>,
) -> Timeline<C> {
    let mut rest: Vec<&'a [(Period, T)]> = timelines.iter().map(|timeline| timeline.as_slice()).collect();
    let mut held: Vec<Option<&'a T>> = vec![None; timelines.len()];
    let mut holders = 0_usize;
    // The next day number on which each timeline changes, nearest first.
    let mut changes: BinaryHeap<Reverse<(i32, usize)>> = rest
        .iter()
        .enumerate()
        .filter_map(|(index, pieces)| pieces.first().map(|(period, _)| Reverse((period.raw().0, index))))
        .collect();
    let mut out = Timeline::new();
    let mut done = OPEN_START;
    while let Some(mut top) = changes.peek_mut() {
        let Reverse((day, index)) = *top;
        if holders > 0
            && let Some(period) = Period::from_raw(done, day)
            && let Some(value) = f(&held)
        {
            out.append(period, value);
        }
        done = day;
        let (Some(slot), Some(pieces)) = (held.get_mut(index), rest.get_mut(index)) else {
            PeekMut::pop(top);
            continue;
        };
        holders -= usize::from(slot.is_some());
        let (now, change) = step(pieces, day);
        *slot = now;
        holders += usize::from(now.is_some());
        match change {
            Some(day) => *top = Reverse((day, index)),
            None => {
                PeekMut::pop(top);
            }
        }
    }
    if holders > 0
        && let Some(period) = Period::from_raw(done, OPEN_END)
        && let Some(value) = f(&held)
    {
        out.append(period, value);
    }
    out
}

/// Moves one timeline to `day`, one of its change points: what it has from there, and its next change point. An open
/// end is no change point.
fn step<'a, T>(rest: &mut &'a [(Period, T)], day: i32) -> (Option<&'a T>, Option<i32>) {
    while let Some(((period, value), after)) = rest.split_first() {
        let (from, until) = period.raw();
        if until <= day {
            *rest = after;
            continue;
        }
        return if from <= day {
            (Some(value), (until != OPEN_END).then_some(until))
        } else {
            (None, Some(from))
        };
    }
    (None, None)
}

impl<K> Timeline<K> {
    /// The value reached through this timeline's key on each day: on a piece with key k, what `lookup(k)` has there.
    /// A key without a timeline, or without a value on a day, leaves that day out.
    ///
    /// So the employer's name of a person is the person's timeline of units *through* the units' timelines of names.
    ///
    /// # Complexity
    /// One `lookup` per piece, O(log m) into the timeline found, and O(1) per piece of it used.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let names = BTreeMap::from([(1, Timeline::single(Period::ALWAYS, "Skole")), (2, Timeline::single(Period::ALWAYS, "Kultur"))]);
    /// let mut unit = Timeline::single(Period::since(a), 1);
    /// unit.insert(Period::since(b), 2);
    /// let name = unit.through(|unit| names.get(unit));
    /// assert_eq!((name.get(a), name.get(b)), (Some(&"Skole"), Some(&"Kultur")));
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    #[must_use]
    pub fn through<'a, V: Clone + PartialEq + 'a>(
        &self,
        mut lookup: impl FnMut(&K) -> Option<&'a Timeline<V>>,
    ) -> Timeline<V> {
        let mut out = Timeline::new();
        for (period, key) in self {
            for (part, value) in lookup(key).into_iter().flat_map(|timeline| timeline.pieces_in(period)) {
                out.append_cloned(part, value);
            }
        }
        out
    }
}
