//! [`Timeline`]: values that hold on periods of days. This file holds the type, how it is built, read and edited;
//! operations on whole timelines are in `algebra` and `sweep`, sets of days in `days`, text rows in `text`.
//! Valid time only: what was *known* when is [`History`](crate::history::History).

mod algebra;
mod days;
mod iter;
mod sweep;
mod text;

#[cfg(test)]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::time::{Day, Period};

pub use algebra::Difference;
pub use days::Days;
pub use iter::{IntoIter, Iter, Overlay, PiecesIn, Stretches};
pub use sweep::sweep;
pub(crate) use text::Columns;
pub use text::Rows;

/// A value for some of all days: sorted, non-overlapping pieces, each a [`Period`] with the value that holds on it.
///
/// Days may be without a value (holes, and what lies outside), and either end may be open. Meeting pieces with equal
/// values are always joined, so two timelines are equal exactly when they have equal values on every day.
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let day = |text: &str| text.parse::<Day>();
/// let mut name = Timeline::single(Period::since(day("2020-01-01")?), "Skole");
/// name.insert(Period::since(day("2026-01-01")?), "Skole og Dagtilbud");
///
/// assert_eq!(name.get(day("2025-12-31")?), Some(&"Skole"));
/// assert_eq!(name.get(day("2019-12-31")?), None);
/// assert_eq!(
///     name.to_string(),
///     "2020-01-01 … 2025-12-31  Skole\n\
///      2026-01-01 …             Skole og Dagtilbud\n"
/// );
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
///
/// # Complexity
/// One allocation of pieces in order of time. A look-up is a binary search; an operation on whole timelines is one
/// pass over both. `n` and `m` below are the numbers of pieces.
#[derive(Clone, PartialEq, Eq, Hash)]
#[doc(alias = "Virkning")]
pub struct Timeline<T> {
    pieces: Vec<(Period, T)>,
}

/// Two pieces of one timeline claim the same day.
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let day: Day = "2025-01-01".parse()?;
/// let overlap = Timeline::from_pieces([(Period::ALWAYS, 1), (Period::since(day), 2)]).unwrap_err();
/// assert_eq!((overlap.first, overlap.second), (Period::ALWAYS, Period::since(day)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "{first} and {second} overlap: on any day there is one value; end the earlier piece before the later begins"
)]
pub struct OverlapError {
    /// The piece that begins first.
    pub first: Period,
    /// The piece that begins before the first has ended.
    pub second: Period,
}

impl<T> Timeline<T> {
    /// A timeline without a value on any day.
    pub const fn new() -> Timeline<T> {
        Timeline { pieces: Vec::new() }
    }

    /// `value` on the days of `period`.
    pub fn single(period: Period, value: T) -> Timeline<T> {
        Timeline { pieces: vec![(period, value)] }
    }

    /// The timeline of these pieces, given in any order; meeting pieces with equal values are joined.
    ///
    /// # Errors
    /// [`OverlapError`] when two periods have a day in common, even if their values are equal.
    ///
    /// # Complexity
    /// O(n) for sorted pieces, else O(n log n).
    ///
    /// ```
    /// use mo_core::time::Period;
    /// use mo_core::timeline::Timeline;
    ///
    /// let day = "2025-01-01".parse()?;
    /// let halves = [(Period::since(day), 'b'), (Period::before(day), 'a')];
    /// assert_eq!(Timeline::from_pieces(halves)?.len(), 2);
    /// assert!(Timeline::from_pieces([(Period::ALWAYS, 'a'), (Period::day(day), 'a')]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_pieces(pieces: impl IntoIterator<Item = (Period, T)>) -> Result<Timeline<T>, OverlapError>
    where
        T: PartialEq,
    {
        let mut pieces: Vec<(Period, T)> = pieces.into_iter().collect();
        sort_disjoint(&mut pieces)?;
        Ok(Timeline::from_sorted(pieces))
    }

    /// The timeline of pieces that are already sorted and free of overlap, joining equal neighbours in place.
    pub(crate) fn from_sorted(mut pieces: Vec<(Period, T)>) -> Timeline<T>
    where
        T: PartialEq,
    {
        pieces.dedup_by(|later, earlier| {
            let joins = earlier.0.meets(later.0) && earlier.1 == later.1;
            if joins {
                earlier.0 = earlier.0.hull(later.0);
            }
            joins
        });
        Timeline::from_canonical(pieces)
    }

    /// The timeline of pieces already in the one form: sorted, free of overlap, no equal neighbours that meet.
    pub(crate) fn from_canonical(pieces: Vec<(Period, T)>) -> Timeline<T> {
        debug_assert!(
            pieces.is_sorted_by(|a, b| a.0.raw().1 <= b.0.raw().0),
            "pieces in order, without overlap"
        );
        Timeline { pieces }
    }

    /// Adds a piece after the last one, joining it to that where they meet and are equal.
    pub(crate) fn append(&mut self, period: Period, value: T)
    where
        T: PartialEq,
    {
        match self.pieces.last_mut() {
            Some(last) if last.0.meets(period) && last.1 == value => last.0 = last.0.hull(period),
            last => {
                debug_assert!(last.is_none_or(|last| last.0.raw().1 <= period.raw().0), "appended in order");
                self.pieces.push((period, value));
            }
        }
    }

    /// As [`append`](Timeline::append), cloning the value only where a new piece begins.
    pub(crate) fn append_cloned(&mut self, period: Period, value: &T)
    where
        T: Clone + PartialEq,
    {
        match self.pieces.last_mut() {
            Some(last) if last.0.meets(period) && last.1 == *value => last.0 = last.0.hull(period),
            _ => self.pieces.push((period, value.clone())),
        }
    }

    /// The pieces in order of time.
    pub fn as_slice(&self) -> &[(Period, T)] {
        &self.pieces
    }

    /// The number of pieces.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether no day has a value.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The value on `day`.
    ///
    /// # Complexity
    /// O(log n).
    pub fn get(&self, day: Day) -> Option<&T> {
        self.piece_at(day).map(|(_, value)| value)
    }

    /// The value on `day` and the whole period on which it holds.
    ///
    /// # Complexity
    /// O(log n).
    pub fn piece_at(&self, day: Day) -> Option<(Period, &T)> {
        let raw = day.epoch_days();
        let (period, value) = self.pieces.get(self.ended_by(raw))?;
        (period.raw().0 <= raw).then_some((*period, value))
    }

    /// The first piece.
    pub fn first(&self) -> Option<(Period, &T)> {
        self.pieces.first().map(|(period, value)| (*period, value))
    }

    /// The last piece.
    pub fn last(&self) -> Option<(Period, &T)> {
        self.pieces.last().map(|(period, value)| (*period, value))
    }

    /// The piece that holds the first day with a value after `day`.
    ///
    /// That is the piece of `day` itself when it goes on to the next day. To skip it, ask after its last day.
    ///
    /// # Complexity
    /// O(log n).
    pub fn next_after(&self, day: Day) -> Option<(Period, &T)> {
        let (period, value) = self.pieces.get(self.ended_by(day.epoch_days() + 1))?;
        Some((*period, value))
    }

    /// The piece that holds the last day with a value before `day`.
    ///
    /// That is the piece of `day` itself when it already held on the day before.
    ///
    /// # Complexity
    /// O(log n).
    pub fn last_before(&self, day: Day) -> Option<(Period, &T)> {
        let begun = self.pieces.partition_point(|(period, _)| period.raw().0 < day.epoch_days());
        let (period, value) = self.pieces.get(begun.checked_sub(1)?)?;
        Some((*period, value))
    }

    /// From the first day with a value to the last, holes included; `None` for an empty timeline.
    pub fn span(&self) -> Option<Period> {
        Some(self.first()?.0.hull(self.last()?.0))
    }

    /// Makes `value` hold on the days of `period`, whatever was there.
    ///
    /// # Complexity
    /// O(log n) to find the place, and moving the pieces behind it when their number changes. Appending is O(1).
    pub fn insert(&mut self, period: Period, value: T)
    where
        T: Clone + PartialEq,
    {
        if self.pieces.last().is_none_or(|last| last.0.raw().1 <= period.raw().0) {
            return self.append(period, value);
        }
        let mut at = self.cut(period);
        let mut period = period;
        let before = at.checked_sub(1).and_then(|i| self.pieces.get(i));
        let joins_before = before.filter(|(p, v)| p.meets(period) && *v == value).map(|(p, _)| *p);
        let joins_after =
            self.pieces.get(at).filter(|(p, v)| period.meets(*p) && *v == value).map(|(p, _)| *p);
        let mut end = at;
        if let Some(before) = joins_before {
            period = before.hull(period);
            at -= 1;
        }
        if let Some(after) = joins_after {
            period = period.hull(after);
            end += 1;
        }
        self.pieces.splice(at..end, [(period, value)]);
    }

    /// Leaves the days of `period` without a value.
    ///
    /// # Complexity
    /// As [`insert`](Timeline::insert).
    pub fn remove(&mut self, period: Period)
    where
        T: Clone,
    {
        self.cut(period);
    }

    /// Frees the days of `period` and gives the index of the first piece behind it. Only a piece that reaches over
    /// both ends is cloned.
    fn cut(&mut self, period: Period) -> usize
    where
        T: Clone,
    {
        let (lo, hi) = period.raw();
        let mut start = self.ended_by(lo);
        let mut end = start + self.pieces.iter().skip(start).take_while(|(p, _)| p.raw().0 < hi).count();
        let mut right_rest = None;
        if let Some((last, value)) =
            end.checked_sub(1).filter(|i| *i >= start).and_then(|i| self.pieces.get_mut(i))
            && let Some(rest) = Period::from_raw(hi, last.raw().1)
        {
            if last.raw().0 < lo {
                right_rest = Some((rest, value.clone()));
            } else {
                *last = rest;
                end -= 1;
            }
        }
        if let Some((first, _)) = self.pieces.get_mut(start)
            && let Some(rest) = Period::from_raw(first.raw().0, lo.min(first.raw().1))
        {
            *first = rest;
            start += 1;
        }
        self.pieces.splice(start..end.max(start), right_rest);
        start
    }

    /// How many pieces have ended on day number `raw` or earlier; the index of the first one that has not.
    fn ended_by(&self, raw: i32) -> usize {
        self.pieces.partition_point(|(period, _)| period.raw().1 <= raw)
    }
}

impl<T> Default for Timeline<T> {
    fn default() -> Timeline<T> {
        Timeline::new()
    }
}

/// Sorts pieces by their first day and tells the first two that overlap.
pub(crate) fn sort_disjoint<T>(pieces: &mut [(Period, T)]) -> Result<(), OverlapError> {
    pieces.sort_by_key(|(period, _)| period.raw().0);
    let mut neighbours = pieces.iter().zip(pieces.iter().skip(1));
    match neighbours.find(|((first, _), (second, _))| first.overlaps(*second)) {
        Some(((first, _), (second, _))) => Err(OverlapError { first: *first, second: *second }),
        None => Ok(()),
    }
}
