//! Iterators over timelines: pieces, the pieces of a period, maximal stretches of days, and two timelines side by
//! side. They borrow and do not allocate; what builds new timelines from them is in `algebra`.

use std::fmt;

use super::Timeline;
use crate::time::{OPEN_END, OPEN_START, Period};

/// The pieces of a timeline in order of time; see [`Timeline::iter`].
///
/// ```
/// use mo_core::time::Period;
/// use mo_core::timeline::Timeline;
///
/// let mut name = Timeline::single(Period::ALWAYS, "Skole");
/// name.insert(Period::since("2026-01-01".parse()?), "Skole og Dagtilbud");
/// let values: Vec<&str> = name.iter().map(|(_, name)| *name).collect();
/// assert_eq!(values, ["Skole", "Skole og Dagtilbud"]);
/// assert_eq!(name.iter().next_back().unwrap().0.from(), Some("2026-01-01".parse()?)); // from the end too
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Iter<'a, T> {
    pieces: std::slice::Iter<'a, (Period, T)>,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { pieces: self.pieces.clone() }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = (Period, &'a T);

    fn next(&mut self) -> Option<Self::Item> {
        self.pieces.next().map(|(period, value)| (*period, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pieces.size_hint()
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.pieces.next_back().map(|(period, value)| (*period, value))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

/// The pieces of a timeline by value, in order of time.
///
/// ```
/// use mo_core::time::Period;
/// use mo_core::timeline::Timeline;
///
/// let pieces: Vec<(Period, String)> = Timeline::single(Period::ALWAYS, "Skole".to_owned()).into_iter().collect();
/// assert_eq!(pieces, [(Period::ALWAYS, "Skole".to_owned())]);
/// ```
#[derive(Debug)]
pub struct IntoIter<T> {
    pieces: std::vec::IntoIter<(Period, T)>,
}

impl<T> Iterator for IntoIter<T> {
    type Item = (Period, T);

    fn next(&mut self) -> Option<Self::Item> {
        self.pieces.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pieces.size_hint()
    }
}

impl<T> DoubleEndedIterator for IntoIter<T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.pieces.next_back()
    }
}

impl<T> ExactSizeIterator for IntoIter<T> {}

impl<T> IntoIterator for Timeline<T> {
    type Item = (Period, T);
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { pieces: self.pieces.into_iter() }
    }
}

impl<'a, T> IntoIterator for &'a Timeline<T> {
    type Item = (Period, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// The pieces that reach into a period, cut to it; see [`Timeline::pieces_in`].
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let (from, until): (Day, Day) = ("2025-01-01".parse()?, "2026-01-01".parse()?);
/// let always = Timeline::single(Period::ALWAYS, "Skole");
/// let year = Period::new(from, until)?;
/// assert_eq!(always.pieces_in(year).collect::<Vec<_>>(), [(year, &"Skole")]); // cut to the period
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PiecesIn<'a, T> {
    pieces: std::slice::Iter<'a, (Period, T)>,
    within: Period,
}

impl<'a, T> Iterator for PiecesIn<'a, T> {
    type Item = (Period, &'a T);

    fn next(&mut self) -> Option<Self::Item> {
        let (period, value) = self.pieces.next()?;
        period.intersect(self.within).map(|period| (period, value))
    }
}

/// The maximal runs of days with a value, whatever the value; see [`Timeline::stretches`].
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let day: Day = "2026-01-01".parse()?;
/// let mut name = Timeline::single(Period::before(day), "Skole");
/// name.insert(Period::since(day), "Dagtilbud");
/// assert_eq!(name.stretches().collect::<Vec<_>>(), [Period::ALWAYS]); // two names, one life
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Stretches<'a, T> {
    pieces: &'a [(Period, T)],
}

impl<T> Iterator for Stretches<'_, T> {
    type Item = Period;

    fn next(&mut self) -> Option<Period> {
        let (first, mut rest) = self.pieces.split_first()?;
        let mut stretch = first.0;
        while let Some((piece, after)) = rest.split_first()
            && stretch.meets(piece.0)
        {
            stretch = stretch.hull(piece.0);
            rest = after;
        }
        self.pieces = rest;
        Some(stretch)
    }
}

/// Two timelines side by side; see [`Timeline::overlay`].
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let day: Day = "2026-01-01".parse()?;
/// let (leader, deputy) = (Timeline::single(Period::before(day), "Ida"), Timeline::single(Period::ALWAYS, "Bo"));
/// let both: Vec<_> = leader.overlay(&deputy).collect();
/// assert_eq!(both, [(Period::before(day), Some(&"Ida"), Some(&"Bo")), (Period::since(day), None, Some(&"Bo"))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Overlay<'a, A, B> {
    left: &'a [(Period, A)],
    right: &'a [(Period, B)],
    /// Day number up to which everything has been given.
    done: i32,
}

impl<A: fmt::Debug, B: fmt::Debug> fmt::Debug for Overlay<'_, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay")
            .field("left", &self.left)
            .field("right", &self.right)
            .finish_non_exhaustive()
    }
}

impl<'a, A, B> Iterator for Overlay<'a, A, B> {
    type Item = (Period, Option<&'a A>, Option<&'a B>);

    fn next(&mut self) -> Option<Self::Item> {
        let (left, left_from, left_until) = head(self.left, self.done);
        let (right, right_from, right_until) = head(self.right, self.done);
        let start = left_from.min(right_from);
        let left = left.filter(|_| left_from == start);
        let right = right.filter(|_| right_from == start);
        // A side without a value here changes where its next piece begins.
        let left_change = if left.is_some() { left_until } else { left_from };
        let right_change = if right.is_some() { right_until } else { right_from };
        let end = left_change.min(right_change);
        if left.is_some() && left_until == end {
            self.left = self.left.split_first().map_or(&[], |(_, rest)| rest);
        }
        if right.is_some() && right_until == end {
            self.right = self.right.split_first().map_or(&[], |(_, rest)| rest);
        }
        self.done = end;
        // With both sides used up, start and end are the open end: no period, and the iterator is done.
        Period::from_raw(start, end).map(|period| (period, left, right))
    }
}

/// The next piece of one side, as far as it is not done: its value, start and end. The open end when there is none.
fn head<T>(pieces: &[(Period, T)], done: i32) -> (Option<&T>, i32, i32) {
    match pieces.first() {
        Some((period, value)) => {
            let (from, until) = period.raw();
            (Some(value), from.max(done), until)
        }
        None => (None, OPEN_END, OPEN_END),
    }
}

impl<T> Timeline<T> {
    /// The pieces in order of time.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { pieces: self.pieces.iter() }
    }

    /// The pieces that reach into `period`, cut to it, in order of time.
    ///
    /// # Complexity
    /// O(log n) to the first, O(1) to each next.
    pub fn pieces_in(&self, period: Period) -> PiecesIn<'_, T> {
        let (_, reaching) = self.pieces.split_at_checked(self.ended_by(period.raw().0)).unwrap_or_default();
        PiecesIn { pieces: reaching.iter(), within: period }
    }

    /// The maximal runs of days with a value, whatever the value, in order of time; no two of them meet.
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let mut state = Timeline::single(Period::new(a, b)?, "Skole");
    /// state.insert(Period::since(b), "Dagtilbud");
    /// assert_eq!(state.stretches().collect::<Vec<_>>(), [Period::since(a)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stretches(&self) -> Stretches<'_, T> {
        Stretches { pieces: &self.pieces }
    }

    /// This timeline and another side by side: the maximal periods on which neither changes, with the value of each,
    /// in order of time. Days without a value in either are left out.
    ///
    /// # Complexity
    /// O(n + m) for all of it; allocates nothing.
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let (a, b): (Day, Day) = ("2024-01-01".parse()?, "2025-01-01".parse()?);
    /// let name = Timeline::single(Period::since(a), "Skole");
    /// let leader = Timeline::single(Period::since(b), "Bo");
    /// assert_eq!(
    ///     name.overlay(&leader).collect::<Vec<_>>(),
    ///     [
    ///         (Period::new(a, b)?, Some(&"Skole"), None),
    ///         (Period::since(b), Some(&"Skole"), Some(&"Bo")),
    ///     ]
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn overlay<'a, U>(&'a self, other: &'a Timeline<U>) -> Overlay<'a, T, U> {
        Overlay { left: &self.pieces, right: &other.pieces, done: OPEN_START }
    }
}
