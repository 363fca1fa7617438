//! [`Days`]: sets of days as timelines without values, and the questions about days that every timeline answers.

use super::Timeline;
use crate::time::{Day, Period};

/// A set of days: a timeline that says only *whether*. Its pieces are the maximal stretches of days in the set.
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Days;
///
/// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
/// let days: Days = [Period::new(a, b)?, Period::since(b)].into_iter().collect();
/// assert_eq!(days, Days::from(Period::since(a)));
/// assert!(days.contains(b) && days.covers(Period::day(b)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Days = Timeline<()>;

impl<T> Timeline<T> {
    /// Whether `day` has a value.
    ///
    /// # Complexity
    /// O(log n).
    pub fn contains(&self, day: Day) -> bool {
        self.get(day).is_some()
    }

    /// Whether every day of `period` has a value; meeting pieces count as one.
    ///
    /// # Complexity
    /// O(log n) and O(1) per piece in the period, which for [`Days`] is at most one.
    pub fn covers(&self, period: Period) -> bool {
        let (mut lo, hi) = period.raw();
        for (piece, _) in self.pieces_in(period) {
            let (from, until) = piece.raw();
            if from != lo {
                return false;
            }
            lo = until;
        }
        lo == hi
    }

    /// Whether every day on which `other` has a value has one here.
    ///
    /// # Complexity
    /// O(n + m).
    pub fn covers_all<U>(&self, other: &Timeline<U>) -> bool {
        self.overlay(other).all(|(_, here, there)| here.is_some() || there.is_none())
    }

    /// Whether this timeline and `other` have a value on a common day.
    ///
    /// # Complexity
    /// O(n + m).
    pub fn overlaps<U>(&self, other: &Timeline<U>) -> bool {
        self.overlay(other).any(|(_, here, there)| here.is_some() && there.is_some())
    }
}

impl Days {
    /// The periods of the set: maximal, in order of time, no two meeting.
    pub fn periods(&self) -> impl DoubleEndedIterator<Item = Period> + ExactSizeIterator + Clone {
        self.iter().map(|(period, ())| period)
    }

    /// The days in either set.
    ///
    /// # Complexity
    /// O(n + m). For many sets, [collect](Timeline#impl-FromIterator<Period>-for-Timeline<()>) their periods.
    #[must_use]
    pub fn union(&self, other: &Days) -> Days {
        self.or_else(other)
    }
}

impl From<Period> for Days {
    fn from(period: Period) -> Days {
        Days::single(period, ())
    }
}

/// The days in any of the periods, which may come in any order and may overlap.
///
/// # Complexity
/// O(n) for sorted periods, else O(n log n).
impl FromIterator<Period> for Days {
    fn from_iter<I: IntoIterator<Item = Period>>(periods: I) -> Days {
        let mut pieces: Vec<(Period, ())> = periods.into_iter().map(|period| (period, ())).collect();
        pieces.sort_by_key(|(period, ())| period.raw().0);
        pieces.dedup_by(|(later, ()), (earlier, ())| {
            let joins = later.raw().0 <= earlier.raw().1;
            if joins {
                *earlier = earlier.hull(*later);
            }
            joins
        });
        Timeline::from_canonical(pieces)
    }
}
