//! Operations that make a timeline from one or two others: mapping, joining, set operations on days, differences.
//! Each is one pass. Operations on many timelines at once are in `sweep`.

use super::{Days, Timeline};
use crate::time::Period;

/// Days on which two timelines differ: the period, the value of the first, the value of the second.
pub type Difference<'a, T> = (Period, Option<&'a T>, Option<&'a T>);

impl<T> Timeline<T> {
    /// The same days with each value replaced by `f` of it; pieces that become equal are joined.
    ///
    /// # Complexity
    /// O(n), `f` called once per piece.
    #[must_use]
    pub fn map<U: PartialEq>(&self, mut f: impl FnMut(&T) -> U) -> Timeline<U> {
        Timeline::from_sorted(self.pieces.iter().map(|(period, value)| (*period, f(value))).collect())
    }

    /// As [`map`](Timeline::map); the days on which `f` gives `None` are left out.
    #[must_use]
    pub fn filter_map<U: PartialEq>(&self, mut f: impl FnMut(&T) -> Option<U>) -> Timeline<U> {
        let mut out = Timeline::new();
        for (period, value) in self {
            if let Some(value) = f(value) {
                out.append(period, value);
            }
        }
        out
    }

    /// As [`map`](Timeline::map), with an `f` that may fail.
    ///
    /// # Errors
    /// The first error of `f`, in order of time.
    pub fn try_map<U: PartialEq, E>(&self, mut f: impl FnMut(&T) -> Result<U, E>) -> Result<Timeline<U>, E> {
        let mut out = Timeline::with_capacity(self.len());
        for (period, value) in self {
            out.append(period, f(value)?);
        }
        Ok(out)
    }

    fn with_capacity(pieces: usize) -> Timeline<T> {
        Timeline { pieces: Vec::with_capacity(pieces) }
    }

    /// Both values, on the days on which both timelines have one.
    ///
    /// # Complexity
    /// O(n + m).
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let name = Timeline::single(Period::since(a), "Skole");
    /// let leader = Timeline::single(Period::before(b), "Bo");
    /// assert_eq!(name.zip(&leader), Timeline::single(Period::new(a, b)?, ("Skole", "Bo")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn zip<U: Clone>(&self, other: &Timeline<U>) -> Timeline<(T, U)>
    where
        T: Clone,
    {
        // Between neighbours of an overlay at least one side changes, so no two pairs are to be joined.
        let both = self.overlay(other).filter_map(|(period, a, b)| Some((period, (a?.clone(), b?.clone()))));
        Timeline::from_canonical(both.collect())
    }

    /// `f` of both values, on the days on which both timelines have one; as [`zip`](Timeline::zip) without cloning.
    #[must_use]
    pub fn zip_with<U, C: PartialEq>(
        &self,
        other: &Timeline<U>,
        mut f: impl FnMut(&T, &U) -> C,
    ) -> Timeline<C> {
        self.merge(other, |a, b| Some(f(a?, b?)))
    }

    /// `f` of what the two timelines have, on the days on which at least one has a value; `None` leaves days out.
    ///
    /// # Complexity
    /// O(n + m), `f` called once per period without a change on either side.
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let hours = Timeline::single(Period::since(a), 20);
    /// let extra = Timeline::single(Period::since(b), 17);
    /// let sum = hours.merge(&extra, |h, e| Some(h.unwrap_or(&0) + e.unwrap_or(&0)));
    /// assert_eq!((sum.get(a), sum.get(b)), (Some(&20), Some(&37)));
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    #[must_use]
    pub fn merge<U, C: PartialEq>(
        &self,
        other: &Timeline<U>,
        mut f: impl FnMut(Option<&T>, Option<&U>) -> Option<C>,
    ) -> Timeline<C> {
        let mut out = Timeline::new();
        for (period, a, b) in self.overlay(other) {
            if let Some(value) = f(a, b) {
                out.append(period, value);
            }
        }
        out
    }

    /// The value of this timeline, and where it has none that of `other`.
    ///
    /// # Complexity
    /// O(n + m).
    #[must_use]
    pub fn or_else(&self, other: &Timeline<T>) -> Timeline<T>
    where
        T: Clone + PartialEq,
    {
        let mut out = Timeline::with_capacity(self.len() + other.len());
        for (period, a, b) in self.overlay(other) {
            if let Some(value) = a.or(b) {
                out.append_cloned(period, value);
            }
        }
        out
    }

    /// This timeline on the days on which `days` has a value, whatever that value.
    ///
    /// # Complexity
    /// O(n + m).
    #[must_use]
    pub fn intersect<U>(&self, days: &Timeline<U>) -> Timeline<T>
    where
        T: Clone,
    {
        let mut pieces = Vec::new();
        let mut stretches = days.stretches();
        let mut stretch = stretches.next();
        for (period, value) in self {
            while let Some(kept) = stretch {
                if let Some(common) = period.intersect(kept) {
                    pieces.push((common, value.clone()));
                }
                if kept.raw().1 > period.raw().1 {
                    break;
                }
                stretch = stretches.next();
            }
        }
        Timeline::from_canonical(pieces)
    }

    /// This timeline on the days on which `days` has no value.
    ///
    /// # Complexity
    /// O(n + m).
    #[must_use]
    pub fn subtract<U>(&self, days: &Timeline<U>) -> Timeline<T>
    where
        T: Clone,
    {
        let mut pieces = Vec::new();
        let mut stretches = days.stretches();
        let mut stretch = stretches.next();
        for (period, value) in self {
            let (mut lo, hi) = period.raw();
            while let Some(lost) = stretch {
                let (lost_from, lost_until) = lost.raw();
                pieces.extend(Period::from_raw(lo, hi.min(lost_from)).map(|left| (left, value.clone())));
                lo = lo.max(lost_until);
                if lost_until > hi {
                    break;
                }
                stretch = stretches.next();
            }
            pieces.extend(Period::from_raw(lo, hi).map(|left| (left, value.clone())));
        }
        Timeline::from_canonical(pieces)
    }

    /// This timeline on the days of `period` only.
    ///
    /// # Complexity
    /// O(log n) and O(1) per piece kept.
    #[must_use]
    pub fn clip(&self, period: Period) -> Timeline<T>
    where
        T: Clone,
    {
        let kept = self.pieces_in(period).map(|(period, value)| (period, value.clone()));
        Timeline::from_canonical(kept.collect())
    }

    /// The days with a value: the *life* of what the timeline describes.
    ///
    /// # Complexity
    /// O(n).
    #[must_use]
    pub fn coverage(&self) -> Days {
        Timeline::from_canonical(self.stretches().map(|period| (period, ())).collect())
    }

    /// The days without a value between the first and the last piece.
    ///
    /// # Complexity
    /// O(n).
    #[must_use]
    pub fn holes(&self) -> Days {
        self.span().map_or_else(Days::new, |span| self.holes_in(span))
    }

    /// The days of `period` without a value.
    ///
    /// # Complexity
    /// O(log n) and O(1) per piece in the period.
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::{Days, Timeline};
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let unit = Timeline::single(Period::since(b), "Skole");
    /// let engagement = Period::since(a);
    /// assert_eq!(unit.holes_in(engagement), Days::from(Period::new(a, b)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn holes_in(&self, period: Period) -> Days {
        let (mut lo, hi) = period.raw();
        let mut holes = Vec::new();
        for (piece, _) in self.pieces_in(period) {
            let (from, until) = piece.raw();
            holes.extend(Period::from_raw(lo, from).map(|hole| (hole, ())));
            lo = until;
        }
        holes.extend(Period::from_raw(lo, hi).map(|hole| (hole, ())));
        Timeline::from_canonical(holes)
    }

    /// Where this timeline (*before*) and `other` (*after*) differ: maximal periods of equal before and after, in
    /// order of time.
    ///
    /// # Complexity
    /// O(n + m).
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let before = Timeline::single(Period::since(a), "Skole");
    /// let mut after = before.clone();
    /// after.insert(Period::since(b), "Dagtilbud");
    /// assert_eq!(before.diff(&after), [(Period::since(b), Some(&"Skole"), Some(&"Dagtilbud"))]);
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    pub fn diff<'a>(&'a self, other: &'a Timeline<T>) -> Vec<Difference<'a, T>>
    where
        T: PartialEq,
    {
        // An overlay's periods are maximal already: at each border one side changes.
        self.overlay(other).filter(|(_, before, after)| before != after).collect()
    }
}
